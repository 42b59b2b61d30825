//! Tables for [`super::Robots`]: grouping, matching, encodings, odd files.

use super::*;

fn allowed(file: &str, path: &str) -> bool {
    Robots::parse(file.as_bytes(), "depeche").judge(path) == Ruling::Allowed
}

#[test]
fn which_group_applies() {
    let check = |file: &str, path: &str, expected: bool| {
        assert_eq!(allowed(file, path), expected, "{file:?} {path}")
    };
    check("", "/a", true);
    check("User-agent: *\nDisallow: /", "/a", false);
    check("User-agent: *\nDisallow:", "/a", true);
    check("User-agent: depeche\nDisallow: /", "/a", false);
    check("user-AGENT:DEPECHE\ndisALLOW:/", "/a", false);
    check("User-agent: other\nDisallow: /", "/a", true);
    check("User-agent: depeche-images\nDisallow: /", "/a", true);
    check("User-agent: depech\nDisallow: /", "/a", true);
    check("User-agent: depeche/1.0\nDisallow: /", "/a", false);
    check(
        "User-agent: *\nDisallow: /\n\nUser-agent: depeche\nDisallow: /x",
        "/a",
        true,
    );
    check(
        "User-agent: depeche\nDisallow: /x\n\nUser-agent: *\nDisallow: /",
        "/a",
        true,
    );
    check(
        "User-agent: depeche\n\nUser-agent: *\nDisallow: /",
        "/a",
        false,
    );
    check(
        "User-agent: a\nUser-agent: depeche\nDisallow: /",
        "/a",
        false,
    );
    check(
        "User-agent: a\n\n\nUser-agent: depeche\n\nDisallow: /",
        "/a",
        false,
    );
    check(
        "User-agent: depeche\nDisallow: /x\nUser-agent: b\nDisallow: /",
        "/a",
        true,
    );
    check(
        "User-agent: depeche\nDisallow: /x\nUser-agent: b\nDisallow: /\nUser-agent: depeche\nDisallow: /a",
        "/a",
        false,
    );
    check("Disallow: /\nUser-agent: *\nDisallow: /x", "/a", true);
    check("User-agent: depeche\nAllow: /", "/a", true);
    // RFC 9309 §2.2.4: other lines do not come between the names of a group.
    check(
        "User-agent: depeche\nSitemap: https://a.example/s.xml\nUser-agent: b\nDisallow: /",
        "/a",
        false,
    );
    check(
        "User-agent: depeche\nCrawl-delay: 5\nUser-agent: b\nDisallow: /",
        "/a",
        false,
    );
    check(
        "User-agent: *\nDisallow: # everything is welcome",
        "/a",
        true,
    );
    check("User-agent: * # all\nDisallow: /a # this", "/a", false);
    check("User-agent *\nDisallow /a", "/a", false);
    check("Useragent: *\nDisalow: /a", "/a", false);
    check(
        "<!doctype html><html><body>Not found: sorry</body></html>",
        "/a",
        true,
    );
}

#[test]
fn which_rule_wins() {
    let check = |rules: &str, path: &str, expected: bool| {
        let file = format!("User-agent: *\n{rules}");
        assert_eq!(allowed(&file, path), expected, "{rules:?} {path}");
    };
    check("Disallow: /a", "/a", false);
    check("Disallow: /a", "/ab", false);
    check("Disallow: /a", "/a/b?c", false);
    check("Disallow: /a", "/A", true);
    check("Disallow: /a", "/", true);
    check("Disallow: /a/", "/a", true);
    check("Disallow: /a\nAllow: /a/b", "/a/b", true);
    check("Allow: /a/b\nDisallow: /a", "/a/bc", true);
    check("Allow: /a\nDisallow: /a/b", "/a/b", false);
    check("Disallow: /a\nAllow: /a", "/a", true);
    check("Allow: /a\nDisallow: /a", "/a", true);
    check("Disallow: /\nAllow: /$", "/", true);
    check("Disallow: /\nAllow: /$", "/a", false);
    check("Disallow: /*.php$", "/x.php", false);
    check("Disallow: /*.php$", "/x.php?a", true);
    check("Disallow: /*.php$", "/x.php.php", false);
    check("Disallow: /*.php", "/x.php?a", false);
    check("Disallow: *.php", "/x.php", false);
    check("Disallow: /fish*", "/fish.html", false);
    check("Disallow: /a*b*c", "/a-x-b-y-c-z", false);
    check("Disallow: /a*b*c", "/a-x-c-y-b", true);
    check("Disallow: /a*a$", "/a", true);
    check("Disallow: /a**b", "/axb", false);
    check("Disallow: /*?", "/a?b", false);
    check("Disallow: /*?", "/a", true);
    check("Disallow: *", "/a", false);
    check("Disallow: a", "/a", true);
    check("Disallow: /", "/robots.txt", true);
    check("Disallow: /a$b", "/a$b", false);
}

