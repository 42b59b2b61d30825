//! Where the fields of an entry stand in a JSON value: JSON Pointer (RFC 6901) or names with dots.
//!
//! In both `*` stands for every element of an array or object. A text may be made of several
//! values: `/article/{id}.html`.

use serde::Deserialize;
use serde_json::Value;

use crate::model::SpecError;

/// Most parts a path may have.
const MAX_PARTS: usize = 16;

/// Most values one path may lead to.
const MAX_VALUES: usize = 20_000;

/// Where the entries and their fields stand, as written in TOML. All but `items` are looked for
/// within an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct JsonSpec {
    /// The array of entries, for instance `data.list` or `/data/list`; empty for the document itself.
    pub items: String,
    /// Address of the article, or a text with paths in braces: `/article/{id}.html`.
    pub link: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Date of publication: text, or seconds or milliseconds since 1970.
    pub date: Option<String>,
    /// Date of the last change.
    pub updated: Option<String>,
    /// Teaser.
    pub summary: Option<String>,
    /// Body.
    pub content: Option<String>,
    /// The outlet's own id.
    pub id: Option<String>,
    /// Names of authors.
    pub author: Option<String>,
    /// Labels.
    pub categories: Option<String>,
    /// Language tag.
    pub language: Option<String>,
    /// Address of a picture.
    pub image: Option<String>,
    /// Text after which the value begins, where a script or page holds several.
    pub after: Option<String>,
}

/// The paths, ready to use.
#[derive(Debug, Clone, Default)]
pub struct JsonPaths {
    pub(super) items: Path,
    pub(super) link: Option<Text>,
    pub(super) title: Option<Text>,
    pub(super) date: Option<Text>,
    pub(super) updated: Option<Text>,
    pub(super) summary: Option<Text>,
    pub(super) content: Option<Text>,
    pub(super) id: Option<Text>,
    pub(super) author: Option<Text>,
    pub(super) categories: Option<Text>,
    pub(super) language: Option<Text>,
    pub(super) image: Option<Text>,
    pub(super) after: Option<String>,
}

impl JsonPaths {
    /// Compiles the paths, or names everything that is wrong with them.
    pub fn compile(spec: &JsonSpec) -> Result<Self, Vec<SpecError>> {
        let mut wrong = Vec::new();
        let items = Path::compile(&spec.items).unwrap_or_else(|message| {
            wrong.push(error("items", message));
            Path::default()
        });
        let mut text = |key, given: &Option<String>| match Text::compile(given.as_deref()?) {
            Ok(text) => Some(text),
            Err(message) => {
                wrong.push(error(key, message));
                None
            }
        };
        let paths = Self {
            items,
            link: text("link", &spec.link),
            title: text("title", &spec.title),
            date: text("date", &spec.date),
            updated: text("updated", &spec.updated),
            summary: text("summary", &spec.summary),
            content: text("content", &spec.content),
            id: text("id", &spec.id),
            author: text("author", &spec.author),
            categories: text("categories", &spec.categories),
            language: text("language", &spec.language),
            image: text("image", &spec.image),
            after: spec.after.clone().filter(|after| !after.is_empty()),
        };
        if paths.link.is_none() && paths.id.is_none() && wrong.is_empty() {
            wrong.push(error(
                "link",
                "neither `link` nor `id` is given: an entry would have no identity".to_owned(),
            ));
        }
        if wrong.is_empty() {
            Ok(paths)
        } else {
            Err(wrong)
        }
    }
}

/// A path to values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Path(Vec<String>);

impl Path {
    fn compile(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let parts: Vec<String> = match text.strip_prefix('/') {
            Some(pointer) => pointer
                .split('/')
                .map(|part| part.replace("~1", "/").replace("~0", "~"))
                .collect(),
            None if text.is_empty() || text == "." => Vec::new(),
            None => text
                .replace("[*]", ".*")
                .replace("[]", ".*")
                .replace('[', ".")
                .replace(']', "")
                .split('.')
                .map(str::to_owned)
                .collect(),
        };
        if parts.iter().any(String::is_empty) {
            return Err(format!("`{text}` has an empty part"));
        }
        if parts.len() > MAX_PARTS {
            return Err(format!("`{text}` has more than {MAX_PARTS} parts"));
        }
        Ok(Self(parts))
    }

    /// All values the path leads to, in the order of the document.
    pub fn all<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        let mut here = vec![value];
        for part in &self.0 {
            let mut next: Vec<&Value> = Vec::new();
            for value in here {
                match (value, part.as_str()) {
                    (Value::Array(array), "*") => next.extend(array),
                    (Value::Object(object), "*") => next.extend(object.values()),
                    (Value::Array(array), index) => next.extend(
                        index
                            .parse::<usize>()
                            .ok()
                            .and_then(|index| array.get(index)),
                    ),
                    (Value::Object(object), name) => next.extend(object.get(name)),
                    _ => {}
                }
            }
            next.truncate(MAX_VALUES);
            here = next;
        }
        here
    }
}

/// A text made of values and of what stands between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Plain(String),
    Value(Path),
}

impl Text {
    fn compile(text: &str) -> Result<Self, String> {
        if !text.contains('{') {
            let path = Path::compile(text)?;
            return Ok(Self(vec![Piece::Value(path)]));
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((plain, after)) = rest.split_once('{') {
            let (path, after) = after
                .split_once('}')
                .ok_or_else(|| format!("`{text}` has a brace that is not closed"))?;
            pieces.push(Piece::Plain(plain.to_owned()));
            pieces.push(Piece::Value(Path::compile(path)?));
            rest = after;
        }
        pieces.push(Piece::Plain(rest.to_owned()));
        Ok(Self(pieces))
    }

    /// The text; None when one of its values is missing.
    pub fn read(&self, item: &Value) -> Option<String> {
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Plain(text) => out.push_str(text),
                Piece::Value(path) => out.push_str(&path.all(item).into_iter().find_map(scalar)?),
            }
        }
        Some(out)
    }

    /// Every text the path leads to; the elements of an array one by one.
    pub fn read_all(&self, item: &Value) -> Vec<String> {
        match self.0.as_slice() {
            [Piece::Value(path)] => path
                .all(item)
                .into_iter()
                .flat_map(elements_of)
                .filter_map(scalar)
                .collect(),
            _ => self.read(item).into_iter().collect(),
        }
    }
}

fn elements_of(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(array) => array.iter().collect(),
        single => vec![single],
    }
}

/// A value as text: strings and numbers, and the first of an array.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(array) => match array.first()? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        },
        _ => None,
    }
}

fn error(key: &'static str, message: String) -> SpecError {
    SpecError {
        key,
        index: None,
        message,
        help:
            "write a path, for instance `data.list` or `/data/list`; `*` stands for every element"
                .to_owned(),
    }
}
