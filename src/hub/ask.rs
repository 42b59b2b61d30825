//! What a subscriber sends to a hub (WebSub §5.1): read strictly, because anybody may send it.

use chrono::TimeDelta;
use url::{Url, form_urlencoded};

/// The largest request that is read, in bytes: two addresses, a secret, and what they grow to when
/// they are escaped.
pub const MAX_BODY: usize = 16 * 1024;
/// The longest callback or topic, in bytes.
const MAX_ADDRESS: usize = 2_048;
/// A secret must be shorter than this, in bytes (§5.1).
const SECRET_LIMIT: usize = 200;
/// Shortest lease, the one of who names none, and the longest.
const LEASES: [TimeDelta; 3] = [
    TimeDelta::hours(1),
    TimeDelta::days(10),
    TimeDelta::days(30),
];

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// To be told of every change.
    Subscribe,
    /// To be told no more.
    Unsubscribe,
}

impl Mode {
    /// The word of the protocol.
    pub fn word(self) -> &'static str {
        match self {
            Self::Subscribe => "subscribe",
            Self::Unsubscribe => "unsubscribe",
        }
    }
}

/// A request that is well-formed. Nothing says yet that its sender owns the callback.
#[derive(Clone, PartialEq, Eq)]
pub struct Ask {
    /// Subscribe or unsubscribe.
    pub mode: Mode,
    /// Where the subscriber wants to be told.
    pub callback: Url,
    /// The address of the feed, as the subscriber wrote it.
    pub topic: String,
    /// How long the subscription is to last, within our bounds.
    pub lease: TimeDelta,
    /// What deliveries are to be signed with.
    pub secret: Option<String>,
}

/// Reads a request; the error is a sentence for the subscriber.
pub fn parse(body: &[u8]) -> Result<Ask, String> {
    let mut fields = Fields::read(body)?;
    let mode = match fields.take("hub.mode").as_deref() {
        Some("subscribe") => Mode::Subscribe,
        Some("unsubscribe") => Mode::Unsubscribe,
        Some("publish") => {
            return Err(
                "This hub serves its own feeds only and notices their changes itself.".into(),
            );
        }
        Some(_) | None => return Err("hub.mode must be subscribe or unsubscribe.".into()),
    };
    let callback = fields
        .take("hub.callback")
        .ok_or("hub.callback is missing.")?;
    let topic = fields.take("hub.topic").ok_or("hub.topic is missing.")?;
    if callback.len() > MAX_ADDRESS || topic.len() > MAX_ADDRESS {
        return Err(format!(
            "hub.callback and hub.topic may have {MAX_ADDRESS} bytes at most."
        ));
    }
    let secret = fields
        .take("hub.secret")
        .filter(|secret| !secret.is_empty());
    if secret
        .as_ref()
        .is_some_and(|secret| secret.len() >= SECRET_LIMIT)
    {
        return Err(format!(
            "hub.secret must be shorter than {SECRET_LIMIT} bytes."
        ));
    }
    Ok(Ask {
        mode,
        callback: address(&callback)?,
        topic,
        lease: lease(fields.take("hub.lease_seconds").as_deref())?,
        secret,
    })
}

fn address(text: &str) -> Result<Url, String> {
    let url =
        Url::parse(text).map_err(|error| format!("hub.callback is not an address: {error}."))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err("hub.callback must begin with http:// or https://.".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("hub.callback must not hold a user name or a password.".into());
    }
    if url.fragment().is_some() {
        return Err("hub.callback must not hold a fragment.".into());
    }
    Ok(url)
}

fn lease(text: Option<&str>) -> Result<TimeDelta, String> {
    let [shortest, usual, longest] = LEASES;
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(usual);
    };
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("hub.lease_seconds must be a whole number.".into());
    }
    // More digits than fit are a wish for ever.
    let asked = text.parse().ok().and_then(TimeDelta::try_seconds);
    Ok(asked.unwrap_or(longest).clamp(shortest, longest))
}

