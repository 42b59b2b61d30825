//! Packing: what the database holds of texts is compressed (zstd, RFC 8878), with a dictionary that
//! the store learns from its own articles. One article is too short for a compressor to learn in it
//! what French, HTML and the names of our fields look like; with a dictionary it takes half the room.
//!
//! Packed are four bytes of length and one frame, which names its dictionary by number. Must not
//! know what is packed.

use std::collections::HashMap;
use std::io;
use std::num::NonZero;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use rusqlite::types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{OptionalExtension, ToSql, params};
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::{get_dict_id_from_dict, get_dict_id_from_frame};

use super::sources::stamp;
use super::{Queries, Result, StoreError, Writer};
use crate::model::ArticleId;

/// Level of compression: higher ones gain a twentieth and take several times as long.
const LEVEL: i32 = 3;
/// Longest thing that is read back, in bytes: documents are limited to far less.
const LONGEST: usize = 256 << 20;
/// Most bytes of a dictionary. Half of it gains as much of short texts, twice of it hardly more.
const SIZE: usize = 64 << 10;
/// Rows of texts from which on the first and the second dictionary are learned; an article takes two, as
/// it was met and as it was read. The first comes early and knows a few sources only.
const LEARNED_AT: [i64; 2] = [500, 10_000];
/// Most articles from which a dictionary is learned, and about as many verdicts.
const SAMPLES: usize = 1_000;
/// Bytes of one sample that are looked at: a long article must not drown the others.
const SAMPLE: usize = 8 << 10;
/// Bytes of all samples: to learn takes ten megabytes beside them.
const SAMPLED: usize = 3 << 20;
/// Articles after which it is looked again whether there are enough to learn from.
const LOOK_EVERY: u32 = 64;

pub(super) const NEWEST_SQL: &str = "SELECT article, packed FROM body ORDER BY id DESC LIMIT ?1";

/// What compresses better than nothing: see zstd's dictionary builder.
#[derive(Debug)]
pub(super) struct Dictionary {
    id: NonZero<u32>,
    bytes: Vec<u8>,
}

impl Dictionary {
    /// Learns what samples have in common; `None` where they are too few or too small for that.
    fn learn(samples: &Samples) -> Option<Self> {
        let bytes = zstd::dict::from_continuous(&samples.bytes, &samples.sizes, SIZE).ok()?;
        let id = get_dict_id_from_dict(&bytes)?;
        Some(Self { id, bytes })
    }
}

/// What a dictionary is learned from, one behind the other.
struct Samples {
    bytes: Vec<u8>,
    sizes: Vec<usize>,
}

impl Samples {
    fn new() -> Self {
        Self {
            bytes: Vec::with_capacity(SAMPLED + SAMPLE),
            sizes: Vec::new(),
        }
    }

    fn push(&mut self, sample: &[u8]) {
        let sample = &sample[..sample.len().min(SAMPLE)];
        if !sample.is_empty() {
            self.bytes.extend_from_slice(sample);
            self.sizes.push(sample.len());
        }
    }

    fn are_enough(&self) -> bool {
        self.bytes.len() >= SAMPLED
    }
}

/// Something packed, as it stands in a column.
#[derive(Debug, Clone)]
pub(super) struct Packed(Vec<u8>);

impl ToSql for Packed {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.as_slice()))
    }
}

impl FromSql for Packed {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(Self(value.as_blob()?.to_vec()))
    }
}

/// Contexts of compression are large (some 100 kB): one of each for each dictionary and each of those that pack
/// or unpack at one time, whatever thread they are on.
#[derive(Default)]
struct Press {
    packing: Option<(Option<NonZero<u32>>, Compressor<'static>)>,
    unpacking: HashMap<Option<NonZero<u32>>, Decompressor<'static>>,
}

/// Those that nobody uses at the moment.
static PRESSES: Mutex<Vec<Press>> = Mutex::new(Vec::new());

impl Press {
    /// Works with the one that was used last.
    fn with<T>(work: impl FnOnce(&mut Self) -> T) -> T {
        let idle = || PRESSES.lock().unwrap_or_else(PoisonError::into_inner);
        let mut press = idle().pop().unwrap_or_default();
        let value = work(&mut press);
        idle().push(press);
        value
    }

