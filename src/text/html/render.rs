//! Blocks back to HTML and to text.
//!
//! Must not choose: it writes every block it is given, and opens the lists, tables and quotes that
//! they stand in.

use super::outline::{Block, Container, Kind};

/// The blocks as canonical HTML.
pub fn to_html<'a>(blocks: impl IntoIterator<Item = &'a Block>) -> String {
    let mut out = String::new();
    let mut path: &[Container] = &[];
    for block in blocks {
        let shared = path
            .iter()
            .zip(&block.path)
            .take_while(|(a, b)| a.id == b.id)
            .count();
        close(path, shared, &mut out);
        for container in block.path.iter().skip(shared) {
            open(container, &mut out);
        }
        path = &block.path;
        leaf(block, &mut out);
    }
    close(path, 0, &mut out);
    out.truncate(out.trim_end_matches('\n').len());
    out
}

fn close(path: &[Container], down_to: usize, out: &mut String) {
    for container in path.iter().skip(down_to).rev() {
        out.push_str("</");
        out.push_str(container.tag);
        out.push('>');
    }
    if down_to == 0 && !path.is_empty() {
        out.push('\n');
    }
}

fn open(container: &Container, out: &mut String) {
    out.push('<');
    out.push_str(container.tag);
    for (name, span) in [("colspan", container.columns), ("rowspan", container.rows)] {
        if span > 1 {
            out.push_str(&format!(" {name}=\"{span}\""));
        }
    }
    out.push('>');
}

fn leaf(block: &Block, out: &mut String) {
    let tag = match block.kind {
        Kind::Bare => "",
        Kind::Paragraph => "p",
        Kind::Heading(1) => "h1",
        Kind::Heading(2) => "h2",
        Kind::Heading(3) => "h3",
        Kind::Heading(4) => "h4",
        Kind::Heading(5) => "h5",
        Kind::Heading(_) => "h6",
        Kind::Verbatim => "pre",
    };
    if tag.is_empty() {
        out.push_str(&block.run.html);
        return;
    }
    out.push('<');
    out.push_str(tag);
    out.push('>');
    out.push_str(&block.run.html);
    out.push_str("</");
    out.push_str(tag);
    out.push('>');
    if block.path.is_empty() {
        out.push('\n');
    }
}

/// The blocks as text: a newline after each, no blank lines. Silent blocks are left out.
pub fn to_text<'a>(blocks: impl IntoIterator<Item = &'a Block>) -> String {
    let mut out = String::new();
    for block in blocks.into_iter().filter(|b| !b.silent) {
        for line in block
            .run
            .text
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty())
        {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(line);
        }
    }
    out
}
