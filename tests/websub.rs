//! WebSub: the real daemon as a hub with a real subscriber, and as a publisher that tells a foreign
//! hub. What takes days in the world is a restart at a later time here.

mod listener;

use std::collections::{BTreeSet, HashMap};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};

use crate::common::World;
use crate::common::running::{Running, wait_for};
use chrono::TimeDelta;
use depeche::hub::signature;
use listener::{Listener, Manner};
use url::form_urlencoded;

/// A world without outlets, whose one feed changes by its title. What `[publish]` says more.
fn quiet(publish: &str) -> World {
    let world = World::new();
    world.edit("sources.toml", |_| String::new());
    world.edit("depeche.toml", |main| format!("{main}{publish}\n"));
    world
}

/// A world with a hub at which a listener may subscribe.
fn hub_for(listener: &Listener) -> World {
    quiet(&format!(
        "hub = true\nhub_allow_private = [\"127.0.0.1:{}\"]",
        listener.port
    ))
}

fn retitle(world: &World, title: &str) {
    world.edit("topics.toml", |topics| {
        let lines = topics.lines().map(|line| match line.starts_with("title") {
            true => format!("title = \"{title}\"\n"),
            false => format!("{line}\n"),
        });
        lines.collect()
    });
}

fn topic(daemon: &Running) -> String {
    format!("http://127.0.0.1:{}/feeds/chine-amlat.atom", daemon.port)
}

/// Sends a form to the hub; the head of the answer and its body.
fn post(daemon: &Running, body: &[u8], media_type: &str) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, daemon.port)).unwrap();
    write!(
        stream,
        "POST /hub HTTP/1.1\r\nHost: localhost\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )
    .unwrap();
    // A server that has read enough closes while we write.
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn ask(daemon: &Running, fields: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields);
    post(
        daemon,
        form.finish().as_bytes(),
        "application/x-www-form-urlencoded",
    )
}

fn request(daemon: &Running, listener: &Listener, mode: &str, more: &[(&str, &str)]) -> String {
    let (callback, topic) = (listener.callback(), topic(daemon));
    let mut fields = vec![
        ("hub.mode", mode),
        ("hub.callback", &callback),
        ("hub.topic", &topic),
    ];
    fields.extend(more);
    ask(daemon, &fields)
}

fn accepted(answer: &str) {
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
}

/// Starts the daemon on a port that stays the same, so that its addresses do, at so many seconds
/// after the start of the world.
fn start_at(world: &World, seconds: i64) -> Running {
    world.clock.set(world.start + TimeDelta::seconds(seconds));
    let running = Running::again(world);
    running.wait_until_up();
    running
}

#[test]
fn a_new_article_reaches_a_subscriber_signed_and_whole() {
    let listener = Listener::new(Manner::Willing);
    let world = World::new();
    let port = listener.port;
    world.edit("depeche.toml", |main| {
        format!("{main}hub = true\nhub_allow_private = [\"127.0.0.1:{port}\"]\n")
    });
    world.once_after(0);
    let daemon = Running::start(&world);
    let (head, _) = daemon.get("/feeds/chine-amlat.atom", "");
    let link = format!(
        "link: <http://127.0.0.1:{}/hub>; rel=\"hub\", <{}>; rel=\"self\"",
        daemon.port,
        topic(&daemon)
    );
    assert!(head.contains(&link), "{head}");
    accepted(&request(
        &daemon,
        &listener,
        "subscribe",
        &[("hub.secret", "s3cret")],
    ));
    let query = listener.wait("GET", 1)[0].query();
    assert_eq!(query["reader"], "7", "the callback's own query is kept");
    assert_eq!(query["hub.mode"], "subscribe");
    assert_eq!(query["hub.topic"], topic(&daemon));
    assert_eq!(query["hub.lease_seconds"], "864000");
    assert!(daemon.stop().success());

    // Two hours later the outlets have more, and the daemon knows its subscribers.
    let daemon = start_at(&world, 7_200);
    let after = world.expected("feed.json");
    let new: Vec<String> = after["stories"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|story| story["at"] == "after")
        .map(|story| story["title"].as_str().unwrap().to_owned())
        .collect();
    assert!(!new.is_empty());
    let told = || {
        let last = listener.all("POST").pop();
        let body = last.map(|got| String::from_utf8_lossy(&got.body).into_owned());
        body.is_some_and(|body| new.iter().all(|title| body.contains(title)))
    };
    assert!(wait_for(told), "no delivery with {new:?}");
    let delivery = listener.all("POST").pop().unwrap();
    assert_eq!(
        delivery.headers["content-type"],
        "application/atom+xml; charset=utf-8"
    );
    assert_eq!(
        delivery.headers["x-hub-signature"],
        signature("s3cret", &delivery.body)
    );
    assert_eq!(format!("link: {}", delivery.headers["link"]), link);
    assert!(daemon.stop().success());
}

