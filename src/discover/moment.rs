//! When a candidate was published, as a listing says it: attributes in epoch numbers, a date in a
//! line of text, "il y a 3 heures", a day in the address.
//!
//! Dates as text are read by `text::dates`; here stands only what needs the time of the fetch or
//! the address. Nothing here asks a clock.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use regex::{Captures, Regex};
use url::Url;

use crate::text::dates;

/// Earliest moment believed: the web is not older.
const EARLIEST_EPOCH: i64 = 631_152_000;

/// How far ahead of the fetch a date may lie and still be a date of publication.
const AHEAD: Duration = Duration::hours(36);

/// How far text and address may differ before the address is believed.
const CONFLICT: Duration = Duration::hours(48);

/// What is known where no zone is written, and when the page was fetched.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clockwork {
    /// Zone of times that state none; UTC without.
    pub timezone: Option<Tz>,
    /// When the document was fetched.
    pub fetched_at: DateTime<Utc>,
}

static AGO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:il y a|hace|vor|há)\s+(?:environ\s+)?(\d{1,3}|une?)\s*(\p{L}+)|\b(\d{1,3}|an?|one)\s+(\p{L}+)\s+ago\b")
        .expect("a literal pattern")
});

static TODAY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\W*(aujourd.hui|today|hoy|heute|avant-hier|hier|yesterday|ayer|gestern)?(?:\W+(?:à|at|a las|um)\b)?\W*(?:([01]?\d|2[0-3])\s?[:h]\s?([0-5]\d))?\W*$")
        .expect("a literal pattern")
});

static NO_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^[^\d\p{L}]*(?i:(?:le|publiée?|postée?|mise?\s+(?:à\s+jour|en\s+ligne)|",
        r"lun(?:di)?|mar(?:di)?|mer(?:credi)?|jeu(?:di)?|ven(?:dredi)?|sam(?:edi)?|dim(?:anche)?)[\s.,:]+){0,3}",
        r"(?:(\d{1,2})(?:er)?\s+(\p{L}{3,10})\.?|(\d{1,2})([-/.])(\d{1,2}))",
        r"(?:\s*,?\s*(?:à|at|-|–)?\s*([01]?\d|2[0-3])\s?[:h]\s?([0-5]\d))?[^\d\p{L}]*$",
    ))
    .expect("a literal pattern")
});

impl Clockwork {
    fn local(&self, time: NaiveDateTime) -> Option<DateTime<Utc>> {
        dates::local(time, self.timezone)
    }

    /// The moment when it may be one of publication, not before the web; one a little after the fetch
    /// becomes the fetch's.
    pub fn believable(&self, moment: DateTime<Utc>) -> Option<DateTime<Utc>> {
        (moment.timestamp() >= EARLIEST_EPOCH && moment <= self.fetched_at + AHEAD)
            .then(|| dates::clamp(moment, self.fetched_at))
    }

    /// Seconds, milliseconds or microseconds since 1970, told apart by their size.
    pub fn epoch(&self, number: i64) -> Option<DateTime<Utc>> {
        let moment = match number {
            100_000_000..100_000_000_000 => DateTime::from_timestamp(number, 0),
            100_000_000_000..100_000_000_000_000 => DateTime::from_timestamp_millis(number),
            100_000_000_000_000..100_000_000_000_000_000 => DateTime::from_timestamp_micros(number),
            _ => None,
        }?;
        self.believable(moment)
    }

