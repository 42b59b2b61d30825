//! One article from its row to the commit: page, extraction, fingerprint, judgement.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::classifier::{self, Asked};
use super::plan::{Had, Page, Plan};
use super::rejudge::stored;
use super::turn::{Turn, aside};
use super::{Pipeline, Reach, candidates};
use crate::config::{Config, Source};
use crate::failpoint;
use crate::model::{ArticleId, Candidate, Extracted, SourceId};
use crate::store::{
    Attempt, Commit, Committed, Gate, Pending, Sighting, StoreError, Storing, boilerplate_mark,
    outlet,
};
use crate::story::{Arrival, Level, fingerprint_and_paragraphs, trace_and_paragraphs};
use crate::text::url::{Families, accept_canonical, strip_tracking};
use crate::text::{dates, html, language};
use crate::topic::{Document, Matcher, Text, Verdict};

/// Times that the program may fail on an article before it is given up, and how long it waits after
/// the first of them; after the second twice as long.
const MOST_POISONED: u32 = 3;
const POISON_WAIT: TimeDelta = TimeDelta::minutes(30);
/// Most candidates of one document that are judged and stored with it: others wait for the one thread that writes.
const MOST_AT_ONCE: usize = 200;
/// Fewest words for which a feed's own text counts as the whole article.
const WHOLE_WORDS: usize = 120;

/// What completing an article came to.
#[derive(Debug, Clone)]
pub enum Completed {
    /// Nothing was due, or it was too old.
    Nothing,
    /// Its page could not be had; it waits.
    Deferred {
        /// Why.
        reason: String,
        /// What the attempt said about reaching the world.
        reach: Reach,
    },
    /// It is stored and judged.
    Stored {
        /// Place among the stories.
        level: Level,
        /// Topics that want it.
        topics: usize,
        /// Route that gave the body.
        how: String,
    },
}

impl Page {
    /// The date that only the page told and that is too old for the source: what is left of a
    /// frozen feed or listing without dates.
    fn outdated(
        &self,
        source: &Source,
        pending: &Pending,
        now: DateTime<Utc>,
    ) -> Option<(DateTime<Utc>, String)> {
        let (Self::Article(extracted, _) | Self::Part(extracted, ..)) = self else {
            return None;
        };
        let dated = pending.candidate.published.or(pending.candidate.updated);
        let date = extracted.published?;
        let unknown = dated.is_none() && !pending.judged;
        let reason = candidates::too_old(source, date, now).filter(|_| unknown)?;
        Some((date, reason))
    }
}

