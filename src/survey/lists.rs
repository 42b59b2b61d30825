//! The page on which an outlet lists its feeds: "Flux RSS" in a menu mostly leads to one.
//!
//! Follows one such page of an outlet, and only reads feeds from it.

use super::{Finding, Form, Found, MOST_LINKED, Survey, Surveyor, Worth};
use crate::discover::feed;
use crate::discover::offers::{self, LinkedFeed, Offers};
use crate::fetch::Response;
use crate::text::charset;
use crate::text::html::{self, guard};
use crate::text::url::canonicalise;

/// Most feeds of such a page that are fetched.
const MOST_LISTED: usize = 8;

impl Surveyor<'_> {
    /// The feeds that a page links to, and those of the page of feeds that one of its links leads to.
    pub(super) async fn linked(&self, survey: &mut Survey, offers: &Offers) {
        let mut list = None;
        for link in offers.linked.iter().take(MOST_LINKED) {
            let led = self.lead(survey, link).await;
            list = list.or(led);
        }
        if list.is_none() && !super::has_good(survey) {
            for url in offers.lists.iter().take(1) {
                list = self.fetch(url, Form::Listing, false).await.ok();
            }
        }
        if let Some(response) = list {
            self.listed(survey, &response).await;
        }
    }

    /// Judges the feed that a link leads to; gives the answer where it is a page.
    async fn lead(&self, survey: &mut Survey, link: &LinkedFeed) -> Option<Response> {
        let key = canonicalise(&link.url);
        if survey.findings.iter().any(|f| canonicalise(&f.url) == key) {
            return None;
        }
        let found = Found::Linked(link.clone());
        match self.fetch(&link.url, Form::Feed, true).await {
            Ok(response) if is_page(&response) && self.not_a_page(&response).is_none() => {
                Some(response)
            }
            Ok(response) => {
                let (finding, _) = self
                    .seen(survey, (&link.url, Form::Feed), found, &response)
                    .await;
                keep(survey, finding);
                None
            }
            Err(reason) => {
                let finding = self.unreadable(survey, Form::Feed, found, &link.url, reason);
                keep(survey, finding);
                None
            }
        }
    }

    /// The feeds of a page of feeds.
    async fn listed(&self, survey: &mut Survey, response: &Response) {
        let page = &response.final_url;
        let content_type = response.content_type.as_deref();
        let html = charset::decode(&response.body, content_type, charset::Kind::Html).text;
        if guard::inspect(&html).is_err() {
            return;
        }
        let advertised = match feed::parse(&response.body, &self.feed_context(response)) {
            Err(refused) => refused.alternates,
            Ok(_) => Vec::new(),
        };
        let advertised = advertised.into_iter().filter_map(|a| {
            let url = page.join(&a.url).ok()?;
            Some((url, Found::Advertised(a.title)))
        });
        let linked = offers::listed(&html, page).into_iter();
        let linked = linked.map(|link| (link.url.clone(), Found::Linked(link)));
        let all: Vec<_> = linked.chain(advertised).take(MOST_LISTED).collect();
        for (url, found) in all {
            self.add(survey, url, Form::Feed, found).await;
        }
    }
}

fn is_page(response: &Response) -> bool {
    let said = response
        .content_type
        .as_deref()
        .unwrap_or("")
        .to_ascii_lowercase();
    said.contains("html") || html::is_page(&response.body)
}

/// Adds a finding that is not known from another address.
pub(super) fn keep(survey: &mut Survey, finding: Finding) {
    // A guess that was wrong is nothing of the outlet's.
    if finding.judgement.worth == Worth::Unreadable && !finding.found.is_named() {
        return;
    }
    let key = canonicalise(&finding.url);
    let again = |f: &Finding| canonicalise(&f.url) == key && f.form == finding.form;
    if !survey.findings.iter().any(again) {
        survey.findings.push(finding);
    }
}
