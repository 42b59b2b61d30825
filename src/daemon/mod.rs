//! The daemon: what runs for as long as the process does. Scheduler, publisher, web server, reload,
//! systemd, and an orderly end.

mod disk;
mod hub;
mod outage;
mod publisher;
mod push;
mod recording;
mod reload;
mod scheduler;
mod shelf;
mod signals;
mod socket;
mod systemd;
mod upkeep;
mod waiting;
mod worker;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::{Notify, watch};

pub use disk::{LEAST_SPACE, free_space};
pub use hub::{Answer, Door, Knock};
pub use publisher::{PublishError, Publisher, entries_in_feed, publishes};
pub use recording::{Replayed, replay};
pub use reload::{Difference, RELOAD, Refused, Reloaded};
pub use scheduler::{Event, Progress, Scheduler};
pub use shelf::{Document, Held, Shelf};
pub use signals::Signals;
pub use socket::Socket;
pub use waiting::{disk_trouble, serve_until_writable};

use crate::clock::Clock;
use crate::config::{self, Config, Listen};
use crate::fetch::{self, Client, FetchError};
use crate::ingest::Pipeline;
use crate::isolate::Extractor;
use crate::store::{Store, StoreError, on_disk};
use crate::web;
use recording::Diary;

/// How far back a changed topic is judged again on start and reload.
const REJUDGE_DAYS: i64 = 60;
/// How often the publisher looks although nothing woke it: entries age out of the feeds.
const PUBLISH_EVERY: Duration = Duration::from_secs(600);
/// When it publishes again after a refusal.
const PUBLISH_AGAIN: Duration = Duration::from_secs(10);
/// After a change, how long the publisher waits for more of them.
const PUBLISH_PAUSE: Duration = Duration::from_millis(300);
/// How long running work may take to end before it is dropped.
const GRACE: Duration = Duration::from_secs(3);