    /// A value that is a date and nothing else: an attribute or a field of JSON.
    pub fn value(&self, text: &str) -> Option<DateTime<Utc>> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        if let Some((whole, rest)) = text.split_once('.')
            && matches!(whole.len(), 9 | 10)
            && rest.bytes().all(|b| b.is_ascii_digit())
            && let Ok(number) = whole.parse()
        {
            return self.epoch(number);
        }
        if text.bytes().all(|b| b.is_ascii_digit()) {
            let compact = match text.len() {
                8 => NaiveDate::parse_from_str(text, "%Y%m%d")
                    .ok()
                    .map(|day| day.and_time(NaiveTime::MIN)),
                12 => NaiveDateTime::parse_from_str(text, "%Y%m%d%H%M").ok(),
                14 => NaiveDateTime::parse_from_str(text, "%Y%m%d%H%M%S").ok(),
                _ => None,
            };
            return match compact
                .and_then(|time| self.local(time))
                .and_then(|m| self.believable(m))
            {
                Some(moment) => Some(moment),
                None => self.epoch(text.parse().ok()?),
            };
        }
        let moment = dates::parse(text, self.timezone).or_else(|| self.relative(text));
        self.believable(moment?)
    }

    /// A date somewhere in a short line of text.
    pub fn line(&self, text: &str) -> Option<DateTime<Utc>> {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let cjk = !text.is_ascii();
        let near = || self.relative(text).or_else(|| self.without_year(text));
        if digits < 5 && !cjk {
            return self.believable(near()?);
        }
        let moment = near()
            .or_else(|| dates::parse(text, self.timezone))
            .or_else(|| dates::find(text, self.timezone));
        self.believable(moment?)
    }

    /// A day without a year (`28 juillet`, `28/07 10h22`, `07-28 10:22`): the last such day before
    /// the fetch. Between strokes or dots the day comes first, between hyphens the month.
    fn without_year(&self, text: &str) -> Option<DateTime<Utc>> {
        let found = NO_YEAR.captures(text)?;
        let part = |group: usize| found.get(group).map(|m| m.as_str());
        let number = |group: usize| part(group).and_then(|digits| digits.parse::<u32>().ok());
        // "2-1" is a result and "1/2" a page; with a time, or two digits, it is a day.
        let digits = part(3).map_or(4, str::len) + part(5).map_or(0, str::len);
        if digits < 3 && part(6).is_none() {
            return None;
        }
        let (day, month) = match (number(3), number(5)) {
            (Some(a), Some(b)) if b > 12 || (part(4) == Some("-") && a <= 12) => (b, a),
            (Some(a), Some(b)) => (a, b),
            _ => {
                let named = dates::parse(&format!("1 {} 2000", part(2)?), None)?;
                (number(1)?, named.month())
            }
        };
        let time = NaiveTime::from_hms_opt(number(6).unwrap_or(0), number(7).unwrap_or(0), 0)?;
        let year = self.fetched_at.year();
        [year, year - 1].into_iter().find_map(|year| {
            let day = NaiveDate::from_ymd_opt(year, month, day)?;
            self.believable(self.local(day.and_time(time))?)
        })
    }

    /// "il y a 3 heures", "2 days ago", "hier à 14h05", "14:05".
    fn relative(&self, text: &str) -> Option<DateTime<Utc>> {
        if let Some(found) = AGO.captures(text) {
            return self.ago(&found);
        }
        let found = TODAY.captures(text)?;
        if found.get(1).is_none() && found.get(2).is_none() {
            return None;
        }
        let zone = self.timezone.unwrap_or(Tz::UTC);
        let mut day = self.fetched_at.with_timezone(&zone).date_naive();
        let word = found
            .get(1)
            .map(|word| word.as_str().to_lowercase())
            .unwrap_or_default();
        day = match word.as_str() {
            "avant-hier" => day - Duration::days(2),
            "hier" | "yesterday" | "ayer" | "gestern" => day.pred_opt()?,
            _ => day,
        };
        let number = |group: usize| {
            found
                .get(group)
                .and_then(|m| m.as_str().parse::<u32>().ok())
        };
        let time = NaiveTime::from_hms_opt(number(2).unwrap_or(0), number(3).unwrap_or(0), 0)?;
        let moment = self.local(day.and_time(time))?;
        if word.is_empty() && moment > self.fetched_at {
            return self.local(day.pred_opt()?.and_time(time));
        }
        Some(moment)
    }

    fn ago(&self, found: &Captures<'_>) -> Option<DateTime<Utc>> {
        let (count, unit) = (
            found.get(1).or(found.get(3))?,
            found.get(2).or(found.get(4))?,
        );
        let count = count.as_str().parse::<i64>().unwrap_or(1);
        let unit = unit.as_str().to_lowercase();
        let starts = |beginnings: &[&str]| beginnings.iter().any(|start| unit.starts_with(start));
        let span = if starts(&["min", "mn"]) {
            Duration::minutes(count)
        } else if starts(&["sec", "seg", "sek"]) {
            Duration::seconds(count)
        } else if starts(&["h", "st"]) {
            Duration::hours(count)
        } else if starts(&["jour", "j", "day", "d", "tag"]) {
            Duration::days(count)
        } else if starts(&["sem", "week", "woche"]) {
            Duration::weeks(count)
        } else if starts(&["mois", "month", "mes", "monat"]) {
            Duration::days(30 * count)
        } else {
            return None;
        };
        Some(self.fetched_at - span)
    }

    /// The believable day an address carries, at midnight of the outlet.
    pub fn address(&self, url: &Url) -> Option<DateTime<Utc>> {
        dates::days_in(url.path())
            .find_map(|day| self.believable(self.local(day.and_time(NaiveTime::MIN))?))
    }

    /// Of a date as text and a day in the address: the text, unless they contradict each other.
    pub fn agree(
        &self,
        text: Option<DateTime<Utc>>,
        address: Option<DateTime<Utc>>,
    ) -> Option<DateTime<Utc>> {
        match (text, address) {
            (Some(text), Some(address)) if (text - address).abs() > CONFLICT => Some(address),
            (None, address) => address,
            (text, _) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn works(zone: Option<Tz>) -> Clockwork {
        let fetched_at = Utc
            .with_ymd_and_hms(2026, 8, 2, 12, 0, 0)
            .single()
            .expect("a moment");
        Clockwork {
            timezone: zone,
            fetched_at,
        }
    }

    fn shown(moment: Option<DateTime<Utc>>) -> String {
        moment.map_or_else(
            || "-".to_owned(),
            |moment| moment.format("%Y-%m-%dT%H:%M:%S").to_string(),
        )
    }

    #[test]
    fn addresses() {
        let check = |path: &str, expected: &str| {
            let url = Url::parse(&format!("http://a.fr{path}")).expect("an address");
            assert_eq!(
                shown(works(Some(Tz::Asia__Shanghai)).address(&url)),
                expected,
                "{path}"
            );
        };
        check("/20260802/6cd0/c.html", "2026-08-01T16:00:00");
        check("/2021-09/17/c_1310193761.htm", "2021-09-16T16:00:00");
        check(
            "/Chine/n3/2025/0427/c31354-20307855.html",
            "2025-04-26T16:00:00",
        );
        check(
            "/news/2024-05-01/1784912345678901234/index.html",
            "2024-04-30T16:00:00",
        );
        check("/2025/11/2/slug", "2025-11-01T16:00:00");
        check("/monde/2025-01-01/slug", "2024-12-31T16:00:00");
        check("/20260801-un-titre", "2026-07-31T16:00:00");
        check("/communique-20051212.html", "-");
        check("/communique-20051212", "-");
        check("/2030/01/01/x", "-");
        check("/2026/13/01/x", "-");
        check("/article/20261/5", "-");
        check("/2026-08-01.html", "2026-07-31T16:00:00");
        check("/2026/08/", "-");
    }

    #[test]
    fn values() {
        let check = |text: &str, expected: &str| {
            assert_eq!(shown(works(None).value(text)), expected, "{text}")
        };
        check("1785664800000", "2026-08-02T10:00:00");
        check("1785664800", "2026-08-02T10:00:00");
        check("1785664800.25", "2026-08-02T10:00:00");
        check("20260801", "2026-08-01T00:00:00");
        check("20260801103000", "2026-08-01T10:30:00");
        check("2026-08-01T10:30:00+02:00", "2026-08-01T08:30:00");
        check("il y a 3 heures", "2026-08-02T09:00:00");
        check("Il y a une heure", "2026-08-02T11:00:00");
        check("2 days ago", "2026-07-31T12:00:00");
        check("hier à 14h05", "2026-08-01T14:05:00");
        check("Aujourd’hui, 09:30", "2026-08-02T09:30:00");
        check("23:10", "2026-08-01T23:10:00");
        check("1785664800000000000000", "-");
        check("12", "-");
        check("", "-");
        check("il y a 3 présidents", "-");
        check("il y a 5 mn", "2026-08-02T11:55:00");
        check("Avant-hier à 18:30", "2026-07-31T18:30:00");
    }

    #[test]
    fn lines() {
        let check = |text: &str, expected: &str| {
            assert_eq!(shown(works(None).line(text)), expected, "{text}")
        };
        check("28 juillet", "2026-07-28T00:00:00");
        check("le 1er août à 9h05", "2026-08-01T09:05:00");
        check("(28/07 10h22)", "2026-07-28T10:22:00");
        check("07-28 10:22", "2026-07-28T10:22:00");
        check("24 décembre", "2025-12-24T00:00:00");
        check("03/8", "2026-08-02T12:00:00");
        check("1/2", "-");
        check("14/07/2026", "2026-07-14T00:00:00");
        check("Publié le 14 juillet 2026 à 10h30", "2026-07-14T10:30:00");
        check("il y a 2 jours", "2026-07-31T12:00:00");
        check("Mardi 28 juillet à 10h22", "2026-07-28T10:22:00");
        check("mar. 28 juil. 10:22", "2026-07-28T10:22:00");
        check("Publié le samedi 1er août", "2026-08-01T00:00:00");
        check("Publié le 28/07 à 10h22", "2026-07-28T10:22:00");
        check("vendredi 31 juillet, 6h05", "2026-07-31T06:05:00");
        check("5 morts", "-");
        check("12 vues", "-");
        check("2-1", "-");
        check("31/02", "-");
    }

    #[test]
    fn the_address_wins_a_conflict() {
        let works = works(None);
        let day = |day| Utc.with_ymd_and_hms(2026, 8, day, 0, 0, 0).single();
        assert_eq!(works.agree(day(2), day(1)), day(2));
        assert_eq!(works.agree(day(20), day(1)), day(1));
        assert_eq!(works.agree(None, day(1)), day(1));
        assert_eq!(works.agree(day(1), None), day(1));
    }
}
