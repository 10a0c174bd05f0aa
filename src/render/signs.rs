//! Every sign that the list and conversations show, declared once: what draws them and the help read this table. Lines,
//! frames and what text itself holds are none.

use super::theme::Role;
use crate::model::{Basis, State};

/// Where a sign stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Before a row of the list, in the order of their cells.
    Row,
    /// In its columns and above them.
    Column,
    /// In what is read.
    Reader,
    /// In a list of steps of an agent.
    Steps,
}

impl Place {
    pub const ALL: [Place; 4] = [Place::Row, Place::Column, Place::Reader, Place::Steps];

    pub fn word(self) -> &'static str {
        match self {
            Place::Row => "Before a row of the list",
            Place::Column => "In the columns of the list",
            Place::Reader => "In a conversation",
            Place::Steps => "In an agent's list of steps",
        }
    }
}

/// A sign and what it says.
#[derive(Debug)]
pub struct Sign {
    pub place: Place,
    /// As it is drawn, with the gap behind it where it has one.
    pub drawn: &'static str,
    /// The same where a terminal shows nothing else.
    pub ascii: &'static str,
    pub role: Role,
    pub help: &'static str,
}

impl Sign {
    pub const fn of(&self, ascii: bool) -> &'static str {
        if ascii { self.ascii } else { self.drawn }
    }
}

const fn drawn(state: State) -> &'static str {
    state.marks()[0]
}

const fn ascii(state: State) -> &'static str {
    state.marks()[1]
}

macro_rules! signs {
    ($($name:ident $place:ident $drawn:expr, $ascii:expr, $role:ident, $help:literal;)+) => {
        $(pub static $name: Sign = Sign {
            place: Place::$place, drawn: $drawn, ascii: $ascii, role: Role::$role, help: $help,
        };)+
        /// All of them, in the order of the help.
        pub static SIGNS: &[&Sign] = &[$(&$name),+];
    };
}

#[rustfmt::skip]
signs! {
    CURSOR     Row    "▌", ">", Accent, "the cursor is here; dim while the keys are for another pane";
    WORKING    Row    drawn(State::Working), ascii(State::Working), Accent, "working: its agent answers, or runs a tool";
    WAITING    Row    drawn(State::Waiting), ascii(State::Waiting), Warn, "waiting for you: it asks something, or for leave to do something";
    STOPPED    Row    drawn(State::Stopped), ascii(State::Stopped), Error, "stopped inside a call, with no agent at it";
    IDLE       Row    drawn(State::Idle), ascii(State::Idle), Dim, "idle: its agent is open and has nothing to do";
    CHOSEN     Row    "✓", "x", Accent, "chosen for what is done to several at once";
    STARRED    Row    "★", "*", Accent, "starred";
    UNREAD     Row    "•", "o", Accent, "unread: something was said since your last visit";
    FOLDED     Row    "+", "+", Dim, "sub-agents, forks or copies are folded under it";
    UNFOLDED   Row    "-", "-", Dim, "they are shown";
    CHILD      Row    "├ ", "|- ", Dim, "a sub-agent, fork or copy of the row above";
    LAST_CHILD Row    "└ ", "`- ", Dim, "the last of them";
    DOWN       Column "↓", "v", Accent, "sorted by this, the largest or latest first";
    UP         Column "↑", "^", Accent, "sorted by this, the smallest or earliest first";
    GROWING    Column "~", "~", Accent, "sorted by this, and rows still come";
    NOT_YET    Column "..", "..", Dim, "not read yet; at the end of a text: cut";
    NONE       Column "-", "-", Dim, "the log does not have it";
    ESTIMATED  Column Basis::Estimated.mark(), Basis::Estimated.mark(), Text, "before a cost: made from tokens and prices, not told by the log";
    PARTIAL    Column Basis::Partial.mark(), Basis::Partial.mark(), Text, "before a cost: at least so much, for some of it has no price";
    PIN        Reader "◆", "*", Warn, "a message that you pinned";
    LINE       Reader "▎", ">", Accent, "the cursor is in this line";
    YOURS      Reader "▌ ", "| ", User, "what you asked";
    SHUT       Reader "▸ ", "> ", Dim, "folded; Enter shows what is in it";
    OPEN       Reader "▾ ", "v ", Dim, "unfolded";
    ANSWERED   Reader "  → ", "  -> ", Dim, "what a tool answered, in its first line";
    ENTER      Reader " ⏎", " [Enter]", Accent, "Enter goes in: a sub-agent, a picture";
    QUOTE      Reader "▏ ", "| ", Dim, "a quotation";
    POINT      Reader "• ", "- ", Accent, "a point of a list";
    TICKED     Reader "✓ ", "[x] ", Accent, "a point that is ticked off";
    UNTICKED   Reader "☐ ", "[ ] ", Accent, "a point that is not";
    FAILED     Reader "✗ ", "x ", Error, "in the outline: something failed in this turn";
    DONE       Steps  "✓ ", "[x] ", Add, "done";
    DOING      Steps  "▸ ", "[>] ", Accent, "being done";
    TO_DO      Steps  "☐ ", "[ ] ", Dim, "to be done";
    DROPPED    Steps  "✗ ", "[-] ", Dim, "dropped";
}

/// The sign of what an agent does with a session.
pub fn of_state(state: State) -> &'static Sign {
    match state {
        State::Working => &WORKING,
        State::Waiting => &WAITING,
        State::Stopped => &STOPPED,
        State::Idle => &IDLE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// UX 3.2, 10: each sign has a form that every terminal shows, and words for it.
    #[test]
    fn each_sign_is_told_and_has_a_plain_form() {
        for sign in SIGNS {
            assert!(
                sign.ascii.is_ascii() && !sign.ascii.trim().is_empty(),
                "{sign:?}"
            );
            let cells = crate::text::width(sign.drawn);
            assert!(cells > 0 && cells <= 4, "{sign:?}");
            let first = sign.help.chars().next().unwrap();
            assert!(
                first.is_lowercase() || sign.help.starts_with("Enter"),
                "{sign:?}"
            );
            assert!(
                !sign.help.ends_with('.') && sign.help.len() <= 72,
                "{sign:?}"
            );
        }
        for place in Place::ALL {
            assert!(SIGNS.iter().any(|sign| sign.place == place), "{place:?}");
        }
        for state in State::ALL {
            assert_eq!(of_state(state).drawn, state.marks()[0]);
            assert!(of_state(state).help.starts_with(state.word()));
        }
    }

    /// In one cell before a row no two mean different things by one sign.
    #[test]
    fn states_look_different() {
        for ascii in [false, true] {
            let all = State::ALL.map(|state| of_state(state).of(ascii));
            for (i, one) in all.iter().enumerate() {
                assert!(!all[..i].contains(one), "{one}");
            }
        }
    }
}
