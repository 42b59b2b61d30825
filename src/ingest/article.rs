//! One article from its row to the commit: page, extraction, fingerprint, judgement.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use url::Url;

use super::classifier::{self, Asked};
use super::plan::{Later, Page, Plan, defective, page_of};
use super::rejudge::stored;
use super::{Pipeline, Reach, aside, candidates, document};
use crate::config::{BodyFrom, Config, Source};
use crate::fetch::{Outcome, Request, Response};
use crate::isolate::{Broken, Job};
use crate::model::{ArticleId, Candidate, Extracted};
use crate::store::{Commit, Committed, Pending, StoreError, Storing, VerdictRow, boilerplate_mark};
use crate::story::{Arrival, Level, fingerprint, paragraphs};
use crate::text::url::{Families, accept_canonical, strip_tracking};
use crate::text::{charset, dates, html, language};
use crate::topic::{Document, Matcher, Text, Verdict};

/// Workers a page may end before it is quarantined.
const MOST_KILLS: u32 = 2;
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
        let Self::Article(extracted, _) = self else {
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
    /// Completes an article that is due: fetches its page, extracts, judges and commits; or lets it
    /// wait, but never longer than its hold.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn complete(&self, config: &Config, id: ArticleId) -> Result<Completed, StoreError> {
        let Some((pending, repeated)) = self.pending(config, id).await? else {
            return Ok(Completed::Nothing);
        };
        let Some(source) = config.source(&pending.source).cloned() else {
            let reason = "its source is no longer configured";
            self.store
                .write(move |w| w.defer_article(id, None, false, reason))
                .await?;
            return Ok(Completed::Nothing);
        };
        let page = self.page(config, &source, &pending, &repeated).await?;
        let (now, held) = (self.clock.now(), pending.hold_until);
        if let Some((date, reason)) = page.outdated(&source, &pending, now) {
            self.store
                .write(move |w| w.conclude(id, held, |w| w.shelve_article(id, date, &reason)))
                .await?;
            return Ok(Completed::Nothing);
        }
        let plan = Plan::of(page, &pending, now);
        match plan {
            Plan::Wait {
                next_try,
                counted,
                reason,
                reach,
            } => {
                let written = reason.clone();
                self.store
                    .write(move |w| {
                        w.conclude(id, held, |w| {
                            w.defer_article(id, next_try, counted, &written)
                        })
                    })
                    .await?;
                Ok(Completed::Deferred { reason, reach })
            }
            Plan::Store {
                extraction,
                url,
                next_try,
                counted,
                reason,
            } => {
                let finish = Finish {
                    pending,
                    source,
                    repeated,
                    url,
                    next_try,
                    counted,
                    reason,
                    now,
                };
                self.finish(config, finish, extraction).await
            }
        }
    }

    /// An article that waits, and hashes of the paragraphs that its source repeats: neither its
    /// articles' text nor what they are compared by.
    async fn pending(
        &self,
        config: &Config,
        id: ArticleId,
    ) -> Result<Option<(Pending, HashSet<i64>)>, StoreError> {
        let (settings, now) = (config.stories.clone(), self.clock.now());
        self.store
            .read(move |r| {
                let Some(pending) = r.queries().pending(id)? else {
                    return Ok(None);
                };
                let repeated = (r.queries()).boilerplate(&pending.source, &settings, now)?;
                Ok(Some((pending, repeated)))
            })
            .await
    }

    /// Fetches and extracts the page, where there is one to be had.
    async fn page(
        &self,
        config: &Config,
        source: &Source,
        pending: &Pending,
        repeated: &HashSet<i64>,
    ) -> Result<Page, StoreError> {
        let Ok(url) = Url::parse(&pending.url) else {
            return Ok(Page::Never("the candidate names no page".to_owned()));
        };
        if source.body == BodyFrom::Feed {
            return Ok(Page::Never(String::new()));
        }
        let mut request = Request::new(url, document::PAGE);
        request.source = source.page_terms.clone();
        let response = match self.client.fetch(&request).await {
            Outcome::Body(response) => *response,
            other => return Ok(page_of(other)),
        };
        let boilerplate = repeated.clone();
        let job = job(config, source, &pending.candidate, boilerplate, &response);
        let url = response.final_url;
        Ok(match self.extractor.extract(job).await {
            Ok(answer) => match answer.defect {
                None => Page::Article(Box::new(answer.extracted), url),
                Some(defect) => defective(defect),
            },
            Err(broken) => self.broken(pending, &broken).await?,
        })
    }

    /// A page that ended its worker is tried once more; the second time it is left alone for good.
    async fn broken(&self, pending: &Pending, broken: &Broken) -> Result<Page, StoreError> {
        let reason = broken.to_string();
        if matches!(broken, Broken::Start(_)) {
            return Ok(Page::Later(Later::answered(reason)));
        }
        let id = pending.id;
        let kills = self.store.write(move |w| w.count_kill(id)).await?;
        tracing::warn!(article = %id, url = %pending.url, kills, "{reason}");
        Ok(if kills < MOST_KILLS {
            Page::Later(Later::answered(reason))
        } else {
            Page::Never(format!("{reason}, twice: it is quarantined"))
        })
    }

    async fn finish(
        &self,
        config: &Config,
        finish: Finish,
        extraction: Option<Box<Extracted>>,
    ) -> Result<Completed, StoreError> {
        let matcher = config.matcher.clone();
        let sites = config.sites.clone();
        let held = finish.pending.hold_until;
        let (mut prepared, judged, url) = aside(move || {
            let commit = finish.prepare(extraction, &sites.families);
            let judged = judge(&commit, &finish, &matcher);
            (commit, judged, finish.pending.url)
        })
        .await
        .ok_or(StoreError::Stopped)?;
        prepared.verdicts = asked(config, &prepared, judged, &url).await;
        let how = prepared.storing.extracted.how.clone();
        let topics = prepared.verdicts.iter().filter(|v| v.matched).count();
        let Committed { level, .. } = self.commit(config, prepared, held).await?;
        Ok(Completed::Stored { level, topics, how })
    }
}