impl Pipeline {
    /// Completes articles that are due: fetches their pages, extracts, judges and commits; or lets
    /// them wait, but never longer than their hold. Those that need no page are cheap together:
    /// what is read, computed and committed is so in one go.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn complete(
        &self,
        config: &Config,
        ids: Vec<ArticleId>,
    ) -> Result<Vec<(ArticleId, Completed)>, StoreError> {
        let (mut done, mut ready) = (Vec::new(), Vec::new());
        // Several at once ask for no page; one by itself may.
        let turn = match ids.len() {
            2.. => Some(self.turns.take().await),
            _ => None,
        };
        for (id, found) in self.pending(config, ids).await? {
            let Some((pending, repeated)) = found else {
                done.push((id, Completed::Nothing));
                continue;
            };
            let Some(source) = config.source(&pending.source).cloned() else {
                let orphaned = Attempt {
                    error: Some("its source is no longer configured".to_owned()),
                    ..Attempt::default()
                };
                self.defer(id, pending.hold_until, orphaned).await?;
                done.push((id, Completed::Nothing));
                continue;
            };
            let due = Due {
                pending,
                source,
                repeated: Arc::new(repeated),
            };
            match self.begin(config, due).await? {
                Begun::Ended(completed) => done.push((id, completed)),
                Begun::Ready(finish) => ready.push(*finish),
            }
        }
        done.extend(self.finish(config, ready, turn).await?);
        Ok(done)
    }

    /// The first half: the page, and what is to be done with the article.
    async fn begin(&self, config: &Config, due: Due) -> Result<Begun, StoreError> {
        let page = self.page(config, &due).await?;
        let (pending, now) = (&due.pending, self.clock.now());
        let (id, held) = (pending.id, pending.hold_until);
        if let Some((date, reason)) = page.outdated(&due.source, pending, now) {
            self.store
                .write(move |w| w.conclude(id, held, |w| w.shelve_article(id, date, &reason)))
                .await?;
            return Ok(Begun::Ended(Completed::Nothing));
        }
        Ok(match Plan::of(page, pending, now) {
            Plan::Wait(attempt, reach) => {
                let reason = attempt.error.clone().unwrap_or_default();
                self.defer(id, held, attempt).await?;
                Begun::Ended(Completed::Deferred { reason, reach })
            }
            Plan::Store(attempt, page) => Begun::Ready(Box::new(Finish {
                due,
                attempt,
                page,
                now,
            })),
        })
    }

    /// An article waits, or is left as it is, with what the attempt at its page leaves.
    async fn defer(
        &self,
        id: ArticleId,
        held: DateTime<Utc>,
        attempt: Attempt,
    ) -> Result<(), StoreError> {
        self.store
            .write(move |w| w.conclude(id, held, |w| w.defer_article(id, &attempt)))
            .await
    }

    /// Articles that wait, each with the hashes of the paragraphs that its source repeats: neither
    /// its articles' text nor what they are compared by.
    async fn pending(
        &self,
        config: &Config,
        ids: Vec<ArticleId>,
    ) -> Result<Vec<(ArticleId, Option<(Pending, HashSet<i64>)>)>, StoreError> {
        let (settings, now) = (config.stories.clone(), self.clock.now());
        self.store
            .read(move |r| {
                let found = ids.into_iter().map(|id| {
                    let Some(pending) = r.queries().pending(id)? else {
                        return Ok((id, None));
                    };
                    let repeated = (r.queries()).boilerplate(&pending.source, &settings, now)?;
                    Ok((id, Some((pending, repeated))))
                });
                found.collect()
            })
            .await
    }

    /// An article on which the program itself failed waits, and is given up after some tries.
    async fn poisonous(&self, id: ArticleId, held: DateTime<Utc>) -> Result<(), StoreError> {
        let kills = self.store.write(move |w| w.count_kill(id)).await?;
        let reason = "the program failed on its text, which is a defect of depeche: please report it with this address";
        tracing::error!(article = %id, kills, "article {id}: {reason}");
        let attempt = Attempt {
            next_try: (kills < MOST_POISONED)
                .then(|| self.clock.now() + POISON_WAIT * kills as i32),
            error: Some(reason.to_owned()),
            ..Attempt::default()
        };
        self.defer(id, held, attempt).await
    }

    /// The second half, of many at once.
    async fn finish(
        &self,
        config: &Config,
        ready: Vec<Finish>,
        turn: Option<Turn>,
    ) -> Result<Vec<(ArticleId, Completed)>, StoreError> {
        if ready.is_empty() {
            return Ok(Vec::new());
        }
        let mut turn = match turn {
            Some(turn) => turn,
            None => self.turns.take().await,
        };
        let (matcher, sites) = (config.matcher.clone(), config.sites.clone());
        let asks = classifier::is_asked(config);
        let prepared = aside(move || {
            let contained = |mut finish: Finish| {
                let step = "article.preparing";
                let prepared = finish.prepare_contained(step, (&sites.families, &matcher), asks);
                (finish.due.pending, prepared)
            };
            ready.into_iter().map(contained).collect::<Vec<_>>()
        })
        .await
        .ok_or(StoreError::Stopped)?;
        if asks {
            turn.give_up();
        }
        let mut commits = Vec::with_capacity(prepared.len());
        for (pending, prepared) in prepared {
            match prepared {
                Some((mut commit, judged)) => {
                    asked(config, &mut commit, judged, &pending.url).await;
                    commits.push((pending.id, commit));
                }
                None => self.poisonous(pending.id, pending.hold_until).await?,
            }
        }
        self.commit(config, commits).await
    }

    /// Judges candidates of a source that gives all there is of them, for [`Writer::commit_sighting`]. Nothing comes of
    /// those that are not let in or name no page, of those on which the program fails and of those beyond the first
    /// [`MOST_AT_ONCE`]: they are recorded, and become due.
    ///
    /// [`Writer::commit_sighting`]: crate::store::Writer::commit_sighting
    pub(super) async fn complete_at_once(
        &self,
        config: &Config,
        source: &SourceId,
        sightings: &[Sighting],
        repeated: HashSet<i64>,
    ) -> Vec<Option<Commit>> {
        let Some(source) = config.source(source) else {
            return Vec::new();
        };
        let (now, repeated) = (self.clock.now(), Arc::new(repeated));
        let mut left = MOST_AT_ONCE;
        let begin = |sighting: &Sighting| {
            let names_a_page = Url::parse(&sighting.url).is_ok();
            let open = sighting.gate == Gate::Open && names_a_page && left > 0;
            left -= usize::from(open);
            open.then(|| Finish {
                due: Due {
                    pending: Pending::of(sighting, now),
                    source: source.clone(),
                    repeated: repeated.clone(),
                },
                attempt: Attempt::default(),
                page: None,
                now,
            })
        };
        let ready: Vec<Option<Finish>> = sightings.iter().map(begin).collect();
        let (matcher, sites) = (config.matcher.clone(), config.sites.clone());
        let prepared = aside(move || {
            let prepare = |mut finish: Finish| {
                let step = "candidate.preparing";
                let prepared = finish.prepare_contained(step, (&sites.families, &matcher), false);
                Some((finish.due.pending, prepared?))
            };
            let prepared = ready.into_iter().map(|finish| finish.and_then(prepare));
            prepared.collect::<Vec<_>>()
        });
        let mut commits = Vec::with_capacity(sightings.len());
        for prepared in prepared.await.unwrap_or_default() {
            commits.push(match prepared {
                Some((pending, (mut commit, judged))) => {
                    asked(config, &mut commit, judged, &pending.url).await;
                    Some(commit)
                }
                None => None,
            });
        }
        commits
    }
}

