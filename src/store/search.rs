//! The archive by words: an index over titles and texts, and its questions.
//!
//! Filled in batches by [`Writer::index_batch`] from the list of articles that triggers keep
//! (migration 6), never in the transaction of an article. What a person types becomes a list of
//! quoted words here: nothing of it is ever read as syntax of the index.
//!
//! The index knows which articles hold a word, not where (migration 13): words in a row are looked for
//! in the texts of the articles that hold them all.

use rusqlite::{Connection, OptionalExtension, params};

use super::packing::Packed;
use super::{ArticleRow, Queries, Result, Writer};
use crate::model::ArticleId;
use crate::text::fold::{fold, words};
use crate::text::stem::ELIDED;

/// Articles indexed in one transaction.
pub const INDEX_BATCH: usize = 200;
/// Longest question that is looked at, in characters.
const LONGEST: usize = 300;
/// Most words of a question that count.
const MOST_WORDS: usize = 16;

/// Empties the index and puts every article with a text on the list.
pub(super) const RESET_SQL: &str = "INSERT INTO search (search) VALUES ('delete-all');
    DELETE FROM search_due;
    INSERT INTO search_due SELECT id FROM article WHERE how <> '';";

/// Most articles whose texts are read for one answer, where words in a row are looked for: some tenths of a second.
const MOST_READ: usize = 2_000;

const SEARCH_SQL: &str =
    "SELECT rowid FROM search WHERE search MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC";

const TEXTS_SQL: &str = "SELECT a.title, b.packed FROM article a JOIN body b ON b.article = a.id
    WHERE a.id = ?1 AND a.how <> ''";

/// A word or phrase that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The words, one or more in a row, folded; letters and digits only.
    pub words: Vec<String>,
    /// Whether the last word may go on.
    pub prefix: bool,
    /// Whether articles with it are left out.
    pub without: bool,
}

impl Wanted {
    /// Whether the index cannot answer it alone.
    fn is_in_a_row(&self) -> bool {
        self.words.len() > 1
    }

    /// Whether its words stand beside each other in a text.
    fn stands_in(&self, text: &str) -> bool {
        let held = words(text);
        let (last, others) = self.words.split_last().expect("no wanted one is empty");
        held.windows(self.words.len()).any(|row| {
            let end = &row[others.len()];
            row[..others.len()] == *others
                && (end == last || (self.prefix && end.starts_with(last.as_str())))
        })
    }

    /// Whether an article is as this wants it.
    fn agrees(&self, article: &ArticleRow) -> bool {
        let found = self.stands_in(&article.title) || self.stands_in(&article.text);
        found != self.without
    }
}

/// Articles found, and where the older ones begin.
#[derive(Debug, Default)]
pub struct Matches {
    /// The newest first.
    pub articles: Vec<ArticleRow>,
    /// Older ones may be found before this row.
    pub older: Option<ArticleId>,
}

/// What a person typed, as words: `chine "route de la soie" -sport kazakh*`.
pub fn parse(typed: &str) -> Vec<Wanted> {
    let typed: String = typed.chars().take(LONGEST).collect();
    let mut found: Vec<Wanted> = Vec::new();
    let mut count = 0;
    for (index, part) in typed.split('"').enumerate() {
        let quoted = index % 2 == 1;
        let minus = quoted && typed_minus(&typed, index);
        let pieces: Vec<&str> = match quoted {
            true => vec![part],
            false => part.split_whitespace().collect(),
        };
        for piece in pieces {
            let mut words = words(without_elision(&fold(piece)));
            words.truncate(MOST_WORDS - count);
            count += words.len();
            if !words.is_empty() {
                found.push(Wanted {
                    words,
                    prefix: piece.ends_with('*'),
                    without: minus || (!quoted && piece.starts_with('-')),
                });
            }
        }
    }
    found
}

/// Folded text without an elided word at its start: `l'accord` is looked for as `accord` is.
fn without_elision(folded: &str) -> &str {
    let text = folded.trim_start_matches(|c: char| !c.is_alphanumeric());
    match text.split_once('\'') {
        Some((head, rest)) if ELIDED.contains(&head) && rest.starts_with(char::is_alphanumeric) => {
            rest
        }
        _ => folded,
    }
}

