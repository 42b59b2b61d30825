//! What names, roles and classes of an element say about the text in it.
//!
//! Outlets name the parts of a page after what they are (`related-articles`, `newsletter`,
//! `article-body`), in English even where the page is French. Must not decide anything: it sets
//! marks, and whoever chooses the text weighs them.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use scraper::node::Element;

use crate::text::head;

/// Marks of an element, as bits.
pub type Marks = u32;

/// `nav`, or a class that says menu, breadcrumb, pagination.
pub const NAVIGATION: Marks = 1;
/// `header` of the page or its like.
pub const HEADER: Marks = 1 << 1;
/// `footer` of the page or its like.
pub const FOOTER: Marks = 1 << 2;
/// `aside`, sidebar, widget.
pub const ASIDE: Marks = 1 << 3;
/// `figcaption`, or a class that says caption or credit.
pub const CAPTION: Marks = 1 << 4;
/// Not shown: `hidden`, `display:none`, `aria-hidden`.
pub const HIDDEN: Marks = 1 << 5;
/// Readers' comments.
pub const COMMENTS: Marks = 1 << 6;
/// Related, recommended, popular, "read also".
pub const RELATED: Marks = 1 << 7;
/// Sharing and following.
pub const SHARE: Marks = 1 << 8;
/// Advertising, sponsors, promotion.
pub const ADVERTISING: Marks = 1 << 9;
/// Newsletter, subscription, paywall, login.
pub const SUBSCRIBE: Marks = 1 << 10;
/// Byline, date, tags, categories.
pub const BYLINE: Marks = 1 << 11;
/// Cookie and consent.
pub const COOKIE: Marks = 1 << 12;
/// Author's box, biography.
pub const BIOGRAPHY: Marks = 1 << 13;
/// The body by its name: `itemprop=articleBody`, `article-body`, `entry-content`…
pub const BODY: Marks = 1 << 14;
/// A form, a button group, a dialog.
pub const CONTROL: Marks = 1 << 15;
/// Footnotes and references.
pub const NOTES: Marks = 1 << 16;
/// Table of contents.
pub const CONTENTS: Marks = 1 << 17;

