//! Short documents in every format, compared word by word.

use super::*;

/// The part of a document from the first line that holds `from` to the first that holds `to`.
fn part(document: &str, from: &str, to: &str) -> String {
    let mut lines = document
        .lines()
        .skip_while(|line| !line.contains(from))
        .map(str::trim);
    let mut out = Vec::new();
    for line in lines.by_ref() {
        out.push(line);
        if line.contains(to) {
            break;
        }
    }
    out.join("\n")
}

#[test]
fn atom_says_everything_about_the_feed() {
    let document = text(atom(&feed_with_entry()));
    let expected = r#"<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" xml:lang="fr">
<id>tag:depeche.example,2026:chine-amlat</id>
<title type="text">La Chine &amp; l’Amérique latine</title>
<subtitle type="text">Coopération, commerce, diplomatie</subtitle>
<updated>2026-03-06T08:49:37Z</updated>
<link rel="self" type="application/atom+xml" href="https://depeche.example/chine-amlat.atom"/>
<link rel="alternate" type="text/html" href="https://depeche.example/chine-amlat.html"/>
<link rel="hub" href="https://depeche.example/hub"/>
<author>
<name>depeche</name>
</author>
<rights type="text">Les articles appartiennent à leurs auteurs.</rights>
<icon>https://depeche.example/icon.png</icon>
<logo>https://depeche.example/logo.png</logo>
<generator uri="https://depeche.example/about" version="0.1.0">depeche</generator>"#;
    assert_eq!(part(&document, "<?xml", "generator"), expected);
}

#[test]
fn atom_says_everything_about_an_entry() {
    let document = text(atom(&feed_with_entry()));
    let expected = r#"<entry xml:lang="es">
<id>tag:depeche.example,2026:article/42</id>
<title type="text">Pékin &lt;b&gt;&amp;&lt;/b&gt; La Havane</title>
<link rel="alternate" type="text/html" hreflang="es" href="https://www.rhc.example/es/1?a=1&amp;b=2"/>
<link rel="via" href="https://www.rhc.example/rss"/>
<link rel="related" type="text/html" title="Copie" href="https://copy.example/1"/>
<link rel="enclosure" type="audio/mpeg" length="1234" href="https://www.rhc.example/1.mp3"/>
<published>2026-03-05T14:05:00Z</published>
<updated>2026-03-06T08:49:37Z</updated>
<author>
<name>Ana Pérez</name>
</author>
<category term="chine" scheme="https://depeche.example/topics" label="Chine"/>
<media:thumbnail url="https://www.rhc.example/1.jpg"/>
<summary type="text">Le chapô, a &lt; b.</summary>
<content type="html">&lt;p&gt;Corps &amp;amp; âme&lt;/p&gt;
&lt;p&gt;Aussi chez : &lt;a href="https://xinhua.example/1?a&amp;amp;b"&gt;Xinhua&lt;/a&gt;&lt;/p&gt;</content>
<source>
<id>tag:depeche.example,2026:source/rhc</id>
<title type="text">Radio Havane</title>
<updated>2026-03-06T08:49:37Z</updated>
<link rel="alternate" type="text/html" href="https://www.rhc.example/"/>
<link rel="self" href="https://www.rhc.example/rss"/>
<rights type="text">© RHC</rights>
</source>
</entry>"#;
    assert_eq!(
        part(&document, "<entry", "</entry>"),
        expected.replace("chez :", "chez\u{A0}:")
    );
}

