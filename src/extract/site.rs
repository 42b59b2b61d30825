//! Site rules: what a person wrote about the pages of a family of hosts, compiled.
//!
//! Must not know any outlet: the rules are data (`config/sites/<family>.toml`). A rule that
//! compiles cannot fail later.

use regex::Regex;
use scraper::Selector;
use serde::{Deserialize, Serialize};

use super::locator::{self, Locator};
use crate::model::SpecError;

/// Extraction as written in `config/sites/<family>.toml`. Every key may be left out: a rule without
/// `body` still strips, dates and credits what the generic choice finds.
///
/// *Locators* are `css`, `css@attribute`, `/regex/` (on the lines of the page's text),
/// `css =~ /regex/`; a regex gives its captures; `/…/i` ignores case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteSpec {
    /// Locators of the title, tried in order.
    pub title: Vec<String>,
    /// Expressions taken out of the title wherever it came from, for instance ` - Xinhua$`.
    pub title_strip: Vec<String>,
    /// Locators of the subtitle (chapô, standfirst), tried in order.
    pub subtitle: Vec<String>,
    /// Locators of the section of the outlet, tried in order.
    pub section: Vec<String>,
    /// Selectors of the body, tried in order: all elements that match, or with `longest(css)` the
    /// one that has most text. A selector that finds fewer than `min_length` characters is missed.
    pub body: Vec<String>,
    /// Fewest characters of a body (200 when left out).
    pub min_length: Option<usize>,
    /// Locators of the date, tried in order. In a regex the captures may be named `year`, `month`,
    /// `day`, `hour`, `minute`, `second`; a missing year or day is taken from the address.
    pub date: Vec<String>,
    /// Locators of the date of the last change.
    pub modified: Vec<String>,
    /// Expression on the address with the captures `year`, `month`, `day` (or the first three).
    pub url_date: Option<String>,
    /// Locators of authors; every match counts.
    pub authors: Vec<String>,
    /// Locators of the agency or source credited.
    pub agency: Vec<String>,
    /// Locators of the picture that stands for the article.
    pub image: Vec<String>,
    /// Locators of the address of the next page of the same article (8 pages at most are joined).
    pub next_page: Vec<String>,
    /// Selectors of elements removed before anything is read.
    pub strip: Vec<String>,
    /// Expressions: a paragraph in which one is found is dropped.
    pub strip_text: Vec<String>,
    /// Expressions: what they find within a paragraph is taken out, the paragraph stays.
    pub cut: Vec<String>,
    /// Expressions: the body begins after the last paragraph (in its first half) in which one is found.
    pub start_after: Vec<String>,
    /// Expressions: the body ends before the first paragraph in which one is found.
    pub stop_at: Vec<String>,
    /// Selectors whose presence says that the page shows a teaser only.
    pub paywall: Vec<String>,
    /// Whether the article may stand in the page twice.
    pub twice: bool,
}

/// A selector of the body.
#[derive(Debug, Clone)]
pub(super) struct BodySelector {
    pub(super) css: Selector,
    pub(super) longest: bool,
}

/// A compiled site rule.
#[derive(Debug, Clone)]
pub struct SiteRule {
    /// The family it belongs to.
    pub family: String,
    pub(super) title: Vec<Locator>,
    pub(super) title_strip: Vec<Regex>,
    pub(super) subtitle: Vec<Locator>,
    pub(super) section: Vec<Locator>,
    pub(super) body: Vec<BodySelector>,
    pub(super) min_length: usize,
    pub(super) date: Vec<Locator>,
    pub(super) modified: Vec<Locator>,
    pub(super) url_date: Option<Regex>,
    pub(super) authors: Vec<Locator>,
    pub(super) agency: Vec<Locator>,
    pub(super) image: Vec<Locator>,
    pub(super) next_page: Vec<Locator>,
    pub(super) strip: Vec<Selector>,
    pub(super) strip_text: Vec<Regex>,
    pub(super) cut: Vec<Regex>,
    pub(super) start_after: Vec<Regex>,
    pub(super) stop_at: Vec<Regex>,
    pub(super) paywall: Vec<Selector>,
    pub(super) twice: bool,
}

