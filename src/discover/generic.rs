//! Which links of a page are articles, where nobody said: by structure and by the shape of
//! addresses.
//!
//! Every link is weighed alone (address, length of its text, heading, how often it is linked), then
//! together with the links that stand in the same place of the markup and with those whose
//! addresses are of the same kind; parts of the page that are no list of articles are set aside.
//! The weights are of this module; no outlet is known here.

mod region;
mod shape;

use std::collections::{HashMap, HashSet};

use url::Url;

use super::entry::is_heading;
use super::links::Link;
use super::sheet::Sheet;
use super::wording::{is_junk, is_more, units, without_more};
use region::{Region, regions};
use shape::{Shape, shape};

/// Weight from which on a link is an article.
const ARTICLE: f64 = 1.5;

/// How many articles among the page's own matter make the rest of the page superfluous.
const ENOUGH: usize = 3;

/// How many articles make a page on which one link unlike all others is none.
const CROWD: usize = 8;

/// Words from which on a link reads like a title.
const TITLE_WORDS: f64 = 5.0;

/// How many ancestors tell the place of a link in the markup.
const PLACE_DEPTH: usize = 7;

/// How many folders of a path are looked at.
const FOLDERS: usize = 12;

/// What is known of one link.
#[derive(Debug)]
struct Weighed {
    alone: f64,
    together: f64,
    region: Region,
    shape: Shape,
    place: String,
}

/// Keeps the links that are articles, and of each the anchors that stand in the best region.
pub(crate) fn keep_articles(sheet: &Sheet<'_>, links: &mut Vec<Link>, page: &Url) {
    let mut titles = vec![false; sheet.cells.len()];
    for link in links.iter() {
        for &anchor in &link.anchors {
            titles[anchor] = units(&sheet.text_of(anchor)) >= TITLE_WORDS;
        }
    }
    let regions = regions(sheet, &titles);
    let hubs = hubs(links, page);
    let mut weighed: Vec<Weighed> = links
        .iter()
        .map(|link| weigh(sheet, link, &regions, &hubs))
        .collect();
    weigh_together(&mut weighed);
    let keep = chosen(&weighed);
    let mut place = 0;
    links.retain_mut(|link| {
        let region = weighed[place].region;
        link.anchors.retain(|&anchor| regions[anchor] <= region);
        place += 1;
        keep.contains(&(place - 1))
    });
}

/// The links to keep: those among the page's matter; those beside it only where it is too little.
fn chosen(weighed: &[Weighed]) -> HashSet<usize> {
    let mut keep = HashSet::new();
    for most in [Region::Header, Region::Aside, Region::Popular, Region::Nav] {
        let bar = if most == Region::Nav {
            ARTICLE + 1.0
        } else {
            ARTICLE
        };
        for (place, link) in weighed.iter().enumerate() {
            let weight = link.together
                - if link.region == Region::Header {
                    1.0
                } else {
                    0.0
                };
            if link.region <= most && !link.shape.never && weight >= bar {
                keep.insert(place);
            }
        }
        if keep.len() >= ENOUGH {
            break;
        }
    }
    without_strangers(weighed, keep)
}

/// On a page of many articles a link whose place and kind of address no other shares belongs to no
/// list: an appeal, an offer, a tab.
fn without_strangers(weighed: &[Weighed], keep: HashSet<usize>) -> HashSet<usize> {
    if keep.len() < CROWD {
        return keep;
    }
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut kinds: HashMap<&str, usize> = HashMap::new();
    for &link in &keep {
        *places.entry(&weighed[link].place).or_default() += 1;
        *kinds.entry(&weighed[link].shape.template).or_default() += 1;
    }
    let shared = |link: &usize| {
        places[weighed[*link].place.as_str()] > 1
            || kinds[weighed[*link].shape.template.as_str()] > 1
    };
    keep.iter().copied().filter(shared).collect()
}

