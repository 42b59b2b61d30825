//! A worker process and the pipes to it, as the daemon's pool uses them.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

use depeche::isolate::{Answer, Job};

/// A worker, ended with this value.
pub struct Worker(pub Child);

impl Worker {
    /// Starts the real binary as a worker.
    pub fn start() -> Self {
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

    /// Shows it a page; nothing when it died of it.
    pub fn ask(&mut self, html: &str) -> Option<Answer> {
        self.give(&job(html))
    }

    /// Gives it a job; nothing when it died of it.
    pub fn give(&mut self, job: &Job) -> Option<Answer> {
        let job = serde_json::to_vec(job).unwrap();
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

/// A page without anything known of it.
pub fn job(html: &str) -> Job {
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
        part: None,
        routes: false,
    }
}
