//! The publisher: a reconciler. It takes no input, renders every topic from the store, and replaces
//! only what changed, on the shelf and in the output folder. Safe to run twice, safe to kill.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::Shelf;
use crate::clock::Clock;
use crate::config::{Config, parse_duration};
use crate::failpoint;
use crate::feed_out::{self, Category, EntrySource, Formats, OutEntry, OutFeed, OutlineFeed};
use crate::model::{Person, SourceId};
use crate::store::{ArticleRow, EntryRow, EntryWindow, Minting, Store, StoreError};
use crate::topic::Topic;

/// Words of the lead that stand in an entry's summary.
const SUMMARY_WORDS: usize = 60;
/// Home page named in the feeds' generator element.
const GENERATOR_URL: Option<&str> = None;

/// What publishing needs.
pub struct Publisher {
    /// The store.
    pub store: Store,
    /// Where the rendered documents go.
    pub shelf: Arc<Shelf>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// What ids are minted from.
    pub minting: Minting,
}

/// What went wrong with publishing.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file of the output folder could not be replaced.
    #[error("the feed could not be written to {path}")]
    File {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl Publisher {
    /// Renders every topic; returns how many documents changed.
    ///
    /// # Errors
    /// When the store or the output folder refuses; what was replaced before stays replaced.
    pub async fn publish(&self, config: &Config) -> Result<usize, PublishError> {
        let mut changed = 0;
        for topic in &config.topics {
            changed += self.publish_topic(config, topic).await?;
        }
        changed += usize::from(self.publish_outlines(config)?);
        let known = |path: &str| {
            let name = path.split('/').next_back().unwrap_or(path);
            let id = name.split('.').next().unwrap_or(name);
            path == "feeds.opml" || config.topics.iter().any(|t| t.id.as_str() == id)
        };
        self.shelf.retain(known);
        Ok(changed)
    }

    async fn publish_topic(&self, config: &Config, topic: &Topic) -> Result<usize, PublishError> {
        let (id, window) = (topic.id.clone(), window(config, topic, self.clock.now()));
        let rows = self
            .store
            .read(move |r| r.queries().entries(&id, &window))
            .await?;
        let mut feed = self.feed(config, topic, rows);
        let modified = feed.last_change();
        let base = &config.daemon.base_url;
        let mut changed = 0;
        let mut put = |publisher: &Self, path: String, bytes: Vec<u8>, media_type| {
            let replaced = publisher.put(config, &path, bytes, media_type, modified)?;
            changed += usize::from(replaced);
            Ok::<(), PublishError>(())
        };
        let address = |extension: &str| format!("{base}feeds/{}.{extension}", topic.id);
        let formats = Formats {
            atom: Some(address("atom")),
            rss: Some(address("rss")),
            json: Some(address("json")),
            opml: Some(format!("{base}feeds.opml")),
            home: Some(base.to_string()),
        };
        feed.self_url = address("atom");
        put(
            self,
            format!("feeds/{}.atom", topic.id),
            feed_out::atom(&feed),
            feed_out::ATOM_TYPE,
        )?;
        feed.self_url = address("rss");
        put(
            self,
            format!("feeds/{}.rss", topic.id),
            feed_out::rss(&feed),
            feed_out::RSS_TYPE,
        )?;
        feed.self_url = address("json");
        put(
            self,
            format!("feeds/{}.json", topic.id),
            feed_out::json(&feed),
            feed_out::JSON_TYPE,
        )?;
        let page = feed_out::page(&feed, &formats).into_bytes();
        put(
            self,
            format!("topics/{}", topic.id),
            page,
            feed_out::PAGE_TYPE,
        )?;
        Ok(changed)
    }

    fn publish_outlines(&self, config: &Config) -> Result<bool, PublishError> {
        let base = &config.daemon.base_url;
        let outlines: Vec<OutlineFeed> = config
            .topics
            .iter()
            .map(|topic| OutlineFeed {
                title: topic.title.clone(),
                feed_url: format!("{base}feeds/{}.atom", topic.id),
                html_url: Some(format!("{base}topics/{}", topic.id)),
                ..OutlineFeed::default()
            })
            .collect();
        let bytes = feed_out::opml("depeche", &outlines);
        self.put(
            config,
            "feeds.opml",
            bytes,
            feed_out::OPML_TYPE,
            self.clock.now(),
        )
    }

    fn put(
        &self,
        config: &Config,
        path: &str,
        bytes: Vec<u8>,
        media_type: &'static str,
        modified: chrono::DateTime<chrono::Utc>,
    ) -> Result<bool, PublishError> {
        if let Some(folder) = &config.publish.output_dir {
            let name = path.rsplit('/').next().unwrap_or(path);
            let name = if path.starts_with("topics/") {
                format!("{name}.html")
            } else {
                name.to_owned()
            };
            let file = folder.join(name);
            replace_file(&file, &bytes).map_err(|source| PublishError::File {
                path: file.display().to_string(),
                source,
            })?;
        }
        Ok(self.shelf.put(path, bytes, media_type, modified))
    }

    fn feed(&self, config: &Config, topic: &Topic, rows: Vec<EntryRow>) -> OutFeed {
        let base = &config.daemon.base_url;
        OutFeed {
            id: self.minting.feed_id(&topic.id),
            title: topic.title.clone(),
            subtitle: topic.subtitle.clone(),
            language: topic
                .languages
                .first()
                .cloned()
                .or_else(|| Some("fr".to_owned())),
            self_url: String::new(),
            html_url: Some(format!("{base}topics/{}", topic.id)),
            author: Person::named(config.publish.author.clone()),
            rights: None,
            icon: None,
            logo: None,
            hubs: config.hubs(),
            archive: None,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            generator_url: GENERATOR_URL.map(str::to_owned),
            // A feed without entries must not change from one rendering to the next.
            updated: chrono::DateTime::UNIX_EPOCH,
            entries: rows
                .into_iter()
                .map(|row| self.entry(config, topic, row))
                .collect(),
        }
    }

    fn entry(&self, config: &Config, topic: &Topic, row: EntryRow) -> OutEntry {
        let categories = categories(config, topic, &row.article);
        let also_at = if config.publish.also_at {
            let copies = row.copies.iter();
            copies
                .map(|(id, url, _)| (outlet(config, id, None), url.clone()))
                .collect()
        } else {
            Vec::new()
        };
        let article = row.article;
        let link = if article.url.is_empty() {
            row.source_url.clone()
        } else {
            article.url.clone()
        };
        let Minting { authority, date } = &self.minting;
        OutEntry {
            id: row.atom_id,
            link,
            via: Some(row.source_url.clone()),
            related: row
                .copies
                .into_iter()
                .map(|(_, url, title)| (url, title))
                .collect(),
            published: row.published,
            updated: row.updated.max(row.published),
            categories,
            summary: Some(lead(if article.text.is_empty() {
                &article.summary
            } else {
                &article.text
            })),
            source: EntrySource {
                id: format!("tag:{authority},{date}:source/{}", article.source),
                title: outlet(config, &article.source, row.source_title),
                link: row.source_site,
                feed_url: Some(row.source_url),
                updated: None,
                rights: None,
            },
            title: article.title,
            authors: article.authors,
            html: article.html,
            language: article.language,
            enclosures: article.enclosures,
            image: article.image,
            also_at,
        }
    }
}

/// What readers call an outlet: the person's name for it, its own, else its id.
fn outlet(config: &Config, id: &SourceId, own: Option<String>) -> String {
    let given = config.source(id).and_then(|s| s.title.clone());
    given.or(own).unwrap_or_else(|| id.to_string())
}

/// The topic, the source's tags, and the outlet's own labels, each in its scheme.
fn categories(config: &Config, topic: &Topic, article: &ArticleRow) -> Vec<Category> {
    let base = &config.daemon.base_url;
    let mut categories = vec![Category {
        term: topic.id.to_string(),
        scheme: Some(format!("{base}topics/")),
        label: Some(topic.title.clone()),
    }];
    let source = config.source(&article.source);
    categories.extend(source.iter().flat_map(|s| &s.tags).map(|tag| Category {
        term: tag.clone(),
        scheme: Some(format!("{base}tags/")),
        label: Some(tag.clone()),
    }));
    categories.extend(article.categories.iter().map(|label| Category {
        term: label.clone(),
        scheme: None,
        label: None,
    }));
    categories
}

/// What a topic's feed holds: the settings of `[publish]`, narrowed by the topic's own.
fn window(config: &Config, topic: &Topic, now: DateTime<Utc>) -> EntryWindow {
    let before = |age: Duration| {
        TimeDelta::from_std(age)
            .ok()
            .and_then(|age| now.checked_sub_signed(age))
            .unwrap_or(DateTime::UNIX_EPOCH)
    };
    let reach = topic
        .since
        .as_deref()
        .and_then(|since| parse_duration(since).ok());
    EntryWindow {
        least: config.publish.entries,
        since: before(reach.unwrap_or(config.publish.keep)),
        reach: reach.map(before),
        per_source: topic.max_per_source,
    }
}

/// The first words of a text, for the summary.
fn lead(text: &str) -> String {
    let mut words = text.split_whitespace();
    let first: Vec<&str> = words.by_ref().take(SUMMARY_WORDS).collect();
    let more = if words.next().is_some() { " …" } else { "" };
    format!("{}{more}", first.join(" "))
}

/// Replaces a file by rename, so that no reader ever sees half of it; leaves it alone when its
/// bytes are the same.
fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = folder.join(format!(".{name}.new"));
    let mut file = File::create(&temporary)?;
    failpoint::reach("publish.opened");
    file.write_all(bytes)?;
    failpoint::reach("publish.written");
    file.sync_all()?;
    failpoint::reach("publish.synced");
    fs::rename(&temporary, path)?;
    failpoint::reach("publish.renamed");
    File::open(folder)?.sync_all()
}
