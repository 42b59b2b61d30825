//! The lint over what we write and over what we must never write.

use super::*;

const NOW: &str = "2026-03-07T00:00:00Z";

#[test]
fn what_we_write_is_clean() {
    assert_eq!(
        super::super::lint(&atom(&feed_with_entry()), at(NOW)),
        Vec::<String>::new()
    );
    assert_eq!(
        super::super::lint(&atom(&feed()), at(NOW)),
        Vec::<String>::new()
    );
}

/// One finding, and it holds the words, after a change to the feed.
fn check_feed(change: impl Fn(&mut OutFeed), words: &str) {
    let mut feed = feed_with_entry();
    change(&mut feed);
    let findings = super::super::lint(&atom(&feed), at(NOW));
    assert!(
        findings.len() == 1 && findings[0].contains(words),
        "{words}: {findings:?}"
    );
}

#[test]
fn faults_of_the_caller_are_named() {
    check_feed(|feed| feed.id.clear(), "`id` is empty");
    check_feed(|feed| feed.id = "tag:x:y".to_owned(), "no `tag:` URI");
    check_feed(|feed| feed.title = " ".to_owned(), "`title` is empty");
    check_feed(
        |feed| feed.self_url = "/feed.atom".to_owned(),
        "is not absolute",
    );
    check_feed(|feed| feed.html_url = None, "rel=alternate");
    check_feed(|feed| feed.icon = Some("icon.png".to_owned()), "`icon`");
    check_feed(
        |feed| {
            let updated = at("2026-03-06T08:49:36Z");
            feed.entries.push(OutEntry { updated, ..entry() });
        },
        "has the id of entry 1",
    );
    check_feed(
        |feed| feed.entries[0].id = "42".to_owned(),
        "its id is no URI",
    );
    check_feed(
        |feed| feed.entries[0].published = at("2026-03-08T00:00:00Z"),
        "`published` is in the future",
    );
    check_feed(
        |feed| feed.entries[0].link = "javascript:x".to_owned(),
        "scheme",
    );
    check_feed(
        |feed| feed.entries[0].via = Some("rss".to_owned()),
        "rel=via is not absolute",
    );
    check_feed(
        |feed| feed.entries[0].source.id = String::new(),
        "source: `id` is empty",
    );
    check_feed(
        |feed| feed.entries[0].html = "<a href=\"/x\">x</a>".to_owned(),
        "the href of <a>",
    );
    check_feed(
        |feed| feed.entries[0].html = "<script>x</script>".to_owned(),
        "<script>",
    );
    let archive = |is_archive, prev: &str, next: Option<&str>| ArchiveLinks {
        current: "https://depeche.example/chine-amlat.atom".to_owned(),
        prev: Some(prev.to_owned()),
        next: next.map(str::to_owned),
        is_archive,
    };
    let older = "https://depeche.example/1";
    check_feed(
        |feed| feed.archive = Some(archive(true, older, None)),
        "an archive without",
    );
    check_feed(
        |feed| feed.archive = Some(archive(false, older, Some("https://depeche.example/3"))),
        "no archive",
    );
    check_feed(
        |feed| feed.archive = Some(archive(false, &feed.self_url, None)),
        "no older document",
    );
}

/// One finding, and it holds the words, after a change to the document.
fn check_document(from: &str, to: &str, words: &str) {
    let document = text(atom(&feed_with_entry()));
    assert!(document.contains(from), "{from}");
    let findings = super::super::lint(document.replacen(from, to, 1).as_bytes(), at(NOW));
    assert!(
        findings.iter().any(|finding| finding.contains(words)),
        "{words}: {findings:?}"
    );
}

#[test]
fn faults_of_a_writer_are_named() {
    check_document("<feed", "<rss", "not well-formed");
    check_document("</feed>", "", "not exactly one root");
    check_document("2005/Atom", "2003/Atom", "not an Atom feed");
    check_document(
        "<updated>2026-03-06T08:49:37Z</updated>",
        "",
        "`updated` is missing",
    );
    check_document(
        "<updated>2026-03-06T08:49:37Z</updated>",
        "<updated>2026-03-05T08:49:37Z</updated>",
        "latest entry",
    );
    check_document(
        "2026-03-06T08:49:37Z",
        "2026-03-06t08:49:37z",
        "no date by RFC 3339",
    );
    check_document(
        "<title type=\"text\">Pékin",
        "<title type=\"html\">Pékin",
        "`title` is not plain text",
    );
    check_document("type=\"html\"", "type=\"xhtml\"", "not of type html");
    check_document("Le chapô", "Le\u{81} chapô", "must not be published");
    check_document("Le chapô", "Le &copy; chapô", "not declared");
    check_document("term=\"chine\"", "term=\"\"", "no term");
    check_document(
        "rel=\"related\" type=\"text/html\"",
        "rel=\"alternate\" type=\"text/html\" hreflang=\"es\"",
        "two links rel=alternate",
    );
}

