//! Names of sources, sessions and models.

use std::fmt;

use compact_str::CompactString;

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

/// A model by the name the agent logged, with its provider where the log names one.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ModelId {
    pub provider: Option<CompactString>,
    pub name: CompactString,
}

impl ModelId {
    pub fn new(provider: Option<&str>, name: &str) -> ModelId {
        let named = |text: &str| CompactString::from(crate::text::floor_boundary(text, 128));
        ModelId {
            provider: provider.filter(|p| !p.is_empty()).map(named),
            name: named(name),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

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
