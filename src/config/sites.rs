//! `sites/<family>.toml`: hosts, identity, zone and extraction of a family of hosts.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono_tz::Tz;

use super::files::is_built_in;
use super::place::File;
use super::section::{self, Problems, Section, propose};
use crate::extract::{SiteRule, SiteSpec};
use crate::isolate::Site;
use crate::model::{FamilyId, SpecError};
use crate::text::url::{Families, FamilySpec};

/// What is known of all families.
#[derive(Debug, Default)]
pub struct Sites {
    /// Identity: hosts and patterns.
    pub families: Families,
    /// Families as written, with their extraction rules, for the workers.
    pub written: HashMap<FamilyId, Site>,
}

/// Reads every site file and checks that it compiles, but for those that are built in: they do
/// (the tests of this file), and a start that compiled them would take thrice its time.
pub fn read(files: &BTreeMap<String, Arc<File>>, problems: &Problems) -> Sites {
    let mut specs: Vec<FamilySpec> = Vec::new();
    let mut origins: Vec<Arc<File>> = Vec::new();
    let mut written = HashMap::new();
    for (family, file) in files {
        section::parse(file, problems, |s| {
            let known = is_built_in(family, file);
            let spec = FamilySpec {
                known,
                ..family_spec(s, family)
            };
            specs.push(spec.clone());
            origins.push(file.clone());
            // What is wrong runs nowhere, so that nobody else has to check it.
            let family = FamilySpec {
                known: true,
                ..spec
            };
            let extract = s.section("extract");
            let rule = extract.and_then(|extract| rule(&extract, &family.id, known));
            let site = Site { family, rule };
            written.insert(FamilyId::from(site.family.id.as_str()), site);
        });
    }
    let families = Families::compile(&specs).unwrap_or_else(|errors| {
        for (index, error) in errors {
            refuse_in(&origins[index], &error, problems);
        }
        Families::default()
    });
    Sites { families, written }
}

fn family_spec(s: &Section<'_>, family: &str) -> FamilySpec {
    let list = |key| s.texts(key).into_iter().map(|t| t.value).collect();
    FamilySpec {
        id: family.to_owned(),
        hosts: list("hosts"),
        key: list("key"),
        drop_path_prefixes: list("drop_path_prefixes"),
        timezone: timezone(s).map(|zone| zone.name().to_owned()),
        language: s.text("language").map(|t| t.value),
        known: false,
    }
}

fn refuse_in(file: &Arc<File>, error: &SpecError, problems: &Problems) {
    section::parse(file, &Problems::default(), |s| {
        let texts = s.texts(error.key);
        let at = error
            .index
            .and_then(|i| texts.get(i))
            .map_or_else(|| s.place_of(error.key), |t| t.at.clone());
        problems.push(
            super::place::Problem::at(&at, error.key, error.message.clone())
                .help(error.help.clone()),
        );
    });
}

/// Reads `timezone`, an IANA name.
pub fn timezone(s: &Section<'_>) -> Option<Tz> {
    let text = s.text("timezone")?;
    let zone: Option<Tz> = text.value.parse().ok();
    if zone.is_none() {
        let names: Vec<&str> = chrono_tz::TZ_VARIANTS.iter().map(|z| z.name()).collect();
        let near = propose(&text.value, &names);
        let help = if near.starts_with("did") {
            near
        } else {
            "write an IANA name such as \"Asia/Shanghai\"".to_owned()
        };
        s.refuse(
            &text.at,
            "timezone",
            format!("`{}` is not a time zone", text.value),
            help,
        );
    }
    zone
}

fn rule(s: &Section<'_>, family: &str, known: bool) -> Option<SiteSpec> {
    let list = |key| s.texts(key).into_iter().map(|t| t.value).collect();
    let spec = SiteSpec {
        title: list("title"),
        title_strip: list("title_strip"),
        subtitle: list("subtitle"),
        section: list("section"),
        body: list("body"),
        min_length: s.whole("min_length", 1..=100_000).map(|n| n as usize),
        date: list("date"),
        modified: list("modified"),
        url_date: s.text("url_date").map(|t| t.value),
        authors: list("authors"),
        agency: list("agency"),
        image: list("image"),
        next_page: list("next_page"),
        strip: list("strip"),
        strip_text: list("strip_text"),
        cut: list("cut"),
        start_after: list("start_after"),
        stop_at: list("stop_at"),
        paywall: list("paywall"),
        twice: s.flag("twice").unwrap_or(false),
    };
    s.finish();
    if known {
        return Some(spec);
    }
    match SiteRule::compile(family, &spec) {
        Ok(_) => Some(spec),
        Err(errors) => {
            refuse_all(s, &errors);
            None
        }
    }
}

/// Reports the errors of a compiled table where its texts stand.
pub fn refuse_all(s: &Section<'_>, errors: &[SpecError]) {
    for error in errors {
        let texts = if error.index.is_some() {
            s.texts(error.key)
        } else {
            Vec::new()
        };
        let at = error
            .index
            .and_then(|i| texts.get(i))
            .map_or_else(|| s.place_of(error.key), |t| t.at.clone());
        s.refuse(&at, error.key, error.message.clone(), error.help.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::built_in_sites;

    fn read_all(changed: impl Fn(&str) -> String) -> (Sites, usize) {
        let file = |(name, text): (String, &str)| {
            let family = name.trim_end_matches(".toml").to_owned();
            let text = changed(text);
            let path = name.into();
            (family, Arc::new(File { path, text }))
        };
        let problems = Problems::default();
        let sites = read(&built_in_sites().map(file).collect(), &problems);
        let found = problems.into_sorted();
        (sites, found.len())
    }

    #[test]
    fn every_built_in_rule_compiles() {
        // With one more line they are a person's, and checked as such.
        let (sites, problems) = read_all(|text| format!("{text}\n# Changed.\n"));
        assert_eq!(problems, 0);
        assert_eq!(sites.written.len(), built_in_sites().count());
        // What is not checked is what was checked.
        let (known, problems) = read_all(str::to_owned);
        assert_eq!(problems, 0);
        assert_eq!(sites.written, known.written);
        let (_, problems) = read_all(|text| text.replace("key = [", "key = ['(', "));
        assert_ne!(problems, 0);
    }
}
