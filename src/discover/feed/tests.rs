//! Documents and what is read from them: values of every vocabulary, repairs, identity.

use super::*;

fn ctx(url: Option<&Url>) -> Context<'_> {
    Context {
        url,
        content_type: None,
        timezone: Some(Tz::Asia__Shanghai),
        fetched_at: dates::parse("2026-11-22T00:00:00Z", None).expect("a plain date"),
    }
}

fn read(text: &str) -> Discovery {
    let url = Url::parse("https://example.org/feed/rss.xml").expect("a plain address");
    parse(text.as_bytes(), &ctx(Some(&url))).expect("a feed")
}

/// The first candidate of an RSS item.
fn item(inside: &str) -> crate::model::Candidate {
    let rss = format!(
        "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' \
         xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:media='http://search.yahoo.com/mrss/' \
         xmlns:dcterms='http://purl.org/dc/terms/' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'>\
         <channel><title>T</title><item>{inside}</item></channel></rss>"
    );
    read(&rss).candidates.swap_remove(0)
}

/// The first candidate of an Atom entry.
fn entry(inside: &str) -> crate::model::Candidate {
    let atom = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://example.org/b/'><title>T</title>\
         <author><name>Feed</name></author><entry>{inside}</entry></feed>"
    );
    read(&atom).candidates.swap_remove(0)
}

#[test]
fn titles_are_plain_text() {
    for (title, expected) in [
        ("<title>Un &amp; deux</title>", "Un & deux"),
        (
            "<title>L&amp;#8217;été &amp;amp; l&amp;eacute;t&amp;eacute;</title>",
            "L’été & lété",
        ),
        (
            "<title>&lt;b&gt;Gras&lt;/b&gt;&lt;br/&gt;suite</title>",
            "Gras suite",
        ),
        (
            "<title><![CDATA[ Télé <i>monde</i> ]]></title>",
            "Télé monde",
        ),
        ("<title>a &lt; b et Vec&lt;T&gt;</title>", "a < b et Vec<T>"),
        ("<title>  deux\n   lignes </title>", "deux lignes"),
        (
            "<title>La Chi\u{AD}ne\u{200B} et\u{202E} le Pé\u{AD}rou&#8203;</title>",
            "La Chine et le Pérou",
        ),
        ("<title/><dc:title>Second</dc:title>", "Second"),
        ("<title>&lt;![CDATA[Escaped]]&gt;</title>", "Escaped"),
        (
            "<media:group><media:title>Du groupe</media:title></media:group>",
            "Du groupe",
        ),
        (
            "<image><title>Logo</title></image><title>Vrai</title>",
            "Vrai",
        ),
    ] {
        assert_eq!(item(title).title.as_deref(), Some(expected), "{title}");
    }
    for (title, expected) in [
        (
            "<title type='html'>L&amp;#8217;&lt;i&gt;été&lt;/i&gt;</title>",
            "L’été",
        ),
        (
            "<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>a <b>&lt;</b> c</div></title>",
            "a < c",
        ),
        ("<title type='text'>1 &lt; 2 &amp; 3</title>", "1 < 2 & 3"),
    ] {
        assert_eq!(entry(title).title.as_deref(), Some(expected), "{title}");
    }
}

#[test]
fn text_that_was_encoded_twice_is_read_as_it_was_meant_and_told() {
    let feed = read(
        "<rss version='2.0'><channel><title>Économie</title><item>\
         <title>CoopÃ©ration : la Chine et lâ€™Ã‰quateur</title>\
         <description><![CDATA[<p>Â« Nous avons signÃ© Â», dit-elle.</p>]]></description></item></channel></rss>",
    );
    let candidate = &feed.candidates[0];
    assert_eq!(feed.feed.title.as_deref(), Some("Économie"));
    assert_eq!(
        candidate.title.as_deref(),
        Some("Coopération : la Chine et l’Équateur")
    );
    let summary = candidate.summary.as_deref();
    assert_eq!(summary, Some("<p>« Nous avons signé », dit-elle.</p>"));
    let told = |w: &crate::model::Warning| w.message.contains("encoded twice");
    assert!(feed.warnings.iter().any(told), "{:?}", feed.warnings);
}

