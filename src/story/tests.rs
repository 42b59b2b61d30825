use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::*;
use crate::model::{ArticleId, SourceId, StoryId};
use crate::text::press;

/// Distinct words for a text of any length; `from` sets two texts apart or lets them overlap.
fn prose(from: usize, to: usize) -> String {
    (from..to)
        .map(|n| {
            format!("mot{}", (b'a' + (n % 26) as u8) as char).repeat(1 + n / 26 % 3) + &letters(n)
        })
        .collect::<Vec<_>>()
        .join(" ")
}

fn letters(mut n: usize) -> String {
    let mut out = String::new();
    loop {
        out.push((b'a' + (n % 26) as u8) as char);
        n /= 26;
        if n == 0 {
            return out;
        }
    }
}

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(500_000 + hours)
}

fn arrival(source: &str, title: &str, text: &str, hours: i64) -> Arrival {
    Arrival {
        source: SourceId::from(source),
        outlet: String::new(),
        title: title.to_owned(),
        canonical: String::new(),
        identity: None,
        published: at(hours),
        language: None,
        compared: true,
        fingerprint: Arc::new(fingerprint(title, text, &|_| false)),
    }
}

fn level(old: &Arrival, new: &Arrival) -> Level {
    compare(new, old, ArticleId(1), &Settings::default()).level
}

fn check(name: &str, old: &str, new: &str, hours: i64, expected: Level) {
    let (a, b) = (
        arrival("un", "Le premier titre", old, 0),
        arrival("deux", "Un autre", new, hours),
    );
    assert_eq!(level(&a, &b), expected, "{name}");
}

#[test]
fn containment_is_directed() {
    let long = prose(0, 400);
    check("equal", &long, &long, 0, Level::Copy);
    check("brief after long", &long, &prose(50, 150), 5, Level::Copy);
    check(
        "long after brief",
        &prose(50, 150),
        &long,
        5,
        Level::Extends,
    );
    check("little longer", &long, &prose(0, 480), 5, Level::Copy);
    check("two thirds", &long, &prose(130, 530), 5, Level::Copy);
    check(
        "seven tenths of a longer one",
        &long,
        &prose(120, 1000),
        5,
        Level::Derived,
    );
    check("two fifths", &long, &prose(240, 640), 5, Level::Story);
    check(
        "two fifths after a week",
        &long,
        &prose(240, 640),
        170,
        Level::New,
    );
    check("a tenth", &long, &prose(360, 760), 5, Level::New);
    check("nothing", &long, &prose(1000, 1400), 5, Level::New);
}

#[test]
fn time_bounds_what_is_merely_alike() {
    let long = prose(0, 400);
    check(
        "alike after 13 days",
        &long,
        &prose(0, 380),
        13 * 24,
        Level::Copy,
    );
    check(
        "alike after 15 days",
        &long,
        &prose(0, 380),
        15 * 24,
        Level::New,
    );
    check(
        "word for word after ten months",
        &long,
        &long,
        300 * 24,
        Level::Copy,
    );
    check(
        "word for word after two years",
        &long,
        &long,
        730 * 24,
        Level::New,
    );
    let stamped = format!("PÉKIN, 16 septembre (Xinhua) -- {long}\nFin\nhttps://exemple.org");
    check(
        "with another's marks",
        &stamped,
        &format!("{long}\nSource : Xinhua | 2022"),
        300 * 24,
        Level::Copy,
    );
    let brief = prose(0, 30);
    check(
        "dated",
        &format!("Publié : 12/03/2026 10:05\n{brief}"),
        &brief,
        5,
        Level::Copy,
    );
}

#[test]
fn short_texts_are_copies_or_nothing() {
    let brief = prose(0, 30);
    check("equal", &brief, &brief, 5, Level::Copy);
    check("half", &brief, &prose(12, 42), 5, Level::New);
    let a = arrival("un", "Le président reçoit un hôte", "Voir la vidéo", 0);
    for (title, text, hours, expected) in [
        (
            "Le président reçoit un hôte",
            "Voir la vidéo",
            5,
            Level::Copy,
        ),
        (
            "Le président reçoit un hôte",
            "Voir la vidéo",
            100,
            Level::New,
        ),
        ("Grève des trains en Italie", "Voir la vidéo", 5, Level::New),
    ] {
        assert_eq!(
            level(&a, &arrival("deux", title, text, hours)),
            expected,
            "{title} {hours}"
        );
    }
}

