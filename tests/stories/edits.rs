//! What outlets do to an agency's text, and texts that look like such edits and are none.

use super::prose::{self, Article, Dice};

/// The edits after which an article is still a copy, or holds one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edit {
    Dateline,
    Credits,
    Title,
    FirstParagraphCut,
    Reordered,
    Truncated,
    Halved,
    LightWords,
    Boilerplate,
    Everything,
}

pub const EDITS: [Edit; 10] = [
    Edit::Dateline,
    Edit::Credits,
    Edit::Title,
    Edit::FirstParagraphCut,
    Edit::Reordered,
    Edit::Truncated,
    Edit::Halved,
    Edit::LightWords,
    Edit::Boilerplate,
    Edit::Everything,
];

/// Applies an edit.
pub fn edit(article: &Article, kind: Edit, dice: &mut Dice) -> Article {
    let mut copy = article.clone();
    match kind {
        Edit::Dateline => dateline(&mut copy, dice),
        Edit::Credits => credits(&mut copy, dice),
        Edit::Title => copy.title = prose::title(dice),
        Edit::FirstParagraphCut => {
            copy.paragraphs.remove(0);
        }
        Edit::Reordered => dice.shuffle(&mut copy.paragraphs),
        Edit::Truncated => keep(&mut copy, 40),
        Edit::Halved => keep(&mut copy, 55),
        Edit::LightWords => light(&mut copy, dice, 4),
        Edit::Boilerplate => boilerplate(&mut copy, dice),
        Edit::Everything => {
            light(&mut copy, dice, 2);
            dateline(&mut copy, dice);
            credits(&mut copy, dice);
            copy.title = prose::title(dice);
            boilerplate(&mut copy, dice);
        }
    }
    copy
}

fn dateline(copy: &mut Article, dice: &mut Dice) {
    let head = dice.pick(&[
        "DOUCHANBE, 17 septembre (Xinhua) -- ",
        "La Havane, 30 août, (RHC)- ",
        "PÉKIN, 19 mai 2023 /PRNewswire/ -- ",
        "Paris (AFP) – ",
        "Beijing, 21 juillet (Prensa Latina) ",
    ]);
    copy.paragraphs[0].insert_str(0, head);
}

fn credits(copy: &mut Article, dice: &mut Dice) {
    let middle = copy.paragraphs.len() / 2;
    copy.paragraphs
        .insert(middle, "(Xinhua/Liu Bin)".to_owned());
    copy.paragraphs.insert(
        0,
        dice.pick(&[
            "Xinhua 06.01.2026 08h32",
            "Édité par Jeanne Martin",
            "Par Luc Petit",
        ])
        .to_owned(),
    );
    for line in [
        "Source: Prensa Latina",
        "(Web editor: Ying Xie, Yishuang Liu)",
        "Fin",
    ] {
        copy.paragraphs.push(line.to_owned());
    }
}

/// Keeps the first so many percent of the words, to the end of a paragraph at least.
fn keep(copy: &mut Article, percent: usize) {
    let wanted = copy.words() * percent / 100;
    let mut kept = 0;
    copy.paragraphs.retain(|p| {
        let stays = kept < wanted;
        kept += p.split_whitespace().count();
        stays
    });
}

/// Replaces so many percent of the words: synonyms, tenses, spellings.
fn light(copy: &mut Article, dice: &mut Dice, percent: usize) {
    for paragraph in &mut copy.paragraphs {
        let words: Vec<String> = paragraph
            .split(' ')
            .map(|word| {
                let plain = word.chars().all(char::is_alphabetic);
                if plain && dice.chance(percent) {
                    dice.pick(&[
                        "notamment",
                        "également",
                        "récemment",
                        "désormais",
                        "ensuite",
                    ])
                    .to_owned()
                } else {
                    word.to_owned()
                }
            })
            .collect();
        *paragraph = words.join(" ");
    }
}

fn boilerplate(copy: &mut Article, dice: &mut Dice) {
    copy.paragraphs.push(
        "Retrouvez chaque matin l'essentiel de l'actualité internationale dans notre lettre gratuite, préparée par toute la rédaction."
            .to_owned(),
    );
    copy.paragraphs.push("Partager sur Facebook".to_owned());
    if dice.chance(50) {
        copy.paragraphs.insert(
            1,
            "Cet article est reproduit avec l'aimable autorisation de son auteur et n'engage que lui.".to_owned(),
        );
    }
}

/// A follow-up: a new title and new paragraphs, then the background of the first article, which
/// makes up about so many percent of it.
pub fn follow_up(article: &Article, fresh: &Article, percent: usize, dice: &mut Dice) -> Article {
    let background = article.words() * percent / 100;
    let mut kept: Vec<String> = Vec::new();
    let mut order: Vec<usize> = (0..article.paragraphs.len()).collect();
    dice.shuffle(&mut order);
    for at in order {
        let now: usize = kept.iter().map(|p| p.split_whitespace().count()).sum();
        let next = article.paragraphs[at].split_whitespace().count();
        if now + next <= background {
            kept.push(article.paragraphs[at].clone());
        }
    }
    let share: usize = kept.iter().map(|p| p.split_whitespace().count()).sum();
    let mut paragraphs = Vec::new();
    let mut new = 0;
    for paragraph in &fresh.paragraphs {
        // The background may be half of the follow-up, not more.
        if new < share.max(40) {
            new += paragraph.split_whitespace().count();
            paragraphs.push(paragraph.clone());
        }
    }
    paragraphs.extend(kept);
    Article {
        title: fresh.title.clone(),
        paragraphs,
    }
}
