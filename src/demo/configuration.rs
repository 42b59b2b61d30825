//! The configuration that polls the sample outlets, written where the daemon can read it.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context;

use super::Outlets;

/// Writes the configuration for the sample outlets into a folder. The built-in site rules hold for
/// their names on loopback, too ([`crate::text::url::Families::of`]).
///
/// # Errors
/// When the folder cannot be written.
pub fn write_configuration(
    folder: &Path,
    outlets: &Outlets,
    listen: SocketAddr,
) -> anyhow::Result<()> {
    fs::create_dir_all(folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let main = format!(
        "# The demo's configuration: the sample outlets on loopback, polled every few seconds.\n\
         [daemon]\nstate_dir = \"state\"\nlisten = \"{listen}\"\n\n\
         [fetch]\ngap = \"0s\"\nallow_private = [\"*.localhost\"]\n"
    );
    fs::write(folder.join("depeche.toml"), main)?;
    for name in ["sources.toml", "topics.toml"] {
        fs::write(folder.join(name), outlets.configuration(name)?)?;
    }
    Ok(())
}