/// Words within class, id, role and itemprop, and the mark each sets. Longest match wins; 0 is none.
const WORDS: &[(&str, Marks)] = &[
    ("navbar", NAVIGATION),
    ("navigation", NAVIGATION),
    ("-nav", NAVIGATION),
    ("_nav", NAVIGATION),
    ("nav-", NAVIGATION),
    ("menu", NAVIGATION),
    ("breadcrumb", NAVIGATION),
    ("pagination", NAVIGATION),
    ("pager", NAVIGATION),
    ("skip-link", NAVIGATION),
    ("fil-ariane", NAVIGATION),
    ("sitemap", NAVIGATION),
    ("site-header", HEADER),
    ("page-header", HEADER),
    ("masthead", HEADER),
    ("topbar", HEADER),
    ("banner", HEADER),
    ("footer", FOOTER),
    ("colophon", FOOTER),
    ("copyright", FOOTER),
    ("bottom-bar", FOOTER),
    ("sidebar", ASIDE),
    ("side-bar", ASIDE),
    ("widget", ASIDE),
    ("aside", ASIDE),
    ("rail", ASIDE),
    ("complementary", ASIDE),
    ("infobox", ASIDE),
    ("sidecol", ASIDE),
    ("encadre", ASIDE),
    ("caption", CAPTION),
    ("legende", CAPTION),
    ("image-credit", CAPTION),
    ("photo-credit", CAPTION),
    ("credit", CAPTION),
    ("slideshow", CAPTION),
    ("gallery", CAPTION),
    ("carousel", RELATED),
    ("slider", RELATED),
    ("comment", COMMENTS),
    ("disqus", COMMENTS),
    ("respond", COMMENTS),
    ("kommentar", COMMENTS),
    ("commentaire", COMMENTS),
    ("comentario", COMMENTS),
    ("reaction", COMMENTS),
    ("related", RELATED),
    ("recommend", RELATED),
    ("read-more", RELATED),
    ("readmore", RELATED),
    ("more-from", RELATED),
    ("also-read", RELATED),
    ("see-also", RELATED),
    ("popular", RELATED),
    ("trending", RELATED),
    ("most-read", RELATED),
    ("mostread", RELATED),
    ("a-lire", RELATED),
    ("lire-aussi", RELATED),
    ("teaser", RELATED),
    ("outbrain", RELATED),
    ("taboola", RELATED),
    ("next-post", RELATED),
    ("prev-post", RELATED),
    ("post-nav", RELATED),
    ("similar", RELATED),
    ("suggest", RELATED),
    ("interstitial", RELATED),
    ("latest", RELATED),
    ("headlines", RELATED),
    ("weiterlesen", RELATED),
    ("verwandt", RELATED),
    ("relacionad", RELATED),
    ("upnext", RELATED),
    ("card", RELATED),
    ("promo", ADVERTISING),
    ("associes", RELATED),
    ("en-rapport", RELATED),
    ("share", SHARE),
    ("sharing", SHARE),
    ("social", SHARE),
    ("addtoany", SHARE),
    ("sharedaddy", SHARE),
    ("partage", SHARE),
    ("follow", SHARE),
    ("teilen", SHARE),
    ("toolbar", SHARE),
    ("print-", SHARE),
    ("sociaux", SHARE),
    ("whatsapp", SHARE),
    ("advert", ADVERTISING),
    ("-ad-", ADVERTISING),
    ("ad-slot", ADVERTISING),
    ("adslot", ADVERTISING),
    ("ads-", ADVERTISING),
    ("-ads", ADVERTISING),
    ("sponsor", ADVERTISING),
    ("publicite", ADVERTISING),
    ("affiliate", ADVERTISING),
    ("anzeige", ADVERTISING),
    ("werbung", ADVERTISING),
    ("publicidad", ADVERTISING),
    ("dfp", ADVERTISING),
    ("cta", ADVERTISING),
    ("call-to-action", ADVERTISING),
    ("newsletter", SUBSCRIBE),
    ("subscri", SUBSCRIBE),
    ("signup", SUBSCRIBE),
    ("sign-up", SUBSCRIBE),
    ("paywall", SUBSCRIBE),
    ("login", SUBSCRIBE),
    ("abonne", SUBSCRIBE),
    ("register", SUBSCRIBE),
    ("donat", SUBSCRIBE),
    ("mailing", SUBSCRIBE),
    ("optin", SUBSCRIBE),
    ("abo-", SUBSCRIBE),
    ("byline", BYLINE),
    ("dateline", BYLINE),
    ("meta", BYLINE),
    ("timestamp", BYLINE),
    ("publish", BYLINE),
    ("tags", BYLINE),
    ("tag-", BYLINE),
    ("categor", BYLINE),
    ("postinfo", BYLINE),
    ("post-info", BYLINE),
    ("date", BYLINE),
    ("kicker", BYLINE),
    ("keyword", BYLINE),
    ("topics", BYLINE),
    ("eyebrow", BYLINE),
    ("cookie", COOKIE),
    ("consent", COOKIE),
    ("gdpr", COOKIE),
    ("rgpd", COOKIE),
    ("cmp-", COOKIE),
    ("author", BIOGRAPHY),
    ("biograph", BIOGRAPHY),
    ("-bio", BIOGRAPHY),
    ("bio-", BIOGRAPHY),
    ("auteur", BIOGRAPHY),
    ("autor", BIOGRAPHY),
    ("about-", BIOGRAPHY),
    ("contributor", BIOGRAPHY),
    ("articlebody", BODY),
    ("article-body", BODY),
    ("article_body", BODY),
    ("article__body", BODY),
    ("entry-content", BODY),
    ("post-content", BODY),
    ("postcontent", BODY),
    ("article-content", BODY),
    ("article__content", BODY),
    ("articlecontent", BODY),
    ("story-body", BODY),
    ("storybody", BODY),
    ("post-body", BODY),
    ("article-text", BODY),
    ("articletext", BODY),
    ("body-text", BODY),
    ("story-content", BODY),
    ("content-body", BODY),
    ("article_content", BODY),
    ("blog-content", BODY),
    ("post_content", BODY),
    ("td-post-content", BODY),
    ("richtext", BODY),
    ("rich-text", BODY),
    ("field-name-body", BODY),
    ("field--name-body", BODY),
    ("texte", BODY),
    ("story__content", BODY),
    ("modal", CONTROL),
    ("popup", CONTROL),
    ("overlay", CONTROL),
    ("tooltip", CONTROL),
    ("dropdown", CONTROL),
    ("button", CONTROL),
    ("btn", CONTROL),
    ("form", CONTROL),
    ("search", CONTROL),
    ("player", CONTROL),
    ("footnote", NOTES),
    ("references", NOTES),
    ("citations", NOTES),
    ("notes", NOTES),
    ("metadata", BYLINE),
    ("dfp-", ADVERTISING),
    // Words that say nothing, and hide others that stand in them or touch them.
    ("standfirst", 0),
    ("chapo", 0),
    ("-lead", 0),
    ("lede", 0),
    ("subtitle", 0),
    ("subhead", 0),
    ("description", 0),
    ("summary", 0),
    ("excerpt", 0),
    ("dek", 0),
    ("toc", CONTENTS),
    ("table-of-contents", CONTENTS),
    ("tableofcontents", CONTENTS),
    ("sommaire", CONTENTS),
    ("format", 0),
    ("platform", 0),
    ("information", 0),
    ("update", 0),
    ("transform", 0),
    ("perform", 0),
    ("custom", 0),
    ("trail", 0),
    ("discard", 0),
    ("stock", 0),
    ("october", 0),
    ("doctor", 0),
    ("octo", 0),
    ("factory", 0),
    ("section", 0),
    ("validate", 0),
    ("candidate", 0),
    ("authority", 0),
    ("autoplay", 0),
    ("editor", 0),
    ("automobile", 0),
    ("history", 0),
    ("customer", 0),
    ("brail", 0),
    ("railway", 0),
    ("featured", 0),
];

