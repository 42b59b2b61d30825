//! Times at which a source is not polled: the hours and days that its feed asks to skip, and the
//! quiet hours of the person. Pure, like all of the schedule.

use chrono::{DateTime, Datelike, Days, NaiveTime, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

/// Every hour of a day, and every day of a week: nobody means that.
const ALL_HOURS: u32 = (1 << 24) - 1;
const ALL_DAYS: u32 = (1 << 7) - 1;
/// Steps of a search for an open moment: more than there are hours in two weeks.
const STEPS: usize = 400;
/// Sources that become open at the same moment are spread over so many seconds.
const SPREAD_SECONDS: u64 = 600;

/// Hours of the day without polls, such as `23:00-06:00`; the end does not belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    from: NaiveTime,
    to: NaiveTime,
}

impl Quiet {
    /// Reads `HH:MM-HH:MM`; it may pass midnight.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let time = |part: &str| NaiveTime::parse_from_str(part.trim(), "%H:%M").ok();
        let ends = text.split_once('-').map(|(a, b)| (time(a), time(b)));
        match ends {
            Some((Some(from), Some(to))) if from != to => Ok(Self { from, to }),
            Some((Some(_), Some(_))) => Err(format!("`{text}` begins where it ends")),
            _ => Err(format!("`{text}` does not name hours of the day")),
        }
    }

    fn holds(self, time: NaiveTime) -> bool {
        if self.from < self.to {
            self.from <= time && time < self.to
        } else {
            self.from <= time || time < self.to
        }
    }

    /// The end of the quiet hours that `at` lies in.
    fn end(self, at: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let local = at.with_timezone(&zone).naive_local();
        if !self.holds(local.time()) {
            return None;
        }
        let date = if local.time() < self.to {
            local.date()
        } else {
            local.date().checked_add_days(Days::new(1))?
        };
        // Where summer time skips that moment, the hours end with the gap.
        (0..=180)
            .filter_map(|minutes| {
                let end = date.and_time(self.to) + TimeDelta::minutes(minutes);
                zone.from_local_datetime(&end).latest()
            })
            .map(|end| end.to_utc())
            .find(|end| *end > at)
    }
}

/// When a source is not polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// Hours to skip, GMT: bit n is hour n.
    pub skip_hours: u32,
    /// Days to skip, GMT: bit 0 is Monday.
    pub skip_days: u32,
    /// Quiet hours of the person.
    pub quiet: Option<Quiet>,
    /// Zone of the quiet hours.
    pub zone: Tz,
}

impl Closed {
    /// `at` itself when the source may be polled then, else the first moment after it at which it
    /// may, a little spread by `seed`. Hints that leave no moment at all are not followed.
    pub fn open_from(&self, at: DateTime<Utc>, seed: u64) -> DateTime<Utc> {
        let Some(open) = self.first_open(at) else {
            let person = Self {
                skip_hours: 0,
                skip_days: 0,
                ..*self
            };
            return person.first_open(at).unwrap_or(at);
        };
        let spread = open + TimeDelta::seconds((seed % SPREAD_SECONDS) as i64);
        if open > at && self.end(spread).is_none() {
            spread
        } else {
            open
        }
    }

    /// Whether the source must not be polled now.
    pub fn holds(&self, at: DateTime<Utc>) -> bool {
        self.end(at).is_some() && self.open_from(at, 0) != at
    }

    fn first_open(&self, mut at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        for _ in 0..STEPS {
            match self.end(at) {
                None => return Some(at),
                Some(end) => at = end,
            }
        }
        None
    }

    /// The end of a closed stretch that `at` lies in; another may follow it.
    fn end(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let bit = |mask: u32, all: u32, n: u32| mask & all != all && mask & (1 << n) != 0;
        if bit(
            self.skip_days,
            ALL_DAYS,
            at.weekday().num_days_from_monday(),
        ) {
            let tomorrow = at.date_naive().checked_add_days(Days::new(1))?;
            return Some(tomorrow.and_time(NaiveTime::MIN).and_utc());
        }
        if bit(self.skip_hours, ALL_HOURS, at.hour()) {
            let hour = at.date_naive().and_hms_opt(at.hour(), 0, 0)?;
            return Some(hour.and_utc() + TimeDelta::hours(1));
        }
        self.quiet?.end(at, self.zone)
    }
}

