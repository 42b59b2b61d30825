//! The shape guard: one linear look at the bytes of a page before any tree is built from it.
//!
//! The tree builder of html5ever is quadratic in the depth of nesting, and third-party extractors
//! recurse over the tree; so a page whose shape no real page has is refused. Must not allocate
//! with the input's size and must not parse: it counts.

use std::fmt;

/// Most bytes of a page.
pub const MAX_BYTES: usize = 4 << 20;
/// Deepest nesting of elements that need an end tag.
pub const MAX_DEPTH: usize = 256;
/// Most start tags.
pub const MAX_TAGS: usize = 50_000;
/// Longest single tag, in bytes.
pub const MAX_TAG: usize = 512 << 10;
/// Most `<` that open no tag, comment or declaration (a storm of them is quadratic to tokenise).
pub const MAX_STRAY: usize = 20_000;
/// Most attributes of one tag (each is compared with all before it).
pub const MAX_ATTRIBUTES: usize = 2_000;
/// Most formatting elements left open at once (each is reopened in every block that follows).
pub const MAX_FORMATTING: usize = 96;

/// Deepest nesting of lists and tables within each other.
pub const MAX_LISTS: usize = 64;
/// Largest sum of the depths of all tags: what walks that climb to the root at every element cost.
pub const MAX_CLIMB: usize = 3_000_000;

/// Why a page is not parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// More than [`MAX_BYTES`].
    Bytes(usize),
    /// Nested deeper than [`MAX_DEPTH`], lists and tables deeper than [`MAX_LISTS`].
    Depth,
    /// More than [`MAX_TAGS`].
    Tags,
    /// A tag longer than [`MAX_TAG`].
    LongTag,
    /// More than [`MAX_STRAY`] characters `<` outside of tags.
    Stray,
    /// A tag with more than [`MAX_ATTRIBUTES`].
    Attributes,
    /// The depths of all tags add up to more than [`MAX_CLIMB`].
    Climb,
    /// More than [`MAX_FORMATTING`] formatting elements open at once.
    Formatting,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(n) => write!(f, "the page has {n} bytes, more than {MAX_BYTES}"),
            Self::Depth => write!(
                f,
                "elements are nested deeper than {MAX_DEPTH}, or lists deeper than {MAX_LISTS}"
            ),
            Self::Tags => write!(f, "the page has more than {MAX_TAGS} tags"),
            Self::LongTag => write!(f, "one tag is longer than {MAX_TAG} bytes"),
            Self::Stray => write!(f, "more than {MAX_STRAY} characters < open no tag"),
            Self::Attributes => write!(f, "one tag has more than {MAX_ATTRIBUTES} attributes"),
            Self::Climb => write!(f, "the depths of all tags add up to more than {MAX_CLIMB}"),
            Self::Formatting => {
                write!(
                    f,
                    "more than {MAX_FORMATTING} formatting elements are open at once"
                )
            }
        }
    }
}

/// Elements without an end tag, or whose end tag real pages leave out: not counted as depth.
const UNCOUNTED: &[&[u8]] = &[
    b"area",
    b"base",
    b"body",
    b"br",
    b"col",
    b"colgroup",
    b"dd",
    b"dt",
    b"embed",
    b"frame",
    b"head",
    b"hr",
    b"html",
    b"img",
    b"input",
    b"li",
    b"link",
    b"meta",
    b"optgroup",
    b"option",
    b"p",
    b"param",
    b"rb",
    b"rp",
    b"rt",
    b"source",
    b"tbody",
    b"td",
    b"tfoot",
    b"th",
    b"thead",
    b"tr",
    b"track",
    b"wbr",
];
/// Elements whose content is text up to their end tag.
const RAW: &[&[u8]] = &[
    b"iframe",
    b"noembed",
    b"noframes",
    b"script",
    b"style",
    b"textarea",
    b"title",
    b"xmp",
];
const FORMATTING: &[&[u8]] = &[
    b"a", b"b", b"big", b"code", b"em", b"font", b"i", b"nobr", b"s", b"small", b"strike",
    b"strong", b"tt", b"u",
];

const LISTS: &[&[u8]] = &[b"table", b"ul", b"ol", b"dl"];
/// Elements that the end tag of an inline element does not reach beyond.
const BLOCKS: &[&[u8]] = &[
    b"address",
    b"article",
    b"aside",
    b"blockquote",
    b"button",
    b"center",
    b"details",
    b"dialog",
    b"dir",
    b"div",
    b"dl",
    b"fieldset",
    b"figcaption",
    b"figure",
    b"footer",
    b"form",
    b"h1",
    b"h2",
    b"h3",
    b"h4",
    b"h5",
    b"h6",
    b"header",
    b"hgroup",
    b"listing",
    b"main",
    b"menu",
    b"nav",
    b"ol",
    b"pre",
    b"search",
    b"section",
    b"summary",
    b"ul",
];
/// Elements that no other's end tag reaches beyond (HTML §13.2.4.2, "in scope").
const BOUNDS: &[&[u8]] = &[
    b"annotation-xml",
    b"applet",
    b"caption",
    b"desc",
    b"foreignobject",
    b"marquee",
    b"math",
    b"object",
    b"select",
    b"svg",
    b"table",
    b"template",
    b"title",
];

