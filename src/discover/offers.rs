//! What a page offers beside its own list of articles: feeds that it advertises or links to, feeds
//! that the program behind it makes by custom, sections that list articles of their own.
//!
//! Reads one page and names addresses; whether anything answers there is for the caller to find
//! out. Knows no network; which links are articles is told.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::wording::{is_junk, is_more, units};
use crate::text::fold::fold;
use crate::text::url::{canonicalise, is_home, registrable_domain};
use crate::text::{head, language, one_line};

/// Most links of a page that are looked at.
const MAX_LINKS: usize = 5_000;
/// Most feeds taken from the links of a page.
const MAX_LINKED: usize = 6;
/// Words up to which the text of a link may name a section.
const SECTION_WORDS: f64 = 4.0;
/// How much of a page is searched for the marks of a platform, in bytes.
const SEARCHED: usize = 256 << 10;

/// Where feeds are found by custom when nothing tells which program made the page.
const WELL_KNOWN: [&str; 7] = [
    "/feed",
    "/rss",
    "/rss.xml",
    "/atom.xml",
    "/feed.xml",
    "/index.xml",
    "/feed.json",
];

/// A program that makes sites, known for where it puts its feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Platform {
    /// WordPress.
    WordPress,
    /// SPIP.
    Spip,
    /// Joomla.
    Joomla,
    /// Drupal.
    Drupal,
    /// Ghost.
    Ghost,
    /// Hugo.
    Hugo,
    /// Jekyll.
    Jekyll,
    /// Blogger.
    Blogger,
}

/// Platform, beginnings of its `generator`, and marks of its markup (both in lower case).
const PLATFORMS: [(Platform, &str, &[&str]); 8] = [
    (
        Platform::WordPress,
        "wordpress",
        &["/wp-content/", "/wp-includes/", "api.w.org"],
    ),
    (
        Platform::Spip,
        "spip",
        &["spip.php?", "/squelettes/", "class=\"spip"],
    ),
    (
        Platform::Joomla,
        "joomla",
        &["/media/jui/", "com_content", "/media/vendor/joomla"],
    ),
    (
        Platform::Drupal,
        "drupal",
        &["drupal-settings-json", "/sites/default/files/"],
    ),
    (Platform::Ghost, "ghost", &["/ghost/api/", "ghost-portal"]),
    (Platform::Hugo, "hugo", &[]),
    (Platform::Jekyll, "jekyll", &[]),
    (Platform::Blogger, "blogger", &["blogger.com/static"]),
];

impl Platform {
    /// Its name, for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::WordPress => "WordPress",
            Self::Spip => "SPIP",
            Self::Joomla => "Joomla",
            Self::Drupal => "Drupal",
            Self::Ghost => "Ghost",
            Self::Hugo => "Hugo",
            Self::Jekyll => "Jekyll",
            Self::Blogger => "Blogger",
        }
    }
}

/// A link of the page to what looks like a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedFeed {
    /// Absolute address.
    pub url: Url,
    /// Text of the link.
    pub text: String,
}

/// What a page offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offers {
    /// Title of the page.
    pub title: Option<String>,
    /// Language the page declares.
    pub language: Option<String>,
    /// The program that made it.
    pub platform: Option<Platform>,
    /// Links that look like feeds, in the order of the page.
    pub linked: Vec<LinkedFeed>,
    /// Pages that may list the outlet's feeds, by their names.
    pub lists: Vec<Url>,
    /// Sections that may list articles, the likeliest first.
    pub sections: Vec<Url>,
    /// Whether the page is an empty shell that a script fills.
    pub hollow: bool,
}

fn selector(text: &str) -> Selector {
    Selector::parse(text).expect("a constant selector")
}

static LINKS: LazyLock<Selector> = LazyLock::new(|| selector("a[href]"));
static TITLE: LazyLock<Selector> = LazyLock::new(|| selector("head > title, title"));
static ROOT: LazyLock<Selector> = LazyLock::new(|| selector("html"));
static BASE: LazyLock<Selector> = LazyLock::new(|| selector("base[href]"));
static GENERATOR: LazyLock<Selector> = LazyLock::new(|| selector("meta[name=generator i]"));
static SCRIPT: LazyLock<Selector> = LazyLock::new(|| selector("script[src]"));

