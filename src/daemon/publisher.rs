//! The publisher: a reconciler. It takes no input, renders every channel from the store, and
//! replaces only what changed, on the shelf and in the output folder. Safe to run twice, safe to
//! kill.

mod archive;
mod channel;
mod entry;
mod folder;
mod words;

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;
use xxhash_rust::xxh3::xxh3_64;

use self::channel::{Channel, Contents, channels};
use self::entry::Press;
use super::Shelf;
use super::shelf::Document;
use crate::clock::Clock;
use crate::config::Config;
use crate::feed_out::{self, ArchiveLinks, Formats, OutFeed};
use crate::model::{Person, SourceId};
use crate::store::{Event, Minting, Published, Store, StoreError};

/// Home page named in the feeds' generator element.
const GENERATOR_URL: Option<&str> = None;
/// Most entries of the health feed and of a feed of rejections.
const NOTICES: usize = 200;
/// Least time between two looks at the health of all sources while none changes its state.
const HEALTH_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Renders and keeps what is published.
pub struct Publisher {
    /// The store.
    pub store: Store,
    /// Where the rendered documents go.
    pub shelf: Arc<Shelf>,
    clock: Arc<dyn Clock>,
    minting: Minting,
    memory: Mutex<Memory>,
}

/// What the publisher knows of its last run: all of it can be lost.
#[derive(Default)]
struct Memory {
    /// Hash of the settings that every document depends on.
    settings: u64,
    /// Marks of the channels as they were rendered last, by file.
    marks: HashMap<String, u64>,
    /// What was ever published, by path; none before it was read from the store.
    published: Option<HashMap<String, Published>>,
    /// What the health feed says of a disk that takes nothing: it cannot be stored.
    disk: Option<Event>,
    /// When the health of the sources was looked at.
    health_at: Option<DateTime<Utc>>,
}

/// What went wrong with publishing.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file of the output folder could not be replaced.
    #[error("the published file {path} could not be replaced or removed")]
    File {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// An archive document in the store is damaged.
    #[error(
        "an archive document in the store cannot be unpacked; restore the database from a copy"
    )]
    Archive(#[source] io::Error),
}

/// A document before it is put in place.
struct Rendered {
    path: String,
    bytes: Vec<u8>,
    media_type: &'static str,
}

impl Publisher {
    /// A publisher that has not published yet.
    pub fn new(store: Store, clock: Arc<dyn Clock>, minting: Minting) -> Self {
        Self {
            store,
            shelf: Arc::default(),
            clock,
            minting,
            memory: Mutex::default(),
        }
    }

    /// Renders every channel whose contents have changed; returns how many documents changed.
    ///
    /// # Errors
    /// When the store or the output folder refuses; what was replaced before stays replaced.
    pub async fn publish(&self, config: &Config) -> Result<usize, PublishError> {
        let mut memory = self.memory.lock().await;
        let now = self.clock.now();
        self.recall(&mut memory, config).await?;
        memory.disk = self.disk_notice(memory.disk.take(), now);
        self.tell_health(&mut memory, now).await?;
        let due: HashMap<SourceId, DateTime<Utc>> =
            self.store.read(|r| r.queries().due_times()).await?;
        let channels = channels(config, now);
        let mut changed = Vec::new();
        for channel in &channels {
            changed.extend(self.publish_channel(&mut memory, config, channel).await?);
            let waited_for = due
                .iter()
                .filter(|(id, _)| channel.sources().is_none_or(|s| s.contains(id)));
            let next = waited_for.map(|(_, at)| *at).min();
            self.shelf
                .set_fresh_until(&channel.paths(), next.unwrap_or(now));
        }
        let base = config.daemon.base_url.as_str();
        let outlines: Vec<_> = channels.iter().map(|c| c.outline(base)).collect();
        let opml = Rendered {
            path: "feeds.opml".to_owned(),
            bytes: feed_out::opml("depeche", &outlines),
            media_type: feed_out::OPML_TYPE,
        };
        changed.extend(self.put(&mut memory, config, opml)?);
        let count = changed.len();
        if count > 0 && self.store.trouble().is_none() {
            self.store
                .write(move |w| w.remember_published(&changed))
                .await?;
        }
        self.retire(&memory, config, &channels)?;
        Ok(count)
    }