/// Fewest characters of a body by a site rule, unless it says otherwise.
const MIN_LENGTH: usize = 200;

impl SiteRule {
    /// Compiles a rule.
    ///
    /// # Errors
    /// Every selector, locator and expression that does not compile.
    pub fn compile(family: &str, spec: &SiteSpec) -> Result<Self, Vec<SpecError>> {
        let mut errors = Vec::new();
        let rule = Self {
            family: family.to_owned(),
            title: locators("title", &spec.title, &mut errors),
            title_strip: regexes("title_strip", &spec.title_strip, &mut errors),
            subtitle: locators("subtitle", &spec.subtitle, &mut errors),
            section: locators("section", &spec.section, &mut errors),
            body: bodies(&spec.body, &mut errors),
            min_length: spec.min_length.unwrap_or(MIN_LENGTH),
            date: locators("date", &spec.date, &mut errors),
            modified: locators("modified", &spec.modified, &mut errors),
            url_date: url_date(spec.url_date.as_deref(), &mut errors),
            authors: locators("authors", &spec.authors, &mut errors),
            agency: locators("agency", &spec.agency, &mut errors),
            image: locators("image", &spec.image, &mut errors),
            next_page: locators("next_page", &spec.next_page, &mut errors),
            strip: selectors("strip", &spec.strip, &mut errors),
            strip_text: regexes("strip_text", &spec.strip_text, &mut errors),
            cut: regexes("cut", &spec.cut, &mut errors),
            start_after: regexes("start_after", &spec.start_after, &mut errors),
            stop_at: regexes("stop_at", &spec.stop_at, &mut errors),
            paywall: selectors("paywall", &spec.paywall, &mut errors),
            twice: spec.twice,
        };
        if errors.is_empty() {
            Ok(rule)
        } else {
            Err(errors)
        }
    }
}

fn each<T>(
    list: &[String],
    errors: &mut Vec<SpecError>,
    compile: impl Fn(&str, usize) -> Result<T, SpecError>,
) -> Vec<T> {
    let mut out = Vec::with_capacity(list.len());
    for (index, text) in list.iter().enumerate() {
        match compile(text, index) {
            Ok(value) => out.push(value),
            Err(error) => errors.push(error),
        }
    }
    out
}

fn locators(key: &'static str, list: &[String], errors: &mut Vec<SpecError>) -> Vec<Locator> {
    each(list, errors, |text, index| {
        Locator::compile(text, key, index)
    })
}

fn regexes(key: &'static str, list: &[String], errors: &mut Vec<SpecError>) -> Vec<Regex> {
    each(list, errors, |text, index| {
        locator::regex(text, false, key, index)
    })
}

fn selectors(key: &'static str, list: &[String], errors: &mut Vec<SpecError>) -> Vec<Selector> {
    each(list, errors, |text, index| {
        locator::selector(text, key, index)
    })
}

fn bodies(list: &[String], errors: &mut Vec<SpecError>) -> Vec<BodySelector> {
    each(list, errors, |text, index| {
        let inner = text
            .trim()
            .strip_prefix("longest(")
            .and_then(|t| t.strip_suffix(')'));
        let css = locator::selector(inner.unwrap_or(text), "body", index)?;
        Ok(BodySelector {
            css,
            longest: inner.is_some(),
        })
    })
}

fn url_date(text: Option<&str>, errors: &mut Vec<SpecError>) -> Option<Regex> {
    let regex = locator::regex(text?, false, "url_date", 0);
    let error = match regex {
        Ok(regex) if regex.captures_len() >= 4 => return Some(regex),
        Ok(regex) => locator::error(
            "url_date",
            0,
            format!(
                "`{regex}` has {} captures, three are needed",
                regex.captures_len() - 1
            ),
            r"capture year, month and day: `/(\d{4})-(\d\d)/(\d\d)/`",
        ),
        Err(error) => error,
    };
    errors.push(SpecError {
        index: None,
        ..error
    });
    None
}
