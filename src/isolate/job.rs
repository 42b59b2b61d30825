//! What goes to a worker and what comes back: plain data, one JSON document each.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::extract::{self, Hint, PageContext, Route, SiteRule, SiteSpec};
use crate::model::{Defect, Extracted, Warning};
use crate::story::paragraph_hash;
use crate::text::url::{Families, FamilySpec};

/// Families whose compiled rules a worker keeps.
const MOST_SITES: usize = 64;

/// A page to take apart, with all that `extract` is told about it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    /// The page, decoded.
    pub html: String,
    /// Address it was fetched from.
    pub url: Url,
    /// Title as the source gave it.
    pub title: Option<String>,
    /// Teaser as plain text.
    pub teaser: Option<String>,
    /// Body as the feed gave it.
    pub content: Option<String>,
    /// Date as the source gave it.
    pub published: Option<DateTime<Utc>>,
    /// Zone of dates that name none.
    pub timezone: Option<Tz>,
    /// Language the source is configured for.
    pub language: Option<String>,
    /// Hashes of the paragraphs that the source repeats.
    pub boilerplate: HashSet<i64>,
    /// The family of the page's host, if it has one.
    pub site: Option<Site>,
    /// What is known of the pages before, when the page continues an article.
    pub part: Option<Part>,
    /// Whether what every route proposed is wanted, too.
    pub routes: bool,
}

/// What is known of the pages before one that continues an article.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Part {
    /// Address of the first page.
    pub first: Url,
    /// Route that gave the first page's body.
    pub how: String,
    /// Marks of what stands on the pages before.
    pub marks: HashSet<u64>,
}

/// A family as written: the worker compiles it once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Hosts and identity.
    pub family: FamilySpec,
    /// Extraction rule, if there is one.
    pub rule: Option<SiteSpec>,
}

/// What a worker found.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Answer {
    /// The article, as far as there is one.
    pub extracted: Extracted,
    /// Why it must not be taken as the article.
    pub defect: Option<Defect>,
    /// Marks of what stands on the page, where there is a next one.
    pub marks: Vec<u64>,
    /// Marks of what ends the page and stood on the pages before.
    pub foot: Vec<u64>,
    /// What every route proposed, where the job asks for it.
    pub routes: Vec<Route>,
}

impl Answer {
    /// The answer to a page that could not be taken apart: a defect, and why.
    pub fn refused(reason: String) -> Self {
        let mut answer = Self {
            defect: Some(Defect::Hostile),
            ..Self::default()
        };
        answer.extracted.warnings.push(Warning::new("", reason));
        answer
    }
}

/// Compiled families, by name.
#[derive(Default)]
pub(super) struct Compiled(HashMap<String, (Site, Families, Option<SiteRule>)>);

impl Compiled {
    fn of(&mut self, site: &Site) -> &(Site, Families, Option<SiteRule>) {
        let id = &site.family.id;
        if self.0.get(id).is_none_or(|(known, ..)| known != site) {
            if self.0.len() >= MOST_SITES {
                self.0.clear();
            }
            // What the configuration compiled compiles again; if it did not, the page is read without.
            let families =
                Families::compile(std::slice::from_ref(&site.family)).unwrap_or_default();
            let rule = site
                .rule
                .as_ref()
                .and_then(|spec| SiteRule::compile(id, spec).ok());
            self.0.insert(id.clone(), (site.clone(), families, rule));
        }
        &self.0[id]
    }
}

/// Takes a page apart.
pub(super) fn run(job: &Job, compiled: &mut Compiled) -> Answer {
    let site = job.site.clone().unwrap_or_default();
    let (_, families, rule) = compiled.of(&site);
    let context = PageContext {
        url: &job.url,
        rule: rule.as_ref(),
        hint: Hint {
            title: job.title.as_deref(),
            teaser: job.teaser.as_deref(),
            content: job.content.as_deref(),
            published: job.published,
        },
        timezone: job.timezone,
        language: job.language.as_deref(),
        boilerplate: &|paragraph| {
            job.boilerplate
                .contains(&(paragraph_hash(paragraph) as i64))
        },
        same_family: &|other| families.same_house(&job.url, other),
        part: job.part.as_ref().map(|part| extract::Part {
            first: &part.first,
            how: &part.how,
            marks: &part.marks,
        }),
    };
    let found = extract::extract(&job.html, &context);
    Answer {
        extracted: found.extracted,
        defect: found.defect,
        marks: found.marks,
        foot: found.foot,
        routes: if job.routes {
            found.candidates
        } else {
            Vec::new()
        },
    }
}