/// How far an end tag reaches that does not meet its element at once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Inline,
    Block,
    Bound,
}

/// An element that waits for its end tag.
struct Open {
    /// Hash of its name.
    name: u64,
    rank: Rank,
    /// Its end tag closes nothing that stands in it.
    alone: bool,
    formats: bool,
    lists: bool,
    foreign: bool,
}

impl Open {
    fn of(name: &[u8]) -> Self {
        let rank = if is_one_of(name, BOUNDS) {
            Rank::Bound
        } else if is_one_of(name, BLOCKS) {
            Rank::Block
        } else {
            Rank::Inline
        };
        Self {
            // FNV-1a.
            name: name.iter().fold(0xCBF2_9CE4_8422_2325, |hash, b| {
                (hash ^ u64::from(b.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01B3)
            }),
            rank,
            alone: is_one_of(name, FORMATTING) || is_one_of(name, &[b"form"]),
            formats: is_one_of(name, FORMATTING),
            lists: is_one_of(name, LISTS),
            foreign: is_one_of(name, &[b"svg", b"math"]),
        }
    }
}

#[derive(Default)]
struct Counts {
    /// At most [`MAX_DEPTH`] and one.
    open: Vec<Open>,
    optional: usize,
    tags: usize,
    stray: usize,
    formatting: usize,
    climb: usize,
    lists: usize,
    foreign: usize,
}

impl Counts {
    fn opens(&mut self, name: &[u8]) {
        let open = Open::of(name);
        self.formatting += usize::from(open.formats);
        self.lists += usize::from(open.lists);
        self.foreign += usize::from(open.foreign);
        self.open.push(open);
    }