/// What a worker is told about a page.
fn job(
    config: &Config,
    source: &Source,
    candidate: &Candidate,
    boilerplate: HashSet<i64>,
    response: &Response,
) -> Job {
    let url = response.final_url.clone();
    let sites = &config.sites;
    let family = sites
        .families
        .of(&url)
        .map(|f| &f.id)
        .or(source.family.as_ref());
    Job {
        html: charset::decode(
            &response.body,
            response.content_type.as_deref(),
            charset::Kind::Html,
        )
        .text,
        title: candidate.title.clone(),
        teaser: candidate.summary.as_deref().map(html::plain),
        content: candidate.content.clone(),
        published: candidate.published,
        timezone: source.timezone,
        language: source.language.clone(),
        boilerplate,
        site: family.and_then(|f| sites.written.get(f).cloned()),
        url,
    }
}

/// What finishing an article starts from.
struct Finish {
    pending: Pending,
    source: Arc<Source>,
    /// Hashes of the paragraphs that the source repeats.
    repeated: HashSet<i64>,
    url: Option<Url>,
    next_try: Option<DateTime<Utc>>,
    counted: bool,
    reason: Option<String>,
    now: DateTime<Utc>,
}

impl Finish {
    /// Puts together what the page gave and what the source said; computes the fingerprint.
    fn prepare(&self, extraction: Option<Box<Extracted>>, families: &Families) -> Commit {
        let candidate = &self.pending.candidate;
        let extracted = self.complete(extraction);
        let stated = candidate
            .published
            .or(candidate.updated)
            .or(extracted.published);
        let outlet_date = stated.map(|date| dates::clamp(date, self.now));
        let paragraphs = paragraphs(&extracted.text);
        Commit {
            aliases: self.aliases(&extracted, families),
            paragraphs: paragraphs.into_iter().map(|h| h as i64).collect(),
            boilerplate: boilerplate_mark(&self.repeated),
            verdicts: Vec::new(),
            arrival: self.arrival(&extracted, outlet_date),
            storing: Storing {
                id: self.pending.id,
                summary: (candidate.summary.as_deref())
                    .map(html::plain)
                    .unwrap_or_default(),
                categories: candidate.categories.clone(),
                enclosures: candidate.enclosures.clone(),
                outlet_date,
                next_try: self.next_try,
                counted: self.counted,
                last_error: self.reason.clone(),
                extracted,
            },
        }
    }

