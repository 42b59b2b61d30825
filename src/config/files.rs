//! Which files make up a configuration, and the one inside the binary.
//!
//! A configuration is a folder: `depeche.toml`, `sources.toml`, `topics.toml`, `sites/*.toml`,
//! `aliases/*.toml` and `conf.d/*.toml`. Where there is none, the files that the binary was built
//! with serve. Site files of the binary are always known; a file of the same name replaces one.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use include_dir::{Dir, include_dir};

use super::place::{File, Problem};
use super::section::Problems;

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/config");
/// Name of the main file.
pub const MAIN: &str = "depeche.toml";
/// Largest configuration file read, in bytes.
const LARGEST: u64 = 8 << 20;

/// The files of a configuration, by what they hold.
#[derive(Debug, Default)]
pub struct Files {
    /// Folder of the main file; None for the built-in configuration.
    pub folder: Option<PathBuf>,
    /// `depeche.toml`.
    pub main: Option<Arc<File>>,
    /// `sources.toml`, `topics.toml` and `conf.d/*.toml`: any of them may hold sources and topics.
    pub lists: Vec<Arc<File>>,
    /// `sites/*.toml` by family.
    pub sites: BTreeMap<String, Arc<File>>,
    /// `aliases/*.toml` of the person (the built-in ones belong to the topics' code).
    pub aliases: Vec<Arc<File>>,
}

impl Files {
    /// Puts a text in the place of a file with sources, or beside them when there is no such file.
    pub fn replace(&mut self, path: &Path, text: &str) {
        let file = Arc::new(File {
            path: path.to_owned(),
            text: text.to_owned(),
        });
        let same = |known: &Arc<File>| {
            known.path == path
                || matches!((fs::canonicalize(&known.path), fs::canonicalize(path)), (Ok(a), Ok(b)) if a == b)
        };
        match self.lists.iter().position(same) {
            Some(index) => self.lists[index] = file,
            None => self.lists.push(file),
        }
    }
}

/// Where the configuration is looked for when no `--config` names it: the systemd folder, the
/// checkout, the person's own folder, the machine's.
pub fn default_path() -> Option<PathBuf> {
    let mut folders = Vec::new();
    folders.extend(env::var_os("CONFIGURATION_DIRECTORY").map(PathBuf::from));
    folders.push(PathBuf::from("config"));
    let home = env::var_os("HOME").map(|home| PathBuf::from(home).join(".config"));
    let own = env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).or(home);
    folders.extend(own.map(|folder| folder.join("depeche")));
    folders.push(PathBuf::from("/etc/depeche"));
    folders
        .into_iter()
        .map(|folder| folder.join(MAIN))
        .find(|path| path.is_file())
}

/// Reads the files beside `main`, or the built-in ones when there is no path.
pub fn read(main: Option<&Path>, problems: &Problems) -> Files {
    let mut files = Files::default();
    for file in built_in("sites") {
        files.sites.insert(stem(&file.path), file);
    }
    let Some(main) = main else {
        files.main = built_in_file(MAIN);
        files.lists = ["sources.toml", "topics.toml"]
            .into_iter()
            .filter_map(built_in_file)
            .collect();
        return files;
    };
    let folder = main.parent().unwrap_or(Path::new(".")).to_owned();
    files.main = read_file(main, problems);
    for name in ["sources.toml", "topics.toml"] {
        let path = folder.join(name);
        if path.exists() {
            files.lists.extend(read_file(&path, problems));
        }
    }
    files
        .lists
        .extend(read_folder(&folder.join("conf.d"), problems));
    files.aliases = read_folder(&folder.join("aliases"), problems);
    for file in read_folder(&folder.join("sites"), problems) {
        files.sites.insert(stem(&file.path), file);
    }
    files.folder = Some(folder);
    files
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn built_in_file(name: &str) -> Option<Arc<File>> {
    let file = BUILT_IN.get_file(name)?;
    Some(Arc::new(File {
        path: PathBuf::from("(built in)").join(name),
        text: file.contents_utf8()?.to_owned(),
    }))
}

fn built_in(folder: &str) -> Vec<Arc<File>> {
    let Some(dir) = BUILT_IN.get_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<Arc<File>> = dir
        .files()
        .filter_map(|f| built_in_file(&f.path().to_string_lossy()))
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// Whether a site file is one of those inside the binary, word for word.
pub fn is_built_in(family: &str, file: &File) -> bool {
    let own = BUILT_IN.get_file(format!("sites/{family}.toml"));
    own.and_then(|own| own.contents_utf8()) == Some(file.text.as_str())
}

/// The site files inside the binary: name and text.
pub fn built_in_sites() -> impl Iterator<Item = (String, &'static str)> {
    BUILT_IN
        .get_dir("sites")
        .into_iter()
        .flat_map(Dir::files)
        .filter_map(|file| {
            let name = file.path().file_name()?.to_string_lossy().into_owned();
            Some((name, file.contents_utf8()?))
        })
}

fn read_folder(folder: &Path, problems: &Problems) -> Vec<Arc<File>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                problems.push(Problem::of_file(
                    folder,
                    format!("the folder cannot be read: {error}"),
                ));
            }
            return Vec::new();
        }
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    paths.sort();
    paths
        .iter()
        .filter_map(|path| read_file(path, problems))
        .collect()
}

/// Reads one file; what is wrong with it becomes a problem.
pub fn read_file(path: &Path, problems: &Problems) -> Option<Arc<File>> {
    let refuse = |message: String, help: &str| {
        problems.push(Problem::of_file(path, message).help(help));
        None
    };
    let size = match fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) => {
            return refuse(
                format!("the file cannot be read: {error}"),
                "check the path given with --config",
            );
        }
    };
    if size > LARGEST {
        return refuse(
            format!("the file has {size} bytes, more than the {LARGEST} allowed"),
            "",
        );
    }
    match fs::read(path).map(String::from_utf8) {
        Ok(Ok(text)) => Some(Arc::new(File {
            path: path.to_owned(),
            text,
        })),
        Ok(Err(error)) => {
            let line = 1 + error.as_bytes()[..error.utf8_error().valid_up_to()]
                .iter()
                .filter(|b| **b == b'\n')
                .count();
            refuse(
                format!("line {line} is not UTF-8"),
                "save the file as UTF-8",
            )
        }
        Err(error) => refuse(format!("the file cannot be read: {error}"), ""),
    }
}
