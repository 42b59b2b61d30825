//! Stores written by every earlier schema: each opens, migrates, and publishes what it published
//! before, under the same Atom ids. An upgrade that is interrupted leaves the store as it was.
//!
//! An older store is made of today's: the first N migrations, filled with the rows of a real one,
//! and with made-up rows where that has none. `tests/upgrades/schema-N.sql` were written by the
//! program of that schema, and stay as they are: `KEEP_FIXTURE=1 cargo test --test program upgrades::` adds
//! the one of today's.

mod rows;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::common::World;
use depeche::demo::{Outlets, write_configuration};
use depeche::store::{DATABASE, SCHEMA_VERSION};
use rows::{columns, dump, made_up, open, rows, tables, unpack_texts, unpack_verdicts};
use rusqlite::Connection;

/// What an upgrade alone does not touch.
const LASTING: [&str; 14] = [
    "alias",
    "archived",
    "article",
    "body",
    "dedup_key",
    "entry",
    "hub_subscription",
    "paragraph",
    "pause",
    "robots",
    "seen",
    "title_key",
    "verdict",
    "version",
];
/// The schema since which texts are compressed.
const PACKED: u32 = 10;
/// The schema since which verdicts are too, and a dictionary helps with both.
const LEARNED: u32 = 12;
/// The port in the addresses of a kept store.
const KEPT_PORT: u16 = 1;
/// When the kept stores were written.
const KEPT_START: &str = "2026-11-22T10:00:00Z";
/// Whose articles they hold.
const KEPT_SOURCES: [&str; 4] = ["bbc-afrique", "novastan", "granma", "prensa-latina"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn state(world: &World) -> PathBuf {
    world.path().join("state")
}

fn migrations() -> Vec<String> {
    let entries = fs::read_dir(root().join("migrations")).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = paths.iter().map(|path| fs::read_to_string(path).unwrap());
    read.collect()
}

/// Turns the world's store into one of an earlier schema.
fn age(world: &World, schema: u32) {
    let newest = state(world).join(DATABASE);
    let old = world.path().join("old.sqlite");
    if schema < PACKED {
        unpack_texts(&open(&newest));
    }
    if schema < LEARNED {
        unpack_verdicts(&open(&newest));
    }
    let connection = open(&old);
    let journal = "PRAGMA journal_mode = MEMORY";
    connection.query_row(journal, [], |_| Ok(())).unwrap();
    for sql in &migrations()[..schema as usize] {
        connection.execute_batch(sql).unwrap();
    }
    if schema >= PACKED {
        // What the program does by itself with that migration.
        let done = "DROP TABLE body_plain; ALTER TABLE article DROP COLUMN dup_why;";
        connection.execute_batch(done).unwrap();
    }
    let attach = "ATTACH ?1 AS newest";
    connection
        .execute(attach, [newest.to_str().unwrap()])
        .unwrap();
    for table in tables(&connection) {
        let columns = columns(&connection, &table).join(", ");
        let copy = format!(
            "INSERT OR IGNORE INTO main.{table} ({columns}) SELECT {columns} FROM newest.{table}"
        );
        connection.execute(&copy, []).unwrap();
    }
    made_up(&connection);
    connection
        .pragma_update(None, "user_version", schema)
        .unwrap();
    drop(connection);
    replace(world, &old);
}

fn replace(world: &World, with: &Path) {
    for log in ["-wal", "-shm"] {
        let _ = fs::remove_file(state(world).join(format!("{DATABASE}{log}")));
    }
    fs::rename(with, state(world).join(DATABASE)).unwrap();
}

fn schema(file: &Path) -> u32 {
    let connection = open(file);
    let whole: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(whole, "ok", "{}", file.display());
    connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap()
}

fn copy_before(world: &World) -> PathBuf {
    state(world).join(format!("depeche-before-{SCHEMA_VERSION}.sqlite"))
}

fn ids(world: &World) -> BTreeSet<String> {
    let feed = world.feed();
    feed.candidates.into_iter().map(|entry| entry.id).collect()
}

fn lasting(connection: &Connection, like: &[(String, Vec<String>)]) -> Vec<(String, String)> {
    let told = |(table, columns): &(String, Vec<String>)| {
        let told = rows(connection, table, columns).into_iter();
        told.map(|row| (table.clone(), row)).collect::<Vec<_>>()
    };
    like.iter().flat_map(told).collect()
}

fn shape(connection: &Connection) -> Vec<(String, Vec<String>)> {
    let tables = tables(connection).into_iter();
    let lasting = tables.filter(|table| LASTING.contains(&table.as_str()));
    lasting
        .map(|table| (table.clone(), columns(connection, &table)))
        .collect()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_store_of_every_schema_opens_and_publishes_the_same() {
    let world = World::new();
    world.once_after(0);
    let published = ids(&world);
    assert!(published.len() > 10);
    let newest = world.path().join("newest.sqlite");
    fs::copy(state(&world).join(DATABASE), &newest).unwrap();
    world.requests.take_all();
    for old in 1..SCHEMA_VERSION {
        let copy = world.path().join("copy.sqlite");
        fs::copy(&newest, &copy).unwrap();
        replace(&world, &copy);
        age(&world, old);
        let aged = open(&state(&world).join(DATABASE));
        let shape = shape(&aged);
        let before = lasting(&aged, &shape);
        drop(aged);
        fs::remove_dir_all(world.path().join("feeds")).unwrap();
        world.once_after(0);
        assert_eq!(ids(&world), published, "schema {old}");
        let file = state(&world).join(DATABASE);
        assert_eq!(schema(&file), SCHEMA_VERSION);
        let migrated = world.path().join("migrated.sqlite");
        fs::copy(&file, &migrated).unwrap();
        if old < PACKED {
            unpack_texts(&open(&migrated));
        }
        let after = lasting(&open(&migrated), &shape);
        assert_eq!(before, after, "schema {old}");
        assert_eq!(schema(&copy_before(&world)), old);
        let doctor = world.run(&["doctor"]);
        let told = String::from_utf8_lossy(&doctor.stdout);
        assert!(doctor.status.success(), "{old}: {told}");
    }
    let asked = world.requests.take_all();
    let bare: Vec<_> = asked.iter().filter(|(_, tagged)| !tagged).collect();
    assert!(bare.is_empty(), "asked for again: {bare:?}");
}

#[test]
fn an_upgraded_store_goes_on_where_it_was() {
    let world = World::new();
    world.once_after(0);
    let published = ids(&world);
    age(&world, 1);
    world.once_after(7_200);
    let later = ids(&world);
    assert!(published.is_subset(&later) && published.len() < later.len());
    let fresh = World::new();
    fresh.once_after(0);
    fresh.once_after(7_200);
    assert_eq!(
        crate::common::titles(&world.feed()),
        crate::common::titles(&fresh.feed())
    );
}

#[test]
fn an_upgrade_that_is_killed_is_made_anew() {
    let world = World::new();
    world.once_after(0);
    let published = ids(&world);
    age(&world, 1);
    for step in 1..SCHEMA_VERSION {
        let mut command = world.depeche(&["once"]);
        command.env("DEPECHE_FAIL", format!("migration.begun:{step}"));
        let killed = command.output().unwrap();
        assert_eq!(killed.status.code(), None, "{step}: {}", errors(&killed));
        assert_eq!(schema(&state(&world).join(DATABASE)), 1, "{step}");
    }
    world.once_after(0);
    assert_eq!(ids(&world), published);
    assert_eq!(schema(&state(&world).join(DATABASE)), SCHEMA_VERSION);
}

#[test]
fn an_upgrade_that_fails_half_way_leaves_the_store_as_it_was() {
    let world = World::new();
    world.once_after(0);
    let published = ids(&world);
    age(&world, 2);
    let file = state(&world).join(DATABASE);
    open(&file)
        .execute("CREATE TABLE event (x INTEGER)", [])
        .unwrap();
    let refused = world.run(&["once"]);
    assert_eq!(refused.status.code(), Some(1));
    let told = errors(&refused);
    assert!(told.contains("event already exists"), "{told}");
    assert_eq!(schema(&file), 2);
    open(&file).execute("DROP TABLE event", []).unwrap();
    world.once_after(0);
    assert_eq!(ids(&world), published);
}

/// A copy cut short by a full disk was taken for the copy ever after.
#[test]
fn the_copy_made_before_an_upgrade_is_whole_or_not_there() {
    let world = World::new();
    world.once_after(0);
    age(&world, 2);
    let command = world.depeche(&["once"]);
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 200; exec \"$0\" \"$@\""])
        .arg(command.get_program())
        .args(command.get_args())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", errors(&output));
    assert!(!copy_before(&world).exists());
    assert_eq!(schema(&state(&world).join(DATABASE)), 2);
    world.once_after(0);
    assert_eq!(schema(&copy_before(&world)), 2);
}

