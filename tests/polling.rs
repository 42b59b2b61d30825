//! How a source is polled, through the real scheduler and store in simulated time: hints, quiet
//! hours, redirects, failures, outages, identity, fairness.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::process::Command;

use crate::simulated::{Asked, House, Reply, World, locked, page, prose, rss};
use chrono::{DateTime, TimeDelta, Timelike, Utc};
use depeche::clock::Clock;
use depeche::fetch::FailureKind;
use depeche::store::SourceState;

const FEED_ONLY: &str = "body = \"feed\"\n";

fn source(id: &str, host: &str, more: &str) -> String {
    format!("[[source]]\nid = \"{id}\"\nurl = \"https://{host}/feed\"\n{FEED_ONLY}{more}\n")
}

/// A feed with a new entry every six hours.
fn growing(asked: &Asked, channel: &str) -> String {
    crate::simulated::growing(asked, channel, 6)
}

fn days(n: i64) -> TimeDelta {
    TimeDelta::days(n)
}

#[test]
fn skipped_hours_and_days_hold_through_304s_and_restarts() {
    let world = World::new();
    world.script("a.example", |asked| {
        let channel = "<ttl>120</ttl><skipHours><hour>3</hour><hour>4</hour><hour>12</hour></skipHours>\
                       <skipDays><day>Saturday</day></skipDays>";
        // One body for ever: after it, only 304s say anything.
        let fixed = Asked {
            host: asked.host.clone(),
            path: String::new(),
            now: crate::simulated::START.parse().unwrap(),
            etag: None,
            since: None,
            before: 0,
        };
        Reply::feed(growing(&fixed, channel)).tagged(asked, "\"one\"")
    });
    let house = House::new(&world, "", &source("a", "a.example", "every = \"20m\""));
    for _ in 0..4 {
        house.run_for(days(2));
    }
    let made = world.made_to("a.example/feed");
    assert!(made.len() > 50, "{}", made.len());
    for request in &made {
        let (hour, day) = (request.at.hour(), request.at.format("%a").to_string());
        assert!(![3, 4, 12].contains(&hour) && day != "Sat", "{request:?}");
    }
    for pair in made.windows(2) {
        assert!(pair[1].at - pair[0].at >= TimeDelta::hours(2), "{pair:?}");
    }
    assert_eq!(made.iter().filter(|m| !m.conditional).count(), 1);
    world.assert_polite();
}

#[test]
fn freshness_of_a_body_holds_for_304s_that_say_nothing() {
    let world = World::new();
    world.script("a.example", |asked| {
        let body = "<rss version=\"2.0\"><channel><title>t</title></channel></rss>";
        let mut reply = Reply::feed(body.to_owned()).tagged(asked, "\"one\"");
        if reply.status == 200 {
            reply = reply.with("cache-control", "max-age=10800");
        }
        reply
    });
    let house = House::new(&world, "", &source("a", "a.example", "every = \"20m\""));
    house.run_for(days(1));
    house.run_for(days(1));
    let made = world.made_to("feed");
    assert!((12..=17).contains(&made.len()), "{}", made.len());
    for pair in made.windows(2) {
        assert!(pair[1].at - pair[0].at >= TimeDelta::hours(3), "{pair:?}");
    }
}

#[test]
fn quiet_hours_are_kept_also_by_backlogs_failures_and_first_polls() {
    let world = World::new();
    for host in ["a.example", "b.example", "c.example"] {
        world.script(host, move |asked| match asked.host.as_str() {
            "b.example" => Reply::status(500),
            _ => Reply::feed(growing(asked, "")),
        });
    }
    let sources = [
        source("a", "a.example", "timezone = \"Europe/Paris\""),
        source("b", "b.example", ""),
        source("c", "c.example", "quiet = \"off\""),
    ];
    // Started at 10:00 GMT, within the quiet hours.
    let main = "[fetch]\nquiet = \"09:30-17:00\"\nadaptive_max = \"1h\"\n";
    let house = House::new(&world, main, &sources.concat());
    house.run_for(days(3));
    // A day off: everything is overdue when it starts again, in the quiet hours.
    world.clock.advance(std::time::Duration::from_secs(86_400));
    house.run_for(days(2));
    let quiet = |at: DateTime<Utc>, ahead: u32| {
        let minute = (at.hour() + ahead) * 60 + at.minute();
        (570..1_020).contains(&minute)
    };
    for (host, ahead) in [("a.example", 1), ("b.example", 0)] {
        let made = world.made_to(host);
        assert!(made.len() > 5, "{host}: {}", made.len());
        assert!(made.iter().all(|m| !quiet(m.at, ahead)), "{host}");
    }
    assert!(world.made_to("c.example").iter().any(|m| quiet(m.at, 0)));
}

