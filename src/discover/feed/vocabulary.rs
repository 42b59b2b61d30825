//! Vocabulary: namespaces and element names of feeds, and which of them play which part.
//!
//! The many addresses under which RSS and Atom were published mean one core vocabulary; so do the
//! extensions under their old, new and misspelt addresses. Knows nothing of trees or values.

use std::borrow::Cow;

/// The vocabulary that an element belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// Every RSS, Atom and CDF, and elements without a namespace.
    Core,
    /// RDF syntax.
    Rdf,
    /// RSS content module.
    Content,
    /// Dublin Core elements.
    Dc,
    /// Dublin Core terms.
    DcTerms,
    /// RSS syndication module.
    Syndication,
    /// Media RSS.
    Media,
    /// iTunes and Google podcasts.
    Podcast,
    /// XHTML.
    Xhtml,
    /// FeedBurner.
    FeedBurner,
    /// `xml:`.
    Xml,
    /// Anything else.
    Other,
}

impl Space {
    /// The vocabulary of a namespace address.
    pub fn of_address(address: &str) -> Self {
        let lower = address.trim().to_ascii_lowercase();
        let bare = lower
            .trim_start_matches("https://")
            .trim_start_matches("http://");
        let bare = bare.trim_start_matches("www.").trim_end_matches(['/', '#']);
        match bare {
            ""
            | "backend.userland.com/rss"
            | "blogs.law.harvard.edu/tech/rss"
            | "my.netscape.com/rdf/simple/0.9"
            | "channel.netscape.com/rdf/simple/0.9"
            | "my.netscape.com/publish/formats/rss-0.91.dtd"
            | "example.com/newformat"
            | "example.com/necho"
            | "uri/of/echo/namespace"
            | "w3.org/2005/atom"
            | "cyber.law.harvard.edu/rss/rss.html" => Self::Core,
            "w3.org/1999/02/22-rdf-syntax-ns" => Self::Rdf,
            "purl.org/rss/1.0/modules/content" => Self::Content,
            "purl.org/dc/elements/1.1" | "purl.org/dc/elements/1.0" | "purl.org/dc" => Self::Dc,
            "purl.org/dc/terms" | "purl.org/dc/dcterms" => Self::DcTerms,
            "purl.org/rss/1.0/modules/syndication" => Self::Syndication,
            "w3.org/1999/xhtml" => Self::Xhtml,
            "w3.org/xml/1998/namespace" => Self::Xml,
            "rssnamespace.org/feedburner/ext/1.0" => Self::FeedBurner,
            "purl.org/rss/1.0/modules/rss091" => Self::Core,
            _ if bare.starts_with("search.yahoo.com/mrss")
                || bare.starts_with("video.search.yahoo.com/mrss") =>
            {
                Self::Media
            }
            _ if bare.contains("itunes.com/dtds/podcast")
                || bare.contains("google.com/schemas/play-podcasts") =>
            {
                Self::Podcast
            }
            _ if bare.contains("/dtds/podcast-1.0") => Self::Podcast,
            _ if bare.starts_with("backend.userland.com/rss")
                || bare.starts_with("purl.org/atom") =>
            {
                Self::Core
            }
            _ if bare.starts_with("purl.org/echo") || bare.starts_with("purl.org/pie") => {
                Self::Core
            }
            _ if bare.starts_with("purl.org/net/rss1.1") && !bare.contains("payload") => Self::Core,
            _ if bare.starts_with("purl.org/rss/") && !bare.contains("/modules") => Self::Core,
            _ => Self::Other,
        }
    }

    /// What a prefix usually stands for, where nothing declares it.
    pub fn of_prefix(prefix: &str) -> Option<Self> {
        Some(match prefix {
            "" | "rss" | "atom" | "atom10" | "atom03" | "a10" => Self::Core,
            "rdf" => Self::Rdf,
            "content" => Self::Content,
            "dc" => Self::Dc,
            "dcterms" | "dct" => Self::DcTerms,
            "sy" => Self::Syndication,
            "media" => Self::Media,
            "itunes" | "googleplay" => Self::Podcast,
            "xhtml" => Self::Xhtml,
            "feedburner" => Self::FeedBurner,
            "xml" => Self::Xml,
            _ => return None,
        })
    }
}

