//! Tables of addresses: canonical forms, identities, houses, canonical links.

use url::Url;

use super::*;

fn url(text: &str) -> Url {
    Url::parse(text).expect("the table holds addresses")
}

fn family(id: &str, hosts: &[&str], key: &[&str]) -> FamilySpec {
    FamilySpec {
        id: id.into(),
        hosts: hosts.iter().map(|host| (*host).into()).collect(),
        key: key.iter().map(|key| (*key).into()).collect(),
        drop_path_prefixes: vec!["/index.php".into()],
        ..FamilySpec::default()
    }
}

fn families() -> Families {
    Families::compile(&[
        family("rhc", &["radiohc.cu"], &[r"/(\d{4,7})-[^/]+$"]),
        family(
            "xinhua-fr",
            &["french.news.cn", "french.xinhuanet.com"],
            &[
                r"/c_(\d{9,11})(?:_\d+)?\.htm$",
                r"/\d{8}/([0-9a-f]{32})/c\.html$",
            ],
        ),
        family(
            "people-fr",
            &["french.people.com.cn", "french.peopledaily.com.cn"],
            &[r"/c\d+-(\d{6,9})(?:-\d+)?\.html$"],
        ),
        family(
            "pl-fr",
            &["frances.prensa-latina.cu"],
            &[r"/\d{4}/\d\d/\d\d/([^/]+)/?$", r"p=(\d+)"],
        ),
        family(
            "cgtn-fr",
            &["francais.cgtn.com"],
            &[r"/news/\d{4}-\d\d-\d\d/(\d{15,20})/"],
        ),
        family("granma-fr", &["fr.granma.cu"], &[]),
    ])
    .expect("these families are right")
}

#[test]
fn canonical_forms() {
    let check =
        |input: &str, expected: &str| assert_eq!(canonicalise(&url(input)), expected, "{input}");
    check("https://WWW.RFI.fr:443/fr/asie/", "rfi.fr/fr/asie");
    check("http://www.rfi.fr/fr/asie#xtor=RSS-1", "rfi.fr/fr/asie");
    check(
        "https://a.fr/x?utm_source=rss&id=3&at_medium=feed&UTM_Campaign=z",
        "a.fr/x?id=3",
    );
    check(
        "https://a.fr/x?b=2&a=1&fbclid=q&gclid=q&ref=tw&mc_cid=1",
        "a.fr/x?b=2&a=1",
    );
    check("https://a.fr/x?ref=rss", "a.fr/x");
    check("https://a.fr/x?ref=20431", "a.fr/x?ref=20431");
    check("https://a.fr/x?f=pad", "a.fr/x");
    check("https://a.fr/x?f=html", "a.fr/x?f=html");
    check(
        "https://a.fr/spip.php?article123",
        "a.fr/spip.php?article123",
    );
    check("https://a.fr/?p=57801", "a.fr?p=57801");
    check("https://a.fr", "a.fr");
    check("https://a.fr/x/amp/", "a.fr/x");
    check("https://a.fr/x.amp", "a.fr/x");
    check("https://a.fr/x.amp.html", "a.fr/x.html");
    check("https://a.fr/x?amp=1", "a.fr/x");
    check("https://a.fr/amp/", "a.fr/amp");
    check("https://a.fr/camp/", "a.fr/camp");
    check(
        "https://www.france24.com/fr/am%C3%A9riques/",
        "france24.com/fr/amériques",
    );
    check(
        "https://www.france24.com/fr/ame\u{301}riques/",
        "france24.com/fr/amériques",
    );
    check(
        "https://a.fr/100%25/b%2fc?q=a%26b",
        "a.fr/100%25/b%2Fc?q=a%26b",
    );
    check("https://a.fr/caf%e9", "a.fr/caf%E9");
    check("https://a.fr/x%2", "a.fr/x%2");
    check("http://127.0.0.1:8080/x/", "127.0.0.1:8080/x");
    check("https://a.fr./x", "a.fr/x");
    check("https://www.fr/x", "www.fr/x");
    check("https://a.fr/x;jsessionid=AB12?id=1", "a.fr/x?id=1");
    check(
        "https://a.fr/x?preference=1&page=2",
        "a.fr/x?preference=1&page=2",
    );
    check("mailto:a@b.fr", "mailto:a@b.fr");
}

