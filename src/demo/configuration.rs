//! The configuration that polls the sample outlets, written where the daemon can read it.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context;

use super::Outlets;
use crate::config;

/// Writes the configuration for the sample outlets into a folder.
///
/// # Errors
/// When the folder cannot be written.
pub fn write_configuration(
    folder: &Path,
    outlets: &Outlets,
    listen: SocketAddr,
) -> anyhow::Result<()> {
    fs::create_dir_all(folder.join("sites"))
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
    for (name, text) in config::built_in_sites() {
        fs::write(
            folder.join("sites").join(name),
            with_loopback_hosts(text, outlets.hosts())?,
        )?;
    }
    Ok(())
}

/// A site file whose hosts are also known by their names on loopback.
fn with_loopback_hosts(text: &str, known: &[String]) -> anyhow::Result<String> {
    let mut table: toml::Table = text.parse()?;
    if let Some(toml::Value::Array(hosts)) = table.get_mut("hosts") {
        let local: Vec<toml::Value> = hosts
            .iter()
            .filter_map(|host| host.as_str())
            .filter(|host| {
                known
                    .iter()
                    .any(|k| k == host || k.strip_prefix("www.") == Some(host))
            })
            .flat_map(|host| [format!("{host}.localhost"), format!("www.{host}.localhost")])
            .map(toml::Value::String)
            .collect();
        hosts.extend(local);
    }
    Ok(table.to_string())
}
