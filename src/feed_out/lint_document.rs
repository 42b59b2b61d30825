//! A feed document as the lint reads it: elements with their attributes and text.
//!
//! Knows XML and the namespace of Atom, none of the rules.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::atom::ATOM_NS;

/// Deepest nesting that is read; Atom needs four levels.
const MAX_DEPTH: usize = 32;

/// An element of a document.
#[derive(Debug, Default)]
pub(super) struct Element {
    /// Name with its prefix, as written.
    pub(super) name: String,
    /// Attributes in order, values unescaped.
    pub(super) attributes: Vec<(String, String)>,
    /// Text directly within it, unescaped.
    pub(super) text: String,
    /// Elements directly within it.
    pub(super) children: Vec<Element>,
}

impl Element {
    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The elements of a name directly within it.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> + 'a {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first element of a name directly within it.
    pub(super) fn one(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The addresses of its links of a relation.
    pub(super) fn links<'a>(&'a self, rel: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        let related = move |link: &&Self| link.attribute("rel").unwrap_or("alternate") == rel;
        self.all("link")
            .filter(related)
            .filter_map(|link| link.attribute("href"))
    }

    /// The address of its first link of a relation.
    pub(super) fn link(&self, rel: &str) -> Option<&str> {
        let related = |link: &&Self| link.attribute("rel").unwrap_or("alternate") == rel;
        self.children
            .iter()
            .filter(|child| child.name == "link")
            .find(related)?
            .attribute("href")
    }

    /// Whether its default namespace is that of Atom.
    pub(super) fn is_atom(&self) -> bool {
        self.attribute("xmlns") == Some(ATOM_NS)
    }

    /// Whether it is marked as an archive document (RFC 5005 §4).
    pub(super) fn is_archive(&self) -> bool {
        self.one("fh:archive").is_some()
    }

    /// It and all elements within it, in the order of the document.
    pub(super) fn descendants(&self) -> impl Iterator<Item = &Self> {
        let mut waiting = vec![self];
        std::iter::from_fn(move || {
            let element = waiting.pop()?;
            waiting.extend(element.children.iter().rev());
            Some(element)
        })
    }
}

/// Reads a document; the error says in a sentence why it is not well formed.
pub(super) fn read(document: &[u8]) -> Result<Element, String> {
    let text = std::str::from_utf8(document)
        .map_err(|error| format!("the document is not UTF-8: {error}"))?;
    let mut reader = Reader::from_str(text);
    // The last element of the stack is open; the first stands for the document.
    let mut open = vec![Element::default()];
    loop {
        let event = reader
            .read_event()
            .map_err(|error| format!("the document is not well-formed XML: {error}"))?;
        match event {
            Event::Eof => break,
            Event::Start(start) if open.len() > MAX_DEPTH => {
                return Err(format!(
                    "the element `{}` is nested too deep",
                    start.name().as_ref()
                ));
            }
            Event::Start(start) => open.push(element(&start)?),
            Event::Empty(start) => {
                let child = element(&start)?;
                attach(&mut open, child);
            }
            Event::End(_) => {
                let child = open.pop().unwrap_or_default();
                attach(&mut open, child);
            }
            event => append(&mut open, &event)?,
        }
    }
    let mut document = open.swap_remove(0);
    if !open.is_empty() || document.children.len() != 1 {
        return Err("the document has not exactly one root element, closed at its end".to_owned());
    }
    Ok(document.children.swap_remove(0))
}

fn attach(open: &mut [Element], child: Element) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(child);
    }
}

fn append(open: &mut [Element], event: &Event<'_>) -> Result<(), String> {
    let Some(parent) = open.last_mut() else {
        return Ok(());
    };
    match event {
        Event::Text(text) => parent.text.push_str(&text.xml10_content()),
        Event::CData(text) => parent.text.push_str(&text.xml10_content()),
        Event::GeneralRef(name) => {
            let character = name.resolve_char_ref().map_err(|error| error.to_string())?;
            let entity = quick_xml::escape::resolve_predefined_entity(name);
            match (character, entity) {
                (Some(character), _) => parent.text.push(character),
                (None, Some(text)) => parent.text.push_str(text),
                (None, None) => return Err(format!("the entity `&{};` is not declared", &**name)),
            }
        }
        _ => {}
    }
    Ok(())
}

fn element(start: &BytesStart<'_>) -> Result<Element, String> {
    let name = start.name().as_ref().to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| format!("an attribute of `{name}`: {error}"))?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| format!("an attribute of `{name}`: {error}"))?;
        attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(Element {
        name,
        attributes,
        ..Element::default()
    })
}
