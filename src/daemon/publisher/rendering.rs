//! From a channel to its documents: what it holds is read from the store, made into a feed, and rendered.

use chrono::DateTime;
use xxhash_rust::xxh3::xxh3_64;

use super::channel::{Channel, Contents};
use super::entry::Press;
use super::{Memory, PublishError, Publisher};
use crate::config::Config;
use crate::feed_out::{self, ArchiveLinks, Formats, OutEntry, OutFeed};
use crate::model::Person;

/// A document before it is put in place.
pub(super) struct Rendered {
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
    pub(super) media_type: &'static str,
}

/// Home page named in the feeds' generator element.
const GENERATOR_URL: Option<&str> = None;
/// Most entries of the health feed and of a feed of rejections.
const NOTICES: usize = 200;

impl Publisher {
    /// The number of a channel's newest archive, and what it holds, with its mark; None when that is
    /// what the documents at these paths were rendered from last.
    pub(super) async fn feed(
        &self,
        memory: &Memory,
        config: &Config,
        channel: &Channel,
        paths: &[String],
    ) -> Result<(u32, Option<(OutFeed, u64)>), PublishError> {
        let mut feed = self.frame(config, channel);
        let press = self.press(config, channel);
        let Contents::Entries(selection) = &channel.contents else {
            feed.entries = self.notices(memory, channel, &press).await?;
            let mark = xxh3_64(format!("{feed:?}").as_bytes());
            let is_new = !self.is_in_place(memory, config, paths, mark);
            return Ok((0, is_new.then_some((feed, mark))));
        };
        let (key, selection, window) = (channel.file.clone(), selection.clone(), channel.window);
        let places = self
            .store
            .read(move |r| r.queries().places(&key, &selection, &window));
        let mut places = places.await?;
        let newest = self.archive(config, channel, &mut places).await?;
        let marks = places.iter().map(|place| place.mark);
        let marks: Vec<u64> = marks.chain([newest.into()]).collect();
        let mark = xxh3_64(format!("{marks:?}").as_bytes());
        if self.is_in_place(memory, config, paths, mark) {
            return Ok((newest, None));
        }
        // An article may come in with a date before that of others (RFC 4287 §4.2.15).
        let entered = places.iter().map(|place| place.entered).max();
        feed.updated = entered.unwrap_or(feed.updated);
        let rows = self.store.read(move |r| r.queries().entry_rows(places));
        let rows = rows.await?.into_iter();
        feed.entries = rows.map(|row| press.article(row)).collect();
        let base = &config.daemon.base_url;
        feed.archive = (newest > 0).then(|| ArchiveLinks {
            current: format!("{base}{}", channel.path("atom")),
            prev: Some(format!("{base}{}", channel.archive_path(newest))),
            ..ArchiveLinks::default()
        });
        Ok((newest, Some((feed, mark))))
    }

    /// The entries of a channel that are no articles of it.
    async fn notices(
        &self,
        memory: &Memory,
        channel: &Channel,
        press: &Press<'_>,
    ) -> Result<Vec<OutEntry>, PublishError> {
        let since = channel.window.since;
        let Contents::Rejected(topic) = &channel.contents else {
            let events = self.store.read(move |r| r.queries().events(since, NOTICES));
            let events = events.await?;
            let events = memory.disk.iter().chain(&events);
            return Ok(events.map(|event| press.event(event)).collect());
        };
        let id = topic.clone();
        let found = self
            .store
            .read(move |r| r.queries().rejections(&id, since, NOTICES));
        Ok((found.await?.iter())
            .map(|rejection| press.rejection(topic, rejection))
            .collect())
    }

    pub(super) fn press<'a>(&'a self, config: &'a Config, channel: &'a Channel) -> Press<'a> {
        Press {
            config,
            minting: &self.minting,
            language: &channel.language,
        }
    }

    /// A feed without entries.
    pub(super) fn frame(&self, config: &Config, channel: &Channel) -> OutFeed {
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
}

/// Renders those documents of a channel that are wanted.
pub(super) fn render(
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
