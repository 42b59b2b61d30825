//! Isolation: foreign pages are taken apart in worker processes of the same binary.
//!
//! Third-party extractors recurse on markup, and a stack that overflows ends its process. So they
//! run in a child that can be killed: it speaks over pipes, has a memory limit, and can open no
//! file and no connection. The daemon survives whatever a page does to it. Knows nothing of
//! sources, store or network; what is extracted and how is `extract`'s.

mod job;
mod pool;
mod sandbox;
mod worker;

pub use job::{Answer, Job, Part, Site};
pub use pool::{Broken, Extractor};
pub use worker::serve;
