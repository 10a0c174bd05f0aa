//! The parts of what was said.

use super::fields::{FIELDS, Field, Get};
use super::{Query, Sought};

/// A part of what was said, by who said it or what it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scope {
    User,
    Assistant,
    Thinking,
    System,
    /// The name of a tool.
    Tool,
    Command,
    /// A file that was read or written.
    Touched,
    Wrote,
    Read,
    /// What a tool was given besides.
    Input,
    Output,
}

impl Scope {
    /// Those that texts have.
    pub const ALL: [Scope; 10] = [
        Scope::User,
        Scope::Assistant,
        Scope::Thinking,
        Scope::System,
        Scope::Tool,
        Scope::Command,
        Scope::Wrote,
        Scope::Read,
        Scope::Input,
        Scope::Output,
    ];

    pub fn is_path(self) -> bool {
        matches!(self, Scope::Touched | Scope::Wrote | Scope::Read)
    }

    /// Whether what stands in `other` is asked for by this.
    pub fn holds(self, other: Scope) -> bool {
        self == other || self == Scope::Touched && other.is_path()
    }

    /// The name of the field that asks for it; arguments have none.
    pub fn word(self) -> &'static str {
        let asks = |field: &&Field| matches!(field.get, Get::Said(scope) if scope == self);
        FIELDS
            .iter()
            .find(asks)
            .map_or("argument", |field| field.name)
    }
}

impl Query {
    /// Whether places in conversations answer it, which can be shown: words do, and what a conversation has as a whole, or
    /// what it must not have, stands nowhere.
    pub fn has_places(&self) -> bool {
        let mut has = false;
        self.each_sought(&mut |sought, negated| {
            has |= !negated
                && match sought {
                    Sought::Word(_) => true,
                    Sought::Field(test) => test.scope().is_some() && !test.only_bars(),
                };
        });
        has
    }
}
