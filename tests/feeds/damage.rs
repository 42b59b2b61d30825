//! Damage: what happens to feeds on their way, as functions of a correct document.
//!
//! Each kind of damage keeps the first entry readable; what it may change of it is told by
//! [`Spared`], so that everything else can be compared with the undamaged feed.

/// What of the first entry a kind of damage leaves as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spared {
    /// Title, link, id, date and text.
    All,
    /// All but the title.
    ButTitle,
    /// All but summary and content.
    ButText,
}

/// A kind of damage. It gives nothing where the document has no place for it.
pub struct Damage {
    /// What is done.
    pub name: &'static str,
    /// What it spares.
    pub spared: Spared,
    /// Whether entries may be lost behind the first, because the rest of the document is.
    pub cuts: bool,
    /// Makes the damaged document of the text of a correct one.
    pub make: fn(&str) -> Option<Vec<u8>>,
}

const fn whole(name: &'static str, make: fn(&str) -> Option<Vec<u8>>) -> Damage {
    Damage {
        name,
        spared: Spared::All,
        cuts: false,
        make,
    }
}

const fn title(name: &'static str, make: fn(&str) -> Option<Vec<u8>>) -> Damage {
    Damage {
        name,
        spared: Spared::ButTitle,
        cuts: false,
        make,
    }
}

const fn text(name: &'static str, make: fn(&str) -> Option<Vec<u8>>) -> Damage {
    Damage {
        name,
        spared: Spared::ButText,
        cuts: false,
        make,
    }
}

const fn cut(name: &'static str, make: fn(&str) -> Option<Vec<u8>>) -> Damage {
    Damage {
        name,
        spared: Spared::All,
        cuts: true,
        make,
    }
}

