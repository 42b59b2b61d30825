//! The listing reader without any rules, on hand-written pages of different make: each page of
//! `tests/listings` has beside it the addresses of its articles (`*.links`, the page's own first).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use depeche::discover::listing::{self, Context, Listing};
use depeche::text::url::Families;
use url::Url;

/// What must be reached over all pages, and nearly on each.
const OVERALL: f64 = 0.95;
const EACH: f64 = 0.85;

struct Page {
    name: String,
    html: String,
    base: Url,
    expected: BTreeSet<String>,
}

fn pages() -> Vec<Page> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/listings");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the folder of listings")
        .map(|entry| entry.expect("a readable entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "html"))
        .collect();
    files.sort();
    files.iter().map(|path| page(path)).collect()
}

fn page(path: &Path) -> Page {
    let links =
        std::fs::read_to_string(path.with_extension("links")).expect("the links beside the page");
    let mut lines = links.lines();
    let base = lines
        .next()
        .and_then(|line| line.strip_prefix("# "))
        .expect("the page's own address");
    Page {
        name: path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        html: std::fs::read_to_string(path).expect("the page"),
        base: Url::parse(base).expect("an address"),
        expected: lines
            .map(|line| Url::parse(line).expect("an address").to_string())
            .collect(),
    }
}

fn found(page: &Page) -> BTreeSet<String> {
    let fetched_at: DateTime<Utc> = "2026-07-29T12:00:00Z".parse().expect("a moment");
    let listing = Listing::default();
    let families = Families::default();
    let ctx = Context {
        base: &page.base,
        listing: &listing,
        families: &families,
        timezone: None,
        fetched_at,
    };
    let discovery = listing::read(&page.html, &ctx);
    discovery
        .candidates
        .into_iter()
        .filter_map(|candidate| candidate.link)
        .collect()
}

#[test]
fn articles_are_found_without_rules() {
    let pages = pages();
    assert!(pages.len() >= 12, "only {} pages", pages.len());
    let (mut right, mut given, mut wanted) = (0.0, 0.0, 0.0);
    let mut report = String::new();
    for page in &pages {
        let found = found(page);
        let hits = count(found.intersection(&page.expected).count());
        let (precision, recall) = (
            hits / count(found.len()).max(1.0),
            hits / count(page.expected.len()),
        );
        report.push_str(&format!(
            "{:12} precision {precision:.3} recall {recall:.3}\n",
            page.name
        ));
        for extra in found.difference(&page.expected) {
            report.push_str(&format!("    not an article: {extra}\n"));
        }
        for missing in page.expected.difference(&found) {
            report.push_str(&format!("    not found: {missing}\n"));
        }
        assert!(precision >= EACH && recall >= EACH, "{report}");
        right += hits;
        given += count(found.len());
        wanted += count(page.expected.len());
    }
    let (precision, recall) = (right / given, right / wanted);
    println!("{report}all          precision {precision:.3} recall {recall:.3}");
    assert!(
        precision >= OVERALL && recall >= OVERALL,
        "precision {precision:.3}, recall {recall:.3}\n{report}"
    );
}

#[test]
fn titles_and_dates_are_read_too() {
    for page in pages() {
        let fetched_at: DateTime<Utc> = "2026-07-29T12:00:00Z".parse().expect("a moment");
        let ctx = Context {
            base: &page.base,
            listing: &Listing::default(),
            families: &Families::default(),
            timezone: None,
            fetched_at,
        };
        let candidates = listing::read(&page.html, &ctx).candidates;
        let titled = candidates
            .iter()
            .filter(|candidate| candidate.title.is_some())
            .count();
        assert_eq!(
            titled,
            candidates.len(),
            "{}: every article of these pages has a title",
            page.name
        );
        let dated = candidates
            .iter()
            .filter(|candidate| candidate.published.is_some())
            .count();
        // These pages carry no date that stands for itself.
        let undated = ["slugs", "hashed", "portal"].contains(&page.name.as_str());
        assert!(
            undated || dated * 10 >= candidates.len() * 8,
            "{}: {dated} of {} dated",
            page.name,
            candidates.len()
        );
    }
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
