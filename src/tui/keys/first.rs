//! The first page of the help: the keys of a pane that are asked for most, a word for each, in groups. The keys themselves
//! come from the map in force.

use super::Action::{self, *};
use super::Scope;

/// Keys that do like things, by the actions they are bound to.
pub struct Group {
    pub name: &'static str,
    pub cells: &'static [Cell],
}

/// One or two actions in a word, and which of their keys is meant.
pub struct Cell {
    pub actions: &'static [Action],
    pub nth: usize,
    pub word: &'static str,
}

macro_rules! group {
    ($name:literal, $([$($action:ident)+ $(/ $nth:literal)?] $word:literal),+ $(,)?) => {
        Group {
            name: $name,
            cells: &[$(Cell { actions: &[$($action),+], nth: 0 $(+ $nth)?, word: $word }),+],
        }
    };
}

#[rustfmt::skip]
static LIST: &[Group] = &[
    group!("Move", [Down Up] "session", [First Last] "start, end", [Read] "read it", [NextNeedsYou PreviousNeedsYou] "needs you", [Unfold Fold] "sub-agents", [NextPane] "pane"),
    group!("Filter", [EditQuery] "words", [PickSource] "agents", [PickProject] "projects", [PickDate] "days", [PickTag] "tags", [ThisFolder] "this folder",
        [OnlyLive] "live", [OnlyUnread] "unread", [OnlyStarred] "starred", [AllKinds] "hidden too", [ClearQuery] "clear", [SaveView] "save a view"),
    group!("Sort", [SortUpdated] "activity", [SortCost] "cost", [SortTokens] "tokens", [SortTitle] "title", [SortFlip] "turn round", [Group / 1] "by project"),
    group!("Choose", [Select] "one", [SelectRange] "a range", [SelectAll] "all"),
    group!("Mark", [Star] "star", [Tags] "tags", [Note] "a note", [Rename] "name", [Hide] "hide", [KeepCopy] "keep a copy"),
    group!("Copy", [CopyConversation] "all of it", [CopyId] "id", [CopyResume] "resume line"),
    group!("Open", [Resume] "resume", [ResumeInTab] "new tab", [Shell] "a shell"),
    group!("Export", [Export] "Markdown", [Export / 1] "a web page", [Share] "share"),
    group!("Show", [Details] "details", [Explain] "the numbers", [Settings] "settings", [Palette] "all by name", [Undo Redo] "undo, redo", [Quit] "quit"),
];

#[rustfmt::skip]
static READER: &[Group] = &[
    group!("Move", [Down Up] "line", [NextMessage PreviousMessage] "message", [NextPrompt PreviousPrompt] "prompt", [NextError PreviousError] "error",
        [NextEdit PreviousEdit] "edit", [NextHit PreviousHit] "hit", [First Last] "start, end", [NextSession PreviousSession] "session", [Follow] "follow"),
    group!("Go", [Outline] "outline", [Dearest] "dearest", [FirstUnread] "first new", [Commands] "commands", [Failures] "failures", [Files] "files"),
    group!("Fold", [FoldBlock] "block", [FoldTools] "tools", [FocusMode] "focus mode", [FoldThinking] "thinking", [OpenAll CloseAll] "all", [FoldDiffs] "diffs"),
    group!("Copy", [CopyMessage] "message", [CopyCode] "code block", [CopyConversation] "all of it", [CopyAnswer] "last answer", [CopyInput] "tool input", [CopyRedacted] "no secrets"),
    group!("Open", [Resume] "resume", [ResumeInTab] "new tab", [Shell] "a shell", [OpenFile] "the file", [OpenLink] "the address", [OpenPicture] "the picture"),
    group!("Export", [Export] "Markdown", [Export / 1] "a web page", [ExportPatch] "a patch", [Share] "share", [KeepCopy] "keep a copy"),
    group!("Show", [FindInPage] "find", [Pin] "pin", [Times] "times", [RawRecord] "as logged", [Details] "details", [Explain] "the numbers",
        [Maximise] "this pane", [Palette] "all by name", [Back] "to the list"),
];

/// The groups of a pane.
pub fn first(scope: Scope) -> &'static [Group] {
    match scope {
        Scope::Reader => READER,
        _ => LIST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A word stands whole beside its keys, and every group holds something that has keys by itself.
    #[test]
    fn words_are_short_and_keys_are_bound() {
        for scope in [Scope::List, Scope::Reader] {
            for cell in first(scope).iter().flat_map(|group| group.cells) {
                assert!(cell.word.len() <= 11, "{}", cell.word);
                for action in cell.actions {
                    let mut rows = super::super::BINDINGS.iter();
                    let has = |row: &&super::super::Binding| {
                        row.action == *action && scope.hears(row.scope) && row.keys.len() > cell.nth
                    };
                    assert!(rows.any(|row| has(&row)), "{}: {action:?}", cell.word);
                }
            }
        }
    }
}