fn weigh(sheet: &Sheet<'_>, link: &Link, regions: &[Region], hubs: &HashSet<String>) -> Weighed {
    let shape = shape(&link.url);
    let region = link
        .anchors
        .iter()
        .map(|&anchor| regions[anchor])
        .min()
        .unwrap_or(Region::Body);
    let here: Vec<usize> = link
        .anchors
        .iter()
        .copied()
        .filter(|&anchor| regions[anchor] == region)
        .collect();
    let mut words: f64 = 0.0;
    let mut heading = false;
    let mut more = false;
    let mut speaking = link.anchors.first().copied().unwrap_or_default();
    for &anchor in &here {
        let text = sheet.text_of(anchor);
        more |= is_more(&text);
        let (text, _) = without_more(&text);
        if is_junk(&text) {
            continue;
        }
        if units(&text) > words {
            words = units(&text);
            speaking = anchor;
        }
        heading |= sheet
            .ancestors(anchor)
            .take(3)
            .any(|at| is_heading(sheet, at));
        heading |= (anchor..sheet.cells[anchor].end).any(|at| is_heading(sheet, at));
    }
    let mut alone = shape.score + text_weight(words);
    alone += if heading { 1.5 } else { 0.0 };
    alone += if more { 2.0 } else { 0.0 };
    alone += if here.len() > 1 { 0.7 } else { 0.0 };
    if hubs.contains(path_stem(&link.url)) {
        alone -= 4.0;
    }
    Weighed {
        alone,
        together: alone,
        region,
        place: place_of(sheet, speaking),
        shape,
    }
}

fn text_weight(words: f64) -> f64 {
    if words >= 8.0 {
        2.5
    } else if words >= 6.0 {
        2.0
    } else if words >= 5.0 {
        1.5
    } else if words >= 4.0 {
        1.0
    } else if words >= 3.0 {
        0.0
    } else if words >= 2.0 {
        -1.0
    } else if words >= 1.0 {
        -2.0
    } else {
        -1.0
    }
}

/// Draws each weight towards the medians of its place in the markup and of its kind of address.
fn weigh_together(weighed: &mut [Weighed]) {
    let mut places: HashMap<(&str, Region), Vec<f64>> = HashMap::new();
    let mut kinds: HashMap<&str, Vec<f64>> = HashMap::new();
    for link in weighed.iter() {
        places
            .entry((&link.place, link.region))
            .or_default()
            .push(link.alone);
        if link.region <= Region::Header {
            kinds
                .entry(&link.shape.template)
                .or_default()
                .push(link.alone);
        }
    }
    let places: HashMap<_, f64> = places
        .into_iter()
        .map(|(key, values)| (key, median(values)))
        .collect();
    let kinds: HashMap<_, f64> = kinds
        .into_iter()
        .map(|(key, values)| (key, median(values)))
        .collect();
    let drawn: Vec<f64> = weighed
        .iter()
        .map(|link| {
            let place = places
                .get(&(link.place.as_str(), link.region))
                .copied()
                .unwrap_or(link.alone);
            let kind = kinds
                .get(link.shape.template.as_str())
                .copied()
                .unwrap_or(link.alone);
            0.5 * link.alone + 0.3 * place + 0.2 * kind
        })
        .collect();
    for (link, together) in weighed.iter_mut().zip(drawn) {
        link.together = together;
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Addresses under which several others lie, and those above the page itself: sections.
fn hubs(links: &[Link], page: &Url) -> HashSet<String> {
    let mut below: HashMap<String, usize> = HashMap::new();
    for link in links {
        for above in folders(path_stem(&link.url)) {
            *below.entry(above.to_owned()).or_default() += 1;
        }
    }
    let mut hubs: HashSet<String> = below
        .into_iter()
        .filter(|(_, count)| *count >= 2)
        .map(|(path, _)| path)
        .collect();
    hubs.extend(folders(path_stem(page)).map(str::to_owned));
    hubs
}

/// A path without ending and last slash.
fn path_stem(url: &Url) -> &str {
    if url.query().is_some() {
        return "";
    }
    let path = url.path().trim_end_matches('/');
    let file = path.rsplit('/').next().unwrap_or_default();
    match file.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 5 && !stem.is_empty() => path
            .strip_suffix(ending)
            .map_or(path, |rest| rest.trim_end_matches('.')),
        _ => path,
    }
}

fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/')
        .map(|(at, _)| &path[..at])
        .filter(|folder| !folder.is_empty())
        .take(FOLDERS)
}

/// The place of a link in the markup: names and classes of the elements around it, without numbers
/// and without words for a position.
fn place_of(sheet: &Sheet<'_>, anchor: usize) -> String {
    let mut place = String::new();
    let chain = std::iter::once(anchor).chain(sheet.ancestors(anchor));
    for (height, at) in chain.take(PLACE_DEPTH).enumerate() {
        place.push_str(sheet.tag(at));
        let classes = sheet
            .element(at)
            .into_iter()
            .flat_map(|element| element.classes());
        for class in classes.take(if height < 4 { 2 } else { 0 }) {
            let plain = !class.contains(|c: char| c.is_ascii_digit());
            if plain && !matches!(class, "first" | "last" | "odd" | "even" | "active" | "alt") {
                place.push('.');
                place.push_str(class);
            }
        }
        place.push('<');
    }
    place
}
