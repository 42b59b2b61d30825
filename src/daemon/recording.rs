//! Record and replay: what was done at which time goes onto the tape beside what the world
//! answered, and can be done again, offline, to the same store and the same published bytes.
//!
//! While a recording is made one thing is done after the other, and time stands still meanwhile:
//! that is what makes a replay exact.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

use super::{Daemon, DaemonError, PublishError, client_settings};
use crate::clock::{Clock, FixedClock, HeldClock, SkippingTimer};
use crate::config::Config;
use crate::fetch::Client;
use crate::fetch::recording::{Recording, Tape};
use crate::ingest::Pipeline;
use crate::model::{ArticleId, SourceId};
use crate::store::{DATABASE, Store, StoreError};

/// Name of the copy of the database as it was before.
const BEFORE: &str = "before.sqlite";

/// Writes down what is done.
pub(super) struct Diary {
    tape: Arc<Tape>,
    clock: Arc<HeldClock>,
    turn: Mutex<()>,
}

/// Something that is being done: time stands still until this is dropped.
pub(super) struct Doing<'a> {
    diary: &'a Diary,
    event: Value,
    _turn: MutexGuard<'a, ()>,
}

impl Doing<'_> {
    /// It is done and committed. What never came to that, because the daemon ended or the store
    /// refused, has left no trace, and is not to be done again.
    pub(super) fn done(self) {
        self.diary.tape.note(&self.event);
    }
}

impl Drop for Doing<'_> {
    fn drop(&mut self) {
        self.diary.clock.release();
    }
}

impl Diary {
    /// A source is about to be polled.
    pub(super) async fn polls(&self, id: &SourceId) -> Doing<'_> {
        self.does("poll", id.as_str()).await
    }

    /// An article is about to be completed.
    pub(super) async fn completes(
        &self,
        pipeline: &Pipeline,
        id: ArticleId,
    ) -> Result<Doing<'_>, StoreError> {
        let article = pipeline
            .store
            .read(move |r| r.queries().article(id))
            .await?;
        let identity = article.map(|article| article.identity).unwrap_or_default();
        Ok(self.does("complete", &identity).await)
    }

    /// Waits for what is being done, so that the order on the tape is that of the commits.
    async fn does(&self, what: &str, of: &str) -> Doing<'_> {
        let turn = self.turn.lock().await;
        let now = self.clock.hold();
        Doing {
            _turn: turn,
            diary: self,
            event: json!({"at": now, what: of}),
        }
    }
}

impl Daemon {
    /// Like [`Daemon::open`], keeping in `folder` what is exchanged and what is done.
    ///
    /// # Errors
    /// Those of [`Daemon::open`]; when the folder cannot be written or holds a recording.
    pub async fn open_recording(
        config: Config,
        path: Option<PathBuf>,
        clock: Arc<dyn Clock>,
        folder: &Path,
    ) -> Result<Self, DaemonError> {
        let tape = Tape::create(folder).map_err(|e| unusable(folder, e))?;
        let clock = Arc::new(HeldClock::new(clock));
        let client = Client::new(client_settings(&config), clock.clone())?.recording(&tape);
        let store = Store::open(&config.daemon.state_dir)?;
        let before = folder.join(BEFORE);
        store.read(move |r| r.copy_to(&before)).await?;
        let diary = Diary {
            tape,
            clock: clock.clone(),
            turn: Mutex::default(),
        };
        let opening = diary.does("open", env!("CARGO_PKG_VERSION")).await;
        let mut daemon = Self::on(store, config, path, (client, clock.clone())).await?;
        daemon.rejudge().await?;
        opening.done();
        daemon.diary = Some(Arc::new(diary));
        daemon.render_everything();
        Ok(daemon)
    }

    /// What is done again must not depend on what readers asked for.
    fn render_everything(&mut self) {
        let publisher = Arc::get_mut(&mut self.publisher).expect("nobody else has it yet");
        publisher.exhaustive = true;
    }

    /// Publishes, at a time that is written down if there is a diary; returns how many documents
    /// changed.
    pub(super) async fn publish_in_diary(&self) -> Result<usize, PublishError> {
        let Some(diary) = self.diary.clone() else {
            return self.publisher.publish(&self.current()).await;
        };
        let (publisher, config) = (self.publisher.clone(), self.config.subscribe());
        // By itself, so that it is done and written down, or neither: the daemon may be told to end meanwhile.
        let publishing = tokio::spawn(async move {
            let publishing = diary.does("publish", "").await;
            let config = config.borrow().clone();
            let changed = publisher.publish(&config).await?;
            publishing.done();
            Ok(changed)
        });
        match publishing.await {
            Ok(published) => published,
            Err(failed) => std::panic::resume_unwind(failed.into_panic()),
        }
    }
}

