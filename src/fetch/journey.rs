//! One fetch from start to end: hop by hop through its redirects, each hop guarded, allowed by
//! `robots.txt`, and in its turn.
//!
//! Knows the rules of HTTP for a polite reader; knows no sockets and keeps nothing beyond the fetch.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, LINK, LOCATION, RETRY_AFTER};
use url::Url;

use super::body::{self, Limits};
use super::exchange::{Answer, Broken, Call};
use super::freshness::{Freshness, retry_after};
use super::guard::{self, Access};
use super::headers::{Outgoing, bare_address, lossy, same_house, validators};
use super::outcome::{
    Failure, FailureKind, Outcome, Redirect, Refusal, RefusalReason, Response, Unchanged,
    Validators, shown,
};
use super::pacing::Turn;
use super::request::{Credentials, Kind, Request, Settings, Terms};
use super::robots_cache::Advice;
use super::{Shared, media, within};
use crate::failpoint;
use crate::text::url::registrable_domain;

/// How many redirects a `robots.txt` may take (RFC 9309 §2.3.1.2).
const ROBOTS_REDIRECTS: usize = 5;

/// A fetch under way.
pub(super) struct Journey<'a> {
    shared: &'a Shared,
    request: &'a Request,
    /// Where the next hop goes.
    url: Url,
    credentials: Option<Credentials>,
    home: Url,
    redirects: Vec<Redirect>,
    permanent: Option<Url>,
    spent: Duration,
    identity: bool,
}

/// What follows a hop that did not end the fetch.
enum Next {
    /// A redirect.
    Follow { to: Url, status: u16 },
    /// The same again, unpacked.
    Again,
}

/// The end of a fetch, or what follows.
type Step = Result<Next, Outcome>;

impl<'a> Journey<'a> {
    pub(super) fn new(shared: &'a Shared, request: &'a Request) -> Self {
        let (url, from_url) = bare_address(&request.url);
        let source = &request.source;
        let home = source
            .home
            .as_ref()
            .map_or_else(|| url.clone(), |home| bare_address(home).0);
        Self {
            shared,
            request,
            url,
            credentials: source.credentials.clone().or(from_url),
            home,
            redirects: Vec::new(),
            permanent: None,
            spent: Duration::ZERO,
            identity: false,
        }
    }

    pub(super) async fn run(mut self) -> Outcome {
        loop {
            match self.hop().await {
                Err(outcome) => return outcome,
                Ok(Next::Again) => self.identity = true,
                Ok(Next::Follow { to, status }) => {
                    if let Err(refusal) = self.follow(to, status) {
                        return Outcome::Refused(refusal);
                    }
                }
            }
        }
    }

    async fn hop(&mut self) -> Step {
        let access = self.admit()?;
        self.obey_robots().await?;
        let call = self.call(access)?;
        let turn = self.turn().await?;
        let limit = self
            .request
            .source
            .timeout
            .unwrap_or(self.settings().total_timeout);
        let left = limit.saturating_sub(self.spent);
        let began = self.shared.timer.elapsed();
        let step = within(&*self.shared.timer, left, self.exchange(call, &turn)).await;
        self.spent += self.shared.timer.elapsed().saturating_sub(began);
        step.unwrap_or_else(|| {
            Err(failed(
                FailureKind::Timeout,
                format!(
                    "{} did not come to an end within {} ms",
                    shown(&self.url),
                    limit.as_millis()
                ),
            ))
        })
        .map_err(|outcome| self.with_elapsed(outcome))
    }

    fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    fn admit(&self) -> Result<Access, Outcome> {
        if !matches!(self.url.scheme(), "http" | "https") {
            let message = format!("{} is neither http nor https", shown(&self.url));
            return Err(refused(RefusalReason::Scheme, message));
        }
        let own = &self.request.source.allow_private;
        let allowed = own.iter().chain(&self.settings().allow_private);
        guard::judge(&self.url, allowed, &self.shared.proxies)
            .map_err(|message| Refusal::new(RefusalReason::Address, message).at(&self.url))
            .map_err(Outcome::Refused)
    }