/// All kinds of damage.
pub const DAMAGES: &[Damage] = &[
    title("bare & in title", |t| in_title(t, "Sel & poivre R&D ")),
    title("bare < in title", |t| in_title(t, "a < b et 3<4 ")),
    title("heart in title", |t| in_title(t, "I <3 feeds ")),
    title("HTML entities in title", |t| {
        in_title(t, "Caf&eacute;&nbsp;x&hellip; ")
    }),
    title("forbidden references in title", |t| {
        in_title(t, "a&#0;b&#x1F;c&#146;d&#xD800; ")
    }),
    title("references without semicolon", |t| {
        in_title(t, "x&#8217y&nbsp z ")
    }),
    title("control characters in title", |t| {
        in_title(t, "a\u{1}b\u{1F}c\u{B} ")
    }),
    title("NUL in title", |t| in_title(t, "a\u{0}b ")),
    title("noncharacters in title", |t| {
        in_title(t, "a\u{FFFE}b\u{FFFF} ")
    }),
    title("end tag of title in other case", |t| {
        replaced(t, "</title>", "</TITLE>")
    }),
    title("markup in title", |t| in_title(t, "<b>gras</b><br> ")),
    title("CDATA inside title text", |t| {
        in_title(t, "x <![CDATA[& <i>y</i>]]> ")
    }),
    title("nested CDATA", |t| {
        in_title(t, "<![CDATA[ a <![CDATA[ b ]]> c ]]> ")
    }),
    title("end tag of first title lost", lost_title_end),
    text("br and img unclosed in text", |t| {
        in_text(t, "<br>ligne<img src=x.png><hr> suite ")
    }),
    text("p and li unclosed in text", |t| {
        in_text(t, "<p>un<p>deux<ul><li>trois<li>quatre</ul> ")
    }),
    text("stray end tags in text", |t| {
        in_text(t, "</b></div></span> suite ")
    }),
    text("overlapping tags in text", |t| {
        in_text(t, "<b><i>x</b></i> ")
    }),
    text("deep markup in text", |t| in_text(t, &"<div>".repeat(5000))),
    text("bare & in text", |t| {
        in_text(t, "<a href=\"?a=1&b=2\">R&D</a> & <b>c</b> ")
    }),
    text("attributes without quotes in text", |t| {
        in_text(
            t,
            "<a href=http://example.org/x target=_blank nofollow>x</a> ",
        )
    }),
    text("forgotten quote in text", |t| {
        in_text(
            t,
            "<a href=\"http://example.org/x>x</a> <b class=\"c\">y</b> ",
        )
    }),
    text("Word comments in text", |t| {
        in_text(
            t,
            "<!--[if gte mso 9]><xml><w:a>1</w:a></xml><![endif]--> suite ",
        )
    }),
    text("conditional declarations in text", |t| {
        in_text(t, "<![if !IE]> x <![endif]> ")
    }),
    text("processing instruction in text", |t| {
        in_text(t, "<?php echo 1 ?> <?xml:namespace prefix = o /> ")
    }),
    text("script in text", |t| {
        in_text(t, "<script>if (a < b && c > d) { x(); }</script> ")
    }),
    text("smileys in text", |t| {
        in_text(t, "<- -> <= >= <> << >> </ /> ")
    }),
    whole("windows-1252 said to be UTF-8", |t| {
        windows_1252(t, "UTF-8")
    }),
    whole("windows-1252 said to be ISO-8859-1", |t| {
        windows_1252(t, "ISO-8859-1")
    }),
    whole("UTF-8 said to be ISO-8859-1", |t| {
        Some(declared(t, "ISO-8859-1").into_bytes())
    }),
    whole("UTF-8 said to be UTF-16", |t| {
        Some(declared(t, "UTF-16").into_bytes())
    }),
    whole("UTF-8 said to be gb2312", |t| {
        Some(declared(t, "gb2312").into_bytes())
    }),
    whole("encoding of unknown name", |t| {
        Some(declared(t, "x-nonsense-8").into_bytes())
    }),
    whole("UTF-16LE with mark", |t| {
        Some(utf16(&format!("\u{FEFF}{}", declared(t, "UTF-16")), false))
    }),
    whole("UTF-16BE with mark", |t| {
        Some(utf16(&format!("\u{FEFF}{}", declared(t, "UTF-16")), true))
    }),
    whole("UTF-16BE without mark", |t| {
        Some(utf16(&declared(t, "UTF-16"), true))
    }),
    whole("UTF-32BE", |t| {
        Some(t.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect())
    }),
    whole("one bad byte behind the entries", bad_byte),
    whole("byte order mark", |t| {
        Some(format!("\u{FEFF}{t}").into_bytes())
    }),
    whole("two byte order marks", |t| {
        Some(format!("\u{FEFF}\u{FEFF}{t}").into_bytes())
    }),
    whole("blank lines before the declaration", |t| {
        Some(format!("\n \r\n\t{t}").into_bytes())
    }),
    whole("PHP warning before the declaration", |t| {
        Some(format!("<br />\n<b>Warning</b>:  mysql_connect() [<a href='f'>f</a>]: x &nbsp; in <b>/a.php</b><br />\n{t}").into_bytes())
    }),
    whole("words before the declaration", |t| {
        Some(format!("Connected OK & ready\n{t}").into_bytes())
    }),
    whole("no declaration", |t| {
        Some(without_declaration(t).to_owned().into_bytes())
    }),
    whole("two declarations", |t| {
        Some(
            format!(
                "<?xml version=\"1.0\"?>\n<?xml version=\"1.0\"?>{}",
                without_declaration(t)
            )
            .into_bytes(),
        )
    }),
    whole("HTML behind the root", |t| {
        Some(format!("{t}<script>var a = b < c && d;</script></body></html>").into_bytes())
    }),
    whole("comments everywhere", |t| {
        replaced_all(t, "><", "><!-- a -- b > c --><")
    }),
    whole("line ends of Windows", |t| {
        Some(t.replace('\n', "\r\n").into_bytes())
    }),
    whole("line ends of old Macs", |t| {
        Some(t.replace('\n', "\r").into_bytes())
    }),
    whole("document type of HTML", |t| {
        Some(with_doctype(
            t,
            "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0//EN\" \"x\">",
        ))
    }),
    whole("document type of Netscape", |t| {
        Some(with_doctype(
            t,
            "<!DOCTYPE rss SYSTEM \"http://my.netscape.com/publish/formats/rss-0.91.dtd\">",
        ))
    }),
    whole("internal entities", |t| {
        Some(with_doctype(
            t,
            "<!DOCTYPE x [<!ENTITY a \"b\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]>",
        ))
    }),
    title("billion laughs", |t| {
        let document = String::from_utf8(in_title(t, "&l9; ")?).ok()?;
        let mut entities = String::from("<!ENTITY l0 \"ha\">");
        for level in 1..10 {
            entities.push_str(&format!(
                "<!ENTITY l{level} \"{}\">",
                format!("&l{};", level - 1).repeat(10)
            ));
        }
        Some(with_doctype(
            &document,
            &format!("<!DOCTYPE x [{entities}]>"),
        ))
    }),
    whole("undeclared prefix", |t| {
        before_end_of_entry(t, "<foo:bar baz:q=\"1\">x</foo:bar>")
    }),
    whole("stray end tags between elements", |t| {
        before_end_of_entry(t, "</foo></b></p>")
    }),
    whole("attributes twice", |t| {
        before_end_of_entry(t, "<thing a=\"1\" a=\"2\" b/>")
    }),
    whole("unquoted attributes", |t| {
        before_end_of_entry(t, "<thing a=1 b=x/y c = 'z'/>")
    }),
    whole("unknown element unclosed", |t| {
        before_end_of_entry(t, "<thing><stuff>")
    }),
    whole("end tag of the entries lost", without_end),
    whole("end tags of the root lost", |t| {
        let end = t
            .rfind("</item>")
            .map(|at| at + 7)
            .or_else(|| t.rfind("</entry>").map(|at| at + 8))?;
        Some(t.as_bytes()[..end].to_vec())
    }),
    whole("version of rss lost", |t| {
        let at = t.find("<rss")?;
        let version = at + t[at..].find("version=")?;
        let end = version + 9 + t[version + 9..].find(['"', '\''])? + 1;
        Some(format!("{}{}", &t[..version], &t[end..]).into_bytes())
    }),
    whole("version of rss unheard of", |t| {
        replaced(t, "version=\"2.0\"", "version=\"2.0.11\"")
    }),
    whole("root in capitals", |t| {
        Some(
            t.replace("<rss", "<RSS")
                .replace("</rss", "</RSS")
                .into_bytes(),
        )
        .filter(|_| t.contains("<rss"))
    }),
    whole("default namespace on rss", |t| {
        replaced(
            t,
            "<rss ",
            "<rss xmlns=\"http://backend.userland.com/rss2\" ",
        )
    }),
    whole("unknown default namespace", |t| {
        replaced(t, "<rss ", "<rss xmlns=\"http://example.org/unheard-of\" ")
    }),
    whole("namespace of Atom misspelt", |t| {
        replaced_all(
            t,
            "http://www.w3.org/2005/Atom",
            "https://www.w3.org/2005/Atom/",
        )
    }),
    whole("namespace declarations lost", without_namespaces),
    cut("cut at half", |t| {
        Some(t.as_bytes()[..after_first_entry(t, 50)?].to_vec())
    }),
    cut("cut at 95 %", |t| {
        Some(t.as_bytes()[..after_first_entry(t, 95)?].to_vec())
    }),
    cut("cut inside a character", |t| {
        let end = after_first_entry(t, 70)?;
        let end = end + t[next_char(t, end)..].find(|c: char| !c.is_ascii())? + 1;
        Some(t.as_bytes()[..end].to_vec())
    }),
    cut("cut inside a tag", |t| {
        let end = after_first_entry(t, 60)?;
        let end = next_char(t, end);
        Some(t.as_bytes()[..end + t[end..].find('<')? + 3].to_vec())
    }),
    cut("cut inside a CDATA section", |t| {
        let from = next_char(t, after_first_entry(t, 0)?);
        Some(t.as_bytes()[..from + t[from..].find("<![CDATA[")? + 12].to_vec())
    }),
    cut("comment without end behind the first entry", |t| {
        let at = after_first_entry(t, 0)?;
        Some(format!("{}<!-- {}", &t[..at], &t[at..]).into_bytes())
    }),
];

