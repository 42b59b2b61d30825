//! Which blocks of a page are the article, where no rule says so.
//!
//! Independent extractors are asked, what they say of each piece of the page is weighed with the
//! page's own signs ([`super::score`]), and the article is taken out of the page's own blocks, so
//! that links and pictures stay whatever the extractors drop. Must not know how they work.

use std::collections::HashSet;

use super::blocks::Proposal;
use super::page::Page;
use super::routes::{Extractor, Shown};
use super::score::{self, Piece, Vote};
use super::{PageContext, Route, whole};
use crate::text::html::hints;
use crate::text::html::outline::{Block, Outline};
use crate::text::html::{self, render};

/// The blocks chosen, and what was proposed.
#[derive(Debug, Default)]
pub(super) struct Choice {
    /// The blocks of the article.
    pub(super) blocks: Vec<Block>,
    /// How far the extractors agree, 0 to 1.
    pub(super) agreement: Option<f64>,
    /// The proposals.
    pub(super) routes: Vec<Route>,
    /// Which route gave the blocks.
    pub(super) how: String,
}

/// A text that somebody takes for the article.
struct Candidate {
    name: &'static str,
    text: String,
    proposal: Proposal,
    /// Mean likeness to the other extractors.
    trust: f64,
}

/// Fewest characters of a text that counts as a body.
const ENOUGH: usize = 140;

/// Chooses the article's blocks of a page.
pub(super) fn choose(page: &Page, ctx: &PageContext<'_>) -> Choice {
    let asked = ask(page, ctx);
    let told = told(page, ctx);
    let outline = page.outline();
    let pieces = score::pieces(outline);
    let mut votes = votes(&pieces, &asked);
    add_told(&pieces, &asked, &told, (page, ctx), &mut votes);
    let rescued = score::rescue(outline, &pieces, &mut votes);
    let scores = score::scores(outline, &pieces, &votes);
    let mut taken: Vec<bool> = scores.iter().map(|s| *s > 0.0).collect();
    let mut how = if rescued {
        "generic:rescued"
    } else {
        "generic"
    };
    let length = |taken: &[bool]| -> usize {
        pieces
            .iter()
            .zip(taken)
            .filter(|(_, t)| **t)
            .map(|(p, _)| p.words.len())
            .sum()
    };
    if length(&taken) * 6 < ENOUGH {
        taken = votes.iter().map(|v| v.mean > 0.5).collect();
        how = "generic:votes";
    }
    whole::complete(outline, &pieces, &mut taken);
    let mut blocks = gather(outline, &pieces, &taken);
    if length(&taken) * 6 < ENOUGH
        && let Some(body) = told
            .iter()
            .filter(|c| c.text.len() >= ENOUGH)
            .max_by_key(|c| c.text.len())
    {
        blocks = blocks_of(&body.text, page);
        how = body.name;
    }
    let count = asked.len().max(1) as f64;
    let agreement = asked.iter().map(|c| c.trust).sum::<f64>() / count;
    Choice {
        agreement: Some(agreement),
        routes: proposals(asked, told, &blocks),
        blocks,
        how: how.to_owned(),
    }
}

/// Likeness from which on two extractors need no third.
const AGREED: f64 = 0.9;

/// Asks the extractors: two that work differently, and a third where they disagree.
fn ask(page: &Page, ctx: &PageContext<'_>) -> Vec<Candidate> {
    let mut shown = Shown::new(page, ctx.url);
    let mut candidate = |extractor: Extractor| named(extractor.name(), shown.to(extractor));
    let mut out = vec![
        candidate(Extractor::Precision),
        candidate(Extractor::Readability),
    ];
    let agree = match out.as_slice() {
        [a, b] => a.proposal.likeness(&b.proposal),
        _ => 0.0,
    };
    if agree < AGREED {
        out.push(candidate(Extractor::Recall));
    }
    let trust: Vec<f64> = (0..out.len())
        .map(|i| {
            let mine = out.get(i);
            let others = out.iter().enumerate().filter(|(j, _)| *j != i);
            let sum: f64 = others
                .filter_map(|(_, o)| mine.map(|m| m.proposal.likeness(&o.proposal)))
                .sum();
            sum / (out.len() - 1).max(1) as f64
        })
        .collect();
    for (candidate, trust) in out.iter_mut().zip(trust) {
        candidate.trust = trust;
    }
    out
}

fn named(name: &'static str, text: String) -> Candidate {
    Candidate {
        name,
        proposal: Proposal::new(&text),
        text,
        trust: 0.0,
    }
}

/// Bodies that the page or the feed states outright.
fn told(page: &Page, ctx: &PageContext<'_>) -> Vec<Candidate> {
    let described = page
        .described
        .as_ref()
        .and_then(|d| d.body.as_deref())
        .map(html::to_text);
    let microdata = page.head.bodies.iter().max_by_key(|b| b.len()).cloned();
    let feed = ctx.hint.content.map(html::to_text);
    [
        ("json-ld", described),
        ("microdata", microdata),
        ("feed", feed),
    ]
    .into_iter()
    .filter_map(|(name, text)| text.map(|t| named(name, t)))
    .filter(|c| !c.text.is_empty())
    .collect()
}

fn votes(pieces: &[Piece], asked: &[Candidate]) -> Vec<Vote> {
    let total: f64 = asked.iter().map(|c| c.trust).sum();
    pieces
        .iter()
        .map(|piece| {
            let held: Vec<f32> = asked
                .iter()
                .map(|c| c.proposal.holds(&piece.words))
                .collect();
            let weighed: f64 = held
                .iter()
                .zip(asked)
                .map(|(h, c)| f64::from(*h) * c.trust)
                .sum();
            let mean = if total > 0.0 {
                (weighed / total) as f32
            } else {
                0.0
            };
            Vote {
                mean: if total > 0.0 {
                    mean
                } else {
                    held.iter().sum::<f32>() / held.len().max(1) as f32
                },
                all: held.iter().all(|h| *h > 0.5),
                none: held.iter().all(|h| *h < 0.5),
                extra: 0.0,
            }
        })
        .collect()
}

