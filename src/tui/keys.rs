//! The one table of keys. The dispatcher, the help, the hint line and `backscroll keys` read it.

#[cfg(test)]
mod tests;

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
    /// While something lies over the panes.
    Overlay,
}

/// Everything a key can do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Action {
    Quit,
    Back,
    Escape,
    Cancel,
    Help,
    Redraw,
    Suspend,
    NextPane,
    EditQuery,
    ClearQuery,
    UndoQuery,
    FindInPage,
    Maximise,
    Details,
    Problems,
    Explain,
    Dearest,
    ToggleMouse,
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
    SortFlip,
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
    CopyMessage,
    CopyConversation,
    CopyCode,
    CopyId,
    CopyResume,
    Keep,
    Complete,
    CompleteBack,
    LookAgain,
    Demo,
}

impl Action {
    /// As it is written in settings: `sort-cost`.
    pub fn name(self) -> String {
        let mut name = String::new();
        for c in format!("{self:?}").chars() {
            if c.is_uppercase() && !name.is_empty() {
                name.push('-');
            }
            name.extend(c.to_lowercase());
        }
        name
    }
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

macro_rules! bind {
    ($scope:ident, $($key:literal)+, $action:ident, $hint:literal, $help:literal) => {
        Binding { scope: Scope::$scope, keys: &[$($key),+], action: Action::$action, hint: $hint, help: $help }
    };
}

pub static BINDINGS: &[Binding] = &[
    bind!(List, "enter" "l" "right", Read, "read", "Read the session"),
    bind!(List, "j" "down", Down, "", "Next session"),
    bind!(List, "k" "up", Up, "", "Previous session"),
    bind!(List, "ctrl-d", HalfDown, "", "Half a page down"),
    bind!(List, "ctrl-u", HalfUp, "", "Half a page up"),
    bind!(List, "pagedown", PageDown, "", "A page down"),
    bind!(List, "pageup", PageUp, "", "A page up"),
    bind!(List, "g g" "home", First, "", "First session"),
    bind!(List, "G" "end", Last, "", "Last session"),
    bind!(List, "+", Unfold, "", "Show sub-agents, forks and copies"),
    bind!(List, "-" "h" "left", Fold, "", "Fold them, or go to the parent"),
    bind!(List, "/", EditQuery, "filter", "Filter: words and fields"),
    bind!(List, "s d", SortUpdated, "", "Sort by last activity"),
    bind!(List, "s D", SortCreated, "", "Sort by start"),
    bind!(List, "s c", SortCost, "", "Sort by cost"),
    bind!(List, "s t", SortTokens, "", "Sort by tokens"),
    bind!(List, "s m", SortMessages, "", "Sort by messages"),
    bind!(List, "s u", SortDuration, "", "Sort by duration"),
    bind!(List, "s n", SortTitle, "", "Sort by title"),
    bind!(List, "s p", SortProject, "", "Sort by project"),
    bind!(List, "s a", SortAgent, "", "Sort by agent"),
    bind!(List, "s z", SortSize, "", "Sort by size on disk"),
    bind!(List, "s s", SortFlip, "", "Turn the order round"),
    bind!(List, "p", TogglePreview, "", "Preview under the list"),
    bind!(List, "r", LookAgain, "", "Look again for sessions"),
    bind!(
        List,
        "d",
        Demo,
        "",
        "Sample sessions, where none were found"
    ),
    bind!(Reader, "j" "down", Down, "", "Line down"),
    bind!(Reader, "k" "up", Up, "", "Line up"),
    bind!(Reader, "ctrl-d", HalfDown, "", "Half a page down"),
    bind!(Reader, "ctrl-u", HalfUp, "", "Half a page up"),
    bind!(Reader, "pagedown" "space", PageDown, "", "A page down"),
    bind!(Reader, "pageup" "b", PageUp, "", "A page up"),
    bind!(Reader, "g g" "home", First, "", "Start"),
    bind!(Reader, "G" "end", Last, "end", "End; follows a live session"),
    bind!(Reader, "}", NextPrompt, "prompt", "Next prompt of yours"),
    bind!(Reader, "{", PreviousPrompt, "", "Previous prompt of yours"),
    bind!(Reader, "J", NextMessage, "message", "Next message"),
    bind!(Reader, "K", PreviousMessage, "", "Previous message"),
    bind!(Reader, "g c", Dearest, "", "The turn that cost most"),
    bind!(Reader, "e", NextError, "error", "Next error"),
    bind!(Reader, "E", PreviousError, "", "Previous error"),
    bind!(Reader, "/", FindInPage, "find", "Find in this conversation"),
    bind!(Reader, "n", NextHit, "", "Next hit"),
    bind!(Reader, "N", PreviousHit, "", "Previous hit"),
    bind!(
        Reader,
        "enter",
        Open,
        "open",
        "Fold or unfold; into a sub-agent"
    ),
    bind!(Reader, "backspace", Out, "", "Out of a sub-agent"),
    bind!(Reader, "F", Follow, "follow", "Follow on or off"),
    bind!(Reader, "z a", FoldBlock, "", "Fold or unfold this block"),
    bind!(Reader, "z R", OpenAll, "", "Unfold all"),
    bind!(Reader, "z M", CloseAll, "", "Fold all"),
    bind!(Reader, "z t", FoldTools, "", "Tools: one line, short, full"),
    bind!(Reader, "z k", FoldThinking, "", "Thinking on or off"),
    bind!(Reader, "z s", FoldSystem, "", "System text on or off"),
    bind!(Reader, "h" "left", Back, "back", "Back to the list"),
    bind!(
        Any,
        "y y",
        CopyMessage,
        "",
        "Copy the session, in the reader the message"
    ),
    bind!(
        Any,
        "y c",
        CopyConversation,
        "",
        "Copy the conversation as Markdown"
    ),
    bind!(Any, "y b", CopyCode, "", "Copy the nearest code block"),
    bind!(Any, "y i", CopyId, "", "Copy the id"),
    bind!(
        Any,
        "y r",
        CopyResume,
        "",
        "Copy the command that resumes it"
    ),
    bind!(
        Any,
        "]",
        NextSession,
        "",
        "Next session, without leaving the reader"
    ),
    bind!(
        Any,
        "[",
        PreviousSession,
        "",
        "Previous session, without leaving the reader"
    ),
    bind!(Any, "tab" "backtab", NextPane, "pane", "Other pane"),
    bind!(Any, "ctrl-f", FindInPage, "", "Find in this conversation"),
    bind!(Any, "i", Details, "details", "Details of the session"),
    bind!(Any, "Z", Maximise, "", "This pane alone, and back"),
    bind!(Any, "X", ClearQuery, "", "Clear the query"),
    bind!(Any, "u", UndoQuery, "", "Undo the last change of the query"),
    bind!(Any, "!", Problems, "", "What could not be read"),
    bind!(Any, "=", Explain, "", "Where tokens and cost come from"),
    bind!(Any, "M", ToggleMouse, "", "Mouse on or off"),
    bind!(Any, "?" "f1", Help, "help", "All keys"),
    bind!(Any, "ctrl-l", Redraw, "", "Draw anew"),
    bind!(Any, "ctrl-z", Suspend, "", "Suspend"),
    bind!(Any, "esc", Escape, "", "One step back; never quits"),
    bind!(Any, "q", Quit, "quit", "Back one level, then quit"),
    bind!(Any, "ctrl-c", Cancel, "", "Quit"),
    bind!(Input, "enter", Keep, "keep", "Keep it, back to the list"),
    bind!(
        Input,
        "esc",
        Escape,
        "leave",
        "Leave the input, keep the text"
    ),
    bind!(Input, "down" "ctrl-n", Down, "", "Next session while typing"),
    bind!(Input, "up" "ctrl-p", Up, "", "Previous session while typing"),
    bind!(
        Input,
        "tab",
        Complete,
        "complete",
        "Complete: the next offer"
    ),
    bind!(Input, "backtab", CompleteBack, "", "The offer before"),
    bind!(Input, "ctrl-c", Cancel, "", "Leave the input"),
    bind!(
        Find,
        "enter",
        Keep,
        "jump",
        "To the first hit; n and N go on from there"
    ),
    bind!(
        Find,
        "esc",
        Escape,
        "leave",
        "Leave the input, keep the text"
    ),
    bind!(Find, "down" "ctrl-n", NextHit, "next", "Next hit while typing"),
    bind!(Find, "up" "ctrl-p", PreviousHit, "", "Previous hit while typing"),
    bind!(Find, "ctrl-c", Cancel, "", "Leave the input"),
    bind!(Overlay, "esc" "q" "?" "i" "!" "=" "enter", Back, "close", "Close it"),
    bind!(Overlay, "j" "down", Down, "down", "Down"),
    bind!(Overlay, "k" "up", Up, "up", "Up"),
    bind!(Overlay, "pagedown" "space" "ctrl-d", PageDown, "", "A page down"),
    bind!(Overlay, "pageup" "b" "ctrl-u", PageUp, "", "A page up"),
    bind!(Overlay, "g g" "home", First, "", "Start"),
    bind!(Overlay, "G" "end", Last, "", "End"),
    bind!(Overlay, "ctrl-c", Cancel, "", "Quit"),
];

impl Scope {
    pub fn word(self) -> &'static str {
        match self {
            Scope::Any => "Everywhere",
            Scope::List => "List",
            Scope::Reader => "Reader",
            Scope::Input => "Typing a query",
            Scope::Find => "Typing what to find",
            Scope::Overlay => "Over the panes",
        }
    }

