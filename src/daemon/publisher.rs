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

use self::channel::{Channel, Contents};
use self::entry::Press;
use super::Shelf;
use super::shelf::{Document, Held};
use crate::clock::Clock;
use crate::config::Config;
use crate::feed_out::{self, ArchiveLinks, Formats, OutFeed};
use crate::model::Person;
use crate::store::{EntryWindow, Event, Minting, Published, Store, StoreError};

/// Home page named in the feeds' generator element.
const GENERATOR_URL: Option<&str> = None;
/// Most entries of the health feed and of a feed of rejections.
const NOTICES: usize = 200;
/// Least time between two looks at the health of all sources while none changes its state.
const HEALTH_EVERY: TimeDelta = TimeDelta::minutes(1);
/// Least time between two looks at all entries there ever were.
const THOROUGH_EVERY: TimeDelta = TimeDelta::hours(1);
/// Path of the list of all feeds.
const OUTLINES: &str = "feeds.opml";

/// Renders and keeps what is published.
pub struct Publisher {
    /// The store.
    pub store: Store,
    /// Where the rendered documents go.
    pub shelf: Arc<Shelf>,
    /// Whether every document is rendered although nobody can see it but who asks for it: so that what
    /// is done does not depend on who asks, and looked at thoroughly each time.
    pub(super) exhaustive: bool,
    clock: Arc<dyn Clock>,
    minting: Minting,
    memory: Mutex<Memory>,
}

/// What the publisher knows of its last run: all of it can be lost.
#[derive(Default)]
struct Memory {
    /// The reading of the configuration that was published last.
    edition: Option<u64>,
    /// Hash of the settings that every document depends on.
    settings: u64,
    /// The settings under which what they do not name was taken away.
    retired: Option<u64>,
    /// When all entries there ever were were looked at.
    thorough_at: Option<DateTime<Utc>>,
    /// Marks of what the documents were rendered from last, by path.
    marks: HashMap<String, u64>,
    /// What was ever published, by path; none before it was read from the store.
    published: Option<HashMap<String, Published>>,
    /// What the health feed says of a disk that takes nothing: it cannot be stored.
    disk: Option<Event>,
    /// When the health of the sources was looked at.
    health_at: Option<DateTime<Utc>>,
}

