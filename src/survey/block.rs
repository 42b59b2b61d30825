//! Sources as the person would write them: `[[source]]` blocks with a comment that says why.

use url::{Host, Url};

use super::judge::{Form, Judgement};
use super::{Finding, Survey};
use crate::config::Sites;
use crate::fetch::HostPattern;
use crate::text::fold::fold;
use crate::text::one_line;
use crate::text::url::registrable_domain;

/// Longest id made here; the configuration allows 64 characters.
const LONGEST_ID: usize = 40;

/// A `[[source]]` table without comments; `private` are the hosts that the person allowed.
pub fn table(
    id: &str,
    form: Form,
    url: &Url,
    language: Option<&str>,
    private: &[HostPattern],
) -> String {
    let mut lines = vec!["[[source]]".to_owned(), setting("id", id)];
    if form != Form::Feed {
        lines.push(setting("kind", form.word()));
    }
    lines.push(setting("url", url.as_str()));
    // A feed's own entries say their language; what lists bare links does not.
    lines.extend(
        language
            .filter(|_| form != Form::Feed)
            .map(|l| setting("language", l)),
    );
    if !private.is_empty() {
        let hosts: Vec<String> = private.iter().map(ToString::to_string).collect();
        lines.push(format!("allow_private = {}", toml::Value::from(hosts)));
    }
    lines.join("\n") + "\n"
}

/// `key = "value"`, quoted as TOML wants it.
pub fn setting(key: &str, value: &str) -> String {
    format!("{key} = {}", toml::Value::from(value))
}

/// The comment over a block: what it is, how it was found, what it is worth.
pub fn comment(survey: &Survey, finding: &Finding) -> String {
    // What is added names itself; the page through which it was found speaks for the outlet.
    let own = finding.judgement.title.as_deref();
    let title = own.or(survey.title.as_deref());
    let name = title.unwrap_or(survey.page.host_str().unwrap_or("The outlet"));
    format!("# {}: {}\n", one_line(name), sentence(finding))
}

/// What a finding is, in one sentence.
pub fn sentence(finding: &Finding) -> String {
    let Judgement {
        entries,
        newest,
        language,
        remark,
        ..
    } = &finding.judgement;
    let kind = finding.form.word();
    if *entries == 0 {
        return format!(
            "{kind} ({}): {}.",
            finding.found,
            one_line(remark).trim_end_matches('.')
        );
    }
    let noun = if *entries == 1 { "article" } else { "articles" };
    let newest = newest.map_or_else(
        || "without dates".to_owned(),
        |n| format!("the newest of {}", n.format("%Y-%m-%d")),
    );
    let language = language
        .as_deref()
        .map_or_else(String::new, |l| format!(", language {l}"));
    format!(
        "{kind} ({}): {entries} {noun}, {newest}{language}; {}.",
        finding.found,
        one_line(remark)
    )
}

/// The best finding as a block to be used, the others as comments.
pub fn document(survey: &Survey) -> String {
    let mut out = String::new();
    let (best, others) = match survey.best() {
        Some(best) => (Some(best), &survey.findings[1..]),
        None => (None, &survey.findings[..]),
    };
    match best {
        Some(best) => {
            out.push_str(&comment(survey, best));
            out.push_str(&best.table);
            if best.judgement.whole {
                out.push_str("# body = \"feed\"   # takes the feed's whole texts as they are, and fetches no page\n");
            }
        }
        None => out.push_str("# Nothing live was found here.\n"),
    }
    for other in others.iter().filter(|f| f.judgement.worth.is_usable()) {
        out.push_str(&format!("\n# Instead: {}\n", sentence(other)));
        for line in other.table.lines() {
            out.push_str(&format!("# {line}\n"));
        }
    }
    let useless: Vec<&Finding> = others
        .iter()
        .filter(|f| !f.judgement.worth.is_usable())
        .collect();
    if !useless.is_empty() {
        out.push_str("\n# Looked at, and not usable:\n");
    }
    for finding in useless {
        out.push_str(&format!("# - {} {}\n", finding.url, sentence(finding)));
    }
    out
}

/// An id for the sources of a page: its family or domain, and its section.
pub fn id_of(page: &Url, sites: &Sites) -> String {
    let host = page.host_str().unwrap_or_default();
    let name = match sites.families.of(page) {
        Some(family) => family.id.to_string(),
        // Of an address in figures a part says nothing.
        None if !matches!(page.host(), Some(Host::Domain(_))) => host.to_owned(),
        None => {
            let domain = registrable_domain(host);
            let name = domain.trim_start_matches("www.");
            name.split('.').next().unwrap_or(name).to_owned()
        }
    };
    let mut sections: Vec<&str> = page.path_segments().into_iter().flatten().collect();
    sections.retain(|part| part.len() > 3 && !part.contains('.') && !part.contains('%'));
    let section = sections
        .pop()
        .filter(|part| !["index", "feed", "atom", "backend"].contains(part));
    slug(&[name.as_str(), section.unwrap_or("")].join(" "))
}

/// A text as an id: small letters, digits and hyphens.
pub fn slug(text: &str) -> String {
    let folded = fold(text);
    let words = folded
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let mut id = String::new();
    for word in words {
        if !id.is_empty() && id.len() + word.len() >= LONGEST_ID {
            break;
        }
        if !id.is_empty() {
            id.push('-');
        }
        id.push_str(&word[..word.len().min(LONGEST_ID)]);
    }
    if id.is_empty() {
        "source".to_owned()
    } else {
        id
    }
}

/// The id, with a number behind it when it is taken.
pub fn unique(id: &str, is_taken: impl Fn(&str) -> bool) -> String {
    if !is_taken(id) {
        return id.to_owned();
    }
    (2..)
        .map(|n: u64| format!("{id}-{n}"))
        .find(|candidate| !is_taken(candidate))
        .unwrap_or_else(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_made_of_texts() {
        for (text, expected) in [
            ("L'Humanité – Amérique latine", "l-humanite-amerique-latine"),
            ("中文", "source"),
            ("", "source"),
        ] {
            assert_eq!(slug(text), expected, "{text}");
        }
        assert!(slug(&"mot ".repeat(40)).len() <= LONGEST_ID);
        assert_eq!(unique("a", |id| id == "a" || id == "a-2"), "a-3");
    }

    #[test]
    fn ids_of_pages_name_the_outlet_and_the_section() {
        let sites = Sites::default();
        for (page, expected) in [
            ("https://www.outlet.example/fr/asie/", "outlet-asie"),
            ("http://127.0.0.1:8080/", "127-0-0-1"),
            ("http://192.168.1.5/presse/feed", "192-168-1-5"),
            ("http://[::1]/presse/", "1-presse"),
        ] {
            let page: Url = page.parse().expect("an address");
            assert_eq!(id_of(&page, &sites), expected, "{page}");
        }
    }

    #[test]
    fn tables_are_toml() {
        let url: Url = "https://o.example/a?b=\"c\"".parse().expect("an address");
        let text = table(
            "o",
            Form::Listing,
            &url,
            Some("fr"),
            &["10.0.0.1".parse().unwrap()],
        );
        let table: toml::Table = text.parse().expect("TOML");
        let source = &table["source"][0];
        assert_eq!(source["kind"].as_str(), Some("listing"));
        assert_eq!(source["url"].as_str(), Some(url.as_str()));
        assert_eq!(source["language"].as_str(), Some("fr"));
        assert_eq!(source["allow_private"][0].as_str(), Some("10.0.0.1"));
    }
}
