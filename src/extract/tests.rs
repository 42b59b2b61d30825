//! Tables of cases for extraction: routes, metadata, defects, press conventions, site rules.

use chrono::{TimeZone, Utc};
use url::Url;

use super::*;
use crate::model::{Defect, SpecError};

const BODY: [&str; 5] = [
    "Le ministère chinois du Commerce a annoncé lundi la signature de trois accords avec les pays de la région, après une semaine de négociations à Brasilia.",
    "Les accords portent sur les transports, l'énergie et l'agriculture, et seront mis en œuvre à partir du printemps prochain selon un calendrier commun.",
    "Selon le porte-parole du ministère, les échanges entre les deux parties ont augmenté de douze pour cent pendant les neuf premiers mois de l'année.",
    "Les représentants des entreprises ont salué une étape importante, tout en demandant que les procédures de douane soient simplifiées sans attendre.",
    "Une nouvelle rencontre est prévue à Pékin au mois de mars, au cours de laquelle un fonds commun d'investissement devrait être présenté aux partenaires.",
];

fn paragraphs() -> String {
    BODY.iter().map(|p| format!("<p>{p}</p>\n")).collect()
}

fn page(head: &str, body: &str) -> String {
    format!("<!doctype html><html lang=fr><head><meta charset=utf-8>{head}</head><body>{body}</body></html>")
}

fn url(text: &str) -> Url {
    Url::parse(text).expect("a literal address")
}

/// Extracts without rule and hint.
fn run(html: &str) -> Extraction {
    run_at("https://journal.example/monde/article-1.html", html)
}

fn run_at(address: &str, html: &str) -> Extraction {
    let url = url(address);
    extract(html, &context(&url))
}

fn context(url: &Url) -> PageContext<'_> {
    PageContext {
        url,
        rule: None,
        hint: Hint::default(),
        timezone: None,
        language: None,
        boilerplate: &|_| false,
        same_family: &|_| false,
    }
}

fn with_rule(html: &str, address: &str, spec: &SiteSpec, zone: Option<Tz>) -> Extraction {
    let rule = SiteRule::compile("essai", spec).expect("the rule of the test compiles");
    let url = url(address);
    extract(html, &PageContext {
        rule: Some(&rule),
        timezone: zone,
        ..context(&url)
    })
}

fn list(values: &[&str]) -> Vec<String> {
    values.iter().map(|v| (*v).to_owned()).collect()
}

#[test]
fn the_body_comes_whole_and_what_surrounds_it_does_not() {
    let around = format!(
        "<header><nav class=menu><ul><li><a href=/>Accueil</a><li><a href=/m>Monde</a></ul></nav></header>\
         <article><h1>Trois accords signés à Brasilia</h1><div class=share><a href=x>Partager sur Facebook</a></div>\
         <div class=article-body>{}<p>Lire aussi : <a href=/autre>La Chine et le Brésil</a></p>\
         <figure><img data-src=/p.jpg src='data:,'><figcaption>Une légende de photo (AFP)</figcaption></figure>\
         <p>Un dernier paragraphe avec <a href='/lien?utm_source=x'>un lien</a> vers une source, pour finir l'article en beauté.</p></div></article>\
         <aside class=related><h3>À lire également</h3><ul><li><a href=/1>Un autre article du journal</a></ul></aside>\
         <div class=newsletter><p>Inscrivez-vous à notre newsletter pour recevoir le meilleur de l'actualité.</p></div>\
         <footer><p>Copyright Journal. Tous droits réservés. Mentions légales.</p></footer>",
        paragraphs()
    );
    let out = run(&page("<title>Trois accords signés à Brasilia | Journal</title>", &around));
    assert_eq!(out.defect, None);
    let text = &out.extracted.text;
    for paragraph in BODY {
        assert!(text.contains(paragraph), "missing: {paragraph}");
    }
    for noise in ["Accueil", "Partager", "Lire aussi", "également", "newsletter", "Copyright", "légende"] {
        assert!(!text.contains(noise), "{noise} in {text}");
    }
    let html = &out.extracted.html;
    assert!(html.contains("<img src=\"https://journal.example/p.jpg\""), "{html}");
    assert!(html.contains("<figcaption>"), "{html}");
    assert!(html.contains("href=\"https://journal.example/lien\""), "{html}");
    assert_eq!(out.extracted.title.as_deref(), Some("Trois accords signés à Brasilia"));
    assert_eq!(out.extracted.language.as_deref(), Some("fr"));
    assert!(out.candidates.iter().any(|r| r.how == "precision" && r.length > 0));
    assert!(out.extracted.agreement.is_some_and(|a| a > 0.5));
}

