//! The texts of an article as the database holds them: what its source said, what was made of it and
//! how it was placed, compressed together. They repeat one another (a feed's text, its HTML and its
//! plain text are the same words), so that all of them take about as much as one.
//!
//! Must not know articles or stories.

use std::cell::RefCell;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, ToSql, params};
use xxhash_rust::xxh3::Xxh3;
use zstd::bulk::{Compressor, Decompressor};

use super::{Queries, Result, Writer};
use crate::model::{ArticleId, Candidate};

/// Level of compression: higher ones gain a twentieth and take several times as long.
const LEVEL: i32 = 3;
/// Says of a text that it is not there, in the place of its length.
const NONE: u32 = u32::MAX;
/// Bytes before the texts: the length of all of them.
const HEAD: usize = 4;
/// Longest texts of one article that are read back, in bytes: documents are limited to far less.
const LONGEST: usize = 256 << 20;

pub(super) const TEXTS_SQL: &str = "SELECT packed FROM body WHERE article = ?1";

/// The texts of an article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Texts {
    /// As the source gave it (JSON); empty for an article that was dropped.
    pub candidate: String,
    /// Teaser as text.
    pub summary: String,
    /// Clean HTML.
    pub html: String,
    /// Text.
    pub text: String,
    /// The body as its route gave it, where that is another.
    pub untouched: Option<String>,
    /// What it was compared with when it was placed (JSON, or words).
    pub placing: Option<String>,
}

thread_local! {
    /// Contexts of compression are large: one for each thread that stores or reads articles.
    static PRESS: RefCell<(Option<Compressor<'static>>, Option<Decompressor<'static>>)> =
        const { RefCell::new((None, None)) };
}

impl Texts {
    /// The texts of an article of which nothing but its candidate is known.
    pub(super) fn of(candidate: &Candidate) -> Result<Self> {
        Ok(Self {
            candidate: serde_json::to_string(candidate)?,
            ..Self::default()
        })
    }

    /// What its source said of it.
    pub(super) fn candidate(&self) -> serde_json::Result<Candidate> {
        match self.candidate.is_empty() {
            true => Ok(Candidate::default()),
            false => serde_json::from_str(&self.candidate),
        }
    }

    /// Changes when what readers are shown does.
    pub(super) fn mark(&self) -> i64 {
        let mut hash = Xxh3::new();
        for text in [&self.summary, &self.html, &self.text] {
            hash.update(&text.len().to_le_bytes());
            hash.update(text.as_bytes());
        }
        hash.digest().cast_signed()
    }

    fn parts(&self) -> [Option<&str>; 6] {
        [
            Some(&self.candidate),
            Some(&self.html),
            Some(&self.text),
            Some(&self.summary),
            self.untouched.as_deref(),
            self.placing.as_deref(),
        ]
    }

    /// All texts behind their lengths.
    fn joined(&self) -> Vec<u8> {
        let parts = self.parts();
        let bytes: usize = parts.iter().flatten().map(|part| part.len()).sum();
        let mut joined = Vec::with_capacity(bytes + HEAD * parts.len());
        for part in parts {
            let length = part.map_or(NONE, |part| u32::try_from(part.len()).unwrap_or(NONE));
            joined.extend(length.to_le_bytes());
        }
        for part in parts.iter().flatten() {
            joined.extend(part.as_bytes());
        }
        joined
    }

    fn split(joined: &[u8]) -> Option<Self> {
        let mut lengths = joined.get(..HEAD * 6)?.chunks_exact(HEAD);
        let mut rest = &joined[HEAD * 6..];
        let mut next = || -> Option<Option<String>> {
            let length = u32::from_le_bytes(lengths.next()?.try_into().ok()?);
            if length == NONE {
                return Some(None);
            }
            let (part, others) = rest.split_at_checked(length as usize)?;
            rest = others;
            Some(Some(String::from_utf8(part.to_vec()).ok()?))
        };
        Some(Self {
            candidate: next()??,
            html: next()??,
            text: next()??,
            summary: next()??,
            untouched: next()?,
            placing: next()?,
        })
    }