#[test]
fn numbers_tell_issues_of_a_series_apart() {
    let issue = |day: u32, a: u32, b: u32| {
        format!(
            "Le temps sera couvert ce {day} mars avec un vent de {a} km/h sur tout le pays. Les températures iront de \
             {b} degrés au nord à {} degrés au sud, et la pluie donnera jusqu'à {} millimètres en montagne selon les \
             prévisions publiées par le service national dans la matinée pour toutes les régions du pays.",
            b + 9,
            a + 3
        )
    };
    let (first, second) = (issue(3, 20, 4), issue(4, 35, 6));
    for sources in [("un", "un"), ("un", "deux")] {
        let a = arrival(sources.0, "Le temps de mardi", &first, 0);
        let b = arrival(sources.1, "Le temps de mercredi", &second, 24);
        let given = compare(&b, &a, ArticleId(1), &Settings::default());
        assert_eq!(
            (given.level, given.guard),
            (Level::Story, Some(Guard::Numbers)),
            "{sources:?}"
        );
        let again = arrival(sources.1, "Le temps de mardi", &first, 1);
        assert_eq!(level(&a, &again), Level::Copy);
    }
}

#[test]
fn a_notice_in_the_place_of_the_text_merges_nothing() {
    let notice = "Cet article est réservé à nos abonnés. Pour lire la suite, identifiez-vous ou abonnez-vous à \
        notre offre numérique, sans engagement, et retrouvez chaque jour tous nos articles, nos enquêtes et nos \
        archives sur tous vos écrans ainsi que le journal du lendemain dès la veille au soir.";
    let a = arrival("un", "Le port de Lima s'agrandit", notice, 0);
    let b = arrival("un", "Grève dans les trains italiens", notice, 3);
    let given = compare(&b, &a, ArticleId(1), &Settings::default());
    assert_eq!(
        (given.level, given.guard),
        (Level::New, Some(Guard::Titles))
    );
}

#[test]
fn language_scope_and_series_are_kept_apart() {
    let text = prose(0, 200);
    let a = arrival("un", "Titre", &text, 0);
    let mut b = arrival("deux", "Titre", &text, 1);
    b.language = Some("fr-FR".to_owned());
    assert_eq!(level(&a, &b), Level::Copy, "an unknown language agrees");
    let mut c = a.clone();
    c.language = Some("fra".to_owned());
    assert_eq!(level(&c, &b), Level::Copy, "two tags of one language");
    c.language = Some("en".to_owned());
    assert_eq!(
        compare(&b, &c, ArticleId(1), &Settings::default()).guard,
        Some(Guard::Language)
    );
    b.compared = false;
    assert_eq!(
        compare(&b, &a, ArticleId(1), &Settings::default()).guard,
        Some(Guard::Scope)
    );
    b.compared = true;
    let settings = Settings {
        scope: Scope::Source,
        ..Settings::default()
    };
    assert_eq!(
        compare(&b, &a, ArticleId(1), &settings).guard,
        Some(Guard::Scope)
    );
}

#[test]
fn one_title_drops_only_where_nothing_speaks_against_it() {
    let title = "Les étapes d'une fronde inédite dans les campagnes françaises";
    let a = arrival("un", title, &prose(0, 300), 0);
    for (source, text, hours, expected) in [
        ("un", prose(130, 440), 5, Level::Copy),
        ("un", prose(280, 600), 5, Level::Story),
        ("un", prose(130, 440), 7 * 7 * 24, Level::New),
        ("un", String::new(), 5, Level::Copy),
        ("un", String::new(), 100, Level::New),
        ("deux", String::new(), 5, Level::Story),
        ("deux", prose(130, 440), 5, Level::Story),
    ] {
        let given = level(&a, &arrival(source, title, &text, hours));
        assert_eq!(
            given,
            expected,
            "{source}, {} letters, {hours} h",
            text.len()
        );
    }
}

fn known(article: i64, story: i64, behind: Option<i64>, arrival: Arrival) -> Arc<Known> {
    Arc::new(Known {
        article: ArticleId(article),
        story: StoryId(story),
        representative: ArticleId(story),
        behind: behind.map(ArticleId),
        arrival,
    })
}

#[test]
fn a_rolling_story_does_not_chain() {
    // Each text shares most of the one before, and the last nothing with the first.
    let first = known(1, 1, None, arrival("un", "Un", &prose(0, 400), 0));
    let second = known(2, 1, None, arrival("un", "Deux", &prose(150, 560), 10));
    let third = arrival("un", "Trois", &prose(300, 720), 20);
    let alone = compare(&third, &second.arrival, ArticleId(2), &Settings::default());
    assert_eq!(alone.level, Level::Derived);
    let given = assign(&third, &[first, second], &Settings::default());
    assert_eq!(given.level, Level::Story);
    assert_eq!(given.story, None);
    let guards: Vec<_> = given.compared.iter().map(|c| c.guard).collect();
    assert!(guards.contains(&Some(Guard::Chain)), "{guards:?}");
}