    /// What the page gave, completed by what the source said.
    fn complete(&self, extraction: Option<Box<Extracted>>) -> Extracted {
        let candidate = &self.pending.candidate;
        let mut extracted =
            extraction.map_or_else(|| from_candidate(candidate, &self.source), |e| *e);
        extracted.title = title(candidate, extracted.title.take());
        let declared = (extracted.language.as_deref()).or(candidate.language.as_deref());
        extracted.language =
            (self.source.language.clone()).or_else(|| language::decide(declared, &extracted.text));
        if extracted.authors.is_empty() {
            extracted.authors = candidate.authors.clone();
        }
        extracted.image = extracted.image.or_else(|| candidate.image.clone());
        extracted
    }

    /// The article as it is placed among the stories.
    fn arrival(&self, extracted: &Extracted, outlet_date: Option<DateTime<Utc>>) -> Arrival {
        let first_seen = self.pending.first_seen;
        let title = extracted.title.clone().unwrap_or_default();
        let repeats = |hash: u64| self.repeated.contains(&(hash as i64));
        Arrival {
            source: self.source.id.clone(),
            fingerprint: Arc::new(fingerprint(&title, &extracted.text, &repeats)),
            title,
            canonical: String::new(),
            identity: None,
            published: outlet_date.unwrap_or(first_seen).min(first_seen),
            language: extracted.language.clone(),
            compared: self.source.dedup,
        }
    }

    /// Identities of the addresses under which the article was met.
    fn aliases(&self, extracted: &Extracted, families: &Families) -> Vec<String> {
        let mut aliases = Vec::new();
        if let Some(url) = &self.url {
            aliases.push(families.identity(&strip_tracking(url)).key);
            let canonical = extracted
                .canonical
                .as_deref()
                .and_then(|c| accept_canonical(url, c, families));
            aliases.extend(canonical.map(|c| families.identity(&c).key));
        }
        aliases.dedup();
        aliases
    }
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
    let content = candidate.content.as_deref().map(|c| html::clean(c, base));
    let summary = candidate.summary.as_deref().map(|s| html::clean(s, base));
    let words = |html: &Option<String>| {
        html.as_deref()
            .map_or(0, |h| html::to_text(h).split_whitespace().count())
    };
    let (content_words, summary_words) = (words(&content), words(&summary));
    let best = if content_words >= summary_words {
        content.or(summary)
    } else {
        summary.or(content)
    };
    let body = best.unwrap_or_default();
    let whole = content_words.max(summary_words) >= WHOLE_WORDS;
    Extracted {
        text: html::to_text(&body),
        html: body,
        how: if whole { "feed" } else { "teaser" }.to_owned(),
        ..Extracted::default()
    }
}

fn judge(commit: &Commit, finish: &Finish, matcher: &Matcher) -> Vec<Verdict> {
    let storing = &commit.storing;
    let document = Document::new(&Text {
        title: storing.extracted.title.as_deref().unwrap_or(""),
        summary: &storing.summary,
        body: &storing.extracted.text,
        categories: &storing.categories,
        url: &finish.pending.url,
        language: storing.extracted.language.as_deref(),
        source: finish.source.id.as_str(),
        tags: &finish.source.tags,
    });
    matcher.judge(&document)
}

/// The verdicts as they are stored, after the topics' own programs were asked.
async fn asked(
    config: &Config,
    commit: &Commit,
    verdicts: Vec<Verdict>,
    url: &str,
) -> Vec<VerdictRow> {
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
    let mut rows = Vec::with_capacity(verdicts.len());
    for verdict in verdicts {
        let Some(topic) = config.topic(&verdict.topic) else {
            continue;
        };
        let verdict = classifier::ask(topic, &article, verdict).await;
        rows.push(stored(&verdict, topic.rules_hash() as i64));
    }
    rows
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
