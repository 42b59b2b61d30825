//! The last look at an article's paragraphs, whichever route they came by.
//!
//! What the site rule, the source's repetitions and the conventions of the press say is no text
//! goes; datelines and credits become metadata. Must not look at the page around the article.

use std::sync::LazyLock;

use regex::Regex;

use super::PageContext;
use super::authors;
use super::blocks;
use super::site::SiteRule;
use crate::model::{Extracted, Person};
use crate::text::html::cut;
use crate::text::html::outline::{Block, Kind};
use crate::text::press::{self, Credit};

/// Cleans the blocks of an article and moves what they say about it into `out`.
pub(super) fn polish(
    mut blocks: Vec<Block>,
    ctx: &PageContext<'_>,
    out: &mut Extracted,
) -> Vec<Block> {
    if let Some(rule) = ctx.rule {
        blocks = by_rule(blocks, rule);
    }
    blocks.retain(|b| b.run.text.is_empty() || !(ctx.boilerplate)(&b.run.text));
    blocks = after_title(blocks, out.title.as_deref());
    blocks = once(blocks);
    blocks.retain(|b| !is_invitation(b));
    credits(&mut blocks, out);
    furniture(&mut blocks);
    dateline(&mut blocks, out);
    end_mark(&mut blocks);
    while blocks
        .last()
        .is_some_and(|b| matches!(b.kind, Kind::Heading(_)))
    {
        blocks.pop();
    }
    blocks.retain(|b| !b.run.html.is_empty() || b.path.iter().any(|c| c.tag == "tr"));
    blocks
}

fn by_rule(blocks: Vec<Block>, rule: &SiteRule) -> Vec<Block> {
    let matches = |list: &[Regex], b: &Block| list.iter().any(|r| r.is_match(&b.run.text));
    let half = blocks.len().div_ceil(2);
    let start = blocks
        .iter()
        .take(half)
        .rposition(|b| matches(&rule.start_after, b))
        .map_or(0, |n| n + 1);
    let stop = blocks
        .iter()
        .skip(start)
        .position(|b| matches(&rule.stop_at, b))
        .map_or(blocks.len(), |n| start + n);
    let mut kept: Vec<Block> = blocks
        .into_iter()
        .take(stop)
        .skip(start)
        .filter(|b| !matches(&rule.strip_text, b))
        .collect();
    if rule.twice {
        kept = first_copy(kept);
    }
    for block in &mut kept {
        for regex in &rule.cut {
            // Each cut shortens the text, so this ends.
            while let Some(found) = regex
                .find(&block.run.text)
                .map(|m| m.range())
                .filter(|r| !r.is_empty())
            {
                block.run = cut::without(&block.run, &found);
            }
        }
    }
    kept
}

/// Blocks among which the printed title is looked for.
const HEAD: usize = 16;

/// What follows the printed title: the title stands beside the body, and what is printed before it
/// belongs to the page.
fn after_title(mut blocks: Vec<Block>, title: Option<&str>) -> Vec<Block> {
    let title = blocks::words(title.unwrap_or_default());
    let head = blocks.len().div_ceil(2).min(HEAD);
    let printed = blocks
        .iter()
        .take(head)
        .rposition(|b| !title.is_empty() && blocks::words(&b.run.text) == title);
    if let Some(printed) = printed {
        let before = blocks
            .iter()
            .take(printed)
            .map(|b| blocks::words(&b.run.text).len());
        // Paragraphs before it are text: then the title is repeated within the article.
        if before.max().unwrap_or(0) < LONG {
            blocks.drain(..=printed);
        }
    }
    blocks
}

/// The blocks before the first long paragraph is printed again: the second copy goes whole, its
/// short paragraphs too.
fn first_copy(mut blocks: Vec<Block>) -> Vec<Block> {
    let words: Vec<Vec<u64>> = blocks.iter().map(|b| blocks::words(&b.run.text)).collect();
    let Some(first) = words.iter().position(|w| w.len() >= LONG) else {
        return blocks;
    };
    let again = words
        .iter()
        .skip(first + 1)
        .position(|w| Some(w) == words.get(first))
        .map(|n| first + 1 + n);
    if let Some(again) = again {
        // What stands before the first paragraph stands before its copy, too.
        let head = (0..first.min(again))
            .rev()
            .take_while(|n| words.get(*n) == words.get(again - first + n))
            .count();
        blocks.truncate(again - head);
    }
    blocks
}

/// Fewest words of a paragraph that is kept once.
const LONG: usize = 12;
/// From which part on a paragraph is a repetition.
const REPEATED: f32 = 0.85;

