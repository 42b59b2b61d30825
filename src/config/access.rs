//! `[access]`: who may read what we serve. Secrets come from files and are kept as hashes, so that
//! no log and no debug output can show them.

use std::collections::HashMap;
use std::path::Path;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::section::Section;
use super::sources::secret;

/// The hash of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl Secret {
    /// Keeps a secret.
    pub fn new(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// Whether a text is the secret, in a time that does not depend on the text.
    pub fn is(&self, text: &str) -> bool {
        self.0.ct_eq(&Self::new(text).0).into()
    }
}

/// `[access]`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Access {
    /// `user:password` of HTTP Basic, asked for everything; None when it is not asked for.
    pub basic: Option<Secret>,
    /// The token that each feed wants, by its path below `feeds/` without extension; `*` for all.
    pub tokens: HashMap<String, Secret>,
}

/// Reads `[access]`.
pub fn access(section: Option<&Section<'_>>, folder: Option<&Path>) -> Access {
    let Some(s) = section else {
        return Access::default();
    };
    let user = s.text("user");
    let password = s
        .text("password_file")
        .and_then(|file| secret(s, "password_file", &file, folder));
    if s.has("user") != s.has("password_file") {
        let message = "`user` and `password_file` belong together";
        s.refuse(s.header(), "user", message, "write both, or neither");
    }
    if let Some(user) = user.as_ref().filter(|user| user.value.contains(':')) {
        let message = "a user name of HTTP Basic holds no colon";
        s.refuse(&user.at, "user", message, "choose another name");
    }
    let basic = user
        .zip(password)
        .map(|(user, password)| Secret::new(&format!("{}:{password}", user.value)));
    let mut tokens = HashMap::new();
    if let Some(file) = s.text("tokens_file") {
        let text = secret(s, "tokens_file", &file, folder).unwrap_or_default();
        let lines = text.lines().map(str::trim);
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let mut words = line.split_whitespace();
            match (words.next(), words.next(), words.next()) {
                (Some(feed), Some(token), None) => {
                    tokens.insert(feed.to_owned(), Secret::new(token));
                }
                _ => s.refuse(
                    &file.at,
                    "tokens_file",
                    "a line of this file is not a feed and its token",
                    "write lines such as `chine-amlat SECRET`, `sources/rfi-asie SECRET` or `* SECRET`",
                ),
            }
        }
    }
    s.finish();
    Access { basic, tokens }
}
