//! Judging stored articles again after the topics changed, without network.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, TimeDelta, Utc};

use super::classifier::{self, Asked};
use super::{Pipeline, candidates, terms};
use crate::config::Config;
use crate::model::{ArticleId, SourceId, TopicId};
use crate::store::{ArticleRow, Minting, Queries, Reader, Store, StoreError, Trial, VerdictRow};
use crate::topic::{Document, Text, Topic, Verdict};

/// Articles judged in one transaction.
const BATCH: usize = 200;

impl Pipeline {
    /// Judges every stored article since `since` by the topics whose rules it has not been judged
    /// by, and lets in the candidates that only former rules rejected; returns how many verdicts
    /// were given. Topics that left the configuration are forgotten.
    ///
    /// # Errors
    /// When the store refuses; what was judged before stays judged.
    pub async fn rejudge(
        &self,
        config: &Config,
        since: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let judged = rejudge(&self.store, config, &self.minting, since, now).await?;
        if judged > 0 {
            self.changed.notify_one();
        }
        Ok(judged)
    }
}

/// What [`Pipeline::rejudge`] does, for a store without a client.
///
/// # Errors
/// When the store refuses; what was judged before stays judged.
pub async fn rejudge(
    store: &Store,
    config: &Config,
    minting: &Minting,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let ids: Vec<_> = config.topics.iter().map(|t| t.id.clone()).collect();
    store.write(move |w| w.retain_topics(&ids)).await?;
    let mut judged = 0;
    loop {
        let rulebook = config.rulebook.id;
        let articles: Vec<Judged> = store
            .read(move |r| {
                let q = r.queries();
                let ids = q.judged_by_others(rulebook, since, BATCH)?.into_iter();
                ids.filter_map(|id| read(&q, id).transpose()).collect()
            })
            .await?;
        if articles.is_empty() {
            break;
        }
        let ids = articles.iter().map(|article| article.row.id).collect();
        let mut changes = Vec::new();
        for (article, verdicts) in judge_again(config, articles).await {
            changes.extend(verdicts.iter().map(|verdict| NewVerdict {
                article: article.row.id,
                topic: verdict.topic.clone(),
                found: stored(verdict, rules_of(config, &verdict.topic)),
                is_close: verdict.is_close(),
            }));
        }
        judged += changes.len();
        keep(store, (ids, changes), config, (minting, now)).await?;
    }
    admit(store, config, now).await?;
    Ok(judged)
}

/// A stored article, and the rules by which each topic has judged it.
struct Judged {
    row: ArticleRow,
    by: HashMap<TopicId, i64>,
}

fn read(queries: &Queries<'_>, id: ArticleId) -> Result<Option<Judged>, StoreError> {
    let by = queries.judged_by(id)?;
    Ok(queries.article(id)?.map(|row| Judged { row, by }))
}

/// The hash of a topic's present rules; nothing's where it has gone.
fn rules_of(config: &Config, topic: &TopicId) -> i64 {
    config.topic(topic).map_or(0, |t| t.rules_hash() as i64)
}

/// What topics say now of stored articles that they have judged by other rules, or not at all, their
/// own programs included. Each article is taken into words once, for all topics. Of one on which the
/// program itself fails nothing new is said.
async fn judge_again(config: &Config, articles: Vec<Judged>) -> Vec<(Judged, Vec<Verdict>)> {
    let matcher = config.matcher.clone();
    let of_sources = articles.into_iter().map(|article| {
        let tags = tags(config, &article.row);
        (article, tags)
    });
    let articles: Vec<(Judged, Vec<String>)> = of_sources.collect();
    let work = tokio::task::spawn_blocking(move || {
        let judged = articles.into_iter().map(|(article, tags)| {
            let judge = || matcher.judge(&document(&article.row, &tags));
            let verdicts = catch_unwind(AssertUnwindSafe(judge)).unwrap_or_default();
            (article, verdicts)
        });
        judged.collect::<Vec<_>>()
    });
    let mut again = work.await.unwrap_or_default();
    for (article, verdicts) in &mut again {
        let is_new = |v: &Verdict| article.by.get(&v.topic) != Some(&rules_of(config, &v.topic));
        let new = std::mem::take(verdicts).into_iter().filter(is_new);
        for verdict in new {
            let Some(topic) = config.topic(&verdict.topic) else {
                continue;
            };
            verdicts.push(classifier::ask(topic, &asked(&article.row), verdict).await);
        }
    }
    again
}

/// The tags of the source of a stored article.
fn tags(config: &Config, row: &ArticleRow) -> Vec<String> {
    let source = config.source(&row.source);
    source.map(|s| s.tags.clone()).unwrap_or_default()
}

