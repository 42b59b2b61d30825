//! Titles, dates, authors and canonical addresses.

use super::*;

#[test]
fn titles() {
    for (head, body, expected) in [
        (
            "<title>Un titre assez long | Journal</title>",
            "<h1>Journal</h1><h1>Un titre assez long</h1>",
            "Un titre assez long",
        ),
        (
            "<title>A</title><meta property=og:title content='Le vrai titre du jour - Journal'><meta property=og:site_name content=Journal>",
            "",
            "Le vrai titre du jour",
        ),
        (
            "<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"headline\":\"Le titre &amp; la suite\"}</script>",
            "",
            "Le titre & la suite",
        ),
        (
            "",
            "<h1>Un seul titre, et bien long</h1>",
            "Un seul titre, et bien long",
        ),
        (
            "<title>Rubrique - Une histoire vraie et longue – Le Journal</title>",
            "",
            "Une histoire vraie et longue",
        ),
    ] {
        let out = run(&page(head, &format!("{body}{}", paragraphs())));
        assert_eq!(
            out.extracted.title.as_deref(),
            Some(expected),
            "{head}{body}"
        );
    }
}

#[test]
fn dates_keep_the_time_of_day_and_the_zone() {
    let utc = |h, m| Utc.with_ymd_and_hms(2025, 3, 4, h, m, 0).single();
    for (head, expected) in [
        (
            "<script type=application/ld+json>{\"@graph\":[{\"@type\":\"NewsArticle\",\"headline\":\"x\",\"datePublished\":\"2025-03-04T10:20:00+01:00\"}]}</script>",
            utc(9, 20),
        ),
        (
            "<meta property='article:published_time' content='2025-03-04T10:20:00Z'>",
            utc(10, 20),
        ),
        (
            "<script type=application/ld+json>{\"@type\":\"ItemList\",\"itemListElement\":[{\"@type\":\"Thing\"}]}</script><meta name=date content='2025-03-04 10:20'>",
            utc(10, 20),
        ),
        ("", None),
    ] {
        assert_eq!(
            run(&page(head, &paragraphs())).extracted.published,
            expected,
            "{head}"
        );
    }
}

#[test]
fn dates_without_a_zone_or_a_year_are_completed() {
    let utc = |h, m| Utc.with_ymd_and_hms(2025, 3, 4, h, m, 0).single();
    let zone = Some(chrono_tz::Asia::Shanghai);
    let address = "http://french.news.example/2025-03/04/c_1310193761.htm";
    let spec = SiteSpec {
        body: list(&["#d p"]),
        date: list(&[r"/Publié le (\d{4}-\d\d-\d\d) à (\d\d:\d\d)/"]),
        ..SiteSpec::default()
    };
    let html = page(
        "",
        &format!(
            "<i>X | Publié le 2025-03-04 à 18:20</i><div id=d>{}</div>",
            paragraphs()
        ),
    );
    assert_eq!(
        with_rule(&html, address, &spec, zone).extracted.published,
        utc(10, 20)
    );
    // The year comes from the address; a date far from the address's is not the article's.
    let spec = SiteSpec {
        date: list(&[
            r"/mise à jour à (?<hour>\d\d)h(?<minute>\d\d) le (?<day>\d\d)\/(?<month>\d\d)/",
        ]),
        url_date: Some(r"/(\d{4})-(\d\d)/(\d\d)/".to_owned()),
        ..spec
    };
    let html = page(
        "",
        &format!(
            "<i>Dernière mise à jour à 18h20 le 04/03</i><div id=d>{}</div>",
            paragraphs()
        ),
    );
    assert_eq!(
        with_rule(&html, address, &spec, zone).extracted.published,
        utc(10, 20)
    );
    let html = page(
        "",
        &format!(
            "<i>Dernière mise à jour à 18h20 le 25/11</i><div id=d>{}</div>",
            paragraphs()
        ),
    );
    assert_eq!(
        with_rule(&html, address, &spec, zone).extracted.published,
        Utc.with_ymd_and_hms(2025, 3, 3, 16, 0, 0).single()
    );
}

