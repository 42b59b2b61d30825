//! One message to a machine that asked for it: a WebSub verification, delivery or ping. A sibling
//! of the journey: behind the same address guard and with limits of its own, but in nobody's turn,
//! because a message that waits for a gap is late, and without redirects, which WebSub forbids.

use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use url::Url;

use super::exchange::{Answer, Broken, Call};
use super::freshness::retry_after;
use super::guard::{self, HostPattern};
use super::outcome::{Failure, FailureKind, Refusal, RefusalReason, shown};
use super::{Client, within};

/// The longest time for a whole message and its answer.
const LIMIT: Duration = Duration::from_secs(20);
/// How much of an answer is read, in bytes: a challenge is short, and nothing else matters.
const MOST_READ: usize = 4_096;

/// Something to tell or to ask.
#[derive(Debug, Clone)]
pub struct Message {
    /// Where to.
    pub url: Url,
    /// Headers beside `User-Agent` and `Accept`.
    pub headers: Vec<(&'static str, String)>,
    /// What a POST sends; a GET when there is none.
    pub body: Option<Vec<u8>>,
    /// Hosts that may be in a private network.
    pub allow_private: Vec<HostPattern>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The beginning of the body, as it was sent.
    pub body: Vec<u8>,
    /// How long the other side wants to be left alone.
    pub retry_after: Option<Duration>,
}

impl Client {
    /// Sends a message once and waits for the answer.
    ///
    /// # Errors
    /// When the address may not be dialled, or the exchange did not come to its end.
    pub async fn send(&self, message: Message) -> Result<Reply, Broken> {
        let shared = &self.shared;
        let access = guard::judge(&message.url, &message.allow_private, &shared.proxies)
            .map_err(|text| Refusal::new(RefusalReason::Address, text).at(&message.url))
            .map_err(Broken::Refused)?;
        let address = shown(&message.url);
        let call = Call {
            headers: headers(&shared.settings.user_agent, &message)?,
            url: message.url,
            access,
            body: message.body,
        };
        let exchange = async {
            let answer = shared.exchange.send(call).await?;
            let retry_after = retry_after(&answer.headers, shared.clock.now());
            Ok(Reply {
                status: answer.status,
                body: beginning(answer).await?,
                retry_after,
            })
        };
        let late = || {
            failed(format!(
                "{address} did not answer within {} s",
                LIMIT.as_secs()
            ))
        };
        within(&*shared.timer, LIMIT, exchange)
            .await
            .unwrap_or_else(|| Err(late()))
    }
}

fn headers(agent: &str, message: &Message) -> Result<HeaderMap, Broken> {
    let unsendable = |name: &str| {
        let text = format!("the value of `{name}` cannot be sent");
        Broken::Failed(Failure::new(FailureKind::Request, text))
    };
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    let agent = HeaderValue::try_from(agent).map_err(|_| unsendable("User-Agent"))?;
    headers.insert(USER_AGENT, agent);
    for (name, value) in &message.headers {
        let header = HeaderName::try_from(*name).map_err(|_| unsendable(name))?;
        headers.insert(
            header,
            HeaderValue::try_from(value).map_err(|_| unsendable(name))?,
        );
    }
    Ok(headers)
}

async fn beginning(mut answer: Answer) -> Result<Vec<u8>, Broken> {
    let mut body = Vec::new();
    while let Some(piece) = answer.body.piece().await? {
        body.extend_from_slice(&piece);
        if body.len() > MOST_READ {
            body.truncate(MOST_READ);
            break;
        }
    }
    Ok(body)
}

fn failed(message: String) -> Broken {
    Broken::Failed(Failure::new(FailureKind::Timeout, message))
}

/// A text that nobody can guess: 32 random bytes in hexadecimal.
///
/// # Errors
/// When the system has no randomness to give.
pub fn token() -> Result<String, Broken> {
    let mut bytes = [0; 32];
    let random = rustls::crypto::ring::default_provider().secure_random;
    random.fill(&mut bytes).map_err(|_| {
        let text = "the system gave no random bytes".to_owned();
        Broken::Failed(Failure::new(FailureKind::Request, text))
    })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::super::request::Settings;
    use super::super::scripted::{World, page, status, to, url};
    use super::*;

    fn message(address: &str) -> Message {
        Message {
            url: url(address),
            headers: vec![("X-Test", "yes".to_owned())],
            body: Some(b"hello".to_vec()),
            allow_private: Vec::new(),
        }
    }

    #[test]
    fn an_answer_is_read_as_far_as_it_matters_and_no_redirect_is_followed() {
        let world = World::new();
        world.at("https://a.example/", page(&"x".repeat(10_000)));
        world.at("https://b.example/", to(302, "https://a.example/"));
        world.at("https://c.example/", status(410));
        let client = world.client(Settings::default());
        let reply = world
            .run(client.send(message("https://a.example/")))
            .unwrap();
        assert_eq!((reply.status, reply.body.len()), (200, MOST_READ));
        let reply = world
            .run(client.send(message("https://b.example/")))
            .unwrap();
        assert_eq!(reply.status, 302);
        let reply = world
            .run(client.send(message("https://c.example/")))
            .unwrap();
        assert_eq!(reply.status, 410);
        let seen = world.seen();
        assert_eq!(seen.len(), 3);
        assert_eq!(seen[0].header("x-test").as_deref(), Some("yes"));
    }

    #[test]
    fn private_addresses_are_refused_unless_they_are_allowed() {
        let world = World::new();
        world.at("http://127.0.0.1:9/", status(204));
        let client = world.client(Settings::default());
        let refused = world.run(client.send(message("http://127.0.0.1:9/")));
        assert!(matches!(refused, Err(Broken::Refused(_))), "{refused:?}");
        let allowed = Message {
            allow_private: vec!["127.0.0.1:9".parse().unwrap()],
            ..message("http://127.0.0.1:9/")
        };
        assert_eq!(world.run(client.send(allowed)).unwrap().status, 204);
        assert_eq!(world.seen().len(), 1);
    }

    #[test]
    fn tokens_differ() {
        let (one, two) = (token().unwrap(), token().unwrap());
        assert!(one.len() == 64 && one != two, "{one} {two}");
    }
}