#[test]
fn a_permanent_redirect_is_adopted_after_five_sightings_over_a_day_and_given_up_when_it_dies() {
    let world = World::new();
    let dead: DateTime<Utc> = "2026-03-08T00:00:00Z".parse().unwrap();
    world.script("old.example", move |asked| {
        if asked.now < dead {
            Reply::to(301, "https://new.example/atom")
        } else {
            Reply::feed(growing(asked, "")).tagged(asked, "\"old\"")
        }
    });
    world.script("new.example", move |asked| {
        if asked.now >= dead {
            return Reply::status(404);
        }
        let tag = format!("\"{}\"", asked.now.timestamp() / 21_600);
        Reply::feed(growing(asked, "")).tagged(asked, &tag)
    });
    let more = "every = \"3h\"";
    let house = House::new(&world, "", &source("s", "old.example", more));
    let start = world.clock.now();
    house.run_for(TimeDelta::hours(23));
    assert_eq!(house.source("s").adopted_url, None, "a day has not passed");
    assert!(house.source("s").moved_seen >= 5);
    house.run_for(days(3));
    let row = house.source("s");
    assert_eq!(row.adopted_url.as_deref(), Some("https://new.example/atom"));
    assert_eq!(
        (row.domain.as_str(), row.url.as_str()),
        ("new.example", "https://old.example/feed")
    );
    assert_eq!(
        house.said("source s has moved to https://new.example/atom: write this address"),
        1
    );
    let asked_old = world.made_to("old.example");
    assert!((6..=10).contains(&asked_old.len()), "{}", asked_old.len());
    let last = asked_old.last().unwrap().at - start;
    assert!(
        last >= TimeDelta::hours(24) && last < TimeDelta::hours(28),
        "{last}"
    );
    let new = world.made_to("new.example/atom");
    assert_eq!(new.iter().filter(|m| !m.conditional).count(), 1);
    let printed = Command::new(env!("CARGO_BIN_EXE_depeche"))
        .args(["check", "--config"])
        .arg(house.config_path())
        .output()
        .unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    assert!(
        printed.contains("source s has moved to https://new.example/atom: write"),
        "{printed}"
    );
    house.run(dead + days(3));
    let row = house.source("s");
    assert_eq!(
        (row.adopted_url, row.state),
        (None, SourceState::Ok),
        "{}",
        row.message
    );
    assert_eq!(house.said("is polled at its configured address again"), 1);
    world.assert_polite();
}

#[test]
fn failures_and_temporary_redirects_adopt_nothing_and_a_new_address_forgets() {
    let world = World::new();
    world.script("a.example", |asked| match asked.before {
        0 => Reply::to(308, "https://b.example/feed"),
        _ => Reply::status(500),
    });
    world.script("t.example", |_| Reply::to(302, "https://b.example/feed"));
    world.script("p.example", |_| Reply::to(301, "https://b.example/feed"));
    world.script("b.example", |asked| Reply::feed(growing(asked, "")));
    world.script("q.example", |asked| Reply::feed(growing(asked, "")));
    let sources = |third: &str| {
        let hosts = [("a", "a.example"), ("t", "t.example"), ("p", third)];
        hosts
            .map(|(id, host)| source(id, host, "every = \"2h\""))
            .concat()
    };
    let house = House::new(&world, "", &sources("p.example"));
    house.run_for(days(4));
    assert_eq!(house.source("a").adopted_url, None);
    assert_eq!(house.source("a").moved_seen, 1);
    assert_eq!(house.source("t").adopted_url, None);
    assert!(house.source("p").adopted_url.is_some());
    house.write("sources.toml", &sources("q.example"));
    house.run_for(days(1));
    let row = house.source("p");
    assert_eq!((row.adopted_url, row.domain.as_str()), (None, "q.example"));
    assert!(!world.made_to("q.example").is_empty());
}

