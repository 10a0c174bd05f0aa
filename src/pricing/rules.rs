//! What is known of models' names and no table says. The knowledge itself is data: `assets/prices/rules.toml`.

use std::sync::OnceLock;

use jiff::{Timestamp, civil::Date};
use serde::Deserialize;

use super::table::{Factor, start};

/// `assets/prices/rules.toml`, read.
#[derive(Deserialize, Default, Debug)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Sellers that make what they sell, by their names in the catalogue.
    pub makers: Vec<String>,
    dotted: Vec<String>,
    served: Vec<String>,
    free: Vec<String>,
    family: Vec<Family>,
    fast: Vec<Fast>,
    alias: Vec<Alias>,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct Family {
    prefix: String,
    dashes: bool,
    ends: Vec<String>,
    cached: Cached,
}

#[derive(Deserialize, PartialEq, Debug)]
#[serde(rename_all = "lowercase")]
enum Cached {
    Tenth,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct Fast {
    model: String,
    times: f64,
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct Alias {
    name: String,
    is: String,
    /// The first day on which it stands for that model.
    from: Option<toml::value::Datetime>,
}

impl Alias {
    fn day(&self) -> Option<Date> {
        self.from.as_ref()?.to_string().parse().ok()
    }
}

impl Rules {
    pub fn known() -> &'static Rules {
        static RULES: OnceLock<Rules> = OnceLock::new();
        RULES.get_or_init(|| {
            let text = include_str!("../../assets/prices/rules.toml");
            // A test reads it; without it, only plain names are found.
            toml::from_str(text).unwrap_or_default()
        })
    }

    /// What this name stands for then: the alias of the latest day that has come, else the earliest.
    pub fn alias(&self, name: &str, at: Option<Timestamp>) -> Option<&str> {
        let named = self.alias.iter().filter(|alias| alias.name == name);
        let mut days: Vec<(Option<Date>, &str)> = named
            .map(|alias| (alias.day(), alias.is.as_str()))
            .collect();
        days.sort();
        let come = |day: &Option<Date>| match (day, at) {
            (Some(day), Some(at)) => start(*day) <= at,
            _ => true,
        };
        let latest = days.iter().rfind(|(day, _)| come(day));
        latest.or(days.first()).map(|(_, is)| *is)
    }

    /// Days on which names begin to stand for other models.
    pub fn days(&self) -> impl Iterator<Item = Date> {
        self.alias.iter().filter_map(Alias::day)
    }

    /// How much dearer the fast mode of a model is, by its plain name.
    pub fn fast(&self, name: &str) -> Option<Factor> {
        let fast = self.fast.iter().find(|fast| fast.model == name)?;
        Factor::new(fast.times)
    }

    /// Whether cached tokens of this model cost a tenth where no table says it.
    pub fn reads_cheaply(&self, name: &str) -> bool {
        self.family(name).is_some_and(|f| f.cached == Cached::Tenth)
    }

    /// Whether the name says that it costs nothing.
    pub fn is_free(&self, name: &str) -> bool {
        let end = name.rsplit_once(':').map(|(_, end)| end);
        end.is_some_and(|end| self.free.iter().any(|free| free == end))
    }

    /// The family whose prefix stands in the name behind any seller's.
    fn family(&self, name: &str) -> Option<&Family> {
        let parts = |f: &&Family| name.starts_with(&f.prefix) || has_part(name, &f.prefix);
        self.family.iter().find(parts)
    }

    /// One step towards the plain name: less, but never another version. Absent when the name is plain.
    pub fn plainer(&self, name: &str) -> Option<String> {
        if let Some((rest, _)) = name.strip_suffix(']').and_then(|n| n.rsplit_once('[')) {
            return some(rest);
        }
        if let Some((rest, end)) = name.rsplit_once(':')
            && self.served.iter().any(|served| served == end)
        {
            return some(rest);
        }
        if let Some((_, rest)) = name.split_once('/') {
            return some(rest);
        }
        if let Some((before, rest)) = name.split_once('.')
            && self.dotted.iter().any(|dotted| dotted == before)
        {
            return some(rest);
        }
        if let Some(rest) = without_revision(name) {
            return some(rest);
        }
        if let Some((rest, end)) = name.rsplit_once('@')
            && (is_day(end) || end == "default" || end == "latest")
        {
            return some(rest);
        }
        let family = self.family(name);
        if family.is_some_and(|f| f.dashes) {
            if name.contains('.') {
                return some(&name.replace('.', "-"));
            }
            if let Some(spread) = spread(name) {
                return some(&spread);
            }
        }
        let ends = family.map_or(&[] as &[String], |f| &f.ends);
        let mut ends = ends.iter().map(String::as_str).chain(["-latest"]);
        if let Some(rest) = ends.find_map(|end| name.strip_suffix(end)) {
            return some(rest);
        }
        without_day(name).and_then(some)
    }

    /// A seller's name for a model without what the seller put before it, in its family's spelling: as good as another's.
    pub fn bare(&self, name: &str) -> String {
        let mut name = name.rsplit('/').next().unwrap_or(name);
        while let Some((before, rest)) = name.split_once('.')
            && self.dotted.iter().any(|dotted| dotted == before)
        {
            name = rest;
        }
        match self.family(name) {
            Some(family) if family.dashes => name.replace('.', "-"),
            _ => name.to_owned(),
        }
    }

    /// Whether the name asks for the fast mode of its family.
    pub fn says_fast(&self, name: &str) -> bool {
        let name = name.split(['[', '@']).next().unwrap_or(name);
        name.ends_with("-fast")
            && self
                .family(name)
                .is_some_and(|f| f.ends.iter().any(|end| end == "-fast"))
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Whether `part` stands in `name` behind a slash or a dot.
fn has_part(name: &str, part: &str) -> bool {
    name.match_indices(part).any(|(at, _)| {
        name.get(..at)
            .is_some_and(|before| before.ends_with(['/', '.']))
    })
}

fn digits(text: &str, n: usize) -> bool {
    text.len() == n && text.bytes().all(|b| b.is_ascii_digit())
}

/// `20250929`.
fn is_day(text: &str) -> bool {
    digits(text, 8) && text.starts_with("20")
}

/// `x-v1:0` is `x`.
fn without_revision(name: &str) -> Option<&str> {
    let (before, minor) = name.rsplit_once(':')?;
    let (rest, major) = before.rsplit_once("-v")?;
    let number = |text: &str| (1..=2).contains(&text.len()) && digits(text, text.len());
    (number(minor) && number(major)).then_some(rest)
}

/// `x-20250929` and `x-2025-09-29` are `x`.
fn without_day(name: &str) -> Option<&str> {
    let (rest, end) = name.rsplit_once('-')?;
    if is_day(end) {
        return Some(rest);
    }
    let (rest, month) = rest.rsplit_once('-')?;
    let (rest, year) = rest.rsplit_once('-')?;
    let is = digits(end, 2) && digits(month, 2) && digits(year, 4) && year.starts_with("20");
    is.then_some(rest)
}

/// `x-45` is `x-4-5`.
fn spread(name: &str) -> Option<String> {
    let (rest, end) = name.rsplit_once('-')?;
    let kind = rest.bytes().next_back()?.is_ascii_alphabetic();
    let (major, minor) = end.split_at_checked(1)?;
    (kind && digits(end, 2)).then(|| format!("{rest}-{major}-{minor}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_are_read() {
        let text = include_str!("../../assets/prices/rules.toml");
        let rules: Rules = toml::from_str(text).unwrap();
        assert!(
            rules
                .alias
                .iter()
                .all(|a| a.from.is_none() == a.day().is_none())
        );
        assert!(
            rules
                .fast
                .iter()
                .all(|fast| Factor::new(fast.times).is_some())
        );
        assert_eq!(rules.days().count(), 7);
    }

    #[test]
    fn names_become_plain_step_by_step() {
        let plain = |name: &str| {
            let mut name = name.to_owned();
            while let Some(next) = Rules::known().plainer(&name) {
                assert_ne!(next, name);
                name = next;
            }
            name
        };
        for (name, want) in [
            ("claude-opus-4-8", "claude-opus-4-8"),
            ("claude-sonnet-4-5-20250929[1m]", "claude-sonnet-4-5"),
            (
                "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
                "claude-sonnet-4-5",
            ),
            ("vertex_ai/claude-opus-4-5@20251101", "claude-opus-4-5"),
            ("openrouter/anthropic/claude-opus-4.8", "claude-opus-4-8"),
            ("claude-opus-45", "claude-opus-4-5"),
            ("claude-opus-4.8-fast", "claude-opus-4-8"),
            ("anthropic/claude-3.7-sonnet:thinking", "claude-3-7-sonnet"),
            ("gpt-5.5", "gpt-5.5"),
            ("gpt-5-2025-08-07", "gpt-5"),
            ("gpt-5.5-pro", "gpt-5.5-pro"),
            ("gemini-2.5-pro", "gemini-2.5-pro"),
            ("llama3:70b", "llama3:70b"),
            ("kimi-k2-thinking", "kimi-k2-thinking"),
            ("grok-4-fast", "grok-4-fast"),
            ("qwen3-coder:free", "qwen3-coder:free"),
            ("model-12345678", "model-12345678"),
            ("", ""),
            ("/", "/"),
            ("[]", "[]"),
        ] {
            assert_eq!(plain(name), want, "{name}");
        }
    }

    #[test]
    fn a_dated_alias_stands_for_the_model_of_its_day() {
        let alias = |at: &str| {
            let at = Some(at.parse().unwrap());
            Rules::known().alias("codex-auto-review", at).unwrap()
        };
        assert_eq!(alias("2026-11-21T00:00:00Z"), "gpt-5.5");
        assert_eq!(alias("2026-04-23T00:00:00Z"), "gpt-5.5");
        assert_eq!(alias("2026-04-22T23:59:59Z"), "gpt-5.4");
        assert_eq!(alias("2025-01-01T00:00:00Z"), "gpt-5");
        assert_eq!(
            Rules::known().alias("codex-auto-review", None),
            Some("gpt-5.5")
        );
        assert_eq!(
            Rules::known().alias("gpt-5.3-spark", None),
            Some("gpt-5.3-codex-spark")
        );
        assert_eq!(Rules::known().alias("gpt-5", None), None);
    }
}
