//! Keeping what was exchanged, and giving it again: the tape is a folder with one line of JSON per
//! event and one file per body. Sits beneath politeness and limits, so that a replay goes through
//! all of them.
//!
//! Secrets are masked: headers that may hold some, and the values of query parameters that are named
//! like some. Bodies are kept as they came.

use std::collections::{HashMap, VecDeque};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::exchange::{Answer, Body, Broken, Call, Exchange, Pieces};
use super::outcome::{Failure, FailureKind, Refusal, RefusalReason};

/// Name of the file with the events.
const INDEX: &str = "index.jsonl";
/// Name of the folder with the bodies, each under its hash.
const BODIES: &str = "bodies";
/// Request headers whose values are kept; those of all others are masked.
const PLAIN: [&str; 6] = [
    "accept",
    "accept-encoding",
    "content-type",
    "if-modified-since",
    "if-none-match",
    "user-agent",
];
/// Answer headers that are masked.
const SECRET: [&str; 2] = ["set-cookie", "www-authenticate"];
/// What the name of a query parameter with a secret holds.
const SECRET_NAMES: [&str; 7] = ["key", "token", "secret", "auth", "pass", "sig", "session"];
/// Failures by their words; a status is never one of an exchange.
const FAILURES: [FailureKind; 11] = [
    FailureKind::Dns,
    FailureKind::Connect,
    FailureKind::ConnectionRefused,
    FailureKind::Tls,
    FailureKind::Timeout,
    FailureKind::Closed,
    FailureKind::Truncated,
    FailureKind::Encoding,
    FailureKind::Protocol,
    FailureKind::TooLarge,
    FailureKind::Request,
];

/// The folder that is written to.
#[derive(Debug)]
pub struct Tape {
    folder: PathBuf,
    index: Mutex<File>,
}

impl Tape {
    /// A new tape in a folder that holds none yet.
    ///
    /// # Errors
    /// When the folder cannot be written, or holds a recording already.
    pub fn create(folder: &Path) -> io::Result<Arc<Self>> {
        fs::create_dir_all(folder.join(BODIES))?;
        let index = OpenOptions::new()
            .create_new(true)
            .append(true)
            .open(folder.join(INDEX));
        let index = index.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => io::Error::new(
                error.kind(),
                "it holds a recording already; name another folder, or remove that one",
            ),
            _ => error,
        })?;
        Ok(Arc::new(Self {
            folder: folder.to_owned(),
            index: Mutex::new(index),
        }))
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes an event. A tape that cannot be written is no reason to stop the daemon.
    pub fn note(&self, event: &Value) {
        let mut index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = index.write_all(format!("{event}\n").as_bytes()) {
            tracing::error!(%error, "the recording in {} cannot be written", self.folder.display());
        }
    }

    /// Keeps a body under its hash.
    fn keep(&self, body: &[u8]) -> String {
        let name = hex(&Sha256::digest(body)[..16]);
        let path = self.folder.join(BODIES).join(&name);
        let written = match path.exists() {
            true => Ok(()),
            false => fs::write(&path, body),
        };
        if let Err(error) = written {
            tracing::error!(%error, "the recording cannot write {}", path.display());
        }
        name
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Passes everything on and keeps what came back.
pub(super) struct Recorder {
    pub inner: Arc<dyn Exchange>,
    pub tape: Arc<Tape>,
}

impl Exchange for Recorder {
    fn send(&self, call: Call) -> BoxFuture<'static, Result<Answer, Broken>> {
        if call.body.is_some() {
            // Messages to hubs and subscribers are no part of what the store is made from.
            return self.inner.send(call);
        }
        let mut entry = Entry {
            tape: self.tape.clone(),
            url: masked(&call.url),
            asked: request_headers(&call.headers),
            answered: None,
            body: Vec::new(),
            end: json!("unfinished"),
        };
        let sending = self.inner.send(call);
        Box::pin(async move {
            match sending.await {
                Ok(answer) => {
                    entry.answered = Some((answer.status, answer_headers(&answer.headers)));
                    Ok(Answer {
                        status: answer.status,
                        headers: answer.headers,
                        body: Box::new(Tee {
                            inner: answer.body,
                            entry,
                        }),
                    })
                }
                Err(broken) => {
                    entry.ended(broken_as_json(&broken));
                    Err(broken)
                }
            }
        })
    }
}

/// One exchange; written when it is over, however it ended.
struct Entry {
    tape: Arc<Tape>,
    url: String,
    asked: Value,
    answered: Option<(u16, Value)>,
    body: Vec<u8>,
    end: Value,
}

