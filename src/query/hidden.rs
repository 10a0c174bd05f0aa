//! Which kinds of sessions a plain list leaves out, and a query asks for by name.

use crate::model::{Kind, Row};

/// Kinds of sessions that are left out of a plain list, true where a query asks for them by name.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Hidden {
    pub sub: bool,
    pub fork: bool,
    pub copy: bool,
    pub empty: bool,
    pub archived: bool,
    /// Hidden by hand.
    pub hidden: bool,
}

impl Hidden {
    /// None is left out.
    pub const ALL: Hidden = Hidden {
        sub: true,
        fork: true,
        copy: true,
        empty: true,
        archived: true,
        hidden: true,
    };

    /// What a row is when it stays out of a plain list. Forks and archived sessions are listed anyway.
    pub fn class(&self, row: &Row) -> Option<&'static str> {
        if row.is_hidden() && !self.hidden {
            return Some("hidden");
        }
        match row.session.kind {
            Kind::SubAgent if !self.sub => Some("sub-agents"),
            Kind::Copy if !self.copy => Some("copies"),
            Kind::Main | Kind::Fork if row.session.is_empty() && !self.empty => Some("empty"),
            _ => None,
        }
    }

    /// Whether a row's money stands in totals. All of it does, listed or not, but for what is summed into the row above.
    pub fn counts(&self, row: &Row) -> bool {
        let alone = row.root == *row.id();
        match row.session.kind {
            Kind::SubAgent => self.sub || alone,
            Kind::Copy => self.copy || alone,
            Kind::Main | Kind::Fork => true,
        }
    }
}
