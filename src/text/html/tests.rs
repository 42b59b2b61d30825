//! Tables of cases for cleaning, plain text and the shape guard.

use proptest::prelude::*;
use url::Url;

use super::*;

fn base() -> Url {
    Url::parse("https://example.org/a/b.html").expect("a literal address")
}

#[track_caller]
fn check(input: &str, expected: &str) {
    let base = base();
    let cleaned = clean(input, Some(&base));
    assert_eq!(cleaned, expected, "{input}");
    assert_eq!(
        clean(&cleaned, Some(&base)),
        cleaned,
        "not idempotent: {input}"
    );
    let text = to_text(&cleaned);
    assert_eq!(
        clean_and_text(input, Some(&base)),
        (cleaned, text),
        "{input}"
    );
}

#[test]
fn structure_is_kept_and_made_canonical() {
    for (input, expected) in [
        (
            "<div>a <b> x</b> y<br><br>z</div>",
            "<p>a <b>x</b> y</p>\n<p>z</p>",
        ),
        (
            "<h2 class=x id=y>T</h2><p style='color:red'>p</p>",
            "<h2>T</h2>\n<p>p</p>",
        ),
        ("a<br>b<br>", "<p>a<br>b</p>"),
        (
            "<ul><li>a<li><p>b</p><p>c</p></ul>",
            "<ul><li>a</li><li><p>b</p><p>c</p></li></ul>",
        ),
        (
            "<ul>loose<li>a</li></ul>",
            "<ul><li>loose</li><li>a</li></ul>",
        ),
        (
            "<ol><li>a<ul><li>b</ul></ol>",
            "<ol><li>a<ul><li>b</li></ul></li></ol>",
        ),
        (
            "<blockquote>q<footer>who</footer></blockquote>",
            "<blockquote><p>q</p><p>who</p></blockquote>",
        ),
        ("<pre>\n a\n  b </pre>", "<pre> a\n  b</pre>"),
        ("<dl><dt>t<dd>d</dl>", "<dl><dt>t</dt><dd>d</dd></dl>"),
        ("<p><em></em><strong> </strong></p>", ""),
        ("<p>a&nbsp;: b</p>", "<p>a&nbsp;: b</p>"),
        ("<b>a <p>b</p></b>", "<p><b>a</b></p>\n<p><b>b</b></p>"),
        ("1 < 2 &amp; 3", "<p>1 &lt; 2 &amp; 3</p>"),
        ("<custom-tag>x<foo>y</foo></custom-tag>", "<p>xy</p>"),
        ("<p hidden>x</p><p style='display: none'>y</p>z", "<p>z</p>"),
    ] {
        check(input, expected);
    }
}

#[test]
fn data_tables_stay_and_layout_tables_go() {
    check(
        "<table><tr><th colspan=2>H<tr><td>a<td></table>",
        "<table><tbody><tr><th colspan=\"2\">H</th></tr><tr><td>a</td><td></td></tr></tbody></table>",
    );
    check("<table><tr><td><p>only</p></table>", "<p>only</p>");
    check(
        "<table><tr><td><table><tr><td>1<td>2<tr><td>3<td>4</table><td>x</table>",
        "<table><tbody><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></tbody></table>\n<p>x</p>",
    );
}

#[test]
fn links_are_absolute_and_safe() {
    for (input, expected) in [
        (
            "<a href='../x?utm_source=a&id=1' onclick=x() target=_blank>t</a>",
            "<p><a href=\"https://example.org/x?id=1\" rel=\"noopener noreferrer\">t</a></p>",
        ),
        ("<a href='#top'>t</a>", "<p>t</p>"),
        ("<a href='javascript:alert(1)'>t</a>", "<p>t</p>"),
        ("<a href=' jav\tascript:alert(1)'>t</a>", "<p>t</p>"),
        ("<a href='data:text/html,x'>t</a>", "<p>t</p>"),
        ("<a href='vbscript:x'>t</a>", "<p>t</p>"),
        (
            "<a href='mailto:a@b.c'>t</a>",
            "<p><a href=\"mailto:a@b.c\" rel=\"noopener noreferrer\">t</a></p>",
        ),
        (
            "<a href='/x'><h3>T</h3></a>",
            "<h3><a href=\"https://example.org/x\" rel=\"noopener noreferrer\">T</a></h3>",
        ),
    ] {
        check(input, expected);
    }
    assert_eq!(clean("<a href='/x'>t</a>", None), "<p>t</p>");
}

