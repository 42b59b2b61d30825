//! What a person met with who used the program for the first time.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::process::{Output, Stdio};
use std::thread;

use chrono::TimeDelta;
use serde_json::Value;

use crate::common::{World, depeche};

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// A pipe that nobody reads.
fn closed() -> Stdio {
    let (_, writer) = io::pipe().unwrap();
    writer.into()
}

/// Nearly every command panicked, or complained of a broken pipe, when its reader had had enough.
#[test]
fn a_closed_pipe_ends_every_command_without_a_word() {
    let world = World::new();
    world.once_after(0);
    for command in [
        "check",
        "status",
        "status --json",
        "sources",
        "sources --json",
        "explain 1",
        "explain 1 --json",
        "preview chine-amlat",
        "topics list",
        "export",
        "opml export",
        "doctor",
        "man",
        "completions bash",
        "backup copy.sqlite --json",
        "once",
        "--help",
    ] {
        let words: Vec<&str> = command.split(' ').collect();
        let mut run = world.depeche(&words);
        let output = run.current_dir(world.path()).stdout(closed()).output();
        let output = output.unwrap();
        let code = output.status.code();
        assert!(matches!(code, Some(0 | 4)), "{command}: {code:?}");
        assert_eq!(said(&output), "", "{command}");
    }
    world.edit("topics.toml", |text| text + "[[topic]]\n");
    for command in ["check", "preview x"] {
        let words: Vec<&str> = command.split(' ').collect();
        let status = world.depeche(&words).stderr(closed()).status().unwrap();
        assert_eq!(status.code(), Some(2), "{command}");
    }
    if let Ok(full) = File::options().write(true).open("/dev/full") {
        let output = depeche(&["man"]).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(
            said(&output).contains("cannot be written"),
            "{}",
            said(&output)
        );
    }
}

/// A host whose name nobody can resolve, with and without network: one of its labels is too long.
fn nowhere(number: usize) -> String {
    format!("{}.nosuch-{number}.org", "x".repeat(64))
}

/// Lets the world have these sources only.
fn with_sources(world: &World, urls: &[String]) {
    let one = |(n, url): (usize, &String)| format!("[[source]]\nid = \"s{n}\"\nurl = \"{url}\"\n");
    let text: String = urls.iter().enumerate().map(one).collect();
    world.edit("sources.toml", |_| text);
}

/// State and message of each source after a poll so many minutes after the start.
fn states(world: &World, minutes: i64) -> (Value, Vec<(String, String)>) {
    world.clock.set(world.start + TimeDelta::minutes(minutes));
    let counts = serde_json::from_slice(&world.run(&["once", "--json"]).stdout);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let sources = world.json(&["sources", "--json"]);
    let sources = sources.as_array().unwrap().iter();
    let states = sources.map(|s| (text(&s["state"]), text(&s["message"])));
    (counts.unwrap_or_default(), states.collect())
}

/// Four dead sources hid behind "our own network seems to be down" beside one that was read, and
/// each of them counted twice.
#[test]
fn dead_sources_are_told_beside_a_living_one() {
    let world = World::new();
    let mut urls: Vec<String> = (0..4)
        .map(|n| format!("http://{}/feed", nowhere(n)))
        .collect();
    urls.push(world.address("https://rss.dw.com/rdf/rss-fr-all"));
    with_sources(&world, &urls);
    for minutes in [0, 10, 180] {
        let (counts, states) = states(&world, minutes);
        if minutes == 0 {
            assert_eq!((&counts["polled"], &counts["read"]), (&5.into(), &1.into()));
        }
        for (state, message) in &states[..4] {
            assert_eq!(state, "failing", "{minutes}: {message}");
            assert!(message.contains("the name cannot be resolved"), "{message}");
        }
        assert_eq!(states[4].0, "ok", "{minutes}");
    }
}

/// A single source with a mistyped host stayed "new" for ever.
#[test]
fn a_mistyped_host_is_told_at_once_and_failing_after_an_hour() {
    let world = World::new();
    with_sources(&world, &[format!("http://{}/feed", nowhere(1))]);
    let first = world.run(&["once"]);
    assert_eq!(first.status.code(), Some(1));
    assert!(
        said(&first).contains("the name cannot be resolved"),
        "{}",
        said(&first)
    );
    let (_, found) = states(&world, 30);
    assert_eq!(found[0].0, "new");
    assert!(
        found[0].1.contains("it may be our own network: "),
        "{}",
        found[0].1
    );
    assert_eq!(found[0].1.matches("nothing is reached").count(), 1);
    for minutes in [70, 24 * 60] {
        let (_, found) = states(&world, minutes);
        assert_eq!(found[0].0, "failing", "{minutes}");
        assert!(!found[0].1.contains("our own network"), "{}", found[0].1);
    }
    let health = fs::read_to_string(world.path().join("feeds/_health.atom")).unwrap();
    assert!(health.contains("s0"), "{health}");
}