/// Whether the quotation that is the part `index` follows a minus.
fn typed_minus(typed: &str, index: usize) -> bool {
    let before = typed.split('"').nth(index - 1).unwrap_or_default();
    before.ends_with(" -") || before == "-"
}

/// The question in the index's own syntax; None when there is nothing to look for. Of words in a row it asks
/// for each; rows that must not be are left to [`Wanted::agrees`].
fn question(wanted: &[Wanted]) -> Option<String> {
    let quoted = |one: &Wanted| {
        let words: Vec<String> = one.words.iter().map(|word| format!("\"{word}\"")).collect();
        words.join(" AND ") + if one.prefix { " *" } else { "" }
    };
    let with: Vec<String> = wanted.iter().filter(|w| !w.without).map(quoted).collect();
    if with.is_empty() {
        return None;
    }
    let mut text = with.join(" AND ");
    for without in (wanted.iter()).filter(|w| w.without && !w.is_in_a_row()) {
        text = format!("({text}) NOT {}", quoted(without));
    }
    Some(text)
}

impl Queries<'_> {
    /// The newest articles in which everything wanted is found: at most `limit` before the row `before`.
    pub fn search(
        &self,
        wanted: &[Wanted],
        before: Option<ArticleId>,
        limit: usize,
    ) -> Result<Matches> {
        let Some(question) = question(wanted) else {
            return Ok(Matches::default());
        };
        let in_a_row: Vec<&Wanted> = wanted.iter().filter(|w| w.is_in_a_row()).collect();
        let before = before.map_or(i64::MAX, |id| id.0);
        let mut query = self.0.prepare_cached(SEARCH_SQL)?;
        let ids = query.query_map(params![question, before], |row| row.get(0).map(ArticleId))?;
        let mut found = Matches::default();
        let mut last = None;
        for (read, id) in ids.enumerate() {
            if found.articles.len() == limit || (!in_a_row.is_empty() && read == MOST_READ) {
                found.older = last;
                break;
            }
            let id = id?;
            last = Some(id);
            let article = self.article(id)?;
            found
                .articles
                .extend(article.filter(|row| in_a_row.iter().all(|wanted| wanted.agrees(row))));
        }
        Ok(found)
    }

    /// Whether an article waits for being indexed.
    pub fn index_waits(&self) -> Result<bool> {
        let mut query = self.0.prepare_cached("SELECT 1 FROM search_due LIMIT 1")?;
        Ok(query.exists([])?)
    }

    /// Articles that wait for being indexed.
    pub fn unindexed(&self) -> Result<u64> {
        let mut query = self.0.prepare_cached("SELECT count(*) FROM search_due")?;
        Ok(query.query_row([], |row| row.get::<_, i64>(0))? as u64)
    }
}

impl Writer<'_> {
    /// Indexes one batch of what waits, the newest first; returns how many articles that were.
    pub fn index_batch(&self) -> Result<usize> {
        let mut query =
            self.prepare_cached("SELECT article FROM search_due ORDER BY article DESC LIMIT ?1")?;
        let mut due: Vec<i64> = query
            .query_map([INDEX_BATCH as i64], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        // FTS5 collects rows while their ids rise, and writes a segment of its own whenever one does not.
        due.sort_unstable();
        let mut indexed = self.prepare_cached("SELECT 1 FROM search_docsize WHERE id = ?1")?;
        let mut delete = self.prepare_cached("DELETE FROM search WHERE rowid = ?1")?;
        let mut texts = self.prepare_cached(TEXTS_SQL)?;
        let mut insert =
            self.prepare_cached("INSERT INTO search (rowid, title, text) VALUES (?1, ?2, ?3)")?;
        let mut done = self.prepare_cached("DELETE FROM search_due WHERE article = ?1")?;
        for id in &due {
            if indexed.exists([id])? {
                delete.execute([id])?;
            }
            let found = texts.query_row([id], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, Packed>(1)?))
            });
            if let Some((title, packed)) = found.optional()? {
                let texts = self.queries().unpack_texts(&packed)?;
                insert.execute(params![id, fold(&title), fold(&texts.text)])?;
            }
            done.execute([id])?;
        }
        Ok(due.len())
    }
}

