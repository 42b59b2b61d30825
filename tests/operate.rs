//! The commands with which a person runs the program and looks after it: the real binary on the
//! sample outlets.

use std::fs;
use std::process::Output;

use crate::common::running::{Running, wait_for};
use crate::common::{World, depeche};
use chrono::TimeDelta;
use serde_json::Value;

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

#[test]
fn status_and_sources_say_how_everything_is() {
    let world = World::new();
    let without = world.run(&["status"]);
    assert_eq!(code(&without), 1, "{}", said(&without));
    assert!(
        said(&without).contains("there is no store"),
        "{}",
        said(&without)
    );
    world.once_after(0);
    let text = said(&world.run(&["status"]));
    assert!(
        text.contains("not running") && text.contains("chine-amlat"),
        "{text}"
    );
    let status = world.json(&["status", "--json"]);
    let sources = status["sources"].as_array().unwrap();
    assert_eq!(
        sources.len(),
        world.json(&["sources", "--json"]).as_array().unwrap().len()
    );
    let read = sources.iter().filter(|s| s["state"] == "ok").count();
    assert!(read > 5, "{sources:?}");
    let days: u64 = sources
        .iter()
        .flat_map(|s| s["candidates_by_day"].as_array().unwrap())
        .map(|n| n.as_u64().unwrap())
        .sum();
    assert!(days > 50, "{days} candidates were counted");
    let failing = world.run(&["sources", "--state", "gone"]);
    assert_eq!(code(&failing), 4, "{}", said(&failing));
    let watched = world.run(&["status", "--watch"]);
    assert_eq!(
        (code(&watched), said(&watched).contains("needs a terminal")),
        (2, true)
    );
}

#[test]
fn a_backup_is_taken_beside_the_daemon_and_becomes_the_store_again() {
    let world = World::new();
    let daemon = Running::start(&world);
    let stored =
        wait_for(|| daemon.json("/status.json")["articles"]["published"].as_u64() >= Some(5));
    assert!(stored, "no articles were published");
    let file = world.path().join("copy.sqlite");
    let copied = world.json(&["backup", file.to_str().unwrap(), "--json"]);
    assert!(copied["articles"].as_u64().unwrap() >= 5, "{copied}");
    let refused = world.run(&["restore", file.to_str().unwrap()]);
    assert!(
        said(&refused).contains("another depeche is running"),
        "{}",
        said(&refused)
    );
    assert!(daemon.stop().success());

    fs::write(world.path().join("state/depeche.sqlite"), "not a database").unwrap();
    let broken = world.run(&["doctor"]);
    assert_eq!(code(&broken), 1, "{}", said(&broken));
    assert!(
        said(&broken).contains("restore a backup"),
        "{}",
        said(&broken)
    );
    let restored = world.json(&["restore", file.to_str().unwrap(), "--json"]);
    assert_eq!(restored["articles"], copied["articles"]);
    let kept = restored["replaced"].as_str().unwrap();
    assert_eq!(fs::read_to_string(kept).unwrap(), "not a database");
    let status = world.json(&["status", "--json"]);
    assert!(
        status["articles"]["published"].as_u64() >= Some(5),
        "{status}"
    );

    let missing = said(&world.run(&["restore", "nofile.sqlite"]));
    assert!(
        missing.contains("there is no file nofile.sqlite: name one"),
        "{missing}"
    );
    fs::write(&file, "rubbish").unwrap();
    let refused = world.run(&["restore", file.to_str().unwrap()]);
    assert_eq!(code(&refused), 1, "{}", said(&refused));
    assert_eq!(
        world.json(&["status", "--json"])["articles"],
        status["articles"]
    );
}

#[test]
fn a_folder_of_backups_keeps_the_newest() {
    let world = World::new();
    world.once_after(0);
    let folder = world.path().join("backups");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("other.sqlite"), "mine").unwrap();
    for day in 0..4 {
        world.clock.set(world.start + TimeDelta::days(day));
        world.json(&["backup", folder.to_str().unwrap(), "--keep", "2", "--json"]);
    }
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(
        names[0].starts_with("depeche-20261124-") && names[2] == "other.sqlite",
        "{names:?}"
    );
}

