//! What a document found at an outlet is worth as a source: how many articles, how new, how whole.
//!
//! Values in, values out. The order of [`Worth`] is the ranking.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use crate::config::Source;
use crate::discover::offers::LinkedFeed;
use crate::model::{Candidate, Discovery};
use crate::text::fold::fold;
use crate::text::{html, language};

/// Words from which on the text of an entry may be a whole article.
const WHOLE_WORDS: usize = 80;
/// Entries that are looked at for text and language.
const SAMPLE: usize = 15;

/// What kind of document an address is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// RSS, Atom, RDF, JSON Feed.
    Feed,
    /// A sitemap.
    Sitemap,
    /// A page that lists articles.
    Listing,
}

impl Form {
    /// The word for `kind` in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Sitemap => "sitemap",
            Self::Listing => "listing",
        }
    }
}

/// How an address was come by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The person named it.
    Given,
    /// The page advertises it (`<link rel="alternate">`).
    Advertised(Option<String>),
    /// The page links to it.
    Linked(LinkedFeed),
    /// The program behind the page puts its feeds there.
    Platform(&'static str),
    /// Feeds often are there.
    WellKnown,
    /// `robots.txt` names it.
    Robots,
    /// The page links to it as a section.
    Section,
}

impl Found {
    /// Whether the outlet itself points a reader there; else we ask as a crawler does.
    pub fn is_offered(&self) -> bool {
        matches!(self, Self::Given | Self::Advertised(_) | Self::Linked(_))
    }

    /// Whether the person or the outlet names it as what it is taken for; else it is a guess.
    pub fn is_named(&self) -> bool {
        self.is_offered() || *self == Self::Robots
    }

    /// Title that the outlet gives it where it points to it.
    fn label(&self) -> &str {
        match self {
            Self::Advertised(Some(title)) => title,
            Self::Linked(link) => &link.text,
            _ => "",
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given => f.write_str("the address itself"),
            Self::Advertised(_) => f.write_str("advertised by the page"),
            Self::Linked(_) => f.write_str("linked by the page"),
            Self::Platform(name) => write!(f, "where {name} puts its feed"),
            Self::WellKnown => f.write_str("a usual place of feeds"),
            Self::Robots => f.write_str("named in robots.txt"),
            Self::Section => f.write_str("a section of the site"),
        }
    }
}

/// What it is worth, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Worth {
    /// A live feed with whole articles.
    FullFeed,
    /// A live feed with teasers.
    Feed,
    /// A live news sitemap.
    NewsSitemap,
    /// A live listing with dates.
    Listing,
    /// A feed without dates: nothing tells whether it is alive.
    UndatedFeed,
    /// A listing without dates.
    UndatedListing,
    /// A live sitemap without titles.
    Sitemap,
    /// Alive, but in another language than the page.
    Foreign,
    /// Comments, not articles.
    Comments,
    /// Nothing new for longer than `stale_after`.
    Stale,
    /// Reads well, but holds nothing.
    Empty,
    /// Not what it should be, or not to be had.
    Unreadable,
}

impl Worth {
    /// Whether it may be proposed as a source.
    pub fn is_usable(self) -> bool {
        self <= Self::Foreign
    }

    /// Whether nothing better needs to be looked for.
    pub fn is_good(self) -> bool {
        self <= Self::NewsSitemap
    }

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::FullFeed => "full-feed",
            Self::Feed => "feed",
            Self::NewsSitemap => "news-sitemap",
            Self::Listing => "listing",
            Self::UndatedFeed => "undated-feed",
            Self::UndatedListing => "undated-listing",
            Self::Sitemap => "sitemap",
            Self::Foreign => "foreign",
            Self::Comments => "comments",
            Self::Stale => "stale",
            Self::Empty => "empty",
            Self::Unreadable => "unreadable",
        }
    }
}

/// The judgement of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// What it is worth.
    pub worth: Worth,
    /// Articles it lists.
    pub entries: usize,
    /// Date of the newest.
    pub newest: Option<DateTime<Utc>>,
    /// Whether it holds whole articles.
    pub whole: bool,
    /// Language of its articles, when it can be told.
    pub language: Option<String>,
    /// Title it gives itself.
    pub title: Option<String>,
    /// The outlet's page, as the document names it.
    pub site: Option<String>,
    /// What a person should know, as a clause.
    pub remark: String,
}

impl Judgement {
    /// The judgement of what could not be read.
    pub fn unreadable(reason: impl Into<String>) -> Self {
        Self {
            worth: Worth::Unreadable,
            entries: 0,
            newest: None,
            whole: false,
            language: None,
            title: None,
            site: None,
            remark: reason.into(),
        }
    }
}

/// What is judged.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The source that would be configured for it.
    pub source: &'a Source,
    /// As what it is read.
    pub form: Form,
    /// How it was found.
    pub found: &'a Found,
    /// What reading it gave.
    pub discovery: &'a Discovery,
    /// Language of the page on which it was found.
    pub page_language: Option<&'a str>,
}