#[test]
fn pictures_are_made_real() {
    let image = |src: &str| format!("<p><img src=\"{src}\" alt=\"\"></p>");
    for (input, src) in [
        ("<img src=p.jpg>", "https://example.org/a/p.jpg"),
        (
            "<img src='data:image/gif;base64,R0' data-src='/p.jpg'>",
            "https://example.org/p.jpg",
        ),
        (
            "<img src=/placeholder.png data-lazy-src=//cdn.org/p.jpg>",
            "https://cdn.org/p.jpg",
        ),
        (
            "<img srcset='/s.jpg 300w, /l.jpg 1200w, /xl.jpg 4000w'>",
            "https://example.org/l.jpg",
        ),
        (
            "<picture><source srcset='/w.webp 800w'><img src='data:,'></picture>",
            "https://example.org/w.webp",
        ),
        (
            "<noscript><img src=/n.jpg></noscript>",
            "https://example.org/n.jpg",
        ),
        (
            "<img data-src=/n.jpg><noscript><img src=/n.jpg></noscript>",
            "https://example.org/n.jpg",
        ),
        (
            "<amp-img src=/a.jpg></amp-img>",
            "https://example.org/a.jpg",
        ),
    ] {
        check(input, &image(src));
    }
    for nothing in [
        "<img src=/p.gif width=1 height=1>",
        "<img src='https://pixel.wp.com/g.gif?x=1'>",
        "<img src='https://www.facebook.com/tr?id=1'>",
        "<img src='javascript:alert(1)'>",
        "<img>",
    ] {
        check(nothing, "");
    }
    check(
        "<p>ok <img class=emoji alt='😀' src=/e.png></p>",
        "<p>ok 😀</p>",
    );
    check(
        "<figure><img src=/p.jpg alt='a \"b\"'><figcaption>Cap <i>t</i></figcaption></figure>",
        "<figure><img src=\"https://example.org/p.jpg\" alt=\"a &quot;b&quot;\"><figcaption>Cap <i>t</i></figcaption></figure>",
    );
}

#[test]
fn embeds_become_links_and_recordings_stay() {
    check(
        "<iframe src='https://www.youtube.com/embed/abc?x=1' title='A film'></iframe>",
        "<p><a href=\"https://www.youtube.com/watch?v=abc\" rel=\"noopener noreferrer\">A film (youtube.com)</a></p>",
    );
    check(
        "<audio><source src=/s.mp3 type=audio/mpeg></audio>",
        "<p><audio controls=\"\"><source src=\"https://example.org/s.mp3\" type=\"audio/mpeg\"></audio></p>",
    );
    check("<iframe srcdoc='<script>x</script>'></iframe>", "");
    check("<video></video><object data=x.swf></object><embed>", "");
}

#[test]
fn nothing_that_runs_comes_through() {
    for input in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)><script>x</script></svg>",
        "<math><mi xlink:href='javascript:x'>x</mi></math>",
        "<style>@import 'x'</style>",
        "<a href='javascript&colon;alert(1)'>x</a>",
        "<a href='java\u{0}script:alert(1)'>x</a>",
        "<p onmouseover=alert(1)>x</p>",
        "<form action=x><button formaction=javascript:x>b</button></form>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<svg><p><style><a id='</style><img src=1 onerror=alert(1)>'></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
        "<iframe src='javascript:alert(1)'></iframe>",
        "<base href='javascript:/'><a href='x'>y</a>",
        "<meta http-equiv=refresh content='0;url=javascript:x'>",
        "<template><img src=x onerror=alert(1)></template>",
        "<xmp><img src=x onerror=alert(1)></xmp>",
        "<textarea><img src=x onerror=alert(1)></textarea>",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<!--><script>alert(1)</script>-->",
    ] {
        let out = clean(input, Some(&base()));
        for tag in out
            .split('<')
            .skip(1)
            .map(|t| t.split('>').next().unwrap_or_default())
        {
            let name = tag
                .trim_start_matches('/')
                .split(' ')
                .next()
                .unwrap_or_default();
            assert!(TAGS.contains(&name), "{input} gave {out}");
            for attribute in tag
                .split("\" ")
                .filter_map(|part| part.rsplit(' ').find(|a| a.contains("=\"")))
            {
                let (key, value) = attribute.split_once("=\"").unwrap_or_default();
                let allowed = ATTRIBUTES
                    .iter()
                    .any(|(t, keys)| *t == name && keys.contains(&key))
                    || key == "rel";
                assert!(allowed, "{input} gave {out}");
                let address = matches!(key, "href" | "src" | "poster");
                assert!(
                    !address || value.starts_with("http") || value.starts_with("mailto:"),
                    "{input} gave {out}"
                );
            }
        }
    }
}

