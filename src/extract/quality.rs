//! Whether a page is an article at all: challenge, consent, login, paywall, error page, empty
//! shell, list of links, another language's edition.
//!
//! Must not repair anything: it names what it sees. A long body that the extractors agree on is
//! never doubted for a word in it.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use super::PageContext;
use super::blocks;
use super::page::Page;
use crate::model::{Defect, Extracted};
use crate::text::html::outline::Block;
use crate::text::html::{hints, render};
use crate::text::pattern::Rare;
use crate::text::{html, language};

/// Texts of fewer characters may be no article.
const DOUBTFUL: usize = 1_500;
/// Part of the feed's words that an article must hold to be the one the feed speaks of.
const VOUCHED: f32 = 0.5;
/// Texts of fewer characters are nothing.
const NOTHING: usize = 40;
/// Most words of the title of a login form, the site's name among them.
const LOGIN_WORDS: usize = 5;
/// Longest text, in characters, that a paywall's sentence makes a teaser.
const TEASER: usize = 3_500;

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns below are literals and compile")
}

static CHALLENGE: Rare = Rare::new(
    &[
        "moment",
        "checking",
        "attention",
        "human",
        "robot",
        "pardon",
        "please",
        "ddos",
        "access",
        "incapsula",
        "un instant",
        "hold to",
        "security",
        "traffic",
        "captcha",
    ],
    || {
        pattern(
            r"(?i)just a moment\.\.\.|checking (?:your browser|if the site connection)|attention required! \| cloudflare|verify(?:ing)? (?:that )?you are (?:a )?human|are you (?:a robot|human)\?|pardon our interruption|please (?:enable js and disable|complete the security check)|ddos protection by|access (?:to this page has been )?denied|request unsuccessful\. incapsula|un instant…|vérification que vous n.êtes pas un robot|press (?:&|and) hold to confirm|security check|unusual traffic|captcha",
        )
    },
);
static CONSENT: Rare = Rare::new(
    &[
        "continue",
        "accéder",
        "fortfahren",
        "continuar",
        "privacy",
        "vie privée",
        "choix",
        "préférences",
        "accepter",
        "zustimmen",
    ],
    || {
        pattern(
            r"(?i)before you continue|avant d.accéder|bevor sie fortfahren|antes de continuar|your privacy (?:choices|matters)|we (?:value|care about) your privacy|nous respectons votre vie privée|(?:vos|gérer (?:vos|mes)) (?:choix|préférences).{0,40}(?:cookies|confidentialité|vie privée)|accepter et continuer|zustimmen und weiter",
        )
    },
);
static LOGIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:log ?in|sign ?in|se connecter|connexion|identifiez-vous|connectez-vous|anmelden|login|iniciar sesión|acceso|mon compte)\b",
    )
});
static MISSING: Rare = Rare::new(
    &[
        "404",
        "found",
        "introuvable",
        "non trouv",
        "exist",
        "disponible",
        "available",
        "gefunden",
        "encontrada",
        "410",
        "503",
        "502",
        "500",
        "maintenance",
    ],
    || {
        pattern(
            r"(?i)^\W*(?:error\s*|erreur\s*)?404\s*(?:$|[-–—|:,.!])|\b404\b.{0,30}(?:not found|error|erreur|introuvable)|page (?:not found|introuvable|non trouvée|inexistante)|(?:page|article|content|contenu).{0,30}(?:n.existe (?:pas|plus)|can(?:no|')t be found|could not be found|doesn.t exist|does not exist|no longer (?:exists|available)|n.est plus disponible)|nothing (?:was )?found|seite (?:wurde )?nicht gefunden|página no encontrada|oops[,!. ].{0,40}(?:found|exist)|410 gone|503 service|502 bad gateway|500 internal server error|site (?:is )?under maintenance",
        )
    },
);
static PAYWALL: Rare = Rare::new(
    &[
        "abonn",
        "il vous reste",
        "subscri",
        "to continue reading",
        "member",
        "jetzt",
        "suscri",
        "suscrí",
    ],
    || {
        pattern(
            r"(?i)(?:article|contenu|suite|lecture|accès)[^.]{0,40}(?:est |sont )?réservée?s? (?:à nos|aux) abonné|il vous reste [\d.,]+\s*% de cet article|(?:pour|afin de) lire la suite[^.]{0,40}abonn|déjà abonné|abonnez-vous pour (?:lire|accéder|continuer)|subscribe (?:now )?to (?:continue|read|keep reading|unlock)|to continue reading|this (?:article|content|story) is (?:for|available (?:only )?to|reserved for|exclusive to) (?:our )?(?:paid )?(?:subscribers|members)|already a (?:subscriber|member)|subscribers? only|jetzt (?:weiterlesen|abonnieren)|nur für abonnenten|este artículo es (?:solo|exclusivo) para suscriptores|suscríbete para (?:leer|seguir)",
        )
    },
);
static SCRIPT: Rare = Rare::new(&["javascript"], || {
    pattern(
        r"(?i)(?:enable|activer|activez|requires?|need to enable|aktivieren sie) javascript|javascript (?:is (?:required|disabled)|est (?:désactivé|requis))",
    )
});

