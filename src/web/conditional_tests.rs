//! Tables of cases for conditional requests.

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

const OLD: &str = "Fri, 06 Mar 2026 08:49:36 GMT";
const SAME: &str = "Fri, 06 Mar 2026 08:49:37 GMT";
const NEW: &str = "Fri, 06 Mar 2026 08:49:38 GMT";

#[test]
fn entity_tags_are_compared_weakly_and_in_lists() {
    for (tags, expected) in [
        ("\"abc\"", true),
        ("W/\"abc\"", true),
        ("*", true),
        (" * ", true),
        ("\"x\", \"abc\"", true),
        ("\"x\",W/\"abc\",\"y\"", true),
        (", ,\"x\" ,, \"abc\",", true),
        ("\"a,b\", \"abc\"", true),
        ("\"x\"", false),
        ("\"ABC\"", false),
        ("abc", false),
        ("\"abc", false),
        ("w/\"abc\"", false),
        ("\"x\", *", false),
        ("", false),
        ("\"", false),
        ("\"\"", false),
    ] {
        let decision = evaluate(
            true,
            Some(tags.as_bytes()),
            None,
            "\"abc\"",
            at("2026-03-06T08:49:37Z"),
        );
        assert_eq!(decision == Decision::NotModified, expected, "{tags}");
    }
}

#[test]
fn tags_that_are_not_text_are_compared_too() {
    let decision = evaluate(
        true,
        Some(b"\"\xFF\", \"abc\""),
        None,
        "W/\"abc\"",
        at("2026-03-06T08:49:37Z"),
    );
    assert_eq!(decision, Decision::NotModified);
}

#[test]
fn preconditions_have_their_order() {
    use Decision::{NotModified, Send};
    for (is_get, tags, since, expected) in [
        (true, None, None, Send),
        (true, None, Some(OLD), Send),
        (true, None, Some(SAME), NotModified),
        (true, None, Some(NEW), NotModified),
        (true, None, Some("yesterday"), Send),
        (true, None, Some("0"), Send),
        (
            true,
            None,
            Some("Fri, 06 Mar 2026 08:49:38 GMT, Fri, 06 Mar 2026 08:49:38 GMT"),
            Send,
        ),
        (true, Some("\"other\""), Some(NEW), Send),
        (true, Some("\"abc\""), Some(OLD), NotModified),
        (true, Some("garbage"), Some(NEW), Send),
        (false, Some("\"abc\""), None, Send),
        (false, Some("*"), None, Send),
        (false, None, Some(NEW), Send),
    ] {
        let tags = tags.map(str::as_bytes);
        let decision = evaluate(is_get, tags, since, "\"abc\"", at("2026-03-06T08:49:37.9Z"));
        assert_eq!(decision, expected, "{is_get} {tags:?} {since:?}");
    }
}

#[test]
fn codings_have_weights() {
    for (header, expected) in [
        (None, false),
        (Some(""), false),
        (Some("gzip"), true),
        (Some("GZIP"), true),
        (Some("x-gzip"), true),
        (Some("br, deflate , gzip;q=0.5"), true),
        (Some("gzip;q=0"), false),
        (Some("gzip; q=0.000"), false),
        (Some("gzip ; q = 0.001"), true),
        (Some("*"), true),
        (Some("*;q=0"), false),
        (Some("gzip;q=0, *"), false),
        (Some("gzip, *;q=0"), true),
        (Some("identity, gzip;q=0.5"), false),
        (Some("identity;q=0.5, gzip;q=0.5"), true),
        (Some("identity;q=0, gzip;q=0.1"), true),
        (Some("gzip;q=1.5"), false),
        (Some("gzip;q=0.1234"), false),
        (Some("gzip;q=x"), false),
        (Some("br"), false),
        (Some("gzipped"), false),
    ] {
        let best = best_coding(header, [("gzip", ())].into_iter());
        assert_eq!(best.is_some(), expected, "{header:?}");
    }
}

#[test]
fn the_preferred_coding_is_chosen() {
    for (header, expected) in [
        ("gzip, br", Some("br")),
        ("gzip, br;q=0.9", Some("gzip")),
        ("gzip;q=0.8, br;q=0.9", Some("br")),
        ("*", Some("br")),
        ("gzip, *;q=0", Some("gzip")),
        ("br;q=0, *", Some("gzip")),
        ("deflate, zstd", None),
        ("identity, br;q=0.5, gzip;q=0.9", None),
        ("identity;q=0.7, br;q=0.5, gzip;q=0.9", Some("gzip")),
        ("", None),
    ] {
        let offers = [("br", "br"), ("gzip", "gzip")];
        let best = best_coding(Some(header), offers.into_iter());
        assert_eq!(best, expected, "{header}");
    }
}
