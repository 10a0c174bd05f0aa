//! What `is:` and `has:` can ask of a session.

use super::lookup::none_of;
use super::values::{Check, What, Wrong};
use crate::model::{Kind, Row, State};

/// What `is:` can ask.
#[derive(Debug)]
pub(super) struct Flag {
    pub name: &'static str,
    pub said: &'static str,
    pub holds: fn(&Row) -> bool,
}

pub(super) static FLAGS: &[Flag] = &[
    Flag {
        name: "sub",
        said: "a sub-agent",
        holds: |row| row.session.kind == Kind::SubAgent,
    },
    Flag {
        name: "fork",
        said: "a fork",
        holds: |row| row.session.kind == Kind::Fork,
    },
    Flag {
        name: "copy",
        said: "a copy",
        holds: |row| row.session.kind == Kind::Copy,
    },
    Flag {
        name: "empty",
        said: "empty",
        holds: |row| row.session.is_empty(),
    },
    Flag {
        name: "archived",
        said: "archived",
        holds: |row| row.session.flags.archived,
    },
    Flag {
        name: "unpriced",
        said: "without a price",
        holds: |row| row.all.unpriced().next().is_some(),
    },
    Flag {
        name: "auto",
        said: "automated",
        holds: |row| row.session.flags.automated,
    },
    Flag {
        name: "starred",
        said: "starred",
        holds: Row::is_starred,
    },
    Flag {
        name: "hidden",
        said: "hidden by hand",
        holds: Row::is_hidden,
    },
    Flag {
        name: "unread",
        said: "unread since the last visit",
        holds: Row::is_unread,
    },
    Flag {
        name: "orphan",
        said: "of a directory that is gone",
        holds: |row| row.is_gone,
    },
    Flag {
        name: "shared",
        said: "shared",
        holds: |row| row.share.is_some(),
    },
    Flag {
        name: "live",
        said: "with an agent open, or stopped at work",
        holds: |row| row.state.is_some(),
    },
    Flag {
        name: "working",
        said: "at work",
        holds: |row| row.state == Some(State::Working),
    },
    Flag {
        name: "waiting",
        said: "waiting for you",
        holds: |row| row.state == Some(State::Waiting),
    },
    Flag {
        name: "stopped",
        said: "stopped inside a call",
        holds: |row| row.state == Some(State::Stopped),
    },
    Flag {
        name: "idle",
        said: "idle",
        holds: |row| row.state == Some(State::Idle),
    },
];

/// Those that ask what agents do now.
pub(super) const STATES: &[&str] = &["live", "working", "waiting", "stopped", "idle"];

/// Reads what stands behind `is:`.
pub(super) fn flag(value: &str) -> Result<Check, Wrong> {
    let value = value.to_lowercase();
    let known = |flag: &&Flag| flag.name == value;
    if let Some(flag) = FLAGS.iter().find(known) {
        return Ok(Check {
            what: What::Flag(flag.name),
            said: flag.said.into(),
        });
    }
    let names = FLAGS.iter().map(|f| f.name);
    if names.clone().any(|name| name.starts_with(&value)) {
        return Err(Wrong::Incomplete);
    }
    Err(Wrong::Value(none_of(&value, names)))
}
