//! Placeholders of the sample outlets: times relative to the start, addresses on loopback.
//!
//! Works on bytes, since some of the files are not UTF-8.

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use regex::bytes::{Captures, Regex};

use crate::text::dates::FRENCH_MONTHS;

static TIME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\{\{now(?:([+-]\d+)([smhd]))?\|([^|}]+)(?:\|([^}]+))?\}\}")
        .expect("a constant pattern")
});
static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(https?:)?//([A-Za-z0-9.-]+)").expect("a constant pattern"));

/// What placeholders are filled in with.
#[derive(Debug, Clone)]
pub(super) struct Expansion {
    pub(super) start: DateTime<Utc>,
    pub(super) port: u16,
    /// Sorted.
    pub(super) hosts: Vec<String>,
}

/// Fills in times, then turns addresses of known hosts into addresses on loopback.
pub(super) fn expand(bytes: &[u8], expansion: &Expansion) -> Vec<u8> {
    let timed = TIME.replace_all(bytes, |c: &Captures<'_>| {
        time(c, expansion.start).into_bytes()
    });
    ADDRESS
        .replace_all(&timed, |c: &Captures<'_>| {
            let host = String::from_utf8_lossy(&c[2]).to_ascii_lowercase();
            if expansion.hosts.binary_search(&host).is_err() {
                return c[0].to_vec();
            }
            let scheme = if c.get(1).is_some() { "http:" } else { "" };
            format!("{scheme}//{host}.localhost:{}", expansion.port).into_bytes()
        })
        .into_owned()
}

fn time(captures: &Captures<'_>, start: DateTime<Utc>) -> String {
    let text = |i: usize| {
        captures
            .get(i)
            .map(|m| String::from_utf8_lossy(m.as_bytes()).into_owned())
    };
    let number: i64 = text(1).and_then(|n| n.parse().ok()).unwrap_or(0);
    let offset = match text(2).as_deref() {
        Some("s") => TimeDelta::seconds(number),
        Some("m") => TimeDelta::minutes(number),
        Some("h") => TimeDelta::hours(number),
        _ => TimeDelta::days(number),
    };
    let zone: Tz = text(4).and_then(|z| z.parse().ok()).unwrap_or(Tz::UTC);
    let at = (start + offset).with_timezone(&zone);
    let month = |m: u32| FRENCH_MONTHS[(m as usize).clamp(1, 12) - 1];
    use chrono::Datelike;
    match text(3).unwrap_or_default().as_str() {
        "rfc822" => at.format("%a, %d %b %Y %H:%M:%S %z").to_string(),
        "rfc3339" => at.format("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        "epoch-ms" => at.timestamp_millis().to_string(),
        "epoch" => at.timestamp().to_string(),
        "fr-date" => format!("{} {} {}", at.day(), month(at.month()), at.year()),
        "fr-dateline" => format!("{} {}", at.day(), month(at.month())),
        pattern => at.format(pattern).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_addresses() {
        let expansion = Expansion {
            start: "2026-11-22T10:00:00Z".parse().expect("a time"),
            port: 8080,
            hosts: vec!["french.news.cn".into(), "www.radiohc.cu".into()],
        };
        for (input, expected) in [
            ("{{now-2h|rfc822}}", "Sun, 22 Nov 2026 08:00:00 +0000"),
            ("{{now-3d|fr-date}}", "19 novembre 2026"),
            (
                "{{now+90m|%Y-%m-%d à %H:%M|Asia/Shanghai}}",
                "2026-11-22 à 19:30",
            ),
            ("{{now|epoch-ms}}", "1795341600000"),
            (
                "https://www.radiohc.cu/fr/x",
                "http://www.radiohc.cu.localhost:8080/fr/x",
            ),
            ("//french.news.cn/x", "//french.news.cn.localhost:8080/x"),
            ("http://www.xinhua.example/x", "http://www.xinhua.example/x"),
        ] {
            let got = String::from_utf8(expand(input.as_bytes(), &expansion)).expect("UTF-8");
            assert_eq!(got, expected, "{input}");
        }
    }
}
