//! Characters that nobody sees: which of them go, from titles and bodies alike.
//!
//! Must not know markup.

/// Whether a character is none of a text for its reader: controls, soft hyphens, zero-width marks
/// and the controls of writing direction. Joiners are not among them: [`is_idle_joiner`].
pub fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{8}' | '\u{B}' | '\u{E}'..='\u{1F}' | '\u{7F}'..='\u{84}' | '\u{86}'..='\u{9F}'
        | '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
        | '\u{FFFE}' | '\u{FFFF}')
}

/// Whether a character is U+200C or U+200D where it stands for nothing: behind a character whose script
/// knows no joining, which is neither Arabic, Indic nor a pictogram.
pub fn is_idle_joiner(before: Option<char>, c: char) -> bool {
    let joins = |before| {
        matches!(before,
            '\u{600}'..='\u{DFF}' | '\u{F00}'..='\u{109F}' | '\u{1780}'..='\u{18AF}'
            | '\u{203C}'..='\u{32FF}' | '\u{A840}'..='\u{ABFF}' | '\u{FB50}'..='\u{FDFF}'
            | '\u{FE0F}' | '\u{FE70}'..='\u{FEFC}' | '\u{10A00}'..='\u{11FFF}' | '\u{1E900}'..='\u{1FAFF}')
    };
    matches!(c, '\u{200C}' | '\u{200D}') && !before.is_some_and(joins)
}

/// A text without the characters that nobody sees.
pub fn seen(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if !is_unseen(c) && !is_idle_joiner(out.chars().next_back(), c) {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_sees_goes() {
        for (text, expected) in [
            ("coo\u{AD}pé\u{200B}ra\u{AD}tion", "coopération"),
            (
                "\u{202E}La Chine\u{202C} et\u{2060} le Pérou\u{FEFF}",
                "La Chine et le Pérou",
            ),
            ("a\u{200D}b\u{200C}c", "abc"),
            ("می\u{200C}خواهم", "می\u{200C}خواهم"),
            ("क्\u{200D}ष", "क्\u{200D}ष"),
            (
                "👩\u{200D}🚀 ❤\u{FE0F}\u{200D}🔥",
                "👩\u{200D}🚀 ❤\u{FE0F}\u{200D}🔥",
            ),
            ("un\u{A0}mot\tet\nl'autre", "un\u{A0}mot\tet\nl'autre"),
        ] {
            assert_eq!(seen(text), expected, "{text:?}");
        }
    }
}
