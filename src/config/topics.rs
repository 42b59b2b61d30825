//! `[[topic]]` and `[alias]`: what the person wants to read.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::place::{At, Located};
use super::section::{Section, TextOrSection};
use crate::model::SpecError;
use crate::topic::{Aliases, Boost, Exec, Near, Topic, TopicSpec, Weights};

/// Longest time that a topic's program may take: articles wait for it.
const LONGEST_EXEC: Duration = Duration::from_secs(60);

/// A topic as read, with the places of its keys, before its terms are compiled.
pub struct ReadTopic<'a> {
    section: Section<'a>,
    /// The id, for messages and for the check that it is unique.
    pub id: Located<String>,
    spec: TopicSpec,
    places: HashMap<&'static str, Vec<At>>,
}

/// Reads `[alias]`: names with their lists of terms.
pub fn aliases(section: &Section<'_>, aliases: &mut Aliases) {
    define(section, section.named_lists("alias"), aliases);
}

/// Reads a file of aliases: every key is a name.
pub fn alias_file(section: &Section<'_>, aliases: &mut Aliases) {
    define(section, section.all_lists(), aliases);
}

type NamedTerms = (Located<String>, Vec<Located<String>>);

fn define(section: &Section<'_>, lists: Vec<NamedTerms>, aliases: &mut Aliases) {
    for (name, terms) in lists {
        if terms.is_empty() {
            section.refuse(
                &name.at,
                "alias",
                format!("the alias `{}` is empty", name.value),
                "give it at least one term",
            );
            continue;
        }
        aliases.define(&name.value, terms.into_iter().map(|t| t.value).collect());
    }
}

/// Reads one `[[topic]]`; its terms are compiled by [`ReadTopic::compile`] once every alias is known.
pub fn topic(section: Section<'_>) -> Option<ReadTopic<'_>> {
    let id = section.required_text(
        "id",
        "give the topic a short name: it becomes the name of its feed",
    )?;
    if !valid_id(&id.value) {
        let message = format!("`{}` cannot name a feed", id.value);
        section.refuse(&id.at, "id", message, ID_RULE);
    }
    let mut places: HashMap<&'static str, Vec<At>> = HashMap::new();
    let mut spec = TopicSpec {
        id: id.value.clone(),
        ..terms(&section, &mut places)
    };
    spec.title = section
        .text("title")
        .map_or_else(|| id.value.clone(), |t| t.value);
    spec.subtitle = section.text("subtitle").map(|t| t.value);
    spec.min_score = section.number("min_score");
    spec.max_per_source = section
        .whole("max_per_source", 1..=100_000)
        .map(|n| n as u32);
    spec.since = section.age("since").map(|d| format!("{}s", d.as_secs()));
    spec.keep = section.age("keep");
    spec.exec = section.section("exec").and_then(|s| read_exec(&s));
    spec.weights = section
        .section("weights")
        .map_or_else(Weights::default, |s| read_weights(&s));
    section.finish();
    Some(ReadTopic {
        section,
        id,
        spec,
        places,
    })
}

/// What a topic looks for, and where each term stands.
fn terms(section: &Section<'_>, places: &mut HashMap<&'static str, Vec<At>>) -> TopicSpec {
    let mut list = |key: &'static str| -> Vec<String> {
        let texts = section.texts(key);
        if texts.is_empty() && section.has(key) && ["all", "any", "none"].contains(&key) {
            let help = "write at least one term, or leave the key out";
            section.refuse(&section.place_of(key), key, "this group is empty", help);
        }
        places.insert(key, texts.iter().map(|t| t.at.clone()).collect());
        texts.into_iter().map(|t| t.value).collect()
    };
    let mut spec = TopicSpec {
        language: list("language"),
        all: list("all"),
        any: list("any"),
        none: list("none"),
        sources: list("sources"),
        ..TopicSpec::default()
    };
    for element in section.texts_or_sections("boost") {
        let (at, boost) = read_boost(element);
        places.entry("boost").or_default().push(at);
        spec.boost.push(boost);
    }
    for element in section.sections("near") {
        places
            .entry("near")
            .or_default()
            .push(element.header().clone());
        spec.near.extend(read_near(&element));
    }
    spec
}

/// What an id of a source or topic may look like.
pub const ID_RULE: &str = "use small letters, digits and hyphens, for instance \"chine-amlat\"";

/// Whether a text may be the id of a source or topic: it stands in addresses and file names.
pub fn valid_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 64
        && id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !id.starts_with('-')
}