/// Reads a page; `articles` are the addresses of its articles as a listing reader found them.
pub fn read(html: &str, page: &Url, articles: &[Url]) -> Offers {
    let document = Html::parse_document(html);
    let first = |s: &Selector| document.select(s).next();
    let links = links(&document, page);
    Offers {
        title: first(&TITLE).map(text).filter(|t| !t.is_empty()),
        language: first(&ROOT).and_then(|e| language::normalise(e.attr("lang")?)),
        platform: platform(html, first(&GENERATOR).and_then(|e| e.attr("content"))),
        linked: linked(&links, page),
        lists: lists(&links, page),
        sections: sections(&links, page, articles),
        hollow: links.is_empty() && first(&SCRIPT).is_some(),
    }
}

/// The feeds of a page that lists feeds: there, an address that ends as XML is one, too.
pub fn listed(html: &str, page: &Url) -> Vec<LinkedFeed> {
    let links = links(&Html::parse_document(html), page);
    let is_feed =
        |url: &Url, text: &str| url.path().ends_with(".xml") || looks_like_feed(url, text);
    chosen(&links, page, is_feed)
}

/// The links of a page: address and text.
fn links(document: &Html, page: &Url) -> Vec<(Url, String)> {
    let base = document.select(&BASE).next();
    let base = base
        .and_then(|e| page.join(e.attr("href")?).ok())
        .unwrap_or_else(|| page.clone());
    document
        .select(&LINKS)
        .take(MAX_LINKS)
        .filter_map(|a| {
            let url = base.join(a.attr("href")?.trim()).ok()?;
            (matches!(url.scheme(), "http" | "https") && url.has_host()).then(|| (url, text(a)))
        })
        .collect()
}

fn text(element: ElementRef<'_>) -> String {
    one_line(&element.text().collect::<Vec<_>>().join(" "))
}

fn platform(html: &str, generator: Option<&str>) -> Option<Platform> {
    let generator = generator.unwrap_or("").trim().to_ascii_lowercase();
    let by_name = PLATFORMS
        .iter()
        .find(|(_, name, _)| generator.starts_with(name));
    let lower = head(html, SEARCHED).to_ascii_lowercase();
    let by_marks = || {
        PLATFORMS
            .iter()
            .find(|(_, _, marks)| marks.iter().any(|mark| lower.contains(mark)))
    };
    by_name.or_else(by_marks).map(|(platform, ..)| *platform)
}

fn same_domain(one: &Url, other: &Url) -> bool {
    let domain = |url: &Url| registrable_domain(url.host_str().unwrap_or_default());
    domain(one) == domain(other)
}

fn linked(links: &[(Url, String)], page: &Url) -> Vec<LinkedFeed> {
    chosen(links, page, looks_like_feed)
}

/// Words by which a page of feeds is called.
const LISTS: [&str; 8] = [
    "flux",
    "rss",
    "fils",
    "feeds",
    "abonnements",
    "syndication",
    "flujos",
    "suscripciones",
];

/// Links of few words to what is called feeds, but is no feed by its address.
fn lists(links: &[(Url, String)], page: &Url) -> Vec<Url> {
    let is_list = |url: &Url, text: &str| {
        let last = url.path().trim_end_matches('/').rsplit('/').next();
        let called = |name: &str| {
            let folded = fold(name);
            let words = folded.split(|c: char| !c.is_alphanumeric());
            words.clone().count() as f64 <= SECTION_WORDS
                && words.into_iter().any(|word| LISTS.contains(&word))
        };
        (last.is_some_and(called) || called(text)) && !looks_like_feed(url, text)
    };
    let found = chosen(links, page, is_list).into_iter();
    found.map(|link| link.url).collect()
}

/// The links of a page's own domain that are such, each once.
fn chosen(
    links: &[(Url, String)],
    page: &Url,
    is_such: impl Fn(&Url, &str) -> bool,
) -> Vec<LinkedFeed> {
    let mut seen = HashSet::new();
    links
        .iter()
        .filter(|(url, text)| same_domain(url, page) && is_such(url, text))
        .filter(|(url, _)| canonicalise(url) != canonicalise(page))
        .filter(|(url, _)| seen.insert(canonicalise(url)))
        .take(MAX_LINKED)
        .map(|(url, text)| LinkedFeed {
            url: url.clone(),
            text: text.clone(),
        })
        .collect()
}

