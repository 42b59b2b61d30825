//! JSON documents of all wrappings as tables.

use chrono::TimeZone;

use super::*;

fn spec() -> JsonSpec {
    let some = |text: &str| Some(text.to_owned());
    JsonSpec {
        items: "data.list".into(),
        link: some("url"),
        title: some("title"),
        date: some("time"),
        id: some("id"),
        summary: some("lead"),
        ..JsonSpec::default()
    }
}

fn discover(spec: &JsonSpec, text: &str) -> Discovery {
    let paths = JsonPaths::compile(spec).expect("right paths");
    let base = Url::parse("https://a.fr/api/list.json").expect("an address");
    let fetched_at = Utc
        .with_ymd_and_hms(2026, 8, 3, 12, 0, 0)
        .single()
        .expect("a moment");
    read(
        text,
        &Context {
            base: &base,
            paths: &paths,
            families: &Families::default(),
            timezone: None,
            fetched_at,
        },
    )
}

fn check(spec: &JsonSpec, text: &str, expected: &[&str]) {
    let found = discover(spec, text);
    let part = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let row = |c: &Candidate| {
        let date = c.published.map_or("-".to_owned(), |date| {
            date.format("%m-%dT%H:%M").to_string()
        });
        format!(
            "{} | {} | {} | {}",
            c.id,
            part(&c.link),
            part(&c.title),
            date
        )
    };
    let got: Vec<_> = found.candidates.iter().map(row).collect();
    assert_eq!(got, expected, "{text}");
}

const LIST: &str = r#"{"data": {"list": [
  {"id": 1784912345678901234, "url": "/n/1784912345678901234.html", "title": "L&#39;eau <b>vive</b>", "time": 1785664800000},
  {"id": 99999999999999999999999999, "url": "../x?utm_source=a", "title": "Deux \"mots\"", "time": 1785664800},
  {"id": 1784912345678901234, "url": "/n/1", "title": "Encore"},
  {"id": 7, "title": "Sans adresse", "time": "2026-08-02T10:00:00Z",},
]}}"#;

const ROWS: &[&str] = &[
    "1784912345678901234 | https://a.fr/n/1784912345678901234.html | L'eau vive | 08-02T10:00",
    "99999999999999999999999999 | https://a.fr/x | Deux \"mots\" | 08-02T10:00",
    "7 | - | Sans adresse | 08-02T10:00",
];

#[test]
fn wrappings() {
    check(&spec(), LIST, ROWS);
    check(&spec(), &format!("\u{feff} {LIST}"), ROWS);
    check(&spec(), &format!("var liste = {LIST};\nvar b = 1;"), ROWS);
    check(&spec(), &format!("jQuery_12({LIST});"), ROWS);
    check(&spec(), &format!(")]}}',\n{LIST}"), ROWS);
    check(
        &spec(),
        &format!("var a = [1, 2]; var b = {{\"data\": {{}}}}; window.x = {LIST}"),
        ROWS,
    );
    check(
        &spec(),
        &format!("function f() {{ return {{a: 1}}; }} x = {LIST}"),
        ROWS,
    );
    check(
        &spec(),
        &format!(
            "<html><body>{{\"data\"}}<script>var a = {{\"b\": 1}}; var l = {LIST};</script></body>"
        ),
        ROWS,
    );
    check(
        &spec(),
        &format!("<script type='application/json'>{LIST}</script>"),
        ROWS,
    );
    let after = JsonSpec {
        after: Some("second =".into()),
        ..spec()
    };
    check(
        &after,
        &format!("first = {{\"data\":{{\"list\":[{{\"id\":1}}]}}}}; second = {LIST}"),
        ROWS,
    );
}

#[test]
fn paths() {
    let some = |text: &str| Some(text.to_owned());
    let blocks =
        r#"{"blocks":[{"items":[{"a":{"b":"1"}}]},{"items":[{"a":{"b":"2"},"c":["x","y"]}]}]}"#;
    let by_dots = JsonSpec {
        items: "blocks.*.items.*".into(),
        link: some("/article/{a.b}.html"),
        ..JsonSpec::default()
    };
    let rows = &[
        "a.fr/article/1.html | https://a.fr/article/1.html | - | -",
        "a.fr/article/2.html | https://a.fr/article/2.html | - | -",
    ];
    check(&by_dots, blocks, rows);
    check(
        &JsonSpec {
            items: "/blocks/*/items".into(),
            link: some("/article/{/a/b}.html"),
            ..JsonSpec::default()
        },
        blocks,
        rows,
    );
    check(
        &JsonSpec {
            items: "blocks[1].items".into(),
            ..by_dots.clone()
        },
        blocks,
        &rows[1..],
    );
    let labels = discover(
        &JsonSpec {
            categories: some("c"),
            ..by_dots
        },
        blocks,
    );
    assert_eq!(labels.candidates[1].categories, ["x", "y"]);
    check(
        &JsonSpec {
            items: String::new(),
            id: some("id"),
            ..JsonSpec::default()
        },
        r#"[{"id": "a"}, {"id": 2}, {}]"#,
        &["a | - | - | -", "2 | - | - | -"],
    );
}

#[test]
fn what_is_no_list_of_entries_is_said() {
    for text in [
        "",
        "{",
        "null",
        "{\"data\": 3}",
        "<html></html>",
        "[[[[[",
        "{\"data\":{\"list\":",
        "\"\\",
        "{\"a\":-}",
        "<script",
        "<script>",
    ] {
        let found = discover(&spec(), text);
        assert!(
            found.candidates.is_empty() && found.warnings.len() == 1,
            "{text}"
        );
    }
    assert!(
        discover(&spec(), &"[".repeat(100_000))
            .candidates
            .is_empty()
    );
}

#[test]
fn wrong_paths_are_named() {
    let wrong = |spec: JsonSpec| {
        JsonPaths::compile(&spec)
            .expect_err("wrong paths")
            .iter()
            .map(|error| error.key)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        wrong(JsonSpec {
            items: "a..b".into(),
            title: Some("{x".into()),
            ..spec()
        }),
        ["items", "title"]
    );
    assert_eq!(
        wrong(JsonSpec {
            items: "a".into(),
            ..JsonSpec::default()
        }),
        ["link"]
    );
}

#[test]
fn labels_are_read_without_a_tree_however_deep_their_markup() {
    let deep = format!(
        "{}Un titre{}",
        "<div>".repeat(50_000),
        "</div>".repeat(50_000)
    );
    let text = format!("{{\"data\":{{\"list\":[{{\"url\":\"/1\",\"title\":\"{deep}\"}}]}}}}");
    let found = discover(&spec(), &text);
    assert_eq!(found.candidates[0].title.as_deref(), Some("Un titre"));
}