#[test]
fn one_unconditional_request_through_failures_restarts_and_renewed_tags() {
    let world = World::new();
    world.script("a.example", |asked| match asked.before % 7 {
        2 => Reply::status(500),
        3 => Reply::broken(FailureKind::Timeout),
        4 => Reply::ok(
            "text/html",
            "<html><body>en travaux</body></html>".to_owned(),
        ),
        5 => Reply::status(503).with("retry-after", "7200"),
        // The tag changes with a 304; the one before is not known any more.
        _ => {
            let current = format!("\"{}\"", asked.before / 7);
            let before = format!("\"{}\"", (asked.before / 7).saturating_sub(1));
            let known = asked
                .etag
                .as_deref()
                .is_some_and(|tag| tag == current || tag == before);
            if known {
                Reply::status(304).with("etag", current)
            } else {
                Reply::feed(growing(asked, "")).with("etag", current)
            }
        }
    });
    // Others answer: it is not our own network.
    let mut sources = source("a", "a.example", "every = \"1h\"");
    for host in ["b.example", "c.example"] {
        world.script(host, |asked| Reply::feed(growing(asked, "")));
        sources.push_str(&source(&host[..1], host, "every = \"20m\""));
    }
    let house = House::new(&world, "", &sources);
    for _ in 0..12 {
        house.run_for(TimeDelta::hours(20));
    }
    let made = world.made_to("a.example");
    assert!(made.len() > 80, "{}", made.len());
    let bare: Vec<_> = made.iter().filter(|m| !m.conditional).collect();
    assert_eq!(bare.len(), 1, "{bare:?}");
    let whole = made.iter().enumerate();
    let whole = whole.filter(|(n, m)| m.status == 200 && n % 7 != 4);
    assert_eq!(
        whole.count(),
        1,
        "a tag that a 304 renewed is sent from then on"
    );
    assert_eq!(house.source("a").unconditional, 1);
    assert!(house.said("source a answers again after 3 failures since 2026-03-") > 5);
    world.assert_polite();
}

#[test]
fn an_outage_of_our_own_network_counts_against_nobody() {
    let world = World::new();
    let hosts = ["a.example", "b.example", "c.example", "d.example"];
    for host in hosts {
        world.script(host, |asked| {
            Reply::feed(growing(asked, "")).tagged(asked, "\"x\"")
        });
    }
    world.script("dead.example", |_| Reply::broken(FailureKind::Dns));
    let mut sources: String = hosts
        .map(|h| source(&h[..1], h, "every = \"30m\""))
        .concat();
    sources.push_str(&source("dead", "dead.example", "every = \"30m\""));
    let house = House::new(&world, "", &sources);
    house.run_for(days(1));
    let failures = house.source("dead").failures;
    assert!(failures >= 5, "a dead outlet alone is to blame: {failures}");
    let from = world.clock.now();
    let to = from + TimeDelta::hours(9);
    *locked(&world.outage) = Some((from, to));
    house.run_for(TimeDelta::hours(1));
    for host in hosts {
        let row = house.source(&host[..1]);
        assert_eq!(
            (row.failures, row.state),
            (0, SourceState::Ok),
            "{host}: {}",
            row.message
        );
        assert!(row.message.contains("our own network"), "{}", row.message);
    }
    // Then it may be the sources after all, though they are still tried as often.
    house.run_for(TimeDelta::hours(3));
    let states = hosts.map(|host| house.source(&host[..1]).state);
    assert_eq!(states, [SourceState::Failing; 4]);
    house.run_for(TimeDelta::hours(7));
    for host in hosts {
        let made = world.made_to(host);
        let back = made.iter().find(|m| m.at >= to).unwrap().at;
        assert!(back - to <= TimeDelta::minutes(31), "{host}: {back}");
        let row = house.source(&host[..1]);
        assert_eq!((row.failures, row.message.as_str()), (0, ""), "{host}");
        for pair in made
            .iter()
            .filter(|m| m.status > 0)
            .collect::<Vec<_>>()
            .windows(2)
        {
            assert!(
                pair[1].at - pair[0].at >= TimeDelta::minutes(30),
                "{pair:?}"
            );
        }
    }
}

