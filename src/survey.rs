//! A survey of an outlet: what it offers, fetched politely and judged, the best first. What
//! `discover` prints and `add` adds.
//!
//! ```text
//! page ─▶ its own list of articles
//!      ─▶ advertised feeds, links that look like feeds, the page that lists them ─▶ customary places, if none of them is live
//!      ─▶ sitemaps of robots.txt ─▶ sections, if there is no live feed or news sitemap
//! ```
//! Every finding is read with the source that its `[[source]]` block describes, so that what is
//! printed is what was judged. Stores nothing.

pub mod block;
mod judge;
mod lists;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use url::Url;

pub use judge::{Form, Found, Judgement, Worth};

use crate::config::{self, Fetch, Sites};
use crate::discover::feed;
use crate::discover::offers::{self, Offers};
use crate::fetch::{Client, HostPattern, Outcome, RefusalReason, Request, Response, Terms};
use crate::ingest::{View, read_document};
use crate::model::{Alternate, Discovery};
use crate::text::html::guard;
use crate::text::url::{canonicalise, is_home};
use crate::text::{charset, one_line};

/// Most advertised feeds that are fetched.
const MOST_ADVERTISED: usize = 6;
/// Most links that look like feeds that are fetched.
const MOST_LINKED: usize = 4;
/// Most sitemaps that are fetched when there is no live feed; else only one.
const MOST_SITEMAPS: usize = 3;
/// Most sections that are fetched.
const MOST_SECTIONS: usize = 3;

/// One thing that the outlet offers.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Its address.
    pub url: Url,
    /// What it is.
    pub form: Form,
    /// How it was come by.
    pub found: Found,
    /// What it is worth.
    pub judgement: Judgement,
    /// Its `[[source]]` table.
    pub table: String,
}

/// What was found at an outlet.
#[derive(Debug, Clone)]
pub struct Survey {
    /// The page, after redirects.
    pub page: Url,
    /// Its title.
    pub title: Option<String>,
    /// Its language.
    pub language: Option<String>,
    /// The id that its sources are given.
    pub id: String,
    /// The findings, the best first.
    pub findings: Vec<Finding>,
    /// Whether the page is an empty shell that a script fills.
    pub hollow: bool,
}

impl Survey {
    /// The finding to be proposed, if any is usable.
    pub fn best(&self) -> Option<&Finding> {
        self.findings
            .first()
            .filter(|finding| finding.judgement.worth.is_usable())
    }
}

/// Surveys outlets.
pub struct Surveyor<'a> {
    /// The client.
    pub client: Client,
    /// Families and rules.
    pub sites: Arc<Sites>,
    /// `[fetch]`.
    pub fetch: Fetch,
    /// Hosts that may be in a private network.
    pub allow_private: Vec<HostPattern>,
    /// The time of the survey.
    pub now: DateTime<Utc>,
    /// The id of the source, when the person chose one.
    pub id: Option<String>,
    /// Told what is done next.
    pub progress: &'a (dyn Fn(&str) + Sync),
}

