//! Commands that did, or said, something else than what was asked for.

use std::fs;
use std::process::Output;

use crate::common::World;

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// `backup FOLDER --keep N` made a file of the folder's name where the folder was not there, and replaced
/// it night after night.
#[test]
fn a_folder_of_backups_that_is_not_there_is_told() {
    let world = World::new();
    world.once_after(0);
    let folder = world.path().join("backups");
    let refused = world.run(&["backup", folder.to_str().unwrap(), "--keep", "14"]);
    let text = said(&refused);
    assert_eq!(refused.status.code(), Some(2), "{text}");
    assert!(text.contains("make the folder"), "{text}");
    assert!(!folder.exists());
}

/// Without a store `doctor` said only that, and hid why there could be none.
#[test]
fn doctor_looks_at_everything_where_there_is_no_store() {
    let world = World::new();
    let looked = world.run(&["doctor"]);
    let text = said(&looked);
    assert_eq!(looked.status.code(), Some(1), "{text}");
    let state = world.path().join("state");
    let remedy = format!("make it (`mkdir -p {}`)", state.display());
    for words in [
        "WRONG  store: there is none yet",
        "WRONG  state folder",
        &remedy,
        "fine   clock",
    ] {
        assert!(text.contains(words), "{words} is missing in:\n{text}");
    }
    let checks = world.run(&["doctor", "--json"]);
    let checks: serde_json::Value = serde_json::from_slice(&checks.stdout).unwrap();
    assert_eq!(checks["ok"], false, "{checks}");
}

/// A store that cannot be read was told as one without entries.
#[test]
fn topics_of_a_store_that_cannot_be_read_are_not_told_to_be_empty() {
    let world = World::new();
    assert_eq!(world.run(&["topics", "list"]).status.code(), Some(0));
    let state = world.path().join("state");
    fs::create_dir_all(&state).unwrap();
    fs::write(state.join("depeche.sqlite"), "no database ".repeat(1_000)).unwrap();
    let listed = world.run(&["topics", "list"]);
    let text = said(&listed);
    assert_eq!(listed.status.code(), Some(1), "{text}");
    assert!(text.contains("depeche doctor"), "{text}");
}

/// A text file in another charset than UTF-8 was judged with its accented letters lost.
#[test]
fn a_text_file_is_read_in_its_charset() {
    let world = World::new();
    let file = world.path().join("note.txt");
    let words = "Coopération économique\nLa Chine et le Pérou ont signé à Lima un traité d'amitié.";
    let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(words);
    fs::write(&file, bytes).unwrap();
    let judged = world.json(&["topics", "test", file.to_str().unwrap(), "--json"]);
    assert_eq!(judged["title"], "Coopération économique", "{judged}");
}

/// Where there was no topic at all, the sentence that names those that there are ended in nothing.
#[test]
fn an_unknown_topic_is_told_where_there_is_none() {
    let world = World::new();
    world.edit("topics.toml", |_| String::new());
    let asked = world.run(&["preview", "chine"]);
    let text = said(&asked);
    assert_eq!(asked.status.code(), Some(1), "{text}");
    assert!(text.contains("describe one in topics.toml"), "{text}");
}

/// A verdict that was given again named up to twelve words for each term, the first one a single one.
#[test]
fn a_verdict_that_is_given_again_is_the_first_one() {
    let world = World::new();
    world.once_after(0);
    let kept = world.json(&["preview", "chine-amlat", "--since", "3650d", "--json"]);
    let ids: Vec<String> = (kept["kept"].as_array().unwrap().iter())
        .map(|article| article["id"].to_string())
        .collect();
    assert!(!ids.is_empty(), "{kept}");
    let verdicts = || -> Vec<serde_json::Value> {
        let said = |id: &String| world.json(&["explain", id, "--json"])["verdicts"].clone();
        ids.iter().map(said).collect()
    };
    let first = verdicts();
    let topics = fs::read_to_string(world.path().join("topics.toml")).unwrap();
    for changed in [
        topics.replace("title:horoscope", "title:horoscopes"),
        topics,
    ] {
        world.edit("topics.toml", |_| changed.clone());
        let again = world.run(&["topics", "rejudge", "--since", "3650d"]);
        assert!(again.status.success(), "{}", said(&again));
    }
    for (again, first) in verdicts().iter().zip(&first) {
        assert_eq!(again, first);
    }
}
