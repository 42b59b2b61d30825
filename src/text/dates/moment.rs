//! The general reader: a date, a time and a zone in any order that people write, from tokens.

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;

use super::tokens::Token;
use super::{day, fixed, local, names, zones};

/// How much a date may leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// The text is a date: a year or a month alone will do, digits may be run together.
    Whole,
    /// The date stands inside other text: only forms that nothing else looks like.
    Within,
}

/// What was read, before it is placed on the time line.
#[derive(Debug, Clone, Default)]
pub(super) struct Moment {
    date: NaiveDate,
    time: Option<NaiveTime>,
    next_day: bool,
    zone: Zone,
}

#[derive(Debug, Clone, Default)]
enum Zone {
    #[default]
    Unsaid,
    Offset(FixedOffset),
    Name(String),
}

impl Moment {
    /// The instant, a missing or ambiguous zone being read as `zone`.
    pub fn resolve(&self, zone: Option<Tz>) -> Option<DateTime<Utc>> {
        let date = if self.next_day {
            self.date.checked_add_days(Days::new(1))?
        } else {
            self.date
        };
        let naive = date.and_time(self.time.unwrap_or_default());
        match &self.zone {
            Zone::Unsaid => local(naive, zone),
            Zone::Offset(offset) => fixed(naive, *offset),
            Zone::Name(name) => match zones::named(name, naive, zone) {
                Some(offset) => fixed(naive, offset),
                None => local(naive, zone),
            },
        }
    }
}

/// Reads a moment that starts at a token; also gives the first token after it.
pub(super) fn read(tokens: &[Token], start: usize, reach: Reach) -> Option<(Moment, usize)> {
    let mut reader = Reader { tokens, reach };
    let after_days = reader.skip_days(start);
    // "mar." is a Tuesday and March: first as a day name, then as a month.
    [after_days, start]
        .into_iter()
        .find_map(|at| reader.date_first(at))
        .or_else(|| reader.time_first(start))
}

struct Reader<'t> {
    tokens: &'t [Token],
    reach: Reach,
}

/// Marks that stand between a date and a time, the Chinese day names' characters among them.
const BETWEEN: &[char] = &[
    ',', '|', '-', '.', ':', '/', '·', '•', '(', ')', '_', '@', '\\', '星', '期', '周', '週', '一',
    '二', '三', '四', '五', '六', '日', '天',
];

/// A date whose year may stand behind the time, as in `Tue Jan 6 12:00:00 CST 2004`.
enum Dated {
    Full(NaiveDate, usize),
    NoYear(u32, u32, usize),
}

struct Clock {
    time: NaiveTime,
    next_day: bool,
    end: usize,
}

