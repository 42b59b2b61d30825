//! Whatever comes in, a well-formed document comes out.
#![no_main]

use depeche::discover::feed::repair;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (document, _) = repair(text);
    let (again, warnings) = repair(&document);
    assert_eq!(document, again, "repairing what is repaired changes it: {warnings:?}");
});
