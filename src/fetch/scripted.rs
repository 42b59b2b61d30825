//! A world made of answers, for the tests of this folder: no sockets, and time that jumps.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeZone, Utc};
use futures_util::future::BoxFuture;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::exchange::{Answer, Broken, Call, Exchange, Pieces};
use super::outcome::{Failure, FailureKind};
use super::request::Settings;
use super::{Client, Kind, Outcome, Request};
use crate::clock::{Clock, SteppedClock, Timer};

/// What a scripted server sent: status, headers, body.
pub(super) type Script = (u16, Vec<(&'static str, String)>, Vec<u8>);

/// One request as the server saw it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub at: Duration,
    pub url: String,
    pub headers: HeaderMap,
}

/// Answers by address; each address gives its answers in order and repeats the last one.
pub(super) struct World {
    pub clock: SteppedClock,
    answers: Mutex<HashMap<String, VecDeque<Option<Script>>>>,
    seen: Mutex<Vec<Seen>>,
}

/// When a scripted world begins.
pub(super) fn start() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0)
        .single()
        .expect("a valid date")
}

pub(super) fn url(address: &str) -> Url {
    Url::parse(address).expect("test addresses parse")
}

/// A plain answer with a body.
pub(super) fn page(body: &str) -> Script {
    (
        200,
        vec![("content-type", "text/html".to_owned())],
        body.as_bytes().to_vec(),
    )
}

/// A redirect.
pub(super) fn to(status: u16, location: &str) -> Script {
    (status, vec![("location", location.to_owned())], Vec::new())
}

/// A bare status.
pub(super) fn status(status: u16) -> Script {
    (status, Vec::new(), Vec::new())
}

impl World {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            clock: SteppedClock::new(start()),
            answers: Mutex::default(),
            seen: Mutex::default(),
        })
    }

    /// From here on `address` answers so, after what was scripted before; None is silence.
    pub(super) fn at(
        self: &Arc<Self>,
        address: &str,
        answer: impl Into<Option<Script>>,
    ) -> &Arc<Self> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers
            .entry(address.to_owned())
            .or_default()
            .push_back(answer.into());
        drop(answers);
        self
    }

    pub(super) fn client(self: &Arc<Self>, settings: Settings) -> Client {
        let clock = Arc::new(self.clock.clone());
        let timer: Arc<dyn Timer> = clock.clone();
        let clock: Arc<dyn Clock> = clock;
        let settings = Settings {
            environment_proxy: false,
            ..settings
        };
        Client::with_exchange(
            settings,
            clock,
            timer,
            Arc::clone(self) as Arc<dyn Exchange>,
        )
    }

    /// Runs a future, jumping over every wait.
    pub(super) fn run<T>(&self, future: impl Future<Output = T>) -> T {
        let stepper = self.clock.clone();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .on_thread_park(move || {
                stepper.step();
            })
            .build()
            .expect("a runtime without drivers always builds");
        runtime.block_on(future)
    }

    /// One fetch with default settings.
    pub(super) fn fetch(self: &Arc<Self>, address: &str) -> Outcome {
        let client = self.client(Settings::default());
        self.run(client.fetch(&Request::new(url(address), Kind::Page)))
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The addresses asked for, in order.
    pub(super) fn asked(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.url).collect()
    }
}

impl Seen {
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let value = self.headers.get(name)?;
        Some(value.as_bytes().iter().copied().map(char::from).collect())
    }
}

impl Exchange for World {
    fn send(&self, call: Call) -> BoxFuture<'static, Result<Answer, Broken>> {
        let address = call.url.to_string();
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Seen {
                at: self.clock.elapsed(),
                url: address.clone(),
                headers: call.headers,
            });
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let script = match answers.get_mut(&address) {
            Some(queue) if queue.len() > 1 => queue.pop_front(),
            Some(queue) => queue.front().cloned(),
            None => Some(Some(status(404))),
        };
        let latency = self.clock.sleep(Duration::from_millis(50));
        Box::pin(async move {
            latency.await;
            let Some((status, lines, body)) = script.flatten() else {
                return Err(Broken::Failed(Failure::new(
                    FailureKind::Connect,
                    "no connection",
                )));
            };
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                let value =
                    HeaderValue::from_bytes(value.as_bytes()).expect("test headers are valid");
                headers.append(HeaderName::from_static(name), value);
            }
            Ok(Answer {
                status,
                headers,
                body: Box::new(Pieces::from(body)),
            })
        })
    }
}