#[test]
fn identity_is_guid_then_id_then_link_then_hash() {
    for (inside, id, link) in [
        (
            "<guid>https://example.org/1</guid>",
            "https://example.org/1",
            Some("https://example.org/1"),
        ),
        (
            "<guid isPermaLink='false'>https://example.org/1</guid>",
            "https://example.org/1",
            None,
        ),
        (
            "<guid> n-1\n</guid><link>https://example.org/a</link>",
            "n-1",
            Some("https://example.org/a"),
        ),
        (
            "<guid></guid><link>/a b</link>",
            "https://example.org/a b",
            Some("https://example.org/a b"),
        ),
        (
            "<link href='a.html'/>",
            "https://example.org/feed/a.html",
            Some("https://example.org/feed/a.html"),
        ),
    ] {
        let found = item(inside);
        assert_eq!(
            (found.id.as_str(), found.link.as_deref()),
            (id, link),
            "{inside}"
        );
    }
    let (a, b) = (
        item("<title>Un</title><pubDate>2026-11-01</pubDate>"),
        item("<title>Deux</title>"),
    );
    assert!(a.id.starts_with("hash:") && b.id.starts_with("hash:") && a.id != b.id);
    let with = |text: &str| {
        item(&format!(
            "<title>Un</title><pubDate>2026-11-01</pubDate><description>{text}</description>"
        ))
    };
    assert_eq!(with("x").id, with("y").id);
}

#[test]
fn dates_of_every_vocabulary() {
    for (inside, published, updated) in [
        (
            "<pubDate>Sat, 21 Nov 2026 08:00:00 CST</pubDate>",
            Some("2026-11-21T00:00"),
            None,
        ),
        (
            "<dc:date>2026-11-21T08:00:00Z</dc:date>",
            Some("2026-11-21T08:00"),
            None,
        ),
        (
            "<pubDate>bientôt</pubDate><dc:date>2026-11-21T08:00:00Z</dc:date>",
            Some("2026-11-21T08:00"),
            None,
        ),
        (
            "<dcterms:issued>2026-11-20</dcterms:issued>",
            Some("2026-11-19T16:00"),
            None,
        ),
        (
            "<dcterms:modified>2026-11-20T00:00:00Z</dcterms:modified>",
            None,
            Some("2026-11-20T00:00"),
        ),
        (
            "<pubDate>Tue, 01 Dec 2026 08:00:00 GMT</pubDate>",
            Some("2026-11-22T00:00"),
            None,
        ),
        ("<pubDate>bientôt</pubDate>", None, None),
    ] {
        let found = item(inside);
        let show =
            |date: Option<DateTime<Utc>>| date.map(|d| d.format("%Y-%m-%dT%H:%M").to_string());
        assert_eq!(show(found.published).as_deref(), published, "{inside}");
        assert_eq!(show(found.updated).as_deref(), updated, "{inside}");
    }
}

#[test]
fn texts_are_html_with_absolute_links() {
    for (inside, summary, content) in [
        (
            "<description>&lt;a href=\"x\"&gt;y&lt;/a&gt;</description>",
            Some("<a href=\"https://example.org/feed/x\">y</a>"),
            None,
        ),
        (
            "<description><p>un<br>deux & trois</p></description>",
            Some("<p>un<br>deux &amp; trois</p>"),
            None,
        ),
        (
            "<description>D</description><content:encoded><![CDATA[<p>C]]></content:encoded>",
            Some("D"),
            Some("<p>C"),
        ),
        (
            "<content:encoded>C</content:encoded><description>D</description>",
            Some("D"),
            Some("C"),
        ),
        (
            "<description>D</description><description>E</description>",
            Some("D"),
            Some("E"),
        ),
        ("<itunes:summary>S</itunes:summary>", Some("S"), None),
        (
            "<description xml:base='/z/'>&lt;img src='i.png'&gt;</description>",
            Some("<img src='https://example.org/z/i.png'>"),
            None,
        ),
    ] {
        let found = item(inside);
        assert_eq!(
            (found.summary.as_deref(), found.content.as_deref()),
            (summary, content),
            "{inside}"
        );
    }
    for (inside, content) in [
        (
            "<content type='text'>a &lt; b &amp; c</content>",
            "a &lt; b &amp; c",
        ),
        (
            "<content type='text'>Un\nseul.\n \nDeux &lt; trois.</content>",
            "<p>Un\nseul.</p><p>Deux &lt; trois.</p>",
        ),
        (
            "<content type='html'>&lt;![CDATA[&lt;p>a&lt;/p>]]&gt;</content>",
            "<p>a</p>",
        ),
        (
            "<content>sans type &lt;p&gt;html&lt;/p&gt;</content>",
            "sans type <p>html</p>",
        ),
        (
            "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p title='&quot; onerror=&quot;x'>a</p><br/></div></content>",
            "<p title=\"&quot; onerror=&quot;x\">a</p><br>",
        ),
        (
            "<content type='xhtml'><x:div xmlns:x='http://www.w3.org/1999/xhtml'><x:a href='c'>&lt;b&gt;</x:a></x:div></content>",
            "<a href=\"https://example.org/b/c\">&lt;b&gt;</a>",
        ),
        (
            "<content type='application/octet-stream'>PHA+Ym9uam91cjwvcD4=</content>",
            "<p>bonjour</p>",
        ),
    ] {
        assert_eq!(entry(inside).content.as_deref(), Some(content), "{inside}");
    }
}

