//! The way from a page to an article, readable top to bottom.
//!
//! Guard, parse, site rule or generic choice, polish, metadata, quality. Must not hold knowledge
//! of its own: each step stands in its file.

use super::choose::{self, Choice};
use super::page::Page;
use super::site::SiteRule;
use super::{Extraction, PageContext, Route, metadata, paging, polish, quality, title};
use crate::model::{Defect, Extracted, Warning};
use crate::text::html::{self, guard, outline::Block, render};
use scraper::ElementRef;

/// Extracts the article of a page. Never fails: a page that gives none comes back with a
/// [`Defect`], and with the feed's own text when there is one.
pub fn extract(html: &str, ctx: &PageContext<'_>) -> Extraction {
    if let Err(refusal) = guard::inspect(html) {
        let mut out = from_feed(ctx);
        out.warnings.push(Warning::new(
            "page",
            format!("{refusal}: the page is not parsed"),
        ));
        return Extraction {
            extracted: out,
            defect: Some(Defect::Hostile),
            ..Extraction::default()
        };
    }
    let strip = ctx.rule.map(|r| r.strip.as_slice()).unwrap_or_default();
    let page = Page::parse(html, ctx.url, strip);
    let mut out = Extracted {
        agency: ctx
            .rule
            .and_then(|rule| metadata::stated(&page, &rule.agency)),
        title: title::find(&page, ctx),
        pages: 1,
        ..Extracted::default()
    };
    let choice = chosen(&page, ctx);
    let (given, given_html) = (
        render::to_text(&choice.blocks),
        render::to_html(&choice.blocks),
    );
    let mut blocks = polish::polish(choice.blocks, ctx, &mut out);
    out.text = render::to_text(&blocks);
    out.untouched = (given != out.text).then(|| html::seal(&given_html));
    out.html = html::seal(&render::to_html(&blocks));
    out.how = choice.how;
    out.agreement = choice.agreement;
    metadata::fill(&page, ctx, &mut out);
    let mut foot = Vec::new();
    let defect = quality::judge(&page, ctx, &blocks, &out);
    if let Some(defect) = defect {
        stand_in(&mut out, defect, ctx);
    } else if let Some(part) = ctx.part {
        (blocks, foot) = paging::new_blocks(blocks, part.marks);
        out.text = render::to_text(&blocks);
        out.html = html::seal(&render::to_html(&blocks));
    }
    let marks = out.next_page.as_ref().map(|_| paging::marks(&blocks));
    Extraction {
        extracted: out,
        defect,
        candidates: choice.routes,
        marks: marks.unwrap_or_default(),
        foot,
    }
}

/// The article's blocks: by the site rule, else by agreement; the continuation of an article by
/// the route that its first page took.
fn chosen(page: &Page, ctx: &PageContext<'_>) -> Choice {
    let by_rule = |least| ctx.rule.and_then(|rule| by_rule(page, rule, least));
    match ctx.part {
        Some(part) if part.how.starts_with("site:") => by_rule(1).unwrap_or_default(),
        Some(_) => choose::choose(page, ctx),
        None => {
            let least = ctx.rule.map_or(0, |rule| rule.min_length);
            by_rule(least).unwrap_or_else(|| choose::choose(page, ctx))
        }
    }
}

/// Puts the feed's own text in the place of one that is not the article; a paywall's teaser stays
/// where it says more.
fn stand_in(out: &mut Extracted, defect: Defect, ctx: &PageContext<'_>) {
    let feed = from_feed(ctx);
    let longer = feed.text.len() >= out.text.len();
    if feed.text.is_empty() || (defect == Defect::Paywall && !longer) {
        return;
    }
    out.text = feed.text;
    out.html = feed.html;
    out.untouched = None;
    out.how = feed.how;
    out.title = feed.title.or(out.title.take());
    out.published = feed.published.or(out.published);
    out.agreement = None;
}

/// The body where the site rule says it stands; nothing when no selector finds enough text.
fn by_rule(page: &Page, rule: &SiteRule, least: usize) -> Option<Choice> {
    for body in &rule.body {
        let mut found: Vec<ElementRef<'_>> = Vec::new();
        for element in page.tree.select(&body.css) {
            let inside = found
                .iter()
                .any(|f| element.ancestors().any(|a| a.id() == f.id()));
            if !inside {
                found.push(element);
            }
        }
        if body.longest {
            found = found
                .into_iter()
                .max_by_key(|e| e.text().map(str::len).sum::<usize>())
                .into_iter()
                .collect();
        }
        let blocks: Vec<Block> = page.outline_of(&found).blocks;
        let length: usize = blocks.iter().map(|b| b.run.text.chars().count()).sum();
        if length >= least {
            let how = format!("site:{}", rule.family);
            let route = Route {
                how: how.clone(),
                length,
                score: 1.0,
                text: render::to_text(&blocks),
            };
            return Some(Choice {
                blocks,
                agreement: None,
                routes: vec![route],
                how,
            });
        }
    }
    None
}

/// The feed's own text as an article.
fn from_feed(ctx: &PageContext<'_>) -> Extracted {
    let html = match (ctx.hint.content, ctx.hint.teaser) {
        (Some(content), _) => html::clean(content, Some(ctx.url)),
        (None, Some(teaser)) => html::from_text(teaser),
        (None, None) => String::new(),
    };
    Extracted {
        title: ctx.hint.title.map(html::plain),
        text: html::to_text(&html),
        html,
        published: ctx.hint.published,
        how: "feed".to_owned(),
        ..Extracted::default()
    }
}
