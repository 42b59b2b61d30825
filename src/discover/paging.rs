//! The next page of a listing: by an address with a number in it, or by the usual links.
//!
//! Whether the page is wanted is for the caller to say.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::links::absolute;
use super::sheet::Sheet;

static NEXT_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^[\s»›→>]*(?:page\s+)?(?:suivante?s?|next(?:\s+page)?|older(?:\s+(?:posts|entries))?|articles?\s+(?:plus\s+anciens|pr[ée]c[ée]dents)|siguientes?|pr[óo]xim[ao]|seguinte|weiter|n[äa]chste|下一页|下页|avanti|successiv[ao])(?:\s+page)?[\s»›→>]*$")
        .expect("a literal pattern")
});

/// The address after this one by a template with `{page}`: page 2 after an address that does not
/// fit the template, else one more than its number.
pub(crate) fn numbered(template: &str, page: &Url) -> Option<Url> {
    let filled = |number: u64| {
        page.join(&template.replace("{page}", &number.to_string()))
            .ok()
    };
    let (head, tail) = template.split_once("{page}")?;
    let head = page.join(head).ok()?;
    let current = page
        .as_str()
        .strip_prefix(head.as_str())
        .and_then(|rest| rest.strip_suffix(tail))
        .filter(|digits| !digits.is_empty() && digits.len() <= 9)
        .and_then(|digits| digits.parse::<u64>().ok());
    filled(current.map_or(2, |number| number + 1))
}

/// The address that the page itself calls its next: `rel=next`, then words of the kind "Suivant".
pub(crate) fn usual(sheet: &Sheet<'_>, base: &Url) -> Option<Url> {
    let linked = |at: usize| absolute(base, sheet.attr(at, "href")?);
    let all = || {
        (0..sheet.cells.len())
            .filter(|&at| matches!(sheet.tag(at), "a" | "link") && sheet.attr(at, "href").is_some())
    };
    let named = |at: usize| {
        sheet.attr(at, "rel").is_some_and(|rel| {
            rel.split_whitespace()
                .any(|word| word.eq_ignore_ascii_case("next"))
        })
    };
    let stated = all().filter(|&at| named(at)).find_map(linked);
    stated.or_else(|| {
        all()
            .filter(|&at| sheet.tag(at) == "a")
            .filter(|&at| {
                NEXT_WORDS.is_match(&sheet.text_of(at))
                    || sheet
                        .attr(at, "aria-label")
                        .is_some_and(|label| NEXT_WORDS.is_match(label))
            })
            .find_map(linked)
    })
}

#[cfg(test)]
mod tests {
    use scraper::Html;

    use super::*;

    #[test]
    fn numbers() {
        let check = |template: &str, page: &str, expected: &str| {
            let page = Url::parse(page).expect("an address");
            assert_eq!(
                numbered(template, &page).as_ref().map(Url::as_str),
                Some(expected)
            );
        };
        check(
            "index{page}.html",
            "http://a.fr/Chine/index.html",
            "http://a.fr/Chine/index2.html",
        );
        check(
            "index{page}.html",
            "http://a.fr/Chine/index2.html",
            "http://a.fr/Chine/index3.html",
        );
        check(
            "?page={page}",
            "http://a.fr/x?page=9",
            "http://a.fr/x?page=10",
        );
        check("?page={page}", "http://a.fr/x", "http://a.fr/x?page=2");
        check("/page/{page}/", "http://a.fr/x", "http://a.fr/page/2/");
    }

    #[test]
    fn usual_links() {
        let check = |html: &str, expected: Option<&str>| {
            let html = Html::parse_document(html);
            let base = Url::parse("http://a.fr/x").expect("an address");
            assert_eq!(
                usual(&Sheet::lay(&html, &[]), &base)
                    .as_ref()
                    .map(Url::as_str),
                expected
            );
        };
        check(
            "<a href='?p=3'>Suivant »</a><a rel='next nofollow' href='?p=2'>2</a>",
            Some("http://a.fr/x?p=2"),
        );
        check("<link rel=next href=/page/2>", Some("http://a.fr/page/2"));
        check(
            "<a href='?p=2'>Page suivante</a>",
            Some("http://a.fr/x?p=2"),
        );
        check("<a href='?p=2'>Le suivant n'est pas venu</a>", None);
    }
}
