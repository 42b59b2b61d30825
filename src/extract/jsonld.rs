//! What a page says about its article in JSON-LD (schema.org `Article` and its kinds).
//!
//! Must not trust it: bodies are often cut, and lists of other articles stand beside the page's
//! own. Reads leniently: raw line breaks in strings, comments around the script, trailing commas.

use serde_json::{Map, Value};
use url::Url;

/// The article a page describes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Described {
    pub(super) headline: Option<String>,
    pub(super) subtitle: Option<String>,
    pub(super) section: Option<String>,
    pub(super) published: Option<String>,
    pub(super) modified: Option<String>,
    pub(super) authors: Vec<String>,
    pub(super) body: Option<String>,
    pub(super) image: Option<String>,
    pub(super) language: Option<String>,
    pub(super) publisher: Option<String>,
    pub(super) url: Option<String>,
    pub(super) paid: bool,
}

/// Most nodes looked at in one page.
const MOST_NODES: usize = 5_000;

/// Reads every script of the page at an address; gives the article that is the page's own, and the
/// names of the trail (breadcrumb) that leads to it.
pub(super) fn read(scripts: &[String], page: &Url) -> (Option<Described>, Vec<String>) {
    let values: Vec<Value> = scripts.iter().filter_map(|s| lenient(s)).collect();
    let mut found: Vec<(u8, &Map<String, Value>)> = Vec::new();
    let mut named: Vec<(&str, &Map<String, Value>)> = Vec::new();
    let mut queue: Vec<&Value> = values.iter().rev().collect();
    let mut crumbs = Vec::new();
    let mut seen = 0;
    while let Some(value) = queue.pop() {
        seen += 1;
        if seen > MOST_NODES {
            break;
        }
        match value {
            Value::Array(list) => queue.extend(list.iter().rev()),
            Value::Object(map) => {
                if crumbs.is_empty() && strings(map.get("@type")).contains(&"BreadcrumbList") {
                    crumbs = trail(map);
                }
                let rank = rank(map);
                if rank > 0 {
                    found.push((rank, map));
                }
                if let Some(id) = map.get("@id").and_then(Value::as_str) {
                    named.push((id, map));
                }
                for key in [
                    "@graph",
                    "mainEntity",
                    "mainEntityOfPage",
                    "subjectOf",
                    "hasPart",
                    "breadcrumb",
                ] {
                    queue.extend(map.get(key));
                }
            }
            _ => {}
        }
    }
    let best = found.iter().map(|(rank, _)| *rank).max();
    let mut ranked = found.iter().filter(|(rank, _)| Some(*rank) == best);
    let own = ranked.clone().find(|(_, map)| is_of(map, page));
    let article = own.or_else(|| ranked.next());
    (article.map(|(_, map)| describe(map, &named)), crumbs)
}

/// Whether a node says that it is the article at an address.
fn is_of(map: &Map<String, Value>, page: &Url) -> bool {
    let path = page.path().trim_end_matches('/');
    let stated = ["url", "@id", "mainEntityOfPage"].into_iter();
    stated.flat_map(|key| strings(map.get(key))).any(|stated| {
        let url = page.join(stated).ok();
        !path.is_empty() && url.is_some_and(|url| url.path().trim_end_matches('/') == path)
    })
}

/// The names of a trail, in order.
fn trail(list: &Map<String, Value>) -> Vec<String> {
    let Some(Value::Array(elements)) = list.get("itemListElement") else {
        return Vec::new();
    };
    let name = |element: &Value| {
        let map = element.as_object()?;
        let own = map.get("name").and_then(Value::as_str);
        let of_item = || map.get("item")?.as_object()?.get("name")?.as_str();
        own.or_else(of_item).map(str::to_owned)
    };
    elements.iter().filter_map(name).collect()
}

/// How likely a node is the page's article: 3 a kind of article, 2 a page or film that is dated.
fn rank(map: &Map<String, Value>) -> u8 {
    let mut rank = 0;
    for kind in strings(map.get("@type")) {
        let kind = kind.rsplit(['/', ':']).next().unwrap_or_default();
        rank = rank.max(match kind {
            k if k.ends_with("Article") || k.ends_with("BlogPosting") || k == "Report" => 3,
            "Recipe" | "Review" | "SocialMediaPosting" | "Guide" | "HowTo" => 2,
            "WebPage" | "ItemPage" | "VideoObject" => u8::from(map.contains_key("datePublished")),
            _ => 0,
        });
    }
    if rank == 3
        && !map.contains_key("headline")
        && !map.contains_key("datePublished")
        && !map.contains_key("author")
    {
        rank = 1;
    }
    rank
}

