//! Names of zones. A name that means several zones is read as the source's own zone when that
//! zone uses the name (`CST` in Asia/Shanghai is +08:00), else in the sense of RFC 822.

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, Offset, TimeZone};
use chrono_tz::{OffsetName, Tz};

/// Offsets in minutes of the names seen in feeds.
const NAMES: &[(&str, i32)] = &[
    ("ut", 0),
    ("tu", 0), // temps universel
    ("utc", 0),
    ("gmt", 0),
    ("z", 0),
    ("wet", 0),
    ("zulu", 0),
    ("est", -300),
    ("edt", -240),
    ("et", -300),
    ("cst", -360),
    ("cdt", -300),
    ("ct", -360),
    ("mst", -420),
    ("mdt", -360),
    ("mt", -420),
    ("pst", -480),
    ("pdt", -420),
    ("pt", -480),
    ("akst", -540),
    ("akdt", -480),
    ("hst", -600),
    ("ast", -240),
    ("adt", -180),
    ("nst", -210),
    ("ndt", -150),
    ("west", 60),
    ("bst", 60),
    ("ist", 330),
    ("cet", 60),
    ("met", 60),
    ("mez", 60),
    ("cest", 120),
    ("mest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("msd", 240),
    ("trt", 180),
    ("sast", 120),
    ("cat", 120),
    ("eat", 180),
    ("wat", 60),
    ("irst", 210),
    ("gst", 240),
    ("pkt", 300),
    ("uzt", 300),
    ("tjt", 300),
    ("tmt", 300),
    ("almt", 300),
    ("qyzt", 300),
    ("kgt", 360),
    ("npt", 345),
    ("bdt", 360),
    ("ict", 420),
    ("wib", 420),
    ("hkt", 480),
    ("sgt", 480),
    ("pht", 480),
    ("myt", 480),
    ("bjt", 480),
    ("awst", 480),
    ("jst", 540),
    ("kst", 540),
    ("acst", 570),
    ("acdt", 630),
    ("aest", 600),
    ("aedt", 660),
    ("nzst", 720),
    ("nzdt", 780),
    ("brt", -180),
    ("art", -180),
    ("clt", -240),
    ("pet", -300),
    ("cot", -300),
    ("bot", -240),
];

/// The offset that a folded zone name means at a local time.
pub(super) fn named(name: &str, at: NaiveDateTime, zone: Option<Tz>) -> Option<FixedOffset> {
    if let Some(offset) = zone.and_then(|zone| own(name, at, zone)) {
        return Some(offset);
    }
    let minutes = match NAMES.iter().find(|(known, _)| *known == name) {
        Some((_, minutes)) => *minutes,
        None => military(name)? * 60,
    };
    FixedOffset::east_opt(minutes * 60)
}

/// Whether a folded word is the name of a zone.
pub(super) fn is_name(name: &str) -> bool {
    NAMES.iter().any(|(known, _)| *known == name) || military(name).is_some()
}

/// The offset in which `zone` itself uses the name, in summer or winter of that year.
fn own(name: &str, at: NaiveDateTime, zone: Tz) -> Option<FixedOffset> {
    use chrono::Datelike;
    let month =
        |month| NaiveDate::from_ymd_opt(at.year(), month, 1).and_then(|d| d.and_hms_opt(0, 0, 0));
    [Some(at), month(1), month(7)]
        .into_iter()
        .flatten()
        .find_map(|time| {
            let offset = zone.offset_from_utc_datetime(&time);
            let same = offset
                .abbreviation()
                .is_some_and(|own| own.eq_ignore_ascii_case(name));
            same.then(|| offset.fix())
        })
}

/// The single letters as RFC 822 §5.1 gives them: A is -1, M -12, N +1, Y +12; J is not used.
fn military(name: &str) -> Option<i32> {
    let [letter] = name.as_bytes() else {
        return None;
    };
    match letter {
        b'a'..=b'i' => Some(-i32::from(letter - b'a' + 1)),
        b'k'..=b'm' => Some(-i32::from(letter - b'k' + 10)),
        b'n'..=b'y' => Some(i32::from(letter - b'n' + 1)),
        _ => None,
    }
}
