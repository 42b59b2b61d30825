//! Archive documents, and what was ever published.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

use super::sources::{stamp, time};
use super::{Place, Queries, Result, Writer};

/// An archive document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// The feed it belongs to.
    pub channel: String,
    /// Its number, from 1 for the oldest.
    pub number: u32,
    /// Address of the site in its links.
    pub base: String,
    /// Date of its latest entry.
    pub modified: DateTime<Utc>,
    /// The document, as gzip.
    pub bytes: Vec<u8>,
}

/// A document that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Its path below the base address.
    pub path: String,
    /// Strong ETag of its bytes.
    pub etag: String,
    /// When its bytes last changed.
    pub modified: DateTime<Utc>,
}

/// The oldest archive of a feed, when nothing that stands in it is kept any more. Never the newest:
/// its number is not given again.
const OUTDATED_SQL: &str = "SELECT o.channel, o.number
    FROM (SELECT channel, min(number) AS number, max(number) AS newest FROM archive GROUP BY channel) o
    WHERE o.number < o.newest AND NOT EXISTS (
        SELECT 1 FROM archived d JOIN article a ON a.head = d.head
        WHERE d.channel = o.channel AND d.number = o.number AND a.how <> '')";

impl Queries<'_> {
    /// The number of the oldest archive of a feed that is kept; 0 when it has none.
    pub fn oldest_archive(&self, channel: &str) -> Result<u32> {
        let mut query = self
            .0
            .prepare_cached("SELECT coalesce(min(number), 0) FROM archive WHERE channel = ?1")?;
        Ok(query.query_row([channel], |row| row.get(0))?)
    }

    /// The number of the newest archive of a feed; 0 when it has none.
    pub fn newest_archive(&self, channel: &str) -> Result<u32> {
        let mut query = self
            .0
            .prepare_cached("SELECT coalesce(max(number), 0) FROM archive WHERE channel = ?1")?;
        Ok(query.query_row([channel], |row| row.get(0))?)
    }

    /// An archive document.
    pub fn archive(&self, channel: &str, number: u32) -> Result<Option<Archive>> {
        let mut query = self.0.prepare_cached(
            "SELECT base, modified, bytes FROM archive WHERE channel = ?1 AND number = ?2",
        )?;
        let found = query.query_row(params![channel, number], |row| {
            Ok(Archive {
                channel: channel.to_owned(),
                number,
                base: row.get(0)?,
                modified: time(row.get(1)?),
                bytes: row.get(2)?,
            })
        });
        Ok(found.optional()?)
    }

    /// Archives whose links name another address of the site than `base`.
    pub fn archives_elsewhere(&self, base: &str) -> Result<Vec<(String, u32)>> {
        let mut query = self
            .0
            .prepare_cached("SELECT channel, number FROM archive WHERE base <> ?1")?;
        let rows = query.query_map([base], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Every document that was ever published.
    pub fn published(&self) -> Result<Vec<Published>> {
        let mut query = self
            .0
            .prepare_cached("SELECT path, etag, modified FROM document")?;
        let rows = query.query_map([], |row| {
            Ok(Published {
                path: row.get(0)?,
                etag: row.get(1)?,
                modified: time(row.get(2)?),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Writer<'_> {
    /// Stores an archive and that these entries stand in it; false when it was there already,
    /// and then nothing is changed.
    pub fn add_archive(&self, archive: &Archive, places: &[Place]) -> Result<bool> {
        let Archive {
            channel, number, ..
        } = archive;
        let added = self
            .prepare_cached(
                "INSERT INTO archive (channel, number, base, modified, bytes) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (channel, number) DO NOTHING",
            )?
            .execute(params![channel, number, archive.base, stamp(archive.modified), archive.bytes])?;
        if added == 0 {
            return Ok(false);
        }
        let mut insert = self.prepare_cached(
            "INSERT INTO archived (channel, head, number, updated) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (channel, head) DO NOTHING",
        )?;
        for place in places {
            insert.execute(params![channel, place.head.0, number, stamp(place.updated)])?;
        }
        Ok(true)
    }

    /// Drops archives in which nothing stands that is kept, the oldest of each feed first, so that
    /// those that stay are a chain; returns how many.
    pub fn drop_archives(&self) -> Result<usize> {
        let mut dropped = 0;
        loop {
            let mut query = self.prepare_cached(OUTDATED_SQL)?;
            let outdated: Vec<(String, u32)> = query
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            if outdated.is_empty() {
                return Ok(dropped);
            }
            for (channel, number) in outdated {
                for table in ["archived", "archive"] {
                    self.prepare_cached(&format!(
                        "DELETE FROM {table} WHERE channel = ?1 AND number = ?2"
                    ))?
                    .execute(params![channel, number])?;
                }
                dropped += 1;
            }
        }
    }

    /// Writes an archive anew for another address of the site.
    pub fn move_archive(&self, archive: &Archive) -> Result<()> {
        self.prepare_cached(
            "UPDATE archive SET base = ?3, bytes = ?4 WHERE channel = ?1 AND number = ?2",
        )?
        .execute(params![
            archive.channel,
            archive.number,
            archive.base,
            archive.bytes
        ])?;
        Ok(())
    }

    /// Remembers documents that were published.
    pub fn remember_published(&self, documents: &[Published]) -> Result<()> {
        let mut insert = self.prepare_cached(
            "INSERT INTO document (path, etag, modified) VALUES (?1, ?2, ?3)
             ON CONFLICT (path) DO UPDATE SET etag = excluded.etag, modified = excluded.modified",
        )?;
        for document in documents {
            insert.execute(params![
                document.path,
                document.etag,
                stamp(document.modified)
            ])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::*;

    /// Archives of the feed `a` that are left, of three with one article each, when only the
    /// articles `kept` are.
    async fn left(kept: &str) -> Vec<u32> {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let kept = kept.to_owned();
        let numbers = store.write(move |w| {
            for number in 1..=3 {
                w.execute(
                    "INSERT INTO article (id, head, identity, source, url, domain, state, first_seen, published,
                        updated, hold_until, how)
                     VALUES (?1, ?1, ?1, 's', '', '', 'old', 0, 0, 0, 0, ?2)",
                    params![number, if kept.contains(&number.to_string()) { "feed" } else { "" }],
                )?;
                w.execute(
                    "INSERT INTO archive (channel, number, base, modified, bytes) VALUES ('a', ?1, '', 0, x'')",
                    [number],
                )?;
                w.execute("INSERT INTO archived VALUES ('a', ?1, ?1, 0)", [number])?;
            }
            w.drop_archives()?;
            let mut query = w.prepare("SELECT number FROM archive ORDER BY number")?;
            let rows = query.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<Vec<u32>>>()?)
        });
        numbers.await.expect("dropped")
    }

    #[tokio::test]
    async fn archives_go_with_their_last_article_the_oldest_first() {
        for (kept, expected) in [
            ("123", vec![1, 2, 3]),
            ("23", vec![2, 3]),
            ("3", vec![3]),
            ("13", vec![1, 2, 3]),
            ("", vec![3]),
        ] {
            assert_eq!(left(kept).await, expected, "{kept} kept");
        }
    }
}