/// What is wrong with the index, if anything: articles that are neither in it nor on the list, and
/// the reverse.
pub(super) fn fault(connection: &Connection) -> Result<Option<String>> {
    let number = |sql: &str| -> Result<i64> {
        Ok(connection
            .query_row(sql, [], |row| row.get(0))
            .optional()?
            .unwrap_or_default())
    };
    let missing = number(
        "SELECT count(*) FROM article WHERE how <> ''
            AND id NOT IN (SELECT id FROM search_docsize) AND id NOT IN (SELECT article FROM search_due)",
    )?;
    let extra = number(
        "SELECT count(*) FROM search_docsize WHERE id NOT IN (SELECT id FROM article WHERE how <> '')
            AND id NOT IN (SELECT article FROM search_due)",
    )?;
    Ok((missing + extra > 0)
        .then(|| format!("{missing} articles are missing in it, {extra} in it are gone")))
}

#[cfg(test)]
mod tests {
    use super::*;

    use super::super::texts::{Texts, insert};
    use super::super::{Store, migrate};

    #[test]
    fn what_a_person_types_becomes_quoted_words() {
        for (typed, expected) in [
            ("chine", Some("\"chine\"")),
            ("chine pérou", Some("\"chine\" AND \"perou\"")),
            (
                "\"route de la soie\"",
                Some("\"route\" AND \"de\" AND \"la\" AND \"soie\""),
            ),
            ("l'accord", Some("\"accord\"")),
            ("D’Ouzbékistan", Some("\"ouzbekistan\"")),
            (
                "\"l’accord de paix\"",
                Some("\"accord\" AND \"de\" AND \"paix\""),
            ),
            ("chine -qu'il", Some("(\"chine\") NOT \"il\"")),
            (
                "aujourd'hui l' d'*",
                Some("\"aujourd\" AND \"hui\" AND \"l\" AND \"d\" *"),
            ),
            ("kazakh*", Some("\"kazakh\" *")),
            ("chine -sport", Some("(\"chine\") NOT \"sport\"")),
            ("chine -\"coupe du monde\"", Some("\"chine\"")),
            ("-sport", None),
            ("", None),
            ("*", None),
            ("\"", None),
            (
                "title:x AND NEAR(",
                Some("\"title\" AND \"x\" AND \"and\" AND \"near\""),
            ),
            ("a\"b", Some("\"a\" AND \"b\"")),
            ("中国", Some("\"中国\"")),
        ] {
            assert_eq!(question(&parse(typed)).as_deref(), expected, "{typed}");
        }
    }

    #[test]
    fn words_in_a_row_stand_beside_each_other_in_one_text() {
        for (typed, text, holds) in [
            ("\"route de la soie\"", "La Route de la Soie, dit-il", true),
            ("\"route de la soie\"", "la soie de la route", false),
            ("\"route de la so\"*", "route de la soie", false),
            ("aujourd'hui", "Hui, aujourd, hier", false),
            ("aujourd'hui", "C’est aujourd’hui !", true),
            ("aujourd'hu*", "C’est aujourd’hui !", true),
            ("\"un deux\"", "un", false),
            ("\"un deux\"", "", false),
        ] {
            assert_eq!(parse(typed)[0].stands_in(text), holds, "{typed}: {text}");
        }
    }