    fn pack(&mut self, data: &[u8], dictionary: Option<&Dictionary>) -> io::Result<Vec<u8>> {
        let id = dictionary.map(|dictionary| dictionary.id);
        let compressor = match self.packing.take() {
            Some((of, compressor)) if of == id => compressor,
            _ => match dictionary {
                Some(dictionary) => Compressor::with_dictionary(LEVEL, &dictionary.bytes)?,
                None => Compressor::new(LEVEL)?,
            },
        };
        let (_, compressor) = self.packing.insert((id, compressor));
        compressor.compress(data)
    }

    /// Nothing where its dictionary is not known yet, and none is given.
    fn unpack(
        &mut self,
        (frame, length): (&[u8], usize),
        dictionary: Option<&[u8]>,
    ) -> Option<io::Result<Vec<u8>>> {
        let of = get_dict_id_from_frame(frame);
        if let Some(known) = self.unpacking.get_mut(&of) {
            return Some(known.decompress(frame, length));
        }
        let made = match (of, dictionary) {
            (None, _) => Decompressor::new(),
            (Some(_), Some(bytes)) => Decompressor::with_dictionary(bytes),
            (Some(_), None) => return None,
        };
        Some(made.and_then(|made| {
            self.unpacking
                .entry(of)
                .or_insert(made)
                .decompress(frame, length)
        }))
    }
}

impl Packed {
    /// Packs something, with a dictionary where there is one. Nothing takes no room.
    ///
    /// # Errors
    /// When it is longer than four bytes can say.
    pub(super) fn of(data: &[u8], dictionary: Option<&Dictionary>) -> io::Result<Self> {
        if data.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let length = u32::try_from(data.len()).map_err(io::Error::other)?;
        let frame = Press::with(|press| press.pack(data, dictionary))?;
        Ok(Self([&length.to_le_bytes(), frame.as_slice()].concat()))
    }

    /// What was packed; `dictionary` is asked for one by its number where it is not known yet.
    ///
    /// # Errors
    /// When it is damaged, or its dictionary cannot be had.
    pub(super) fn unpack(
        &self,
        dictionary: impl FnOnce(u32) -> Result<Vec<u8>>,
    ) -> Result<Vec<u8>> {
        if self.0.is_empty() {
            return Ok(Vec::new());
        }
        let (length, frame) = self.0.split_first_chunk().ok_or_else(damaged)?;
        let length = u32::from_le_bytes(*length) as usize;
        if length > LONGEST {
            return Err(damaged());
        }
        let unpack = |dictionary: Option<&[u8]>| {
            Press::with(|press| press.unpack((frame, length), dictionary))
        };
        let unpacked = match (unpack(None), get_dict_id_from_frame(frame)) {
            (Some(unpacked), _) => unpacked,
            (None, named) => {
                let bytes = dictionary(named.ok_or_else(damaged)?.get())?;
                unpack(Some(&bytes)).ok_or_else(damaged)?
            }
        };
        unpacked.map_err(|_| damaged())
    }
}

/// What is packed is not what was packed once.
pub(super) fn damaged() -> StoreError {
    StoreError::Unreadable
}

impl Queries<'_> {
    /// What was packed in a column.
    pub(super) fn unpack(&self, packed: &Packed) -> Result<Vec<u8>> {
        packed.unpack(|id| {
            let mut query = self
                .0
                .prepare_cached("SELECT bytes FROM dictionary WHERE id = ?1")?;
            let bytes = query.query_row([id], |row| row.get(0)).optional()?;
            bytes.ok_or_else(damaged)
        })
    }

    /// What a topic found: packed, or plain in a verdict of before.
    pub(super) fn why(&self, plain: String, packed: Option<Packed>) -> Result<String> {
        match packed {
            Some(packed) => String::from_utf8(self.unpack(&packed)?).map_err(|_| damaged()),
            None => Ok(plain),
        }
    }
}

