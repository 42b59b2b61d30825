//! The rows of a store as text, and rows for the tables that a sweep of the demo leaves empty.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, params};

/// Rows for tables that are empty after a sweep. Times lie far ahead, so that nothing is sent.
const MADE_UP: [(&str, &str); 10] = [
    ("pause", "INSERT INTO pause VALUES ('away.example', 1795400000)"),
    (
        "version",
        "INSERT INTO version SELECT id, first_seen, 'Un titre', 12 FROM article LIMIT 1",
    ),
    (
        "event",
        "INSERT INTO event VALUES (1, 1795300000, 'disk', '', 1795300000, 'little is free')",
    ),
    (
        "archived",
        "INSERT INTO archived VALUES ('topic that is gone', 1, 1, 1795300000)",
    ),
    (
        "hub_document",
        "INSERT INTO hub_document VALUES ('feeds/gone.atom', '\"a\"')",
    ),
    (
        "hub_subscription",
        "INSERT INTO hub_subscription (callback, host, path, topic, expires)
         VALUES ('https://reader.example/cb', 'reader.example', 'feeds/a.atom', 'a', 1999999999)",
    ),
    (
        "hub_ask",
        "INSERT INTO hub_ask (mode, callback, host, path, topic, lease, due)
         VALUES ('subscribe', 'https://reader.example/cb', 'reader.example', 'feeds/b.atom', 'b', 9, 1999999999)",
    ),
    (
        "hub_ping",
        "INSERT INTO hub_ping VALUES ('https://hub.example/', 'feeds/a.atom', '\"a\"', 1999999999, 0)",
    ),
    (
        "push",
        "INSERT INTO push VALUES ('bbc-afrique', 'https://hub.example/', 'a', 'token', 1999999999, 0)",
    ),
    (
        "dictionary",
        "INSERT INTO dictionary VALUES (77, 1795300000, x'00')",
    ),
];

/// Opens a store that nobody runs on. No power is lost while the tests change it, so that nothing
/// waits for the disk.
pub fn open(file: &Path) -> Connection {
    #[expect(
        clippy::disallowed_methods,
        reason = "a store is made as another program made it"
    )]
    let store = Connection::open(file).unwrap();
    store.pragma_update(None, "synchronous", false).unwrap();
    store
}

/// The tables but for the index of words, which is made of the others.
pub fn tables(connection: &Connection) -> Vec<String> {
    let sql = "SELECT name FROM main.sqlite_schema WHERE type = 'table'
        AND name NOT LIKE 'sqlite%' AND (name NOT LIKE 'search%' OR name = 'search_due') ORDER BY rowid";
    let mut query = connection.prepare(sql).unwrap();
    let names = query.query_map([], |row| row.get(0)).unwrap();
    names.collect::<rusqlite::Result<_>>().unwrap()
}

/// The columns of a table.
pub fn columns(connection: &Connection, table: &str) -> Vec<String> {
    let sql = "SELECT name FROM pragma_table_info(?1, 'main')";
    let mut query = connection.prepare(sql).unwrap();
    let names = query.query_map([table], |row| row.get(0)).unwrap();
    names.collect::<rusqlite::Result<_>>().unwrap()
}

/// The rows of a table as SQL literals, sorted.
pub fn rows(connection: &Connection, table: &str, columns: &[String]) -> Vec<String> {
    let list: Vec<String> = columns.iter().map(|c| format!("quote({c})")).collect();
    let sql = format!(
        "SELECT concat_ws(', ', {}) FROM main.{table} ORDER BY 1",
        list.join(", ")
    );
    let mut query = connection.prepare(&sql).unwrap();
    let rows = query.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<rusqlite::Result<_>>().unwrap()
}

