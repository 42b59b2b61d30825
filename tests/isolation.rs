//! Pages are taken apart in workers: what a page does to one of them does not reach the daemon.

use std::io::Read;

use depeche::model::Defect;

mod pages;
mod worker;

use crate::common::World;
use pages::{healthy, hostile};
use serde_json::Value;
use worker::Worker;

#[test]
fn eighty_hostile_pages_are_answered_and_healthy_ones_beside_them_unharmed() {
    let pages = hostile();
    assert!(pages.len() >= 80, "{}", pages.len());
    let mut worker = Worker::start();
    for (name, page) in &pages {
        let answer = worker.ask(page);
        assert!(answer.is_some(), "{name}: the worker died");
        let beside = worker
            .ask(&healthy())
            .unwrap_or_else(|| panic!("{name}: the worker died afterwards"));
        assert!(
            beside.defect.is_none() && beside.extracted.text.contains("accord de coopération"),
            "{name}"
        );
    }
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

/// Writes a page to a file.
fn written(folder: &std::path::Path, name: &str, page: &str) -> String {
    let file = folder.join(name);
    std::fs::write(&file, page).unwrap();
    file.display().to_string()
}

#[test]
fn commands_answer_hostile_pages_and_read_healthy_ones_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (n, (_, page)) in hostile().iter().enumerate() {
        files.push(written(folder.path(), &format!("{n}.html"), page));
    }
    files.push(written(folder.path(), "healthy.html", &healthy()));
    let mut inspect = crate::common::depeche(&["inspect", "page", "--json"]);
    let output = inspect.args(&files).output().unwrap();
    assert!(output.status.success(), "{:?}", output.status);
    let lines = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> = lines
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(answers.len(), files.len());
    assert!(answers.iter().all(|a| a["ok"] == true));
    let last = answers.last().unwrap();
    assert!(
        last["defect"].is_null() && last["title"] == "Un accord signé",
        "{last}"
    );
    assert!(answers.iter().any(|a| a["defect"] == "hostile"));

    let world = World::new();
    let deep = "<div>".repeat(100_000);
    let deep = written(folder.path(), "deep.html", &format!("<body>{deep}x"));
    let refused = world.depeche(&["topics", "test", &deep]).output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(
        said.contains("is not an article") && !said.contains("panicked"),
        "{said}"
    );
}
