//! In which part of the page a node stands: among the articles, or in navigation, footer, sidebar,
//! advertisement, a list of the most read…
//!
//! Parts are known by element, role, the words of class and id, and by the heading above a list.
//! A part that holds most of the page's titles is never set aside, whatever it is called.

use std::sync::LazyLock;

use regex::Regex;

use crate::discover::entry::is_heading;
use crate::discover::sheet::Sheet;
use crate::discover::wording::units;

/// Share of the page's titles from which on a part is the page's matter.
const MATTER: f64 = 0.7;

/// Share of its links that read like titles from which on a part is no menu.
const WORDY: f64 = 0.5;

/// Largest subtree, in nodes, that may be the heading of a list.
const LABEL_NODES: usize = 12;

/// A part of the page, from welcome to unwelcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Region {
    /// Where articles are expected.
    Body,
    /// The page's head.
    Header,
    /// Beside the articles.
    Aside,
    /// Old or chosen articles: the most read, related ones.
    Popular,
    /// Menus and trails.
    Nav,
    /// The page's foot.
    Footer,
    /// Advertisement, sharing, comments, tags, numbers of pages.
    Chrome,
}

static POPULAR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)plus\s+(?:lu|vu|comment|partag|popul|cliqu)|most\s+(?:read|view|popul|shared|comment)|populai?r|trending|tendance|\btop\s*\d|archive|comment(?:aire|s)|\btags?\b|mots?.cl[ée]|nuage|partenaire|\bpartner|^liens?\b|blogroll|(?:voir|lire)\s+aussi|sur\s+le\s+m[êe]me|m[êe]me\s+(?:sujet|th[èe]me)|related|recommand|recommend|newsletter|abonne|suivez|follow|publicit|sponsor|cat[ée]gor|rubrique|lo\s+m[áa]s|m[áa]s\s+le[ií]d|mais\s+lid|meistgelesen|promo|horoscope|m[ée]t[ée]o|services?\b|[àa]\s+propos|about|l[ée]gale|contact|热门|排行|推荐|热点|点击")
        .expect("a literal pattern")
});

static LATEST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)derni[eè]r|r[ée]cent|latest|recent|\bfil\b|en\s+continu|minute|breaking|actualit|[àa]\s+la\s+une|\blive\b|nouveaut|[úu]ltim|neueste|d[ée]p[êe]ches|en\s+bref|br[èe]ves|最新|滚动")
        .expect("a literal pattern")
});

/// The region of every node. `titles` says, node by node, whether a link there reads like a title.
pub(crate) fn regions(sheet: &Sheet<'_>, titles: &[bool]) -> Vec<Region> {
    let sums = Sums::over(titles.iter().copied());
    let links = Sums::over((0..sheet.cells.len()).map(|at| sheet.tag(at) == "a"));
    let total = sums.within(0, sheet.cells.len()).max(1.0);
    let share = |at: usize| sums.within(at, sheet.cells[at].end) / total;
    let wordy = |at: usize| {
        let (titles, links) = (
            sums.within(at, sheet.cells[at].end),
            links.within(at, sheet.cells[at].end),
        );
        titles > 0.0 && titles >= links * WORDY
    };
    let mut regions = vec![Region::Body; sheet.cells.len()];
    let mut labels: Vec<Option<Region>> = vec![None; sheet.cells.len()];
    for at in 1..sheet.cells.len() {
        let parent = sheet.cells[at].parent;
        let above = regions[parent];
        if sheet.element(at).is_none() {
            regions[at] = above;
            continue;
        }
        let label = labels[parent];
        let mut own = named(sheet, at);
        if let Some(label) = label
            && (own == Region::Body || label == Region::Popular)
        {
            own = own.max(label);
        }
        // A class called "menu" may hold articles: then its links read like titles.
        let misnamed = own == Region::Nav && sheet.tag(at) != "nav" && wordy(at);
        if share(at) > MATTER || misnamed {
            own = Region::Body;
        }
        regions[at] = above.max(own);
        if label == Some(Region::Body) && above == Region::Aside && own <= Region::Aside {
            regions[at] = Region::Body;
        }
        if let Some(label) = label_of(sheet, at, titles) {
            labels[parent] = label;
        }
    }
    regions
}

/// Counts over ranges of nodes.
struct Sums(Vec<u32>);

impl Sums {
    fn over(flags: impl Iterator<Item = bool>) -> Self {
        let mut sum = 0;
        let counted = flags.map(|flag| {
            sum += u32::from(flag);
            sum
        });
        Self(std::iter::once(0).chain(counted).collect())
    }

    fn within(&self, from: usize, to: usize) -> f64 {
        f64::from(self.0[to] - self.0[from])
    }
}

/// What a heading says of the list after it: Popular, Body for the latest, or nothing (a heading
/// of another kind ends the list before it).
fn label_of(sheet: &Sheet<'_>, at: usize, titles: &[bool]) -> Option<Option<Region>> {
    let end = sheet.cells[at].end;
    if end - at > LABEL_NODES || titles[at..end].iter().any(|&title| title) {
        return None;
    }
    let heads = |n: usize| {
        is_heading(sheet, n)
            || matches!(sheet.tag(n), "legend" | "caption")
            || sheet.element(n).is_some_and(|element| {
                element.classes().any(|class| {
                    let class = class.to_ascii_lowercase();
                    class.contains("title") || class.contains("titre") || class.contains("head")
                })
            })
    };
    if !(at..end).any(heads) {
        return None;
    }
    let text = sheet.text_of(at);
    if text.is_empty() || units(&text) > 7.0 {
        return None;
    }
    if POPULAR.is_match(&text) {
        return Some(Some(Region::Popular));
    }
    Some(LATEST.is_match(&text).then_some(Region::Body))
}

