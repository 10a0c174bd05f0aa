//! Why an action cannot be done where somebody is.

use super::super::app::{App, Pane};
use super::super::keys::{Action, Scope};

/// Why an action cannot be done now.
pub fn why_not(app: &App, scope: Scope, action: Action) -> Option<&'static str> {
    match scope {
        Scope::Reader if app.focus != Pane::Reader => Some("in a conversation"),
        Scope::List if app.focus != Pane::List => Some("in the list"),
        Scope::List | Scope::Reader | Scope::Any => action.why_not(app),
        _ => Some("while typing there"),
    }
}

impl Action {
    /// Moves the cursor and does nothing else: nobody looks for that by name.
    pub fn is_move(self) -> bool {
        matches!(
            self,
            Action::Down
                | Action::Up
                | Action::HalfDown
                | Action::HalfUp
                | Action::PageDown
                | Action::PageUp
        )
    }

    /// What it lacks here.
    fn why_not(self, app: &App) -> Option<&'static str> {
        let needs_session = matches!(
            self,
            Action::Read | Action::Explain | Action::FindInPage | Action::Share | Action::Unshare
        ) || self.is_copy() && self != Action::CopyQuery;
        match self {
            _ if needs_session && app.subject().is_none() => Some("needs a session"),
            Action::Out if app.outer.is_empty() => Some("in a sub-agent"),
            _ => None,
        }
    }
}