    async fn obey_robots(&self) -> Result<(), Outcome> {
        if !self.request.source.obey_robots || self.request.kind == Kind::Robots {
            return Ok(());
        }
        // Home is named, or else every host on the way would be at home in its own robots.txt.
        let terms = || Terms {
            home: Some(self.home.clone()),
            ..Terms::clone(&self.request.source)
        };
        let advice = self.shared.advice(&self.url, terms).await?;
        match &advice {
            Advice::Allowed => Ok(()),
            Advice::Denied { rule, line } => Err(refused(
                RefusalReason::Robots,
                format!(
                    "robots.txt of {} disallows {} on line {line}: {}",
                    self.url.host_str().unwrap_or_default(),
                    shown(&self.url),
                    rule.chars().take(200).collect::<String>()
                ),
            )),
            Advice::Wait(_) | Advice::Ask(_) => Err(failed(
                FailureKind::RobotsUnreachable,
                self.robots_missing(&advice),
            )),
        }
    }

    /// Why nothing may be asked without `robots.txt`, with what came of asking for it, if that is known.
    fn robots_missing(&self, advice: &Advice) -> String {
        let host = self.url.host_str().unwrap_or_default();
        let why = match advice {
            Advice::Wait(why) if !why.is_empty() => format!(": {why}"),
            _ => String::new(),
        };
        format!("robots.txt of {host} could not be read, so its pages have to wait{why}")
    }

    async fn turn(&self) -> Result<Turn, Outcome> {
        let domain = registrable_domain(self.url.host_str().unwrap_or_default());
        let asked = self.request.source.min_gap.unwrap_or_default();
        let delay = self
            .shared
            .robots
            .crawl_delay(&self.url)
            .unwrap_or_default();
        let gap = self.settings().min_gap.max(asked).max(delay);
        let turn = self
            .shared
            .pacer
            .turn(&domain, gap, self.settings().patience)
            .await;
        turn.map_err(|paused| Outcome::Throttled {
            until: paused.until,
            status: None,
        })
    }

    fn call(&self, access: Access) -> Result<Call, Outcome> {
        let headers = self
            .headers()
            .map_err(|message| failed(FailureKind::Request, message))?;
        Ok(Call {
            url: self.url.clone(),
            headers,
            access,
            body: None,
        })
    }

    /// The headers of the next hop; the error is a sentence about the one that cannot be sent.
    fn headers(&self) -> Result<HeaderMap, String> {
        let source = &self.request.source;
        let at_home = same_house(&self.home, &self.url) && self.never_left();
        let outgoing = Outgoing {
            kind: self.request.kind,
            agent: source
                .user_agent
                .as_deref()
                .unwrap_or(&self.settings().user_agent),
            identity: self.identity,
            at_home: at_home.then_some((source, self.credentials.as_ref())),
            validators: self.validators(),
        };
        outgoing.headers()
    }

    /// Whether all hops so far stayed at home: what was left once is not trusted on the way back.
    fn never_left(&self) -> bool {
        self.redirects
            .iter()
            .all(|redirect| same_house(&self.home, &redirect.from))
    }

    fn validators(&self) -> Option<&Validators> {
        let validators = self.request.validators.as_ref()?;
        (validators.url == self.url).then_some(validators)
    }

    async fn exchange(&self, call: Call, turn: &Turn) -> Step {
        let limit = self.settings().connect_timeout + self.settings().read_timeout;
        let answer = match within(&*self.shared.timer, limit, self.shared.exchange.send(call)).await
        {
            Some(Ok(answer)) => answer,
            Some(Err(broken)) => return Err(self.broken(broken)),
            None => {
                let message = format!(
                    "{} sent no answer within {} ms",
                    shown(&self.url),
                    limit.as_millis()
                );
                return Err(failed(FailureKind::Timeout, message));
            }
        };
        failpoint::reach("fetch.answered");
        tracing::debug!(url = %shown(&self.url), http.status = answer.status, "answered");
        if let Some(by) = challenge(&answer) {
            let message = format!(
                "{} answers with a challenge of {by} ({}): it wants proof of a person",
                shown(&self.url),
                answer.status
            );
            return Err(failed(FailureKind::Challenge, message));
        }
        // A 503 that names no time asks for nothing: it is a failure like a 500.
        let asks = answer.status == 429 || answer.headers.contains_key(RETRY_AFTER);
        if matches!(answer.status, 429 | 503) && asks {
            let until = turn.throttled(retry_after(&answer.headers, self.shared.clock.now()));
            tracing::info!(url = %shown(&self.url), http.status = answer.status, %until, "the domain is paused");
            return Err(Outcome::Throttled {
                until,
                status: Some(answer.status),
            });
        }
        turn.answered();
        self.by_status(answer).await
    }