/// The `hub.` fields of a form, each at most once.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn read(body: &[u8]) -> Result<Self, String> {
        let mut fields: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(body) {
            if !name.starts_with("hub.") {
                continue;
            }
            if fields.iter().any(|(known, _)| *known == name) {
                return Err(format!("{} is given twice.", shown(&name)));
            }
            fields.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(fields))
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let index = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.swap_remove(index).1)
    }
}

/// A foreign name within a sentence: short, and nothing but letters.
fn shown(name: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
    name.chars().filter(plain).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> Vec<u8> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        form.finish().into_bytes()
    }

    fn with(changed: &[(&str, &str)]) -> Result<Ask, String> {
        let mut fields = vec![
            ("hub.mode", "subscribe"),
            ("hub.callback", "https://reader.example/push?id=7"),
            ("hub.topic", "https://feeds.example.org/feeds/chine.atom"),
        ];
        for (name, value) in changed {
            fields.retain(|(known, _)| known != name);
            fields.push((name, value));
        }
        parse(&form(&fields))
    }

    #[test]
    fn a_subscription_is_read() {
        let ask = with(&[("hub.secret", "s3cret"), ("hub.lease_seconds", "86400")]).unwrap();
        assert_eq!(ask.mode, Mode::Subscribe);
        assert_eq!(ask.callback.as_str(), "https://reader.example/push?id=7");
        assert_eq!(ask.topic, "https://feeds.example.org/feeds/chine.atom");
        assert_eq!(ask.lease, TimeDelta::days(1));
        assert_eq!(ask.secret.as_deref(), Some("s3cret"));
        let ask = with(&[("hub.mode", "unsubscribe"), ("other", "x")]).unwrap();
        assert_eq!((ask.mode, ask.secret), (Mode::Unsubscribe, None));
    }

    #[test]
    fn leases_keep_within_bounds() {
        for (asked, days) in [("", 10), ("2592000", 30), ("99999999999999999999", 30)] {
            let ask = with(&[("hub.lease_seconds", asked)]).unwrap();
            assert_eq!(ask.lease, TimeDelta::days(days), "{asked}");
        }
        let ask = with(&[("hub.lease_seconds", "0")]).unwrap();
        assert_eq!(ask.lease, TimeDelta::hours(1));
    }

    #[test]
    fn what_is_not_a_request_is_answered_with_a_sentence() {
        let long = format!("https://reader.example/{}", "x".repeat(MAX_ADDRESS));
        for (name, value, expected) in [
            ("hub.mode", "join", "hub.mode"),
            ("hub.mode", "publish", "its own feeds"),
            ("hub.callback", "reader.example", "not an address"),
            ("hub.callback", "ftp://reader.example/", "http://"),
            ("hub.callback", "mailto:a@b.example", "http://"),
            ("hub.callback", "https://u:p@reader.example/", "password"),
            ("hub.callback", "https://reader.example/#x", "fragment"),
            ("hub.callback", &long, "bytes at most"),
            ("hub.topic", &long, "bytes at most"),
            ("hub.secret", &"x".repeat(200), "200 bytes"),
            ("hub.lease_seconds", "-5", "whole number"),
            ("hub.lease_seconds", "a day", "whole number"),
        ] {
            let error = with(&[(name, value)]).map(|_| ()).unwrap_err();
            assert!(error.contains(expected), "{name}={value}: {error}");
        }
        assert!(with(&[("hub.secret", &"x".repeat(199))]).is_ok());
        for body in [
            &b""[..],
            b"hub.mode=subscribe",
            b"\xff\xfe=&&&==",
            b"hub.mode=subscribe&hub.callback=https%3A%2F%2Fa.example%2F",
        ] {
            assert!(parse(body).is_err());
        }
        let twice =
            b"hub.mode=subscribe&hub.mode=unsubscribe&hub.topic=a&hub.callback=https://a.example/";
        let error = parse(twice).map(|_| ()).unwrap_err();
        assert_eq!(error, "hub.mode is given twice.");
    }
}
