//! How to show what a query finds, said in its text: `sort:cost-`, `limit:50`.

use super::lookup::none_of;
use super::values::Wrong;

/// What lists are sorted by, those of the menu first.
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
    "model",
    "branch",
    "prompts",
    "tools",
    "errors",
    "subs",
    "input",
    "output",
    "cache",
    "expires",
    "starred",
    "shared",
];

/// What lists are put into groups by.
pub const GROUPINGS: &[&str] = &["none", "day", "project", "agent"];

/// The names that stand before a colon.
pub const NAMES: &[&str] = &["sort", "group", "limit"];

/// What a query says of it; of two for one thing the last counts.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Arrangement {
    /// By what, and whether the smallest stands first where that is said.
    pub sort: Option<(&'static str, Option<bool>)>,
    pub group: Option<&'static str>,
    /// At most so many sessions.
    pub limit: Option<usize>,
}

impl Arrangement {
    /// One setting, or why it is none.
    pub fn parse(name: &str, value: &str) -> Result<Arrangement, Wrong> {
        let mut arrangement = Arrangement::default();
        if name == "limit" {
            let number: Result<usize, _> = value.parse();
            arrangement.limit = Some(match number {
                Ok(n) if n > 0 => n,
                _ if value.is_empty() => return Err(Wrong::Incomplete),
                _ => return Err(Wrong::Value(format!("`{value}` is no number of sessions"))),
            });
            return Ok(arrangement);
        }
        if name == "group" {
            arrangement.group = Some(one_of(GROUPINGS, value)?);
            return Ok(arrangement);
        }
        let (word, up) = match (value.strip_suffix('+'), value.strip_suffix('-')) {
            (Some(word), _) => (word, Some(true)),
            (_, Some(word)) => (word, Some(false)),
            _ => (value, None),
        };
        arrangement.sort = Some((one_of(SORTS, word)?, up));
        Ok(arrangement)
    }

    pub fn add(&mut self, later: Arrangement) {
        self.sort = later.sort.or(self.sort);
        self.group = later.group.or(self.group);
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
        let group = self.group.map(|word| match word {
            "none" => "in no groups".to_owned(),
            word => format!("in groups by {word}"),
        });
        let all: Vec<String> = sort.into_iter().chain(group).chain(limit).collect();
        all.join(", ")
    }
}

fn one_of(known: &'static [&'static str], word: &str) -> Result<&'static str, Wrong> {
    let mut all = known.iter();
    match all.find(|one| one.eq_ignore_ascii_case(word)) {
        Some(one) => Ok(one),
        None if known.iter().any(|one| one.starts_with(word)) => Err(Wrong::Incomplete),
        None => Err(Wrong::Value(none_of(word, known.iter().copied()))),
    }
}
