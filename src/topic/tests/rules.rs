//! Rules of a topic: what is refused, gates, scores, hashes, early rejection.

use super::*;

fn spec(all: &[&str]) -> TopicSpec {
    TopicSpec {
        id: "essai".into(),
        all: all.iter().map(|term| (*term).to_owned()).collect(),
        ..TopicSpec::default()
    }
}

fn compile(spec: &TopicSpec) -> Arc<Topic> {
    Arc::new(Topic::compile(spec, &Aliases::builtin()).unwrap_or_else(|e| panic!("{e:?}")))
}

fn judge(topic: &Arc<Topic>, text: &Text<'_>) -> Verdict {
    let document = Document::new(text);
    Matcher::new(vec![Arc::clone(topic)])
        .judge(&document)
        .remove(0)
}

fn strings(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

fn refused(spec: &TopicSpec, aliases: &Aliases) -> Vec<String> {
    match Topic::compile(spec, aliases) {
        Ok(_) => Vec::new(),
        Err(errors) => errors
            .into_iter()
            .map(|e| format!("{}[{:?}] {} / {}", e.key, e.index, e.message, e.help))
            .collect(),
    }
}

#[test]
fn every_mistake_is_reported_at_once() {
    let mut aliases = Aliases::builtin();
    aliases.define("rond", strings(&["@carre"]));
    aliases.define("carre", strings(&["Cuba", "@rond"]));
    aliases.define("vide", Vec::new());
    let mut topic = spec(&["@chinne", "les", "Chine"]);
    topic.any = strings(&["/(/", "@rond", "@vide"]);
    topic.none = strings(&["titre:sport"]);
    topic.near = vec![Near {
        a: "Chine".into(),
        b: Vec::new(),
        with: Vec::new(),
        within: 0,
        times: 1,
        weight: 1.0,
    }];
    topic.sources = strings(&["!"]);
    topic.language = strings(&["français"]);
    let errors = refused(&topic, &aliases).join("\n");
    for part in [
        "all[Some(0)] there is no alias @chinne / did you mean @chine?",
        "all[Some(1)] `les` is too common",
        "any[Some(0)] the expression `/(/` does not compile",
        "any[Some(1)] aliases stand within themselves: @rond → @carre → @rond",
        "any[Some(2)] the alias in `@vide` is empty",
        "none[Some(0)] `titre:` is not a field",
        "near[Some(0)] `near` has no `b`",
        "near[Some(0)] `within` and `times` count from 1",
        "sources[Some(0)] an empty source id",
        "language[Some(0)] `français` is not a language tag",
    ] {
        assert!(errors.contains(part), "{part}\n{errors}");
    }
}

#[test]
fn a_mistake_inside_an_alias_names_it() {
    let mut aliases = Aliases::empty();
    aliases.define("mien", strings(&["Cuba", "sons"]));
    let errors = refused(&spec(&["@mien"]), &aliases).join("\n");
    assert!(errors.contains("(in the alias @mien)"), "{errors}");
}

#[test]
fn a_topic_must_say_something() {
    let nothing = refused(&spec(&[]), &Aliases::builtin());
    assert_eq!(nothing.len(), 1, "{nothing:?}");
    let mut whole_source = spec(&[]);
    whole_source.sources = strings(&["rhc"]);
    assert_eq!(
        refused(&whole_source, &Aliases::builtin()),
        Vec::<String>::new()
    );
}

#[test]
fn aliases_nested_too_deep_are_refused() {
    let mut aliases = Aliases::empty();
    for level in 0..100 {
        aliases.define(&format!("a{level}"), vec![format!("@a{}", level + 1)]);
    }
    aliases.define("a100", strings(&["Cuba"]));
    assert_eq!(refused(&spec(&["@a0"]), &aliases).len(), 1);
}

#[test]
fn every_builtin_alias_compiles() {
    let aliases = Aliases::builtin();
    for name in aliases.names() {
        let errors = refused(&spec(&[&format!("@{name}")]), &aliases);
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
}

#[test]
fn gates_and_their_words() {
    let mut topic = spec(&["Chine"]);
    topic.any = strings(&["Cuba", "Pérou"]);
    topic.none = strings(&["football"]);
    let topic = compile(&topic);
    for (body, matched, missed) in [
        ("La Chine et Cuba", true, ""),
        ("La Chine et le Pérou", true, ""),
        ("La Chine", false, "any: none of `Cuba`, `Pérou` was found"),
        ("Cuba", false, "all: nothing of `Chine` was found"),
        (
            "La Chine, Cuba et le football",
            false,
            "none: `football` found `football` in the lead",
        ),
    ] {
        let verdict = judge(
            &topic,
            &Text {
                body,
                ..Text::default()
            },
        );
        assert_eq!(verdict.matched, matched, "{body}");
        assert_eq!(
            verdict.missed.first().map_or("", |reason| &**reason),
            missed,
            "{body}"
        );
    }
}

#[test]
fn an_article_is_close_where_one_gate_keeps_it_out() {
    let mut topic = spec(&["Chine", "accord"]);
    topic.any = strings(&["Cuba", "Pérou"]);
    topic.boost = vec![Boost {
        term: "visite".into(),
        weight: 1.0,
        times: 1,
    }];
    let topic = compile(&topic);
    for (body, close) in [
        ("Un accord entre la Chine et Cuba", true),
        ("La Chine et Cuba", true),
        ("Un accord avec la Chine", true),
        ("Un accord avec le Japon", false),
        ("La Chine et le Japon", false),
        ("Une visite au Japon", false),
        ("Le Japon", false),
    ] {
        let text = Text {
            body,
            ..Text::default()
        };
        assert_eq!(judge(&topic, &text).is_close(), close, "{body}");
    }
    // What misses the only gate of a topic is not close where nothing of the topic stands in it.
    let single = compile(&spec(&["Chine"]));
    let text = Text {
        body: "Le Japon",
        ..Text::default()
    };
    assert!(!judge(&single, &text).is_close());
}

#[test]
fn a_term_counts_once_by_its_best_place() {
    let mut topic = spec(&["Chine"]);
    topic.boost = vec![
        Boost {
            term: "accord".into(),
            weight: 2.0,
            times: 1,
        },
        Boost {
            term: "football".into(),
            weight: -1.5,
            times: 1,
        },
    ];
    let topic = compile(&topic);
    let filler = "mot ".repeat(70);
    let late = format!("{filler} accord et Chine");
    for (title, body, score) in [
        ("Chine", "Chine Chine Chine", 3.0),
        ("", "La Chine", 2.0),
        ("", late.as_str(), 3.0),
        ("Chine : accord", "accord", 9.0),
        ("Chine : football", "", -1.5),
    ] {
        let verdict = judge(
            &topic,
            &Text {
                title,
                body,
                ..Text::default()
            },
        );
        assert!(
            (verdict.score - score).abs() < 1e-9,
            "{title}: {}",
            verdict.score
        );
    }
}

fn near(within: u32, times: u32) -> Arc<Topic> {
    let mut topic = spec(&["Chine"]);
    topic.min_score = Some(12.0);
    topic.near = vec![Near {
        a: "Chine".into(),
        b: strings(&["Cuba", "Pérou"]),
        with: strings(&["accord"]),
        within,
        times,
        weight: 10.0,
    }];
    compile(&topic)
}

#[test]
fn near_means_in_one_sentence_and_close() {
    for (within, times, body, matched) in [
        (10, 1, "La Chine et Cuba signent un accord", true),
        (10, 1, "Un accord lie Cuba à la Chine", true),
        (3, 1, "La Chine et Cuba signent un accord", false),
        (10, 1, "La Chine signe un accord. Cuba attend", false),
        (10, 1, "La Chine et M. Castro de Cuba ont un accord", true),
        (10, 1, "La Chine et Cuba.\nUn accord", false),
        (
            10,
            2,
            "La Chine et Cuba ont un accord. Le Pérou et la Chine aussi ont un accord.",
            true,
        ),
        (
            10,
            2,
            "La Chine et Cuba ont un accord. La Chine et Cuba ont un accord.",
            false,
        ),
        (
            10,
            1,
            "La Chine, loin, puis la Chine, Cuba et un accord",
            true,
        ),
    ] {
        let verdict = judge(
            &near(within, times),
            &Text {
                body,
                ..Text::default()
            },
        );
        assert_eq!(
            verdict.matched, matched,
            "{within} {times} {body}: {verdict:?}"
        );
    }
}

#[test]
fn reasons_name_word_place_and_context() {
    let topic = compile(&spec(&["@chine"]));
    let verdict = judge(
        &topic,
        &Text {
            title: "Deux navires chinois à quai",
            ..Text::default()
        },
    );
    let hit = &verdict.why[0];
    assert_eq!(
        (hit.rule, &*hit.term, hit.matched.as_str()),
        ("all", "@chine", "chinois")
    );
    assert_eq!(hit.field, Field::Title);
    assert_eq!(hit.snippet, "Deux navires chinois à quai");
    let json = serde_json::to_value(&verdict).expect("a verdict is plain data");
    assert_eq!(json["why"][0]["where"], "title");
}

#[test]
fn fields_of_an_article() {
    let categories = strings(&["Monde", "Amérique latine"]);
    let tags = strings(&["agence"]);
    let text = Text {
        title: "Titre",
        summary: "Un chapeau",
        body: "Le corps",
        categories: &categories,
        url: "https://exemple.org/sport/2024/un-match.html",
        source: "rfi-asie",
        tags: &tags,
        language: Some("fr"),
    };
    for (term, expected) in [
        ("title:titre", true),
        ("summary:chapeau", true),
        ("body:corps", true),
        ("category:amérique latine", true),
        ("category:\"monde amérique\"", false),
        ("url:sport", true),
        ("sport", false),
        ("match", false),
        ("source:rfi-asie", true),
        ("tag:agence", true),
        ("agence", false),
        ("url:/sport\\/20/", true),
    ] {
        assert_eq!(judge(&topic_of(term), &text).matched, expected, "{term}");
    }
}

#[test]
fn sources_are_allowed_and_excluded() {
    let tags = strings(&["agence"]);
    for (rules, source, expected) in [
        (&[] as &[&str], "rhc", true),
        (&["!lezard"], "rhc", true),
        (&["!lezard"], "lezard", false),
        (&["rhc"], "rhc", true),
        (&["rhc"], "lezard", false),
        (&["tag:agence"], "lezard", true),
        (&["tag:blog"], "lezard", false),
        (&["!tag:agence"], "lezard", false),
    ] {
        let mut topic = spec(&["Chine"]);
        topic.sources = strings(rules);
        let text = Text {
            body: "La Chine",
            source,
            tags: &tags,
            ..Text::default()
        };
        assert_eq!(
            judge(&compile(&topic), &text).matched,
            expected,
            "{rules:?} {source}"
        );
    }
}

#[test]
fn a_teaser_rejects_only_by_an_explicit_rule() {
    let mut topic = spec(&["Chine"]);
    topic.none = strings(&["title:horoscope", "football", "body:loto"]);
    topic.language = strings(&["fr"]);
    topic.sources = strings(&["!lezard"]);
    let topic = compile(&topic);
    for (title, teaser, language, source, rejected) in [
        (
            "Le temps qu'il fait",
            "Rien sur le sujet",
            None,
            "rhc",
            false,
        ),
        ("L'horoscope du jour", "", None, "rhc", true),
        ("Un titre", "L'horoscope du jour", None, "rhc", false),
        ("Un titre", "Le football d'abord", Some("fr"), "rhc", true),
        ("Un titre", "Le loto d'abord", Some("fr-FR"), "rhc", false),
        ("Un titre", "", Some("en"), "rhc", true),
        ("Un titre", "", None, "lezard", true),
    ] {
        let reason = reject_early(&topic, title, teaser, language, source);
        assert_eq!(reason.is_some(), rejected, "{title} {teaser}: {reason:?}");
    }
}

#[test]
fn the_hash_follows_the_rules_only() {
    let mut first = spec(&["Chine", "accord"]);
    first.any = strings(&["@cuba", "@perou"]);
    let hash = |spec: &TopicSpec| compile(spec).rules_hash();
    let mut other = first.clone();
    other.all.reverse();
    other.any.reverse();
    other.title = "Un autre titre".into();
    other.max_per_source = Some(3);
    assert_eq!(hash(&first), hash(&other));
    for change in [
        |spec: &mut TopicSpec| spec.min_score = Some(3.0),
        |spec: &mut TopicSpec| spec.weights.title = 4.0,
        |spec: &mut TopicSpec| spec.any = vec!["@cuba".into()],
        |spec: &mut TopicSpec| spec.none = vec!["football".into()],
        |spec: &mut TopicSpec| spec.language = vec!["fr".into()],
    ] {
        let mut changed = first.clone();
        change(&mut changed);
        assert_ne!(hash(&first), hash(&changed), "{changed:?}");
    }
    let mut aliases = Aliases::builtin();
    aliases.define("+cuba", vec!["Trinidad de Cuba".into()]);
    let extended = Topic::compile(&first, &aliases).expect("the topic compiles");
    assert_ne!(hash(&first), extended.rules_hash());
}

#[test]
fn articles_in_other_languages_are_stemmed_by_theirs() {
    let topic = topic_of("cooperación");
    let text = Text {
        body: "Las cooperaciones",
        language: Some("es"),
        ..Text::default()
    };
    assert!(judge(&topic, &text).matched);
}

#[test]
fn topics_do_not_disturb_one_another() {
    let terms = ["Chine", "@cuba", "title:Pérou", "/Lima/", "kirghiz*"];
    let together = Matcher::new(terms.iter().map(|term| topic_of(term)).collect());
    let document = Document::new(&Text {
        title: "Cuba et le Pérou",
        body: "Un Kirghize à Lima",
        ..Text::default()
    });
    let matched: Vec<bool> = together
        .judge(&document)
        .iter()
        .map(|v| v.matched)
        .collect();
    assert_eq!(matched, [false, true, true, true, true]);
}

#[test]
fn odd_texts_do_no_harm() {
    let long = "chine-".repeat(20_000);
    for body in [
        "",
        "'",
        "l'",
        "\u{301}",
        "\u{AD}\u{AD}",
        "...",
        "北京与古巴",
        long.as_str(),
        "A.B.C.D.",
    ] {
        let verdict = judge(
            &topic_of("@chine"),
            &Text {
                title: body,
                body,
                summary: body,
                ..Text::default()
            },
        );
        assert_eq!(verdict.matched, body == long, "{}", body.len());
    }
}
