//! The parent's side: a few workers, started when needed, killed when they take too long, replaced
//! when they die.

use std::io;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Semaphore;

use super::job::{Answer, Compiled, Job, run};
use super::worker::LARGEST;

/// The most processor time a page may take: real pages take some ten milliseconds.
const MOST_WORK: Duration = Duration::from_secs(2);
/// How often a worker that is still at work is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// The longest a page may take by the wall, whatever else keeps the machine busy.
const LIMIT: Duration = Duration::from_secs(30);
/// One tick of `/proc/PID/stat`: `USER_HZ` is 100 on every Linux.
const TICK: Duration = Duration::from_millis(10);
/// Jobs after which a worker is replaced, so that what leaks does not add up.
const MOST_JOBS: u32 = 2_000;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The worker died on the page.
    #[error("the page ended the worker that read it ({0})")]
    Died(String),
    /// The worker took too long and was killed.
    #[error("the page took more than {} seconds of work to read", MOST_WORK.as_secs())]
    TimedOut,
    /// No worker could be started.
    #[error("no worker could be started")]
    Start(#[source] io::Error),
}

/// Where pages are taken apart.
#[derive(Clone)]
pub enum Extractor {
    /// In worker processes of this binary.
    Workers(Arc<Pool>),
    /// In this process: for tests, whose program is no worker.
    InProcess,
}

impl Extractor {
    /// A pool of at most one worker per core.
    pub fn workers() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::Workers(Arc::new(Pool {
            turns: Semaphore::new(cores),
            idle: Mutex::default(),
        }))
    }

    /// Ends the workers that have nothing to do, and waits until they are gone: who measures this
    /// process sees what they took.
    pub async fn dismiss(&self) {
        let Self::Workers(pool) = self else { return };
        let idle = std::mem::take(&mut *pool.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for mut worker in idle {
            // One that has died meanwhile is gone, too.
            let _ = worker.child.kill().await;
        }
    }

    /// Takes a page apart.
    ///
    /// # Errors
    /// When the page killed its worker, took too long, or no worker could be started.
    pub async fn extract(&self, job: Job) -> Result<Answer, Broken> {
        match self {
            Self::Workers(pool) => pool.extract(&job).await,
            Self::InProcess => {
                tokio::task::spawn_blocking(move || run(&job, &mut Compiled::default()))
                    .await
                    .map_err(|error| Broken::Died(error.to_string()))
            }
        }
    }
}

/// Workers that wait for work, and turns to use or start one.
pub struct Pool {
    turns: Semaphore,
    idle: Mutex<Vec<Worker>>,
}

struct Worker {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    jobs: u32,
}

impl Pool {
    async fn extract(&self, job: &Job) -> Result<Answer, Broken> {
        // The semaphore is never closed.
        let _turn = self
            .turns
            .acquire()
            .await
            .map_err(|e| Broken::Died(e.to_string()))?;
        let waiting = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let mut worker = match waiting {
            Some(worker) => worker,
            None => Worker::start().map_err(Broken::Start)?,
        };
        match worker.ask_within_limits(job).await {
            Some(Ok(answer)) => {
                if worker.jobs < MOST_JOBS {
                    self.idle
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(worker);
                }
                Ok(answer)
            }
            Some(Err(error)) => Err(Broken::Died(worker.end(&error).await)),
            None => {
                let _ = worker.child.kill().await;
                Err(Broken::TimedOut)
            }
        }
    }
}

impl Worker {
    fn start() -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("worker")
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, output) = pipes.ok_or_else(|| io::Error::other("the worker has no pipes"))?;
        Ok(Self {
            child,
            input,
            output,
            jobs: 0,
        })
    }

    /// The answer; nothing when it takes more than it may. What counts is the worker's own work:
    /// a machine that is busy with other things must not make a page look hostile.
    async fn ask_within_limits(&mut self, job: &Job) -> Option<io::Result<Answer>> {
        let id = self.child.id();
        let before = processor_time(id);
        let asking = self.ask(job);
        tokio::pin!(asking);
        for _ in 0..LIMIT.as_millis() / LOOK.as_millis() {
            if let Ok(answered) = tokio::time::timeout(LOOK, &mut asking).await {
                return Some(answered);
            }
            if processor_time(id).saturating_sub(before) >= MOST_WORK {
                return None;
            }
        }
        None
    }

    async fn ask(&mut self, job: &Job) -> io::Result<Answer> {
        self.jobs += 1;
        let bytes = serde_json::to_vec(job)?;
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        self.input.write_all(&length.to_le_bytes()).await?;
        self.input.write_all(&bytes).await?;
        self.input.flush().await?;
        let length = self.output.read_u32_le().await?;
        if length > LARGEST {
            return Err(io::Error::other("its answer is larger than allowed"));
        }
        let mut answer = vec![0; length as usize];
        self.output.read_exact(&mut answer).await?;
        Ok(serde_json::from_slice(&answer)?)
    }

    /// How the worker ended, in words.
    async fn end(&mut self, error: &io::Error) -> String {
        match tokio::time::timeout(Duration::from_secs(1), self.child.wait()).await {
            Ok(Ok(status)) => status.to_string(),
            _ => {
                let _ = self.child.kill().await;
                error.to_string()
            }
        }
    }
}

/// The processor time a process has used (proc(5): fields 14 and 15 of its `stat`); zero where the
/// system does not say.
fn processor_time(process: Option<u32>) -> Duration {
    let stat = process.and_then(|id| std::fs::read_to_string(format!("/proc/{id}/stat")).ok());
    // The name in parentheses may hold anything; what follows it is numbers.
    let after = stat.as_deref().and_then(|s| s.rsplit(')').next());
    let fields = after.unwrap_or_default().split_whitespace();
    let ticks: u32 = fields
        .skip(11)
        .take(2)
        .filter_map(|f| f.parse::<u32>().ok())
        .sum();
    TICK * ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_uses_time_and_one_that_is_not_there_uses_none() {
        let own = Some(std::process::id());
        let before = processor_time(own);
        let mut sum = 0u64;
        while processor_time(own) == before {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(processor_time(own) > before);
        assert_eq!(processor_time(None), Duration::ZERO);
    }
}
