//! Markup: a text to tags and character data, in one pass, whatever is wrong with it.
//!
//! Comments, processing instructions and the document type declaration are passed over; of the
//! latter the simple entities are kept. Slices of the text are handed out, nothing is copied.
//! Knows no element names. Time is linear: a search for an end that failed once is not repeated.

use super::entities::Declared;
use super::repairs::{Repair, Repairs};

/// Most attributes of an element; the rest is dropped.
pub(super) const MAX_ATTRIBUTES: usize = 256;

/// An attribute as written: the value between its quotes, references unresolved.
#[derive(Debug, Clone, Copy)]
pub(super) struct RawAttribute<'a> {
    /// Name with its prefix.
    pub name: &'a str,
    /// Value as written.
    pub value: &'a str,
    /// Where the value stands.
    pub at: usize,
}

/// A piece of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A start tag; its attributes stand in [`Markup::attributes`].
    Start { name: &'a str, empty: bool },
    /// An end tag.
    End { name: &'a str },
    /// Character data with unresolved references.
    Text(&'a str),
    /// Character data as it is.
    Data(&'a str),
}

/// The reader of a text.
#[derive(Debug)]
pub(super) struct Markup<'a> {
    text: &'a str,
    at: usize,
    /// Attributes of the last start tag.
    pub attributes: Vec<RawAttribute<'a>>,
    /// Entities of the document type declaration.
    pub declared: Declared<'a>,
    /// What had to be put right.
    pub repairs: Repairs,
    /// Whether the text ended inside a tag, comment or section.
    pub cut: bool,
    /// Where each of [`ENDS`] stands next, as far as it was looked for.
    known: [Known; 5],
    doctype_seen: bool,
}

/// What a search for an end found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Nothing,
    Next(usize),
    None,
}

/// Ends that are searched for.
const ENDS: [&str; 5] = ["-->", "]]>", "\"", "'", "?>"];

impl<'a> Markup<'a> {
    /// A reader that starts at a byte of the text.
    pub fn new(text: &'a str, at: usize, repairs: Repairs) -> Self {
        Self {
            text,
            at,
            attributes: Vec::new(),
            declared: Declared::default(),
            repairs,
            cut: false,
            known: [Known::Nothing; 5],
            doctype_seen: false,
        }
    }

    /// The byte to be read next.
    pub fn at(&self) -> usize {
        self.at
    }

    /// What is left of the text.
    pub fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The next token and where it stands. `inside` is the name of the innermost open element:
    /// it decides where a section without an end stops.
    pub fn next(&mut self, inside: &str) -> Option<(usize, Token<'a>)> {
        loop {
            let start = self.at;
            let rest = self.rest();
            if rest.is_empty() {
                return None;
            }
            if !rest.starts_with('<') {
                let end = rest.find('<').unwrap_or(rest.len());
                self.at += end;
                return Some((start, Token::Text(&rest[..end])));
            }
            match rest.as_bytes().get(1) {
                Some(b'!') => {
                    if let Some(data) = self.declaration(inside) {
                        return Some((start, Token::Data(data)));
                    }
                }
                Some(b'?') => self.instruction(),
                Some(b'/') => {
                    if let Some(name) = self.end_tag() {
                        return Some((start, Token::End { name }));
                    }
                    return Some((start, self.angle()));
                }
                Some(b) if begins_name(*b) => {
                    if let Some((name, empty)) = self.start_tag() {
                        return Some((start, Token::Start { name, empty }));
                    }
                    if self.cut {
                        return None;
                    }
                    return Some((start, self.angle()));
                }
                _ => return Some((start, self.angle())),
            }
        }
    }

    /// A `<` that starts nothing, and the text after it.
    fn angle(&mut self) -> Token<'a> {
        self.repairs.note(Repair::Angle, self.at);
        let rest = self.rest();
        let end = rest[1..].find('<').map_or(rest.len(), |end| end + 1);
        self.at += end;
        Token::Text(&rest[..end])
    }

    /// Finds one of [`ENDS`] at or after a byte. What one search found serves the next one too.
    fn find(&mut self, which: usize, from: usize) -> Option<usize> {
        match self.known[which] {
            Known::None => return None,
            Known::Next(at) if at >= from => return Some(at),
            _ => {}
        }
        let found = find_by_first(&self.text[from..], ENDS[which]).map(|at| from + at);
        self.known[which] = found.map_or(Known::None, Known::Next);
        found
    }

    /// `<!…`: a CDATA section's text, or nothing for what is passed over.
    fn declaration(&mut self, inside: &str) -> Option<&'a str> {
        let rest = self.rest();
        if rest.starts_with("<!--") {
            match self.find(0, self.at + 4) {
                Some(end) => self.at = end + 3,
                None => self.unended(4),
            }
            None
        } else if starts_with(rest, "<![cdata[") {
            Some(self.section(inside))
        } else if starts_with(rest, "<!doctype") {
            self.doctype();
            None
        } else {
            self.skip_past('>');
            None
        }
    }

    /// Passes over an opening whose end is missing.
    fn unended(&mut self, len: usize) {
        self.repairs.note(Repair::Unended, self.at);
        self.at += len;
        self.cut |= !self.rest().contains('<');
    }

    fn skip_past(&mut self, end: char) {
        match self.rest().find(end) {
            Some(at) => self.at += at + 1,
            None => {
                self.cut = true;
                self.at = self.text.len();
            }
        }
    }

    fn instruction(&mut self) {
        let gt = self.rest().find('>').map(|at| self.at + at);
        match (self.find(4, self.at), gt) {
            // An instruction without its "?" before the ">" ends at that.
            (Some(end), Some(gt)) if end < gt || !self.text[gt..end].contains('<') => {
                self.at = end + 2
            }
            _ => self.skip_past('>'),
        }
    }

    /// A CDATA section. Without an end, or with an end that belongs to a later section, it stops
    /// at the end tag of the element that it stands in.
    fn section(&mut self, inside: &str) -> &'a str {
        let start = self.at + "<![CDATA[".len();
        let end = self.find(1, start);
        let body = &self.text[start..end.unwrap_or(self.text.len())];
        let doubtful = end.is_none() || opens_section(body);
        let close = if doubtful && !inside.is_empty() {
            end_tag_of(body, inside)
        } else {
            None
        };
        let before_next = |at: &usize| end.is_none() || opens_section(&body[*at..]);
        if let Some(at) = close.filter(before_next) {
            self.repairs.note(Repair::Unended, self.at);
            self.at = start + at;
            return &body[..at];
        }
        if end.is_none() {
            self.repairs.note(Repair::Unended, self.at);
            self.cut = true;
            self.at = self.text.len();
        } else {
            self.at = start + body.len() + 3;
        }
        body
    }

    /// The document type declaration: `<!ENTITY name "value">` is kept, the rest passed over.
    fn doctype(&mut self) {
        let rest = self.rest();
        if std::mem::replace(&mut self.doctype_seen, true) {
            return self.skip_past('>');
        }
        let gt = rest.find('>').unwrap_or(rest.len());
        let Some(open) = rest[..gt].find('[') else {
            return self.skip_past('>');
        };
        let subset = &rest[open + 1..];
        let close = subset.find("]>").or_else(|| {
            let bracket = subset.find(']')?;
            subset[bracket + 1..]
                .trim_start()
                .starts_with('>')
                .then_some(bracket)
        });
        let Some(close) = close else {
            return self.skip_past('>');
        };
        let subset = &subset[..close];
        for declaration in subset.split("<!ENTITY").skip(1) {
            if let Some((name, value)) = entity(declaration) {
                self.declared.declare(name, value);
            }
        }
        self.at += open + 1 + close;
        self.skip_past('>');
    }

    fn end_tag(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        let body = &rest[2..];
        if !body
            .bytes()
            .next()
            .is_some_and(|b| begins_name(b) || b.is_ascii_whitespace())
        {
            return None;
        }
        let end = body.find(['>', '<']);
        let name_part = &body[..end.unwrap_or(body.len())];
        let trimmed = name_part.trim_start();
        let name = &trimmed[..name_len(trimmed)];
        if name.is_empty() {
            return None;
        }
        self.at += 2 + name_part.len();
        match end.map(|end| body.as_bytes()[end]) {
            Some(b'>') => self.at += 1,
            Some(_) => self.repairs.note(Repair::Unended, self.at),
            None => self.cut = true,
        }
        Some(name)
    }

    /// A start tag; nothing when a `<` comes before its end, which makes it text.
    fn start_tag(&mut self) -> Option<(&'a str, bool)> {
        let rest = self.rest();
        let name = &rest[1..=name_len(&rest[1..])];
        self.attributes.clear();
        let mut at = self.at + 1 + name.len();
        loop {
            let bytes = self.text.as_bytes();
            while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
                at += 1;
            }
            match bytes.get(at) {
                None => return self.cut_tag(),
                Some(b'>') => {
                    self.at = at + 1;
                    return Some((name, false));
                }
                Some(b'/') if bytes.get(at + 1) == Some(&b'>') => {
                    self.at = at + 2;
                    return Some((name, true));
                }
                Some(b'<') => return self.open_tag_before(at, name),
                Some(b'/' | b'"' | b'\'' | b'=' | b'?' | b',') => {
                    self.repairs.note(Repair::Attribute, at);
                    at += 1;
                }
                Some(_) => at = self.attribute(at)?,
            }
        }
    }

    /// The text ends inside a tag.
    fn cut_tag(&mut self) -> Option<(&'a str, bool)> {
        self.cut = true;
        self.at = self.text.len();
        None
    }

    /// A tag whose `>` was lost before the next `<`: a tag if it has attributes in order or ends
    /// its line, else text such as `a <b and <c`.
    fn open_tag_before(&mut self, at: usize, name: &'a str) -> Option<(&'a str, bool)> {
        let written = &self.text[self.at..at];
        let sound =
            !self.attributes.is_empty() && self.attributes.iter().all(|a| !a.value.is_empty());
        if !sound && !written.trim_end_matches(' ').ends_with('\n') {
            return None;
        }
        self.repairs.note(Repair::Unended, self.at);
        self.at = at;
        Some((name, false))
    }

    /// One attribute at a byte; gives the byte after it.
    fn attribute(&mut self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let ends = |b: &u8| {
            b.is_ascii_whitespace() || matches!(b, b'=' | b'>' | b'<' | b'/' | b'"' | b'\'')
        };
        let mut end = at
            + bytes[at..]
                .iter()
                .position(ends)
                .unwrap_or(bytes.len() - at);
        end = end.max(at + 1);
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        let name = &self.text[at..end];
        let mut next = end;
        while bytes.get(next).is_some_and(u8::is_ascii_whitespace) {
            next += 1;
        }
        if bytes.get(next) != Some(&b'=') {
            self.repairs.note(Repair::Attribute, at);
            self.keep(name, "", at);
            return Some(end);
        }
        next += 1;
        while bytes.get(next).is_some_and(u8::is_ascii_whitespace) {
            next += 1;
        }
        let (value_at, value_end, after) = match bytes.get(next) {
            None => {
                self.cut_tag();
                return None;
            }
            Some(quote @ (b'"' | b'\'')) => self.quoted(next + 1, *quote)?,
            Some(_) => {
                self.repairs.note(Repair::Attribute, next);
                let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'>' | b'<');
                let mut len = bytes[next..]
                    .iter()
                    .position(ends)
                    .unwrap_or(bytes.len() - next);
                // The slash of "<br clear=all/>" belongs to the tag, those of an address do not.
                if bytes[next..next + len].ends_with(b"/")
                    && bytes.get(next + len) == Some(&b'>')
                    && len > 1
                {
                    len -= 1;
                }
                (next, next + len, next + len)
            }
        };
        self.keep(name, &self.text[value_at..value_end], value_at);
        Some(after)
    }

    /// A quoted value: its bytes and the byte after its quote. A quote that only closes after the
    /// tag's end and another tag's beginning was forgotten: the value stops at the `>`.
    fn quoted(&mut self, at: usize, quote: u8) -> Option<(usize, usize, usize)> {
        let which = if quote == b'"' { 2 } else { 3 };
        let end = self.find(which, at);
        let value = &self.text[at..end.unwrap_or(self.text.len())];
        let gt = if end.is_none() || value.contains('<') {
            value.find('>')
        } else {
            None
        };
        match (gt, end) {
            (Some(gt), _)
                if end.is_none() || value[gt..].contains('<') && !value[..gt].contains('<') =>
            {
                self.repairs.note(Repair::Unended, at);
                let slash = usize::from(value[..gt].ends_with('/'));
                Some((at, at + gt - slash, at + gt - slash))
            }
            (_, Some(end)) => Some((at, end, end + 1)),
            _ => {
                self.cut_tag();
                None
            }
        }
    }

    fn keep(&mut self, name: &'a str, value: &'a str, at: usize) {
        if self.attributes.len() >= MAX_ATTRIBUTES {
            self.repairs.note(Repair::ManyAttributes, at);
            return;
        }
        // Twice the same: looked for only among few, which is where it happens.
        if self.attributes.len() < 16 && self.attributes.iter().any(|known| known.name == name) {
            self.repairs.note(Repair::Attribute, at);
            return;
        }
        self.attributes.push(RawAttribute { name, value, at });
    }
}

