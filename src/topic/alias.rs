//! Aliases: named lists of terms, built in or the person's own.
//!
//! Holds names and texts only; what the terms mean is the compiler's.

use std::collections::BTreeMap;

use super::term::alias_name;

/// The lists that ship with the program: countries, regions, organisations, subjects.
const BUILTIN: &[(&str, &str)] = &[
    (
        "countries.toml",
        include_str!("../../config/aliases/countries.toml"),
    ),
    (
        "regions.toml",
        include_str!("../../config/aliases/regions.toml"),
    ),
    (
        "organisations.toml",
        include_str!("../../config/aliases/organisations.toml"),
    ),
    (
        "subjects.toml",
        include_str!("../../config/aliases/subjects.toml"),
    ),
];

/// Named lists of terms, usable in a topic as `@name`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Aliases {
    lists: BTreeMap<String, Vec<String>>,
}

impl Aliases {
    /// No alias at all.
    pub fn empty() -> Self {
        Self::default()
    }

    /// The aliases that ship with the program.
    pub fn builtin() -> Self {
        let mut aliases = Self::default();
        for (_, text) in BUILTIN {
            let lists: BTreeMap<String, Vec<String>> =
                toml::from_str(text).expect("the built-in aliases are read by a test");
            for (name, terms) in lists {
                aliases.define(&name, terms);
            }
        }
        aliases
    }

    /// Defines an alias: `name` replaces the list of that name, `+name` extends it.
    pub fn define(&mut self, name: &str, terms: Vec<String>) {
        match name.trim().strip_prefix('+') {
            Some(name) => self
                .lists
                .entry(alias_name(name))
                .or_default()
                .extend(terms),
            None => {
                self.lists.insert(alias_name(name), terms);
            }
        }
    }

    /// The terms of an alias, by any spelling of its name.
    pub fn get(&self, name: &str) -> Option<&[String]> {
        self.lists.get(&alias_name(name)).map(Vec::as_slice)
    }

    /// Every name, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.lists.keys().map(String::as_str)
    }

    /// The known name most like an unknown one, when one is like it.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        let name = alias_name(name);
        self.names()
            .map(|known| (strsim::jaro_winkler(known, &name), known))
            .filter(|(likeness, _)| *likeness > 0.8)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, known)| known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_builtin_file_is_read_and_no_name_stands_twice() {
        let mut seen = BTreeMap::new();
        for (file, text) in BUILTIN {
            let lists: BTreeMap<String, Vec<String>> =
                toml::from_str(text).unwrap_or_else(|e| panic!("{file}: {e}"));
            for (name, terms) in lists {
                assert!(!terms.is_empty(), "{file}: {name}");
                assert_eq!(
                    name,
                    alias_name(&name),
                    "{file}: names are plain ASCII with _"
                );
                assert_eq!(
                    seen.insert(name.clone(), *file),
                    None,
                    "{file}: {name} stands twice"
                );
            }
        }
        assert!(seen.len() > 200);
    }

    #[test]
    fn a_person_replaces_or_extends() {
        let mut aliases = Aliases::empty();
        aliases.define("Amérique-Latine", vec!["Cuba".into()]);
        aliases.define("+amerique_latine", vec!["Pérou".into()]);
        assert_eq!(aliases.get("amerique-latine").map(<[_]>::len), Some(2));
        aliases.define("amerique_latine", vec!["Chili".into()]);
        assert_eq!(aliases.get("@amerique_latine").map(<[_]>::len), Some(1));
        assert_eq!(aliases.nearest("amerique_latin"), Some("amerique_latine"));
        assert_eq!(aliases.nearest("zzz"), None);
    }
}
