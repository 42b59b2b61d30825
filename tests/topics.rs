//! Topics in the whole program: rejections are remembered, changed rules are applied to what is
//! stored, and the commands say why.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::common::running::{Running, wait_for};
use crate::common::{World, titles};
use serde_json::Value;

/// What the sources themselves are polled at, and robots.txt: no page of an article.
fn is_poll(world: &World, request: &str) -> bool {
    let sources = fs::read_to_string(world.path().join("sources.toml")).unwrap();
    request.ends_with("/robots.txt") || sources.contains(&format!("://{request}\""))
}

fn pages(world: &World) -> Vec<String> {
    let requests = world.requests.take();
    requests
        .into_iter()
        .filter(|r| !is_poll(world, r))
        .collect()
}

const DEUX: &str = "\n[[topic]]\nid = \"deux\"\nlanguage = [\"fr\"]\nall = [\"@chine\"]\n\
                    none = [\"title:horoscope\"]\n";

const TROIS: &str =
    "\n[[topic]]\nid = \"trois\"\nlanguage = [\"fr\"]\nany = [\"planche à voile\"]\n";

#[test]
fn what_was_judged_once_is_not_fetched_again() {
    let world = World::new();
    world.once_after(0);
    assert!(pages(&world).len() > 40, "the first poll fetches pages");
    world.once_after(11);
    world.once_after(19);
    let later = world.requests.take();
    let pages: Vec<_> = later.iter().filter(|r| !is_poll(&world, r)).collect();
    assert!(pages.is_empty(), "{pages:#?}");
    assert!(later.len() > 10, "the sources were polled: {later:?}");
}

#[test]
fn a_changed_topic_judges_what_is_stored_without_network() {
    let world = World::new();
    world.once_after(0);
    let before = titles(&world.feed());
    world.edit("topics.toml", |text| {
        text.replace(
            "none = [\"title:horoscope\"]",
            "none = [\"title:horoscope\", \"title:Kazakhstan\"]",
        ) + DEUX
    });
    let dry = world.json(&[
        "topics",
        "rejudge",
        "--dry-run",
        "--json",
        "--since",
        "3650d",
    ]);
    world.requests.take();
    world.once_after(11);
    assert_eq!(pages(&world), Vec::<String>::new());
    let after = titles(&world.feed());
    let gone: BTreeSet<_> = before.difference(&after).cloned().collect();
    assert!(
        !gone.is_empty() && gone.iter().all(|t| t.contains("Kazakhstan")),
        "{gone:?}"
    );
    assert!(after.iter().all(|t| !t.contains("Kazakhstan")));
    assert!(world.feed_of("deux").matches("<entry>").count() > before.len() / 2);
    let changes = dry["changes"].as_array().unwrap();
    let named = |topic: &str, enters: bool| -> BTreeSet<String> {
        (changes
            .iter()
            .filter(|c| c["topic"] == topic && c["enters"] == enters))
        .map(|c| c["title"].as_str().unwrap().to_owned())
        .collect()
    };
    assert_eq!(named("chine-amlat", false), gone, "the dry run said so");
    assert!(named("chine-amlat", true).is_empty());
    assert_eq!(
        named("deux", true).len(),
        changes.iter().filter(|c| c["topic"] == "deux").count()
    );
    let again = world.json(&[
        "topics",
        "rejudge",
        "--dry-run",
        "--json",
        "--since",
        "3650d",
    ]);
    assert_eq!(
        again["changes"],
        Value::Array(Vec::new()),
        "nothing is left to change"
    );
}

