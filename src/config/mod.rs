//! The configuration: what the person writes, read, checked as a whole and compiled.
//!
//! A configuration that loads cannot fail later: selectors, addresses, schedules and topics are
//! compiled here. Every mistake is found in one pass and reported with its place. The one exception
//! to purity of this layer is that it reads its own files.

pub mod access;
mod daemon;
mod duration;
pub mod edit;
mod files;
mod pieces;
pub mod place;
mod section;
mod sites;
mod sources;
mod stories;
mod topics;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use access::{Access, Secret};
pub use daemon::{Daemon, Extract, Fetch, Keeping, Listen, Publish};
pub use duration::{parse_age, parse_duration};
pub use files::{MAIN, built_in_sites, default_path};
pub use place::Problem;

pub use section::propose;
pub use sites::Sites;
pub use sources::{BodyFrom, Source, SourceKind};

use url::Url;

use crate::model::{Rulebook, SourceId, TopicId};
use crate::story;
use crate::topic::{Aliases, Matcher, Provenance, Topic, Verdict};
use files::Files;
use place::{At, File};
use section::{Problems, Section};
use sources::SourceContext;

/// Readings of configurations by this process.
static EDITIONS: AtomicU64 = AtomicU64::new(0);

/// A whole configuration, ready to run.
pub struct Config {
    /// Number of this reading, another for each: what depends on nothing else is worked out once.
    pub edition: u64,
    /// Where it was read from, for messages.
    pub origin: String,
    /// `[daemon]`.
    pub daemon: Daemon,
    /// `[fetch]`.
    pub fetch: Fetch,
    /// `[extract]`.
    pub extract: Extract,
    /// `[stories]`.
    pub stories: story::Settings,
    /// `[store]`.
    pub store: Keeping,
    /// `[publish]`.
    pub publish: Publish,
    /// `[access]`.
    pub access: Access,
    /// The sources, in the order of the files.
    pub sources: Vec<Arc<Source>>,
    /// The topics, in the order of the files.
    pub topics: Vec<Arc<Topic>>,
    /// The topics' matcher.
    pub matcher: Arc<Matcher>,
    /// The topics' rules.
    pub rulebook: Arc<Rulebook>,
    /// Families and their rules.
    pub sites: Arc<Sites>,
    /// Sources whose articles are not compared with others.
    pub apart: Arc<HashSet<SourceId>>,
    sources_by_id: HashMap<SourceId, usize>,
    topics_by_id: HashMap<TopicId, usize>,
}

impl Config {
    /// A source by its id.
    pub fn source(&self, id: &SourceId) -> Option<&Arc<Source>> {
        let index = self.sources_by_id.get(id);
        index.map(|index| &self.sources[*index])
    }

    /// A topic by its id.
    pub fn topic(&self, id: &TopicId) -> Option<&Arc<Topic>> {
        self.topics_by_id.get(id).map(|index| &self.topics[*index])
    }

    /// What a topic says of an article of a source in which none of its terms was found.
    pub fn blank(
        &self,
        topic: &TopicId,
        source: &SourceId,
        language: Option<&str>,
    ) -> Option<Verdict> {
        let configured = self.source(source);
        let from = Provenance {
            language,
            source: source.as_str(),
            tags: configured.map_or(&[], |source| &source.tags),
        };
        self.matcher.blank(topic, &from)
    }

    /// The WebSub hubs that our feeds name: our own first, then the foreign ones.
    pub fn hubs(&self) -> Vec<String> {
        let own = self.publish.hub.then(|| self.own_hub());
        let foreign = self.publish.hubs.iter().map(Url::to_string);
        own.into_iter().chain(foreign).collect()
    }

    /// The address of our own hub, whether it is on or not.
    pub fn own_hub(&self) -> String {
        format!("{}hub", self.daemon.base_url)
    }
}

/// Loads a configuration: the one at `path`, or the built-in one.
///
/// # Errors
/// Every problem of every file, in order.
pub fn load(path: Option<&Path>) -> Result<Config, Vec<Problem>> {
    match load_in_part(path) {
        (Some(config), problems) if problems.is_empty() => Ok(config),
        (_, problems) => Err(problems),
    }
}

/// Loads as much of a configuration as is right, for looking at the store beside one that is wrong:
/// nothing may run on it. None when the main file cannot be read.
pub fn load_in_part(path: Option<&Path>) -> (Option<Config>, Vec<Problem>) {
    let problems = Problems::default();
    let files = files::read(path, &problems);
    let config = read(&files, &problems);
    (config, problems.into_sorted())
}

