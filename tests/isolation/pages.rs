//! Pages made to hurt whoever takes them apart, and one that is fine.

/// A page that any extractor reads.
pub fn healthy() -> String {
    let paragraph = "<p>La délégation a signé un accord de coopération dans le domaine des transports, \
                     après trois jours de discussions dans la capitale du pays voisin.</p>";
    format!(
        "<html><body><article><h1>Un accord signé</h1>{}</article></body></html>",
        paragraph.repeat(6)
    )
}

/// Markup that hurts: (name, page).
pub fn hostile() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for tag in [
        "div",
        "span",
        "b",
        "i",
        "font",
        "table",
        "tr",
        "td",
        "ul",
        "li",
        "ol",
        "dl",
        "section",
        "article",
        "blockquote",
        "a",
        "p",
        "em",
        "strong",
        "center",
        "form",
        "fieldset",
        "button",
        "select",
        "option",
        "svg",
        "math",
        "template",
        "noscript",
        "object",
    ] {
        for depth in [300, 20_000] {
            let name = format!("{depth} nested {tag}");
            pages.push((
                name,
                format!(
                    "<html><body>{}text{}",
                    format!("<{tag}>").repeat(depth),
                    format!("</{tag}>").repeat(depth)
                ),
            ));
        }
    }
    let long = "x".repeat(3_000_000);
    for (name, page) in [
        ("nothing", String::new()),
        ("bytes of zero", "\0".repeat(100_000)),
        ("only angle brackets", "<".repeat(2_000_000)),
        ("bracket and ampersand", "<&".repeat(1_000_000)),
        ("only ampersands", "&".repeat(2_000_000)),
        ("200 000 line breaks", "<br>".repeat(200_000)),
        ("100 000 links", "<a href=/x>y</a> ".repeat(100_000)),
        ("one long word", format!("<p>{long}")),
        ("one long attribute", format!("<p title='{long}'>x")),
        (
            "50 000 attributes",
            format!(
                "<p {}>x",
                (0..50_000).map(|n| format!("a{n}=1 ")).collect::<String>()
            ),
        ),
        ("unclosed comment", format!("<!--{long}")),
        ("unclosed title", format!("<title>{long}")),
        ("unclosed script", format!("<script>{long}")),
        ("unclosed attribute", format!("<a href=\"{long}")),
        ("end tags only", "</div></p></b>".repeat(100_000)),
        ("misnested formatting", "<b><p><i></b></p>".repeat(20_000)),
        ("tables in tables", "<table><tr><td>".repeat(5_000)),
        (
            "JSON-LD of brackets",
            format!(
                "<script type=\"application/ld+json\">{}</script>",
                "[".repeat(500_000)
            ),
        ),
        (
            "JSON-LD of objects",
            format!(
                "<script type=\"application/ld+json\">{}</script>",
                "{\"a\":".repeat(100_000)
            ),
        ),
        ("entities", "&#x1F600;&nbsp;&lt;".repeat(200_000)),
        (
            "null references",
            "&#0;&#xFFFFFFFF;&#55296;".repeat(100_000),
        ),
        ("bidi marks", "\u{202e}\u{2066}".repeat(200_000)),
        ("combining marks", "e\u{301}\u{302}\u{303}".repeat(200_000)),
        (
            "meta refresh",
            "<meta http-equiv=refresh content='0;url=file:///etc/passwd'>".repeat(10_000),
        ),
        ("a million paragraphs", "<p>x".repeat(1_000_000)),
    ] {
        pages.push((name.to_owned(), page));
    }
    pages
}
