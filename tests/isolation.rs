//! Pages are taken apart in workers: what a page does to one of them does not reach the daemon.

use std::io::Read;

use depeche::model::Defect;

#[path = "isolation/pages.rs"]
mod pages;
#[path = "isolation/worker.rs"]
mod worker;

use pages::{healthy, hostile};
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