/// What is told of an article that is committed.
pub(super) fn completed(commit: &Commit, committed: &Committed) -> Completed {
    Completed::Stored {
        level: committed.level,
        topics: commit.verdicts.iter().filter(|v| v.matched).count(),
        how: commit.storing.extracted.how.clone(),
    }
}

/// An article after the first half of its completion.
enum Begun {
    /// Nothing is left to do with it now.
    Ended(Completed),
    /// It goes on.
    Ready(Box<Finish>),
}

/// An article whose turn it is.
pub(super) struct Due {
    pub(super) pending: Pending,
    pub(super) source: Arc<Source>,
    /// Hashes of the paragraphs that the source repeats.
    pub(super) repeated: Arc<HashSet<i64>>,
}

/// What finishing an article starts from.
struct Finish {
    due: Due,
    attempt: Attempt,
    /// What its page gave, if it was asked for.
    page: Option<Had>,
    now: DateTime<Utc>,
}

impl Finish {
    /// Does [`Finish::prepare`]; nothing where the program fails: one text that a reader cannot bear must not take others
    /// with it.
    fn prepare_contained(
        &mut self,
        step: &'static str,
        (families, matcher): (&Families, &Matcher),
        asks: bool,
    ) -> Option<(Commit, Vec<Verdict>)> {
        catch_unwind(AssertUnwindSafe(|| {
            failpoint::reach(step);
            self.prepare(families, matcher, asks)
        }))
        .ok()
    }

