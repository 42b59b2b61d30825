//! An article's page: its whole way, as `depeche explain` tells it.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use serde_json::Value;

use super::words::Words;
use super::{Frame, unavailable};
use crate::model::ArticleId;
use crate::overview::{is_telling, way};
use crate::store::ArticleRow;
use crate::web::Site;

/// `GET /articles/<id>`: an article's way through the pipeline.
pub(in crate::web) async fn article(
    State(site): State<Site>,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Response {
    let words = Words::of(&headers);
    let (config, now) = (site.config.borrow().clone(), site.clock.now());
    let found = site.store.read(move |r| {
        let queries = r.queries();
        let Some(row) = queries.article(ArticleId(id))? else {
            return Ok(None);
        };
        let way = way(&config, &queries, &row, now)?;
        Ok(Some((row, way)))
    });
    let (title, status, body) = match found.await {
        Ok(Some((row, way))) => {
            let title = match row.title.is_empty() {
                true => row.url.clone(),
                false => row.title.clone(),
            };
            let body = render(words, &title, &row, &way);
            (title, StatusCode::OK, body)
        }
        Ok(None) => {
            let title = words.no_article.to_owned();
            let body = html! { h1 { (title) } };
            (title, StatusCode::NOT_FOUND, body)
        }
        Err(error) => return unavailable(&site, &error),
    };
    let frame = Frame {
        words,
        title: &title,
        base: "../",
        query: "",
        script: None,
        feeds: None,
    };
    let html = frame.around(&body).into_string();
    (status, [(header::VARY, "Accept-Language")], Html(html)).into_response()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// A time of the document, to the minute.
fn time(value: &Value, key: &str) -> String {
    let text = text(value, key);
    match text.get(..16) {
        Some(minutes) => format!("{} UTC", minutes.replace('T', " ")),
        None => "–".to_owned(),
    }
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn render(w: &Words, title: &str, row: &ArticleRow, way: &Value) -> Markup {
    html! {
        h1 lang=[row.language.as_deref()] { (title) }
        (facts(w, row, way))
        section aria-labelledby="verdicts" {
            h2 #verdicts { (w.verdicts) }
            @for verdict in list(way, "verdicts") { (self::verdict(w, verdict)) }
        }
        (story(w, &way["story"]))
        section aria-labelledby="text" lang=[row.language.as_deref()] {
            h2 #text lang=(w.lang) { (w.text) }
            @for paragraph in row.text.lines() { p { (paragraph) } }
        }
    }
}

fn facts(w: &Words, row: &ArticleRow, way: &Value) -> Markup {
    let extraction = &way["extraction"];
    html! {
        dl {
            dt { (w.state) } dd { strong { (w.article_state(&row.state)) } ": " span lang="en" { (text(way, "reason")) } }
            @if !row.url.is_empty() { dt { (w.address) } dd { a href=(row.url) rel="noreferrer" { (row.url) } } }
            dt { (w.identity) } dd { (row.identity) @for alias in list(way, "aliases") { br; (alias.as_str().unwrap_or_default()) } }
            dt { (w.seen_at) }
            dd { ul { @for seen in list(way, "seen") { li { (time(seen, "first_seen")) " · " (text(seen, "source")) " · " (text(seen, "candidate")) } } } }
            (stated(w, row.language.as_deref(), way))
            dt { (w.published) } dd { (time(way, "published")) }
            dt { (w.first_seen) } dd { (time(way, "first_seen")) }
            @if !row.how.is_empty() { dt { (w.text_by) } dd { (row.how) ", " (row.words) " " (w.words) (joined(w, way)) } }
            @if row.attempts > 0 || row.next_try.is_some() {
                dt { (w.errors) } dd { (row.attempts) " " (w.attempts) ", " (w.next_try) " " (time(extraction, "next_try")) }
            }
            @if let Some(error) = &row.last_error { dt { (w.last_error) } dd lang="en" { (error) } }
            @if !list(way, "versions").is_empty() {
                dt { (w.versions) }
                dd { ul { @for v in list(way, "versions") { li { (time(v, "until")) " · " (text(v, "title")) " · " (v["words"]) " " (w.words) } } } }
            }
            @if !list(way, "entries").is_empty() {
                dt { (w.in_feeds) }
                dd { ul { @for e in list(way, "entries") { li { a href={ "../topics/" (text(e, "topic")) } { (text(e, "topic")) } " · " (text(e, "atom_id")) } } } }
            }
        }
    }
}

/// What the outlet prints above the text, beside the title.
fn stated(w: &Words, language: Option<&str>, way: &Value) -> Markup {
    html! {
        @for (name, key) in [(w.subtitle, "subtitle"), (w.section, "section")] {
            @if !text(way, key).is_empty() { dt { (name) } dd lang=[language] { (text(way, key)) } }
        }
    }
}

/// How many pages an article was joined from, where it was more than one.
fn joined(w: &Words, way: &Value) -> String {
    match way["extraction"]["pages"].as_u64() {
        Some(pages) if pages > 1 => format!(", {pages} {}", w.pages_joined),
        _ => String::new(),
    }
}

fn verdict(w: &Words, verdict: &Value) -> Markup {
    let matched = verdict["matched"].as_bool().unwrap_or(false);
    let score = verdict["score"].as_f64().unwrap_or_default();
    html! {
        h3 { (text(verdict, "topic")) ": " (if matched { w.wanted } else { w.unwanted }) ", " (w.score) " " (format!("{score:.1}"))
            @if verdict["current"] == Value::Bool(false) { " (" (w.outdated) ")" } }
        ul {
            @for hit in list(verdict, "why") {
                li { (text(hit, "rule")) " " code { (text(hit, "term")) } " · " (text(hit, "where")) ": " (text(hit, "snippet")) }
            }
            @for missed in list(verdict, "missed") { li { (w.missed) ": " (missed.as_str().unwrap_or_default()) } }
        }
    }
}

fn story(w: &Words, story: &Value) -> Markup {
    let members = list(story, "members");
    let assignment = &story["assignment"];
    let compared: Vec<&Value> = (list(assignment, "compared").iter())
        .filter(|c| is_telling(c))
        .collect();
    let percent = |c: &Value, key: &str| {
        let share = c[key].as_f64().unwrap_or_default();
        format!("{:.0} %", share * 100.0)
    };
    html! {
        @if members.len() > 1 || !compared.is_empty() || assignment.is_string() {
            section aria-labelledby="story" {
                h2 #story { (w.story) }
                @if let Some(sentence) = assignment.as_str() { p lang="en" { (sentence) } }
                @if members.len() > 1 {
                    h3 { (w.members) }
                    ul { @for m in members {
                        li { a href={ (m["id"]) } { (text(m, "title")) } " · " (text(m, "source")) " · " (w.article_state(text(m, "state")))
                            @if let Some(level) = m["level"].as_str() { " · " (level) } }
                    } }
                }
                @if !compared.is_empty() {
                    h3 { (w.compared) }
                    ul { @for c in &compared {
                        li { a href={ (c["article"]) } { (c["article"]) } ": " (text(c, "level")) ", " (percent(c, "jaccard")) }
                    } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn subtitle_section_and_pages_are_shown_where_there_are_any() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::ACCEPT_LANGUAGE,
            header::HeaderValue::from_static("fr"),
        );
        let words = Words::of(&headers);
        let way = |subtitle: Value, section: Value, pages: u32| json!({"subtitle": subtitle, "section": section, "extraction": {"pages": pages}});
        for (way, shown, told) in [
            (
                way(json!("Deux <pays>"), json!("Monde"), 3),
                "<dt>Sous-titre</dt><dd lang=\"es\">Deux &lt;pays&gt;</dd><dt>Rubrique</dt><dd lang=\"es\">Monde</dd>",
                ", 3 pages réunies",
            ),
            (
                way(Value::Null, json!("Monde"), 2),
                "<dt>Rubrique</dt><dd lang=\"es\">Monde</dd>",
                ", 2 pages réunies",
            ),
            (way(Value::Null, Value::Null, 1), "", ""),
        ] {
            assert_eq!(stated(words, Some("es"), &way).into_string(), shown);
            assert_eq!(joined(words, &way), told);
        }
    }
}
