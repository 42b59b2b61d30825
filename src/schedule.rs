//! When a source is due next: `every`, `cron`, `adaptive`.
//!
//! Pure: time and zone are arguments. The `cron` crate reads Quartz expressions (day of week 1 is
//! Sunday, six fields, both day fields combined by AND, a fire repeated in autumn and lost in
//! spring); [`Cron`] is the adapter that gives them the meaning that users of cron(5) expect.

mod closed;

use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, LocalResult, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

pub use closed::{Closed, Quiet, bits};

/// Shortest interval that may be configured, in seconds: more often is nobody's wish but ours.
pub const SHORTEST_EVERY: Duration = Duration::from_secs(1);
/// Share of an interval by which the jitter spreads polls.
const JITTER_SHARE: f64 = 0.1;
/// Fires looked at before an expression is held to have no further one (a gap of a time zone is
/// never longer than a day's fires).
const FIRES_LOOKED_AT: usize = 4_000;
/// Longest search for the end of a gap that a change to summer time leaves, in minutes.
const LONGEST_GAP_MINUTES: i64 = 26 * 60;
/// Silence after which an adaptive source is polled more slowly, with the share of `max` that
/// becomes the least interval (the curve of CommaFeed).
const SILENCE: [(i64, f64); 3] = [(30, 1.0), (14, 0.5), (7, 0.25)];

/// How often a source is polled.
#[derive(Debug, Clone, PartialEq)]
pub enum Schedule {
    /// At a fixed interval.
    Every(Duration),
    /// At the times of a cron expression, in the source's zone.
    Cron(Box<Cron>),
    /// Between `min` and `max`, after the mean gap between the source's candidates.
    Adaptive {
        /// Shortest interval.
        min: Duration,
        /// Longest interval.
        max: Duration,
    },
}

/// What is known of a source's rhythm when an adaptive interval is computed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rhythm {
    /// Mean gap between its latest candidates, in seconds, once two are known.
    pub mean_gap: Option<i64>,
    /// When the newest candidate was published.
    pub newest: Option<DateTime<Utc>>,
}

impl Schedule {
    /// The first moment from `at` on at which a poll may be: one of its fires for `cron`, and none
    /// that is closed.
    pub fn not_before(
        &self,
        at: DateTime<Utc>,
        zone: Tz,
        closed: &Closed,
        seed: u64,
    ) -> DateTime<Utc> {
        let Self::Cron(cron) = self else {
            return closed.open_from(at, seed);
        };
        let mut at = at;
        for _ in 0..FIRES_LOOKED_AT {
            let open = closed.open_from(at, 0);
            let Some(fire) = cron.next(open - TimeDelta::nanoseconds(1), zone) else {
                break;
            };
            if !closed.holds(fire) {
                return fire;
            }
            at = fire;
        }
        closed.open_from(at, seed)
    }

    /// When the source is due after a poll at `now`. `seed` (a hash of the source's id) spreads the
    /// sources: the same source always gets the same share of jitter.
    pub fn next(&self, now: DateTime<Utc>, zone: Tz, rhythm: Rhythm, seed: u64) -> DateTime<Utc> {
        match self {
            Self::Cron(cron) => cron.next(now, zone).unwrap_or(now + TimeDelta::days(1)),
            Self::Every(interval) => now + jittered(*interval, seed),
            Self::Adaptive { min, max } => {
                now + jittered(adaptive_interval(*min, *max, rhythm, now), seed)
            }
        }
    }
}

/// The interval with up to ten percent added, always the same share for the same seed.
pub fn jittered(interval: Duration, seed: u64) -> TimeDelta {
    let share = (seed % 10_000) as f64 / 10_000.0 * JITTER_SHARE;
    let seconds = interval.as_secs_f64() * (1.0 + share);
    TimeDelta::milliseconds((seconds * 1_000.0) as i64)
}

/// Half the mean gap between candidates, within `min` and `max`; slower when the source has been
/// silent for 7, 14 or 30 days.
fn adaptive_interval(min: Duration, max: Duration, rhythm: Rhythm, now: DateTime<Utc>) -> Duration {
    let by_gap = rhythm
        .mean_gap
        .map_or(min, |gap| Duration::from_secs(gap.max(0) as u64 / 2));
    let silent_days = rhythm.newest.map_or(0, |newest| (now - newest).num_days());
    let floor = SILENCE
        .iter()
        .find(|(days, _)| silent_days >= *days)
        .map_or(Duration::ZERO, |(_, share)| max.mul_f64(*share));
    by_gap.max(floor).clamp(min, max.max(min))
}

