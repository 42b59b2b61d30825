//! The texts of an article as the database holds them: what its source said, what was made of it and
//! how it was placed, packed together. They repeat one another (a feed's text, its HTML and its
//! plain text are the same words), so that all of them take about as much as one.
//!
//! Must not know articles or stories.

use rusqlite::{Connection, OptionalExtension, params};
use xxhash_rust::xxh3::Xxh3;

use super::packing::{Dictionary, Packed, damaged};
use super::{Queries, Result, Writer};
use crate::model::{ArticleId, Candidate};

/// Says of a text that it is not there, in the place of its length.
const NONE: u32 = u32::MAX;
/// Bytes of a length, of which each text has one before all of them.
const HEAD: usize = 4;

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

    /// All texts behind their lengths; nothing where there are none.
    pub(super) fn joined(&self) -> Vec<u8> {
        if *self == Self::default() {
            return Vec::new();
        }
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

    /// Of all that was joined, the text alone.
    fn text_of(joined: &[u8]) -> Option<String> {
        match joined.is_empty() {
            true => Some(String::new()),
            false => owned(slices(joined)?[2]?),
        }
    }

    fn split(joined: &[u8]) -> Option<Self> {
        if joined.is_empty() {
            return Some(Self::default());
        }
        let [candidate, html, text, summary, untouched, placing] = slices(joined)?;
        let optional = |part: Option<&[u8]>| match part {
            Some(part) => owned(part).map(Some),
            None => Some(None),
        };
        Some(Self {
            candidate: owned(candidate?)?,
            html: owned(html?)?,
            text: owned(text?)?,
            summary: owned(summary?)?,
            untouched: optional(untouched)?,
            placing: optional(placing)?,
        })
    }
}

/// The bytes of each text, in the order in which they were joined; nothing where that is not what was joined.
fn slices(joined: &[u8]) -> Option<[Option<&[u8]>; 6]> {
    let mut slices = [None; 6];
    let (heads, mut rest) = joined.split_at_checked(HEAD * slices.len())?;
    for (slice, head) in slices.iter_mut().zip(heads.chunks_exact(HEAD)) {
        let length = u32::from_le_bytes(head.try_into().ok()?);
        if length != NONE {
            let (part, others) = rest.split_at_checked(length as usize)?;
            (*slice, rest) = (Some(part), others);
        }
    }
    Some(slices)
}

fn owned(part: &[u8]) -> Option<String> {
    String::from_utf8(part.to_vec()).ok()
}

impl Queries<'_> {
    /// The texts of an article; empty ones where there is none.
    pub(super) fn texts(&self, id: ArticleId) -> Result<Texts> {
        let found = self.packed(id)?;
        found.map_or_else(|| Ok(Texts::default()), |packed| self.unpack_texts(&packed))
    }

    /// The text of an article, without what lies beside it.
    pub(super) fn text(&self, id: ArticleId) -> Result<String> {
        let Some(packed) = self.packed(id)? else {
            return Ok(String::new());
        };
        Texts::text_of(&self.unpack(&packed)?).ok_or_else(damaged)
    }

    fn packed(&self, id: ArticleId) -> Result<Option<Packed>> {
        let mut query = self.0.prepare_cached(TEXTS_SQL)?;
        Ok(query.query_row([id.0], |row| row.get(0)).optional()?)
    }

    /// The texts that were packed in a column.
    pub(super) fn unpack_texts(&self, packed: &Packed) -> Result<Texts> {
        Texts::split(&self.unpack(packed)?).ok_or_else(damaged)
    }
}

/// Stores the texts of an article. Those of before make room: what has grown is written anew at the end
/// of the table, where it splits no page.
pub(super) fn insert(
    connection: &Connection,
    (id, texts): (ArticleId, &Texts),
    dictionary: Option<&Dictionary>,
) -> Result<()> {
    let packed = Packed::of(&texts.joined(), dictionary).map_err(|_| damaged())?;
    connection
        .prepare_cached("INSERT OR REPLACE INTO body (article, mark, packed) VALUES (?1, ?2, ?3)")?
        .execute(params![id.0, texts.mark(), packed])?;
    Ok(())
}

impl Writer<'_> {
    /// Stores the texts of an article, packed with what the store has learned.
    pub(super) fn insert_texts(&self, id: ArticleId, texts: &Texts) -> Result<()> {
        let dictionary = self.dictionary()?;
        insert(self, (id, texts), dictionary.as_deref())
    }

    /// Changes the texts of an article.
    pub(super) fn change_texts(
        &self,
        id: ArticleId,
        change: impl FnOnce(&mut Texts),
    ) -> Result<()> {
        let mut texts = self.queries().texts(id)?;
        change(&mut texts);
        self.insert_texts(id, &texts)
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
            let joined = texts.joined();
            assert_eq!(Texts::text_of(&joined).as_ref(), Some(&texts.text));
            assert_eq!(Texts::split(&joined), Some(texts));
        }
    }

    #[test]
    fn what_is_no_texts_is_told() {
        let joined = texts().joined();
        for damaged in [&joined[..3], &joined[..HEAD * 6 + 20], &[1; 40]] {
            assert_eq!(Texts::split(damaged), None, "{damaged:?}");
            assert_eq!(Texts::text_of(damaged), None, "{damaged:?}");
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
