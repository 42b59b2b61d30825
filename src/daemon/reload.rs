//! Reading the configuration again while the daemon runs: the new one is swapped in as a whole, a
//! wrong one changes nothing. What came of it is told in the log, to systemd, and in the store, from
//! where the status page, `/status.json` and `depeche reload` read it.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Daemon, DaemonError, Signals, systemd};
use crate::config::{self, Config, Problem};
use crate::model::{SourceId, TopicId};
use crate::report::counted;
use crate::store::{Event, StoreError};

/// Key under which the store keeps the last [`Reloaded`].
pub const RELOAD: &str = "reload";

/// What a new configuration changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Sources that are new.
    pub added: Vec<SourceId>,
    /// Sources that are polled no longer.
    pub removed: Vec<SourceId>,
    /// Sources that are polled otherwise.
    pub changed: Vec<SourceId>,
    /// Topics that are new.
    #[serde(default)]
    pub topics_added: Vec<TopicId>,
    /// Topics by which stored articles are judged again.
    pub judged: Vec<TopicId>,
    /// Topics that are no longer there.
    pub dropped: Vec<TopicId>,
}

/// A problem for which a configuration was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// File.
    pub file: String,
    /// Line, from 1; 0 when the file as a whole is meant.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// Key, with its table.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

/// What came of reading the configuration the last time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reloaded {
    /// Grows by one each time; the daemon's start counts.
    pub number: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// What changed; None when the configuration was refused, and at the start.
    pub difference: Option<Difference>,
    /// Why it was refused; empty when it was not.
    pub problems: Vec<Refused>,
}

