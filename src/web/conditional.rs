//! Conditional requests and content codings (RFC 9110 §8.8, §12.5.3, §13), over header values.
//!
//! Pure: knows no server, no file and no clock.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};

/// What to answer to a conditional request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// 304: what the client has is still good.
    NotModified,
    /// The whole representation.
    Send,
}

/// Judges the preconditions of a request (RFC 9110 §13.2.2): `If-None-Match` first, by weak
/// comparison, over a list or `*`; `If-Modified-Since` only when there is no `If-None-Match`;
/// a date that is none of the three forms is passed over. Only GET and HEAD may get a 304.
///
/// Several `If-None-Match` lines are one list: join them by commas before. `etag` is the quoted
/// tag of the representation that would be sent.
pub fn evaluate(
    method_is_get_or_head: bool,
    if_none_match: Option<&[u8]>,
    if_modified_since: Option<&str>,
    etag: &str,
    last_modified: DateTime<Utc>,
) -> Decision {
    let unchanged = match if_none_match {
        Some(tags) => names(tags, etag.as_bytes()),
        None => {
            let since = if_modified_since.and_then(parse_http_date);
            since.is_some_and(|since| last_modified.timestamp() <= since.timestamp())
        }
    };
    if method_is_get_or_head && unchanged {
        Decision::NotModified
    } else {
        Decision::Send
    }
}

/// Whether a list of entity tags holds the tag, by weak comparison (RFC 9110 §8.8.3.2). Reading
/// stops at the first thing that is no tag.
fn names(list: &[u8], etag: &[u8]) -> bool {
    if list.trim_ascii() == b"*" {
        return true;
    }
    let etag = etag.strip_prefix(b"W/").unwrap_or(etag);
    let mut rest = list;
    loop {
        while let [b' ' | b'\t' | b',', tail @ ..] = rest {
            rest = tail;
        }
        let opaque = rest.strip_prefix(b"W/").unwrap_or(rest);
        let [b'"', inside @ ..] = opaque else {
            return false;
        };
        let Some(end) = inside.iter().position(|byte| *byte == b'"') else {
            return false;
        };
        let (tag, tail) = opaque.split_at(end + 2);
        if tag == etag {
            return true;
        }
        rest = tail;
    }
}

/// A date as HTTP writes it (RFC 9110 §5.6.7, `IMF-fixdate`), to the second.
pub fn http_date(date: DateTime<Utc>) -> String {
    date.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Reads an HTTP date in any of its three forms (RFC 9110 §5.6.7): `IMF-fixdate`, that of RFC 850
/// and that of `asctime`. Years of two digits are those of 1970 to 2069. None for anything else.
pub fn parse_http_date(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    match text.split_once(", ") {
        Some((day, rest)) if day.len() == 3 => fixed(day, rest),
        Some((day, rest)) => rfc850(day, rest),
        None => asctime(text),
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
fn fixed(day: &str, rest: &str) -> Option<DateTime<Utc>> {
    let [date, month, year, time, "GMT"] = fields(rest, ' ')? else {
        return None;
    };
    let date = calendar(digits(year, 4)?, month, digits(date, 2)?)?;
    moment(date, time, weekday(day)?)
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`
fn rfc850(day: &str, rest: &str) -> Option<DateTime<Utc>> {
    let [date, time, "GMT"] = fields(rest, ' ')? else {
        return None;
    };
    let [date, month, year] = fields(date, '-')?;
    let year = digits(year, 2)?;
    let century = if year < 70 { 2000 } else { 1900 };
    let date = calendar(century + year, month, digits(date, 2)?)?;
    moment(date, time, weekday(day)?)
}

/// `Sun Nov  6 08:49:37 1994`
fn asctime(text: &str) -> Option<DateTime<Utc>> {
    let text = text.replacen("  ", " ", 1);
    let [day, month, date, time, year] = fields(&text, ' ')?;
    let date = calendar(
        digits(year, 4)?,
        month,
        digits(date, date.len().clamp(1, 2))?,
    )?;
    moment(date, time, weekday(day)?)
}

fn fields<const N: usize>(text: &str, separator: char) -> Option<[&str; N]> {
    let mut parts = text.split(separator);
    let mut out = [""; N];
    for place in &mut out {
        *place = parts.next()?;
    }
    parts.next().is_none().then_some(out)
}

fn digits(text: &str, length: usize) -> Option<u32> {
    let shaped = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    shaped.then(|| text.parse().ok()).flatten()
}

/// The place in the week, 0 for Monday, of a day's name, whole or in three letters.
fn weekday(name: &str) -> Option<u32> {
    const DAYS: [&str; 7] = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    let place = DAYS
        .iter()
        .position(|day| *day == name || day.get(..3) == Some(name))?;
    u32::try_from(place).ok()
}

fn calendar(year: u32, month: &str, day: u32) -> Option<NaiveDate> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, u32::try_from(month).ok()?, day)
}

fn moment(date: NaiveDate, time: &str, weekday: u32) -> Option<DateTime<Utc>> {
    let [hour, minute, second] = fields(time, ':')?;
    let second = digits(second, 2)?;
    if second > 60 || date.weekday().num_days_from_monday() != weekday {
        return None;
    }
    // A leap second is the last of its minute: universal time as counted here has no 60th.
    let time: Option<NaiveDateTime> =
        date.and_hms_opt(digits(hour, 2)?, digits(minute, 2)?, second.min(59));
    time.map(|time| time.and_utc())
}

/// Whether a client prefers gzip to no coding at all, by its `Accept-Encoding` (RFC 9110
/// §12.5.3). Without the header nothing is coded: who does not ask may not understand.
pub fn accepts_gzip(accept_encoding: Option<&str>) -> bool {
    accepts(accept_encoding, &["gzip", "x-gzip"])
}

/// Whether a client prefers a coding, by any of its names, to no coding at all.
fn accepts(accept_encoding: Option<&str>, names: &[&str]) -> bool {
    let (mut own, mut any, mut identity) = (None, None, None);
    for member in accept_encoding.unwrap_or_default().split(',') {
        let mut parts = member.split(';');
        let coding = parts.next().unwrap_or_default().trim();
        let Some(weight) = weight(parts) else {
            continue;
        };
        if names.iter().any(|name| coding.eq_ignore_ascii_case(name)) {
            own = own.max(Some(weight));
        } else if coding.eq_ignore_ascii_case("identity") {
            identity = Some(weight);
        } else if coding == "*" {
            any = Some(weight);
        }
    }
    let own = own.or(any).unwrap_or(0);
    // Without a word about it, "no coding" is acceptable but not preferred.
    own > 0 && own >= identity.unwrap_or(0)
}

/// The weight in thousandths (RFC 9110 §12.4.2), 1000 without one; none when it is malformed.
fn weight<'a>(parameters: impl Iterator<Item = &'a str>) -> Option<u32> {
    let mut weight = 1000;
    for parameter in parameters {
        let (key, value) = parameter.split_once('=')?;
        if key.trim().eq_ignore_ascii_case("q") {
            weight = thousandths(value.trim())?;
        }
    }
    Some(weight)
}

fn thousandths(text: &str) -> Option<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: u32 = format!("{fraction:0<3}").parse().ok()?;
    match (whole, fraction) {
        ("0", fraction) => Some(fraction),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
#[path = "conditional_tests.rs"]
mod tests;
