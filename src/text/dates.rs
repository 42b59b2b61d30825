//! Dates as outlets write them: RFC 822 and its heirs with every deviation, ISO 8601, and the
//! forms of French, Spanish, Portuguese, English, German, Italian, Russian and Chinese pages.
//!
//! A date that is not understood is `None`, never a guess. Knows no clock: what counts as the
//! future is told by the caller. Knows no source either: a date without a zone, and a zone name
//! that means several zones (`CST`), are resolved by the zone that the caller passes.

mod address;
mod moment;
mod names;
mod tokens;
mod zones;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;

pub use address::days_in;
pub use names::FRENCH_MONTHS;

use moment::{Reach, read};
use tokens::{Token, tokens};

/// Longest text taken for a date as a whole, in bytes.
const MAX_DATE: usize = 200;

/// Longest text searched for a date, in bytes.
const MAX_LINE: usize = 4000;

/// Years accepted; outside of them a date is a placeholder (`0000-00-00`, `0001-01-01`, `9999-12-31`).
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// How far from the beginning of 1970, in seconds, a date is the clock's nought in some zone, and none.
const NOUGHT: i64 = 86_400;

/// Reads a text that is a date. Without a zone of its own it is read in `zone`, else in UTC.
pub fn parse(text: &str, zone: Option<Tz>) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_DATE {
        return None;
    }
    if let Some(date) = standard(text).or_else(|| epoch(text)) {
        return plausible(date);
    }
    let tokens = tokens(text);
    for start in 0..=lead(&tokens) {
        let found = read(&tokens, start, Reach::Whole);
        if let Some((moment, end)) = found
            && tail_is_idle(&tokens[end..])
        {
            return moment.resolve(zone).and_then(plausible);
        }
    }
    None
}

/// Finds the first date inside a line of text, such as `Publié le 17 septembre 2021 à 15h56`.
pub fn find(text: &str, zone: Option<Tz>) -> Option<DateTime<Utc>> {
    let tokens = tokens(super::head(text, MAX_LINE));
    let mut start = 0;
    while start < tokens.len() {
        if begins(&tokens, start)
            && let Some((moment, _)) = read(&tokens, start, Reach::Within)
            && let Some(date) = moment.resolve(zone).and_then(plausible)
        {
            return Some(date);
        }
        start += 1;
    }
    None
}

/// A date not later than `now`: outlets announce articles for tomorrow and set clocks wrong.
pub fn clamp(date: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    date.min(now)
}

fn plausible(date: DateTime<Utc>) -> Option<DateTime<Utc>> {
    use chrono::{Datelike, Timelike};
    // A leap second has no place on the time line of SQLite or of a reader.
    let date = if date.nanosecond() >= 1_000_000_000 {
        date.with_nanosecond(0)?
    } else {
        date
    };
    let nought = date.timestamp().abs() <= NOUGHT;
    (YEARS.contains(&date.year()) && !nought).then_some(date)
}

/// The two forms that nearly every feed writes, without the cost of the general reader.
fn standard(text: &str) -> Option<DateTime<Utc>> {
    let first = *text.as_bytes().first()?;
    let parsed = if first.is_ascii_digit() && text.as_bytes().get(4) == Some(&b'-') {
        DateTime::parse_from_rfc3339(text)
    } else if text.ends_with("GMT") || text.as_bytes()[text.len() - 1].is_ascii_digit() {
        DateTime::parse_from_rfc2822(text)
    } else {
        return None;
    };
    parsed.ok().map(|date| date.to_utc())
}

/// Seconds or milliseconds since 1970 as a string of digits, from 2001 on.
fn epoch(text: &str) -> Option<DateTime<Utc>> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let value: i64 = text.parse().ok()?;
    match text.len() {
        10 => DateTime::from_timestamp(value, 0),
        13 => DateTime::from_timestamp_millis(value),
        _ => None,
    }
}

/// The last place where a date may start in a text that should be nothing but a date: after words
/// of the kind "Publié le" and a day name. It may start among them, too: "Mar" is a Tuesday and
/// March.
fn lead(tokens: &[Token]) -> usize {
    let idle = tokens.iter().take_while(|token| token.is_idle()).count();
    // A day name of a language that is not known: a word, then a comma.
    match tokens.get(idle..idle + 2) {
        Some([Token { word: Some(_), .. }, comma]) if comma.is(',') => idle + 2,
        _ => idle,
    }
}

/// What may follow a date: marks, closing words, the name of the zone once more, a comment in
/// parentheses or (RFC 9557 §3) brackets.
fn tail_is_idle(tail: &[Token]) -> bool {
    let mut depth = 0_u32;
    tail.iter().all(|token| {
        if token.is('(') || token.is('[') {
            depth += 1;
        } else if token.is(')') || token.is(']') {
            depth = depth.saturating_sub(1);
            return true;
        }
        depth > 0 || token.is_idle() || token.names_zone()
    })
}

/// A date cannot start in the middle of a number or of a word with digits (`c31354-20307855`).
fn begins(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    if token.number.is_none() {
        return token.word.is_some() && token.month_or_day();
    }
    let Some(before) = at.checked_sub(1).map(|i| &tokens[i]) else {
        return true;
    };
    if token.spaced || before.mark.is_none() {
        return token.spaced || before.cjk();
    }
    let glue =
        before.is('.') || before.is('-') || before.is('/') || before.is(':') || before.is(',');
    let digits_before = at
        .checked_sub(2)
        .is_some_and(|i| tokens[i].number.is_some());
    !(glue && digits_before && !before.spaced)
}

/// Local time in a zone to UTC. A time in the gap of a change to summer time is read with the
/// offset before the change; a time that occurs twice is the first of the two. Without a zone it is
/// universal time.
pub fn local(naive: NaiveDateTime, zone: Option<Tz>) -> Option<DateTime<Utc>> {
    use chrono::{LocalResult, Offset, TimeDelta, TimeZone};
    let Some(zone) = zone else {
        return Some(naive.and_utc());
    };
    match zone.from_local_datetime(&naive) {
        LocalResult::Single(date) | LocalResult::Ambiguous(date, _) => Some(date.to_utc()),
        LocalResult::None => {
            let before = zone.offset_from_utc_datetime(&(naive - TimeDelta::hours(26)));
            fixed(naive, before.fix())
        }
    }
}

fn fixed(naive: NaiveDateTime, offset: FixedOffset) -> Option<DateTime<Utc>> {
    naive.checked_sub_offset(offset).map(|utc| utc.and_utc())
}

fn day(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}

#[cfg(test)]
mod tests;
