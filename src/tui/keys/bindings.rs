//! Every key, declared once: dispatch, help, hints, README and `backscroll keys` read this table.

use super::Action::*;
use super::{Binding, Scope};

macro_rules! bind {
    ($scope:ident, $($key:literal)*, $action:ident, $hint:literal, $help:literal) => {
        Binding { scope: Scope::$scope, keys: &[$($key),*], action: $action, hint: $hint, help: $help }
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
    bind!(List, "space", Select, "", "Choose it and go down"),
    bind!(List, "v", SelectRange, "", "Choose a range; again ends it"),
    bind!(
        List,
        "ctrl-a",
        SelectAll,
        "",
        "Choose all that are shown, or none"
    ),
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
    bind!(List, "s r", SortRelevance, "", "Sort by how well words fit"),
    bind!(List, "s s", SortFlip, "", "Turn the order round"),
    bind!(List, "g 1" "g 2" "g 3" "g 0", Group, "", "In groups by day, project, agent; in none"),
    bind!(List, "f s", PickSource, "", "Agents to choose from"),
    bind!(List, "f p", PickProject, "", "Projects to choose from"),
    bind!(List, "f m", PickModel, "", "Models to choose from"),
    bind!(List, "f d", PickDate, "", "Days to choose from"),
    bind!(List, "f w", ThisFolder, "", "This folder, or everywhere"),
    bind!(List, "f e", OnlyErrors, "", "With errors, or all"),
    bind!(List, "f t", PickTag, "", "Tags to choose from"),
    bind!(List, "f o", OnlyUnread, "", "Unread, or all"),
    bind!(List, "f *", OnlyStarred, "", "Starred, or all"),
    bind!(
        List,
        "f h",
        AllKinds,
        "",
        "Sub-agents, copies, empty: shown or not"
    ),
    bind!(List, "f x", ClearQuery, "", "Clear the query"),
    bind!(List, "f 1" "f 2" "f 3" "f 4" "f 5" "f 6" "f 7" "f 8" "f 9", OpenView, "", "A view that was saved"),
    bind!(List, "f V", SaveView, "", "Save the query as a view"),
    bind!(NoMatch, "1" "2" "3" "4" "5" "6", DropClause, "drop a clause", "Drop that clause of the query"),
    bind!(
        NoMatch,
        "~",
        Forgive,
        "forgive slips",
        "Forgive slips of the fingers in words"
    ),
    bind!(List, "p", TogglePreview, "", "Preview under the list"),
    bind!(
        FirstRun,
        "r",
        LookAgain,
        "look again",
        "Look again for sessions"
    ),
    bind!(
        FirstRun,
        "d",
        Demo,
        "sample",
        "Open with the sample sessions"
    ),
    bind!(List, "*", Star, "", "Star it, or take the star off"),
    bind!(List, "t", Tags, "tag", "Its tags"),
    bind!(List, "r", Rename, "", "Give it a name of your own"),
    bind!(List, "N", Note, "", "A note on it"),
    bind!(List, "d", Hide, "", "Hide it, or show it again"),
    bind!(
        List,
        "D",
        Delete,
        "",
        "Move its log to the trash, if settings allow it"
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
    bind!(
        Reader,
        "g u",
        FirstUnread,
        "",
        "The first message since the last visit"
    ),
    bind!(
        Reader,
        "g k",
        NextCompaction,
        "",
        "The next place where it was compacted"
    ),
    bind!(
        Reader,
        "g o",
        Outline,
        "",
        "Outline: prompts and what each cost"
    ),
    bind!(
        Reader,
        "g p",
        GoToParent,
        "",
        "The parent; of a fork, where it was forked"
    ),
    bind!(Reader, "a", NextEdit, "", "Next edit"),
    bind!(Reader, "A", PreviousEdit, "", "Previous edit"),
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
    bind!(Reader, "z o", ShowMore, "", "More of this block"),
    bind!(
        Reader,
        "z t",
        FoldTools,
        "",
        "Tools: off, one line, short, full"
    ),
    bind!(Reader, "z k", FoldThinking, "", "Thinking on or off"),
    bind!(Reader, "z s", FoldSystem, "", "System text on or off"),
    bind!(Reader, "z g", Inside, "", "Sub-agents shown here, or not"),
    bind!(Reader, "z c", FoldCode, "", "Blocks of code long or short"),
    bind!(
        Reader,
        "z f",
        FocusMode,
        "",
        "Prompts and final answers only, or all"
    ),
    bind!(
        Reader,
        "z d",
        FoldDiffs,
        "",
        "Diffs: unified, side by side, off"
    ),
    bind!(
        Reader,
        "z r",
        RawRecord,
        "",
        "This message as data, or as a page"
    ),
    bind!(Reader, "T", Times, "", "Times: both, relative, clock, off"),
    bind!(
        Reader,
        "w",
        CutLines,
        "",
        "Long lines of code wrapped or cut"
    ),
    bind!(
        Reader,
        "m",
        Pin,
        "",
        "Pin this message, or take the pin out"
    ),
    bind!(Reader, "'", Pins, "", "Pinned messages to choose from"),
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
        "y r" "o c",
        CopyResume,
        "",
        "Copy the command that resumes it"
    ),
    bind!(Any, "y p", CopyPrompts, "", "Copy prompts and answers only"),
    bind!(
        Any,
        "y R",
        CopyRedacted,
        "",
        "Copy the conversation without secrets"
    ),
    bind!(Any, "y l", CopyAnswer, "", "Copy the last answer"),
    bind!(Any, "y P", CopyPrompt, "", "Copy the last prompt"),
    bind!(Any, "y s", CopyShortId, "", "Copy the short id"),
    bind!(Any, "y f", CopyPath, "", "Copy the path of its log"),
    bind!(Any, "y w", CopyDir, "", "Copy its working directory"),
    bind!(Any, "y u", CopyShare, "", "Copy its share link"),
    bind!(Any, "y q", CopyQuery, "", "Copy the query as a command"),
    bind!(
        Reader,
        "y t",
        CopyInput,
        "",
        "Copy what the tool was asked; a command as typed"
    ),
    bind!(Reader, "y o", CopyOutput, "", "Copy what the tool answered"),
    bind!(Reader, "y d", CopyDiff, "", "Copy the diff of this edit"),
    bind!(
        Reader,
        "y k",
        CopyLink,
        "",
        "Copy the command that shows this message"
    ),
    bind!(Reader, "y 1" "y 2" "y 3" "y 4" "y 5" "y 6" "y 7" "y 8" "y 9", CopyNth, "", "Copy that code block of the message"),
    bind!(Any, "x m" "x h" "x j" "x t" "x d" "x o" "x c", Export, "", "Export: Markdown, HTML, JSON, text, evals (d, o), CSV"),
    bind!(
        Any,
        "x p",
        ExportPatch,
        "",
        "Export a patch of what it changed"
    ),
    bind!(Any, "o o" "R", Resume, "", "Continue it in the agent that wrote it"),
    bind!(
        Any,
        "o t",
        ResumeInTab,
        "",
        "Continue it in a new tab or pane"
    ),
    bind!(
        Any,
        "o n",
        NewSession,
        "",
        "A new session of the same agent there"
    ),
    bind!(Any, "o f", Fork, "", "Fork it in its agent"),
    bind!(Any, "o s", Shell, "", "A shell in its directory"),
    bind!(Any, "o e", OpenLog, "", "A copy of its log in the editor"),
    bind!(Any, "o d", OpenDir, "", "Open its directory"),
    bind!(Any, ",", Settings, "", "Settings"),
    bind!(
        Any,
        "g d",
        Changes,
        "",
        "What it changed, a diff for each file"
    ),
    bind!(
        Any,
        "g t",
        Lineage,
        "",
        "Its family: sub-agents, forks, copies"
    ),
    bind!(Any, "g r", Commands, "", "Commands that were run"),
    bind!(Any, "g e", Failures, "", "What failed"),
    bind!(Any, "g f", Files, "", "Files that were read and changed"),
    bind!(Any, "g w", Fetches, "", "What was fetched from the web"),
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
    bind!(
        Any,
        "<",
        Narrower,
        "",
        "Move the line between the panes to the left"
    ),
    bind!(Any, ">", Wider, "", "Move it to the right"),
    bind!(Any, "X", ClearQuery, "", "Clear the query"),
    bind!(
        Any,
        "u",
        Undo,
        "",
        "Undo the last change of the query or a mark"
    ),
    bind!(Any, "U", Redo, "", "Do again what was undone"),
    bind!(Any, "!", Problems, "", "What could not be read"),
    bind!(Any, "=", Explain, "", "Where tokens and cost come from"),
    bind!(Any, "M", ToggleMouse, "", "Mouse on or off"),
    bind!(Any, "?" "f1", Help, "help", "All keys"),
    bind!(Any, ":" "ctrl-p", Palette, "do", "Everything there is to do, by name"),
    bind!(Any, , Messages, "", "All that was said in passing"),
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
    bind!(
        Input,
        "ctrl-r" "alt-up",
        OlderQuery,
        "",
        "An earlier query"
    ),
    bind!(Input, "alt-down", NewerQuery, "", "A later query"),
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
    bind!(Name, "tab", Complete, "", "Complete a tag"),
    bind!(Name, "enter", Keep, "save", "Save it"),
    bind!(Name, "esc", Escape, "leave", "Leave it"),
    bind!(Name, "ctrl-c", Cancel, "", "Leave it"),
    bind!(Picker, "enter", Keep, "choose", "Write it into the query"),
    bind!(
        Picker,
        "tab",
        Mark,
        "mark",
        "Mark more than one; of days, the others"
    ),
    bind!(Picker, "down" "ctrl-n", Down, "", "Down"),
    bind!(Picker, "up" "ctrl-p", Up, "", "Up"),
    bind!(Picker, "pagedown", PageDown, "", "A page down"),
    bind!(Picker, "pageup", PageUp, "", "A page up"),
    bind!(Picker, "esc", Escape, "leave", "Leave it"),
    bind!(Picker, "ctrl-c", Cancel, "", "Leave it"),
    bind!(Palette, "enter", Keep, "run", "Do it"),
    bind!(Palette, "down" "ctrl-n", Down, "", "Down"),
    bind!(Palette, "up" "ctrl-p", Up, "", "Up"),
    bind!(Palette, "pagedown", PageDown, "", "A page down"),
    bind!(Palette, "pageup", PageUp, "", "A page up"),
    bind!(Palette, "esc", Escape, "leave", "Leave it"),
    bind!(Palette, "ctrl-c", Cancel, "", "Leave it"),
    bind!(
        Dialog,
        "enter",
        Keep,
        "do it",
        "What the chosen button says"
    ),
    bind!(Dialog, "right" "l" "tab", Right, "next", "The next button"),
    bind!(Dialog, "left" "h" "backtab", Left, "", "The button before"),
    bind!(
        Dialog,
        "y",
        Yes,
        "yes",
        "The first button that does something"
    ),
    bind!(Dialog, "n" "esc" "q" "ctrl-c", Escape, "no", "Do nothing"),
    bind!(Form, "enter", Keep, "do it", "Do it as it is filled in"),
    bind!(Form, "down" "tab" "ctrl-n", Down, "next", "The next line"),
    bind!(Form, "up" "backtab" "ctrl-p", Up, "", "The line before"),
    bind!(Form, "esc" "ctrl-c", Escape, "leave", "Leave it"),
    bind!(Overlay, "esc" "q" "i" "!" "=" "enter", Back, "close", "Close it"),
    bind!(Overlay, "j" "down", Down, "down", "Down"),
    bind!(Overlay, "k" "up", Up, "up", "Up"),
    bind!(Overlay, "pagedown" "space" "ctrl-d", PageDown, "", "A page down"),
    bind!(Overlay, "pageup" "b" "ctrl-u", PageUp, "", "A page up"),
    bind!(Overlay, "g g" "home", First, "", "Start"),
    bind!(Overlay, "G" "end", Last, "", "End"),
    bind!(Overlay, "ctrl-c", Cancel, "", "Quit"),
];
