//! What a poll that brought a document writes, in one transaction: the sightings of its candidates, the articles that some
//! of them become at once, and the source's row.
//!
//! Must not know how a document is fetched or read.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::article::completed;
use super::{Completed, Pipeline};
use crate::model::ArticleId;
use crate::store::{Commit, Move, PollRecord, Seen, Sighting, StoreError, Terms, Writer};

/// Known links of a body that came with new ids: fewer than these say nothing…
const FEWEST_RENAMED: usize = 2;
/// …and less than one in so many neither.
const RENAMED_ONE_IN: usize = 20;

/// Who could tell us of new articles.
pub(super) struct Push {
    /// Hub, and address of the source.
    pub(super) named: Option<(String, String)>,
    pub(super) token: String,
}

/// What a poll that brought a document writes.
pub(super) struct Keeping {
    pub(super) sightings: Vec<Sighting>,
    /// Further candidates that said the same before.
    pub(super) same: usize,
    pub(super) record: PollRecord,
    pub(super) push: Option<Push>,
    pub(super) terms: Terms,
    pub(super) now: DateTime<Utc>,
}

impl Pipeline {
    /// Writes what a poll brought, with the articles that candidates become at once. Where the store refuses that, all
    /// candidates are only recorded: one article must not hold its source up.
    ///
    /// # Errors
    /// When the store refuses; then nothing of the poll is kept.
    pub(super) async fn keep(
        &self,
        keeping: Keeping,
        commits: Vec<Option<Commit>>,
    ) -> Result<Recorded, StoreError> {
        let (keeping, at_once) = (Arc::new(keeping), !commits.is_empty());
        let write = |commits: Vec<Option<Commit>>| {
            let keeping = keeping.clone();
            (self.store).write_shared(move |w| keeping.write(w, &commits))
        };
        let recorded = match write(commits).await {
            Err(error) if at_once => {
                tracing::debug!(%error, "candidates that were to be stored with their poll are only recorded");
                write(Vec::new()).await?
            }
            written => written?,
        };
        if !recorded.completed.is_empty() {
            self.changed.notify_one();
        }
        Ok(recorded)
    }
}

impl Keeping {
    fn write(&self, w: &Writer<'_>, commits: &[Option<Commit>]) -> Result<Recorded, StoreError> {
        let (record, now) = (&self.record, self.now);
        let (mut recorded, churned) = self.record_candidates(w, commits)?;
        recorded.moved = w.record_poll(record)?;
        if let Some(Push { named, token }) = &self.push {
            let named = named
                .as_ref()
                .map(|(hub, own)| (hub.as_str(), own.as_str()));
            w.offer_push(&record.id, named, token, now)?;
        }
        if let Some(churned) = churned {
            recorded.by_link = w.record_churn(&record.id, churned)?;
        }
        Ok(recorded)
    }

    /// Records what was seen; what is judged already is stored. Says whether known links came with new ids; None when no
    /// link was known.
    fn record_candidates(
        &self,
        w: &Writer<'_>,
        commits: &[Option<Commit>],
    ) -> Result<(Recorded, Option<bool>), StoreError> {
        let (mut recorded, mut known, mut renamed) = (Recorded::default(), self.same, 0);
        for (at, sighting) in self.sightings.iter().enumerate() {
            let (seen, completed) = match commits.get(at) {
                Some(Some(commit)) => {
                    let (seen, committed) =
                        w.commit_sighting(sighting, commit, &self.terms, self.now)?;
                    (seen, committed.map(|done| completed(commit, &done)))
                }
                _ => (w.record_sighting(sighting, self.now)?, None),
            };
            match seen {
                Seen::New(id) => {
                    recorded.new += 1;
                    let completed = completed.map(|completed| (id, completed));
                    recorded.completed.extend(completed);
                }
                Seen::Known(_) | Seen::Changed(_) => known += 1,
                Seen::Renamed(_) => renamed += 1,
                Seen::Linked(_) => {}
            }
        }
        let churned = renamed >= FEWEST_RENAMED && renamed * RENAMED_ONE_IN > known + renamed;
        Ok((recorded, (known + renamed > 0).then_some(churned)))
    }
}

/// What writing a poll came to.
#[derive(Default)]
pub(super) struct Recorded {
    /// New candidates.
    pub(super) new: usize,
    /// Those of them that became articles at once.
    pub(super) completed: Vec<(ArticleId, Completed)>,
    /// Whether the source has moved, and whereto.
    pub(super) moved: Option<Move>,
    /// Whether its articles are told apart by their links from now on.
    pub(super) by_link: bool,
}
