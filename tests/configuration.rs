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