    /// Tells of changes of health and renders nothing: for a process that shows its feeds to nobody.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn tell(&self) -> Result<(), PublishError> {
        let mut memory = self.memory.lock().await;
        self.tell_health(&mut memory, self.clock.now()).await
    }

    /// Reads what was ever published, and forgets what was rendered under other settings.
    async fn recall(&self, memory: &mut Memory, config: &Config) -> Result<(), PublishError> {
        if memory.published.is_none() {
            let published = self.store.read(|r| r.queries().published()).await?;
            let by_path = published.into_iter().map(|p| (p.path.clone(), p));
            memory.published = Some(by_path.collect());
        }
        let settings = settings_hash(config);
        if memory.settings != settings {
            if self.store.trouble().is_none() {
                self.move_archives(config).await?;
            }
            memory.marks.clear();
            memory.settings = settings;
        }
        Ok(())
    }

    /// What is to be said of the disk, if anything; the same as long as the trouble is.
    fn disk_notice(&self, told: Option<Event>, now: DateTime<Utc>) -> Option<Event> {
        let words = self.store.trouble()?;
        let same = told.filter(|event| event.words == words);
        same.or_else(|| {
            Some(Event {
                // Those that are stored count from one.
                id: now.timestamp(),
                at: now,
                kind: "disk".to_owned(),
                subject: String::new(),
                since: now,
                words,
            })
        })
    }

    /// The output folder, while there is a disk to write on.
    fn folder<'a>(&self, config: &'a Config) -> Option<&'a PathBuf> {
        let folder = config.publish.output_dir.as_ref();
        folder.filter(|_| self.store.trouble().is_none())
    }

    /// Turns changes of health into events.
    async fn tell_health(
        &self,
        memory: &mut Memory,
        now: DateTime<Utc>,
    ) -> Result<(), PublishError> {
        if self.store.trouble().is_some() {
            return Ok(());
        }
        if let Some(at) = memory.health_at.filter(|at| now - *at < HEALTH_EVERY) {
            let change = self.store.read(|r| r.queries().last_change()).await?;
            // Stored times are whole seconds: a change in the second of the last look may be later.
            if change.is_none_or(|change| change.timestamp() < at.timestamp()) {
                return Ok(());
            }
        }
        memory.health_at = Some(now);
        let events = self.store.read(move |r| r.queries().untold(now)).await?;
        if !events.is_empty() {
            self.store.write(move |w| w.record_events(&events)).await?;
        }
        Ok(())
    }

    /// Renders a channel, unless nothing has changed since the last time.
    async fn publish_channel(
        &self,
        memory: &mut Memory,
        config: &Config,
        channel: &Channel,
    ) -> Result<Vec<Published>, PublishError> {
        let Some((feed, mark)) = self.feed(memory, config, channel).await? else {
            return Ok(Vec::new());
        };
        let formats = channel.formats(config.daemon.base_url.as_str());
        let described = channel.clone();
        let rendering = tokio::task::spawn_blocking(move || render(feed, &described, &formats));
        let documents = rendering.await.map_err(|_| StoreError::Stopped)?;
        let mut changed = Vec::new();
        for document in documents {
            changed.extend(self.put(memory, config, document)?);
        }
        // What could not be put into the folder is rendered again.
        if self.store.trouble().is_none() {
            memory.marks.insert(channel.file.clone(), mark);
        }
        Ok(changed)
    }

    /// What a channel holds, with its mark; None when it is what was rendered last.
    async fn feed(
        &self,
        memory: &Memory,
        config: &Config,
        channel: &Channel,
    ) -> Result<Option<(OutFeed, u64)>, PublishError> {
        let mut feed = self.frame(config, channel);
        let press = self.press(config, channel);
        let window = channel.window;
        let mark = match &channel.contents {
            Contents::Health => {
                let events = self
                    .store
                    .read(move |r| r.queries().events(window.since, NOTICES))
                    .await?;
                let events = memory.disk.iter().chain(&events);
                feed.entries = events.map(|event| press.event(event)).collect();
                mark_of(&feed)
            }
            Contents::Rejected(topic) => {
                let id = topic.clone();
                let found = self
                    .store
                    .read(move |r| r.queries().rejections(&id, window.since, NOTICES))
                    .await?;
                feed.entries = found.iter().map(|r| press.rejection(topic, r)).collect();
                mark_of(&feed)
            }
            Contents::Entries(selection) => {
                let (key, selection) = (channel.file.clone(), selection.clone());
                let mut places = self
                    .store
                    .read(move |r| r.queries().places(&key, &selection, &window))
                    .await?;
                let newest = self.archive(config, channel, &mut places).await?;
                self.write_archive_files(config, channel, newest).await?;
                let marks: Vec<u64> = places
                    .iter()
                    .map(|place| place.mark)
                    .chain([newest.into()])
                    .collect();
                let mark = xxh3_64(format!("{marks:?}").as_bytes());
                if self.is_in_place(memory, config, channel, mark) {
                    return Ok(None);
                }
                let rows = self
                    .store
                    .read(move |r| r.queries().entry_rows(places))
                    .await?;
                feed.entries = rows.into_iter().map(|row| press.article(row)).collect();
                feed.archive = (newest > 0).then(|| ArchiveLinks {
                    current: format!("{}{}", config.daemon.base_url, channel.path("atom")),
                    prev: Some(format!(
                        "{}{}",
                        config.daemon.base_url,
                        channel.archive_path(newest)
                    )),
                    ..ArchiveLinks::default()
                });
                mark
            }
        };
        Ok((!self.is_in_place(memory, config, channel, mark)).then_some((feed, mark)))
    }

    /// Whether a channel was rendered with this mark, and nobody took its files away.
    fn is_in_place(&self, memory: &Memory, config: &Config, channel: &Channel, mark: u64) -> bool {
        let folder = config.publish.output_dir.as_ref();
        let there =
            |path: &String| folder.is_none_or(|folder| folder::file_of(folder, path).exists());
        memory.marks.get(&channel.file) == Some(&mark) && channel.paths().iter().all(there)
    }

    fn press<'a>(&'a self, config: &'a Config, channel: &'a Channel) -> Press<'a> {
        Press {
            config,
            minting: &self.minting,
            language: &channel.language,
        }
    }

    /// A feed without entries.
    fn frame(&self, config: &Config, channel: &Channel) -> OutFeed {
        let base = config.daemon.base_url.as_str();
        OutFeed {
            id: self.minting.id_of(&channel.name),
            title: channel.title.clone(),
            subtitle: channel.subtitle.clone(),
            language: Some(channel.language.clone()),
            self_url: format!("{base}{}", channel.path("atom")),
            html_url: Some(channel.page_address(base)),
            author: Person::named(config.publish.author.clone()),
            rights: None,
            icon: None,
            logo: None,
            hubs: config.hubs(),
            archive: None,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            generator_url: GENERATOR_URL.map(str::to_owned),
            // A feed without entries must not change from one rendering to the next.
            updated: DateTime::UNIX_EPOCH,
            entries: Vec::new(),
        }
    }

    /// Puts a document into the folder and onto the shelf; what it was published as, if it changed.
    fn put(
        &self,
        memory: &mut Memory,
        config: &Config,
        document: Rendered,
    ) -> Result<Option<Published>, PublishError> {
        let Rendered {
            path,
            bytes,
            media_type,
        } = document;
        if let Some(folder) = self.folder(config) {
            folder::replace(&folder::file_of(folder, &path), &bytes)?;
        }
        if self.shelf.holds(&path, &bytes) {
            return Ok(None);
        }
        let etag = feed_out::etag(&bytes);
        let known = memory.published.get_or_insert_default();
        let same = known.get(&path).filter(|old| old.etag == etag);
        let modified = same.map_or_else(|| self.clock.now(), |old| old.modified);
        let is_new = same.is_none();
        self.shelf
            .put(&path, Document::new(bytes, media_type, modified));
        let published = Published {
            path,
            etag,
            modified,
        };
        known.insert(published.path.clone(), published.clone());
        Ok(is_new.then_some(published))
    }

    /// Takes from the shelf and out of the folder what is no longer configured.
    fn retire(
        &self,
        memory: &Memory,
        config: &Config,
        channels: &[Channel],
    ) -> Result<(), PublishError> {
        let mut kept: HashSet<String> = channels.iter().flat_map(Channel::paths).collect();
        kept.insert("feeds.opml".to_owned());
        let known = memory.published.iter().flatten().map(|(path, _)| path);
        let gone: HashSet<String> = known
            .filter(|path| !kept.contains(*path))
            .cloned()
            .collect();
        if let Some(folder) = self.folder(config) {
            for path in &gone {
                folder::remove(&folder::file_of(folder, path))?;
            }
        }
        self.shelf.retain(&kept, gone);
        Ok(())
    }
}