    /// Whether bindings of another scope hold here.
    fn hears(self, other: Scope) -> bool {
        self == other || other == Scope::Any && matches!(self, Scope::List | Scope::Reader)
    }
}

/// What a key means now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Meaning {
    Action(Action),
    /// The first of two keys.
    Prefix(String),
    Nothing,
}

/// Looks up a key behind an open prefix, if there is one.
pub fn meaning(scope: Scope, prefix: Option<&str>, key: &str) -> Meaning {
    let whole = match prefix {
        Some(prefix) => format!("{prefix} {key}"),
        None => key.to_owned(),
    };
    // The pane's own bindings come before those that hold everywhere.
    let own = BINDINGS.iter().filter(|b| b.scope == scope);
    let shared = BINDINGS
        .iter()
        .filter(|b| b.scope != scope && scope.hears(b.scope));
    for binding in own.chain(shared) {
        if binding.keys.contains(&whole.as_str()) {
            return Meaning::Action(binding.action);
        }
    }
    let start = format!("{whole} ");
    let begins =
        |b: &&Binding| scope.hears(b.scope) && b.keys.iter().any(|k| k.starts_with(&start));
    if BINDINGS.iter().any(|b| begins(&b)) {
        Meaning::Prefix(whole)
    } else {
        Meaning::Nothing
    }
}

