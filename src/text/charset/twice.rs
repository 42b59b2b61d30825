//! Text that was encoded twice: UTF-8 that somebody took for windows-1252 and wrote as UTF-8 again, so
//! that `é` stands as `Ã©` and `’` as `â€™`.
//!
//! A piece between tags, quotes and line ends is read back where the whole of it can be, and nowhere
//! else: a text that merely holds such signs has others beside them that cannot. Knows nothing of
//! markup beyond what parts it.

use encoding_rs::WINDOWS_1252;

/// Fewest signs encoded twice in a document that is believed to hold such text.
const FEWEST: usize = 2;
/// How often a text may have been encoded once too often.
const DEEPEST: usize = 3;

/// A document's text as it was meant, and how many of its pieces had been encoded twice.
pub(super) fn mend(text: String) -> (String, usize) {
    if !is_suspicious(&text) {
        return (text, 0);
    }
    let pieces = || text.split_inclusive(['<', '>', '"', '\n']);
    let telling = pieces().filter(|piece| is_suspicious(piece));
    let signs: usize = telling.filter_map(meant).map(|read| signs(&read)).sum();
    if signs < FEWEST {
        return (text, 0);
    }
    let mut count = 0;
    let mut out = String::with_capacity(text.len());
    for piece in pieces() {
        let read = meant(piece);
        count += usize::from(read.is_some());
        out.push_str(read.as_deref().unwrap_or(piece));
    }
    (out, count)
}

/// Whether the text holds one of the letters that twice encoded Latin text consists of: `Â`, `Ã`,
/// `â` (of dashes, quotes and the euro). One pass that the compiler turns into vector code.
fn is_suspicious(text: &str) -> bool {
    let pairs = text.as_bytes().windows(2);
    let found = pairs
        .filter(|pair| pair[0] == 0xC3 && matches!(pair[1], 0x82 | 0x83 | 0xA2))
        .count();
    found > 0
}

fn signs(text: &str) -> usize {
    text.chars().filter(|c| !c.is_ascii()).count()
}

/// A piece as it was meant, with every encoding too much taken off; nothing where not the whole of it
/// can be read so, or where a sign is left that is none.
fn meant(piece: &str) -> Option<String> {
    let mut read = once_less(piece)?;
    for _ in 1..DEEPEST {
        match once_less(&read).filter(|_| is_suspicious(&read)) {
            Some(deeper) => read = deeper,
            None => break,
        }
    }
    let foreign = |c: char| matches!(c, '\u{80}'..='\u{9F}' | '\u{E000}'..='\u{F8FF}' | '\u{FFFD}');
    (!read.chars().any(foreign)).then_some(read)
}

fn once_less(piece: &str) -> Option<String> {
    if piece.is_ascii() {
        return None;
    }
    String::from_utf8(bytes(piece)?).ok()
}

/// The bytes that windows-1252 has for a text; nothing where it has none for a character. A no-break
/// space that became a plain one on its way is taken for what it was: `Ã ` is `à`.
fn bytes(piece: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(piece.len());
    let mut chars = piece.chars().peekable();
    let mut written = [0; 4];
    while let Some(c) = chars.next() {
        match u32::from(c) {
            code @ (0..=0x7F | 0xA0..=0xFF) => out.push(u8::try_from(code).ok()?),
            // Bytes for which there is no character stand as controls: five in windows-1252, all of
            // these where the text was taken for ISO-8859-1.
            code @ 0x80..=0x9F => out.push(u8::try_from(code).ok()?),
            _ => {
                let (byte, _, lost) = WINDOWS_1252.encode(c.encode_utf8(&mut written));
                if lost {
                    return None;
                }
                out.extend_from_slice(&byte);
            }
        }
        if matches!(c, 'Ã' | 'Â') && chars.peek() == Some(&' ') {
            out.push(0xA0);
            // Of two blanks the first is what was a no-break space.
            let mut ahead = chars.clone();
            ahead.next();
            if c == 'Â' || ahead.peek() == Some(&' ') {
                chars.next();
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn twice(text: &str) -> String {
        WINDOWS_1252
            .decode_without_bom_handling(text.as_bytes())
            .0
            .into_owned()
    }

    #[test]
    fn what_was_encoded_twice_is_read_as_it_was_meant() {
        for text in [
            "Coopération : la Chine et l’Équateur",
            "« Nous avons la mer », dit-elle, à Quito – déjà",
            "15 € pour l'œuvre, cœur à cœur… “oui”",
            "El año próximo, la corporación pública",
            "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝ",
        ] {
            assert_eq!(mend(twice(text)).0, text);
            assert_eq!(mend(twice(&twice(text))).0, text, "thrice");
        }
        let latin: String = "Équateur, l’accord à venir"
            .bytes()
            .map(char::from)
            .collect();
        assert_eq!(mend(latin).0, "Équateur, l’accord à venir");
        // A blank that was a no-break space.
        assert_eq!(
            mend("un accord signÃ© Ã  Quito, Ã Lima".to_owned()).0,
            "un accord signé à Quito, à Lima"
        );
    }

    #[test]
    fn each_piece_is_read_by_itself() {
        let page = format!(
            "<title>Économie</title>\n<p>{}</p><p>à côté</p>",
            twice("déjà, à l’été")
        );
        assert_eq!(
            mend(page),
            (
                "<title>Économie</title>\n<p>déjà, à l’été</p><p>à côté</p>".to_owned(),
                1
            )
        );
    }

    #[test]
    fn what_merely_holds_such_signs_stays() {
        for text in [
            "SÃO PAULO",
            "Ã",
            "A IRMÃ",
            "“A IRMÃ” e a MÃE",
            "L'Âge d'or et le château",
            "Ã©", // one sign alone may be meant
            "« Ã© » est un é encodé deux fois, et â€™ une apostrophe",
            "É Ã©Ã©",
            "中文 Ã©Ã©",
        ] {
            assert_eq!(mend(text.to_owned()), (text.to_owned(), 0));
        }
    }
}
