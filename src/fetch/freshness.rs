//! What response headers say about time: how long a document stays fresh, how long to stay away.
//!
//! Pure: the present is an argument. Values that make no sense are taken as absent.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderMap, HeaderName, RETRY_AFTER};

use crate::text::http_date;

/// The longest freshness that is believed: a year, as RFC 9111 §1.2.2 and its predecessors suggest.
const LONGEST_FRESHNESS: Duration = Duration::from_secs(365 * 24 * 3600);

/// How long a document stays fresh (RFC 9111 §4.2); both absent when the server wants it asked for
/// each time (`no-cache`, `no-store`) or says nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Freshness {
    /// `max-age` less `Age`, counted from the moment of the answer.
    pub max_age: Option<Duration>,
    /// `Expires`, corrected by the server's own `Date` when its clock differs from ours, less `Age`: a
    /// cache on the way leaves the `Date` of the origin as it was (RFC 9111 §4.2.3).
    pub expires: Option<DateTime<Utc>>,
}

impl Freshness {
    /// Reads the headers of an answer that came at `now`.
    pub fn of(headers: &HeaderMap, now: DateTime<Utc>) -> Self {
        let directives = CacheControl::of(headers);
        if directives.ask_each_time {
            return Self::default();
        }
        let age = text(headers, &AGE)
            .and_then(|age| seconds(&age))
            .unwrap_or_default();
        let expires = text(headers, &EXPIRES)
            .and_then(|date| http_date::parse(&date))
            .and_then(|date| local(date, headers, now))
            .and_then(|date| date.checked_sub_signed(TimeDelta::from_std(age).ok()?));
        Self {
            max_age: directives
                .max_age
                .map(|max| max.min(LONGEST_FRESHNESS).saturating_sub(age)),
            expires,
        }
    }

    /// Until when a document that came at `received` is fresh; `max-age` wins (RFC 9111 §5.3).
    pub fn until(&self, received: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let by_age = self
            .max_age
            .and_then(|age| TimeDelta::from_std(age).ok())
            .and_then(|age| received.checked_add_signed(age));
        by_age.or(self.expires)
    }
}

#[derive(Default)]
struct CacheControl {
    ask_each_time: bool,
    max_age: Option<Duration>,
}

impl CacheControl {
    fn of(headers: &HeaderMap) -> Self {
        let mut found = Self::default();
        for value in headers.get_all(CACHE_CONTROL) {
            let value = String::from_utf8_lossy(value.as_bytes());
            for directive in value.split(',') {
                found.read(directive);
            }
        }
        found
    }

    fn read(&mut self, directive: &str) {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "no-cache" | "no-store" => self.ask_each_time = true,
            // Of two contradicting ages the shorter is the safer one (RFC 9111 §4.2.1).
            "max-age" => {
                let age = seconds(value.trim().trim_matches('"'));
                self.max_age = match (self.max_age, age) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
            }
            _ => {}
        }
    }
}

/// How long an answer asks us to stay away (RFC 9110 §10.2.3): seconds or a date, which is measured
/// against the server's own `Date` where it sent one. None when the header is absent or senseless.
pub fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let longest = headers.get_all(RETRY_AFTER).iter().filter_map(|value| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let value = value.trim();
        if let Some(wait) = seconds(value) {
            return Some(wait);
        }
        let until = local(http_date::parse(value)?, headers, now)?;
        Some((until - now).to_std().unwrap_or_default())
    });
    longest.max()
}

/// A date of the server's clock in ours.
fn local(date: DateTime<Utc>, headers: &HeaderMap, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match text(headers, &DATE).and_then(|sent| http_date::parse(&sent)) {
        Some(sent) => now.checked_add_signed(date - sent),
        None => Some(date),
    }
}