#[test]
fn a_feed_without_hub_names_none() {
    let world = quiet("");
    let daemon = Running::start(&world);
    let (head, body) = daemon.get("/feeds/chine-amlat.atom", "");
    assert!(
        !head.contains("link:") && !body.contains("rel=\"hub\""),
        "{head}\n{body}"
    );
    let answer = ask(&daemon, &[("hub.mode", "subscribe")]);
    assert!(
        answer.starts_with("HTTP/1.1 404") && answer.contains("no WebSub hub"),
        "{answer}"
    );
}

#[test]
fn deliveries_follow_a_change_at_once_and_end_with_the_subscription() {
    let listener = Listener::new(Manner::Willing);
    let world = hub_for(&listener);
    let daemon = Running::start(&world);
    accepted(&request(&daemon, &listener, "subscribe", &[]));
    listener.wait("GET", 1);
    retitle(&world, "Un autre titre");
    daemon.signal("HUP");
    let delivery = listener.wait("POST", 1).remove(0);
    assert!(String::from_utf8_lossy(&delivery.body).contains("Un autre titre"));
    assert!(
        !delivery.headers.contains_key("x-hub-signature"),
        "there is no secret"
    );

    // A witness shows that the change after the end of the subscription was delivered.
    accepted(&request(&daemon, &listener, "unsubscribe", &[]));
    let question = listener.wait("GET", 2).remove(1).query();
    assert_eq!(question["hub.mode"], "unsubscribe");
    let witness = format!("http://127.0.0.1:{}/witness", listener.port);
    let topic = topic(&daemon);
    accepted(&ask(
        &daemon,
        &[
            ("hub.mode", "subscribe"),
            ("hub.callback", &witness),
            ("hub.topic", &topic),
        ],
    ));
    listener.wait("GET", 3);
    retitle(&world, "Encore un titre");
    daemon.signal("HUP");
    let deliveries = listener.wait("POST", 2);
    assert_eq!(deliveries[1].path, "/witness");
    assert_eq!(deliveries.len(), 2);
}

#[test]
fn a_callback_that_does_not_repeat_the_challenge_gets_nothing() {
    let wrong = Listener::new(Manner::Wrong);
    let right = Listener::new(Manner::Willing);
    let world = quiet("hub = true\nhub_allow_private = [\"127.0.0.1\"]");
    let daemon = Running::start(&world);
    accepted(&request(&daemon, &wrong, "subscribe", &[]));
    wrong.wait("GET", 1);
    accepted(&request(&daemon, &right, "subscribe", &[]));
    right.wait("GET", 1);
    // It is not asked over and over because a stranger says so.
    let resting = || request(&daemon, &wrong, "subscribe", &[]).starts_with("HTTP/1.1 429");
    assert!(wait_for(resting));
    retitle(&world, "Un autre titre");
    daemon.signal("HUP");
    right.wait("POST", 1);
    assert!(wrong.all("POST").is_empty());
    assert_eq!(wrong.all("GET").len(), 1);
}

#[test]
fn what_is_no_request_is_refused_with_a_sentence() {
    let listener = Listener::new(Manner::Willing);
    let world = hub_for(&listener);
    let daemon = Running::start(&world);
    let callback = listener.callback();
    let topic = topic(&daemon);
    let with = |name: &str, value: &str| {
        let mut fields = vec![
            ("hub.mode", "subscribe"),
            ("hub.callback", callback.as_str()),
            ("hub.topic", topic.as_str()),
        ];
        fields.retain(|(known, _)| *known != name);
        fields.push((name, value));
        ask(&daemon, &fields)
    };
    for (name, value, status, words) in [
        ("hub.mode", "join", 400, "hub.mode"),
        ("hub.secret", "x".repeat(200).as_str(), 400, "200 bytes"),
        (
            "hub.topic",
            "https://elsewhere.example/feed",
            404,
            "none of the feeds",
        ),
        (
            "hub.topic",
            "http://127.0.0.1/feeds/chine-amlat.atom",
            404,
            "none of the feeds",
        ),
        (
            "hub.callback",
            "http://127.0.0.1:1/x",
            403,
            "this machine itself",
        ),
        ("hub.callback", "http://10.0.0.1/x", 403, "private network"),
        (
            "hub.callback",
            "http://nas.localhost/x",
            403,
            "hub_allow_private",
        ),
        ("hub.callback", "file:///etc/passwd", 400, "http://"),
    ] {
        let answer = with(name, value);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{name}={value}: {answer}"
        );
        assert!(answer.contains(words), "{name}={value}: {answer}");
    }
    let answer = post(&daemon, b"{}", "application/json");
    assert!(answer.starts_with("HTTP/1.1 415"), "{answer}");
    let answer = with("hub.large", &"x".repeat(20_000));
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    let (head, _) = daemon.get("/hub", "");
    assert!(head.starts_with("HTTP/1.1 405"), "{head}");
    assert!(listener.got.lock().unwrap().is_empty(), "nobody was asked");
}

