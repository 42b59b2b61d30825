//! When an article was published and changed.
//!
//! Must not take a reader's date or a related article's: what the address says wins over a date
//! that is far from it.

use chrono::{DateTime, Datelike, Duration, NaiveTime, Timelike, Utc};
use chrono_tz::Tz;
use regex::{Captures, Regex};

use super::PageContext;
use super::locator::Locator;
use super::moment::{Moment, parts};
use super::page::Page;
use super::title;
use crate::text::dates;

const PUBLISHED: &[&str] = &[
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "date.published",
    "publishdate",
    "publish-date",
    "publish_date",
    "published_time",
    "article:published",
    "og:published_time",
    "pubdate",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.created",
    "dc.date.created",
    "dcterms.date",
    "dc.date",
    "dcterms.issued",
    "article.published",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "citation_publication_date",
    "citation_date",
    "date",
    "article_date_original",
    "originalpublicationdate",
    "article:created",
    "rnews:datepublished",
    "bt:pubdate",
    "last-publish-date",
    "created",
    "release_date",
    "rbpubdate",
];
const MODIFIED: &[&str] = &[
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "lastmod",
    "last-modified",
    "dcterms.modified",
    "article:modified",
    "dc.date.modified",
    "revised",
];

/// The date of publication, with the time of day where it is stated.
pub(super) fn published(page: &Page, ctx: &PageContext<'_>) -> Option<DateTime<Utc>> {
    let by_url = ctx
        .rule
        .and_then(|r| r.url_date.as_ref())
        .and_then(|regex| url_date(regex, ctx));
    let by_rule = ctx
        .rule
        .and_then(|rule| dated(page, ctx, &rule.date, by_url));
    if let Some(date) = by_rule {
        // A date far from the address's is a reader's or a related article's.
        let agrees = by_url.is_none_or(|url| (date - url).abs() <= Duration::hours(48));
        return if agrees { Some(date) } else { by_url };
    }
    by_url
        .or_else(|| generic_published(page, ctx))
        .or(ctx.hint.published)
}

/// The date of a page without a rule.
fn generic_published(page: &Page, ctx: &PageContext<'_>) -> Option<DateTime<Utc>> {
    let head = &page.head;
    let parse = |text: &str| read_date(text, ctx);
    page.described
        .as_ref()
        .and_then(|d| d.published.as_deref())
        .and_then(parse)
        .or_else(|| {
            PUBLISHED
                .iter()
                .find_map(|name| head.meta_named(&[name]).and_then(parse))
        })
        .or_else(|| head.property("datePublished").find_map(parse))
        .or_else(|| timed(page, ctx, Moment::Published))
        .or_else(|| timed(page, ctx, Moment::Unsaid))
        .or_else(|| head.property("dateCreated").find_map(parse))
        .or_else(|| day_of(page, ctx).map(|day| on_day(day, page, ctx)))
        .or_else(|| dated_line(page, ctx, Moment::Published))
        .or_else(|| modified(page, ctx))
        .or_else(|| dated_line(page, ctx, Moment::Modified))
}

/// The date of the last change.
pub(super) fn modified(page: &Page, ctx: &PageContext<'_>) -> Option<DateTime<Utc>> {
    let by_rule = ctx
        .rule
        .and_then(|rule| dated(page, ctx, &rule.modified, None));
    by_rule
        .or_else(|| {
            page.described
                .as_ref()?
                .modified
                .as_deref()
                .and_then(|t| read_date(t, ctx))
        })
        .or_else(|| {
            MODIFIED.iter().find_map(|name| {
                page.head
                    .meta_named(&[name])
                    .and_then(|t| read_date(t, ctx))
            })
        })
        .or_else(|| {
            page.head
                .property("dateModified")
                .find_map(|t| read_date(t, ctx))
        })
        .or_else(|| timed(page, ctx, Moment::Modified))
        .or_else(|| {
            // A site rule says where it stands, if it stands in the text: reading all of the page is dear.
            let by_rule = ctx.rule.is_some();
            (!by_rule).then(|| byline_date(page, ctx, Moment::Modified))?
        })
}

/// The date of the first `time` element that is not another article's.
fn timed(page: &Page, ctx: &PageContext<'_>, of: Moment) -> Option<DateTime<Utc>> {
    let mut times = page.head.times.iter().filter(|time| time.of == of);
    let first = times.find(|time| !time.elsewhere)?;
    read_date(&first.stated, ctx)
}

/// Reads a date as stated: any form that is known, or seconds or milliseconds since 1970.
fn read_date(text: &str, ctx: &PageContext<'_>) -> Option<DateTime<Utc>> {
    dates::parse(text, ctx.timezone)
        .or_else(|| dates::find(text, ctx.timezone))
        .filter(|d| d.year() >= 1990)
}

