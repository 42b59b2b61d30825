//! Names of months and days, and the words that stand around dates, all folded (no accents).

/// The months of French as they are written.
pub const FRENCH_MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// Full names; an abbreviation is any beginning of at least three letters that leaves one month.
const MONTHS: &[(&str, u32)] = &[
    // English
    ("january", 1),
    ("february", 2),
    ("march", 3),
    ("april", 4),
    ("may", 5),
    ("june", 6),
    ("july", 7),
    ("august", 8),
    ("september", 9),
    ("october", 10),
    ("november", 11),
    ("december", 12),
    // French
    ("janvier", 1),
    ("fevrier", 2),
    ("mars", 3),
    ("avril", 4),
    ("mai", 5),
    ("juin", 6),
    ("juillet", 7),
    ("aout", 8),
    ("septembre", 9),
    ("octobre", 10),
    ("novembre", 11),
    ("decembre", 12),
    // Spanish
    ("enero", 1),
    ("febrero", 2),
    ("marzo", 3),
    ("abril", 4),
    ("mayo", 5),
    ("junio", 6),
    ("julio", 7),
    ("agosto", 8),
    ("septiembre", 9),
    ("octubre", 10),
    ("noviembre", 11),
    ("diciembre", 12),
    ("setiembre", 9),
    // Portuguese
    ("janeiro", 1),
    ("fevereiro", 2),
    ("marco", 3),
    ("maio", 5),
    ("junho", 6),
    ("julho", 7),
    ("setembro", 9),
    ("outubro", 10),
    ("novembro", 11),
    ("dezembro", 12),
    // German
    ("januar", 1),
    ("janner", 1),
    ("februar", 2),
    ("marz", 3),
    ("maerz", 3),
    ("juni", 6),
    ("juli", 7),
    ("oktober", 10),
    ("dezember", 12),
    // Italian
    ("gennaio", 1),
    ("febbraio", 2),
    ("aprile", 4),
    ("maggio", 5),
    ("giugno", 6),
    ("luglio", 7),
    ("settembre", 9),
    ("ottobre", 10),
    ("dicembre", 12),
    // Dutch
    ("januari", 1),
    ("februari", 2),
    ("maart", 3),
    ("mei", 5),
    ("augustus", 8),
    // Russian, as dates decline them; folding takes the breve off й
    ("января", 1),
    ("февраля", 2),
    ("марта", 3),
    ("апреля", 4),
    ("мая", 5),
    ("маи", 5),
    ("июня", 6),
    ("июля", 7),
    ("августа", 8),
    ("сентября", 9),
    ("октября", 10),
    ("ноября", 11),
    ("декабря", 12),
    // Greek
    ("ιανουαριου", 1),
    ("φεβρουαριου", 2),
    ("μαρτιου", 3),
    ("απριλιου", 4),
    ("μαιου", 5),
    ("ιουνιου", 6),
    ("ιουλιου", 7),
    ("αυγουστου", 8),
    ("σεπτεμβριου", 9),
    ("οκτωβριου", 10),
    ("νοεμβριου", 11),
    ("δεκεμβριου", 12),
    // Hungarian
    ("marcius", 3),
    ("aprilis", 4),
    ("majus", 5),
    ("junius", 6),
    ("julius", 7),
    ("augusztus", 8),
    ("szeptember", 9),
    // Shorter or other forms that are no beginning of a full name
    ("fevr", 2),
    ("ebr", 4),
    ("mrz", 3),
    ("mrt", 3),
    ("juil", 7),
    ("jly", 7),
    ("sptember", 9),
    ("sept", 9),
    ("agst", 8),
    ("dcbr", 12),
    ("dbre", 12),
];

const WEEKDAYS: &[&str] = &[
    "sunday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "dimanche",
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "domingo",
    "lunes",
    "martes",
    "miercoles",
    "jueves",
    "viernes",
    "sabado",
    "segunda",
    "terca",
    "quarta",
    "quinta",
    "sexta",
    "feira",
    "sonntag",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonnabend",
    "domenica",
    "lunedi",
    "martedi",
    "mercoledi",
    "giovedi",
    "venerdi",
    "zondag",
    "maandag",
    "dinsdag",
    "woensdag",
    "donderdag",
    "vrijdag",
    "zaterdag",
    "понедельник",
    "вторник",
    "среда",
    "четверг",
    "пятница",
    "суббота",
    "воскресенье",
    "so",
    "mo",
    "weds",
];

/// Two-letter day names, German and English.
const SHORT_DAYS: &[&str] = &[
    "di", "mi", "do", "fr", "sa", "su", "tu", "we", "th", "пн", "вт", "ср", "чт", "пт", "сб", "вс",
];

/// Words that stand before, in or after a date and say nothing about it.
const IDLE: &[&str] = &[
    "le",
    "la",
    "les",
    "l",
    "a",
    "as",
    "au",
    "du",
    "de",
    "del",
    "el",
    "los",
    "las",
    "en",
    "et",
    "y",
    "e",
    "on",
    "at",
    "the",
    "of",
    "um",
    "uhr",
    "den",
    "der",
    "vom",
    "alle",
    "ore",
    "hs",
    "hrs",
    "horas",
    "heures",
    "publie",
    "publiee",
    "mis",
    "mise",
    "jour",
    "derniere",
    "maj",
    "modifie",
    "date",
    "communique",
    "publicado",
    "actualizado",
    "published",
    "updated",
    "posted",
    "last",
    "update",
    "veroffentlicht",
    "stand",
    "aktualisiert",
    "heure",
    "hora",
];

/// The month of a name or an abbreviation of it.
pub(super) fn month(word: &str) -> Option<u32> {
    if word.chars().count() < 3 {
        return None;
    }
    let mut found = None;
    for &(name, month) in MONTHS {
        if name == word {
            return Some(month);
        }
        if name.starts_with(word) {
            if found.is_some_and(|other| other != month) {
                found = Some(0);
            } else {
                found = Some(month);
            }
        }
    }
    found.filter(|month| *month > 0)
}

/// Whether a word is the name of a day or a beginning of one.
pub(super) fn weekday(word: &str) -> bool {
    SHORT_DAYS.contains(&word)
        || word.len() >= 3 && WEEKDAYS.iter().any(|day| day.starts_with(word))
        || WEEKDAYS.contains(&word)
}

/// Whether a word says nothing about the date it stands beside.
pub(super) fn idle(word: &str) -> bool {
    IDLE.contains(&word) || weekday(word)
}

/// Whether letters after a number make an ordinal of it (`1er`, `21st`, `3º`).
pub(super) fn ordinal(word: &str) -> bool {
    ["er", "re", "st", "nd", "rd", "th", "e", "o", "a", "eme"].contains(&word)
}