#[test]
fn shown_addresses() {
    let check =
        |input: &str, expected: &str| assert_eq!(strip_tracking(&url(input)).as_str(), expected);
    check(
        "http://www.a.fr/x/?utm_source=rss&id=%C3%A9#par-2",
        "http://www.a.fr/x/?id=%C3%A9#par-2",
    );
    check("http://a.fr/x?utm_source=rss", "http://a.fr/x");
    check("http://a.fr/x#xtor=RSS-3", "http://a.fr/x");
    check("http://a.fr/x#ref", "http://a.fr/x#ref");
    check("http://a.fr/x?a=1&&b=2", "http://a.fr/x?a=1&&b=2");
}

#[test]
fn registrable_domains() {
    let check = |input: &str, expected: &str| assert_eq!(registrable_domain(input), expected);
    check("www.RFI.fr", "rfi.fr");
    check("french.people.com.cn", "people.com.cn");
    check("news.bbc.co.uk.", "bbc.co.uk");
    check("a.github.io", "a.github.io");
    check("rhc.localhost", "rhc.localhost");
    check("localhost", "localhost");
    check("127.0.0.1", "127.0.0.1");
    check("[::1]", "[::1]");
    check("www.site.interne", "www.site.interne");
    check("co.uk", "co.uk");
    check("", "");
}

#[test]
fn identities() {
    let families = families();
    let check = |input: &str, expected: &str| {
        assert_eq!(families.identity(&url(input)).key, expected, "{input}")
    };
    check(
        "https://www.radiohc.cu/index.php/fr/noticias/nacionales/268534-le-mexique",
        "rhc:268534",
    );
    check(
        "http://radiohc.cu:8080/en/noticias/nacionales/268534-le-mexique?utm_source=x",
        "rhc:268534",
    );
    check(
        "https://radiohc.cu/index.php/fr/noticias/nacionales/",
        "radiohc.cu/fr/noticias/nacionales",
    );
    check(
        "http://french.xinhuanet.com/2021-09/17/c_1310193761.htm",
        "xinhua-fr:1310193761",
    );
    check(
        "https://french.news.cn/2021-09/17/c_1310193761_2.htm",
        "xinhua-fr:1310193761",
    );
    check(
        "http://french.xinhuanet.com/chine/index.htm",
        "french.news.cn/chine/index.htm",
    );
    check(
        "http://french.people.com.cn/n/2016/0102/c96852-20307855-3.html",
        "people-fr:20307855",
    );
    check(
        "https://frances.prensa-latina.cu/2025/11/02/une-nouvelle/?utm_medium=x",
        "pl-fr:une-nouvelle",
    );
    check(
        "https://frances.prensa-latina.cu/2025/11/02/une-nouvelle/amp/",
        "pl-fr:une-nouvelle",
    );
    check("https://frances.prensa-latina.cu/?p=57801", "pl-fr:57801");
    check(
        "https://francais.cgtn.com/news/2024-05-01/1784912345678901234/",
        "cgtn-fr:1784912345678901234",
    );
    check(
        "http://fr.granma.cu/monde/2025-01-01/un-titre/",
        "fr.granma.cu/monde/2025-01-01/un-titre",
    );
    check(
        "https://autre.fr/radiohc/268534-x",
        "autre.fr/radiohc/268534-x",
    );
}

#[test]
fn houses() {
    let families = families();
    let same = |a: &str, b: &str| families.same_house(&url(a), &url(b));
    assert!(same(
        "http://french.news.cn/a",
        "https://french.xinhuanet.com:8080/b"
    ));
    assert!(same("http://www.a.fr/a", "http://amp.a.fr/b"));
    assert!(!same("http://a.co.uk/a", "http://b.co.uk/a"));
    assert!(!same("http://a.localhost/a", "http://b.localhost/a"));
    assert!(same(
        "http://www.a.example.localhost:1/a",
        "http://a.example.localhost:2/a"
    ));
    assert!(same(
        "http://french.news.cn.localhost:1/a",
        "http://french.xinhuanet.com.localhost:1/a"
    ));
}

