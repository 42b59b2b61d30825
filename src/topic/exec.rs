//! A person's own classifier: what it is asked, when it is asked, and what its answer changes.
//! Running it is not done here.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::compile::Topic;
use super::verdict::{Hit, Verdict};

/// A program that judges beside the topic's own rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exec {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// How long it may take.
    pub timeout: Duration,
}

impl Exec {
    /// `timeout` when the person says nothing.
    pub fn default_timeout() -> Duration {
        Duration::from_secs(5)
    }
}

/// What the program answers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Answer {
    /// Whether the article belongs to the topic.
    pub matched: bool,
    /// A score to put in the place of the topic's own.
    #[serde(default)]
    pub score: Option<f64>,
    /// Why, in words for the person.
    #[serde(default)]
    pub why: Option<String>,
}

/// What a verdict says of the program that was asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Asked {
    /// It answered.
    Answered {
        /// What it decided.
        matched: bool,
        /// Why, in its words.
        why: String,
        /// What the topic's own rules had decided.
        rules_matched: bool,
        /// The gates that the topic's own rules missed.
        rules_missed: Vec<Arc<str>>,
    },
    /// It failed, and the topic's own verdict stands.
    Failed {
        /// Why, in a sentence.
        reason: String,
    },
}

/// A verdict came near when it reached this share of `min_score`.
const NEAR_SHARE: f64 = 0.5;

impl Verdict {
    /// Whether the topic's program is asked about the article: when the rules want it, or came near.
    /// Near is: nothing forbids it (no `none` term, language or source), something was found, one
    /// gate at most is missed, and the score is half of `min_score` at least. Never for a `none` hit.
    pub fn asks_program(&self, topic: &Topic) -> bool {
        if self.matched {
            return true;
        }
        let forbidden = ["none:", "language:", "sources:"];
        let is_forbidden = |missed: &Arc<str>| forbidden.iter().any(|f| missed.starts_with(f));
        let found = self.why.iter().any(|hit: &Hit| hit.rule != "none");
        let score = topic.min_score.unwrap_or(0.0) * NEAR_SHARE;
        found
            && self.missed.len() <= 1
            && !self.missed.iter().any(is_forbidden)
            && self.score >= score
    }

    /// The verdict with the program's answer in the place of the rules' decision.
    #[must_use]
    pub fn answered(mut self, answer: Answer) -> Self {
        let why = answer.why.unwrap_or_default();
        let rules_missed = std::mem::take(&mut self.missed);
        if !answer.matched {
            let reason = if why.is_empty() {
                "no reason given"
            } else {
                &why
            };
            self.missed.push(format!("exec: {reason}").into());
        }
        self.asked = Some(Asked::Answered {
            matched: answer.matched,
            why,
            rules_matched: self.matched,
            rules_missed,
        });
        self.matched = answer.matched;
        self.score = answer.score.filter(|s| s.is_finite()).unwrap_or(self.score);
        self
    }

    /// The verdict as it is, with the reason why the program gave no answer.
    #[must_use]
    pub fn unanswered(mut self, reason: String) -> Self {
        self.asked = Some(Asked::Failed { reason });
        self
    }
}
