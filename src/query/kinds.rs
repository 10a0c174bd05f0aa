//! Kinds of values that stand behind a field's colon.

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