/// A verdict on an article that was judged before.
struct NewVerdict {
    article: ArticleId,
    topic: TopicId,
    /// None where nothing was found.
    found: Option<VerdictRow>,
    /// Whether the article is to be compared with others.
    is_close: bool,
}

async fn keep(
    store: &Store,
    (articles, verdicts): (Vec<ArticleId>, Vec<NewVerdict>),
    config: &Config,
    (minting, now): (&Minting, DateTime<Utc>),
) -> Result<(), StoreError> {
    let terms = terms(config, minting);
    store
        .write(move |w| {
            for new in &verdicts {
                match &new.found {
                    Some(verdict) => w.record_verdict(new.article, verdict, now)?,
                    None => w.forget_verdict(new.article, &new.topic)?,
                }
                if new.is_close {
                    w.place_stored(new.article, &terms, now)?;
                }
            }
            for article in &articles {
                w.judged_by_all(*article, &terms.rulebook)?;
            }
            let settled: BTreeSet<ArticleId> = verdicts.iter().map(|new| new.article).collect();
            for article in settled {
                w.settle(w.queries().head(article)?, &terms.minting, now)?;
            }
            Ok(())
        })
        .await
}

/// A verdict as the store keeps it, with the hash of the rules that gave it; None where nothing was
/// found: that is said of all topics at once.
pub(super) fn stored(verdict: &Verdict, rules: i64) -> Option<VerdictRow> {
    (!verdict.is_blank()).then(|| VerdictRow {
        topic: verdict.topic.clone(),
        matched: verdict.matched,
        score: verdict.score,
        why: serde_json::to_string(verdict).unwrap_or_default(),
        rules,
    })
}

/// Stored articles in their order with the verdict of one topic, its own program included.
pub async fn judge_stored(
    config: &Config,
    topic: &Topic,
    rows: Vec<ArticleRow>,
) -> Vec<(ArticleRow, Verdict)> {
    let (matcher, id) = (config.matcher.clone(), topic.id.clone());
    let tags: Vec<Vec<String>> = rows.iter().map(|row| tags(config, row)).collect();
    let work = tokio::task::spawn_blocking(move || {
        let explained = rows.into_iter().zip(tags).filter_map(|(row, tags)| {
            let verdict = matcher.explain(&document(&row, &tags), &id)?;
            Some((row, verdict))
        });
        explained.collect::<Vec<_>>()
    });
    let mut judged = Vec::new();
    for (row, verdict) in work.await.unwrap_or_default() {
        let verdict = classifier::ask(topic, &asked(&row), verdict).await;
        judged.push((row, verdict));
    }
    judged
}

/// A stored article as a topic's own program is asked about it.
fn asked(row: &ArticleRow) -> Asked<'_> {
    Asked {
        title: &row.title,
        summary: &row.summary,
        text: &row.text,
        url: &row.url,
        language: row.language.as_deref(),
        source: row.source.as_str(),
        categories: &row.categories,
    }
}

/// The verdict of one topic on a text, its own program included.
pub async fn judge_text(
    config: &Config,
    topic: &Topic,
    document: &Document,
    article: &Asked<'_>,
) -> Option<Verdict> {
    let verdict = config.matcher.explain(document, &topic.id)?;
    Some(classifier::ask(topic, article, verdict).await)
}

/// A stored article as the topics read it.
fn document(row: &ArticleRow, tags: &[String]) -> Document {
    Document::new(&Text {
        title: &row.title,
        summary: &row.summary,
        body: &row.text,
        categories: &row.categories,
        url: &row.url,
        language: row.language.as_deref(),
        source: row.source.as_str(),
        tags,
    })
}

/// Lets in the candidates that were rejected before their pages were fetched, by rules that have
/// changed since and reject them no more. They become due.
async fn admit(store: &Store, config: &Config, now: DateTime<Utc>) -> Result<(), StoreError> {
    let rules = config.rulebook.id;
    let hold = TimeDelta::from_std(config.extract.hold).unwrap_or(TimeDelta::hours(1));
    loop {
        let rejected = store
            .read(move |r| r.queries().rejected_by_others(rules, BATCH))
            .await?;
        if rejected.is_empty() {
            return Ok(());
        }
        let decided: Vec<(ArticleId, Option<String>)> = rejected
            .into_iter()
            .map(|(id, source, candidate)| {
                let reason = match config.source(&source) {
                    None => Some("its source is no longer configured".to_owned()),
                    Some(source) => candidate
                        .published
                        .or(candidate.updated)
                        .and_then(|date| candidates::too_old(source, date, now))
                        .or_else(|| candidates::rejected(config, source, &candidate)),
                };
                (id, reason)
            })
            .collect();
        store
            .write(move |w| {
                for (id, reason) in &decided {
                    match reason {
                        Some(reason) => w.reject_again(*id, rules, reason)?,
                        None => w.admit(*id, now + hold, now)?,
                    }
                }
                Ok(())
            })
            .await?;
    }
}