/// Drops what stands in the article more than once: long paragraphs, however far apart, so that an
/// article printed twice is kept once, and so is a caption that every picture repeats.
fn once(blocks: Vec<Block>) -> Vec<Block> {
    let mut read = blocks::Memory::default();
    blocks
        .into_iter()
        .filter(|b| {
            let words = blocks::words(&b.run.text);
            let row = b.path.iter().any(|c| c.tag == "tr");
            words.len() < LONG || row || b.silent || read.repeats(&words) < REPEATED
        })
        .collect()
}

/// Paragraphs that send the reader elsewhere, by how they begin.
static ELSEWHERE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^[\s>»→▶•\[(*-]*(?:(?:à|a)\s+(?:lire|voir|écouter|découvrir)\s+(?:aussi|également|en\s+\p{L}+)|lire\s+(?:aussi|également|la\s+suite)|lisez\s+aussi|",
        r"voir\s+aussi|(?:sur|dans)\s+le\s+même\s+(?:sujet|thème)|pour\s+aller\s+plus\s+loin|nos\s+articles\s+liés|la\s+rédaction\s+vous\s+(?:conseille|recommande|propose)|articles?\s+liés?|",
        r"read\s+(?:more|also|next|the\s+full)|also\s+read|more\s+(?:from|on\s+this|stories)|related(?:\s+(?:articles?|stories|posts?|content|coverage|news|topics?))?\s*:?\s*$|",
        r"related\s*:|related\s+(?:articles?|stories)\s*:|see\s+also|recommended(?:\s+for\s+you)?\s*[:\n]|you\s+(?:may|might)\s+also\s+(?:like|enjoy|be\s+interested)|don[’']t\s+miss\s*[:\n]|",
        r"lesen\s+sie\s+(?:auch|mehr)|auch\s+lesen|mehr\s+(?:zum\s+thema|dazu|themen)|weiterlesen|auch\s+interessant|das\s+(?:thema\s+)?könnte\s+(?:sie|dich)|meist(?:gelesene|diskutierte)|",
        r"(?:lea|lee|leer|vea|ver|mira)\s+(?:también|más)|puedes\s+ver|más\s+sobre|te\s+puede\s+interesar|le\s+puede\s+interesar|noticias?\s+relacionadas?|",
        r"leggi\s+anche|leia\s+(?:também|mais)|veja\s+também|читайте\s+также|czytaj\s+(?:też|więcej|także)|dowiedz\s+się\s+więcej|zobacz\s+także)"
    ))
    .expect("a literal pattern")
});

/// Sentences about the page itself, which say the same on every page of an outlet.
static SERVICE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?:never\s+miss\s+(?:a|the|our)\s+.{0,60}(?:news|stor|updat)|en\s+poursuivant\s+votre\s+navigation|(?:ce|notre)\s+site\s+utilise\s+des\s+cookies|this\s+(?:site|website)\s+uses\s+cookies|we\s+use\s+cookies|",
        r"diese\s+(?:web)?site\s+verwendet\s+cookies|image\s+not\s+found\s+or\s+type\s+unknown|",
        r"sign\s+up\s+(?:for|to)\s+(?:our|the|get)\s+.{0,60}(?:newsletter|inbox|email|updates)|subscribe\s+to\s+(?:our|the)\s+.{0,40}(?:newsletter|channel|podcast)|",
        r"(?:inscrivez|abonnez)[- ]vous\s+(?:à|gratuitement).{0,60}(?:newsletter|lettre)|recevez\s+.{0,60}(?:newsletter|boîte\s+mail)|",
        r"follow\s+us\s+on\s+(?:facebook|twitter|instagram|x(?-u:\b)|google|whatsapp|telegram)|suivez[- ]nous\s+sur|folge(?:n\s+sie)?\s+uns\s+auf|",
        r"like\s+us\s+on\s+facebook|all\s+rights\s+reserved|tous\s+droits\s+réservés|alle\s+rechte\s+vorbehalten|todos\s+los\s+derechos\s+reservados|",
        r"this\s+material\s+may\s+not\s+be\s+published,\s+broadcast|your\s+email\s+address\s+will\s+not\s+be\s+published|",
        r"(?:please\s+)?enable\s+javascript|your\s+browser\s+does\s+not\s+support)"
    ))
    .expect("a literal pattern")
});

/// Longest paragraph, in characters, that [`ELSEWHERE`] and [`SERVICE`] judge.
const SHORT: usize = 260;

