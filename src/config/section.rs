//! Reading TOML tables key by key, so that every mistake of a file is found in one pass.
//!
//! A section remembers which keys were asked for; what is left over when it is finished is an
//! unknown key, reported with the nearest known one. Knows nothing of what the keys mean.

use std::cell::{Cell, RefCell};
use std::ops::{Range, RangeInclusive};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::duration::parse_duration;
use super::pieces::pieces;
use super::place::{At, File, Located, Problem};
use crate::fetch::HostPattern;

/// What a duration looks like.
const DURATION: &str = "write a number and a unit, for instance \"30s\", \"20m\", \"2h\", \"14d\"";
/// Longest edit distance at which a known key is proposed for an unknown one, relative to length.
const SIMILAR: f64 = 0.6;

/// The problems found so far, shared by all sections of a load.
#[derive(Debug, Default)]
pub struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    /// Records a problem.
    pub fn push(&self, problem: Problem) {
        self.0.borrow_mut().push(problem);
    }

    /// All problems, by file, line and column.
    pub fn into_sorted(self) -> Vec<Problem> {
        let mut all = self.0.into_inner();
        all.sort_by_key(|p| (p.path.clone(), p.line_and_column()));
        all.dedup();
        all
    }
}

/// One TOML table being read.
pub struct Section<'a> {
    table: &'a DeTable<'a>,
    file: Arc<File>,
    /// How messages call it: `[fetch]`, `source "rfi-asie"`; empty for the top of a file.
    pub name: String,
    header: At,
    asked: RefCell<Vec<&'static str>>,
    /// Whether keys are names that the person chooses.
    free: Cell<bool>,
    /// Where the text that was parsed begins in the file.
    offset: usize,
    problems: &'a Problems,
}

