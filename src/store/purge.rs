//! What is taken out of the indexes when it is too old to be asked for. Articles stay.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::params;

use super::sources::stamp;
use super::stories::unpack;
use super::{Result, Writer};
use crate::story::Settings;

/// Articles whose keys are purged in one transaction.
pub const PURGE_BATCH: usize = 500;
/// Articles may arrive late: keys are kept so many days longer than the windows ask.
const GRACE_DAYS: i64 = 16;
/// Titles only link: what arrives later than this is not linked by its title.
const TITLE_GRACE_DAYS: i64 = 4;

/// Least time between two looks at all paragraphs: a process that polls once runs many times a day.
const PARAGRAPHS_EVERY: TimeDelta = TimeDelta::hours(20);
/// Where the store keeps when that was last.
const PARAGRAPHS_PURGED: &str = "paragraphs_purged";

/// Articles whose sketches are still in an index although no look-up reaches back to them.
fn outdated_sql(column: &str) -> String {
    format!(
        "SELECT id, {column} FROM article WHERE {column} IS NOT NULL AND published < ?1
         ORDER BY published LIMIT ?2"
    )
}

const PARAGRAPHS_SQL: &str = "DELETE FROM paragraph WHERE source = ?1 AND last_seen < ?2";

impl Writer<'_> {
    /// Takes one batch of outdated sketches and paragraphs out of the indexes, by key. Returns how
    /// many rows went; 0 when nothing is left to purge.
    pub fn purge_batch(&self, settings: &Settings, now: DateTime<Utc>) -> Result<usize> {
        let before = |days: i64| stamp(now - TimeDelta::days(days));
        let headlines = i64::from(settings.title_hours.max(settings.story_hours)) / 24 + 1;
        let mut gone = self.purge_keys(
            "dedup_key",
            "keys",
            before(i64::from(settings.window_days) + GRACE_DAYS),
        )?;
        gone += self.purge_keys(
            "title_key",
            "title_keys",
            before(headlines + TITLE_GRACE_DAYS),
        )?;
        if gone == 0 && self.paragraphs_wait(now)? {
            let forgotten = now - TimeDelta::days(i64::from(settings.boilerplate_days));
            self.purge_paragraphs(stamp(forgotten))?;
            self.set_meta(PARAGRAPHS_PURGED, &stamp(now).to_string())?;
        }
        Ok(gone)
    }

    /// Whether paragraphs were purged so long ago that it is worth looking at all of them again.
    fn paragraphs_wait(&self, now: DateTime<Utc>) -> Result<bool> {
        let last = self.queries().meta(PARAGRAPHS_PURGED)?;
        let last = last.and_then(|text| text.parse::<i64>().ok());
        let pause = stamp(now - PARAGRAPHS_EVERY)..=stamp(now);
        Ok(last.is_none_or(|last| !pause.contains(&last)))
    }

    /// Forgets paragraphs that no article has had for long.
    fn purge_paragraphs(&self, before: i64) -> Result<()> {
        let sources: Vec<String> = self
            .prepare_cached("SELECT id FROM source")?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let mut delete = self.prepare_cached(PARAGRAPHS_SQL)?;
        for source in sources {
            delete.execute(params![source, before])?;
        }
        Ok(())
    }

    fn purge_keys(&self, table: &str, column: &str, before: i64) -> Result<usize> {
        let outdated: Vec<(i64, Vec<u8>)> = self
            .prepare_cached(&outdated_sql(column))?
            .query_map(params![before, PURGE_BATCH as i64], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?
            .collect::<rusqlite::Result<_>>()?;
        let mut delete = self.prepare_cached(&format!(
            "DELETE FROM {table} WHERE h = ?1 AND article = ?2"
        ))?;
        let mut clear =
            self.prepare_cached(&format!("UPDATE article SET {column} = NULL WHERE id = ?1"))?;
        for (id, keys) in &outdated {
            for key in unpack(keys) {
                delete.execute(params![key, id])?;
            }
            clear.execute([id])?;
        }
        if !outdated.is_empty() {
            self.memory.forget_postings();
        }
        Ok(outdated.len())
    }
}

#[cfg(test)]
pub(super) const PLANS: [fn() -> String; 3] = [
    || outdated_sql("keys"),
    || outdated_sql("title_keys"),
    || PARAGRAPHS_SQL.to_owned(),
];

#[cfg(test)]
mod tests {
    use super::super::stories::pack;
    use super::*;
    use rusqlite::Connection;

    use super::super::{memory::Memory, migrate};
    use crate::model::ArticleId;
    use crate::story::fingerprint;

    const DAY: i64 = 86_400;

    fn count(connection: &Connection, sql: &str) -> i64 {
        connection.query_row(sql, [], |row| row.get(0)).expect(sql)
    }

    #[test]
    fn what_no_look_up_reaches_leaves_the_indexes_and_the_rest_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut connection = Connection::open_in_memory().expect("a database");
        migrate::migrate(&mut connection, folder.path()).expect("migrated");
        let now = DateTime::from_timestamp(1_790_000_000, 0).expect("a time");
        let memory = Memory::default();
        let writer = Writer {
            transaction: connection.transaction().expect("a transaction"),
            memory: &memory,
        };
        let text =
            "La Chine et le Pérou inaugurent un couloir maritime pour les fruits et les fleurs";
        let print = fingerprint("La Chine et le Pérou inaugurent un couloir", text, &|_| {
            false
        });
        writer
            .execute(
                "INSERT INTO source (id, url, domain, next_fetch_at, state_since) VALUES ('s', '', '', 0, 0)",
                [],
            )
            .expect("a source");
        for (id, age) in [(1, 0), (2, 29), (3, 31), (4, 400)] {
            let published = stamp(now) - age * DAY;
            writer
                .execute(
                    "INSERT INTO article (id, identity, source, url, domain, state, first_seen, published, updated, hold_until)
                     VALUES (?1, ?1, 's', '', '', 'rejected', 0, ?2, 0, 0)",
                    params![id, published],
                )
                .expect("inserted");
            (writer.replace_keys(ArticleId(id), (None, None), &print)).expect("indexed");
            writer
                .execute(
                    "UPDATE article SET keys = ?2, title_keys = ?3 WHERE id = ?1",
                    params![id, pack(&print.keys), pack(&print.title.keys)],
                )
                .expect("kept");
            writer
                .execute(
                    "INSERT INTO paragraph (source, hash, stories, last_seen) VALUES ('s', ?1, 1, ?2)",
                    params![id, published],
                )
                .expect("learnt");
        }
        let settings = Settings::default();
        let mut batches = 0;
        while writer.purge_batch(&settings, now).expect("purged") > 0 {
            batches += 1;
        }
        let left = "SELECT count(DISTINCT article) FROM dedup_key";
        assert_eq!(
            (batches, count(&writer, left)),
            (1, 2),
            "fourteen days and the grace"
        );
        let left = "SELECT count(DISTINCT article) FROM title_key";
        assert_eq!(count(&writer, left), 1, "titles link for three days only");
        assert_eq!(count(&writer, "SELECT count(*) FROM article"), 4);
        assert_eq!(
            count(&writer, "SELECT count(*) FROM article WHERE keys IS NULL"),
            2
        );
        assert_eq!(count(&writer, "SELECT count(*) FROM paragraph"), 3);
    }
}
