//! `depeche reload`: asks the daemon that runs on the state folder to read its configuration again,
//! and tells what came of it.

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::json;

use super::explain::reader;
use super::{Outcome, WRONG_CONFIGURATION, print_problems};
use crate::config::{self, Config, Problem};
use crate::daemon::{Refused, Reloaded};
use crate::overview::last_reload;
use crate::store::{Reader, daemon_of};

/// Time between two looks at the result.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Looks after which it is given up: a minute.
const LOOKS: u32 = 1_200;

/// Arguments of `reload`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// Reloads: exit code 2 when the new configuration is wrong, or the daemon refused it.
pub(super) fn reload(path: Option<&Path>, arguments: &Arguments) -> Outcome {
    let (config, problems) = config::load_in_part(path);
    let config = match config {
        Some(config) if problems.is_empty() => config,
        config => return refuse(config.as_ref(), &problems, arguments.json),
    };
    let folder = &config.daemon.state_dir;
    let Some(pid) = daemon_of(folder) else {
        bail!(
            "no daemon is running on {}: start it, it reads the configuration then",
            folder.display()
        );
    };
    let reader = reader(&config)?;
    let before = number(&reader)?;
    ask(pid)?;
    for _ in 0..LOOKS {
        std::thread::sleep(LOOK_EVERY);
        let last = last_reload(&reader.queries())?;
        if let Some(reloaded) = last.filter(|r| r.number > before) {
            return show(&reloaded, arguments.json);
        }
    }
    bail!("the daemon (process {pid}) has not answered within a minute; its log says why")
}

/// Says that the configuration on the disk is wrong, and what that means for the daemon.
fn refuse(config: Option<&Config>, problems: &[Problem], json: bool) -> Outcome {
    let running = config.and_then(|config| daemon_of(&config.daemon.state_dir));
    if json {
        let problems: Vec<Refused> = problems.iter().map(Refused::of).collect();
        println!("{}", json!({"difference": null, "problems": problems}));
    } else {
        let so = running.map_or_else(
            || "nothing was reloaded".to_owned(),
            |pid| format!("the running daemon (process {pid}) keeps the one it has"),
        );
        print_problems(problems, &so);
    }
    Ok(ExitCode::from(WRONG_CONFIGURATION))
}

fn number(reader: &Reader) -> anyhow::Result<u64> {
    Ok(last_reload(&reader.queries())?.map_or(0, |r| r.number))
}

/// SIGHUP, by the shell's own `kill`: it is there wherever a shell is.
fn ask(pid: u32) -> anyhow::Result<()> {
    let output = Command::new("sh")
        .args(["-c", "kill -HUP \"$0\"", &pid.to_string()])
        .output()
        .context("the shell that sends the signal cannot be started")?;
    if !output.status.success() {
        bail!(
            "the daemon (process {pid}) cannot be asked: {}; do it as its own user or as root (`systemctl reload depeche`)",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(())
}

fn show(reloaded: &Reloaded, json: bool) -> Outcome {
    if json {
        println!("{}", serde_json::to_string(reloaded)?);
    } else if let Some(difference) = &reloaded.difference {
        println!("the new configuration is in force: {difference}");
    }
    if reloaded.problems.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    if !json {
        for problem in &reloaded.problems {
            eprintln!("{problem}");
        }
        eprintln!(
            "depeche: the daemon has refused the new configuration; the old one stays in force"
        );
    }
    Ok(ExitCode::from(WRONG_CONFIGURATION))
}
