//! The words of linear mode. What the screen can do too has the name that its key has there.

use crate::tui::keys::Action;

/// What a word does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Do {
    List,
    More,
    Message,
    Full,
    Sort,
    /// As on the screen.
    As(Action),
}

pub struct Word {
    pub word: &'static str,
    /// What stands behind it.
    pub takes: &'static str,
    pub does: Do,
    pub help: &'static str,
}

const fn word(word: &'static str, takes: &'static str, does: Do, help: &'static str) -> Word {
    Word {
        word,
        takes,
        does,
        help,
    }
}

use Do::As;

#[rustfmt::skip]
pub static WORDS: &[Word] = &[
    word("list", "", Do::List, "The first ten sessions"),
    word("more", "", Do::More, "The next ten"),
    word("filter", "QUERY", As(Action::EditQuery), "Only sessions that this query wants; alone, all"),
    word("find", "WORDS", As(Action::FindInPage), "Sessions in which these words were said; while reading, the next message with them"),
    word("sort", "KEY", Do::Sort, "By updated, created, cost, tokens, messages, duration, title, project, agent or size"),
    word("read", "NUMBER", As(Action::Read), "Read a session, by its number in the list; alone, the one that was said last"),
    word("next", "", As(Action::Down), "Next session; while reading, next message. An empty line does the same"),
    word("previous", "", As(Action::Up), "The one before"),
    word("first", "", As(Action::First), "The first of them"),
    word("last", "", As(Action::Last), "The last of them"),
    word("message", "NUMBER", Do::Message, "The message of this number"),
    word("full", "", Do::Full, "This message with all of its output, thinking and changes"),
    word("next-prompt", "", As(Action::NextPrompt), "Next prompt of yours"),
    word("previous-prompt", "", As(Action::PreviousPrompt), "The prompt before"),
    word("next-error", "", As(Action::NextError), "Next message in which something failed"),
    word("previous-error", "", As(Action::PreviousError), "The failure before"),
    word("next-hit", "", As(Action::NextHit), "Next message with the words that find was given"),
    word("previous-hit", "", As(Action::PreviousHit), "The one before"),
    word("copy", "", As(Action::CopyMessage), "Copy this message; in the list, the conversation"),
    word("copy-conversation", "", As(Action::CopyConversation), "Copy the conversation as Markdown"),
    word("copy-id", "", As(Action::CopyId), "Copy the session's id"),
    word("copy-resume", "", As(Action::CopyResume), "Copy the command that resumes it"),
    word("copy-short-id", "", As(Action::CopyShortId), "Copy its short id"),
    word("copy-path", "", As(Action::CopyPath), "Copy the path of its log"),
    word("copy-dir", "", As(Action::CopyDir), "Copy its working directory"),
    word("copy-prompts", "", As(Action::CopyPrompts), "Copy prompts and answers only"),
    word("copy-prompt", "", As(Action::CopyPrompt), "Copy the last prompt"),
    word("copy-answer", "", As(Action::CopyAnswer), "Copy the last answer"),
    word("copy-code", "", As(Action::CopyCode), "Copy the last block of code"),
    word("copy-share", "", As(Action::CopyShare), "Copy its share link"),
    word("star", "[--remove]", As(Action::Star), "Star it, or take the star away"),
    word("tag", "TAGS", As(Action::Tags), "Give it these tags; --remove TAG takes one away"),
    word("rename", "NAME", As(Action::Rename), "Give it a name of your own; --remove takes it away"),
    word("note", "TEXT", As(Action::Note), "A note on it; --remove takes it away"),
    word("hide", "[--remove]", As(Action::Hide), "Leave it out of lists, or list it again"),
    word("keep-copy", "[--remove]", As(Action::KeepCopy), "Keep a copy, shown when its agent deletes the session, or remove it"),
    word("export", "--format FORMAT -o PATH", As(Action::Export), "Write it to a file; --redact replaces secrets"),
    word("export-patch", "-o PATH", As(Action::ExportPatch), "Write what it changed as a patch"),
    word("share", "--yes", As(Action::Share), "Share it as a secret gist of yours"),
    word("unshare", "", As(Action::Unshare), "Delete the gist that it is shared in"),
    word("delete", "--yes", As(Action::Delete), "Move its log to the trash, if settings allow it"),
    word("resume", "", As(Action::Resume), "Continue it in the agent that wrote it; --print prints the command"),
    word("resume-in-tab", "", As(Action::ResumeInTab), "Continue it in a new tab or pane"),
    word("new-session", "", As(Action::NewSession), "A new session of the same agent there"),
    word("fork", "", As(Action::Fork), "Fork it in its agent"),
    word("details", "", As(Action::Details), "What is known of the session"),
    word("explain", "", As(Action::Explain), "Where its tokens and cost come from"),
    word("back", "", As(Action::Back), "From the conversation to the list"),
    word("again", "", As(Action::LookAgain), "Look again for sessions"),
    word("help", "", As(Action::Help), "These words"),
    word("quit", "", As(Action::Quit), "Leave"),
];

/// The word that a person typed, by its short or its whole name.
pub fn named(typed: &str) -> Option<&'static Word> {
    let is_it = |word: &&Word| match word.does {
        Do::As(action) => word.word == typed || action.name() == typed,
        _ => word.word == typed,
    };
    WORDS.iter().find(is_it)
}