/// Whether a text starts with this, ASCII case aside.
pub(super) fn starts_with(text: &str, lower: &str) -> bool {
    text.as_bytes()
        .get(..lower.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(lower.as_bytes()))
}

fn begins_name(b: u8) -> bool {
    b.is_ascii_alphabetic() || b == b'_' || b == b':' || b >= 0x80
}

/// Length of the name that a text starts with, in bytes.
fn name_len(text: &str) -> usize {
    let ends = |b: u8| {
        b.is_ascii_whitespace()
            || matches!(b, b'>' | b'/' | b'<' | b'=' | b'"' | b'\'' | b'&' | b';')
    };
    text.bytes().position(ends).unwrap_or(text.len())
}

/// Finds a mark by its first character, which is rare in text, so that the search is a fast scan.
fn find_by_first(text: &str, mark: &str) -> Option<usize> {
    let first = char::from(*mark.as_bytes().first()?);
    let mut from = 0;
    while let Some(at) = text[from..].find(first) {
        if text[from + at..].starts_with(mark) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

/// Whether a text opens a CDATA section, found by its last bracket.
fn opens_section(text: &str) -> bool {
    let mut from = 0;
    while let Some(at) = text[from..].find('[') {
        from += at + 1;
        if text[..from].ends_with("<![CDATA[") {
            return true;
        }
    }
    false
}

/// Where the end tag of an element first stands.
fn end_tag_of(text: &str, name: &str) -> Option<usize> {
    let name = name.to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = text[from..].find("</") {
        let here = from + at;
        let rest = &text[here + 2..];
        if starts_with(rest, &name) && name_len(rest) == name.len() {
            return Some(here);
        }
        from = here + 2;
    }
    None
}

/// Name and value of an entity declaration; nothing for parameter and external entities.
fn entity(declaration: &str) -> Option<(&str, &str)> {
    let declaration = declaration.trim_start();
    let (name, rest) = declaration.split_once(|c: char| c.is_ascii_whitespace())?;
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|c| *c == '"' || *c == '\'')?;
    let (value, _) = rest[1..].split_once(quote)?;
    (name != "%").then_some((name, value))
}
