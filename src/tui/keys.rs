//! The one table of keys, and the map that presets and settings make of it. The dispatcher, the help, the hint line and
//! `backscroll keys` read the map.

mod actions;
mod answers;
mod bindings;
mod first;
mod map;
mod presets;
mod spelling;
#[cfg(test)]
mod tests;

use actions::kebab;
pub use answers::Answers;
pub use bindings::BINDINGS;
pub use first::{Cell, first};
pub use map::{Bound, KeyMap, scopes};
pub use spelling::{leads_out, spelling};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// Where a binding holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scope {
    /// List and reader alike.
    Any,
    List,
    Reader,
    /// While the query is typed.
    Input,
    /// While it is typed what to find in a conversation.
    Find,
    /// While a view gets its name.
    Name,
    /// While a list to choose from is open.
    Picker,
    /// While the palette or the help is open.
    Palette,
    /// In the list, where nothing matches the query.
    NoMatch,
    /// Where no sessions are.
    FirstRun,
    /// While a question waits for an answer.
    Dialog,
    /// While a form is filled in.
    Form,
    /// While something lies over the panes.
    Overlay,
    /// In the dialog of settings.
    Settings,
}

/// Everything a key can do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Action {
    Quit,
    Back,
    Escape,
    Cancel,
    Help,
    Palette,
    Messages,
    Redraw,
    Suspend,
    NextPane,
    EditQuery,
    ClearQuery,
    Undo,
    Redo,
    Select,
    SelectRange,
    SelectAll,
    FindInPage,
    Maximise,
    Narrower,
    Wider,
    Details,
    Problems,
    Explain,
    Dearest,
    ToggleMouse,
    ToggleMask,
    Down,
    Up,
    HalfDown,
    HalfUp,
    PageDown,
    PageUp,
    First,
    Last,
    Read,
    Unfold,
    Fold,
    NextSession,
    PreviousSession,
    NextNeedsYou,
    PreviousNeedsYou,
    TogglePreview,
    SortUpdated,
    SortCreated,
    SortCost,
    SortTokens,
    SortMessages,
    SortDuration,
    SortTitle,
    SortProject,
    SortAgent,
    SortSize,
    SortRelevance,
    SortFlip,
    Group,
    NextMessage,
    PreviousMessage,
    NextPrompt,
    PreviousPrompt,
    NextError,
    PreviousError,
    NextHit,
    PreviousHit,
    Open,
    Out,
    Follow,
    FoldBlock,
    OpenAll,
    CloseAll,
    FoldTools,
    FoldThinking,
    FoldSystem,
    ShowMore,
    FoldCode,
    FocusMode,
    FoldDiffs,
    RawRecord,
    OpenPicture,
    OpenLink,
    OpenFile,
    Inside,
    NextEdit,
    PreviousEdit,
    FirstUnread,
    NextCompaction,
    Outline,
    GoToParent,
    Times,
    CutLines,
    Pin,
    Pins,
    CopyMessage,
    CopyConversation,
    CopyCode,
    CopyId,
    CopyResume,
    CopyPrompts,
    CopyNth,
    CopyInput,
    CopyOutput,
    CopyDiff,
    CopyAnswer,
    CopyPrompt,
    CopyShortId,
    CopyPath,
    CopyDir,
    CopyShare,
    CopyLink,
    CopyQuery,
    CopyRedacted,
    CopyExported,
    Delete,
    Export,
    ExportPatch,
    KeepCopy,
    Share,
    Unshare,
    Resume,
    ResumeInTab,
    NewSession,
    Fork,
    Shell,
    OpenLog,
    OpenDir,
    Settings,
    Commands,
    Failures,
    Files,
    Fetches,
    Changes,
    Lineage,
    Keep,
    Complete,
    CompleteBack,
    OlderQuery,
    OtherForm,
    NewerQuery,
    LookAgain,
    AddFolder,
    Demo,
    PickSource,
    PickProject,
    PickModel,
    PickDate,
    ThisFolder,
    OnlyErrors,
    PickTag,
    OnlyLive,
    OnlyUnread,
    OnlyStarred,
    OnlyExpiring,
    Star,
    Hide,
    Rename,
    Tags,
    Note,
    AllKinds,
    OpenView,
    SaveView,
    DropClause,
    Forgive,
    Mark,
    Left,
    Right,
    Yes,
    Later,
    Earlier,
    Reset,
    OtherList,
}

/// Keys, and what they do there.
pub struct Binding {
    pub scope: Scope,
    /// One spelling each; two keys with a space between them are a prefix and its letter.
    pub keys: &'static [&'static str],
    pub action: Action,
    /// The word in the hint line; empty keeps it out.
    pub hint: &'static str,
    pub help: &'static str,
}

impl Scope {
    pub fn word(self) -> &'static str {
        match self {
            Scope::Any => "Everywhere",
            Scope::List => "List",
            Scope::Reader => "Reader",
            Scope::Input => "Typing a query",
            Scope::Find => "Typing what to find",
            Scope::Name => "Typing a name",
            Scope::Picker => "Choosing from a list",
            Scope::Palette => "In the palette and in this help",
            Scope::NoMatch => "Where nothing matches",
            Scope::FirstRun => "Where no sessions are",
            Scope::Dialog => "Answering a question",
            Scope::Form => "Filling in a form",
            Scope::Overlay => "Over the panes",
            Scope::Settings => "In the settings",
        }
    }

    /// As it is written in settings: `list`, `no-match`.
    pub fn name(self) -> String {
        match self {
            Scope::Reader => "read".to_owned(),
            other => kebab(&format!("{other:?}")),
        }
    }

    /// Whether a person means it by this name.
    pub fn is_called(self, name: &str) -> bool {
        self.name() == name || kebab(&format!("{self:?}")) == name
    }

    /// Whether it is of the list or the reader themselves, with nothing over them.
    pub fn is_pane(self) -> bool {
        matches!(self, Scope::List | Scope::Reader | Scope::NoMatch)
    }

    /// Whether bindings of another scope hold here.
    pub fn hears(self, other: Scope) -> bool {
        let panes = [Scope::List, Scope::Reader, Scope::NoMatch, Scope::FirstRun];
        self == other
            || other == Scope::Any && panes.contains(&self)
            || other == Scope::List && self == Scope::NoMatch
    }
}

