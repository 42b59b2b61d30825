//! `[[source]]`: the outlets the person follows.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;
use url::Url;

use super::daemon::{Fetch, http_url, language, quiet};
use super::place::{At, Located};
use super::section::{Section, propose};
use super::sites::{Sites, refuse_all, timezone};
use super::topics::{ID_RULE, valid_id};
use crate::discover::json::{JsonPaths, JsonSpec};
use crate::discover::listing::{Listing, ListingSpec};
use crate::fetch::{Credentials, Kind, Terms, check_header};
use crate::model::{FamilyId, SourceId};
use crate::schedule::{Closed, Cron, Quiet, SHORTEST_EVERY, Schedule};

/// Age beyond which a candidate is not published, unless the source says otherwise.
pub const DEFAULT_MAX_AGE: Duration = Duration::from_secs(30 * 86_400);
/// Candidates of a first poll that are published, unless the source says otherwise.
pub const DEFAULT_BACKFILL: usize = 20;
/// Silence after which a source is called stale, unless it says otherwise.
pub const DEFAULT_STALE_AFTER: Duration = Duration::from_secs(14 * 86_400);

/// Where an article's body comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyFrom {
    /// The article's page; the feed's own text where the page cannot be had.
    Page,
    /// The feed's own text, always: for outlets that refuse their pages.
    Feed,
}

/// What kind of document a source is.
#[derive(Debug, Clone)]
pub enum SourceKind {
    /// RSS, Atom, RDF, JSON Feed.
    Feed,
    /// A page with links to articles.
    Listing(Box<Listing>),
    /// A sitemap or news sitemap.
    Sitemap,
    /// A JSON document.
    Json(Box<JsonPaths>),
}

impl SourceKind {
    /// What the client is to expect.
    pub fn fetch_kind(&self) -> Kind {
        match self {
            Self::Feed => Kind::Feed,
            Self::Listing(_) => Kind::Listing,
            Self::Sitemap => Kind::Sitemap,
            Self::Json(_) => Kind::Json,
        }
    }
}

/// A configured outlet, ready to be polled.
#[derive(Debug, Clone)]
pub struct Source {
    /// Id.
    pub id: SourceId,
    /// Name shown to readers; None for what the outlet calls itself.
    pub title: Option<String>,
    /// Address polled.
    pub url: Url,
    /// Kind.
    pub kind: SourceKind,
    /// Family of hosts: its own setting, else found by the address.
    pub family: Option<FamilyId>,
    /// When it is polled.
    pub schedule: Schedule,
    /// Hours of the day without polls, in its zone.
    pub quiet: Option<Quiet>,
    /// Language of its articles, when it has one.
    pub language: Option<String>,
    /// Zone of its dates where they name none.
    pub timezone: Option<Tz>,
    /// Which copy of a story represents it: the higher.
    pub priority: i64,
    /// Tags.
    pub tags: Vec<String>,
    /// Where bodies come from.
    pub body: BodyFrom,
    /// Older candidates are not published.
    pub max_age: Duration,
    /// Candidates of the first poll that are published.
    pub backfill: usize,
    /// Silence after which it is called stale.
    pub stale_after: Duration,
    /// How long its articles stay in the archive; None for what `[store]` says.
    pub keep: Option<Duration>,
    /// Whether its articles are compared with those of others.
    pub dedup: bool,
    /// Terms of requests for the source itself.
    pub terms: Arc<Terms>,
    /// Terms of requests for its articles' pages.
    pub page_terms: Arc<Terms>,
}

impl Source {
    /// Zone of its times: of `cron`, of quiet hours, of dates that name none.
    pub fn zone(&self) -> Tz {
        self.timezone.unwrap_or(Tz::UTC)
    }

    /// Whether another reading of the configuration says the same of it.
    pub fn is_same(&self, other: &Self) -> bool {
        // Its compiled parts can be shown but not compared; what is never shown is compared.
        self.terms.headers == other.terms.headers
            && self.terms.credentials == other.terms.credentials
            && format!("{self:?}") == format!("{other:?}")
    }

    /// When it is not polled, given the hours and days that its feed asks to skip (as sets of bits).
    pub fn closed(&self, skip_hours: u32, skip_days: u32) -> Closed {
        Closed {
            skip_hours,
            skip_days,
            quiet: self.quiet,
            zone: self.zone(),
        }
    }
}

