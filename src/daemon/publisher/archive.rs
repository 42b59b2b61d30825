//! Archive documents (RFC 5005 §4): what leaves a feed goes into one, so that a reader that was
//! away loses nothing.
//!
//! An archive is written once and never changed: it has no link to the next, which is not there
//! yet when it is written. An entry that changes after it was archived comes back into the feed
//! itself, as §4 advises, at its old place. Entries stay in the feed until an archive is full.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::channel::Channel;
use super::folder;
use super::{PublishError, Publisher};
use crate::config::Config;
use crate::feed_out::{self, ArchiveLinks};
use crate::store::{Archive, Place};

/// Entries of an archive document.
const ENTRIES: usize = 50;

impl Publisher {
    /// Moves entries that have left the window into archives, as long as they fill one; returns
    /// the number of the newest archive, 0 when there is none.
    pub(super) async fn archive(
        &self,
        config: &Config,
        channel: &Channel,
        places: &mut Vec<Place>,
    ) -> Result<u32, PublishError> {
        let key = channel.file.clone();
        let mut newest = self
            .store
            .read(move |r| r.queries().newest_archive(&key))
            .await?;
        loop {
            let ripe = places.iter().filter(|place| place.ripe).count();
            if ripe < ENTRIES || self.store.trouble().is_some() {
                return Ok(newest);
            }
            let mut younger = ripe - ENTRIES;
            let mut chosen = Vec::with_capacity(ENTRIES);
            places.retain(|place| {
                let goes = place.ripe && younger == 0;
                younger -= usize::from(place.ripe && !goes);
                if goes {
                    chosen.push(place.clone());
                }
                !goes
            });
            newest += 1;
            self.write_archive(config, channel, newest, chosen).await?;
        }
    }

    async fn write_archive(
        &self,
        config: &Config,
        channel: &Channel,
        number: u32,
        places: Vec<Place>,
    ) -> Result<(), PublishError> {
        let base = config.daemon.base_url.to_string();
        let chosen = places.clone();
        let rows = self
            .store
            .read(move |r| r.queries().entry_rows(chosen))
            .await?;
        let mut feed = self.frame(config, channel);
        let press = self.press(config, channel);
        feed.entries = rows.into_iter().map(|row| press.article(row)).collect();
        feed.self_url = format!("{base}{}", channel.archive_path(number));
        feed.archive = Some(ArchiveLinks {
            current: format!("{base}{}", channel.path("atom")),
            prev: (number > 1).then(|| format!("{base}{}", channel.archive_path(number - 1))),
            next: None,
            is_archive: true,
        });
        let bytes = feed_out::atom(&feed);
        let archive = Archive {
            channel: channel.file.clone(),
            number,
            base,
            modified: feed.last_change(),
            bytes: pack(&bytes)?,
        };
        self.store
            .write(move |w| w.add_archive(&archive, &places))
            .await?;
        Ok(())
    }

    /// Writes the files of a channel's archives, as far as they are missing, the oldest first, and
    /// removes those of archives that were dropped.
    pub(super) async fn write_archive_files(
        &self,
        config: &Config,
        channel: &Channel,
        newest: u32,
    ) -> Result<(), PublishError> {
        let Some(folder) = self.folder(config).filter(|_| newest > 0) else {
            return Ok(());
        };
        let key = channel.file.clone();
        let oldest = self
            .store
            .read(move |r| r.queries().oldest_archive(&key))
            .await?;
        let dropped = (1..oldest).rev().map(|number| channel.archive_path(number));
        // Dropped before, the older ones too: the first that is not there ends it.
        for path in dropped.map(|path| folder::file_of(folder, &path)) {
            if std::fs::remove_file(path).is_err() {
                break;
            }
        }
        let missing = |number: &u32| {
            let file = folder::file_of(folder, &channel.archive_path(*number));
            !file.exists()
        };
        // They are written in this order: where one is, the older ones are.
        let mut numbers: Vec<u32> = (oldest.max(1)..=newest).rev().take_while(missing).collect();
        while let Some(number) = numbers.pop() {
            let key = channel.file.clone();
            let archive = self
                .store
                .read(move |r| r.queries().archive(&key, number))
                .await?;
            if let Some(archive) = archive {
                let bytes = unpack(&archive.bytes)?;
                self.write_file(config, channel.archive_path(number), bytes)
                    .await?;
            }
        }
        Ok(())
    }

    /// Gives the links of archives the new address of a site that has moved: the only change that
    /// an archive ever sees.
    pub(super) async fn move_archives(&self, config: &Config) -> Result<(), PublishError> {
        let base = config.daemon.base_url.to_string();
        let here = base.clone();
        let elsewhere = self
            .store
            .read(move |r| r.queries().archives_elsewhere(&here))
            .await?;
        for (channel, number) in elsewhere {
            let key = channel.clone();
            let found = self
                .store
                .read(move |r| r.queries().archive(&key, number))
                .await?;
            let Some(archive) = found else {
                continue;
            };
            let text = String::from_utf8_lossy(&unpack(&archive.bytes)?).into_owned();
            let moved = text.replace(&format!("=\"{}", archive.base), &format!("=\"{base}"));
            let path = format!("feeds/archive/{channel}/{number}.atom");
            let packed = pack(moved.as_bytes())?;
            self.write_file(config, path, moved.into_bytes()).await?;
            let archive = Archive {
                base: base.clone(),
                bytes: packed,
                ..archive
            };
            self.store.write(move |w| w.move_archive(&archive)).await?;
        }
        Ok(())
    }

    async fn write_file(
        &self,
        config: &Config,
        path: String,
        bytes: Vec<u8>,
    ) -> Result<(), PublishError> {
        let Some(folder) = &config.publish.output_dir else {
            return Ok(());
        };
        let file = folder::file_of(folder, &path);
        folder::replace(vec![(file, bytes.into())]).await
    }
}

fn pack(bytes: &[u8]) -> Result<Vec<u8>, PublishError> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .map_err(PublishError::Archive)
}

fn unpack(bytes: &[u8]) -> Result<Vec<u8>, PublishError> {
    let mut plain = Vec::new();
    GzDecoder::new(bytes)
        .read_to_end(&mut plain)
        .map_err(PublishError::Archive)?;
    Ok(plain)
}
