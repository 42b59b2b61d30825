//! The table of addresses that must not be dialled, in every notation that reaches one.

use super::*;
use crate::fetch::{Refusal, RefusalReason};

fn pattern(text: &str) -> HostPattern {
    text.parse().expect("test patterns parse")
}

/// The judgement of an address with nothing allowed.
fn judged(address: &str) -> Result<Access, String> {
    let url = Url::parse(address).map_err(|error| error.to_string())?;
    judge(&url, &[], &[])
}

#[test]
fn addresses_that_are_refused() {
    let refused = [
        // Loopback, as people and attackers write it.
        "http://127.0.0.1/",
        "http://127.0.0.1:8080/admin",
        "http://127.1/",
        "http://127.0.1/",
        "http://127.255.255.254/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0x0.0x0.0x1/",
        "http://0x7f.1/",
        "http://017700000001/",
        "http://0177.0.0.1/",
        "http://0177.0000.0x0.1/",
        "http://127.0.0.1./",
        "http://127%2e0%2e0%2e1/",
        "http://%31%32%37.0.0.1/",
        "http://①②⑦.⓪.⓪.①/",
        "http://127。0。0。1/",
        "http://user:password@127.0.0.1/",
        "http://outlet.example@127.0.0.1/",
        "http:\\\\127.0.0.1\\",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://ｌｏｃａｌｈｏｓｔ/",
        "http://feeds.localhost/",
        // No network.
        "http://0.0.0.0/",
        "http://0/",
        "http://0.1.2.3/",
        // Private, shared, link-local.
        "http://10.0.0.1/",
        "http://0xA000001/",
        "http://172.16.0.1/",
        "http://172.31.255.255/",
        "http://192.168.1.1/",
        "http://3232235777/",
        "http://0300.0250.1.1/",
        "http://100.64.0.1/",
        "http://100.127.255.255/",
        "http://100.100.100.200/latest/meta-data/",
        "http://169.254.169.254/latest/meta-data/",
        "http://2852039166/",
        "http://0xa9fea9fe/",
        "http://168.63.129.16/machine",
        // Reserved, documentation, benchmarks, multicast, broadcast.
        "http://192.0.0.192/opc/v1/instance/",
        "http://192.0.2.1/",
        "http://192.88.99.1/",
        "http://198.18.0.1/",
        "http://198.19.255.255/",
        "http://198.51.100.7/",
        "http://203.0.113.7/",
        "http://224.0.0.1/",
        "http://239.255.255.250:1900/",
        "http://240.0.0.1/",
        "http://255.255.255.255/",
        // IPv6.
        "http://[::]/",
        "http://[::1]/",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[::ffff:93.184.216.34]/",
        "http://[::ffff:0:127.0.0.1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::127.0.0.1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[64:ff9b:1::10.0.0.1]/",
        "http://[100::1]/",
        "http://[2001::1]/",
        "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
        "http://[2001:2::1]/",
        "http://[2001:10::1]/",
        "http://[2001:20::1]/",
        "http://[2001:db8::1]/",
        "http://[2002:7f00:1::1]/",
        "http://[2002:c0a8:101::]/",
        "http://[3fff::1]/",
        "http://[5f00::1]/",
        "http://[4000::1]/",
        "http://[fc00::1]/",
        "http://[fd00:ec2::254]/",
        "http://[fe80::1]/",
        "http://[febf::1]/",
        "http://[fec0::1]/",
        "http://[ff02::1]/",
        "http://[2a00:1450::5efe:10.0.0.1]/",
        "http://[2a00:1450::200:5efe:192.168.0.1]/",
    ];
    for address in refused {
        assert!(judged(address).is_err(), "{address} must not be dialled");
    }
    assert!(refused.len() >= 60, "the table has {} rows", refused.len());
}

#[test]
fn addresses_that_may_be_dialled() {
    for address in [
        "http://93.184.216.34/",
        "https://outlet.example/feed",
        "http://172.15.255.255/",
        "http://172.32.0.1/",
        "http://100.63.255.255/",
        "http://100.128.0.1/",
        "http://169.253.0.1/",
        "http://192.167.255.255/",
        "http://198.17.255.255/",
        "http://198.20.0.1/",
        "http://223.255.255.255/",
        "http://[2606:2800:220:1:248:1893:25c8:1946]/",
        "http://[2001:4860:4860::8888]/",
        "http://[2a00:1450:4007:80e::200e]/",
        "http://localhost.outlet.example/",
        "http://notlocalhost/",
    ] {
        assert_eq!(judged(address), Ok(Access::Public), "{address}");
    }
}