#[test]
fn authors_are_names() {
    for (statement, expected) in [
        ("By Jane Doe and John Roe", &["Jane Doe", "John Roe"][..]),
        ("Par Zoé Élan, avec l'AFP", &["Zoé Élan", "AFP"]),
        ("Von Anna Muster | 03.04.2025", &["Anna Muster"]),
        ("Written by  Ann Lee on March 3, 2025", &["Ann Lee"]),
        ("Williams Perdomo @wperdomod", &["Williams Perdomo"]),
        ("Par Li Na, envoyée spéciale à Pékin", &["Li Na"]),
        ("De notre correspondant à Pékin, Li Na", &["Li Na"]),
        ("Par notre envoyée spéciale Li Na", &["Li Na"]),
        ("Von unserem Korrespondenten Li Na", &["Li Na"]),
        ("Par Zoé Élan avec AFP", &["Zoé Élan", "AFP"]),
        ("By Jane Doe in Washington", &["Jane Doe"]),
        ("Von Anna Muster aus Berlin", &["Anna Muster"]),
        ("Gespeichert von Anna am 24. Juli 2017", &["Anna"]),
        ("Soumis par Zoé Élan le 4 mars", &["Zoé Élan"]),
        ("Leonardo da Vinci", &["Leonardo da Vinci"]),
        ("Culture “Un mot de trop", &[]),
        ("Propos recueillis par Zoé Élan", &["Zoé Élan"]),
        (
            "David Jackson - Rédaction du soir",
            &["David Jackson", "Rédaction du soir"],
        ),
        ("Jane Doe on 04-ago", &["Jane Doe"]),
        ("Par", &[]),
        ("Dec", &[]),
        ("© Jane Doe", &[]),
        ("https://facebook.example/jane", &[]),
        ("admin", &[]),
        ("jane@example.org", &[]),
        (
            "Jean-Pierre d'Arc & Li Wei",
            &["Jean-Pierre d'Arc", "Li Wei"],
        ),
    ] {
        assert_eq!(authors::split_names(statement), expected, "{statement}");
    }
    let body = format!(
        "<h1>Un titre pour cette page</h1><p>Par Jeanne Martin</p>{}",
        paragraphs()
    );
    let out = run(&page("<title>Un titre pour cette page</title>", &body)).extracted;
    assert_eq!(
        out.authors
            .iter()
            .map(|a| a.name.as_str())
            .collect::<Vec<_>>(),
        ["Jeanne Martin"]
    );
    assert!(!out.text.contains("Jeanne"));
}

#[test]
fn authors_are_found_where_pages_name_them() {
    for (shown, expected) in [
        ("<p>Par</p><p>Jeanne Martin</p>", &["Jeanne Martin"][..]),
        ("<p>by: <!-- -->Jeanne Martin</p>", &["Jeanne Martin"]),
        (
            "<p>Rédigé par Jeanne Martin le 4 mars</p>",
            &["Jeanne Martin"],
        ),
        (
            "<a href='/auteurs/jeanne-martin'>Jeanne Martin</a>",
            &["Jeanne Martin"],
        ),
        ("<a href='/auteurs/'>Nos auteurs</a>", &[]),
        ("<p>Auteur(s) :</p><p>Jeanne Martin</p>", &["Jeanne Martin"]),
        (
            "<p>Jeanne Martin, correspondante à Pékin</p>",
            &["Jeanne Martin"],
        ),
        (
            "<p>Jane Doe | Senior Writer | July 2, 2025</p>",
            &["Jane Doe"],
        ),
        ("<p>Nouvelle Zélande, un nouveau gouvernement</p>", &[]),
        (
            "<p class=byline>By <a rel=author>Jane Doe</a> Gardener, Astrologer</p>",
            &["Jane Doe"],
        ),
        (
            "<p class=byline>By <a rel=author>Jane Doe</a> and John Roe</p>",
            &["Jane Doe", "John Roe"],
        ),
        (
            "<p class=byline>Author<a rel=author>Jane Doe</a></p>",
            &["Jane Doe"],
        ),
        (
            "<div class=authorDateBlock_authorName__N6j3Y>Jane Doe</div>",
            &["Jane Doe"],
        ),
        (
            "<p class=submitted>Gespeichert von Jane Doe am 4.3.2025</p>",
            &["Jane Doe"],
        ),
        (
            "<div itemprop=author><b itemprop=name>Jane Doe</b> <i>Redakteurin für alles</i></div>",
            &["Jane Doe"],
        ),
        ("<b property='schema:author'>Jane Doe</b>", &["Jane Doe"]),
        (
            "<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"author\":{\"givenName\":\"Jane\",\"familyName\":\"Doe\"}}</script>",
            &["Jane Doe"],
        ),
        (
            "<script type=application/ld+json>[{\"@type\":\"NewsArticle\",\"url\":\"/monde/article-2.html\",\"author\":\"John Roe\"},{\"@type\":\"NewsArticle\",\"url\":\"/monde/article-1.html\",\"author\":\"Jane Doe\"}]</script>",
            &["Jane Doe"],
        ),
        (
            "<p class=byline>By Jane Doe | <a class=author-link>All her articles</a></p>",
            &["Jane Doe"],
        ),
        (
            "<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"author\":{\"name\":\"Jane Doe\"},\"publisher\":{\"name\":\"Jane Doe\"}}</script><p class=byline>Jane Doe Chefredakteurin</p>",
            &["Jane Doe"],
        ),
        (
            "<meta name=author content=journal.example><p>Par Jeanne Martin</p>",
            &["Jeanne Martin"],
        ),
        (
            "<div class=comments><p><b class=author>wuff</b></p></div>",
            &[],
        ),
        (
            "<form id=respond><p class=comment-form-author>Nom (obligatoire)</p></form>",
            &[],
        ),
    ] {
        let body = format!("<h1>Un titre pour cette page</h1>{shown}{}", paragraphs());
        let out = run(&page("<title>Un titre pour cette page</title>", &body)).extracted;
        let names: Vec<&str> = out.authors.iter().map(|a| a.name.as_str()).collect();
        assert_eq!(names, expected, "{shown}");
    }
}

