//! Your settings: one small file, read at the start. A mistake in it never keeps the program from starting; it is told in
//! one line with its place, and what is right in the file holds.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use crate::env::{Env, OwnDir};
use crate::ingest::Choice;
use crate::sources::{Root, Source};

/// A file of settings larger than this is none.
const LARGEST: u64 = 1 << 20;

/// Everything that can be set.
#[derive(Clone, PartialEq, Default, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Config {
    #[serde(default)]
    pub sources: Sources,
    #[serde(default)]
    pub delete: Delete,
}

/// `[delete]`
#[derive(Clone, PartialEq, Default, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Delete {
    /// Whether logs may be moved to the trash at all.
    #[serde(default)]
    pub enabled: bool,
}

/// `[sources]`
#[derive(Clone, PartialEq, Default, Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    /// Sources that are not read, by any of their names.
    #[serde(default)]
    pub off: Vec<String>,
    /// More folders to read, by any name of their source. `~` is the home folder.
    #[serde(default)]
    pub roots: BTreeMap<String, Vec<PathBuf>>,
}

/// Where the settings are: the file that was named, else ours.
pub fn path(env: &Env, named: Option<&Path>) -> PathBuf {
    match named {
        Some(path) => env.expand(path),
        None => env.own_dir(OwnDir::Config).join("config.toml"),
    }
}

/// The settings. A file that was named must be there; ours need not. An error is one line.
pub fn load(env: &Env, named: Option<&Path>) -> Result<Config, String> {
    let path = path(env, named);
    let shown = path.display();
    let file = match env.files.open(&path) {
        Ok(file) => file,
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Config::default());
        }
        Err(error) => return Err(format!("{shown}: {error}")),
    };
    let mut text = String::new();
    let read = file.take(LARGEST).read_to_string(&mut text);
    read.map_err(|error| format!("{shown}: {error}"))?;
    toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |before| before.matches('\n').count() + 1);
        let what = error
            .message()
            .lines()
            .next()
            .unwrap_or("not TOML")
            .to_owned();
        format!("{shown}, line {line}: {what}; the settings there are not used")
    })
}

impl Config {
    /// Takes the settings into a choice of sources. Names that no source has come back as lines to tell.
    pub fn apply(&self, env: &Env, choice: &mut Choice) -> Vec<String> {
        let mut wrong = Vec::new();
        let unknown = |name: &str| {
            format!("settings: {name}: no such source; known ones are in: backscroll doctor")
        };
        for name in &self.sources.off {
            match choice.named(name) {
                Some(source) => choice.off.push(source.card().id),
                None => wrong.push(unknown(name)),
            }
        }
        for (name, paths) in &self.sources.roots {
            let Some(source) = choice.named(name) else {
                wrong.push(unknown(name));
                continue;
            };
            for path in paths {
                choice
                    .added
                    .extend(roots_at(env, source, &env.expand(path), "settings"));
            }
        }
        wrong
    }
}

/// The roots of a source at a path that a person names: a home folder with the usual places in it, the agent's own folder
/// in it, or the folder of logs itself.
pub fn roots_at(env: &Env, source: &dyn Source, path: &Path, why: &'static str) -> Vec<Root> {
    let mut there = env.clone();
    there.home = path.to_path_buf();
    there.vars.clear();
    let root = |path: PathBuf| Root {
        source: source.card().id,
        path: Arc::from(path),
        why,
    };
    let mut found: Vec<Root> = Vec::new();
    for usual in source.roots(&there) {
        let Ok(below) = usual.path.strip_prefix(path) else {
            continue;
        };
        let parts: Vec<_> = below.iter().collect();
        // The longest end of the path that is a start of the usual place.
        for k in (0..=parts.len()).rev() {
            let (given, rest) = parts.split_at_checked(k).unwrap_or_default();
            let start: PathBuf = given.iter().collect();
            let place = path.join(rest.iter().collect::<PathBuf>());
            let stands = place.as_path() == path || env.files.list(&place).is_ok();
            if (k == 0 || path.ends_with(&start)) && stands {
                let new = root(place);
                if !found.contains(&new) {
                    found.push(new);
                }
                break;
            }
        }
    }
    // A folder of logs below a usual place means that place.
    if found.is_empty() {
        for usual in source.roots(&there) {
            let below = usual.path.strip_prefix(path).unwrap_or(Path::new(""));
            let above = path.ancestors().skip(1);
            let place = above
                .into_iter()
                .find(|a| !below.as_os_str().is_empty() && a.ends_with(below));
            found.extend(place.map(|place| root(place.to_path_buf())));
        }
    }
    // Where nothing usual is there, the path is taken at its word.
    if found.is_empty() {
        found.push(root(path.to_path_buf()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources;

    fn env(home: &Path) -> Env {
        Env::bare(home, "2026-01-01T00:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_mistake_is_one_line_with_its_place() {
        let dir = tempfile::tempdir().unwrap();
        let env = env(dir.path());
        assert_eq!(load(&env, None), Ok(Config::default()));
        let file = dir.path().join("set.toml");
        let read = |text: &str| {
            std::fs::write(&file, text).unwrap();
            load(&env, Some(&file))
        };
        assert!(load(&env, Some(&file)).unwrap_err().contains("set.toml"));
        for (text, what) in [
            ("[sources]\noff = 3", "line 2: "),
            ("[sources]\nof = []", "line 2: unknown field `of`"),
            ("\n\n[colours]", "line 3: unknown field `colours`"),
            ("[", "line 1: "),
        ] {
            let line = read(text).unwrap_err();
            assert!(line.contains(what) && !line.contains('\n'), "{line}");
        }
        let config =
            read("[sources]\noff = [\"pi\", \"nobody\"]\nroots = { pi = [\"~/old\"] }").unwrap();
        let mut choice = Choice::default();
        let wrong = config.apply(&env, &mut choice);
        assert_eq!(wrong.len(), 1);
        assert!(wrong[0].contains("nobody: no such source"));
        assert_eq!(choice.off.len(), 1);
        assert_eq!(choice.added[0].path.as_ref(), dir.path().join("old"));
    }

    #[test]
    fn a_home_an_agents_folder_and_its_logs_are_one_place() {
        let dir = tempfile::tempdir().unwrap();
        let env = env(dir.path());
        for source in sources::SOURCES {
            let source: &dyn Source = *source;
            let mut usual = env.clone();
            usual.home = dir.path().join("old");
            let want: Vec<_> = source.roots(&usual).into_iter().map(|r| r.path).collect();
            let Some(first) = want.first().filter(|p| p.starts_with(&usual.home)) else {
                continue;
            };
            std::fs::create_dir_all(first).unwrap();
            for path in first.ancestors().take_while(|p| p.starts_with(&usual.home)) {
                let got = roots_at(&env, source, path, "test");
                let name = source.card().id;
                assert!(
                    got.iter().any(|r| r.path == *first),
                    "{name}: {}: {got:?}",
                    path.display()
                );
            }
        }
    }
}