    /// Closes what an end tag closes, as a tree builder does: nothing, where its element is not open.
    fn closes(&mut self, name: &[u8]) {
        let end = Open::of(name);
        let mut above = self.open.iter().rev();
        let met = above.position(|open| {
            open.name == end.name || open.rank == Rank::Bound || open.rank > end.rank && !end.alone
        });
        let Some(at) = met.map(|n| self.open.len() - 1 - n) else {
            return;
        };
        if self.open.get(at).is_none_or(|open| open.name != end.name) {
            return;
        }
        let closed = if end.alone {
            at..at + 1
        } else {
            at..self.open.len()
        };
        for open in self.open.drain(closed) {
            self.formatting -= usize::from(open.formats);
            self.lists -= usize::from(open.lists);
            self.foreign -= usize::from(open.foreign);
        }
    }
}

/// Looks at the shape of a page; linear in its length.
///
/// # Errors
/// The first limit that the page breaks.
pub fn inspect(html: &str) -> Result<(), Refusal> {
    let bytes = html.as_bytes();
    if bytes.len() > MAX_BYTES {
        return Err(Refusal::Bytes(bytes.len()));
    }
    let mut counts = Counts::default();
    let mut at = 0;
    while let Some(found) = find(bytes, at, b'<') {
        at = step(bytes, found, &mut counts)?;
    }
    Ok(())
}

fn find(bytes: &[u8], from: usize, byte: u8) -> Option<usize> {
    bytes
        .get(from..)?
        .iter()
        .position(|b| *b == byte)
        .map(|n| from + n)
}

/// Reads what a `<` opens; gives where to go on.
fn step(bytes: &[u8], open: usize, counts: &mut Counts) -> Result<usize, Refusal> {
    let rest = bytes.get(open + 1..).unwrap_or_default();
    match rest.first() {
        // In SVG and MathML nothing is text that hides tags: what may be a tag is counted.
        Some(b'!') if rest.starts_with(b"!--") && counts.foreign == 0 => {
            Ok(comment_end(bytes, open + 4))
        }
        Some(b'!' | b'?') => Ok(find(bytes, open, b'>').map_or(bytes.len(), |n| n + 1)),
        Some(b'/') => {
            let name = name(rest.get(1..).unwrap_or_default());
            if counted(name) {
                counts.closes(name);
            } else {
                counts.optional = counts.optional.saturating_sub(1);
            }
            Ok(find(bytes, open, b'>').map_or(bytes.len(), |n| n + 1))
        }
        Some(c) if c.is_ascii_alphabetic() => start_tag(bytes, open, counts),
        _ => {
            counts.stray += 1;
            if counts.stray > MAX_STRAY {
                return Err(Refusal::Stray);
            }
            Ok(open + 1)
        }
    }
}

fn start_tag(bytes: &[u8], open: usize, counts: &mut Counts) -> Result<usize, Refusal> {
    let name = name(bytes.get(open + 1..).unwrap_or_default());
    let (end, attributes) = tag_end(bytes, open + 1 + name.len());
    if end - open > MAX_TAG {
        return Err(Refusal::LongTag);
    }
    if attributes > MAX_ATTRIBUTES {
        return Err(Refusal::Attributes);
    }
    counts.tags += 1;
    if counts.tags > MAX_TAGS {
        return Err(Refusal::Tags);
    }
    if counted(name) {
        let closed = end >= 2 && bytes.get(end - 2) == Some(&b'/');
        // Self-closing means something in SVG only, where icons by the thousand are written so.
        if !(closed && is_svg_leaf(name)) {
            counts.opens(name);
        }
    } else if nests(name) {
        counts.optional += 1;
    }
    let depth = counts.open.len();
    if counts.lists > MAX_LISTS || depth > MAX_DEPTH || counts.optional > OPTIONAL_DEPTH {
        return Err(Refusal::Depth);
    }
    counts.climb += depth;
    if counts.climb > MAX_CLIMB {
        return Err(Refusal::Climb);
    }
    if counts.formatting > MAX_FORMATTING {
        return Err(Refusal::Formatting);
    }
    if is_one_of(name, RAW) && counts.foreign == 0 {
        return Ok(raw_end(bytes, end, name));
    }
    Ok(end)
}

/// List entries and cells nest too, but real pages leave their end tags out by the thousand.
const OPTIONAL_DEPTH: usize = 8_192;

fn nests(name: &[u8]) -> bool {
    is_one_of(name, &[b"li", b"dd", b"dt", b"td", b"th", b"tr"])
}

fn is_svg_leaf(name: &[u8]) -> bool {
    is_one_of(
        name,
        &[
            b"path",
            b"circle",
            b"rect",
            b"use",
            b"g",
            b"line",
            b"polygon",
            b"polyline",
            b"ellipse",
            b"stop",
            b"image",
            b"animate",
            b"fegaussianblur",
            b"svg",
        ],
    )
}

fn counted(name: &[u8]) -> bool {
    !is_one_of(name, UNCOUNTED)
}

fn is_one_of(name: &[u8], list: &[&[u8]]) -> bool {
    list.iter().any(|n| name.eq_ignore_ascii_case(n))
}

fn name(rest: &[u8]) -> &[u8] {
    let end = rest
        .iter()
        .position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'))
        .unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

/// The end of a start tag (after its `>`), minding quotes, and the number of its attributes.
fn tag_end(bytes: &[u8], from: usize) -> (usize, usize) {
    let (mut at, mut attributes, mut quote, mut after_equals) = (from, 0, None, false);
    while let Some(&b) = bytes.get(at) {
        match quote {
            Some(q) if b == q => quote = None,
            Some(_) => {}
            None if after_equals && matches!(b, b'"' | b'\'') => quote = Some(b),
            None if b == b'>' => return (at + 1, attributes),
            None if b.is_ascii_whitespace() || b == b'/' => {
                let next = bytes.get(at + 1).copied().unwrap_or(b'>');
                let starts = !next.is_ascii_whitespace() && !matches!(next, b'>' | b'/' | b'=');
                attributes += usize::from(starts);
            }
            None => {}
        }
        after_equals = b == b'=' || (after_equals && b.is_ascii_whitespace());
        at += 1;
    }
    (bytes.len(), attributes)
}

/// The length of the tag, comment or declaration that a text begins with, and of what stands in it
/// where that is a script or a style. A quote that is never closed does not hide the rest.
pub(super) fn markup_len(text: &str) -> usize {
    let bytes = text.as_bytes();
    let first = |from| find(bytes, from, b'>').map_or(bytes.len(), |n| n + 1);
    if text.starts_with("<!--") {
        return comment_end(bytes, 4);
    }
    let name = name(bytes.get(1..).unwrap_or_default());
    if !name.first().is_some_and(u8::is_ascii_alphabetic) {
        return first(0);
    }
    let end = match tag_end(bytes, 1 + name.len()).0 {
        end if end < bytes.len() => end,
        _ => first(0),
    };
    if is_one_of(name, &[b"script", b"style"]) {
        return first(raw_end(bytes, end, name));
    }
    end
}

/// The end of a comment whose text begins at a byte (HTML §13.2.5.43 to 51): `<!-->` and `<!--->` are
/// whole ones, and `--!>` ends one, too.
fn comment_end(bytes: &[u8], from: usize) -> usize {
    let text = bytes.get(from..).unwrap_or_default();
    let whole = [&b">"[..], b"->"]
        .into_iter()
        .find(|end| text.starts_with(end));
    if let Some(end) = whole {
        return from + end.len();
    }
    let end = text.windows(2).enumerate().find_map(|(at, dashes)| {
        let rest = text.get(at + 2..).filter(|_| dashes == b"--")?;
        let mark = [&b">"[..], b"!>"]
            .into_iter()
            .find(|end| rest.starts_with(end))?;
        Some(from + at + 2 + mark.len())
    });
    end.unwrap_or(bytes.len())
}

/// Where the end tag of a raw element starts.
fn raw_end(bytes: &[u8], from: usize, name: &[u8]) -> usize {
    let mut at = from;
    while let Some(open) = find(bytes, at, b'<') {
        let rest = bytes.get(open + 1..).unwrap_or_default();
        let ends = rest.first() == Some(&b'/')
            && rest
                .get(1..=name.len())
                .is_some_and(|n| n.eq_ignore_ascii_case(name));
        if ends {
            return open;
        }
        at = open + 1;
    }
    bytes.len()
}
