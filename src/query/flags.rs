//! What `is:` and `has:` can ask of a session.

use crate::model::{Kind, Row};

/// What `is:` can ask.
#[derive(Debug)]
pub(super) struct Flag {
    pub name: &'static str,
    pub said: &'static str,
    pub holds: fn(&Row) -> bool,
}

static FLAGS: &[Flag] = &[
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
        name: "orphan",
        said: "of a directory that is gone",
        holds: |row| row.is_gone,
    },
    Flag {
        name: "shared",
        said: "shared",
        holds: |row| row.share.is_some(),
    },
];

/// What `has:` can ask.
static HAVINGS: &[Flag] = &[Flag {
    name: "share",
    said: "with a link for others",
    holds: |row| row.share.is_some(),
}];

/// Values of `has:` that are part of the language and not built yet.
const LATER_HAVINGS: &[&str] = &[
    "thinking",
    "image",
    "diff",
    "error",
    "todo",
    "note",
    "compaction",
    "summary",
];

/// Values of `is:` that are part of the language and not built yet.
const LATER_FLAGS: &[&str] = &[
    "live", "working", "waiting", "stopped", "idle", "unread", "starred", "hidden",
];

/// What a field can ask, and what it will be able to.
pub(super) fn of(field: &str) -> (&'static [Flag], &'static [&'static str]) {
    match field {
        "is" => (FLAGS, LATER_FLAGS),
        "has" => (HAVINGS, LATER_HAVINGS),
        _ => (&[], &[]),
    }
}