#[test]
fn a_refusal_knows_which_host_to_allow() {
    let url = Url::parse("http://192.168.1.20:8080/feed").expect("an address");
    let message = judge(&url, &[], &[]).expect_err("a private address");
    assert!(message.contains("192.168.1.20"), "{message}");
    let refusal = Refusal::new(RefusalReason::Address, message).at(&url);
    let words = refusal.with_remedy(|host| format!("allow {host}"));
    assert!(words.ends_with("allow 192.168.1.20"), "{words}");
    let origin = refusal.origin.expect("an origin");
    for (pattern, fine) in [
        ("192.168.1.20", true),
        ("192.168.1.20:8080", true),
        ("192.168.1.20:80", false),
        ("*.lan", false),
    ] {
        let pattern = pattern.parse().expect("a pattern");
        assert_eq!(allows(&origin, &[pattern]), fine);
    }
    let robots = Refusal::new(RefusalReason::Robots, "robots.txt says no").at(&url);
    assert_eq!((robots.host(), robots.origin), (None, None));
}

#[test]
fn hosts_with_leave() {
    let check = |allowed: &str, address: &str, fine: bool| {
        let url = Url::parse(address).expect("test addresses parse");
        let judged = judge(&url, &[pattern(allowed)], &[]);
        assert_eq!(
            judged == Ok(Access::Allowed),
            fine,
            "{allowed} for {address}"
        );
    };
    check("127.0.0.1", "http://127.0.0.1/", true);
    check("127.0.0.1", "http://127.0.0.1:8080/", true);
    check("127.0.0.1", "http://2130706433/", true);
    check("0x7f.1", "http://127.0.0.1/", true);
    check("127.0.0.1:8080", "http://127.0.0.1:8080/", true);
    check("127.0.0.1:8080", "http://127.0.0.1:8081/", false);
    check("127.0.0.1:80", "http://127.0.0.1/", true);
    check("127.0.0.1:443", "https://127.0.0.1/", true);
    check("127.0.0.1", "http://127.0.0.2/", false);
    check("localhost", "http://LocalHost./", true);
    check("::1", "http://[::1]/", true);
    check("[::1]", "http://[0:0::1]/", true);
    check("[::1]:8080", "http://[::1]:8080/", true);
    check("[::1]:8080", "http://[::1]:8081/", false);
    check("nas.lan", "http://nas.lan/feed", true);
    check("NAS.lan", "http://nas.LAN./feed", true);
    check("nas.lan", "http://evil-nas.lan/feed", false);
    check("*.lan", "http://nas.lan/feed", true);
    check("*.lan", "http://a.b.lan/feed", true);
    check("*.lan", "http://lan/feed", false);
    check("*.lan", "http://evillan/feed", false);
    check("*.lan:8080", "http://nas.lan:8080/feed", true);
    check("*.lan:8080", "http://nas.lan/feed", false);
}

#[test]
fn patterns_a_person_may_write() {
    for (text, written) in [
        ("nas.lan", "nas.lan"),
        (" NAS.lan:8080 ", "nas.lan:8080"),
        ("*.home.arpa", "*.home.arpa"),
        ("[::1]:80", "[::1]:80"),
        ("fd00::1", "fd00::1"),
        ("2130706433", "127.0.0.1"),
    ] {
        assert_eq!(pattern(text).to_string(), written);
        assert_eq!(
            pattern(written),
            pattern(text),
            "what is written reads back the same"
        );
    }
    for text in [
        "",
        "*",
        "*.",
        "http://nas.lan",
        "nas.lan/feed",
        "a b",
        "*.127.0.0.1",
        "nas.lan:port",
        "*.*.lan",
    ] {
        let error = text.parse::<HostPattern>().expect_err(text);
        assert!(error.contains("host:port"), "{error}");
    }
}

#[test]
fn the_proxy_is_not_a_source() {
    let url = Url::parse("http://proxy.lan:3128/").expect("test addresses parse");
    assert!(judge(&url, &[], &["proxy.lan".to_owned()]).is_err());
    assert_eq!(
        judge(&url, &[pattern("proxy.lan")], &["proxy.lan".to_owned()]),
        Ok(Access::Allowed)
    );
}