    /// Puts together what the page gave and what the source said, judges it and computes the fingerprint, as far as
    /// it will be asked for: `asks` says that a topic's own program may find something where no topic did.
    fn prepare(
        &mut self,
        families: &Families,
        matcher: &Matcher,
        asks: bool,
    ) -> (Commit, Vec<Verdict>) {
        let (extraction, url) = self.page.take().unzip();
        let pending = &self.due.pending;
        let candidate = &pending.candidate;
        let extracted = self.complete(extraction);
        let stated = candidate
            .published
            .or(candidate.updated)
            .or(extracted.published);
        let outlet_date = stated.map(|date| dates::clamp(date, self.now));
        // Where the feed gives no teaser the outlet's own lead is one.
        let summary = (candidate.summary.as_deref())
            .map(html::plain)
            .filter(|s| !s.is_empty())
            .or_else(|| extracted.subtitle.clone())
            .unwrap_or_default();
        let judged = self.judge(&extracted, &summary, matcher);
        let compared = asks || pending.placed || judged.iter().any(Verdict::is_close);
        let (arrival, paragraphs) = self.arrival(&extracted, url.as_ref(), outlet_date, compared);
        let commit = Commit {
            aliases: url.map_or_else(Vec::new, |url| aliases(&url, &extracted, families)),
            paragraphs: paragraphs.into_iter().map(u64::cast_signed).collect(),
            boilerplate: boilerplate_mark(&self.due.repeated),
            verdicts: Vec::new(),
            compared: false,
            arrival,
            storing: Storing {
                summary,
                categories: candidate.categories.clone(),
                enclosures: candidate.enclosures.clone(),
                outlet_date,
                hold_until: pending.hold_until,
                attempt: std::mem::take(&mut self.attempt),
                extracted,
            },
        };
        (commit, judged)
    }

    fn judge(&self, extracted: &Extracted, summary: &str, matcher: &Matcher) -> Vec<Verdict> {
        let Due {
            pending, source, ..
        } = &self.due;
        matcher.judge(&Document::new(&Text {
            title: extracted.title.as_deref().unwrap_or(""),
            summary,
            body: &extracted.text,
            categories: &pending.candidate.categories,
            url: &pending.url,
            language: extracted.language.as_deref(),
            source: source.id.as_str(),
            tags: &source.tags,
        }))
    }

    /// What the page gave, completed by what the source said.
    fn complete(&self, extraction: Option<Box<Extracted>>) -> Extracted {
        let (candidate, source) = (&self.due.pending.candidate, &self.due.source);
        let mut extracted = extraction.map_or_else(|| from_candidate(candidate, source), |e| *e);
        extracted.title = title(candidate, extracted.title.take());
        // That of a page is decided by its text already.
        extracted.language = (source.language.clone())
            .or_else(|| language::normalise(extracted.language.as_deref()?))
            .or_else(|| language::decide(candidate.language.as_deref(), &extracted.text));
        if extracted.authors.is_empty() {
            extracted.authors = candidate.authors.clone();
        }
        extracted.image = extracted.image.or_else(|| candidate.image.clone());
        extracted
    }

    /// The article as it is placed among the stories, if it is `compared`, and the hashes of its paragraphs.
    fn arrival(
        &self,
        extracted: &Extracted,
        url: Option<&Url>,
        outlet_date: Option<DateTime<Utc>>,
        compared: bool,
    ) -> (Arrival, Vec<u64>) {
        let first_seen = self.due.pending.first_seen;
        let title = extracted.title.clone().unwrap_or_default();
        let repeats = |hash: u64| self.due.repeated.contains(&(hash as i64));
        let (fingerprint, paragraphs) = match compared {
            true => fingerprint_and_paragraphs(&title, &extracted.text, &repeats),
            false => trace_and_paragraphs(&extracted.text),
        };
        let arrival = Arrival {
            source: self.due.source.id.clone(),
            outlet: url.map_or_else(String::new, |url| outlet(url.as_str())),
            fingerprint: Arc::new(fingerprint),
            title,
            canonical: String::new(),
            identity: None,
            published: outlet_date.unwrap_or(first_seen).min(first_seen),
            language: extracted.language.clone(),
            compared: self.due.source.dedup,
        };
        (arrival, paragraphs)
    }
}

