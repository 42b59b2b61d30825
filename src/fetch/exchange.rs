//! One HTTP exchange, as the rest of fetching sees it: a request goes out, a head comes back, then
//! the pieces of a body. Behind this face stands the network, or a script in a test.
//!
//! Knows nothing of redirects, pacing, limits or time-outs.

use std::collections::VecDeque;

use futures_util::future::BoxFuture;
use reqwest::header::HeaderMap;
use url::Url;

use super::guard::Access;
use super::outcome::{Failure, Refusal};

/// Something that can exchange a request for an answer.
pub trait Exchange: Send + Sync {
    /// Sends a request and waits for the head of its answer.
    fn send(&self, call: Call) -> BoxFuture<'static, Result<Answer, Broken>>;
}

/// A request, complete with its headers.
#[derive(Debug)]
pub struct Call {
    /// Where to; without credentials and fragment.
    pub url: Url,
    /// All headers but those of the transport (`Host`, `Connection`).
    pub headers: HeaderMap,
    /// Which addresses may be dialled.
    pub access: Access,
    /// What a POST sends; a GET when there is none.
    pub body: Option<Vec<u8>>,
}

/// The head of an answer, and its body to come.
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, in pieces. Dropping it ends the exchange.
    pub body: Box<dyn Body>,
}

/// A body that arrives in pieces.
pub trait Body: Send {
    /// The next piece; None at the proper end.
    fn piece(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, Broken>>;
}

/// Why an exchange did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// The address may not be dialled.
    Refused(Refusal),
    /// Something failed.
    Failed(Failure),
}

/// A body that is there already, piece by piece.
#[derive(Debug, Default)]
pub struct Pieces(pub VecDeque<Vec<u8>>);

impl From<Vec<u8>> for Pieces {
    fn from(whole: Vec<u8>) -> Self {
        Self(VecDeque::from([whole]))
    }
}

impl Body for Pieces {
    fn piece(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, Broken>> {
        let next = self.0.pop_front();
        Box::pin(async move { Ok(next) })
    }
}
