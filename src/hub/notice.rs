//! What a hub says to a subscriber, and a publisher to a hub (WebSub §5.2, §5.3, §6, §7).

use chrono::TimeDelta;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use url::{Url, form_urlencoded};

use super::Mode;

/// The address that asks a subscriber whether it meant it (§5.3); a query of its own is kept.
pub fn verification(
    callback: &Url,
    mode: Mode,
    topic: &str,
    challenge: &str,
    lease: TimeDelta,
) -> Url {
    let mut url = callback.clone();
    let mut query = url.query_pairs_mut();
    query
        .append_pair("hub.mode", mode.word())
        .append_pair("hub.topic", topic)
        .append_pair("hub.challenge", challenge);
    if mode == Mode::Subscribe {
        query.append_pair("hub.lease_seconds", &lease.num_seconds().to_string());
    }
    drop(query);
    url
}

/// The address that tells a subscriber that its subscription is over (§5.2).
pub fn denial(callback: &Url, topic: &str, reason: &str) -> Url {
    let mut url = callback.clone();
    url.query_pairs_mut()
        .append_pair("hub.mode", "denied")
        .append_pair("hub.topic", topic)
        .append_pair("hub.reason", reason);
    url
}

/// Whether the body of an answer is the challenge, compared in constant time.
pub fn confirmed(body: &[u8], challenge: &str) -> bool {
    body.ct_eq(challenge.as_bytes()).into()
}

/// The value of [`super::SIGNATURE_HEADER`] for a body (§7.1): HMAC-SHA256 in hexadecimal.
pub fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(body);
    let digest = mac.finalize().into_bytes();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

/// The value of a `Link` header that names the hubs of a document, and the document itself (§4, §7).
pub fn link<'a>(hubs: impl IntoIterator<Item = &'a str>, topic: &str) -> String {
    let hubs = hubs.into_iter().map(|hub| format!("<{hub}>; rel=\"hub\""));
    let own = format!("<{topic}>; rel=\"self\"");
    hubs.chain([own]).collect::<Vec<_>>().join(", ")
}

/// The form that tells a foreign hub that a document has changed (§6).
pub fn publication(topic: &str) -> Vec<u8> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("hub.mode", "publish");
    form.append_pair("hub.url", topic);
    form.finish().into_bytes()
}

/// The form that asks a foreign hub for a subscription (§5.1).
pub fn subscription(topic: &str, callback: &str, lease: TimeDelta) -> Vec<u8> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("hub.mode", "subscribe");
    form.append_pair("hub.topic", topic);
    form.append_pair("hub.callback", callback);
    form.append_pair("hub.lease_seconds", &lease.num_seconds().to_string());
    form.finish().into_bytes()
}

/// The first hub and the own address that `Link` headers name (§4), as they are written.
pub fn named(links: &[String]) -> (Option<&str>, Option<&str>) {
    let (mut hub, mut own) = (None, None);
    // Addresses hold no `<`, so each one begins a link.
    for link in links.iter().flat_map(|line| line.split('<').skip(1)) {
        let Some((address, parameters)) = link.split_once('>') else {
            continue;
        };
        if related(parameters, "hub") {
            hub = hub.or(Some(address.trim()));
        }
        if related(parameters, "self") {
            own = own.or(Some(address.trim()));
        }
    }
    (hub, own)
}

/// Whether the parameters of a link name a relation (RFC 8288 §3: the first `rel` counts, names are
/// compared without case, blanks may stand around the sign).
fn related(parameters: &str, word: &str) -> bool {
    let mut relations = parameters
        .split(';')
        .filter_map(|parameter| parameter.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("rel"));
    let relation = relations.next().map_or("", |(_, value)| value);
    relation
        .split(['"', ',', ' '])
        .any(|name| name.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPIC: &str = "https://feeds.example.org/feeds/chine.atom";

    fn callback() -> Url {
        "https://reader.example/push?id=a%20b&id=c".parse().unwrap()
    }

    #[test]
    fn a_verification_keeps_the_query_of_the_callback() {
        let url = verification(
            &callback(),
            Mode::Subscribe,
            TOPIC,
            "xyz",
            TimeDelta::hours(1),
        );
        assert_eq!(
            url.as_str(),
            "https://reader.example/push?id=a%20b&id=c&hub.mode=subscribe\
             &hub.topic=https%3A%2F%2Ffeeds.example.org%2Ffeeds%2Fchine.atom\
             &hub.challenge=xyz&hub.lease_seconds=3600"
        );
        let url = verification(
            &callback(),
            Mode::Unsubscribe,
            TOPIC,
            "xyz",
            TimeDelta::hours(1),
        );
        assert!(!url.as_str().contains("lease"), "{url}");
        let url = denial(&callback(), TOPIC, "no longer published");
        assert!(
            url.as_str().contains("&hub.mode=denied&")
                && url.as_str().ends_with("&hub.reason=no+longer+published"),
            "{url}"
        );
    }

    #[test]
    fn only_the_challenge_itself_confirms() {
        assert!(confirmed(b"xyz", "xyz"));
        for body in [&b""[..], b"xy", b"xyz\n", b"xyZ", b"xyzxyz"] {
            assert!(!confirmed(body, "xyz"), "{body:?}");
        }
    }

    /// RFC 4231 §4.2 and §4.3.
    #[test]
    fn signatures_are_those_of_the_rfc() {
        let case = |key: &str, data: &[u8], expected: &str| {
            assert_eq!(signature(key, data), format!("sha256={expected}"));
        };
        case(
            &"\x0b".repeat(20),
            b"Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        );
        case(
            "Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        );
    }

    #[test]
    fn links_name_every_hub_and_the_document() {
        assert_eq!(
            link(["https://a.example/", "https://b.example/hub"], TOPIC),
            format!(
                "<https://a.example/>; rel=\"hub\", <https://b.example/hub>; rel=\"hub\", <{TOPIC}>; rel=\"self\""
            )
        );
    }

    #[test]
    fn what_link_headers_name_is_found() {
        let lines = |lines: &[&str]| lines.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>();
        let found = lines(&[
            "<https://a.example/style.css>; rel=preload; as=style",
            "<https://hub.example/>; rel=\"hub\", </feed?a=1,2>; title=\"x\"; rel=\"alternate self\"",
        ]);
        assert_eq!(
            named(&found),
            (Some("https://hub.example/"), Some("/feed?a=1,2"))
        );
        let spaced = lines(&["<https://hub.example/> ; REL = hub"]);
        assert_eq!(named(&spaced), (Some("https://hub.example/"), None));
        let ours = lines(&[&link(["https://h.example/"], TOPIC)]);
        assert_eq!(named(&ours), (Some("https://h.example/"), Some(TOPIC)));
        assert_eq!(
            named(&lines(&["", "<", "<>", "<a>; rel=hubs"])),
            (None, None)
        );
    }

    #[test]
    fn a_publication_is_a_form() {
        assert_eq!(
            publication(TOPIC),
            b"hub.mode=publish&hub.url=https%3A%2F%2Ffeeds.example.org%2Ffeeds%2Fchine.atom"
        );
    }
}