/// Fills the tables that are empty: afterwards every one has a row.
pub fn made_up(connection: &Connection) {
    let present = tables(connection);
    let empty = |table: &str| rows(connection, table, &["1".to_owned()]).is_empty();
    for (table, sql) in MADE_UP {
        if present.iter().any(|name| name == table) && empty(table) {
            connection.execute(sql, []).unwrap();
        }
    }
    if present.iter().any(|name| name == "archive") && empty("archive") {
        let bytes = Value::Blob(gzip(b"<feed/>"));
        let sql = "INSERT INTO archive VALUES (1, 'topic that is gone', 1, 'http://127.0.0.1/', 1795300000, ?1)";
        connection.execute(sql, params![bytes]).unwrap();
    }
    // As migration 6 does: the index of words is made of it.
    if present.iter().any(|name| name == "search_due") {
        let sql = "INSERT OR IGNORE INTO search_due SELECT id FROM article WHERE how <> ''";
        connection.execute(sql, []).unwrap();
    }
    for table in present {
        assert!(!empty(&table), "{table} has no row: add one to MADE_UP");
    }
}

/// Turns a store's texts into what they were before they were compressed (migration 10).
pub fn unpack_texts(store: &Connection) {
    store
        .execute_batch(
            "ALTER TABLE article ADD COLUMN dup_why TEXT;
             CREATE TABLE plain (article INTEGER PRIMARY KEY, candidate TEXT, summary TEXT, html TEXT, text TEXT,
                untouched TEXT);",
        )
        .unwrap();
    let mut query = store.prepare("SELECT article, packed FROM body").unwrap();
    let packed = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    let packed: Vec<(i64, Vec<u8>)> = packed.unwrap().collect::<rusqlite::Result<_>>().unwrap();
    for (article, packed) in packed {
        let [candidate, html, text, summary, untouched, placing] = parts(&packed);
        let insert = "INSERT INTO plain VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let plain = params![article, candidate, summary, html, text, untouched];
        store.execute(insert, plain).unwrap();
        let placed = "UPDATE article SET dup_why = ?2 WHERE id = ?1";
        store.execute(placed, params![article, placing]).unwrap();
    }
    store
        .execute_batch("DROP TABLE body; ALTER TABLE plain RENAME TO body;")
        .unwrap();
}

/// Turns a store's verdicts into what they were before they were packed (migration 12).
pub fn unpack_verdicts(store: &Connection) {
    let sql = "SELECT topic, article, packed FROM verdict WHERE packed IS NOT NULL";
    let mut query = store.prepare(sql).unwrap();
    let packed = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    let packed: Vec<(String, i64, Vec<u8>)> =
        packed.unwrap().collect::<rusqlite::Result<_>>().unwrap();
    for (topic, article, packed) in packed {
        let why = String::from_utf8(unpacked(&packed)).unwrap();
        let update = "UPDATE verdict SET why = ?3, packed = NULL WHERE topic = ?1 AND article = ?2";
        store.execute(update, params![topic, article, why]).unwrap();
    }
}

fn number(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(bytes.try_into().unwrap())
}

/// What is behind its length, compressed.
fn unpacked(packed: &[u8]) -> Vec<u8> {
    zstd::bulk::decompress(&packed[4..], number(&packed[..4]) as usize).unwrap()
}

/// The texts of an article: behind the length of all of them, compressed, their lengths and then they.
fn parts(packed: &[u8]) -> [Option<String>; 6] {
    if packed.is_empty() {
        return std::array::from_fn(|part| (part < 4).then(String::new));
    }
    let joined = unpacked(packed);
    let (lengths, mut rest) = joined.split_at(24);
    std::array::from_fn(|part| {
        let length = number(&lengths[part * 4..][..4]);
        (length != u32::MAX).then(|| {
            let (text, others) = rest.split_at(length as usize);
            rest = others;
            String::from_utf8(text.to_vec()).unwrap()
        })
    })
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// All rows as INSERT statements.
pub fn dump(connection: &Connection) -> String {
    let mut sql = String::from("PRAGMA foreign_keys = OFF;\n");
    for table in tables(connection) {
        let columns = columns(connection, &table);
        let list = columns.join(", ");
        for row in rows(connection, &table, &columns) {
            sql.push_str(&format!(
                "INSERT OR REPLACE INTO {table} ({list}) VALUES ({row});\n"
            ));
        }
    }
    sql
}