impl Surveyor<'_> {
    /// Surveys the outlet behind an address: a page, a feed or a sitemap.
    ///
    /// # Errors
    /// A sentence, when the address itself cannot be had.
    pub async fn survey(&self, address: Url) -> Result<Survey, String> {
        let given = Found::Given;
        let response = self.first(&address).await?;
        let mut survey = self.empty(&response.final_url);
        if let Some((form, discovery)) = self.not_a_page(&response) {
            let moved = response.permanent.as_ref().unwrap_or(&address);
            let mut finding = match discovery {
                Some(discovery) => self.judged(&survey, form, given, moved, &discovery),
                None => self.look(&survey, &address, form, given).await.0,
            };
            if finding.url != address {
                let remark = &finding.judgement.remark;
                finding.judgement.remark =
                    format!("the address that was given, {address}, leads here for good; {remark}");
            }
            let live = finding.judgement.worth.is_good();
            let homes = homes_of(&finding, &response);
            survey.findings.push(finding);
            if !live && let Some(page) = self.first_page(&homes).await {
                let found = std::mem::take(&mut survey.findings);
                survey = self.empty(&page.final_url);
                survey.findings = found;
                self.page(&mut survey, &page).await;
            }
        } else {
            self.page(&mut survey, &response).await;
        }
        name_listing(&mut survey);
        rank(&mut survey);
        Ok(survey)
    }

    /// The private hosts that are not allowed to every source anyway: a block has to name them.
    fn own_hosts(&self) -> Vec<HostPattern> {
        let known = |host: &&HostPattern| !self.fetch.allow_private.contains(host);
        self.allow_private.iter().filter(known).cloned().collect()
    }

    fn empty(&self, page: &Url) -> Survey {
        let id = self.id.clone();
        Survey {
            page: page.clone(),
            title: None,
            language: None,
            id: id.unwrap_or_else(|| block::id_of(page, &self.sites)),
            findings: Vec::new(),
            hollow: false,
        }
    }

    /// The given address: as a page, and where robots.txt keeps pages from us, as a feed that the
    /// person named.
    async fn first(&self, address: &Url) -> Result<Response, String> {
        match self.request(address, Form::Listing, false).await {
            Outcome::Body(response) => Ok(*response),
            Outcome::Refused(refusal) if refusal.reason == RefusalReason::Robots => {
                let response = self.fetch(address, Form::Feed, true).await;
                let response = response.map_err(|_| refusal.message.clone())?;
                let is_page = self.not_a_page(&response).is_none();
                if is_page {
                    Err(refusal.message)
                } else {
                    Ok(response)
                }
            }
            other => Err(told(&other)),
        }
    }

    async fn request(&self, url: &Url, form: Form, offered: bool) -> Outcome {
        (self.progress)(url.as_str());
        let kind = match form {
            Form::Feed => crate::fetch::Kind::Feed,
            Form::Sitemap => crate::fetch::Kind::Sitemap,
            Form::Listing => crate::fetch::Kind::Listing,
        };
        let mut request = Request::new(url.clone(), kind);
        request.source = Arc::new(Terms {
            allow_private: self.allow_private.clone(),
            obey_robots: !(offered && form == Form::Feed),
            ..Terms::default()
        });
        self.client.fetch(&request).await
    }

    async fn fetch(&self, url: &Url, form: Form, offered: bool) -> Result<Response, String> {
        match self.request(url, form, offered).await {
            Outcome::Body(response) => Ok(*response),
            other => Err(told(&other)),
        }
    }

    /// The first of these addresses that answers with a page.
    async fn first_page(&self, homes: &[Url]) -> Option<Response> {
        for home in homes {
            if let Ok(response) = self.fetch(home, Form::Listing, false).await
                && self.not_a_page(&response).is_none()
            {
                return Some(response);
            }
        }
        None
    }

    /// What the document is, when it is no page: a feed as read, or a sitemap.
    fn not_a_page(&self, response: &Response) -> Option<(Form, Option<Discovery>)> {
        let start = &response.body[..response.body.len().min(2_048)];
        let start = String::from_utf8_lossy(start).to_ascii_lowercase();
        if start.contains("<urlset") || start.contains("<sitemapindex") {
            return Some((Form::Sitemap, None));
        }
        feed::parse(&response.body, &self.feed_context(response))
            .ok()
            .map(|discovery| (Form::Feed, Some(discovery)))
    }

    fn feed_context<'r>(&self, response: &'r Response) -> feed::Context<'r> {
        feed::Context {
            url: Some(&response.final_url),
            content_type: response.content_type.as_deref(),
            timezone: None,
            fetched_at: self.now,
        }
    }

    /// Everything that a page leads to.
    async fn page(&self, survey: &mut Survey, response: &Response) {
        let page = &response.final_url;
        let content_type = response.content_type.as_deref();
        let html = charset::decode(&response.body, content_type, charset::Kind::Html).text;
        if let Err(defect) = guard::inspect(&html) {
            let reason = format!("the page is not read: {defect}");
            survey.findings.push(self.unreadable(
                survey,
                Form::Listing,
                Found::Given,
                page,
                reason,
            ));
            return;
        }
        let read = self.read(survey, Form::Listing, page, response).await;
        let articles: Vec<Url> = read
            .iter()
            .flat_map(|(d, _)| article_addresses(d))
            .collect();
        let offers = offers::read(&html, page, &articles);
        survey.title = offers.title.clone();
        survey.language = offers.language.clone();
        survey.hollow = offers.hollow;
        let listing = match read {
            Ok((discovery, _)) => {
                self.judged(survey, Form::Listing, Found::Given, page, &discovery)
            }
            Err(reason) => self.unreadable(survey, Form::Listing, Found::Given, page, reason),
        };
        survey.findings.push(listing);
        let advertised = match feed::parse(&response.body, &self.feed_context(response)) {
            Err(refused) => refused.alternates,
            Ok(_) => Vec::new(),
        };
        self.feeds(survey, &offers, advertised).await;
        self.sitemaps(survey).await;
        if !has_good(survey) && is_home(page) {
            for section in offers.sections.iter().take(MOST_SECTIONS) {
                self.add(survey, section.clone(), Form::Listing, Found::Section)
                    .await;
            }
        }
    }

    async fn feeds(&self, survey: &mut Survey, offers: &Offers, advertised: Vec<Alternate>) {
        let advertised = advertised.into_iter().take(MOST_ADVERTISED);
        for Alternate { url, title, .. } in advertised {
            if let Ok(url) = survey.page.join(&url) {
                self.add(survey, url, Form::Feed, Found::Advertised(title))
                    .await;
            }
        }
        self.linked(survey, offers).await;
        for url in offers::customary(&survey.page, offers.platform) {
            if has_good(survey) {
                break;
            }
            let found = offers
                .platform
                .map_or(Found::WellKnown, |p| Found::Platform(p.name()));
            self.add(survey, url, Form::Feed, found).await;
        }
    }

    async fn sitemaps(&self, survey: &mut Survey) {
        let live_feed = has_good(survey);
        let named: Vec<Url> = self
            .client
            .sitemaps(&survey.page)
            .iter()
            .filter_map(|line| survey.page.join(line).ok())
            .collect();
        let (mut waiting, found) = match named.is_empty() {
            false => (named, Found::Robots),
            true if live_feed => return,
            true => (offers::customary_sitemaps(&survey.page), Found::WellKnown),
        };
        // Those that speak of news first: a site may name hundreds.
        waiting.sort_by_key(|url| !speaks_of_news(url));
        let most = if live_feed { 1 } else { MOST_SITEMAPS };
        for _ in 0..most {
            if waiting.is_empty() {
                break;
            }
            let url = waiting.remove(0);
            let (finding, children) = self.look(survey, &url, Form::Sitemap, found.clone()).await;
            match children
                .iter()
                .find(|child| speaks_of_news(child))
                .or(children.first())
            {
                // An index: its news sitemap is the source, or what changed last.
                Some(child) => waiting.insert(0, child.clone()),
                None if finding.found.is_named() || finding.judgement.entries > 0 => {
                    survey.findings.push(finding);
                }
                None => {}
            }
        }
    }

    /// Fetches and judges what is not among the findings yet.
    async fn add(&self, survey: &mut Survey, url: Url, form: Form, found: Found) {
        let key = canonicalise(&url);
        let known =
            |f: &Finding| canonicalise(&f.url) == key && (f.form == form || form == Form::Feed);
        if survey.findings.iter().any(known) {
            return;
        }
        let (finding, _) = self.look(survey, &url, form, found).await;
        lists::keep(survey, finding);
    }

    /// Fetches and judges one document; also names the further sitemaps of an index.
    async fn look(
        &self,
        survey: &Survey,
        url: &Url,
        form: Form,
        found: Found,
    ) -> (Finding, Vec<Url>) {
        let response = match self.fetch(url, form, found.is_offered()).await {
            Ok(response) => response,
            Err(reason) => {
                return (
                    self.unreadable(survey, form, found, url, reason),
                    Vec::new(),
                );
            }
        };
        self.seen(survey, (url, form), found, &response).await
    }

    /// Judges one document that was fetched.
    async fn seen(
        &self,
        survey: &Survey,
        (url, form): (&Url, Form),
        found: Found,
        response: &Response,
    ) -> (Finding, Vec<Url>) {
        // A permanent redirect is the address to write down, a temporary one is not.
        let url = response.permanent.as_ref().unwrap_or(url);
        match self.read(survey, form, url, response).await {
            Ok((discovery, children)) => {
                (self.judged(survey, form, found, url, &discovery), children)
            }
            Err(reason) => (
                self.unreadable(survey, form, found, url, reason),
                Vec::new(),
            ),
        }
    }

    /// Reads a document as the source that would be configured for it.
    async fn read(
        &self,
        survey: &Survey,
        form: Form,
        url: &Url,
        response: &Response,
    ) -> Result<(Discovery, Vec<Url>), String> {
        let source = self.source(survey, form, url)?;
        let (sites, response, now) = (self.sites.clone(), response.clone(), self.now);
        let reading = tokio::task::spawn_blocking(move || {
            let view = View {
                source: &source,
                sites: &sites,
                url: &response.final_url,
                content_type: response.content_type.as_deref(),
                now,
            };
            read_document(&view, &response.body)
        });
        reading.await.unwrap_or_else(|_| {
            Err("the document made its parser fail; please report it".to_owned())
        })
    }

    fn source(&self, survey: &Survey, form: Form, url: &Url) -> Result<config::Source, String> {
        let table = block::table(&survey.id, form, url, None, &self.own_hosts());
        config::source_of(&table, &self.sites, &self.fetch).map_err(|problems| {
            let problem = problems.first();
            problem.map_or_else(String::new, |p| p.message.clone())
        })
    }

    fn judged(
        &self,
        survey: &Survey,
        form: Form,
        found: Found,
        url: &Url,
        discovery: &Discovery,
    ) -> Finding {
        let Ok(source) = self.source(survey, form, url) else {
            let reason = "its address cannot stand in the configuration";
            return self.unreadable(survey, form, found, url, reason.to_owned());
        };
        let page_language = survey.language.as_deref();
        let subject = judge::Subject {
            source: &source,
            form,
            found: &found,
            discovery,
            page_language,
        };
        let judgement = judge::judge(subject, self.now);
        let language = judgement.language.as_deref().or(page_language);
        // The family knows its language already.
        let language = language.filter(|_| source.language.is_none());
        Finding {
            table: block::table(&survey.id, form, url, language, &self.own_hosts()),
            url: url.clone(),
            form,
            found,
            judgement,
        }
    }

    fn unreadable(
        &self,
        survey: &Survey,
        form: Form,
        found: Found,
        url: &Url,
        reason: String,
    ) -> Finding {
        Finding {
            table: block::table(&survey.id, form, url, None, &self.own_hosts()),
            url: url.clone(),
            form,
            found,
            judgement: Judgement::unreadable(reason),
        }
    }
}

