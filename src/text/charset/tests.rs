//! Documents in many encodings, with labels that are right, wrong or absent.

use encoding_rs::{BIG5, EUC_JP, EUC_KR, GBK, SHIFT_JIS, WINDOWS_1251};

use super::*;

fn check(bytes: &[u8], content_type: Option<&str>, kind: Kind, encoding: &str, text: &str) {
    let decoded = decode(bytes, content_type, kind);
    assert_eq!(
        (decoded.encoding, decoded.text.as_str()),
        (encoding, text),
        "{content_type:?}"
    );
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    text.encode_utf16()
        .flat_map(|unit| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        })
        .collect()
}

#[test]
fn right_labels_are_silent() {
    for (bytes, content_type) in [
        (
            "<?xml version='1.0' encoding='utf-8'?><a>été</a>".as_bytes(),
            None,
        ),
        (
            b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE9t\xE9</a>",
            None,
        ),
        (b"<a>\xE9t\xE9</a>", Some("text/xml; charset=iso-8859-1")),
        (b"<a>plain</a>", Some("text/xml; charset=us-ascii")),
    ] {
        assert_eq!(decode(bytes, content_type, Kind::Xml).warnings, []);
    }
}

#[test]
fn marks_and_patterns_win() {
    let text = "<a>été à Pékin</a>";
    let marked = format!("\u{FEFF}{text}");
    check(
        marked.as_bytes(),
        Some("text/xml; charset=iso-8859-1"),
        Kind::Xml,
        "UTF-8",
        text,
    );
    let twice = format!("\u{FEFF}\u{FEFF}{text}");
    check(twice.as_bytes(), None, Kind::Xml, "UTF-8", text);
    for big in [true, false] {
        let name = if big { "UTF-16BE" } else { "UTF-16LE" };
        check(&utf16(&marked, big), None, Kind::Xml, name, text);
        check(
            &utf16(text, big),
            Some("text/xml; charset=utf-8"),
            Kind::Xml,
            name,
            text,
        );
    }
    let wide: Vec<u8> = text
        .chars()
        .flat_map(|c| u32::from(c).to_be_bytes())
        .collect();
    check(&wide, None, Kind::Xml, "UTF-32", text);
}

#[test]
fn utf8_wins_over_labels() {
    for label in ["iso-8859-1", "gb2312", "utf-16", "koi8-r", "nonsense"] {
        let text =
            format!("<?xml version='1.0' encoding='{label}'?><a>déjà l’été à Pékin, 北京</a>");
        check(text.as_bytes(), None, Kind::Xml, "UTF-8", &text);
        let page = format!("<meta charset={label}><p>déjà l’été à Pékin");
        check(page.as_bytes(), None, Kind::Html, "UTF-8", &page);
    }
}

#[test]
fn bad_bytes_are_patched() {
    check(
        b"<a>\xC3\xA9t\xC3\xA9 \x92 caf\xE9</a>",
        None,
        Kind::Xml,
        "UTF-8",
        "<a>été ’ café</a>",
    );
    check(
        b"<a>caf\xC3\xA9, \xE2\x82",
        None,
        Kind::Xml,
        "UTF-8",
        "<a>café, ",
    );
    let cut = decode(b"<a>caf\xC3", None, Kind::Xml);
    assert_eq!((cut.text.as_str(), cut.warnings.len()), ("<a>caf", 1));
}

#[test]
fn labels_are_believed_in_order() {
    let russian = WINDOWS_1251.encode("<a>Пекин и Гавана</a>").0.into_owned();
    check(
        &russian,
        Some("text/xml; charset=\"windows-1251\""),
        Kind::Xml,
        "windows-1251",
        "<a>Пекин и Гавана</a>",
    );
    let declared = WINDOWS_1251
        .encode("<?xml encoding='win-1251'?><a>Пекин</a>")
        .0
        .into_owned();
    check(
        &declared,
        None,
        Kind::Xml,
        "windows-1251",
        "<?xml encoding='win-1251'?><a>Пекин</a>",
    );
    let meta =
        "<meta http-equiv=Content-Type content='text/html; charset=gb2312'><p>中国与拉美合作</p>";
    check(&GBK.encode(meta).0, None, Kind::Html, "GBK", meta);
}

#[test]
fn short_titles_in_wide_charsets() {
    for (encoding, title) in [
        (EUC_KR, "보기"),
        (GBK, "中国"),
        (BIG5, "拉美"),
        (EUC_JP, "日本"),
        (SHIFT_JIS, "日本"),
    ] {
        let text = format!(
            "<?xml version='1.0' encoding='{}'?><a>{title}</a>",
            encoding.name()
        );
        assert_eq!(
            decode(&encoding.encode(&text).0, None, Kind::Xml).text,
            text
        );
    }
}

#[test]
fn detection_without_a_label() {
    let chinese =
        "<p>新华社北京十一月二十一日电 中国与拉美国家的合作不断深化，双方贸易额持续增长。</p>";
    check(
        &GBK.encode(chinese).0,
        Some("text/html; charset=utf-8"),
        Kind::Html,
        "GBK",
        chinese,
    );
    let french = "<p>La coopération entre la Chine et Cuba s’élargit déjà cet été.</p>";
    check(
        &WINDOWS_1252.encode(french).0,
        None,
        Kind::Html,
        "windows-1252",
        french,
    );
}

#[test]
fn nothing_fails() {
    for bytes in [
        &b""[..],
        b"\xFF",
        b"\xFE\xFF",
        b"\xFF\xFE\0",
        b"\0\0\0",
        b"\x80\x81\x8D\xFF\xFE",
    ] {
        for kind in [Kind::Xml, Kind::Html, Kind::Json] {
            decode(bytes, Some("charset="), kind);
        }
    }
}