fn dated(
    page: &Page,
    ctx: &PageContext<'_>,
    locators: &[Locator],
    url: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    locators.iter().find_map(|locator| {
        if let Some(regex) = locator
            .regex
            .as_ref()
            .filter(|r| r.capture_names().flatten().next().is_some())
        {
            let lines = page.lines();
            return locator
                .first_text(&page.tree, lines)
                .iter()
                .find_map(|text| regex.captures(text))
                .and_then(|c| named_date(&c, ctx, url));
        }
        let lines = if locator.regex.is_some() {
            page.lines()
        } else {
            ""
        };
        locator
            .all(&page.tree, lines)
            .iter()
            .find_map(|text| read_date(text, ctx))
    })
}

/// A date out of named captures; what is missing of its day comes from the address.
fn named_date(
    captures: &Captures<'_>,
    ctx: &PageContext<'_>,
    url: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    let number = |name: &str| {
        captures
            .name(name)
            .and_then(|m| m.as_str().parse::<u32>().ok())
    };
    let local = url.map(|u| match ctx.timezone {
        Some(zone) => u.with_timezone(&zone).date_naive(),
        None => u.date_naive(),
    });
    let year = number("year")
        .map(|y| if y < 100 { 2000 + y as i32 } else { y as i32 })
        .or(local.map(|d| d.year()))?;
    let month = number("month").or(local.map(|d| d.month()))?;
    let day = number("day").or(local.map(|d| d.day()))?;
    let (hour, minute, second) = (
        number("hour").unwrap_or(0),
        number("minute").unwrap_or(0),
        number("second").unwrap_or(0),
    );
    let text = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}");
    dates::parse(&text, ctx.timezone)
}

fn url_date(regex: &Regex, ctx: &PageContext<'_>) -> Option<DateTime<Utc>> {
    let captures = regex.captures(ctx.url.as_str())?;
    let part = |name: &str, index: usize| {
        captures
            .name(name)
            .or_else(|| captures.get(index))
            .map(|m| m.as_str())
    };
    let text = format!(
        "{}-{:0>2}-{:0>2}",
        part("year", 1)?,
        part("month", 2)?,
        part("day", 3)?
    );
    dates::parse(&text, ctx.timezone)
}

/// The day in the address.
fn address_date(ctx: &PageContext<'_>) -> Option<DateTime<Utc>> {
    let day = dates::days_in(ctx.url.path()).next()?;
    dates::local(day.and_time(NaiveTime::MIN), ctx.timezone)
}

/// The date in the address, else near the title.
fn day_of(page: &Page, ctx: &PageContext<'_>) -> Option<DateTime<Utc>> {
    address_date(ctx)
        .or_else(|| byline_date(page, ctx, Moment::Published))
        .or_else(|| byline_date(page, ctx, Moment::Unsaid))
}

/// A day with the time that a `time` element has of it: themes call the date of publication
/// `updated`, as hAtom asks them to.
fn on_day(day: DateTime<Utc>, page: &Page, ctx: &PageContext<'_>) -> DateTime<Utc> {
    let local = day.with_timezone(&ctx.timezone.unwrap_or(Tz::UTC));
    let whole = local.num_seconds_from_midnight() == 0;
    timed(page, ctx, Moment::Modified)
        .filter(|time| whole && *time >= day && *time - day < Duration::days(1))
        .unwrap_or(day)
}

/// Longest line that is read for a date wherever it stands, in bytes.
const LONGEST_LINE: usize = 80;

/// A date in a short line of the article that says what it is the date of, wherever it stands.
fn dated_line(page: &Page, ctx: &PageContext<'_>, of: Moment) -> Option<DateTime<Utc>> {
    let lines = page.own_lines();
    first_date(lines.filter(|l| l.len() <= LONGEST_LINE), of, ctx)
}

/// A date written near the title, in a short line that says what it is the date of: `Publié le 3
/// mars 2026 à 10h05, mis à jour le 4 mars`.
fn byline_date(page: &Page, ctx: &PageContext<'_>, of: Moment) -> Option<DateTime<Utc>> {
    first_date(title::near(page).into_iter(), of, ctx)
}

fn first_date<'a>(
    lines: impl Iterator<Item = &'a str>,
    of: Moment,
    ctx: &PageContext<'_>,
) -> Option<DateTime<Utc>> {
    lines
        .filter(|line| line.bytes().any(|b| b.is_ascii_digit()))
        .flat_map(parts)
        .filter(|(said, _)| *said == of)
        .filter_map(|(_, part)| dates::find(part, ctx.timezone))
        .find(|date| date.year() >= 1990)
}