/// Where the first entry starts, behind its start tag.
fn entry(t: &str) -> Option<usize> {
    let at = [
        t.find("<item>"),
        t.find("<item "),
        t.find("<entry>"),
        t.find("<entry "),
    ]
    .into_iter()
    .flatten()
    .min()?;
    Some(at + t[at..].find('>')? + 1)
}

/// Where the first entry ends, behind its end tag.
fn entry_end(t: &str) -> Option<usize> {
    let from = entry(t)?;
    let at = [t[from..].find("</item>"), t[from..].find("</entry>")]
        .into_iter()
        .flatten()
        .min()?;
    Some(from + at + t[from + at..].find('>')? + 1)
}

/// A place a share of the way from the end of the first entry to the end of the document.
fn after_first_entry(t: &str, percent: usize) -> Option<usize> {
    let from = entry_end(t)?;
    Some(from + (t.len() - from) * percent / 100)
}

/// Where the text of an element of the first entry starts, unless it is a CDATA section or empty.
fn inside(t: &str, names: &[&str]) -> Option<usize> {
    let (from, to) = (entry(t)?, entry_end(t)?);
    let at = names.iter().find_map(|name| {
        let at = from + t[from..to].find(&format!("<{name}"))?;
        let open = at + t[at..to].find('>')? + 1;
        let typed = t[at..open].contains("type=") || t[at..open].ends_with("/>");
        (!typed
            && t[at + 1 + name.len()..].starts_with(['>', ' '])
            && !t[open..].starts_with("<![CDATA["))
        .then_some(open)
    })?;
    Some(at)
}

/// The first byte from here on at which a character starts.
fn next_char(t: &str, from: usize) -> usize {
    (from..t.len())
        .find(|at| t.is_char_boundary(*at))
        .unwrap_or(t.len())
}

