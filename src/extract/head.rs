//! What a page says about itself outside of its text: metas, links, JSON-LD, microdata, `time`.
//!
//! One pass over the tree. Must not choose between contradicting statements: it collects them.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use scraper::node::Element;
use scraper::{ElementRef, Html, Node};

use super::moment::{Moment, introduced};
use crate::text::html::outline::NodeOf;
use crate::text::one_line;

/// Statements of a page, in the order of the page.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// `meta`: lower-case name, property or itemprop, and content.
    pub(super) metas: Vec<(String, String)>,
    /// `link`: rel and address.
    pub(super) links: Vec<(String, String)>,
    /// `title`.
    pub(super) title: Option<String>,
    /// `html lang`.
    pub(super) language: Option<String>,
    /// `base href`.
    pub(super) base: Option<String>,
    /// JSON-LD scripts.
    pub(super) scripts: Vec<String>,
    /// Texts of `h1`.
    pub(super) headings: Vec<String>,
    /// `time datetime`.
    pub(super) times: Vec<Time>,
    /// Microdata: itemprop and its value (attribute or text) for dates, authors, headline.
    pub(super) properties: Vec<(String, String)>,
    /// Elements that name the author by `rel` or class.
    pub(super) bylines: Vec<Byline>,
    /// Texts of the elements with `itemprop=articleBody`.
    pub(super) bodies: Vec<String>,
    /// Texts of elements that the page calls subtitle, standfirst, chapô.
    pub(super) subtitles: Vec<String>,
    /// Texts of the links of the page's first trail (breadcrumb).
    pub(super) trail: Vec<String>,
    /// Addresses that the page calls the next one (`rel=next`).
    pub(super) next: Vec<String>,
    /// Number of password fields.
    pub(super) passwords: usize,
}

/// A `time` element.
#[derive(Debug)]
pub(super) struct Time {
    /// Its date as stated.
    pub(super) stated: String,
    /// What it is the date of.
    pub(super) of: Moment,
    /// Whether it stands in a part of the page that is not the article.
    pub(super) elsewhere: bool,
}

/// An element that names the author.
#[derive(Debug)]
pub(super) struct Byline {
    /// Where the element lies in memory: what tells it from others.
    place: usize,
    /// Its text.
    pub(super) text: String,
    /// Which of the bylines before it holds it.
    pub(super) within: Option<usize>,
}

impl Byline {
    /// Whether another one of the page holds it, at any distance.
    pub(super) fn is_within(&self, outer: usize, head: &Head) -> bool {
        let next = |at: &usize| head.bylines.get(*at).and_then(|b| b.within);
        std::iter::successors(self.within, next).any(|at| at == outer)
    }
}

/// Most headings, dates, bylines and properties kept.
const MOST: usize = 64;
/// Most bodies in microdata kept (one outlet has five, four of them empty).
const MOST_BODIES: usize = 12;
/// Nodes of a trail that are looked at.
const MOST_TRAIL: usize = 200;
/// How far above an element it is asked what holds it.
const FAR: usize = 12;
/// Longest text read as a property or a byline.
const LONGEST_VALUE: usize = 300;

/// Collects the statements of a page.
pub(super) fn read(tree: &Html) -> Head {
    let mut head = Head::default();
    for node in tree.tree.nodes() {
        if let Node::Element(element) = node.value()
            && let Some(reference) = ElementRef::wrap(node)
        {
            head.element(element, reference);
        }
    }
    head
}

fn attribute(element: &Element, name: &str) -> Option<String> {
    element
        .attr(name)
        .map(str::trim)
        .filter(|v| !v.is_empty())
        .map(str::to_owned)
}

/// The text of an element, blanks collapsed, at most `longest` bytes; nothing when longer.
fn text_of(element: ElementRef<'_>, longest: usize) -> Option<String> {
    let mut text = String::new();
    // Nested elements of one kind would each be read to the ground: a value is small.
    let most_nodes = 200 + longest / 20;
    for (count, node) in element.descendants().enumerate() {
        if count > most_nodes {
            return None;
        }
        match node.value() {
            Node::Text(piece) => text.push_str(piece),
            Node::Element(e)
                if matches!(e.name(), "br" | "p" | "div" | "li" | "span" | "h2" | "h3") =>
            {
                let inline = e.name() == "span" && text.ends_with(char::is_alphanumeric);
                text.push_str(if inline { "" } else { " " });
            }
            _ => {}
        }
        if text.len() > longest * 2 {
            return None;
        }
    }
    let text = one_line(&text);
    (!text.is_empty() && text.len() <= longest).then_some(text)
}