#[test]
fn a_lease_ends_by_the_clock_and_a_longer_one_does_not() {
    let short = Listener::new(Manner::Willing);
    let long = Listener::new(Manner::Willing);
    let world = quiet("hub = true\nhub_allow_private = [\"127.0.0.1\"]");
    let daemon = Running::start(&world);
    accepted(&request(
        &daemon,
        &short,
        "subscribe",
        &[("hub.lease_seconds", "3600")],
    ));
    accepted(&request(
        &daemon,
        &long,
        "subscribe",
        &[("hub.lease_seconds", "86400")],
    ));
    short.wait("GET", 1);
    long.wait("GET", 1);
    assert!(daemon.stop().success());
    retitle(&world, "Deux heures plus tard");
    let daemon = start_at(&world, 7_200);
    long.wait("POST", 1);
    assert!(short.all("POST").is_empty());
    assert!(daemon.stop().success());
}

#[test]
fn who_fails_is_told_again_later_and_who_is_gone_never() {
    let failing = Listener::new(Manner::Status(503));
    let gone = Listener::new(Manner::Status(410));
    let world = quiet("hub = true\nhub_allow_private = [\"127.0.0.1\"]");
    let daemon = Running::start(&world);
    accepted(&request(&daemon, &failing, "subscribe", &[]));
    accepted(&request(&daemon, &gone, "subscribe", &[]));
    failing.wait("GET", 1);
    gone.wait("GET", 1);
    retitle(&world, "Premier changement");
    daemon.signal("HUP");
    failing.wait("POST", 1);
    gone.wait("POST", 1);
    assert!(daemon.stop().success());

    // A minute and a half later it is told of the newest state, once.
    failing.behave(Manner::Willing);
    retitle(&world, "Second changement");
    let daemon = start_at(&world, 90);
    let deliveries = failing.wait("POST", 2);
    let body = String::from_utf8_lossy(&deliveries[1].body).into_owned();
    assert!(body.contains("Second changement"), "{body}");
    assert_eq!(gone.all("POST").len(), 1);
    assert!(daemon.stop().success());
}

#[test]
fn a_feed_that_is_published_no_more_is_denied() {
    let listener = Listener::new(Manner::Willing);
    let world = hub_for(&listener);
    let daemon = Running::start(&world);
    accepted(&request(&daemon, &listener, "subscribe", &[]));
    listener.wait("GET", 1);
    world.edit("topics.toml", |topics| {
        topics.replace("id = \"chine-amlat\"", "id = \"autre\"")
    });
    daemon.signal("HUP");
    let notice = listener.wait("GET", 2).remove(1).query();
    assert_eq!(notice["hub.mode"], "denied");
    assert_eq!(notice["hub.topic"], topic(&daemon));
    assert!(!notice["hub.reason"].is_empty());
}

