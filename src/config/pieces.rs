//! A long list of sources in pieces: the tree of a TOML file takes thirty times its bytes, so tens of
//! thousands of sources are parsed some hundreds at a time.
//!
//! Must not know what the tables mean.

use std::ops::Range;

/// Bytes of a list of sources that are parsed at a time.
const PIECE: usize = 64 << 10;

/// A text in pieces that can be parsed one by one: where it is long and holds nothing but sources and
/// topics, each begins with a source. Anything else (another table, a text of several lines, an array
/// of arrays) leaves it whole.
pub(super) fn pieces(text: &str) -> Vec<Range<usize>> {
    let whole = || std::iter::once(0..text.len()).collect();
    let mut cuts = vec![0];
    let known = ["[[source]]", "[source.", "[[topic]]", "[topic."];
    let mut start = 0;
    let lines = (text.len() > PIECE).then(|| text.split_inclusive('\n'));
    for line in lines.into_iter().flatten() {
        let content = line.trim_start();
        let header = content.starts_with('[');
        if content.contains("\"\"\"") || content.contains("'''") {
            return whole();
        }
        if header && !known.iter().any(|known| content.starts_with(known)) {
            return whole();
        }
        let far = cuts.last().is_some_and(|last| start - last >= PIECE);
        if far && content.starts_with(known[0]) {
            cuts.push(start);
        }
        start += line.len();
    }
    let ends = cuts.iter().skip(1).copied().chain([text.len()]);
    cuts.iter()
        .copied()
        .zip(ends)
        .map(|(from, to)| from..to)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(n: usize, more: &str) -> String {
        let source =
            |n| format!("[[source]]\nid = \"s{n}\"\nurl = \"https://s{n}.example/feed\"\n{more}\n");
        (0..n).map(source).collect()
    }

    #[test]
    fn a_long_list_is_cut_before_a_source() {
        let text = sources(5_000, "[source.auth]\nuser = \"me\"\n");
        let pieces = pieces(&text);
        assert!(pieces.len() > 3);
        assert_eq!(
            (pieces[0].start, pieces[pieces.len() - 1].end),
            (0, text.len())
        );
        for pair in pieces.windows(2) {
            assert_eq!(pair[0].end, pair[1].start);
            assert!(text[pair[1].clone()].starts_with("[[source]]"));
        }
    }

    #[test]
    fn what_could_be_cut_wrongly_stays_whole() {
        let long = sources(5_000, "");
        for (why, text) in [
            ("short", sources(10, "")),
            (
                "a text of several lines",
                sources(5_000, "note = \"\"\"\n[[source]]\n\"\"\""),
            ),
            ("an array of arrays", format!("{long}x = [\n[\"a\"],\n]\n")),
            (
                "a table that may stand only once",
                format!("[alias]\na = [\"b\"]\n{long}"),
            ),
        ] {
            assert_eq!(pieces(&text).len(), 1, "{why}");
        }
    }
}
