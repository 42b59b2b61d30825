//! Configurations that a person could write: the valid ones load, each invalid one is answered with
//! place, reason and remedy exactly as recorded beside it.
//!
//! A case is a folder `tests/config/invalid/<name>/` with a `depeche.toml`, optionally
//! `sources.toml` and `topics.toml`, and `expected.txt`. `UPDATE_EXPECTED=1 cargo test` records anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn folders(kind: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/config")
        .join(kind);
    let mut found: Vec<PathBuf> = fs::read_dir(root)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    found.sort();
    found
}

fn check(folder: &Path) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_depeche"))
        .current_dir(folder)
        .args(["check", "--config", "depeche.toml"])
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn every_mistake_is_answered_with_place_reason_and_remedy() {
    let mut wrong = Vec::new();
    let cases = folders("invalid");
    assert!(cases.len() >= 40, "only {} cases", cases.len());
    for folder in cases {
        let (code, found) = check(&folder);
        let expected = folder.join("expected.txt");
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&expected, &found).unwrap();
        }
        let wanted = fs::read_to_string(&expected).unwrap_or_default();
        if code != Some(2) || found != wanted {
            wrong.push(format!(
                "{}: exit {code:?}\n--- got\n{found}--- expected\n{wanted}",
                folder.display()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn valid_configurations_load() {
    for folder in folders("valid") {
        let (code, found) = check(&folder);
        assert_eq!(code, Some(0), "{}: {found}", folder.display());
    }
}

#[test]
fn the_shipped_configuration_loads() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let (code, found) = check(&shipped);
    assert_eq!(code, Some(0), "{found}");
}

/// The keys that a table knows: those that are proposed for one that it does not.
fn keys_of(file: &str, text: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("depeche.toml"), "").unwrap();
    fs::write(folder.path().join(file), text).unwrap();
    let (_, found) = check(folder.path());
    let line = found.lines().find_map(|l| l.split_once("known here: "));
    let (_, keys) = line.unwrap_or_else(|| panic!("{text}\n{found}"));
    keys.split(", ").map(str::to_owned).collect()
}

#[test]
fn every_key_is_documented() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    let (main, readme) = (read("config/depeche.toml"), read("README.md"));
    let mut missing = Vec::new();
    for table in [
        "daemon", "fetch", "extract", "stories", "store", "publish", "access",
    ] {
        for key in keys_of("depeche.toml", &format!("[{table}]\nzzzzzzzz = 1\n")) {
            let line = |l: &&str| l.trim_start_matches("# ").starts_with(&format!("{key} ="));
            if !main.lines().any(|l| line(&l)) {
                missing.push(format!("config/depeche.toml [{table}]: {key}"));
            }
        }
    }
    let source = "[[source]]\nid = \"s\"\nurl = \"https://outlet.example/\"\n";
    let topic = "[[topic]]\nid = \"t\"\nall = [\"chine\"]\n";
    for (file, text) in [
        ("sources.toml", format!("{source}zzzzzzzz = 1\n")),
        (
            "sources.toml",
            format!("{source}kind = \"listing\"\n[source.listing]\nzzzzzzzz = 1\n"),
        ),
        (
            "sources.toml",
            format!("{source}kind = \"json\"\n[source.json]\nzzzzzzzz = 1\n"),
        ),
        (
            "sources.toml",
            format!("{source}adaptive = {{ zzzzzzzz = 1 }}\n"),
        ),
        (
            "sources.toml",
            format!("{source}auth = {{ zzzzzzzz = 1 }}\n"),
        ),
        ("topics.toml", format!("{topic}zzzzzzzz = 1\n")),
        (
            "topics.toml",
            format!("{topic}boost = [{{ zzzzzzzz = 1 }}]\n"),
        ),
        (
            "topics.toml",
            format!("{topic}[[topic.near]]\nzzzzzzzz = 1\n"),
        ),
        (
            "topics.toml",
            format!("{topic}[topic.weights]\nzzzzzzzz = 1\n"),
        ),
        (
            "topics.toml",
            format!("{topic}[topic.exec]\nzzzzzzzz = 1\n"),
        ),
    ] {
        for key in keys_of(file, &text) {
            let named = [format!("`{key}`"), format!("`{key} ="), format!("{key} = ")];
            if !named.iter().any(|form| readme.contains(form)) {
                let table = text.lines().rev().nth(1).unwrap_or_default();
                missing.push(format!("README.md, {file} {table}: {key}"));
            }
        }
    }
    assert!(
        missing.is_empty(),
        "not documented:\n{}",
        missing.join("\n")
    );
}

#[test]
fn a_mistake_far_down_a_long_list_is_reported_at_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let source = |n| format!("[[source]]\nid = \"s{n}\"\nurl = \"https://s{n}.example/feed\"\n\n");
    let mut text: String = (0..5_000).map(source).collect();
    text.push_str(
        "[[source]]\nid = \"last\"\nurl = \"https://last.example/feed\"\nevry = \"2h\"\n",
    );
    text.push_str("[[source]]\nid = \"s7\"\nurl = \"https://other.example/feed\"\n");
    fs::write(folder.path().join("sources.toml"), &text).unwrap();
    fs::write(
        folder.path().join("depeche.toml"),
        "[daemon]\nstate_dir = \"state\"\n",
    )
    .unwrap();
    let problems = depeche::config::load(Some(&folder.path().join("depeche.toml")))
        .err()
        .unwrap();
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(
        told[0].contains("sources.toml:20004:") && told[0].contains("evry"),
        "{told:#?}"
    );
    assert!(
        told[1].contains("sources.toml:20006:") && told[1].contains("line 30"),
        "{told:#?}"
    );
}