#[test]
fn canonical_links() {
    let families = families();
    let check = |page: &str, canonical: &str, expected: Option<&str>| {
        let got = accept_canonical(&url(page), canonical, &families);
        assert_eq!(
            got.as_ref().map(Url::as_str),
            expected,
            "{page} {canonical}"
        );
    };
    check(
        "https://a.fr/x?utm_source=1",
        " https://www.a.fr/x ",
        Some("https://www.a.fr/x"),
    );
    check("https://a.fr/x", "/y", Some("https://a.fr/y"));
    check("https://a.fr/x", "//a.fr/y#top", Some("https://a.fr/y"));
    check("https://a.fr/x", "https://a.fr/", None);
    check("https://a.fr/x", "https://a.fr/fr/", None);
    check("https://a.fr/x", "https://a.fr/index.html", None);
    check(
        "https://a.fr/x",
        "https://a.fr/index.php?id=3",
        Some("https://a.fr/index.php?id=3"),
    );
    check(
        "https://a.fr/x",
        "https://a.fr/?p=57801",
        Some("https://a.fr/?p=57801"),
    );
    check(
        "https://a.fr/monde/un-titre-assez-long",
        "https://a.fr/monde/",
        None,
    );
    check("https://a.fr/monde/asie/1234567.html", "/monde", None);
    check(
        "https://a.fr/un-titre-assez-long/amp",
        "/un-titre-assez-long",
        Some("https://a.fr/un-titre-assez-long"),
    );
    check("https://a.fr/x", "https://a.fr/{{ url }}", None);
    check("https://a.fr/x", "https://a.fr/%7B%7B url %7D%7D", None);
    check("https://a.fr/x", "https://b.fr/x", None);
    check("https://a.fr/x", "javascript:void(0)", None);
    check("https://a.fr/x", "", None);
    check("https://a.fr/x", "http://[", None);
    check(
        "http://french.people.com.cn/n3/2025/0427/c31354-20307855.html",
        "https://french.people.com.cn/n3/2025/0427/c31354-20307855.html",
        Some("http://french.people.com.cn/n3/2025/0427/c31354-20307855.html"),
    );
    check(
        "http://french.news.cn/2021-09/17/c_1310193761.htm",
        "http://french.xinhuanet.com/2021-09/17/c_1310193761.htm",
        Some("http://french.xinhuanet.com/2021-09/17/c_1310193761.htm"),
    );
    check(
        "http://french.news.cn/2021-09/17/c_1310193761.htm",
        "http://french.news.cn/chine/index.htm",
        None,
    );
}

#[test]
fn wrong_families_are_named() {
    let check = |specs: &[FamilySpec], expected: &[(usize, &str)]| {
        let errors = Families::compile(specs).expect_err("these families are wrong");
        let got: Vec<_> = errors
            .iter()
            .map(|(place, error)| (*place, error.key))
            .collect();
        assert_eq!(got, expected);
    };
    check(
        &[family("a", &["http://a.fr/"], &["("])],
        &[(0, "hosts"), (0, "key")],
    );
    check(
        &[
            family("a", &["a.fr"], &[r"/(\d+)-(\d+)"]),
            family("b", &["www.a.fr"], &["x"]),
        ],
        &[(0, "key"), (1, "key"), (1, "hosts")],
    );
    check(
        &[family("a", &["a.fr"], &[]), family("a", &[], &[])],
        &[(1, "id"), (1, "hosts")],
    );
    check(
        &[FamilySpec {
            timezone: Some("Lune/Mer".into()),
            ..family("a", &["a.fr"], &[])
        }],
        &[(0, "timezone")],
    );
}

/// Found by fuzzing: the key of such an address was empty.
#[test]
fn a_host_of_dots_alone_has_a_key() {
    let url = Url::parse("https://./").expect("an address");
    assert!(!canonicalise(&url).is_empty());
    assert!(!Families::default().identity(&url).key.is_empty());
}

#[test]
fn homes() {
    for (address, expected) in [
        ("https://o.example/", true),
        ("https://o.example/fr", true),
        ("https://o.example/fr/index.html", true),
        ("https://o.example/chine/index.htm", false),
        ("https://o.example/fr/asie-pacifique/", false),
    ] {
        assert_eq!(is_home(&url(address)), expected, "{address}");
    }
}
