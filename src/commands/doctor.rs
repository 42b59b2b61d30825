//! `depeche doctor`: looks whether the store, the folders, the disk, the clock and the configuration
//! are as they should be, and mends of the store what can be mended.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use super::{IN_PART, Outcome, clock};
use crate::config::Config;
use crate::daemon::{LEAST_SPACE, free_space};
use crate::store::{DATABASE, Finding, StoreError, examine, open_reader, repair};

/// How far ahead of the clock the store may be, in seconds.
const CLOCK_SLACK: i64 = 300;
/// No copy of this program ran before this second: a clock that shows less is not set.
const BUILT: i64 = 1_760_000_000;

/// Arguments of `doctor`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Mend what can be mended; the daemon must be stopped
    #[arg(long)]
    repair: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// One thing that was looked at.
struct Checked {
    check: String,
    /// What is wrong, and what to do.
    wrong: Option<(String, String)>,
}

/// Examines everything: exit code 1 when something is wrong, with `--repair` 3 when something still
/// is.
pub(super) fn doctor(config: &Config, arguments: &Arguments) -> Outcome {
    let state = &config.daemon.state_dir;
    let mut all = vec![Checked {
        check: format!(
            "configuration ({} sources, {} topics)",
            config.sources.len(),
            config.topics.len()
        ),
        wrong: None,
    }];
    all.push(folder("state folder", state));
    all.extend(
        config
            .publish
            .output_dir
            .as_deref()
            .map(|dir| folder("output folder", dir)),
    );
    all.push(space(state));
    all.push(time(state));
    all.extend(store(state, arguments.repair)?);
    let wrong = all.iter().filter(|c| c.wrong.is_some()).count();
    show(&all, wrong, arguments.json);
    Ok(match (wrong, arguments.repair) {
        (0, _) => ExitCode::SUCCESS,
        (_, false) => ExitCode::FAILURE,
        (_, true) => ExitCode::from(IN_PART),
    })
}

/// The store, mended where that is asked for.
fn store(state: &Path, mend: bool) -> anyhow::Result<Vec<Checked>> {
    if !state.join(DATABASE).exists() {
        let remedy = "run the daemon, or `depeche once`, first";
        return Ok(vec![Checked {
            check: "store".to_owned(),
            wrong: Some(("there is none yet".to_owned(), remedy.to_owned())),
        }]);
    }
    let findings = match mend {
        true => repair(state),
        false => examine(state),
    };
    let findings = match findings {
        // So damaged that it cannot even be examined.
        Err(error @ StoreError::Sqlite(_)) => vec![Finding {
            check: "pages and indexes",
            wrong: Some(crate::report(&error)),
            mendable: false,
        }],
        Err(error @ StoreError::Newer { .. }) => vec![Finding {
            check: "schema",
            wrong: Some(crate::report(&error)),
            mendable: false,
        }],
        findings => findings?,
    };
    let remedy = |mendable| match (mendable, mend) {
        (true, false) => "stop the daemon and run `depeche doctor --repair`",
        (true, true) => "it could not be mended: restore a backup (`depeche restore FILE`)",
        (false, _) => "restore a backup (`depeche restore FILE`)",
    };
    let checked = findings.into_iter().map(|f| Checked {
        check: f.check.to_owned(),
        wrong: f.wrong.map(|words| (words, remedy(f.mendable).to_owned())),
    });
    Ok(checked.collect())
}

fn show(all: &[Checked], wrong: usize, json: bool) {
    if json {
        let checks: Vec<_> = all
            .iter()
            .map(|c| {
                let (message, remedy) = c.wrong.clone().unzip();
                json!({"check": c.check, "ok": c.wrong.is_none(), "message": message, "remedy": remedy})
            })
            .collect();
        println!("{}", json!({"ok": wrong == 0, "checks": checks}));
        return;
    }
    for c in all {
        match &c.wrong {
            None => println!("fine   {}", c.check),
            Some((message, remedy)) => println!("WRONG  {}: {message}; {remedy}", c.check),
        }
    }
}

/// A folder in which files can be made, and which others cannot write into.
fn folder(check: &str, path: &Path) -> Checked {
    use std::os::unix::fs::PermissionsExt;
    let probe = path.join(format!(".depeche-doctor-{}", std::process::id()));
    let wrong = match fs::write(&probe, "") {
        Err(error) if error.kind() == ErrorKind::NotFound => Some((
            "it is not there".to_owned(),
            format!(
                "make it (`mkdir -p {}`) for the user that runs depeche",
                path.display()
            ),
        )),
        Err(error) => Some((
            format!("nothing can be written: {error}"),
            "give it to the user that runs depeche (`chown`)".to_owned(),
        )),
        Ok(()) => {
            let _ = fs::remove_file(&probe);
            let mode = fs::metadata(path).map_or(0, |m| m.permissions().mode());
            (mode & 0o002 != 0).then(|| {
                let remedy = format!("take the right away: chmod o-w {}", path.display());
                (
                    "every user of this machine can write into it".to_owned(),
                    remedy,
                )
            })
        }
    };
    Checked {
        check: format!("{check} {}", path.display()),
        wrong,
    }
}

/// Space on the disk.
fn space(path: &Path) -> Checked {
    let free = free_space(path);
    let check = match free {
        Some(kib) => format!("disk ({} MiB free)", kib / 1_024),
        None => "disk (its free space is not known here)".to_owned(),
    };
    let short = free.is_some_and(|kib| kib < LEAST_SPACE);
    Checked {
        check,
        wrong: short.then(|| {
            let need = format!("less than {} MiB are free", LEAST_SPACE / 1_024);
            (need, "make room, or move `state_dir`".to_owned())
        }),
    }
}

/// The clock, beside what the store has seen.
fn time(state: &Path) -> Checked {
    let now = clock().now();
    let latest = open_reader(state)
        .and_then(|r| r.queries().latest_time())
        .ok()
        .flatten();
    let ahead = latest.filter(|t| (*t - now).num_seconds() > CLOCK_SLACK);
    let words = match ahead {
        _ if now.timestamp() < BUILT => Some(format!("it shows {now}: it is not set")),
        Some(t) => Some(format!(
            "it shows {now}, but the store has seen {t}: one of the two was wrong"
        )),
        None => None,
    };
    Checked {
        check: "clock".to_owned(),
        wrong: words.map(|w| {
            (
                w,
                "set the clock (`timedatectl`); sources wait until it is past those times"
                    .to_owned(),
            )
        }),
    }
}