fn inserted(t: &str, at: usize, what: &str) -> Vec<u8> {
    format!("{}{what}{}", &t[..at], &t[at..]).into_bytes()
}

fn in_title(t: &str, what: &str) -> Option<Vec<u8>> {
    Some(inserted(t, inside(t, &["title"])?, what))
}

fn in_text(t: &str, what: &str) -> Option<Vec<u8>> {
    Some(inserted(
        t,
        inside(t, &["description", "content:encoded"])?,
        what,
    ))
}

fn before_end_of_entry(t: &str, what: &str) -> Option<Vec<u8>> {
    let end = entry_end(t)?;
    let at = t[..end].rfind("</")?;
    Some(inserted(t, at, what))
}

fn replaced(t: &str, from: &str, to: &str) -> Option<Vec<u8>> {
    t.contains(from)
        .then(|| t.replacen(from, to, 1).into_bytes())
}

fn replaced_all(t: &str, from: &str, to: &str) -> Option<Vec<u8>> {
    (t.contains(from) && !t.contains("<![CDATA[")).then(|| t.replace(from, to).into_bytes())
}

fn lost_title_end(t: &str) -> Option<Vec<u8>> {
    let from = inside(t, &["title"])?;
    let end = from + t[from..].find("</title>")?;
    // Another element of the feed must follow: it is what shows that the title is over.
    let next = t[end + 8..].trim_start();
    let shows = [
        "<link",
        "<guid",
        "<id",
        "<pubDate",
        "<description",
        "<dc:",
        "<content",
        "<updated",
        "<published",
    ];
    shows
        .iter()
        .any(|name| next.starts_with(name))
        .then(|| format!("{}{}", &t[..end], &t[end + 8..]).into_bytes())
}

fn without_end(t: &str) -> Option<Vec<u8>> {
    let count = t.matches("</item>").count();
    (count > 1).then(|| t.replace("</item>", "").into_bytes())
}

fn without_declaration(t: &str) -> &str {
    match t.find("?>") {
        Some(end) if t.trim_start().starts_with("<?xml") => &t[end + 2..],
        _ => t,
    }
}

fn declared(t: &str, encoding: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"{encoding}\"?>{}",
        without_declaration(t)
    )
}

fn with_doctype(t: &str, doctype: &str) -> Vec<u8> {
    let body = without_declaration(t);
    let body = match (body.find("<!DOCTYPE"), body.find('>')) {
        (Some(at), Some(_)) => &body[at + body[at..].find('>').map_or(0, |end| end + 1)..],
        _ => body,
    };
    format!("<?xml version=\"1.0\"?>\n{doctype}\n{body}").into_bytes()
}

/// The document in windows-1252, where all of it can be written so.
fn windows_1252(t: &str, label: &str) -> Option<Vec<u8>> {
    let document = declared(t, label);
    let (bytes, _, lossy) = encoding_rs::WINDOWS_1252.encode(&document);
    // Without any letter beyond ASCII there is no damage.
    (!lossy && !document.is_ascii()).then(|| bytes.into_owned())
}

fn bad_byte(t: &str) -> Option<Vec<u8>> {
    let at = entry_end(t)?;
    let mut bytes = t.as_bytes().to_vec();
    bytes.splice(at..at, *b"<!-- \xE9 -->");
    Some(bytes)
}

fn utf16(t: &str, big: bool) -> Vec<u8> {
    t.encode_utf16()
        .flat_map(|unit| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        })
        .collect()
}

/// Takes every namespace declaration out of the root's tag, where the prefixes are the usual ones.
fn without_namespaces(t: &str) -> Option<Vec<u8>> {
    let at = [t.find("<rss"), t.find("<feed"), t.find("<rdf:RDF")]
        .into_iter()
        .flatten()
        .min()?;
    let end = at + t[at..].find('>')?;
    let mut tag = t[at..end].to_owned();
    while let Some(from) = tag.find("xmlns") {
        let quote = from + tag[from..].find(['"', '\''])?;
        let mark = tag[quote..].chars().next()?;
        let close = quote + 1 + tag[quote + 1..].find(mark)?;
        let known = [
            "xmlns=",
            "xmlns:content",
            "xmlns:dc",
            "xmlns:media",
            "xmlns:itunes",
            "xmlns:atom",
            "xmlns:rdf",
            "xmlns:sy",
            "xmlns:slash",
            "xmlns:wfw",
            "xmlns:thr",
            "xmlns:openSearch",
        ];
        let usual = known.iter().any(|name| tag[from..].starts_with(name));
        if !usual {
            return None;
        }
        tag.replace_range(from..=close, "");
    }
    Some(format!("{}{tag}{}", &t[..at], &t[end..]).into_bytes())
}