#[test]
fn encodings_of_paths() {
    let check = |rule: &str, path: &str, expected: bool| {
        let file = format!("User-agent: *\nDisallow: {rule}");
        assert_eq!(allowed(&file, path), expected, "{rule} {path}");
    };
    check("/é", "/%C3%A9", false);
    check("/%C3%A9", "/%c3%a9", false);
    check("/%7Eann", "/~ann", false);
    check("/~ann", "/%7eann", false);
    check("/a%2Fb", "/a/b", true);
    check("/a%2fb", "/a%2Fb", false);
    check("/a%2Ab", "/axb", true);
    check("/100%", "/100%", false);
    check("/a b", "/a%20b", false);
    check("/%zz", "/%zz", false);
}

#[test]
fn ends_of_lines_and_marks() {
    for file in [
        "User-agent: *\r\nDisallow: /a\r\n",
        "User-agent: *\rDisallow: /a\r",
        "\u{FEFF}User-agent: *\nDisallow: /a",
        "  User-agent : *  \n\t Disallow :  /a  ",
        "User-agent: *\n\0\u{1}\nDisallow: /a",
    ] {
        assert!(!allowed(file, "/a"), "{file:?}");
    }
    let broken = b"User-agent: *\nDisallow: /\xFF\nDisallow: /a";
    assert_ne!(
        Robots::parse(broken, "depeche").judge("/a"),
        Ruling::Allowed
    );
}

#[test]
fn a_ruling_names_its_line() {
    let robots = Robots::parse(
        b"User-agent: *\r\n# no\r\nDisallow: /a*b # private\r\n",
        "depeche",
    );
    let expected = Ruling::Denied {
        rule: "Disallow: /a*b".to_owned(),
        line: 3,
    };
    assert_eq!(robots.judge("/axxb"), expected);
}

#[test]
fn delays_and_sitemaps() {
    let check = |file: &str, seconds: Option<f64>| {
        let delay = Robots::parse(file.as_bytes(), "depeche").crawl_delay;
        assert_eq!(delay.map(|delay| delay.as_secs_f64()), seconds, "{file:?}");
    };
    check("User-agent: *\nCrawl-delay: 10", Some(10.0));
    check("User-agent: *\nCrawl-delay: 0.5", Some(0.5));
    check("User-agent: *\nCrawl-delay: -1", None);
    check("User-agent: *\nCrawl-delay: NaN", None);
    check("User-agent: *\nCrawl-delay: inf", Some(300.0));
    check("User-agent: *\nCrawl-delay: 86400", Some(300.0));
    // Who writes this means the delay for those named before it.
    check(
        "User-agent: *\nCrawl-delay: 10\nUser-agent: depeche\nDisallow:",
        None,
    );
    check(
        "User-agent: *\nCrawl-delay: 10\nDisallow: /x\n\nUser-agent: depeche\nDisallow:",
        None,
    );
    check("User-agent: b\nCrawl-delay: 10", None);
    let file = b"Sitemap: https://a.example/1.xml\nUser-agent: b\nSITEMAP:https://a.example/2.xml\nSitemap:";
    let sitemaps = Robots::parse(file, "depeche").sitemaps;
    assert_eq!(
        sitemaps,
        ["https://a.example/1.xml", "https://a.example/2.xml"]
    );
}

#[test]
fn large_files_are_cut_and_quick() {
    let mut file = b"User-agent: *\n".to_vec();
    while file.len() < MAX_BYTES {
        file.extend_from_slice(b"Disallow: /a*b*c*d*e*f*g*h$\n");
    }
    file.extend_from_slice(b"Disallow: /late\n");
    let robots = Robots::parse(&file, "depeche");
    assert_eq!(robots.judge("/late"), Ruling::Allowed, "beyond the limit");
    let hostile = format!("/a{}", "b".repeat(4000));
    assert_eq!(robots.judge(&hostile), Ruling::Allowed);
    let line = format!(
        "User-agent: *\nDisallow: /{}\nDisallow: /a",
        "*a".repeat(100_000)
    );
    assert!(
        !allowed(&line, "/a"),
        "a line too long is passed over, the next one is read"
    );
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_a_file(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..2000), path in "/.{0,200}") {
        let _ruling = Robots::parse(&bytes, "depeche").judge(&path);
    }

    /// The slow and obvious matcher agrees with the quick one.
    #[test]
    fn matching_is_right(pattern in "/[ab*]{0,8}\\$?", path in "/[ab]{0,12}") {
        let rule = Rule::new(false, &pattern, 1, "");
        proptest::prop_assert_eq!(rule.matches(&path), slow(pattern.as_bytes(), path.as_bytes()));
    }
}

fn slow(pattern: &[u8], path: &[u8]) -> bool {
    match pattern {
        [] => true,
        [b'$'] => path.is_empty(),
        [b'*', rest @ ..] => (0..=path.len()).any(|at| slow(rest, &path[at..])),
        [first, rest @ ..] => path.first() == Some(first) && slow(rest, &path[1..]),
    }
}
