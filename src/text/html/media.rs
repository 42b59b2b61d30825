//! Pictures, films, sounds and embedded frames: made real and reduced to their address.
//!
//! Must not know the tree around them: it reads attributes and gives markup.

use scraper::node::Element;
use url::Url;

use super::inline::push_attribute;
use super::link;
use crate::text::one_line;

/// Attributes in which scripts keep a picture's address until it is scrolled into view.
const LAZY: &[&str] = &[
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-src-large",
    "data-full-src",
    "data-url",
    "data-hi-res-src",
    "data-image",
    "data-lazy",
    "data-img-src",
    "data-defer-src",
];
const LAZY_SETS: &[&str] = &["data-srcset", "data-lazy-srcset", "data-original-set"];
/// Words in the address of a picture that only keeps a place.
const PLACEHOLDERS: &[&str] = &[
    "placeholder",
    "spacer.",
    "blank.gif",
    "1x1.",
    "pixel.gif",
    "transparent.",
    "grey.gif",
    "gray.gif",
    "lazy_placeholder",
    "loading.gif",
    "clear.gif",
    "/empty.gif",
];
/// Hosts (or hosts with the start of a path) whose pictures count readers.
const TRACKERS: &[&str] = &[
    "pixel.wp.com",
    "stats.wordpress.com",
    "pixel.quantserve.com",
    "b.scorecardresearch.com",
    "sb.scorecardresearch.com",
    "www.google-analytics.com",
    "ad.doubleclick.net",
    "www.facebook.com/tr",
    "feeds.feedburner.com/~",
    "logs.xiti.com",
    "pixel.",
    "tracker.",
    "counter.yadro.ru",
    "t.co/i/adsct",
    "px.ads.linkedin.com",
    "bat.bing.com",
    "pixel-",
    "analytics.twitter.com",
    "mc.yandex.ru",
    "c.statcounter.com",
    "beacon.",
    "rss.nytimes.com/c/",
    "da.feedsportal.com",
    "feedads.g.doubleclick.net",
];
/// Widest picture taken out of a `srcset`, in pixels.
const WIDEST: f64 = 2_048.0;

/// The markup of a picture: `<img src alt width height>`, or the text of an emoji, or nothing.
pub(super) enum Picture {
    /// Markup and address.
    Image(String, String),
    /// A picture that stands for a character.
    Character(String),
    /// A tracker, a place keeper, or no address.
    Nothing,
}

/// Reads an `img` element; `sets` are the `srcset` values of the `picture` around it.
pub(super) fn picture(element: &Element, sets: &[String], base: Option<&Url>) -> Picture {
    let attr = |name: &str| element.attr(name).map(str::trim).filter(|v| !v.is_empty());
    let class = attr("class").unwrap_or_default();
    if class.contains("emoji") || class.contains("wp-smiley") {
        return match attr("alt") {
            Some(alt) if alt.chars().count() <= 8 => Picture::Character(alt.to_owned()),
            _ => Picture::Nothing,
        };
    }
    let tiny = |name: &str| {
        attr(name)
            .and_then(|v| v.trim_end_matches("px").parse::<f64>().ok())
            .is_some_and(|v| v <= 2.0)
    };
    if tiny("width") || tiny("height") {
        return Picture::Nothing;
    }
    match address_of(element, sets, base) {
        Some(src) if src.starts_with("http") && !is_tracker(&src) => {
            let alt = attr("alt").unwrap_or_default();
            let mut out = String::from("<img");
            push(&mut out, "src", &src);
            push(&mut out, "alt", alt);
            for name in ["width", "height"] {
                if let Some(size) = attr(name).and_then(|v| v.parse::<u32>().ok()) {
                    push(&mut out, name, &size.to_string());
                }
            }
            out.push('>');
            Picture::Image(out, src)
        }
        _ => Picture::Nothing,
    }
}

