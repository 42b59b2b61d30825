//! What can be wrong with a database, found and mended: damaged pages and indexes, references to
//! rows that are gone, an index of words that does not fit the texts.

use std::path::Path;

use rusqlite::Connection;

use super::touched::unmark;
use super::{DATABASE, Result, configure, migrate, open_reader, take_lock};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, in a word or two.
    pub check: &'static str,
    /// What is wrong; None when all is well.
    pub wrong: Option<String>,
    /// Whether [`repair`] can mend it.
    pub mendable: bool,
}

/// Rows that name an article which is not there, by table: what is counted, and what takes them out.
const ORPHANS: [(&str, &str); 7] = [
    ("dedup_key", "article"),
    ("title_key", "article"),
    ("seen", "article"),
    ("alias", "article"),
    ("verdict", "article"),
    ("entry", "article"),
    ("version", "article"),
];

/// Looks at the database of a folder; a daemon may be running on it.
///
/// # Errors
/// When there is none, or it cannot be read at all.
pub fn examine(folder: &Path) -> Result<Vec<Finding>> {
    findings(&open_reader(folder)?.0)
}

/// Mends what can be mended, and looks again.
///
/// # Errors
/// When a daemon runs on the folder, or SQLite refuses.
pub fn repair(folder: &Path) -> Result<Vec<Finding>> {
    let _lock = take_lock(folder)?;
    #[expect(
        clippy::disallowed_methods,
        reason = "the lock is held: nobody else writes"
    )]
    let mut connection = Connection::open(folder.join(DATABASE))?;
    configure(&connection, super::CACHES.1)?;
    migrate::migrate(&mut connection, folder)?;
    let transaction = connection.transaction()?;
    unmark(&transaction)?;
    // Without its text an article is seen by nobody: its source will show it again.
    transaction.execute(
        "DELETE FROM article WHERE id NOT IN (SELECT article FROM body)",
        [],
    )?;
    for (table, column) in ORPHANS {
        transaction.execute(
            &format!("DELETE FROM {table} WHERE {column} NOT IN (SELECT id FROM article)"),
            [],
        )?;
    }
    transaction.execute(
        "DELETE FROM body WHERE article NOT IN (SELECT id FROM article)",
        [],
    )?;
    transaction.execute(
        "UPDATE article SET dup_of = NULL WHERE dup_of NOT IN (SELECT id FROM article)",
        [],
    )?;
    transaction.execute_batch(super::search::RESET_SQL)?;
    transaction.commit()?;
    connection.execute_batch("REINDEX; ANALYZE; PRAGMA wal_checkpoint(TRUNCATE);")?;
    findings(&connection)
}

fn findings(connection: &Connection) -> Result<Vec<Finding>> {
    let finding = |check, wrong, mendable| Finding {
        check,
        wrong,
        mendable,
    };
    let pages = lines(connection, "PRAGMA integrity_check(10)")?;
    let broken: Vec<&String> = pages.iter().filter(|line| *line != "ok").collect();
    let integrity = broken
        .first()
        .map(|first| format!("{} faults, the first is: {first}", broken.len()));
    // An index can be made again from its table, a page cannot.
    let mendable = broken.iter().all(|line| line.contains("index"));
    let references = number(connection, "SELECT count(*) FROM pragma_foreign_key_check")?;
    let mut orphans = Vec::new();
    for (table, column) in ORPHANS {
        let sql =
            format!("SELECT count(*) FROM {table} WHERE {column} NOT IN (SELECT id FROM article)");
        let count = number(connection, &sql)?;
        if count > 0 {
            orphans.push(format!("{count} in {table}"));
        }
    }
    let without = number(
        connection,
        "SELECT count(*) FROM article WHERE id NOT IN (SELECT article FROM body)",
    )?;
    let some = |count: i64, words: &str| (count > 0).then(|| format!("{count} {words}"));
    Ok(vec![
        finding("pages and indexes", integrity, mendable),
        finding(
            "references",
            some(references, "rows refer to rows that are not there"),
            true,
        ),
        finding(
            "orphans",
            (!orphans.is_empty()).then(|| {
                format!(
                    "rows of articles that are not there: {}",
                    orphans.join(", ")
                )
            }),
            true,
        ),
        finding(
            "texts",
            some(without, "articles have no row for their text"),
            true,
        ),
        finding("index of words", super::search::fault(connection)?, true),
    ])
}

fn number(connection: &Connection, sql: &str) -> Result<i64> {
    Ok(connection.query_row(sql, [], |row| row.get(0))?)
}

fn lines(connection: &Connection, sql: &str) -> Result<Vec<String>> {
    let mut query = connection.prepare(sql)?;
    let rows = query.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
