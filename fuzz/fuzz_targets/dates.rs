//! Any text is a date or none, without a panic; a date understood reads the same from its RFC 3339 form.
#![no_main]

use depeche::text::dates::{find, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for zone in [None, Some(chrono_tz::America::Havana)] {
        let _ = find(text, zone);
        if let Some(date) = parse(text, zone) {
            assert_eq!(parse(&date.to_rfc3339(), zone), Some(date), "{text}");
        }
    }
});
