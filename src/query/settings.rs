//! How to show what a query finds, said in its text: `sort:cost-`, `limit:50`.

use super::values::Wrong;

/// What lists are sorted by, in the words of their menu.
pub const SORTS: &[&str] = &[
    "updated",
    "created",
    "cost",
    "tokens",
    "messages",
    "duration",
    "title",
    "project",
    "agent",
    "size",
    "relevance",
];

/// The names that stand before a colon.
pub const NAMES: &[&str] = &["sort", "limit"];

/// All settings of a query; of two for one thing the last counts.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Settings {
    /// By what, and whether the smallest stands first where that is said.
    pub sort: Option<(&'static str, Option<bool>)>,
    /// At most so many sessions.
    pub limit: Option<usize>,
}

impl Settings {
    /// One setting, or why it is none.
    pub fn parse(name: &str, value: &str) -> Result<Settings, Wrong> {
        let mut settings = Settings::default();
        if name == "limit" {
            let number: Result<usize, _> = value.parse();
            settings.limit = Some(match number {
                Ok(n) if n > 0 => n,
                _ if value.is_empty() => return Err(Wrong::Incomplete),
                _ => return Err(Wrong::Value(format!("`{value}` is no number of sessions"))),
            });
            return Ok(settings);
        }
        let (word, up) = match (value.strip_suffix('+'), value.strip_suffix('-')) {
            (Some(word), _) => (word, Some(true)),
            (_, Some(word)) => (word, Some(false)),
            _ => (value, None),
        };
        let mut known = SORTS.iter();
        match known.find(|sort| sort.eq_ignore_ascii_case(word)) {
            Some(sort) => settings.sort = Some((sort, up)),
            None if SORTS.iter().any(|sort| sort.starts_with(word)) => {
                return Err(Wrong::Incomplete);
            }
            None => {
                let known = SORTS.join(", ");
                return Err(Wrong::Value(format!("`{word}` is none of {known}")));
            }
        }
        Ok(settings)
    }

    pub fn add(&mut self, later: Settings) {
        self.sort = later.sort.or(self.sort);
        self.limit = later.limit.or(self.limit);
    }

    /// Its reading in words.
    pub fn describe(&self) -> String {
        let sort = self.sort.map(|(word, up)| match up {
            Some(true) => format!("by {word}, smallest first"),
            Some(false) => format!("by {word}, largest first"),
            None => format!("by {word}"),
        });
        let limit = self.limit.map(|n| format!("the first {n}"));
        let all: Vec<String> = sort.into_iter().chain(limit).collect();
        all.join(", ")
    }
}
