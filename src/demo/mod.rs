//! The sample outlets: hand-written sites with the defects of the real ones, served on loopback.
//!
//! `depeche demo` runs the daemon on them, and the integration tests poll them. The folder `demo/`
//! is inside the binary; `demo/outlets.toml` says which file answers which address, and from when.
//! Knows nothing of the daemon: to it these are outlets like any other.

mod configuration;
mod expand;
mod manifest;
mod server;

use include_dir::{Dir, include_dir};

pub use configuration::write_configuration;
pub use manifest::{Outlets, Page};
pub use server::serve;

static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/demo");

/// A text file of the sample outlets' folder, for instance `sources.toml`.
pub fn text_file(name: &str) -> Option<&'static str> {
    FOLDER.get_file(name)?.contents_utf8()
}