#[test]
fn a_copy_of_a_hidden_article_is_measured_against_the_one_readers_see() {
    let shown = known(1, 1, None, arrival("un", "Un", &prose(0, 400), 0));
    let hidden = known(2, 1, Some(1), arrival("deux", "Deux", &prose(0, 200), 1));
    let given = assign(
        &arrival("trois", "Trois", &prose(0, 330), 2),
        &[shown.clone(), hidden.clone()],
        &Settings::default(),
    );
    assert_eq!((given.level, given.of), (Level::Copy, Some(ArticleId(1))));
    let hidden = known(2, 1, Some(1), arrival("deux", "Deux", &prose(200, 520), 1));
    let given = assign(
        &arrival("trois", "Trois", &prose(320, 560), 2),
        &[shown, hidden],
        &Settings::default(),
    );
    assert_eq!(
        (given.level, given.behind),
        (Level::Derived, Some(ArticleId(1)))
    );
}

/// An index that holds outlines only, and is asked for the rest.
struct Outlined<'a>(&'a Index);

impl Lookup for Outlined<'_> {
    type Error = std::convert::Infallible;

    fn same(&self, new: &Arrival) -> Result<Option<ArticleId>, Self::Error> {
        self.0.same(new)
    }
    fn verbatim(&self, text_hash: i64, span: &Span) -> Result<Vec<ArticleId>, Self::Error> {
        self.0.verbatim(text_hash, span)
    }
    fn sharing(&self, keys: &[i32], span: &Span) -> Result<Vec<ArticleId>, Self::Error> {
        self.0.sharing(keys, span)
    }
    fn headlines(&self, title_keys: &[i32], span: &Span) -> Result<Vec<ArticleId>, Self::Error> {
        self.0.headlines(title_keys, span)
    }
    fn title_likeness(&self, title: &Headline, article: ArticleId) -> Result<f64, Self::Error> {
        self.0.title_likeness(title, article)
    }
    fn known(&self, article: ArticleId) -> Result<Option<Arc<Known>>, Self::Error> {
        let known = self.0.known(article)?;
        Ok(known.map(|known| {
            let mut outlined = Known::clone(&known);
            outlined.arrival.fingerprint = Arc::new(known.arrival.fingerprint.outline());
            Arc::new(outlined)
        }))
    }
    fn whole(&self, outline: Arc<Known>) -> Result<Arc<Known>, Self::Error> {
        assert!(!outline.arrival.fingerprint.is_whole());
        Ok(self.0.known(outline.article)?.expect("it is there"))
    }
}

#[test]
fn an_index_of_outlines_places_as_one_of_whole_fingerprints() {
    let series = |day: usize| {
        let (high, low) = (100 + day * 7, 30 + day * 3);
        format!(
            "Le {day} mars il a fait {high} points et {low} de moins, soit {} en tout. {}",
            high - low,
            prose(0, 90)
        )
    };
    let lead = prose(500, 560);
    let texts = [
        ("un", "Un accord est signé à Lima hier soir", prose(0, 300)),
        ("deux", "Un accord est signé à Lima", prose(0, 300)),
        ("un", "Le marché du 1 mars", series(1)),
        ("un", "Le marché du 2 mars", series(2)),
        ("deux", "Le marché du 3 mars", series(3)),
        ("un", "Une dépêche", format!("{lead} {}", prose(600, 700))),
        (
            "deux",
            "La dépêche entière",
            format!("{lead} {}", prose(600, 1_000)),
        ),
        (
            "trois",
            "Correction : un accord est signé à Lima",
            prose(0, 280),
        ),
        (
            "un",
            "Un accord est signé à Lima hier soir",
            prose(150, 460),
        ),
        ("trois", "Autre chose", prose(2_000, 2_200)),
    ];
    let (mut index, settings) = (Index::default(), Settings::default());
    let mut levels = std::collections::BTreeSet::new();
    for (n, (source, title, text)) in texts.iter().enumerate() {
        let new = arrival(source, title, text, n as i64);
        let Ok(placed) = place(&new, &index, &settings);
        let Ok(by_outlines) = place(&new, &Outlined(&index), &settings);
        assert_eq!(placed, by_outlines, "{title}");
        levels.insert((placed.level, placed.guard.map(|g| g.to_string())));
        let id = n as i64;
        let story = placed.story.map_or(id, |story| story.0);
        let behind = placed.behind.filter(|_| placed.level == Level::Copy);
        index.insert(Known::clone(&known(id, story, behind.map(|b| b.0), new)));
    }
    assert!(
        levels.len() >= 4,
        "the texts are near each other in many ways: {levels:?}"
    );
}