impl Head {
    fn element(&mut self, element: &Element, reference: ElementRef<'_>) {
        match element.name() {
            "meta" => self.meta(element),
            "link" => {
                if let (Some(rel), Some(href)) =
                    (attribute(element, "rel"), attribute(element, "href"))
                {
                    self.links.push((rel.to_ascii_lowercase(), href));
                }
                self.leads_on(element, reference);
            }
            "a" => self.leads_on(element, reference),
            "title" if self.title.is_none() && !within(reference, "svg") => {
                self.title = text_of(reference, 1_000);
            }
            "html" => {
                self.language =
                    attribute(element, "lang").or_else(|| attribute(element, "xml:lang"))
            }
            "base" if self.base.is_none() => self.base = attribute(element, "href"),
            "script" if is_json_ld(element) => self.scripts.push(reference.text().collect()),
            "h1" if self.headings.len() < MOST => self.headings.extend(text_of(reference, 500)),
            "time" if self.times.len() < MOST => self.time(element, reference),
            "input" if element.attr("type") == Some("password") => self.passwords += 1,
            _ => {}
        }
        if element.name() != "meta" {
            self.microdata(element, reference);
            self.by_class(element, reference);
        }
    }

    /// What an element is by its name alone.
    fn by_class(&mut self, element: &Element, reference: ElementRef<'_>) {
        let (mut subtitle, mut trail) = (false, false);
        for name in ["class", "id", "itemprop", "aria-label", "itemtype"] {
            let value = element.attr(name).unwrap_or_default();
            for found in NAMES.find_iter(value) {
                match SAYS.get(found.pattern().as_usize()) {
                    Some(&("breadcrumb" | "ariane")) => trail = true,
                    Some(&"dek") => subtitle |= is_word_at_end(value, found.range()),
                    _ => subtitle = true,
                }
            }
        }
        if subtitle && self.subtitles.len() < MOST {
            self.subtitles.extend(text_of(reference, 2 * LONGEST_VALUE));
        }
        if trail && self.trail.is_empty() {
            let inside = reference
                .descendants()
                .take(MOST_TRAIL)
                .filter_map(ElementRef::wrap);
            let links = inside.filter(|e| e.value().name() == "a");
            self.trail
                .extend(links.filter_map(|a| text_of(a, LONGEST_VALUE)));
        }
    }

    fn leads_on(&mut self, link: &Element, reference: ElementRef<'_>) {
        let next = |rel: &str| {
            rel.split_ascii_whitespace()
                .any(|r| r.eq_ignore_ascii_case("next"))
        };
        if self.next.len() < MOST && link.attr("rel").is_some_and(next) && !is_elsewhere(reference)
        {
            self.next.extend(attribute(link, "href"));
        }
    }

    fn meta(&mut self, element: &Element) {
        let Some(content) = attribute(element, "content") else {
            return;
        };
        for key in ["property", "name", "itemprop"] {
            if let Some(name) = attribute(element, key) {
                let name = name.to_ascii_lowercase();
                // Some frameworks write what is meant for a script into a meta of that name.
                if name.ends_with("ld+json") {
                    self.scripts.push(content.clone());
                }
                self.metas.push((name, content.clone()));
            }
        }
    }

    fn time(&mut self, element: &Element, reference: ElementRef<'_>) {
        let stated = attribute(element, "datetime").or_else(|| text_of(reference, 60));
        let class = element
            .attr("class")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let changed = ["updat", "modif"].iter().any(|word| class.contains(word));
        let of = if element.attr("pubdate").is_some()
            || class.contains("publish")
            || class.contains("entry-date")
            || element.attr("itemprop") == Some("datePublished")
        {
            Moment::Published
        } else if changed || element.attr("itemprop") == Some("dateModified") {
            Moment::Modified
        } else {
            announced(reference)
        };
        let elsewhere = is_elsewhere(reference);
        self.times.extend(stated.map(|stated| Time {
            stated,
            of,
            elsewhere,
        }));
    }