/// What reading sources needs to know.
pub struct SourceContext<'a> {
    /// Families and their rules.
    pub sites: &'a Sites,
    /// `[fetch]`.
    pub fetch: &'a Fetch,
    /// Folder that relative secret files are looked for in.
    pub folder: Option<&'a Path>,
}

/// Reads one `[[source]]`; None when it cannot be polled at all (every reason is reported).
pub fn source(s: &Section<'_>, context: &SourceContext<'_>) -> Option<(Source, At)> {
    let id = id(s);
    if !s.has("url") {
        s.required_text("url", "write the address of the feed, listing or sitemap");
    }
    let url = http_url(s, "url");
    let kind = kind(s);
    let family = family(s, context, url.as_ref());
    let known = family
        .as_ref()
        .and_then(|f| context.sites.families.by_id(f));
    let own_zone = timezone(s);
    let zone = own_zone.or(known.and_then(|f| f.timezone));
    let (terms, page_terms) = terms(s, context, url.as_ref());
    // A closure, so that what is missing does not hide the keys that are not known.
    let build = || {
        Some(Source {
            id: SourceId::from(id.as_ref().map_or("", |id| &id.value)),
            title: s.text("title").map(|t| t.value),
            schedule: schedule(s, context.fetch),
            quiet: match s.has("quiet") {
                true => quiet(s, true),
                false => context.fetch.quiet,
            },
            language: language(s).or_else(|| known.and_then(|f| f.language.clone())),
            timezone: zone,
            priority: s.whole("priority", -1_000..=1_000).unwrap_or(0),
            tags: s.texts("tags").into_iter().map(|t| t.value).collect(),
            body: body(s),
            max_age: s.age("max_age").unwrap_or(DEFAULT_MAX_AGE),
            backfill: s
                .whole("backfill", 0..=100_000)
                .map_or(DEFAULT_BACKFILL, |n| n as usize),
            stale_after: s.age("stale_after").unwrap_or(DEFAULT_STALE_AFTER),
            keep: s.age("keep"),
            dedup: s
                .choice("dedup", &[("on", true), ("off", false)])
                .unwrap_or(true),
            kind: kind?,
            family,
            url: url?,
            terms,
            page_terms,
        })
    };
    let source = build();
    s.finish();
    Some((source?, id?.at))
}

fn id(s: &Section<'_>) -> Option<Located<String>> {
    let help = "give the source a short name, for instance \"rfi-asie\"";
    let id = s.required_text("id", help)?;
    if !valid_id(&id.value) {
        let message = format!("`{}` cannot name a source", id.value);
        s.refuse(&id.at, "id", message, ID_RULE);
    }
    Some(id)
}

fn body(s: &Section<'_>) -> BodyFrom {
    let words = [("page", BodyFrom::Page), ("feed", BodyFrom::Feed)];
    s.choice("body", &words).unwrap_or(BodyFrom::Page)
}

#[derive(Clone, Copy)]
enum KindWord {
    Feed,
    Listing,
    Sitemap,
    Json,
}

fn kind(s: &Section<'_>) -> Option<SourceKind> {
    let words = [
        ("feed", KindWord::Feed),
        ("listing", KindWord::Listing),
        ("sitemap", KindWord::Sitemap),
        ("json", KindWord::Json),
    ];
    let word = if s.has("kind") {
        s.choice("kind", &words)
    } else {
        Some(KindWord::Feed)
    };
    let listing = s.section("listing");
    let json = s.section("json");
    match (&word, &listing, &json) {
        (Some(KindWord::Listing), _, Some(other)) | (Some(KindWord::Json), Some(other), _) => {
            s.refuse(
                other.header(),
                "kind",
                "this table belongs to a source of another kind",
                "remove it, or change `kind`",
            );
        }
        (Some(KindWord::Feed | KindWord::Sitemap), Some(other), _)
        | (Some(KindWord::Feed | KindWord::Sitemap), _, Some(other)) => {
            s.refuse(
                other.header(),
                "kind",
                "this table needs another kind of source",
                "write kind = \"listing\" or kind = \"json\"",
            );
        }
        _ => {}
    }
    match word? {
        KindWord::Feed => Some(SourceKind::Feed),
        KindWord::Sitemap => Some(SourceKind::Sitemap),
        KindWord::Listing => self::listing(listing.as_ref()),
        KindWord::Json => match json {
            Some(section) => self::json(&section),
            None => {
                s.refuse(
                    s.header(),
                    "json",
                    "a source of kind json needs a [source.json] table",
                    "name the paths: entries, link, title, date",
                );
                None
            }
        },
    }
}