impl Difference {
    /// What the second configuration changes of the first.
    pub fn between(old: &Config, new: &Config) -> Self {
        let mut difference = Self::default();
        for source in &new.sources {
            match old.source(&source.id) {
                None => difference.added.push(source.id.clone()),
                Some(before) if !before.is_same(source) => {
                    difference.changed.push(source.id.clone());
                }
                Some(_) => {}
            }
        }
        let gone = |s: &&SourceId| new.source(s).is_none();
        difference.removed = old
            .sources
            .iter()
            .map(|s| &s.id)
            .filter(gone)
            .cloned()
            .collect();
        for topic in &new.topics {
            match old.topic(&topic.id) {
                None => difference.topics_added.push(topic.id.clone()),
                Some(before) if before.rules_hash() != topic.rules_hash() => {
                    difference.judged.push(topic.id.clone());
                }
                Some(_) => {}
            }
        }
        let gone = old.topics.iter().filter(|t| new.topic(&t.id).is_none());
        difference.dropped = gone.map(|t| t.id.clone()).collect();
        difference
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sources = |ids: &[SourceId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        let topics = |ids: &[TopicId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        let parts: Vec<String> = [
            ("sources added", sources(&self.added)),
            ("sources removed", sources(&self.removed)),
            ("sources changed", sources(&self.changed)),
            ("topics added", topics(&self.topics_added)),
            ("topics to judge by again", topics(&self.judged)),
            ("topics removed", topics(&self.dropped)),
        ]
        .into_iter()
        .filter(|(_, ids)| !ids.is_empty())
        .map(|(what, ids)| format!("{what}: {}", ids.join(", ")))
        .collect();
        match parts.is_empty() {
            true => f.write_str("nothing changed in sources and topics"),
            false => f.write_str(&parts.join("; ")),
        }
    }
}

impl Refused {
    /// A problem as it is kept and told.
    pub fn of(problem: &Problem) -> Self {
        let (line, column) = problem.line_and_column();
        Self {
            file: problem.path.display().to_string(),
            line,
            column,
            key: problem.key.clone(),
            message: problem.message.clone(),
            help: problem.help.clone(),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            column,
            key,
            message,
            help,
        } = self;
        write!(f, "{file}:{line}:{column}: {key}: {message}")?;
        match help.is_empty() {
            true => Ok(()),
            false => write!(f, " ({help})"),
        }
    }
}

impl Daemon {
    /// Says that from now on a reload can be asked for.
    pub(super) async fn ready_to_reload(&self) {
        if let Err(error) = self.record_reload(None, &[]).await {
            tracing::error!("{}", crate::report(&error));
        }
        if let Err(error) = self.pipeline.store.sign(true) {
            tracing::warn!(%error, "`depeche reload` will not find this daemon: the lock cannot be written");
        }
    }

    /// Says that the daemon is ending.
    pub(super) fn no_more_reloads(&self) {
        if let Err(error) = self.pipeline.store.sign(false) {
            tracing::debug!(%error, "the lock could not be emptied");
        }
    }

    /// Takes over a changed configuration on SIGHUP; a wrong one changes nothing. Meanwhile what is
    /// stored is judged by topics that have changed since the last run: feeds are served all the while.
    pub(super) async fn keep_reloading(&self, signals: &Signals) {
        // A recording has done so when it began.
        let mut behind = self.diary.is_none();
        loop {
            tokio::select! {
                () = signals.reload.notified() => {}
                judged = self.rejudge(), if behind => {
                    behind = false;
                    if let Err(error) = judged {
                        tracing::error!("{}", crate::report(&error));
                    }
                    continue;
                }
            }
            systemd::reloading();
            let (difference, problems) = match self.reload().await {
                Ok(difference) => (Some(difference), Vec::new()),
                Err(problems) => (None, problems),
            };
            if let Some(difference) = &difference {
                behind = false;
                tracing::info!("the configuration was read again: {difference}");
            }
            for problem in &problems {
                tracing::error!("{problem}");
            }
            if !problems.is_empty() {
                tracing::error!(
                    "the new configuration is wrong in {}; the old one stays in force",
                    counted(problems.len(), "place")
                );
            }
            // Who asked for the reload reads the new feeds as soon as they are told that it is done.
            if difference.is_some()
                && let Err(error) = self.publish_in_diary().await
            {
                tracing::error!("{}", crate::report(&error));
            }
            if let Err(error) = self.record_reload(difference, &problems).await {
                tracing::error!("{}", crate::report(&error));
            }
            // The health feed tells of a refusal.
            self.pipeline.changed.notify_one();
            systemd::reloaded(&self.current(), problems.len());
        }
    }

    /// The one place where it is kept what came of reading the configuration.
    async fn record_reload(
        &self,
        difference: Option<Difference>,
        problems: &[Problem],
    ) -> Result<(), StoreError> {
        let mut reloaded = Reloaded {
            number: 0,
            at: self.pipeline.clock.now(),
            difference,
            problems: problems.iter().map(Refused::of).collect(),
        };
        let refused: Vec<String> = reloaded.problems.iter().map(ToString::to_string).collect();
        let event = (!refused.is_empty()).then(|| Event {
            id: 0,
            at: reloaded.at,
            kind: "configuration".to_owned(),
            subject: String::new(),
            since: reloaded.at,
            words: refused.join("\n"),
        });
        let write = self.pipeline.store.write(move |w| {
            w.record_events(event.as_slice())?;
            let last = w.queries().meta(RELOAD)?;
            let last: Option<Reloaded> = last.and_then(|json| serde_json::from_str(&json).ok());
            reloaded.number = last.map_or(0, |last| last.number) + 1;
            w.set_meta(RELOAD, &serde_json::to_string(&reloaded)?)
        });
        write.await
    }

    /// Reads the configuration again and swaps it in as a whole.
    ///
    /// # Errors
    /// Every problem of the new configuration: then the old one stays.
    pub async fn reload(&self) -> Result<Difference, Vec<Problem>> {
        let new = config::load(self.path.as_deref())?;
        let difference = Difference::between(&self.current(), &new);
        let new = std::sync::Arc::new(new);
        self.config.send_replace(new.clone());
        let synced = self.pipeline.follow(&new).await;
        let judged = self.rejudge().await;
        if let Err(error) = synced.map_err(DaemonError::from).and(judged) {
            tracing::error!("{}", crate::report(&error));
        }
        self.pipeline.changed.notify_one();
        Ok(difference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::fs;

    fn load(sources: &str, topics: &str) -> Config {
        let folder = tempfile::tempdir().expect("a folder");
        let main = folder.path().join("depeche.toml");
        fs::write(&main, "").expect("written");
        fs::write(folder.path().join("sources.toml"), sources).expect("written");
        fs::write(folder.path().join("topics.toml"), topics).expect("written");
        config::load(Some(&main)).unwrap_or_else(|problems| panic!("{}", problems[0]))
    }

    #[test]
    fn a_reload_names_what_it_changes_and_nothing_else() {
        let sources = "[[source]]\nid = \"a\"\nurl = \"https://a.example/f\"\n\
            [[source]]\nid = \"b\"\nkind = \"listing\"\nurl = \"https://b.example/\"\n[source.listing]\nlink = \"h2 > a\"\ninclude = ['/\\d+']\n\
            [[source]]\nid = \"c\"\nurl = \"https://c.example/f\"\nheaders = { Accept-Language = \"fr\", X-A = \"1\", X-B = \"2\" }\n";
        let topics =
            "[[topic]]\nid = \"t\"\nall = [\"@chine\"]\n[[topic]]\nid = \"u\"\nall = [\"@cuba\"]\n";
        let old = load(sources, topics);
        assert_eq!(
            Difference::between(&old, &load(sources, topics)),
            Difference::default()
        );
        let sources = sources
            .replace("h2 > a", "h3 > a")
            .replace("X-B = \"2\"", "X-B = \"3\"")
            .replace("id = \"a\"", "id = \"d\"");
        let topics = topics
            .replace("@chine", "@perou")
            .replace("id = \"u\"", "id = \"v\"");
        let difference = Difference::between(&old, &load(&sources, &topics));
        assert_eq!(
            difference.to_string(),
            "sources added: d; sources removed: a; sources changed: b, c; \
             topics added: v; topics to judge by again: t; topics removed: u"
        );
    }
}
