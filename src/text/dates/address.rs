//! The day that an address carries in its path.
//!
//! Knows no zone: at which moment that day begins is for the caller to say.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::{Captures, Regex};

use super::day;

static DAY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"[/_-](?P<year>199\d|20[0-4]\d)(?P<a>[-/_]?)(?P<month>1[0-2]|0?[1-9])(?P<b>[-/_]?)(?P<day>0[1-9]|[12]\d|3[01]|[1-9])(?P<after>[/_.-]|$)",
    )
    .expect("a literal pattern")
});

/// The days in a path, the likeliest first (`/2026/08/02/`, `/2026-08/02/`, `/20260802/`,
/// `/2026/0802/`). Eight digits count only as a segment or before a slug: at the end of a name they
/// are an id.
pub fn days_in(path: &str) -> impl Iterator<Item = NaiveDate> + '_ {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let found = DAY.captures_at(path, from)?;
            from = found.get(0)?.start() + 1;
            if let Some(day) = day_of(path, &found) {
                return Some(day);
            }
        }
    })
}

fn day_of(path: &str, found: &Captures<'_>) -> Option<NaiveDate> {
    let part = |name: &str| found.name(name).map_or("", |part| part.as_str());
    let two = |name: &str| part(name).len() == 2;
    if (part("a").is_empty() && !two("month"))
        || (part("b").is_empty() && !(two("month") && two("day")))
    {
        return None;
    }
    let opens_segment = path.as_bytes().get(found.get(0)?.start()) == Some(&b'/');
    let compact = part("a").is_empty() && part("b").is_empty();
    if compact && !opens_segment && matches!(part("after"), "" | ".") {
        return None;
    }
    day(
        part("year").parse().ok()?,
        part("month").parse().ok()?,
        part("day").parse().ok()?,
    )
}