/// Whether a paragraph invites to something else than reading on.
fn is_invitation(block: &Block) -> bool {
    let text = block.run.text.as_str();
    if text.is_empty() || text.chars().count() > SHORT || block.path.iter().any(|c| c.tag == "tr") {
        return false;
    }
    let linked = block.run.linked * 3 >= text.len();
    let brief = blocks::words(text).len() <= 4;
    let may_lead = linked || brief || text.trim_end().ends_with(':');
    (may_lead && ELSEWHERE.is_match(text)) || (may_serve(text) && SERVICE.is_match(text))
}

/// Whether a text holds a word without which [`SERVICE`] finds nothing: few do.
fn may_serve(text: &str) -> bool {
    const WORDS: [&str; 21] = [
        "miss",
        "navigation",
        "cookies",
        "unknown",
        "sign",
        "subscribe",
        "inscrivez",
        "abonnez",
        "recevez",
        "follow",
        "suivez",
        "folge",
        "facebook",
        "reserved",
        "réservés",
        "vorbehalten",
        "reservados",
        "broadcast",
        "published",
        "javascript",
        "browser",
    ];
    let lower = text.to_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

/// How many paragraphs from either end a signature may stand.
const MARGIN: usize = 4;

/// Takes out the paragraphs that only credit, and keeps what they say.
fn credits(blocks: &mut Vec<Block>, out: &mut Extracted) {
    let count = blocks.len();
    let mut editors = Vec::new();
    let mut index = 0;
    blocks.retain(|block| {
        let at = index;
        index += 1;
        let table = block
            .path
            .iter()
            .any(|c| matches!(c.tag, "table" | "blockquote"));
        if block.run.text.is_empty()
            || table
            || matches!(block.kind, Kind::Heading(_) | Kind::Verbatim)
        {
            return true;
        }
        let margin = at < MARGIN || at + MARGIN >= count;
        let keep = match press::credit(&block.run.text) {
            None => true,
            Some(Credit::Agency(name) | Credit::Source(name)) => {
                if margin {
                    out.agency.get_or_insert(name);
                }
                !margin
            }
            Some(Credit::Author(name)) => {
                if margin {
                    add_authors(&name, &mut out.authors);
                }
                !margin
            }
            Some(Credit::Editor(name)) => {
                editors.push(name);
                false
            }
            Some(Credit::Photo(_) | Credit::Id | Credit::Share | Credit::Contact) => false,
            Some(Credit::End) => at + MARGIN < count,
        };
        keep || block.run.media > 0
    });
    if out.authors.is_empty() {
        for name in editors {
            add_authors(&name, &mut out.authors);
        }
    }
}

fn add_authors(names: &str, out: &mut Vec<Person>) {
    for name in authors::split_names(names) {
        authors::add(Person::named(name), out);
    }
}

/// Takes out what the page says of itself at the edges of the text: such paragraphs stand in a row, few
/// of the article's among them.
fn furniture(blocks: &mut Vec<Block>) {
    let is_own = |block: &Block| {
        let text = block.run.text.as_str();
        let row = block.path.iter().any(|c| c.tag == "tr");
        row || block.run.media > 0 || block.silent || !press::is_furniture(text)
    };
    for _ in 0..2 {
        blocks.reverse();
        let (mut patience, mut at) = (MARGIN, 0);
        while patience > 0 && blocks.len() > 1 && at < blocks.len() {
            if blocks.get(at).is_none_or(is_own) {
                patience -= 1;
                at += 1;
            } else {
                blocks.remove(at);
                patience = MARGIN;
            }
        }
    }
}

/// Cuts the dateline off the first paragraphs.
fn dateline(blocks: &mut [Block], out: &mut Extracted) {
    let first = blocks
        .iter_mut()
        .filter(|b| !b.silent && !b.run.text.is_empty() && !matches!(b.kind, Kind::Heading(_)))
        .take(3);
    for block in first {
        if let Some(line) = press::dateline(&block.run.text) {
            let range = 0..line.len.min(block.run.text.len());
            if line.len < block.run.text.len() {
                block.run = cut::without(&block.run, &range);
            }
            out.place = line.place;
            out.agency = line.agency.or(out.agency.take());
            return;
        }
    }
}

/// `Fin` as the last word of the last paragraph, after the end of a sentence.
fn end_mark(blocks: &mut [Block]) {
    static MARK: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"[.!?…"»”)](\s+(?:Fin|FIN|/FIN/|-30-|###?|\d{30,})\s*)$"#)
            .expect("a literal pattern")
    });
    let last = blocks
        .iter_mut()
        .rev()
        .find(|b| !b.silent && !b.run.text.is_empty());
    if let Some(block) = last
        && let Some(found) = MARK
            .captures(&block.run.text)
            .and_then(|c| c.get(1))
            .map(|m| m.range())
    {
        block.run = cut::without(&block.run, &found);
    }
}
