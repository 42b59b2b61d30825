//! What a listing says of one article: title, date, teaser and picture, from the surroundings of
//! its links, by selectors where a person gave some, else by structure.
//!
//! Knows nothing of which links are articles, and nothing of any outlet.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use regex::Regex;

use super::area::{Area, Areas};
use super::links::Link;
use super::moment::Clockwork;
use super::sheet::{Line, Sheet, squeeze};
use super::wording::{self, units};

/// Longest line read as a date, in characters.
const DATE_LINE: usize = 90;

/// Largest heading, in nodes, read as the date of the articles under it.
const DATE_HEAD: usize = 12;

/// Longest text read as a title, in characters; a longer one is the lead.
const TITLE: usize = 240;

/// Shortest line read as a teaser, in characters.
const TEASER_LINE: usize = 40;

/// Longest teaser kept, in characters.
const TEASER: usize = 2_000;

/// Which of the page's marks stand for what; 0 where the person gave no selector.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Marks {
    /// Title.
    pub title: u32,
    /// Date.
    pub date: u32,
    /// Teaser.
    pub teaser: u32,
    /// Element whose attribute holds the date.
    pub date_attribute: u32,
}

/// Reads the facts of one link after the other.
pub(crate) struct Reader<'a> {
    /// The page.
    pub sheet: &'a Sheet<'a>,
    /// The areas of its links.
    pub areas: &'a Areas,
    /// Marks of the selectors.
    pub marks: Marks,
    /// Name of the attribute that holds the date.
    pub date_attribute: Option<&'a str>,
    /// Zone and time of the fetch.
    pub clock: Clockwork,
    /// For parents already looked at: whether dates stand before the articles in them.
    pub leading: RefCell<HashMap<usize, bool>>,
}

/// What was found of one article.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Facts {
    /// Title as plain text.
    pub title: Option<String>,
    /// Date as the page states it.
    pub date: Option<DateTime<Utc>>,
    /// Teaser as HTML.
    pub teaser: Option<String>,
    /// Address of a picture as written.
    pub image: Option<String>,
}

static DATE_WORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)date|time|publi|heure|hora|fecha|posted|stamp|meta|when|jour|datum|info")
        .expect("a literal pattern")
});

