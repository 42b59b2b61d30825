//! What a page says about itself outside of its text: metas, links, JSON-LD, microdata, `time`.
//!
//! One pass over the tree. Must not choose between contradicting statements: it collects them.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use scraper::node::Element;
use scraper::{ElementRef, Html, Node};

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
    /// `time datetime`, with whether its class or itemprop says publication.
    pub(super) times: Vec<(String, bool)>,
    /// Microdata: itemprop and its value (attribute or text) for dates, authors, headline.
    pub(super) properties: Vec<(String, String)>,
    /// Texts of elements that name the author by `rel` or class.
    pub(super) bylines: Vec<String>,
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

/// Most headings, dates, bylines and properties kept.
const MOST: usize = 64;
/// Most bodies in microdata kept (one outlet has five, four of them empty).
const MOST_BODIES: usize = 12;
/// Nodes of a trail that are looked at.
const MOST_TRAIL: usize = 200;
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
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
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
        if self.next.len() < MOST && link.attr("rel").is_some_and(next) && !is_comment(reference) {
            self.next.extend(attribute(link, "href"));
        }
    }

    fn meta(&mut self, element: &Element) {
        let Some(content) = attribute(element, "content") else {
            return;
        };
        for key in ["property", "name", "itemprop"] {
            if let Some(name) = attribute(element, key) {
                self.metas
                    .push((name.to_ascii_lowercase(), content.clone()));
            }
        }
    }

    fn time(&mut self, element: &Element, reference: ElementRef<'_>) {
        let stated = attribute(element, "datetime").or_else(|| text_of(reference, 60));
        let class = element
            .attr("class")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let says = element.attr("pubdate").is_some()
            || class.contains("publish")
            || class.contains("entry-date")
            || element.attr("itemprop") == Some("datePublished");
        self.times.extend(stated.map(|value| (value, says)));
    }

    fn microdata(&mut self, element: &Element, reference: ElementRef<'_>) {
        if let Some(property) = element.attr("itemprop")
            && self.properties.len() < MOST
        {
            for name in property.split_ascii_whitespace() {
                match name {
                    "datePublished" | "dateModified" | "dateCreated" | "headline" | "author"
                    | "creator" => {
                        let value = attribute(element, "content")
                            .or_else(|| attribute(element, "datetime"))
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
            && !is_comment(reference)
        {
            self.bylines.extend(text_of(reference, LONGEST_VALUE));
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

/// Whether an element stands among the readers' comments, whose authors are not the article's.
fn is_comment(element: ElementRef<'_>) -> bool {
    const FAR: usize = 12;
    let around = element
        .ancestors()
        .take(FAR)
        .filter_map(|a| a.value().as_element());
    around
        .filter(|e| !matches!(e.name(), "body" | "html"))
        .any(|e| {
            let named = [e.attr("class"), e.attr("id")];
            named.into_iter().flatten().any(|name| {
                let name = name.to_ascii_lowercase();
                ["comment", "kommentar", "respond"]
                    .iter()
                    .any(|w| name.contains(w))
            })
        })
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
            "byl" | "fn" | "signature" | "by-line" | "nombre-autor" | "contributor-name"
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
        exact || (says && !not.iter().any(|w| c.contains(w)))
    })
}
