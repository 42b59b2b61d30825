//! Story identity on labelled pairs: copies as outlets make them, and the lookalikes that must
//! stay apart. Pairs are written from a grammar; where `DEPECHE_CORPORA` names a folder with
//! `articles/*/expected.jsonl`, the same is asked of real articles.

mod cuts;
mod edits;
mod lookalikes;
mod prose;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use depeche::story::{Assignment, Draft, Level, Settings, Stories};

use edits::{EDITS, Edit, edit, follow_up};
use prose::{Article, Dice, issue, write};

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_268_800, 0).expect("a date of 2026")
}

fn draft(source: &str, article: &Article, hours: i64) -> Draft {
    Draft {
        source: source.to_owned(),
        title: article.title.clone(),
        text: article.text(),
        published: Some(noon() + TimeDelta::hours(hours)),
        language: Some("fr".to_owned()),
        ..Draft::default()
    }
}

fn given(source: &str, title: &str, text: String, hours: i64) -> Draft {
    Draft {
        source: source.to_owned(),
        title: title.to_owned(),
        text,
        published: Some(noon() + TimeDelta::hours(hours)),
        language: Some("fr".to_owned()),
        ..Draft::default()
    }
}

/// What the second article is to the first, with nothing else known.
fn pair(first: Draft, second: Draft) -> Assignment {
    let mut stories = Stories::new(Settings::default());
    stories.take(first);
    stories.take(second).1
}

/// Real articles of some length, when a corpus is at hand.
fn corpus() -> Vec<Article> {
    let Ok(folder) = std::env::var("DEPECHE_CORPORA") else {
        return Vec::new();
    };
    let mut articles = Vec::new();
    let folders =
        std::fs::read_dir(format!("{folder}/articles")).expect("DEPECHE_CORPORA holds articles/");
    for entry in folders {
        let file = entry.expect("a folder entry").path().join("expected.jsonl");
        let lines = std::fs::read_to_string(&file).unwrap_or_default();
        for line in lines.lines() {
            let value: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
            let body = value["body"].as_str().unwrap_or_default();
            let paragraphs: Vec<String> = body
                .lines()
                .map(str::trim)
                .filter(|p| !p.is_empty())
                .map(str::to_owned)
                .collect();
            let article = Article {
                title: format!("Titre {}", articles.len()),
                paragraphs,
            };
            if article.words() >= 150 && article.words() < 1500 && article.paragraphs.len() >= 5 {
                articles.push(article);
            }
        }
    }
    articles
}

fn all() -> Vec<Article> {
    let mut articles: Vec<Article> = (0..240).map(write).collect();
    articles.extend(corpus());
    articles
}

fn rate(hits: usize, of: usize) -> f64 {
    hits as f64 / of.max(1) as f64
}

#[test]
fn copies_are_found_among_all_the_others() {
    let articles = all();
    for kind in EDITS {
        let mut stories = Stories::new(Settings::default());
        let ids: Vec<_> = articles
            .iter()
            .map(|a| stories.take(draft("agence", a, 0)))
            .collect();
        let alone = ids.iter().filter(|(_, a)| a.level <= Level::Story).count();
        assert!(
            rate(alone, ids.len()) >= 0.99,
            "different articles stay apart: {alone} of {}",
            ids.len()
        );
        let mut levels: BTreeMap<Level, usize> = BTreeMap::new();
        let mut right = 0;
        for (n, article) in articles.iter().enumerate() {
            let mut dice = Dice::new(n as u64 ^ 0x77);
            // Another outlet each: what one outlet repeats would be learned, which is another test.
            let (_, given) = stories.take(draft(
                &format!("journal-{n}"),
                &edit(article, kind, &mut dice),
                20,
            ));
            *levels.entry(given.level).or_default() += 1;
            right += usize::from(given.level >= Level::Extends && given.of == Some(ids[n].0));
        }
        println!("{kind:?}: {right} of {} found, {levels:?}", articles.len());
        assert!(
            rate(right, articles.len()) >= 0.98,
            "{kind:?}: {right} of {}",
            articles.len()
        );
    }
}

