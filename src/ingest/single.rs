//! One page at the wish of a person: fetched with the daemon's client and manners, taken apart as the
//! daemon has it done, stored nowhere.

use url::Url;

use super::pages::response_alone;
use super::plan::in_source;
use super::{candidates, document};
use crate::config::Config;
use crate::fetch::{Client, Outcome, Request};
use crate::isolate::Extractor;
use crate::model::Extracted;

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

/// Fetches the page at an address, on the terms of the source of its domain, and has it taken apart.
///
/// # Errors
/// A sentence: why there is no article.
pub async fn read_page(
    (client, extractor): (&Client, &Extractor),
    config: &Config,
    url: &Url,
) -> Result<Single, String> {
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
        Outcome::Refused(refusal) => return Err(in_source(&refusal)),
        other => return Err(other.to_string()),
    };
    let job = response_alone(config, source.map(|s| &**s), &response);
    let answer = extractor.extract(job).await.map_err(|b| b.to_string())?;
    if let Some(defect) = answer.defect {
        return Err(format!("the page is not an article: {}", defect.words()));
    }
    Ok(Single {
        url: response.final_url,
        extracted: answer.extracted,
        source: source.map(|s| (s.id.to_string(), s.tags.clone())),
    })
}
