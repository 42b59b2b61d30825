//! What must hold of a store and of published files at every moment, whatever happened to the
//! process or to its disk.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use depeche::discover::feed::{Context, parse};
use depeche::store::DATABASE;
use rusqlite::{Connection, OpenFlags};

/// What readers have been given so far: title by id.
pub type Given = BTreeMap<String, String>;

/// The database of a state folder, if there is one, is sound.
pub fn check_database(state: &Path) {
    let path = state.join(DATABASE);
    if !path.exists() {
        return;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let connection = Connection::open_with_flags(path, flags).unwrap();
    let whole: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(whole, "ok");
    let orphans = connection
        .prepare("PRAGMA foreign_key_check")
        .unwrap()
        .exists([])
        .unwrap();
    assert!(!orphans, "rows without their article");
}

/// No published file is half-written; nothing else lies about but what the next run replaces.
pub fn check_files(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            check_files(&path);
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with('.') {
            assert!(name.ends_with(".new"), "{name}");
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let end = match name.rsplit_once('.').unwrap().1 {
            "atom" => "</feed>",
            "rss" => "</rss>",
            "json" => "}",
            "opml" => "</opml>",
            _ => "</html>",
        };
        assert!(text.trim_end().ends_with(end), "{name} ends in the middle");
    }
}

/// What a published feed gives: no id and no title twice.
pub fn published(feed: &Path) -> Given {
    let context = Context {
        url: None,
        content_type: None,
        timezone: None,
        fetched_at: "2026-11-23T00:00:00Z".parse().unwrap(),
    };
    let read = parse(&fs::read(feed).unwrap(), &context).expect("our own feed");
    assert!(read.warnings.is_empty(), "{:?}", read.warnings);
    let count = read.candidates.len();
    let entries: Given = read
        .candidates
        .into_iter()
        .map(|entry| (entry.id, entry.title.unwrap_or_default()))
        .collect();
    assert_eq!(entries.len(), count, "an id twice");
    let titles: BTreeSet<&String> = entries.values().collect();
    assert_eq!(titles.len(), count, "an article twice");
    entries
}