fn listing(section: Option<&Section<'_>>) -> Option<SourceKind> {
    let Some(s) = section else {
        return Listing::compile(&ListingSpec::default())
            .ok()
            .map(|l| SourceKind::Listing(Box::new(l)));
    };
    let text = |key| s.text(key).map(|t| t.value);
    let list = |key| s.texts(key).into_iter().map(|t| t.value).collect();
    let spec = ListingSpec {
        entry: text("entry"),
        link: text("link"),
        title: text("title"),
        date: text("date"),
        teaser: text("teaser"),
        include: list("include"),
        exclude: list("exclude"),
        next: text("next"),
        pages: s.whole("pages", 1..=50).map(|n| n as u32),
        date_from_url: s.flag("date_from_url"),
        date_attribute: text("date_attribute"),
    };
    s.finish();
    match Listing::compile(&spec) {
        Ok(listing) => Some(SourceKind::Listing(Box::new(listing))),
        Err(errors) => {
            refuse_all(s, &errors);
            None
        }
    }
}

fn json(s: &Section<'_>) -> Option<SourceKind> {
    let text = |key| s.text(key).map(|t| t.value);
    let spec = JsonSpec {
        items: text("entries").unwrap_or_default(),
        id: text("id"),
        link: text("link"),
        title: text("title"),
        date: text("date"),
        updated: text("updated"),
        summary: text("summary"),
        content: text("content"),
        author: text("author"),
        categories: text("categories"),
        language: text("language"),
        image: text("image"),
        after: text("after"),
    };
    s.finish();
    match JsonPaths::compile(&spec) {
        Ok(paths) => Some(SourceKind::Json(Box::new(paths))),
        Err(errors) => {
            refuse_all(s, &errors);
            None
        }
    }
}

fn family(s: &Section<'_>, context: &SourceContext<'_>, url: Option<&Url>) -> Option<FamilyId> {
    let families = &context.sites.families;
    let Some(text) = s.text("family") else {
        return url.and_then(|u| families.of(u)).map(|f| f.id.clone());
    };
    let id = FamilyId::from(text.value.as_str());
    if families.by_id(&id).is_none() {
        let names: Vec<&str> = families.names().collect();
        let message = format!("there is no family `{}`", text.value);
        let help = format!(
            "{} A family is a file: sites/{}.toml",
            propose(&text.value, &names),
            text.value
        );
        s.refuse(&text.at, "family", message, help);
        return None;
    }
    Some(id)
}

fn schedule(s: &Section<'_>, fetch: &Fetch) -> Schedule {
    let fallback = Schedule::Adaptive {
        min: fetch.adaptive.0,
        max: fetch.adaptive.1,
    };
    let every = s.duration("every");
    let cron = s.text("cron");
    let adaptive = s.section("adaptive");
    let mut given = ["every", "cron", "adaptive"]
        .into_iter()
        .filter(|key| s.has(key));
    if let (Some(first), Some(second)) = (given.next(), given.next()) {
        let message = format!("`{first}` says already when the source is polled");
        s.refuse(&s.place_of(second), second, message, "keep one of the two");
    }
    if let Some(every) = every {
        return fixed(s, &every).unwrap_or(fallback);
    }
    if let Some(text) = cron {
        return match Cron::parse(&text.value) {
            Ok(cron) => Schedule::Cron(Box::new(cron)),
            Err(message) => {
                let help = "for instance \"5 6-23 * * *\": five past every hour from 6 to 23";
                s.refuse(&text.at, "cron", message, help);
                fallback
            }
        };
    }
    let Some(a) = adaptive else {
        return fallback;
    };
    let min = a.age("min").unwrap_or(fetch.adaptive.0);
    let max = a.age("max").unwrap_or(fetch.adaptive.1);
    if min > max {
        a.refuse(
            a.header(),
            "min",
            "the shortest interval is longer than the longest",
            "exchange the two",
        );
    }
    a.finish();
    Schedule::Adaptive { min, max }
}

