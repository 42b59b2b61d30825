//! The lint of a chain of archives (RFC 5005 §4): from the newest entries to the oldest without a
//! gap, a loop or a contradiction.
//!
//! Knows documents by their addresses, not where they are stored.

use std::collections::{HashMap, HashSet};

use super::lint_document::{Element, read};

/// Judges a subscription document and its archives, each with the address it is served at, the
/// subscription document first: every document names its own address, every archive is marked as
/// one and leads back to the subscription document, neighbours name each other, and following
/// `prev-archive` reaches each archive exactly once. Single documents are for [`super::lint()`].
pub fn lint_chain(documents: &[(&str, &[u8])]) -> Vec<String> {
    let mut findings = Vec::new();
    let mut read_documents: HashMap<&str, Element> = HashMap::new();
    for (url, bytes) in documents {
        match read(bytes) {
            Ok(document) => {
                read_documents.insert(url, document);
            }
            Err(finding) => findings.push(format!("{url}: {finding}")),
        }
    }
    let Some((start, _)) = documents.first() else {
        return findings;
    };
    for (url, _) in documents {
        if let Some(document) = read_documents.get(url) {
            findings.extend(flaws_of_document(url, document, start));
        }
    }
    findings.extend(flaws_of_walk(start, documents, &read_documents));
    findings
}

fn flaws_of_document(url: &str, document: &Element, start: &str) -> Vec<String> {
    let mut findings = Vec::new();
    if document.link("self") != Some(url) {
        findings.push(format!("{url}: its link rel=self names another address"));
    }
    if url == start {
        if document.is_archive() {
            findings.push(format!(
                "{url}: the subscription document is marked as an archive"
            ));
        }
        return findings;
    }
    if !document.is_archive() {
        findings.push(format!("{url}: it is not marked as an archive"));
    }
    if document.link("current") != Some(start) {
        findings.push(format!(
            "{url}: its link rel=current does not lead to {start}"
        ));
    }
    findings
}

fn flaws_of_walk(
    start: &str,
    documents: &[(&str, &[u8])],
    read_documents: &HashMap<&str, Element>,
) -> Vec<String> {
    let mut findings = Vec::new();
    let mut visited: HashSet<&str> = HashSet::from([start]);
    let mut url = start;
    while let Some(prev) = read_documents
        .get(url)
        .and_then(|document| document.link("prev-archive"))
    {
        if !visited.insert(prev) {
            findings.push(format!(
                "{url}: its link rel=prev-archive closes a loop at {prev}"
            ));
            break;
        }
        let Some(older) = read_documents.get(prev) else {
            findings.push(format!(
                "{url}: its link rel=prev-archive leads to {prev}, which is not there"
            ));
            break;
        };
        // An archive that never changes cannot name the next (RFC 5005 §4 leaves it open); one that
        // does must be right. The newest is followed by the subscription document, no archive.
        let expected = (url != start).then_some(url);
        let named = older.link("next-archive");
        if named.is_some() && named != expected {
            findings.push(format!(
                "{prev}: its link rel=next-archive does not lead back to {url}"
            ));
        }
        url = prev;
    }
    for (url, _) in documents {
        if !visited.contains(url) {
            findings.push(format!("{url}: no link rel=prev-archive leads to it"));
        }
    }
    findings
}
