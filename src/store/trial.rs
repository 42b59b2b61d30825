//! Placing on trial: which group a stored article belongs to, or would belong to if a topic came to want it. Nothing is
//! written, so that a person can be told what a change of rules would do.

use super::lookup::StoryLookup;
use super::memory::Memory;
use super::{ArticleRow, Queries, Result, Terms};
use crate::model::{ArticleId, StoryId};
use crate::story::{Assignment, Index, Known, Lookup, Publication, Settings, place};

/// Places that articles would get one after the other, each among what is stored and those before it.
pub struct Trial {
    terms: Terms,
    memory: Memory,
    placed: Index,
}

impl Trial {
    /// Nothing has got a place yet.
    pub fn new(terms: Terms) -> Self {
        Self {
            terms,
            memory: Memory::default(),
            placed: Index::default(),
        }
    }

    /// The first article of the group that an article would belong to.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn head(&mut self, queries: Queries<'_>, row: &ArticleRow) -> Result<ArticleId> {
        if row.placed {
            return Ok(row.head);
        }
        let settings = &self.terms.stories;
        let among = (queries, &self.memory);
        let lookup = StoryLookup::new(among, row.id, row.published, &self.terms);
        let Some(known) = lookup.known(row.id)? else {
            return Ok(row.head);
        };
        let arrival = lookup.whole(known)?.arrival.clone();
        if let Some(group) = group(&place(&arrival, &lookup, settings)?, settings) {
            return lookup.queries().head(group);
        }
        let Ok(assignment) = place(&arrival, &self.placed, settings);
        let group = group(&assignment, settings);
        self.placed.insert(Known {
            article: row.id,
            story: assignment.story.unwrap_or(StoryId(row.id.0)),
            representative: ArticleId(assignment.story.map_or(row.id.0, |story| story.0)),
            behind: group,
            arrival,
        });
        Ok(group.unwrap_or(row.id))
    }
}

/// The article behind which, or in whose stead, one of this assignment is shown; none where it is shown by itself.
pub(super) fn group(assignment: &Assignment, settings: &Settings) -> Option<ArticleId> {
    match settings.publication(assignment.level) {
        Publication::Show => None,
        _ => assignment.behind.or(assignment.of),
    }
}
