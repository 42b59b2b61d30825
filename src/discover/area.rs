//! The part of a page that speaks of one article: the largest element around its links that links
//! no other article, with the siblings that belong to it in flat markup (`dt` and `dd`, headings
//! and paragraphs, lines between `br`).
//!
//! Climbing marks every node once as one article's or as several articles', so the work is linear
//! in the page. Knows nothing of what a title or a date looks like.

use std::collections::HashMap;

use super::links::Link;
use super::sheet::Sheet;

/// Largest element, in nodes, that is still read as the surroundings of one article.
const MAX_AREA: usize = 400;

/// How many siblings after (or before) an element may belong to it.
const MAX_SIBLINGS: usize = 8;

const NOBODY: u32 = 0;
const SEVERAL: u32 = 1;

/// Surroundings of one link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Area {
    /// The element.
    pub root: usize,
    /// Ranges of the siblings after it, up to the next article.
    pub after: Vec<(usize, usize)>,
    /// Ranges of the siblings before it, nearest first, back to the article before.
    pub before: Vec<(usize, usize)>,
}

/// The owners of all nodes, and the areas made from them.
#[derive(Debug)]
pub(crate) struct Areas {
    owners: Vec<u32>,
    /// The last child of a parent that speaks of an article.
    last: HashMap<usize, usize>,
    /// The areas of each link, in the order of its anchors, each once.
    pub of: Vec<Vec<Area>>,
}

impl Areas {
    /// Finds the areas of all links. An area never exceeds the element `bound` gives for an
    /// anchor; such an area has no siblings.
    pub fn find(sheet: &Sheet<'_>, links: &[Link], bound: impl Fn(usize) -> Option<usize>) -> Self {
        let mut areas = Self {
            owners: vec![NOBODY; sheet.cells.len()],
            last: HashMap::new(),
            of: Vec::with_capacity(links.len()),
        };
        for (place, link) in links.iter().enumerate() {
            for &anchor in &link.anchors {
                areas.claim(
                    sheet,
                    anchor,
                    u32::try_from(place).unwrap_or(u32::MAX - 2) + 2,
                );
            }
        }
        for link in links {
            let mut found: Vec<Area> = Vec::new();
            for &anchor in &link.anchors {
                let bound = bound(anchor);
                let root = areas.root(sheet, anchor, bound);
                if found.last().is_some_and(|area| area.root == root) {
                    continue;
                }
                found.push(areas.with_siblings(sheet, root, bound == Some(root)));
            }
            areas.of.push(found);
        }
        areas
    }

    /// Marks the anchor and its ancestors as this link's, or as several links'.
    fn claim(&mut self, sheet: &Sheet<'_>, anchor: usize, link: u32) {
        let mut at = anchor;
        loop {
            let owner = &mut self.owners[at];
            match *owner {
                NOBODY => *owner = link,
                SEVERAL => return,
                same if same == link => return,
                _ => *owner = SEVERAL,
            }
            if at == 0 {
                return;
            }
            at = sheet.cells[at].parent;
        }
    }

    fn root(&self, sheet: &Sheet<'_>, anchor: usize, bound: Option<usize>) -> usize {
        let mut root = anchor;
        while Some(root) != bound && root != 0 {
            let parent = sheet.cells[root].parent;
            let cell = &sheet.cells[parent];
            let shared = self.owners[parent] != self.owners[anchor];
            if shared
                || cell.end - parent > MAX_AREA
                || matches!(sheet.tag(parent), "body" | "html" | "main")
            {
                break;
            }
            root = parent;
        }
        root
    }

    fn with_siblings(&mut self, sheet: &Sheet<'_>, root: usize, whole: bool) -> Area {
        let mut area = Area {
            root,
            after: Vec::new(),
            before: Vec::new(),
        };
        if whole || root == 0 {
            return area;
        }
        let parent = sheet.cells[root].parent;
        let owners = &self.owners;
        self.last.entry(parent).or_insert_with(|| {
            sheet
                .children(parent)
                .filter(|&child| owners[child] != NOBODY)
                .last()
                .unwrap_or(root)
        });
        area.after = self.loose_after(sheet, root);
        let mut before = sheet.cells[root].before;
        while let Some(at) =
            before.filter(|&at| area.before.len() < MAX_SIBLINGS && self.is_loose(sheet, at))
        {
            area.before.push((at, sheet.cells[at].end));
            before = sheet.cells[at].before;
        }
        area
    }