/// What an element calls itself.
fn named(sheet: &Sheet<'_>, at: usize) -> Region {
    let Some(element) = sheet.element(at) else {
        return Region::Body;
    };
    match element.name() {
        "html" | "body" | "main" | "article" | "a" => return Region::Body,
        "nav" => return Region::Nav,
        "footer" => return Region::Footer,
        "aside" => return Region::Aside,
        "header" if !inside_matter(sheet, at) => return Region::Header,
        _ => {}
    }
    match element.attr("role").unwrap_or_default() {
        "navigation" | "menu" | "menubar" | "search" => return Region::Nav,
        "contentinfo" => return Region::Footer,
        "complementary" => return Region::Aside,
        "main" => return Region::Body,
        _ => {}
    }
    let names = element.classes().chain(element.id());
    names.map(named_so).max().unwrap_or(Region::Body)
}

fn inside_matter(sheet: &Sheet<'_>, at: usize) -> bool {
    sheet
        .ancestors(at)
        .take(8)
        .any(|up| matches!(sheet.tag(up), "article" | "main" | "li" | "section"))
}

/// What one class or id says. Classes of a content system's state (`tag-chine`, `has-sidebar`) say
/// nothing.
fn named_so(name: &str) -> Region {
    let lower = name.to_ascii_lowercase();
    let state = [
        "tag-",
        "category-",
        "post-",
        "type-",
        "status-",
        "format-",
        "has-",
        "no-",
        "with-",
        "js-",
        "is-",
        "page-",
        "hentry",
        "cat-",
    ];
    let exact = match lower.as_str() {
        "tags" | "tag-list" | "taglist" | "tagcloud" | "tag-cloud" | "tag-links" | "post-tags"
        | "entry-tags" | "tags-links" | "cat-links" | "category-list" | "page-numbers"
        | "post-meta" | "entry-meta" | "js-nav" => Region::Chrome,
        "page-header" | "has-post-thumbnail" => Region::Body,
        "page-footer" => Region::Footer,
        "page-nav" => Region::Nav,
        _ => Region::Body,
    };
    if exact != Region::Body || state.iter().any(|start| lower.starts_with(start)) {
        return exact;
    }
    if lower.contains("without") || lower.contains("-has-") || lower.ends_with("-open") {
        return Region::Body;
    }
    let found = words(name).into_iter().map(|word| word_region(&word)).max();
    found.unwrap_or(Region::Body)
}

fn word_region(word: &str) -> Region {
    match word {
        "nav" | "navbar" | "navigation" | "menu" | "menus" | "submenu" | "megamenu"
        | "mainmenu" | "topmenu" | "topnav" | "topbar" | "breadcrumb" | "breadcrumbs"
        | "ariane" | "filariane" | "toolbar" | "langues" | "languages" | "lang" | "dropdown"
        | "offcanvas" | "hamburger" | "subnav" | "sitenav" | "langswitch" => Region::Nav,
        "footer" | "foot" | "pied" | "pieddepage" | "colophon" | "copyright" | "bottombar"
        | "footers" => Region::Footer,
        "sidebar" | "sidebars" | "aside" | "rightcol" | "rightcolumn" | "leftcol"
        | "colonnedroite" | "rightrail" | "rail" | "secondary" => Region::Aside,
        "related" | "popular" | "mostread" | "mostviewed" | "mostpopular" | "populaires"
        | "pluslus" | "lus" | "trending" | "recommended" | "recommendations" | "readalso"
        | "toplus" | "bestof" | "archives" => Region::Popular,
        "pagination" | "pager" | "paginator" | "pagenav" | "pagenavi" | "pageslinks" | "social"
        | "socials" | "share" | "sharing" | "sharedaddy" | "addtoany" | "partage" | "reseaux"
        | "tagcloud" | "comments" | "commentlist" | "commentaires" | "recentcomments" | "ad"
        | "ads" | "adv" | "advert" | "advertisement" | "advertising" | "adsense" | "publicite"
        | "pub" | "sponsor" | "sponsors" | "sponsored" | "sponsorise" | "promo" | "promos"
        | "promotion" | "partenaires" | "partners" | "newsletter" | "subscribe" | "login"
        | "cookie" | "cookies" | "consent" | "outbrain" | "taboola" | "byline" | "author"
        | "authors" | "auteur" => Region::Chrome,
        _ => Region::Body,
    }
}

/// The words of a class: parted by marks and by capitals, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in name.chars() {
        if !c.is_alphabetic() || (small && c.is_uppercase()) {
            words.push(String::new());
        }
        small = c.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| c.is_alphabetic()) {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes() {
        let check = |name: &str, expected: Region| assert_eq!(named_so(name), expected, "{name}");
        check("main-nav", Region::Nav);
        check("mainNav", Region::Nav);
        check("menu-item-12", Region::Nav);
        check("tag-publicite", Region::Body);
        check("category-menu", Region::Body);
        check("has-sidebar", Region::Body);
        check("sidebar-right", Region::Aside);
        check("td_block_related_posts", Region::Popular);
        check("heading", Region::Body);
        check("loads", Region::Body);
        check("ad-300x250", Region::Chrome);
        check("navire", Region::Body);
    }
}
