//! Entry: an `item` or `entry` element of any vocabulary to a candidate.
//!
//! One pass over the children notes where each field stands; values are made afterwards from the
//! best place of each. What the vocabularies mean is told here in one table ([`Draft::note`]).

use chrono::{DateTime, Utc};
use xxhash_rust::xxh3::xxh3_64;

use crate::model::{Candidate, Enclosure, Person};

use super::Context;
use super::content::{Form, html, line, plain};
use super::links::{Link, is_web, resolve};
use super::media;
use super::people;
use super::tree::{NodeId, Tree};
use super::vocabulary::Space;
use crate::text::dates;

/// Most values kept of a field that may be repeated.
const MAX_VALUES: usize = 100;

/// Places of fields, with how much each is preferred (lower is better).
#[derive(Debug, Default)]
pub(super) struct Draft {
    titles: Ranked,
    ids: Ranked,
    links: Vec<NodeId>,
    summaries: Ranked,
    contents: Ranked,
    published: Ranked,
    updated: Ranked,
    authors: Ranked,
    categories: Vec<NodeId>,
    enclosures: Vec<NodeId>,
    media: Vec<NodeId>,
    source: Option<NodeId>,
    language: Option<NodeId>,
    permalink: Option<NodeId>,
}

#[derive(Debug, Default)]
struct Ranked(Vec<(u8, NodeId)>);

impl Ranked {
    /// Adds a place behind those that are preferred as much or more.
    fn add(&mut self, rank: u8, node: NodeId) {
        if self.0.len() < MAX_VALUES {
            let at = self.0.partition_point(|(known, _)| *known <= rank);
            self.0.insert(at, (rank, node));
        }
    }

    /// The places, best first, of equals in the order of the document.
    fn best(&self) -> impl Iterator<Item = NodeId> {
        self.0.iter().map(|(_, node)| *node)
    }

    /// The places, best first, of equals the last: a later statement replaces an earlier one.
    fn latest(&self) -> impl Iterator<Item = NodeId> {
        self.0
            .chunk_by(|a, b| a.0 == b.0)
            .flat_map(|equals| equals.iter().rev())
            .map(|(_, node)| *node)
    }

    /// The places of the best rank only.
    fn first_rank(&self) -> impl Iterator<Item = NodeId> {
        let best = self.0.first().map_or(0, |(rank, _)| *rank);
        self.0
            .iter()
            .take_while(move |(rank, _)| *rank == best)
            .map(|(_, node)| *node)
    }
}

/// Reads an entry.
pub(super) fn read(tree: &Tree<'_>, node: NodeId, ctx: &Context<'_>) -> Candidate {
    let mut draft = Draft::default();
    for (child, element) in tree.elements(node) {
        draft.note(element.space, &element.local, child);
    }
    draft.candidate(tree, node, ctx)
}

impl Draft {
    /// Notes what a child element of an entry is.
    fn note(&mut self, space: Space, local: &str, node: NodeId) {
        if let Some(rank) = people::rank(space, local) {
            return self.authors.add(rank, node);
        }
        match (space, local) {
            (Space::Core, _) => self.note_core(local, node),
            (Space::Dc, "title") => self.titles.add(1, node),
            (Space::Media, "title") => self.titles.add(2, node),
            (Space::Podcast, "title") => self.titles.add(3, node),
            (Space::Content, "encoded") => self.contents.add(0, node),
            (Space::Xhtml, "body" | "div") => self.contents.add(1, node),
            (Space::Dc, "description") => self.summaries.add(1, node),
            (Space::DcTerms, "abstract") => self.summaries.add(1, node),
            (Space::Media, "description") => self.summaries.add(2, node),
            (Space::Podcast, "summary" | "description") => self.summaries.add(3, node),
            (Space::Podcast, "subtitle") => self.summaries.add(4, node),
            (Space::DcTerms, "issued") => self.published.add(1, node),
            (Space::Dc, "date") => self.published.add(2, node),
            (Space::DcTerms, "created" | "date") => self.published.add(3, node),
            (Space::DcTerms, "modified") => self.updated.add(1, node),
            (Space::Dc, "subject") => self.category(node),
            (Space::Dc, "language") => self.language = self.language.or(Some(node)),
            (Space::FeedBurner, "origlink") => self.permalink = self.permalink.or(Some(node)),
            (Space::Media | Space::Podcast, _) if self.media.len() < MAX_VALUES => {
                self.media.push(node)
            }
            _ => {}
        }
    }