/// A subscription document and two archives, with their addresses.
fn chain() -> Vec<(String, OutFeed)> {
    let url = |name: &str| format!("https://depeche.example/{name}.atom");
    let document = |own: &str, prev: Option<&str>, next: Option<&str>, is_archive| OutFeed {
        self_url: url(own),
        archive: Some(ArchiveLinks {
            current: url("now"),
            prev: prev.map(url),
            next: next.map(url),
            is_archive,
        }),
        ..feed_with_entry()
    };
    vec![
        (url("now"), document("now", Some("2"), None, false)),
        (url("2"), document("2", Some("1"), None, true)),
        (url("1"), document("1", None, Some("2"), true)),
    ]
}

/// The findings on the chain after a change.
fn findings(change: impl Fn(&mut Vec<(String, OutFeed)>)) -> Vec<String> {
    let mut chain = chain();
    change(&mut chain);
    let written: Vec<(String, Vec<u8>)> = chain
        .into_iter()
        .map(|(url, feed)| (url, atom(&feed)))
        .collect();
    let documents: Vec<(&str, &[u8])> = written
        .iter()
        .map(|(url, bytes)| (url.as_str(), bytes.as_slice()))
        .collect();
    lint_chain(&documents)
}

#[test]
fn a_chain_is_whole() {
    assert_eq!(findings(|_| {}), Vec::<String>::new());
    let without_next = findings(|chain| {
        for (_, feed) in chain {
            feed.archive.as_mut().unwrap().next = None;
        }
    });
    assert_eq!(without_next, Vec::<String>::new());
    for (_, feed) in chain() {
        assert_eq!(
            super::super::lint(&atom(&feed), at(NOW)),
            Vec::<String>::new()
        );
    }
    let links =
        |feed: &mut OutFeed, change: fn(&mut ArchiveLinks)| change(feed.archive.as_mut().unwrap());
    for (found, words) in [
        (findings(|chain| drop(chain.pop())), "which is not there"),
        (
            findings(|chain| chain[0].0.push('x')),
            "names another address",
        ),
        (
            findings(|chain| links(&mut chain[1].1, |archive| archive.prev = None)),
            "leads to it",
        ),
        (
            findings(|chain| {
                links(&mut chain[2].1, |archive| {
                    archive.next = Some(archive.current.clone());
                });
            }),
            "does not lead back",
        ),
        (
            findings(|chain| links(&mut chain[2].1, |archive| archive.is_archive = false)),
            "not marked",
        ),
        (
            findings(|chain| links(&mut chain[0].1, |archive| archive.is_archive = true)),
            "is marked",
        ),
        (
            findings(|chain| {
                links(&mut chain[2].1, |archive| {
                    archive.prev.clone_from(&archive.next)
                })
            }),
            "loop",
        ),
        (
            findings(|chain| links(&mut chain[2].1, |archive| archive.current.push('x'))),
            "does not lead to",
        ),
    ] {
        assert!(
            found.iter().any(|finding| finding.contains(words)),
            "{words}: {found:?}"
        );
    }
}

#[track_caller]
fn check_rss(from: &str, to: &str, words: &str) {
    let document = text(rss(&feed_with_entry()));
    assert_eq!(lint_rss(document.as_bytes(), at(NOW)), Vec::<String>::new());
    assert!(document.contains(from), "{from}");
    let found = lint_rss(document.replacen(from, to, 1).as_bytes(), at(NOW));
    assert!(
        found.iter().any(|finding| finding.contains(words)),
        "{words}: {found:?}"
    );
}

#[test]
fn flaws_of_rss_are_named() {
    check_rss("Fri, 06 Mar", "Thu, 06 Mar", "no date by RFC 822");
    check_rss("05 Mar 2026", "05 Mar 26", "RFC 822");
    check_rss("Thu, 05 Mar 2026", "Wed, 05 Mar 2036", "in the future");
    check_rss(
        "<link>https://www.rhc.example",
        "<link>/www.rhc.example",
        "not absolute",
    );
    check_rss(" isPermaLink=\"false\"", "", "does not say so");
    check_rss(
        "<docs>",
        "<managingEditor>depeche</managingEditor><docs>",
        "no address of mail",
    );
    check_rss("<docs>", "<ttl>soon</ttl><docs>", "`ttl`");
    check_rss(
        "<docs>",
        "<docs>https://a.example/</docs><docs>",
        "stands there twice",
    );
    check_rss("rel=\"self\"", "rel=\"selves\"", "rel=self");
    check_rss("length=\"1234\"", "length=\"\"", "`enclosure`");
    check_rss("&lt;p&gt;Corps", "&lt;iframe&gt;Corps", "active element");
    check_rss(
        "&lt;p&gt;Corps",
        "&lt;p style=\"x\"&gt;Corps",
        "active attribute",
    );
    check_rss("<title>P", "<title>\u{81}P", "must not be published");
    check_rss("</image>", "<width>145</width></image>", "larger");
    check_rss(
        "<rss version=\"2.0\"",
        "<rss version=\"0.91\"",
        "version 2.0",
    );
}

#[test]
fn two_entries_of_one_moment_are_named() {
    let mut feed = feed_with_entry();
    let other = OutEntry {
        id: tag_uri("depeche.example", "2026", "article/43"),
        ..entry()
    };
    feed.entries.push(other);
    let found = super::super::lint(&atom(&feed), at(NOW));
    assert!(
        found
            .iter()
            .any(|finding| finding.contains("that of entry 1")),
        "{found:?}"
    );
}
