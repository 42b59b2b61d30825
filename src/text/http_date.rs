//! Dates as HTTP writes them (RFC 9110 §5.6.7), for the client and the server alike.

use chrono::{DateTime, NaiveDateTime, Utc};

/// A date in the form that is to be sent, `IMF-fixdate`, to the second.
pub fn render(date: DateTime<Utc>) -> String {
    date.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Reads a date in any of the three forms: `IMF-fixdate`, that of RFC 850 and that of `asctime`.
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(date) = DateTime::parse_from_rfc2822(text) {
        return Some(date.with_timezone(&Utc));
    }
    ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .map(|date| date.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_forms_are_one_date() {
        let date = DateTime::from_timestamp(784_111_777, 0).expect("a time");
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            " Sun, 06 Nov 1994 08:49:37 GMT ",
        ] {
            assert_eq!(parse(text), Some(date), "{text}");
        }
        assert_eq!(render(date), "Sun, 06 Nov 1994 08:49:37 GMT");
        for text in [
            "",
            "yesterday",
            "1994-11-06",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "784111777",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