#[test]
fn either_order_of_arrival_is_seen() {
    let articles = all();
    let (mut brief_first, mut long_first) = (0, 0);
    for (n, article) in articles.iter().enumerate() {
        let brief = edit(article, Edit::Truncated, &mut Dice::new(n as u64));
        let a = pair(draft("agence", &brief, 0), draft("journal", article, 5));
        let b = pair(draft("agence", article, 0), draft("journal", &brief, 5));
        brief_first += usize::from(a.level >= Level::Extends);
        long_first += usize::from(b.level == Level::Copy);
    }
    println!(
        "brief first {brief_first}, long first {long_first} of {}",
        articles.len()
    );
    assert!(rate(brief_first, articles.len()) >= 0.98);
    assert!(rate(long_first, articles.len()) >= 0.98);
}

#[test]
fn issues_of_a_series_stay_apart() {
    for (name, sources) in [("one source", 1), ("several sources", 5)] {
        let (mut merged, mut pairs) = (0, 0);
        for series in 0..4 {
            for n in 0..60_u64 {
                let source = |n: u64| format!("source-{}", n % sources);
                let first = draft(&source(n), &issue(series, n * 2), 0);
                let second = draft(&source(n + 1), &issue(series, n * 2 + 1), 24);
                pairs += 1;
                merged += usize::from(pair(first, second).level > Level::Story);
            }
        }
        println!("series, {name}: {merged} of {pairs} merged");
        assert!(rate(merged, pairs) <= 0.05, "{name}: {merged} of {pairs}");
    }
}

#[test]
fn follow_ups_are_linked_and_not_merged() {
    let articles = all();
    for percent in [30, 50, 70] {
        let (mut hidden, mut merged) = (0, 0);
        for (n, article) in articles.iter().enumerate() {
            let fresh = &articles[(n + 7) % articles.len()];
            let next = follow_up(article, fresh, percent, &mut Dice::new(n as u64));
            let given = pair(draft("agence", article, 0), draft("agence", &next, 20));
            hidden += usize::from(given.level == Level::Copy);
            merged += usize::from(given.level > Level::Story);
        }
        println!(
            "follow-ups with {percent} % of the first: {merged} attached, {hidden} hidden of {}",
            articles.len()
        );
        assert!(
            rate(hidden, articles.len()) <= 0.02,
            "{percent} %: {hidden} of {}",
            articles.len()
        );
        // One that repeats seven tenths of the first is derived from it by definition.
        assert!(
            percent == 70 || rate(merged, articles.len()) <= 0.02,
            "{percent} %: {merged} of {}",
            articles.len()
        );
    }
}

/// An agency's dispatch, as the agency, another outlet and a blog carry it.
const DISPATCH: &str = "Un train de marchandises chargé de machines agricoles est arrivé vendredi dans la capitale \
    après quinze jours de voyage à travers les steppes.\n\
    Le convoi de quarante-deux wagons inaugure une liaison régulière, a indiqué la direction des chemins de fer, \
    qui compte sur un départ par semaine dès le printemps.\n\
    Les exportateurs de fruits secs y voient un débouché, tandis que les transporteurs routiers craignent pour leurs \
    contrats. Un comité conjoint se réunira en octobre pour fixer les tarifs et simplifier les formalités en douane.\n\
    « C'est la fin des trois semaines d'attente à la frontière », s'est félicitée la directrice du terminal.";

#[test]
fn an_agency_text_is_known_wherever_it_travels() {
    let mut stories = Stories::new(Settings::default());
    let title = "Un premier train de machines agricoles rallie la capitale";
    let agency = format!(
        "DOUCHANBE, 17 septembre (Xinhua) -- {DISPATCH} Fin\n010020070770000000000000011100001310193761"
    );
    // The old template prints the whole text twice.
    let agency = format!(
        "{agency}\nVous avez une question, une remarque, des suggestions ? Contactez notre équipe de rédaction\n{agency}"
    );
    let (first, _) = stories.take(given("agence", title, agency, 0));

    let two_days = DISPATCH.replacen('\n', "\n(Xinhua/Liu Bin)\n", 2);
    let two_days =
        format!("Xinhua 19.09.2021 08h32\n{two_days}\n(Web editor: Ying Xie, Yishuang Liu)");
    let (second, found) = stories.take(given("quotidien", title, two_days, 48));
    assert_eq!((found.level, found.of), (Level::Copy, Some(first)));

    let ten_months =
        format!("{DISPATCH}\nSource: French.news.cn | 2022-09-16 | | Publié le:2023-07-12");
    let (_, found) = stories.take(given("revue", "Archives", ten_months, 300 * 24));
    assert_eq!(found.level, Level::Copy);
    assert!([Some(first), Some(second)].contains(&found.of));
}