#[test]
fn text_has_a_line_for_each_block() {
    assert_eq!(
        to_text("<h2>T</h2><p>a <b>b</b></p><ul><li>c</li></ul>d<br>e"),
        "T\na b\nc\nd\ne"
    );
    assert_eq!(to_text("  plain \n\n text  "), "plain\ntext");
    assert_eq!(to_text("a &amp; b"), "a & b");
    assert_eq!(from_text("a < b\n\n c  d "), "<p>a &lt; b</p>\n<p>c d</p>");
}

#[test]
fn titles_are_plain() {
    for (input, expected) in [
        ("A <b>bold</b>  title", "A bold title"),
        ("Caf&eacute; &amp; th&#233;", "Café & thé"),
        ("A &lt;i&gt;b&lt;/i&gt;", "A b"),
        ("&amp;quot;x&amp;quot;", "\"x\""),
        ("1 < 2", "1 < 2"),
        ("a\n\tb", "a b"),
        ("<script>x</script>y", "y"),
        ("<SCRIPT>x</Script>y", "y"),
        ("<!-- a > b -->y", "y"),
        ("a <a title='x > y'>b</a> c", "a b c"),
        ("a <b title=\"x>y</b> z", "a y z"),
    ] {
        assert_eq!(plain(input), expected, "{input}");
    }
}

#[test]
fn a_cut_keeps_markup_and_text_in_step() {
    let cleaned = outline::read_fragment(
        "<p><b>Paris, le 3 mars (AFP)</b> - Le <i>texte</i> &amp; plus</p>",
        Reading::default(),
    );
    let run = &cleaned.blocks[0].run;
    let end = run.text.find("Le").expect("the text has it");
    let left = cut::without(run, &(0..end));
    assert_eq!(left.text, "Le texte & plus");
    assert_eq!(left.html, "Le <i>texte</i> &amp; plus");
}

/// Elements that are nested in themselves.
const DEEP: &str = "div b font ul><li table><tr><td blockquote svg math span a p i em section dl><dd select ruby object button form template h1 nobr center";

/// Pieces that are repeated, and how often.
const REPEATED: &[(&str, usize)] = &[
    ("<", 2_000_000),
    ("<&", 1_000_000),
    ("</div>", 300_000),
    ("<br>", 200_000),
    ("&amp", 500_000),
    ("<!-->", 500_000),
    ("<!doctype html>", 100_000),
    ("a", 5 << 20),
    ("\0<p>\0", 100_000),
    ("<b><p></b><i></p>", 40_000),
    ("<a><div></a>", 40_000),
    ("<table><td>x", 20_000),
    ("<noscript><img src=x>", 40_000),
    ("\u{FFFD}\u{202E}\u{0301}", 200_000),
    ("<a href='\"'><a href=\"'\">", 80_000),
    ("<![CDATA[", 200_000),
    ("<p x='", 400_000),
    ("<x-", 400_000),
    ("</", 800_000),
    ("<?", 800_000),
];

