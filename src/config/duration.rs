//! Durations as a person writes them: `90s`, `20m`, `1h 30m`, `14d`. Knows nothing of files and keys.

use std::time::Duration;

/// Reads a duration: whole numbers with `s`, `m`, `h`, `d`, `w`, several in a row (`1h 30m`).
///
/// # Errors
/// A sentence when the text is no such duration.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let bare = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let wrong = || match bare {
        true => format!("the duration `{text}` has no unit"),
        false => format!("`{text}` is not a duration"),
    };
    let mut seconds: u64 = 0;
    let mut number = String::new();
    let mut units = 0;
    for c in text.trim().chars() {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        if c == ' ' && number.is_empty() {
            continue;
        }
        let unit = match c {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return Err(wrong()),
        };
        let value: u64 = number.parse().map_err(|_| wrong())?;
        seconds = value
            .checked_mul(unit)
            .and_then(|v| v.checked_add(seconds))
            .filter(|v| *v <= 100 * 366 * 86_400)
            .ok_or_else(|| format!("`{text}` is longer than a hundred years"))?;
        number.clear();
        units += 1;
    }
    if units == 0 || !number.is_empty() {
        return Err(wrong());
    }
    Ok(Duration::from_secs(seconds))
}

/// The same for an argument of a command, whose error has to name the remedy itself.
///
/// # Errors
/// A sentence when the text is no such duration.
pub fn parse_age(text: &str) -> Result<Duration, String> {
    parse_duration(text)
        .map_err(|wrong| format!("{wrong}; write a number and a unit, such as 20m, 2h, 30d"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, seconds) in [
            ("20m", Some(1_200)),
            ("90s", Some(90)),
            ("1h 30m", Some(5_400)),
            ("14d", Some(1_209_600)),
            ("2w", Some(1_209_600)),
            ("0s", Some(0)),
            ("20", None),
            ("", None),
            ("m", None),
            ("20 minutes", None),
            ("-5m", None),
            ("99999999999d", None),
        ] {
            assert_eq!(
                parse_duration(text).ok().map(|d| d.as_secs()),
                seconds,
                "{text}"
            );
        }
    }
}
