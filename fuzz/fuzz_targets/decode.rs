//! Any bytes under any content type become text, without a panic.
#![no_main]

use depeche::text::charset::{Kind, decode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (first, rest) = data.split_at(data.len().min(1));
    let kind = match first.first().unwrap_or(&0) % 3 {
        0 => Kind::Xml,
        1 => Kind::Html,
        _ => Kind::Json,
    };
    let header = rest.split(|b| *b == b'\n').next().unwrap_or_default();
    let content_type = std::str::from_utf8(header).ok().filter(|t| t.len() < 80);
    let decoded = decode(rest, content_type, kind);
    assert!(decoded.text.len() <= rest.len().saturating_mul(4) + 16);
});
