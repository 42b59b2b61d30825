//! Terms that tell wanted articles from unwanted ones, by the log-odds of standing in an article
//! (Monroe, Colaresi and Quinn 2008, "Fightin' Words"): a person picks from them.
//!
//! Must not know compiled topics; it only asks whether a term could be one.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::stop::{STOP_WORDS, is_skipped};
use super::term;
use crate::text::language;
use crate::text::stem::{Stemmer, tokens};

/// Added to every count, so that a word seen on one side only has finite odds.
const PRIOR: f64 = 0.5;
/// Least difference of the log-odds, in standard deviations, for a term to be proposed.
const LEAST_Z: f64 = 1.96;
/// Fewest letters of a proposed word.
const LEAST_LETTERS: usize = 3;
/// Longest all-capital word that is taken for an acronym.
const ACRONYM: usize = 6;

/// A labelled article.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// Title.
    pub title: String,
    /// Text, a line per paragraph.
    pub text: String,
    /// Language, when known; else it is detected.
    pub language: Option<String>,
    /// Whether it is wanted.
    pub wanted: bool,
}

/// A term that speaks for or against.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// As it is written in a topic.
    pub term: String,
    /// Wanted articles that hold it.
    pub yes: usize,
    /// Unwanted articles that hold it.
    pub no: usize,
    /// Difference of the log-odds; above zero it speaks for the topic.
    pub log_odds: f64,
    /// The same in standard deviations.
    pub z: f64,
}

#[derive(Default)]
struct Counted {
    yes: usize,
    no: usize,
    /// How it is written, with how often.
    forms: BTreeMap<String, usize>,
    /// The parts of a phrase.
    parts: Option<(String, String)>,
}

/// Terms in order of how clearly they speak, at most `most` for and `most` against.
pub fn suggest(samples: &[Sample], most: usize) -> Vec<Suggestion> {
    let mut counts: HashMap<String, Counted> = HashMap::new();
    for sample in samples {
        count(sample, &mut counts);
    }
    let all_yes = samples.iter().filter(|s| s.wanted).count();
    let sides = (all_yes, samples.len() - all_yes);
    let odds: HashMap<&str, f64> = counts
        .iter()
        .map(|(key, counted)| (key.as_str(), weigh(counted, sides).0))
        .collect();
    let mut found: Vec<Suggestion> = counts
        .values()
        .filter_map(|counted| proposed(counted, sides, &odds))
        .collect();
    found.sort_by(|a, b| (b.z.abs().total_cmp(&a.z.abs())).then_with(|| a.term.cmp(&b.term)));
    let (mut wanted, mut unwanted) = (0, 0);
    found.retain(|s| {
        let kept = if s.z > 0.0 {
            &mut wanted
        } else {
            &mut unwanted
        };
        *kept += 1;
        *kept <= most
    });
    found
}

fn count(sample: &Sample, counts: &mut HashMap<String, Counted>) {
    let declared = sample.language.as_deref().and_then(language::normalise);
    let language = declared.or_else(|| language::detect(&sample.text).map(str::to_owned));
    let stemmer = Stemmer::of(language.as_deref());
    let mut seen: HashSet<String> = HashSet::new();
    let mut add = |key: String, form: &str, parts: Option<(String, String)>| {
        let counted = counts.entry(key.clone()).or_default();
        *counted.forms.entry(form.to_owned()).or_default() += 1;
        counted.parts = parts;
        if seen.insert(key) {
            let side = if sample.wanted {
                &mut counted.yes
            } else {
                &mut counted.no
            };
            *side += 1;
        }
    };
    for text in [&sample.title, &sample.text] {
        let mut before: Option<(String, usize)> = None;
        for token in tokens(text) {
            let forms = stemmer.forms(token.text, token.shouted);
            if token.opens_sentence {
                before = None;
            }
            if is_skipped(&forms.folded) {
                continue;
            }
            let letters = forms.folded.chars().count();
            let number = forms.folded.chars().any(|c| c.is_ascii_digit());
            if letters < LEAST_LETTERS || number || STOP_WORDS.contains(&forms.folded.as_str()) {
                before = None;
                continue;
            }
            if let Some((stem, start)) = &before {
                let phrase = &text[*start..token.start + token.text.len()];
                let key = format!("{stem} {}", forms.stem);
                add(
                    key,
                    &phrase.replace('\n', " "),
                    Some((stem.clone(), forms.stem.clone())),
                );
            }
            add(forms.stem.clone(), token.text, None);
            before = Some((forms.stem, token.start));
        }
    }
}