/// Whether a feed of this name (below `feeds/`, without extension) is published.
pub fn publishes(config: &Config, feed: &str, now: DateTime<Utc>) -> bool {
    channel::of_path(config, &format!("feeds/{feed}.atom"), now).is_some()
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

/// What the output folder refused first, while the rest went on.
#[derive(Default)]
struct Refused(Option<PublishError>);

impl Refused {
    /// Takes note of a refusal of the output folder; what else went wrong ends the work.
    fn unless(&mut self, done: Result<(), PublishError>) -> Result<(), PublishError> {
        match done {
            Err(error @ PublishError::File { .. }) => {
                self.0.get_or_insert(error);
                Ok(())
            }
            done => done,
        }
    }
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
            exhaustive: false,
            clock,
            minting,
            memory: Mutex::default(),
        }
    }

    /// Brings everything up to what the store holds; returns how many documents changed. Where a folder
    /// or a hub shows the feeds to somebody they are rendered; otherwise each is when it is asked for
    /// ([`Publisher::bring`]), and here only what has left them goes into archives.
    ///
    /// # Errors
    /// When the store or the output folder refuses. What the folder refuses is served all the same.
    pub async fn publish(&self, config: &Config) -> Result<usize, PublishError> {
        let mut memory = self.memory.lock().await;
        let now = self.clock.now();
        let mut refused = Refused::default();
        refused.unless(self.recall(&mut memory, config).await)?;
        memory.disk = self.disk_notice(memory.disk.take(), now);
        self.tell_health(&mut memory, now).await?;
        let thorough = self.is_thorough(&mut memory, now);
        let mut changed = Vec::new();
        let mut standing = HashSet::from([OUTLINES.to_owned()]);
        if self.shows_feeds(config) {
            let of_topics = channel::of_topics(config, now).into_iter();
            for mut channel in of_topics.chain(channel::of_sources(config, now)) {
                channel.window.thorough = thorough;
                let paths = channel.paths();
                let published =
                    self.publish_documents(&mut memory, config, &channel, &paths, &mut changed);
                refused.unless(published.await)?;
                standing.extend(paths);
            }
        } else if thorough {
            for channel in channel::of_topics(config, now) {
                self.archive_only(config, channel).await?;
            }
        }
        let outlines = self.publish_outlines(&mut memory, config, &mut changed);
        refused.unless(outlines.await)?;
        let count = changed.len();
        self.remember(&mut memory, changed).await?;
        refused.unless(self.retire(&mut memory, config, &standing))?;
        self.shelf.end_round();
        match refused.0 {
            Some(error) => Err(error),
            None => Ok(count),
        }
    }

    /// A document, rendered if it is one of those that are when they are asked for.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn bring(&self, config: &Config, path: &str) -> Result<Held, PublishError> {
        let held = self.shelf.look_up(path);
        if let Held::Here(_) | Held::Gone = held {
            return Ok(held);
        }
        let Some(mut channel) = channel::of_path(config, path, self.clock.now()) else {
            return Ok(held);
        };
        let mut memory = match (self.memory.try_lock(), held) {
            (Ok(memory), _) => memory,
            // While everything else is published, what there was is better than to wait.
            (Err(_), held @ Held::Before(_)) => return Ok(held),
            (Err(_), _) => self.memory.lock().await,
        };
        // Another may have asked for it meanwhile.
        if !matches!(self.shelf.look_up(path), Held::Here(_)) {
            self.recall(&mut memory, config).await?;
            channel.window.thorough = channel.sources().is_some();
            let (paths, mut changed) = ([path.to_owned()], Vec::new());
            self.publish_documents(&mut memory, config, &channel, &paths, &mut changed)
                .await?;
            self.remember(&mut memory, changed).await?;
        }
        Ok(self.shelf.look_up(path))
    }

    /// Puts off the first look at all entries there ever were: what a daemon has to serve comes first.
    pub async fn start_lightly(&self) {
        if !self.exhaustive {
            self.memory.lock().await.thorough_at = Some(self.clock.now());
        }
    }

    fn is_thorough(&self, memory: &mut Memory, now: DateTime<Utc>) -> bool {
        let lately = |at: DateTime<Utc>| at <= now && now - at < THOROUGH_EVERY;
        if !self.exhaustive && memory.thorough_at.is_some_and(lately) {
            return false;
        }
        memory.thorough_at = Some(now);
        true
    }

    /// Whether somebody sees the feeds without asking for them.
    fn shows_feeds(&self, config: &Config) -> bool {
        self.exhaustive || config.publish.output_dir.is_some() || !config.hubs().is_empty()
    }

    /// Until when a channel is not expected to change.
    async fn due(&self, channel: &Channel) -> Result<DateTime<Utc>, PublishError> {
        let sources = channel.sources().map(<[_]>::to_vec);
        let due = self
            .store
            .read(move |r| r.queries().due_of(sources.as_deref()));
        Ok(due.await?.unwrap_or_else(|| self.clock.now()))
    }

    /// Renders the list of all feeds, unless it was under these settings.
    async fn publish_outlines(
        &self,
        memory: &mut Memory,
        config: &Config,
        changed: &mut Vec<Published>,
    ) -> Result<(), PublishError> {
        let paths = [OUTLINES.to_owned()];
        if self.is_in_place(memory, config, &paths, memory.settings) {
            return Ok(());
        }
        let (base, now) = (config.daemon.base_url.as_str(), self.clock.now());
        let channels = channel::of_topics(config, now).into_iter();
        let outlines: Vec<_> = (channels.chain(channel::of_sources(config, now)))
            .map(|channel| channel.outline(base))
            .collect();
        let document = Rendered {
            path: OUTLINES.to_owned(),
            bytes: feed_out::opml("depeche", &outlines),
            media_type: feed_out::OPML_TYPE,
        };
        changed.extend(self.put(memory, document));
        self.shelf.confirm(&paths, true, self.clock.now());
        self.write_files(config, &paths).await?;
        if self.store.trouble().is_none() {
            memory.marks.insert(OUTLINES.to_owned(), memory.settings);
        }
        Ok(())
    }

    /// Has it remembered what was published; as long as that fails, it is as if it were not.
    async fn remember(
        &self,
        memory: &mut Memory,
        changed: Vec<Published>,
    ) -> Result<(), PublishError> {
        if changed.is_empty() {
            return Ok(());
        }
        let paths: Vec<String> = changed.iter().map(|p| p.path.clone()).collect();
        let remembered = match self.store.trouble() {
            None => {
                self.store
                    .write(move |w| w.remember_published(&changed))
                    .await
            }
            Some(_) => Ok(()),
        };
        if self.store.trouble().is_some() || remembered.is_err() {
            memory.marks.clear();
            if let Some(known) = &mut memory.published {
                known.retain(|path, _| !paths.contains(path));
            }
        }
        Ok(remembered?)
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
        if memory.edition == Some(config.edition) {
            return Ok(());
        }
        let settings = settings_hash(config);
        if memory.settings != settings {
            if self.store.trouble().is_none() {
                self.move_archives(config).await?;
            }
            memory.marks.clear();
            memory.settings = settings;
            memory.retired = None;
        }
        memory.edition = Some(config.edition);
        Ok(())
    }

    /// What is to be said of the disk, if anything; the same as long as the trouble is.
    fn disk_notice(&self, told: Option<Event>, now: DateTime<Utc>) -> Option<Event> {
        let words = self.store.trouble().or_else(|| self.shelf.trouble())?;
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

    /// Moves what has left a channel into its archives.
    async fn archive_only(&self, config: &Config, channel: Channel) -> Result<(), PublishError> {
        let Contents::Entries(selection) = &channel.contents else {
            return Ok(());
        };
        let (key, selection) = (channel.file.clone(), selection.clone());
        let window = EntryWindow {
            thorough: true,
            ..channel.window
        };
        if window.archives {
            let places = self
                .store
                .read(move |r| r.queries().places(&key, &selection, &window));
            self.archive(config, &channel, &mut places.await?).await?;
        }
        Ok(())
    }

    /// Renders documents of a channel, unless nothing has changed since the last time; adds what it
    /// published.
    async fn publish_documents(
        &self,
        memory: &mut Memory,
        config: &Config,
        channel: &Channel,
        paths: &[String],
        changed: &mut Vec<Published>,
    ) -> Result<(), PublishError> {
        let (archives, rendered) = self.feed(memory, config, channel, paths).await?;
        if let Some((feed, mark)) = rendered {
            let formats = channel.formats(config.daemon.base_url.as_str());
            let (described, wanted) = (channel.clone(), paths.to_vec());
            let rendering =
                tokio::task::spawn_blocking(move || render(feed, &described, &formats, &wanted));
            for document in rendering.await.map_err(|_| StoreError::Stopped)? {
                // What could not be put into the folder is rendered again.
                memory.marks.remove(&document.path);
                changed.extend(self.put(memory, document));
            }
            self.write_archive_files(config, channel, archives).await?;
            self.write_files(config, paths).await?;
            if self.store.trouble().is_none() {
                let marks = paths.iter().map(|path| (path.clone(), mark));
                memory.marks.extend(marks);
            }
        } else {
            self.write_archive_files(config, channel, archives).await?;
        }
        let due = self.due(channel).await?;
        self.shelf.confirm(paths, self.shows_feeds(config), due);
        Ok(())
    }

    /// The number of a channel's newest archive, and what it holds, with its mark; None when it is
    /// what was rendered last.
    async fn feed(
        &self,
        memory: &Memory,
        config: &Config,
        channel: &Channel,
        paths: &[String],
    ) -> Result<(u32, Option<(OutFeed, u64)>), PublishError> {
        let mut newest = 0;
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
                newest = self.archive(config, channel, &mut places).await?;
                let marks: Vec<u64> = places
                    .iter()
                    .map(|place| place.mark)
                    .chain([newest.into()])
                    .collect();
                let mark = xxh3_64(format!("{marks:?}").as_bytes());
                if self.is_in_place(memory, config, paths, mark) {
                    return Ok((newest, None));
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
        let is_new = !self.is_in_place(memory, config, paths, mark);
        Ok((newest, is_new.then_some((feed, mark))))
    }

    /// Whether documents were rendered with this mark, and nobody took them away.
    fn is_in_place(&self, memory: &Memory, config: &Config, paths: &[String], mark: u64) -> bool {
        let folder = config.publish.output_dir.as_ref();
        let there = |path: &String| {
            self.shelf.get(path).is_some()
                && folder.is_none_or(|folder| folder::file_of(folder, path).exists())
        };
        let same = |path: &String| memory.marks.get(path) == Some(&mark);
        paths.iter().all(|path| same(path) && there(path))
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

    /// Puts a document onto the shelf; what it was published as, if that is to be remembered.
    fn put(&self, memory: &mut Memory, document: Rendered) -> Option<Published> {
        let Rendered {
            path,
            bytes,
            media_type,
        } = document;
        let known = memory.published.get_or_insert_default();
        let held = self.shelf.get(&path).filter(|old| old.bytes == bytes);
        if held.is_some() && known.contains_key(&path) {
            return None;
        }
        let etag = feed_out::etag(&bytes);
        let same = known.get(&path).filter(|old| old.etag == etag);
        let is_new = same.is_none();
        let modified = match (same, &held) {
            (Some(old), _) => old.modified,
            (None, Some(held)) => held.modified,
            (None, None) => self.clock.now(),
        };
        if held.is_none() {
            self.shelf
                .put(&path, Document::new(bytes, media_type, modified));
        }
        let published = Published {
            path,
            etag,
            modified,
        };
        known.insert(published.path.clone(), published.clone());
        is_new.then_some(published)
    }

    /// Writes documents as they stand on the shelf into the folder.
    async fn write_files(&self, config: &Config, paths: &[String]) -> Result<(), PublishError> {
        let Some(folder) = self.folder(config) else {
            return Ok(());
        };
        let file = |path: &String| {
            let document = self.shelf.get(path)?;
            Some((folder::file_of(folder, path), document.bytes.clone()))
        };
        folder::replace(paths.iter().filter_map(file).collect()).await
    }

    /// Takes from the shelf and out of the folder what is no longer configured.
    fn retire(
        &self,
        memory: &mut Memory,
        config: &Config,
        standing: &HashSet<String>,
    ) -> Result<(), PublishError> {
        if memory.retired == Some(memory.settings) {
            return Ok(());
        }
        let now = self.clock.now();
        let is_gone = |path: &&String| {
            !standing.contains(*path) && channel::of_path(config, path, now).is_none()
        };
        let known = memory.published.iter().flatten().map(|(path, _)| path);
        let gone: HashSet<String> = known.filter(is_gone).cloned().collect();
        self.shelf.retire(standing, gone.clone());
        if let Some(folder) = self.folder(config) {
            for path in &gone {
                folder::remove(&folder::file_of(folder, path))?;
            }
        }
        if self.store.trouble().is_none() {
            memory.retired = Some(memory.settings);
        }
        Ok(())
    }
}

/// Renders those documents of a channel that are wanted.
fn render(
    mut feed: OutFeed,
    channel: &Channel,
    formats: &Formats,
    wanted: &[String],
) -> Vec<Rendered> {
    let mut documents = Vec::new();
    let mut add = |path: String, media_type, write: &dyn Fn() -> Vec<u8>| {
        if wanted.contains(&path) {
            documents.push(Rendered {
                path,
                bytes: write(),
                media_type,
            });
        }
    };
    let atom = channel.path("atom");
    add(atom, feed_out::ATOM_TYPE, &|| feed_out::atom(&feed));
    let Some(page) = channel.page.clone() else {
        return documents;
    };
    // Archives are Atom documents: the other formats cannot lead to them.
    feed.archive = None;
    feed.self_url = formats.rss.clone().unwrap_or_default();
    let rss = channel.path("rss");
    add(rss, feed_out::RSS_TYPE, &|| feed_out::rss(&feed));
    feed.self_url = formats.json.clone().unwrap_or_default();
    let json = channel.path("json");
    add(json, feed_out::JSON_TYPE, &|| feed_out::json(&feed));
    add(page, feed_out::PAGE_TYPE, &|| {
        feed_out::page(&feed, formats).into_bytes()
    });
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