/// Judges what a document gave.
pub fn judge(subject: Subject<'_>, now: DateTime<Utc>) -> Judgement {
    let Subject {
        source,
        form,
        found,
        discovery,
        page_language,
    } = subject;
    let candidates = &discovery.candidates;
    let dates = candidates.iter().filter_map(|c| c.published.or(c.updated));
    let newest = dates.max();
    let stale_after = TimeDelta::from_std(source.stale_after).unwrap_or(TimeDelta::MAX);
    let stale = newest.is_some_and(|newest| now - newest > stale_after);
    let whole = form == Form::Feed && holds_whole_articles(candidates);
    let language = language_of(discovery);
    let foreign = matches!((page_language, &language), (Some(page), Some(own)) if page != own);
    let comments = form == Form::Feed && is_of_comments(source, found, discovery);
    let titled = candidates.iter().any(|c| c.title.is_some());
    let worth = match (form, newest) {
        _ if candidates.is_empty() => Worth::Empty,
        _ if comments => Worth::Comments,
        _ if stale => Worth::Stale,
        _ if foreign => Worth::Foreign,
        (Form::Feed, None) => Worth::UndatedFeed,
        (Form::Feed, Some(_)) if whole => Worth::FullFeed,
        (Form::Feed, Some(_)) => Worth::Feed,
        (Form::Sitemap, Some(_)) if titled => Worth::NewsSitemap,
        (Form::Sitemap, _) => Worth::Sitemap,
        (Form::Listing, Some(_)) => Worth::Listing,
        (Form::Listing, None) => Worth::UndatedListing,
    };
    Judgement {
        worth,
        entries: candidates.len(),
        newest,
        whole,
        title: discovery.feed.title.clone(),
        site: discovery.feed.link.clone(),
        remark: remark(worth, form, newest, language.as_deref()),
        language,
    }
}

fn remark(
    worth: Worth,
    form: Form,
    newest: Option<DateTime<Utc>>,
    language: Option<&str>,
) -> String {
    let day = newest.map_or_else(String::new, |n| n.format("%Y-%m-%d").to_string());
    match worth {
        Worth::FullFeed => "it holds the whole articles".to_owned(),
        Worth::Feed => "it holds teasers; the articles are fetched from their pages".to_owned(),
        Worth::NewsSitemap => "it names the articles with title and date".to_owned(),
        Worth::Listing => "articles found by the structure of the page".to_owned(),
        Worth::UndatedFeed | Worth::UndatedListing => {
            "it dates nothing: whether it is alive shows only in time".to_owned()
        }
        Worth::Sitemap => "it names pages without titles".to_owned(),
        Worth::Foreign => format!(
            "its language is {}, not that of the page",
            language.unwrap_or("another")
        ),
        Worth::Comments => "it holds comments of readers, not articles".to_owned(),
        Worth::Stale => format!("frozen or given up: its newest article is of {day}"),
        Worth::Empty => match form {
            Form::Sitemap => "it names no article of the last weeks".to_owned(),
            _ => "it lists no article".to_owned(),
        },
        Worth::Unreadable => String::new(),
    }
}

/// Whether most entries carry a text that is long enough for an article and not cut.
fn holds_whole_articles(candidates: &[Candidate]) -> bool {
    let looked_at = candidates.iter().take(SAMPLE);
    let total = looked_at.len();
    let whole = looked_at
        .filter(|candidate| {
            let markup = candidate
                .content
                .as_deref()
                .or(candidate.summary.as_deref());
            let text = html::to_text(markup.unwrap_or(""));
            text.split_whitespace().count() >= WHOLE_WORDS && !is_cut(&text)
        })
        .count();
    total > 0 && whole * 2 > total
}

fn is_cut(text: &str) -> bool {
    let end = text.trim_end().trim_end_matches([']', ')', ' ', '»', '→']);
    let last: Vec<&str> = end.split_whitespace().rev().take(3).collect();
    let last = fold(&last.into_iter().rev().collect::<Vec<_>>().join(" "));
    end.ends_with("...")
        || end.ends_with('…')
        || [
            "lire la suite",
            "lire plus",
            "read more",
            "la suite",
            "leer mas",
        ]
        .iter()
        .any(|words| last.ends_with(words))
}

fn language_of(discovery: &Discovery) -> Option<String> {
    let declared = discovery.feed.language.as_deref();
    let of_entries = discovery
        .candidates
        .iter()
        .find_map(|c| c.language.as_deref());
    let mut sample = String::new();
    for candidate in discovery.candidates.iter().take(SAMPLE) {
        for part in [candidate.title.as_deref(), candidate.summary.as_deref()] {
            sample.push_str(&html::plain(part.unwrap_or("")));
            sample.push_str(". ");
        }
    }
    // What the texts are written in counts more than what was once entered in a form.
    language::detect(&sample)
        .map(str::to_owned)
        .or_else(|| language::normalise(declared.or(of_entries)?))
}

fn is_of_comments(source: &Source, found: &Found, discovery: &Discovery) -> bool {
    let path = source.url.path().to_ascii_lowercase();
    let title = discovery.feed.title.as_deref().unwrap_or("");
    let says = |text: &str| {
        fold(text)
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| ["comments", "commentaires", "comentarios"].contains(&word))
    };
    let in_path = path
        .split('/')
        .any(|part| ["comments", "commentaires"].contains(&part));
    in_path || says(found.label()) || says(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_the_ranking() {
        let order = [
            Worth::FullFeed,
            Worth::Feed,
            Worth::NewsSitemap,
            Worth::Listing,
            Worth::UndatedListing,
            Worth::Stale,
            Worth::Empty,
            Worth::Unreadable,
        ];
        assert!(order.is_sorted());
        assert!(!Worth::Stale.is_usable() && !Worth::Comments.is_usable());
        assert!(Worth::Foreign.is_usable() && !Worth::Listing.is_good());
    }

    #[test]
    fn whole_articles_are_long_and_not_cut() {
        let words = "mot ".repeat(100);
        for (content, expected) in [
            (words.clone(), true),
            (format!("{words} [...]"), false),
            (format!("{words} (…)"), false),
            (format!("{words} Lire la suite"), false),
            ("mot ".repeat(40), false),
        ] {
            let candidate = Candidate {
                summary: Some(content.clone()),
                ..Candidate::default()
            };
            assert_eq!(holds_whole_articles(&[candidate]), expected, "{content}");
        }
        assert!(!holds_whole_articles(&[]));
    }
}
