//! One article from its row to the commit: page, extraction, fingerprint, judgement.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::classifier::{self, Asked};
use super::rejudge::stored;
use super::{Pipeline, document};
use crate::config::{BodyFrom, Config, Source};
use crate::extract::{self, Extraction, Hint, PageContext, SiteRule};
use crate::fetch::{FailureKind, Outcome, RefusalReason, Request, Response};
use crate::model::{ArticleId, Candidate, Defect, Extracted};
use crate::store::{Commit, Committed, Pending, StoreError, Storing, VerdictRow};
use crate::story::{Arrival, Level, fingerprint, paragraph_hash, paragraphs};
use crate::text::url::{accept_canonical, strip_tracking};
use crate::text::{charset, dates, html, language};
use crate::topic::{Document, Matcher, Text, Verdict};

/// Waits between attempts at a page.
const RETRIES: [TimeDelta; 5] = [
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(8),
    TimeDelta::hours(24),
];
/// Fewest words for which a feed's own text counts as the whole article.
const WHOLE_WORDS: usize = 120;

/// What completing an article came to.
#[derive(Debug, Clone)]
pub enum Completed {
    /// Nothing was due.
    Nothing,
    /// Its page could not be had; it waits.
    Deferred(String),
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

/// What came of the attempt at a page.
enum Page {
    /// The article.
    Article(Box<Extraction>, Url),
    /// Not now: the reason, and when the server asked to come back.
    Later(String, Option<DateTime<Utc>>),
    /// Not at all.
    Never(String),
}

impl Pipeline {
    /// Completes an article that is due: fetches its page, extracts, judges and commits; or lets it
    /// wait, but never longer than its hold.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn complete(&self, config: &Config, id: ArticleId) -> Result<Completed, StoreError> {
        let Some(pending) = self.store.read(move |r| r.queries().pending(id)).await? else {
            return Ok(Completed::Nothing);
        };
        let Some(source) = config.source(&pending.source).cloned() else {
            let reason = "its source is no longer configured";
            self.store
                .write(move |w| w.defer_article(id, None, false, reason))
                .await?;
            return Ok(Completed::Nothing);
        };
        let page = self.page(config, &source, &pending).await?;
        let now = self.clock.now();
        let plan = Plan::of(page, &pending, now);
        match plan {
            Plan::Wait {
                next_try,
                counted,
                reason,
            } => {
                let message = reason.clone();
                self.store
                    .write(move |w| w.defer_article(id, next_try, counted, &reason))
                    .await?;
                Ok(Completed::Deferred(message))
            }
            Plan::Store {
                extraction,
                url,
                next_try,
                reason,
            } => {
                let finish = Finish {
                    pending,
                    source,
                    url,
                    next_try,
                    reason,
                    now,
                };
                self.finish(config, finish, extraction).await
            }
        }
    }

    /// Fetches and extracts the page, where there is one to be had.
    async fn page(
        &self,
        config: &Config,
        source: &Source,
        pending: &Pending,
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
        let sourced = source.id.clone();
        let (settings, now) = (config.stories.clone(), self.clock.now());
        let boilerplate = self
            .store
            .read(move |r| r.queries().boilerplate(&sourced, &settings, now))
            .await?;
        let job = ExtractJob {
            sites: config.sites.clone(),
            source: source.clone(),
            candidate: pending.candidate.clone(),
            boilerplate,
            response,
        };
        let extracted = tokio::task::spawn_blocking(move || job.run()).await;
        Ok(match extracted {
            Ok((extraction, url)) => match extraction.defect {
                None => Page::Article(Box::new(extraction), url),
                Some(defect) => defective(defect),
            },
            Err(_) => Page::Later("the page made the extractor fail".to_owned(), None),
        })
    }

    async fn finish(
        &self,
        config: &Config,
        finish: Finish,
        extraction: Option<Box<Extraction>>,
    ) -> Result<Completed, StoreError> {
        let matcher = config.matcher.clone();
        let sites = config.sites.clone();
        let source = finish.source.id.clone();
        let (settings, now) = (config.stories.clone(), finish.now);
        let boilerplate = self
            .store
            .read(move |r| r.queries().boilerplate(&source, &settings, now))
            .await?;
        let (mut prepared, judged, url) = tokio::task::spawn_blocking(move || {
            let commit = finish.prepare(extraction, &boilerplate, &sites.families);
            let judged = judge(&commit, &finish, &matcher);
            (commit, judged, finish.pending.url)
        })
        .await
        .map_err(|_| StoreError::Stopped)?;
        prepared.verdicts = asked(config, &prepared, judged, &url).await;
        let how = prepared.storing.extracted.how.clone();
        let topics = prepared.verdicts.iter().filter(|v| v.matched).count();
        let Committed { level, .. } = self.commit(config, prepared).await?;
        Ok(Completed::Stored { level, topics, how })
    }
}