impl Reader<'_> {
    fn number(&self, at: usize) -> Option<(u32, usize)> {
        let (value, digits) = self.tokens.get(at)?.number?;
        Some((u32::try_from(value).ok()?, digits))
    }

    /// A number of one or two digits.
    fn short(&self, at: usize) -> Option<u32> {
        self.number(at)
            .filter(|(_, digits)| *digits <= 2)
            .map(|(value, _)| value)
    }

    fn mark(&self, at: usize, marks: &[char]) -> Option<char> {
        let mark = self.tokens.get(at)?.mark?;
        marks.contains(&mark).then_some(mark)
    }

    fn month(&self, at: usize) -> Option<u32> {
        names::month(self.tokens.get(at)?.word.as_deref()?)
    }

    fn is_word(&self, at: usize, words: &[&str]) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| token.is_word(words))
    }

    fn skip_days(&self, mut at: usize) -> usize {
        while let Some(token) = self.tokens.get(at) {
            let day = token.word.as_deref().is_some_and(names::weekday);
            if !day && self.mark(at, &[',', '.', '-', '(', ')']).is_none() {
                break;
            }
            at += 1;
        }
        at
    }

    fn date_first(&mut self, start: usize) -> Option<(Moment, usize)> {
        match self.date(start)? {
            Dated::Full(date, end) => Some(self.with_time(date, end)),
            Dated::NoYear(month, of_month, end) => {
                let clock = self.clock(self.connectors(end))?;
                let (zone, end) = self.zone(clock.end);
                let (year, _) = self.number(end).filter(|(_, digits)| *digits == 4)?;
                let date = day(i32::try_from(year).ok()?, month, of_month)?;
                let time = Some(clock.time);
                Some((
                    Moment {
                        date,
                        time,
                        next_day: clock.next_day,
                        zone,
                    },
                    end + 1,
                ))
            }
        }
    }

    fn with_time(&self, date: NaiveDate, end: usize) -> (Moment, usize) {
        let Some(clock) = self.clock(self.connectors(end)) else {
            let (zone, after) = self.zone(end);
            // "2026-11-21Z" and "2026-11-21+08:00" are dates of XML Schema; a bare word is no zone.
            let end = if matches!(zone, Zone::Name(ref name) if name != "z") {
                end
            } else {
                after
            };
            let zone = if end == after { zone } else { Zone::Unsaid };
            return (
                Moment {
                    date,
                    zone,
                    ..Moment::default()
                },
                end,
            );
        };
        let (zone, end) = self.zone(clock.end);
        let moment = Moment {
            date,
            time: Some(clock.time),
            next_day: clock.next_day,
            zone,
        };
        (moment, end)
    }

    /// `09h40 le 20/09/2019`.
    fn time_first(&self, start: usize) -> Option<(Moment, usize)> {
        let clock = self.clock(start)?;
        let (zone, end) = self.zone(clock.end);
        let at = self.skip_days(self.connectors(end));
        let Dated::Full(date, end) = self.date(at)? else {
            return None;
        };
        Some((
            Moment {
                date,
                time: Some(clock.time),
                next_day: clock.next_day,
                zone,
            },
            end,
        ))
    }

    /// Skips what stands between a date and a time.
    fn connectors(&self, mut at: usize) -> usize {
        for _ in 0..8 {
            let Some(token) = self.tokens.get(at) else {
                break;
            };
            let word = token.word.as_deref();
            let between = word.is_some_and(|word| word == "t" || names::idle(word));
            if !between && self.mark(at, BETWEEN).is_none() {
                break;
            }
            at += 1;
        }
        at
    }

    fn date(&self, at: usize) -> Option<Dated> {
        if let Some(month) = self.month(at) {
            return self.month_first(month, at + 1);
        }
        let (value, digits) = self.number(at)?;
        match digits {
            4 => self.year_first(value, at + 1),
            1 | 2 => self.day_first(value, at + 1),
            8 if self.reach == Reach::Whole => {
                let date = day(
                    i32::try_from(value / 10_000).ok()?,
                    value / 100 % 100,
                    value % 100,
                )?;
                Some(Dated::Full(date, at + 1))
            }
            _ => None,
        }
    }

    /// `2026-11-21`, `2026/11`, `2026-325`, `2026-W47-6`, `2026年11月21日`, `2026 Nov 21`, `2026`.
    fn year_first(&self, year: u32, at: usize) -> Option<Dated> {
        let year = i32::try_from(year).ok()?;
        let separator = self.mark(at, &['-', '/', '.', '年', ',']);
        let next = at + usize::from(separator.is_some());
        if separator == Some('-')
            && let Some(dated) = self.week_or_ordinal(year, next)
        {
            return Some(dated);
        }
        let month = self
            .month(next)
            .or_else(|| self.short(next).filter(|_| separator.is_some()));
        let Some(month) = month else {
            let alone = self.reach == Reach::Whole && self.tokens.len() == at;
            return if alone {
                Some(Dated::Full(day(year, 1, 1)?, at))
            } else {
                None
            };
        };
        let dot = self.mark(next + 1, &['-', '/', '.', '月', ',']);
        let of_month = next + 1 + usize::from(dot.is_some());
        if let Some(value) = self
            .short(of_month)
            .filter(|_| dot.is_some() || self.month(next).is_some())
        {
            let end = of_month + 1 + usize::from(self.mark(of_month + 1, &['日']).is_some());
            return Some(Dated::Full(day(year, month, value)?, end));
        }
        let alone = self.reach == Reach::Whole
            && self.tokens.len() <= next + 1 + usize::from(dot.is_some());
        if alone {
            Some(Dated::Full(day(year, month, 1)?, self.tokens.len()))
        } else {
            None
        }
    }

    fn week_or_ordinal(&self, year: i32, at: usize) -> Option<Dated> {
        if let Some((ordinal, 3)) = self.number(at) {
            return Some(Dated::Full(NaiveDate::from_yo_opt(year, ordinal)?, at + 1));
        }
        if !self.is_word(at, &["w"]) {
            return None;
        }
        let week = self.short(at + 1)?;
        let (weekday, end) = match (self.mark(at + 2, &['-']), self.short(at + 3)) {
            (Some(_), Some(number @ 1..=7)) => (u8::try_from(number - 1).ok()?, at + 4),
            _ => (0, at + 2),
        };
        let weekday = Weekday::try_from(weekday).ok()?;
        Some(Dated::Full(
            NaiveDate::from_isoywd_opt(year, week, weekday)?,
            end,
        ))
    }

    /// `November 21, 2026`, `Nov 21 12:00:00 2026`, `novembre 2026`.
    fn month_first(&self, month: u32, at: usize) -> Option<Dated> {
        let at = at + usize::from(self.mark(at, &['.', ',', '-', '/']).is_some());
        if let Some((year, 4)) = self.number(at) {
            let alone = self.reach == Reach::Whole && at + 1 == self.tokens.len();
            return if alone {
                Some(Dated::Full(
                    day(i32::try_from(year).ok()?, month, 1)?,
                    at + 1,
                ))
            } else {
                None
            };
        }
        let of_month = self.short(at)?;
        let mut next = self.after_ordinal(at + 1);
        if let Some((year, 4)) = self.year_at(next, 1) {
            let skipped = usize::from(self.mark(next, &[',', '.', '-', '/']).is_some());
            return Some(Dated::Full(day(year, month, of_month)?, next + skipped + 1));
        }
        next += usize::from(self.mark(next, &[',']).is_some());
        Some(Dated::NoYear(month, of_month, next))
    }

    /// `21 nov. 2026`, `1er mai 2026`, `21 de noviembre de 2026`, `21-Nov-26`, `06.01.2026`, `9/20/2019`.
    fn day_first(&self, first: u32, at: usize) -> Option<Dated> {
        let mut next = self.after_ordinal(at);
        for _ in 0..2 {
            let idle = self.mark(next, &['-', '/', '.', ',', ' ']).is_some()
                || self.is_word(next, &["de", "d", "of"]);
            next += usize::from(idle);
        }
        if let Some(month) = self.month(next) {
            let (year, end) = self.year_after_month(next + 1)?;
            return Some(Dated::Full(day(year, month, first)?, end));
        }
        self.all_digits(first, at)
    }

    fn year_after_month(&self, mut at: usize) -> Option<(i32, usize)> {
        for _ in 0..3 {
            let idle = self.mark(at, &['.', ',', '-', '/', '\'']).is_some()
                || self.is_word(at, &["de", "del", "do"]);
            at += usize::from(idle);
        }
        let (year, _) = self.year_at(at, 0)?;
        Some((year, at + 1))
    }

    /// A year, at most `marks` separators further on; two digits only where no time can be meant.
    fn year_at(&self, at: usize, marks: usize) -> Option<(i32, usize)> {
        let skip = (0..marks)
            .take_while(|i| self.mark(at + i, &[',', '.', '-', '/']).is_some())
            .count();
        let at = at + skip;
        let (value, digits) = self.number(at)?;
        let value = i32::try_from(value).ok()?;
        match digits {
            4 => Some((value, digits)),
            2 if self.mark(at + 1, &[':', '时']).is_none() && !self.is_word(at + 1, &["h"]) => {
                Some((century(value), digits))
            }
            3 if (100..150).contains(&value) => Some((value + 1900, digits)), // years since 1900
            _ => None,
        }
    }

    fn all_digits(&self, first: u32, at: usize) -> Option<Dated> {
        let separator = self.mark(at, &['.', '/', '-'])?;
        let second = self.short(at + 1)?;
        self.mark(at + 2, &[separator])?;
        let (third, digits) = self.number(at + 3)?;
        let glued = !self.tokens[at].spaced && !self.tokens[at + 2].spaced;
        let goes_on = self.mark(at + 4, &[separator]).is_some()
            && self
                .tokens
                .get(at + 5)
                .is_some_and(|token| token.number.is_some() && !token.spaced);
        if !glued || goes_on || self.reach == Reach::Within && digits != 4 {
            return None;
        }
        let end = at + 4;
        let two_digits = digits <= 2;
        let year = if two_digits {
            century(i32::try_from(third).ok()?)
        } else {
            i32::try_from(third).ok()?
        };
        let date = if two_digits && separator == '-' && (first > 31 || self.is_word(end, &["t"])) {
            day(century(i32::try_from(first).ok()?), second, third)
        } else if digits != 2 && digits != 4 {
            None
        } else if second > 12 && separator != '.' {
            day(year, first, second)
        } else {
            day(year, second, first)
        };
        Some(Dated::Full(date?, end))
    }

    fn after_ordinal(&self, at: usize) -> usize {
        let word = self
            .tokens
            .get(at)
            .filter(|token| !token.spaced)
            .and_then(|token| token.word.as_deref());
        let letters = word.is_some_and(names::ordinal);
        at + usize::from(letters || self.mark(at, &['°', 'º', 'ª']).is_some())
    }

    /// `13:41:05.123`, `13h41`, `13 h`, `13时41分`, `1:41 pm`, `T134105`, `13.41 Uhr`.
    fn clock(&self, at: usize) -> Option<Clock> {
        let (at, afternoon) = self.half_of_day_mark(at);
        let (value, digits) = self.number(at)?;
        if digits == 6 || digits == 4 {
            let after_t = at
                .checked_sub(1)
                .is_some_and(|before| self.is_word(before, &["t"]));
            let run = if digits == 6 { value } else { value * 100 };
            return if after_t {
                build(run / 10_000, run / 100 % 100, run % 100, at + 1)
            } else {
                None
            };
        }
        if digits > 2 {
            return None;
        }
        let after_t = at
            .checked_sub(1)
            .is_some_and(|before| self.is_word(before, &["t"]));
        let (minute, second, mut end) = match self.minutes(at + 1) {
            Some(found) => found,
            None if after_t || self.half_of_day(at + 1).is_some() => (0, 0, at + 1),
            None => return None,
        };
        let mut hour = value;
        let half = self.half_of_day(end);
        if let Some((_, after)) = half {
            end = after;
        }
        let afternoon = half.map(|(pm, _)| pm).or(afternoon);
        match afternoon {
            Some(true) if hour < 12 => hour += 12,
            Some(false) if hour == 12 => hour = 0,
            _ => {}
        }
        build(hour, minute, second, end)
    }

    fn minutes(&self, at: usize) -> Option<(u32, u32, usize)> {
        if self.mark(at, &[':']).is_some() {
            let minute = self.short(at + 1)?;
            return Some(self.seconds(minute, at + 2));
        }
        if self.is_word(at, &["h", "hr", "hrs", "heure", "heures"])
            || self.mark(at, &['时']).is_some()
        {
            let colon = usize::from(self.mark(at + 1, &[':']).is_some());
            let Some(minute) = self.short(at + 1 + colon) else {
                return Some((0, 0, at + 1));
            };
            let mut end = at + 2 + colon;
            end += usize::from(
                self.is_word(end, &["m", "mn", "min"]) || self.mark(end, &['分']).is_some(),
            );
            let Some(second) = self.short(end) else {
                return Some((minute, 0, end));
            };
            let unit =
                self.is_word(end + 1, &["s", "sec"]) || self.mark(end + 1, &['秒']).is_some();
            return Some(if unit {
                (minute, second, end + 2)
            } else {
                (minute, 0, end)
            });
        }
        if self.mark(at, &['.']).is_some() && self.is_word(at + 2, &["uhr"]) {
            return Some((self.short(at + 1)?, 0, at + 3));
        }
        None
    }

    fn seconds(&self, minute: u32, at: usize) -> (u32, u32, usize) {
        let second = self.mark(at, &[':']).and_then(|_| self.short(at + 1));
        let Some(second) = second else {
            return (minute, 0, at);
        };
        let fraction = self.mark(at + 2, &['.', ',', ':']).is_some()
            && self
                .tokens
                .get(at + 3)
                .is_some_and(|token| token.number.is_some() && !token.spaced);
        (minute, second, if fraction { at + 4 } else { at + 2 })
    }

    /// `am`, `p.m.`: whether it is the afternoon, and the token after it.
    fn half_of_day(&self, at: usize) -> Option<(bool, usize)> {
        let word = self.tokens.get(at)?.word.as_deref()?;
        match word {
            "am" => Some((false, at + 1)),
            "pm" => Some((true, at + 1)),
            "a" | "p" if self.mark(at + 1, &['.']).is_some() && self.is_word(at + 2, &["m"]) => {
                Some((
                    word == "p",
                    at + 3 + usize::from(self.mark(at + 3, &['.']).is_some()),
                ))
            }
            _ => None,
        }
    }

    /// `上午`, `下午`, `오전`, `오후` before the hour.
    fn half_of_day_mark(&self, at: usize) -> (usize, Option<bool>) {
        match (
            self.mark(at, &['上', '下', '오']),
            self.mark(at + 1, &['午', '전', '후']),
        ) {
            (Some('上'), Some('午')) | (Some('오'), Some('전')) => (at + 2, Some(false)),
            (Some('下'), Some('午')) | (Some('오'), Some('후')) => (at + 2, Some(true)),
            _ => (at, None),
        }
    }

    /// `Z`, `+0800`, `+08:00`, `GMT+8`, `CST`, `(CEST)`.
    fn zone(&self, at: usize) -> (Zone, usize) {
        let bracket = usize::from(self.mark(at, &['(', '[']).is_some());
        if let Some(found) = self.offset(at + bracket) {
            return found;
        }
        let name = self
            .tokens
            .get(at + bracket)
            .and_then(|token| token.word.as_deref());
        let Some(name) = name.filter(|name| zones::is_name(name) || self.unknown_zone(at, name))
        else {
            return (Zone::Unsaid, at);
        };
        let mut end = at + bracket + 1;
        let universal = ["gmt", "utc", "ut"].contains(&name);
        if let Some(found) = self.offset(end).filter(|_| universal) {
            return found;
        }
        end += usize::from(bracket == 1 && self.mark(end, &[')', ']']).is_some());
        (Zone::Name(name.to_owned()), end)
    }

    /// RFC 2822 §4.3: other alphabetic zones are allowed and unknown.
    fn unknown_zone(&self, at: usize, name: &str) -> bool {
        let ends = at + 1 == self.tokens.len();
        self.reach == Reach::Whole
            && ends
            && (3..=5).contains(&name.len())
            && names::month(name).is_none()
    }

    fn offset(&self, at: usize) -> Option<(Zone, usize)> {
        let sign = self.mark(at, &['+', '-'])?;
        let at = at + usize::from(self.mark(at + 1, &['+', '-']).is_some());
        let (value, digits) = self
            .number(at + 1)
            .filter(|_| !self.tokens[at + 1].spaced)?;
        let (hours, minutes, end) = match digits {
            1 | 2 if self.mark(at + 2, &[':']).is_some() => (value, self.short(at + 3)?, at + 4),
            1 | 2 => (value, 0, at + 2),
            3 | 4 => (value / 100, value % 100, at + 2),
            _ => return None,
        };
        if hours > 14 || minutes > 59 {
            return None;
        }
        let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
        let seconds = if sign == '-' { -seconds } else { seconds };
        Some((Zone::Offset(FixedOffset::east_opt(seconds)?), end))
    }
}

/// RFC 2822 §4.3 for two digits: 00 to 49 are of this century.
fn century(year: i32) -> i32 {
    match year {
        0..=49 => 2000 + year,
        50..=99 => 1900 + year,
        other => other,
    }
}

fn build(hour: u32, minute: u32, second: u32, end: usize) -> Option<Clock> {
    let next_day = hour == 24 && minute == 0 && second == 0;
    let hour = if next_day { 0 } else { hour };
    let second = if second == 60 { 59 } else { second };
    let time = NaiveTime::from_hms_opt(hour, minute, second)?;
    Some(Clock {
        time,
        next_day,
        end,
    })
}
