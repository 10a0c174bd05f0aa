//! Stands in for the scanner of secrets until that lands: it knows one shape.

use std::collections::BTreeMap;
use std::fmt;

use crate::text::{Clean, Raw};

/// Text that was looked through for secrets.
pub struct Redacted(Box<str>);

impl Redacted {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

pub enum Secrets {
    Replace,
    Keep,
}

pub struct Scanner;

impl Scanner {
    #[expect(clippy::new_without_default, reason = "thrown away at the merge")]
    pub fn new() -> Scanner {
        Scanner
    }
}

pub struct Outlet<'a> {
    _scanner: &'a Scanner,
    secrets: Secrets,
    found: Found,
}

#[derive(Default)]
pub struct Found(BTreeMap<&'static str, usize>);

impl Found {
    pub fn total(&self) -> usize {
        self.0.values().sum()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'static str, usize)> {
        self.0.iter().map(|(rule, n)| (*rule, *n))
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self.iter().map(|(rule, n)| format!("{n} {rule}")).collect();
        f.write_str(&all.join(", "))
    }
}

impl<'a> Outlet<'a> {
    pub fn new(scanner: &'a Scanner, secrets: Secrets) -> Outlet<'a> {
        Outlet {
            _scanner: scanner,
            secrets,
            found: Found::default(),
        }
    }

    pub fn raw(&mut self, text: &Raw) -> Redacted {
        self.scan(text.clean().as_str())
    }

    pub fn output(&mut self, text: &Raw) -> Redacted {
        self.scan(text.clean_output().as_str())
    }

    pub fn text(&mut self, text: &str) -> Redacted {
        self.scan(Clean::of(text).as_str())
    }

    pub fn clean(&mut self, text: &Clean) -> Redacted {
        self.scan(text.as_str())
    }

    pub fn found(&self) -> &Found {
        &self.found
    }

    fn scan(&mut self, text: &str) -> Redacted {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("ghp_") {
            out.push_str(before);
            let value: String = after
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect();
            if value.len() == 36 {
                *self.found.0.entry("github-token").or_default() += 1;
                if matches!(self.secrets, Secrets::Replace) {
                    out.push_str("[redacted:github-token]");
                    rest = after.get(36..).unwrap_or_default();
                    continue;
                }
            }
            out.push_str("ghp_");
            rest = after;
        }
        out.push_str(rest);
        Redacted(out.into())
    }
}