/// The address of a picture, real before promised: what scripts keep back, then its own.
fn address_of(element: &Element, sets: &[String], base: Option<&Url>) -> Option<String> {
    let attr = |name: &str| element.attr(name).map(str::trim).filter(|v| !v.is_empty());
    let real = |name: &&str| {
        attr(name)
            .filter(|v| is_real(v))
            .and_then(|v| link::absolute(v, base))
    };
    let best = |name: &&str| {
        attr(name)
            .and_then(widest)
            .and_then(|v| link::absolute(&v, base))
    };
    LAZY.iter()
        .find_map(real)
        .or_else(|| LAZY_SETS.iter().find_map(best))
        .or_else(|| real(&"src"))
        .or_else(|| best(&"srcset"))
        .or_else(|| {
            sets.iter()
                .find_map(|set| widest(set))
                .and_then(|v| link::absolute(&v, base))
        })
}

fn push(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    push_attribute(value, out);
    out.push('"');
}

fn is_real(address: &str) -> bool {
    if address.starts_with("data:") || address.starts_with('{') || address.len() > 2_000 {
        return false;
    }
    let lower = address.to_ascii_lowercase();
    !PLACEHOLDERS.iter().any(|p| lower.contains(p))
}

fn is_tracker(address: &str) -> bool {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    TRACKERS.iter().any(|t| rest.starts_with(t))
}

/// The widest picture of a `srcset` that is not wider than [`WIDEST`].
fn widest(set: &str) -> Option<String> {
    let mut best: Option<(f64, &str)> = None;
    for candidate in set.split(", ").flat_map(|part| part.split(",\n")) {
        let mut words = candidate.trim().trim_end_matches(',').split_whitespace();
        let Some(address) = words.next().filter(|a| is_real(a)) else {
            continue;
        };
        let size = words
            .next()
            .and_then(|w| w.trim_end_matches(['w', 'x']).parse::<f64>().ok())
            .unwrap_or(1.0);
        let better = match best {
            None => true,
            Some((kept, _)) => (size > kept && size <= WIDEST) || (kept > WIDEST && size < kept),
        };
        if better {
            best = Some((size, address));
        }
    }
    best.map(|(_, address)| address.to_owned())
}

/// A film or a sound: its own address and those of its sources.
pub(super) fn recording(
    element: &Element,
    sources: &[&Element],
    base: Option<&Url>,
) -> Option<String> {
    let tag = if element.name() == "audio" {
        "audio"
    } else {
        "video"
    };
    let address = |e: &Element, name| {
        e.attr(name)
            .and_then(|v| link::absolute(v, base))
            .filter(|u| u.starts_with("http"))
    };
    let mut out = format!("<{tag} controls=\"\"");
    let own = address(element, "src");
    if let Some(src) = &own {
        push(&mut out, "src", src);
    }
    if let Some(poster) = address(element, "poster").filter(|_| tag == "video") {
        push(&mut out, "poster", &poster);
    }
    out.push('>');
    let mut some = own.is_some();
    for source in sources {
        let Some(src) = address(source, "src") else {
            continue;
        };
        some = true;
        out.push_str("<source");
        push(&mut out, "src", &src);
        if let Some(kind) = source.attr("type") {
            push(&mut out, "type", kind);
        }
        out.push('>');
    }
    out.push_str(&format!("</{tag}>"));
    some.then_some(out)
}

/// A frame of another site: the address to link to and a label.
pub(super) fn frame(element: &Element, base: Option<&Url>) -> Option<(String, String)> {
    let address = ["src", "data-src", "data-lazy-src", "data"]
        .iter()
        .filter_map(|name| element.attr(name))
        .filter_map(|v| link::absolute(v, base))
        .find(|u| u.starts_with("http"))?;
    let url = Url::parse(&address).ok()?;
    let host = url.host_str()?.trim_start_matches("www.").to_owned();
    if is_tracker(&address) || host.contains("googletagmanager") || host.contains("doubleclick") {
        return None;
    }
    let path = url.path();
    let (address, host) = match path
        .strip_prefix("/embed/")
        .filter(|_| host.starts_with("youtube"))
    {
        Some(id) => (
            format!("https://www.youtube.com/watch?v={id}"),
            "youtube.com".to_owned(),
        ),
        None => (address, host),
    };
    let label = element
        .attr("title")
        .map(one_line)
        .filter(|t| !t.is_empty() && t.len() < 200)
        .map_or_else(|| host.clone(), |title| format!("{title} ({host})"));
    Some((address, label))
}