#[test]
fn what_is_hidden_follows_the_settings() {
    use OnLonger::{Both, KeepFirst};
    use Publication::{Hide, Show};
    let (off, copy, derived) = (Collapse::Off, Collapse::Copy, Collapse::Derived);
    for (collapse, on_longer, level, expected) in [
        (copy, Both, Level::Copy, Hide),
        (copy, Both, Level::Extends, Show),
        (
            copy,
            OnLonger::Replace,
            Level::Extends,
            Publication::Replace,
        ),
        (copy, KeepFirst, Level::Extends, Hide),
        (copy, Both, Level::Derived, Show),
        (derived, Both, Level::Derived, Hide),
        (derived, Both, Level::Story, Show),
        (off, KeepFirst, Level::Copy, Show),
        (off, KeepFirst, Level::Extends, Show),
    ] {
        let settings = Settings {
            collapse,
            on_longer,
            ..Settings::default()
        };
        let given = settings.publication(level);
        assert_eq!(given, expected, "{collapse:?} {on_longer:?} {level}");
    }
}

#[test]
fn a_version_is_a_change_when_title_or_text_changed() {
    let old = arrival("un", "Un titre", &prose(0, 400), 0);
    for (title, text, expected) in [
        ("Un titre", prose(0, 400), false),
        ("UN TITRE", prose(0, 402), false),
        ("Un autre titre", prose(0, 400), true),
        ("Un titre", prose(0, 500), true),
    ] {
        let new = arrival("un", title, &text, 1);
        let jaccard = compare(&new, &old, ArticleId(1), &Settings::default()).jaccard;
        assert_eq!(
            changed(&new, &old, jaccard),
            expected,
            "{title}, {} letters",
            text.len()
        );
    }
}

#[test]
fn a_sketch_grows_with_the_text_and_probes_begin_with_it() {
    for (words, keys, probes) in [
        (0, 0, 0),
        (10, 7, 7),
        (400, 16, 32),
        (800, 19, 32),
        (5000, 24, 32),
    ] {
        let f = fingerprint("Titre", &prose(0, words), &|_| false);
        assert_eq!(
            (f.keys.len(), f.probes.len()),
            (keys, probes),
            "{words} words"
        );
        assert_eq!(f.keys, f.probes[..keys]);
    }
}

#[test]
fn a_key_of_too_many_articles_is_passed_over() {
    let mut index = Index::default();
    let text = prose(0, 100);
    for n in 0..=HOT_KEY as i64 {
        let arrival = arrival("un", "Titre", &text, n / 10);
        index.insert(Known {
            article: ArticleId(n),
            story: StoryId(n),
            representative: ArticleId(n),
            behind: None,
            arrival,
        });
        let Ok(found) = index.sharing(
            &fingerprint("", &text, &|_| false).probes,
            &Span::around(at(0), 48),
        );
        let expected = if n < HOT_KEY as i64 {
            (n as usize + 1).min(MOST_CANDIDATES)
        } else {
            0
        };
        assert_eq!(found.len(), expected, "{n}");
    }
}

proptest! {
    #[test]
    fn any_text_has_a_fingerprint(title in "\\PC{0,60}", text in "(\\PC|\n){0,400}") {
        let f = fingerprint(&title, &text, &|_| false);
        let details = f.details.as_deref().expect("it is whole");
        prop_assert!(details.numbers.is_sorted() && details.slots.is_sorted());
        prop_assert!(f.shingles.is_sorted());
        prop_assert_eq!(&f, &fingerprint(&title, &text, &|_| false));
        let _ = press::credit(&text);
        if let Some(found) = press::dateline(&text) {
            prop_assert!(text.is_char_boundary(found.len));
        }
    }

    #[test]
    fn measures_mirror_each_other(a in 0_usize..300, b in 1_usize..300, c in 0_usize..300, d in 1_usize..300) {
        let one = arrival("un", "Un", &prose(a, a + b), 0);
        let two = arrival("deux", "Deux", &prose(c, c + d), 1);
        let settings = Settings::default();
        let (there, back) = (compare(&one, &two, ArticleId(1), &settings), compare(&two, &one, ArticleId(1), &settings));
        prop_assert!((there.jaccard - back.jaccard).abs() < 1e-12);
        prop_assert!((there.containment - back.contained).abs() < 1e-12);
        prop_assert!((there.contained - back.containment).abs() < 1e-12);
        prop_assert_eq!(there.level == Level::Story, back.level == Level::Story);
    }
}
