//! One page at the wish of a person: fetched with the daemon's client and manners, extracted with
//! its rules, stored nowhere.

use url::Url;

use super::{candidates, document};
use crate::config::{Config, Source};
use crate::extract::{self, Hint, PageContext};
use crate::fetch::{Client, Outcome, Request};
use crate::model::Extracted;
use crate::text::charset;

/// A page that was read.
#[derive(Debug, Clone)]
pub struct Single {
    /// Address that answered.
    pub url: Url,
    /// The article on it.
    pub extracted: Extracted,
    /// Id and tags of the configured source of its domain, if there is one.
    pub source: Option<(String, Vec<String>)>,
}

/// Fetches and extracts the page at an address, on the terms of the source of its domain.
///
/// # Errors
/// A sentence: why there is no article.
pub async fn read_page(client: &Client, config: &Config, url: &Url) -> Result<Single, String> {
    let domain = candidates::domain(url);
    let source = config
        .sources
        .iter()
        .find(|s| candidates::domain(&s.url) == domain);
    let mut request = Request::new(url.clone(), document::PAGE);
    if let Some(source) = source {
        request.source = source.page_terms.clone();
    }
    let response = match client.fetch(&request).await {
        Outcome::Body(response) => *response,
        other => return Err(other.to_string()),
    };
    let decoded = charset::decode(
        &response.body,
        response.content_type.as_deref(),
        charset::Kind::Html,
    );
    extract_page(
        config,
        source.map(|s| &**s),
        &response.final_url,
        &decoded.text,
    )
}

fn extract_page(
    config: &Config,
    source: Option<&Source>,
    url: &Url,
    html: &str,
) -> Result<Single, String> {
    let families = &config.sites.families;
    let family = families.of(url);
    let own = source.and_then(|s| s.language.as_deref());
    let context = PageContext {
        url,
        rule: family.and_then(|f| config.sites.rules.get(&f.id)),
        hint: Hint::default(),
        timezone: source
            .and_then(|s| s.timezone)
            .or(family.and_then(|f| f.timezone)),
        language: own.or(family.and_then(|f| f.language.as_deref())),
        boilerplate: &|_| false,
        same_family: &|other| families.same_house(url, other),
        part: None,
    };
    let extraction = extract::extract(html, &context);
    if let Some(defect) = extraction.defect {
        return Err(format!("the page is not an article: {}", defect.words()));
    }
    Ok(Single {
        url: url.clone(),
        extracted: extraction.extracted,
        source: source.map(|s| (s.id.to_string(), s.tags.clone())),
    })
}