#[test]
fn doctor_finds_what_is_wrong_and_mends_it() {
    let world = World::new();
    world.once_after(0);
    let sound = world.json(&["doctor", "--json"]);
    assert_eq!(sound["ok"], true, "{sound}");
    let database = world.path().join("state/depeche.sqlite");
    let sql = |sql: &str| {
        let connection = rusqlite::Connection::open_with_flags(
            &database,
            rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE,
        )
        .unwrap();
        connection
            .pragma_update(None, "foreign_keys", false)
            .unwrap();
        connection.execute_batch(sql).unwrap();
    };
    sql("INSERT INTO dedup_key VALUES (1, 999999); INSERT INTO verdict VALUES ('t', 999999, 1, 1.0, '{}', 0, 0, NULL);
         DELETE FROM search WHERE rowid = (SELECT min(id) FROM article WHERE how <> '');");
    let sick = world.run(&["doctor"]);
    let text = said(&sick);
    assert_eq!(code(&sick), 1, "{text}");
    for words in [
        "WRONG  references",
        "WRONG  orphans",
        "WRONG  index of words",
        "--repair",
    ] {
        assert!(text.contains(words), "{words} is missing in:\n{text}");
    }
    let mended = world.run(&["doctor", "--repair"]);
    assert_eq!(code(&mended), 0, "{}", said(&mended));
    assert_eq!(world.json(&["doctor", "--json"])["ok"], true);
    world.clock.set(world.start - TimeDelta::days(3));
    let early = said(&world.run(&["doctor"]));
    assert!(early.contains("WRONG  clock"), "{early}");
}

#[test]
fn export_prints_the_articles_that_are_asked_for() {
    let world = World::polled();
    let lines = |arguments: &[&str]| -> Vec<Value> {
        let output = world.run(arguments);
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect()
    };
    let all = lines(&["export"]);
    let on_topic = lines(&["export", "--topic", "chine-amlat"]);
    assert!(on_topic.len() > 10 && on_topic.len() < all.len());
    assert_eq!(on_topic.len(), world.feed().candidates.len());
    assert!(
        on_topic
            .iter()
            .all(|a| a["topics"][0] == "chine-amlat" && a["text"] != "")
    );
    let source = all[0]["source"].as_str().unwrap();
    let of_source = lines(&["export", "--source", source]);
    assert!(!of_source.is_empty() && of_source.iter().all(|a| a["source"] == source));
    assert!(lines(&["export", "--since", "6h"]).len() < all.len());
    assert_eq!(code(&world.run(&["export", "--source", "nobody"])), 1);
    assert_eq!(code(&world.run(&["export", "--topic", "nothing"])), 1);
}

#[test]
fn reload_tells_the_difference() {
    let world = World::with_every_feed();
    let nobody = world.run(&["reload"]);
    assert_eq!(
        (
            code(&nobody),
            said(&nobody).contains("no daemon is running")
        ),
        (1, true)
    );
    let daemon = Running::start(&world);
    let good = fs::read_to_string(world.path().join("topics.toml")).unwrap();
    world.edit("topics.toml", |t| {
        format!("{t}\n[[topic]]\nid = \"deux\"\nall = [\"@chine\"]\n")
    });
    world.edit("sources.toml", |t| {
        format!("{t}\n[[source]]\nid = \"neuf\"\nurl = \"http://neuf.localhost/\"\n")
    });
    let reloaded = world.json(&["reload", "--json"]);
    for feed in ["deux", "sources/neuf"] {
        let there = daemon.get(&format!("/feeds/{feed}.atom"), "").0;
        assert!(there.starts_with("HTTP/1.1 200"), "{feed}: {there}");
    }
    assert_eq!(
        reloaded["difference"]["topics_added"],
        serde_json::json!(["deux"]),
        "{reloaded}"
    );
    assert_eq!(
        reloaded["difference"]["changed"],
        serde_json::json!([]),
        "{reloaded}"
    );
    assert_eq!(
        daemon.json("/status.json")["topics"]
            .as_array()
            .unwrap()
            .len(),
        2
    );

    world.edit("topics.toml", |_| good);
    let text = said(&world.run(&["reload"]));
    assert!(text.contains("topics removed: deux"), "{text}");
    assert!(daemon.stop().success());
    let ended = world.run(&["reload"]);
    assert_eq!(code(&ended), 1, "a daemon that has ended is not asked");
}

#[test]
fn a_refused_configuration_is_seen_everywhere() {
    let world = World::new();
    let daemon = Running::start(&world);
    // The command reads the configuration, too: it refuses a wrong one before it asks. So the
    // daemon is asked by the signal.
    let good = fs::read_to_string(world.path().join("topics.toml")).unwrap();
    world.edit("topics.toml", |t| {
        format!("{t}\n[[topic]]\nid = \"deux\"\nall = [\"@nullepart\"]\n")
    });
    let refused = world.run(&["reload"]);
    assert_eq!(code(&refused), 2);
    let pid = daemon.pid();
    let kept = format!("the running daemon (process {pid}) keeps the one it has");
    assert!(said(&refused).contains(&kept), "{}", said(&refused));
    daemon.signal("HUP");
    let seen = wait_for(|| !daemon.json("/status.json")["configuration"]["refused"].is_null());
    assert!(seen, "the refusal is not in status.json");
    let status = daemon.json("/status.json");
    let problem = &status["configuration"]["refused"]["problems"][0];
    assert!(
        problem["message"].as_str().unwrap().contains("nullepart"),
        "{problem}"
    );
    assert!(
        daemon.get("/", "").1.contains("nullepart"),
        "the status page hides the refusal"
    );
    let told = wait_for(|| {
        daemon
            .get("/feeds/_health.atom", "")
            .1
            .contains("nullepart")
    });
    assert!(told, "the health feed hides the refusal");
    assert!(
        daemon
            .get("/feeds/chine-amlat.atom", "")
            .0
            .starts_with("HTTP/1.1 200")
    );
    world.edit("topics.toml", |_| good);
    assert_eq!(code(&world.run(&["reload"])), 0);
    assert!(daemon.json("/status.json")["configuration"]["refused"].is_null());
}

#[test]
fn a_wrong_configuration_hides_nothing_of_the_store() {
    let world = World::new();
    world.once_after(0);
    let sound = world.json(&["status", "--json"]);
    world.edit("sources.toml", |t| {
        format!("{t}[[source]]\nid = \"neuf\"\n")
    });
    let status = world.run(&["status"]);
    let text = said(&status);
    assert_eq!(code(&status), 2, "{text}");
    for words in [
        "is wrong in 1 place",
        "url: this key is missing",
        "Articles: ",
    ] {
        assert!(text.contains(words), "{words} is missing in:\n{text}");
    }
    let status = world.run(&["status", "--json"]);
    let json: Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!((code(&status), &json["articles"]), (2, &sound["articles"]));
    let problem = &json["configuration"]["problems"][0];
    assert_eq!(problem["key"], "source \"neuf\": url", "{problem}");
    for (command, so) in [
        ("check", "a running daemon keeps the one it has"),
        ("reload", "nothing was reloaded"),
        ("once", "nothing was started"),
        ("export", "nothing was done"),
    ] {
        let output = world.run(&[command]);
        assert_eq!(code(&output), 2, "{command}");
        assert!(said(&output).contains(so), "{command}: {}", said(&output));
    }
}

#[test]
fn what_is_right_but_hardly_meant_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("depeche.toml"),
        "[daemon]\nstate_dir = \"/proc/nope\"\n",
    )
    .unwrap();
    let check = depeche(&["check", "--config"])
        .arg(folder.path())
        .output()
        .unwrap();
    let text = said(&check);
    assert_eq!(code(&check), 0, "{text}");
    for words in [
        "fine: 0 sources, 0 topics",
        "`depeche add URL` writes one into",
        "nothing is published: describe one in",
        "the state folder /proc/nope is not there",
    ] {
        assert!(text.contains(words), "{words} is missing in:\n{text}");
    }
    let missing = depeche(&["check", "--config", "/nowhere/depeche.toml"])
        .output()
        .unwrap();
    assert_eq!(code(&missing), 2);
    assert!(
        said(&missing).contains("check the path given with --config"),
        "{}",
        said(&missing)
    );
    let age = depeche(&["export", "--since", "30"]).output().unwrap();
    assert_eq!(code(&age), 2);
    assert!(
        said(&age).contains("has no unit; write a number and a unit"),
        "{}",
        said(&age)
    );
}

