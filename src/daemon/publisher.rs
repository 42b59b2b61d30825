//! The publisher: a reconciler. It takes no input, renders every channel from the store, and
//! replaces only what changed, on the shelf and in the output folder. Safe to run twice, safe to
//! kill.

mod archive;
mod channel;
mod entry;
mod folder;
mod rendering;
mod words;

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;
use xxhash_rust::xxh3::xxh3_64;

pub use self::channel::entries_in_feed;
use self::channel::{Channel, Contents};
use self::rendering::{Rendered, render};
use super::Shelf;
use super::shelf::{Document, Held};
use crate::clock::Clock;
use crate::config::Config;
use crate::feed_out;
use crate::store::{EntryWindow, Event, Minting, Polled, Published, Store, StoreError};

/// Least time between two looks at the health of all sources that are not well.
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
    /// When the health of the sources was looked at, and that of all that are not well.
    health_at: Option<(DateTime<Utc>, DateTime<Utc>)>,
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

    /// Puts off the first look at all entries there ever were, and at the health of sources that were
    /// well: what a daemon has to serve comes first, and they are looked at when they are polled.
    pub async fn start_lightly(&self) {
        if !self.exhaustive {
            let (mut memory, now) = (self.memory.lock().await, self.clock.now());
            memory.thorough_at = Some(now);
            memory.health_at = Some((now, now - HEALTH_EVERY));
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
        let mut first = None;
        let (polled, all) = match memory.health_at {
            None => {
                let touches = self.store.touches().await?;
                first = Some(touches.clone());
                let after = |(told, articles)| Polled::After(told, articles);
                (touches.since.map_or(Polled::Ever, after), now)
            }
            Some((look, all)) if now - all < HEALTH_EVERY && all <= now => {
                (Polled::Since(look), all)
            }
            Some((look, _)) => (Polled::SinceOrUnwell(look), now),
        };
        memory.health_at = Some((now, all));
        let events = self.store.read(move |r| r.queries().untold(polled, now));
        let events = events.await?;
        if !events.is_empty() {
            self.store.write(move |w| w.record_events(&events)).await?;
        }
        if let Some(touches) = first {
            self.store.mark_told(touches, now).await?;
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
        let mut new = None;
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
            new = Some(mark);
        }
        // What the folder may refuse below is served, and told of, all the same.
        let due = self.due(channel).await?;
        self.shelf.confirm(paths, self.shows_feeds(config), due);
        self.write_archive_files(config, channel, archives).await?;
        let Some(mark) = new else {
            return Ok(());
        };
        self.write_files(config, paths).await?;
        if self.store.trouble().is_none() {
            let marks = paths.iter().map(|path| (path.clone(), mark));
            memory.marks.extend(marks);
        }
        Ok(())
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