/// Identities of the addresses under which the article was met: that of its page, and the one
/// that the page names.
fn aliases(url: &Url, extracted: &Extracted, families: &Families) -> Vec<String> {
    let named = extracted.canonical.as_deref();
    let canonical = named.and_then(|c| accept_canonical(url, c, families));
    let mut aliases = vec![families.identity(&strip_tracking(url)).key];
    aliases.extend(canonical.map(|c| families.identity(&c).key));
    aliases.dedup();
    aliases
}

/// The feed's title comes first, unless it was cut.
fn title(candidate: &Candidate, of_page: Option<String>) -> Option<String> {
    let of_feed = candidate.title.clone().filter(|t| !t.trim().is_empty());
    match (of_feed, of_page) {
        (Some(feed), Some(page)) => {
            let cut = feed.trim_end_matches(['.', '…', ' ']);
            let was_cut = cut.len() < feed.len() && page.starts_with(cut);
            Some(if was_cut { page } else { feed })
        }
        (feed, page) => feed.or(page),
    }
}

/// The article as the source's own text gives it: whole where the feed carries the body, else its teaser.
fn from_candidate(candidate: &Candidate, source: &Source) -> Extracted {
    let base = candidate
        .link
        .as_deref()
        .and_then(|l| source.url.join(l).ok());
    let base = base.as_ref().or(Some(&source.url));
    let read = |given: &Option<String>| {
        let (html, text) = html::clean_and_text(given.as_deref()?, base);
        let words = text.split_whitespace().count();
        Some((words, html, text))
    };
    let (content, summary) = (read(&candidate.content), read(&candidate.summary));
    let words = |of: &Option<(usize, String, String)>| of.as_ref().map_or(0, |(words, ..)| *words);
    let best = if words(&content) >= words(&summary) {
        content.or(summary)
    } else {
        summary.or(content)
    };
    let (words, html, text) = best.unwrap_or_default();
    Extracted {
        text,
        html,
        how: if words >= WHOLE_WORDS {
            "feed"
        } else {
            "teaser"
        }
        .to_owned(),
        ..Extracted::default()
    }
}

/// Writes the verdicts as they are stored, after the topics' own programs were asked, and what follows from them.
async fn asked(config: &Config, commit: &mut Commit, verdicts: Vec<Verdict>, url: &str) {
    let storing = &commit.storing;
    let article = Asked {
        title: storing.extracted.title.as_deref().unwrap_or(""),
        summary: &storing.summary,
        text: &storing.extracted.text,
        url,
        language: storing.extracted.language.as_deref(),
        source: commit.arrival.source.as_str(),
        categories: &storing.categories,
    };
    let (mut rows, mut close) = (Vec::with_capacity(verdicts.len()), false);
    for verdict in verdicts {
        let Some(topic) = config.topic(&verdict.topic) else {
            continue;
        };
        let verdict = classifier::ask(topic, &article, verdict).await;
        close |= verdict.is_close();
        rows.extend(stored(&verdict, topic.rules_hash() as i64));
    }
    (commit.verdicts, commit.compared) = (rows, close);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_title_is_replaced_by_the_page_s() {
        let candidate = |title: &str| Candidate {
            title: Some(title.into()),
            ..Candidate::default()
        };
        for (feed, page, expected) in [
            (
                "La Chine et …",
                Some("La Chine et le Pérou signent"),
                "La Chine et le Pérou signent",
            ),
            (
                "La Chine et...",
                Some("La Chine et le Pérou signent"),
                "La Chine et le Pérou signent",
            ),
            ("Titre du flux", Some("Titre de la page"), "Titre du flux"),
            ("Titre du flux", None, "Titre du flux"),
        ] {
            assert_eq!(
                title(&candidate(feed), page.map(str::to_owned)).as_deref(),
                Some(expected)
            );
        }
    }
}
