//! Names of sources, sessions and models.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::ops::Deref;
use std::sync::{LazyLock, PoisonError, RwLock};

use compact_str::CompactString;
use foldhash::fast::FixedState;

/// A source by the slug on its card, such as the one `--source` takes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SourceId(pub &'static str);

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// A session everywhere: its source and the agent's own id. Prints as `source:native`, which commands accept.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SessionId {
    pub source: SourceId,
    /// The agent's own id. A second session with an id already taken gets `#2` behind it.
    pub native: Box<str>,
}

impl SessionId {
    pub fn new(source: SourceId, native: impl Into<Box<str>>) -> SessionId {
        SessionId {
            source,
            native: native.into(),
        }
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.source, self.native)
    }
}

/// A model by the name the agent logged, with its provider where the log names one. There are few of them and each
/// response names one, so each stands in memory once, for as long as the program runs.
#[derive(Clone, Eq, PartialOrd, Ord)]
pub struct ModelId(&'static ModelNames);

/// What a model is called.
#[derive(PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ModelNames {
    pub provider: Option<CompactString>,
    pub name: CompactString,
}

/// Models by the hash of their names.
static KNOWN: LazyLock<RwLock<HashMap<u64, Vec<&'static ModelNames>>>> =
    LazyLock::new(Default::default);

thread_local! {
    /// A log mostly names the same model again.
    static LAST: Cell<Option<&'static ModelNames>> = const { Cell::new(None) };
}

impl ModelNames {
    fn are(&self, provider: Option<&str>, name: &str) -> bool {
        self.name == name && self.provider.as_deref() == provider
    }
}

impl ModelId {
    pub fn new(provider: Option<&str>, name: &str) -> ModelId {
        let short = |text| crate::text::floor_boundary(text, 128);
        let provider = provider.filter(|p| !p.is_empty()).map(short);
        let name = short(name);
        if let Some(last) = LAST.get().filter(|last| last.are(provider, name)) {
            return ModelId(last);
        }
        let hash = FixedState::default().hash_one((provider, name));
        let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
        let same = |names: &&&'static ModelNames| names.are(provider, name);
        let found = known.get(&hash).and_then(|all| all.iter().find(same));
        let found = found.copied();
        drop(known);
        let names = found.unwrap_or_else(|| {
            let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
            let all = known.entry(hash).or_default();
            // Another thread may have been first.
            all.iter().find(same).copied().unwrap_or_else(|| {
                let names: &'static ModelNames = Box::leak(Box::new(ModelNames {
                    provider: provider.map(CompactString::from),
                    name: name.into(),
                }));
                all.push(names);
                names
            })
        });
        LAST.set(Some(names));
        ModelId(names)
    }

    /// The name without what every model of its maker shares: `claude-opus-4-5-20251101` is `opus-4-5`.
    pub fn short(&self) -> &str {
        let name = self.name.rsplit('/').next().unwrap_or(&self.name);
        let name = name.strip_prefix("claude-").unwrap_or(name);
        let undated = name
            .rsplit_once('-')
            .filter(|(_, date)| date.len() == 8 && date.bytes().all(|b| b.is_ascii_digit()));
        undated.map_or(name, |(rest, _)| rest)
    }
}

impl Deref for ModelId {
    type Target = ModelNames;

    fn deref(&self) -> &ModelNames {
        self.0
    }
}

impl PartialEq for ModelId {
    fn eq(&self, other: &ModelId) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

/// By its names, since what is hashed may be kept for the next run.
impl Hash for ModelId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_model_on_every_thread() {
        let names = [(None, "a"), (Some("p"), "a"), (None, "b"), (Some(""), "a")];
        let make = move || names.map(|(provider, name)| ModelId::new(provider, name));
        let here = make();
        assert_eq!(std::thread::spawn(make).join().unwrap(), here);
        assert_eq!(here[0], here[3]);
        assert_ne!(here[0], here[1]);
        assert!(here[0] < here[2] && here[0] < here[1]);
    }

    #[test]
    fn short_names() {
        for (name, short) in [
            ("claude-opus-4-5-20251101", "opus-4-5"),
            ("gpt-5.2-codex", "gpt-5.2-codex"),
            ("openrouter/x/y-1", "y-1"),
        ] {
            assert_eq!(ModelId::new(None, name).short(), short);
        }
    }
}
