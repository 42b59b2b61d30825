//! Media: enclosures, Media RSS and podcast pictures.

use crate::model::{Candidate, Enclosure};

use super::content::{Form, html, line, plain};
use super::links::resolve;
use super::tree::{NodeId, Tree};
use super::vocabulary::Space;

/// Most enclosures kept of an entry.
const MAX_ENCLOSURES: usize = 50;

/// Endings of the addresses of pictures.
const PICTURES: &[&str] = &["jpg", "jpeg", "png", "webp", "gif", "avif"];

/// Reads an element with `url`, `type` and `length` (or Media RSS's `fileSize`).
pub(super) fn enclosure(tree: &Tree<'_>, node: NodeId) -> Option<Enclosure> {
    let url = tree
        .attribute(node, "url")
        .or_else(|| tree.attribute(node, "href"))?;
    let length = tree
        .attribute(node, "length")
        .or_else(|| tree.attribute(node, "filesize"));
    Some(Enclosure {
        url: resolve(tree, node, url)?,
        media_type: tree
            .attribute(node, "type")
            .map(str::trim)
            .filter(|kind| !kind.is_empty())
            .map(str::to_owned),
        length: length.and_then(|length| length.trim().parse().ok()),
    })
}

/// Adds pictures and files of Media RSS and podcast elements.
pub(super) fn add(tree: &Tree<'_>, nodes: &[NodeId], candidate: &mut Candidate) {
    for node in nodes {
        let Some(element) = tree.element(*node) else {
            continue;
        };
        match (element.space, &*element.local) {
            (Space::Media, "group" | "content") => {
                add_file(tree, *node, candidate);
                for (inner, _) in tree
                    .elements(*node)
                    .filter(|(_, e)| e.space == Space::Media)
                    .take(MAX_ENCLOSURES)
                {
                    add_file(tree, inner, candidate);
                }
            }
            _ => add_file(tree, *node, candidate),
        }
    }
}

fn add_file(tree: &Tree<'_>, node: NodeId, candidate: &mut Candidate) {
    let Some(element) = tree.element(node) else {
        return;
    };
    match (element.space, &*element.local) {
        (Space::Media, "thumbnail") | (Space::Podcast, "image") => {
            let picture = enclosure(tree, node).map(|file| file.url);
            candidate.image = candidate.image.take().or(picture);
        }
        (Space::Core, "image") => {
            let address = tree
                .child(node, Space::Core, "url")
                .and_then(|url| line(tree, url));
            let address = address
                .or_else(|| line(tree, node))
                .and_then(|url| resolve(tree, node, &url));
            candidate.image = candidate.image.take().or(address);
        }
        (Space::Media, "content") => {
            let Some(file) = enclosure(tree, node) else {
                return;
            };
            let is_picture = match tree.attribute(node, "medium") {
                Some(medium) => medium.starts_with("image"),
                None => is_picture(&file),
            };
            if is_picture {
                candidate.image = candidate.image.take().or(Some(file.url));
            } else if candidate.enclosures.len() < MAX_ENCLOSURES
                && !candidate
                    .enclosures
                    .iter()
                    .any(|known| known.url == file.url)
            {
                candidate.enclosures.push(file);
            }
        }
        _ => {}
    }
}

/// Whether a file is a picture: by its type, else by the ending of its address.
pub(super) fn is_picture(file: &Enclosure) -> bool {
    let path = file.url.split(['?', '#']).next().unwrap_or_default();
    let ending = path.rsplit('.').next().unwrap_or_default();
    match file.media_type.as_deref() {
        Some(kind) => kind.starts_with("image/"),
        None => PICTURES
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known)),
    }
}

/// Takes title and description of a media group where the entry itself has none.
pub(super) fn add_group_texts(tree: &Tree<'_>, nodes: &[NodeId], candidate: &mut Candidate) {
    for node in nodes {
        if candidate.title.is_none() {
            let title = tree.child(*node, Space::Media, "title");
            candidate.title = title.and_then(|title| plain(tree, title, Form::Text));
        }
        if candidate.summary.is_none() {
            let description = tree.child(*node, Space::Media, "description");
            candidate.summary = description.and_then(|text| html(tree, text, Form::Html));
        }
    }
}
