//! Rendered documents in memory, ready to be served: replaced as a whole, read without waiting.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Write};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use axum::body::Bytes;
use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use crate::feed_out;
use crate::store::Archive;
use crate::text::http_date;

/// Effort of brotli, of 11: most of what it can gain, at a tenth of the time.
const BROTLI_QUALITY: u32 = 6;
/// Window of brotli, as a power of two: 4 MiB, larger than most feeds.
const BROTLI_WINDOW: u32 = 22;
/// Bytes that are worth compressing.
const WORTHWHILE: usize = 512;
/// Bytes of documents held that are made only when they are asked for; those asked for longest ago go first.
const ON_DEMAND: usize = 16 << 20;
/// What a document was compared with that is always as it should be.
const STANDING: u64 = u64::MAX;

/// The bytes of a document in a content coding.
#[derive(Debug)]
pub struct Coded {
    /// The bytes.
    pub bytes: Bytes,
    /// Their strong ETag (RFC 9110 §8.8.3.3: one per representation).
    pub etag: String,
}

impl Coded {
    fn new(bytes: Vec<u8>) -> Self {
        Self {
            etag: feed_out::etag(&bytes),
            bytes: Bytes::from(bytes),
        }
    }
}

/// A coding that a document can be had in. Made when it is first asked for: most of a thousand
/// feeds never are, and `once` serves nobody.
#[derive(Debug)]
struct Offer {
    /// Name of the coding (RFC 9110 §8.4.1).
    coding: &'static str,
    /// Nothing when it saves nothing.
    made: OnceLock<Option<Coded>>,
}

/// A published document.
#[derive(Debug)]
pub struct Document {
    /// The bytes.
    pub bytes: Bytes,
    /// Strong ETag of the bytes.
    pub etag: String,
    /// The codings it can be had in, what is smallest first.
    offers: Vec<Offer>,
    /// `Content-Type`.
    pub media_type: &'static str,
    /// When the bytes last changed.
    pub modified: DateTime<Utc>,
    /// `Last-Modified`.
    pub last_modified: String,
    /// Whether it never changes.
    pub immutable: bool,
    fresh_until: AtomicI64,
    /// The same for readers who came by a token, by a mark of that.
    marked: Mutex<Vec<(u64, Arc<Document>)>>,
    /// The round of publishing after which it was last found to be what its channel holds; zero before.
    checked: AtomicU64,
    /// The request that asked for it last, counted.
    asked: AtomicU64,
}

impl Document {
    /// Prepares a document for serving.
    pub fn new(bytes: Vec<u8>, media_type: &'static str, modified: DateTime<Utc>) -> Self {
        let codings: &[&'static str] = match bytes.len() {
            WORTHWHILE.. => &["br", "gzip"],
            _ => &[],
        };
        let offer = |coding: &&'static str| Offer {
            coding,
            made: OnceLock::new(),
        };
        Self {
            offers: codings.iter().map(offer).collect(),
            etag: feed_out::etag(&bytes),
            bytes: Bytes::from(bytes),
            media_type,
            modified,
            last_modified: http_date::render(modified),
            immutable: false,
            fresh_until: AtomicI64::new(0),
            marked: Mutex::default(),
            checked: AtomicU64::new(0),
            asked: AtomicU64::new(0),
        }
    }

    /// An archive document; None when it is damaged.
    pub fn of_archive(archive: Archive) -> Option<Self> {
        let mut bytes = Vec::new();
        GzDecoder::new(archive.bytes.as_slice())
            .read_to_end(&mut bytes)
            .ok()?;
        let made = OnceLock::from(Some(Coded::new(archive.bytes)));
        let coding = "gzip";
        Some(Self {
            immutable: true,
            offers: vec![Offer { coding, made }],
            ..Self::new(bytes, feed_out::ATOM_TYPE, archive.modified)
        })
    }

    /// The same with other bytes, made anew where the mark is met for the first time.
    pub fn marked(&self, mark: u64, make: impl FnOnce(&[u8]) -> Vec<u8>) -> Arc<Self> {
        let mut marked = self.marked.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh_until = AtomicI64::new(self.fresh_until.load(Ordering::Relaxed));
        if let Some((_, known)) = marked.iter().find(|(known, _)| *known == mark) {
            let until = fresh_until.into_inner();
            known.fresh_until.store(until, Ordering::Relaxed);
            return known.clone();
        }
        let document = Arc::new(Self {
            immutable: self.immutable,
            fresh_until,
            ..Self::new(make(&self.bytes), self.media_type, self.modified)
        });
        // A feed opens to its own token and to that of all feeds.
        marked.truncate(1);
        marked.push((mark, document.clone()));
        document
    }

    /// The codings it can be had in, what is smallest first.
    pub fn codings(&self) -> impl Iterator<Item = &'static str> {
        self.offers.iter().map(|offer| offer.coding)
    }

    /// The bytes in a coding, made if this is the first time: some milliseconds then. Nothing when
    /// it is not offered or saves nothing.
    pub fn coded(&self, coding: &str) -> Option<&Coded> {
        let offer = self.offers.iter().find(|offer| offer.coding == coding)?;
        let make = || {
            let coded = match offer.coding {
                "br" => brotli(&self.bytes),
                _ => gzip(&self.bytes),
            };
            let smaller = coded.filter(|coded| coded.len() < self.bytes.len());
            smaller.map(Coded::new)
        };
        offer.made.get_or_init(make).as_ref()
    }

    /// Whether the bytes in a coding were made before.
    pub fn has_coded(&self, coding: &str) -> bool {
        let of_name = |offer: &&Offer| offer.coding == coding;
        (self.offers.iter().find(of_name)).is_none_or(|offer| offer.made.get().is_some())
    }

    /// Until when it is not expected to change.
    pub fn fresh_until(&self) -> DateTime<Utc> {
        let seconds = self.fresh_until.load(Ordering::Relaxed);
        DateTime::from_timestamp(seconds, 0).unwrap_or_default()
    }
}

fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

fn brotli(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut coded = Vec::new();
    let mut writer =
        brotli::CompressorWriter::new(&mut coded, 4_096, BROTLI_QUALITY, BROTLI_WINDOW);
    writer.write_all(bytes).ok()?;
    drop(writer);
    Some(coded)
}

/// What the shelf says of a path.
#[derive(Debug, Clone)]
pub enum Held {
    /// The document.
    Here(Arc<Document>),
    /// The document as it was before something was published: it may have changed since.
    Before(Arc<Document>),
    /// There was one, which is no longer published.
    Gone,
    /// There is none.
    Unknown,
}

/// The documents by path below the base address, for instance `feeds/chine-amlat.atom`.
///
/// What a folder or a hub shows to somebody stands there whether or not it is asked for. The rest is
/// made when it is, and held as long as there is room.
#[derive(Debug, Default)]
pub struct Shelf {
    documents: RwLock<HashMap<String, Arc<Document>>>,
    /// The paths that are no longer published.
    gone: RwLock<HashSet<String>>,
    /// What keeps the documents out of the output folder.
    trouble: RwLock<Option<String>>,
    /// Rounds of publishing so far.
    rounds: AtomicU64,
    /// Requests so far for what is made when it is asked for.
    requests: AtomicU64,
}

impl Shelf {
    /// A document, as it was put in place.
    pub fn get(&self, path: &str) -> Option<Arc<Document>> {
        let documents = self.documents.read();
        (documents.unwrap_or_else(PoisonError::into_inner).get(path)).cloned()
    }

    /// A document, or why there is none.
    pub fn look_up(&self, path: &str) -> Held {
        let Some(document) = self.get(path) else {
            let gone = self.gone.read().unwrap_or_else(PoisonError::into_inner);
            return match gone.contains(path) {
                true => Held::Gone,
                false => Held::Unknown,
            };
        };
        let checked = document.checked.load(Ordering::Acquire);
        if checked == STANDING {
            return Held::Here(document);
        }
        let request = self.requests.fetch_add(1, Ordering::Relaxed);
        document.asked.store(request, Ordering::Relaxed);
        match checked > self.rounds.load(Ordering::Acquire) {
            true => Held::Here(document),
            false => Held::Before(document),
        }
    }

    /// Path and ETag of every document that stands there whether or not it is asked for, by path.
    pub fn etags(&self) -> Vec<(String, String)> {
        let documents = self
            .documents
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let standing = |(_, document): &(&String, &Arc<Document>)| {
            document.checked.load(Ordering::Relaxed) == STANDING
        };
        let mut etags: Vec<(String, String)> = documents
            .iter()
            .filter(standing)
            .map(|(path, document)| (path.clone(), document.etag.clone()))
            .collect();
        etags.sort();
        etags
    }

    /// Puts a document in place.
    pub fn put(&self, path: &str, document: Document) {
        let mut documents = self
            .documents
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        documents.insert(path.to_owned(), Arc::new(document));
    }

    /// Notes that the documents at some paths are what their channel holds: those that are `standing`
    /// until another is put in their place, others until something is published. They are not expected
    /// to change before `until`.
    pub(super) fn confirm(&self, paths: &[String], standing: bool, until: DateTime<Utc>) {
        let checked = match standing {
            true => STANDING,
            false => self.rounds.load(Ordering::Acquire) + 1,
        };
        let request = self.requests.fetch_add(1, Ordering::Relaxed);
        for document in paths.iter().filter_map(|path| self.get(path)) {
            document.asked.store(request, Ordering::Relaxed);
            let fresh_until = &document.fresh_until;
            fresh_until.store(until.timestamp(), Ordering::Relaxed);
            document.checked.store(checked, Ordering::Release);
        }
        if !standing {
            self.make_room();
        }
    }

