//! The page of an article, or its pages: fetched with the client's manners, taken apart by a worker,
//! joined in order.
//!
//! Must not decide what becomes of an article whose pages cannot be had: [`super::plan`] does.

use std::collections::HashSet;

use url::Url;

use super::article::Due;
use super::plan::{Later, Page, defective, page_of};
use super::{Pipeline, candidates, document};
use crate::config::{BodyFrom, Config, Sites, Source};
use crate::extract::join;
use crate::fetch::{Outcome, Request, Response};
use crate::isolate::{Answer, Broken, Job, Part};
use crate::model::Extracted;
use crate::store::{Pending, StoreError};
use crate::text::url::{Families, canonicalise};
use crate::text::{charset, html};

/// Workers a page may end before it is quarantined.
const MOST_KILLS: u32 = 2;
/// Pages that are joined to one article; what follows is left out, and said.
const MOST_PAGES: u32 = 8;

impl Pipeline {
    /// Fetches and extracts the article, where it has a page to be had.
    pub(super) async fn page(&self, config: &Config, due: &Due) -> Result<Page, StoreError> {
        let Ok(url) = Url::parse(&due.pending.url) else {
            return Ok(Page::Never("the candidate names no page".to_owned()));
        };
        if due.source.body == BodyFrom::Feed {
            return Ok(Page::Never(String::new()));
        }
        match self.page_at(config, due, url, None).await? {
            Ok(first) => self.whole(config, due, first).await,
            Err(page) => Ok(page),
        }
    }

    /// Goes on from an article's first page to its last.
    async fn whole(
        &self,
        config: &Config,
        due: &Due,
        (first, url): (Answer, Url),
    ) -> Result<Page, StoreError> {
        let mut whole = Box::new(first.extracted);
        let mut part = Part {
            first: url.clone(),
            how: whole.how.clone(),
            marks: first.marks.into_iter().collect(),
        };
        let mut read = HashSet::from([canonicalise(&url)]);
        let families = &config.sites.families;
        while let Some(next) = continuation(&whole, &url, families) {
            if !read.insert(canonicalise(&next)) {
                break;
            }
            let place = format!("page {} of the article ({next})", whole.pages + 1);
            if whole.pages >= MOST_PAGES {
                let reason = format!("{place} and what follows it is left out: it is too long");
                return Ok(Page::Part(whole, url, Box::new(Page::Never(reason))));
            }
            let had = self
                .page_at(config, due, next.clone(), Some(part.clone()))
                .await?;
            let (answer, at) = match had {
                Ok(had) => had,
                Err(page) => return Ok(Page::Part(whole, url, Box::new(page.named(&place)))),
            };
            let led_back = at != next && !read.insert(canonicalise(&at));
            if led_back || !continues(&url, &at, families) || answer.extracted.text.is_empty() {
                break;
            }
            part.marks.extend(answer.marks);
            join(&mut whole, answer.extracted, &answer.foot);
        }
        whole.next_page = None;
        Ok(Page::Article(whole, url))
    }

    /// Fetches a page and has it taken apart: the article and the address that answered, or why
    /// there is none.
    async fn page_at(
        &self,
        config: &Config,
        due: &Due,
        url: Url,
        part: Option<Part>,
    ) -> Result<Result<(Answer, Url), Page>, StoreError> {
        let mut request = Request::new(url, document::PAGE);
        request.source = due.source.page_terms.clone();
        let response = match self.client.fetch(&request).await {
            Outcome::Body(response) => *response,
            other => return Ok(Err(page_of(other))),
        };
        let job = job(config, due, &response, part);
        let url = response.final_url;
        Ok(match self.extractor.extract(job).await {
            Ok(answer) => match answer.defect {
                None => Ok((answer, url)),
                Some(defect) => Err(defective(defect)),
            },
            Err(broken) => Err(self.broken(&due.pending, &broken).await?),
        })
    }

    /// A page that ended its worker is tried once more; the second time it is left alone for good.
    async fn broken(&self, pending: &Pending, broken: &Broken) -> Result<Page, StoreError> {
        let reason = broken.to_string();
        if matches!(broken, Broken::Start(_)) {
            return Ok(Page::Later(Later::answered(reason)));
        }
        let id = pending.id;
        let kills = self.store.write(move |w| w.count_kill(id)).await?;
        tracing::warn!(article = %id, url = %pending.url, kills, "{reason}");
        Ok(if kills < MOST_KILLS {
            Page::Later(Later::answered(reason))
        } else {
            Page::Never(format!("{reason}, twice: it is quarantined"))
        })
    }
}