    fn note_core(&mut self, local: &str, node: NodeId) {
        match local {
            "title" => self.titles.add(0, node),
            "guid" => self.ids.add(0, node),
            "id" => self.ids.add(1, node),
            "link" if self.links.len() < MAX_VALUES => self.links.push(node),
            "description" | "summary" | "abstract" => self.summaries.add(0, node),
            "content" | "encoded" => self.contents.add(0, node),
            "body" | "fullitem" => self.contents.add(1, node),
            "pubdate" | "published" | "issued" => self.published.add(0, node),
            "date" => self.published.add(2, node),
            "created" => self.published.add(3, node),
            "updated" | "modified" | "lastmod" => self.updated.add(0, node),
            "lastbuilddate" => self.updated.add(1, node),
            "category" => self.category(node),
            "enclosure" if self.enclosures.len() < MAX_VALUES => self.enclosures.push(node),
            "source" => self.source = self.source.or(Some(node)),
            "language" => self.language = self.language.or(Some(node)),
            "image" if self.media.len() < MAX_VALUES => self.media.push(node),
            _ => {}
        }
    }

    fn category(&mut self, node: NodeId) {
        if self.categories.len() < MAX_VALUES {
            self.categories.push(node);
        }
    }

    fn candidate(&self, tree: &Tree<'_>, node: NodeId, ctx: &Context<'_>) -> Candidate {
        let links: Vec<Link> = self
            .links
            .iter()
            .filter_map(|link| Link::of(tree, *link))
            .collect();
        let (guid, permalink) = self.identity(tree);
        let about = tree
            .attribute(node, "rdf:about")
            .map(str::trim)
            .filter(|about| !about.is_empty());
        let link = page(&links)
            .or_else(|| {
                tree.attribute(node, "href")
                    .and_then(|href| resolve(tree, node, href))
            })
            .or(permalink)
            .or_else(|| about.filter(|about| is_web(about)).map(str::to_owned))
            .or_else(|| self.permalink.and_then(|node| line(tree, node)));
        let (summary, content) = self.texts(tree);
        let mut candidate = Candidate {
            title: self
                .titles
                .best()
                .find_map(|title| plain(tree, title, Form::Text)),
            published: date(tree, self.published.latest(), ctx),
            updated: date(tree, self.updated.latest(), ctx).or_else(|| cdf_date(tree, node, ctx)),
            summary,
            content,
            authors: self.authors(tree),
            categories: self.categories(tree),
            enclosures: self.enclosures(tree, &links),
            language: self.language(tree, node),
            via: self.source.and_then(|source| via(tree, source)),
            complete: tree.cut_entry != Some(node),
            link,
            ..Candidate::default()
        };
        media::add(tree, &self.media, &mut candidate);
        media::add_group_texts(tree, &self.media, &mut candidate);
        candidate.image = candidate.image.or_else(|| picture(&candidate.enclosures));
        candidate.id = guid
            .or_else(|| about.map(str::to_owned))
            .or_else(|| candidate.link.clone())
            .unwrap_or_else(|| fallback_id(&candidate));
        candidate
    }

    /// The guid or Atom id, and the link that it is when `isPermaLink` does not deny it.
    fn identity(&self, tree: &Tree<'_>) -> (Option<String>, Option<String>) {
        let found = self
            .ids
            .best()
            .find_map(|node| Some((node, line(tree, node)?)));
        let Some((node, id)) = found else {
            return (None, None);
        };
        let denied = tree
            .attribute(node, "ispermalink")
            .is_some_and(|flag| flag.trim().eq_ignore_ascii_case("false"));
        let permalink = (!denied && is_web(&id)).then(|| id.clone());
        (Some(id), permalink)
    }

    /// Teaser and body. A second description, or a longer one of another vocabulary, is a body.
    fn texts(&self, tree: &Tree<'_>) -> (Option<String>, Option<String>) {
        let mut content = self.contents.best().find_map(|node| body(tree, node));
        let mut summary = None;
        for node in self.summaries.best() {
            let Some(text) = body(tree, node) else {
                continue;
            };
            match &summary {
                None => summary = Some(text),
                Some(known) if text.len() > known.len() || core(tree, node) => {
                    content = content.or(Some(text));
                    break;
                }
                Some(_) => {}
            }
        }
        (summary, content)
    }