/// The bindings behind a prefix.
pub fn menu(scope: Scope, prefix: &str) -> Vec<(String, &'static str)> {
    let start = format!("{prefix} ");
    let held = BINDINGS.iter().filter(|b| scope.hears(b.scope));
    held.flat_map(|b| {
        b.keys
            .iter()
            .filter_map(|k| Some((k.strip_prefix(&start)?.to_owned(), b.help)))
    })
    .collect()
}

/// What a prefix is for, in the hint line.
const PREFIXES: &[(Scope, &str, &str)] = &[
    (Scope::List, "s", "sort"),
    (Scope::Reader, "z", "fold"),
    (Scope::Any, "y", "copy"),
];

/// Keys that stand first in the hint line of a pane, so that a narrow screen shows the way out and the help.
const FIRST_HINTS: &[(Scope, &[&str])] = &[
    (Scope::List, &["enter", "/", "s", "y", "?", "q", "tab", "i"]),
    (
        Scope::Reader,
        &["h", "}", "/", "?", "y", "z", "e", "F", "enter"],
    ),
];

/// Hints for a scope: the first key of each binding that has a word, and the prefixes.
pub fn hints(scope: Scope) -> Vec<(&'static str, &'static str)> {
    let held = BINDINGS
        .iter()
        .filter(|b| scope.hears(b.scope) && !b.hint.is_empty());
    let bound = held.filter_map(|b| Some((*b.keys.first()?, b.hint)));
    let prefixes = PREFIXES.iter().filter(|(of, ..)| scope.hears(*of));
    let mut hints: Vec<_> = bound
        .chain(prefixes.map(|(_, key, hint)| (*key, *hint)))
        .collect();
    let order = FIRST_HINTS.iter().find(|(of, _)| *of == scope);
    let order = order.map_or(&[][..], |(_, keys)| keys);
    hints.sort_by_key(|(key, _)| order.iter().position(|k| k == key).unwrap_or(order.len()));
    hints
}

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
        KeyCode::F(n) => format!("f{n}"),
        _ => return None,
    };
    Some(if event.modifiers.contains(KeyModifiers::CONTROL) {
        format!("ctrl-{name}")
    } else {
        name
    })
}

/// The event that a spelling stands for: for scripts and tests.
pub fn event(spelling: &str) -> Option<KeyEvent> {
    let (name, modifiers) = match spelling.strip_prefix("ctrl-") {
        Some(name) => (name, KeyModifiers::CONTROL),
        None => (spelling, KeyModifiers::NONE),
    };
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
        "f1" => KeyCode::F(1),
        _ => KeyCode::Char(name.chars().next().filter(|_| name.chars().count() == 1)?),
    };
    Some(KeyEvent::new(code, modifiers))
}