/// Inputs that break parsers: deep, long, unclosed, misnested, stormy.
fn hostile() -> Vec<(String, String)> {
    let mut out = Vec::new();
    for tag in DEEP.split(' ') {
        for count in [5_000, 60_000] {
            out.push((format!("{count} × {tag}"), format!("<{tag}>").repeat(count)));
        }
    }
    for (piece, count) in REPEATED {
        out.push((format!("{count} × {piece}"), piece.repeat(*count)));
    }
    let attributes: String = (0..100_000).map(|n| format!("a{n}=1 ")).collect();
    for (name, html) in [
        (
            "long attribute",
            format!("<p title=\"{}\">x", "a".repeat(3_000_000)),
        ),
        ("many attributes", format!("<p {attributes}>x")),
        (
            "unclosed title",
            format!("<title>{}", "x <b>".repeat(400_000)),
        ),
        (
            "unclosed script",
            format!("<script>{}", "</scrip".repeat(300_000)),
        ),
        (
            "unclosed comment",
            format!("<!--{}", "-- >".repeat(500_000)),
        ),
        ("foster", format!("<table>{}", "x<b>".repeat(40_000))),
        ("one word", format!("<p>{}</p>", "é".repeat(1_500_000))),
        ("empty", String::new()),
    ] {
        out.push((name.to_owned(), html));
    }
    out
}

#[test]
fn hostile_pages_are_answered_and_do_not_grow() {
    let cases = hostile();
    assert!(cases.len() >= 60);
    let answer = |(name, html): &(String, String)| {
        let most = 8 * html.len() + 1_000;
        for text in [clean(html, Some(&base())), to_text(html), plain(html)] {
            assert!(text.len() <= most, "{name} grew to {}", text.len());
        }
    };
    // The slow ones stand side by side: each thread takes one case in three.
    std::thread::scope(|scope| {
        for first in 0..3 {
            let part = cases.iter().skip(first).step_by(3);
            scope.spawn(move || part.for_each(answer));
        }
    });
}

#[test]
fn the_guard_names_the_limit() {
    use guard::Refusal;
    for (html, refusal) in [
        ("<div>".repeat(300), Refusal::Depth),
        ("<li>".repeat(9_000), Refusal::Depth),
        ("<br>".repeat(50_001), Refusal::Tags),
        ("<".repeat(20_001), Refusal::Stray),
        (
            format!("<p title='{}'>", "a".repeat(600_000)),
            Refusal::LongTag,
        ),
        (format!("<p {}>", "a=1 ".repeat(3_000)), Refusal::Attributes),
        ("<b>".repeat(100), Refusal::Formatting),
        ("<b></a>".repeat(100), Refusal::Formatting),
        // What ends a comment or closes an element is what the tree builder takes for it.
        (format!("<!-->{}", "<div>".repeat(300)), Refusal::Depth),
        (format!("<!--->{}", "<div>".repeat(300)), Refusal::Depth),
        (format!("<!--a--!>{}", "<div>".repeat(300)), Refusal::Depth),
        (
            format!("<svg><title>{}", "<div>".repeat(300)),
            Refusal::Depth,
        ),
        (
            format!(
                "<svg><desc><p></svg></p></desc><style>{}",
                "<g>".repeat(300)
            ),
            Refusal::Depth,
        ),
        ("<div></x>".repeat(300), Refusal::Depth),
        ("<b><div></b>".repeat(300), Refusal::Depth),
        ("<form><div></form>".repeat(300), Refusal::Depth),
        ("<div><table><td></div>".repeat(300), Refusal::Depth),
        (
            "x".repeat(guard::MAX_BYTES + 1),
            Refusal::Bytes(guard::MAX_BYTES + 1),
        ),
    ] {
        assert_eq!(guard::inspect(&html), Err(refusal));
        assert!(!refusal.to_string().is_empty());
    }
    for fine in [
        "<div></div>".repeat(10_000),
        "<script>if (a<b) {}</script>".repeat(1_000),
        format!("<script>{}</script>", "<div>".repeat(1_000)),
        format!("<!-- {} -->", "<div>".repeat(1_000)),
        "<div><span><b></div>".repeat(90),
        "<svg><title>a</title><path d=''/></svg>".repeat(1_000),
        "<p title='a > b'>x</p>".to_owned(),
    ] {
        assert_eq!(guard::inspect(&fine), Ok(()));
    }
    let refused = clean(&"<div>a &lt; b".repeat(300), None);
    assert!(refused.starts_with("<p>a &lt; b</p>"), "{}", &refused[..40]);
}