impl Reader<'_> {
    /// The facts of one link.
    pub fn read(&self, link: &Link, place: usize) -> Facts {
        let areas: &[Area] = self.areas.of.get(place).map_or(&[], Vec::as_slice);
        let title = self.title(link, areas);
        let date = areas
            .iter()
            .find_map(|area| self.date(link, area))
            .or_else(|| areas.iter().find_map(|area| self.date_above(area)));
        let teaser = areas
            .iter()
            .find_map(|area| self.teaser(link, area, title.as_deref()));
        let title = title.or_else(|| {
            if teaser.is_none() {
                self.picture_text(link)
            } else {
                None
            }
        });
        let image = areas.iter().find_map(|area| self.image(area));
        Facts {
            title,
            date,
            teaser,
            image,
        }
    }

    /// The element and its siblings after it, as ranges.
    fn ranges(area: &Area, end: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        std::iter::once((area.root, end)).chain(area.after.iter().copied())
    }

    fn nodes<'s>(&'s self, area: &'s Area) -> impl Iterator<Item = usize> + 's {
        Self::ranges(area, self.sheet.cells[area.root].end).flat_map(|(from, to)| from..to)
    }

    fn marked<'s>(&'s self, area: &'s Area, mark: u32) -> impl Iterator<Item = usize> + 's {
        let before = area.before.iter().flat_map(|&(from, to)| from..to);
        self.nodes(area)
            .chain(before)
            .filter(move |&at| mark != 0 && self.sheet.cells[at].marks & mark != 0)
    }

    fn title(&self, link: &Link, areas: &[Area]) -> Option<String> {
        let chosen = areas
            .iter()
            .flat_map(|area| self.marked(area, self.marks.title))
            .map(|at| wording::without_more(&self.sheet.text_of(at)).0)
            .find(|text| !text.is_empty());
        if chosen.is_some() {
            return chosen;
        }
        let mut best: Option<(f64, String)> = None;
        let mut offer = |score: f64, text: String| {
            if best.as_ref().is_none_or(|(top, _)| score > *top) {
                best = Some((score, text));
            }
        };
        for &anchor in &link.anchors {
            if let Some((score, text)) = self.anchor_title(anchor) {
                offer(score, text);
            }
        }
        for area in areas {
            if let Some(text) = self.heading(area) {
                offer(4.0 + units(&text).min(6.0) / 2.0, text);
            }
        }
        if let Some((_, text)) = best {
            return Some(text);
        }
        link.anchors.iter().find_map(|&anchor| {
            let text = self
                .sheet
                .attr(anchor, "title")
                .or_else(|| self.sheet.attr(anchor, "aria-label"))?;
            let text = wording::without_more(&squeeze(text)).0;
            (units(&text) >= 3.0 && !wording::is_junk(&text)).then_some(text)
        })
    }

    /// The title a link's own text holds, with how well it looks like one.
    fn anchor_title(&self, anchor: usize) -> Option<(f64, String)> {
        let sheet = self.sheet;
        let end = sheet.cells[anchor].end;
        let inner =
            (anchor + 1..end).find(|&at| is_heading(sheet, at) && !sheet.text_of(at).is_empty());
        let outer = sheet
            .ancestors(anchor)
            .take(3)
            .any(|at| is_heading(sheet, at));
        let text = match inner {
            Some(heading) => sheet.text_of(heading),
            None => self.first_line(anchor, end)?,
        };
        let (text, more) = wording::without_more(&text);
        if wording::is_junk(&text) || (more && units(&text) > 12.0) || text.chars().count() > TITLE
        {
            return None;
        }
        if self.clock.line(&text).is_some() && units(&text) <= 6.0 && wording::mostly_digits(&text)
        {
            return None;
        }
        let heading = if inner.is_some() || outer { 3.0 } else { 0.0 };
        let text = match sheet.attr(anchor, "title").map(squeeze) {
            Some(full) if wording::is_cut_from(&text, &full) => full,
            _ => text,
        };
        Some((heading + units(&text).min(8.0) / 2.0, text))
    }

    /// Of several lines within a link the title: the first that is long enough, else the longest.
    fn first_line(&self, from: usize, to: usize) -> Option<String> {
        let lines = self
            .sheet
            .lines(from, to, |at| at != from && is_time(self.sheet, at));
        let wordy = |line: &&Line| units(&line.text) >= 3.0 && !wording::is_junk(&line.text);
        let long = lines
            .iter()
            .find(|line| wordy(line) && !self.is_date(&line.text));
        let line = long.or_else(|| {
            lines
                .iter()
                .max_by(|a, b| units(&a.text).total_cmp(&units(&b.text)))
        })?;
        Some(line.text.clone())
    }

    /// A heading in the area that is not itself a link: `<h3>Title</h3> … <a>Lire la suite</a>`.
    fn heading(&self, area: &Area) -> Option<String> {
        let mut before = area.before.iter().map(|&(from, _)| from);
        let at = self
            .nodes(area)
            .find(|&at| is_heading(self.sheet, at) && !self.sheet.text_of(at).is_empty())
            .or_else(|| before.find(|&at| is_heading(self.sheet, at)))?;
        let text = self.sheet.text_of(at);
        (!wording::is_junk(&text) && text.chars().count() <= TITLE).then_some(text)
    }

    fn picture_text(&self, link: &Link) -> Option<String> {
        link.anchors.iter().find_map(|&anchor| {
            let end = self.sheet.cells[anchor].end;
            let alt = (anchor..end).find_map(|at| self.sheet.attr(at, "alt"))?;
            let alt = squeeze(alt);
            (units(&alt) >= 4.0 && !wording::is_junk(&alt)).then_some(alt)
        })
    }

    fn is_date(&self, text: &str) -> bool {
        text.chars().count() <= DATE_LINE
            && wording::mostly_digits(text)
            && self.clock.line(text).is_some()
    }

    fn date(&self, link: &Link, area: &Area) -> Option<DateTime<Utc>> {
        if let Some(name) = self.date_attribute {
            let stated = self
                .marked(area, self.marks.date_attribute)
                .find_map(|at| self.clock.value(self.sheet.attr(at, name)?));
            if stated.is_some() {
                return stated;
            }
        }
        let chosen = self
            .marked(area, self.marks.date)
            .find_map(|at| self.dated(at));
        if chosen.is_some() || self.marks.date != 0 {
            return chosen;
        }
        let attributes = self.nodes(area).find_map(|at| self.date_attributes(at));
        if attributes.is_some() {
            return attributes;
        }
        let named = self.nodes(area).find_map(|at| {
            is_date_element(self.sheet, at)
                .then(|| self.dated(at))
                .flatten()
        });
        named.or_else(|| self.date_in_lines(link, area))
    }

    /// The date an element states: its `datetime`, `content` or `title`, else its text.
    fn dated(&self, at: usize) -> Option<DateTime<Utc>> {
        let sheet = self.sheet;
        let attributes = ["datetime", "content", "title"];
        let stated = attributes
            .into_iter()
            .find_map(|name| self.clock.value(sheet.attr(at, name)?));
        stated.or_else(|| {
            let text = sheet.text_of(at);
            (text.chars().count() <= DATE_LINE)
                .then(|| self.clock.line(&text))
                .flatten()
        })
    }

    /// Attributes that are dates whatever the element: `datetime`, `data-time`, `data-published`…
    fn date_attributes(&self, at: usize) -> Option<DateTime<Utc>> {
        let element = self.sheet.element(at)?;
        element.attrs().find_map(|(name, value)| {
            let named = match name {
                "datetime" => true,
                "content" => element
                    .attr("itemprop")
                    .is_some_and(|prop| prop.starts_with("date")),
                _ => name
                    .strip_prefix("data-")
                    .is_some_and(|rest| DATE_WORD.is_match(rest)),
            };
            if named { self.clock.value(value) } else { None }
        })
    }

    /// A short line with a date, in the area or, where a list writes them there, before it.
    fn date_in_lines(&self, link: &Link, area: &Area) -> Option<DateTime<Utc>> {
        let end = self.sheet.cells[area.root].end;
        let within = self.date_of_range(link, area.root, end);
        if within.is_some() {
            return within;
        }
        let after = || {
            area.after
                .iter()
                .find_map(|&(from, to)| self.date_of_range(link, from, to))
        };
        let before = || {
            area.before
                .iter()
                .find_map(|&(from, to)| self.date_of_range(link, from, to))
        };
        if self.dates_lead(link, area) {
            before()
        } else {
            after()
        }
    }

    /// Whether the dates stand before the articles: nothing dated follows the last one.
    fn dates_lead(&self, link: &Link, area: &Area) -> bool {
        let parent = self.sheet.cells[area.root].parent;
        if let Some(&known) = self.leading.borrow().get(&parent) {
            return known;
        }
        let tail = self.areas.after_last(self.sheet, area.root);
        let leads = !tail
            .iter()
            .any(|&(from, to)| self.date_of_range(link, from, to).is_some());
        self.leading.borrow_mut().insert(parent, leads);
        leads
    }

    fn date_of_range(&self, link: &Link, from: usize, to: usize) -> Option<DateTime<Utc>> {
        let lines = self.sheet.lines(from, to, |at| link.anchors.contains(&at));
        lines.iter().find_map(|line| {
            let short = line.text.chars().count() <= DATE_LINE;
            if short {
                self.clock.line(&line.text)
            } else {
                None
            }
        })
    }

    /// A date that heads a group of articles: `<h3>2 août 2026</h3><ul>…`.
    fn date_above(&self, area: &Area) -> Option<DateTime<Utc>> {
        let sheet = self.sheet;
        std::iter::once(area.root)
            .chain(sheet.ancestors(area.root))
            .take(4)
            .find_map(|at| {
                let mut above = sheet.cells[at].before;
                while let Some(text) = above.filter(|&n| sheet.element(n).is_none()) {
                    above = sheet.cells[text].before;
                }
                let head = above
                    .filter(|&n| is_heading(sheet, n) || matches!(sheet.tag(n), "dt" | "th"))?;
                if sheet.cells[head].end - head > DATE_HEAD {
                    return None;
                }
                let text = sheet.text_of(head);
                self.is_date(&text)
                    .then(|| self.clock.line(&text))
                    .flatten()
            })
    }

    fn teaser(&self, link: &Link, area: &Area, title: Option<&str>) -> Option<String> {
        if self.marks.teaser != 0 {
            let at = self
                .marked(area, self.marks.teaser)
                .find(|&at| !self.sheet.text_of(at).is_empty())?;
            let lines = self.sheet.lines(at, self.sheet.cells[at].end, |_| false);
            return wording::teaser(lines.iter().map(|line| line.text.as_str()), TEASER);
        }
        let end = self.sheet.cells[area.root].end;
        let mut texts = Vec::new();
        for (from, to) in Self::ranges(area, end) {
            for line in self.sheet.lines(from, to, |at| is_time(self.sheet, at)) {
                let (text, _) = wording::without_more(&line.text);
                let same = title.is_some_and(|title| {
                    text == title
                        || line.text.starts_with(title) && text.len() < title.len() + TEASER_LINE
                });
                if !same
                    && text.chars().count() >= TEASER_LINE
                    && units(&text) >= 6.0
                    && !self.is_date(&text)
                {
                    texts.push(self.after_title(link, line.text, title));
                }
            }
        }
        wording::teaser(texts.iter().map(String::as_str), TEASER)
    }

    /// A line that begins with the title (`<a>Title</a> teaser`) without it.
    fn after_title(&self, link: &Link, text: String, title: Option<&str>) -> String {
        let own = || {
            link.anchors
                .iter()
                .any(|&anchor| title.is_some_and(|title| self.sheet.text_of(anchor) == title))
        };
        match title.and_then(|title| text.strip_prefix(title)) {
            Some(rest) if own() => rest
                .trim_start_matches([' ', ':', '-', '–', '—', '.', ','])
                .to_owned(),
            _ => text,
        }
    }

    fn image(&self, area: &Area) -> Option<String> {
        self.nodes(area)
            .filter(|&at| self.sheet.tag(at) == "img")
            .find_map(|at| {
                let names = ["data-src", "data-lazy-src", "data-original", "src"];
                let source = names.into_iter().find_map(|name| {
                    self.sheet
                        .attr(at, name)
                        .map(str::trim)
                        .filter(|source| !source.is_empty() && !source.starts_with("data:"))
                });
                source.map(str::to_owned)
            })
    }
}

/// Whether an element is a heading, by name or by role.
pub(crate) fn is_heading(sheet: &Sheet<'_>, at: usize) -> bool {
    matches!(sheet.tag(at), "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
        || sheet.attr(at, "role") == Some("heading")
}

fn is_time(sheet: &Sheet<'_>, at: usize) -> bool {
    sheet.tag(at) == "time"
        || sheet.element(at).is_some_and(|element| {
            element.classes().any(|class| {
                matches!(
                    class,
                    "date" | "time" | "heure" | "hour" | "datetime" | "timestamp"
                )
            })
        })
}

fn is_date_element(sheet: &Sheet<'_>, at: usize) -> bool {
    let Some(element) = sheet.element(at) else {
        return false;
    };
    element.name() == "time" || element.classes().any(|class| DATE_WORD.is_match(class))
}
