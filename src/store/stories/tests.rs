//! Articles as they are committed: places given late, taken back, and shared.

use chrono::TimeDelta;

use super::super::{Attempt, Gate, Store};
use super::*;
use crate::model::{Candidate, Extracted};
use crate::story::{fingerprint_and_paragraphs, trace_and_paragraphs};

const TEXT: &str = "La Chine et le Pérou ont signé lundi un accord sur le port de Chancay, qui ouvrira une route \
    maritime directe vers Shanghai et ramènera la traversée à vingt-trois jours.\nLes deux gouvernements veulent \
    doubler leurs échanges avant la fin de la décennie, selon le ministre péruvien du Commerce.";

fn terms() -> Terms {
    Terms {
        stories: Settings::default(),
        apart: Arc::default(),
        minting: Minting {
            authority: "a.example".to_owned(),
            date: "2026-11-22".to_owned(),
        },
        rulebook: Arc::new(Rulebook::new(Vec::new())),
    }
}

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

fn record(w: &Writer<'_>, source: &str, name: &str) -> Result<ArticleId> {
    let url = format!("https://{source}.example/{name}");
    let seen = w.record_sighting(
        &Sighting {
            source: SourceId(source.into()),
            candidate: Candidate {
                id: url.clone(),
                ..Candidate::default()
            },
            identity: url.clone(),
            url,
            domain: format!("{source}.example"),
            hash: 0,
            gate: Gate::Open,
            hold: TimeDelta::hours(1),
        },
        now(),
    )?;
    let Seen::New(id) = seen else {
        panic!("{name} is known: {seen:?}");
    };
    Ok(id)
}

fn commit(source: &str, text: &str, compared: bool) -> Commit {
    let (fingerprint, paragraphs) = match compared {
        true => fingerprint_and_paragraphs("Un titre", text, &|_| false),
        false => trace_and_paragraphs(text),
    };
    Commit {
        storing: Storing {
            extracted: Extracted {
                title: Some("Un titre".to_owned()),
                text: text.to_owned(),
                how: "feed".to_owned(),
                ..Extracted::default()
            },
            summary: String::new(),
            categories: Vec::new(),
            enclosures: Vec::new(),
            outlet_date: None,
            hold_until: now(),
            attempt: Attempt::default(),
        },
        arrival: Arrival {
            source: SourceId(source.into()),
            outlet: String::new(),
            title: "Un titre".to_owned(),
            canonical: String::new(),
            identity: None,
            published: now(),
            language: None,
            compared: true,
            fingerprint: Arc::new(fingerprint),
        },
        compared,
        paragraphs: paragraphs.into_iter().map(u64::cast_signed).collect(),
        verdicts: Vec::new(),
        boilerplate: 0,
        aliases: Vec::new(),
    }
}

fn wanted(mut commit: Commit) -> Commit {
    commit.verdicts.push(VerdictRow {
        topic: "t".into(),
        matched: true,
        score: 1.0,
        why: "{}".to_owned(),
        rules: 1,
    });
    commit
}

fn number(w: &Writer<'_>, sql: &str) -> Result<i64> {
    Ok(w.query_row(sql, [], |row| row.get(0))?)
}

async fn with_store(work: impl Fn(&Writer<'_>) -> Result<()> + Send + 'static) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("a store");
    store.write(work).await.expect("written");
    store.close().await;
}

#[tokio::test]
async fn a_text_that_its_source_shows_again_is_no_boilerplate() {
    with_store(|w| {
        for name in ["un", "deux", "trois"] {
            let id = record(w, "a", name)?;
            w.commit_article(id, &commit("a", TEXT, false), &terms(), now())?;
        }
        assert_eq!(number(w, "SELECT max(stories) FROM paragraph")?, 1);
        let other = format!(
            "Un tout autre début.\n{}",
            TEXT.lines().nth(1).unwrap_or_default()
        );
        let id = record(w, "a", "autre")?;
        w.commit_article(id, &commit("a", &other, false), &terms(), now())?;
        assert_eq!(number(w, "SELECT max(stories) FROM paragraph")?, 2);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_was_found_to_be_another_article_can_stand_alone_again() {
    with_store(|w| {
        let (one, other) = (record(w, "a", "un")?, record(w, "a", "autre")?);
        w.commit_article(one, &commit("a", TEXT, false), &terms(), now())?;
        let mut same = commit("a", TEXT, false);
        same.aliases = vec!["https://a.example/un".to_owned()];
        let merged = w.commit_article(other, &same, &terms(), now())?;
        assert_eq!((merged.level, w.queries().head(other)?), (Level::Same, one));
        let alone = commit(
            "a",
            "Un texte qui n'a plus rien à voir avec le premier.",
            false,
        );
        w.commit_article(other, &alone, &terms(), now())?;
        assert_eq!(w.queries().head(other)?, other);
        assert_eq!(
            number(w, "SELECT count(*) FROM article WHERE dup_of IS NOT NULL")?,
            0
        );
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn an_article_that_gets_its_place_late_brings_those_that_stand_behind_it() {
    with_store(|w| {
        let (late, behind) = (record(w, "a", "un")?, record(w, "a", "autre")?);
        w.commit_article(late, &commit("a", TEXT, false), &terms(), now())?;
        let first = wanted(commit("a", "Un texte que son adresse trahit.", true));
        w.commit_article(behind, &first, &terms(), now())?;
        let mut same = commit("a", TEXT, true);
        same.aliases = vec!["https://a.example/un".to_owned()];
        w.commit_article(behind, &same, &terms(), now())?;
        assert_eq!(w.queries().head(behind)?, late);
        let copy = record(w, "b", "copie")?;
        w.commit_article(copy, &wanted(commit("b", TEXT, true)), &terms(), now())?;
        w.place_stored(late, &terms(), now())?;
        w.settle(w.queries().head(late)?, &terms().minting, now())?;
        for id in [late, behind] {
            assert_eq!(w.queries().head(id)?, copy);
        }
        assert_eq!(number(w, "SELECT count(*) FROM entry")?, 1);
        assert_eq!(number(w, "SELECT head FROM entry")?, copy.0);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_topics_said_before_an_article_had_its_place_is_taken_back_with_its_text() {
    with_store(|w| {
        let id = record(w, "a", "un")?;
        let mut touched = wanted(commit("a", "Une visite au Japon.", false));
        touched.verdicts[0].matched = false;
        w.commit_article(id, &touched, &terms(), now())?;
        assert_eq!(w.queries().verdicts(id)?.len(), 1);
        w.commit_article(id, &commit("a", TEXT, true), &terms(), now())?;
        assert_eq!(w.queries().verdicts(id)?.len(), 0);
        Ok(())
    })
    .await;
}
