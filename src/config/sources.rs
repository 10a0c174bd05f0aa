//! Which sources are read, as the settings have it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Said, Settings};
use crate::env::Env;
use crate::ingest::Choice;
use crate::sources::{Root, Source};

impl Settings {
    /// Takes the settings into a choice of sources. Names that no source has become mistakes.
    pub fn choose(&mut self, env: &Env, choice: &mut Choice) {
        let mut unknown = Vec::new();
        for name in self.texts("sources.off") {
            match choice.named(&name.text) {
                Some(source) => choice.off.push(source.card().id),
                None => unknown.push(name.clone()),
            }
        }
        for open in self.open("sources.roots.<source>") {
            let name = open.names.first().map(String::as_str).unwrap_or_default();
            let Some(source) = choice.named(name) else {
                unknown.push(Said {
                    text: name.to_owned(),
                    place: Some(open.place),
                });
                continue;
            };
            for folder in &open.items {
                let place = env.expand(Path::new(&folder.text));
                choice
                    .added
                    .extend(roots_at(env, source, &place, "settings"));
            }
        }
        for name in unknown {
            let known = choice.all().map(|source| source.card().id.0);
            let nearest = super::nearest(&name.text, known);
            let what = format!(
                "{}: no such source; known ones are in: backscroll doctor",
                name.text
            );
            let place = name.place.or_else(|| self.place("sources.off"));
            self.mistake(place, what, nearest);
        }
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
