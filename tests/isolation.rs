//! Pages are taken apart in workers: what a page does to one of them does not reach the daemon.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use depeche::isolate::{Answer, Job};
use depeche::model::Defect;

struct Worker(Child);

impl Worker {
    fn start() -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_depeche"))
            .arg("worker")
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self(child)
    }

    fn ask(&mut self, html: &str) -> Option<Answer> {
        let job = serde_json::to_vec(&job(html)).unwrap();
        let input = self.0.stdin.as_mut().unwrap();
        input.write_all(&(job.len() as u32).to_le_bytes()).ok()?;
        input.write_all(&job).ok()?;
        input.flush().ok()?;
        let output = self.0.stdout.as_mut().unwrap();
        let mut length = [0; 4];
        output.read_exact(&mut length).ok()?;
        let mut answer = vec![0; u32::from_le_bytes(length) as usize];
        output.read_exact(&mut answer).ok()?;
        Some(serde_json::from_slice(&answer).unwrap())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn job(html: &str) -> Job {
    Job {
        html: html.to_owned(),
        url: "https://outlet.example/2026/11/article".parse().unwrap(),
        title: None,
        teaser: None,
        content: None,
        published: None,
        timezone: None,
        language: None,
        boilerplate: Default::default(),
        site: None,
    }
}

fn healthy() -> String {
    let paragraph = "<p>La délégation a signé un accord de coopération dans le domaine des transports, \
                     après trois jours de discussions dans la capitale du pays voisin.</p>";
    format!(
        "<html><body><article><h1>Un accord signé</h1>{}</article></body></html>",
        paragraph.repeat(6)
    )
}

/// Markup that hurts: (name, page).
fn hostile() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for tag in [
        "div",
        "span",
        "b",
        "i",
        "font",
        "table",
        "tr",
        "td",
        "ul",
        "li",
        "ol",
        "dl",
        "section",
        "article",
        "blockquote",
        "a",
        "p",
        "em",
        "strong",
        "center",
        "form",
        "fieldset",
        "button",
        "select",
        "option",
        "svg",
        "math",
        "template",
        "noscript",
        "object",
    ] {
        for depth in [300, 20_000] {
            let name = format!("{depth} nested {tag}");
            pages.push((
                name,
                format!(
                    "<html><body>{}text{}",
                    format!("<{tag}>").repeat(depth),
                    format!("</{tag}>").repeat(depth)
                ),
            ));
        }
    }
    let long = "x".repeat(3_000_000);
    for (name, page) in [
        ("nothing", String::new()),
        ("bytes of zero", "\0".repeat(100_000)),
        ("only angle brackets", "<".repeat(2_000_000)),
        ("bracket and ampersand", "<&".repeat(1_000_000)),
        ("only ampersands", "&".repeat(2_000_000)),
        ("200 000 line breaks", "<br>".repeat(200_000)),
        ("100 000 links", "<a href=/x>y</a> ".repeat(100_000)),
        ("one long word", format!("<p>{long}")),
        ("one long attribute", format!("<p title='{long}'>x")),
        (
            "50 000 attributes",
            format!(
                "<p {}>x",
                (0..50_000).map(|n| format!("a{n}=1 ")).collect::<String>()
            ),
        ),
        ("unclosed comment", format!("<!--{long}")),
        ("unclosed title", format!("<title>{long}")),
        ("unclosed script", format!("<script>{long}")),
        ("unclosed attribute", format!("<a href=\"{long}")),
        ("end tags only", "</div></p></b>".repeat(100_000)),
        ("misnested formatting", "<b><p><i></b></p>".repeat(20_000)),
        ("tables in tables", "<table><tr><td>".repeat(5_000)),
        (
            "JSON-LD of brackets",
            format!(
                "<script type=\"application/ld+json\">{}</script>",
                "[".repeat(500_000)
            ),
        ),
        (
            "JSON-LD of objects",
            format!(
                "<script type=\"application/ld+json\">{}</script>",
                "{\"a\":".repeat(100_000)
            ),
        ),
        ("entities", "&#x1F600;&nbsp;&lt;".repeat(200_000)),
        (
            "null references",
            "&#0;&#xFFFFFFFF;&#55296;".repeat(100_000),
        ),
        ("bidi marks", "\u{202e}\u{2066}".repeat(200_000)),
        ("combining marks", "e\u{301}\u{302}\u{303}".repeat(200_000)),
        (
            "meta refresh",
            "<meta http-equiv=refresh content='0;url=file:///etc/passwd'>".repeat(10_000),
        ),
        ("a million paragraphs", "<p>x".repeat(1_000_000)),
    ] {
        pages.push((name.to_owned(), page));
    }
    pages
}

#[test]
fn eighty_hostile_pages_are_answered_and_healthy_ones_beside_them_unharmed() {
    let pages = hostile();
    assert!(pages.len() >= 80, "{}", pages.len());
    let mut worker = Worker::start();
    let mut slow = Vec::new();
    for (name, page) in &pages {
        let begun = Instant::now();
        let answer = worker.ask(page);
        assert!(answer.is_some(), "{name}: the worker died");
        if begun.elapsed() > Duration::from_secs(10) {
            slow.push(name);
        }
        let beside = worker
            .ask(&healthy())
            .unwrap_or_else(|| panic!("{name}: the worker died afterwards"));
        assert!(
            beside.defect.is_none() && beside.extracted.text.contains("accord de coopération"),
            "{name}"
        );
    }
    assert!(slow.is_empty(), "these would be killed: {slow:?}");
}

#[test]
fn a_page_beyond_the_guard_is_named_hostile() {
    let mut worker = Worker::start();
    let answer = worker
        .ask(&format!("<body>{}x", "<div>".repeat(100_000)))
        .unwrap();
    assert_eq!(answer.defect, Some(Defect::Hostile));
}

#[test]
fn a_worker_lays_down_every_restriction_this_kernel_has() {
    let mut worker = Worker::start();
    assert!(worker.ask(&healthy()).is_some());
    let status = std::fs::read_to_string(format!("/proc/{}/limits", worker.0.id())).unwrap();
    let memory = status
        .lines()
        .find(|l| l.starts_with("Max address space"))
        .unwrap();
    assert!(memory.contains("1073741824"), "{memory}");
    let seccomp = std::fs::read_dir(format!("/proc/{}/task", worker.0.id()))
        .unwrap()
        .filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("status")).ok())
        .any(|status| status.lines().any(|l| l == "Seccomp:\t2"));
    drop(worker.0.stdin.take());
    let mut complaints = String::new();
    worker
        .0
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut complaints)
        .unwrap();
    assert!(
        seccomp || complaints.contains("no seccomp"),
        "no filter and no word about it: {complaints}"
    );
}

#[test]
fn a_worker_ends_when_its_parent_closes_the_pipe() {
    let mut worker = Worker::start();
    assert!(worker.ask(&healthy()).is_some());
    drop(worker.0.stdin.take());
    assert!(worker.0.wait().unwrap().success());
}