#[test]
fn an_author_named_under_the_article_is_found() {
    for (shown, expected) in [
        ("<p>Written by Jane Doe</p>", &["Jane Doe"][..]),
        (
            "<footer class=entry-meta><a rel=author>Jane Doe</a></footer>",
            &["Jane Doe"],
        ),
        ("</article><footer><a rel=author>John Roe</a></footer>", &[]),
        (
            "<div class=related-articles><p class=byline>By John Roe</p></div>",
            &[],
        ),
        (
            "<aside class=related><p>Written by Jane Doe</p></aside>",
            &[],
        ),
    ] {
        let rest = paragraphs();
        let body = format!(
            "<h1>Un titre pour cette page</h1><article>{rest}{rest}{rest}{rest}{rest}{shown}</article>"
        );
        let out = run(&page("<title>Un titre pour cette page</title>", &body)).extracted;
        let names: Vec<&str> = out.authors.iter().map(|a| a.name.as_str()).collect();
        assert_eq!(names, expected, "{shown}");
    }
}

#[test]
fn dates_are_those_that_their_words_say() {
    let utc = |day, h, m| Utc.with_ymd_and_hms(2026, 3, day, h, m, 0).single();
    for (before, shown, published, modified) in [
        (
            "",
            "<p>Publié le 3 mars 2026 à 10h05 - Mis à jour le 4 mars 2026 à 9h30</p>",
            utc(3, 10, 5),
            utc(4, 9, 30),
        ),
        (
            "",
            "<p>Mis à jour le 4 mars 2026 à 9h30, publié le 3 mars 2026 à 10h05</p>",
            utc(3, 10, 5),
            utc(4, 9, 30),
        ),
        (
            "",
            "<p>Mis à jour le <time datetime=2026-03-04T09:30Z>4</time></p><p>Publié le <time datetime=2026-03-03T10:05Z>3</time></p>",
            utc(3, 10, 5),
            utc(4, 9, 30),
        ),
        (
            "<div class=teaser><time datetime=2026-03-09T10:05Z>Un autre article</time></div>",
            "<p><time datetime=2026-03-03T10:05Z>3 mars</time></p>",
            utc(3, 10, 5),
            None,
        ),
        (
            "",
            "<time class=entry-updated datetime=2026-03-04T09:30Z>4</time><p>3 mars 2026 à 10h05</p>",
            utc(3, 10, 5),
            utc(4, 9, 30),
        ),
        (
            "",
            "<time class=updated datetime=2026-03-03T10:05Z>3</time><p>3 mars 2026</p>",
            utc(3, 10, 5),
            utc(3, 10, 5),
        ),
        (
            "",
            "<b property='dc:date dc:created' content=2026-03-03T10:05Z>3</b>",
            utc(3, 10, 5),
            None,
        ),
        (
            "<meta name=script:ld+json content='{\"@type\":\"Article\",\"datePublished\":\"2026-03-03T10:05Z\"}'>",
            "",
            utc(3, 10, 5),
            None,
        ),
        (
            "",
            "<p>Mis à jour le 4 mars 2026 à 9h30</p>",
            utc(4, 9, 30),
            utc(4, 9, 30),
        ),
    ] {
        let body = format!(
            "{before}<h1>Un titre pour cette page</h1>{shown}{}",
            paragraphs()
        );
        let out = run(&page("<title>Un titre pour cette page</title>", &body)).extracted;
        assert_eq!(
            (out.published, out.modified),
            (published, modified),
            "{shown}"
        );
    }
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
        let html = page(
            &format!("<link rel=canonical href='{href}'>"),
            &paragraphs(),
        );
        extract(&html, &ctx).extracted.canonical
    };
    for (href, expected) in [
        ("/", None),
        ("http://fr.granma.example/", None),
        ("{{ article.contentCanonicalUrl }}", None),
        ("https://ailleurs.example/x", None),
        (
            "/cuba/2025-03-04/titre#haut",
            Some("http://fr.granma.example/cuba/2025-03-04/titre"),
        ),
        (
            "https://fr.granma.example/y",
            Some("http://fr.granma.example/y"),
        ),
        ("http://granma.example/z", Some("http://granma.example/z")),
        ("javascript:alert(1)", None),
    ] {
        assert_eq!(find(href).as_deref(), expected, "{href}");
    }
}