#[test]
fn a_newer_store_is_refused_and_left_alone() {
    let world = World::new();
    world.once_after(0);
    let file = state(&world).join(DATABASE);
    let newer = SCHEMA_VERSION + 1;
    let set = |version: u32| {
        open(&file)
            .pragma_update(None, "user_version", version)
            .unwrap();
    };
    set(newer);
    for command in ["once", "run"] {
        let refused = world.run(&[command]);
        assert_eq!(refused.status.code(), Some(1));
        let told = errors(&refused);
        assert!(
            told.contains("written by a newer depeche") && told.contains("install that one"),
            "{told}"
        );
    }
    assert_eq!(schema(&file), newer);
    set(SCHEMA_VERSION);
    world.once_after(0);
}

/// The sources of kept stores, as the demo writes them.
fn few(sources: &str) -> String {
    let kept = |block: &&str| {
        let ids = KEPT_SOURCES.map(|id| format!("\nid = \"{id}\"\n"));
        ids.iter().any(|id| block.contains(id))
    };
    let blocks = sources.split("[[source]]").filter(kept);
    blocks.map(|block| format!("[[source]]{block}")).collect()
}

/// A store that was kept, under the configuration it was written with.
fn kept(sql: &Path, folder: &Path) {
    let outlets = Outlets::load(KEPT_START.parse().unwrap(), KEPT_PORT).unwrap();
    write_configuration(folder, &outlets, ([127, 0, 0, 1], 8_427).into()).unwrap();
    let main = folder.join("depeche.toml");
    let text = fs::read_to_string(&main).unwrap();
    fs::write(
        &main,
        format!("{text}\n[publish]\noutput_dir = \"feeds\"\n"),
    )
    .unwrap();
    let sources = folder.join("sources.toml");
    fs::write(&sources, few(&fs::read_to_string(&sources).unwrap())).unwrap();
    let state = folder.join("state");
    fs::create_dir(&state).unwrap();
    let text = fs::read_to_string(sql).unwrap();
    open(&state.join(DATABASE)).execute_batch(&text).unwrap();
}

