//! The rules of ARCHITECTURE.md, read from the source: who may use whom, and what pure modules
//! must not know.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Modules that know no clock, network, disk, database or async runtime.
const PURE: [&str; 10] = [
    "hub", "model", "schedule", "text", "discover", "extract", "topic", "story", "feed_out",
    "report",
];

/// What a module may use of the others; itself and the pure `model` and `text` are always allowed.
const MAY_USE: [(&str, &[&str]); 25] = [
    ("failpoint", &[]),
    ("hub", &[]),
    ("model", &[]),
    ("report", &[]),
    ("schedule", &[]),
    ("text", &[]),
    ("discover", &[]),
    ("extract", &[]),
    ("isolate", &["extract", "story"]),
    ("topic", &[]),
    ("story", &[]),
    ("feed_out", &[]),
    ("clock", &[]),
    ("meters", &[]),
    ("fetch", &["clock", "failpoint", "meters", "report"]),
    (
        "config",
        &[
            "discover", "extract", "fetch", "isolate", "schedule", "story", "topic",
        ],
    ),
    ("store", &["failpoint", "fetch", "meters", "story"]),
    (
        "ingest",
        &[
            "clock",
            "config",
            "discover",
            "extract",
            "failpoint",
            "fetch",
            "hub",
            "isolate",
            "schedule",
            "store",
            "story",
            "topic",
        ],
    ),
    (
        "survey",
        &["config", "discover", "extract", "fetch", "ingest"],
    ),
    (
        "daemon",
        &[
            "clock",
            "config",
            "failpoint",
            "feed_out",
            "fetch",
            "hub",
            "ingest",
            "isolate",
            "report",
            "store",
            "topic",
            "web",
        ],
    ),
    ("overview", &["config", "daemon", "store", "topic"]),
    (
        "web",
        &[
            "clock", "config", "daemon", "hub", "meters", "overview", "report", "store", "topic",
        ],
    ),
    ("demo", &["clock", "config"]),
    (
        "commands",
        &[
            "clock", "config", "daemon", "demo", "discover", "extract", "feed_out", "fetch",
            "ingest", "isolate", "overview", "report", "store", "story", "survey", "topic",
        ],
    ),
    ("lib", &["report"]),
];

/// Names that pure modules must not speak.
const IMPURE: [&str; 13] = [
    "Utc::now",
    "Local::now",
    "SystemTime",
    "Instant::now",
    "std::fs",
    "Tcp",
    "UdpSocket",
    "std::process",
    "tokio::",
    "rusqlite",
    "reqwest",
    "async fn",
    "std::env",
];

struct Source {
    path: PathBuf,
    module: String,
    /// Without comments and without the tests at the end.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let relative = path.strip_prefix(&root).unwrap();
                let first = relative
                    .components()
                    .next()
                    .unwrap()
                    .as_os_str()
                    .to_string_lossy();
                let module = first.trim_end_matches(".rs").to_owned();
                let code = code_of(&fs::read_to_string(&path).unwrap());
                found.push(Source {
                    path: relative.to_owned(),
                    module,
                    code,
                });
            }
        }
    }
    assert!(found.len() > 60, "only {} files were found", found.len());
    found
}

fn code_of(text: &str) -> String {
    let without_tests = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or(text);
    without_tests
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn is_test(path: &Path) -> bool {
    let text = path.to_string_lossy();
    text.ends_with("tests.rs") || text.contains("/tests/")
}

/// The modules named after `crate::`, also inside braces.
fn used(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let word = |text: &str| {
            text.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect::<String>()
        };
        if let Some(inner) = rest.strip_prefix('{') {
            let inner = inner.split('}').next().unwrap_or("");
            names.extend(inner.split(',').map(|part| word(part.trim())));
        } else {
            names.push(word(rest));
        }
    }
    names
}