    /// Something was published: what is made when it is asked for has to be looked at again.
    pub(super) fn end_round(&self) {
        self.rounds.fetch_add(1, Ordering::AcqRel);
    }

    /// Takes away half of what is made when it is asked for, where that is too much.
    fn make_room(&self) {
        let mut documents = self
            .documents
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let on_demand = |document: &Document| document.checked.load(Ordering::Relaxed) != STANDING;
        let mut held: Vec<(u64, usize)> = (documents.values())
            .filter(|document| on_demand(document))
            .map(|document| (document.asked.load(Ordering::Relaxed), document.bytes.len()))
            .collect();
        let mut room: usize = held.iter().map(|(_, bytes)| bytes).sum();
        if room <= ON_DEMAND {
            return;
        }
        held.sort_unstable();
        // The newest is waited for.
        held.pop();
        let mut last = 0;
        for (asked, bytes) in held {
            if room <= ON_DEMAND / 2 {
                break;
            }
            (room, last) = (room - bytes, asked);
        }
        documents.retain(|_, document| {
            !on_demand(document) || document.asked.load(Ordering::Relaxed) > last
        });
    }

    /// What keeps documents out of the output folder, as a sentence.
    pub fn trouble(&self) -> Option<String> {
        let trouble = self.trouble.read();
        trouble.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says what keeps documents out of the output folder, if anything; whether that is news.
    pub(super) fn set_trouble(&self, words: Option<String>) -> bool {
        let mut trouble = self.trouble.write().unwrap_or_else(PoisonError::into_inner);
        let is_news = *trouble != words;
        *trouble = words;
        is_news
    }

    /// Removes what is no longer published, and remembers what is gone; of the rest only what is
    /// `standing` goes on standing there without being asked for.
    pub(super) fn retire(&self, standing: &HashSet<String>, gone: HashSet<String>) {
        let documents = self.documents.write();
        let mut documents = documents.unwrap_or_else(PoisonError::into_inner);
        documents.retain(|path, document| {
            if !standing.contains(path) {
                document.checked.store(0, Ordering::Release);
            }
            !gone.contains(path)
        });
        drop(documents);
        *self.gone.write().unwrap_or_else(PoisonError::into_inner) = gone;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(shelf: &Shelf, path: &str, bytes: usize, standing: bool) {
        let now = DateTime::UNIX_EPOCH;
        shelf.put(
            path,
            Document::new(vec![b'a'; bytes], feed_out::ATOM_TYPE, now),
        );
        shelf.confirm(&[path.to_owned()], standing, now);
    }

    #[test]
    fn what_is_made_when_asked_for_holds_until_something_is_published() {
        let shelf = Shelf::default();
        put(&shelf, "standing", 1, true);
        put(&shelf, "asked", 1, false);
        assert!(matches!(shelf.look_up("asked"), Held::Here(_)));
        shelf.end_round();
        assert!(matches!(shelf.look_up("asked"), Held::Before(_)));
        assert!(matches!(shelf.look_up("standing"), Held::Here(_)));
        shelf.confirm(&["asked".to_owned()], false, DateTime::UNIX_EPOCH);
        assert!(matches!(shelf.look_up("asked"), Held::Here(_)));
        assert_eq!(shelf.etags().len(), 1, "hubs tell of what stands there");
    }

    #[test]
    fn what_is_no_longer_shown_to_anybody_is_looked_at_again() {
        let shelf = Shelf::default();
        put(&shelf, "shown", 1, true);
        put(&shelf, "gone", 1, true);
        shelf.retire(&HashSet::new(), HashSet::from(["gone".to_owned()]));
        assert!(matches!(shelf.look_up("shown"), Held::Before(_)));
        assert!(matches!(shelf.look_up("gone"), Held::Gone));
    }

    #[test]
    fn what_was_just_made_stays_however_large_it_is() {
        let shelf = Shelf::default();
        put(&shelf, "small", 1, false);
        put(&shelf, "large", ON_DEMAND + 1, false);
        assert!(matches!(shelf.look_up("large"), Held::Here(_)));
        assert!(shelf.get("small").is_none());
    }

    #[test]
    fn what_was_asked_for_longest_ago_makes_room() {
        let shelf = Shelf::default();
        put(&shelf, "standing", ON_DEMAND, true);
        let paths: Vec<String> = (0..5).map(|n| n.to_string()).collect();
        for path in &paths[..4] {
            put(&shelf, path, ON_DEMAND / 4, false);
        }
        for path in &paths[..4] {
            shelf.look_up(path);
        }
        shelf.look_up("0");
        put(&shelf, "4", 1, false);
        let held = |path: &&str| shelf.get(path).is_some();
        let all = ["standing", "0", "1", "2", "3", "4"].into_iter();
        assert_eq!(all.filter(held).collect::<Vec<_>>(), ["standing", "0", "4"]);
    }
}