/// Loads the configuration at `path` as it would be if one of its files held `text`: what is about
/// to be written is checked before it is.
///
/// # Errors
/// Every problem of every file, in order.
pub fn load_replacing(path: &Path, file: &Path, text: &str) -> Result<Config, Vec<Problem>> {
    let problems = Problems::default();
    let mut files = files::read(Some(path), &problems);
    files.replace(file, text);
    let config = read(&files, &problems);
    let found = problems.into_sorted();
    match config {
        Some(config) if found.is_empty() => Ok(config),
        _ => Err(found),
    }
}

/// One `[[source]]` table as a source.
///
/// # Errors
/// Every problem of the table.
pub fn source_of(table: &str, sites: &Sites, fetch: &Fetch) -> Result<Source, Vec<Problem>> {
    let problems = Problems::default();
    let file = Arc::new(File {
        path: "the source".into(),
        text: table.to_owned(),
    });
    let context = SourceContext {
        sites,
        fetch,
        folder: None,
    };
    let source = read_sources(&[file], &context, &problems).0.pop();
    let found = problems.into_sorted();
    match source {
        Some(source) if found.is_empty() => Ok(source),
        _ => Err(found),
    }
}

/// The site files of the configuration in force, or those inside the binary, for `inspect page`.
///
/// # Errors
/// Every problem of those files.
pub fn load_sites() -> Result<Sites, Vec<Problem>> {
    let problems = Problems::default();
    let files = files::read(default_path().as_deref(), &problems);
    let problems = Problems::default();
    let sites = sites::read(&files.sites, &problems);
    let found = problems.into_sorted();
    if found.is_empty() {
        Ok(sites)
    } else {
        Err(found)
    }
}

/// The topics of one file, whatever sources there may be, for `inspect topic`.
///
/// # Errors
/// Every problem of the file.
pub fn load_topics(path: &Path) -> Result<Matcher, Vec<Problem>> {
    let problems = Problems::default();
    let lists: Vec<_> = files::read_file(path, &problems).into_iter().collect();
    let topics = read_topics(&[], &lists, None, &problems);
    let found = problems.into_sorted();
    if found.is_empty() {
        Ok(Matcher::new(topics))
    } else {
        Err(found)
    }
}

struct Settings {
    daemon: Daemon,
    fetch: Fetch,
    extract: Extract,
    stories: story::Settings,
    store: Keeping,
    publish: Publish,
    access: Access,
}

fn read(files: &Files, problems: &Problems) -> Option<Config> {
    let settings = settings(files, problems)?;
    let sites = sites::read(&files.sites, problems);
    let context = SourceContext {
        sites: &sites,
        fetch: &settings.fetch,
        folder: files.folder.as_deref(),
    };
    let (sources, with_topics) = read_sources(&files.lists, &context, problems);
    let topics = read_topics(&files.aliases, &with_topics, Some(&sources), problems);
    let by_id = sources.iter().map(|source| source.id.clone());
    let sources_by_id = by_id.zip(0..).collect();
    let by_id = topics.iter().map(|topic| topic.id.clone());
    let topics_by_id = by_id.zip(0..).collect();
    let apart = sources.iter().filter(|s| !s.dedup);
    let apart = Arc::new(apart.map(|s| s.id.clone()).collect());
    let origin = files.folder.as_ref().map_or_else(
        || "the built-in configuration".to_owned(),
        // A main file named by its bare name has the empty path for a folder.
        |folder| match folder.as_os_str().is_empty() {
            true => ".".to_owned(),
            false => folder.display().to_string(),
        },
    );
    Some(Config {
        edition: EDITIONS.fetch_add(1, Ordering::Relaxed),
        origin,
        daemon: settings.daemon,
        fetch: settings.fetch,
        extract: settings.extract,
        stories: settings.stories,
        store: settings.store,
        publish: settings.publish,
        access: settings.access,
        matcher: Arc::new(Matcher::new(topics.clone())),
        rulebook: Arc::new(rulebook(&topics)),
        sources: sources.into_iter().map(Arc::new).collect(),
        topics,
        sites: Arc::new(sites),
        apart,
        sources_by_id,
        topics_by_id,
    })
}

fn rulebook(topics: &[Arc<Topic>]) -> Rulebook {
    let rules = |topic: &Arc<Topic>| (topic.id.clone(), topic.rules_hash().cast_signed());
    Rulebook::new(topics.iter().map(rules).collect())
}