fn read_boost(element: TextOrSection<'_>) -> (At, Boost) {
    match element {
        TextOrSection::Text(text) => (
            text.at,
            Boost {
                term: text.value,
                weight: 1.0,
                times: 1,
            },
        ),
        TextOrSection::Section(s) => {
            let term = s
                .required_text("term", "name the term")
                .map(|t| t.value)
                .unwrap_or_default();
            let weight = s.number("weight").unwrap_or(1.0);
            let times = s.whole("times", 1..=100).map_or(1, |n| n as u32);
            s.finish();
            (
                s.header().clone(),
                Boost {
                    term,
                    weight,
                    times,
                },
            )
        }
    }
}

fn read_near(s: &Section<'_>) -> Option<Near> {
    let a = s.required_text("a", "name the first term");
    let b: Vec<String> = s.texts("b").into_iter().map(|t| t.value).collect();
    let with = s.texts("with").into_iter().map(|t| t.value).collect();
    let within = s
        .whole("within", 1..=1_000)
        .map_or_else(Near::default_within, |n| n as u32);
    let times = s
        .whole("times", 1..=100)
        .map_or_else(Near::default_times, |n| n as u32);
    let weight = s.number("weight").unwrap_or_else(Near::default_weight);
    s.finish();
    Some(Near {
        a: a?.value,
        b,
        with,
        within,
        times,
        weight,
    })
}

fn read_exec(s: &Section<'_>) -> Option<Exec> {
    let command: Vec<String> = s.texts("command").into_iter().map(|t| t.value).collect();
    let timeout = s
        .duration("timeout")
        .map_or_else(Exec::default_timeout, |t| t.value);
    let program = command.first().map_or("", |program| program.trim());
    if !program.starts_with('/') {
        s.refuse(
            &s.place_of("command"),
            "command",
            "the program is not named by its whole path",
            "write the path and the arguments, for instance command = [\"/usr/local/bin/judge\", \"--fast\"]",
        );
    }
    if timeout.is_zero() || timeout > LONGEST_EXEC {
        s.refuse(
            &s.place_of("timeout"),
            "timeout",
            "a program may take up to one minute",
            "write a time from 1s to 60s",
        );
    }
    s.finish();
    Some(Exec { command, timeout })
}

fn read_weights(s: &Section<'_>) -> Weights {
    let default = Weights::default();
    let weights = Weights {
        title: s.number("title").unwrap_or(default.title),
        lead: s.number("lead").unwrap_or(default.lead),
        category: s.number("category").unwrap_or(default.category),
        summary: s.number("summary").unwrap_or(default.summary),
        body: s.number("body").unwrap_or(default.body),
    };
    s.finish();
    weights
}

impl ReadTopic<'_> {
    /// Compiles the terms; what is wrong with them is reported where it stands.
    pub fn compile(&self, aliases: &Aliases) -> Option<Arc<Topic>> {
        match Topic::compile(&self.spec, aliases) {
            Ok(topic) => Some(Arc::new(topic)),
            Err(errors) => {
                for error in errors {
                    self.refuse(&error);
                }
                None
            }
        }
    }

    fn refuse(&self, error: &SpecError) {
        let at = error
            .index
            .and_then(|index| self.places.get(error.key)?.get(index).cloned())
            .unwrap_or_else(|| self.section.place_of(error.key));
        self.section
            .refuse(&at, error.key, error.message.clone(), error.help.clone());
    }

    /// Reports source ids that the topic names but the configuration does not know.
    pub fn check_sources(&self, known: &[&str], tags: &[&str]) {
        for (index, written) in self.spec.sources.iter().enumerate() {
            let name = written.trim_start_matches('!');
            let (name, list, what) = match name.strip_prefix("tag:") {
                Some(tag) => (tag, tags, "tag"),
                None => (name, known, "source"),
            };
            if !list.contains(&name) {
                let at = &self.places["sources"][index];
                let message = format!("there is no {what} `{name}`");
                self.section
                    .refuse(at, "sources", message, super::section::propose(name, list));
            }
        }
    }

    /// Reports an id that another topic has already.
    pub fn refuse_duplicate(&self, first: &At) {
        let (line, _) = first.line_and_column();
        let message = format!(
            "the topic `{}` is already defined in {} line {line}",
            self.id.value,
            first.file.path.display()
        );
        self.section
            .refuse(&self.id.at, "id", message, "give one of the two another id");
    }
}
