//! The child's side: reads jobs from standard input, answers on standard output, until the parent
//! closes the pipe.

use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use super::job::{Answer, Compiled, Job, run};
use super::sandbox;

/// Stack of the thread that extracts: deep markup recurses.
const STACK: usize = 64 << 20;
/// Largest job or answer, in bytes.
pub(super) const LARGEST: u32 = 64 << 20;

/// Serves jobs; the thread that works is sandboxed before it sees the first byte.
///
/// # Errors
/// When a pipe breaks in the middle of a message or the thread cannot be started.
pub fn serve() -> io::Result<()> {
    let worker = thread::Builder::new().stack_size(STACK).spawn(work)?;
    worker
        .join()
        .unwrap_or_else(|_| Err(io::Error::other("the worker's thread ended in a panic")))
}

fn work() -> io::Result<()> {
    for missing in sandbox::enter() {
        eprintln!("depeche worker: {missing}");
    }
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let mut compiled = Compiled::default();
    while let Some(bytes) = read(&mut input)? {
        let answer = answer(&bytes, &mut compiled);
        let bytes = serde_json::to_vec(&answer)?;
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        output.write_all(&length.to_le_bytes())?;
        output.write_all(&bytes)?;
        output.flush()?;
    }
    Ok(())
}

fn answer(bytes: &[u8], compiled: &mut Compiled) -> Answer {
    let job: Job = match serde_json::from_slice(bytes) {
        Ok(job) => job,
        Err(error) => return Answer::refused(format!("the job was not understood: {error}")),
    };
    catch_unwind(AssertUnwindSafe(|| run(&job, compiled)))
        .unwrap_or_else(|_| Answer::refused("the extractor panicked on this page".to_owned()))
}

/// One message: its length as four bytes, then JSON. None at the end of the pipe.
fn read(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match input.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = u32::from_le_bytes(length);
    if length > LARGEST {
        return Err(io::Error::other("a job is larger than allowed"));
    }
    let mut bytes = vec![0; length as usize];
    input.read_exact(&mut bytes)?;
    Ok(Some(bytes))
}
