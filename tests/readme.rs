//! What README.md says of the commands, against the manual pages that the program makes of itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::common::depeche;

/// Options that every command knows, and what no reader looks for in a list.
const EVERYWHERE: [&str; 5] = ["--config", "--now", "--json", "--help", "--version"];

/// The words of a text that are options.
fn options(text: &str) -> BTreeSet<String> {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let words = text.split(|c| !part(c));
    let long = words.filter(|w| w.strip_prefix("--").is_some_and(|name| !name.is_empty()));
    long.map(str::to_owned).collect()
}

/// The commands, each with its options: `topics test`, `--topic`.
fn commands() -> BTreeMap<String, BTreeSet<String>> {
    let folder = tempfile::tempdir().unwrap();
    let made = depeche(&["man"]).arg(folder.path()).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let page = |path: &Path| {
        let text = fs::read_to_string(path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let command = name.trim_start_matches("depeche").replace('-', " ");
        // In a manual page a dash is escaped, and a change of typeface stands between words.
        let text = text.replace("\\-", "-").replace("\\fB", " ");
        (
            command.trim().to_owned(),
            options(&text.replace("\\fR", " ")),
        )
    };
    let files = fs::read_dir(folder.path()).unwrap();
    files.map(|file| page(&file.unwrap().path())).collect()
}

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// The first cells of the list of commands.
fn listed(readme: &str) -> Vec<&str> {
    let (_, list) = readme.split_once("\n| command | does |\n").unwrap();
    let rows = list.lines().take_while(|line| line.starts_with('|'));
    rows.skip(1).collect()
}

#[test]
fn every_command_and_every_option_is_listed() {
    let (readme, commands) = (readme(), commands());
    assert!(commands.len() > 30, "{commands:?}");
    let said = options(&readme);
    let mut missing = Vec::new();
    for (command, known) in commands.iter().filter(|(command, _)| !command.is_empty()) {
        let words: Vec<&str> = command.split(' ').collect();
        let rows: Vec<&str> = (listed(&readme).into_iter())
            .filter(|row| {
                let cells = row.replace(['`', '|', ','], " ");
                words
                    .iter()
                    .all(|word| cells.split(' ').any(|w| w == *word))
            })
            .collect();
        if rows.is_empty() {
            missing.push(command.clone());
        }
        let unsaid = |option: &&String| !said.contains(*option);
        let own = known.iter().filter(|o| !EVERYWHERE.contains(&o.as_str()));
        missing.extend(own.filter(unsaid).map(|o| format!("{command} {o}")));
    }
    assert!(missing.is_empty(), "README.md does not say: {missing:#?}");
}

#[test]
fn no_command_and_no_option_is_listed_that_does_not_exist() {
    let (readme, commands) = (readme(), commands());
    let known: BTreeSet<&String> = commands.values().flatten().collect();
    let mut wrong = Vec::new();
    for row in listed(&readme) {
        wrong.extend(options(row).into_iter().filter(|o| !known.contains(o)));
    }
    let called = readme.lines().flat_map(|line| {
        let code = line.starts_with("depeche ").then_some(line);
        code.into_iter().chain(line.split('`').skip(1).step_by(2))
    });
    let called: Vec<&str> = called.filter_map(|c| c.strip_prefix("depeche ")).collect();
    assert!(called.len() > 15, "{called:?}");
    for call in called {
        let call = call.split('#').next().unwrap_or(call);
        let name = call.split(' ').next().unwrap_or_default();
        match commands.get(name) {
            Some(_) => wrong.extend(options(call).into_iter().filter(|o| !known.contains(o))),
            None => wrong.push(call.to_owned()),
        }
    }
    assert!(wrong.is_empty(), "README.md names what is not: {wrong:#?}");
}