#[test]
fn authors_categories_files_and_origin() {
    let found = item(
        "<author>a@example.org (Ana)</author><dc:creator>Luis</dc:creator><itunes:author>Z</itunes:author>\
         <category>Chine</category><dc:subject>Cuba</dc:subject><category>Chine</category>\
         <enclosure url='/a.mp3' type='audio/mpeg' length='12'/><source url='https://s.example/rss'>Agence</source>\
         <media:content url='https://example.org/i.jpg' medium='image'/><dc:language>es</dc:language>",
    );
    let names: Vec<&str> = found
        .authors
        .iter()
        .map(|person| person.name.as_str())
        .collect();
    assert_eq!(names, ["Ana", "Luis"]);
    assert_eq!(found.categories, ["Chine", "Cuba"]);
    assert_eq!(found.enclosures[0].url, "https://example.org/a.mp3");
    assert_eq!(found.via.as_deref(), Some("Agence"));
    assert_eq!(found.image.as_deref(), Some("https://example.org/i.jpg"));
    assert_eq!(found.language.as_deref(), Some("es"));
    assert_eq!(entry("<id>1</id>").authors[0].name, "Feed");
    let taken = entry(
        "<id>1</id><source><title>Origine</title><author><name>Autre</name></author></source>",
    );
    assert_eq!(
        (taken.via.as_deref(), taken.authors[0].name.as_str()),
        (Some("Origine"), "Autre")
    );
}

/// Le Monde says neither type nor medium of its pictures.
#[test]
fn a_picture_is_known_by_its_ending() {
    for (inside, image, files) in [
        (
            "<media:content width='644' height='322' url='https://e.org/a.jpg?q=1'><media:credit>C</media:credit></media:content>",
            Some("https://e.org/a.jpg?q=1"),
            0,
        ),
        ("<media:content url='https://e.org/a.mp3'/>", None, 1),
        (
            "<enclosure url='https://e.org/a.PNG' length='1'/>",
            Some("https://e.org/a.PNG"),
            1,
        ),
        (
            "<enclosure url='https://e.org/a.jpg' type='audio/mpeg'/>",
            None,
            1,
        ),
    ] {
        let found = item(inside);
        assert_eq!(
            (found.image.as_deref(), found.enclosures.len()),
            (image, files),
            "{inside}"
        );
    }
}

/// Each of these took minutes, or more memory than there is.
#[test]
fn a_document_costs_no_more_than_its_size() {
    let roots = format!("<rss/>{}<item/>", "<a></a>".repeat(200_000));
    assert_eq!(read(&roots).candidates.len(), 1);
    let folder = "a".repeat(100_000);
    let feed = |base: &str, inside: &str| {
        read(&format!(
            "<feed xml:base='http://e.org/{base}/'>{}<entry>{inside}</entry></feed>",
            "<b xml:base='x'/>".repeat(100_000)
        ))
    };
    let link = feed(&folder, "<link href='x'/>").candidates.swap_remove(0);
    assert_eq!(link.link.as_deref(), Some("https://example.org/feed/x"));
    let links = "&lt;a href=x>".repeat(10_000);
    let inside = format!("<content type='html'>{links}</content>");
    let grown = feed(&"a".repeat(900), &inside).candidates.swap_remove(0);
    let most = links.len() * 8 + (16 << 10) + 2_000;
    assert!(grown.content.is_some_and(|html| html.len() < most));
}

#[test]
fn every_format_is_known_and_its_entries_found() {
    for (document, format) in [
        (
            "<rss><channel><item><title>x</title></item></channel></rss>",
            "rss 2.0",
        ),
        (
            "<RSS VERSION='0.94'><CHANNEL><ITEM><TITLE>x</TITLE></ITEM></CHANNEL></RSS>",
            "rss 0.94",
        ),
        (
            "<rdf:RDF xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel/><item><title>x</title></item></rdf:RDF>",
            "rss 0.90",
        ),
        (
            "<rdf:RDF xmlns='http://purl.org/rss/1.0/'><item><title>x</title></item></rdf:RDF>",
            "rss 1.0",
        ),
        (
            "<Channel xmlns='http://purl.org/net/rss1.1#'><items><item><title>x</title></item></items></Channel>",
            "rss 1.1",
        ),
        (
            "<CHANNEL HREF='/'><ITEM HREF='/1'><TITLE>x</TITLE></ITEM></CHANNEL>",
            "cdf",
        ),
        (
            "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title>x</title></entry></feed>",
            "atom 0.3",
        ),
        (
            "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry><a:title>x</a:title></a:entry></a:feed>",
            "atom 1.0",
        ),
        ("<feed><entry><title>x</title></entry></feed>", "atom 1.0"),
    ] {
        let found = read(document);
        assert_eq!(found.format, format, "{document}");
        assert_eq!(
            found.candidates[0].title.as_deref(),
            Some("x"),
            "{document}"
        );
    }
}

