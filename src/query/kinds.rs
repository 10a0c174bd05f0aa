//! Kinds of values that stand behind a field's colon, and where a row has them.

use jiff::Timestamp;

use super::Scope;
use crate::model::{Gist, Row};

/// What a field's values are, and so how they are written and compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldKind {
    /// A source by slug, alias, name or code.
    Source,
    /// A part of a name; `=` before a whole one.
    Text,
    /// A part of a path, or a pattern with stars.
    Path,
    /// A number, with `k`, `M`, `G` or `T`.
    Count,
    /// US dollars.
    Money,
    Date,
    /// A time to come: how far off, or a date.
    Ahead,
    /// A time span: `90s`, `5m`, `2h`, `3d`.
    Duration,
    /// Bytes, with `KB`, `MB` or `GB`.
    Size,
    /// One of [`super::flags::FLAGS`].
    Flag,
    /// One of [`crate::model::Holding`].
    Holding,
    /// Words in what was said.
    Said,
}

impl FieldKind {
    /// Values that are asked for most, in the order in which they are offered; none where rows tell them, or nobody can.
    pub fn presets(self) -> &'static [&'static str] {
        match self {
            FieldKind::Date => &[
                "today",
                "yesterday",
                "7d",
                "30d",
                "this-week",
                "last-week",
                "this-month",
                "last-month",
            ],
            FieldKind::Ahead => &["<2d", "<7d", "<30d", "?"],
            FieldKind::Count => &["0", ">0", ">10", ">100", ">100k", ">1M"],
            FieldKind::Money => &[">0.1", ">1", ">10", ">100", "?"],
            FieldKind::Duration => &[">5m", ">1h", ">8h", ">1d"],
            FieldKind::Size => &[">100KB", ">1MB", ">10MB", ">100MB"],
            _ => &[],
        }
    }
}

/// Tells each text of a row that a field compares.
type Texts = fn(&Row, &mut dyn FnMut(&str));

/// Where a row has the value. Absent is unknown.
#[derive(Clone, Copy, Debug)]
pub enum Get {
    Source,
    Flag,
    Texts(Texts),
    /// In billionths, so that counts and money are compared alike.
    Number(fn(&Row) -> Option<i128>),
    Time(fn(&Row) -> Option<Timestamp>),
    /// Not in the row: in the conversation.
    Said(Scope),
    /// Not in the row: worked out from the conversation. In billionths.
    Gist(fn(&Gist) -> Option<i128>),
    /// The same: whether it holds something.
    Holds,
}