/// The part that an element plays in the structure of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Holds other elements of the feed: `rss`, `channel`, `feed`, `image`…
    Container,
    /// An `item` or `entry`.
    Entry,
    /// May hold markup: `description`, `content`…
    Body,
    /// Holds text of one line: `title`, `guid`, `pubDate`…
    Leaf,
    /// Anything else.
    Other,
}

/// The part of an element by its vocabulary and lower-case local name.
pub(super) fn role(space: Space, local: &str) -> Role {
    match (space, local) {
        (Space::Core, "item" | "entry") => Role::Entry,
        (Space::Core, "rss" | "channel" | "feed" | "items" | "rdf")
        | (Space::Rdf, "rdf" | "seq") => Role::Container,
        (
            Space::Core,
            "description" | "summary" | "content" | "body" | "fullitem" | "subtitle" | "tagline"
            | "info" | "abstract" | "encoded" | "rights" | "copyright",
        ) => Role::Body,
        (Space::Content, "encoded") | (Space::Xhtml, "body") | (Space::Dc, "description") => {
            Role::Body
        }
        (Space::Media, "description")
        | (Space::Podcast, "summary" | "subtitle" | "description") => Role::Body,
        (
            Space::Core,
            "title" | "link" | "guid" | "pubdate" | "id" | "updated" | "published" | "issued"
            | "modified" | "lastbuilddate" | "category" | "comments" | "enclosure" | "language",
        ) => Role::Leaf,
        (Space::Dc, "date" | "creator" | "title" | "language") | (Space::Media, "title") => {
            Role::Leaf
        }
        _ => Role::Other,
    }
}

/// Elements that cannot stand inside a line of text: they end a `title` that was not closed.
pub(super) fn ends_leaf(space: Space, local: &str) -> bool {
    match space {
        Space::Core => {
            matches!(role(space, local), Role::Leaf | Role::Entry | Role::Body)
                || matches!(local, "author" | "source")
        }
        Space::Content
        | Space::Dc
        | Space::DcTerms
        | Space::Media
        | Space::Podcast
        | Space::Syndication => true,
        _ => false,
    }
}

/// Elements that no HTML text holds: they end a `description` that was not closed.
pub(super) fn ends_body(space: Space, local: &str) -> bool {
    match space {
        Space::Core => matches!(
            local,
            "guid" | "pubdate" | "enclosure" | "comments" | "published" | "updated"
        ),
        Space::Content | Space::Dc | Space::Podcast | Space::Syndication => true,
        _ => false,
    }
}

/// HTML elements without content. `link` and `source` are not among them: feeds use the names.
pub(super) fn is_void(local: &str) -> bool {
    matches!(
        local,
        "br" | "img"
            | "hr"
            | "input"
            | "meta"
            | "area"
            | "base"
            | "col"
            | "embed"
            | "wbr"
            | "param"
            | "track"
            | "spacer"
    )
}

/// Whether a name is the root of a feed (lower case, without prefix).
pub(super) fn is_root(local: &str) -> bool {
    matches!(local, "rss" | "rdf" | "feed" | "channel")
}

/// A local name in lower case; the usual names in capitals cost nothing.
pub(super) fn lower(name: &str) -> Cow<'_, str> {
    if !name.bytes().any(|b| b.is_ascii_uppercase()) {
        return Cow::Borrowed(name);
    }
    match name {
        "pubDate" => Cow::Borrowed("pubdate"),
        "lastBuildDate" => Cow::Borrowed("lastbuilddate"),
        "RDF" => Cow::Borrowed("rdf"),
        "Seq" => Cow::Borrowed("seq"),
        "updatePeriod" => Cow::Borrowed("updateperiod"),
        "isPermaLink" => Cow::Borrowed("ispermalink"),
        other => Cow::Owned(other.to_ascii_lowercase()),
    }
}
