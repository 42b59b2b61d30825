//! A tolerant scan of sitemap markup into records: tags by their local names, text between them,
//! CDATA; everything else is passed over.
//!
//! Linear, without a stack: only the element being read and the extension it stands in are kept.

use super::Found;

/// What one `url` or `sitemap` element says, as written (entities not yet read).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Record {
    /// Address.
    pub loc: String,
    /// Date of the last change.
    pub lastmod: String,
    /// `news:publication_date`.
    pub published: String,
    /// `news:title`.
    pub title: String,
    /// `news:language`.
    pub language: String,
    /// `news:name`, the publication.
    pub name: String,
    /// `news:keywords`.
    pub keywords: String,
    /// First `image:loc`.
    pub image: String,
    /// Whether it names a further sitemap.
    pub is_child: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Own,
    News,
    Image,
    Other,
}

/// Scans a document into at most `limit` records.
pub(crate) fn records(text: &str, limit: usize) -> Found {
    let mut found = Found::default();
    let mut record: Option<Record> = None;
    let mut part = Part::Own;
    let mut value = String::new();
    let mut text_sections = Section::new("<![CDATA[", "]]>");
    let mut comments = Section::new("<!--", "-->");
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        value.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((inner, after)) = text_sections.take(rest) {
            // Markup within CDATA is text: its entities were never written as such.
            value.push_str(&inner.replace('&', "&amp;"));
            rest = after;
            continue;
        }
        if let Some((_, after)) = comments.take(rest) {
            rest = after;
            continue;
        }
        let Some(tag) = Tag::at(rest) else {
            value.push('<');
            rest = &rest[1..];
            continue;
        };
        rest = tag.rest;
        match (tag.local, tag.closes) {
            ("url" | "sitemap", _) => {
                let full = finish(&mut record, &mut found, limit);
                if full {
                    return found;
                }
                record = (!tag.closes).then(|| Record {
                    is_child: tag.local == "sitemap",
                    ..Record::default()
                });
                part = Part::Own;
            }
            ("news", closes) => part = if closes { Part::Own } else { Part::News },
            ("image", closes) => part = if closes { Part::Own } else { Part::Image },
            ("video" | "pagemap" | "mobile", closes) if !tag.empty => {
                part = if closes { Part::Own } else { Part::Other }
            }
            (local, true) => {
                if let Some(record) = &mut record {
                    keep(record, part, local, value.trim());
                }
            }
            _ => {}
        }
        value.clear();
    }
    found.open = record.as_ref().is_some_and(|record| !record.loc.is_empty());
    finish(&mut record, &mut found, limit);
    found
}

/// Takes a record up; true when there is no room for another.
fn finish(record: &mut Option<Record>, found: &mut Found, limit: usize) -> bool {
    let Some(record) = record.take().filter(|record| !record.loc.is_empty()) else {
        return false;
    };
    if found.records.len() >= limit {
        found.cut = true;
        return true;
    }
    found.records.push(record);
    false
}

fn keep(record: &mut Record, part: Part, local: &str, value: &str) {
    let field = match (part, local) {
        (Part::Own, "loc") => &mut record.loc,
        (Part::Own, "lastmod") => &mut record.lastmod,
        (Part::Own | Part::News, "publication_date") => &mut record.published,
        (Part::Own | Part::News, "title") => &mut record.title,
        (Part::Own | Part::News, "language") => &mut record.language,
        (Part::Own | Part::News, "name") => &mut record.name,
        (Part::Own | Part::News, "keywords") => &mut record.keywords,
        (Part::Image, "loc") => &mut record.image,
        _ => return,
    };
    if field.is_empty() {
        value.clone_into(field);
    }
}

/// A kind of section between two marks. An unclosed one is no section, and once one has been found
/// unclosed none after it is searched for its end: the search would cost the square of the size.
struct Section {
    open: &'static str,
    close: &'static str,
    unclosed: bool,
}

impl Section {
    fn new(open: &'static str, close: &'static str) -> Self {
        Self {
            open,
            close,
            unclosed: false,
        }
    }

    /// The inside of the section that begins here, and what follows it.
    fn take<'a>(&mut self, text: &'a str) -> Option<(&'a str, &'a str)> {
        let inner = text.strip_prefix(self.open).filter(|_| !self.unclosed)?;
        let end = inner.find(self.close);
        self.unclosed = end.is_none();
        Some((&inner[..end?], &inner[end? + self.close.len()..]))
    }
}

struct Tag<'a> {
    local: &'a str,
    closes: bool,
    empty: bool,
    rest: &'a str,
}

impl<'a> Tag<'a> {
    /// The tag at the beginning of a text, if there is one: `<` in running text is none.
    fn at(text: &'a str) -> Option<Self> {
        let inner = text.strip_prefix('<')?;
        let (closes, inner) = inner
            .strip_prefix('/')
            .map_or((false, inner), |inner| (true, inner));
        if !inner.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '?' | '!' | '_')) {
            return None;
        }
        let end = inner.find(['>', '<'])?;
        if inner.as_bytes().get(end) != Some(&b'>') {
            return None;
        }
        let name = inner[..end]
            .split(|c: char| c.is_whitespace() || c == '/')
            .next()?;
        let local = name.rsplit(':').next()?;
        Some(Self {
            local,
            closes,
            empty: inner[..end].ends_with('/'),
            rest: &inner[end + 1..],
        })
    }
}
