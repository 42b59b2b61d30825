//! `depeche topics rejudge`.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use chrono::TimeDelta;
use serde_json::json;

use crate::commands::explain::reader;
use crate::commands::{Outcome, clock, runtime};
use crate::config::{self, Config};
use crate::daemon::Publisher;
use crate::ingest::{self, Change};
use crate::store::{Store, StoreError};

/// Arguments of `topics rejudge`.
#[derive(clap::Args)]
pub(in crate::commands) struct Arguments {
    /// How far back
    #[arg(long, default_value = "30d", value_name = "AGE", value_parser = config::parse_age)]
    since: Duration,
    /// Change nothing; print what would enter and leave each feed
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Judges again what the topics' rules have changed for.
pub(super) fn rejudge(config: &Config, arguments: &Arguments) -> Outcome {
    let now = clock().now();
    let since = now - TimeDelta::from_std(arguments.since)?;
    let runtime = runtime()?;
    let changes = if arguments.dry_run {
        let reader = reader(config)?;
        runtime.block_on(ingest::changes(config, &reader, since))?
    } else {
        let store = match Store::open(&config.daemon.state_dir) {
            Ok(store) => store,
            Err(StoreError::Locked { path }) => bail!(
                "a depeche is running on {}: reload it instead (systemctl reload depeche, or a HUP \
                 signal); it judges the stored articles again by itself. --dry-run works beside it",
                path.display()
            ),
            Err(error) => return Err(error.into()),
        };
        runtime.block_on(async {
            let minting = ingest::minting(&store, config, now).await?;
            let reader = reader(config)?;
            let before = ingest::held(config, &reader)?;
            ingest::rejudge(&store, config, &minting, since, now).await?;
            let changes = ingest::changes_since(&before, config, &reader)?;
            let publisher = Publisher::new(store.clone(), clock(), minting);
            publisher.publish(config).await?;
            store.close().await;
            anyhow::Ok(changes)
        })?
    };
    print(config, &changes, arguments);
    Ok(ExitCode::SUCCESS)
}

fn print(config: &Config, changes: &[Change], arguments: &Arguments) {
    if arguments.json {
        let list: Vec<_> = changes
            .iter()
            .map(|c| {
                json!({"topic": c.topic, "enters": c.enters, "article": c.article,
                    "source": c.source, "title": c.title})
            })
            .collect();
        println!("{}", json!({"dry_run": arguments.dry_run, "changes": list}));
        return;
    }
    for topic in &config.topics {
        let of: Vec<&Change> = changes.iter().filter(|c| c.topic == topic.id).collect();
        let enters = of.iter().filter(|c| c.enters).count();
        let (would, leaves) = (
            if arguments.dry_run { "would " } else { "" },
            of.len() - enters,
        );
        println!("{}: {enters} {would}enter, {leaves} {would}leave", topic.id);
        for change in of {
            let sign = if change.enters { '+' } else { '-' };
            println!(
                "{sign} {:>6}  {} ({})",
                change.article, change.title, change.source
            );
        }
    }
}
