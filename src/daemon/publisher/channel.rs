//! The channels: every feed that we publish, whatever it holds, described in one way.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::words::Words;
use crate::config::{Config, parse_duration};
use crate::feed_out::{Formats, OutlineFeed};
use crate::model::{SourceId, TopicId};
use crate::store::{EntryWindow, Selection};
use crate::text::fold;
use crate::topic::Topic;

/// What a channel holds.
#[derive(Debug, Clone)]
pub(super) enum Contents {
    /// Entries.
    Entries(Selection),
    /// What a person should know about the sources.
    Health,
    /// What a topic does not want, and why.
    Rejected(TopicId),
}

/// A feed that is published.
#[derive(Debug, Clone)]
pub(super) struct Channel {
    /// What its Atom id is minted from: it never changes.
    pub(super) name: String,
    /// Its path below `feeds/`, without extension; also its name among the archives.
    pub(super) file: String,
    /// Path of its page below the base address; those without one are published as Atom only.
    pub(super) page: Option<String>,
    /// What it holds.
    pub(super) contents: Contents,
    /// How much of it.
    pub(super) window: EntryWindow,
    /// Title.
    pub(super) title: String,
    /// Subtitle.
    pub(super) subtitle: Option<String>,
    /// Language.
    pub(super) language: String,
    /// Heading in the list of all feeds.
    pub(super) heading: Option<&'static str>,
}

/// Every channel of a configuration.
pub(super) fn channels(config: &Config, now: DateTime<Utc>) -> Vec<Channel> {
    let words = Words::of(&config.publish.language);
    let mut channels: Vec<Channel> = config
        .topics
        .iter()
        .map(|t| of_topic(config, t, now))
        .collect();
    let taken = config.topic(&TopicId::from("all")).is_some();
    if config.publish.all && !taken {
        let title = words.all.to_owned();
        channels.push(ours(config, "all", title, Selection::All, now));
    }
    if config.publish.sources {
        channels.extend(config.sources.iter().map(|source| {
            let title = source
                .title
                .clone()
                .unwrap_or_else(|| source.id.to_string());
            let selection = Selection::Sources(vec![source.id.clone()]);
            Channel {
                heading: Some(words.sources),
                name: format!("source/{}/feed", source.id),
                ..ours(
                    config,
                    &format!("sources/{}", source.id),
                    title,
                    selection,
                    now,
                )
            }
        }));
    }
    if config.publish.tags {
        channels.extend(tags(config).into_iter().map(|(slug, (tag, sources))| {
            let selection = Selection::Sources(sources);
            Channel {
                heading: Some(words.tags),
                ..ours(config, &format!("tags/{slug}"), tag, selection, now)
            }
        }));
    }
    if config.publish.rejected {
        channels.extend(
            config
                .topics
                .iter()
                .map(|topic| rejected(config, topic, words, now)),
        );
    }
    if config.publish.health {
        channels.push(Channel {
            page: None,
            contents: Contents::Health,
            subtitle: Some(words.health_subtitle.to_owned()),
            ..ours(
                config,
                "_health",
                words.health.to_owned(),
                Selection::All,
                now,
            )
        });
    }
    channels
}

fn of_topic(config: &Config, topic: &Arc<Topic>, now: DateTime<Utc>) -> Channel {
    let reach = topic
        .since
        .as_deref()
        .and_then(|since| parse_duration(since).ok());
    let language = topic.languages.first();
    Channel {
        name: format!("topic/{}", topic.id),
        page: Some(format!("topics/{}", topic.id)),
        window: EntryWindow {
            least: config.publish.entries,
            since: before(now, reach.unwrap_or(config.publish.keep)),
            reach: reach.map(|reach| before(now, reach)),
            per_source: topic.max_per_source,
            // A topic that cuts its feed short is not meant to hold everything.
            archives: reach.is_none() && topic.max_per_source.is_none(),
        },
        subtitle: topic.subtitle.clone(),
        language: language.unwrap_or(&config.publish.language).clone(),
        ..ours(
            config,
            topic.id.as_str(),
            topic.title.clone(),
            Selection::Topic(topic.id.clone()),
            now,
        )
    }
}

