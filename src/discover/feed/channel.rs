//! Channel: what a document says about itself and about how it wants to be polled.

use crate::model::{FeedInfo, Hints};

use super::Context;
use super::content::{Form, html, line, plain};
use super::entry::{cdf_date, date, page};
use super::links::{Link, resolve};
use super::people;
use super::tree::{NodeId, Tree};
use super::vocabulary::Space;

/// Most values kept of a field that may be repeated.
const MAX_VALUES: usize = 100;

/// The elements that describe the document: children of `channel` or `feed`, and of the root.
fn about<'t, 'a>(tree: &'t Tree<'a>) -> Vec<(NodeId, Space, &'t str)> {
    let holders = holders(tree);
    let children = holders.iter().flat_map(|holder| tree.elements(*holder));
    children
        .map(|(node, element)| (node, element.space, &*element.local))
        .take(100_000)
        .collect()
}

/// The element that describes the document, then the root where it is another.
fn holders(tree: &Tree<'_>) -> Vec<NodeId> {
    let roots: Vec<NodeId> = tree
        .roots()
        .filter(|root| tree.element(*root).is_some())
        .collect();
    let is_channel = |node: NodeId| {
        tree.element(node)
            .is_some_and(|e| e.space == Space::Core && matches!(&*e.local, "channel" | "feed"))
    };
    let outer = roots.iter().copied().find(|root| is_channel(*root));
    let inner = || {
        roots
            .iter()
            .flat_map(|root| tree.elements(*root))
            .map(|(node, _)| node)
            .find(|node| is_channel(*node))
    };
    let channel = outer.or_else(inner);
    let root = roots.first().copied().filter(|root| Some(*root) != channel);
    channel.into_iter().chain(root).collect()
}

/// The places of the wanted elements, in the order of the wish, then of the document.
fn places(about: &[(NodeId, Space, &str)], wanted: &[(Space, &str)]) -> Vec<NodeId> {
    let mut found = Vec::new();
    for (space, local) in wanted {
        let of_name = about.iter().filter(|(_, s, l)| s == space && l == local);
        found.extend(of_name.map(|(node, _, _)| *node).take(MAX_VALUES));
    }
    found
}

/// Like [`places`], of equals the last first: a later statement replaces an earlier one.
fn latest(about: &[(NodeId, Space, &str)], wanted: &[(Space, &str)]) -> Vec<NodeId> {
    wanted
        .iter()
        .flat_map(|wanted| places(about, &[*wanted]).into_iter().rev())
        .collect()
}

/// Elements that hold a title, in the order in which they are preferred; so below.
const TITLES: &[(Space, &str)] = &[
    (Space::Core, "title"),
    (Space::Dc, "title"),
    (Space::Podcast, "title"),
];

const DESCRIPTIONS: &[(Space, &str)] = &[
    (Space::Core, "subtitle"),
    (Space::Core, "tagline"),
    (Space::Core, "description"),
    (Space::Core, "abstract"),
    (Space::Dc, "description"),
    (Space::Podcast, "summary"),
    (Space::Podcast, "subtitle"),
];

const DATES: &[(Space, &str)] = &[
    (Space::Core, "updated"),
    (Space::Core, "modified"),
    (Space::Core, "pubdate"),
    (Space::Core, "published"),
    (Space::Core, "lastbuilddate"),
    (Space::Core, "lastmod"),
    (Space::DcTerms, "modified"),
    (Space::DcTerms, "issued"),
    (Space::Dc, "date"),
];