/// Whether an address, or what a link calls it, is that of a feed.
fn looks_like_feed(url: &Url, text: &str) -> bool {
    let path = url.path().to_ascii_lowercase();
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    let named = [
        "feed",
        "rss",
        "rss2",
        "atom",
        "rdf",
        "feed.json",
        "backend.php",
    ]
    .contains(&last)
        || [".rss", ".atom", ".rdf"]
            .iter()
            .any(|end| last.ends_with(end))
        || (last.ends_with(".xml") && ["rss", "feed", "atom"].iter().any(|w| path.contains(w)));
    let asked = url.query_pairs().any(|(key, value)| match &*key {
        "page" => value.starts_with("backend"),
        "format" | "type" => ["feed", "rss", "atom"].contains(&&*value),
        "feed" => !value.is_empty(),
        _ => false,
    });
    let folded = fold(text);
    let mut words = folded.split(|c: char| !c.is_alphanumeric());
    let called = units(text) <= SECTION_WORDS && words.any(|word| word == "rss" || word == "atom");
    named || asked || called
}

/// Links of few words on the same host that are no articles: the sections. What stands in the
/// addresses of articles, is linked often, or is where `more` leads, comes first.
fn sections(links: &[(Url, String)], page: &Url, articles: &[Url]) -> Vec<Url> {
    let known: HashSet<String> = articles.iter().map(canonicalise).collect();
    let own = canonicalise(page);
    let mut found: HashMap<String, (usize, usize, Url)> = HashMap::new();
    for (order, (url, text)) in links.iter().enumerate() {
        let key = canonicalise(url);
        let short = !text.is_empty() && units(text) <= SECTION_WORDS;
        let inside = url.host_str() == page.host_str() && !is_home(url) && url.query().is_none();
        if !short || !inside || key == own || known.contains(&key) {
            continue;
        }
        if (is_junk(text) && !is_more(text)) || looks_like_feed(url, text) {
            continue;
        }
        let more = if is_more(text) { 2 } else { 0 };
        let entry = found
            .entry(key)
            .or_insert_with(|| (under(url, articles) * 2, order, url.clone()));
        entry.0 += 1 + more;
    }
    let mut list: Vec<(usize, usize, Url)> = found.into_values().collect();
    list.sort_by_key(|(weight, order, _)| (std::cmp::Reverse(*weight), *order));
    list.into_iter().map(|(_, _, url)| url).collect()
}

/// How many articles have an address below that of a section.
fn under(section: &Url, articles: &[Url]) -> usize {
    let path = section.path();
    let folder = match path.rsplit_once('/') {
        Some((folder, last)) if last.contains('.') => folder,
        _ => path.trim_end_matches('/'),
    };
    let inside = |path: &str| {
        path.strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
    };
    if folder.is_empty() {
        return 0;
    }
    articles.iter().filter(|a| inside(a.path())).count()
}

/// Where the feeds of a page may be by custom: those of its platform, else a handful.
pub fn customary(page: &Url, platform: Option<Platform>) -> Vec<Url> {
    let path = page.path().trim_end_matches('/');
    let folder = match path.rsplit_once('/') {
        Some((folder, last)) if last.contains('.') => folder,
        _ => path,
    };
    let below = |name: &str| format!("{folder}/{name}");
    let paths: Vec<String> = match platform {
        Some(Platform::WordPress) => vec![below("feed/"), "/feed/".to_owned()],
        Some(Platform::Spip) => vec!["/spip.php?page=backend".to_owned()],
        Some(Platform::Joomla) => vec![format!("{}?format=feed&type=rss", page.path())],
        Some(Platform::Drupal) => vec!["/rss.xml".to_owned()],
        Some(Platform::Ghost) => vec!["/rss/".to_owned()],
        Some(Platform::Hugo) => vec![below("index.xml"), "/index.xml".to_owned()],
        Some(Platform::Jekyll) => vec!["/feed.xml".to_owned(), "/atom.xml".to_owned()],
        Some(Platform::Blogger) => vec!["/feeds/posts/default".to_owned()],
        None => WELL_KNOWN.iter().map(|p| (*p).to_owned()).collect(),
    };
    let mut urls: Vec<Url> = paths.iter().filter_map(|p| page.join(p).ok()).collect();
    urls.dedup();
    urls
}

