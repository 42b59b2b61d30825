//! Asking a person's own program about an article: a child process that reads JSON and answers in
//! JSON. Whatever it does wrong, the topic's own verdict stands.

use std::process::Stdio;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::sync::Semaphore;

use crate::config::Config;
use crate::topic::{Answer, Exec, Topic, Verdict};

/// Programs that run at once.
const MOST_AT_ONCE: usize = 2;
/// Longest answer that is read, in bytes.
const LONGEST_ANSWER: u64 = 64 << 10;

static RUNNING: Semaphore = Semaphore::const_new(MOST_AT_ONCE);

/// An article as a program reads it.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// Title.
    pub title: &'a str,
    /// Teaser.
    pub summary: &'a str,
    /// Text.
    pub text: &'a str,
    /// Address.
    pub url: &'a str,
    /// Language.
    pub language: Option<&'a str>,
    /// Source.
    pub source: &'a str,
    /// Categories.
    pub categories: &'a [String],
}

/// Whether a topic has a program of its own: it may take long, and find something where no topic did.
pub(super) fn is_asked(config: &Config) -> bool {
    config.topics.iter().any(|topic| topic.exec.is_some())
}

/// The verdict after the topic's program was asked, where it has one and is to be asked.
pub(super) async fn ask(topic: &Topic, article: &Asked<'_>, verdict: Verdict) -> Verdict {
    let Some(exec) = &topic.exec else {
        return verdict;
    };
    if !verdict.asks_program(topic) {
        return verdict;
    }
    let question = json!({
        "topic": topic.id,
        "article": {
            "title": article.title, "summary": article.summary, "text": article.text,
            "url": article.url, "language": article.language, "source": article.source,
            "categories": article.categories,
        },
        "verdict": verdict,
    });
    match run(exec, question.to_string()).await {
        Ok(answer) => verdict.answered(answer),
        Err(reason) => {
            tracing::warn!(topic = %topic.id, "{reason}; the topic's own verdict stands");
            verdict.unanswered(reason)
        }
    }
}

/// Runs the program; the error is a sentence.
async fn run(exec: &Exec, question: String) -> Result<Answer, String> {
    let name = exec.command.first().cloned().unwrap_or_default();
    let Ok(_turn) = RUNNING.acquire().await else {
        return Err(format!("`{name}` was not asked: the program ends"));
    };
    match tokio::time::timeout(exec.timeout, converse(exec, &name, question)).await {
        Ok(answer) => answer,
        Err(_) => Err(format!(
            "`{name}` did not answer within {:?} and was ended",
            exec.timeout
        )),
    }
}

/// Writes the question and reads the answer at once: a program may answer before it has read all.
/// Dropped at the time-out, it kills the child.
async fn converse(exec: &Exec, name: &str, question: String) -> Result<Answer, String> {
    let failed = |what: &str, error: std::io::Error| format!("`{name}` {what}: {error}");
    let mut child = Command::new(name)
        .args(exec.command.iter().skip(1))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed("cannot be started", error))?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let write = async move {
        if let Some(mut stdin) = stdin {
            // A program that decides without reading closes its end: no failure.
            let _ = stdin.write_all(question.as_bytes()).await;
        }
    };
    let read = async move {
        let mut answer = Vec::new();
        match stdout {
            Some(stdout) => stdout
                .take(LONGEST_ANSWER)
                .read_to_end(&mut answer)
                .await
                .map(|_| answer),
            None => Ok(answer),
        }
    };
    let ((), answer) = tokio::join!(write, read);
    let answer = answer.map_err(|error| failed("cannot be read", error))?;
    let status = child
        .wait()
        .await
        .map_err(|error| failed("cannot be waited for", error))?;
    if !status.success() {
        return Err(format!("`{name}` failed ({status})"));
    }
    serde_json::from_slice(&answer).map_err(|error| {
        format!(
            "`{name}` did not answer with {{\"matched\": true or false, \"score\": …, \"why\": …}}: {error}"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn exec(script: &str, timeout: u64) -> Exec {
        Exec {
            command: ["/bin/sh", "-c", script].map(str::to_owned).to_vec(),
            timeout: Duration::from_millis(timeout),
        }
    }

    async fn answer(script: &str, timeout: u64, question: &str) -> Result<Answer, String> {
        run(&exec(script, timeout), question.to_owned()).await
    }

    #[tokio::test]
    async fn a_program_reads_the_question_and_answers() {
        let script = "grep -q lithium && echo '{\"matched\": true, \"score\": 7.5}'";
        let said = answer(script, 5_000, "du lithium")
            .await
            .expect("an answer");
        assert_eq!(
            (said.matched, said.score, said.why),
            (true, Some(7.5), None)
        );
        // More than a pipe holds, to a program that reads nothing.
        let long = "x".repeat(1 << 20);
        let said = answer(
            "echo '{\"matched\": false, \"why\": \"non\"}'",
            5_000,
            &long,
        )
        .await;
        assert_eq!(said.expect("an answer").why.as_deref(), Some("non"));
    }

    #[tokio::test]
    async fn every_failure_is_a_sentence() {
        for (script, expected) in [
            ("exit 3", "failed (exit status: 3)"),
            ("echo oui", "did not answer with"),
            ("true", "did not answer with"),
        ] {
            let reason = answer(script, 5_000, "").await.expect_err(script);
            assert!(reason.contains(expected), "{reason}");
        }
        let missing = Exec {
            command: vec!["/nowhere/at/all".to_owned()],
            timeout: Duration::from_secs(1),
        };
        let reason = run(&missing, String::new()).await.expect_err("no program");
        assert!(reason.contains("cannot be started"), "{reason}");
    }

    #[tokio::test]
    async fn a_program_that_hangs_is_killed() {
        let folder = tempfile::tempdir().expect("a folder");
        let pid = folder.path().join("pid");
        let begun = Instant::now();
        let script = format!("echo $$ > {}; exec sleep 60", pid.display());
        let reason = answer(&script, 300, "").await.expect_err("no answer");
        assert!(reason.contains("did not answer within 300ms"), "{reason}");
        assert!(begun.elapsed() < Duration::from_secs(5));
        let pid = std::fs::read_to_string(pid).expect("it was started");
        let process = std::path::PathBuf::from(format!("/proc/{}", pid.trim()));
        for _ in 0..100 {
            let state = std::fs::read_to_string(process.join("stat")).unwrap_or_default();
            if state.is_empty() || state.contains(") Z ") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the program is still running");
    }
}