#[test]
fn once_says_when_nothing_is_due() {
    let world = World::new();
    assert_eq!(code(&world.run(&["once"])), 0);
    let again = world.run(&["once"]);
    assert_eq!(code(&again), 4);
    assert!(
        said(&again).contains("nothing to do: the next is due at 2026-11-22"),
        "{}",
        said(&again)
    );
    let json = world.run(&["once", "--json"]);
    let counts: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((code(&json), &counts["polled"]), (4, &Value::from(0)));
}

#[test]
fn the_shipped_site_rules_hold_and_a_spoilt_one_is_told() {
    let world = World::new();
    let fine = world.run(&["sites", "test"]);
    assert_eq!(code(&fine), 0, "{}", said(&fine));
    assert!(!said(&fine).contains("no sample page"), "{}", said(&fine));
    fs::create_dir(world.path().join("sites")).unwrap();
    let rule =
        "hosts = [\"french.news.cn\"]\n[extract]\nbody = [\".no-such-thing\"]\nstrip = [\"p\"]\n";
    fs::write(world.path().join("sites/xinhua-fr.toml"), rule).unwrap();
    let spoilt = world.run(&["sites", "test", "xinhua-fr"]);
    assert_eq!(code(&spoilt), 1, "{}", said(&spoilt));
    assert!(
        said(&spoilt).contains("FAILS  xinhua-fr"),
        "{}",
        said(&spoilt)
    );
    assert_eq!(code(&world.run(&["sites", "test", "nobody"])), 1);
}

