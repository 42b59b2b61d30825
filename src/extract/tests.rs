//! Tables of cases for extraction: routes, metadata, defects, press conventions, site rules.

use chrono::{TimeZone, Utc};
use url::Url;

use super::*;
use crate::model::Defect;

mod rules;
mod statements;
mod whole;

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
    format!(
        "<!doctype html><html lang=fr><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"
    )
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
        part: None,
    }
}

fn with_rule(html: &str, address: &str, spec: &SiteSpec, zone: Option<Tz>) -> Extraction {
    let rule = SiteRule::compile("essai", spec).expect("the rule of the test compiles");
    let url = url(address);
    extract(
        html,
        &PageContext {
            rule: Some(&rule),
            timezone: zone,
            ..context(&url)
        },
    )
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
    let out = run(&page(
        "<title>Trois accords signés à Brasilia | Journal</title>",
        &around,
    ));
    assert_eq!(out.defect, None);
    let text = &out.extracted.text;
    for paragraph in BODY {
        assert!(text.contains(paragraph), "missing: {paragraph}");
    }
    for noise in [
        "Accueil",
        "Partager",
        "Lire aussi",
        "également",
        "newsletter",
        "Copyright",
        "légende",
    ] {
        assert!(!text.contains(noise), "{noise} in {text}");
    }
    let html = &out.extracted.html;
    assert!(
        html.contains("<img src=\"https://journal.example/p.jpg\""),
        "{html}"
    );
    assert!(html.contains("<figcaption>"), "{html}");
    assert!(
        html.contains("href=\"https://journal.example/lien\""),
        "{html}"
    );
    assert_eq!(
        out.extracted.title.as_deref(),
        Some("Trois accords signés à Brasilia")
    );
    assert_eq!(out.extracted.language.as_deref(), Some("fr"));
    assert!(
        out.candidates
            .iter()
            .any(|r| r.how == "precision" && r.length > 0)
    );
    assert!(out.extracted.agreement.is_some_and(|a| a > 0.5));
}

#[test]
fn an_article_printed_twice_is_kept_once() {
    let body = format!(
        "<div class=content><h1>Titre de la page</h1>{}</div><div class=mobile>{}</div>",
        paragraphs(),
        paragraphs()
    );
    let out = run(&page("<title>Titre de la page</title>", &body));
    for paragraph in BODY {
        assert_eq!(
            out.extracted.text.matches(paragraph).count(),
            1,
            "{paragraph}"
        );
    }
    let spec = SiteSpec {
        body: list(&["#a p"]),
        twice: true,
        ..SiteSpec::default()
    };
    let copy = format!("<p>Court.</p>{}<p>Fin de page.</p>", paragraphs());
    let out = with_rule(
        &page("", &format!("<div id=a>{copy}{copy}</div>")),
        "https://a.example/x",
        &spec,
        None,
    );
    assert_eq!(out.extracted.text.matches("Court.").count(), 1);
    assert_eq!(out.extracted.text.matches("Fin de page.").count(), 1);
}

#[test]
fn press_conventions_become_metadata() {
    let body = format!(
        "<article><h1>Coopération</h1><p>Édité par Reynaldo Henquen</p><p>La Havane, 12 oct. (RHC)- {}</p>{}<p>(Xinhua/Liu Bin)</p><p>Source : Prensa Latina</p><p>Fin</p><p>010020070770000000000000011100001310193761</p></article>",
        BODY[0],
        BODY[1..]
            .iter()
            .map(|p| format!("<p>{p}</p>"))
            .collect::<String>()
    );
    let out = run(&page("<title>Coopération</title>", &body)).extracted;
    assert_eq!(out.text, BODY.join("\n"));
    assert_eq!(out.place.as_deref(), Some("La Havane"));
    assert_eq!(out.agency.as_deref(), Some("RHC"));
    assert_eq!(
        out.authors.first().map(|a| a.name.as_str()),
        Some("Reynaldo Henquen")
    );
    assert!(
        out.html.starts_with(&format!("<p>{}</p>", BODY[0])),
        "{}",
        out.html
    );
}

