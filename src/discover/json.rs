//! Candidates from a JSON document, by paths a person gave: an interface of the outlet, or the data
//! of a script (`var x = {…};`, `callback({…})`, a `<script>` of an HTML page).
//!
//! Numbers too long for a machine are kept as the text they were, so a 19-digit id stays itself.
//! Pure, and never fails.

mod paths;
mod script;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::Value;
use url::Url;

use super::links::absolute;
use super::moment::Clockwork;
use crate::model::{Candidate, Discovery, Person, Warning};
use crate::text::html::plain;
use crate::text::url::{Families, strip_tracking};
use paths::Text;
pub use paths::{JsonPaths, JsonSpec};

/// Most entries taken from one document.
pub const MAX_ENTRIES: usize = 5_000;

/// What a JSON document is read with.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Address the document was fetched from.
    pub base: &'a Url,
    /// Where the fields stand.
    pub paths: &'a JsonPaths,
    /// Families of hosts, for identities.
    pub families: &'a Families,
    /// Zone of dates that state none.
    pub timezone: Option<Tz>,
    /// When the document was fetched.
    pub fetched_at: DateTime<Utc>,
}

/// Reads a JSON document, or the first JSON value in a script or page in which the path of the
/// entries leads to some.
pub fn read(text: &str, ctx: &Context<'_>) -> Discovery {
    let mut discovery = Discovery {
        format: "json".to_owned(),
        ..Discovery::default()
    };
    discovery.feed.link = Some(ctx.base.to_string());
    let paths = ctx.paths;
    let document = script::values(text, paths.after.as_deref())
        .find(|value| !paths.items.all(value).is_empty());
    let Some(document) = document else {
        discovery.warnings.push(Warning::new("", "No JSON value in this document holds entries at the path `items`; look at the document and correct the path."));
        return discovery;
    };
    let mut items = Vec::new();
    for found in paths.items.all(&document) {
        match found {
            Value::Array(array) => items.extend(array),
            single => items.push(single),
        }
    }
    if items.len() > MAX_ENTRIES {
        discovery.warnings.push(Warning::new(
            "",
            format!("The document has more than {MAX_ENTRIES} entries; the rest was not read."),
        ));
    }
    let mut seen = std::collections::HashSet::new();
    for (place, item) in items.into_iter().take(MAX_ENTRIES).enumerate() {
        match candidate(item, ctx) {
            Some(candidate) if seen.insert(candidate.id.clone()) => {
                discovery.candidates.push(candidate)
            }
            Some(_) => {}
            None => discovery.warnings.push(Warning::new(
                format!("entry {}", place + 1),
                "It has neither link, id nor title and was passed over.",
            )),
        }
    }
    discovery
}

fn candidate(item: &Value, ctx: &Context<'_>) -> Option<Candidate> {
    let paths = ctx.paths;
    let clock = Clockwork {
        timezone: ctx.timezone,
        fetched_at: ctx.fetched_at,
    };
    let text = |place: &Option<Text>| {
        place
            .as_ref()
            .and_then(|place| place.read(item))
            .filter(|text| !text.trim().is_empty())
    };
    let date = |place: &Option<Text>| clock.value(&text(place)?);
    let url = text(&paths.link).and_then(|link| absolute(ctx.base, &link));
    let title = text(&paths.title)
        .map(|title| plain(&title))
        .filter(|title| !title.is_empty());
    let id = text(&paths.id).map(|id| id.trim().to_owned());
    let by_address = url.as_ref().map(|url| ctx.families.identity(url));
    let id = match (by_address, id) {
        (Some(identity), _) if identity.family.is_some() => identity.key,
        (_, Some(id)) => id,
        (Some(identity), None) => identity.key,
        (None, None) => title.clone()?,
    };
    let authors = paths.author.iter().flat_map(|place| place.read_all(item));
    let categories = paths
        .categories
        .iter()
        .flat_map(|place| place.read_all(item));
    let published = date(&paths.date).or_else(|| clock.address(url.as_ref()?));
    Some(Candidate {
        id,
        title,
        published,
        updated: date(&paths.updated),
        summary: text(&paths.summary),
        content: text(&paths.content),
        authors: authors
            .map(|name| plain(&name))
            .filter(|name| !name.is_empty())
            .map(Person::named)
            .collect(),
        categories: categories
            .map(|label| plain(&label))
            .filter(|label| !label.is_empty())
            .collect(),
        language: text(&paths.language),
        image: text(&paths.image)
            .and_then(|image| absolute(ctx.base, &image))
            .map(String::from),
        link: url.map(|url| strip_tracking(&url).to_string()),
        complete: true,
        ..Candidate::default()
    })
}

#[cfg(test)]
mod tests;