#[test]
fn completions_and_manual_pages_name_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let written = depeche(&["man"]).arg(folder.path()).output().unwrap();
    assert_eq!(code(&written), 0, "{}", said(&written));
    let main = fs::read_to_string(folder.path().join("depeche.1")).unwrap();
    for command in [
        "run",
        "once",
        "check",
        "status",
        "explain",
        "preview",
        "discover",
        "add",
        "topics",
        "sources",
        "sites",
        "inspect",
        "opml",
        "backup",
        "restore",
        "doctor",
        "export",
        "reload",
        "demo",
        "completions",
        "man",
    ] {
        assert!(
            folder.path().join(format!("depeche-{command}.1")).is_file(),
            "{command}"
        );
        assert!(
            main.contains(&format!("depeche\\-{command}(1)")),
            "{command}"
        );
    }
    assert!(main.contains("Exit codes"), "{main}");
    for shell in ["bash", "zsh", "fish"] {
        let script = said(&depeche(&["completions", shell]).output().unwrap());
        assert!(
            script.contains("doctor") && script.contains("rejudge"),
            "{shell}"
        );
    }
    assert_eq!(code(&depeche(&["completions", "dos"]).output().unwrap()), 2);
}

#[test]
fn what_was_kept_long_enough_is_dropped_and_never_returns() {
    let world = World::new();
    world.edit("depeche.toml", |t| {
        format!("{}entries = 1\nkeep = \"1d\"\n[store]\nkeep = \"2d\"\n", t)
    });
    world.once_after(0);
    let count = |state: &str| {
        world.json(&["status", "--json"])["articles"][state]
            .as_u64()
            .unwrap_or(0)
    };
    let exported = || {
        String::from_utf8(world.run(&["export"]).stdout)
            .unwrap()
            .lines()
            .count()
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "no command shows what is left of an article that was dropped"
    )]
    let texts = || {
        let database =
            rusqlite::Connection::open(world.path().join("state/depeche.sqlite")).unwrap();
        let sql = "SELECT count(*) FROM body b JOIN article a ON a.id = b.article
            WHERE length(packed) > 0 AND a.last_error LIKE 'dropped on%'";
        let all = "SELECT count(*) FROM body WHERE length(packed) > 0";
        let count = |sql: &str| {
            database
                .query_row(sql, [], |row| row.get::<_, i64>(0))
                .unwrap()
        };
        (count(all), count(sql))
    };
    assert!(texts().0 > 0);
    let (all, published, old) = (exported(), count("published"), count("old"));
    assert!(published > 10 && all > published as usize);
    // The outlets show the same pages again, long after.
    world.once_after(3 * 86_400);
    let (left, kept) = (exported(), count("published"));
    assert!(
        left < all && kept < published,
        "{left} of {all} articles, {kept} of {published} entries are left"
    );
    assert!(count("old") >= old + (all - left) as u64);
    assert_eq!(texts().1, 0, "they go with their article");
    world.once_after(4 * 86_400);
    let feed = world.feed_of("chine-amlat");
    assert!(feed.matches("<entry").count() as u64 <= kept, "{feed}");
    assert!(exported() <= left, "something has come back");
    assert_eq!(world.json(&["doctor", "--json"])["ok"], true);
    let buried = world.json(&["explain", "1", "--json"]);
    assert_eq!(buried["state"], "old", "{buried}");
    assert!(
        buried["reason"].as_str().unwrap().contains("kept as long"),
        "{buried}"
    );
}