    fn microdata(&mut self, element: &Element, reference: ElementRef<'_>) {
        let properties = ["itemprop", "property"].into_iter();
        for name in properties
            .filter_map(|attribute| element.attr(attribute))
            .flat_map(str::split_ascii_whitespace)
        {
            if self.properties.len() < MOST {
                match property(name) {
                    name @ ("datePublished" | "dateModified" | "dateCreated" | "headline"
                    | "author" | "creator") => {
                        let value = attribute(element, "content")
                            .or_else(|| attribute(element, "datetime"))
                            .or_else(|| name_within(reference))
                            .or_else(|| text_of(reference, LONGEST_VALUE));
                        self.properties.extend(value.map(|v| (name.to_owned(), v)));
                    }
                    "articleBody" if self.bodies.len() < MOST_BODIES => {
                        self.bodies.extend(text_of(reference, 1 << 20));
                    }
                    _ => {}
                }
            }
        }
        let rel = element
            .attr("rel")
            .is_some_and(|r| r.split_ascii_whitespace().any(|r| r == "author"));
        if self.bylines.len() < MOST
            && (rel || names_author(element) || leads_to_author(element))
            && !is_elsewhere(reference)
        {
            let around: Vec<usize> = reference
                .ancestors()
                .take(FAR)
                .filter_map(|a| a.value().as_element().map(place))
                .collect();
            let within = self.bylines.iter().rposition(|b| around.contains(&b.place));
            let place = place(element);
            let text = text_of(reference, LONGEST_VALUE);
            self.bylines.extend(text.map(|text| Byline {
                place,
                text,
                within,
            }));
        }
    }

    /// The content of the first meta of one of these names, in the order of the names.
    pub(super) fn meta_named(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| {
            self.metas
                .iter()
                .find(|(n, _)| n == name)
                .map(|(_, content)| content.as_str())
        })
    }

    /// The address of the first link of this kind.
    pub(super) fn link(&self, rel: &str) -> Option<&str> {
        self.links
            .iter()
            .find(|(r, _)| r.split_ascii_whitespace().any(|r| r == rel))
            .map(|(_, href)| href.as_str())
    }

    /// The values of a microdata property.
    pub(super) fn property(&self, name: &str) -> impl Iterator<Item = &str> {
        self.properties
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }
}

fn place(element: &Element) -> usize {
    std::ptr::from_ref(element).addr()
}

fn is_json_ld(script: &Element) -> bool {
    script
        .attr("type")
        .is_some_and(|t| t.to_ascii_lowercase().contains("ld+json"))
}

fn within(element: ElementRef<'_>, name: &str) -> bool {
    element
        .ancestors()
        .take(3)
        .filter_map(|a| a.value().as_element())
        .any(|e| e.name() == name)
}

/// Words in an element's names that say it is the article's subtitle or the trail that leads to it.
const SAYS: &[&str] = &[
    "chapo",
    "chapeau",
    "standfirst",
    "subtitle",
    "sub-title",
    "sub_title",
    "subheadline",
    "sub-headline",
    "soustitre",
    "sous-titre",
    "sous_titre",
    "untertitel",
    "subtitulo",
    "sottotitolo",
    "entradilla",
    "story-description",
    "alternativeheadline",
    "dek",
    "breadcrumb",
    "ariane",
];
/// [`SAYS`], looked for at once: this is asked of every element.
static NAMES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let mut builder = AhoCorasick::builder();
    let built = builder.ascii_case_insensitive(true).build(SAYS);
    built.expect("a few literal words")
});

/// Whether a found word is the last word of a name: `article-dek`, not `dekoration`.
fn is_word_at_end(names: &str, at: std::ops::Range<usize>) -> bool {
    let before = names.get(..at.start).and_then(|n| n.chars().next_back());
    let after = names.get(at.end..).and_then(|n| n.chars().next());
    before.is_none_or(|c| !c.is_alphanumeric()) && after.is_none_or(char::is_whitespace)
}

/// Whether a link leads to the page of an author: `/authors/name`, `/auteur/nom`.
fn leads_to_author(element: &Element) -> bool {
    const FOLDERS: &[&str] = &[
        "author",
        "authors",
        "auteur",
        "auteurs",
        "autor",
        "autores",
        "autoren",
        "journaliste",
        "journalistes",
        "journalist",
        "journalists",
        "redacteur",
        "signature",
        "signatures",
    ];
    element.name() == "a"
        && element.attr("href").is_some_and(|href| {
            let mut folders = href.split(['/', '?', '#']).filter(|part| !part.is_empty());
            folders.any(|folder| FOLDERS.contains(&folder)) && folders.next().is_some()
        })
}

