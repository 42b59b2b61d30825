//! Site rules: what they find, and what is said when they do not compile.

use super::*;
use crate::model::SpecError;

#[test]
fn a_site_rule_says_where_things_stand() {
    let spec = SiteSpec {
        title: list(&[".absent", "meta[name=titre]@content"]),
        title_strip: list(&[r"^\([A-Z-]+\d*\) "]),
        body: list(&["#absent", "longest(.texte)"]),
        authors: list(&["/^Édité par (.+)$/"]),
        agency: list(&[r".src =~ /Source : (.+)/"]),
        strip: list(&[".pub"]),
        strip_text: list(&["^Photo d'archive"]),
        cut: list(&[r"\s*\(voir photo\)"]),
        start_after: list(&["^- Plus$"]),
        stop_at: list(&["^Vous avez une question"]),
        next_page: list(&["a.suivant@href"]),
        image: list(&[".une img@src"]),
        ..SiteSpec::default()
    };
    let body = format!(
        "<p>Édité par Li Na</p><i class=src>Source : Prensa Latina</i><div class=texte>court</div><div class=texte><p>- Plus</p><p>{} <b>(voir photo)</b></p><p class=pub>Réclame</p><p>{}</p><p>Photo d'archive</p><p>{}</p><p>Vous avez une question ?</p><p>Reste</p></div><a class=suivant href='x_2.htm'>Suite</a><div class=une><img src=/une.jpg></div>",
        BODY[0], BODY[1], BODY[2]
    );
    let out = with_rule(
        &page("<meta name=titre content='(COVID-19) Le titre'>", &body),
        "https://a.example/x.htm",
        &spec,
        None,
    );
    let got = out.extracted;
    assert_eq!(got.how, "site:essai");
    assert_eq!(got.text, BODY[..3].join("\n"));
    assert_eq!(got.title.as_deref(), Some("Le titre"));
    assert_eq!(got.agency.as_deref(), Some("Prensa Latina"));
    assert_eq!(
        got.authors
            .iter()
            .map(|a| a.name.as_str())
            .collect::<Vec<_>>(),
        ["Li Na"]
    );
    assert_eq!(got.next_page.as_deref(), Some("https://a.example/x_2.htm"));
    assert_eq!(got.image.as_deref(), Some("https://a.example/une.jpg"));
}

#[test]
fn a_rule_that_finds_too_little_gives_way_and_still_strips() {
    let spec = SiteSpec {
        body: list(&["#absent"]),
        strip: list(&[".pub"]),
        ..SiteSpec::default()
    };
    let html = page(
        "<title>Titre de la page</title>",
        &format!(
            "<article><h1>Titre de la page</h1>{}<p class=pub>Une réclame bien longue qui ressemble tout à fait à un paragraphe.</p></article>",
            paragraphs()
        ),
    );
    let got = with_rule(&html, "https://a.example/x", &spec, None).extracted;
    assert!(got.how.starts_with("generic"), "{}", got.how);
    assert!(
        got.text.contains(BODY[4]) && !got.text.contains("réclame"),
        "{}",
        got.text
    );
}

#[test]
fn a_rule_that_does_not_compile_says_where_and_why() {
    let spec = SiteSpec {
        title: list(&["h1", "h1[", "/ouvert", "h1 =~ x"]),
        body: list(&["longest(p"]),
        strip_text: list(&["(", ""]),
        url_date: Some(r"/(\d{4})/".to_owned()),
        ..SiteSpec::default()
    };
    let errors: Vec<SpecError> = SiteRule::compile("essai", &spec).err().unwrap_or_default();
    let places: Vec<(&str, Option<usize>)> = errors.iter().map(|e| (e.key, e.index)).collect();
    assert_eq!(
        places,
        [
            ("title", Some(1)),
            ("title", Some(2)),
            ("title", Some(3)),
            ("body", Some(0)),
            ("url_date", None),
            ("strip_text", Some(0)),
            ("strip_text", Some(1))
        ]
    );
    assert!(
        errors
            .iter()
            .all(|e| !e.message.is_empty() && !e.help.is_empty())
    );
    assert!(SiteRule::compile("vide", &SiteSpec::default()).is_ok());
}

#[test]
fn the_body_as_its_route_gave_it_is_kept_where_something_was_taken_out() {
    let body = |last: &str| {
        format!(
            "<article><h1>Trois accords</h1><p>PÉKIN, 4 mars (Xinhua) -- {}</p><p>{}</p><p>{last}</p></article>",
            BODY[0], BODY[1]
        )
    };
    let spec = SiteSpec {
        body: list(&["article"]),
        ..SiteSpec::default()
    };
    let out = with_rule(&body("Fin"), "https://a.example/x", &spec, None).extracted;
    assert_eq!(out.text, BODY[..2].join("\n"));
    let untouched = out.untouched.expect("kept");
    assert!(
        untouched.contains("PÉKIN, 4 mars (Xinhua)") && untouched.ends_with("<p>Fin</p>"),
        "{untouched}"
    );
    let url = url("https://a.example/x");
    let learned = |paragraph: &str| paragraph.starts_with("Reproduction");
    let html = format!(
        "<article>{}<p>Reproduction interdite sans accord écrit de la rédaction.</p></article>",
        paragraphs()
    );
    let read = |boilerplate: &dyn Fn(&str) -> bool| {
        let context = PageContext {
            boilerplate,
            ..context(&url)
        };
        extract(&html, &context).extracted.untouched
    };
    assert!(read(&learned).is_some_and(|u| u.contains("Reproduction")));
    assert_eq!(read(&|_| false), None, "nothing was taken out");
}