impl Entry {
    fn ended(&mut self, how: Value) {
        self.end = how;
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let (status, headers) = self.answered.take().unzip();
        let body = status.map(|_| self.tape.keep(&self.body));
        self.tape.note(&json!({"exchange": {
            "url": self.url, "asked": self.asked, "status": status, "headers": headers,
            "body": body, "end": self.end,
        }}));
    }
}

struct Tee {
    inner: Box<dyn Body>,
    entry: Entry,
}

impl Body for Tee {
    fn piece(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, Broken>> {
        Box::pin(async move {
            let piece = self.inner.piece().await;
            match &piece {
                Ok(Some(bytes)) => self.entry.body.extend_from_slice(bytes),
                Ok(None) => self.entry.ended(json!("whole")),
                Err(broken) => self.entry.ended(broken_as_json(broken)),
            }
            piece
        })
    }
}

fn broken_as_json(broken: &Broken) -> Value {
    match broken {
        Broken::Refused(refusal) => json!({"refused": refusal.message}),
        Broken::Failed(failure) => {
            json!({"failed": failure.kind.word(), "message": failure.message})
        }
    }
}

fn broken_of_json(value: &Value) -> Broken {
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    if value["refused"].is_string() {
        return Broken::Refused(Refusal::new(RefusalReason::Address, text("refused")));
    }
    let kind = FAILURES
        .into_iter()
        .find(|kind| kind.word() == text("failed"));
    let kind = kind.unwrap_or(FailureKind::Connect);
    Broken::Failed(Failure::new(kind, text("message")))
}

/// An address as it stands on the tape: the same secret always gives the same mask.
fn masked(url: &Url) -> String {
    let secret = |name: &str| {
        let name = name.to_ascii_lowercase();
        SECRET_NAMES.iter().any(|word| name.contains(word))
    };
    if !url.query_pairs().any(|(name, _)| secret(&name)) {
        return url.to_string();
    }
    let mut plain = url.clone();
    let pairs = url.query_pairs().map(|(name, value)| match secret(&name) {
        true => (
            name,
            format!("masked-{}", hex(&Sha256::digest(value.as_bytes())[..8])),
        ),
        false => (name, value.into_owned()),
    });
    plain.query_pairs_mut().clear().extend_pairs(pairs);
    plain.into()
}

fn request_headers(headers: &HeaderMap) -> Value {
    header_lines(headers, |name| PLAIN.contains(&name))
}

fn answer_headers(headers: &HeaderMap) -> Value {
    header_lines(headers, |name| !SECRET.contains(&name))
}

/// Names and values; each character of a value stands for one byte.
fn header_lines(headers: &HeaderMap, plain: impl Fn(&str) -> bool) -> Value {
    let lines = headers.iter().map(|(name, value)| {
        let value = match plain(name.as_str()) {
            true => value.as_bytes().iter().copied().map(char::from).collect(),
            false => "masked".to_owned(),
        };
        json!([name.as_str(), value])
    });
    lines.collect()
}

/// A tape that was read.
#[derive(Debug)]
pub struct Recording {
    folder: PathBuf,
    /// The events that are no exchanges, in their order.
    pub events: Vec<Value>,
    answers: HashMap<String, VecDeque<Value>>,
}

impl Recording {
    /// Reads a tape. A last line that was cut short by a crash is passed over.
    ///
    /// # Errors
    /// When the folder holds no recording that can be read.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(folder.join(INDEX))?;
        let mut recording = Self {
            folder: folder.to_owned(),
            events: Vec::new(),
            answers: HashMap::new(),
        };
        for line in text.lines() {
            let Ok(mut event) = serde_json::from_str::<Value>(line) else {
                continue;
            };
            match event.get_mut("exchange").map(Value::take) {
                None => recording.events.push(event),
                Some(exchange) => {
                    let url = exchange["url"].as_str().unwrap_or_default().to_owned();
                    recording
                        .answers
                        .entry(url)
                        .or_default()
                        .push_back(exchange);
                }
            }
        }
        Ok(recording)
    }

    /// What answers as the world did: each address its answers in their order, then none any more.
    pub fn into_exchange(self) -> Arc<dyn Exchange> {
        Arc::new(Recorded {
            folder: self.folder,
            answers: Mutex::new(self.answers),
        })
    }
}

struct Recorded {
    folder: PathBuf,
    answers: Mutex<HashMap<String, VecDeque<Value>>>,
}

impl Exchange for Recorded {
    fn send(&self, call: Call) -> BoxFuture<'static, Result<Answer, Broken>> {
        let url = masked(&call.url);
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let next = answers.get_mut(&url).and_then(VecDeque::pop_front);
        let answer = match next {
            Some(exchange) => self.answer(&exchange),
            None => {
                let message = format!("the recording holds no further answer of {url}");
                Some(Err(Broken::Failed(Failure::new(
                    FailureKind::Connect,
                    message,
                ))))
            }
        };
        match answer {
            Some(answer) => Box::pin(std::future::ready(answer)),
            None => Box::pin(std::future::pending()),
        }
    }
}

