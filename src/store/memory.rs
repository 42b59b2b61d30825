//! What the writer remembers between transactions: the fingerprints of the articles compared last,
//! so that a look-up does not reduce the same text again and again, and what sources repeat.
//!
//! Must not know SQL. A rolled-back transaction clears it.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::lookup::MOST_ROWS;
use super::packing::Dictionary;
use crate::model::{ArticleId, SourceId};
use crate::story::{Fingerprint, Headline};

/// Bytes of all outlines remembered: those of some ten thousand short articles, or six thousand long ones.
const REMEMBERED: usize = 12 << 20;
/// Bytes that one takes beside what it says: its place in the map, and what the allocator adds.
const OVERHEAD: usize = 200;

/// Articles of a key from which on they are remembered: fewer are read as fast.
const WORTH: usize = 4;
/// Articles of all keys that are remembered, at most 5 MB with their lists; a hot key counts as one.
const POSTED: usize = 200_000;

/// Sources whose repeated paragraphs are remembered.
const SOURCES: usize = 4_096;

struct Remembered {
    fingerprint: Arc<Fingerprint>,
    /// What was left out of the text as boilerplate when it was made.
    boilerplate: i64,
    used: u64,
}

/// Paragraphs that a source repeats, as it was asked for them.
#[derive(Clone)]
pub(super) struct Repeated {
    /// Stories from which a paragraph is one of them.
    pub stories: u32,
    /// Hash of each, and when it was seen last.
    pub paragraphs: Arc<[(i64, i64)]>,
}

/// What an index holds of a key.
enum Posting {
    /// Too many articles to say anything.
    Hot,
    /// These.
    Of(Vec<i64>),
}

/// The fingerprints used last.
#[derive(Default)]
pub(super) struct Memory(RefCell<Inner>);

#[derive(Default)]
struct Inner {
    fingerprints: HashMap<ArticleId, Remembered>,
    /// The bytes they take.
    weight: usize,
    uses: u64,
    repeated: HashMap<SourceId, Repeated>,
    /// The articles of keys, by the table of their index.
    postings: HashMap<(&'static str, i32), Posting>,
    /// How many they are.
    posted: usize,
    /// The rulebook that was stored last.
    rulebook: Option<i64>,
    /// What the store packs with, if it has learned anything; `None` as long as nobody asked.
    dictionary: Option<Option<Arc<Dictionary>>>,
    /// Articles since it was looked last whether there are enough to learn from.
    unlearned: u32,
}

impl Memory {
    /// The fingerprint of a stored article, or its outline: made when that is not remembered, or was made when its
    /// source repeated other paragraphs than now.
    pub(super) fn fingerprint<E>(
        &self,
        article: ArticleId,
        boilerplate: &HashSet<i64>,
        make: impl FnOnce() -> Result<Fingerprint, E>,
    ) -> Result<Arc<Fingerprint>, E> {
        let left_out = mark(boilerplate);
        let inner = &mut *self.0.borrow_mut();
        inner.uses += 1;
        let used = inner.uses;
        if let Some(known) = inner.fingerprints.get_mut(&article)
            && known.boilerplate == left_out
        {
            known.used = used;
            return Ok(known.fingerprint.clone());
        }
        let whole = make()?;
        inner.keep(article, Arc::new(whole.outline()), left_out);
        Ok(Arc::new(whole))
    }

    /// Remembers the outline of what an article was stored with; `boilerplate` is the mark of what
    /// was left out of it.
    pub(super) fn remember(&self, article: ArticleId, fingerprint: &Fingerprint, boilerplate: i64) {
        let inner = &mut *self.0.borrow_mut();
        inner.uses += 1;
        inner.keep(article, Arc::new(fingerprint.outline()), boilerplate);
    }

    /// The text of an article is about to change.
    pub(super) fn forget(&self, article: ArticleId) {
        self.0.borrow_mut().forget(article);
    }

    /// Whether a rulebook is another than that asked about last.
    pub(super) fn is_new_rulebook(&self, id: i64) -> bool {
        self.0.borrow_mut().rulebook.replace(id) != Some(id)
    }

    /// Rulebooks were taken out of the store.
    pub(super) fn forget_rulebook(&self) {
        self.0.borrow_mut().rulebook = None;
    }