impl Writer<'_> {
    /// Packs something with what the store has learned so far.
    pub(super) fn pack(&self, data: &[u8]) -> Result<Packed> {
        let dictionary = self.dictionary()?;
        Packed::of(data, dictionary.as_deref()).map_err(|_| damaged())
    }

    /// The newest dictionary, if anything was learned yet.
    pub(super) fn dictionary(&self) -> Result<Option<Arc<Dictionary>>> {
        self.memory.dictionary(|| {
            let mut query = self.prepare_cached(
                "SELECT id, bytes FROM dictionary ORDER BY learned DESC, id LIMIT 1",
            )?;
            let found = query.query_row([], |row| Ok((row.get::<_, u32>(0)?, row.get(1)?)));
            // One that is damaged would not be named by what is packed with it.
            let known = |(id, bytes): (u32, Vec<u8>)| {
                let id = get_dict_id_from_dict(&bytes).filter(|named| named.get() == id)?;
                Some(Dictionary { id, bytes })
            };
            Ok(found.optional()?.and_then(known).map(Arc::new))
        })
    }

    /// Learns a dictionary as soon as there are articles enough; what is stored after that is packed
    /// with it. To be called for each article that was stored.
    pub(super) fn learn_when_due(&self, now: DateTime<Utc>) -> Result<()> {
        if !self.memory.is_time_to_learn(LOOK_EVERY) {
            return Ok(());
        }
        let (known, rows): (i64, i64) = self
            .prepare_cached(
                "SELECT (SELECT count(*) FROM dictionary), (SELECT coalesce(max(id), 0) FROM body)",
            )?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if (LEARNED_AT.get(known as usize)).is_none_or(|least| rows < *least) {
            return Ok(());
        }
        let Some(learned) = Dictionary::learn(&self.samples()?) else {
            return Ok(());
        };
        self.prepare_cached(
            "INSERT OR IGNORE INTO dictionary (id, learned, bytes) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![learned.id.get(), stamp(now), learned.bytes])?;
        self.memory.forget_dictionary();
        Ok(())
    }

    /// What the newest articles hold, and what topics said of them.
    fn samples(&self) -> Result<Samples> {
        let mut query = self.prepare_cached(NEWEST_SQL)?;
        let mut rows = query.query([SAMPLES as i64])?;
        let (queries, mut samples, mut verdicts) = (self.queries(), Samples::new(), 0);
        while let Some(row) = rows.next()? {
            samples.push(&queries.unpack(&row.get(1)?)?);
            if verdicts < SAMPLES {
                let of_article = queries.verdicts(ArticleId(row.get(0)?))?;
                verdicts += of_article.len();
                (of_article.iter()).for_each(|verdict| samples.push(verdict.why.as_bytes()));
            }
            if samples.are_enough() {
                break;
            }
        }
        Ok(samples)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::super::texts::Texts;
    use super::*;

    const ENOUGH: usize = LEARNED_AT[0] as usize;

    fn stamped(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(seconds)
    }

    fn texts(n: usize) -> Texts {
        let words =
            "la chine et le pérou signent un accord sur les ports et les routes du pays voisin";
        let words: Vec<&str> = words.split(' ').collect();
        let word = |k: usize| words[(n * 7 + k * k * 3 + k) % words.len()];
        let text: String = (0..60).flat_map(|k| [word(k), " "]).collect();
        Texts {
            candidate: format!(
                "{{\"id\":\"https://www.example.org/{n}\",\"content\":\"<p>{text}</p>\"}}"
            ),
            html: format!("<p>{text}</p>"),
            text,
            ..Texts::default()
        }
    }

    fn insert(writer: &Writer<'_>, n: usize) -> Result<()> {
        let id = n as i64 + 1;
        writer.execute(
            "INSERT INTO article (id, identity, source, url, domain, state, first_seen, published, updated, hold_until)
             VALUES (?1, ?1, 's', '', '', 'seen', 0, 0, 0, 0)",
            [id],
        )?;
        writer.insert_texts(ArticleId(id), &texts(n))
    }

    fn learn(writer: &Writer<'_>) -> Result<()> {
        (0..LOOK_EVERY).try_for_each(|_| writer.learn_when_due(DateTime::UNIX_EPOCH))
    }

    fn packed(writer: &Writer<'_>, n: usize) -> Result<Packed> {
        let sql = "SELECT packed FROM body WHERE article = ?1";
        Ok(writer.query_row(sql, [n as i64 + 1], |row| row.get(0))?)
    }

    fn named(packed: &Packed) -> bool {
        get_dict_id_from_frame(&packed.0[4..]).is_some()
    }

    #[tokio::test]
    async fn what_was_learned_serves_all_that_follows_and_nothing_before_is_lost() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let fill = |w: &Writer<'_>| {
            (0..ENOUGH - 1).try_for_each(|n| insert(w, n))?;
            learn(w)?;
            assert!(w.dictionary()?.is_none(), "too few to learn from");
            insert(w, ENOUGH - 1)?;
            learn(w)?;
            assert!(w.dictionary()?.is_some());
            insert(w, ENOUGH)?;
            Ok((packed(w, 0)?, packed(w, ENOUGH)?))
        };
        let (before, after) = store.write(fill).await.expect("filled");
        assert!(!named(&before) && named(&after));
        assert!(
            after.0.len() * 2 < before.0.len(),
            "{} {}",
            after.0.len(),
            before.0.len()
        );
        store.close().await;
        drop(store);
        // Another process, which knows nothing yet.
        let store = Store::open(folder.path()).expect("a store");
        let read = store.read(|r| {
            let both = [0, ENOUGH].map(|n| r.queries().texts(ArticleId(n as i64 + 1)));
            let [first, last] = both;
            Ok((first?, last?))
        });
        assert_eq!(read.await.expect("read"), (texts(0), texts(ENOUGH)));
        let again = |w: &Writer<'_>| {
            let first = w.dictionary()?.map(|d| d.id);
            // As many rows were written as the second one waits for.
            w.execute("UPDATE body SET id = ?1 WHERE article = 1", [LEARNED_AT[1]])?;
            insert(w, ENOUGH + 1)?;
            (0..LOOK_EVERY).try_for_each(|_| w.learn_when_due(stamped(1)))?;
            let second = w.dictionary()?.map(|d| d.id);
            insert(w, ENOUGH + 2)?;
            let both = [ENOUGH + 1, ENOUGH + 2].map(|n| packed(w, n));
            let [before, after] = both;
            Ok((first, second, before?, after?))
        };
        let (first, second, before, after) = store.write(again).await.expect("stored");
        let of = |packed: &Packed| get_dict_id_from_frame(&packed.0[4..]);
        assert!(first.is_some() && second.is_some() && first != second);
        assert_eq!((of(&before), of(&after)), (first, second));
        let read = store.read(|r| r.queries().texts(ArticleId(ENOUGH as i64 + 2)));
        assert_eq!(
            read.await.expect("read"),
            texts(ENOUGH + 1),
            "the first is still known"
        );
    }

    #[tokio::test]
    async fn what_was_learned_in_vain_is_not_packed_with() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let fill = |w: &Writer<'_>| (0..ENOUGH).try_for_each(|n| insert(w, n));
        store.write(fill).await.expect("filled");
        let failing = store.write(|w| {
            learn(w)?;
            assert!(w.dictionary()?.is_some());
            Err::<(), _>(damaged())
        });
        failing.await.expect_err("rolled back");
        let next = |w: &Writer<'_>| {
            insert(w, ENOUGH)?;
            packed(w, ENOUGH)
        };
        assert!(!named(&store.write(next).await.expect("stored")));
    }

    #[test]
    fn damage_is_an_error() {
        let packed = Packed::of(texts(1).joined().as_slice(), None)
            .expect("packed")
            .0;
        let mut long = packed.clone();
        long[..4].copy_from_slice(&u32::MAX.to_le_bytes());
        let short = [&9_u32.to_le_bytes(), &packed[4..]].concat();
        for damaged in [&packed[..3], &packed[..20], &long, &short, &[1; 40]] {
            let unpacked = Packed(damaged.to_vec()).unpack(|_| panic!("no dictionary is named"));
            assert!(unpacked.is_err(), "{damaged:?}");
        }
        let nothing = Packed::of(&[], None).expect("packed");
        assert!(nothing.0.is_empty());
        assert!(
            nothing
                .unpack(|_| Err(super::damaged()))
                .expect("nothing")
                .is_empty()
        );
    }
}
