//! Tokens: a text as hashes of folded words, with its numbers and dates told apart.
//!
//! Folding is that of `text::fold`; ASCII and the accented letters of European languages take a
//! short way, because folding is what a fingerprint costs.

use std::sync::LazyLock;

use xxhash_rust::xxh3::xxh3_64;

use crate::text::fold::{fold, fold_into, is_ideograph};

/// What a token is to the number guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An ordinary word.
    Word,
    /// A token with a digit in it.
    Number,
    /// The name of a weekday or month.
    Date,
    /// An ideograph or syllable of a script written without spaces.
    Glyph,
}

/// One token: a maximal run of letters and digits, folded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    /// Hash of the folded word.
    pub hash: u64,
    /// What it is.
    pub kind: Kind,
}

/// Tokens of a text and the numbers they spell.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// In the order of the text.
    pub list: Vec<Token>,
    /// Hashes of the normalised numbers, in the order of the text: `100 000`, `100.000` and
    /// `100000` are one, and so are `6,5` and `6.5`.
    pub numbers: Vec<u64>,
}

/// Folded forms of U+00A0 to U+024F, of at most two ASCII letters; empty where there is none.
static LATIN: LazyLock<Vec<String>> = LazyLock::new(|| {
    (0xA0..=0x24F_u32)
        .map(|c| char::from_u32(c).map_or_else(String::new, |c| fold(c.encode_utf8(&mut [0; 4]))))
        .collect()
});

static DATES: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let names = "lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars avril mai \
        juin juillet aout septembre octobre novembre decembre monday tuesday wednesday thursday \
        friday saturday sunday january february april june july august september october november \
        december lunes martes miercoles jueves viernes sabado domingo enero febrero marzo abril \
        mayo junio julio agosto septiembre octubre noviembre diciembre";
    let mut hashes: Vec<u64> = names
        .split_whitespace()
        .map(|n| xxh3_64(n.as_bytes()))
        .collect();
    hashes.sort_unstable();
    hashes
});

/// A number being read: groups of three digits may still follow, or a decimal part.
#[derive(Clone, Copy)]
struct Open {
    value: u64,
    groupable: bool,
    at: usize,
}

/// Reads texts into tokens; one reader may take several paragraphs, each a new beginning.
#[derive(Default)]
pub(super) struct Reader {
    tokens: Tokens,
    word: String,
    digits: usize,
    letters: usize,
    open: Option<Open>,
    /// The one character since the last token; `None` when there were more.
    separator: Option<char>,
    separators: usize,
    /// Tokens and numbers before the paragraph read last.
    from: (usize, usize),
}

impl Reader {
    /// Reads one paragraph and gives its tokens.
    pub fn read(&mut self, paragraph: &str) -> &[Token] {
        self.from = (self.tokens.list.len(), self.tokens.numbers.len());
        for c in paragraph.chars() {
            self.take(c);
        }
        self.close();
        self.settle();
        self.separators = 2;
        &self.tokens.list[self.from.0..]
    }

    /// Takes back the paragraph read last.
    pub fn withdraw(&mut self) {
        self.tokens.list.truncate(self.from.0);
        self.tokens.numbers.truncate(self.from.1);
    }

    /// How many tokens were read so far.
    pub fn len(&self) -> usize {
        self.tokens.list.len()
    }

    /// The tokens read.
    pub fn finish(self) -> Tokens {
        self.tokens
    }

    fn take(&mut self, c: char) {
        if c.is_ascii() {
            self.ascii(c.to_ascii_lowercase());
            return;
        }
        let code = c as usize;
        if (0xA0..=0x24F).contains(&code) {
            for &b in LATIN[code - 0xA0].as_bytes() {
                self.ascii(char::from(b));
            }
            return;
        }
        if is_glyph(c) {
            self.close();
            self.push(xxh3_64(c.encode_utf8(&mut [0; 4]).as_bytes()), Kind::Glyph);
            return;
        }
        let mut folded = String::new();
        fold_into(c.encode_utf8(&mut [0; 4]), &mut folded);
        for f in folded.chars() {
            self.letter(f);
        }
    }

    fn ascii(&mut self, c: char) {
        if c.is_ascii_digit() {
            self.digits += 1;
            self.word.push(c);
        } else if c.is_ascii_lowercase() {
            self.letters += 1;
            self.word.push(c);
        } else {
            self.part(c);
        }
    }

    fn letter(&mut self, c: char) {
        if c.is_ascii() {
            self.ascii(c);
        } else if c.is_alphanumeric() {
            self.letters += 1;
            self.word.push(c);
        } else {
            self.part(c);
        }
    }

    fn part(&mut self, c: char) {
        self.close();
        self.separators += 1;
        self.separator = (self.separators == 1).then_some(c);
    }