fn describe(map: &Map<String, Value>, named: &[(&str, &Map<String, Value>)]) -> Described {
    let text = |key: &str| {
        strings(map.get(key))
            .into_iter()
            .map(str::trim)
            .find(|t| !t.is_empty())
            .map(str::to_owned)
    };
    let mut authors = Vec::new();
    for key in ["author", "creator"] {
        if authors.is_empty() {
            people(map.get(key), named, &mut authors);
        }
    }
    let mut publisher = Vec::new();
    people(map.get("publisher"), named, &mut publisher);
    let paid = match map.get("isAccessibleForFree") {
        Some(Value::Bool(free)) => !free,
        Some(Value::String(free)) => free.eq_ignore_ascii_case("false"),
        _ => false,
    };
    Described {
        headline: text("headline").or_else(|| text("name")),
        subtitle: text("alternativeHeadline"),
        section: text("articleSection"),
        published: text("datePublished").or_else(|| text("dateCreated")),
        modified: text("dateModified"),
        authors,
        body: text("articleBody").or_else(|| text("reviewBody")),
        image: image(map.get("image")).or_else(|| image(map.get("thumbnailUrl"))),
        language: text("inLanguage"),
        publisher: publisher.into_iter().next(),
        url: text("url").or_else(|| text("mainEntityOfPage")),
        paid,
    }
}

fn strings(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        Some(Value::Object(map)) => ["@id", "@value", "name", "url"]
            .iter()
            .find_map(|k| map.get(*k).and_then(Value::as_str))
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

/// Names of persons or organisations: text, objects, lists of both, or references by `@id`.
fn people(value: Option<&Value>, named: &[(&str, &Map<String, Value>)], out: &mut Vec<String>) {
    let list: &[Value] = match value {
        Some(Value::Array(list)) => list,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    for one in list {
        match one {
            Value::String(name) => out.push(name.clone()),
            Value::Object(map) => {
                let id = map.get("@id").and_then(Value::as_str);
                let referred = id.and_then(|id| {
                    named
                        .iter()
                        .find(|(n, m)| *n == id && m.contains_key("name"))
                });
                let own = map
                    .get("name")
                    .or_else(|| referred.and_then(|(_, m)| m.get("name")));
                let parts = ["givenName", "familyName"].map(|key| map.get(key)?.as_str());
                match (own, parts) {
                    (None, [Some(given), Some(family)]) => out.push(format!("{given} {family}")),
                    _ => out.extend(strings(own).into_iter().map(str::to_owned)),
                }
            }
            _ => {}
        }
    }
}

fn image(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(url) => Some(url.clone()),
        Value::Array(list) => list.iter().find_map(|v| match v {
            Value::Array(_) => None,
            v => image(Some(v)),
        }),
        Value::Object(map) => ["url", "contentUrl", "@id"]
            .iter()
            .find_map(|k| map.get(*k).and_then(Value::as_str))
            .map(str::to_owned),
        _ => None,
    }
}

/// Parses JSON that people wrote by template.
fn lenient(script: &str) -> Option<Value> {
    let trimmed = script
        .trim()
        .trim_start_matches("<!--")
        .trim_start_matches("//<![CDATA[")
        .trim_start_matches("<![CDATA[")
        .trim_end_matches("-->")
        .trim_end_matches("//]]>")
        .trim_end_matches("]]>")
        .trim()
        .trim_end_matches(';');
    if let Ok(value) = serde_json::from_str(trimmed) {
        return Some(value);
    }
    let flat: String = trimmed
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let mut stream = serde_json::Deserializer::from_str(&flat).into_iter::<Value>();
    if let Some(Ok(value)) = stream.next() {
        return Some(value);
    }
    serde_json::from_str(&without_trailing_commas(&flat)).ok()
}

fn without_trailing_commas(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut quoted, mut escaped) = (false, false);
    for c in json.chars() {
        if !quoted && matches!(c, '}' | ']') {
            let end = out.trim_end().len();
            if out.get(..end).is_some_and(|o| o.ends_with(',')) {
                out.truncate(end - 1);
            }
        }
        match c {
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    out
}