    /// Adds the articles of a key to `found`, none of a hot one; false where they are not remembered.
    pub(super) fn posting(&self, table: &'static str, key: i32, found: &mut Vec<i64>) -> bool {
        match self.0.borrow().postings.get(&(table, key)) {
            Some(Posting::Of(articles)) => found.extend(articles),
            Some(Posting::Hot) => {}
            None => return false,
        }
        true
    }

    /// The articles of a key were read: all of them, unless they are more than [`MOST_ROWS`].
    pub(super) fn remember_posting(&self, table: &'static str, key: i32, articles: &[i64]) {
        if articles.len() < WORTH {
            return;
        }
        let inner = &mut *self.0.borrow_mut();
        if inner.posted > POSTED {
            inner.forget_postings();
        }
        let posting = match articles.len() > MOST_ROWS {
            true => Posting::Hot,
            false => Posting::Of(articles.to_vec()),
        };
        inner.posted += posting.count();
        inner.postings.insert((table, key), posting);
    }

    /// An article has come under a key.
    pub(super) fn extend_posting(&self, table: &'static str, key: i32, article: ArticleId) {
        let inner = &mut *self.0.borrow_mut();
        let Some(posting) = inner.postings.get_mut(&(table, key)) else {
            return;
        };
        inner.posted -= posting.count();
        match posting {
            Posting::Of(articles) if articles.len() < MOST_ROWS => articles.push(article.0),
            _ => *posting = Posting::Hot,
        }
        inner.posted += posting.count();
    }

    /// Rows were taken out of the indexes of keys.
    pub(super) fn forget_postings(&self) {
        self.0.borrow_mut().forget_postings();
    }

    /// The title of an article whose fingerprint is remembered.
    pub(super) fn title<T>(
        &self,
        article: ArticleId,
        look: impl FnOnce(&Headline) -> T,
    ) -> Option<T> {
        let inner = self.0.borrow();
        let known = inner.fingerprints.get(&article)?;
        Some(look(&known.fingerprint.title))
    }

    /// What a source repeats in so many stories, read where it is not remembered.
    pub(super) fn repeated<E>(
        &self,
        source: &SourceId,
        stories: u32,
        read: impl FnOnce() -> Result<Repeated, E>,
    ) -> Result<Repeated, E> {
        let known = self.0.borrow().repeated.get(source).cloned();
        if let Some(known) = known.filter(|known| known.stories == stories) {
            return Ok(known);
        }
        let repeated = read()?;
        let all = &mut self.0.borrow_mut().repeated;
        if all.len() >= SOURCES {
            all.clear();
        }
        all.insert(source.clone(), repeated.clone());
        Ok(repeated)
    }

    /// A source has repeated a paragraph.
    pub(super) fn forget_repeated(&self, source: &SourceId) {
        self.0.borrow_mut().repeated.remove(source);
    }

    /// What the store packs with, read where it is not remembered.
    pub(super) fn dictionary<E>(
        &self,
        read: impl FnOnce() -> Result<Option<Arc<Dictionary>>, E>,
    ) -> Result<Option<Arc<Dictionary>>, E> {
        let known = self.0.borrow().dictionary.clone();
        if let Some(known) = known {
            return Ok(known);
        }
        let found = read()?;
        self.0.borrow_mut().dictionary = Some(found.clone());
        Ok(found)
    }

    /// There is a dictionary that was not there.
    pub(super) fn forget_dictionary(&self) {
        self.0.borrow_mut().dictionary = None;
    }

    /// Whether this is one in so many articles.
    pub(super) fn is_time_to_learn(&self, every: u32) -> bool {
        let inner = &mut *self.0.borrow_mut();
        inner.unlearned = (inner.unlearned + 1) % every;
        inner.unlearned == 0
    }

    /// Nothing that was read is certain any more.
    pub(super) fn clear(&self) {
        let inner = &mut *self.0.borrow_mut();
        inner.fingerprints.clear();
        inner.weight = 0;
        inner.repeated.clear();
        inner.forget_postings();
        inner.rulebook = None;
        inner.dictionary = None;
    }
}

/// One number for a set of paragraphs that a source repeats.
pub fn mark(boilerplate: &HashSet<i64>) -> i64 {
    boilerplate.iter().fold(0, |all, hash| all ^ hash)
}

impl Remembered {
    fn weight(&self) -> usize {
        OVERHEAD + self.fingerprint.size()
    }
}

impl Posting {
    fn count(&self) -> usize {
        match self {
            Self::Hot => 1,
            Self::Of(articles) => articles.len(),
        }
    }
}

impl Inner {
    fn forget_postings(&mut self) {
        self.postings.clear();
        self.posted = 0;
    }

