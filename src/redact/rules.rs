//! `assets/secrets.toml`, read: what counts as a secret, declared once.

use std::sync::{LazyLock, OnceLock};

use regex::Regex;
use serde::Deserialize;

/// All rules and what never is a secret.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    pub placeholders: Vec<String>,
    pub openings: Vec<String>,
    pub words: Vec<String>,
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
}

/// One kind of secret. The head of the file says what each field means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub id: String,
    pub tier: u8,
    pub keywords: Vec<String>,
    #[serde(default)]
    regex: String,
    #[serde(default)]
    pub any_case: bool,
    #[serde(default)]
    pub joined: bool,
    #[serde(default)]
    pub apart: bool,
    #[serde(default)]
    pub closed: bool,
    #[serde(default = "longest")]
    pub longest: usize,
    pub entropy: Option<f64>,
    #[serde(default)]
    pub digit: bool,
    #[serde(default)]
    pub names_not: Vec<String>,
    #[serde(default)]
    pub whole: bool,
    #[serde(default)]
    pub block: bool,
    pub given: Option<Given>,
    /// What this rule must find and what it must not: for the test that holds each to its word.
    #[cfg_attr(not(test), expect(dead_code, reason = "for the test of the rules"))]
    pub yes: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "for the test of the rules"))]
    pub no: Vec<String>,
    #[serde(skip)]
    made: OnceLock<Option<Pattern>>,
}

fn longest() -> usize {
    1024
}

/// A keyword that only the running program knows.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
pub enum Given {
    Home,
    Host,
    User,
}

/// A rule's expression and the groups of which one is the secret.
pub struct Pattern {
    regex: Regex,
    groups: Vec<Group>,
}

struct Group {
    at: usize,
    loose: bool,
}

/// What an expression matched.
pub struct Match {
    /// The secret, from the start of the text that was looked at.
    pub range: std::ops::Range<usize>,
    /// Whether it must not read like words.
    pub loose: bool,
}

impl Rule {
    /// What stands at the start of `text`.
    pub fn at_start(&self, text: &str) -> Option<Match> {
        self.pattern()?.first(text)
    }

    /// The next in `text`, from a place on: for rules without a keyword. With where to look on.
    pub fn next(&self, text: &str, from: usize) -> Option<(Match, usize)> {
        let pattern = self.pattern()?;
        let end = pattern.regex.find_at(text, from)?.end();
        let found = pattern.secret(text, from)?;
        Some((found, end.max(from + 1)))
    }

    /// Most rules are never needed, so none is made before it is.
    fn pattern(&self) -> Option<&Pattern> {
        self.made.get_or_init(|| Pattern::new(self).ok()).as_ref()
    }
}

impl Pattern {
    fn new(rule: &Rule) -> Result<Pattern, regex::Error> {
        let anchored = !rule.keywords.is_empty();
        let source = if anchored {
            format!("^(?:{})", rule.regex)
        } else {
            rule.regex.clone()
        };
        let regex = Regex::new(&source)?;
        let groups = regex.capture_names().enumerate();
        let groups = groups.filter_map(|(at, name)| {
            let loose = name?.starts_with("loose");
            Some(Group { at, loose })
        });
        Ok(Pattern {
            groups: groups.collect(),
            regex,
        })
    }

    fn first(&self, text: &str) -> Option<Match> {
        // Most looks end here, and telling groups apart takes several times as long.
        let whole = self.regex.find(text)?;
        if self.groups.is_empty() {
            return Some(Match {
                range: whole.range(),
                loose: false,
            });
        }
        self.secret(text, 0)
    }

    fn secret(&self, text: &str, from: usize) -> Option<Match> {
        let captures = self.regex.captures_at(text, from)?;
        let taken = self.groups.iter().find_map(|group| {
            let found = captures.get(group.at)?;
            Some(Match {
                range: found.range(),
                loose: group.loose,
            })
        });
        taken.or_else(|| {
            captures.get(0).map(|whole| Match {
                range: whole.range(),
                loose: false,
            })
        })
    }
}

/// The table in the program. A test holds that it can be read and that every expression is one.
pub static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let text = include_str!("../../assets/secrets.toml");
    toml::from_str(text).unwrap_or_else(|_| Table {
        placeholders: Vec::new(),
        openings: Vec::new(),
        words: Vec::new(),
        rules: Vec::new(),
    })
});

#[cfg(test)]
mod tests {
    use super::*;

    /// A table that cannot be read would let everything pass.
    #[test]
    fn the_table_can_be_read() {
        let text = include_str!("../../assets/secrets.toml");
        let table: Table = toml::from_str(text).unwrap_or_else(|why| panic!("{why}"));
        for rule in &table.rules {
            let named = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(rule.id.chars().all(named), "{}", rule.id);
            assert!((1..=3).contains(&rule.tier), "{}", rule.id);
            assert!(!rule.yes.is_empty() && !rule.no.is_empty(), "{}", rule.id);
            if let Err(why) = Pattern::new(rule) {
                panic!("{}: {why}", rule.id);
            }
            // Without a keyword every text would be searched whole.
            assert!(rule.tier == 3 || !rule.keywords.is_empty(), "{}", rule.id);
            let lower = |text: &str| text == text.to_lowercase();
            assert!(
                !rule.any_case || rule.keywords.iter().all(|k| lower(k)),
                "{}",
                rule.id
            );
        }
        let mut ids: Vec<&str> = table.rules.iter().map(|rule| rule.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), table.rules.len(), "a rule's name is its own");
        assert_eq!(TABLE.rules.len(), table.rules.len());
    }
}