#[test]
fn subtitles() {
    let long = "Un paragraphe qui commence le corps de l'article et qui en dit bien assez long pour que plus rien de ce qui le suit ne puisse être un sous-titre.";
    let dek = "Deux pays que tout rapproche signent enfin leur accord";
    let title = "<h1>Trois accords signés à Brasilia</h1>";
    let stated = format!(
        "<script type=application/ld+json>{{\"@type\":\"NewsArticle\",\"headline\":\"x\",\"alternativeHeadline\":\"{dek}\"}}</script>"
    );
    let social = format!(
        "<meta property=og:description content='{dek}'><meta name=twitter:description content='{dek}'>"
    );
    let called = |class: &str| format!("<div class='{class}'>{dek}</div>");
    for (head, body, expected) in [
        (
            String::new(),
            format!("{title}<p>3 mars</p>{}", called("t-content__chapo")),
            true,
        ),
        (
            String::new(),
            format!("{title}{}", called("article-standfirst")),
            true,
        ),
        (
            String::new(),
            format!("{title}{}", called("article__dek wide")),
            true,
        ),
        (
            String::new(),
            format!("{title}{}", called("dekoration")),
            false,
        ),
        (
            String::new(),
            format!("{title}{}", called("Sous-Titre")),
            true,
        ),
        (stated, title.to_owned(), true),
        (social, title.to_owned(), false), // an advertisement
        (String::new(), format!("{title}<p>{dek}</p>"), false),
        (
            String::new(),
            format!("{title}<p>{long}</p>{}", called("chapo")),
            false,
        ), // within the body
        (String::new(), format!("{}{title}", called("chapo")), false), // of the page, not the article
        (
            String::new(),
            format!("{title}<div class=chapo>Trois accords signés à Brasilia</div>"),
            false,
        ),
    ] {
        let out = run(&page(
            &head,
            &format!("<article>{body}{}</article>", paragraphs()),
        ));
        let found = out.extracted.subtitle.as_deref();
        assert_eq!(found, expected.then_some(dek), "{head}{body}");
    }
}

#[test]
fn sections() {
    let ld = |json: &str| format!("<script type=application/ld+json>{json}</script>");
    let trail = |last: &str| {
        ld(&format!(
            "{{\"@type\":\"BreadcrumbList\",\"itemListElement\":[{{\"position\":1,\"name\":\"Accueil\"}},{last}]}}"
        ))
    };
    for (head, body, expected) in [
        (
            ld(
                "{\"@type\":\"NewsArticle\",\"headline\":\"x\",\"articleSection\":[\"Amériques\",\"Monde\"]}",
            ),
            "",
            Some("Amériques"),
        ),
        (
            "<meta property=article:section content='Monde &gt; Asie'>".to_owned(),
            "",
            Some("Asie"),
        ),
        (
            trail("{\"name\":\"Monde\"},{\"item\":{\"name\":\"Trois accords signés à Brasilia\"}}"),
            "",
            Some("Monde"),
        ),
        (
            trail("{\"name\":\"Trois accords signés à Brasilia\"}"),
            "",
            None,
        ), // the way home
        (
            String::new(),
            "<nav class=breadcrumb><a href=/>Accueil</a> <a href=/m>Monde</a> <a href=/m/a>Amérique</a> <b>Trois accords</b></nav>",
            Some("Amérique"),
        ),
        (
            String::new(),
            "<nav class=menu><a href=/m>Monde</a></nav>",
            None,
        ),
        (
            "<meta property=article:section content='https://journal.example/monde'>".to_owned(),
            "",
            None,
        ),
        (
            "<meta property=article:section content=Journal>".to_owned(),
            "",
            None,
        ), // the outlet itself
    ] {
        let body = format!(
            "{body}<article><h1>Trois accords signés à Brasilia</h1>{}</article>",
            paragraphs()
        );
        let out = run(&page(&head, &body));
        assert_eq!(out.extracted.section.as_deref(), expected, "{head}{body}");
    }
}

#[test]
fn a_rule_says_where_subtitle_and_section_stand() {
    let spec = SiteSpec {
        subtitle: list(&[".intro"]),
        section: list(&["body@data-rubrique"]),
        ..SiteSpec::default()
    };
    let html = format!(
        "<html><body data-rubrique=Culture><h1>Trois accords</h1><i class=intro>Ce que dit le chapeau</i>{}",
        paragraphs()
    );
    let out = with_rule(&html, "https://journal.example/1", &spec, None).extracted;
    assert_eq!(out.subtitle.as_deref(), Some("Ce que dit le chapeau"));
    assert_eq!(out.section.as_deref(), Some("Culture"));
}
