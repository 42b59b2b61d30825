//! The sentences of the pages in French and in English, and which of the two a reader wants.

use axum::http::{HeaderMap, header};
use chrono::{DateTime, Utc};

use crate::overview::span;
use crate::store::HealthState;

/// The words of one language.
pub(super) struct Words {
    pub(super) lang: &'static str,
    pub(super) skip: &'static str,
    pub(super) status: &'static str,
    pub(super) search: &'static str,
    pub(super) search_label: &'static str,
    pub(super) search_help: &'static str,
    pub(super) search_example: &'static str,
    pub(super) nothing_found: &'static str,
    pub(super) nothing_so_far: &'static str,
    pub(super) older: &'static str,
    pub(super) as_json: &'static str,
    pub(super) opml: &'static str,
    pub(super) metrics: &'static str,
    pub(super) topics: &'static str,
    pub(super) topic: &'static str,
    pub(super) entries: &'static str,
    pub(super) by_day: &'static str,
    pub(super) newest: &'static str,
    pub(super) feeds: &'static str,
    pub(super) sources: &'static str,
    pub(super) health_feed: &'static str,
    pub(super) source: &'static str,
    pub(super) state: &'static str,
    pub(super) since: &'static str,
    pub(super) last_read: &'static str,
    pub(super) next_poll: &'static str,
    pub(super) candidates: &'static str,
    pub(super) articles: &'static str,
    pub(super) whole: &'static str,
    pub(super) median: &'static str,
    pub(super) duplicates: &'static str,
    pub(super) errors: &'static str,
    pub(super) never: &'static str,
    pub(super) now: &'static str,
    pub(super) moved: &'static str,
    pub(super) refused: &'static str,
    pub(super) no_sources: &'static str,
    pub(super) no_topics: &'static str,
    pub(super) chart: &'static str,
    pub(super) address: &'static str,
    pub(super) identity: &'static str,
    pub(super) published: &'static str,
    pub(super) first_seen: &'static str,
    pub(super) seen_at: &'static str,
    pub(super) subtitle: &'static str,
    pub(super) section: &'static str,
    pub(super) text_by: &'static str,
    pub(super) pages_joined: &'static str,
    pub(super) words: &'static str,
    pub(super) attempts: &'static str,
    pub(super) next_try: &'static str,
    pub(super) last_error: &'static str,
    pub(super) versions: &'static str,
    pub(super) story: &'static str,
    pub(super) members: &'static str,
    pub(super) compared: &'static str,
    pub(super) verdicts: &'static str,
    pub(super) wanted: &'static str,
    pub(super) unwanted: &'static str,
    pub(super) score: &'static str,
    pub(super) missed: &'static str,
    pub(super) outdated: &'static str,
    pub(super) in_feeds: &'static str,
    pub(super) text: &'static str,
    pub(super) no_article: &'static str,
    pub(super) nowhere: &'static str,
    french: bool,
}

const ENGLISH: Words = Words {
    lang: "en",
    skip: "Skip to the content",
    status: "Status",
    search: "Search",
    search_label: "Search the articles",
    search_help: "An article has to hold every word typed, in any form of accents and capitals. \"Words in a row\" stand between quotes, -word keeps out, begin* finds what begins so; the address of an article leads to it. For instance:",
    search_example: "china \"silk road\" -sport kazakh*",
    nothing_found: "No article holds all of this.",
    nothing_so_far: "None of the newest articles holds all of this; there are older ones to look through.",
    older: "Older articles",
    as_json: "Status as JSON",
    opml: "All feeds as OPML",
    metrics: "Metrics",
    topics: "Topics",
    topic: "Topic",
    entries: "Entries",
    by_day: "30 days",
    newest: "Newest",
    feeds: "Feeds",
    sources: "Sources",
    health_feed: "Feed of their health",
    source: "Source",
    state: "State",
    since: "since",
    last_read: "Last read",
    next_poll: "Next poll",
    candidates: "Candidates",
    articles: "Articles",
    whole: "Whole",
    median: "Median words",
    duplicates: "Copies",
    errors: "Errors",
    never: "never",
    now: "now",
    moved: "has moved; write this address into sources.toml:",
    refused: "The new configuration was refused, the one before is in force:",
    no_sources: "No source is configured: add one with depeche add URL.",
    no_topics: "No topic is configured: describe one in topics.toml.",
    chart: "in the last 30 days, at most in one day:",
    address: "Address",
    identity: "Identity",
    published: "Published",
    first_seen: "First seen",
    seen_at: "Seen",
    subtitle: "Subtitle",
    section: "Section",
    text_by: "Text by",
    pages_joined: "pages joined",
    words: "words",
    attempts: "failed attempts at the page",
    next_try: "next try",
    last_error: "Last error",
    versions: "Earlier versions",
    story: "Story",
    members: "Who carries it",
    compared: "Compared with",
    verdicts: "Verdicts of the topics",
    wanted: "wanted",
    unwanted: "not wanted",
    score: "score",
    missed: "missed",
    outdated: "by earlier rules",
    in_feeds: "In feeds",
    text: "Text",
    no_article: "There is no such article.",
    nowhere: "There is no such page.",
    french: false,
};