/// Reads title, link, date and the like.
pub(super) fn info(tree: &Tree<'_>, ctx: &Context<'_>) -> FeedInfo {
    let about = about(tree);
    let holder = holders(tree).first().copied();
    let first_line = |wanted: &[(Space, &str)]| {
        places(&about, wanted)
            .iter()
            .find_map(|node| line(tree, *node))
    };
    let links = places(&about, &[(Space::Core, "link")]);
    let links: Vec<Link> = links
        .iter()
        .filter_map(|node| Link::of(tree, *node))
        .collect();
    let href = || holder.and_then(|node| resolve(tree, node, tree.attribute(node, "href")?));
    let mut authors = Vec::new();
    for (node, _, _) in about
        .iter()
        .filter(|(_, space, local)| people::rank(*space, local).is_some())
    {
        people::add(tree, *node, &mut authors);
    }
    let said = || holder.and_then(|node| tree.scope(node).language.as_deref().map(str::to_owned));
    FeedInfo {
        title: places(&about, TITLES)
            .iter()
            .find_map(|node| plain(tree, *node, Form::Text)),
        link: page(&links).or_else(href),
        id: first_line(&[(Space::Core, "id"), (Space::Core, "guid")]),
        updated: date(tree, latest(&about, DATES).into_iter(), ctx)
            .or_else(|| holder.and_then(|node| cdf_date(tree, node, ctx))),
        description: latest(&about, DESCRIPTIONS)
            .iter()
            .find_map(|node| html(tree, *node, Form::Html)),
        language: first_line(&[(Space::Core, "language"), (Space::Dc, "language")]).or_else(said),
        authors,
    }
}

/// Reads `ttl`, `skipHours`, `sy:*`, hubs and the links of paged feeds (RFC 5005).
pub(super) fn hints(tree: &Tree<'_>) -> Hints {
    let mut hints = Hints::default();
    let (mut period, mut frequency) = (None, 1);
    for (node, space, local) in about(tree) {
        match (space, local) {
            (Space::Core, "ttl") => {
                hints.ttl_minutes = line(tree, node).and_then(|ttl| ttl.parse().ok())
            }
            (Space::Core, "skiphours") => hints.skip_hours = numbers(tree, node, hour),
            (Space::Core, "skipdays") => hints.skip_days = numbers(tree, node, weekday),
            (Space::Syndication, "updateperiod") => {
                period = line(tree, node).and_then(|name| minutes(&name))
            }
            (Space::Syndication, "updatefrequency") => {
                frequency = line(tree, node)
                    .and_then(|n| n.parse().ok())
                    .filter(|n| *n > 0)
                    .unwrap_or(1);
            }
            (Space::Core, "link") => note_link(&mut hints, Link::of(tree, node)),
            _ => {}
        }
    }
    hints.update_minutes = period.map(|period: u32| (period / frequency).max(1));
    hints
}

fn note_link(hints: &mut Hints, link: Option<Link>) {
    let Some(link) = link else { return };
    match link.rel.as_str() {
        "hub" if hints.hubs.len() < MAX_VALUES => hints.hubs.push(link.address),
        "self" => hints.self_link = hints.self_link.take().or(Some(link.address)),
        "next" => hints.next = hints.next.take().or(Some(link.address)),
        "prev-archive" => hints.prev_archive = hints.prev_archive.take().or(Some(link.address)),
        _ => {}
    }
}

fn numbers(tree: &Tree<'_>, node: NodeId, read: fn(&str) -> Option<u8>) -> Vec<u8> {
    let texts = tree
        .elements(node)
        .take(MAX_VALUES)
        .filter_map(|(child, _)| line(tree, child));
    let mut values: Vec<u8> = texts.filter_map(|text| read(&text)).collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// 0 to 23; the 24 of RSS 0.91 is midnight.
fn hour(text: &str) -> Option<u8> {
    let hour: u8 = text.parse().ok()?;
    (hour <= 24).then_some(hour % 24)
}

fn weekday(text: &str) -> Option<u8> {
    let lower = text.to_ascii_lowercase();
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    days.iter()
        .position(|day| lower.starts_with(day))
        .and_then(|day| u8::try_from(day).ok())
}

fn minutes(period: &str) -> Option<u32> {
    Some(match period.to_ascii_lowercase().as_str() {
        "hourly" => 60,
        "daily" => 24 * 60,
        "weekly" => 7 * 24 * 60,
        "monthly" => 30 * 24 * 60,
        "yearly" => 365 * 24 * 60,
        _ => return None,
    })
}
