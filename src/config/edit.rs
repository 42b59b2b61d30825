//! Adding sources to a file that a person wrote: every byte that stands there stays.
//!
//! `[[source]]` tables may stand anywhere in a file, so new ones go to its end. toml_edit, which
//! keeps the form of a document, tells whether they may: a file can also write its sources as one
//! inline array.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use toml_edit::{DocumentMut, Item};

/// Appends `[[source]]` tables, with the comments over them, to the text of a file.
///
/// # Errors
/// A sentence, when the file is not TOML or writes its sources in another form.
pub fn append_sources(text: &str, blocks: &str) -> Result<String, String> {
    let before = count_sources(text)?;
    let added = count_sources(blocks)?;
    let mut new = String::with_capacity(text.len() + blocks.len() + 2);
    new.push_str(text);
    if !text.is_empty() && !text.ends_with('\n') {
        new.push('\n');
    }
    if !text.trim().is_empty() && !new.ends_with("\n\n") && !new.ends_with("\n\r\n") {
        new.push('\n');
    }
    new.push_str(blocks);
    if text.contains("\r\n") {
        let (kept, added) = new.split_at(text.len());
        new = format!(
            "{kept}{}",
            added.replace("\r\n", "\n").replace('\n', "\r\n")
        );
    }
    match count_sources(&new)? {
        count if count == before + added => Ok(new),
        _ => Err("the file cannot be added to: add the source by hand".to_owned()),
    }
}

/// How many `[[source]]` tables a text holds.
fn count_sources(text: &str) -> Result<usize, String> {
    let document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        format!("the file is not TOML: {}", error.message())
    })?;
    match document.get("source") {
        None => Ok(0),
        Some(Item::ArrayOfTables(tables)) => Ok(tables.len()),
        Some(_) => Err(
            "the file writes its sources as `source = [...]`: write them as [[source]] tables first"
                .to_owned(),
        ),
    }
}

/// Replaces a file at once: whoever reads it finds the old text or the new one, never a part. A
/// symbolic link stays one.
///
/// # Errors
/// When its folder cannot be written.
pub fn replace_file(path: &Path, text: &str) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let beside = target.with_file_name(format!(".{name}.{}.new", std::process::id()));
    let written = (|| {
        let mut file = fs::File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        if let Ok(metadata) = fs::metadata(&target) {
            file.set_permissions(metadata.permissions())?;
        }
        file.sync_all()?;
        fs::rename(&beside, &target)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: &str = "# Neuf\n[[source]]\nid = \"b\"\nurl = \"https://b.example/\"\n";

    #[test]
    fn what_stands_there_stays() {
        for text in [
            "",
            "# Mes sources\n",
            "# Mes sources\n\n[[source]]   # la première\nid   = 'a'\nurl=\"https://a.example/\" # ici\n# fin",
            "[[source]]\nid = \"a\"\n[source.listing]\nlink = \"a\"\n\n[alias]\nx = [\"y\"]\n# [[source]]\n# id = \"plus tard\"\n",
            "[[source]]\r\nid = \"a\"\r\n",
            "\u{feff}[[source]]\nid = \"a\"\n",
        ] {
            let new = append_sources(text, BLOCK).expect("it can be added to");
            assert!(new.starts_with(text), "{text:?} became {new:?}");
            let document: DocumentMut = new.parse().expect("TOML");
            let sources = document["source"].as_array_of_tables().expect("tables");
            let last = sources.iter().last().expect("the new one");
            assert_eq!(last["id"].as_str(), Some("b"), "{new}");
            assert_eq!(new.contains("\r\n"), text.contains("\r\n"));
            assert!(!text.contains("\r\n") || !new.replace("\r\n", "").contains('\n'));
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for (text, says) in [
            ("source = [{ id = \"a\" }]", "[[source]]"),
            ("[[source]\n", "not TOML"),
        ] {
            let error = append_sources(text, BLOCK).expect_err(text);
            assert!(error.contains(says), "{error}");
        }
    }
}