/// It was said that robots.txt could not be read, but not why.
#[test]
fn a_host_without_a_name_is_given_as_the_cause() {
    let world = World::new();
    let url = format!("http://{}/", nowhere(1));
    let found = said(&world.run(&["discover", &url]));
    assert!(found.contains("the name cannot be resolved"), "{found}");
}

/// An outlet whose old address leads to the new one for good; where it listens.
fn moved_outlet() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = [0; 4_096];
            let length = stream.read(&mut head).unwrap_or_default();
            let head = String::from_utf8_lossy(&head[..length]).into_owned();
            let (status, body) = match head.split(' ').nth(1) {
                Some("/old") => ("301 Moved\r\nLocation: /new", String::new()),
                Some("/new") => ("200 Fine", feed()),
                _ => ("404 Nothing", String::new()),
            };
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    port
}

fn feed() -> String {
    let entry = |n: u32| {
        format!(
            "<item><title>Le titre {n}</title><link>/a/{n}</link><description>Un texte.</description></item>"
        )
    };
    let entries: String = (0..5).map(entry).collect();
    format!("<rss version=\"2.0\"><channel><title>Le journal</title>{entries}</channel></rss>")
}

/// `add` wrote the address that answers 301.
#[test]
fn what_is_added_stands_at_its_new_address() {
    let world = World::new();
    let port = moved_outlet();
    let url = format!("http://127.0.0.1:{port}/old");
    let added = world.run(&["add", &url, "--allow-private", "127.0.0.1"]);
    assert!(added.status.success(), "{}", said(&added));
    let sources = fs::read_to_string(world.path().join("sources.toml")).unwrap();
    assert!(
        sources.contains(&format!("url = \"http://127.0.0.1:{port}/new\"")),
        "{sources}"
    );
    let text = said(&added);
    assert!(
        text.contains(&format!("{url}, leads here for good")),
        "{text}"
    );
}

/// `doctor` and `status` called the store of a newer depeche fine.
#[test]
fn a_store_of_a_newer_schema_is_told() {
    let world = World::new();
    world.once_after(0);
    #[expect(clippy::disallowed_methods, reason = "a newer depeche wrote it")]
    let store = rusqlite::Connection::open(world.path().join("state/depeche.sqlite")).unwrap();
    store.pragma_update(None, "user_version", 99).unwrap();
    drop(store);
    for command in ["doctor", "status", "sources"] {
        let output = world.run(&[command]);
        assert_eq!(output.status.code(), Some(1), "{command}");
        assert!(
            said(&output).contains("written by a newer depeche"),
            "{}",
            said(&output)
        );
    }
}

/// A name that is not there printed nothing.
#[test]
fn a_source_or_state_that_is_not_there_is_told() {
    let world = World::new();
    world.once_after(0);
    for (command, code, words) in [
        (
            &["export", "--source", "granmaa"][..],
            1,
            "there is no source `granmaa`",
        ),
        (&["export", "--source", "zzz"], 1, "`depeche sources` lists"),
        (
            &["sources", "--state", "nonsense"],
            2,
            "possible values: new, ok, failing",
        ),
    ] {
        let output = world.run(command);
        assert_eq!(output.status.code(), Some(code), "{command:?}");
        assert!(said(&output).contains(words), "{}", said(&output));
    }
}

/// `check` called fine what could not have been meant.
#[test]
fn check_notes_what_is_hardly_meant() {
    let world = World::new();
    world.edit("topics.toml", |text| {
        text + "\n[[topic]]\nid = \"all\"\nany = [\"pont\", \"barrage\"]\nnone = [\"barrage\", \"pont\", \"port\"]\n"
    });
    world.edit("depeche.toml", |text| {
        text.replace(
            "output_dir = \"feeds\"",
            "output_dir = \"topics.toml/feeds\"",
        )
    });
    let text = said(&world.run(&["check"]));
    for words in [
        "the topic `all` finds nothing: `none` names what `any` asks for",
        "takes the place of the feed of everything, feeds/all.atom",
        "topics.toml/feeds is not there, and this user cannot make it in",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

/// A second recording into the same folder ended in "File exists (os error 17)".
#[test]
fn a_recording_is_not_written_over() {
    let world = World::new();
    let tape = world.path().join("tape");
    let record = || world.run(&["once", "--record", tape.to_str().unwrap()]);
    assert!(record().status.success());
    let again = record();
    assert_eq!(again.status.code(), Some(1));
    let text = said(&again);
    assert!(
        text.contains("holds a recording already; name another folder"),
        "{text}"
    );
    assert!(!text.contains("os error"), "{text}");
}
