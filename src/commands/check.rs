//! `depeche check`: every problem of the configuration, with its place.

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use super::{WRONG_CONFIGURATION, print_problems, shown};
use crate::config::{self, Problem};

/// Arguments of `check`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Print the problems as JSON
    #[arg(long)]
    json: bool,
}

/// Checks the configuration: exit code 0 when it is fine, 2 when it is not.
pub(super) fn check(path: Option<&Path>, arguments: &Arguments) -> ExitCode {
    let path = path.map(Path::to_owned).or_else(config::default_path);
    match config::load(path.as_deref()) {
        Ok(config) if arguments.json => {
            println!(
                "{}",
                json!({"ok": true, "sources": config.sources.len(), "topics": config.topics.len()})
            );
            ExitCode::SUCCESS
        }
        Ok(config) => {
            let (sources, topics) = (config.sources.len(), config.topics.len());
            println!(
                "{}: fine: {sources} sources, {topics} topics",
                shown(path.as_deref())
            );
            ExitCode::SUCCESS
        }
        Err(problems) => {
            if arguments.json {
                let list: Vec<_> = problems.iter().map(as_json).collect();
                println!("{}", json!({"ok": false, "problems": list}));
            } else {
                print_problems(&problems);
            }
            ExitCode::from(WRONG_CONFIGURATION)
        }
    }
}

fn as_json(problem: &Problem) -> serde_json::Value {
    let (line, column) = problem.line_and_column();
    json!({
        "file": problem.path.display().to_string(),
        "line": line,
        "column": column,
        "key": problem.key,
        "message": problem.message,
        "help": problem.help,
    })
}
