//! `discover` and `add` on the sample outlets: the right source first, the person's file untouched.

use std::fs;
use std::process::Output;

use crate::common::World;
use serde_json::Value;

/// The sample outlets speak of their own start: it has to be now.
fn world() -> World {
    World::starting(&depeche::clock::Clock::now(&depeche::clock::SystemClock).to_rfc3339())
}

fn local(world: &World, url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap();
    let _ = scheme;
    let (host, path) = rest.split_once('/').unwrap();
    format!("http://{host}.localhost:{}/{path}", world.port)
}

fn run(world: &World, arguments: &[&str]) -> Output {
    crate::common::depeche(arguments)
        .arg("--config")
        .arg(world.main())
        .output()
        .unwrap()
}

fn discover(world: &World, url: &str) -> (Option<i32>, Value) {
    let output = run(world, &["discover", "--json", &local(world, url)]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let value = serde_json::from_str(&text).unwrap_or(Value::Null);
    (output.status.code(), value)
}

#[test]
fn the_right_source_comes_first() {
    let world = world();
    let mut wrong = Vec::new();
    // Home page, and the source that must be named: kind, worth, address.
    for (home, kind, worth, source) in [
        (
            "https://www.radiohc.cu/fr",
            "listing",
            "undated-listing",
            "https://www.radiohc.cu/fr/noticias/internacionales",
        ),
        (
            "https://www.lelezard.com/",
            "listing",
            "listing",
            "https://www.lelezard.com/",
        ),
        (
            "http://french.news.cn/",
            "listing",
            "listing",
            "http://french.news.cn/chine/index.htm",
        ),
        (
            "http://french.people.com.cn/",
            "listing",
            "listing",
            "http://french.people.com.cn/Chine/index.html",
        ),
        (
            "https://francais.cgtn.com/",
            "listing",
            "listing",
            "https://francais.cgtn.com/actualite",
        ),
        (
            "https://frances.prensa-latina.cu/",
            "feed",
            "feed",
            "https://frances.prensa-latina.cu/feed",
        ),
        (
            "http://fr.granma.cu/",
            "feed",
            "feed",
            "http://fr.granma.cu/feed",
        ),
        (
            "https://www.france24.com/fr/asie-pacifique/",
            "feed",
            "feed",
            "https://www.france24.com/fr/asie-pacifique/rss",
        ),
        (
            "https://www.dw.com/fr/",
            "feed",
            "feed",
            "https://rss.dw.com/rdf/rss-fr-all",
        ),
        (
            "https://www.legrandsoir.info/",
            "feed",
            "feed",
            "https://www.legrandsoir.info/spip.php?page=backend",
        ),
        (
            "https://www.asiecentrale.example/",
            "feed",
            "",
            "https://www.asiecentrale.example/atom.xml",
        ),
        (
            "https://novastan.org/fr/",
            "feed",
            "full-feed",
            "https://novastan.org/fr/feed/",
        ),
        (
            "https://www.lapampa.example/",
            "feed",
            "",
            "https://www.lapampa.example/rss.xml",
        ),
        (
            "https://www.routesdesoie.example/",
            "feed",
            "",
            "https://www.routesdesoie.example/feed",
        ),
        (
            "https://www.abonnes.example/",
            "listing",
            "listing",
            "https://www.abonnes.example/",
        ),
        (
            "https://www.pacifiquesud.example/",
            "feed",
            "",
            "https://www.pacifiquesud.example/feed.json",
        ),
        (
            "https://fr.euronews.com/",
            "sitemap",
            "news-sitemap",
            "https://fr.euronews.com/sitemaps/fr/latest-news.xml",
        ),
        (
            "https://www.bbc.com/afrique",
            "feed",
            "feed",
            "https://feeds.bbci.co.uk/french/rss.xml",
        ),
    ] {
        let (code, found) = discover(&world, home);
        let best = &found["best"];
        let right = best["kind"] == kind
            && best["url"] == local(&world, source).as_str()
            && (worth.is_empty() || best["worth"] == worth);
        if code != Some(0) || !right {
            let list: Vec<String> = found["findings"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|f| {
                    format!(
                        "  {} {} {} {}",
                        f["worth"], f["url"], f["entries"], f["remark"]
                    )
                })
                .collect();
            wrong.push(format!("{home}: {code:?}\n{}", list.join("\n")));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn what_is_frozen_or_wants_a_login_is_never_proposed() {
    let world = world();
    let (_, found) = discover(&world, "http://french.news.cn/");
    let frozen = local(&world, "http://french.news.cn/rss/chine.xml");
    let listed = found["findings"].as_array().unwrap();
    let feed = listed.iter().find(|f| f["url"] == frozen.as_str()).unwrap();
    assert_eq!(
        (&feed["worth"], &feed["usable"]),
        (&"stale".into(), &false.into())
    );
    // A frozen feed named by the person leads to the outlet's page.
    let (code, found) = discover(&world, "http://french.news.cn/rss/chine.xml");
    assert_eq!(code, Some(0));
    assert_eq!(found["best"]["kind"], "listing", "{found}");
    // A login page, and a shell that a script fills, are nothing.
    for url in [
        "https://www.abonnes.example/rss",
        "https://www.caspienne.example/",
    ] {
        let (code, found) = discover(&world, url);
        assert_eq!(code, Some(4), "{url}");
        assert_eq!(found["best"], Value::Null, "{url}");
    }
}

#[test]
fn what_is_printed_is_a_configuration() {
    let world = world();
    let output = run(
        &world,
        &["discover", &local(&world, "https://novastan.org/fr/")],
    );
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.starts_with("# Novastan français: feed (advertised by the page): "),
        "{text}"
    );
    let urls = text.lines().filter(|line| line.contains("url = "));
    assert!(
        !urls.clone().any(|line| line.contains("comments")),
        "{text}"
    );
    assert_eq!(urls.count(), 2, "the feed and the listing: {text}");
    let table: toml::Table = text.parse().unwrap();
    assert_eq!(table["source"].as_array().unwrap().len(), 1, "{text}");
    // The others are there to be uncommented.
    let start = text
        .find("# [[source]]")
        .unwrap_or_else(|| panic!("{text}"));
    let block: Vec<&str> = text[start..]
        .lines()
        .take_while(|line| !line.is_empty())
        .map(|line| line.trim_start_matches("# "))
        .collect();
    assert!(block.join("\n").parse::<toml::Table>().is_ok(), "{text}");
}

#[test]
fn private_hosts_are_asked_only_when_allowed() {
    let world = world();
    let main = fs::read_to_string(world.main()).unwrap();
    fs::write(
        world.main(),
        main.replace("allow_private = [\"*.localhost\"]", ""),
    )
    .unwrap();
    fs::write(world.path().join("sources.toml"), "").unwrap();
    let url = local(&world, "https://novastan.org/fr/");
    let refused = run(&world, &["discover", &url]);
    assert_eq!(refused.status.code(), Some(1));
    let allowed = run(
        &world,
        &["discover", &url, "--allow-private", "*.localhost"],
    );
    assert_eq!(
        allowed.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&allowed.stderr)
    );
}

const MINE: &str = "# Mes sources, dans mon ordre\n\n[[source]]   # la première\nid   = 'mien'\nurl=\"https://mien.example/feed\" # ici\n\n# à voir plus tard :\n# [[source]]\n# id = \"autre\"";

#[test]
fn add_keeps_every_byte_and_refuses_what_is_there() {
    let world = world();
    let file = world.path().join("sources.toml");
    fs::write(&file, MINE).unwrap();
    let url = local(&world, "http://fr.granma.cu/");
    let output = run(&world, &["add", &url]);
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(text.starts_with(MINE), "{text}");
    let config = depeche::config::load(Some(&world.main())).unwrap();
    let ids: Vec<&str> = config.sources.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(ids, ["mien", "granma-fr"]);
    assert_eq!(
        config.sources[1].url.as_str(),
        local(&world, "http://fr.granma.cu/feed")
    );
    // The same outlet again, also by its feed and under another id.
    let feed = local(&world, "http://fr.granma.cu/feed");
    for arguments in [
        vec!["add", url.as_str()],
        vec!["add", feed.as_str(), "--id", "neuf"],
        vec![
            "add",
            &local(&world, "https://novastan.org/fr/"),
            "--id",
            "mien",
        ],
    ] {
        let output = run(&world, &arguments);
        assert_eq!(output.status.code(), Some(4), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("already"));
        assert_eq!(fs::read_to_string(&file).unwrap(), text, "{arguments:?}");
    }
    // An id that the configuration would refuse.
    let output = run(
        &world,
        &[
            "add",
            &local(&world, "https://novastan.org/fr/"),
            "--id",
            "Mon Id",
        ],
    );
    assert_ne!(output.status.code(), Some(0));
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    let left: Vec<_> = fs::read_dir(world.path())
        .unwrap()
        .flatten()
        .filter(|e| e.file_name().to_string_lossy().ends_with(".new"))
        .collect();
    assert!(left.is_empty());
}

const LIST: &str = r#"<?xml version="1.0"?>
<opml version="1.1"><head><title>Mes flux</title></head><body>
<outline text="Monde"><outline text="Asie">
<outline text="Novastan &amp; Cie" type="rss" xmlUrl="https://novastan.org/fr/feed/"/>
<outline text="Novastan" type="rss" xmlUrl="http://www.novastan.org/fr/feed"/>
</outline><outline text="Le Monde" type="rss" xmlUrl="https://lemonde.example/rss?a=1&b=2"/></outline>
<outline text="Le Monde" xmlUrl="https://autre.example/rss"/>
</body></opml>"#;

#[test]
fn lists_of_feeds_go_in_and_out() {
    let world = world();
    let sources = world.path().join("sources.toml");
    fs::write(&sources, MINE).unwrap();
    let list = world.path().join("flux.opml");
    fs::write(&list, LIST).unwrap();
    let path = list.to_str().unwrap();
    let into = sources.to_str().unwrap();
    let printed = run(&world, &["opml", "import", path]);
    assert_eq!(printed.status.code(), Some(0));
    assert_eq!(
        fs::read_to_string(&sources).unwrap(),
        MINE,
        "without --into nothing is written"
    );
    let output = run(&world, &["opml", "import", path, "--into", into]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(
        told.contains("“Novastan”") && told.contains("3 of 4"),
        "{told}"
    );
    let text = fs::read_to_string(&sources).unwrap();
    assert!(text.starts_with(MINE) && text.ends_with(&String::from_utf8(printed.stdout).unwrap()));
    let config = depeche::config::load(Some(&world.main())).unwrap();
    let ids: Vec<&str> = config.sources.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(ids, ["mien", "novastan-cie", "le-monde", "le-monde-2"]);
    assert_eq!(config.sources[1].tags, ["Monde", "Asie"]);
    // Once more: nothing to do.
    assert_eq!(
        run(&world, &["opml", "import", path, "--into", into])
            .status
            .code(),
        Some(4)
    );
    // Out again, and back into an empty configuration: the same feeds under the same first tags.
    let exported = run(&world, &["opml", "export"]).stdout;
    let (found, warnings) = depeche::discover::opml::read(&exported).unwrap();
    assert!(warnings.is_empty());
    let mut out: Vec<(String, String, Vec<String>)> = found
        .into_iter()
        .map(|s| (s.feed_url, s.title, s.folders))
        .collect();
    out.sort();
    let mut wanted: Vec<(String, String, Vec<String>)> = config
        .sources
        .iter()
        .map(|s| {
            (
                s.url.to_string(),
                s.title.clone().unwrap_or_else(|| s.id.to_string()),
                s.tags.iter().take(1).cloned().collect(),
            )
        })
        .collect();
    wanted.sort();
    assert_eq!(out, wanted);
}

/// "Flux RSS" in the menu of a front page mostly leads to a page that lists the feeds.
#[test]
fn the_page_that_lists_the_feeds_is_followed() {
    let now = depeche::clock::Clock::now(&depeche::clock::SystemClock);
    let feed = |days: i64| {
        let entries = (1..9).map(|n| {
            let date = (now - chrono::TimeDelta::hours(n + days * 24)).to_rfc2822();
            format!("<item><title>La Chine et le Pérou, accord {n}</title><link>/a/{n}.html</link><pubDate>{date}</pubDate></item>")
        });
        let entries: String = entries.collect();
        format!("<rss version=\"2.0\"><channel><title>La Maison</title>{entries}</channel></rss>")
    };
    let page = |body: &str| {
        format!("<!doctype html><html lang=\"fr\"><title>La Maison</title>{body}</html>")
    };
    let (live, old) = (feed(0), feed(900));
    let home = page(
        "<link rel=\"alternate\" type=\"application/rss+xml\" href=\"/vieux.xml\"><nav><a href=\"/flux-rss\">Flux RSS</a></nav>",
    );
    let list = page("<h1>Nos flux</h1><a href=\"/fils/monde.xml\">Monde</a>");
    let answer = move |uri: axum::http::Uri| {
        let (media, body) = match uri.path() {
            "/" => ("text/html", home.clone()),
            "/flux-rss" => ("text/html", list.clone()),
            "/fils/monde.xml" => ("text/xml", live.clone()),
            "/vieux.xml" => ("text/xml", old.clone()),
            _ => ("text/plain", String::new()),
        };
        async move { ([(axum::http::header::CONTENT_TYPE, media)], body) }
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let bound = tokio::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0));
    let listener = runtime.block_on(bound).unwrap();
    let origin = format!(
        "http://maison.localhost:{}",
        listener.local_addr().unwrap().port()
    );
    let router = axum::Router::new().fallback(answer);
    runtime.spawn(async move { axum::serve(listener, router).await });
    let output = run(
        &world(),
        &[
            "discover",
            "--json",
            "--allow-private",
            "maison.localhost",
            &format!("{origin}/"),
        ],
    );
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let best = &found["best"];
    assert_eq!(best["url"], format!("{origin}/fils/monde.xml"), "{found}");
}