fn article_addresses(discovery: &Discovery) -> impl Iterator<Item = Url> + '_ {
    discovery
        .candidates
        .iter()
        .filter_map(|c| Url::parse(c.link.as_deref()?).ok())
}

/// Why something was not read, and what to add to the command if it should be.
fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Refused(refusal) => {
            refusal.with_remedy(|host| format!("add --allow-private {host} to the command"))
        }
        other => other.to_string(),
    }
}

/// The pages of the outlet behind a feed or sitemap that is not good enough itself.
fn homes_of(finding: &Finding, response: &Response) -> Vec<Url> {
    let named = finding.judgement.site.as_deref();
    let named = named.and_then(|site| response.final_url.join(site).ok());
    let mut homes: Vec<Url> = named.into_iter().collect();
    homes.extend(response.final_url.join("/"));
    homes.dedup();
    homes
}

/// Writes the page's title into the block of its listing: unlike a feed, a page tells its readers no
/// name of its own.
fn name_listing(survey: &mut Survey) {
    let Some(title) = &survey.title else { return };
    let listing = (survey.findings.iter_mut())
        .find(|f| f.form == Form::Listing && matches!(f.found, Found::Given));
    if let Some(listing) = listing {
        let line = block::setting("title", &one_line(title));
        listing.table.push_str(&(line + "\n"));
    }
}

fn speaks_of_news(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    ["news", "latest", "actu", "recent"]
        .iter()
        .any(|word| path.contains(word))
}

fn has_good(survey: &Survey) -> bool {
    survey.findings.iter().any(|f| f.judgement.worth.is_good())
}

/// The best first; of equals the one nearer to the page, then the one with more articles.
fn rank(survey: &mut Survey) {
    let home = is_home(&survey.page);
    let page = survey.page.path().to_owned();
    survey.findings.sort_by_key(|finding| {
        let apart = match finding.form {
            // The person chose a section: its own feed comes before those of the whole site.
            Form::Feed => !home && !finding.url.path().starts_with(page.trim_end_matches('/')),
            Form::Listing => !home && finding.found != Found::Given,
            Form::Sitemap => false,
        };
        let most = std::cmp::Reverse(match finding.form {
            Form::Listing => finding.judgement.entries,
            _ => 0,
        });
        (finding.judgement.worth, apart, most)
    });
}