/// Why the daemon cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The HTTP client.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// Publishing.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The address is taken, or not ours.
    #[error(
        "the address {address} cannot be listened on; is another program using it? Change `listen` in [daemon]"
    )]
    Listen {
        /// The address.
        address: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A recording cannot be made or read.
    #[error("the recording in {} cannot be used", folder.display())]
    Recording {
        /// The folder.
        folder: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The web server broke.
    #[error("the web server stopped")]
    Serve(#[source] std::io::Error),
}

/// A daemon that is set up but not running.
pub struct Daemon {
    /// The configuration in force.
    pub config: watch::Sender<Arc<Config>>,
    /// Where it was read from, for reloading.
    pub path: Option<PathBuf>,
    /// The way of the articles.
    pub pipeline: Pipeline,
    /// The publisher.
    pub publisher: Arc<Publisher>,
    /// What is kept of this run.
    diary: Option<Arc<Diary>>,
}

impl Daemon {
    /// Opens the store, makes it follow the configuration, and restores what earlier runs knew.
    ///
    /// # Errors
    /// When the state folder, the store or the client cannot be used.
    pub async fn open(
        config: Config,
        path: Option<PathBuf>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, DaemonError> {
        let client = Client::new(client_settings(&config), clock.clone())?;
        let store = Store::open(&config.daemon.state_dir)?;
        Self::on(store, config, path, (client, clock)).await
    }

    /// A daemon on a store, with a client and a clock of its own: for what is done again, or simulated.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn on(
        store: Store,
        config: Config,
        path: Option<PathBuf>,
        (client, clock): (Client, Arc<dyn Clock>),
    ) -> Result<Self, DaemonError> {
        let mut pipeline = Pipeline::open(store, client, clock, &config).await?;
        pipeline.extractor = Extractor::workers();
        let publisher = Arc::new(Publisher::new(
            pipeline.store.clone(),
            pipeline.clock.clone(),
            pipeline.minting.clone(),
        ));
        let (sender, _) = watch::channel(Arc::new(config));
        Ok(Self {
            config: sender,
            path,
            pipeline,
            publisher,
            diary: None,
        })
    }

    /// The configuration in force.
    pub fn current(&self) -> Arc<Config> {
        self.config.borrow().clone()
    }

    /// Judges what is stored by the topics whose rules have changed.
    async fn rejudge(&self) -> Result<(), DaemonError> {
        let since = self.pipeline.clock.now() - TimeDelta::days(REJUDGE_DAYS);
        let judged = self.pipeline.rejudge(&self.current(), since).await?;
        if judged > 0 {
            tracing::info!(
                judged,
                "{judged} stored articles were judged by changed topics"
            );
        }
        Ok(())
    }

    /// Polls everything due once, publishes, and ends. Where there is neither a folder nor a hub to
    /// see what is published, nothing is rendered: there is no web server.
    ///
    /// # Errors
    /// When the store or the output folder refuses.
    pub async fn once(&self, progress: &dyn Progress) -> Result<(), DaemonError> {
        if self.diary.is_none() {
            self.rejudge().await?;
        }
        let mut scheduler = self.scheduler();
        scheduler.sweep(progress).await?;
        self.pipeline.extractor.dismiss().await;
        let config = self.current();
        let seen = config.publish.output_dir.is_some() || !config.hubs().is_empty();
        if seen || self.diary.is_some() {
            self.publish_in_diary().await?;
        } else {
            self.publisher.tell().await?;
        }
        self.hub().1.sweep().await?;
        self.purge().await?;
        self.index().await?;
        self.pipeline.remember().await?;
        self.pipeline.store.close().await;
        Ok(())
    }

    /// Runs until it is told to stop.
    ///
    /// # Errors
    /// When the address is taken, the web server breaks or the store refuses.
    pub async fn run(&self, signals: Signals, progress: &dyn Progress) -> Result<(), DaemonError> {
        let socket = listen(&self.current()).await?;
        self.run_on(socket, signals, progress).await
    }

    /// Runs on a listener that is open already.
    ///
    /// # Errors
    /// When the web server breaks or the store refuses.
    pub async fn run_on(
        &self,
        socket: impl Into<Socket>,
        signals: Signals,
        progress: &dyn Progress,
    ) -> Result<(), DaemonError> {
        self.publisher.start_lightly().await;
        let again = self.publish_or_say().await?;
        let (door, mut hub) = self.hub();
        let site = web::Site {
            hub: door,
            publisher: self.publisher.clone(),
            store: self.pipeline.store.clone(),
            config: self.config.subscribe(),
            clock: self.pipeline.clock.clone(),
            counted: web::status::Counted::default(),
        };
        let server = web::serve(socket.into(), web::Front::new(site), web::Limits::default());
        let mut scheduler = self.scheduler();
        let beat = scheduler.beat();
        self.ready_to_reload().await;
        systemd::ready(&self.current());
        let result = tokio::select! {
            served = server => served.map_err(DaemonError::Serve),
            scheduled = scheduler.run(progress) => scheduled.map_err(DaemonError::Store),
            published = self.keep_publishing(again, hub.waker()) => published,
            () = hub.run() => Ok(()),
            () = self.keep_reloading(&signals) => Ok(()),
            () = self.keep_purging() => Ok(()),
            () = self.keep_indexing() => Ok(()),
            () = self.keep_watching_the_disk() => Ok(()),
            () = systemd::keep_alive(beat, self.pipeline.store.clone()) => Ok(()),
            () = signals.stop.cancelled() => Ok(()),
        };
        systemd::stopping();
        self.no_more_reloads();
        tokio::join!(scheduler.finish(GRACE), hub.finish(GRACE));
        if self.diary.is_some() {
            self.publish_in_diary().await?;
        }
        self.pipeline.remember().await?;
        self.pipeline.store.close().await;
        result
    }

    fn scheduler(&self) -> Scheduler {
        let scheduler = Scheduler::new(self.pipeline.clone(), self.config.subscribe());
        scheduler.with_diary(self.diary.clone())
    }

    /// Publishes, and says what the disk refuses; returns when to publish again although nothing
    /// has changed.
    ///
    /// # Errors
    /// When something else is wrong.
    async fn publish_or_say(&self) -> Result<Duration, PublishError> {
        let error = match self.publish_in_diary().await {
            Ok(changed) => {
                tracing::debug!(changed, "{changed} documents were published anew");
                self.tell_of_the_folder(None);
                return Ok(PUBLISH_EVERY);
            }
            Err(error) => error,
        };
        match &error {
            PublishError::File { path, .. } => self.tell_of_the_folder(Some(format!(
                "the published file {path} cannot be replaced or removed: see to its disk and its rights, and the work goes on by itself"
            ))),
            PublishError::Store(store) if on_disk(store).is_some() => {}
            _ => return Err(error),
        }
        tracing::error!("{}", crate::report(&error));
        Ok(PUBLISH_AGAIN)
    }

    /// Says what keeps documents out of the output folder; the feed of health follows.
    fn tell_of_the_folder(&self, words: Option<String>) {
        if self.publisher.shelf.set_trouble(words) {
            self.pipeline.changed.notify_one();
        }
    }

    async fn keep_publishing(
        &self,
        mut again: Duration,
        hub: Arc<Notify>,
    ) -> Result<(), DaemonError> {
        loop {
            let woken = self.pipeline.changed.notified();
            if tokio::time::timeout(again, woken).await.is_ok() {
                tokio::time::sleep(PUBLISH_PAUSE).await;
            }
            again = match self.publish_or_say().await {
                Ok(again) => again,
                Err(error) => {
                    tracing::error!("{}", crate::report(&error));
                    PUBLISH_AGAIN
                }
            };
            hub.notify_one();
            if let Err(error) = self.pipeline.remember().await {
                tracing::error!("{}", crate::report(&error));
            }
        }
    }
}

/// The socket of the configured address.
async fn listen(config: &Config) -> Result<Socket, DaemonError> {
    let listen = &config.daemon.listen;
    let socket = Socket::open(listen).await;
    socket.map_err(|source| DaemonError::Listen {
        address: match listen {
            Listen::Tcp(address) => address.to_string(),
            Listen::Unix(path) => path.display().to_string(),
        },
        source,
    })
}

/// A client with the daemon's manners, for a command that fetches a page. To be called within an
/// async runtime.
///
/// # Errors
/// When the client cannot be built.
pub fn client(config: &Config, clock: Arc<dyn Clock>) -> Result<Client, FetchError> {
    Client::new(client_settings(config), clock)
}

/// How the client introduces itself: `+URL; contact`. An address that only this machine can open
/// says nothing to an operator and is left out.
fn introduction(daemon: &config::Daemon) -> String {
    let reachable = match daemon.base_url.host() {
        Some(url::Host::Domain(name)) => !fetch::guard::is_localhost(name),
        Some(url::Host::Ipv4(ip)) => fetch::guard::forbidden(ip.into()).is_none(),
        Some(url::Host::Ipv6(ip)) => fetch::guard::forbidden(ip.into()).is_none(),
        None => false,
    };
    let url = reachable.then(|| format!("+{}", daemon.base_url));
    let parts: Vec<String> = url.into_iter().chain(daemon.contact.clone()).collect();
    parts.join("; ")
}

/// What the configuration says of the client.
pub fn client_settings(config: &Config) -> fetch::Settings {
    let f = &config.fetch;
    fetch::Settings {
        user_agent: f
            .user_agent
            .clone()
            .unwrap_or_else(|| fetch::user_agent(&introduction(&config.daemon))),
        connect_timeout: f.connect_timeout,
        read_timeout: f.read_timeout,
        total_timeout: f.timeout,
        max_concurrent: f.concurrency,
        min_gap: f.gap,
        proxy: f.proxy.clone(),
        allow_private: f.allow_private.clone(),
        ..fetch::Settings::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_introduces_itself_by_what_an_operator_can_use() {
        for (base_url, contact, expected) in [
            ("http://127.0.0.1:8427/", None, ""),
            (
                "http://localhost:8427/",
                Some("mailto:me@example.org"),
                "mailto:me@example.org",
            ),
            ("http://192.168.1.5/", None, ""),
            (
                "https://feeds.example.org/",
                None,
                "+https://feeds.example.org/",
            ),
            (
                "https://feeds.example.org/",
                Some("mailto:me@example.org"),
                "+https://feeds.example.org/; mailto:me@example.org",
            ),
        ] {
            let daemon = config::Daemon {
                state_dir: PathBuf::new(),
                listen: Listen::Tcp(([127, 0, 0, 1], 8427).into()),
                hosts: Vec::new(),
                base_url: base_url.parse().unwrap(),
                contact: contact.map(str::to_owned),
            };
            assert_eq!(introduction(&daemon), expected, "{base_url}");
        }
    }
}