const FRENCH: Words = Words {
    lang: "fr",
    skip: "Aller au contenu",
    status: "État",
    search: "Chercher",
    search_label: "Chercher dans les articles",
    search_help: "Un article doit contenir tous les mots, quels que soient accents et capitales. Les \"mots à la suite\" vont entre guillemets, -mot écarte, début* trouve ce qui commence ainsi ; l’adresse d’un article y mène. Par exemple :",
    search_example: "chine \"route de la soie\" -sport kazakh*",
    nothing_found: "Aucun article ne contient tout cela.",
    nothing_so_far: "Aucun des articles les plus récents ne contient tout cela ; il en reste de plus anciens.",
    older: "Articles plus anciens",
    as_json: "L’état en JSON",
    opml: "Tous les flux en OPML",
    metrics: "Mesures",
    topics: "Sujets",
    topic: "Sujet",
    entries: "Entrées",
    by_day: "30 jours",
    newest: "Dernière",
    feeds: "Flux",
    sources: "Sources",
    health_feed: "Flux de leur santé",
    source: "Source",
    state: "État",
    since: "depuis le",
    last_read: "Dernière lecture",
    next_poll: "Prochaine",
    candidates: "Candidats",
    articles: "Articles",
    whole: "Entiers",
    median: "Mots (médiane)",
    duplicates: "Copies",
    errors: "Erreurs",
    never: "jamais",
    now: "maintenant",
    moved: "a déménagé ; écrivez cette adresse dans sources.toml :",
    refused: "La nouvelle configuration a été refusée, la précédente reste en vigueur :",
    no_sources: "Aucune source n’est configurée : ajoutez-en une par depeche add URL.",
    no_topics: "Aucun sujet n’est configuré : décrivez-en un dans topics.toml.",
    chart: "ces 30 derniers jours, au plus en un jour :",
    address: "Adresse",
    identity: "Identité",
    published: "Publié",
    first_seen: "Vu d’abord",
    seen_at: "Vu",
    subtitle: "Sous-titre",
    section: "Rubrique",
    text_by: "Texte par",
    pages_joined: "pages réunies",
    words: "mots",
    attempts: "essais manqués de la page",
    next_try: "prochain essai",
    last_error: "Dernière erreur",
    versions: "Versions antérieures",
    story: "Histoire",
    members: "Qui la porte",
    compared: "Comparé à",
    verdicts: "Verdicts des sujets",
    wanted: "retenu",
    unwanted: "écarté",
    score: "score",
    missed: "il manque",
    outdated: "selon d’anciennes règles",
    in_feeds: "Dans les flux",
    text: "Texte",
    no_article: "Cet article n’existe pas.",
    nowhere: "Cette page n’existe pas.",
    french: true,
};

