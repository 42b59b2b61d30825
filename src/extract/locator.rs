//! Where a person says that a value stands in a page: a selector, an attribute, an expression.
//!
//! The forms are `css`, `css@attribute`, `/regex/` on the lines of the page's text, and
//! `css =~ /regex/` or `css@attribute =~ /regex/` on what the selector found. A regex gives its
//! first capture, or several joined by a blank, or its whole match; `/…/i` ignores case.

use regex::{Captures, Regex, RegexBuilder};
use scraper::{ElementRef, Html, Selector};

use crate::model::SpecError;
use crate::text::html::plain;
use crate::text::{one_line, pattern as patterns};

/// A compiled locator.
#[derive(Debug, Clone)]
pub(super) struct Locator {
    selector: Option<Selector>,
    attribute: Option<String>,
    pub(super) regex: Option<Regex>,
}

impl Locator {
    /// Compiles one locator.
    pub(super) fn compile(text: &str, key: &'static str, index: usize) -> Result<Self, SpecError> {
        let text = text.trim();
        if let Some(regex) = pattern(text, key, index)? {
            return Ok(Self {
                selector: None,
                attribute: None,
                regex: Some(regex),
            });
        }
        let (css, regex) = match text.split_once("=~") {
            Some((css, regex)) => (css.trim(), Some(regex.trim())),
            None => (text, None),
        };
        let regex = match regex {
            Some(written) => match pattern(written, key, index)? {
                Some(regex) => Some(regex),
                None => {
                    return Err(error(
                        key,
                        index,
                        format!("after `=~` stands `{written}`, which is no expression"),
                        "write it between slashes: `css =~ /regex/`",
                    ));
                }
            },
            None => None,
        };
        let (css, attribute) = split_attribute(css);
        Ok(Self {
            selector: Some(selector(css, key, index)?),
            attribute: attribute.map(str::to_owned),
            regex,
        })
    }

    /// Every value found, in the order of the page; `lines` is the page's text.
    pub(super) fn all(&self, tree: &Html, lines: &str) -> Vec<String> {
        let Some(selector) = &self.selector else {
            let regex = self.regex.as_ref();
            return regex
                .and_then(|r| r.captures(lines))
                .map(|c| captured(&c))
                .into_iter()
                .collect();
        };
        tree.select(selector)
            .filter_map(|element| self.value(element))
            .filter(|value| !value.is_empty())
            .collect()
    }

    /// The captures of the expression in the first place where it is found.
    pub(super) fn first_text(&self, tree: &Html, lines: &str) -> Vec<String> {
        match &self.selector {
            None => vec![lines.to_owned()],
            Some(selector) => tree.select(selector).filter_map(|e| self.raw(e)).collect(),
        }
    }

    fn raw(&self, element: ElementRef<'_>) -> Option<String> {
        match &self.attribute {
            Some(name) => element.attr(name).map(str::to_owned),
            None => Some(element.text().collect::<String>()),
        }
    }

    fn value(&self, element: ElementRef<'_>) -> Option<String> {
        let raw = self.raw(element)?;
        let text = one_line(&raw);
        match &self.regex {
            Some(regex) => regex.captures(&text).map(|c| captured(&c)),
            None => Some(plain(&text)),
        }
    }
}

/// The captures joined by a blank, or the whole match.
fn captured(captures: &Captures<'_>) -> String {
    let groups: Vec<&str> = captures
        .iter()
        .skip(1)
        .flatten()
        .map(|m| m.as_str().trim())
        .collect();
    if groups.is_empty() {
        captures
            .get(0)
            .map_or_else(String::new, |m| m.as_str().trim().to_owned())
    } else {
        groups.join(" ")
    }
}

/// `/regex/` or `/regex/i`; nothing when the text is not between slashes.
fn pattern(text: &str, key: &'static str, index: usize) -> Result<Option<Regex>, SpecError> {
    let Some(rest) = text.strip_prefix('/') else {
        return Ok(None);
    };
    let (body, ignore_case) = match rest.strip_suffix("/i") {
        Some(body) => (body, true),
        None => match rest.strip_suffix('/') {
            Some(body) => (body, false),
            None => {
                return Err(error(
                    key,
                    index,
                    format!("the expression `{text}` has no closing slash"),
                    "write `/regex/` or `/regex/i`",
                ));
            }
        },
    };
    regex(body, ignore_case, key, index).map(Some)
}

/// Compiles an expression, lines by themselves for `^` and `$`.
pub(super) fn regex(
    text: &str,
    ignore_case: bool,
    key: &'static str,
    index: usize,
) -> Result<Regex, SpecError> {
    if text.is_empty() {
        return Err(error(
            key,
            index,
            "the expression is empty".to_owned(),
            "an empty expression would match everything: remove it",
        ));
    }
    let by_line = |builder: &mut RegexBuilder| {
        builder.case_insensitive(ignore_case).multi_line(true);
    };
    patterns::compile(text, by_line).map_err(|reason| {
        error(
            key,
            index,
            format!("`{text}` is no regular expression: {reason}"),
            "see the syntax of the Rust regex crate; look-around and back-references do not exist in it",
        )
    })
}

/// Compiles a selector.
pub(super) fn selector(css: &str, key: &'static str, index: usize) -> Result<Selector, SpecError> {
    Selector::parse(css).map_err(|e| {
        error(
            key,
            index,
            format!("`{css}` is no CSS selector: {e}"),
            "for instance `h1.title`, `article .body p`; `css@attribute` takes an attribute",
        )
    })
}

fn split_attribute(css: &str) -> (&str, Option<&str>) {
    match css.rsplit_once('@') {
        Some((before, name))
            if !before.is_empty()
                && !name.is_empty()
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == ':' || c == '_') =>
        {
            (before.trim(), Some(name))
        }
        _ => (css, None),
    }
}

pub(super) fn error(key: &'static str, index: usize, message: String, help: &str) -> SpecError {
    SpecError {
        key,
        index: Some(index),
        message,
        help: help.to_owned(),
    }
}
