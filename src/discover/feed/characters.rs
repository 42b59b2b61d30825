//! Characters: what XML 1.0 §2.2 does not allow is dropped, line ends become one kind (§2.11), and
//! the control characters U+0080 to U+009F, which only stand in documents that were taken for
//! ISO-8859-1 on their way, become what windows-1252 has in their places.
//!
//! A text without either is handed through uncopied. Knows nothing of markup.

use std::borrow::Cow;

use super::repairs::{Repair, Repairs};
use crate::text::charset::windows_1252;

/// The text with only characters that XML allows and with `\n` as line end.
pub(super) fn clean<'a>(text: &'a str, repairs: &mut Repairs) -> Cow<'a, str> {
    // One pass over the bytes that the compiler turns into vector code.
    let suspicious = text
        .bytes()
        .filter(|b| (*b < 0x20 && *b != b'\n' && *b != b'\t') || *b == 0xEF || *b == 0xC2)
        .count();
    if suspicious == 0 {
        return Cow::Borrowed(text);
    }
    let illegal = text
        .char_indices()
        .find(|(_, c)| !allowed(*c))
        .map(|(at, _)| at);
    if illegal.is_none() && !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    if let Some(at) = illegal {
        repairs.note(Repair::Character, at);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push('\n');
            }
            '\u{80}'..='\u{9F}' => out.push(windows_1252(c)),
            c if allowed(c) => out.push(c),
            _ => {}
        }
    }
    Cow::Owned(out)
}

fn allowed(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{80}'..='\u{9F}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_xml_allows() {
        for (input, expected, repaired) in [
            ("été\tà\nPékin", "été\tà\nPékin", false),
            ("a\r\nb\rc", "a\nb\nc", false),
            ("a\u{0}b\u{1F}c\u{B}", "abc", true),
            ("a\u{FFFE}b\u{FEFF}c", "abc", true),
            ("ﬁn « x »", "ﬁn « x »", false),
            ("don\u{92}t", "don’t", true),
        ] {
            let mut repairs = Repairs::default();
            assert_eq!(clean(input, &mut repairs), expected);
            assert_eq!(!repairs.warnings(input).is_empty(), repaired, "{input:?}");
        }
    }
}