/// Where news sitemaps are by custom, when `robots.txt` names none.
pub fn customary_sitemaps(page: &Url) -> Vec<Url> {
    ["/news-sitemap.xml", "/sitemap-news.xml"]
        .iter()
        .filter_map(|path| page.join(path).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("test addresses parse")
    }

    fn offers(body: &str, articles: &[&str]) -> Offers {
        let articles: Vec<Url> = articles.iter().map(|a| url(a)).collect();
        read(body, &url("https://o.example/"), &articles)
    }

    #[test]
    fn feeds_are_known_by_address_or_name() {
        for (href, text, expected) in [
            ("/feed", "", true),
            ("/fr/feed/", "", true),
            ("/spip.php?page=backend", "", true),
            ("/monde?format=feed&type=rss", "", true),
            ("/rss/une.xml", "", true),
            ("/flux.php", "Flux RSS", true),
            ("/plan.xml", "Plan du site", false),
            ("/feedback", "Votre avis", false),
            (
                "/dossier-rss-et-vie-privee",
                "Le RSS, un vieux format qui a de l'avenir",
                false,
            ),
            ("https://reader.example/?feed=x", "S'abonner", false),
        ] {
            let found = offers(&format!("<a href='{href}'>{text}</a>"), &[]).linked;
            assert_eq!(found.len() == 1, expected, "{href} {text}");
        }
    }

    #[test]
    fn pages_of_feeds_are_known_by_their_names() {
        for (href, text, expected) in [
            ("/nos-flux", "", true),
            ("/services/fils-dinfo", "Nos fils", true),
            ("/abonnements/", "S'abonner", true),
            ("/flux.rss", "Flux", false),
            ("/monde", "Monde", false),
            (
                "/a/flux",
                "Le flux des exportations chinoises vers le Pérou ralentit",
                true,
            ),
            (
                "/a/le-flux-des-exportations-chinoises-ralentit-encore-une-fois",
                "Le flux des exportations chinoises vers le Pérou ralentit",
                false,
            ),
        ] {
            let found = offers(&format!("<a href='{href}'>{text}</a>"), &[]).lists;
            assert_eq!(found.len() == 1, expected, "{href} {text}");
        }
        let page = "<a href=/monde.xml>Monde</a><a href=/rss/plein>Texte complet</a><a href=/>Accueil</a><a href=/flux/rss>RSS</a>";
        let listed = listed(page, &url("https://o.example/flux"));
        let paths: Vec<&str> = listed.iter().map(|l| l.url.path()).collect();
        assert_eq!(paths, ["/monde.xml", "/flux/rss"]);
    }

    #[test]
    fn addresses_start_from_the_base() {
        let page = "<head><base href='/fr/'></head><a href='feed'>x</a>";
        assert_eq!(
            offers(page, &[]).linked[0].url,
            url("https://o.example/fr/feed")
        );
    }

    #[test]
    fn platforms_and_their_customs() {
        for (page, expected, first) in [
            (
                "<meta name='Generator' content='WordPress 6.1'>",
                Some(Platform::WordPress),
                "https://o.example/fr/feed/",
            ),
            (
                "<link href='/wp-content/x.css'>",
                Some(Platform::WordPress),
                "https://o.example/fr/feed/",
            ),
            (
                "<meta name=generator content='SPIP 4.2'>",
                Some(Platform::Spip),
                "https://o.example/spip.php?page=backend",
            ),
            (
                "<meta name=generator content='Joomla! - Open'>",
                Some(Platform::Joomla),
                "https://o.example/fr/?format=feed&type=rss",
            ),
            (
                "<script data-drupal-selector='drupal-settings-json'></script>",
                Some(Platform::Drupal),
                "https://o.example/rss.xml",
            ),
            ("<p>rien</p>", None, "https://o.example/feed"),
        ] {
            let found = offers(page, &[]).platform;
            assert_eq!(found, expected, "{page}");
            let guesses = customary(&url("https://o.example/fr/"), found);
            assert_eq!(guesses[0].as_str(), first);
            assert!(guesses.len() <= WELL_KNOWN.len());
        }
    }

    #[test]
    fn sections_of_articles_come_first() {
        let page = "<a href='/contact'>Contact</a><a href='/sport/'>Sport</a><a href='/monde/'>Monde</a>\
            <a href='/monde/1-un'>Un titre qui est assez long pour un article</a><a href='/eco/'>Éco</a><a href='/eco/'>Plus</a>";
        let found = offers(
            page,
            &[
                "https://o.example/monde/1-un",
                "https://o.example/monde/2-deux",
            ],
        )
        .sections;
        let paths: Vec<&str> = found.iter().map(Url::path).collect();
        assert_eq!(paths[..2], ["/monde/", "/eco/"]);
        assert!(!paths.contains(&"/monde/1-un"));
    }
}