#[test]
fn an_article_printed_twice_is_kept_once() {
    let body = format!("<div class=content><h1>Titre de la page</h1>{}</div><div class=mobile>{}</div>", paragraphs(), paragraphs());
    let out = run(&page("<title>Titre de la page</title>", &body));
    for paragraph in BODY {
        assert_eq!(out.extracted.text.matches(paragraph).count(), 1, "{paragraph}");
    }
    let spec = SiteSpec {
        body: list(&["#a p"]),
        twice: true,
        ..SiteSpec::default()
    };
    let copy = format!("<p>Court.</p>{}<p>Fin de page.</p>", paragraphs());
    let out = with_rule(&page("", &format!("<div id=a>{copy}{copy}</div>")), "https://a.example/x", &spec, None);
    assert_eq!(out.extracted.text.matches("Court.").count(), 1);
    assert_eq!(out.extracted.text.matches("Fin de page.").count(), 1);
}

#[test]
fn press_conventions_become_metadata() {
    let body = format!(
        "<article><h1>Coopération</h1><p>Édité par Reynaldo Henquen</p><p>La Havane, 12 oct. (RHC)- {}</p>{}<p>(Xinhua/Liu Bin)</p><p>Source : Prensa Latina</p><p>Fin</p><p>010020070770000000000000011100001310193761</p></article>",
        BODY[0],
        BODY[1..].iter().map(|p| format!("<p>{p}</p>")).collect::<String>()
    );
    let out = run(&page("<title>Coopération</title>", &body)).extracted;
    assert_eq!(out.text, BODY.join("\n"));
    assert_eq!(out.place.as_deref(), Some("La Havane"));
    assert_eq!(out.agency.as_deref(), Some("RHC"));
    assert_eq!(out.authors.first().map(|a| a.name.as_str()), Some("Reynaldo Henquen"));
    assert!(out.html.starts_with(&format!("<p>{}</p>", BODY[0])), "{}", out.html);
}

#[test]
fn titles() {
    for (head, body, expected) in [
        ("<title>Un titre assez long | Journal</title>", "<h1>Journal</h1><h1>Un titre assez long</h1>", "Un titre assez long"),
        ("<title>A</title><meta property=og:title content='Le vrai titre du jour - Journal'><meta property=og:site_name content=Journal>", "", "Le vrai titre du jour"),
        ("<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"headline\":\"Le titre &amp; la suite\"}</script>", "", "Le titre & la suite"),
        ("", "<h1>Un seul titre, et bien long</h1>", "Un seul titre, et bien long"),
        ("<title>Rubrique - Une histoire vraie et longue – Le Journal</title>", "", "Une histoire vraie et longue"),
    ] {
        let out = run(&page(head, &format!("{body}{}", paragraphs())));
        assert_eq!(out.extracted.title.as_deref(), Some(expected), "{head}{body}");
    }
}

#[test]
fn dates_keep_the_time_of_day_and_the_zone() {
    let utc = |h, m| Utc.with_ymd_and_hms(2025, 3, 4, h, m, 0).single();
    for (head, expected) in [
        ("<script type=application/ld+json>{\"@graph\":[{\"@type\":\"NewsArticle\",\"headline\":\"x\",\"datePublished\":\"2025-03-04T10:20:00+01:00\"}]}</script>", utc(9, 20)),
        ("<meta property='article:published_time' content='2025-03-04T10:20:00Z'>", utc(10, 20)),
        ("<script type=application/ld+json>{\"@type\":\"ItemList\",\"itemListElement\":[{\"@type\":\"Thing\"}]}</script><meta name=date content='2025-03-04 10:20'>", utc(10, 20)),
        ("", None),
    ] {
        assert_eq!(run(&page(head, &paragraphs())).extracted.published, expected, "{head}");
    }
    let zone = Some(chrono_tz::Asia::Shanghai);
    let address = "http://french.news.example/2025-03/04/c_1310193761.htm";
    let spec = SiteSpec {
        body: list(&["#d p"]),
        date: list(&[r"/Publié le (\d{4}-\d\d-\d\d) à (\d\d:\d\d)/"]),
        ..SiteSpec::default()
    };
    let html = page("", &format!("<i>X | Publié le 2025-03-04 à 18:20</i><div id=d>{}</div>", paragraphs()));
    assert_eq!(with_rule(&html, address, &spec, zone).extracted.published, utc(10, 20));
    // The year comes from the address; a date far from the address's is not the article's.
    let spec = SiteSpec {
        date: list(&[r"/mise à jour à (?<hour>\d\d)h(?<minute>\d\d) le (?<day>\d\d)\/(?<month>\d\d)/"]),
        url_date: Some(r"/(\d{4})-(\d\d)/(\d\d)/".to_owned()),
        ..spec
    };
    let html = page("", &format!("<i>Dernière mise à jour à 18h20 le 04/03</i><div id=d>{}</div>", paragraphs()));
    assert_eq!(with_rule(&html, address, &spec, zone).extracted.published, utc(10, 20));
    let html = page("", &format!("<i>Dernière mise à jour à 18h20 le 25/11</i><div id=d>{}</div>", paragraphs()));
    assert_eq!(with_rule(&html, address, &spec, zone).extracted.published, Utc.with_ymd_and_hms(2025, 3, 3, 16, 0, 0).single());
}

