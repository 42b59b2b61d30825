//! `depeche topics`: what the topics are, what they make of a text, and what would change.

mod list;
mod rejudge;
mod suggest;
mod test;
mod texts;

use serde_json::Value;

use super::Outcome;
use crate::config::Config;

/// The commands about topics.
#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// List the topics with their entries
    List(list::Arguments),
    /// Judge a file or a page and say which word decided
    Test(test::Arguments),
    /// Judge the stored articles again, without network
    Rejudge(rejudge::Arguments),
    /// Propose terms that tell wanted articles from unwanted ones
    Suggest(suggest::Arguments),
}

/// Runs one of them.
pub(super) fn topics(config: &Config, command: &Command) -> Outcome {
    match command {
        Command::List(arguments) => list::list(config, arguments),
        Command::Test(arguments) => test::test(config, arguments),
        Command::Rejudge(arguments) => rejudge::rejudge(config, arguments),
        Command::Suggest(arguments) => suggest::suggest(config, arguments),
    }
}

/// A verdict (as JSON) for a person.
pub(super) fn verdict_lines(verdict: &Value) -> Vec<String> {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let wanted = if verdict["matched"] == true {
        "wanted"
    } else {
        "not wanted"
    };
    let mut out = vec![format!(
        "{:<12}{}: {wanted}, score {:.1}{}",
        "Verdict",
        text(&verdict["topic"]),
        verdict["score"].as_f64().unwrap_or_default(),
        if verdict["current"] == false {
            " (by rules that have changed since)"
        } else {
            ""
        }
    )];
    for hit in verdict["why"].as_array().into_iter().flatten() {
        out.push(format!(
            "  {:<10}{} found `{}` in the {} ({:+.1}): … {} …",
            text(&hit["rule"]),
            text(&hit["term"]),
            text(&hit["matched"]),
            text(&hit["where"]),
            hit["points"].as_f64().unwrap_or_default(),
            text(&hit["snippet"]),
        ));
    }
    for missed in verdict["missed"].as_array().into_iter().flatten() {
        out.push(format!("  {:<10}{}", "missed", text(missed)));
    }
    let said = &verdict["exec"];
    if let Some(reason) = said["failed"]["reason"].as_str() {
        out.push(format!(
            "  {:<10}{reason}; the rules' own verdict stands",
            "exec"
        ));
    } else if said.is_object() {
        let answer = &said["answered"];
        let rules = if answer["rules_matched"] == true {
            "wanted it"
        } else {
            "did not want it"
        };
        out.push(format!(
            "  {:<10}the program decided: {} (the rules {rules})",
            "exec",
            text(&answer["why"])
        ));
    }
    out
}
