//! The running text of one block: its markup and its plain form, built side by side.
//!
//! Must not know the tree or the blocks: it is told what opens, what closes and what is said. The
//! markup it writes is canonical (blanks collapsed and outside of tags, no empty and no doubled
//! tags), so that reading it back gives the same again.

use crate::text::unseen::{is_idle_joiner, is_unseen};

/// Inline elements that are kept; every other inline element is unwrapped.
pub(super) const INLINE: &[&str] = &[
    "a", "abbr", "b", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s",
    "samp", "strong", "sub", "sup", "var",
];

/// A tag that is open, and whether it has been written into the present block.
#[derive(Debug)]
struct Open {
    tag: &'static str,
    href: String,
    written: bool,
}

/// What one block holds.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Run {
    /// Inline markup, balanced.
    pub html: String,
    /// Plain text; a line break of the page stands as a newline.
    pub text: String,
    /// Bytes of `text` that are within links.
    pub linked: usize,
    /// Number of links.
    pub links: usize,
    /// Number of pictures, films and sounds.
    pub media: usize,
}

/// Builds runs, block after block, keeping the inline tags open across them.
#[derive(Debug, Default)]
pub(super) struct Inline {
    run: Run,
    open: Vec<Open>,
    blank: Option<char>,
    breaks: u8,
    in_link: bool,
    pub(super) verbatim: bool,
}

impl Inline {
    /// Opens an inline tag; it is written when something stands in it.
    pub(super) fn open(&mut self, tag: &'static str, href: String) {
        if tag == "a" {
            self.in_link = true;
        }
        self.open.push(Open {
            tag,
            href,
            written: false,
        });
    }

    /// Whether a tag of this name is open.
    pub(super) fn is_open(&self, tag: &str) -> bool {
        self.open.iter().any(|o| o.tag == tag)
    }

    /// Closes the innermost tag of this name, and those within it.
    pub(super) fn close(&mut self, tag: &str) {
        let Some(at) = self.open.iter().rposition(|o| o.tag == tag) else {
            return;
        };
        for closed in self.open.drain(at..).rev() {
            if closed.written {
                self.run.html.push_str("</");
                self.run.html.push_str(closed.tag);
                self.run.html.push('>');
            }
            if closed.tag == "a" {
                self.in_link = false;
            }
        }
    }

    /// Adds running text.
    pub(super) fn text(&mut self, text: &str) {
        if self.verbatim {
            return self.verbatim_text(text);
        }
        for c in text.chars() {
            match c {
                '\u{A0}' | '\u{202F}' => {
                    self.blank = Some(if self.blank.is_some() { ' ' } else { c });
                }
                c if c.is_whitespace() => self.blank = Some(' '),
                c if is_unseen(c) || is_idle_joiner(self.run.text.chars().next_back(), c) => {}
                c => {
                    self.flush_opens();
                    push_escaped(c, &mut self.run.html);
                    self.run.text.push(c);
                    if self.in_link {
                        self.run.linked += c.len_utf8();
                    }
                }
            }
        }
    }

    fn verbatim_text(&mut self, text: &str) {
        for c in text.chars() {
            let leading = c == '\n' && self.run.html.is_empty();
            if is_unseen(c) || is_idle_joiner(self.run.text.chars().next_back(), c) || leading {
                continue;
            }
            push_escaped(c, &mut self.run.html);
            self.run.text.push(c);
        }
    }

    /// Adds a picture or another thing that is no text.
    pub(super) fn atom(&mut self, markup: &str) {
        if self.verbatim {
            return;
        }
        self.flush_opens();
        self.run.html.push_str(markup);
        self.run.media += 1;
    }

    /// A line break. Returns true when it is the second in a row, so that a paragraph ends here.
    pub(super) fn line_break(&mut self) -> bool {
        if self.verbatim {
            self.verbatim_text("\n");
            return false;
        }
        if self.run.html.is_empty() {
            return false;
        }
        self.blank = None;
        self.breaks += 1;
        self.breaks > 1
    }

    fn flush_opens(&mut self) {
        if self.breaks > 0 && !self.run.html.is_empty() {
            self.run.html.push_str("<br>");
            self.run.text.push('\n');
        } else if let Some(blank) = self.blank
            && !self.run.html.is_empty()
        {
            push_escaped(blank, &mut self.run.html);
            if !self.run.text.is_empty() && !self.run.text.ends_with('\n') {
                self.run.text.push(blank);
            }
        }
        self.breaks = 0;
        self.blank = None;
        for open in self.open.iter_mut().filter(|o| !o.written) {
            open.written = true;
            self.run.html.push('<');
            self.run.html.push_str(open.tag);
            if open.tag == "a" {
                self.run.links += 1;
                self.run.html.push_str(" href=\"");
                push_attribute(&open.href, &mut self.run.html);
                self.run.html.push_str("\" rel=\"noopener noreferrer\"");
            }
            self.run.html.push('>');
        }
    }

    /// Ends the block: gives what it holds, or nothing when it is empty.
    pub(super) fn take(&mut self) -> Option<Run> {
        for open in self.open.iter_mut().rev().filter(|o| o.written) {
            self.run.html.push_str("</");
            self.run.html.push_str(open.tag);
            self.run.html.push('>');
            open.written = false;
        }
        self.blank = None;
        self.breaks = 0;
        let mut run = std::mem::take(&mut self.run);
        if self.verbatim {
            let end = run.html.trim_end().len();
            run.html.truncate(end);
            let end = run.text.trim_end().len();
            run.text.truncate(end);
            if end == 0 {
                run = Run::default();
            }
        }
        (!run.html.is_empty()).then_some(run)
    }
}

/// The run of a text without markup.
pub(super) fn plain(text: &str) -> Option<Run> {
    let mut inline = Inline::default();
    inline.text(text);
    inline.take()
}

/// Appends a character of running text as HTML writes it.
pub(super) fn push_escaped(c: char, out: &mut String) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '\u{A0}' => out.push_str("&nbsp;"),
        c => out.push(c),
    }
}

/// Appends an attribute's value, to stand between double quotes.
pub(super) fn push_attribute(value: &str, out: &mut String) {
    for c in value.chars() {
        match c {
            '"' => out.push_str("&quot;"),
            '\n' | '\r' | '\t' => out.push(' '),
            c if is_unseen(c) => {}
            c => push_escaped(c, out),
        }
    }
}