fn rejected(config: &Config, topic: &Arc<Topic>, words: &Words, now: DateTime<Utc>) -> Channel {
    Channel {
        name: format!("topic/{}/rejected", topic.id),
        file: format!("{}.rejected", topic.id),
        page: None,
        contents: Contents::Rejected(topic.id.clone()),
        title: format!("{}{}", words.rejected, topic.title),
        heading: Some(words.rejected_heading),
        ..of_topic(config, topic, now)
    }
}

/// A channel with our settings, and with a page beside its feeds.
fn ours(
    config: &Config,
    file: &str,
    title: String,
    selection: Selection,
    now: DateTime<Utc>,
) -> Channel {
    Channel {
        name: file.to_owned(),
        file: file.to_owned(),
        page: Some(format!("feeds/{file}.html")),
        contents: Contents::Entries(selection),
        window: EntryWindow {
            least: config.publish.entries,
            since: before(now, config.publish.keep),
            reach: None,
            per_source: None,
            archives: true,
        },
        title,
        subtitle: None,
        language: config.publish.language.clone(),
        heading: None,
    }
}

/// The tags of the sources by the name that their feed has in addresses, each with its sources.
fn tags(config: &Config) -> BTreeMap<String, (String, Vec<SourceId>)> {
    let mut tags: BTreeMap<String, (String, Vec<SourceId>)> = BTreeMap::new();
    for source in &config.sources {
        for tag in &source.tags {
            let slug = fold::words(tag).join("-");
            let (_, sources) = tags
                .entry(slug)
                .or_insert_with(|| (tag.clone(), Vec::new()));
            if !sources.contains(&source.id) {
                sources.push(source.id.clone());
            }
        }
    }
    tags.remove("");
    tags
}

fn before(now: DateTime<Utc>, age: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(age)
        .ok()
        .and_then(|age| now.checked_sub_signed(age))
        .unwrap_or(DateTime::UNIX_EPOCH)
}

impl Channel {
    /// Path of its feed in a format, below the base address.
    pub(super) fn path(&self, extension: &str) -> String {
        format!("feeds/{}.{extension}", self.file)
    }

    /// Path of one of its archives, below the base address.
    pub(super) fn archive_path(&self, number: u32) -> String {
        format!("feeds/archive/{}/{number}.atom", self.file)
    }

    /// The paths of all its documents.
    pub(super) fn paths(&self) -> Vec<String> {
        let mut paths = vec![self.path("atom")];
        if let Some(page) = &self.page {
            paths.extend([self.path("rss"), self.path("json"), page.clone()]);
        }
        paths
    }

    /// Address of the page that stands for it: its own, or the status page.
    pub(super) fn page_address(&self, base: &str) -> String {
        format!("{base}{}", self.page.as_deref().unwrap_or_default())
    }

    /// The addresses of its formats.
    pub(super) fn formats(&self, base: &str) -> Formats {
        let address = |extension| Some(format!("{base}{}", self.path(extension)));
        let with_page = |url: Option<String>| self.page.as_ref().and(url);
        Formats {
            atom: address("atom"),
            rss: with_page(address("rss")),
            json: with_page(address("json")),
            opml: Some(format!("{base}feeds.opml")),
            home: Some(base.to_owned()),
        }
    }

    /// Its line in the list of all feeds.
    pub(super) fn outline(&self, base: &str) -> OutlineFeed {
        OutlineFeed {
            title: self.title.clone(),
            feed_url: format!("{base}{}", self.path("atom")),
            html_url: Some(self.page_address(base)),
            description: self.subtitle.clone(),
            language: Some(self.language.clone()),
            group: self.heading.map(str::to_owned),
        }
    }

    /// The sources on which its contents wait; none for all of them.
    pub(super) fn sources(&self) -> Option<&[SourceId]> {
        match &self.contents {
            Contents::Entries(Selection::Sources(sources)) => Some(sources),
            _ => None,
        }
    }
}