/// What a worker is told about a page. The feed speaks of the article's beginning only.
fn job(config: &Config, due: &Due, response: &Response, part: Option<Part>) -> Job {
    let candidate = &due.pending.candidate;
    let begins = part.is_none();
    Job {
        title: candidate.title.clone(),
        teaser: (candidate.summary.as_deref())
            .filter(|_| begins)
            .map(html::plain),
        content: candidate.content.clone().filter(|_| begins),
        published: candidate.published,
        boilerplate: due.repeated.as_ref().clone(),
        part,
        ..response_alone(config, Some(&due.source), response)
    }
}

/// What a worker is told about an answer of which nothing is known but its outlet.
pub(super) fn response_alone(config: &Config, source: Option<&Source>, response: &Response) -> Job {
    let media = response.content_type.as_deref();
    let html = charset::decode(&response.body, media, charset::Kind::Html).text;
    page_alone(&config.sites, source, response.final_url.clone(), html)
}

/// What a worker is told about a page of which nothing is known but its outlet.
pub fn page_alone(sites: &Sites, source: Option<&Source>, url: Url, html: String) -> Job {
    let of_page = sites.families.of(&url);
    let family = of_page.map(|f| &f.id);
    let family = family.or_else(|| source.and_then(|s| s.family.as_ref()));
    let own = source.and_then(|s| s.language.as_deref());
    Job {
        html,
        title: None,
        teaser: None,
        content: None,
        published: None,
        timezone: (source.and_then(|s| s.timezone)).or(of_page.and_then(|f| f.timezone)),
        language: own
            .or(of_page.and_then(|f| f.language.as_deref()))
            .map(str::to_owned),
        boilerplate: HashSet::new(),
        site: family.and_then(|f| sites.written.get(f).cloned()),
        part: None,
        routes: false,
        url,
    }
}

/// The next page that an article names, where it may be one: [`continues`].
fn continuation(article: &Extracted, first: &Url, families: &Families) -> Option<Url> {
    let next = Url::parse(article.next_page.as_deref()?).ok()?;
    continues(first, &next, families).then_some(next)
}

/// Whether an address may be a page of the article: of the same registrable domain and family, and
/// not, by the outlet's own ids, another article.
fn continues(first: &Url, next: &Url, families: &Families) -> bool {
    let family = |url| families.of(url).map(|family| &family.id);
    let id = |url| families.of(url).and_then(|family| family.outlet_id(url));
    let same_id = match (id(first), id(next)) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    candidates::domain(first) == candidates::domain(next)
        && family(first) == family(next)
        && same_id
        && matches!(next.scheme(), "http" | "https")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::url::FamilySpec;

    #[test]
    fn a_next_page_is_of_the_same_domain_family_and_id() {
        let spec = |id: &str, hosts: &[&str], key: &str| FamilySpec {
            id: id.to_owned(),
            hosts: hosts.iter().map(|h| (*h).to_owned()).collect(),
            key: vec![key.to_owned()],
            ..FamilySpec::default()
        };
        let families = Families::compile(&[
            spec(
                "a",
                &["fr.journal-a.org", "es.journal-a.org"],
                r"/c_(\d+)(?:_\d+)?\.htm$",
            ),
            spec("b", &["blog.journal-a.org"], r"/(\d+)$"),
        ])
        .expect("the families of the test compile");
        let url = |text: &str| Url::parse(text).expect("a literal address");
        let first = url("https://fr.journal-a.org/c_1.htm");
        for (next, expected) in [
            ("https://fr.journal-a.org/c_1_2.htm", true),
            ("https://es.journal-a.org/c_1_2.htm", true),
            ("https://fr.journal-a.org/suite", true),
            ("https://fr.journal-a.org/c_2.htm", false),
            ("https://www.journal-a.org/c_1_2.htm", false),
            ("https://blog.journal-a.org/1", false),
            ("https://journal-b.org/c_1_2.htm", false),
            ("ftp://fr.journal-a.org/c_1_2.htm", false),
        ] {
            assert_eq!(continues(&first, &url(next), &families), expected, "{next}");
        }
    }
}
