//! `[stories]`: what counts as a copy.

use super::section::Section;
use crate::story::{Collapse, OnLonger, Scope, Settings};

/// Reads `[stories]`. The thresholds are measured and not offered.
pub fn stories(section: Option<&Section<'_>>) -> Settings {
    let mut settings = Settings::default();
    let Some(s) = section else {
        return settings;
    };
    if let Some(days) = s.whole("window_days", 1..=60) {
        settings.window_days = days as u32;
    }
    let collapse = [
        ("copy", Collapse::Copy),
        ("derived", Collapse::Derived),
        ("off", Collapse::Off),
    ];
    settings.collapse = s.choice("collapse", &collapse).unwrap_or_default();
    let on_longer = [
        ("both", OnLonger::Both),
        ("replace", OnLonger::Replace),
        ("keep-first", OnLonger::KeepFirst),
    ];
    settings.on_longer = s.choice("on_longer", &on_longer).unwrap_or_default();
    settings.scope = s
        .choice("scope", &[("all", Scope::All), ("source", Scope::Source)])
        .unwrap_or_default();
    s.finish();
    settings
}
