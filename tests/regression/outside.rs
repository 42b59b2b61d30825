//! Bugs at the edge of the program: what a person writes, what a reader asks, where output goes.

use std::fs;
use std::process::Output;

use super::common::World;
use super::common::depeche;
use super::common::running::Running;

fn said(output: &Output) -> String {
    let (out, error) = (&output.stdout, &output.stderr);
    String::from_utf8_lossy(out).into_owned() + &String::from_utf8_lossy(error)
}

/// A world whose sources are never asked.
fn quiet() -> World {
    let world = World::new();
    world.edit("sources.toml", |_| String::new());
    world
}

/// `https://example.org/press` gave feeds the address `https://example.org/pressfeeds/…`.
#[test]
fn a_base_url_without_a_slash_at_its_end_is_a_folder_all_the_same() {
    let world = quiet();
    world.edit("depeche.toml", |text| {
        let line = "[daemon]\nbase_url = \"https://example.org/press\"";
        text.replace("[daemon]", line)
    });
    let topics = world.json(&["topics", "list", "--json"]);
    let address = "https://example.org/press/feeds/chine-amlat.atom";
    assert!(topics.to_string().contains(address), "{topics}");
}

/// The token was looked for by the letters of the address, the feed by what they mean.
#[test]
fn a_token_is_asked_for_however_the_address_is_written() {
    let world = quiet();
    fs::write(world.path().join("tokens"), "chine-amlat s3cret\n").unwrap();
    world.edit("depeche.toml", |text| {
        text + "\n[access]\ntokens_file = \"tokens\"\n"
    });
    let daemon = Running::start(&world);
    for path in [
        "/feeds/chine-amlat.atom",
        "/feeds/%63hine-amlat.atom",
        "/feeds/chine%2Damlat.rss",
        "/feeds/archive/chine%2damlat/1.atom",
        "/topics/chine-amla%74",
    ] {
        let (head, _) = daemon.get(path, "");
        assert!(head.starts_with("HTTP/1.1 403"), "{path}: {head}");
    }
    let (head, _) = daemon.get("/feeds/%63hine-amlat.atom?token=s3cret", "");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
}

/// A feed whose token had a slip in its name stood open, and nothing was said.
#[test]
fn a_token_that_guards_no_feed_is_told() {
    let world = World::with_every_feed();
    let tokens = "chine-amlat.atom a\nsources/granma b\ntags/nulle-part c\nall d\n* e\n";
    fs::write(world.path().join("tokens"), tokens).unwrap();
    world.edit("depeche.toml", |text| {
        text + "\n[access]\ntokens_file = \"tokens\"\n"
    });
    let told = said(&world.run(&["check"]));
    for (name, wrong) in [
        ("chine-amlat.atom", true),
        ("tags/nulle-part", true),
        ("sources/granma", false),
        ("all", false),
        ("*", false),
    ] {
        let words = format!("names a feed `{name}` that is not published");
        assert_eq!(told.contains(&words), wrong, "{name}: {told}");
    }
}

/// With `--config depeche.toml` the notes named `/sources.toml`.
#[test]
fn a_configuration_named_by_its_bare_name_stands_in_this_folder() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("depeche.toml"), "").unwrap();
    let mut command = depeche(&["check", "--config", "depeche.toml"]);
    let told = said(&command.current_dir(folder.path()).output().unwrap());
    assert!(told.contains(" into ./sources.toml"), "{told}");
}