#[test]
fn modules_use_only_what_they_may() {
    let rules: BTreeMap<&str, &[&str]> = MAY_USE.into_iter().collect();
    let mut wrong = Vec::new();
    for source in sources()
        .iter()
        .filter(|s| s.module != "main" && !is_test(&s.path))
    {
        let Some(allowed) = rules.get(source.module.as_str()) else {
            wrong.push(format!("{} has no rule in MAY_USE", source.module));
            continue;
        };
        for name in used(&source.code) {
            let fine = name == source.module
                || ["model", "text"].contains(&name.as_str())
                || allowed.contains(&name.as_str())
                || !rules.contains_key(name.as_str());
            if !fine {
                wrong.push(format!("{} uses crate::{name}", source.path.display()));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pure_modules_know_no_world() {
    let mut wrong = Vec::new();
    for source in sources()
        .iter()
        .filter(|s| PURE.contains(&s.module.as_str()) && !is_test(&s.path))
    {
        for name in IMPURE {
            if source.code.contains(name) {
                wrong.push(format!("{} says {name}", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where trees are built of HTML, and where the guard against hostile shapes stands before it; none
/// where the HTML is our own.
const TREES: [(&str, Option<&str>); 5] = [
    ("discover/listing.rs", Some("ingest/document.rs")),
    ("discover/offers.rs", Some("survey.rs")),
    ("extract/page.rs", Some("extract/route.rs")),
    ("feed_out/lint_content.rs", None),
    ("text/html/outline.rs", Some("text/html.rs")),
];

#[test]
fn foreign_html_is_guarded_and_pages_are_taken_apart_by_workers() {
    let sources = sources();
    let code = |path: &str| {
        let found = sources.iter().find(|s| s.path == Path::new(path));
        found
            .unwrap_or_else(|| panic!("{path} is gone"))
            .code
            .as_str()
    };
    for source in sources.iter().filter(|s| !is_test(&s.path)) {
        let path = source.path.to_string_lossy();
        let known = TREES.iter().any(|(file, _)| *file == path);
        assert!(
            known || !source.code.contains("Html::parse_"),
            "{path} builds a tree"
        );
        let apart = ["extract", "isolate", "commands"].contains(&source.module.as_str());
        assert!(
            apart || !source.code.contains("PageContext"),
            "{path} extracts by itself"
        );
    }
    for (tree, guard) in TREES {
        assert!(code(tree).contains("Html::parse_"), "{tree} builds no tree");
        assert!(
            guard.is_none_or(|g| code(g).contains("guard::inspect(")),
            "{tree} is unguarded"
        );
    }
}

#[test]
fn sql_stands_only_in_the_store() {
    for source in sources()
        .iter()
        .filter(|s| s.module != "store" && !is_test(&s.path))
    {
        for word in [
            "SELECT ",
            "INSERT INTO",
            "UPDATE ",
            "DELETE FROM",
            "rusqlite",
        ] {
            assert!(
                !source.code.contains(word),
                "{} says {word}",
                source.path.display()
            );
        }
    }
}

#[test]
fn time_is_asked_for_in_one_place() {
    for source in sources()
        .iter()
        .filter(|s| s.module != "clock" && !is_test(&s.path))
    {
        for word in ["Utc::now", "Local::now", "SystemTime::now"] {
            assert!(
                !source.code.contains(word),
                "{} says {word}",
                source.path.display()
            );
        }
    }
}

#[test]
fn only_fetch_opens_connections_and_web_never_writes() {
    for source in sources().iter().filter(|s| !is_test(&s.path)) {
        let text = source.path.display();
        assert!(
            source.module == "fetch" || !source.code.contains("reqwest::"),
            "{text} uses reqwest"
        );
        assert!(
            source.module != "web" || !source.code.contains(".write(|"),
            "{text} writes to the store"
        );
    }
}

#[test]
fn main_is_short() {
    let main = sources()
        .into_iter()
        .find(|s| s.path == Path::new("main.rs"))
        .unwrap();
    assert!(main.code.lines().count() < 40);
}

/// Folders at the top whose files the documents name.
const FOLDERS: [&str; 9] = [
    ".ci",
    "benches",
    "config",
    "demo",
    "fuzz",
    "migrations",
    "src",
    "systemd",
    "tests",
];

/// Whether a word of a document names a file of ours that must exist: not one that is to be made, which
/// has a letter in the place of its number or name, or that a tool makes.
fn is_path(word: &str) -> bool {
    let made = ["*", "<", "000N", "TARGET", "fuzz/corpus"];
    let top = word.split_once('/').map_or("", |(top, _)| top);
    (word.ends_with(".rs") || FOLDERS.contains(&top)) && !made.iter().any(|m| word.contains(m))
}

#[test]
fn the_documents_name_files_and_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| fs::read_to_string(root.join(name)).expect("a document can be read");
    let is_there = |path: &str| {
        let places = ["", "src", "tests"].iter();
        places
            .map(|at| root.join(at).join(path))
            .any(|p| p.exists())
    };
    let programs = read("Cargo.toml");
    let (mut named, mut wrong) = (0, Vec::new());
    for document in ["README", "ARCHITECTURE", "CONTRIBUTING", "SECURITY"] {
        let text = read(&format!("{document}.md"));
        let words = text.split(|c: char| c.is_whitespace() || "`()[],;|\"'".contains(c));
        let words: Vec<&str> = words.map(|word| word.trim_end_matches('.')).collect();
        for pair in words.windows(2) {
            let (path, module) = pair[1].split_once("::").unwrap_or((pair[1], "none"));
            let found = match pair {
                ["--test" | "--bench", name] => programs.contains(&format!("name = \"{name}\"")),
                // A module among the tests of the whole program: `web::`.
                _ if module.is_empty() => is_there(&format!("{path}.rs")),
                _ if is_path(path) => is_there(path.trim_end_matches(':')),
                _ => continue,
            };
            named += 1;
            wrong.extend((!found).then(|| format!("{document}.md: {}", pair.join(" "))));
        }
    }
    assert!(named > 60, "only {named} names were found");
    let wrong = wrong.join("\n");
    assert!(wrong.is_empty(), "there is no such file or test:\n{wrong}");
}