/// What is done with an article after the attempt at its page.
enum Plan {
    Wait {
        next_try: Option<DateTime<Utc>>,
        counted: bool,
        reason: String,
    },
    Store {
        extraction: Option<Box<Extraction>>,
        url: Option<Url>,
        next_try: Option<DateTime<Utc>>,
        reason: Option<String>,
    },
}

impl Plan {
    fn of(page: Page, pending: &Pending, now: DateTime<Utc>) -> Self {
        match page {
            Page::Article(extraction, url) => Self::Store {
                extraction: Some(extraction),
                url: Some(url),
                next_try: None,
                reason: None,
            },
            Page::Never(reason) => Self::Store {
                extraction: None,
                url: None,
                next_try: None,
                reason: Some(reason).filter(|r| !r.is_empty()),
            },
            Page::Later(reason, asked) => Self::later(reason, asked, pending, now),
        }
    }

    /// The page could not be had now: wait within the hold, then go out with the feed's own text
    /// and go on trying.
    fn later(
        reason: String,
        asked: Option<DateTime<Utc>>,
        pending: &Pending,
        now: DateTime<Utc>,
    ) -> Self {
        let counted = asked.is_none();
        let wait = RETRIES.get(pending.attempts as usize);
        let next_try = asked.or_else(|| wait.map(|w| now + *w));
        let held = !pending.judged && now < pending.hold_until;
        if pending.judged || (held && next_try.is_some()) {
            let next_try = next_try.map(|t| if held { t.min(pending.hold_until) } else { t });
            return Self::Wait {
                next_try,
                counted,
                reason,
            };
        }
        Self::Store {
            extraction: None,
            url: None,
            next_try,
            reason: Some(reason),
        }
    }
}

fn page_of(outcome: Outcome) -> Page {
    let message = outcome.to_string();
    match outcome {
        Outcome::Throttled { until, .. } => Page::Later(message, Some(until)),
        Outcome::Gone { .. } => Page::Never(message),
        Outcome::Refused(refusal) => match refusal.reason {
            RefusalReason::TooManyRedirects => Page::Later(message, None),
            _ => Page::Never(message),
        },
        Outcome::Failed(failure) => match failure.kind {
            // The outlet says no to us; asking again every few minutes would not be polite.
            FailureKind::Status(401 | 402 | 403 | 451) | FailureKind::TooLarge => {
                Page::Never(message)
            }
            _ => Page::Later(message, None),
        },
        Outcome::NotModified(_) | Outcome::Body(_) => Page::Later(message, None),
    }
}

fn defective(defect: Defect) -> Page {
    let reason = format!("the page is not the article: {}", defect.words());
    match defect {
        Defect::Paywall | Defect::Login | Defect::Hostile => Page::Never(reason),
        _ => Page::Later(reason, None),
    }
}

/// What extraction takes to its thread.
struct ExtractJob {
    sites: Arc<crate::config::Sites>,
    source: Source,
    candidate: Candidate,
    boilerplate: HashSet<i64>,
    response: Response,
}

impl ExtractJob {
    fn run(self) -> (Extraction, Url) {
        let url = self.response.final_url.clone();
        let decoded = charset::decode(
            &self.response.body,
            self.response.content_type.as_deref(),
            charset::Kind::Html,
        );
        let families = &self.sites.families;
        let family = families
            .of(&url)
            .map(|f| &f.id)
            .or(self.source.family.as_ref());
        let rule: Option<&SiteRule> = family.and_then(|f| self.sites.rules.get(f));
        let teaser = self.candidate.summary.as_deref().map(html::plain);
        let context = PageContext {
            url: &url,
            rule,
            hint: Hint {
                title: self.candidate.title.as_deref(),
                teaser: teaser.as_deref(),
                content: self.candidate.content.as_deref(),
                published: self.candidate.published,
            },
            timezone: self.source.timezone,
            language: self.source.language.as_deref(),
            boilerplate: &|paragraph| {
                self.boilerplate
                    .contains(&(paragraph_hash(paragraph) as i64))
            },
            same_family: &|other| families.same_house(&url, other),
        };
        let mut extraction = extract::extract(&decoded.text, &context);
        extraction.extracted.warnings.extend(decoded.warnings);
        (extraction, url)
    }
}