/// Renders every document of a channel.
fn render(mut feed: OutFeed, channel: &Channel, formats: &Formats) -> Vec<Rendered> {
    let mut documents = Vec::new();
    let mut add = |path: String, bytes: Vec<u8>, media_type| {
        documents.push(Rendered {
            path,
            bytes,
            media_type,
        });
    };
    add(
        channel.path("atom"),
        feed_out::atom(&feed),
        feed_out::ATOM_TYPE,
    );
    let Some(page) = channel.page.clone() else {
        return documents;
    };
    // Archives are Atom documents: the other formats cannot lead to them.
    feed.archive = None;
    feed.self_url = formats.rss.clone().unwrap_or_default();
    add(
        channel.path("rss"),
        feed_out::rss(&feed),
        feed_out::RSS_TYPE,
    );
    feed.self_url = formats.json.clone().unwrap_or_default();
    add(
        channel.path("json"),
        feed_out::json(&feed),
        feed_out::JSON_TYPE,
    );
    add(
        page,
        feed_out::page(&feed, formats).into_bytes(),
        feed_out::PAGE_TYPE,
    );
    documents
}

fn mark_of(feed: &OutFeed) -> u64 {
    xxh3_64(format!("{feed:?}").as_bytes())
}

/// Hash of all settings that stand in documents.
fn settings_hash(config: &Config) -> u64 {
    let topics: Vec<_> = config
        .topics
        .iter()
        .map(|t| (&t.id, &t.title, &t.subtitle))
        .collect();
    let sources: Vec<_> = config
        .sources
        .iter()
        .map(|s| (&s.id, &s.title, &s.url, &s.tags))
        .collect();
    let settings = (&config.publish, &config.daemon, topics, sources);
    xxh3_64(format!("{settings:?}").as_bytes())
}
