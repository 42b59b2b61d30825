//! The whole way of an article: where it was seen, how its text was had, what it was compared with,
//! what each topic said. What was stored at the time, not a judgement made for the occasion.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use url::Url;

use crate::config::{Config, parse_duration};
use crate::model::{ArticleId, TopicId};
use crate::store::{ArticleRow, PublishedAs, Queries, StoreError, VerdictRow};
use crate::text::url::strip_tracking;

/// The article that a person names by its number or any of its addresses: outside none when the
/// text is neither, inside none when nothing is known of it.
///
/// # Errors
/// When the store refuses.
pub fn find(
    config: &Config,
    queries: &Queries<'_>,
    wanted: &str,
) -> Result<Option<Option<ArticleId>>, StoreError> {
    if let Ok(id) = wanted.parse() {
        return Ok(Some(queries.article(ArticleId(id))?.map(|row| row.id)));
    }
    let Ok(url) = Url::parse(wanted) else {
        return Ok(None);
    };
    let families = &config.sites.families;
    for identity in [
        families.identity(&url),
        families.identity(&strip_tracking(&url)),
    ] {
        if let Some(id) = queries.by_identity(&identity.key)? {
            return Ok(Some(Some(id)));
        }
    }
    Ok(Some(None))
}

/// Everything that is known of an article, as JSON.
///
/// # Errors
/// When the store refuses.
pub fn way(
    config: &Config,
    queries: &Queries<'_>,
    row: &ArticleRow,
    now: DateTime<Utc>,
) -> Result<Value, StoreError> {
    let seen: Vec<Value> = queries
        .seen_at(row.id)?
        .iter()
        .map(|s| json!({"source": s.source, "candidate": s.candidate, "first_seen": s.first_seen}))
        .collect();
    let versions: Vec<Value> = queries
        .versions(row.id)?
        .iter()
        .map(|v| json!({"until": v.changed, "title": v.title, "words": v.words}))
        .collect();
    let members: Vec<Value> = queries
        .members(row.head)?
        .iter()
        .map(|m| {
            json!({"id": m.id, "source": m.source, "url": m.url, "title": m.title,
                "state": m.state, "published": m.published, "level": m.level})
        })
        .collect();
    let published = queries.published_as(row.head)?;
    let entries: Vec<Value> = (published.iter())
        .map(|e| {
            json!({"topic": e.topic, "shows": e.article, "atom_id": e.atom_id,
                "published": e.published, "updated": e.updated, "in_feed": is_in_feed(config, e, now)})
        })
        .collect();
    let in_feed = published.iter().any(|e| is_in_feed(config, e, now));
    let verdicts = verdicts(config, queries, row)?;
    Ok(json!({
        "id": row.id, "title": row.title, "subtitle": row.subtitle, "section": row.section,
        "url": row.url, "source": row.source,
        "state": row.state, "reason": reason(row, queries.rejected_by(row.id)?, in_feed),
        "identity": row.identity, "aliases": queries.aliases(row.id)?, "seen": seen,
        "published": row.published, "first_seen": row.first_seen, "updated": row.updated,
        "language": row.language, "agency": row.agency, "place": row.place,
        "extraction": {
            "how": row.how, "agreement": row.agreement, "words": row.words, "pages": row.pages,
            "attempts": row.attempts, "last_error": row.last_error, "next_try": row.next_try,
        },
        "versions": versions,
        "story": {
            "level": row.dup_level, "of": row.dup_of, "score": row.dup_score,
            "head": row.head, "assignment": assignment(row), "members": members,
        },
        "verdicts": verdicts,
        "entries": entries,
    }))
}

/// Whether an entry is young enough for its topic's feed.
fn is_in_feed(config: &Config, entry: &PublishedAs, now: DateTime<Utc>) -> bool {
    let Some(topic) = config.topic(&entry.topic) else {
        return false;
    };
    let since = topic.since.as_deref().and_then(|s| parse_duration(s).ok());
    let reach = since.and_then(|since| TimeDelta::from_std(since).ok());
    reach.is_none_or(|reach| now - entry.published <= reach)
}

/// What a state means for this article, in a sentence.
fn reason(row: &ArticleRow, rejected_by: Option<i64>, in_feed: bool) -> String {
    let error = row.last_error.as_deref().unwrap_or("no reason is stored");
    match row.state.as_str() {
        "old" => format!("a gate kept it out before its page was fetched: {error}"),
        "rejected" if rejected_by.is_some() => {
            format!("explicit rules rejected it before its page was fetched: {error}")
        }
        "rejected" => "it is stored, and no topic wants it".to_owned(),
        "seen" => "it waits for its page".to_owned(),
        "duplicate" => "another article of its group stands for it".to_owned(),
        _ if !in_feed => {
            "it was in a feed, and has left it: it is older than the topic's `since`, or the topic is no longer configured"
                .to_owned()
        }
        _ => "it stands in a feed".to_owned(),
    }
}

/// The comparison as it was made; a sentence where there was none.
fn assignment(row: &ArticleRow) -> Value {
    if !row.placed && !row.how.is_empty() {
        return json!(
            "it was not compared with other articles, since no topic wants it or nearly does"
        );
    }
    let Some(why) = &row.dup_why else {
        return Value::Null;
    };
    serde_json::from_str(why).unwrap_or_else(|_| json!(why))
}

/// What each topic said, in the order of their names.
fn verdicts(
    config: &Config,
    queries: &Queries<'_>,
    row: &ArticleRow,
) -> Result<Vec<Value>, StoreError> {
    let found = queries.verdicts(row.id)?;
    let judged: BTreeMap<TopicId, i64> = queries.judged_by(row.id)?.into_iter().collect();
    let said = judged.into_iter().filter_map(|(topic, rules)| {
        match found.iter().find(|verdict| verdict.topic == topic) {
            Some(found) => Some(verdict(config, found)),
            None => blank(config, row, &topic, rules),
        }
    });
    Ok(said.collect())
}

/// What a topic said that found nothing: by its rules of now, if they are those it judged by.
fn blank(config: &Config, row: &ArticleRow, id: &TopicId, rules: i64) -> Option<Value> {
    let topic = config.topic(id)?;
    let current = topic.rules_hash().cast_signed() == rules;
    if !current {
        return Some(
            json!({"topic": id, "matched": false, "score": 0.0, "why": [],
            "missed": ["nothing of its terms was found"], "current": false}),
        );
    }
    let verdict = config.blank(id, &row.source, row.language.as_deref())?;
    let mut value = serde_json::to_value(verdict).unwrap_or_default();
    value["current"] = json!(true);
    Some(value)
}

fn verdict(config: &Config, row: &VerdictRow) -> Value {
    let mut value: Value = serde_json::from_str(&row.why).unwrap_or_else(|_| json!({}));
    value["topic"] = json!(row.topic);
    value["matched"] = json!(row.matched);
    value["score"] = json!(row.score);
    let current = config
        .topic(&row.topic)
        .is_some_and(|t| t.rules_hash() as i64 == row.rules);
    value["current"] = json!(current);
    value
}

/// Whether a comparison says more than that two texts have nothing in common.
pub fn is_telling(comparison: &Value) -> bool {
    const LITTLE: f64 = 0.05;
    let measures = ["jaccard", "containment", "contained"];
    !comparison["guard"].is_null()
        || measures
            .iter()
            .any(|m| comparison[*m].as_f64().unwrap_or_default() >= LITTLE)
}
