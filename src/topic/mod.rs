//! Topics: what a person wants to read, in a language of words, phrases and aliases.
//!
//! A [`TopicSpec`] (the TOML) compiles against the [`Aliases`] to a [`Topic`]; a [`Document`] is
//! an article's text, tokenised and stemmed once; a [`Matcher`] judges a document by all topics
//! at once and says why. Pure: knows no store, clock, network or configuration file.

mod alias;
mod compile;
mod concept;
mod document;
mod exec;
mod hits;
mod kinds;
mod lists;
mod matcher;
mod spec;
mod stop;
mod suggest;
mod term;
mod verdict;

#[cfg(test)]
mod tests;

pub use alias::Aliases;
pub use compile::Topic;
pub use document::{Document, Field, Text};
pub use exec::{Answer, Asked, Exec};
pub use matcher::Matcher;
pub use spec::{Boost, Near, TopicSpec, Weights};
pub use suggest::{Sample, Suggestion, suggest};
pub use verdict::{Hit, Provenance, Verdict, reject_early};
