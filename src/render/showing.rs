//! How conversations are shown: what is open, how diffs and times look. One choice for all of them, and remembered.

use serde::{Deserialize, Serialize};

/// What a reader chose.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Default, Debug)]
#[serde(default)]
pub struct Showing {
    pub tools: Tools,
    /// Thinking is open.
    pub thinking: bool,
    /// What the agent's program put in is open.
    pub system: bool,
    /// Long blocks of code show their first lines only.
    pub short_code: bool,
    pub diffs: Diffs,
    pub times: Times,
    /// Long lines of code and output are cut at the edge.
    pub cut: bool,
}

/// How far tool calls are open.
#[derive(
    Serialize, Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug,
)]
#[serde(rename_all = "kebab-case")]
pub enum Tools {
    /// Not shown at all.
    Off,
    Line,
    #[default]
    Short,
    Full,
}

/// How edits are shown.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum Diffs {
    #[default]
    Unified,
    /// Before at the left, after at the right, where there is room for both.
    Side,
    Off,
}

/// What stands before each turn.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum Times {
    /// Since the session's start.
    Relative,
    Clock,
    #[default]
    Both,
    Off,
}

/// One of a few values in a row, each with a word for the status line.
pub trait Choice: Copy + PartialEq + 'static {
    const ALL: &'static [(Self, &'static str)];

    /// The one behind it, and behind the last the first.
    fn next(self) -> Self {
        let at = Self::ALL.iter().position(|(one, _)| *one == self);
        let next = at.map_or(0, |at| (at + 1) % Self::ALL.len());
        Self::ALL.get(next).map_or(self, |(one, _)| *one)
    }

    fn word(self) -> &'static str {
        let known = Self::ALL.iter().find(|(one, _)| *one == self);
        known.map_or("", |(_, word)| word)
    }
}

impl Choice for Tools {
    const ALL: &'static [(Tools, &'static str)] = &[
        (Tools::Off, "off"),
        (Tools::Line, "one line"),
        (Tools::Short, "short"),
        (Tools::Full, "full"),
    ];
}

impl Choice for Diffs {
    const ALL: &'static [(Diffs, &'static str)] = &[
        (Diffs::Unified, "unified"),
        (Diffs::Side, "side by side"),
        (Diffs::Off, "off"),
    ];
}

impl Choice for Times {
    const ALL: &'static [(Times, &'static str)] = &[
        (Times::Both, "relative and clock"),
        (Times::Relative, "relative"),
        (Times::Clock, "clock"),
        (Times::Off, "off"),
    ];
}

/// A part of how conversations are shown, by its name and the names of its values.
pub struct Shown {
    pub name: &'static str,
    pub values: &'static [&'static str],
    /// Which of them it has.
    pub get: fn(&Showing) -> usize,
    pub set: fn(&mut Showing, usize),
}

/// All that can be said by name; the keys behind `z` say the same.
#[rustfmt::skip]
pub static SHOWN: &[Shown] = &[
    Shown { name: "wrap", values: &["off", "on"], get: |s| usize::from(!s.cut), set: |s, at| s.cut = at == 0 },
    Shown { name: "tools", values: &["off", "line", "short", "full"], get: |s| place(s.tools), set: |s, at| put(&mut s.tools, at) },
    Shown { name: "thinking", values: &["off", "on"], get: |s| usize::from(s.thinking), set: |s, at| s.thinking = at == 1 },
    Shown { name: "system", values: &["off", "on"], get: |s| usize::from(s.system), set: |s, at| s.system = at == 1 },
    Shown { name: "code", values: &["long", "short"], get: |s| usize::from(s.short_code), set: |s, at| s.short_code = at == 1 },
    Shown { name: "diffs", values: &["unified", "side", "off"], get: |s| place(s.diffs), set: |s, at| put(&mut s.diffs, at) },
    Shown { name: "times", values: &["both", "relative", "clock", "off"], get: |s| place(s.times), set: |s, at| put(&mut s.times, at) },
];

/// Which of all choices it is.
fn place<C: Choice>(choice: C) -> usize {
    C::ALL
        .iter()
        .position(|(one, _)| *one == choice)
        .unwrap_or(0)
}

fn put<C: Choice>(choice: &mut C, at: usize) {
    if let Some((one, _)) = C::ALL.get(at) {
        *choice = *one;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// UX 7: tools short, the rest folded; what is remembered comes back as it was.
    #[test]
    fn choices_go_round_and_are_remembered() {
        let showing = Showing::default();
        assert_eq!((showing.tools, showing.thinking), (Tools::Short, false));
        assert_eq!(showing.tools.next(), Tools::Full);
        assert_eq!(Tools::Full.next(), Tools::Off);
        assert_eq!(Times::Both.next().word(), "relative");
        let other = Showing {
            tools: Tools::Off,
            diffs: Diffs::Side,
            times: Times::Clock,
            cut: true,
            ..showing
        };
        let text = toml::to_string(&other).unwrap();
        assert_eq!(toml::from_str::<Showing>(&text).unwrap(), other);
        assert_eq!(toml::from_str::<Showing>("").unwrap(), showing);
    }

    /// UX 8: what is said by name is what the keys go through, in the same order.
    #[test]
    fn every_part_can_be_said_by_name() {
        for shown in SHOWN {
            let mut showing = Showing::default();
            for at in 0..shown.values.len() {
                (shown.set)(&mut showing, at);
                assert_eq!((shown.get)(&showing), at, "{}", shown.name);
            }
        }
        let many = |name: &str| SHOWN.iter().find(|s| s.name == name).unwrap().values.len();
        assert_eq!(many("tools"), Tools::ALL.len());
        assert_eq!(many("diffs"), Diffs::ALL.len());
        assert_eq!(many("times"), Times::ALL.len());
    }
}