    /// A store in which every article's text is `even` or `odd` by its number, indexed.
    fn filled(folder: &std::path::Path, articles: usize, even: &str, odd: &str) -> Connection {
        let mut connection = Connection::open_in_memory().expect("a database");
        migrate::migrate(&mut connection, folder).expect("migrated");
        for n in 1..=articles as i64 {
            let text = if n % 2 == 0 { even } else { odd };
            let row = "INSERT INTO article (id, identity, source, url, domain, state, first_seen, published,
                updated, title, how, hold_until) VALUES (?1, ?1, 's', '', '', 'published', 0, 0, 0, 'Titre', 'feed', 0)";
            connection.execute(row, [n]).expect("an article");
            let texts = Texts {
                text: text.to_owned(),
                ..Default::default()
            };
            insert(&connection, (ArticleId(n), &texts), None).expect("its texts");
            connection
                .execute(
                    "INSERT INTO search (rowid, title, text) VALUES (?1, 'titre', ?2)",
                    params![n, text],
                )
                .expect("its words");
        }
        connection
    }

    fn found(connection: &Connection, typed: &str, before: Option<i64>) -> (Vec<i64>, Option<i64>) {
        let found = Queries(connection).search(&parse(typed), before.map(ArticleId), 3);
        let found = found.expect("an answer");
        let ids = found.articles.iter().map(|row| row.id.0).collect();
        (ids, found.older.map(|id| id.0))
    }

    #[test]
    fn an_answer_goes_on_where_it_ended() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = filled(
            folder.path(),
            9,
            "la route de la soie",
            "la soie de la route",
        );
        for (typed, before, expected) in [
            ("soie", None, (vec![9, 8, 7], Some(7))),
            ("soie", Some(4), (vec![3, 2, 1], None)),
            ("\"la soie\"", None, (vec![9, 8, 7], Some(7))),
            ("\"route de la soie\"", None, (vec![8, 6, 4], Some(4))),
            ("\"route de la soie\"", Some(4), (vec![2], None)),
            ("soie -\"route de la soie\"", None, (vec![9, 7, 5], Some(5))),
            ("soie -route", None, (vec![], None)),
            ("\"titre la\"", None, (vec![], None)),
        ] {
            assert_eq!(found(&store, typed, before), expected, "{typed} {before:?}");
        }
    }

    #[tokio::test]
    async fn a_batch_makes_one_segment() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let fill = |w: &Writer<'_>| {
            for n in 1..=50_i64 {
                w.execute(
                    "INSERT INTO article (id, identity, source, url, domain, state, first_seen, published, updated,
                        title, how, hold_until) VALUES (?1, ?1, 's', '', '', 'rejected', 0, 0, 0, 'Titre', 'feed', 0)",
                    [n],
                )?;
                w.insert_texts(ArticleId(n), &Texts::default())?;
                w.execute("INSERT INTO search_due VALUES (?1)", [n])?;
            }
            w.index_batch()
        };
        assert_eq!(store.write(fill).await.expect("indexed"), 50);
        let segments = |w: &Writer<'_>| {
            let sql = "SELECT count(DISTINCT segid) FROM search_idx";
            Ok(w.query_row(sql, [], |row| row.get::<_, i64>(0))?)
        };
        assert_eq!(store.write(segments).await.expect("counted"), 1);
    }

    #[test]
    fn an_answer_that_reads_long_says_where_it_stopped() {
        let folder = tempfile::tempdir().expect("a folder");
        let all = MOST_READ + 5;
        let store = filled(folder.path(), all, "un deux", "un deux");
        let (ids, older) = found(&store, "\"deux un\"", None);
        assert_eq!((ids, older), (vec![], Some(6)));
        assert_eq!(found(&store, "\"deux un\"", older), (vec![], None));
    }

    #[test]
    fn nothing_a_person_can_type_breaks_the_index() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut connection = Connection::open_in_memory().expect("a database");
        migrate::migrate(&mut connection, folder.path()).expect("migrated");
        let long = "mot ".repeat(1_000);
        for typed in [
            "\"",
            "\"\"",
            "*",
            "a*b*",
            "^a",
            "a^2",
            "{title} : x",
            "a AND",
            "NOT a",
            "OR",
            "NEAR(a b)",
            "a + b",
            "(((",
            ")",
            "'; DROP TABLE article; --",
            "\0",
            "a\u{301}",
            "🦀",
            long.as_str(),
        ] {
            let found = Queries(&connection).search(&parse(typed), None, 5);
            assert!(
                found.is_ok_and(|found| found.articles.is_empty()),
                "{typed}"
            );
        }
    }
}