    fn pack(&self) -> std::io::Result<Vec<u8>> {
        if *self == Self::default() {
            return Ok(Vec::new());
        }
        let joined = self.joined();
        let packed = PRESS.with_borrow_mut(|(press, _)| {
            let press = match press {
                Some(press) => press,
                none => none.insert(Compressor::new(LEVEL)?),
            };
            press.compress(&joined)
        })?;
        let length = u32::try_from(joined.len()).map_err(std::io::Error::other)?;
        Ok([&length.to_le_bytes(), packed.as_slice()].concat())
    }

    fn unpack(packed: &[u8]) -> std::io::Result<Self> {
        if packed.is_empty() {
            return Ok(Self::default());
        }
        let damaged = || std::io::Error::other("the texts of an article are damaged");
        let (length, packed) = packed.split_first_chunk().ok_or_else(damaged)?;
        let length = u32::from_le_bytes(*length) as usize;
        if length > LONGEST {
            return Err(damaged());
        }
        let joined = PRESS.with_borrow_mut(|(_, press)| {
            let press = match press {
                Some(press) => press,
                none => none.insert(Decompressor::new()?),
            };
            press.decompress(packed, length)
        })?;
        Self::split(&joined).ok_or_else(damaged)
    }
}

impl ToSql for Texts {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let packed = self.pack();
        packed
            .map(ToSqlOutput::from)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
    }
}

impl FromSql for Texts {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::unpack(value.as_blob()?).map_err(|error| FromSqlError::Other(error.into()))
    }
}

impl Queries<'_> {
    /// The texts of an article; empty ones where there is none.
    pub(super) fn texts(&self, id: ArticleId) -> Result<Texts> {
        let mut query = self.0.prepare_cached(TEXTS_SQL)?;
        let found = query.query_row([id.0], |row| row.get(0)).optional()?;
        Ok(found.unwrap_or_default())
    }
}

/// Stores the texts of an article that has none yet.
pub(super) fn insert(connection: &Connection, id: ArticleId, texts: &Texts) -> Result<()> {
    connection
        .prepare_cached("INSERT INTO body (article, mark, packed) VALUES (?1, ?2, ?3)")?
        .execute(params![id.0, texts.mark(), texts])?;
    Ok(())
}

impl Writer<'_> {
    /// Stores the texts of an article that has none yet.
    pub(super) fn insert_texts(&self, id: ArticleId, texts: &Texts) -> Result<()> {
        insert(self, id, texts)
    }

    /// Changes the texts of an article.
    pub(super) fn change_texts(
        &self,
        id: ArticleId,
        change: impl FnOnce(&mut Texts),
    ) -> Result<()> {
        let mut texts = self.queries().texts(id)?;
        change(&mut texts);
        self.prepare_cached("UPDATE body SET mark = ?2, packed = ?3 WHERE article = ?1")?
            .execute(params![id.0, texts.mark(), texts])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> Texts {
        let text = "La Chine et le Pérou ont signé un accord. ".repeat(60);
        Texts {
            candidate: format!("{{\"content\":\"<p>{text}</p>\"}}"),
            summary: "Un accord".to_owned(),
            html: format!("<p>{text}</p>"),
            text,
            untouched: None,
            placing: Some(String::new()),
        }
    }

    #[test]
    fn texts_come_back_as_they_were() {
        let untouched = Texts {
            untouched: Some("<p>é</p>".to_owned()),
            placing: None,
            ..texts()
        };
        for texts in [Texts::default(), texts(), untouched] {
            let packed = texts.pack().expect("packed");
            assert_eq!(Texts::unpack(&packed).expect("unpacked"), texts);
        }
        assert!(texts().pack().expect("packed").len() < 200);
    }

    #[test]
    fn damage_is_an_error() {
        let packed = texts().pack().expect("packed");
        let mut long = packed.clone();
        long[..HEAD].copy_from_slice(&u32::MAX.to_le_bytes());
        let short = [&9_u32.to_le_bytes(), &packed[HEAD..]].concat();
        for damaged in [&packed[..3], &packed[..20], &long, &short, &[1; 40]] {
            assert!(Texts::unpack(damaged).is_err(), "{damaged:?}");
        }
    }

    #[test]
    fn the_mark_is_that_of_what_readers_see() {
        let (one, mut other) = (texts(), texts());
        other.candidate.clear();
        assert_eq!(one.mark(), other.mark());
        other.html.push('.');
        assert_ne!(one.mark(), other.mark());
    }
}