fn fixed(s: &Section<'_>, every: &Located<Duration>) -> Option<Schedule> {
    if every.value < SHORTEST_EVERY {
        s.refuse(
            &every.at,
            "every",
            "the interval is shorter than a second",
            "\"20m\" is polite",
        );
        return None;
    }
    Some(Schedule::Every(every.value))
}

fn terms(
    s: &Section<'_>,
    context: &SourceContext<'_>,
    url: Option<&Url>,
) -> (Arc<Terms>, Arc<Terms>) {
    #[derive(Clone, Copy, PartialEq)]
    enum Robots {
        Obey,
        Ignore,
    }
    let robots = s.choice(
        "robots",
        &[("obey", Robots::Obey), ("ignore", Robots::Ignore)],
    );
    let is_feed = !s.has("kind") || s.text("kind").is_some_and(|k| k.value == "feed");
    let terms = Terms {
        user_agent: s.text("user_agent").map(|t| t.value),
        headers: headers(s),
        credentials: credentials(s, context.folder),
        home: url.cloned(),
        allow_private: s.hosts("allow_private"),
        timeout: s.age("timeout"),
        min_gap: s.duration("gap").map(|d| d.value),
        // A feed that the person named may be fetched; a listing or a page is read as a crawler does.
        obey_robots: robots.map_or(!is_feed, |r| r == Robots::Obey),
    };
    let page = Terms {
        obey_robots: robots != Some(Robots::Ignore),
        ..terms.clone()
    };
    (Arc::new(terms), Arc::new(page))
}

fn headers(s: &Section<'_>) -> Vec<(String, String)> {
    let mut headers = Vec::new();
    for (name, values) in s.named_lists("headers") {
        for value in values {
            match check_header(&name.value, &value.value) {
                Ok(()) => headers.push((name.value.clone(), value.value)),
                Err(message) => s.refuse(&name.at, "headers", message, "remove it"),
            }
        }
    }
    headers
}

/// `[source.auth]`: `user` with `password_file`, or `token_file`. Secrets never stand in the TOML.
fn credentials(s: &Section<'_>, folder: Option<&Path>) -> Option<Credentials> {
    let auth = s.section("auth")?;
    let user = auth.text("user");
    let password = auth.text("password_file");
    let token = auth.text("token_file");
    auth.finish();
    match (user, password, token) {
        (Some(user), Some(file), None) => Some(Credentials::Basic {
            user: user.value,
            password: secret(&auth, "password_file", &file, folder)?,
        }),
        (None, None, Some(file)) => Some(Credentials::Bearer(secret(
            &auth,
            "token_file",
            &file,
            folder,
        )?)),
        _ => {
            auth.refuse(
                auth.header(),
                "user",
                "either `user` with `password_file`, or `token_file` is expected",
                "secrets stand in files: user = \"me\" and password_file = \"password\", or token_file = \"token\"",
            );
            None
        }
    }
}

/// The content of a secret file: a systemd credential, or a file beside the configuration.
pub fn secret(
    s: &Section<'_>,
    key: &str,
    file: &Located<String>,
    folder: Option<&Path>,
) -> Option<String> {
    let credentials =
        std::env::var_os("CREDENTIALS_DIRECTORY").map(|d| PathBuf::from(d).join(&file.value));
    let beside = folder.map_or_else(|| PathBuf::from(&file.value), |f| f.join(&file.value));
    let path = credentials.filter(|p| p.is_file()).unwrap_or(beside);
    match fs::read_to_string(&path) {
        Ok(text) if text.trim().is_empty() => {
            let message = format!("the secret file {} is empty", path.display());
            s.refuse(&file.at, key, message, "write the secret into it");
            None
        }
        Ok(text) => Some(text.trim_end_matches(['\r', '\n']).to_owned()),
        Err(error) => {
            let message = format!("the secret file {} cannot be read: {error}", path.display());
            s.refuse(
                &file.at,
                key,
                message,
                "write the path of a file that holds the secret and nothing else",
            );
            None
        }
    }
}
