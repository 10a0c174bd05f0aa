//! What can be told of an action by itself.

use super::Action;

impl Action {
    /// Whether it needs sessions to be there.
    pub fn is_about_sessions(self) -> bool {
        let others = [
            Action::Quit,
            Action::Cancel,
            Action::Escape,
            Action::Redraw,
            Action::Suspend,
            Action::Help,
            Action::Palette,
            Action::Messages,
            Action::Problems,
            Action::LookAgain,
            Action::AddFolder,
            Action::Demo,
            Action::ToggleMouse,
            Action::ToggleMask,
            Action::Settings,
            // The last session may have gone to the trash a moment ago.
            Action::Undo,
            Action::Redo,
        ];
        !others.contains(&self)
    }

    /// Whether it puts something into the clipboard.
    pub fn is_copy(self) -> bool {
        matches!(
            self,
            Action::CopyMessage
                | Action::CopyConversation
                | Action::CopyCode
                | Action::CopyId
                | Action::CopyResume
                | Action::CopyPrompts
                | Action::CopyNth
                | Action::CopyInput
                | Action::CopyOutput
                | Action::CopyDiff
                | Action::CopyAnswer
                | Action::CopyPrompt
                | Action::CopyShortId
                | Action::CopyPath
                | Action::CopyDir
                | Action::CopyShare
                | Action::CopyLink
                | Action::CopyQuery
                | Action::CopyRedacted
                | Action::CopyExported
        )
    }

    /// What each key of a binding means, where they mean different things.
    pub fn labels(self) -> &'static [&'static str] {
        match self {
            Action::Group => &[
                "Group by day",
                "Group by project",
                "Group by agent",
                "In no groups",
            ],
            Action::Export => &[
                "Export as Markdown",
                "Export as HTML",
                "Export as JSON",
                "Export as plain text",
                "Export as DeepEval test cases",
                "Export as OpenAI Evals lines",
                "Export the listed rows as CSV",
            ],
            _ => &[],
        }
    }

    /// As it is written in settings: `sort-cost`.
    pub fn name(self) -> String {
        kebab(&format!("{self:?}"))
    }
}

pub(super) fn kebab(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.extend(c.to_lowercase());
    }
    out
}