/// What a replay did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Sources polled.
    pub polls: usize,
    /// Articles completed.
    pub articles: usize,
    /// Events that this configuration does not lead to: other sources, other rules.
    pub skipped: usize,
}

/// Does again what a recording says, into a folder of its own: `state` and `feeds` in it.
///
/// # Errors
/// When the recording cannot be read, the folder holds a state already, or the store refuses.
pub async fn replay(
    mut config: Config,
    recording: &Path,
    into: &Path,
) -> Result<Replayed, DaemonError> {
    let mut tape = Recording::open(recording).map_err(|e| unusable(recording, e))?;
    let events = std::mem::take(&mut tape.events);
    config.daemon.state_dir = into.join("state");
    config.publish.output_dir = Some(into.join("feeds"));
    fresh_state(&config.daemon.state_dir, &recording.join(BEFORE))
        .map_err(|e| unusable(recording, e))?;
    let clock = Arc::new(FixedClock::new(at(events.first())));
    let client = Client::with_exchange(
        client_settings(&config),
        clock.clone(),
        Arc::new(SkippingTimer::default()),
        tape.into_exchange(),
    );
    let store = Store::open(&config.daemon.state_dir)?;
    let mut daemon = Daemon::on(store, config, None, (client, clock.clone())).await?;
    daemon.render_everything();
    daemon.rejudge().await?;
    let mut replayed = Replayed::default();
    for event in &events {
        clock.set(at(Some(event)));
        daemon.again(event, &mut replayed).await?;
    }
    daemon.purge().await?;
    daemon.pipeline.store.close().await;
    Ok(replayed)
}

impl Daemon {
    async fn again(&self, event: &Value, replayed: &mut Replayed) -> Result<(), DaemonError> {
        let config = self.current();
        let text = |key: &str| event[key].as_str().map(str::to_owned);
        if let Some(id) = text("poll") {
            match config.source(&SourceId(id.into())) {
                Some(source) => {
                    self.pipeline.poll(&config, source).await?;
                    replayed.polls += 1;
                }
                None => replayed.skipped += 1,
            }
        } else if let Some(identity) = text("complete") {
            let id = self
                .pipeline
                .store
                .read(move |r| r.queries().by_identity(&identity))
                .await?;
            match id {
                Some(id) => {
                    self.pipeline.complete(&config, vec![id]).await?;
                    replayed.articles += 1;
                }
                None => replayed.skipped += 1,
            }
        } else if event["publish"].is_string() {
            self.publisher.publish(&config).await?;
        }
        self.pipeline.remember().await?;
        Ok(())
    }
}

fn at(event: Option<&Value>) -> DateTime<Utc> {
    let text = event.and_then(|event| event["at"].as_str());
    text.and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn fresh_state(state: &Path, before: &Path) -> io::Result<()> {
    let database = state.join(DATABASE);
    if database.exists() {
        let message = format!(
            "{} is there already: replay into an empty folder",
            database.display()
        );
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
    }
    fs::create_dir_all(state)?;
    fs::copy(before, database).map(drop)
}

fn unusable(folder: &Path, source: io::Error) -> DaemonError {
    DaemonError::Recording {
        folder: folder.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;
    use crate::config;

    /// The end of the daemon drops what it waits for: what was published then stood in the folder and on no tape.
    #[tokio::test]
    async fn a_publishing_that_nobody_waits_for_is_done_and_written_down() {
        let folder = tempfile::tempdir().expect("a folder");
        let main = folder.path().join("depeche.toml");
        let text = format!("[daemon]\nstate_dir = {:?}\n", folder.path().join("state"));
        fs::write(&main, text).expect("written");
        for (name, text) in [
            ("sources.toml", ""),
            ("topics.toml", "[[topic]]\nid = \"a\"\nall = [\"@chine\"]\n"),
        ] {
            fs::write(folder.path().join(name), text).expect("written");
        }
        let config = config::load(Some(&main)).unwrap_or_else(|p| panic!("{}", p[0]));
        let clock = Arc::new(FixedClock::new(DateTime::UNIX_EPOCH));
        let tape = folder.path().join("tape");
        let daemon = Daemon::open_recording(config, Some(main), clock, &tape);
        let daemon = daemon.await.expect("opened");
        assert!(daemon.publish_in_diary().now_or_never().is_none());
        daemon.publish_in_diary().await.expect("published");
        let recorded = Recording::open(&tape).expect("a recording").events;
        let publishings = recorded.iter().filter(|event| event["publish"].is_string());
        assert_eq!(publishings.count(), 2, "{recorded:?}");
        daemon.pipeline.store.close().await;
    }
}