/// A cron expression with the meaning of cron(5): five fields, Sunday is 0 or 7.
#[derive(Debug, Clone)]
pub struct Cron {
    text: String,
    schedule: Box<cron::Schedule>,
    /// Whether it goes on hour after hour, rather than naming hours.
    hourly: bool,
}

impl PartialEq for Cron {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Cron {
    /// Reads an expression of five fields, or six when the first (seconds) is `0`, or a name such
    /// as `@hourly`.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the expression.
    pub fn parse(text: &str) -> Result<Self, String> {
        let fields = five_fields(text)?;
        let [minute, hour, day, month, weekday] = &fields;
        if restricted(day) && restricted(weekday) {
            return Err(
                "both the day of the month and the day of the week are restricted: cron \
                        programs disagree on whether one or both must hold; restrict one of them"
                    .to_owned(),
            );
        }
        let weekday = named_weekdays(weekday)?;
        let quartz = format!("0 {minute} {hour} {day} {month} {weekday}");
        let schedule = cron::Schedule::from_str(&quartz).map_err(|e| {
            let reason = e.to_string();
            let reason = reason.trim();
            if reason.is_empty() {
                format!("`{text}` is not a cron expression")
            } else {
                format!(
                    "`{text}` is not a cron expression ({})",
                    reason.replace('\n', " ")
                )
            }
        })?;
        let cron = Self {
            text: text.to_owned(),
            schedule: Box::new(schedule),
            hourly: hour.starts_with('*'),
        };
        let start = Utc
            .timestamp_opt(1_767_225_600, 0)
            .single()
            .unwrap_or_default();
        if cron.next(start, Tz::UTC).is_none() {
            return Err(format!("`{text}` never comes: there is no such day"));
        }
        Ok(cron)
    }

    /// The first fire strictly after `after`. A time that the change to summer time skips fires
    /// when the gap ends; one that autumn repeats fires once, at its first occurrence, unless every
    /// hour is meant: then the repeated hour is one like the others.
    pub fn next(&self, after: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let local = after.with_timezone(&zone).naive_local();
        // Wall-clock times are enumerated as if they were UTC, so that the crate never sees a gap;
        // a start two hours earlier finds the times that a gap moved behind `after`.
        let start = Utc.from_utc_datetime(&(local - TimeDelta::hours(2)));
        let search = |again: bool| {
            self.schedule
                .after(&start)
                .take(FIRES_LOOKED_AT)
                .filter_map(|fire| instant(fire.naive_utc(), zone, again))
                .find(|fire| *fire > after)
        };
        let repeated = self.hourly.then(|| search(true)).flatten();
        search(false).into_iter().chain(repeated).min()
    }
}

/// When a wall clock shows a time; `again`: for the second time, where it shows it twice.
fn instant(local: NaiveDateTime, zone: Tz, again: bool) -> Option<DateTime<Utc>> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(t) => Some(t.to_utc()),
        LocalResult::Ambiguous(first, second) => Some(if again { second } else { first }.to_utc()),
        LocalResult::None => (1..=LONGEST_GAP_MINUTES).find_map(|minutes| {
            zone.from_local_datetime(&(local + TimeDelta::minutes(minutes)))
                .earliest()
                .map(|t| t.to_utc())
        }),
    }
}

fn five_fields(text: &str) -> Result<[String; 5], String> {
    let expanded = match text.trim() {
        "@hourly" => "0 * * * *",
        "@daily" | "@midnight" => "0 0 * * *",
        "@weekly" => "0 0 * * 0",
        "@monthly" => "0 0 1 * *",
        "@yearly" | "@annually" => "0 0 1 1 *",
        other => other,
    };
    let mut fields: Vec<String> = expanded.split_whitespace().map(str::to_owned).collect();
    if fields.len() == 6 {
        if fields[0] != "0" {
            return Err(format!(
                "a sixth field in front would be seconds, which polls do not know; write minute hour day \
                 month weekday: \"{}\"",
                fields[1..].join(" ")
            ));
        }
        fields.remove(0);
    }
    <[String; 5]>::try_from(fields).map_err(|fields| {
        format!(
            "{} fields where five are expected: minute hour day month weekday",
            fields.len()
        )
    })
}