    async fn by_status(&self, answer: Answer) -> Step {
        match answer.status {
            200 | 203 => self.receive(answer).await,
            304 => Err(self.not_modified(&answer.headers)),
            301 | 302 | 303 | 307 | 308 => self.redirect(&answer),
            410 => Err(Outcome::Gone {
                url: self.url.clone(),
            }),
            status => Err(failed(
                FailureKind::Status(status),
                status_message(&self.url, status),
            )),
        }
    }

    fn not_modified(&self, headers: &HeaderMap) -> Outcome {
        let Some(sent) = self.validators() else {
            let message = format!(
                "{} says that nothing has changed (304), but was not asked that",
                shown(&self.url)
            );
            return failed(FailureKind::Protocol, message);
        };
        // A 304 that names only one validator confirms the other (RFC 9111 §4.3.4).
        let new = validators(&self.url, headers);
        let (etag, last_modified) = new
            .map(|new| (new.etag, new.last_modified))
            .unwrap_or_default();
        Outcome::NotModified(Box::new(Unchanged {
            final_url: self.url.clone(),
            permanent: self.permanent.clone(),
            redirects: self.redirects.clone(),
            freshness: Freshness::of(headers, self.shared.clock.now()),
            validators: Validators {
                url: self.url.clone(),
                etag: etag.or_else(|| sent.etag.clone()),
                last_modified: last_modified.or_else(|| sent.last_modified.clone()),
            },
        }))
    }

    fn redirect(&self, answer: &Answer) -> Step {
        let bad = |what: &str| {
            let message = format!("{} redirects ({}) {what}", shown(&self.url), answer.status);
            Err(failed(FailureKind::Protocol, message))
        };
        let Some(location) = answer.headers.get(LOCATION) else {
            return bad("without saying where");
        };
        // Raw UTF-8 is common here, though RFC 3986 wants it encoded.
        let location = String::from_utf8_lossy(location.as_bytes());
        match self.url.join(location.trim()) {
            Ok(to) => Ok(Next::Follow {
                to: bare_address(&to).0,
                status: answer.status,
            }),
            Err(_) => bad("to something that is not an address"),
        }
    }

    /// Takes a redirect, or says why not.
    fn follow(&mut self, to: Url, status: u16) -> Result<(), Refusal> {
        let from = std::mem::replace(&mut self.url, to.clone());
        let most = match self.request.kind {
            Kind::Robots => ROBOTS_REDIRECTS.min(self.settings().max_redirects),
            _ => self.settings().max_redirects,
        };
        if from.scheme() == "https" && to.scheme() == "http" {
            let message = format!(
                "{} redirects from https to http, which anyone on the way can read and change",
                shown(&from)
            );
            return Err(Refusal::new(RefusalReason::Downgrade, message));
        }
        if to == from || self.redirects.iter().any(|redirect| redirect.from == to) {
            let message = format!("{} redirects in a circle", shown(&from));
            return Err(Refusal::new(RefusalReason::TooManyRedirects, message));
        }
        if self.redirects.len() >= most {
            let message = format!(
                "{} redirects more than {most} times",
                shown(&self.request.url)
            );
            return Err(Refusal::new(RefusalReason::TooManyRedirects, message));
        }
        let unbroken = match &self.permanent {
            Some(reached) => *reached == from,
            None => self.redirects.is_empty(),
        };
        if unbroken && matches!(status, 301 | 308) {
            self.permanent = Some(to.clone());
        }
        self.redirects.push(Redirect { from, to, status });
        // The next server is another one: it may pack as its headers say.
        self.identity = false;
        Ok(())
    }

    /// Refuses a page that is not the host's but the network's.
    fn judge_network(&self, body: &[u8]) -> Result<(), Outcome> {
        let domain = registrable_domain(self.url.host_str().unwrap_or_default());
        let (shared, kind) = (self.shared, self.request.kind);
        if !shared
            .portal
            .answers(&domain, kind, body, shared.timer.elapsed())
        {
            return Ok(());
        }
        let message = format!(
            "{} answers with the very page that other hosts answer with: the network seems to want a sign-in",
            shown(&self.url)
        );
        Err(failed(FailureKind::Portal, message))
    }