/// An entry that would come or go.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The topic.
    pub topic: TopicId,
    /// Whether it enters the feed; else it leaves it.
    pub enters: bool,
    /// The article.
    pub article: ArticleId,
    /// Its source.
    pub source: SourceId,
    /// Its title.
    pub title: String,
}

/// A group of copies as one topic sees it.
struct Group {
    wanted: bool,
    article: ArticleId,
    source: SourceId,
    title: String,
}

/// What [`rejudge`] would change in the feeds; reads only.
///
/// # Errors
/// When the store cannot be read.
pub async fn changes(
    config: &Config,
    reader: &Reader,
    since: DateTime<Utc>,
) -> Result<Vec<Change>, StoreError> {
    let queries = reader.queries();
    let mut trial = Trial::new(terms(config, &queries.minting()?));
    let mut groups: BTreeMap<(TopicId, ArticleId), Group> = BTreeMap::new();
    for rows in queries.stored(since) {
        let known = rows?.into_iter().map(|row| {
            let by = queries.judged_by(row.id)?;
            Ok(Judged { row, by })
        });
        let known = known.collect::<Result<Vec<_>, StoreError>>()?;
        for (Judged { row, .. }, new) in judge_again(config, known).await {
            let before = queries.verdicts(row.id)?;
            let head = match new.iter().any(Verdict::is_close) {
                true => trial.head(reader.queries(), &row)?,
                false => row.head,
            };
            for topic in &config.topics {
                let new = new.iter().find(|v| v.topic == topic.id);
                let wanted = match new {
                    Some(verdict) => verdict.matched,
                    None => before.iter().any(|v| v.topic == topic.id && v.matched),
                };
                let key = (topic.id.clone(), head);
                let group = groups.entry(key).or_insert_with(|| Group {
                    wanted: false,
                    article: row.id,
                    source: row.source.clone(),
                    title: row.title.clone(),
                });
                group.wanted |= wanted;
            }
        }
    }
    compare(&groups, config, reader, since)
}

/// The groups of copies that each topic's feed holds.
pub type Held = BTreeMap<TopicId, BTreeSet<ArticleId>>;

/// What the feeds hold now.
///
/// # Errors
/// When the store cannot be read.
pub fn held(config: &Config, reader: &Reader) -> Result<Held, StoreError> {
    let mut held = Held::new();
    for topic in &config.topics {
        let heads = reader.queries().entry_heads(&topic.id)?;
        held.insert(topic.id.clone(), heads.into_iter().collect());
    }
    Ok(held)
}

/// What has come and gone since: nothing is judged for it, so that no topic's own program is asked
/// twice.
///
/// # Errors
/// When the store cannot be read.
pub fn changes_since(
    before: &Held,
    config: &Config,
    reader: &Reader,
) -> Result<Vec<Change>, StoreError> {
    let mut changes = Vec::new();
    for (topic, now) in held(config, reader)? {
        let before = before.get(&topic).cloned().unwrap_or_default();
        for head in before.symmetric_difference(&now) {
            let Some(row) = reader.queries().article(*head)? else {
                continue;
            };
            changes.push(Change {
                topic: topic.clone(),
                enters: now.contains(head),
                article: row.id,
                source: row.source,
                title: row.title,
            });
        }
    }
    Ok(changes)
}

/// The groups whose place in the feeds is another than their members' verdicts ask for.
fn compare(
    groups: &BTreeMap<(TopicId, ArticleId), Group>,
    config: &Config,
    reader: &Reader,
    since: DateTime<Utc>,
) -> Result<Vec<Change>, StoreError> {
    let entries = held(config, reader)?;
    let mut changes = Vec::new();
    for ((topic, head), group) in groups {
        let held = entries.get(topic).is_some_and(|heads| heads.contains(head));
        if held == group.wanted {
            continue;
        }
        if held && wanted_before(reader, topic, *head, since)? {
            continue;
        }
        changes.push(Change {
            topic: topic.clone(),
            enters: group.wanted,
            article: group.article,
            source: group.source.clone(),
            title: group.title.clone(),
        });
    }
    Ok(changes)
}

/// Whether a member of the group that is too old to be judged again keeps the entry.
fn wanted_before(
    reader: &Reader,
    topic: &TopicId,
    head: ArticleId,
    since: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let queries = reader.queries();
    for member in queries.members(head)? {
        if member.published < since
            && (queries.verdicts(member.id)?.iter()).any(|v| v.topic == *topic && v.matched)
        {
            return Ok(true);
        }
    }
    Ok(false)
}