/// The difference of the log-odds, and how many standard deviations it is.
fn weigh(counted: &Counted, (all_yes, all_no): (usize, usize)) -> (f64, f64) {
    let odds = |with: usize, of: usize| ((with as f64 + PRIOR) / ((of - with) as f64 + PRIOR)).ln();
    let log_odds = odds(counted.yes, all_yes) - odds(counted.no, all_no);
    let deviation = (1.0 / (counted.yes as f64 + PRIOR) + 1.0 / (counted.no as f64 + PRIOR)).sqrt();
    (log_odds, log_odds / deviation)
}

/// A term worth proposing: clear enough, seen more than once, and, for a phrase, clearer than
/// each of its words.
fn proposed(
    counted: &Counted,
    sides: (usize, usize),
    odds: &HashMap<&str, f64>,
) -> Option<Suggestion> {
    let (log_odds, z) = weigh(counted, sides);
    let least = if sides.0.min(sides.1) > 2 { 2 } else { 1 };
    if z.abs() < LEAST_Z || counted.yes.max(counted.no) < least {
        return None;
    }
    if let Some((a, b)) = &counted.parts {
        let of = |part: &String| odds.get(part.as_str()).map_or(0.0, |odds| odds.abs());
        if log_odds.abs() <= of(a).max(of(b)) {
            return None;
        }
    }
    let (form, _) = counted.forms.iter().max_by_key(|(_, n)| **n)?;
    let term = written(form, counted.parts.is_some());
    term::read(&term).is_ok().then_some(Suggestion {
        term,
        yes: counted.yes,
        no: counted.no,
        log_odds,
        z,
    })
}

fn written(form: &str, phrase: bool) -> String {
    let letters: Vec<char> = form.chars().filter(|c| c.is_alphabetic()).collect();
    let acronym = letters.len() <= ACRONYM && letters.iter().all(|c| c.is_uppercase());
    match (phrase, acronym) {
        (true, _) => format!("\"{form}\""),
        (false, true) => format!("=={form}"),
        (false, false) => form.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(text: &str, wanted: bool) -> Sample {
        Sample {
            text: text.to_owned(),
            language: Some("fr".to_owned()),
            wanted,
            ..Sample::default()
        }
    }

    #[test]
    fn what_stands_on_one_side_is_proposed_and_what_stands_everywhere_is_not() {
        let samples = [
            sample(
                "Le lithium de Bolivie intéresse l'OCS. La route de la soie avance hier.",
                true,
            ),
            sample(
                "Du lithium pour l'OCS. Sur la route de la soie, rien hier.",
                true,
            ),
            sample("Le lithium et l'OCS hier. Une route de la soie.", true),
            sample(
                "Le football hier. Une route barrée. De la soie rouge.",
                false,
            ),
            sample("Le football encore hier. La route est longue.", false),
            sample("Un match de football hier. La soie est chère.", false),
        ];
        let found = suggest(&samples, 20);
        let of = |term: &str| found.iter().find(|s| s.term == term);
        let lithium = of("lithium").expect("lithium");
        assert!((lithium.yes, lithium.no) == (3, 0) && lithium.log_odds > 2.0);
        assert!(of("football").expect("football").z < -1.0);
        assert!(of("==OCS").is_some(), "{found:?}");
        assert!(of("\"route de la soie\"").is_some(), "{found:?}");
        assert!(of("hier").is_none() && of("route").is_none(), "{found:?}");
        assert_eq!(
            suggest(&samples, 1).len(),
            2,
            "the clearest for and against"
        );
    }

    #[test]
    fn nothing_comes_of_nothing() {
        assert!(suggest(&[], 5).is_empty());
        assert!(suggest(&[sample("Le lithium", true)], 5).len() <= 1);
    }
}