#[test]
fn one_article_under_several_addresses_is_updated_in_place() {
    let mut stories = Stories::new(Settings::default());
    let mut ids = Vec::new();
    for (canonical, title) in [
        (
            "radiohc.example/fr/268534-un-train",
            "Un train rallie la capitale",
        ),
        (
            "radiohc.example/en/268534-un-train",
            "Un train rallie la capitale",
        ),
        (
            "radiohc.example/fr/268534-un-train",
            "Un train rallie la capitale (actualisé)",
        ),
    ] {
        let draft = Draft {
            canonical: canonical.to_owned(),
            identity: Some("rhc 268534".to_owned()),
            ..given("radio", title, DISPATCH.to_owned(), 0)
        };
        ids.push(stories.take(draft));
    }
    assert_eq!(ids[0].1.level, Level::New);
    assert!(
        ids[1..]
            .iter()
            .all(|(id, found)| *id == ids[0].0 && found.level == Level::Same),
        "{ids:?}"
    );
    assert_eq!(stories.index().len(), 1);
}

#[test]
fn two_translations_of_one_release_stay_apart() {
    let other = "Vendredi, un convoi ferroviaire transportant des engins pour l'agriculture a atteint la capitale, au terme \
        d'un trajet de quinze jours dans la steppe.\n\
        Formé de quarante-deux wagons, il ouvre un service régulier qui devrait compter un train hebdomadaire à partir du \
        printemps, selon la compagnie nationale des chemins de fer.\n\
        Si les vendeurs de fruits secs espèrent de nouveaux marchés, les routiers redoutent la perte de leurs contrats. Une \
        commission commune tiendra séance en octobre afin d'arrêter les prix et d'alléger les procédures douanières.\n\
        « Fini d'attendre trois semaines au poste frontière », s'est réjouie la responsable du terminal.";
    let found = pair(
        given(
            "fil",
            "Un premier train rallie la capitale",
            DISPATCH.to_owned(),
            0,
        ),
        given(
            "fil",
            "Arrivée d'un convoi ferroviaire agricole",
            other.to_owned(),
            0,
        ),
    );
    assert!(found.level <= Level::Story, "{found:?}");
}

#[test]
fn what_a_source_repeats_is_learned_and_merges_nothing() {
    let notice = "La rédaction de ce journal est composée de bénévoles passionnés qui rédigent, relisent et traduisent \
        chaque semaine des dizaines d'articles afin que la région soit mieux connue du public francophone, sans publicité \
        ni subvention, grâce aux seuls dons des lectrices et des lecteurs. Un don de quelques euros suffit pour que cette \
        aventure continue, et ouvre droit à une réduction d'impôt dans plusieurs pays européens ainsi qu'au Canada.";
    let mut stories = Stories::new(Settings::default());
    let mut levels = Vec::new();
    for seed in 0..12 {
        let mut article = write(seed * 31 + 5);
        article.paragraphs.truncate(2);
        article.paragraphs.push(notice.to_owned());
        levels.push(stories.take(draft("revue", &article, seed.cast_signed())).1);
    }
    assert!(
        levels[4..]
            .iter()
            .all(|found| found.level == Level::New && found.jaccard < 0.1),
        "{levels:?}"
    );
    assert!(
        levels.iter().all(|found| found.level != Level::Copy),
        "{levels:?}"
    );
}

#[test]
fn one_title_seven_weeks_apart_is_two_articles() {
    let title = "Les étapes d'une fronde inédite dans les campagnes";
    let found = pair(
        given("agence", title, write(3).text(), 0),
        given("agence", title, write(4).text(), 7 * 7 * 24),
    );
    assert_eq!(found.level, Level::New);
}