/// Whole seconds; too many of them are the most there can be (RFC 9111 §1.2.2).
fn seconds(text: &str) -> Option<Duration> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)))
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use reqwest::header::HeaderValue;

    use super::*;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0)
            .single()
            .expect("a valid date")
    }

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in lines {
            map.append(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        map
    }

    #[test]
    fn freshness_of_an_answer() {
        let check = |lines: &[(&'static str, &'static str)], minutes: Option<i64>| {
            let until = Freshness::of(&headers(lines), now()).until(now());
            assert_eq!(
                until.map(|until| (until - now()).num_minutes()),
                minutes,
                "{lines:?}"
            );
        };
        check(&[], None);
        check(&[("cache-control", "max-age=3600")], Some(60));
        check(&[("cache-control", "public, MAX-AGE=\"3600\"")], Some(60));
        check(
            &[("cache-control", "max-age=3600"), ("age", "600")],
            Some(50),
        );
        check(
            &[("cache-control", "max-age=600"), ("age", "3600")],
            Some(0),
        );
        check(&[("cache-control", "max-age=600, max-age=60")], Some(1));
        check(
            &[
                ("cache-control", "max-age=600"),
                ("cache-control", "max-age=60"),
            ],
            Some(1),
        );
        check(&[("cache-control", "no-cache, max-age=3600")], None);
        check(
            &[
                ("cache-control", "no-store"),
                ("expires", "Sun, 01 Mar 2026 13:00:00 GMT"),
            ],
            None,
        );
        check(&[("cache-control", "max-age=-1")], None);
        check(
            &[("cache-control", "max-age=99999999999999999999999")],
            Some(365 * 24 * 60),
        );
        check(&[("expires", "Sun, 01 Mar 2026 13:00:00 GMT")], Some(60));
        check(&[("expires", "Sunday, 01-Mar-26 13:00:00 GMT")], Some(60));
        check(&[("expires", "Sun Mar  1 13:00:00 2026")], Some(60));
        check(&[("expires", "0")], None);
        check(
            &[
                ("cache-control", "max-age=600"),
                ("expires", "Sun, 01 Mar 2026 13:00:00 GMT"),
            ],
            Some(10),
        );
        check(
            &[
                ("expires", "Sun, 01 Mar 2020 13:00:00 GMT"),
                ("date", "Sun, 01 Mar 2020 12:30:00 GMT"),
            ],
            Some(30),
        );
        check(
            &[
                ("expires", "Sun, 01 Mar 2026 12:40:00 GMT"),
                ("date", "Sun, 01 Mar 2026 11:40:00 GMT"),
                ("age", "1200"),
            ],
            Some(40),
        );
    }

    #[test]
    fn pauses_asked_for() {
        let check = |lines: &[(&'static str, &'static str)], seconds: Option<u64>| {
            let wait = retry_after(&headers(lines), now());
            assert_eq!(wait.map(|wait| wait.as_secs()), seconds, "{lines:?}");
        };
        check(&[], None);
        check(&[("retry-after", "120")], Some(120));
        check(&[("retry-after", " 120 ")], Some(120));
        check(&[("retry-after", "0")], Some(0));
        check(&[("retry-after", "-5")], None);
        check(&[("retry-after", "3.5")], None);
        check(&[("retry-after", "soon")], None);
        check(&[("retry-after", "")], None);
        check(
            &[("retry-after", "99999999999999999999999")],
            Some(u64::MAX),
        );
        check(&[("retry-after", "10"), ("retry-after", "70")], Some(70));
        check(
            &[("retry-after", "Sun, 01 Mar 2026 12:02:00 GMT")],
            Some(120),
        );
        check(
            &[("retry-after", "Sunday, 01-Mar-26 12:02:00 GMT")],
            Some(120),
        );
        check(&[("retry-after", "Sun Mar  1 12:02:00 2026")], Some(120));
        check(&[("retry-after", "Sun, 01 Mar 2020 12:02:00 GMT")], Some(0));
        check(
            &[
                ("retry-after", "Sun, 01 Mar 2020 12:02:00 GMT"),
                ("date", "Sun, 01 Mar 2020 12:00:00 GMT"),
            ],
            Some(120),
        );
    }
}