/// Parses a file and hands its top section to `read`; a long list of sources piece by piece, so that
/// tens of thousands of them never stand in memory as a tree. Syntax errors become problems; what could
/// be parsed in spite of them is read all the same.
pub fn parse(file: &Arc<File>, problems: &Problems, mut read: impl FnMut(&Section<'_>)) {
    for piece in pieces(&file.text) {
        parse_piece(file, piece, problems, &mut read);
    }
}

fn parse_piece(
    file: &Arc<File>,
    piece: Range<usize>,
    problems: &Problems,
    read: &mut impl FnMut(&Section<'_>),
) {
    let (table, errors) = DeTable::parse_recoverable(&file.text[piece.clone()]);
    let place = |span: Range<usize>| At {
        file: file.clone(),
        span: piece.start + span.start..piece.start + span.end,
    };
    for error in &errors {
        let at = place(error.span().unwrap_or(0..0));
        let problem = Problem::at(&at, "", format!("not TOML: {}", error.message()));
        let help = remedy_of_syntax(&at, error.message());
        problems.push(problem.help(help));
    }
    // What is left of a file that is not TOML is read, so that other files find what they refer to,
    // but what seems wrong with it is only a consequence.
    let consequences = Problems::default();
    let section = Section {
        table: table.get_ref(),
        file: file.clone(),
        name: String::new(),
        header: place(0..0),
        asked: RefCell::default(),
        free: Cell::new(false),
        offset: piece.start,
        problems: if errors.is_empty() {
            problems
        } else {
            &consequences
        },
    };
    read(&section);
    section.finish();
}

/// What to write where a file is not TOML, for the mistakes that people make.
fn remedy_of_syntax(at: &At, message: &str) -> &'static str {
    if at.line_text().contains(['“', '”', '„', '‘', '’', '«', '»']) {
        return "TOML knows only straight quotes: write \"…\" instead of “…” or « … »";
    }
    match message {
        m if m.contains("must be quoted") => "put the text in straight quotes: key = \"text\"",
        m if m.contains("unclosed table") => {
            "close it: [name] for a table, [[name]] for one of several"
        }
        m if m.contains("basic string") => "close the text with \" on the same line",
        _ => "see https://toml.io for the form of such a file",
    }
}

impl<'a> Section<'a> {
    /// The problems of this load.
    pub fn problems(&self) -> &'a Problems {
        self.problems
    }

    /// Where the table begins.
    pub fn header(&self) -> &At {
        &self.header
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.file.path
    }

    /// The key with the section's name, as messages call it.
    pub fn key(&self, key: &str) -> String {
        if self.name.is_empty() {
            key.to_owned()
        } else {
            format!("{}: {key}", self.name)
        }
    }

    /// Records a problem about a key's value.
    pub fn refuse(&self, at: &At, key: &str, message: impl Into<String>, help: impl Into<String>) {
        self.problems
            .push(Problem::at(at, self.key(key), message).help(help));
    }

    fn at(&self, span: Range<usize>) -> At {
        At {
            file: self.file.clone(),
            span: self.offset + span.start..self.offset + span.end,
        }
    }

    fn get(&self, key: &'static str) -> Option<(At, &'a DeValue<'a>)> {
        self.asked.borrow_mut().push(key);
        self.table
            .get(key)
            .map(|v: &Spanned<DeValue<'a>>| (self.at(v.span()), v.get_ref()))
    }

    fn wrong_type(&self, at: &At, key: &str, value: &DeValue<'_>, expected: Expected) {
        let (what, help) = expected.words();
        let message = format!("{what} is expected here, not {}", type_name(value));
        self.refuse(at, key, message, help);
    }

    /// A text, if the key is there.
    pub fn text(&self, key: &'static str) -> Option<Located<String>> {
        let (at, value) = self.get(key)?;
        match value {
            DeValue::String(s) => Some(Located {
                value: s.to_string(),
                at,
            }),
            other => {
                self.wrong_type(&at, key, other, Expected::Text);
                None
            }
        }
    }

    /// A text that must be there and not be empty.
    pub fn required_text(&self, key: &'static str, help: &str) -> Option<Located<String>> {
        if self.table.get(key).is_none() {
            self.asked.borrow_mut().push(key);
            self.refuse(&self.header, key, "this key is missing", help);
            return None;
        }
        let text = self.text(key)?;
        if text.value.trim().is_empty() {
            self.refuse(&text.at, key, "this text is empty", help);
            return None;
        }
        Some(text)
    }

    /// A list of texts; a single text counts as a list of one.
    pub fn texts(&self, key: &'static str) -> Vec<Located<String>> {
        let Some((at, value)) = self.get(key) else {
            return Vec::new();
        };
        match value {
            DeValue::String(s) => vec![Located {
                value: s.to_string(),
                at,
            }],
            DeValue::Array(array) => array
                .iter()
                .filter_map(|element| {
                    let at = self.at(element.span());
                    match element.get_ref() {
                        DeValue::String(s) => Some(Located {
                            value: s.to_string(),
                            at,
                        }),
                        other => {
                            self.wrong_type(&at, key, other, Expected::Text);
                            None
                        }
                    }
                })
                .collect(),
            other => {
                self.wrong_type(&at, key, other, Expected::Texts);
                Vec::new()
            }
        }
    }

    /// Hosts: `host`, `host:port`, `*.suffix`.
    pub fn hosts(&self, key: &'static str) -> Vec<HostPattern> {
        let mut patterns = Vec::new();
        for text in self.texts(key) {
            match text.value.parse() {
                Ok(pattern) => patterns.push(pattern),
                Err(_) => {
                    let message = format!("`{}` does not name a host", text.value);
                    self.refuse(&text.at, key, message, "write host, host:port or *.suffix");
                }
            }
        }
        patterns
    }

    /// Says that a key is known here although another reader takes it.
    pub fn expect(&self, key: &'static str) {
        self.asked.borrow_mut().push(key);
    }

    /// Whether the key is present at all.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Where the value of a key stands, or the section's header when it is absent.
    pub fn place_of(&self, key: &str) -> At {
        self.table
            .get(key)
            .map_or_else(|| self.header.clone(), |v| self.at(v.span()))
    }

    /// `true` or `false`, if the key is there.
    pub fn flag(&self, key: &'static str) -> Option<bool> {
        let (at, value) = self.get(key)?;
        if let DeValue::Boolean(b) = value {
            return Some(*b);
        }
        self.wrong_type(&at, key, value, Expected::Flag);
        None
    }

    /// A whole number within bounds, if the key is there.
    pub fn whole(&self, key: &'static str, bounds: RangeInclusive<i64>) -> Option<i64> {
        let (at, value) = self.get(key)?;
        let DeValue::Integer(integer) = value else {
            let (from, to) = (bounds.start(), bounds.end());
            let message = format!("a whole number is expected here, not {}", type_name(value));
            let help = format!("write a number from {from} to {to}, without quotes");
            self.refuse(&at, key, message, help);
            return None;
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let inside = number.filter(|n| bounds.contains(n));
        if inside.is_none() {
            let message = format!("{} is out of bounds", integer.as_str());
            let help = format!("write a number from {} to {}", bounds.start(), bounds.end());
            self.refuse(&at, key, message, help);
        }
        inside
    }

    /// A number, if the key is there.
    pub fn number(&self, key: &'static str) -> Option<f64> {
        let (at, value) = self.get(key)?;
        let parsed = match value {
            DeValue::Integer(i) => i.as_str().parse().ok(),
            DeValue::Float(x) => x.as_str().parse().ok(),
            _ => None,
        };
        if parsed.is_none() {
            self.wrong_type(&at, key, value, Expected::Number);
        }
        parsed
    }

    /// A duration such as `"20m"`, if the key is there.
    pub fn duration(&self, key: &'static str) -> Option<Located<Duration>> {
        if let Some((at, DeValue::Integer(number))) = self.get(key) {
            let message = format!("the duration {} has no unit", number.as_str());
            self.refuse(&at, key, message, DURATION);
            return None;
        }
        let text = self.text(key)?;
        match parse_duration(&text.value) {
            Ok(value) => Some(Located { value, at: text.at }),
            Err(message) => {
                self.refuse(&text.at, key, message, DURATION);
                None
            }
        }
    }

    /// A duration that must not be nothing, if the key is there.
    pub fn age(&self, key: &'static str) -> Option<Duration> {
        let duration = self.duration(key)?;
        if duration.value.is_zero() {
            let help = "write a time such as \"30s\" or \"30d\", or leave the key out";
            self.refuse(&duration.at, key, "that is no time at all", help);
            return None;
        }
        Some(duration.value)
    }

    /// One of a few words, if the key is there.
    pub fn choice<T: Copy>(&self, key: &'static str, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text(key)?;
        let found = choices.iter().find(|(word, _)| *word == text.value);
        if found.is_none() {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            let message = format!("`{}` is not a choice here", text.value);
            self.refuse(&text.at, key, message, propose(&text.value, &words));
        }
        found.map(|(_, value)| *value)
    }

    /// A sub-table, if the key is there.
    pub fn section(&self, key: &'static str) -> Option<Section<'a>> {
        let (at, value) = self.get(key)?;
        let DeValue::Table(table) = value else {
            self.wrong_type(&at, key, value, Expected::Table);
            return None;
        };
        let name = if self.name.is_empty() {
            format!("[{key}]")
        } else {
            format!("{} [{key}]", self.name)
        };
        Some(self.child(table, at, name))
    }

    /// The tables of an array of tables (`[[key]]`), in order.
    pub fn sections(&self, key: &'static str) -> Vec<Section<'a>> {
        let Some((at, value)) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(array) = value else {
            let message = format!("`{key}` is an array of tables");
            self.refuse(
                &at,
                key,
                message,
                format!("write [[{key}]] with two brackets"),
            );
            return Vec::new();
        };
        let mut all = Vec::new();
        for (index, element) in array.iter().enumerate() {
            let at = self.at(element.span());
            match element.get_ref() {
                DeValue::Table(table) => {
                    let id = table.get("id").and_then(|v| v.get_ref().as_str());
                    let name = id.map_or_else(
                        || format!("{key} number {}", index + 1),
                        |id| format!("{key} \"{id}\""),
                    );
                    all.push(self.child(table, at, name));
                }
                other => self.wrong_type(&at, key, other, Expected::Table),
            }
        }
        all
    }

    /// The elements of an array that holds either texts or tables (`boost`, `near`).
    pub fn texts_or_sections(&self, key: &'static str) -> Vec<TextOrSection<'a>> {
        let Some((at, value)) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(array) = value else {
            self.wrong_type(&at, key, value, Expected::List);
            return Vec::new();
        };
        let mut all = Vec::new();
        for element in array.iter() {
            let at = self.at(element.span());
            match element.get_ref() {
                DeValue::String(s) => all.push(TextOrSection::Text(Located {
                    value: s.to_string(),
                    at,
                })),
                DeValue::Table(table) => {
                    all.push(TextOrSection::Section(self.child(table, at, self.key(key))));
                }
                other => self.wrong_type(&at, key, other, Expected::TextOrTable),
            }
        }
        all
    }

    /// Every key of a table whose keys are names the person chose, with the list of texts of each.
    pub fn named_lists(&self, key: &'static str) -> Vec<(Located<String>, Vec<Located<String>>)> {
        let Some((at, value)) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Table(table) = value else {
            self.wrong_type(&at, key, value, Expected::Table);
            return Vec::new();
        };
        self.lists_of(key, table)
    }

    /// Every key of this very section as a name with its list of texts; none is unknown then.
    pub fn all_lists(&self) -> Vec<(Located<String>, Vec<Located<String>>)> {
        self.free.set(true);
        self.lists_of("alias", self.table)
    }

    fn lists_of(
        &self,
        key: &str,
        table: &DeTable<'_>,
    ) -> Vec<(Located<String>, Vec<Located<String>>)> {
        let mut all = Vec::new();
        for (name, value) in table.iter() {
            let name_at = self.at(name.span());
            let texts = self.list_of(key, value);
            all.push((
                Located {
                    value: name.get_ref().to_string(),
                    at: name_at,
                },
                texts,
            ));
        }
        all
    }

    fn list_of(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Vec<Located<String>> {
        let elements: Vec<&Spanned<DeValue<'_>>> = match value.get_ref() {
            DeValue::Array(array) => array.iter().collect(),
            _ => vec![value],
        };
        let mut texts = Vec::new();
        for element in elements {
            let at = self.at(element.span());
            match element.get_ref() {
                DeValue::String(s) => texts.push(Located {
                    value: s.to_string(),
                    at,
                }),
                other => self.wrong_type(&at, key, other, Expected::Text),
            }
        }
        texts
    }

    fn child(&self, table: &'a DeTable<'a>, header: At, name: String) -> Section<'a> {
        Section {
            table,
            file: self.file.clone(),
            name,
            header,
            asked: RefCell::default(),
            offset: self.offset,
            free: Cell::new(false),
            problems: self.problems,
        }
    }

    /// Reports every key that nobody asked for.
    pub fn finish(&self) {
        if self.free.get() {
            return;
        }
        let asked = self.asked.borrow();
        for (key, _) in self.table.iter() {
            let name: &str = key.get_ref();
            if asked.contains(&name) {
                continue;
            }
            let at = self.at(key.span());
            let message = "this key is not known here";
            self.refuse(&at, name, message, propose(name, &asked));
        }
    }
}

/// What should stand at a place.
#[derive(Clone, Copy)]
enum Expected {
    Text,
    Texts,
    Flag,
    Number,
    Table,
    List,
    TextOrTable,
}

impl Expected {
    /// What it is, and how it is written.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Text => ("a text in quotes", "put it in quotes: \"…\""),
            Self::Texts => ("a list of texts", "write [\"one\", \"another\"]"),
            Self::Flag => ("true or false", "write true or false, without quotes"),
            Self::Number => ("a number", "write a number, without quotes"),
            Self::Table => (
                "a table",
                "write { key = value }, or [name] on a line of its own",
            ),
            Self::List => ("a list", "write [ … ], its elements separated by commas"),
            Self::TextOrTable => ("a text or a table", "write \"…\" or { term = \"…\" }"),
        }
    }
}

/// An element of a list that holds texts and tables.
pub enum TextOrSection<'a> {
    /// A text.
    Text(Located<String>),
    /// A table.
    Section(Section<'a>),
}

fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// `did you mean …` for a word, out of the words that are known; else all of them.
pub fn propose(word: &str, known: &[&str]) -> String {
    let best = known
        .iter()
        .map(|k| (strsim::normalized_damerau_levenshtein(word, k), k))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match best {
        Some((likeness, k)) if likeness >= SIMILAR => format!("did you mean `{k}`?"),
        _ if known.is_empty() => String::new(),
        _ => {
            let mut sorted = known.to_vec();
            sorted.sort_unstable();
            sorted.dedup();
            format!("known here: {}", sorted.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_key_is_proposed() {
        assert_eq!(propose("evry", &["every", "url"]), "did you mean `every`?");
        assert_eq!(propose("zzz", &["url", "id"]), "known here: id, url");
    }
}
