//! Migrations: numbered SQL files inside the binary; an upgrade applies all it needs in one
//! transaction, so that it happens as a whole or not at all.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::texts::{self, Texts};
use super::{Result, StoreError};
use crate::failpoint;
use crate::model::ArticleId;

/// The migrations in order: the position plus one is the schema's version (`PRAGMA user_version`).
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001_store.sql"),
    include_str!("../../migrations/0002_polling.sql"),
    include_str!("../../migrations/0003_memory.sql"),
    include_str!("../../migrations/0004_publishing.sql"),
    include_str!("../../migrations/0005_hub.sql"),
    include_str!("../../migrations/0006_search.sql"),
    include_str!("../../migrations/0007_scale.sql"),
    include_str!("../../migrations/0008_pages.sql"),
    include_str!("../../migrations/0009_refusals.sql"),
    include_str!("../../migrations/0010_room.sql"),
    include_str!("../../migrations/0011_sources.sql"),
    include_str!("../../migrations/0012_dictionary.sql"),
    include_str!("../../migrations/0013_search.sql"),
    include_str!("../../migrations/0014_placing.sql"),
];

/// The migration after which texts are compressed.
const TEXTS: u32 = 10;

/// Version of the schema that this program writes.
pub const SCHEMA_VERSION: u32 = MIGRATIONS.len() as u32;

/// Brings a database to [`SCHEMA_VERSION`]. A database that already holds data is first copied
/// beside itself (`depeche-before-N.sqlite`), so that an upgrade can be taken back.
///
/// # Errors
/// When the database is newer than this program, or SQLite refuses; the database is then as it was.
pub(super) fn migrate(connection: &mut Connection, folder: &Path) -> Result<()> {
    let found = expect_known(connection)?;
    if found == SCHEMA_VERSION {
        return Ok(());
    }
    if found > 0 {
        keep_copy(connection, folder)?;
    }
    let transaction = connection.transaction()?;
    for (number, sql) in (1_u32..).zip(MIGRATIONS).skip(found as usize) {
        transaction.execute_batch(sql)?;
        if number == TEXTS {
            take_texts_over(&transaction)?;
        }
        failpoint::reach("migration.begun");
    }
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    transaction.commit()?;
    Ok(())
}

/// The version of a database's schema.
///
/// # Errors
/// When it is newer than this program.
pub(super) fn expect_known(connection: &Connection) -> Result<u32> {
    let found: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > SCHEMA_VERSION {
        return Err(StoreError::Newer {
            found,
            known: SCHEMA_VERSION,
        });
    }
    Ok(found)
}

/// Compresses the texts that an older program stored as they were.
fn take_texts_over(connection: &Connection) -> Result<()> {
    let mut query = connection.prepare(
        "SELECT b.article, b.candidate, b.summary, b.html, b.text, b.untouched, a.dup_why
         FROM body_plain b LEFT JOIN article a ON a.id = b.article",
    )?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let texts = Texts {
            candidate: row.get(1)?,
            summary: row.get(2)?,
            html: row.get(3)?,
            text: row.get(4)?,
            untouched: row.get(5)?,
            placing: row.get(6)?,
        };
        texts::insert(connection, (ArticleId(row.get(0)?), &texts), None)?;
    }
    connection.execute_batch("DROP TABLE body_plain; ALTER TABLE article DROP COLUMN dup_why;")?;
    Ok(())
}

/// Copies the database as it is. The copy gets its name when it is whole; one of an upgrade that was
/// taken back is replaced.
fn keep_copy(connection: &Connection, folder: &Path) -> Result<()> {
    let copy = folder.join(format!("depeche-before-{SCHEMA_VERSION}.sqlite"));
    let part = copy.with_extension("part");
    let unusable = |source| StoreError::Folder {
        path: folder.to_owned(),
        source,
    };
    if part.exists() {
        fs::remove_file(&part).map_err(unusable)?;
    }
    connection.execute("VACUUM INTO ?1", [part.to_string_lossy()])?;
    fs::rename(&part, &copy).map_err(unusable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_database_gets_every_migration_and_a_second_start_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut connection = Connection::open_in_memory().expect("a database");
        migrate(&mut connection, folder.path()).expect("migrated");
        migrate(&mut connection, folder.path()).expect("nothing to do");
        let version: u32 = connection
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .expect("a version");
        assert_eq!(version, SCHEMA_VERSION);
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut connection = Connection::open_in_memory().expect("a database");
        connection
            .pragma_update(None, "user_version", SCHEMA_VERSION + 1)
            .expect("set");
        let error = migrate(&mut connection, folder.path()).expect_err("refused");
        assert!(error.to_string().contains("newer depeche"), "{error}");
    }
}
