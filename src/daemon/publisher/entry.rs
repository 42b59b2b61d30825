//! Rows of the store as entries of a feed: articles, events, rejections.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::words::Words;
use crate::config::Config;
use crate::feed_out::{Category, EntrySource, OutEntry, date_in_words};
use crate::model::{ArticleId, Person, SourceId, TopicId};
use crate::store::{EntryRow, Event, Minting, Rejection, outlet};

/// Words of the lead that stand in an entry's summary.
const SUMMARY_WORDS: usize = 60;

/// What entries are made with.
pub(super) struct Press<'a> {
    /// The configuration.
    pub(super) config: &'a Config,
    /// What ids are minted from.
    pub(super) minting: &'a Minting,
    /// The language of the feed.
    pub(super) language: &'a str,
}

impl Press<'_> {
    /// An article.
    pub(super) fn article(&self, row: EntryRow) -> OutEntry {
        let categories = self.categories(&row);
        let elsewhere = self.elsewhere(&row);
        let related = elsewhere
            .iter()
            .map(|(_, url, title)| (url.clone(), title.clone()));
        let related = related.collect();
        let named = elsewhere
            .into_iter()
            .filter(|_| self.config.publish.also_at);
        let also_at = named.map(|(outlet, url, _)| (outlet, url)).collect();
        let article = row.article;
        let link = if article.url.is_empty() {
            row.source_url.clone()
        } else {
            article.url.clone()
        };
        OutEntry {
            id: row.place.atom_id,
            link,
            via: Some(row.source_url.clone()),
            related,
            published: row.place.published,
            updated: row.place.updated.max(row.place.published) + fraction(row.place.head),
            categories,
            // The subtitle is the outlet's own summary; the body's first words stand below anyway.
            summary: Some(article.subtitle.unwrap_or_else(|| {
                lead(if article.text.is_empty() {
                    &article.summary
                } else {
                    &article.text
                })
            })),
            source: EntrySource {
                link: row.source_site,
                feed_url: Some(row.source_url),
                ..self.source(&article.source, row.source_title)
            },
            title: article.title,
            authors: article.authors,
            html: article.html,
            language: article.language,
            enclosures: article.enclosures,
            image: article.image,
            also_at,
        }
    }

    /// Other outlets that carry the article, each once: name, address, title. The mobile page of its
    /// own outlet is none, nor is what that repeats under another address.
    fn elsewhere(&self, row: &EntryRow) -> Vec<(String, String, String)> {
        let own = &row.article.source;
        let mut named = HashSet::from([
            self.outlet(own, None),
            self.outlet(own, row.source_title.clone()),
        ]);
        let copies = row.copies.iter();
        copies
            .filter(|(id, url, _)| id != own && site(url) != site(&row.article.url))
            .map(|(id, url, title)| (self.outlet(id, None), url.clone(), title.clone()))
            .filter(|(outlet, ..)| named.insert(outlet.clone()))
            .collect()
    }

    /// The topics, the source, its tags, the outlet's section and its labels, each in its scheme.
    fn categories(&self, row: &EntryRow) -> Vec<Category> {
        let base = &self.config.daemon.base_url;
        let ours = |kind: &str, term: String, label: String| Category {
            term,
            scheme: Some(format!("{base}{kind}/")),
            label: Some(label),
        };
        let topics = row.topics.iter().filter_map(|id| self.config.topic(id));
        let mut categories: Vec<Category> = topics
            .map(|topic| ours("topics", topic.id.to_string(), topic.title.clone()))
            .collect();
        let id = &row.article.source;
        let name = self.outlet(id, row.source_title.clone());
        categories.push(ours("sources", id.to_string(), name));
        let source = self.config.source(id);
        let tags = source.iter().flat_map(|s| &s.tags);
        categories.extend(tags.map(|tag| ours("tags", tag.clone(), tag.clone())));
        let section = row.article.section.as_deref();
        categories.extend(section.map(|s| ours("sections", s.to_owned(), s.to_owned())));
        let is_section = |label: &str| section.is_some_and(|s| s.eq_ignore_ascii_case(label));
        let labels = row.article.categories.iter().filter(|l| !is_section(l));
        categories.extend(labels.map(|label| Category {
            term: label.clone(),
            scheme: None,
            label: None,
        }));
        categories
    }

    /// A change that a person should know of.
    pub(super) fn event(&self, event: &Event) -> OutEntry {
        let words = Words::of(self.language);
        let told = words.told(&event.kind);
        let source = SourceId::from(event.subject.as_str());
        let outlet = self.outlet(&source, None);
        let mut html = format!("<p>{}</p>", escape(told.what));
        let since = date_in_words(Some(self.language), event.since);
        html.push_str(&format!("<p>{} {since}.</p>", words.since));
        for (label, text) in [(words.remedy, told.remedy), (words.details, &event.words)] {
            if !text.is_empty() {
                html.push_str(&format!("<p>{label}{}</p>", escape(text)));
            }
        }
        OutEntry {
            title: told.title.replace("{}", &outlet),
            summary: Some(told.what.to_owned()),
            categories: vec![Category {
                term: event.kind.clone(),
                scheme: Some(format!("{}events/", self.config.daemon.base_url)),
                label: None,
            }],
            html,
            updated: event.at + fraction(ArticleId(event.id)),
            ..self.notice(format!("event/{}", event.id), &source, event.at)
        }
    }

    /// What a topic says of an article in which it found nothing.
    fn nothing_found(&self, topic: &TopicId, rejection: &Rejection) -> Value {
        let language = rejection.language.as_deref();
        let verdict = self.config.blank(topic, &rejection.source, language);
        serde_json::to_value(verdict).unwrap_or_default()
    }

    /// An article that a topic does not want, and why.
    pub(super) fn rejection(&self, topic: &TopicId, rejection: &Rejection) -> OutEntry {
        let words = Words::of(self.language);
        let why: Value = match &rejection.why {
            Some(why) => serde_json::from_str(why).unwrap_or_default(),
            None => self.nothing_found(topic, rejection),
        };
        let missed = why["missed"].as_array().into_iter().flatten();
        let mut reasons: Vec<String> = missed
            .filter_map(Value::as_str)
            .map(|gate| format!("{}: {gate}", words.missed))
            .collect();
        for hit in why["why"].as_array().into_iter().flatten() {
            let text = |key: &str| hit[key].as_str().unwrap_or_default();
            reasons.push(format!(
                "{}: {} `{}`, {}: {}",
                words.found,
                text("rule"),
                text("term"),
                text("where"),
                text("snippet")
            ));
        }
        let list: String = reasons
            .iter()
            .map(|reason| format!("<li>{}</li>", escape(reason)))
            .collect();
        let score = format!("{}: {:.1}", words.score, rejection.score);
        let id = format!("topic/{topic}/rejected/{}", rejection.article);
        OutEntry {
            title: match rejection.title.as_str() {
                "" => rejection.url.clone(),
                title => title.to_owned(),
            },
            link: rejection.url.clone(),
            published: rejection.published,
            updated: rejection.judged.max(rejection.published) + fraction(rejection.article),
            summary: Some(format!("{score}. {}", reasons.join(". "))),
            html: format!("<p>{score}</p><ul>{list}</ul>"),
            ..self.notice(id, &rejection.source, rejection.published)
        }
    }

    /// An entry that is no article.
    fn notice(&self, name: String, source: &SourceId, at: DateTime<Utc>) -> OutEntry {
        let base = &self.config.daemon.base_url;
        OutEntry {
            id: self.minting.id_of(&name),
            title: String::new(),
            link: format!("{base}#{source}"),
            via: None,
            related: Vec::new(),
            published: at,
            updated: at,
            authors: vec![Person::named(self.config.publish.author.clone())],
            categories: Vec::new(),
            summary: None,
            html: String::new(),
            language: Some(self.language.to_owned()),
            enclosures: Vec::new(),
            image: None,
            source: self.source(source, None),
            also_at: Vec::new(),
        }
    }

    fn source(&self, id: &SourceId, own: Option<String>) -> EntrySource {
        let configured = self.config.source(id);
        EntrySource {
            id: self.minting.id_of(&format!("source/{id}")),
            title: self.outlet(id, own),
            feed_url: configured.map(|source| source.url.to_string()),
            ..EntrySource::default()
        }
    }

    /// What readers call an outlet: the person's name for it, its own, else its id; the program
    /// itself when it is about none.
    fn outlet(&self, id: &SourceId, own: Option<String>) -> String {
        if id.as_str().is_empty() {
            return self.config.publish.author.clone();
        }
        let given = self.config.source(id).and_then(|s| s.title.clone());
        given.or(own).unwrap_or_else(|| id.to_string())
    }
}

/// Host of an address, the same for an outlet's pages whatever they are made for.
fn site(url: &str) -> String {
    let host = outlet(url);
    let bare = ["m.", "amp.", "mobile."]
        .iter()
        .find_map(|p| host.strip_prefix(p));
    bare.map(str::to_owned).unwrap_or(host)
}

/// A fraction of a second that tells apart the entries that change within one: validators warn of
/// two entries of one moment. It depends on the entry alone, so that it never changes.
fn fraction(head: ArticleId) -> TimeDelta {
    TimeDelta::microseconds(head.0.rem_euclid(1_000_000))
}

fn escape(text: &str) -> std::borrow::Cow<'_, str> {
    html_escape::encode_text(text)
}

/// The first words of a text, for the summary.
fn lead(text: &str) -> String {
    let mut words = text.split_whitespace();
    let first: Vec<&str> = words.by_ref().take(SUMMARY_WORDS).collect();
    let more = if words.next().is_some() { " …" } else { "" };
    format!("{}{more}", first.join(" "))
}
