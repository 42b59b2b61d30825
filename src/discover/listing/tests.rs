//! Listings by selectors, patterns and structure, as tables.

use chrono::TimeZone;

use super::*;
use crate::text::url::FamilySpec;

const FETCHED: &str = "2026-08-03";

fn families() -> Families {
    let rhc = FamilySpec {
        id: "rhc".into(),
        hosts: vec!["radiohc.cu".into()],
        key: vec![r"/(\d{4,7})-[^/]+$".into()],
        drop_path_prefixes: vec!["/index.php".into()],
        ..FamilySpec::default()
    };
    Families::compile(&[rhc]).expect("a right family")
}

fn discover(page: &str, spec: &ListingSpec, html: &str) -> Discovery {
    let listing = Listing::compile(spec).expect("right rules");
    let day = FETCHED.parse::<chrono::NaiveDate>().expect("a day");
    let fetched_at = Utc.from_utc_datetime(&day.and_hms_opt(12, 0, 0).expect("a time"));
    let base = Url::parse(page).expect("an address");
    read(
        html,
        &Context {
            base: &base,
            listing: &listing,
            families: &families(),
            timezone: Some(Tz::Asia__Shanghai),
            fetched_at,
        },
    )
}

/// Candidates as `link | title | date | teaser`.
fn shown(discovery: &Discovery) -> Vec<String> {
    let row = |c: &Candidate| {
        let date = c.published.map_or("-".to_owned(), |date| {
            date.format("%Y-%m-%dT%H:%M").to_string()
        });
        format!(
            "{} | {} | {} | {}",
            c.link.as_deref().unwrap_or("-"),
            c.title.as_deref().unwrap_or("-"),
            date,
            c.summary.as_deref().unwrap_or("-")
        )
    };
    discovery.candidates.iter().map(row).collect()
}