#[rustfmt::skip]
const PIECES: &[&str] = &[
    "<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<i>", "</i>", "<a href=/x>", "</a>", "<ul>", "</ul>",
    "<li>", "</li>", "<table>", "</table>", "<tr>", "<td>", "</td>", "<th colspan=2>", "<caption>", "</caption>",
    "<h2>", "</h2>", "<br>", "<br> ", "<pre>", "</pre>", "<blockquote>", "</blockquote>", "<figure>", "</figure>",
    "<figcaption>", "</figcaption>", "<img src=/i.jpg>", "<dl>", "<dt>", "<dd>", "</dl>", "<code>", "</code>",
    "text", " ", "&nbsp;", "&amp;", "<", "\n", "é", "<span>", "</span>", "<svg>", "</svg>", "<math>", "<iframe
    src=https://v.org/x></iframe>", "<video src=/v.mp4>", "</video>", "<noscript><img src=/n.jpg></noscript>",
    "<select>", "<option>", "<ol>", "</ol>", "<font>", "<button>", "</button>", "<script>x</script>",
    "<style>y</style>", "<!-- c -->", "<hr>", "<q>", "</q>", "<section>", "</section>", "<thead>", "<tbody>",
    "<object>", "</object>", "<template>", "</template>", "<frameset>", "<body>", "<html>",
    "<div hidden>", "<tr hidden>", "<td hidden>",
];

/// Fragments that meet each other in every order.
fn fragment() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(PIECES);
    prop::collection::vec(pieces, 0..40).prop_map(|v| v.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn cleaning_twice_changes_nothing(html in fragment()) {
        let base = base();
        let once = clean(&html, Some(&base));
        prop_assert_eq!(&clean(&once, Some(&base)), &once, "from {}", html);
        let text = to_text(&once);
        prop_assert_eq!(clean_and_text(&html, Some(&base)), (once, text), "from {}", html);
    }

    #[test]
    fn text_without_markup_is_read_as_within_a_paragraph(
        drawn in "([a-zé >\"']|\u{A0}|\u{AD}|\u{200D}|\n|\r|\t|\\PC){0,60}"
    ) {
        let text = drawn.replace(['<', '&'], "");
        let marked = format!("<p>{text}</p>");
        prop_assert_eq!(clean(&text, None), clean(&marked, None), "{:?}", text);
        prop_assert_eq!(clean_and_text(&text, None), clean_and_text(&marked, None), "{:?}", text);
    }

    #[test]
    fn nothing_panics(html in "\\PC{0,200}") {
        let _ = clean(&html, None);
        let _ = to_text(&html);
        let _ = plain(&html);
        let _ = guard::inspect(&html);
    }
}

/// Found by fuzzing: an address that grew beyond the longest when it was made absolute and escaped was
/// kept once, and taken out when it was cleaned again.
#[test]
fn an_address_that_grows_too_long_is_left_out_at_once() {
    let base = Url::parse("https://www.outlet.example/").expect("an address");
    let html = format!("<p>x<img src=\"d{}k\"></p>", "é".repeat(1_000));
    let clean = super::clean(&html, Some(&base));
    assert_eq!(super::clean(&clean, Some(&base)), clean);
}

#[test]
fn what_only_looks_like_a_tag_is_text_where_nobody_says_html() {
    for (input, as_either, as_html) in [
        ("Vec<T> et <b", "Vec<T> et <b", "Vec et <b"),
        ("a <i>b</i>", "a b", "a b"),
        ("un<br>deux<p>trois", "un deux trois", "un deux trois"),
        ("la Chi<span>ne</span>", "la Chine", "la Chine"),
        ("l&#146;&amp;#233;t&eacute;", "l’été", "l’été"),
        (
            "dix\u{A0}%  \n«\u{202F}oui",
            "dix\u{A0}% «\u{202F}oui",
            "dix\u{A0}% «\u{202F}oui",
        ),
    ] {
        assert_eq!(plain(input), as_either, "{input}");
        assert_eq!(plain_of_html(input), as_html, "{input}");
    }
}

#[test]
fn a_page_is_known_by_its_first_tag() {
    for (document, expected) in [
        ("\u{FEFF} \n<!DOCTYPE HTML><title>x</title>", true),
        ("<!-- <rss> --><HTML lang=fr>", true),
        (
            "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>",
            true,
        ),
        ("Notice: undefined index\n<head>", true),
        ("<?xml version='1.0'?><rss><title>x</title>", false),
        ("<urlset>", false),
        ("User-agent: *", false),
        ("", false),
    ] {
        assert_eq!(is_page(document.as_bytes()), expected, "{document}");
    }
}