#[test]
fn authors_are_names() {
    for (statement, expected) in [
        ("By Jane Doe and John Roe", &["Jane Doe", "John Roe"][..]),
        ("Par Zoé Élan, avec l'AFP", &["Zoé Élan", "avec l'AFP"]),
        ("Von Anna Muster | 03.04.2025", &["Anna Muster"]),
        ("Written by  Ann Lee on March 3, 2025", &["Ann Lee"]),
        ("https://facebook.example/jane", &[]),
        ("admin", &[]),
        ("jane@example.org", &[]),
        ("Jean-Pierre d'Arc & Li Wei", &["Jean-Pierre d'Arc", "Li Wei"]),
    ] {
        assert_eq!(metadata::split_names(statement), expected, "{statement}");
    }
    let body = format!("<h1>Un titre pour cette page</h1><p>Par Jeanne Martin</p>{}", paragraphs());
    let out = run(&page("<title>Un titre pour cette page</title>", &body)).extracted;
    assert_eq!(out.authors.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), ["Jeanne Martin"]);
    assert!(!out.text.contains("Jeanne"));
}

#[test]
fn canonicals_are_believed_only_within_the_family() {
    let address = "http://fr.granma.example/cuba/2025-03-04/titre";
    let find = |href: &str| {
        let page_url = url(address);
        let ctx = PageContext {
            same_family: &|u| u.host_str() == Some("granma.example"),
            ..context(&page_url)
        };
        let html = page(&format!("<link rel=canonical href='{href}'>"), &paragraphs());
        extract(&html, &ctx).extracted.canonical
    };
    for (href, expected) in [
        ("/", None),
        ("http://fr.granma.example/", None),
        ("{{ article.contentCanonicalUrl }}", None),
        ("https://ailleurs.example/x", None),
        ("/cuba/2025-03-04/titre#haut", Some("http://fr.granma.example/cuba/2025-03-04/titre")),
        ("https://fr.granma.example/y", Some("http://fr.granma.example/y")),
        ("http://granma.example/z", Some("http://granma.example/z")),
        ("javascript:alert(1)", None),
    ] {
        assert_eq!(find(href).as_deref(), expected, "{href}");
    }
}

#[test]
fn what_is_no_article_is_named() {
    let links: String = (0..40).map(|n| format!("<li><a href=/{n}>Un titre d'article numéro {n} dans la liste du jour</a></li>")).collect();
    for (html, defect) in [
        (page("<title>Just a moment...</title>", "<h1>Checking your browser before accessing</h1><p>Please wait.</p>"), Defect::Challenge),
        (page("<title>Attention Required! | Cloudflare</title>", "<p>Sorry, you have been blocked</p>"), Defect::Challenge),
        (page("<title>Page introuvable</title>", "<h1>404</h1><p>La page que vous cherchez n'existe plus.</p>"), Defect::NotFound),
        (page("<title>Avant d'accéder au site</title>", "<p>Nous et nos partenaires utilisons des cookies. Accepter et continuer.</p>"), Defect::Consent),
        (page("<title>Se connecter</title>", "<h1>Connexion</h1><form><label>Adresse</label><input><input type=password></form>"), Defect::Login),
        (page("<title>Un titre</title>", &format!("<article><h1>Un titre</h1><p>{}</p><p>Cet article est réservé aux abonnés.</p><p>Il vous reste 85% de cet article à lire.</p></article>", BODY[0])), Defect::Paywall),
        (page("<title>App</title>", "<div id=root></div><noscript>You need to enable JavaScript to run this app.</noscript>"), Defect::Empty),
        (page("<title>Monde</title>", &format!("<main><ul>{links}</ul></main>")), Defect::Listing),
        (String::new(), Defect::Empty),
        ("<div>".repeat(1_000), Defect::Hostile),
    ] {
        assert_eq!(run(&html).defect, Some(defect), "{}", html.chars().take(160).collect::<String>());
    }
    let long = page("<title>La page 404</title>", &format!("<article><h1>Histoire de la page introuvable</h1>{}{}</article>", paragraphs(), BODY.iter().map(|p| format!("<p>Ensuite, {p} Voilà tout.</p>")).collect::<String>()));
    assert_eq!(run(&long).defect, None);
}

