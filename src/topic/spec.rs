//! A topic as a person writes it: plain data, not yet checked.
//!
//! Must not know how terms are read or matched.

use std::time::Duration;

use serde::Deserialize;

use super::document::Field;
use super::exec::Exec;

/// One `[[topic]]` table.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TopicSpec {
    /// Names the topic and its feed's file.
    pub id: String,
    /// Title of the published feed.
    pub title: String,
    /// Subtitle of the published feed.
    pub subtitle: Option<String>,
    /// Languages (BCP 47) the topic reads; empty means every language. An article whose language
    /// is unknown passes.
    #[serde(alias = "lang")]
    pub language: Vec<String>,
    /// Each of these must stand in the article.
    pub all: Vec<String>,
    /// At least one of these must stand in the article.
    pub any: Vec<String>,
    /// None of these may stand in the article.
    pub none: Vec<String>,
    /// Terms that only change the score.
    pub boost: Vec<Boost>,
    /// Pairs (or triples) of terms that raise the score when they stand together in a sentence.
    pub near: Vec<Near>,
    /// Source ids the topic reads; `!id` excludes one, `tag:name` stands for the sources with
    /// that tag. Empty means all.
    pub sources: Vec<String>,
    /// An article must reach this score; without it the gates alone decide.
    pub min_score: Option<f64>,
    /// What a term is worth by the place where it stands.
    pub weights: Weights,
    /// The feed holds at most this many entries of one source.
    pub max_per_source: Option<u32>,
    /// The feed reaches back this far, for instance `30d`.
    pub since: Option<String>,
    /// How long its entries stay in the archive, whatever their sources say.
    #[serde(skip)]
    pub keep: Option<Duration>,
    /// A program that judges beside the rules.
    #[serde(skip)]
    pub exec: Option<Exec>,
}

/// A term that changes the score.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "BoostForm")]
pub struct Boost {
    /// The term.
    pub term: String,
    /// What it is worth, multiplied by the weight of the place; below zero it lowers the score.
    /// With `times` above 1 it is taken as it stands.
    pub weight: f64,
    /// In how many different sentences it must stand to count.
    pub times: u32,
}

/// Terms that stand together in one sentence.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Near {
    /// The first term.
    pub a: String,
    /// The second: any of these.
    pub b: Vec<String>,
    /// A third, when given: any of these, in the same sentence.
    #[serde(default)]
    pub with: Vec<String>,
    /// From the first to the last of them are at most this many words.
    #[serde(default = "Near::default_within")]
    pub within: u32,
    /// In how many different sentences this must happen.
    #[serde(default = "Near::default_times")]
    pub times: u32,
    /// What it is worth, multiplied by the weight of the place; with `times` above 1 it is taken
    /// as it stands, because the sentences stand in several places.
    #[serde(default = "Near::default_weight")]
    pub weight: f64,
}

impl Near {
    /// `within` when the person says nothing, in words.
    pub fn default_within() -> u32 {
        15
    }

    /// `times` when the person says nothing.
    pub fn default_times() -> u32 {
        1
    }

    /// `weight` when the person says nothing.
    pub fn default_weight() -> f64 {
        1.0
    }
}

/// What a term is worth by the place where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Weights {
    /// In the title.
    pub title: f64,
    /// In the first 60 words of the body.
    pub lead: f64,
    /// In a category label (also tags and addresses, where a term names them).
    pub category: f64,
    /// In the teaser of the feed.
    pub summary: f64,
    /// Further down in the body.
    pub body: f64,
}

impl Weights {
    /// The weight of a place.
    pub fn of(&self, field: Field) -> f64 {
        match field {
            Field::Title => self.title,
            Field::Lead => self.lead,
            Field::Summary => self.summary,
            Field::Body => self.body,
            Field::Category | Field::Url | Field::Source | Field::Tag => self.category,
        }
    }
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            title: 3.0,
            lead: 2.0,
            category: 2.0,
            summary: 2.0,
            body: 1.0,
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum BoostForm {
    Term(String),
    Weighted {
        term: String,
        #[serde(default = "Near::default_weight")]
        weight: f64,
        #[serde(default = "Near::default_times")]
        times: u32,
    },
}

impl From<BoostForm> for Boost {
    fn from(form: BoostForm) -> Self {
        match form {
            BoostForm::Term(term) => Self {
                term,
                weight: Near::default_weight(),
                times: Near::default_times(),
            },
            BoostForm::Weighted {
                term,
                weight,
                times,
            } => Self {
                term,
                weight,
                times,
            },
        }
    }
}
