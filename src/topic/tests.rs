//! The shipped topic on whole articles, and tables of French cases.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde::Deserialize;

use super::*;

mod french;
mod rules;
mod shipped;

#[derive(Deserialize)]
struct Shipped {
    #[serde(default)]
    alias: BTreeMap<String, Vec<String>>,
    topic: Vec<TopicSpec>,
}

/// The topics of `config/topics.toml`.
fn shipped_topics() -> Vec<Arc<Topic>> {
    let text = include_str!("../../config/topics.toml");
    let shipped: Shipped = toml::from_str(text).expect("config/topics.toml is valid");
    let mut aliases = Aliases::builtin();
    for (name, terms) in shipped.alias {
        aliases.define(&name, terms);
    }
    shipped
        .topic
        .iter()
        .map(|spec| Arc::new(Topic::compile(spec, &aliases).expect("the shipped topic compiles")))
        .collect()
}

/// The matcher over the shipped topics.
static SHIPPED: LazyLock<Matcher> = LazyLock::new(|| Matcher::new(shipped_topics()));

/// A topic of one term.
fn topic_of(term: &str) -> Arc<Topic> {
    let spec = TopicSpec {
        id: "t".into(),
        all: vec![term.into()],
        ..TopicSpec::default()
    };
    Arc::new(Topic::compile(&spec, &Aliases::builtin()).unwrap_or_else(|e| panic!("{term}: {e:?}")))
}

/// Whether a term stands in a French sentence.
fn stands(term: &str, sentence: &str) -> bool {
    let document = Document::new(&Text {
        body: sentence,
        language: Some("fr"),
        ..Text::default()
    });
    Matcher::new(vec![topic_of(term)]).judge(&document)[0].matched
}