    async fn receive(&self, mut answer: Answer) -> Step {
        let kind = self.request.kind;
        let content_type = answer.headers.get(CONTENT_TYPE).map(lossy);
        let refuse = |what: String| {
            refused(
                RefusalReason::MediaType,
                format!("{} is no text: {what}", shown(&self.url)),
            )
        };
        media::judge_header(kind, content_type.as_deref()).map_err(refuse)?;
        let settings = self.settings();
        let limits = Limits {
            cap: settings.caps.of(kind),
            cut: kind == Kind::Robots,
            read_timeout: settings.read_timeout,
            slow_window: settings.slow_window,
            slow_bytes: settings.slow_bytes,
        };
        let read = body::read(
            &mut *answer.body,
            &answer.headers,
            &limits,
            &*self.shared.timer,
            &self.shared.large,
        );
        let whole = match read.await {
            Ok(whole) => whole,
            Err(Broken::Failed(failure))
                if failure.kind == FailureKind::Encoding && !self.identity =>
            {
                tracing::debug!(url = %shown(&self.url), "asked again without packing: {}", failure.message);
                return Ok(Next::Again);
            }
            Err(broken) => return Err(self.broken(broken)),
        };
        media::judge_bytes(kind, &whole.bytes).map_err(refuse)?;
        self.judge_network(&whole.bytes)?;
        Err(Outcome::Body(Box::new(Response {
            status: answer.status,
            final_url: self.url.clone(),
            permanent: self.permanent.clone(),
            redirects: self.redirects.clone(),
            content_type,
            links: answer.headers.get_all(LINK).iter().map(lossy).collect(),
            body: whole.bytes,
            cut: whole.cut,
            validators: validators(&self.url, &answer.headers),
            freshness: Freshness::of(&answer.headers, self.shared.clock.now()),
            bytes_on_wire: whole.bytes_on_wire,
            elapsed: Duration::ZERO,
        })))
    }

    fn broken(&self, broken: Broken) -> Outcome {
        match broken {
            Broken::Refused(refusal) => Outcome::Refused(refusal.at(&self.url)),
            Broken::Failed(failure) => failed(
                failure.kind,
                format!("{}: {}", shown(&self.url), failure.message),
            ),
        }
    }

    fn with_elapsed(&self, mut outcome: Outcome) -> Outcome {
        if let Outcome::Body(response) = &mut outcome {
            response.elapsed = self.spent;
        }
        outcome
    }
}

fn refused(reason: RefusalReason, message: String) -> Outcome {
    Outcome::Refused(Refusal::new(reason, message))
}

fn failed(kind: FailureKind, message: String) -> Outcome {
    Outcome::Failed(Failure::new(kind, message))
}

fn status_message(url: &Url, status: u16) -> String {
    let meaning = match status {
        204 | 205 => "it has no content",
        206 => "it sends a part of the document though the whole was asked for",
        401 => "it wants credentials",
        402 => "it wants payment",
        403 => "it forbids this",
        404 => "there is nothing at this address",
        407 => "the proxy wants credentials",
        451 => "it is withheld for legal reasons",
        503 => "the server cannot answer now, and does not say when it can",
        500..=599 => "the server has a fault",
        _ => "this is no document",
    };
    format!("{} answers {status}: {meaning}", shown(url))
}

/// The network that asks for proof of a person, if one does.
fn challenge(answer: &Answer) -> Option<&'static str> {
    let has = |name: &str, value: &str| {
        let found = answer.headers.get(name).map(lossy);
        found.is_some_and(|found| found.eq_ignore_ascii_case(value))
    };
    if has("cf-mitigated", "challenge") {
        return Some("Cloudflare");
    }
    if has("x-amzn-waf-action", "challenge") || has("x-amzn-waf-action", "captcha") {
        return Some("AWS");
    }
    (answer.status == 403 && has("server", "ddos-guard")).then_some("DDoS-Guard")
}

#[cfg(test)]
#[path = "obedience_tests.rs"]
mod obedience;
#[cfg(test)]
#[path = "journey_tests.rs"]
mod tests;