fn once(folder: &Path) -> Output {
    let main = folder.join("depeche.toml");
    Command::new(env!("CARGO_BIN_EXE_depeche"))
        .args(["once", "--now", KEPT_START, "--config"])
        .arg(main)
        .output()
        .unwrap()
}

#[test]
fn every_kept_store_opens_and_publishes_its_entries() {
    if std::env::var_os("KEEP_FIXTURE").is_some() {
        keep();
    }
    let entries = fs::read_dir(root().join("tests/upgrades")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let kept_stores: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|kind| kind == "sql"))
        .collect();
    assert!(!kept_stores.is_empty());
    for sql in kept_stores {
        let folder = tempfile::tempdir().unwrap();
        kept(&sql, folder.path());
        let file = folder.path().join("state").join(DATABASE);
        let wanted = rows(&open(&file), "entry", &["atom_id".to_owned()]);
        let output = once(folder.path());
        // 4 says that nothing was due.
        assert!(
            matches!(output.status.code(), Some(0 | 4)),
            "{}: {}",
            sql.display(),
            errors(&output)
        );
        let feed = fs::read_to_string(folder.path().join("feeds/chine-amlat.atom")).unwrap();
        assert!(wanted.len() >= 3, "{}", wanted.len());
        for id in &wanted {
            let id = id.trim_matches(['"', '\'']);
            assert!(
                feed.contains(&format!("<id>{id}</id>")),
                "{}: {id}\n{feed}",
                sql.display()
            );
        }
        assert_eq!(schema(&file), SCHEMA_VERSION);
    }
}

/// Writes the store of today's schema where it is kept from now on.
fn keep() {
    let world = World::starting(KEPT_START);
    world.edit("sources.toml", |text| few(&text));
    world.once_after(0);
    let connection = open(&state(&world).join(DATABASE));
    made_up(&connection);
    let sql = format!(
        "{}\n{}PRAGMA user_version = {SCHEMA_VERSION};\n",
        migrations().concat(),
        dump(&connection).replace(&format!(":{}", world.port), &format!(":{KEPT_PORT}"))
    );
    let path = root().join(format!("tests/upgrades/schema-{SCHEMA_VERSION}.sql"));
    assert!(
        !path.exists(),
        "{} is kept: it must not change",
        path.display()
    );
    fs::write(path, sql).unwrap();
}