/// Pages that are no article: title, body, what they are.
const NO_ARTICLES: &[(&str, &str, Defect)] = &[
    (
        "Just a moment...",
        "<h1>Checking your browser before accessing</h1><p>Please wait.</p>",
        Defect::Challenge,
    ),
    (
        "Attention Required! | Cloudflare",
        "<p>Sorry, you have been blocked</p>",
        Defect::Challenge,
    ),
    (
        "Page introuvable",
        "<h1>404</h1><p>La page que vous cherchez n'existe plus.</p>",
        Defect::NotFound,
    ),
    (
        "404 - Le Journal",
        "<p>Vous cherchez quelque chose.</p>",
        Defect::NotFound,
    ),
    (
        "Seite nicht gefunden - Zeitung",
        "<p>Diese Seite gibt es nicht.</p>",
        Defect::NotFound,
    ),
    (
        "Avant d'accéder au site",
        "<p>Nous et nos partenaires utilisons des cookies. Accepter et continuer.</p>",
        Defect::Consent,
    ),
    (
        "Se connecter",
        "<h1>Connexion</h1><form><label>Adresse</label><input><input type=password></form>",
        Defect::Login,
    ),
    (
        "App",
        "<div id=root></div><noscript>You need to enable JavaScript to run this app.</noscript>",
        Defect::Empty,
    ),
    ("", "", Defect::Empty),
];

#[test]
fn a_language_that_is_named_in_words_is_not_another() {
    let body = format!("<article>{}</article>", paragraphs());
    for named in ["Français", "french", "fr,en", "fra-FR"] {
        let html = page(&format!("<meta name=language content=\"{named}\">"), &body);
        let html = html.replace(" lang=fr", "");
        let address = url("https://outlet.example/2026/11/article");
        let found = extract(
            &html,
            &PageContext {
                language: Some("fr"),
                ..context(&address)
            },
        );
        assert_eq!(
            found.defect, None,
            "{named}: {:?}",
            found.extracted.language
        );
    }
}

#[test]
fn another_languages_edition_is_no_article_unless_the_feed_speaks_it_too() {
    const SPANISH: &str = "<p>La delegación firmó un acuerdo de cooperación en el ámbito del transporte, después \
        de tres días de conversaciones en la capital del país vecino, dijo el ministro.</p><p>Los dos gobiernos \
        quieren abrir una nueva línea entre las ciudades de la costa y las regiones del interior.</p>";
    let body = format!("<article>{SPANISH}</article>");
    let html = page("<title>Un acuerdo firmado</title>", &body);
    let address = url("https://outlet.example/2026/11/article");
    let read = |language, teaser| {
        let hint = Hint {
            teaser,
            ..Hint::default()
        };
        extract(
            &html,
            &PageContext {
                language,
                hint,
                ..context(&address)
            },
        )
    };
    let teaser = "Los dos países firmaron un acuerdo de cooperación después de varias semanas de conversaciones, y quieren abrir una nueva línea entre las ciudades de la costa y las regiones del interior.";
    for (language, teaser, defect) in [
        (Some("fr"), None, Some(Defect::Language)),
        (Some("fr"), Some(teaser), None),
        (Some("es-CU"), None, None),
        (None, None, None),
    ] {
        let found = read(language, teaser);
        assert_eq!(
            found.defect, defect,
            "{language:?} {teaser:?}: {:?}",
            found.extracted.language
        );
    }
}

#[test]
fn what_is_no_article_is_named() {
    for (title, body, defect) in NO_ARTICLES {
        let html = page(&format!("<title>{title}</title>"), body);
        assert_eq!(run(&html).defect, Some(*defect), "{title}");
    }
    let links: String = (0..40)
        .map(|n| {
            format!("<li><a href=/{n}>Un titre d'article numéro {n} dans la liste du jour</a></li>")
        })
        .collect();
    let listing = page(
        "<title>Monde</title>",
        &format!("<main><ul>{links}</ul></main>"),
    );
    assert_eq!(run(&listing).defect, Some(Defect::Listing));
    let teaser = format!(
        "<article><h1>Un titre</h1><p>{}</p><p>Cet article est réservé aux abonnés.</p><p>Il vous reste 85% de cet article à lire.</p></article>",
        BODY[0]
    );
    assert_eq!(
        run(&page("<title>Un titre</title>", &teaser)).defect,
        Some(Defect::Paywall)
    );
    assert_eq!(run("").defect, Some(Defect::Empty));
    assert_eq!(run(&"<div>".repeat(1_000)).defect, Some(Defect::Hostile));
}

