//! Settings of story identity, with the values that were measured as defaults.

use serde::{Deserialize, Serialize};

use super::compare::Level;

/// Keys two articles must share before they are compared.
pub const MIN_SHARED: u32 = 2;
/// Most articles one arrival is compared with by keys.
pub const MOST_CANDIDATES: usize = 10;
/// Articles within the window from which a key is too common to say anything, and is passed over.
pub const HOT_KEY: usize = 64;

/// What is kept out of the feeds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Collapse {
    /// Nothing but new versions of one article.
    Off,
    /// Copies.
    #[default]
    Copy,
    /// Copies and derived articles.
    Derived,
}

/// What to do with an article that contains an earlier one and adds to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnLonger {
    /// Readers keep the first one.
    KeepFirst,
    /// The longer one takes its place.
    Replace,
    /// Both are published: many such articles are round-ups around a brief.
    #[default]
    Both,
}

/// With what an arrival is compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// With the articles of every source.
    #[default]
    All,
    /// With the articles of its own source.
    Source,
}

/// What becomes of an article at its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publication {
    /// It is published.
    Show,
    /// It is kept, but represented by another.
    Hide,
    /// It is published in the place of the one it extends.
    Replace,
}

/// `[dedup]`. The thresholds need no change; they are settings so that a test can move them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Days within which two texts that are merely alike may be one story.
    pub window_days: u32,
    /// Days within which a text repeated word for word is a copy.
    pub hash_window_days: u32,
    /// What is kept out of the feeds.
    pub collapse: Collapse,
    /// What to do with longer ones.
    pub on_longer: OnLonger,
    /// With what an arrival is compared.
    pub scope: Scope,
    /// Copy: least Jaccard similarity.
    pub copy_jaccard: f64,
    /// Copy: least share of the new article that the old one holds; also, for extends, least share
    /// of the old one that the new one holds.
    pub copy_containment: f64,
    /// Extends: how many times as long as the old one the new one must be.
    pub longer: f64,
    /// Derived: least Jaccard similarity.
    pub derived_jaccard: f64,
    /// Derived: least containment, either way.
    pub derived_containment: f64,
    /// Story: least containment, either way.
    pub story_containment: f64,
    /// Story: hours within which.
    pub story_hours: u32,
    /// Number guard: least share of the shorter one's numbers, two sources.
    pub numbers_shared: f64,
    /// Number guard: the same within one source, where series come from.
    pub numbers_shared_source: f64,
    /// Titles: least trigram similarity that links two articles.
    pub title_likeness: f64,
    /// Titles: hours within which they link.
    pub title_hours: u32,
    /// Words below which a text is short: a copy or nothing.
    pub short_words: u32,
    /// Stories of a source in which a paragraph must stand to be boilerplate.
    pub boilerplate_stories: u32,
    /// Days after which a paragraph not seen again is forgotten.
    pub boilerplate_days: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            window_days: 14,
            hash_window_days: 400,
            collapse: Collapse::default(),
            on_longer: OnLonger::default(),
            scope: Scope::default(),
            copy_jaccard: 0.50,
            copy_containment: 0.75,
            longer: 1.3,
            derived_jaccard: 0.40,
            derived_containment: 0.65,
            story_containment: 0.20,
            story_hours: 72,
            numbers_shared: 0.5,
            numbers_shared_source: 0.6,
            title_likeness: 0.55,
            title_hours: 48,
            short_words: 40,
            boilerplate_stories: 3,
            boilerplate_days: 60,
        }
    }
}

impl Settings {
    /// What becomes of an article at a level. [`Level::Same`] is an update of what stands already,
    /// so it is shown or hidden as before.
    pub fn publication(&self, level: Level) -> Publication {
        match (level, self.collapse, self.on_longer) {
            (Level::Copy, Collapse::Copy | Collapse::Derived, _)
            | (Level::Derived, Collapse::Derived, _)
            | (Level::Extends, Collapse::Copy | Collapse::Derived, OnLonger::KeepFirst) => {
                Publication::Hide
            }
            (Level::Extends, Collapse::Copy | Collapse::Derived, OnLonger::Replace)
            | (Level::Replaces | Level::Corrects, Collapse::Copy | Collapse::Derived, _) => {
                Publication::Replace
            }
            _ => Publication::Show,
        }
    }
}
