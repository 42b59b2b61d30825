//! Repairs: what was put right while a document was read, the first place and the count of each.
//!
//! A document of a million faults gives as many warnings as there are kinds of fault.

use crate::model::Warning;

/// A kind of fault, and what is done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repair {
    /// Control characters and their like, dropped or read as windows-1252.
    Character,
    /// Text before the document, passed over.
    Preamble,
    /// A bare `&`, taken as text.
    Ampersand,
    /// A reference to a character that XML forbids, dropped or read as windows-1252.
    Reference,
    /// A bare `<`, taken as text.
    Angle,
    /// A quote, a comment or a CDATA section without its end.
    Unended,
    /// An attribute without quotes or value, or given twice.
    Attribute,
    /// Attributes beyond the limit, dropped.
    ManyAttributes,
    /// An element without its end tag, closed.
    Unclosed,
    /// An end tag without its element, passed over.
    Stray,
    /// An end tag that differs in case or prefix, taken as meant.
    Case,
    /// A prefix that is declared nowhere, taken in its usual sense.
    Prefix,
    /// Elements nested too deeply, flattened.
    Depth,
    /// Too many elements, flattened.
    Nodes,
}

const KINDS: usize = Repair::Nodes as usize + 1;

impl Repair {
    fn says(self) -> &'static str {
        match self {
            Self::Character => {
                "Control characters that have no place in XML were dropped or replaced"
            }
            Self::Preamble => "Something stands before the document and was passed over",
            Self::Ampersand => "A bare & was taken as text",
            Self::Reference => "A reference to a character that XML does not allow was replaced",
            Self::Angle => "A < that starts no tag was taken as text",
            Self::Unended => "A quote, a comment or a CDATA section has no end; one was supplied",
            Self::Attribute => "An attribute has no quotes, no value, or is given twice",
            Self::ManyAttributes => "An element has too many attributes; the rest was dropped",
            Self::Unclosed => "An element has no end tag and was closed",
            Self::Stray => "An end tag has no start tag and was passed over",
            Self::Case => "An end tag differs from its start tag in case or prefix",
            Self::Prefix => "A namespace prefix is not declared and was taken in its usual sense",
            Self::Depth => "Elements are nested too deeply; the inner ones were flattened to text",
            Self::Nodes => "The document has too many elements; the rest was flattened to text",
        }
    }

    const ALL: [Self; KINDS] = [
        Self::Character,
        Self::Preamble,
        Self::Ampersand,
        Self::Reference,
        Self::Angle,
        Self::Unended,
        Self::Attribute,
        Self::ManyAttributes,
        Self::Unclosed,
        Self::Stray,
        Self::Case,
        Self::Prefix,
        Self::Depth,
        Self::Nodes,
    ];
}

/// First place (byte) and count of each kind of repair.
#[derive(Debug, Clone, Default)]
pub(super) struct Repairs {
    seen: [Option<(usize, u32)>; KINDS],
}

impl Repairs {
    /// Counts a repair at a byte of the text.
    pub fn note(&mut self, repair: Repair, at: usize) {
        let (_, count) = self.seen[repair as usize].get_or_insert((at, 0));
        *count = count.saturating_add(1);
    }

    /// The repairs as warnings, by place. `text` is the one whose bytes were given as places.
    pub fn warnings(&self, text: &str) -> Vec<Warning> {
        let mut noted: Vec<_> = Repair::ALL
            .into_iter()
            .filter_map(|repair| self.seen[repair as usize].map(|(at, count)| (at, count, repair)))
            .collect();
        noted.sort_by_key(|(at, _, _)| *at);
        let (mut line, mut from) = (1, 0);
        let mut out = Vec::with_capacity(noted.len());
        for (at, count, repair) in noted {
            let at = at.min(text.len());
            line += text.as_bytes()[from..at]
                .iter()
                .filter(|b| **b == b'\n')
                .count();
            from = at;
            let times = if count > 1 {
                format!(" ({count} times)")
            } else {
                String::new()
            };
            out.push(Warning::new(
                format!("line {line}"),
                format!("{}{times}.", repair.says()),
            ));
        }
        out
    }
}
