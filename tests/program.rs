//! The tests of the whole program, and of the library seen from outside: one program, because each
//! one of its own would be linked for itself and would wait for its slowest test. Those that
//! measure their own process, or that are asked for by name, stand beside it: see `Cargo.toml`.

mod common;
mod simulated;

mod clock;
mod configuration;
mod copies;
mod crash;
mod daemon;
mod discover;
mod disk;
mod entries;
mod faults;
mod feeds_tolerance;
mod fuzzing;
mod health;
mod isolation;
mod listings;
mod month;
mod operate;
mod outage;
mod outlets;
mod pacing;
mod page_retries;
mod paged;
mod polling;
mod portal;
mod publishing;
mod readme;
mod replay;
mod roundtrip;
mod serving;
mod stories;
mod topics;
mod upgrades;
mod web;
mod websub;