/// What the words before a `time` say that it is the date of: `Mis à jour le <time>`.
fn announced(time: ElementRef<'_>) -> Moment {
    let before = |node: NodeOf<'_>| {
        node.prev_siblings()
            .take(3)
            .find_map(|sibling| match sibling.value() {
                Node::Text(text) => Some(text.to_string()).filter(|t| !t.trim().is_empty()),
                Node::Element(_) => ElementRef::wrap(sibling).and_then(|e| text_of(e, 60)),
                _ => None,
            })
    };
    let parent = time.parent();
    let found = before(*time).or_else(|| before(parent?));
    found.map_or(Moment::Unsaid, |text| introduced(&text))
}

/// A property by the name that schema.org has for it: RDFa writes others, with a prefix.
fn property(name: &str) -> &str {
    match name {
        "dc:date" | "dc:created" | "dcterms:created" => "dateCreated",
        "dcterms:issued" => "datePublished",
        "dcterms:modified" => "dateModified",
        "dc:creator" | "dcterms:creator" => "creator",
        name => name.strip_prefix("schema:").unwrap_or(name),
    }
}

/// The name that stands as a property of its own within a person.
fn name_within(person: ElementRef<'_>) -> Option<String> {
    let inside = person.descendants().skip(1).take(MOST_TRAIL);
    let name = inside
        .filter_map(ElementRef::wrap)
        .find(|e| e.attr("itemprop") == Some("name"))?;
    attribute(name.value(), "content").or_else(|| text_of(name, LONGEST_VALUE))
}

/// Words in the names of what surrounds the article: comments, teasers of others.
const AROUND: &[&str] = &[
    "comment",
    "kommentar",
    "respond",
    "related",
    "recommend",
    "teaser",
    "popular",
    "trending",
    "most-read",
    "mostread",
    "more-from",
    "read-more",
    "lire-aussi",
    "a-lire",
    "similar",
];

/// Whether an element stands among the readers' comments, in a teaser of another article or in the
/// page's footer: authors and dates there are not the article's.
fn is_elsewhere(element: ElementRef<'_>) -> bool {
    let around = element
        .ancestors()
        .take(FAR)
        .filter_map(|a| a.value().as_element());
    let mut footer = false;
    for outer in around.filter(|e| !matches!(e.name(), "body" | "html")) {
        let mut names = [outer.attr("class"), outer.attr("id")]
            .into_iter()
            .flatten();
        if names.any(|name| {
            let name = name.to_ascii_lowercase();
            AROUND.iter().any(|word| name.contains(word))
        }) {
            return true;
        }
        footer |= outer.name() == "footer" || outer.attr("id") == Some("footer");
        if matches!(outer.name(), "article" | "main") {
            return false;
        }
    }
    footer
}

/// Whether the class of an element says that its text is the author's name.
fn names_author(element: &Element) -> bool {
    let Some(class) = element.attr("class").or_else(|| element.attr("id")) else {
        return false;
    };
    class.split_ascii_whitespace().any(|c| {
        let c = c.to_ascii_lowercase();
        let exact = matches!(
            c.as_str(),
            "byl"
                | "fn"
                | "signature"
                | "by-line"
                | "nombre-autor"
                | "contributor-name"
                | "submitted"
        );
        let says = ["author", "byline", "auteur", "autor"]
            .iter()
            .any(|w| c.contains(w));
        let not = [
            "authors-list",
            "bio",
            "box",
            "avatar",
            "image",
            "img",
            "desc",
            "info",
            "social",
            "link-wrap",
            "about",
            "more",
            "authority",
            "card",
            "photo",
            "wrap",
            "container",
            "date",
            "title",
            "follow",
            "posts",
        ];
        // An element within a box, a card: `author-box__name`, `authorBlock_authorName__a1b2`.
        let part = ["author-name", "author_name", "authorname", "__author"];
        let named = c.ends_with("name") || part.iter().any(|w| c.contains(w));
        exact || (says && (named || !not.iter().any(|w| c.contains(w))))
    })
}