#[test]
fn the_feed_stands_in_for_what_is_no_article() {
    let url = url("https://a.example/x");
    let ctx = PageContext {
        hint: Hint {
            title: Some("Titre du flux"),
            teaser: Some("Le chapeau que donne le flux."),
            content: None,
            published: Utc.with_ymd_and_hms(2025, 1, 2, 3, 4, 5).single(),
        },
        ..context(&url)
    };
    for html in [page("<title>Just a moment...</title>", "<p>Checking your browser</p>"), "<b>".repeat(5_000)] {
        let out = extract(&html, &ctx);
        assert!(out.defect.is_some());
        assert_eq!(out.extracted.how, "feed");
        assert_eq!(out.extracted.text, "Le chapeau que donne le flux.");
        assert_eq!(out.extracted.html, "<p>Le chapeau que donne le flux.</p>");
        assert_eq!(out.extracted.title.as_deref(), Some("Titre du flux"));
        assert_eq!(out.extracted.published, ctx.hint.published);
    }
}

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
    let out = with_rule(&page("<meta name=titre content='(COVID-19) Le titre'>", &body), "https://a.example/x.htm", &spec, None);
    let got = out.extracted;
    assert_eq!(got.how, "site:essai");
    assert_eq!(got.text, BODY[..3].join("\n"));
    assert_eq!(got.title.as_deref(), Some("Le titre"));
    assert_eq!(got.agency.as_deref(), Some("Prensa Latina"));
    assert_eq!(got.authors.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), ["Li Na"]);
    assert_eq!(got.next_page.as_deref(), Some("https://a.example/x_2.htm"));
    assert_eq!(got.image.as_deref(), Some("https://a.example/une.jpg"));
    // A rule whose selectors find too little gives way to the generic choice, and still strips.
    let spec = SiteSpec {
        body: list(&["#absent"]),
        strip: list(&[".pub"]),
        ..SiteSpec::default()
    };
    let html = page("<title>Titre de la page</title>", &format!("<article><h1>Titre de la page</h1>{}<p class=pub>Une réclame bien longue qui ressemble tout à fait à un paragraphe.</p></article>", paragraphs()));
    let got = with_rule(&html, "https://a.example/x", &spec, None).extracted;
    assert!(got.how.starts_with("generic"), "{}", got.how);
    assert!(got.text.contains(BODY[4]) && !got.text.contains("réclame"), "{}", got.text);
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
        [("title", Some(1)), ("title", Some(2)), ("title", Some(3)), ("body", Some(0)), ("url_date", None), ("strip_text", Some(0)), ("strip_text", Some(1))]
    );
    assert!(errors.iter().all(|e| !e.message.is_empty() && !e.help.is_empty()));
    assert!(SiteRule::compile("vide", &SiteSpec::default()).is_ok());
}

#[test]
fn what_repeats_at_a_source_is_left_out() {
    let url = url("https://a.example/x");
    let notice = "Notre rédaction vous propose chaque jour le meilleur de l'actualité internationale et culturelle.";
    let ctx = PageContext {
        boilerplate: &|p| p == notice,
        ..context(&url)
    };
    let html = page("<title>Un titre ici</title>", &format!("<article><h1>Un titre ici</h1>{}<p>{notice}</p></article>", paragraphs()));
    assert!(!extract(&html, &ctx).extracted.text.contains("rédaction"));
}

#[test]
fn json_ld_is_read_as_people_write_it() {
    for (script, headline) in [
        ("{\"@type\":\"NewsArticle\",\"headline\":\"A\"}", Some("A")),
        ("[{\"@type\":\"Organization\"},{\"@type\":[\"BlogPosting\"],\"headline\":\"B\"}]", Some("B")),
        ("<!-- {\"@type\":\"Article\",\"headline\":\"C\nc\",} -->", Some("C c")),
        ("{\"@graph\":[{\"@type\":\"WebPage\",\"datePublished\":\"x\",\"name\":\"W\"},{\"@type\":\"http://schema.org/Article\",\"headline\":\"D\"}]}", Some("D")),
        ("{\"@type\":\"Product\"}", None),
        ("no json", None),
    ] {
        let found = jsonld::read(&[script.to_owned()]).and_then(|d| d.headline);
        assert_eq!(found.as_deref(), headline, "{script}");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(jsonld::read(&[deep]), None);
}

#[test]
fn nothing_makes_extraction_panic() {
    let pieces = ["<p>", "</p>", "<article>", "text ", "<table>", "<tr><td>", "<h1>", "<li>", "<a href=x>", "</a>", "<figure><img src=a>", "<figcaption>", "é", "<script type=application/ld+json>{", "</script>", "<pre>", "<br>"];
    let mut state = 7_u64;
    for _ in 0..60 {
        let html: String = (0..200)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                pieces[(state >> 33) as usize % pieces.len()]
            })
            .collect();
        let _ = run(&html);
    }
}
