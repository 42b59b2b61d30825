//! depeche: a feed-aggregator daemon.
//!
//! It polls the outlets that a person lists, takes the whole text of every article, keeps each
//! story once, and publishes one clean feed per topic.
//!
//! ```text
//! Source ──schedule──▶ due sources (rows in the store, not timers)
//!   ──fetch──▶ Outcome { NotModified | Body | Gone | Throttled | Refused | Failed }
//!   ──discover──▶ candidates + hints + warnings      feed · listing · sitemap · json
//!   ──store.record_sighting──▶ only the new ones     identity: (family, outlet id)
//!   ──fetch page──▶ ──extract──▶ Extracted { text, html, date, authors, how, … }
//!   ──story::place──▶ new story | new version | copy | related
//!   ──topic::judge──▶ Verdict { topic, score, why }
//!   ──store.commit_article (one transaction)──▶ publisher (reconciler) ──▶ bytes + ETag ──▶ file, HTTP
//! ```

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::too_many_lines))]

pub mod clock;
pub mod commands;
pub mod config;
pub mod daemon;
pub mod demo;
pub mod discover;
pub mod extract;
pub mod failpoint;
pub mod feed_out;
pub mod fetch;
pub mod hub;
pub mod ingest;
pub mod isolate;
pub mod meters;
pub mod model;
pub mod overview;
mod report;
pub mod schedule;
pub mod store;
pub mod story;
pub mod survey;
pub mod text;
pub mod topic;
pub mod web;

pub use report::report;