    /// What follows the last article beside this element.
    pub fn after_last(&self, sheet: &Sheet<'_>, root: usize) -> Vec<(usize, usize)> {
        let last = self.last.get(&sheet.cells[root].parent).copied();
        last.map_or_else(Vec::new, |last| self.loose_after(sheet, last))
    }

    fn loose_after(&self, sheet: &Sheet<'_>, root: usize) -> Vec<(usize, usize)> {
        let end = sheet.cells[sheet.cells[root].parent].end;
        let mut found = Vec::new();
        let mut at = sheet.cells[root].end;
        while at < end && found.len() < MAX_SIBLINGS && self.is_loose(sheet, at) {
            found.push((at, sheet.cells[at].end));
            at = sheet.cells[at].end;
        }
        found
    }

    /// Whether a sibling belongs to nobody and opens no new part of the page.
    fn is_loose(&self, sheet: &Sheet<'_>, at: usize) -> bool {
        let opens = matches!(
            sheet.tag(at),
            "h1" | "h2"
                | "h3"
                | "h4"
                | "h5"
                | "h6"
                | "hr"
                | "nav"
                | "footer"
                | "aside"
                | "header"
                | "form"
                | "section"
                | "article"
        );
        self.owners[at] == NOBODY && !opens && sheet.cells[at].end - at <= MAX_AREA
    }
}

#[cfg(test)]
mod tests {
    use scraper::Html;
    use url::Url;

    use super::*;
    use crate::discover::links::{Sieve, gather};
    use crate::text::url::Families;

    #[test]
    fn areas() {
        let check = |html: &str, expected: &[&str]| {
            let html = Html::parse_document(html);
            let sheet = Sheet::lay(&html, &[]);
            let page = Url::parse("http://a.fr/").expect("an address");
            let sieve = Sieve {
                page: &page,
                families: &Families::default(),
                include: &[],
                exclude: &[],
            };
            let links = gather(
                &sheet,
                (0..sheet.cells.len()).filter(|&at| sheet.tag(at) == "a"),
                &sieve,
            )
            .links;
            let areas = Areas::find(&sheet, &links, |_| None);
            let shown = |area: &Area| {
                let text = |&(from, to): &(usize, usize)| sheet.text(from, to);
                let after: Vec<_> = area
                    .after
                    .iter()
                    .map(text)
                    .filter(|text| !text.is_empty())
                    .collect();
                format!("{} {}", sheet.text_of(area.root), after.join(" "))
                    .trim()
                    .to_owned()
            };
            let got: Vec<_> = areas.of.iter().flatten().map(shown).collect();
            assert_eq!(got, expected);
        };
        check(
            "<ul><li><a href=1>A</a> x<li><b>y</b><a href=2>B</a></ul>",
            &["A x", "yB"],
        );
        check(
            "<dl><dt><a href=1>A</a><dd>x<dt><a href=2>B</a><dd>y</dl>",
            &["A x", "B y"],
        );
        check(
            "<div><h3><a href=1>A</a></h3><p>x</p><h3><a href=2>B</a></h3><p>y</p><h2>Z</h2></div>",
            &["A x", "B y"],
        );
        check(
            "<p><a href=1><img></a></p><p>x</p><p><a href=1>A</a></p><p><a href=2>B</a>",
            &["x", "A", "B"],
        );
        check("<a href=1>A</a> x<br><a href=2>B</a> y", &["A x", "B y"]);
        check(
            "<div><a href=1><img></a><p><a href=1>A</a></p></div><div><a href=2>B</a></div>",
            &["A", "B"],
        );
    }
}