    fn authors(&self, tree: &Tree<'_>) -> Vec<Person> {
        let mut people = Vec::new();
        for node in self.authors.first_rank() {
            people::add(tree, node, &mut people);
        }
        let source = self.source.filter(|_| people.is_empty());
        if let Some(source) = source {
            for (node, _) in tree
                .elements(source)
                .filter(|(_, e)| e.space == Space::Core && e.local == "author")
            {
                people::add(tree, node, &mut people);
            }
        }
        people
    }

    fn categories(&self, tree: &Tree<'_>) -> Vec<String> {
        let mut labels = Vec::new();
        for node in &self.categories {
            let attribute = tree
                .attribute(*node, "label")
                .or_else(|| tree.attribute(*node, "term"));
            let label = match attribute {
                Some(label) => super::content::plain_text(label, Form::Text),
                None => plain(tree, *node, Form::Text),
            };
            if let Some(label) = label.filter(|label| !labels.contains(label)) {
                labels.push(label);
            }
        }
        labels
    }

    fn enclosures(&self, tree: &Tree<'_>, links: &[Link]) -> Vec<Enclosure> {
        let mut out: Vec<Enclosure> = self
            .enclosures
            .iter()
            .filter_map(|node| media::enclosure(tree, *node))
            .collect();
        out.extend(
            links
                .iter()
                .filter(|link| link.rel == "enclosure")
                .map(|link| Enclosure {
                    url: link.address.clone(),
                    media_type: link.media_type.clone(),
                    length: link.length,
                }),
        );
        out
    }

    fn language(&self, tree: &Tree<'_>, node: NodeId) -> Option<String> {
        let said = self.language.and_then(|node| line(tree, node));
        said.or_else(|| tree.scope(node).language.as_deref().map(str::to_owned))
    }
}

fn core(tree: &Tree<'_>, node: NodeId) -> bool {
    tree.element(node)
        .is_some_and(|element| element.space == Space::Core)
}

fn body(tree: &Tree<'_>, node: NodeId) -> Option<String> {
    let local = tree.element(node).map_or("", |element| &*element.local);
    let otherwise = match local {
        "summary" | "content" | "abstract" if core(tree, node) => Form::Text,
        "body" | "div" => Form::Xml,
        _ => Form::Html,
    };
    html(tree, node, otherwise)
}

/// The first date that is understood, not later than the fetch.
pub(super) fn date(
    tree: &Tree<'_>,
    mut places: impl Iterator<Item = NodeId>,
    ctx: &Context<'_>,
) -> Option<DateTime<Utc>> {
    places.find_map(|node| dates::parse(&line(tree, node)?, ctx.timezone))
}

/// The date that CDF has as an attribute.
pub(super) fn cdf_date(tree: &Tree<'_>, node: NodeId, ctx: &Context<'_>) -> Option<DateTime<Utc>> {
    dates::parse(tree.attribute(node, "lastmod")?, ctx.timezone)
}

/// The link of the page: RSS's text, else Atom's alternate. Several of a kind are not foreseen; the
/// last is taken, as with other fields.
pub(super) fn page(links: &[Link]) -> Option<String> {
    let alternates = || links.iter().rev().filter(|link| link.rel == "alternate");
    let found = alternates()
        .find(|link| link.is_text)
        .or_else(|| alternates().find(|link| link.is_page()))
        .or_else(|| alternates().next());
    found.map(|link| link.address.clone())
}

fn via(tree: &Tree<'_>, source: NodeId) -> Option<String> {
    match tree.child(source, Space::Core, "title") {
        Some(title) => plain(tree, title, Form::Text),
        None => plain(tree, source, Form::Text),
    }
}

fn picture(enclosures: &[Enclosure]) -> Option<String> {
    let picture = enclosures.iter().find(|file| media::is_picture(file))?;
    Some(picture.url.clone())
}

/// Identity of an entry that has neither guid nor link: title and date, else its text.
pub(super) fn fallback_id(candidate: &Candidate) -> String {
    let date = candidate
        .published
        .or(candidate.updated)
        .map(|date| date.to_rfc3339())
        .unwrap_or_default();
    let title = candidate.title.as_deref().unwrap_or_default();
    let text = if title.is_empty() && date.is_empty() {
        candidate
            .content
            .as_deref()
            .or(candidate.summary.as_deref())
            .unwrap_or_default()
    } else {
        ""
    };
    format!(
        "hash:{:016x}",
        xxh3_64(format!("{title}\n{date}\n{text}").as_bytes())
    )
}
