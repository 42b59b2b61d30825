//! Numbers, words and marks of a text that may hold a date. Words are folded; a character of
//! Chinese, Japanese or Korean writing is a mark of its own, because those scripts set no blanks.

use super::{names, zones};
use crate::text::fold::{fold, is_ideograph};

/// One token: exactly one of `number`, `word` and `mark` is set.
#[derive(Debug, Clone, Default)]
pub(super) struct Token {
    /// Value and count of digits.
    pub number: Option<(u64, usize)>,
    /// A run of letters, folded.
    pub word: Option<String>,
    /// Any other character.
    pub mark: Option<char>,
    /// Whether a blank stands before it.
    pub spaced: bool,
}

impl Token {
    /// Whether the token is this mark.
    pub fn is(&self, mark: char) -> bool {
        self.mark == Some(mark)
    }

    /// Whether the token is one of these folded words.
    pub fn is_word(&self, words: &[&str]) -> bool {
        self.word
            .as_deref()
            .is_some_and(|word| words.contains(&word))
    }

    /// Whether the token says nothing about the date: a mark or a word such as "le".
    pub fn is_idle(&self) -> bool {
        match &self.word {
            Some(word) => names::idle(word),
            None => self.mark.is_some() && !self.cjk(),
        }
    }

    /// Whether the token is the name of a zone, and not a letter that may be anything.
    pub fn names_zone(&self) -> bool {
        self.word
            .as_deref()
            .is_some_and(|word| word.len() > 1 && zones::is_name(word))
    }

    /// A month or a day of the week.
    pub fn month_or_day(&self) -> bool {
        self.word
            .as_deref()
            .is_some_and(|word| names::month(word).is_some() || names::weekday(word))
    }

    /// A character of a script without blanks.
    pub fn cjk(&self) -> bool {
        self.mark.is_some_and(is_cjk)
    }
}

fn is_cjk(c: char) -> bool {
    is_ideograph(c) || matches!(c, '\u{AC00}'..='\u{D7AF}')
}

/// The value of a digit, full-width digits included.
fn digit(c: char) -> Option<u64> {
    match c {
        '0'..='9' => Some(u64::from(c) - u64::from('0')),
        '０'..='９' => Some(u64::from(c) - u64::from('０')),
        _ => None,
    }
}

/// Splits a text into tokens.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::with_capacity(24);
    let mut chars = text.chars().peekable();
    let mut spaced = false;
    while let Some(c) = chars.next() {
        let mut token = Token {
            spaced,
            ..Token::default()
        };
        spaced = false;
        if c.is_whitespace() || c == '\u{200B}' || c == '\u{FEFF}' {
            spaced = true;
            continue;
        } else if let Some(first) = digit(c) {
            let (mut value, mut digits) = (first, 1);
            while let Some(next) = chars.peek().copied().and_then(digit) {
                value = value.saturating_mul(10).saturating_add(next);
                digits += 1;
                chars.next();
            }
            token.number = Some((value, digits));
        } else if c.is_alphabetic() && !is_cjk(c) {
            let mut word = String::from(c);
            while let Some(next) = chars.next_if(|n| in_word(*n)) {
                word.push(next);
            }
            token.word = Some(fold(&word));
        } else {
            token.mark = Some(normal(c));
        }
        out.push(token);
    }
    out
}

fn in_word(c: char) -> bool {
    c.is_alphabetic() && !is_cjk(c) || matches!(c, '\u{0300}'..='\u{036F}')
}

/// Typographic and full-width forms of the marks that dates are made of.
fn normal(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '－' => '-',
        '：' => ':',
        '，' => ',',
        '．' => '.',
        '／' => '/',
        '（' => '(',
        '）' => ')',
        '＋' => '+',
        '時' | '点' | '點' | '시' => '时',
        '분' => '分',
        '초' => '秒',
        '년' => '年',
        '월' => '月',
        '일' | '号' | '號' => '日',
        other => other,
    }
}