    /// Where there are too many, the eighth that was used longest ago makes room.
    fn keep(&mut self, article: ArticleId, fingerprint: Arc<Fingerprint>, boilerplate: i64) {
        let remembered = Remembered {
            fingerprint,
            boilerplate,
            used: self.uses,
        };
        self.forget(article);
        self.weight += remembered.weight();
        self.fingerprints.insert(article, remembered);
        if self.weight > REMEMBERED {
            let mut uses: Vec<u64> = self.fingerprints.values().map(|r| r.used).collect();
            let eighth = uses.len() / 8;
            let (_, last, _) = uses.select_nth_unstable(eighth);
            let last = *last;
            self.fingerprints.retain(|_, r| r.used > last);
            self.weight = self.fingerprints.values().map(Remembered::weight).sum();
        }
    }

    fn forget(&mut self, article: ArticleId) {
        if let Some(gone) = self.fingerprints.remove(&article) {
            self.weight -= gone.weight();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::fingerprint;

    fn made(memory: &Memory, id: i64, boilerplate: &[i64]) -> bool {
        let mut made = false;
        let boilerplate = boilerplate.iter().copied().collect();
        let result = memory.fingerprint(ArticleId(id), &boilerplate, || {
            made = true;
            Ok::<_, ()>(fingerprint("Un titre", "Un texte", &|_| false))
        });
        result.expect("made without fail");
        made
    }

    #[test]
    fn a_text_is_reduced_once_until_it_or_its_boilerplate_changes() {
        let memory = Memory::default();
        assert!(made(&memory, 1, &[]));
        assert!(!made(&memory, 1, &[]), "it is remembered");
        assert!(made(&memory, 1, &[7]), "the source repeats something new");
        memory.forget(ArticleId(1));
        assert!(made(&memory, 1, &[7]), "its text has changed");
        memory.clear();
        assert!(made(&memory, 1, &[7]), "a transaction was rolled back");
    }

    #[test]
    fn the_articles_of_a_key_are_known_until_rows_go() {
        let memory = Memory::default();
        let posting = |key| {
            let mut found = Vec::new();
            memory.posting("t", key, &mut found).then_some(found)
        };
        memory.remember_posting("t", 1, &[5]);
        assert_eq!(posting(1), None, "so few are read as fast");
        memory.remember_posting("t", 1, &[5, 6, 7, 8]);
        memory.remember_posting("u", 1, &[1, 2, 3, 4]);
        memory.extend_posting("t", 1, ArticleId(9));
        memory.extend_posting("t", 2, ArticleId(9));
        assert_eq!(posting(1), Some(vec![5, 6, 7, 8, 9]));
        assert_eq!(posting(2), None);
        let many: Vec<i64> = (0..MOST_ROWS as i64).collect();
        memory.remember_posting("t", 3, &many);
        assert_eq!(posting(3), Some(many));
        memory.extend_posting("t", 3, ArticleId(9_999));
        assert_eq!(posting(3), Some(Vec::new()), "it is hot by now");
        memory.extend_posting("t", 3, ArticleId(10_000));
        assert_eq!(posting(3), Some(Vec::new()));
        assert_eq!(memory.0.borrow().posted, 5 + 4 + 1);
        memory.forget_postings();
        assert_eq!(posting(1), None);
    }

    #[test]
    fn what_was_used_longest_ago_makes_room() {
        let memory = Memory::default();
        let text: String = (0..4_000).map(|n| format!("mot{n} ")).collect();
        let print = fingerprint("Un titre", &text, &|_| false);
        let most = (REMEMBERED / (print.size() + OVERHEAD)) as i64;
        for id in 0..most {
            memory.remember(ArticleId(id), &print, 0);
        }
        assert!(!made(&memory, 0, &[]), "all are remembered");
        memory.remember(ArticleId(99_999), &print, 0);
        assert!(!made(&memory, 0, &[]), "used again, so kept");
        assert!(made(&memory, 1, &[]), "the oldest went");
        assert!(memory.0.borrow().weight <= REMEMBERED);
    }
}
