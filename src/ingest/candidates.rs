//! From the candidates of a document to sightings: identity, gates, and the source's rhythm.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;
use xxhash_rust::xxh3::Xxh3;

use super::classifier;
use crate::config::{BodyFrom, Config, Source};
use crate::model::{Candidate, Discovery};
use crate::schedule::Rhythm;
use crate::store::{Gate, Sighting, SourceRow};
use crate::text::html;
use crate::text::url::{is_home, registrable_domain, strip_tracking};
use crate::topic::reject_early;

/// Candidates that the rhythm of a source is taken from.
const RHYTHM_CANDIDATES: usize = 20;

/// The mean gap between the latest candidates, and the date of the newest.
pub(super) fn rhythm(candidates: &[Candidate]) -> Rhythm {
    let mut dates: Vec<DateTime<Utc>> = candidates
        .iter()
        .filter_map(|c| c.published.or(c.updated))
        .collect();
    dates.sort_unstable_by(|a, b| b.cmp(a));
    dates.truncate(RHYTHM_CANDIDATES);
    let newest = dates.first().copied();
    let mean_gap = match (newest, dates.last()) {
        (Some(newest), Some(oldest)) if dates.len() > 1 => {
            Some((newest - *oldest).num_seconds() / (dates.len() as i64 - 1))
        }
        _ => None,
    };
    Rhythm { mean_gap, newest }
}

/// What each candidate of a source said when it was seen last, by its id.
pub(super) type Known = HashMap<String, i64>;

/// The ids by which candidates may have been seen before. Where links tell them apart, or one document
/// names an id twice, what is known is not asked for in advance.
pub(super) fn ids(row: &SourceRow, discovery: &Discovery) -> Vec<String> {
    if row.last_ok_at.is_none() || row.by_link {
        return Vec::new();
    }
    let mut ids: HashMap<&str, bool> = HashMap::new();
    for candidate in &discovery.candidates {
        let once = ids.entry(&candidate.id);
        once.and_modify(|once| *once = false).or_insert(true);
    }
    let once = ids.into_iter().filter(|(_, once)| *once);
    once.map(|(id, _)| id.to_owned()).collect()
}

/// What a poll says of each candidate, in the order of the document, but for those that said the same
/// before; `at_once` says that the others are judged with the poll. The last entry of a truncated document is left for
/// the next poll.
pub(super) fn sightings(
    config: &Config,
    source: &Source,
    (row, known, at_once): (&SourceRow, &Known, bool),
    discovery: &Discovery,
    now: DateTime<Utc>,
) -> Vec<Sighting> {
    let first_poll = row.last_ok_at.is_none();
    let open = if first_poll {
        backfill(source, &discovery.candidates)
    } else {
        usize::MAX
    };
    discovery
        .candidates
        .iter()
        .enumerate()
        .filter(|(_, candidate)| {
            let said = known.get(&candidate.id);
            candidate.complete && said.is_none_or(|said| *said != hash(candidate))
        })
        .map(|(index, candidate)| {
            let gate = match too_old_or_many(source, candidate, index < open, now) {
                Some(reason) => Gate::Old(reason),
                // It costs no page, and the topics are asked at once.
                None if at_once => Gate::Open,
                None => early_gate(config, source, candidate),
            };
            let mut sighting = sighting(config, source, candidate, gate);
            if row.by_link && !sighting.url.is_empty() {
                sighting.candidate.id = format!("link:{}", sighting.identity);
            }
            sighting
        })
        .collect()
}

/// How many candidates of a first poll are let in: the first ones of the document, which outlets
/// put newest first.
fn backfill(source: &Source, candidates: &[Candidate]) -> usize {
    source.backfill.min(candidates.len())
}

/// Whether the candidates of a source are judged and stored with the poll that shows them: the source gives all there is
/// of them, and no program of a topic's own has to be waited for. Not where links tell them apart: those that are known
/// would be judged at every poll.
pub(super) fn are_completed_at_once(config: &Config, source: &Source, row: &SourceRow) -> bool {
    source.body == BodyFrom::Feed && !row.by_link && !classifier::is_asked(config)
}

fn too_old_or_many(
    source: &Source,
    candidate: &Candidate,
    in_backfill: bool,
    now: DateTime<Utc>,
) -> Option<String> {
    let date = candidate.published.or(candidate.updated);
    date.and_then(|date| too_old(source, date, now))
        .or_else(|| (!in_backfill).then(|| "beyond the backfill of the first poll".to_owned()))
}

fn early_gate(config: &Config, source: &Source, candidate: &Candidate) -> Gate {
    match rejected(config, source, candidate) {
        Some(reason) => Gate::Rejected {
            reason,
            rules: config.rulebook.id,
        },
        None => Gate::Open,
    }
}