    fn close(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let hash = xxh3_64(self.word.as_bytes());
        let kind = if self.digits > 0 {
            self.number(hash);
            Kind::Number
        } else if DATES.binary_search(&hash).is_ok() {
            Kind::Date
        } else {
            Kind::Word
        };
        self.push(hash, kind);
        self.word.clear();
        self.digits = 0;
        self.letters = 0;
    }

    fn push(&mut self, hash: u64, kind: Kind) {
        self.tokens.list.push(Token { hash, kind });
        self.separators = 0;
        self.separator = None;
    }

    fn number(&mut self, hash: u64) {
        let ordinal = matches!(self.word.as_str(), "1er" | "1st" | "1ere");
        if self.letters > 0 && !ordinal {
            self.settle();
            self.tokens.numbers.push(hash);
            return;
        }
        let value = self
            .word
            .bytes()
            .filter(u8::is_ascii_digit)
            .fold(0_u64, |n, b| {
                n.wrapping_mul(10).wrapping_add(u64::from(b - b'0'))
            });
        let at = self.tokens.list.len();
        if let Some(open) = self.open.filter(|open| open.at + 1 == at)
            && let Some(joined) = self.join(open, value)
        {
            self.open = joined;
            return;
        }
        self.settle();
        let groupable = self.digits <= 3;
        self.open = Some(Open {
            value,
            groupable,
            at,
        });
    }

    /// Continues a number: `Some(None)` when it ended with a decimal part, `None` when it did not
    /// continue at all.
    fn join(&mut self, open: Open, value: u64) -> Option<Option<Open>> {
        let separator = self.separator?;
        if self.digits == 3 && open.groupable && matches!(separator, ' ' | '.' | ',' | '\'') {
            let value = open.value.wrapping_mul(1000).wrapping_add(value);
            let at = open.at + 1;
            return Some(Some(Open {
                value,
                groupable: true,
                at,
            }));
        }
        if matches!(separator, '.' | ',') && self.digits <= 2 {
            let decimal = value + 10_u64.pow(u32::try_from(self.digits).unwrap_or(0));
            self.tokens
                .numbers
                .push(mix(open.value ^ decimal.rotate_left(32)));
            return Some(None);
        }
        None
    }

    fn settle(&mut self) {
        if let Some(open) = self.open.take() {
            self.tokens.numbers.push(mix(open.value));
        }
    }
}

/// Ideographs, and Thai, which sets no blanks either.
fn is_glyph(c: char) -> bool {
    is_ideograph(c) || matches!(c, '\u{0E00}'..='\u{0E7F}')
}

/// The upper half of a hash: what is kept of it.
pub(super) fn high(h: u64) -> u32 {
    (h >> 32) as u32
}

/// Spreads the bits of a hash (the finaliser of MurmurHash3).
pub(super) fn mix(mut h: u64) -> u64 {
    h ^= h >> 33;
    h = h.wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    h ^= h >> 33;
    h = h.wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    h ^ (h >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Tokens {
        let mut reader = Reader::default();
        reader.read(text);
        reader.finish()
    }

    #[test]
    fn numbers_have_one_form() {
        for (a, b, same) in [
            ("100 000 tonnes", "100\u{202F}000 tonnes", true),
            ("100 000", "100.000", true),
            ("100 000", "100000", true),
            ("1 234 567", "1,234,567", true),
            ("6,5 %", "6.5 %", true),
            ("le 1er mai", "le 01 mai", true),
            ("6,5", "6,6", false),
            ("6,5", "65", false),
            ("6,05", "6,5", false),
            ("en 2017 200 élus", "en 2017200 élus", false),
            ("8h32", "8h33", false),
        ] {
            assert_eq!(read(a).numbers == read(b).numbers, same, "{a} / {b}");
        }
        assert_eq!(read("en 2021, 300 élus sur 12").numbers.len(), 3);
        assert_eq!(read("6,5 puis 7").numbers.len(), 2);
    }

    #[test]
    fn words_fold_as_everywhere() {
        for (a, b) in [
            ("L’ŒUVRE de Kirghi\u{AD}zistan", "l'oeuvre de kirghizistan"),
            ("e\u{301}te\u{301}", "été"),
            ("ＡＢＣ", "abc"),
            ("Łódź", "lodz"),
        ] {
            let (a, b) = (read(a), read(b));
            let hashes = |t: &Tokens| t.list.iter().map(|t| t.hash).collect::<Vec<_>>();
            assert_eq!(hashes(&a), hashes(&b));
        }
        assert_eq!(read("北京大学").list.len(), 4);
        assert_eq!(read("lundi 3 mars").list[0].kind, Kind::Date);
    }
}