#[test]
fn ids_that_change_from_poll_to_poll_give_way_to_links() {
    let world = World::new();
    world.script("a.example", |asked| {
        let date = asked.now - TimeDelta::hours(9);
        let entries: Vec<_> = (0..8)
            .map(|n| {
                let link = format!("https://a.example/articles/{n}");
                let guid = format!("{}-{}", asked.before, n);
                (guid, link, format!("Titre {n}"), prose(n, 40), date)
            })
            .collect();
        Reply::feed(rss("", &entries))
    });
    world.script("b.example", |asked| Reply::feed(growing(asked, "")));
    let both = [
        source("a", "a.example", "every = \"1h\""),
        source("b", "b.example", "every = \"1h\""),
    ];
    let house = House::new(&world, "", &both.concat());
    house.run_for(TimeDelta::minutes(170));
    assert!(!house.source("a").by_link, "three bodies: two with new ids");
    house.run_for(TimeDelta::hours(3));
    house.run_for(TimeDelta::hours(3));
    let row = house.source("a");
    assert!(
        row.by_link && row.message.contains("told apart by their links"),
        "{}",
        row.message
    );
    assert_eq!((row.candidates, row.articles), (8, 8));
    assert_eq!(house.said("source a: its ids change"), 1);
    let reader = house.reader();
    let known = |id| reader.queries().seen(&"a".into(), id).unwrap().is_some();
    assert!(known("2-0") && !known("6-0"), "ids are not kept any more");
    let row = house.source("b");
    assert!(!row.by_link && row.message.is_empty());
}

#[test]
fn a_fire_hose_does_not_starve_another_source_of_its_domain() {
    let world = World::new();
    world.script("www.a.example", |asked| {
        if !asked.path.starts_with("/feed") {
            return match asked.path.as_str() {
                "/robots.txt" => Reply::status(404),
                path => Reply::ok("text/html; charset=utf-8", page(path, path.len() as u64)),
            };
        }
        let (name, count) = if asked.path == "/feed/hose" {
            ("hose", 60)
        } else {
            ("rest", 2)
        };
        let entries: Vec<_> = (0..count)
            .map(|n| {
                let link = format!("https://www.a.example/{name}/{n}");
                (
                    link.clone(),
                    link,
                    format!("{name} {n}"),
                    prose(n, 30),
                    asked.now,
                )
            })
            .collect();
        Reply::feed(rss("", &entries)).tagged(asked, "\"x\"")
    });
    let one = |id: &str| {
        format!(
            "[[source]]\nid = \"{id}\"\nurl = \"https://www.a.example/feed/{id}\"\nbackfill = 100\n"
        )
    };
    let main = "[fetch]\npages_per_cycle = 10\n";
    let house = House::new(&world, main, &(one("hose") + &one("rest")));
    house.run_for(TimeDelta::hours(1));
    let made = world.made_to("www.a.example");
    let place = |part: &str| made.iter().position(|m| m.url.contains(part)).unwrap();
    let rest = place("/rest/1");
    let hose = made[..rest]
        .iter()
        .filter(|m| m.url.contains("/hose/"))
        .count();
    assert!(hose <= 3, "{hose} pages of the fire-hose came first");
    assert_eq!(made.iter().filter(|m| m.url.contains("/hose/")).count(), 60);
    world.assert_polite();
}
