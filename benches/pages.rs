//! What a worker costs: pages a second, processor time a page, memory, and the slowest of the pages
//! that are made to hurt.
//!
//! `cargo bench --bench pages [-- FOLDER]`: the pages in FOLDER (`*.html`, read as pages of unknown
//! sites); without one, those of the sample outlets, with and without their site rules.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

use std::fs;
use std::path::Path;
use std::time::Instant;

use depeche::config;
use depeche::demo::Outlets;
use depeche::isolate::Job;
use depeche::text::charset::{Kind, decode};

#[path = "../tests/isolation/pages.rs"]
mod pages;
#[path = "../tests/isolation/worker.rs"]
mod worker;

use worker::{Worker, job};

/// Rounds over all pages; the first warms up and does not count.
const ROUNDS: usize = 6;
/// Processor time in the files of `/proc` is counted in hundredths of a second.
const TICKS: f64 = 100.0;

fn main() {
    let folder = std::env::args().skip(1).find(|a| !a.starts_with('-'));
    match folder {
        Some(folder) => measure("unknown sites", &folder_of(Path::new(&folder))),
        None => {
            let (unknown, ruled) = sample();
            measure("sample outlets, without rules", &unknown);
            measure("sample outlets, by their rules", &ruled);
        }
    }
    hurt();
}

fn folder_of(folder: &Path) -> Vec<Job> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    files.sort();
    files
        .into_iter()
        .filter(|f| f.extension().is_some_and(|e| e == "html"))
        .map(|f| job(&decode(&fs::read(f).unwrap(), None, Kind::Html).text))
        .collect()
}

/// The article pages of the sample outlets, as pages of nobody and as pages of their families.
fn sample() -> (Vec<Job>, Vec<Job>) {
    let sites = config::load_sites().unwrap_or_else(|p| panic!("{p:?}"));
    let outlets = Outlets::load("2026-11-22T10:00:00Z".parse().unwrap(), 80).unwrap();
    let articles: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&outlets.configuration("expected/articles.json").unwrap()).unwrap();
    let mut unknown = Vec::new();
    let mut ruled = Vec::new();
    for address in articles.keys() {
        let url = address.parse().unwrap();
        let Some((body, content_type)) = outlets.document(&url) else {
            continue;
        };
        let html = decode(&body, Some(&content_type), Kind::Html).text;
        let site = sites
            .families
            .of(&url)
            .and_then(|f| sites.written.get(&f.id))
            .cloned();
        let page = Job { url, ..job(&html) };
        if site.as_ref().is_some_and(|s| s.rule.is_some()) {
            ruled.push(Job {
                site,
                ..page.clone()
            });
        }
        unknown.push(page);
    }
    (unknown, ruled)
}

fn measure(what: &str, jobs: &[Job]) {
    let mut worker = Worker::start();
    let bytes: usize = jobs.iter().map(|j| j.html.len()).sum();
    for job in jobs {
        worker.give(job).unwrap();
    }
    let (before, begun) = (processor_time(&worker), Instant::now());
    for job in (1..ROUNDS).flat_map(|_| jobs) {
        worker.give(job).unwrap();
    }
    let count = ((ROUNDS - 1) * jobs.len()) as f64;
    let spent = processor_time(&worker) - before;
    println!(
        "{what}: {} pages of {:.0} kB, {:.1} ms of processor time each, {:.0} pages a second of it ({:.0} by the wall), worker's peak {} MB",
        jobs.len(),
        bytes as f64 / jobs.len() as f64 / 1e3,
        1e3 * spent / count,
        count / spent,
        count / begun.elapsed().as_secs_f64(),
        peak(&worker) / 1024,
    );
}

/// The pages of the isolation tests, slowest first.
fn hurt() {
    let mut worker = Worker::start();
    worker.ask(&pages::healthy()).unwrap();
    let mut spent: Vec<(f64, String)> = Vec::new();
    for (name, page) in pages::hostile() {
        let before = processor_time(&worker);
        worker.ask(&page).unwrap();
        spent.push((processor_time(&worker) - before, name));
    }
    spent.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!(
        "{} hostile pages, worker's peak {} MB; the slowest:",
        spent.len(),
        peak(&worker) / 1024
    );
    for (seconds, name) in spent.iter().take(8) {
        println!("  {seconds:5.2} s  {name}");
    }
}

/// Seconds of processor time that a worker has used.
fn processor_time(worker: &Worker) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", worker.0.id())).unwrap();
    let after = stat.rsplit(')').next().unwrap();
    let fields: Vec<f64> = after
        .split_whitespace()
        .map(|f| f.parse().unwrap_or(0.0))
        .collect();
    (fields[11] + fields[12]) / TICKS
}

/// Most memory that a worker has held, in kB.
fn peak(worker: &Worker) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", worker.0.id())).unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