#[test]
fn rss_says_everything_about_an_entry() {
    let document = text(rss(&feed_with_entry()));
    let expected = r#"<item>
<title>Pékin &lt;b&gt;&amp;&lt;/b&gt; La Havane</title>
<link>https://www.rhc.example/es/1?a=1&amp;b=2</link>
<guid isPermaLink="false">tag:depeche.example,2026:article/42</guid>
<pubDate>Thu, 05 Mar 2026 14:05:00 +0000</pubDate>
<dc:creator>Ana Pérez</dc:creator>
<dc:language>es</dc:language>
<category domain="https://depeche.example/topics">Chine</category>
<description>Le chapô, a &amp;lt; b.</description>
<content:encoded>&lt;p&gt;Corps &amp;amp; âme&lt;/p&gt;
&lt;p&gt;Aussi chez : &lt;a href="https://xinhua.example/1?a&amp;amp;b"&gt;Xinhua&lt;/a&gt;&lt;/p&gt;</content:encoded>
<enclosure url="https://www.rhc.example/1.mp3" length="1234" type="audio/mpeg"/>
<media:thumbnail url="https://www.rhc.example/1.jpg"/>
<atom:link rel="via" href="https://www.rhc.example/rss"/>
<atom:link rel="related" title="Copie" href="https://copy.example/1"/>
<source url="https://www.rhc.example/rss">Radio Havane</source>
</item>"#;
    assert_eq!(
        part(&document, "<item>", "</item>"),
        expected.replace("chez :", "chez\u{A0}:")
    );
    let expected = r#"<channel>
<title>La Chine &amp; l’Amérique latine</title>
<link>https://depeche.example/chine-amlat.html</link>
<description>Coopération, commerce, diplomatie</description>
<language>fr</language>"#;
    assert_eq!(part(&document, "<channel>", "<language>"), expected);
    assert!(document.contains("<lastBuildDate>Fri, 06 Mar 2026 08:49:37 +0000</lastBuildDate>"));
    assert!(document.contains(r#"<atom:link rel="hub" href="https://depeche.example/hub"/>"#));
}

#[test]
fn json_says_everything_about_an_entry() {
    let document: serde_json::Value = serde_json::from_slice(&json(&feed_with_entry())).unwrap();
    let entry = &document["items"][0];
    for (pointer, expected) in [
        ("/id", "tag:depeche.example,2026:article/42"),
        ("/url", "https://www.rhc.example/es/1?a=1&b=2"),
        ("/title", "Pékin <b>&</b> La Havane"),
        ("/summary", "Le chapô, a < b."),
        ("/image", "https://www.rhc.example/1.jpg"),
        ("/date_published", "2026-03-05T14:05:00Z"),
        ("/date_modified", "2026-03-06T08:49:37Z"),
        ("/authors/0/name", "Ana Pérez"),
        ("/tags/0", "Chine"),
        ("/language", "es"),
        ("/attachments/0/mime_type", "audio/mpeg"),
        ("/_depeche/source/title", "Radio Havane"),
        ("/_depeche/via", "https://www.rhc.example/rss"),
        ("/_depeche/related/0/title", "Copie"),
        (
            "/_depeche/categories/0/scheme",
            "https://depeche.example/topics",
        ),
    ] {
        let value = entry.pointer(pointer).and_then(serde_json::Value::as_str);
        assert_eq!(value, Some(expected), "{pointer}");
    }
    assert_eq!(entry["attachments"][0]["size_in_bytes"], 1234);
    assert_eq!(document["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(document["hubs"][0]["type"], "WebSub");
    assert_eq!(document["_depeche"]["updated"], "2026-03-06T08:49:37Z");
}

#[test]
fn an_archive_carries_its_chain_in_every_format() {
    let mut feed = feed_with_entry();
    feed.self_url = "https://depeche.example/archive/2".to_owned();
    feed.archive = Some(ArchiveLinks {
        current: "https://depeche.example/chine-amlat.atom".to_owned(),
        prev: Some("https://depeche.example/archive/1".to_owned()),
        next: Some("https://depeche.example/archive/3".to_owned()),
        is_archive: true,
    });
    for (document, element) in [(text(atom(&feed)), "link"), (text(rss(&feed)), "atom:link")] {
        assert!(document.contains("xmlns:fh=\"http://purl.org/syndication/history/1.0\""));
        assert!(document.contains("<fh:archive/>"));
        for (rel, url) in [
            ("current", "chine-amlat.atom"),
            ("prev-archive", "archive/1"),
            ("next-archive", "archive/3"),
        ] {
            let link = format!("<{element} rel=\"{rel}\" href=\"https://depeche.example/{url}\"/>");
            assert!(document.contains(&link), "{link}");
        }
    }
    let document: serde_json::Value = serde_json::from_slice(&json(&feed)).unwrap();
    assert_eq!(document["next_url"], "https://depeche.example/archive/1");
    assert_eq!(document["_depeche"]["archive"], true);
}

#[test]
fn a_poor_entry_still_has_title_author_and_text() {
    let mut feed = feed();
    let poor = OutEntry {
        title: " ".to_owned(),
        authors: vec![Person::named("\u{1}")],
        summary: Some("Un mot ".repeat(40)),
        html: String::new(),
        also_at: Vec::new(),
        ..entry()
    };
    feed.entries = vec![poor];
    let document = text(atom(&feed));
    let title = part(&document, "Un mot", "</title>");
    assert!(
        title.ends_with(" Un…</title>") || title.ends_with(" mot…</title>"),
        "{title}"
    );
    assert!(part(&document, "<entry", "<category").contains("<name>Radio Havane</name>"));
    assert!(!document.contains("<content"));
    let document: serde_json::Value = serde_json::from_slice(&json(&feed)).unwrap();
    assert!(
        document["items"][0]["content_text"]
            .as_str()
            .unwrap()
            .starts_with("Un mot")
    );
    assert!(text(rss(&feed)).contains("<description>Un mot"));
}

#[test]
fn rss_gives_one_enclosure_and_the_others_as_media() {
    let mut feed = feed_with_entry();
    let other = Enclosure {
        url: "https://www.rhc.example/1.mp4".to_owned(),
        media_type: Some("video/mp4".to_owned()),
        length: None,
    };
    feed.entries[0].enclosures.push(other);
    let document = text(rss(&feed));
    assert_eq!(document.matches("<enclosure ").count(), 1);
    assert!(
        document
            .contains(r#"<media:content url="https://www.rhc.example/1.mp4" type="video/mp4"/>"#)
    );
}

#[test]
fn a_feed_without_entries_keeps_its_own_date() {
    assert!(text(atom(&feed())).contains("<updated>2026-03-01T00:00:00Z</updated>"));
    assert!(text(rss(&feed())).contains("Sun, 01 Mar 2026 00:00:00 +0000"));
    assert!(page(&feed(), &Formats::default()).contains("Aucun article pour le moment."));
}

#[test]
fn the_page_can_be_found_read_and_trusted() {
    let formats = Formats {
        atom: Some("https://depeche.example/chine-amlat.atom".to_owned()),
        rss: Some("https://depeche.example/chine-amlat.rss".to_owned()),
        json: Some("https://depeche.example/chine-amlat.json".to_owned()),
        opml: Some("https://depeche.example/feeds.opml".to_owned()),
        home: Some("https://depeche.example/".to_owned()),
    };
    let html = page(&feed_with_entry(), &formats);
    let document = scraper::Html::parse_document(&html);
    let select = |css: &str| {
        let selector = scraper::Selector::parse(css).unwrap();
        document
            .select(&selector)
            .map(|found| found.text().collect::<String>())
            .collect::<Vec<_>>()
    };
    assert_eq!(document.errors.len(), 0, "{:?}", document.errors);
    for (css, expected) in [
        (
            "head link[rel=alternate][type='application/atom+xml'][href$='.atom'][title]",
            1,
        ),
        (
            "head link[rel=alternate][type='application/rss+xml'][href$='.rss']",
            1,
        ),
        (
            "head link[rel=alternate][type='application/feed+json'][href$='.json']",
            1,
        ),
        ("html[lang=fr] main[lang=fr] article[lang=es]", 1),
        ("nav a", 4),
        ("h1", 1),
        (
            "article h2 a[href='https://www.rhc.example/es/1?a=1&b=2']",
            1,
        ),
        ("article time[datetime='2026-03-05T14:05:00Z']", 1),
        ("article details div.body p", 2),
        ("article img[loading=lazy][alt]", 1),
        ("meta[http-equiv=Content-Security-Policy]", 1),
        ("script", 0),
    ] {
        assert_eq!(select(css).len(), expected, "{css}");
    }
    assert_eq!(select("h2"), ["Pékin <b>&</b> La Havane"]);
    assert_eq!(select("article time"), ["5 mars 2026 à 14:05 UTC"]);
    assert_eq!(select("article .lead p"), ["Le chapô, a < b."]);
}

#[test]
fn same_feed_same_bytes() {
    let (one, two) = (feed_with_entry(), feed_with_entry());
    assert_eq!(etag(&atom(&one)), etag(&atom(&two)));
    assert_eq!(rss(&one), rss(&two));
    assert_eq!(json(&one), json(&two));
    assert_eq!(
        page(&one, &Formats::default()),
        page(&two, &Formats::default())
    );
}
