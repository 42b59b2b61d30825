//! The disk beneath the state folder: how much of it is free, and telling before it is full.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::Daemon;
use crate::store::{Event, StoreError};

/// Least space that should be free, in KiB.
pub const LEAST_SPACE: u64 = 200 << 10;
/// Time between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(3_600);

/// Free space on the disk of a folder in KiB, as `df` tells it (POSIX); None where it does not.
pub fn free_space(folder: &Path) -> Option<u64> {
    let output = Command::new("df").arg("-Pk").arg(folder).output().ok()?;
    free_in(&String::from_utf8_lossy(&output.stdout))
}

fn free_in(table: &str) -> Option<u64> {
    let mut fields = table.lines().nth(1)?.split_whitespace();
    fields.nth(3)?.parse().ok()
}

impl Daemon {
    /// Looks at the disk, and tells in log and health feed when it is nearly full. Never ends.
    pub(super) async fn keep_watching_the_disk(&self) {
        loop {
            let folder = self.current().daemon.state_dir.clone();
            let free = tokio::task::spawn_blocking(move || free_space(&folder)).await;
            if free.ok().flatten().is_some_and(|kib| kib < LEAST_SPACE)
                && let Err(error) = self.tell_full_disk().await
            {
                tracing::error!("{}", crate::report(&error));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn tell_full_disk(&self) -> Result<(), StoreError> {
        let folder = self.current().daemon.state_dir.display().to_string();
        let words = format!(
            "less than {} MiB are free on the disk of {folder}; make room, or move `state_dir`",
            LEAST_SPACE / 1_024
        );
        tracing::error!("{words}");
        let now = self.pipeline.clock.now();
        let event = Event {
            id: 0,
            at: now,
            kind: "disk".to_owned(),
            subject: String::new(),
            since: now,
            words,
        };
        self.pipeline
            .store
            .write(move |w| w.record_events(&[event]))
            .await?;
        self.pipeline.changed.notify_one();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_space_is_the_fourth_column() {
        let table = "Filesystem     1024-blocks    Used Available Capacity Mounted on\n\
            /dev/vda         263174212 36700160 59768832      38% /\n";
        assert_eq!(free_in(table), Some(59_768_832));
        assert_eq!(free_in("df: no such thing"), None);
        assert_eq!(free_in(""), None);
    }
}