/// Names what keeps the text from being the article; nothing when it may stand.
pub(super) fn judge(
    page: &Page,
    ctx: &PageContext<'_>,
    blocks: &[Block],
    out: &Extracted,
) -> Option<Defect> {
    let length = out.text.chars().count();
    let own_title = page.head.title.as_deref().unwrap_or_default();
    let heading = page.head.headings.first().map_or("", String::as_str);
    let says = |regex: &Rare| {
        regex.is_match(own_title) || regex.is_match(heading) || regex.is_match(&out.text)
    };
    if length < DOUBTFUL {
        if CHALLENGE.is_match(own_title) || (length < 600 && says(&CHALLENGE)) {
            return Some(Defect::Challenge);
        }
        if (length < 1_000 && (MISSING.is_match(own_title) || MISSING.is_match(heading)))
            || (length < 400 && MISSING.is_match(&out.text))
        {
            return Some(Defect::NotFound);
        }
        if CONSENT.is_match(own_title)
            || CONSENT.is_match(heading)
            || (length < 800 && is_consent(ctx, &out.text))
        {
            return Some(Defect::Consent);
        }
        let asks = page.head.passwords > 0 && length < 400;
        // A headline may begin with such a word: "Connexion ferroviaire entre la Chine et le Laos".
        let named =
            |title: &str| title.split_whitespace().count() <= LOGIN_WORDS && LOGIN.is_match(title);
        if asks || (length < 600 && (named(own_title) || named(heading))) {
            return Some(Defect::Login);
        }
    }
    if is_teaser(page, ctx, length) {
        return Some(Defect::Paywall);
    }
    // The last page of an article may be a sentence.
    let nothing = if ctx.part.is_some() { 1 } else { NOTHING };
    if length < nothing || (length < 300 && SCRIPT.is_match(&out.text)) {
        return Some(Defect::Empty);
    }
    if is_listing(blocks) {
        return Some(Defect::Listing);
    }
    is_foreign(ctx, out).then_some(Defect::Language)
}

/// Whether the text is in another language than the source's: outlets send readers to another
/// edition. A source whose feed speaks of the article in the article's own words publishes in
/// several languages.
fn is_foreign(ctx: &PageContext<'_>, out: &Extracted) -> bool {
    let (text, expected) = (&out.text, ctx.language.and_then(language::normalise));
    let decided = out.language.as_deref().and_then(language::normalise);
    // What is decided goes by the text where that shows anything, but may be written in another way: `Español`.
    if expected.is_none() || expected == decided {
        return false;
    }
    let found = language::detect(text);
    if found.is_none() || found == expected.as_deref() {
        return false;
    }
    let content = html::to_text(ctx.hint.content.unwrap_or_default());
    let told = [ctx.hint.title, ctx.hint.teaser, Some(&content)].map(Option::unwrap_or_default);
    let told = blocks::words(&told.join("\n"));
    let held: HashSet<u64> = blocks::words(text).into_iter().collect();
    let common = told.iter().filter(|word| held.contains(word)).count();
    (common as f32) < VOUCHED * told.len().max(1) as f32
}

fn is_consent(ctx: &PageContext<'_>, text: &str) -> bool {
    let host = ctx.url.host_str().unwrap_or_default();
    host.starts_with("consent.") || host.starts_with("guce.") || CONSENT.is_match(text)
}

/// Whether the page keeps the rest for subscribers: its rule's selector, its own sentence near the
/// end of a short text, or its statement for machines.
fn is_teaser(page: &Page, ctx: &PageContext<'_>, length: usize) -> bool {
    let walled = ctx.rule.is_some_and(|rule| {
        rule.paywall
            .iter()
            .any(|css| page.tree.select(css).next().is_some())
    });
    if walled {
        return true;
    }
    if length >= TEASER {
        return false;
    }
    let paid = page.described.as_ref().is_some_and(|d| d.paid);
    let stated = page
        .head
        .meta_named(&["article:content_tier", "og:article:content_tier"])
        .is_some_and(|t| matches!(t, "locked" | "metered"));
    let says = || PAYWALL.is_match(&inner_lines(page));
    (paid || stated || length < DOUBTFUL) && says() || (paid && length < 900)
}

/// The page's lines without those of its head, menus and foot: there many an outlet asks on every page
/// whether the reader has subscribed already.
fn inner_lines(page: &Page) -> String {
    const OUTER: hints::Marks = hints::NAVIGATION | hints::HEADER | hints::FOOTER;
    let outline = page.outline();
    let inner = outline.blocks.iter().filter(|block| {
        let scope = outline.scopes.get(block.node);
        scope.is_none_or(|scope| scope.all & OUTER == 0)
    });
    render::to_text(inner)
}

/// Whether the text is a list of links: most of it linked, in many places.
fn is_listing(blocks: &[Block]) -> bool {
    let text: usize = blocks
        .iter()
        .filter(|b| !b.silent)
        .map(|b| b.run.text.len())
        .sum();
    let linked: usize = blocks
        .iter()
        .filter(|b| !b.silent)
        .map(|b| b.run.linked)
        .sum();
    let links: usize = blocks.iter().map(|b| b.run.links).sum();
    links >= 8 && linked * 10 >= text * 6
}