/// Sets of hours or days as the store keeps them: bit n is set when n is named.
pub fn bits(numbers: &[u8]) -> u32 {
    let set = numbers.iter().filter(|n| **n < 32);
    set.fold(0, |bits, n| bits | 1 << n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an RFC 3339 time")
    }

    fn closed(hours: &[u8], days: &[u8], quiet: &str) -> Closed {
        Closed {
            skip_hours: bits(hours),
            skip_days: bits(days),
            quiet: Quiet::parse(quiet).ok(),
            zone: chrono_tz::Europe::Paris,
        }
    }

    #[test]
    fn the_first_open_moment() {
        let every_hour: Vec<u8> = (0..24).collect();
        let by_day: Vec<u8> = (5..23).collect();
        for (closed, from, expected) in [
            (
                closed(&[], &[], ""),
                "2026-11-20T10:07:00Z",
                "2026-11-20T10:07:00Z",
            ),
            (
                closed(&[10, 11], &[], ""),
                "2026-11-20T10:07:00Z",
                "2026-11-20T12:00:00Z",
            ),
            (
                closed(&[10], &[], ""),
                "2026-11-20T09:59:59Z",
                "2026-11-20T09:59:59Z",
            ),
            // 20 November 2026 is a Friday; the week-end is skipped, and midnight of Monday too.
            (
                closed(&[0], &[5, 6], ""),
                "2026-11-21T10:00:00Z",
                "2026-11-23T01:00:00Z",
            ),
            // Paris is an hour ahead of GMT.
            (
                closed(&[], &[], "23:00-06:00"),
                "2026-11-20T21:59:00Z",
                "2026-11-20T21:59:00Z",
            ),
            (
                closed(&[], &[], "23:00-06:00"),
                "2026-11-20T22:00:00Z",
                "2026-11-21T05:00:00Z",
            ),
            (
                closed(&[], &[], "23:00-06:00"),
                "2026-11-21T04:59:59Z",
                "2026-11-21T05:00:00Z",
            ),
            (
                closed(&[], &[], "12:00-13:30"),
                "2026-11-21T11:00:00Z",
                "2026-11-21T12:30:00Z",
            ),
            (
                closed(&[5], &[], "23:00-06:00"),
                "2026-11-20T23:00:00Z",
                "2026-11-21T06:00:00Z",
            ),
            // The night of the change to summer time: 02:00 to 03:00 does not exist.
            (
                closed(&[], &[], "01:00-02:30"),
                "2026-03-29T00:30:00Z",
                "2026-03-29T01:00:00Z",
            ),
            // Hints that leave nothing are not followed; the person's wish is.
            (
                closed(&every_hour, &[], ""),
                "2026-11-20T10:07:00Z",
                "2026-11-20T10:07:00Z",
            ),
            (
                closed(&by_day, &[], "23:00-06:00"),
                "2026-11-20T22:30:00Z",
                "2026-11-21T05:00:00Z",
            ),
        ] {
            assert_eq!(
                closed.open_from(at(from), 0),
                at(expected),
                "{closed:?} {from}"
            );
            assert_eq!(
                closed.holds(at(from)),
                from != expected,
                "{closed:?} {from}"
            );
        }
    }

    #[test]
    fn sources_that_open_together_are_spread_but_not_into_the_next_closed_hour() {
        let quiet = closed(&[], &[], "23:00-06:00");
        let seeded = quiet.open_from(at("2026-11-20T22:00:00Z"), 330);
        assert_eq!(seeded, at("2026-11-21T05:05:30Z"));
        let open = at("2026-11-20T12:00:00Z");
        assert_eq!(quiet.open_from(open, 330), open, "an open moment stays");
    }

    #[test]
    fn quiet_hours_that_are_refused() {
        for text in ["", "23:00", "25:00-06:00", "23-6", "06:00-06:00"] {
            assert!(Quiet::parse(text).is_err(), "{text}");
        }
    }
}