fn restricted(field: &str) -> bool {
    field != "*" && field != "?"
}

/// Rewrites numeric weekdays of cron(5) (0 and 7 are Sunday) to the names that both dialects share.
fn named_weekdays(field: &str) -> Result<String, String> {
    const NAMES: [&str; 8] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];
    let mut parts = Vec::new();
    for part in field.split(',') {
        let (range, step) = part
            .split_once('/')
            .map_or((part, None), |(r, s)| (r, Some(s)));
        let step: usize = match step {
            None => 1,
            Some(s) => s
                .parse()
                .ok()
                .filter(|n| (1..=7).contains(n))
                .ok_or_else(|| format!("`{part}` is not a step of weekdays"))?,
        };
        if range == "*" || range == "?" {
            if step == 1 {
                parts.push("*".to_owned());
            } else {
                parts.extend((0..7).step_by(step).map(|d| NAMES[d].to_owned()));
            }
            continue;
        }
        let (from, to) = range.split_once('-').unwrap_or((range, range));
        let (from, mut to) = (weekday_number(from)?, weekday_number(to)?);
        if to < from {
            to += 7;
        }
        parts.extend((from..=to).step_by(step).map(|d| NAMES[d % 7].to_owned()));
    }
    Ok(parts.join(","))
}

fn weekday_number(word: &str) -> Result<usize, String> {
    const NAMES: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    let lower = word.to_ascii_lowercase();
    NAMES
        .iter()
        .position(|name| lower.starts_with(name))
        .or_else(|| lower.parse().ok().filter(|n| *n <= 7))
        .ok_or_else(|| {
            format!(
                "`{word}` is not a day of the week: write 0 to 7 (0 and 7 are Sunday) or mon, tue…"
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fires(expression: &str, zone: Tz, after: &str, count: usize) -> Vec<String> {
        let cron = Cron::parse(expression).expect(expression);
        let mut at: DateTime<Utc> = after.parse().expect("an RFC 3339 time");
        (0..count)
            .map(|_| {
                at = cron.next(at, zone).expect("a fire");
                at.with_timezone(&zone)
                    .format("%a %d %b %H:%M %:z")
                    .to_string()
            })
            .collect()
    }

    #[test]
    fn five_fields_as_cron_programs_read_them() {
        let after = "2026-11-20T10:07:00Z"; // a Friday
        assert_eq!(
            fires("*/15 * * * *", chrono_tz::Europe::Paris, after, 2),
            ["Fri 20 Nov 11:15 +01:00", "Fri 20 Nov 11:30 +01:00"]
        );
        for (expression, expected) in [
            ("5 6-23 * * *", "Fri 20 Nov 12:05 +01:00"),
            ("0 12 * * 1", "Mon 23 Nov 12:00 +01:00"),
            ("0 12 * * 0", "Sun 22 Nov 12:00 +01:00"),
            ("0 12 * * 7", "Sun 22 Nov 12:00 +01:00"),
            ("0 12 * * fri-sun", "Fri 20 Nov 12:00 +01:00"),
            ("0 12 * * 6-1", "Sat 21 Nov 12:00 +01:00"),
            ("0 0 13 * *", "Sun 13 Dec 00:00 +01:00"),
            ("0 8 1 1 *", "Fri 01 Jan 08:00 +01:00"),
            ("0 30 11 * * *", "Fri 20 Nov 11:30 +01:00"),
            ("@hourly", "Fri 20 Nov 12:00 +01:00"),
            ("@weekly", "Sun 22 Nov 00:00 +01:00"),
        ] {
            assert_eq!(
                fires(expression, chrono_tz::Europe::Paris, after, 1),
                [expected],
                "{expression}"
            );
        }
    }

    #[test]
    fn a_time_that_spring_skips_fires_when_the_gap_ends() {
        assert_eq!(
            fires(
                "30 2 * * *",
                chrono_tz::Europe::Paris,
                "2026-03-28T12:00:00Z",
                2
            ),
            ["Sun 29 Mar 03:00 +02:00", "Mon 30 Mar 02:30 +02:00"]
        );
    }

    #[test]
    fn a_time_that_autumn_repeats_fires_once() {
        assert_eq!(
            fires(
                "30 2 * * *",
                chrono_tz::Europe::Paris,
                "2026-10-24T12:00:00Z",
                2
            ),
            ["Sun 25 Oct 02:30 +02:00", "Mon 26 Oct 02:30 +01:00"]
        );
        // Asked between the two occurrences, the repeated one does not fire again.
        assert_eq!(
            fires(
                "30 2 * * *",
                chrono_tz::Europe::Paris,
                "2026-10-25T01:10:00Z",
                1
            ),
            ["Mon 26 Oct 02:30 +01:00"]
        );
    }

    #[test]
    fn every_hour_includes_the_one_that_autumn_repeats() {
        assert_eq!(
            fires(
                "*/30 * * * *",
                chrono_tz::Europe::Paris,
                "2026-10-25T00:10:00Z",
                4
            ),
            [
                "Sun 25 Oct 02:30 +02:00",
                "Sun 25 Oct 02:00 +01:00",
                "Sun 25 Oct 02:30 +01:00",
                "Sun 25 Oct 03:00 +01:00"
            ]
        );
    }

    #[test]
    fn expressions_that_are_refused_say_why() {
        for (expression, part) in [
            ("", "0 fields"),
            ("* * * *", "4 fields"),
            ("30 */5 * * * *", "seconds"),
            ("0 0 13 * 5", "both the day"),
            ("0 0 30 2 *", "never comes"),
            ("61 * * * *", "not a cron expression"),
            ("0 0 * * 8", "day of the week"),
            ("0 0 * * lundi", "day of the week"),
            ("hello", "1 fields"),
        ] {
            let message = Cron::parse(expression).expect_err(expression);
            assert!(message.contains(part), "{expression}: {message}");
        }
    }

    #[test]
    fn a_fire_in_a_closed_hour_is_left_out() {
        let closed = Closed {
            skip_hours: bits(&[12, 13]),
            skip_days: 0,
            quiet: None,
            zone: chrono_tz::UTC,
        };
        let at = |text: &str| -> DateTime<Utc> { text.parse().expect("a time") };
        let cron = Schedule::Cron(Box::new(Cron::parse("5 * * * *").expect("a schedule")));
        for (from, expected) in [
            ("2026-11-20T11:05:00Z", "2026-11-20T11:05:00Z"),
            ("2026-11-20T11:05:01Z", "2026-11-20T14:05:00Z"),
        ] {
            let due = cron.not_before(at(from), chrono_tz::UTC, &closed, 9);
            assert_eq!(due, at(expected));
        }
    }

    #[test]
    fn jitter_is_stable_and_at_most_a_tenth() {
        let every = Duration::from_secs(1_200);
        assert_eq!(jittered(every, 42), jittered(every, 42));
        assert_ne!(jittered(every, 42), jittered(every, 4_242));
        for seed in 0..20_000 {
            let seconds = jittered(every, seed).num_seconds();
            assert!((1_200..=1_320).contains(&seconds), "{seed}: {seconds}");
        }
    }

    #[test]
    fn adaptive_follows_the_rhythm_and_slows_down_in_silence() {
        let now: DateTime<Utc> = "2026-11-20T10:00:00Z".parse().expect("a time");
        let (min, max) = (Duration::from_secs(900), Duration::from_secs(86_400));
        for (gap, silent_days, expected) in [
            (None, 0, 900),
            (Some(7_200), 0, 3_600),
            (Some(60), 0, 900),
            (Some(1_000_000), 0, 86_400),
            (Some(7_200), 8, 21_600),
            (Some(7_200), 15, 43_200),
            (Some(7_200), 31, 86_400),
        ] {
            let rhythm = Rhythm {
                mean_gap: gap,
                newest: Some(now - TimeDelta::days(silent_days)),
            };
            let interval = adaptive_interval(min, max, rhythm, now);
            assert_eq!(interval.as_secs(), expected, "{gap:?} {silent_days}");
        }
    }
}
