//! `depeche discover`: what an outlet offers, judged, as ready `[[source]]` blocks.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, anyhow};
use indicatif::ProgressBar;
use serde_json::{Value, json};
use url::Url;

use super::{NOTHING_TO_DO, Outcome, clock, runtime};
use crate::config::Config;
use crate::fetch::{Client, HostPattern};
use crate::survey::{Finding, Survey, Surveyor, block};

/// How often the sign of life moves.
const TICK: Duration = Duration::from_millis(120);

/// Where to look, for `discover` and `add`.
#[derive(clap::Args)]
pub(super) struct Target {
    /// Address of the outlet's page, or of its feed
    url: String,
    /// Host in a private network that may be asked: host, host:port or *.suffix
    #[arg(long, value_name = "HOST")]
    allow_private: Vec<String>,
}

/// Arguments of `discover`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    target: Target,
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

/// Prints what an outlet offers; exit code 4 when nothing of it is alive.
pub(super) fn discover(config: &Config, arguments: &Arguments) -> Outcome {
    let survey = survey(config, &arguments.target, None)?;
    if arguments.json {
        println!("{}", as_json(&survey));
    } else {
        print!("{}", block::document(&survey));
    }
    if survey.best().is_some() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("depeche: {}", nothing(&survey));
    Ok(ExitCode::from(NOTHING_TO_DO))
}

/// Why there is nothing to propose, in a sentence.
pub(super) fn nothing(survey: &Survey) -> String {
    let page = &survey.page;
    if survey.hollow {
        format!(
            "{page} is an empty shell that a script fills: find the JSON document that the script loads, and configure it as a source of kind \"json\""
        )
    } else {
        format!(
            "nothing at {page} can serve as a source now; try the address of a section that lists articles"
        )
    }
}

/// Surveys the outlet at an address that a person typed.
pub(super) fn survey(
    config: &Config,
    target: &Target,
    id: Option<String>,
) -> anyhow::Result<Survey> {
    let address = address(&target.url)?;
    let mut allow_private = config.fetch.allow_private.clone();
    for pattern in &target.allow_private {
        allow_private.push(pattern.parse::<HostPattern>().map_err(|e| anyhow!(e))?);
    }
    let clock = clock();
    let bar = std::io::stderr()
        .is_terminal()
        .then(ProgressBar::new_spinner);
    if let Some(bar) = &bar {
        bar.enable_steady_tick(TICK);
    }
    let progress = |address: &str| {
        if let Some(bar) = &bar {
            bar.set_message(format!("asking {address}"));
        }
    };
    let surveyed = runtime()?.block_on(async {
        let surveyor = Surveyor {
            client: Client::new(crate::daemon::client_settings(config), clock.clone())?,
            sites: config.sites.clone(),
            fetch: config.fetch.clone(),
            allow_private,
            now: clock.now(),
            id,
            progress: &progress,
        };
        surveyor
            .survey(address.clone())
            .await
            .map_err(|reason| anyhow!(reason))
    });
    if let Some(bar) = &bar {
        bar.finish_and_clear();
    }
    surveyed.with_context(|| format!("{address} cannot be read"))
}

/// An address as a person types it: `https` where the scheme is left out.
fn address(text: &str) -> anyhow::Result<Url> {
    let text = text.trim();
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    Url::parse(&whole)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| anyhow!("`{text}` is not an address: write it as https://host/path"))
}

fn as_json(survey: &Survey) -> Value {
    let findings: Vec<Value> = survey.findings.iter().map(finding_as_json).collect();
    json!({
        "page": survey.page.as_str(),
        "title": survey.title,
        "language": survey.language,
        "best": survey.best().map(finding_as_json),
        "findings": findings,
    })
}

pub(super) fn finding_as_json(finding: &Finding) -> Value {
    let judgement = &finding.judgement;
    json!({
        "url": finding.url.as_str(),
        "kind": finding.form.word(),
        "found": finding.found.to_string(),
        "worth": judgement.worth.word(),
        "usable": judgement.worth.is_usable(),
        "entries": judgement.entries,
        "newest": judgement.newest,
        "full_text": judgement.whole,
        "language": judgement.language,
        "title": judgement.title,
        "remark": judgement.remark,
        "toml": finding.table,
    })
}