/// How much a piece gains that a trusted body holds, or loses that it does not hold.
const TOLD: f32 = 1.5;
/// How much a piece gains that the feed's teaser quotes.
const TEASED: f32 = 2.5;
/// How much the page's own description adds to the piece it was taken from: mostly the lead.
const LED: f32 = 1.5;

/// Weighs in what was told: a stated body only where it is as long as the extractors' and like
/// them (it is often cut), the teaser always.
fn add_told(
    pieces: &[Piece],
    asked: &[Candidate],
    told: &[Candidate],
    source: (&Page, &PageContext<'_>),
    votes: &mut [Vote],
) {
    let (page, ctx) = source;
    let best = asked.iter().max_by(|a, b| a.trust.total_cmp(&b.trust));
    for body in told {
        let agrees = body.text.len() >= 300
            && best.is_some_and(|b| {
                body.proposal.words * 10 >= b.proposal.words * 7
                    && b.proposal.likeness(&body.proposal) > 0.6
            });
        if agrees && body.name != "microdata" {
            for (piece, vote) in pieces.iter().zip(votes.iter_mut()) {
                vote.extra += TOLD * (2.0 * body.proposal.holds(&piece.words) - 1.0);
            }
        }
    }
    let stated = page
        .head
        .meta_named(&["og:description", "description", "twitter:description"]);
    for (teaser, weight, part) in [(ctx.hint.teaser, TEASED, 0.3), (stated, LED, 0.5)] {
        let Some(teaser) = teaser.filter(|t| t.len() >= 40).map(Proposal::new) else {
            continue;
        };
        for (piece, vote) in pieces.iter().zip(votes.iter_mut()) {
            if piece.words.len() >= 8 && !piece.is_listed && teaser.holds(&piece.words) > part {
                vote.extra += weight;
            }
        }
    }
}

/// The blocks of the pieces taken, with the pictures among them and those pictures' captions.
fn gather(outline: &Outline, pieces: &[Piece], taken: &[bool]) -> Vec<Block> {
    let mut state = vec![None; outline.blocks.len()];
    for (piece, taken) in pieces.iter().zip(taken) {
        for index in piece.blocks.clone() {
            if let Some(slot) = state.get_mut(index) {
                *slot = Some(*taken);
            }
        }
    }
    take_empty_cells(outline, &mut state);
    let first = state.iter().position(|s| *s == Some(true)).unwrap_or(0);
    let last = state.iter().rposition(|s| *s == Some(true)).unwrap_or(0);
    let mut out: Vec<Block> = Vec::new();
    let mut figure = 0;
    for (index, block) in outline.blocks.iter().enumerate() {
        let own_figure = block
            .path
            .iter()
            .find(|c| c.tag == "figure")
            .map_or(0, |c| c.id);
        let caption = block.path.iter().any(|c| c.tag == "figcaption");
        if state.get(index) == Some(&Some(true)) {
            out.push(block.clone());
        } else if caption && own_figure == figure && figure != 0 {
            out.push(Block {
                silent: true,
                ..block.clone()
            });
        } else if is_picture(outline, block) && index + 3 > first && index <= last {
            figure = own_figure;
            out.push(block.clone());
        }
    }
    out
}

/// Takes the cells without words of the rows that are taken: without them the others would stand in
/// other columns.
fn take_empty_cells(outline: &Outline, state: &mut [Option<bool>]) {
    let row = |block: &Block| block.path.iter().rfind(|c| c.tag == "tr").map(|c| c.id);
    let blocks = || outline.blocks.iter().zip(0..);
    let rows: HashSet<u32> = blocks()
        .filter(|(_, n)| state.get(*n) == Some(&Some(true)))
        .filter_map(|(block, _)| row(block))
        .collect();
    for (block, n) in blocks() {
        let is_of_row = row(block).is_some_and(|row| rows.contains(&row));
        if let Some(slot @ None) = state.get_mut(n)
            && is_of_row
        {
            *slot = Some(true);
        }
    }
}

/// Whether a block only shows something, in no part of the page that is not the article.
fn is_picture(outline: &Outline, block: &Block) -> bool {
    const ELSEWHERE: hints::Marks = hints::NAVIGATION
        | hints::FOOTER
        | hints::ASIDE
        | hints::RELATED
        | hints::SHARE
        | hints::ADVERTISING
        | hints::SUBSCRIBE
        | hints::COMMENTS
        | hints::BIOGRAPHY
        | hints::CONTROL;
    let shows = (block.run.media > 0 && block.run.text.is_empty()) || block.silent;
    shows
        && outline
            .scopes
            .get(block.node)
            .is_none_or(|s| s.all & ELSEWHERE == 0)
}

/// The blocks of a stated text.
fn blocks_of(text: &str, page: &Page) -> Vec<Block> {
    page.fragment(&html::from_text(text)).blocks
}

fn proposals(asked: Vec<Candidate>, told: Vec<Candidate>, chosen: &[Block]) -> Vec<Route> {
    let chosen = Proposal::new(&render::to_text(chosen));
    asked
        .into_iter()
        .chain(told)
        .map(|c| Route {
            how: c.name.to_owned(),
            length: c.text.chars().count(),
            score: chosen.likeness(&c.proposal),
            text: c.text,
        })
        .collect()
}
