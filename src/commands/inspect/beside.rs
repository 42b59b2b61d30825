//! A page and what was made of it, side by side, as one HTML document: for a person who wonders
//! why something is missing. Must not run anything: the page stands in a frame without scripts.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use url::Url;

use crate::isolate::Answer;

const STYLE: &str = "\
body{font:16px/1.5 system-ui,sans-serif;margin:1rem;color:#1a1a1a;background:#fff}\
section{display:grid;grid-template-columns:1fr 1fr;gap:1rem;border-top:2px solid #888;padding:1rem 0}\
h2,details{grid-column:1/-1}iframe{width:100%;height:80vh;border:1px solid #888}\
article{height:80vh;overflow:auto;border:1px solid #888;padding:0 1rem}img,video{max-width:100%;height:auto}\
dt{font-weight:600}dd{margin:0 0 .4rem}pre{white-space:pre-wrap}\
@media(max-width:60rem){section{grid-template-columns:1fr}}";

/// The whole document.
pub(super) fn document(sections: &[Markup]) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { "Pages and their articles" }
                style { (PreEscaped(STYLE)) }
            }
            body { @for section in sections { (section) } }
        }
    }
    .into_string()
}

/// One page: as it came on the left, as it would be published on the right, and below what every
/// route proposed.
pub(super) fn section(url: &Url, page: &str, answer: &Answer) -> Markup {
    let e = &answer.extracted;
    let based = format!(
        "<base href=\"{}\">{page}",
        html_escape::encode_double_quoted_attribute(url.as_str())
    );
    let stated = [
        ("defect", answer.defect.map(|d| d.words().to_owned())),
        ("route", Some(e.how.clone())),
        ("agreement", e.agreement.map(|a| format!("{a:.2}"))),
        ("subtitle", e.subtitle.clone()),
        ("section", e.section.clone()),
        ("published", e.published.map(|d| d.to_rfc3339())),
        ("modified", e.modified.map(|d| d.to_rfc3339())),
        (
            "authors",
            Some(
                e.authors
                    .iter()
                    .map(|a| a.name.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            ),
        ),
        ("agency", e.agency.clone()),
        ("place", e.place.clone()),
        ("language", e.language.clone()),
        ("canonical", e.canonical.clone()),
    ];
    html! {
        section {
            h2 { (e.title.as_deref().unwrap_or(url.as_str())) }
            iframe sandbox="" title="the page" srcdoc=(based) {}
            article {
                dl {
                    @for (name, value) in stated {
                        @if let Some(value) = value.filter(|v| !v.is_empty()) { dt { (name) } dd { (value) } }
                    }
                    @for warning in &e.warnings { dt { "warning" } dd { (warning) } }
                }
                (PreEscaped(&e.html))
            }
            @for route in &answer.routes {
                details {
                    summary { (route.how) ": " (route.length) " characters, likeness " (format!("{:.2}", route.score)) }
                    pre { (route.text) }
                }
            }
        }
    }
}
