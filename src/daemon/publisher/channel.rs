//! The channels: every feed that we publish, whatever it holds, described in one way.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::words::Words;
use crate::config::{Config, Source, parse_duration};
use crate::feed_out::{Formats, OutlineFeed};
use crate::model::{SourceId, TopicId};
use crate::store::{EntryWindow, Queries, Selection, StoreError};
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

/// Most entries of a feed, unless the configuration asks for more: what else there is stands in archives.
const MOST_ENTRIES: usize = 1_000;

/// The channels of a configuration but those of its sources and tags.
pub(super) fn of_topics(config: &Config, now: DateTime<Utc>) -> Vec<Channel> {
    let topics = config.topics.iter();
    let mut channels: Vec<Channel> = topics.map(|t| of_topic(config, t, now)).collect();
    channels.extend(all(config, now));
    if config.publish.rejected {
        let topics = config.topics.iter();
        channels.extend(topics.map(|topic| rejected(config, topic, now)));
    }
    channels.extend(health(config, now));
    channels
}

/// The channel of everything, unless a topic has taken its name.
fn all(config: &Config, now: DateTime<Utc>) -> Option<Channel> {
    let free = config.topic(&TopicId::from("all")).is_none();
    let title = Words::of(&config.publish.language).all.to_owned();
    (config.publish.all && free).then(|| ours(config, "all", title, Selection::All, now))
}

/// The channel of what a person should know about the sources.
fn health(config: &Config, now: DateTime<Utc>) -> Option<Channel> {
    let words = Words::of(&config.publish.language);
    let title = words.health.to_owned();
    config.publish.health.then(|| Channel {
        page: None,
        contents: Contents::Health,
        subtitle: Some(words.health_subtitle.to_owned()),
        ..ours(config, "_health", title, Selection::All, now)
    })
}

/// The channels of the sources and of their tags: there may be very many, and few of them are read.
pub(super) fn of_sources(
    config: &Config,
    now: DateTime<Utc>,
) -> impl Iterator<Item = Channel> + '_ {
    let sources = config.publish.sources.then_some(&config.sources);
    let sources = sources.into_iter().flatten();
    let tags = match config.publish.tags {
        true => tags(config, |_| true),
        false => BTreeMap::new(),
    };
    (sources.map(move |source| of_source(config, source, now))).chain(
        tags.into_iter()
            .map(move |(slug, tagged)| of_tag(config, &slug, tagged, now)),
    )
}

/// The channel that a document belongs to.
pub(super) fn of_path(config: &Config, path: &str, now: DateTime<Utc>) -> Option<Channel> {
    let has = |channel: &Channel| channel.paths().iter().any(|own| own == path);
    let file = path.strip_prefix("feeds/").and_then(|f| f.rsplit_once('.'));
    let file = file.map(|(file, _)| file);
    let Some((group, name)) = file.and_then(|file| file.split_once('/')) else {
        let name = path.strip_prefix("topics/").or(file)?;
        return of_name(config, name, now).find(has);
    };
    let channel = match group {
        "sources" if config.publish.sources => {
            of_source(config, config.source(&SourceId::from(name))?, now)
        }
        "tags" if config.publish.tags => {
            let tagged = tags(config, |other| other == name).remove(name)?;
            of_tag(config, name, tagged, now)
        }
        _ => return None,
    };
    has(&channel).then_some(channel)
}

/// The channels but those of sources and tags that may have a document of this name.
fn of_name(config: &Config, name: &str, now: DateTime<Utc>) -> impl Iterator<Item = Channel> {
    let topic = |name: &str| config.topic(&TopicId::from(name));
    let of_topic = topic(name).map(|topic| of_topic(config, topic, now));
    let unwanted = name.strip_suffix(".rejected").and_then(topic);
    let unwanted = unwanted.filter(|_| config.publish.rejected);
    let rejected = unwanted.map(|topic| rejected(config, topic, now));
    let others = [all(config, now), health(config, now)].into_iter();
    of_topic.into_iter().chain(rejected).chain(others.flatten())
}

fn of_source(config: &Config, source: &Source, now: DateTime<Utc>) -> Channel {
    let title = source.title.clone();
    let title = title.unwrap_or_else(|| source.id.to_string());
    let selection = Selection::Sources(vec![source.id.clone()]);
    let file = format!("sources/{}", source.id);
    Channel {
        heading: Some(Words::of(&config.publish.language).sources),
        name: format!("source/{}/feed", source.id),
        ..ours(config, &file, title, selection, now)
    }
}

fn of_tag(
    config: &Config,
    slug: &str,
    (tag, sources): (String, Vec<SourceId>),
    now: DateTime<Utc>,
) -> Channel {
    let selection = Selection::Sources(sources);
    Channel {
        heading: Some(Words::of(&config.publish.language).tags),
        ..ours(config, &format!("tags/{slug}"), tag, selection, now)
    }
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
            most: config.publish.entries.max(MOST_ENTRIES),
            since: before(now, reach.unwrap_or(config.publish.keep)),
            reach: reach.map(|reach| before(now, reach)),
            per_source: topic.max_per_source,
            // A topic that cuts its feed short is not meant to hold everything.
            archives: reach.is_none() && topic.max_per_source.is_none(),
            thorough: false,
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

/// How many entries the feeds of those topics hold that cut them short (`since`, `max_per_source`); the
/// entries of the others are all in their feeds and archives.
///
/// # Errors
/// When the store refuses.
pub fn entries_in_feed(
    queries: &Queries<'_>,
    config: &Config,
    now: DateTime<Utc>,
) -> Result<HashMap<TopicId, u64>, StoreError> {
    let mut counts = HashMap::new();
    for topic in &config.topics {
        let channel = of_topic(config, topic, now);
        let Contents::Entries(selection) = &channel.contents else {
            continue;
        };
        if !channel.window.archives {
            let places = queries.places(&channel.file, selection, &channel.window)?;
            counts.insert(topic.id.clone(), places.len() as u64);
        }
    }
    Ok(counts)
}

fn rejected(config: &Config, topic: &Arc<Topic>, now: DateTime<Utc>) -> Channel {
    let words = Words::of(&config.publish.language);
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
            most: config.publish.entries.max(MOST_ENTRIES),
            since: before(now, config.publish.keep),
            reach: None,
            per_source: None,
            archives: true,
            thorough: false,
        },
        title,
        subtitle: None,
        language: config.publish.language.clone(),
        heading: None,
    }
}

/// The tags of the sources that are asked for, by the name that their feed has in addresses, each
/// with its sources.
fn tags(
    config: &Config,
    wanted: impl Fn(&str) -> bool,
) -> BTreeMap<String, (String, Vec<SourceId>)> {
    let mut tags: BTreeMap<String, (String, Vec<SourceId>)> = BTreeMap::new();
    let mut slugs: HashMap<&str, String> = HashMap::new();
    for source in &config.sources {
        for tag in &source.tags {
            let slug = slugs
                .entry(tag)
                .or_insert_with(|| fold::words(tag).join("-"));
            if slug.is_empty() || !wanted(slug) {
                continue;
            }
            let new = || (tag.clone(), Vec::new());
            let (_, sources) = tags.entry(slug.clone()).or_insert_with(new);
            // Two of its tags may have one name.
            if sources.last() != Some(&source.id) {
                sources.push(source.id.clone());
            }
        }
    }
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
