//! Discovery: what a source offers at the moment, as candidates for articles, whatever its form.
//!
//! `feed` reads RSS, Atom, RDF and JSON feeds, `listing` pages that list articles (without rules by
//! their structure: `generic`), `sitemap` sitemaps and their indexes, `json` data by paths. All take
//! bytes or text and give a [`crate::model::Discovery`]; none fetches, asks a clock or knows what is already stored.

pub mod feed;
pub mod json;
pub mod listing;
pub mod offers;
pub mod opml;
pub mod sitemap;

mod area;
mod entry;
mod generic;
mod links;
mod moment;
mod paging;
mod sheet;
mod wording;
