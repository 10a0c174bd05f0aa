//! Which files a declared source means: `~/.agent/logs/*.jsonl`. `*` stays within one name, `**` stands for any folders.

use std::path::{Component, Path, PathBuf};

use crate::env::Env;

/// A pattern of files.
#[derive(Clone, PartialEq, Debug)]
pub struct Glob {
    /// As it was written.
    pub said: Box<str>,
    /// The names below the folder that is watched.
    names: Vec<Box<str>>,
    /// The folder above the first star.
    above: PathBuf,
}

const ANY: &str = "**";

impl Glob {
    /// Reads a pattern as it is written.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(said: &str) -> Result<Glob, String> {
        let path = Path::new(said);
        if !(said.starts_with("~/") || path.is_absolute()) {
            return Err(format!("`{said}` must start with / or ~/"));
        }
        let mut names: Vec<Box<str>> = Vec::new();
        let mut above = PathBuf::new();
        let mut parts = path.components().peekable();
        while let Some(part) = parts.next() {
            let name = part.as_os_str().to_string_lossy();
            if matches!(part, Component::ParentDir) {
                return Err(format!("`{said}` must not hold .."));
            }
            let is_last = parts.peek().is_none();
            let is_name = matches!(part, Component::Normal(_));
            if is_name && (is_last || !names.is_empty() || name.contains(['*', '?'])) {
                names.push((*name).into());
            } else {
                above.push(part);
            }
        }
        if above == Path::new("/") || above == Path::new("~") {
            let place = if above == Path::new("~") {
                "the whole home"
            } else {
                "the whole disk"
            };
            return Err(format!(
                "`{said}` would watch {place}; name a folder before the first star"
            ));
        }
        if names.last().is_none_or(|name| &**name == ANY) {
            return Err(format!(
                "`{said}` must end in the name of a file, such as *.jsonl"
            ));
        }
        Ok(Glob {
            said: said.into(),
            names,
            above,
        })
    }

    /// The folder that is walked and watched.
    pub fn root(&self, env: &Env) -> PathBuf {
        env.expand(&self.above)
    }

    /// Whether a file is meant, by its path below the root.
    pub fn fits(&self, below: &Path) -> bool {
        fits(&self.names, &names(below))
    }

    /// Whether files below a folder can be meant, by its path below the root.
    pub fn may_hold(&self, below: &Path) -> bool {
        let names = names(below);
        // A folder holds what is meant where the names above it are the start of the pattern.
        match self.names.iter().position(|name| &**name == ANY) {
            Some(any) if names.len() >= any => starts(self.names.get(..any), &names),
            _ => names.len() < self.names.len() && starts(self.names.get(..names.len()), &names),
        }
    }
}

fn names(below: &Path) -> Vec<String> {
    let names = below.iter();
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

fn starts(patterns: Option<&[Box<str>]>, names: &[String]) -> bool {
    let mut pairs = patterns.unwrap_or_default().iter().zip(names);
    pairs.all(|(pattern, name)| name_fits(pattern, name))
}

/// Whether names fit patterns, where a pattern stands for any number of names. Which of them are reached is kept as a
/// set, so that no pattern takes long.
fn fits(patterns: &[Box<str>], names: &[String]) -> bool {
    reach(
        patterns,
        names,
        |pattern| &**pattern == ANY,
        |pattern, name| name_fits(pattern, name),
    )
}

fn name_fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), name.chars().collect());
    reach(
        &pattern,
        &name,
        |c| *c == '*',
        |pattern, c| *pattern == '?' || pattern == c,
    )
}

/// Whether all items fit all patterns in order, where some patterns stand for any number of items.
fn reach<P, T>(
    patterns: &[P],
    items: &[T],
    any: impl Fn(&P) -> bool,
    one: impl Fn(&P, &T) -> bool,
) -> bool {
    // Whether the items so far fit the first so many patterns.
    let mut now: Vec<bool> = std::iter::once(true)
        .chain(patterns.iter().scan(true, |all, p| {
            *all = *all && any(p);
            Some(*all)
        }))
        .collect();
    for item in items {
        let mut next = vec![false];
        let mut pairs = now.iter().zip(now.iter().skip(1));
        for pattern in patterns {
            let Some((before, here)) = pairs.next() else {
                break;
            };
            let fits = if any(pattern) {
                *here || next.last() == Some(&true)
            } else {
                *before && one(pattern, item)
            };
            next.push(fits);
        }
        now = next;
    }
    now.last() == Some(&true)
}
