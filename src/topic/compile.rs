//! From a written topic to a compiled one: aliases expanded, terms read, every mistake reported.
//!
//! Must not know documents or matching.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use xxhash_rust::xxh3::xxh3_64;

use super::alias::Aliases;
use super::concept::{Concept, Entry, Member, NearRule, canonical_entries, hide};
use super::document::Fields;
use super::exec::Exec;
use super::matcher::Matcher;
use super::spec::{TopicSpec, Weights};
use super::term::{self, Pattern, Target};
use crate::model::{SpecError, TopicId};
use crate::text::language;

/// Aliases may stand within aliases this deep.
const MAX_DEPTH: usize = 16;

/// Counts up when the matcher judges differently for the same rules, so that remembered verdicts
/// are judged again.
const ENGINE_VERSION: u32 = 1;

/// The matcher of a topic's exclusions, made when first needed.
#[derive(Default)]
pub struct Early(pub OnceLock<Box<Matcher>>);

impl Clone for Early {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for Early {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Early")
    }
}

/// A topic that can judge.
#[derive(Debug, Clone)]
pub struct Topic {
    /// Its id.
    pub id: TopicId,
    /// Title of the feed.
    pub title: String,
    /// Subtitle of the feed.
    pub subtitle: Option<String>,
    /// Languages it reads (ISO 639-1); empty means all.
    pub languages: Vec<String>,
    /// The score an article must reach.
    pub min_score: Option<f64>,
    /// Most entries of one source in the feed.
    pub max_per_source: Option<u32>,
    /// How far back the feed reaches, as written.
    pub since: Option<String>,
    /// How long its entries stay in the archive, whatever their sources say.
    pub keep: Option<Duration>,
    /// A program that judges beside the rules.
    pub exec: Option<Exec>,
    pub(super) weights: Weights,
    pub(super) all: Vec<Entry>,
    pub(super) any: Vec<Entry>,
    pub(super) none: Vec<Entry>,
    pub(super) boost: Vec<Entry>,
    pub(super) near: Vec<NearRule>,
    pub(super) allow: Vec<String>,
    pub(super) deny: Vec<String>,
    pub(super) early: Early,
    hash: u64,
}

impl Topic {
    /// Compiles a topic; every mistake is reported, not only the first.
    pub fn compile(spec: &TopicSpec, aliases: &Aliases) -> Result<Self, Vec<SpecError>> {
        let mut compiler = Compiler {
            aliases,
            known: HashMap::new(),
            errors: Vec::new(),
        };
        let all = compiler.group("all", &spec.all);
        let any = compiler.group("any", &spec.any);
        let none = compiler.group("none", &spec.none);
        let boost = compiler.boosts(spec);
        let near = compiler.nears(spec);
        let languages = compiler.languages(&spec.language);
        let (allow, deny) = compiler.sources(&spec.sources);
        compiler.substance(spec);
        if !compiler.errors.is_empty() {
            return Err(compiler.errors);
        }
        let mut topic = Self {
            id: TopicId::from(spec.id.as_str()),
            title: spec.title.clone(),
            subtitle: spec.subtitle.clone(),
            languages,
            min_score: spec.min_score,
            max_per_source: spec.max_per_source,
            since: spec.since.clone(),
            keep: spec.keep,
            exec: spec.exec.clone(),
            weights: spec.weights,
            all,
            any,
            none,
            boost,
            near,
            allow,
            deny,
            early: Early::default(),
            hash: 0,
        };
        topic.hash = xxh3_64(topic.canonical().as_bytes());
        Ok(topic)
    }

    /// A hash of everything that can change a verdict, aliases included: the same in every run,
    /// whatever the order in which terms are written. Titles and the limits of the feed are not
    /// part of it.
    pub fn rules_hash(&self) -> u64 {
        self.hash
    }

    /// The group of terms that can never hold because `none` names them, too; None when there is none.
    pub fn excludes_itself(&self) -> Option<&'static str> {
        let excluded = |entry: &Entry| {
            let same = |none: &Entry| none.concept.hash == entry.concept.hash;
            self.none.iter().any(same)
        };
        match (&self.all[..], &self.any[..]) {
            (all, _) if all.iter().any(excluded) => Some("all"),
            (_, any) if !any.is_empty() && any.iter().all(excluded) => Some("any"),
            _ => None,
        }
    }

    /// The same topic with its `none` alone, for what is judged before its page is fetched.
    pub(super) fn exclusions(&self) -> Self {
        Self {
            all: Vec::new(),
            any: Vec::new(),
            boost: Vec::new(),
            near: Vec::new(),
            min_score: None,
            early: Early::default(),
            ..self.clone()
        }
    }

    fn canonical(&self) -> String {
        let mut groups = Vec::new();
        for (name, entries) in [
            ("all", &self.all),
            ("any", &self.any),
            ("none", &self.none),
            ("boost", &self.boost),
        ] {
            groups.push(format!("{name} {:?}", canonical_entries(entries)));
        }
        let mut near: Vec<String> = self
            .near
            .iter()
            .map(|rule| {
                let parts: Vec<_> = rule
                    .parts
                    .iter()
                    .map(|part| canonical_entries(part))
                    .collect();
                format!("{parts:?} {} {} {}", rule.within, rule.times, rule.weight)
            })
            .collect();
        near.sort();
        let sets = [&self.languages, &self.allow, &self.deny]
            .map(|list| list.iter().map(String::as_str).collect::<BTreeSet<_>>());
        let program = self.exec.as_ref().map(|exec| &exec.command);
        let program = program.map_or_else(String::new, |command| format!(" {command:?}"));
        format!(
            "{ENGINE_VERSION} {groups:?} {near:?} {sets:?} {:?} {:?}{program}",
            self.min_score, self.weights
        )
    }
}