#[test]
fn a_brief_is_not_doubted_for_its_first_word_or_what_stands_around_it() {
    let asks = "<header><p>Déjà abonné ? Connectez-vous</p></header><footer>Abonnez-vous pour lire</footer>";
    for title in [
        "Connexion ferroviaire entre la Chine et le Laos : un million de passagers",
        "404 millions d'euros pour les routes de la soie",
    ] {
        let body = format!(
            "{asks}<article><h1>{title}</h1><p>{}</p></article>",
            BODY[0]
        );
        let html = page(&format!("<title>{title}</title>"), &body);
        assert_eq!(run(&html).defect, None, "{title}");
    }
}

#[test]
fn a_whole_article_is_not_doubted_for_its_subject() {
    let reversed = |p: &str| p.split(' ').rev().collect::<Vec<_>>().join(" ");
    let more: String = BODY
        .iter()
        .map(|p| format!("<p>{} ; ainsi va le monde.</p>", reversed(p)))
        .collect();
    let long = page(
        "<title>La page 404</title>",
        &format!(
            "<article><h1>Histoire de la page introuvable</h1>{}{more}</article>",
            paragraphs()
        ),
    );
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
    for html in [
        page(
            "<title>Just a moment...</title>",
            "<p>Checking your browser</p>",
        ),
        "<b>".repeat(5_000),
    ] {
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
fn what_repeats_at_a_source_is_left_out() {
    let url = url("https://a.example/x");
    let notice = "Notre rédaction vous propose chaque jour le meilleur de l'actualité internationale et culturelle.";
    let ctx = PageContext {
        boilerplate: &|p| p == notice,
        ..context(&url)
    };
    let html = page(
        "<title>Un titre ici</title>",
        &format!(
            "<article><h1>Un titre ici</h1>{}<p>{notice}</p></article>",
            paragraphs()
        ),
    );
    assert!(!extract(&html, &ctx).extracted.text.contains("rédaction"));
}

#[test]
fn json_ld_is_read_as_people_write_it() {
    let own = url("https://journal.example/monde/article-1.html");
    for (script, headline) in [
        ("{\"@type\":\"NewsArticle\",\"headline\":\"A\"}", Some("A")),
        (
            "[{\"@type\":\"Organization\"},{\"@type\":[\"BlogPosting\"],\"headline\":\"B\"}]",
            Some("B"),
        ),
        (
            "<!-- {\"@type\":\"Article\",\"headline\":\"C\nc\",} -->",
            Some("C c"),
        ),
        (
            "{\"@graph\":[{\"@type\":\"WebPage\",\"datePublished\":\"x\",\"name\":\"W\"},{\"@type\":\"http://schema.org/Article\",\"headline\":\"D\"}]}",
            Some("D"),
        ),
        ("{\"@type\":\"Product\"}", None),
        ("no json", None),
    ] {
        let found = jsonld::read(&[script.to_owned()], &own)
            .0
            .and_then(|d| d.headline);
        assert_eq!(found.as_deref(), headline, "{script}");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(jsonld::read(&[deep], &own).0, None);
}

#[test]
fn nothing_makes_extraction_panic() {
    let pieces = [
        "<p>",
        "</p>",
        "<article>",
        "text ",
        "<table>",
        "<tr><td>",
        "<h1>",
        "<li>",
        "<a href=x>",
        "</a>",
        "<figure><img src=a>",
        "<figcaption>",
        "é",
        "<script type=application/ld+json>{",
        "</script>",
        "<pre>",
        "<br>",
    ];
    let mut state = 7_u64;
    for _ in 0..60 {
        let html: String = (0..200)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                pieces[(state >> 33) as usize % pieces.len()]
            })
            .collect();
        let _ = run(&html);
    }
}