fn check(spec: &ListingSpec, html: &str, expected: &[&str]) {
    assert_eq!(
        shown(&discover("http://www.a.fr/monde/index.htm", spec, html)),
        expected,
        "{html}"
    );
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn by_link_selector() {
    let spec = ListingSpec {
        link: some(".tit > a"),
        exclude: vec!["index\\.htm$".into()],
        ..ListingSpec::default()
    };
    check(
        &spec,
        "<div class=tit><a href='index.htm'>Monde</a></div><ul>
         <li><a href='../20260802/6cd0/c.html'><img src=p.jpg></a><div class=tit><a href='../20260802/6cd0/c.html'>La Chine et le Pérou</a></div><span>2026-08-02</span></li>
         <li><div class=tit><a href='../20260801/7cd0/c.html'>Un port</a></div><span>2026-08-01 13:05</span></li></ul>",
        &[
            "http://www.a.fr/20260802/6cd0/c.html | La Chine et le Pérou | 2026-08-01T16:00 | -",
            "http://www.a.fr/20260801/7cd0/c.html | Un port | 2026-08-01T05:05 | -",
        ],
    );
}

#[test]
fn by_entry_with_epoch_and_base() {
    let spec = ListingSpec {
        entry: some(".card"),
        link: some("h3 a"),
        date_attribute: some("a@data-time"),
        teaser: some(".lead"),
        ..ListingSpec::default()
    };
    check(
        &spec,
        "<base href='https://a.fr/news/'><div class=card><h3><a data-time=1785664800000 href='2026-08-02/1784912345678901234/index.html'>Un vol</a></h3><a href=/culture>Culture</a><p class=lead>L'<b>essentiel</b> &lt;ici&gt;... Lire plus</p></div>",
        &[
            "https://a.fr/news/2026-08-02/1784912345678901234/index.html | Un vol | 2026-08-02T10:00 | L'essentiel &lt;ici&gt;…",
        ],
    );
}

#[test]
fn by_pattern_alone() {
    let spec = ListingSpec {
        include: vec![r"b\.fr/\d+-".into()],
        ..ListingSpec::default()
    };
    check(
        &spec,
        "<a href=http://b.fr/12-x>Un accord de pêche</a><a href=http://b.fr/rubrique>Rubrique</a><a href=/13-y>Un autre</a>",
        &["http://b.fr/12-x | Un accord de pêche | - | -"],
    );
}

#[test]
fn flat_markup_keeps_its_dates_and_teasers() {
    let spec = ListingSpec {
        link: some("a"),
        ..ListingSpec::default()
    };
    let teaser = "Les deux pays ont signé lundi un accord sur le commerce du lait.";
    check(
        &spec,
        &format!(
            "<dl><dt><a href=1>Un</a><dd>2 août 2026<dd>{teaser}<dt><a href=2>Deux</a><dd>1er août 2026</dl>"
        ),
        &[
            &format!("http://www.a.fr/monde/1 | Un | 2026-08-01T16:00 | {teaser}"),
            "http://www.a.fr/monde/2 | Deux | 2026-07-31T16:00 | -",
        ],
    );
    check(
        &spec,
        "<p>02/08/2026 <br><a href=1>Un</a><br>01/08/2026<br><a href=2>Deux</a><br></p>",
        &[
            "http://www.a.fr/monde/1 | Un | 2026-08-01T16:00 | -",
            "http://www.a.fr/monde/2 | Deux | 2026-07-31T16:00 | -",
        ],
    );
    check(
        &spec,
        "<h3>2 août 2026</h3><ul><li><a href=1>Un</a><li><a href=2>Deux</a></ul><h3>1 août 2026</h3><ul><li><a href=3>Trois</a></ul>",
        &[
            "http://www.a.fr/monde/1 | Un | 2026-08-01T16:00 | -",
            "http://www.a.fr/monde/2 | Deux | 2026-08-01T16:00 | -",
            "http://www.a.fr/monde/3 | Trois | 2026-07-31T16:00 | -",
        ],
    );
}

#[test]
fn titles() {
    let title = |entry: &str| {
        let spec = ListingSpec {
            entry: some("li"),
            ..ListingSpec::default()
        };
        let html = format!("<ul><li>{entry}</li></ul>");
        let found = discover("http://www.a.fr/", &spec, &html);
        assert_eq!(found.candidates.len(), 1, "{entry}");
        found.candidates[0]
            .title
            .clone()
            .unwrap_or_else(|| "-".into())
    };
    let check = |entry: &str, expected: &str| assert_eq!(title(entry), expected, "{entry}");
    check(
        "<a href=/x><img alt='Photo du port'></a><h2><a href=/x>Le port ouvre</a></h2><a href=/x>Lire la suite</a>",
        "Le port ouvre",
    );
    check(
        "<h3>Le port ouvre</h3><p>Un texte</p><a href=/x>Lire la suite</a>",
        "Le port ouvre",
    );
    check(
        "<a href=/x><span>POLITIQUE</span><h3>Le port ouvre</h3><p>Un long texte sur le port et la ville</p></a>",
        "Le port ouvre",
    );
    check(
        "<a href=/x><div>Le port de Chancay ouvre</div><div>Un long texte sur le port et la ville</div></a>",
        "Le port de Chancay ouvre",
    );
    check(
        "<a href=/x>Le port ouvre <time>02/08/2026</time></a>",
        "Le port ouvre",
    );
    check(
        "<a href=/x title='Le port de Chancay ouvre enfin'>Le port de Chancay…</a>",
        "Le port de Chancay ouvre enfin",
    );
    check(
        "<a href=/x><img alt='Le port de Chancay ouvre'></a>",
        "Le port de Chancay ouvre",
    );
    check("<a href=/x><img></a>", "-");
    check("<a href=/x>Pérou</a>", "Pérou");
    check(
        "<a href=/x>La &amp; lettre &laquo;&nbsp;A&nbsp;&raquo;</a>",
        "La & lettre « A »",
    );
}

#[test]
fn a_teaser_without_title() {
    let lead = "La Havane, 30 août (RHC)- Douze universités brésiliennes et chinoises ont décidé de mettre en commun leurs laboratoires";
    let spec = ListingSpec {
        entry: some(".row"),
        title: some("h3 a"),
        ..ListingSpec::default()
    };
    check(
        &spec,
        &format!("<div class=row><h3></h3><p>{lead}... <a href=/fr/12-x>Lire plus</a></p></div>"),
        &[&format!("http://www.a.fr/fr/12-x | - | - | {lead}…")],
    );
    check(
        &spec,
        &format!("<div class=row><a href=/fr/12-x><p>{lead}... Lire plus</p></a></div>"),
        &[&format!("http://www.a.fr/fr/12-x | - | - | {lead}…")],
    );
}

#[test]
fn one_article_under_several_addresses_is_one_candidate() {
    let spec = ListingSpec {
        link: some("a"),
        ..ListingSpec::default()
    };
    let html = "<a href='/index.php/fr/n/268534-le-mexique'>Le Mexique</a><a href='https://radiohc.cu/en/n/268534-le-mexique?utm_source=x'>Le Mexique</a>";
    let found = discover("http://www.radiohc.cu/fr", &spec, html);
    let ids: Vec<_> = found.candidates.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(ids, ["rhc:268534"]);
}

#[test]
fn next_pages() {
    let next = |next: Option<&str>, html: &str| {
        let spec = ListingSpec {
            link: some(".x"),
            next: next.map(str::to_owned),
            ..ListingSpec::default()
        };
        discover("http://www.a.fr/Chine/index.html", &spec, html)
            .hints
            .next
    };
    assert_eq!(
        next(None, "<a rel=next href='?page=2'>2</a>").as_deref(),
        Some("http://www.a.fr/Chine/index.html?page=2")
    );
    assert_eq!(
        next(Some("index{page}.html"), "").as_deref(),
        Some("http://www.a.fr/Chine/index2.html")
    );
    assert_eq!(
        next(Some(".n"), "<p class=n><a href=b.html>b</a>").as_deref(),
        Some("http://www.a.fr/Chine/b.html")
    );
    assert_eq!(next(Some(".n"), "<a class=n href=http://b.fr/>b</a>"), None);
    assert_eq!(next(Some(".n"), "<a class=n href=index.html>b</a>"), None);
}

#[test]
fn wrong_rules_are_named() {
    let spec = ListingSpec {
        entry: some("li >"),
        link: some("a["),
        date_attribute: some("data-time"),
        include: vec!["a".into(), "(".into()],
        pages: Some(0),
        ..ListingSpec::default()
    };
    let wrong = Listing::compile(&spec).expect_err("wrong rules");
    let keys: Vec<_> = wrong.iter().map(|error| (error.key, error.index)).collect();
    assert_eq!(
        keys,
        [
            ("entry", None),
            ("link", None),
            ("date_attribute", None),
            ("include", Some(1)),
            ("pages", None)
        ]
    );
}

#[test]
fn odd_pages_are_read_without_panic() {
    for html in [
        "",
        "<",
        "<a href=x",
        "<a href='http://[::'>x</a>",
        "\0\0",
        &"<div>".repeat(3000),
        &"<a href=1-b>x</a>".repeat(3000),
    ] {
        let generic = discover("http://a.fr/", &ListingSpec::default(), html);
        let every = discover(
            "http://a.fr/",
            &ListingSpec {
                link: some("a"),
                ..ListingSpec::default()
            },
            html,
        );
        assert!(generic.candidates.len() <= 1 && every.candidates.len() <= 1);
    }
}