/// Where in the topic a mistake stands.
#[derive(Clone, Copy)]
struct At {
    key: &'static str,
    index: Option<usize>,
}

impl At {
    fn error(self, message: impl Into<String>, help: impl Into<String>) -> SpecError {
        SpecError {
            key: self.key,
            index: self.index,
            message: message.into(),
            help: help.into(),
        }
    }
}

struct Compiler<'a> {
    aliases: &'a Aliases,
    known: HashMap<String, Arc<Concept>>,
    errors: Vec<SpecError>,
}

impl Compiler<'_> {
    fn group(&mut self, key: &'static str, terms: &[String]) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(terms.len());
        for (index, written) in terms.iter().enumerate() {
            let at = At {
                key,
                index: Some(index),
            };
            entries.extend(self.entry(at, written));
        }
        entries
    }

    fn boosts(&mut self, spec: &TopicSpec) -> Vec<Entry> {
        let mut entries = Vec::new();
        for (index, boost) in spec.boost.iter().enumerate() {
            let at = At {
                key: "boost",
                index: Some(index),
            };
            self.finite(at, boost.weight);
            self.counted(at, boost.times);
            entries.extend(self.entry(at, &boost.term).map(|entry| Entry {
                weight: boost.weight,
                times: boost.times,
                ..entry
            }));
        }
        entries
    }

    fn nears(&mut self, spec: &TopicSpec) -> Vec<NearRule> {
        let mut rules = Vec::new();
        for (index, near) in spec.near.iter().enumerate() {
            let at = At {
                key: "near",
                index: Some(index),
            };
            self.finite(at, near.weight);
            if near.b.is_empty() {
                self.errors.push(at.error(
                    "`near` has no `b`: nothing to stand near to",
                    "write at least one term in `b`",
                ));
            }
            self.counted(at, near.within.min(near.times));
            let mut parts = Vec::new();
            for terms in [std::slice::from_ref(&near.a), &near.b, &near.with] {
                let part: Vec<Entry> = terms
                    .iter()
                    .filter_map(|term| self.entry(at, term))
                    .collect();
                if !part.is_empty() {
                    parts.push(part);
                }
            }
            rules.push(NearRule {
                parts,
                within: near.within,
                times: near.times,
                weight: near.weight,
            });
        }
        rules
    }

    fn finite(&mut self, at: At, weight: f64) {
        if !weight.is_finite() || weight == 0.0 {
            self.errors.push(at.error(
                format!("the weight {weight} changes nothing"),
                "write a number above zero to raise the score, below zero to lower it",
            ));
        }
    }

    fn counted(&mut self, at: At, number: u32) {
        if number == 0 {
            self.errors.push(at.error(
                "`within` and `times` count from 1",
                "write a number from 1 up, or leave it out",
            ));
        }
    }

    fn languages(&mut self, tags: &[String]) -> Vec<String> {
        let mut languages = Vec::new();
        for (index, tag) in tags.iter().enumerate() {
            match language::normalise(tag) {
                Some(code) => languages.push(code),
                None => self.errors.push(
                    At {
                        key: "language",
                        index: Some(index),
                    }
                    .error(
                        format!("`{tag}` is not a language tag"),
                        "write fr, es, pt-BR …",
                    ),
                ),
            }
        }
        languages
    }

    fn sources(&mut self, sources: &[String]) -> (Vec<String>, Vec<String>) {
        let (mut allow, mut deny) = (Vec::new(), Vec::new());
        for (index, source) in sources.iter().enumerate() {
            let (list, id) = match source.trim().strip_prefix('!') {
                Some(id) => (&mut deny, id.trim()),
                None => (&mut allow, source.trim()),
            };
            if id.is_empty() {
                let at = At {
                    key: "sources",
                    index: Some(index),
                };
                self.errors
                    .push(at.error("an empty source id", "write the id of a source"));
            }
            list.push(id.to_owned());
        }
        (allow, deny)
    }

    /// A topic must say what it wants.
    fn substance(&mut self, spec: &TopicSpec) {
        let gates = !spec.all.is_empty() || !spec.any.is_empty();
        let allowed = spec
            .sources
            .iter()
            .any(|source| !source.trim().starts_with('!'));
        let scored = spec.min_score.is_some_and(|score| score > 0.0)
            && !(spec.boost.is_empty() && spec.near.is_empty());
        let at = At {
            key: "all",
            index: None,
        };
        if !gates && !allowed && !scored {
            self.errors.push(at.error(
                format!(
                    "the topic `{}` says nothing that an article must hold",
                    spec.id
                ),
                "write terms in `all` or `any`, or name the sources it takes whole in `sources`",
            ));
        }
        let weights = [
            spec.weights.title,
            spec.weights.lead,
            spec.weights.category,
            spec.weights.summary,
            spec.weights.body,
            spec.min_score.unwrap_or(0.0),
        ];
        if weights.iter().any(|w| !w.is_finite() || *w < 0.0) {
            let at = At {
                key: "weights",
                index: None,
            };
            self.errors.push(at.error(
                "weights and `min_score` are numbers from 0 up",
                "to lower the score by a term, give that term a negative weight in `boost`",
            ));
        }
    }

    fn entry(&mut self, at: At, written: &str) -> Option<Entry> {
        let concept = match self.known.get(written) {
            Some(known) => Arc::clone(known),
            None => {
                let mut path = Vec::new();
                let (members, masks) = self.expand(at, written, None, &mut path)?;
                if members.is_empty() {
                    let message = if masks.is_empty() {
                        format!("the alias in `{written}` is empty")
                    } else {
                        format!("`{written}` only hides: a `!` term stands inside an alias")
                    };
                    self.errors
                        .push(at.error(message, "write at least one term to look for"));
                    return None;
                }
                let concept = Arc::new(Concept::new(members.into_iter().collect()));
                self.known.insert(written.to_owned(), Arc::clone(&concept));
                concept
            }
        };
        Some(Entry {
            written: written.trim().into(),
            concept,
            weight: 1.0,
            times: 1,
        })
    }

    /// The members a term stands for, and the masks it adds to its alias.
    fn expand(
        &mut self,
        at: At,
        written: &str,
        outer: Option<Fields>,
        path: &mut Vec<String>,
    ) -> Option<(Vec<Member>, BTreeSet<Pattern>)> {
        let place = match path.last() {
            Some(alias) => format!(" (in the alias @{alias})"),
            None => String::new(),
        };
        let term = match term::read(written) {
            Ok(term) => term,
            Err(error) => {
                self.errors
                    .push(at.error(format!("{}{place}", error.message), error.help));
                return None;
            }
        };
        let fields = term.fields.or(outer);
        let name = match term.target {
            Target::Pattern(pattern) if term.mask => {
                return Some((Vec::new(), BTreeSet::from([pattern])));
            }
            Target::Pattern(pattern) => {
                let member = Member {
                    pattern,
                    fields: fields.unwrap_or(Fields::TEXT),
                    masks: Arc::default(),
                };
                return Some((vec![member], BTreeSet::new()));
            }
            Target::Alias(name) => name,
        };
        let members = self.alias(at, &name, fields, path)?;
        if term.mask {
            let masks = members.into_iter().map(|member| member.pattern).collect();
            return Some((Vec::new(), masks));
        }
        Some((members, BTreeSet::new()))
    }

    fn alias(
        &mut self,
        at: At,
        name: &str,
        fields: Option<Fields>,
        path: &mut Vec<String>,
    ) -> Option<Vec<Member>> {
        if path.iter().any(|open| open == name) || path.len() >= MAX_DEPTH {
            let round = path
                .iter()
                .map(|open| format!("@{open} → "))
                .collect::<String>();
            self.errors.push(at.error(
                format!("aliases stand within themselves: {round}@{name}"),
                "take one of them out of the other's list",
            ));
            return None;
        }
        let aliases = self.aliases;
        let Some(terms) = aliases.get(name) else {
            let help = match aliases.nearest(name) {
                Some(known) => format!("did you mean @{known}?"),
                None => "define it under [alias], or write the terms themselves".to_owned(),
            };
            self.errors
                .push(at.error(format!("there is no alias @{name}"), help));
            return None;
        };
        path.push(name.to_owned());
        let mut members = Vec::with_capacity(terms.len());
        let mut masks = BTreeSet::new();
        let mut whole = true;
        for term in terms {
            match self.expand(at, term, fields, path) {
                Some((more, hidden)) => {
                    members.extend(more);
                    masks.extend(hidden);
                }
                None => whole = false,
            }
        }
        path.pop();
        if !masks.is_empty() {
            hide(&mut members, &masks);
        }
        whole.then_some(members)
    }
}
