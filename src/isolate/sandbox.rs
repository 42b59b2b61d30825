//! What a worker may not do, even if a page took it over: grow, open files, connect, start programs.
//!
//! Where the kernel lacks a means, the others stand: every restriction that could not be laid down
//! is named in the answer.

use std::collections::BTreeMap;

use landlock::{ABI, Access, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr};
use rlimit::Resource;
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};

/// Address space of a worker, in bytes.
const MEMORY: u64 = 1 << 30;
/// File descriptors: the pipes and a few to spare.
const FILES: u64 = 16;
/// Answer to a forbidden system call: `EPERM`.
const REFUSED: u32 = 1;

/// System calls of x86-64 that a parser never needs: sockets, opening files, starting programs,
/// looking into other processes or ending them, and the ring that makes calls past this filter.
#[cfg(target_arch = "x86_64")]
const FORBIDDEN: [i64; 21] = [
    2,   // open
    41,  // socket
    42,  // connect
    43,  // accept
    49,  // bind
    50,  // listen
    53,  // socketpair
    57,  // fork
    58,  // vfork
    59,  // execve
    62,  // kill
    85,  // creat
    101, // ptrace
    257, // openat
    288, // accept4
    310, // process_vm_readv
    311, // process_vm_writev
    322, // execveat
    424, // pidfd_send_signal
    425, // io_uring_setup
    437, // openat2
];
/// The same for 64-bit ARM.
#[cfg(target_arch = "aarch64")]
const FORBIDDEN: [i64; 17] = [
    56,  // openat
    117, // ptrace
    129, // kill
    198, // socket
    199, // socketpair
    200, // bind
    201, // listen
    202, // accept
    203, // connect
    221, // execve
    242, // accept4
    270, // process_vm_readv
    271, // process_vm_writev
    281, // execveat
    424, // pidfd_send_signal
    425, // io_uring_setup
    437, // openat2
];
/// Elsewhere the other means have to do.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const FORBIDDEN: [i64; 0] = [];

/// Lays down every restriction; returns what the kernel would not give, in words.
pub(super) fn enter() -> Vec<String> {
    let mut missing = Vec::new();
    for (resource, limit, name) in [
        (Resource::AS, MEMORY, "memory"),
        (Resource::NOFILE, FILES, "files"),
        (Resource::CORE, 0, "core dumps"),
    ] {
        if let Err(error) = rlimit::setrlimit(resource, limit, limit) {
            missing.push(format!("no limit of {name}: {error}"));
        }
    }
    if let Err(error) = close_files() {
        missing.push(format!("no landlock: {error}"));
    }
    if let Err(error) = forbid_calls() {
        missing.push(format!("no seccomp: {error}"));
    }
    missing
}

/// No path may be opened any more (landlock).
fn close_files() -> Result<(), landlock::RulesetError> {
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V2))?
        .create()?
        .restrict_self()?;
    Ok(())
}

/// The forbidden calls answer with an error (seccomp).
fn forbid_calls() -> Result<(), Box<dyn std::error::Error>> {
    if FORBIDDEN.is_empty() {
        return Ok(());
    }
    let rules: BTreeMap<i64, Vec<seccompiler::SeccompRule>> = FORBIDDEN
        .into_iter()
        .map(|call| (call, Vec::new()))
        .collect();
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    let filter = SeccompFilter::new(
        rules,
        SeccompAction::Allow,
        SeccompAction::Errno(REFUSED),
        arch,
    )?;
    let program: BpfProgram = filter.try_into()?;
    seccompiler::apply_filter(&program)?;
    Ok(())
}
