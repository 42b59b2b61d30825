//! The archive by words: the newest articles that hold everything typed, with the place of the text
//! where it was found.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::words::Words;
use super::{Frame, unavailable};
use crate::model::ArticleId;
use crate::overview::find;
use crate::store::{Matches, Wanted, parse_search};
use crate::text::fold::fold;
use crate::web::Site;

/// Articles on a page.
const PAGE: usize = 20;
/// Words of a text that are shown around the first one found.
const AROUND: usize = 16;

/// What was typed, and where the page begins.
#[derive(Deserialize)]
pub(in crate::web) struct Asked {
    #[serde(default)]
    q: String,
    before: Option<i64>,
}

/// `GET /search?q=`; an address leads to its article at once.
pub(in crate::web) async fn search(
    State(site): State<Site>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let words = Words::of(&headers);
    let config = site.config.borrow().clone();
    let (wanted, typed) = (parse_search(&asked.q), asked.q.trim().to_owned());
    let (looked_for, before) = (wanted.clone(), asked.before.map(ArticleId));
    let found = site.store.read(move |r| {
        let queries = r.queries();
        if typed.starts_with("http://") || typed.starts_with("https://") {
            let known = find(&config, &queries, &typed)?.flatten();
            if let Some(id) = known {
                return Ok(Err(id));
            }
        }
        Ok(Ok(queries.search(&looked_for, before, PAGE)?))
    });
    let found = match found.await {
        Ok(Ok(found)) => found,
        Ok(Err(id)) => return Redirect::to(&format!("articles/{id}")).into_response(),
        Err(error) => return unavailable(&site, &error),
    };
    let frame = Frame {
        words,
        title: &format!("depeche: {}", words.search),
        base: "",
        query: &asked.q,
        script: None,
        feeds: None,
    };
    let html = frame.around(&body(words, &asked.q, &wanted, &found));
    let fields = [(header::VARY, "Accept-Language")];
    (fields, Html(html.into_string())).into_response()
}

fn body(w: &Words, typed: &str, wanted: &[Wanted], found: &Matches) -> Markup {
    let older = found.older.map(|last| {
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        let last = last.0.to_string();
        pairs.append_pair("q", typed).append_pair("before", &last);
        format!("search?{}", pairs.finish())
    });
    let example = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("q", w.search_example)
        .finish();
    html! {
        h1 { (w.search) }
        p { (w.search_help) " " a href={ "search?" (example) } { code { (w.search_example) } } }
        @if found.articles.is_empty() && !typed.trim().is_empty() {
            p { @if found.older.is_some() { (w.nothing_so_far) } @else { (w.nothing_found) } }
        }
        ol.found {
            @for row in &found.articles {
                li {
                    h2 lang=[row.language.as_deref()] { a href={ "articles/" (row.id) } { (row.title) } }
                    p.about { (row.published.format("%Y-%m-%d")) " · " (row.source) " · " (w.article_state(&row.state)) }
                    p lang=[row.language.as_deref()] { (snippet(&row.text, wanted)) }
                }
            }
        }
        @if let Some(older) = older { p { a href=(older) rel="next" { (w.older) } } }
    }
}

/// The words around the first one that was looked for, with every one of them marked.
fn snippet(text: &str, wanted: &[Wanted]) -> Markup {
    let words: Vec<(&str, bool)> = (text.split_whitespace())
        .map(|word| (word, is_wanted(word, wanted)))
        .collect();
    let first = words.iter().position(|(_, found)| *found).unwrap_or(0);
    let start = first.saturating_sub(AROUND);
    let end = (first + 2 * AROUND).min(words.len());
    html! {
        @if start > 0 { "… " }
        @for (word, found) in &words[start..end] {
            @if *found { mark { (word) } } @else { (word) } " "
        }
        @if end < words.len() { "…" }
    }
}

fn is_wanted(word: &str, wanted: &[Wanted]) -> bool {
    let folded = fold(word);
    let mut parts = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|p| !p.is_empty());
    parts.any(|part| {
        wanted.iter().filter(|w| !w.without).any(|w| {
            let begun = w.prefix && w.words.last().is_some_and(|last| part.starts_with(last));
            begun || w.words.iter().any(|word| word == part)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_for_is_marked_and_nothing_is_markup() {
        let text = format!("{} L’Équateur <b>signe</b> un accord.", "mot ".repeat(40));
        let shown = snippet(&text, &parse_search("equateur acc*")).into_string();
        assert!(
            shown.starts_with("… mot") && shown.contains("<mark>L’Équateur</mark>"),
            "{shown}"
        );
        assert!(
            shown.contains("&lt;b&gt;signe") && shown.contains("<mark>accord.</mark>"),
            "{shown}"
        );
        assert_eq!(snippet("", &[]).into_string(), "");
    }
}
