//! The few words of ours that a reader sees, in French, English and Spanish.
//!
//! Knows no format.

use chrono::{DateTime, Datelike, Timelike, Utc};

use crate::text::dates::FRENCH_MONTHS;
use crate::text::language;

/// Words for one language.
pub(super) struct Labels {
    /// The language they are in.
    pub(super) language: &'static str,
    /// Before the other outlets that carry an article; ends with a blank.
    pub(super) also_at: &'static str,
    /// Before the date of the last change of a feed.
    pub(super) updated: &'static str,
    /// Before the formats in which to subscribe.
    pub(super) subscribe: &'static str,
    /// Opens the full text of an article.
    pub(super) read: &'static str,
    /// When a feed has no entries.
    pub(super) nothing: &'static str,
    /// Leads to the list of all feeds.
    pub(super) home: &'static str,
    /// Name of the list of all feeds in OPML.
    pub(super) all_feeds: &'static str,
    /// Names the links to copies of an article.
    pub(super) related: &'static str,
    /// Names the files of an article.
    pub(super) files: &'static str,
    /// Before the name of the program.
    pub(super) made_by: &'static str,
    months: [&'static str; 12],
    date: DateOrder,
}

/// How a language writes a date.
#[derive(Clone, Copy)]
enum DateOrder {
    French,
    English,
    Spanish,
}

const FRENCH: Labels = Labels {
    language: "fr",
    also_at: "Aussi chez\u{A0}: ",
    updated: "Mis à jour le",
    subscribe: "S’abonner",
    read: "Lire l’article ici",
    nothing: "Aucun article pour le moment.",
    home: "Tous les flux",
    all_feeds: "Tous les flux (OPML)",
    related: "Sur le même sujet",
    files: "Fichiers joints",
    made_by: "Produit par",
    months: FRENCH_MONTHS,
    date: DateOrder::French,
};

const ENGLISH: Labels = Labels {
    language: "en",
    also_at: "Also at: ",
    updated: "Updated",
    subscribe: "Subscribe",
    read: "Read the article here",
    nothing: "No articles yet.",
    home: "All feeds",
    all_feeds: "All feeds (OPML)",
    related: "On the same subject",
    files: "Attached files",
    made_by: "Made by",
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    date: DateOrder::English,
};

const SPANISH: Labels = Labels {
    language: "es",
    also_at: "También en: ",
    updated: "Actualizado el",
    subscribe: "Suscribirse",
    read: "Leer el artículo aquí",
    nothing: "Todavía no hay artículos.",
    home: "Todos los canales",
    all_feeds: "Todos los canales (OPML)",
    related: "Sobre el mismo tema",
    files: "Archivos adjuntos",
    made_by: "Producido por",
    months: [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    date: DateOrder::Spanish,
};

/// A date in words of a language, in universal time.
pub fn date_in_words(language: Option<&str>, date: DateTime<Utc>) -> String {
    Labels::of(language).date(date)
}

impl Labels {
    /// The words for a language tag; English where we have none of its own.
    pub(super) fn of(tag: Option<&str>) -> &'static Self {
        match tag.and_then(language::normalise).as_deref() {
            Some("fr") => &FRENCH,
            Some("es") => &SPANISH,
            _ => &ENGLISH,
        }
    }

    /// A date in words, in universal time.
    pub(super) fn date(&self, date: DateTime<Utc>) -> String {
        let month = usize::try_from(date.month0()).unwrap_or_default() % 12;
        let (day, month, year) = (date.day(), self.months[month], date.year());
        let time = format!("{:02}:{:02} UTC", date.hour(), date.minute());
        match self.date {
            DateOrder::French if day == 1 => format!("1er {month} {year} à {time}"),
            DateOrder::French => format!("{day} {month} {year} à {time}"),
            DateOrder::English => format!("{day} {month} {year}, {time}"),
            DateOrder::Spanish => format!("{day} de {month} de {year}, {time}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_dates_follow_the_language() {
        let date = DateTime::from_timestamp(1_785_574_980, 0).unwrap();
        for (tag, also_at, expected) in [
            (
                Some("fr-FR"),
                "Aussi chez\u{A0}: ",
                "1er août 2026 à 09:03 UTC",
            ),
            (Some("ES"), "También en: ", "1 de agosto de 2026, 09:03 UTC"),
            (Some("zh"), "Also at: ", "1 August 2026, 09:03 UTC"),
            (None, "Also at: ", "1 August 2026, 09:03 UTC"),
        ] {
            let labels = Labels::of(tag);
            assert_eq!(labels.also_at, also_at);
            assert_eq!(labels.date(date), expected);
        }
    }
}
