//! Rendered documents in memory, ready to be served: replaced as a whole, read without waiting.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, PoisonError, RwLock};

use axum::body::Bytes;
use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::feed_out;

/// A published document.
#[derive(Debug)]
pub struct Document {
    /// The bytes.
    pub bytes: Bytes,
    /// The bytes compressed, when that pays.
    pub gzip: Option<Bytes>,
    /// Strong ETag of the bytes.
    pub etag: String,
    /// Strong ETag of the compressed bytes (RFC 9110 §8.8.3.3: one per representation).
    pub gzip_etag: String,
    /// `Content-Type`.
    pub media_type: &'static str,
    /// `Last-Modified`.
    pub modified: DateTime<Utc>,
}

impl Document {
    /// Prepares a document for serving.
    pub fn new(bytes: Vec<u8>, media_type: &'static str, modified: DateTime<Utc>) -> Self {
        let gzip = compress(&bytes).filter(|g| g.len() < bytes.len());
        Self {
            etag: feed_out::etag(&bytes),
            gzip_etag: gzip.as_deref().map(feed_out::etag).unwrap_or_default(),
            gzip: gzip.map(Bytes::from),
            bytes: Bytes::from(bytes),
            media_type,
            modified,
        }
    }
}

fn compress(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

/// The documents by path below the base address, for instance `feeds/chine-amlat.atom`.
#[derive(Debug, Default)]
pub struct Shelf(RwLock<HashMap<String, Arc<Document>>>);

impl Shelf {
    /// A document.
    pub fn get(&self, path: &str) -> Option<Arc<Document>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(path)
            .cloned()
    }

    /// Path and ETag of every document, by path.
    pub fn etags(&self) -> Vec<(String, String)> {
        let shelf = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut etags: Vec<(String, String)> = shelf
            .iter()
            .map(|(path, document)| (path.clone(), document.etag.clone()))
            .collect();
        etags.sort();
        etags
    }

    /// Puts a document in place; false when the same bytes were there already.
    pub fn put(
        &self,
        path: &str,
        bytes: Vec<u8>,
        media_type: &'static str,
        modified: DateTime<Utc>,
    ) -> bool {
        if self.get(path).is_some_and(|old| old.bytes == bytes) {
            return false;
        }
        let document = Arc::new(Document::new(bytes, media_type, modified));
        let mut shelf = self.0.write().unwrap_or_else(PoisonError::into_inner);
        shelf.insert(path.to_owned(), document);
        true
    }

    /// Removes what is no longer published.
    pub fn retain(&self, keep: impl Fn(&str) -> bool) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|path, _| keep(path));
    }
}