/// Why an explicit rule of every topic rejects a candidate, if it does.
pub(super) fn rejected(config: &Config, source: &Source, candidate: &Candidate) -> Option<String> {
    let title = candidate.title.as_deref().unwrap_or("");
    let teaser = candidate
        .summary
        .as_deref()
        .map(html::plain)
        .unwrap_or_default();
    let language = source.language.as_deref();
    let reasons: Vec<Arc<str>> = config
        .topics
        .iter()
        .map_while(|topic| reject_early(topic, title, &teaser, language, source.id.as_str()))
        .collect();
    if reasons.len() == config.topics.len() && !reasons.is_empty() {
        return Some(reasons.join("; "));
    }
    None
}

/// Why an article of this date is not published, if it is too old for its source.
pub(super) fn too_old(source: &Source, date: DateTime<Utc>, now: DateTime<Utc>) -> Option<String> {
    let max_age = TimeDelta::from_std(source.max_age).unwrap_or(TimeDelta::MAX);
    (now - date > max_age)
        .then(|| format!("published {}, older than max_age", date.format("%Y-%m-%d")))
}

fn sighting(config: &Config, source: &Source, candidate: &Candidate, gate: Gate) -> Sighting {
    let url = candidate
        .link
        .as_deref()
        .and_then(|link| source.url.join(link).ok())
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .map(|url| shown(&url));
    let identity = url.as_ref().map_or_else(
        || format!("candidate:{}:{}", source.id, candidate.id),
        |url| config.sites.families.identity(url).key,
    );
    let domain_of = url
        .as_ref()
        .filter(|_| source.body == BodyFrom::Page)
        .unwrap_or(&source.url);
    Sighting {
        source: source.id.clone(),
        domain: domain(domain_of),
        identity,
        url: url.map(String::from).unwrap_or_default(),
        hash: hash(candidate),
        candidate: candidate.clone(),
        gate,
        hold: TimeDelta::from_std(config.extract.hold).unwrap_or(TimeDelta::hours(1)),
    }
}

/// The address of an article without what only says how the reader came: it is fetched and published.
/// Where nothing else would name the article it stays as it is.
fn shown(url: &Url) -> Url {
    let stripped = strip_tracking(url);
    if is_home(&stripped) && stripped.query().is_none() {
        return url.clone();
    }
    stripped
}

/// The registrable domain of an address.
pub fn domain(url: &Url) -> String {
    registrable_domain(url.host_str().unwrap_or_default())
}

/// Hash of what a source says of a candidate. Dates are left out: outlets re-date old articles.
fn hash(candidate: &Candidate) -> i64 {
    let mut hasher = Xxh3::new();
    for part in [&candidate.title, &candidate.summary, &candidate.content] {
        hasher.update(part.as_deref().unwrap_or("").as_bytes());
        hasher.update(&[0]);
    }
    hasher.digest() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rhythm_is_the_mean_gap_of_the_latest() {
        let at = |hour: i64| Candidate {
            published: DateTime::from_timestamp(1_790_000_000 + hour * 3_600, 0),
            ..Candidate::default()
        };
        let rhythm = rhythm(&[at(0), at(4), at(2)]);
        assert_eq!(rhythm.mean_gap, Some(7_200));
        assert_eq!(rhythm.newest, at(4).published);
        assert_eq!(super::rhythm(&[at(1)]).mean_gap, None);
        assert_eq!(super::rhythm(&[Candidate::default()]).newest, None);
    }

    #[test]
    fn an_article_is_shown_without_what_tells_the_way_to_it() {
        for (link, expected) in [
            ("/a/1.html?utm_source=rss&utm_medium=feed", "/a/1.html"),
            ("/a?id=7&xtor=RSS-16#xtor=AL-1", "/a?id=7"),
            ("/a/1.html?page=2#suite", "/a/1.html?page=2#suite"),
            // Nothing else names the article.
            ("/?ref=la-chine-et-le-perou", "/?ref=la-chine-et-le-perou"),
        ] {
            let url = |path| Url::parse("https://journal.example").and_then(|base| base.join(path));
            let link = url(link).expect("a literal address");
            assert_eq!(Ok(shown(&link)), url(expected), "{link}");
        }
    }

    #[test]
    fn a_new_date_is_no_change_a_new_title_is() {
        let one = Candidate {
            title: Some("Un titre".into()),
            ..Candidate::default()
        };
        let redated = Candidate {
            published: DateTime::from_timestamp(5, 0),
            ..one.clone()
        };
        let retitled = Candidate {
            title: Some("Un autre titre".into()),
            ..one.clone()
        };
        assert_eq!(hash(&one), hash(&redated));
        assert_ne!(hash(&one), hash(&retitled));
    }
}