/// What a key means now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// What it does, and which of its binding's keys it is.
    Action(Action, usize),
    /// The first of two keys.
    Prefix(String),
    Nothing,
}

/// More keys than this for one thing are a row of digits, which is said by its ends.
const ROW: usize = 4;

/// Keys as they are listed: one by one, or a row of digits as `f 1-9`.
fn listed<K: AsRef<str>>(keys: &[K]) -> Vec<String> {
    let is_digit = |key: &K| key.as_ref().ends_with(|c: char| c.is_ascii_digit());
    match keys {
        [first, .., last] if keys.len() > ROW && keys.iter().all(is_digit) => {
            let last = last.as_ref();
            let last = last.rsplit(' ').next().unwrap_or(last);
            vec![format!("{}-{last}", first.as_ref())]
        }
        keys => keys.iter().map(|key| key.as_ref().to_owned()).collect(),
    }
}

impl Binding {
    /// Its keys as they are listed: one by one, or a row of digits as `f 1-9`.
    pub fn listed(&self) -> Vec<String> {
        listed(self.keys)
    }
}

/// What a prefix is for, in the hint line.
const PREFIXES: &[(Scope, &str, &str)] = &[
    (Scope::List, "s", "sort"),
    (Scope::List, "f", "only"),
    (Scope::Reader, "z", "fold"),
    (Scope::Reader, "g", "go"),
    (Scope::Any, "y", "copy"),
    (Scope::Any, "x", "export"),
    (Scope::Any, "o", "open"),
];

/// Keys that stand first in the hint line of a pane, so that a narrow screen shows the way out and the help.
const FIRST_HINTS: &[(Scope, &[&str])] = &[
    (
        Scope::List,
        &["enter", "/", "f", "s", "y", "?", "q", "tab", "i"],
    ),
    (Scope::NoMatch, &["1", "~", "/", "f", "?", "q"]),
    (
        Scope::Reader,
        &["h", "}", "/", "?", "y", "z", "e", "F", "enter"],
    ),
];

/// A key as the table spells it; none for keys nobody can name.
pub fn spell(event: &KeyEvent) -> Option<String> {
    let name = match event.code {
        KeyCode::Char(' ') => "space".to_owned(),
        KeyCode::Char(c) => c.to_string(),
        KeyCode::Enter => "enter".into(),
        KeyCode::Esc => "esc".into(),
        KeyCode::Tab => "tab".into(),
        KeyCode::BackTab => "backtab".into(),
        KeyCode::Backspace => "backspace".into(),
        KeyCode::Up => "up".into(),
        KeyCode::Down => "down".into(),
        KeyCode::Left => "left".into(),
        KeyCode::Right => "right".into(),
        KeyCode::Home => "home".into(),
        KeyCode::End => "end".into(),
        KeyCode::PageUp => "pageup".into(),
        KeyCode::PageDown => "pagedown".into(),
        KeyCode::Insert => "insert".into(),
        KeyCode::Delete => "delete".into(),
        KeyCode::F(n) => format!("f{n}"),
        _ => return None,
    };
    // Escape and a letter close together look like the letter with Alt, so of that nothing is made.
    let is_letter = matches!(event.code, KeyCode::Char(_));
    Some(if event.modifiers.contains(KeyModifiers::CONTROL) {
        format!("ctrl-{name}")
    } else if event.modifiers.contains(KeyModifiers::ALT) && !is_letter {
        format!("alt-{name}")
    } else {
        name
    })
}

/// Keys as they are printed on them.
pub fn printed(key: &str) -> String {
    match key {
        "pagedown" => "PageDown".into(),
        "pageup" => "PageUp".into(),
        "backtab" => "Shift+Tab".into(),
        _ if key.chars().count() == 1 || key.contains(' ') => key.to_owned(),
        _ => match key.strip_prefix("ctrl-") {
            Some(letter) => format!("Ctrl+{letter}"),
            None => {
                let (first, rest) = key.split_at_checked(1).unwrap_or(("", key));
                format!("{}{rest}", first.to_ascii_uppercase())
            }
        },
    }
}

/// The event that a spelling stands for: for scripts and tests.
pub fn event(spelling: &str) -> Option<KeyEvent> {
    let held = |prefix, modifiers| Some((spelling.strip_prefix(prefix)?, modifiers));
    let (name, modifiers) = held("ctrl-", KeyModifiers::CONTROL)
        .or_else(|| held("alt-", KeyModifiers::ALT))
        .unwrap_or((spelling, KeyModifiers::NONE));
    let code = match name {
        "space" => KeyCode::Char(' '),
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "backtab" => KeyCode::BackTab,
        "backspace" => KeyCode::Backspace,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pageup" => KeyCode::PageUp,
        "pagedown" => KeyCode::PageDown,
        "insert" => KeyCode::Insert,
        "delete" => KeyCode::Delete,
        _ if name.chars().count() == 1 => KeyCode::Char(name.chars().next()?),
        _ => KeyCode::F(name.strip_prefix('f')?.parse().ok()?),
    };
    Some(KeyEvent::new(code, modifiers))
}
