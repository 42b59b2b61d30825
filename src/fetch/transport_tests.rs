//! What the resolver lets through, look-up by look-up, and what settings make of proxies.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::*;

/// Answers each look-up with the next of its answers.
struct Changing(Mutex<VecDeque<Vec<IpAddr>>>);

impl Lookup for Changing {
    fn lookup(&self, _name: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let next = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front();
        Box::pin(async move { next.ok_or_else(|| io::Error::other("no such name")) })
    }
}

fn resolver(answers: &[&[&str]], exempt: &[&str], guarded: bool) -> Resolver {
    let parse = |text: &&str| text.parse().expect("test addresses parse");
    let answers = answers
        .iter()
        .map(|answer| answer.iter().map(parse).collect());
    Resolver {
        lookup: Arc::new(Changing(Mutex::new(answers.collect()))),
        exempt: exempt.iter().map(|&name| name.to_owned()).collect(),
        guarded,
    }
}

/// What one look-up gives to dial, in words.
fn dial(resolver: &Resolver, name: &str) -> String {
    let name: Name = name.parse().expect("test names parse");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    match runtime.block_on(resolver.resolve(name)) {
        Ok(addresses) => addresses
            .map(|address| address.ip().to_string())
            .collect::<Vec<_>>()
            .join(" "),
        Err(error) => match error.downcast_ref::<Unresolved>() {
            Some(Unresolved::Forbidden(_)) => "forbidden".to_owned(),
            Some(Unresolved::Unknown(_)) => "unknown".to_owned(),
            None => error.to_string(),
        },
    }
}

#[test]
fn a_name_that_changes_between_two_look_ups_is_judged_each_time() {
    let rebinding = resolver(
        &[
            &["93.184.216.34"],
            &["127.0.0.1"],
            &["93.184.216.34", "10.0.0.1"],
        ],
        &[],
        true,
    );
    let answers: Vec<_> = (0..4).map(|_| dial(&rebinding, "outlet.example")).collect();
    assert_eq!(
        answers,
        ["93.184.216.34", "forbidden", "forbidden", "unknown"]
    );
}

#[test]
fn only_what_was_judged_is_dialled() {
    let both = resolver(&[&["93.184.216.34", "2606:2800:220:1::1"]], &[], true);
    assert_eq!(
        dial(&both, "outlet.example"),
        "93.184.216.34 2606:2800:220:1::1"
    );
    assert_eq!(
        dial(&both, "outlet.example"),
        "unknown",
        "one connection is one look-up"
    );
}

#[test]
fn names_below_localhost_are_never_asked_for() {
    let lying = resolver(&[&["93.184.216.34"]], &[], true);
    assert_eq!(dial(&lying, "localhost"), "forbidden");
    assert_eq!(dial(&lying, "feeds.LOCALHOST."), "forbidden");
    let open = resolver(&[], &[], false);
    assert_eq!(dial(&open, "feeds.localhost"), "127.0.0.1 ::1");
}

#[test]
fn the_proxy_may_be_private() {
    let with_proxy = resolver(&[&["192.168.1.1"], &["192.168.1.1"]], &["proxy.lan"], true);
    assert_eq!(dial(&with_proxy, "proxy.lan"), "192.168.1.1");
    assert_eq!(dial(&with_proxy, "nas.lan"), "forbidden");
}

#[test]
fn hosts_of_proxies() {
    let settings = Settings {
        proxy: Url::parse("socks5h://ann:pw@Proxy.lan:1080").ok(),
        ..Settings::default()
    };
    assert_eq!(proxy_hosts(&settings), ["proxy.lan"]);
    let direct = Settings {
        environment_proxy: false,
        ..Settings::default()
    };
    assert_eq!(proxy_hosts(&direct), Vec::<String>::new());
}
