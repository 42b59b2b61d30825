//! A start on a disk that takes nothing. What was published is served from the store as it is, the
//! trouble is named, and nothing else is done until the disk can be written: then the daemon starts
//! as ever.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::{DaemonError, Door, PublishError, Publisher, Signals, listen, systemd};
use crate::clock::Clock;
use crate::config::Config;
use crate::store::{DATABASE, Store, on_disk, takes_something};
use crate::web;

/// How often it is tried whether the disk takes something.
const TRY_EVERY: Duration = Duration::from_secs(2);

/// What is wrong with the disk of the state folder, as a sentence, when it holds a store that could
/// not be written.
pub fn disk_trouble(config: &Config) -> Option<&'static str> {
    let folder = &config.daemon.state_dir;
    let probed = if folder.join(DATABASE).exists() {
        takes_something(folder)
    } else {
        Ok(())
    };
    probed.err().as_ref().and_then(on_disk)
}

impl DaemonError {
    /// What is wrong with the disk of the state folder, as a sentence, when it is to blame.
    pub fn disk_trouble(&self) -> Option<&'static str> {
        match self {
            Self::Store(error) | Self::Publish(PublishError::Store(error)) => on_disk(error),
            _ => None,
        }
    }
}

/// Whether a store can be opened in a folder and written.
async fn can_be_opened(folder: &Path) -> bool {
    let folder = folder.to_owned();
    let opening = tokio::task::spawn_blocking(move || {
        takes_something(&folder)?;
        Store::open(&folder)
    });
    match opening.await {
        Ok(Ok(store)) => {
            store.close().await;
            true
        }
        _ => false,
    }
}

/// Serves what there is until the disk of the state folder can be written; false when told to stop.
///
/// # Errors
/// When the store cannot even be read, the address is taken, or the web server breaks.
pub async fn serve_until_writable(
    config: Config,
    clock: Arc<dyn Clock>,
    trouble: &str,
    signals: &Signals,
) -> Result<bool, DaemonError> {
    let store = Store::open_reading(&config.daemon.state_dir, trouble)?;
    tracing::error!("{trouble}; until then only what is stored is served");
    let minting = store.read(|r| r.queries().minting()).await?;
    let publisher = Publisher::new(store.clone(), clock.clone(), minting);
    publisher.start_lightly().await;
    publisher.publish(&config).await?;
    let (folder, socket) = (config.daemon.state_dir.clone(), listen(&config).await?);
    let (_sender, receiver) = watch::channel(Arc::new(config));
    let site = web::Site {
        hub: Door::closed(),
        publisher: Arc::new(publisher),
        store: store.clone(),
        config: receiver,
        counted: web::status::Counted::default(),
        clock,
    };
    let writable = async {
        loop {
            systemd::waiting(trouble);
            tokio::time::sleep(TRY_EVERY).await;
            if can_be_opened(&folder).await {
                break;
            }
        }
    };
    let ended = tokio::select! {
        served = web::serve(socket, web::Front::new(site), web::Limits::default()) => {
            served.map_err(DaemonError::Serve).map(|()| false)
        }
        () = writable => Ok(true),
        () = signals.stop.cancelled() => Ok(false),
    };
    store.close().await;
    ended
}