impl Words {
    /// The words that a reader wants, by `Accept-Language` (RFC 9110 §12.5.4).
    pub(super) fn of(headers: &HeaderMap) -> &'static Self {
        let wanted = headers.get(header::ACCEPT_LANGUAGE);
        match prefers_french(wanted.and_then(|v| v.to_str().ok()).unwrap_or_default()) {
            true => &FRENCH,
            false => &ENGLISH,
        }
    }

    /// The state of a source in a word.
    pub(super) fn state_of(&self, state: HealthState) -> &'static str {
        if !self.french {
            return state.as_str();
        }
        match state {
            HealthState::New => "nouvelle",
            HealthState::Ok => "bien lue",
            HealthState::Failing => "en échec",
            HealthState::Stale => "muette",
            HealthState::Empty => "vide",
            HealthState::Moved => "déplacée",
            HealthState::Gone => "disparue",
            HealthState::Degraded => "dégradée",
            HealthState::Paused => "en pause",
            HealthState::Refused => "refusée",
        }
    }

    /// The state of an article in a word.
    pub(super) fn article_state<'a>(&self, state: &'a str) -> &'a str {
        match (self.french, state) {
            (false, state) => state,
            (_, "seen") => "en attente",
            (_, "published") => "publié",
            (_, "rejected") => "écarté",
            (_, "duplicate") => "copie",
            (_, "old") => "trop ancien",
            (_, state) => state,
        }
    }

    /// A state of one or several things.
    pub(super) fn several(&self, state: &str, count: u64) -> String {
        match self.french && count > 1 && !state.starts_with("en ") {
            true => state.split(' ').map(plural).collect::<Vec<_>>().join(" "),
            false => state.to_owned(),
        }
    }

    /// How long ago something was.
    pub(super) fn ago(&self, time: DateTime<Utc>, now: DateTime<Utc>) -> String {
        let span = self.span((now - time).num_seconds());
        match self.french {
            true => format!("il y a {span}"),
            false => format!("{span} ago"),
        }
    }

    /// In how long something will be.
    pub(super) fn until(&self, time: DateTime<Utc>, now: DateTime<Utc>) -> String {
        let seconds = (time - now).num_seconds();
        if seconds <= 0 {
            return self.now.to_owned();
        }
        let span = self.span(seconds);
        match self.french {
            true => format!("dans {span}"),
            false => format!("in {span}"),
        }
    }

    fn span(&self, seconds: i64) -> String {
        // A number and its unit stay on one line.
        let span = span(seconds).replace(' ', "\u{A0}");
        match span.strip_suffix('d').filter(|_| self.french) {
            Some(days) => format!("{days}j"),
            None => span,
        }
    }
}

/// A French adjective in the plural; adverbs stay.
fn plural(word: &str) -> String {
    match word {
        "bien" | "trop" => word.to_owned(),
        word => format!("{word}s"),
    }
}

/// Whether French comes before English in a list of languages with weights.
fn prefers_french(accepted: &str) -> bool {
    let mut best = ("en", 0.0_f32);
    for range in accepted.split(',') {
        let mut parts = range.split(';');
        let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let weight = parts.find_map(|p| p.trim().strip_prefix("q=")?.parse().ok());
        let weight: f32 = weight.unwrap_or(1.0);
        let language = match tag.split('-').next() {
            Some("fr") => "fr",
            Some("en") => "en",
            _ => continue,
        };
        if weight > best.1 {
            best = (language, weight);
        }
    }
    best.0 == "fr"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_things_are_in_the_plural() {
        for (state, one, several) in [
            ("ok", "bien lue", "bien lues"),
            ("failing", "en échec", "en échec"),
            ("stale", "muette", "muettes"),
        ] {
            let all = [HealthState::Ok, HealthState::Failing, HealthState::Stale];
            let state = all
                .into_iter()
                .find(|s| s.as_str() == state)
                .expect("a state");
            let word = FRENCH.state_of(state);
            assert_eq!(
                (
                    FRENCH.several(word, 1).as_str(),
                    FRENCH.several(word, 2).as_str()
                ),
                (one, several)
            );
        }
        assert_eq!(
            FRENCH.several(FRENCH.article_state("old"), 5),
            "trop anciens"
        );
        assert_eq!(ENGLISH.several("ok", 5), "ok");
    }

    #[test]
    fn the_reader_says_which_language() {
        for (accepted, french) in [
            ("", false),
            ("fr", true),
            ("fr-FR,fr;q=0.9,en;q=0.8", true),
            ("en-GB,en;q=0.9,fr;q=0.8", false),
            ("de,fr;q=0.5,en;q=0.3", true),
            ("de", false),
            ("en;q=0.1, fr;q=0.2", true),
            ("fr;q=0", false),
            ("FR-ca", true),
            ("french", false),
        ] {
            assert_eq!(prefers_french(accepted), french, "{accepted}");
        }
    }
}
