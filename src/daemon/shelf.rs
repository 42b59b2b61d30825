//! Rendered documents in memory, ready to be served: replaced as a whole, read without waiting.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Write};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

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
    /// There was one, which is no longer published.
    Gone,
    /// There never was one.
    Unknown,
}

/// The documents by path below the base address, for instance `feeds/chine-amlat.atom`, the
/// paths that are no longer published, and what keeps the documents out of the output folder.
#[derive(Debug, Default)]
pub struct Shelf(
    RwLock<HashMap<String, Arc<Document>>>,
    RwLock<HashSet<String>>,
    RwLock<Option<String>>,
);

impl Shelf {
    /// A document.
    pub fn get(&self, path: &str) -> Option<Arc<Document>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(path)
            .cloned()
    }

    /// A document, or why there is none.
    pub fn look_up(&self, path: &str) -> Held {
        match self.get(path) {
            Some(document) => Held::Here(document),
            None => {
                let gone = self.1.read().unwrap_or_else(PoisonError::into_inner);
                if gone.contains(path) {
                    Held::Gone
                } else {
                    Held::Unknown
                }
            }
        }
    }

    /// Path and ETag of every document, by path.
    pub fn etags(&self) -> Vec<(String, String)> {
        let shelf = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut etags: Vec<(String, String)> = shelf
            .iter()
            .map(|(path, document)| (path.clone(), document.etag.clone()))
            .collect();
        etags.sort();
        etags
    }

    /// Whether these very bytes stand at a path.
    pub fn holds(&self, path: &str, bytes: &[u8]) -> bool {
        self.get(path).is_some_and(|old| old.bytes == bytes)
    }

    /// Puts a document in place.
    pub fn put(&self, path: &str, document: Document) {
        let mut shelf = self.0.write().unwrap_or_else(PoisonError::into_inner);
        shelf.insert(path.to_owned(), Arc::new(document));
    }

    /// Notes until when the documents at some paths are not expected to change.
    pub fn set_fresh_until(&self, paths: &[String], until: DateTime<Utc>) {
        for document in paths.iter().filter_map(|path| self.get(path)) {
            document
                .fresh_until
                .store(until.timestamp(), Ordering::Relaxed);
        }
    }

    /// What keeps documents out of the output folder, as a sentence.
    pub fn trouble(&self) -> Option<String> {
        let trouble = self.2.read().unwrap_or_else(PoisonError::into_inner);
        trouble.clone()
    }

    /// Says what keeps documents out of the output folder, if anything; whether that is news.
    pub(super) fn set_trouble(&self, words: Option<String>) -> bool {
        let mut trouble = self.2.write().unwrap_or_else(PoisonError::into_inner);
        let is_news = *trouble != words;
        *trouble = words;
        is_news
    }

    /// Removes what is no longer published, and remembers what is gone.
    pub fn retain(&self, kept: &HashSet<String>, gone: HashSet<String>) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|path, _| kept.contains(path));
        *self.1.write().unwrap_or_else(PoisonError::into_inner) = gone;
    }
}
