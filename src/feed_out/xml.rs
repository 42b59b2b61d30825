//! A writer of XML documents that cannot write an ill-formed one: every name is ours, every text
//! and attribute is filtered and escaped on the way.
//!
//! Knows no feed format.

use quick_xml::Writer;
use quick_xml::escape::partial_escape;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::text::{legal, line};

/// A document under construction, in memory.
pub(super) struct Xml {
    out: Writer<Vec<u8>>,
}

/// The attributes of an element, in order; those without value are left out.
pub(super) type Attributes<'a> = &'a [(&'a str, Option<&'a str>)];

impl Xml {
    /// A document with its declaration.
    pub(super) fn new() -> Self {
        let mut xml = Self {
            out: Writer::new_with_indent(Vec::new(), b' ', 2),
        };
        xml.write(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)));
        xml
    }

    /// Opens an element.
    pub(super) fn open(&mut self, name: &str, attributes: Attributes<'_>) {
        let start = start(name, attributes);
        self.write(Event::Start(start));
    }

    /// Closes the element opened last.
    pub(super) fn close(&mut self, name: &str) {
        self.write(Event::End(BytesEnd::new(name)));
    }

    /// An element without content.
    pub(super) fn empty(&mut self, name: &str, attributes: Attributes<'_>) {
        let start = start(name, attributes);
        self.write(Event::Empty(start));
    }

    /// An element with text, escaped once.
    pub(super) fn text(&mut self, name: &str, attributes: Attributes<'_>, text: &str) {
        self.open(name, attributes);
        // Quotation marks need no escape in text, and bodies are full of them.
        let escaped = partial_escape(legal(text));
        self.write(Event::Text(BytesText::from_escaped(escaped)));
        self.close(name);
    }

    /// An element with text and no attributes, left out when the text is missing.
    pub(super) fn text_of(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, &[], text);
        }
    }

    /// The document, ended by a line feed.
    pub(super) fn finish(self) -> Vec<u8> {
        let mut bytes = self.out.into_inner();
        bytes.push(b'\n');
        bytes
    }

    fn write(&mut self, event: Event<'_>) {
        self.out
            .write_event(event)
            .expect("a Vec takes every write");
    }
}

fn start<'a>(name: &'a str, attributes: Attributes<'_>) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (key, value) in attributes {
        if let Some(value) = value {
            start.push_attribute((*key, line(value).as_str()));
        }
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_written_is_well_formed() {
        let mut xml = Xml::new();
        xml.open("a", &[("x", Some("\"<&>'\n\u{1}")), ("y", None)]);
        xml.text("b", &[], "]]> <i>&amp;</i>\r\n\u{FFFF}");
        xml.text_of("c", None);
        xml.empty("d", &[]);
        xml.close("a");
        let expected = concat!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n",
            "<a x=\"&quot;&lt;&amp;&gt;&apos;\">\n",
            "  <b>]]&gt; &lt;i&gt;&amp;amp;&lt;/i&gt;\n</b>\n",
            "  <d/>\n",
            "</a>\n"
        );
        assert_eq!(String::from_utf8(xml.finish()).unwrap(), expected);
    }
}
