//! Places in configuration files, and the problems found there.
//!
//! A problem always names file, line, column and key, shows the line, and says what to write
//! instead. Knows nothing of what the keys mean.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A configuration file as read: its path and its text.
#[derive(Debug, PartialEq, Eq)]
pub struct File {
    /// Path as shown to the person.
    pub path: PathBuf,
    /// The whole text, UTF-8.
    pub text: String,
}

/// A place in a file: a byte range of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    /// The file.
    pub file: Arc<File>,
    /// Bytes of the token.
    pub span: Range<usize>,
}

impl At {
    /// Line and column of the first byte, both counted from 1; columns count characters.
    pub fn line_and_column(&self) -> (usize, usize) {
        let start = self.span.start.min(self.file.text.len());
        let before = &self.file.text.as_bytes()[..start];
        let line_start = before
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |i| i + 1);
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        let column = String::from_utf8_lossy(&before[line_start..])
            .chars()
            .count()
            + 1;
        (line, column)
    }

    /// The line in which it stands.
    pub fn line_text(&self) -> &str {
        let (line, _) = self.line_and_column();
        self.file.text.lines().nth(line - 1).unwrap_or("")
    }
}

/// A value together with the place where the person wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub at: At,
}

impl<T> Located<T> {
    /// The same place with another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Located<U> {
        Located {
            value: f(self.value),
            at: self.at,
        }
    }
}

/// One thing wrong in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where; None when a file as a whole is meant (missing, unreadable).
    pub at: Option<At>,
    /// File the problem is in.
    pub path: PathBuf,
    /// The key, with its table: `source "rfi-asie": every`.
    pub key: String,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What to write instead; empty when the message says it.
    pub help: String,
}

impl Problem {
    /// A problem at a place of a file.
    pub fn at(at: &At, key: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: at.file.path.clone(),
            at: Some(at.clone()),
            key: key.into(),
            message: message.into(),
            help: String::new(),
        }
    }

    /// A problem of a file as a whole.
    pub fn of_file(path: &Path, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            at: None,
            key: String::new(),
            message: message.into(),
            help: String::new(),
        }
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Line and column from 1, or (0, 0) when the file as a whole is meant.
    pub fn line_and_column(&self) -> (usize, usize) {
        self.at.as_ref().map_or((0, 0), At::line_and_column)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = if self.key.is_empty() {
            String::new()
        } else {
            format!("{}: ", self.key)
        };
        let Some(at) = &self.at else {
            write!(f, "{}: {key}{}", self.path.display(), self.message)?;
            return write_help(f, &self.help);
        };
        let (line, column) = at.line_and_column();
        write!(
            f,
            "{}:{line}:{column}: {key}{}",
            self.path.display(),
            self.message
        )?;
        let text = at.line_text();
        let width = at
            .span
            .len()
            .clamp(1, text.chars().count().saturating_sub(column - 1).max(1));
        let indent: String = text
            .chars()
            .take(column - 1)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        write!(
            f,
            "\n  {line:>4} | {text}\n       | {indent}{}",
            "^".repeat(width)
        )?;
        write_help(f, &self.help)
    }
}

fn write_help(f: &mut fmt::Formatter<'_>, help: &str) -> fmt::Result {
    if help.is_empty() {
        return Ok(());
    }
    write!(f, "\n       = {help}")
}