/// What finishing an article starts from.
struct Finish {
    pending: Pending,
    source: Arc<Source>,
    url: Option<Url>,
    next_try: Option<DateTime<Utc>>,
    reason: Option<String>,
    now: DateTime<Utc>,
}

impl Finish {
    /// Puts together what the page gave and what the source said; computes the fingerprint.
    fn prepare(
        &self,
        extraction: Option<Box<Extraction>>,
        boilerplate: &HashSet<i64>,
        families: &crate::text::url::Families,
    ) -> Commit {
        let candidate = &self.pending.candidate;
        let mut extracted =
            extraction.map_or_else(|| from_candidate(candidate, &self.source), |e| e.extracted);
        extracted.title = title(candidate, extracted.title.take());
        extracted.language = self.source.language.clone().or_else(|| {
            language::decide(
                extracted
                    .language
                    .as_deref()
                    .or(candidate.language.as_deref()),
                &extracted.text,
            )
        });
        if extracted.authors.is_empty() {
            extracted.authors = candidate.authors.clone();
        }
        extracted.image = extracted.image.or_else(|| candidate.image.clone());
        let stated = candidate
            .published
            .or(candidate.updated)
            .or(extracted.published);
        let outlet_date = stated.map(|date| dates::clamp(date, self.now));
        let published = outlet_date
            .unwrap_or(self.pending.first_seen)
            .min(self.pending.first_seen);
        let repeats = |hash: u64| boilerplate.contains(&(hash as i64));
        let title = extracted.title.clone().unwrap_or_default();
        let text = extracted.text.clone();
        let arrival = Arrival {
            source: self.source.id.clone(),
            title: title.clone(),
            canonical: String::new(),
            identity: None,
            published,
            language: extracted.language.clone(),
            compared: self.source.dedup,
            fingerprint: Arc::new(fingerprint(&title, &text, &repeats)),
        };
        Commit {
            aliases: self.aliases(&extracted, families),
            paragraphs: paragraphs(&text).into_iter().map(|h| h as i64).collect(),
            verdicts: Vec::new(),
            arrival,
            storing: Storing {
                id: self.pending.id,
                summary: candidate
                    .summary
                    .as_deref()
                    .map(html::plain)
                    .unwrap_or_default(),
                categories: candidate.categories.clone(),
                enclosures: candidate.enclosures.clone(),
                outlet_date,
                next_try: self.next_try,
                last_error: self.reason.clone(),
                significant: false,
                extracted,
            },
        }
    }

    /// Identities of the addresses under which the article was met.
    fn aliases(&self, extracted: &Extracted, families: &crate::text::url::Families) -> Vec<String> {
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

    fn pending(attempts: u32, judged: bool) -> Pending {
        Pending {
            id: ArticleId(1),
            source: "s".into(),
            url: "http://outlet.example/1".into(),
            domain: "outlet.example".into(),
            attempts,
            hold_until: at(3_600),
            first_seen: at(0),
            outlet_date: None,
            judged,
            how: String::new(),
            candidate: Candidate::default(),
        }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + seconds, 0).expect("a time")
    }

    fn plan(pending: &Pending, now: i64) -> (bool, Option<i64>) {
        match Plan::of(Page::Later("down".into(), None), pending, at(now)) {
            Plan::Wait { next_try, .. } => (true, next_try.map(|t| (t - at(0)).num_seconds())),
            Plan::Store { next_try, .. } => (false, next_try.map(|t| (t - at(0)).num_seconds())),
        }
    }

    #[test]
    fn a_held_article_waits_goes_out_at_the_end_of_its_hold_and_is_tried_on() {
        for (attempts, judged, now, waits, next) in [
            (0, false, 0, true, Some(300)),
            (1, false, 300, true, Some(2_100)),
            (2, false, 2_100, true, Some(3_600)), // not beyond the hold
            (3, false, 3_600, false, Some(32_400)), // the hold is over: out with the teaser
            (4, true, 32_400, true, Some(118_800)),
            (5, true, 118_800, true, None), // no attempt left
            (5, false, 100, false, None),
        ] {
            assert_eq!(
                plan(&pending(attempts, judged), now),
                (waits, next),
                "{attempts} {judged} {now}"
            );
        }
    }

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
