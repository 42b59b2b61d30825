//! Any bytes are a feed or a named refusal; what is a feed has ids, and dates that are not in the future.
#![no_main]

use chrono::DateTime;
use depeche::discover::feed::{Context, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let url = url::Url::parse("https://outlet.example/feed").expect("a constant address");
    let now = DateTime::from_timestamp(1_795_000_000, 0).expect("a constant time");
    let context = Context {
        url: Some(&url),
        content_type: None,
        timezone: Some(chrono_tz::Asia::Shanghai),
        fetched_at: now,
    };
    if let Ok(discovery) = parse(data, &context) {
        for candidate in &discovery.candidates {
            assert!(!candidate.id.is_empty(), "a candidate without id");
            assert!(candidate.published.is_none_or(|date| date <= now), "a date in the future");
        }
        assert_eq!(parse(data, &context).ok().as_ref(), Some(&discovery), "two readings differ");
    }
});