/// What a topic says of the article about the ballet season, which has nothing to do with China.
fn of_the_ballet(world: &World) -> Value {
    let url =
        world.address("http://fr.granma.cu/culture/2026-11-21/le-ballet-national-ouvre-sa-saison");
    let way = world.json(&["explain", "--json", &url]);
    way["verdicts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|verdict| verdict["topic"] == "trois")
        .cloned()
        .unwrap_or_default()
}

#[test]
fn a_topic_that_finds_nothing_leaves_no_row_and_tells_its_reasons_all_the_same() {
    let world = World::new();
    world.edit("topics.toml", |text| text + TROIS);
    world.once_after(0);
    let nothing = of_the_ballet(&world);
    assert_eq!(nothing["current"], true, "{nothing}");
    assert_eq!(nothing["matched"], false);
    let missed = "any: none of `planche à voile` was found";
    assert_eq!(nothing["missed"], serde_json::json!([missed]));
    // Other rules find something: the article comes, and goes when they are taken back.
    world.edit("topics.toml", |text| {
        text.replace("planche à voile", "ballet")
    });
    world.once_after(0);
    let found = of_the_ballet(&world);
    assert_eq!(
        (&found["matched"], &found["current"]),
        (&true.into(), &true.into())
    );
    let in_feed = |world: &World| world.feed_of("trois").contains("Le Ballet national");
    assert!(in_feed(&world));
    world.edit("topics.toml", |text| {
        text.replace("\"ballet\"", "\"planche à voile\"")
    });
    world.once_after(0);
    assert_eq!(of_the_ballet(&world), nothing);
    assert!(!in_feed(&world));
}

#[test]
fn rejudge_works_alone_and_is_refused_beside_a_daemon() {
    let world = World::new();
    world.once_after(0);
    world.edit("topics.toml", |text| text + DEUX);
    let daemon = Running::start(&world);
    let refused = world.run(&["topics", "rejudge"]);
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    let dry = world.run(&["topics", "rejudge", "--dry-run"]);
    assert!(daemon.stop().success());
    assert_eq!(refused.status.code(), Some(1), "{text}");
    assert!(text.contains("reload it instead"), "{text}");
    assert!(dry.status.success());
    world.edit("topics.toml", |text| {
        text.replace("all = [\"@chine\"]", "all = [\"@cuba\"]")
    });
    world.requests.take();
    let done = world.json(&["topics", "rejudge", "--json", "--since", "3650d"]);
    assert!(world.requests.take().is_empty(), "no network");
    let changes = done["changes"].as_array().unwrap();
    let leaves = changes
        .iter()
        .filter(|c| c["topic"] == "deux" && c["enters"] == false);
    assert!(leaves.count() > 3, "{done}");
    let feed = world.feed_of("deux");
    assert!(
        feed.contains("Cuba") && !feed.contains("Turkménistan"),
        "the feed follows"
    );
}

#[test]
fn a_candidate_that_former_rules_rejected_becomes_due() {
    let world = World::new();
    let title = "Le blé du Kazakhstan prend la route de Xi'an";
    let url = world.address("https://www.asiecentrale.example/carnets/ble-du-kazakhstan");
    let none = "none = [\"title:horoscope\"]";
    world.edit("topics.toml", |t| t.replace(none, "none = [\"title:blé\"]"));
    world.once_after(0);
    let asked = world.requests.take();
    assert!(
        !asked.iter().any(|r| r.contains("ble-du-kazakhstan")),
        "{asked:?}"
    );
    let why = world.json(&["explain", "--json", &url]);
    assert_eq!(why["state"], "rejected");
    let reason = why["reason"].as_str().unwrap();
    assert!(
        reason.contains("before its page was fetched") && reason.contains("blé"),
        "{reason}"
    );
    // Other rules that reject it still leave it alone.
    world.edit("topics.toml", |t| {
        t.replace("\"title:blé\"", "\"title:blé\", \"title:volley\"")
    });
    world.once_after(11);
    assert!(pages(&world).is_empty());
    world.edit("topics.toml", |t| {
        t.replace("none = [\"title:blé\", \"title:volley\"]", none)
    });
    world.once_after(19);
    let asked = pages(&world);
    assert!(
        asked.iter().any(|r| r.contains("ble-du-kazakhstan")),
        "{asked:?}"
    );
    assert!(titles(&world.feed()).contains(title));
    assert_eq!(
        world.json(&["explain", "--json", &url])["state"],
        "published"
    );
}

#[test]
fn a_topic_limits_its_feed_by_source_and_by_age() {
    let world = World::new();
    world.edit("topics.toml", |text| {
        format!(
            "{text}{DEUX}max_per_source = 1\n{}since = \"1d\"\n",
            DEUX.replace("deux", "trois")
        )
    });
    world.once_after(0);
    let sources = |topic: &str| -> Vec<String> {
        let feed = world.feed_of(topic);
        let ids = feed.split("<source>").skip(1);
        ids.map(|s| s.split("</id>").next().unwrap().to_owned())
            .collect()
    };
    let limited = sources("deux");
    let distinct: BTreeSet<_> = limited.iter().collect();
    assert!(
        limited.len() == distinct.len() && limited.len() > 5,
        "{limited:?}"
    );
    assert!(sources("trois").len() > distinct.len());
    let young = world.start - chrono::TimeDelta::days(1);
    let published = |topic: &str| -> Vec<chrono::DateTime<chrono::Utc>> {
        let feed = world.feed_of(topic);
        let dates = feed.split("<published>").skip(1);
        dates
            .map(|d| d.split('<').next().unwrap().parse().unwrap())
            .collect()
    };
    assert!(published("trois").iter().all(|d| *d >= young));
    assert!(
        published("chine-amlat").iter().any(|d| *d < young),
        "there are older ones"
    );
}

#[test]
fn explain_tells_the_whole_way() {
    let world = World::new();
    world.once_after(0);
    world.once_after(7_200);
    let url = world
        .address("https://www.bbc.com/afrique/articles/c4gq8d1n2mzo?at_medium=RSS&at_campaign=rss");
    let why = world.json(&["explain", "--json", &url]);
    assert_eq!(why["source"], "bbc-afrique");
    let versions = why["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 1, "{why}");
    assert_ne!(versions[0]["title"], why["title"], "the title until then");
    assert!(why["extraction"]["words"].as_u64().unwrap() > 50);
    assert_eq!(
        why["entries"].as_array().unwrap().len(),
        1,
        "one entry, edited"
    );
    let verdict = &why["verdicts"][0];
    let hit = &verdict["why"][0];
    for key in ["rule", "term", "matched", "where", "snippet"] {
        assert!(!hit[key].as_str().unwrap().is_empty(), "{hit}");
    }
    assert!(
        hit["points"].is_number() && verdict["current"] == true,
        "{verdict}"
    );
    // A copy: what it was compared with, and who stands for it.
    let copy = world.address(
        "https://www.legrandsoir.info/la-celac-et-la-chine-lancent-un-programme-commun-de-formation-agricole.html",
    );
    let why = world.json(&["explain", "--json", &copy]);
    let story = &why["story"];
    assert!(story["members"].as_array().unwrap().len() >= 2, "{story}");
    let waiting = story["members"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["state"] == "duplicate");
    assert!(
        waiting.is_some(),
        "who does not stand in the feed is a duplicate: {story}"
    );
    let members = story["members"].as_array().unwrap().iter();
    let copy = members.clone().find(|m| m["level"] == "copy").unwrap()["id"].to_string();
    let text = String::from_utf8(world.run(&["explain", &copy]).stdout).unwrap();
    for word in [
        "Compared", "copy", "In group", "Verdict", "Identity", "Body by", "Entry",
    ] {
        assert!(text.contains(word), "{word} is missing in\n{text}");
    }
    let unknown = world.run(&["explain", "http://nowhere.example/1"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("nothing is known of it"));
}

#[test]
fn preview_shows_kept_and_rejected_by_the_rules_in_the_files() {
    let world = World::new();
    world.once_after(0);
    let preview = || world.json(&["preview", "chine-amlat", "--since", "3650d", "--json"]);
    let before = preview();
    let kept = before["kept"].as_array().unwrap().len();
    let rejected = before["rejected"].as_array().unwrap();
    assert!(kept >= titles(&world.feed()).len() && rejected.len() > 10);
    let misses: Vec<usize> = rejected
        .iter()
        .map(|r| r["missed"].as_array().unwrap().len())
        .collect();
    assert!(
        misses.is_sorted() && misses[0] == 1,
        "nearest misses first: {misses:?}"
    );
    // No daemon has seen these rules yet.
    world.edit("topics.toml", |text| {
        text.replace("min_score = 11", "min_score = 20")
    });
    let after = preview();
    assert!(after["kept"].as_array().unwrap().len() < kept);
    let nearest = &after["rejected"][0]["missed"][0];
    assert!(
        nearest.as_str().unwrap().contains("min_score 20"),
        "{nearest}"
    );
    let unknown = world.run(&["preview", "rien"]);
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("the configuration has chine-amlat"));
}

const LITHIUM: &str = "Les camions chargés de lithium quittent le salar d'Uyuni avant l'aube. Chaque \
    semaine, une vingtaine d'entre eux descendent vers le port d'Arica, où un cargo attend. Les ouvriers \
    boliviens ont appris le métier auprès de techniciens venus de Chine, qui leur ont laissé des manuels \
    traduits à la main.</p><p>La coopérative compte quatre-vingts familles. Elle vend une partie de sa \
    production à une usine de Qinghai, et garde le reste pour un atelier de batteries qui doit ouvrir au \
    printemps. Son président espère doubler les salaires d'ici deux ans, si les cours se maintiennent et \
    si la route promise par le gouvernement est enfin goudronnée.";

#[test]
fn topics_are_tested_on_files_and_pages_listed_and_improved() {
    let world = World::new();
    let page = world.address(
        "https://www.dw.com/fr/le-turkmenistan-et-la-chine-s-allient-pour-l-eolien/a-73204418",
    );
    let tested = world.json(&["topics", "test", &page, "--json"]);
    assert_eq!(tested["verdicts"][0]["matched"], true, "{tested}");
    let write = |name: &str, text: &str| {
        let path = world.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let yes = [
        write(
            "a.txt",
            "La Chine et le Pérou\nUn accord de coopération sur le lithium.",
        ),
        write(
            "b.html",
            &format!(
                "<html lang=fr><title>Le lithium</title><article><h1>Le lithium</h1><p>{}</p></article>",
                LITHIUM
            ),
        ),
    ];
    let no = [
        write(
            "c.txt",
            "Le football\nUn match de football hier soir à Quito.",
        ),
        write("d.txt", "La météo\nDe la pluie, et du football annulé."),
    ];
    let tested = world.json(&["topics", "test", &no[0], "--topic", "chine-amlat", "--json"]);
    assert_eq!(tested["verdicts"][0]["matched"], false);
    assert!(
        !tested["verdicts"][0]["missed"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let suggested = world.json(&[
        "topics", "suggest", "--json", "--yes", &yes[0], &yes[1], "--no", &no[0], &no[1],
    ]);
    let terms = suggested["terms"].as_array().unwrap();
    let z = |term: &str| {
        terms.iter().find(|t| t["term"] == term).unwrap()["z"]
            .as_f64()
            .unwrap()
    };
    assert!(z("lithium") > 1.0 && z("football") < -1.0, "{terms:?}");
    world.once_after(0);
    let listed = world.json(&["topics", "list", "--json"]);
    assert!(listed[0]["entries"].as_u64().unwrap() > 20, "{listed}");
    let pasted = world.run(&[
        "topics",
        "suggest",
        "--topic",
        "chine-amlat",
        "--since",
        "3650d",
    ]);
    let text = String::from_utf8(pasted.stdout).unwrap();
    let topic = format!("[[topic]]\nid = \"essai\"\n{text}");
    assert!(
        topic.parse::<toml::Table>().is_ok() && text.contains("any = ["),
        "{text}"
    );
    world.edit("topics.toml", |t| t + &topic);
    assert!(
        world.run(&["check"]).status.success(),
        "what is proposed can be pasted:\n{text}"
    );
}

#[test]
fn a_program_of_one_s_own_decides_what_matched_or_came_near() {
    let world = World::new();
    let log = world.path().join("asked.jsonl");
    let program = world.path().join("judge.sh");
    let script = format!(
        "#!/bin/sh\nline=$(cat)\nprintf '%s\\n' \"$line\" >> {}\ncase \"$line\" in\n\
         *'\"title\":\"Le blé du Kazakhstan'*) echo '{{\"matched\": false, \"why\": \"assez lu\"}}';;\n\
         *'\"title\":\"Le Turkm'*) exit 1;;\n*) echo '{{\"matched\": true, \"score\": 99}}';;\nesac\n",
        log.display()
    );
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    world.once_after(0);
    let before = titles(&world.feed());
    world.edit("topics.toml", |text| {
        format!(
            "{text}exec = {{ command = [\"{}\"], timeout = \"20s\" }}\n",
            program.display()
        )
    });
    world.once_after(11);
    let after = titles(&world.feed());
    let asked: Vec<Value> = fs::read_to_string(&log)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(
        asked
            .iter()
            .all(|q| q["topic"] == "chine-amlat" && q["article"]["text"].is_string())
    );
    let forbidden = asked.iter().filter(|q| {
        let missed = q["verdict"]["missed"].as_array().unwrap();
        missed.len() > 1
            || missed
                .iter()
                .any(|m| m.as_str().unwrap().starts_with("none:"))
    });
    assert_eq!(forbidden.count(), 0, "only what matched or came near");
    assert!(
        asked.iter().any(|q| q["verdict"]["matched"] == false),
        "some came near"
    );
    assert!(before.iter().any(|t| t.starts_with("Le blé du Kazakhstan")));
    assert!(
        after.iter().all(|t| !t.starts_with("Le blé du Kazakhstan")),
        "{after:?}"
    );
    assert!(
        after.iter().any(|t| t.contains("Turkménistan")),
        "a failure keeps the rules' verdict"
    );
    assert!(
        after.difference(&before).next().is_some(),
        "what came near was let in"
    );
    fs::remove_file(&log).unwrap();
    world.edit("topics.toml", |text| {
        text.replace("title:horoscope", "title:horoscopes")
    });
    world.json(&["topics", "rejudge", "--json", "--since", "3650d"]);
    let again = fs::read_to_string(&log).unwrap();
    let questions: BTreeSet<&str> = again.lines().collect();
    assert!(!questions.is_empty(), "the rules have changed");
    assert_eq!(questions.len(), again.lines().count(), "each asked once");
    let failed = world.address(
        "https://www.dw.com/fr/le-turkmenistan-et-la-chine-s-allient-pour-l-eolien/a-73204418",
    );
    let why = world.json(&["explain", "--json", &failed]);
    let said = why["verdicts"][0]["exec"]["failed"]["reason"]
        .as_str()
        .unwrap();
    assert!(said.contains("failed (exit status: 1)"), "{said}");
    world.edit("topics.toml", |text| {
        text.replace(&format!("{}", program.display()), "judge.sh")
    });
    let wrong = world.run(&["check"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("whole path"));
}

#[test]
fn a_reload_judges_what_is_stored_and_asks_for_no_page() {
    let world = World::new();
    world.once_after(0);
    let mut daemon = Running::start(&world);
    world.requests.take();
    world.edit("topics.toml", |text| text + DEUX);
    daemon.signal("HUP");
    let path = world.path().join("feeds/deux.atom");
    let published = wait_for(|| {
        !daemon.is_alive() || fs::read_to_string(&path).is_ok_and(|f| f.contains("<entry>"))
    });
    assert!(
        published && daemon.is_alive(),
        "the new topic has no entries"
    );
    assert!(daemon.stop().success());
    assert!(
        pages(&world)
            .iter()
            .all(|r| !r.contains("ble-du-kazakhstan"))
    );
}
