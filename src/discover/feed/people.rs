//! People: authors as Atom's elements, RSS's `mail (name)` lines and Dublin Core's names.

use crate::model::Person;

use super::content::{Form, line, plain, plain_text};
use super::tree::{NodeId, Tree};
use super::vocabulary::Space;

/// Most authors kept of an entry.
const MAX_AUTHORS: usize = 50;

/// Adds the person that an element names.
pub(super) fn add(tree: &Tree<'_>, node: NodeId, people: &mut Vec<Person>) {
    if people.len() >= MAX_AUTHORS {
        return;
    }
    let person = if tree.elements(node).next().is_some() {
        structured(tree, node)
    } else {
        plain(tree, node, Form::Text).and_then(|text| from_line(&text))
    };
    if let Some(person) = person
        && !people.iter().any(|known| known.name == person.name)
    {
        people.push(person);
    }
}

/// Atom's person construct (RFC 4287 §3.2); FOAF and vCard use the same names.
fn structured(tree: &Tree<'_>, node: NodeId) -> Option<Person> {
    let (mut name, mut uri, mut email) = (None, None, None);
    let mut level: Vec<NodeId> = vec![node];
    // One level of wrapping: <dc:creator><foaf:Person><foaf:name>.
    for _ in 0..2 {
        let mut inner = Vec::new();
        for (child, element) in level.iter().flat_map(|node| tree.elements(*node)) {
            match &*element.local {
                "name" | "nick" | "fn" => name = name.or_else(|| plain(tree, child, Form::Text)),
                "uri" | "url" | "homepage" => uri = uri.or_else(|| line(tree, child)),
                "email" | "mbox" => email = email.or_else(|| line(tree, child)),
                _ => inner.push(child),
            }
        }
        if name.is_some() || email.is_some() {
            break;
        }
        level = inner;
        level.truncate(8);
    }
    let name = name
        .or_else(|| email.clone())
        .or_else(|| plain(tree, node, Form::Html))?;
    Some(Person { name, uri, email })
}

/// `mail (name)`, `name <mail>`, `name (mail)`, a name or an address.
fn from_line(text: &str) -> Option<Person> {
    let text = plain_text(text, Form::Text)?;
    let (outer, inner) = match (text.find(['(', '<']), text.ends_with([')', '>'])) {
        (Some(open), true) => (text[..open].trim(), text[open + 1..text.len() - 1].trim()),
        _ => (text.as_str(), ""),
    };
    let outer_is_mail = is_mail(outer);
    let inner_is_mail = is_mail(inner);
    let person = match (outer_is_mail, inner_is_mail) {
        (true, false) if !inner.is_empty() => named(inner, Some(outer)),
        (false, true) if !outer.is_empty() => named(outer, Some(inner)),
        (_, true) => named(inner, Some(inner)),
        (true, _) => named(outer, Some(outer)),
        _ => named(&text, None),
    };
    Some(person)
}

fn named(name: &str, email: Option<&str>) -> Person {
    let email = email.map(|mail| mail.trim_start_matches("mailto:").to_owned());
    Person {
        name: name
            .trim_matches('"')
            .trim_start_matches("mailto:")
            .to_owned(),
        uri: None,
        email,
    }
}

fn is_mail(text: &str) -> bool {
    !text.contains(char::is_whitespace)
        && text
            .split_once('@')
            .is_some_and(|(user, host)| !user.is_empty() && host.contains('.'))
}

/// Whether an element names an author, and how much it is preferred (lower is better).
pub(super) fn rank(space: Space, local: &str) -> Option<u8> {
    match (space, local) {
        (Space::Core, "author") | (Space::Dc, "creator" | "author") => Some(0),
        (Space::Core, "creator" | "managingeditor") => Some(1),
        (Space::Podcast, "author") | (Space::DcTerms, "creator") => Some(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_name_people() {
        for (line, name, email) in [
            ("Jean Dupont", "Jean Dupont", None),
            (
                "jean@example.org (Jean Dupont)",
                "Jean Dupont",
                Some("jean@example.org"),
            ),
            (
                "Jean Dupont <jean@example.org>",
                "Jean Dupont",
                Some("jean@example.org"),
            ),
            (
                "Jean Dupont (jean@example.org)",
                "Jean Dupont",
                Some("jean@example.org"),
            ),
            (
                "jean@example.org",
                "jean@example.org",
                Some("jean@example.org"),
            ),
            (
                "<jean@example.org>",
                "jean@example.org",
                Some("jean@example.org"),
            ),
            ("Xinhua (Pékin)", "Xinhua (Pékin)", None),
            ("  AFP &amp; Reuters ", "AFP & Reuters", None),
        ] {
            let person = from_line(line).expect("a person");
            assert_eq!(
                (person.name.as_str(), person.email.as_deref()),
                (name, email),
                "{line}"
            );
        }
        assert_eq!(from_line("   "), None);
    }
}