static MATCHER: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(WORDS.iter().map(|(word, _)| word))
        .expect("the words are a short literal list")
});

/// Longest class or id looked at, in bytes; utility classes by the hundred say nothing.
const LONGEST: usize = 400;

/// The marks of an element by its name and attributes.
pub(super) fn marks(element: &Element) -> Marks {
    let mut marks = by_name(element.name());
    for (name, value) in element.attrs() {
        match name {
            "class" | "id" | "role" | "itemprop" | "data-component" | "data-testid"
            | "aria-label" | "data-module" | "data-type" => marks |= by_words(value),
            "hidden" => marks |= HIDDEN,
            "aria-hidden" if value.trim() == "true" => marks |= HIDDEN,
            "style" if is_hidden_style(value) => marks |= HIDDEN,
            _ => {}
        }
    }
    if matches!(element.name(), "body" | "html") {
        marks &= HIDDEN;
    }
    marks
}

/// Whether an element is not shown, by `hidden` or its own style.
pub(super) fn is_hidden(element: &Element) -> bool {
    element.attrs().any(|(name, value)| match name {
        "hidden" => true,
        "style" => is_hidden_style(value),
        _ => false,
    })
}

fn is_hidden_style(style: &str) -> bool {
    let mut compact = style
        .bytes()
        .filter(|b| !b.is_ascii_whitespace())
        .map(|b| b.to_ascii_lowercase());
    let compact: Vec<u8> = compact.by_ref().take(2_000).collect();
    [&b"display:none"[..], b"visibility:hidden"]
        .iter()
        .any(|word| compact.windows(word.len()).any(|w| w == *word))
}

fn by_name(name: &str) -> Marks {
    match name {
        "nav" => NAVIGATION,
        "header" => HEADER,
        "footer" => FOOTER,
        "aside" => ASIDE,
        "figcaption" | "caption" => CAPTION,
        "form" | "dialog" | "button" | "fieldset" => CONTROL,
        _ => 0,
    }
}

fn by_words(value: &str) -> Marks {
    MATCHER
        .find_iter(head(value, LONGEST))
        .filter_map(|m| WORDS.get(m.pattern().as_usize()))
        .fold(0, |marks, (_, mark)| marks | mark)
}