#[test]
fn a_foreign_hub_is_told_of_every_change_until_it_takes_it() {
    let hub = Listener::new(Manner::Status(500));
    let address = format!("http://hub.localhost:{}/", hub.port);
    let world = quiet(&format!("hubs = [\"{address}\"]"));
    let daemon = Running::start(&world);
    // Every format of the feed.
    let expected = ["atom", "json", "rss"].map(|format| {
        format!(
            "http://127.0.0.1:{}/feeds/chine-amlat.{format}",
            daemon.port
        )
    });
    let told_since = |before: usize| -> BTreeSet<String> {
        let pings = hub.all("POST").split_off(before);
        let forms = pings.iter().map(|ping| {
            assert_eq!(
                ping.headers["content-type"],
                "application/x-www-form-urlencoded"
            );
            let form: HashMap<String, String> =
                form_urlencoded::parse(&ping.body).into_owned().collect();
            assert_eq!(form["hub.mode"], "publish");
            form["hub.url"].clone()
        });
        forms.collect()
    };
    let all_told = |before| {
        let told = told_since(before);
        expected.iter().all(|topic| told.contains(topic))
    };
    assert!(wait_for(|| all_told(0)), "{:?}", told_since(0));
    let (_, body) = daemon.get("/feeds/chine-amlat.atom", "");
    assert!(
        body.contains(&format!("<link rel=\"hub\" href=\"{address}\"")),
        "{body}"
    );
    assert!(daemon.stop().success());

    let before = hub.all("POST").len();
    hub.behave(Manner::Willing);
    let daemon = start_at(&world, 120);
    assert!(wait_for(|| all_told(before)), "{:?}", told_since(before));
    assert!(daemon.stop().success());
    // What was taken is not told again.
    let (taken, before) = (told_since(before), hub.all("POST").len());
    world.once_after(240);
    let again = told_since(before);
    assert!(taken.is_disjoint(&again), "{again:?}");
}

/// A feed that names a hub.
fn feed_with_hub(articles: &[&str], hub: u16) -> String {
    let entry = |name: &&str| {
        format!("<item><title>{name}</title><link>https://outlet.example/{name}</link></item>")
    };
    let entries: String = articles.iter().map(entry).collect();
    format!(
        "<rss version=\"2.0\" xmlns:a=\"http://www.w3.org/2005/Atom\"><channel><title>Une source</title>\
         <a:link rel=\"hub\" href=\"http://hub.localhost:{hub}/\"/>{entries}</channel></rss>"
    )
}

/// Where a hub asks whether the subscription to a topic was meant.
fn question(callback: &str, topic: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("hub.mode", "subscribe");
    query.append_pair("hub.topic", topic);
    query.append_pair("hub.challenge", "xyz");
    query.append_pair("hub.lease_seconds", "864000");
    format!("{callback}?{}", query.finish())
}

#[test]
fn a_source_is_polled_when_its_hub_calls() {
    let hub = Listener::new(Manner::Willing);
    let outlet = Listener::new(Manner::Willing);
    let feed = |articles: &[&str]| feed_with_hub(articles, hub.port);
    *outlet.document.lock().unwrap() = feed(&["un"]);
    let world = quiet("");
    let address = format!("http://outlet.localhost:{}/feed", outlet.port);
    world.edit("sources.toml", |_| {
        format!(
            "[[source]]\nid = \"source\"\nurl = \"{address}\"\nevery = \"1d\"\nbody = \"feed\"\n"
        )
    });
    world.edit("depeche.toml", |main| {
        main.replace("[fetch]", "[fetch]\npush = true")
    });
    let daemon = Running::start(&world);
    let request = hub.wait("POST", 1).remove(0);
    let form: HashMap<String, String> =
        form_urlencoded::parse(&request.body).into_owned().collect();
    assert_eq!(
        (form["hub.mode"].as_str(), form["hub.topic"].as_str()),
        ("subscribe", address.as_str())
    );
    let base = format!("http://127.0.0.1:{}", daemon.port);
    let callback = form["hub.callback"].strip_prefix(&base).unwrap().to_owned();
    let question = |topic: &str| daemon.get(&question(&callback, topic), "");
    assert_eq!(question(&address).1, "xyz");
    let (head, body) = question("https://elsewhere.example/");
    assert!(
        head.starts_with("HTTP/1.1 404") && body.is_empty(),
        "{head}\n{body}"
    );
    assert!(daemon.stop().success());

    // A minute later, long before the next poll, the hub calls: it need not be believed.
    *outlet.document.lock().unwrap() = feed(&["deux", "un"]);
    let daemon = start_at(&world, 60);
    assert_eq!(outlet.all("GET").len(), 1, "a restart is no reason to poll");
    let call = |path: &str| {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, daemon.port)).unwrap();
        write!(stream, "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nConnection: close\r\n\r\nxyz").unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    };
    accepted(&call(&callback));
    assert!(call("/push/somebody").starts_with("HTTP/1.1 410"));
    outlet.wait("GET", 2);
    let known = || daemon.json("/status.json")["sources"][0]["candidates"] == 2;
    assert!(wait_for(known), "{}", daemon.json("/status.json"));
    assert_eq!(hub.all("POST").len(), 1, "the subscription holds");
}