fn settings(files: &Files, problems: &Problems) -> Option<Settings> {
    let file = files.main.as_ref()?;
    let folder = files.folder.as_deref();
    let mut settings = None;
    section::parse(file, problems, |s| {
        settings = Some(Settings {
            daemon: daemon::daemon(s.section("daemon").as_ref(), folder),
            fetch: daemon::fetch(s.section("fetch").as_ref()),
            extract: daemon::extract(s.section("extract").as_ref()),
            stories: stories::stories(s.section("stories").as_ref()),
            store: daemon::store(s.section("store").as_ref()),
            publish: daemon::publish(s.section("publish").as_ref(), folder),
            access: access::access(s.section("access").as_ref(), folder),
        });
    });
    settings
}

/// Reads the sources; also returns the files that hold something else.
fn read_sources(
    lists: &[Arc<File>],
    context: &SourceContext<'_>,
    problems: &Problems,
) -> (Vec<Source>, Vec<Arc<File>>) {
    let mut sources = Vec::new();
    let mut with_topics = Vec::new();
    let mut first: HashMap<SourceId, At> = HashMap::new();
    let mut polled: HashMap<String, SourceId> = HashMap::new();
    for file in lists {
        let mut has_topics = false;
        section::parse(file, problems, |s| {
            has_topics |= s.has("topic") || s.has("alias");
            skip_topics(s);
            for section in s.sections("source") {
                let Some((source, at)) = sources::source(&section, context) else {
                    continue;
                };
                if let Some(earlier) = first.get(&source.id) {
                    let (line, _) = earlier.line_and_column();
                    let message = format!(
                        "the source `{}` is already defined in {} line {line}",
                        source.id,
                        earlier.file.path.display()
                    );
                    section.refuse(&at, "id", message, "give one of the two another id");
                    continue;
                }
                first.insert(source.id.clone(), at);
                refuse_same_address(&section, &source, &mut polled);
                sources.push(source);
            }
        });
        with_topics.extend(has_topics.then(|| file.clone()));
    }
    (sources, with_topics)
}

/// Reports a feed or sitemap that another source polls. A page or JSON document may be read by
/// several sources, each with its own selectors.
fn refuse_same_address(
    section: &Section<'_>,
    source: &Source,
    polled: &mut HashMap<String, SourceId>,
) {
    if !matches!(source.kind, SourceKind::Feed | SourceKind::Sitemap) {
        return;
    }
    if let Some(other) = polled.insert(source.url.to_string(), source.id.clone()) {
        let message = format!("the source `{other}` polls this address already");
        let help = "remove one of the two: every article would be read twice";
        section.refuse(&section.place_of("url"), "url", message, help);
    }
}

/// Files with sources may hold topics as well: those keys are read in [`read_topics`].
fn skip_topics(s: &Section<'_>) {
    s.expect("topic");
    s.expect("alias");
}

/// Reads the topics, with the aliases of files of their own and of the lists.
fn read_topics(
    alias_files: &[Arc<File>],
    lists: &[Arc<File>],
    sources: Option<&[Source]>,
    problems: &Problems,
) -> Vec<Arc<Topic>> {
    let mut aliases = Aliases::builtin();
    for file in alias_files {
        section::parse(file, problems, |s| topics::alias_file(s, &mut aliases));
    }
    for file in lists {
        section::parse(file, problems, |s| {
            s.expect("topic");
            s.expect("source");
            topics::aliases(s, &mut aliases);
        });
    }
    let known = sources.map(|sources| {
        let ids: Vec<&str> = sources.iter().map(|s| s.id.as_str()).collect();
        let tags: Vec<&str> = sources
            .iter()
            .flat_map(|s| s.tags.iter().map(String::as_str))
            .collect();
        (ids, tags)
    });
    let mut compiled = Vec::new();
    let mut first: BTreeMap<String, At> = BTreeMap::new();
    for file in lists {
        section::parse(file, problems, |s| {
            s.expect("source");
            s.expect("alias");
            for section in s.sections("topic") {
                let Some(topic) = topics::topic(section) else {
                    continue;
                };
                if let Some(earlier) = first.get(&topic.id.value) {
                    topic.refuse_duplicate(earlier);
                    continue;
                }
                first.insert(topic.id.value.clone(), topic.id.at.clone());
                if let Some((ids, tags)) = &known {
                    topic.check_sources(ids, tags);
                }
                compiled.extend(topic.compile(&aliases));
            }
        });
    }
    compiled
}
