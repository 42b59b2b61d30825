//! What is done with an article after the attempt at its page: stored, held, tried again.
//!
//! Pure: the present is an argument.

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::Reach;
use crate::fetch::{FailureKind, Outcome, Refusal, RefusalReason};
use crate::model::{Defect, Extracted};
use crate::store::{Attempt, Pending};

/// Waits between attempts at a page.
const RETRIES: [TimeDelta; 5] = [
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(8),
    TimeDelta::hours(24),
];

/// What came of the attempt at a page.
pub(super) enum Page {
    /// The article.
    Article(Box<Extracted>, Url),
    /// The first pages of the article, and why the next cannot be had: `Later` or `Never`.
    Part(Box<Extracted>, Url, Box<Page>),
    /// Not now.
    Later(Later),
    /// Not at all.
    Never(String),
    /// Not before the configuration allows it: why, and the origin that is refused.
    Refused(String, Option<String>),
}

impl Page {
    /// The same with the name of the page that cannot be had.
    pub(super) fn named(self, name: &str) -> Self {
        match self {
            Self::Later(later) => Self::Later(Later {
                reason: format!("{name}: {}", later.reason),
                ..later
            }),
            Self::Never(reason) => Self::Never(format!("{name}: {reason}")),
            Self::Refused(reason, origin) => Self::Refused(format!("{name}: {reason}"), origin),
            had => had,
        }
    }
}

/// Why a page cannot be had now.
pub(super) struct Later {
    /// Why, as a sentence.
    pub(super) reason: String,
    /// When the server asked to come back.
    pub(super) asked: Option<DateTime<Utc>>,
    /// What the attempt said about reaching the world.
    pub(super) reach: Reach,
}

impl Later {
    /// An answer that is not the article.
    pub(super) fn answered(reason: String) -> Self {
        Self {
            reason,
            asked: None,
            reach: Reach::Answered,
        }
    }
}

/// What a page gave, with the address that answered.
pub(super) type Had = (Box<Extracted>, Url);

/// What is done with an article after the attempt at its page, and what is kept of the attempt.
pub(super) enum Plan {
    /// It waits, or keeps the text that it has.
    Wait(Attempt, Reach),
    /// It is stored, with the source's own text where the page gave nothing.
    Store(Attempt, Option<Had>),
}

impl Plan {
    pub(super) fn of(page: Page, pending: &Pending, now: DateTime<Utc>) -> Self {
        match page {
            Page::Part(extraction, url, why) => {
                Self::with(Some((extraction, url)), *why, pending, now)
            }
            page => Self::with(None, page, pending, now),
        }
    }

    /// The plan where `part` was had before `page`.
    fn with(part: Option<Had>, page: Page, pending: &Pending, now: DateTime<Utc>) -> Self {
        match page {
            Page::Article(extraction, url) | Page::Part(extraction, url, _) => {
                Self::Store(Attempt::default(), Some((extraction, url)))
            }
            Page::Never(reason) => Self::never(part, reason, None, pending),
            Page::Refused(reason, origin) => Self::never(part, reason, origin, pending),
            Page::Later(later) => Self::later(part, later, pending, now),
        }
    }

    /// The page, or one of its continuations, is not to be had: what there is goes out, unless a
    /// page's text is stored already. With the reason stands the origin that was refused, if one was.
    fn never(
        part: Option<Had>,
        reason: String,
        refused_origin: Option<String>,
        pending: &Pending,
    ) -> Self {
        let attempt = Attempt {
            error: Some(reason).filter(|r| !r.is_empty()),
            refused_origin,
            ..Attempt::default()
        };
        if has_page(pending) && attempt.error.is_some() {
            return Self::Wait(attempt, Reach::Answered);
        }
        Self::Store(attempt, part)
    }

    /// The page could not be had now: wait within the hold, then go out with the feed's own text,
    /// or with the pages that could be had, and go on trying.
    fn later(part: Option<Had>, later: Later, pending: &Pending, now: DateTime<Utc>) -> Self {
        let wait = RETRIES.get(pending.attempts as usize);
        let mut attempt = Attempt {
            next_try: later.asked.or_else(|| wait.map(|w| now + *w)),
            counted: later.asked.is_none(),
            error: Some(later.reason),
            refused_origin: None,
        };
        let held = !pending.judged && now < pending.hold_until;
        let nothing_new = pending.judged && (part.is_none() || has_page(pending));
        if held && let Some(next_try) = &mut attempt.next_try {
            *next_try = pending.hold_until.min(*next_try);
        }
        if nothing_new || (held && attempt.next_try.is_some()) {
            return Self::Wait(attempt, later.reach);
        }
        Self::Store(attempt, part)
    }
}

/// Why a source may not fetch something, and what to write if it should.
pub(super) fn in_source(refusal: &Refusal) -> String {
    refusal.with_remedy(|host| format!("write allow_private = [\"{host}\"] in its [[source]]"))
}

/// Whether the stored body is a page's, not the feed's own text.
fn has_page(pending: &Pending) -> bool {
    !matches!(pending.how.as_str(), "" | "teaser" | "feed")
}

pub(super) fn page_of(outcome: Outcome) -> Page {
    let message = outcome.to_string();
    let later = |reach| Later {
        reason: message.clone(),
        asked: None,
        reach,
    };
    match outcome {
        Outcome::Throttled { until, .. } => Page::Later(Later {
            asked: Some(until),
            ..later(Reach::Untried)
        }),
        Outcome::Gone { .. } => Page::Never(message),
        Outcome::Refused(refusal) => match refusal.reason {
            RefusalReason::TooManyRedirects => Page::Later(later(Reach::Answered)),
            _ => Page::Refused(in_source(&refusal), refusal.origin),
        },
        Outcome::Failed(failure) => match failure.kind {
            // The outlet says no to us; asking again every few minutes would not be polite.
            FailureKind::Status(401 | 402 | 403 | 451) | FailureKind::TooLarge => {
                Page::Never(message)
            }
            kind => Page::Later(later(Reach::of(kind))),
        },
        Outcome::NotModified(_) | Outcome::Body(_) => Page::Later(later(Reach::Answered)),
    }
}

pub(super) fn defective(defect: Defect) -> Page {
    let reason = format!("the page is not the article: {}", defect.words());
    match defect {
        Defect::Paywall | Defect::Login | Defect::Hostile => Page::Never(reason),
        _ => Page::Later(Later::answered(reason)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ArticleId, Candidate};

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
            placed: judged,
            how: String::new(),
            candidate: Candidate::default(),
        }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + seconds, 0).expect("a time")
    }

    fn plan(pending: &Pending, now: i64) -> (bool, Option<i64>) {
        let page = Page::Later(Later::answered("down".into()));
        let (waits, attempt) = match Plan::of(page, pending, at(now)) {
            Plan::Wait(attempt, _) => (true, attempt),
            Plan::Store(attempt, _) => (false, attempt),
        };
        (waits, attempt.next_try.map(|t| (t - at(0)).num_seconds()))
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
}