#[test]
fn hints_for_polling() {
    let found = read(
        "<rss version='2.0' xmlns:sy='http://purl.org/rss/1.0/modules/syndication/' xmlns:atom='http://www.w3.org/2005/Atom'>\
         <channel><ttl> 90 </ttl><skipHours><hour>24</hour><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>\
         <sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>\
         <atom:link rel='hub' href='https://hub.example/'/><atom:link rel='self' href='/rss'/>\
         <atom:link rel='prev-archive' href='/rss/1'/><atom:link rel='next' href='?page=2'/></channel></rss>",
    );
    let hints = found.hints;
    assert_eq!(
        (hints.ttl_minutes, hints.update_minutes),
        (Some(90), Some(360))
    );
    assert_eq!((hints.skip_hours, hints.skip_days), (vec![0, 3], vec![6]));
    assert_eq!(hints.hubs, ["https://hub.example/"]);
    assert_eq!(hints.self_link.as_deref(), Some("https://example.org/rss"));
    assert_eq!(
        hints.prev_archive.as_deref(),
        Some("https://example.org/rss/1")
    );
    assert_eq!(
        hints.next.as_deref(),
        Some("https://example.org/feed/rss.xml?page=2")
    );
}

#[test]
fn a_cut_document_says_so() {
    let whole = "<rss><channel><item><title>Un</title></item><item><title>Deux</title></item></channel></rss>";
    assert!(!read(whole).truncated);
    for (end, complete) in [
        ("<item><title>Deux</title>", vec![true, false]),
        ("<item><title>De", vec![true, false]),
    ] {
        let cut = &whole[..whole.find(end).expect("it is there") + end.len()];
        let found = read(cut);
        assert!(found.truncated && !found.warnings.is_empty(), "{cut}");
        assert_eq!(
            found
                .candidates
                .iter()
                .map(|c| c.complete)
                .collect::<Vec<_>>(),
            complete,
            "{cut}"
        );
    }
}

#[test]
fn repairs_are_told_with_their_place() {
    for (document, place, word) in [
        (
            "<rss><channel>\n<title>R&D</title></channel></rss>",
            "line 2",
            "bare &",
        ),
        (
            "<rss><channel>\n\n<title>a < b</title></channel></rss>",
            "line 3",
            "starts no tag",
        ),
        (
            "<rss><channel><title>x</TITLE></channel></rss>",
            "line 1",
            "case",
        ),
        (
            "<rss><channel></b></channel></rss>",
            "line 1",
            "no start tag",
        ),
        (
            "<rss><channel><dc:date>x</dc:date></channel></rss>",
            "line 1",
            "prefix",
        ),
        (
            "Warning\n<rss><channel/></rss>",
            "line 1",
            "before the document",
        ),
    ] {
        let found = read(document).warnings;
        assert!(
            found
                .iter()
                .any(|w| w.place == place && w.message.contains(word)),
            "{document}: {found:?}"
        );
    }
}

#[test]
fn repaired_documents_are_well_formed() {
    for document in [
        "<rss><channel><title>R&D < x</title><item><foo:bar a=1 a=2>x<br></item>",
        "<rss><item><description><p>a<b>c</p></b></description></item></rss>",
        "<feed><é:x y:z='1'>&eacute;</é:x><1></feed>",
        "<a:b:c d:e:f='x' xmlns:q=''>]]></a:b:c>",
        "",
    ] {
        let (repaired, _) = repair(document);
        let mut reader = quick_xml::Reader::from_str(&repaired);
        reader.config_mut().check_end_names = true;
        loop {
            match reader.read_event() {
                Ok(quick_xml::events::Event::Eof) => break,
                Ok(_) => {}
                Err(error) => panic!("{document}: {repaired}: {error}"),
            }
        }
        // What is well-formed needs no repair.
        assert_eq!(repair(&repaired).1, [], "{repaired}");
    }
}