impl Recorded {
    /// None where nothing came back within the time.
    fn answer(&self, exchange: &Value) -> Option<Result<Answer, Broken>> {
        let end = &exchange["end"];
        let Some(status) = exchange["status"].as_u64() else {
            return end.is_object().then(|| Err(broken_of_json(end)));
        };
        let name = exchange["body"].as_str().unwrap_or_default();
        let body = match fs::read(self.folder.join(BODIES).join(name)) {
            Ok(body) => body,
            Err(error) => {
                let message = format!("the recording's body {name} cannot be read: {error}");
                let failure = Failure::new(FailureKind::Connect, message);
                return Some(Err(Broken::Failed(failure)));
            }
        };
        let body: Box<dyn Body> = match end.as_str() {
            Some("whole") => Box::new(Pieces::from(body)),
            Some(_) => Box::new(Cut { body, end: None }),
            None => Box::new(Cut {
                body,
                end: Some(broken_of_json(end)),
            }),
        };
        Some(Ok(Answer {
            status: u16::try_from(status).unwrap_or_default(),
            headers: headers_of_json(&exchange["headers"]),
            body,
        }))
    }
}

fn headers_of_json(lines: &Value) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines.as_array().into_iter().flatten() {
        let text = |index: usize| line[index].as_str().unwrap_or_default();
        let value: Option<Vec<u8>> = text(1).chars().map(|c| u8::try_from(c).ok()).collect();
        let name = HeaderName::try_from(text(0)).ok();
        let value = value.and_then(|bytes| HeaderValue::from_bytes(&bytes).ok());
        if let (Some(name), Some(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    headers
}

/// A body that did not come to its end: broken, or silent for ever.
struct Cut {
    body: Vec<u8>,
    end: Option<Broken>,
}

impl Body for Cut {
    fn piece(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, Broken>> {
        let piece = std::mem::take(&mut self.body);
        if !piece.is_empty() {
            return Box::pin(std::future::ready(Ok(Some(piece))));
        }
        match self.end.clone() {
            Some(broken) => Box::pin(std::future::ready(Err(broken))),
            None => Box::pin(std::future::pending()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::request::Settings;
    use super::super::scripted::{World, page, start, status, url};
    use super::super::{Client, Kind, Outcome, Request};
    use super::*;
    use crate::clock::{FixedClock, SkippingTimer};

    /// What a fetch came to, as far as the rest of the program sees it.
    fn said(outcome: &Outcome) -> String {
        match outcome {
            Outcome::Body(response) => format!("{:?} {:?}", response.final_url, response.body),
            other => other.to_string(),
        }
    }

    #[test]
    fn a_replay_says_what_the_world_said_and_then_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let world = World::new();
        let script = (
            200,
            vec![
                ("set-cookie", "id=s3cret".to_owned()),
                ("etag", "\"a\"".to_owned()),
            ],
            b"<p>hello".to_vec(),
        );
        world.at("https://a.example/?api_key=s3cret", script);
        world.at("https://b.example/", status(503));
        world.at("https://c.example/", None);
        world.at("https://d.example/", page("one"));
        world.at("https://d.example/", page("two"));
        let addresses = [
            "https://a.example/?api_key=s3cret",
            "https://b.example/",
            "https://c.example/",
            "https://d.example/",
            "https://d.example/",
        ];
        let tape = Tape::create(folder.path()).unwrap();
        let live = world.client(Settings::default()).recording(&tape);
        let first =
            addresses.map(|a| said(&world.run(live.fetch(&Request::new(url(a), Kind::Page)))));
        let text = fs::read_to_string(folder.path().join(INDEX)).unwrap();
        assert!(!text.contains("s3cret"), "{text}");
        assert!(
            Tape::create(folder.path()).is_err(),
            "a recording is never written over"
        );

        let recording = Recording::open(folder.path()).unwrap();
        let clock = Arc::new(FixedClock::new(start()));
        let replayed = Client::with_exchange(
            Settings::default(),
            clock,
            Arc::new(SkippingTimer::default()),
            recording.into_exchange(),
        );
        let second =
            addresses.map(|a| said(&world.run(replayed.fetch(&Request::new(url(a), Kind::Page)))));
        assert_eq!(first, second);
        let none = said(&world.run(replayed.fetch(&Request::new(url(addresses[4]), Kind::Page))));
        assert!(none.contains("no further answer"), "{none}");
    }
}
