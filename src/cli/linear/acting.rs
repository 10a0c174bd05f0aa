//! What linear mode does with a session beyond reading it: each word is the command of the same meaning with the session's
//! id in front of what was typed, so both say the same and refuse the same.

use super::super::args::{Args, Command, Stop};
use super::super::{Failure, Streams, acting, copy, delete, export, keep, marks, sharing};
use super::Linear;
use crate::launch::Act;
use crate::tui::keys::Action;

/// The command that a word of the screen stands for, and what it is always given.
const COMMANDS: &[(Action, &[&str])] = &[
    (Action::Star, &["star"]),
    (Action::Tags, &["tag"]),
    (Action::Rename, &["rename"]),
    (Action::Note, &["note"]),
    (Action::Hide, &["hide"]),
    (Action::KeepCopy, &["keep"]),
    (Action::Export, &["export"]),
    (Action::ExportPatch, &["export", "--format", "patch"]),
    (Action::Share, &["share"]),
    (Action::Unshare, &["unshare"]),
    (Action::Delete, &["delete"]),
    (Action::Resume, &["resume"]),
    (Action::ResumeInTab, &["resume", "--new-tab"]),
    (Action::NewSession, &["new"]),
    (Action::Fork, &["fork"]),
    (Action::CopyShortId, &["copy", "--what", "short-id"]),
    (Action::CopyPath, &["copy", "--what", "path"]),
    (Action::CopyDir, &["copy", "--what", "dir"]),
    (Action::CopyPrompts, &["copy", "--what", "prompts"]),
    (Action::CopyAnswer, &["copy", "--what", "answer"]),
    (Action::CopyPrompt, &["copy", "--what", "prompt"]),
    (Action::CopyCode, &["copy", "--what", "code"]),
    (Action::CopyShare, &["copy", "--what", "share"]),
];

/// Whether a word acts by a command.
pub fn is_one(action: Action) -> bool {
    COMMANDS.iter().any(|(named, _)| *named == action)
}

impl Linear<'_> {
    /// Runs the command on the session that was said last.
    pub(super) fn command(
        &mut self,
        action: Action,
        rest: &str,
        streams: &mut Streams<'_>,
    ) -> Result<(), Failure> {
        let row = self.subject()?;
        let command = COMMANDS.iter().find(|(named, _)| *named == action);
        let command = command.map_or(&[][..], |(_, words)| words);
        let mut words: Vec<String> = std::iter::once("backscroll")
            .chain(command.iter().copied())
            .map(str::to_owned)
            .collect();
        words.push(row.id().to_string());
        let is_text = matches!(action, Action::Rename | Action::Note);
        match rest.split_whitespace().next() {
            None => {}
            // A name or a note is what was typed, whatever quotes are in it.
            Some(first) if is_text && !first.starts_with("--") => words.push(rest.to_owned()),
            Some(_) => words.extend(shell_words::split(rest).map_err(|error| {
                Failure::Usage(format!("{rest}: {error}; quotes stand in pairs"))
            })?),
        }
        let read = Args::read(words.into_iter().map(Into::into).collect());
        let command = match read {
            Ok(args) => args.command,
            Err(Stop::Said(text)) => {
                write!(streams.out, "{text}")?;
                return Ok(());
            }
            Err(Stop::Bad(line)) => return Err(Failure::Usage(line)),
        };
        // Answers are read here, so a command that would ask says what to type instead.
        let mut env = self.env.clone();
        env.terminal.stdin_tty = false;
        let (env, shared) = (&env, &self.shared);
        match command {
            Some(Command::Star(args)) => marks::star(env, shared, &args, streams),
            Some(Command::Tag(args)) => marks::tag(env, shared, &args, streams),
            Some(Command::Rename(args)) => marks::rename(env, shared, &args, streams),
            Some(Command::Note(args)) => marks::note(env, shared, &args, streams),
            Some(Command::Hide(args)) => marks::hide(env, shared, &args, streams),
            Some(Command::Keep(args)) => keep::run(env, shared, &args, streams),
            Some(Command::Export(args)) => export::run(env, shared, &args, streams),
            Some(Command::Share(args)) => sharing::share(env, shared, &args, streams),
            Some(Command::Unshare(args)) => sharing::unshare(env, shared, &args, streams),
            Some(Command::Delete(args)) => delete::run(env, shared, &args, streams),
            Some(Command::Resume(args)) => acting::run(env, shared, Act::Resume, &args, streams),
            Some(Command::New(args)) => acting::run(env, shared, Act::New, &args, streams),
            Some(Command::Fork(args)) => acting::run(env, shared, Act::Fork, &args, streams),
            Some(Command::Copy(args)) => {
                // The terminal may be the clipboard's way, and what is sent to it must not end in a pipe.
                if !env.terminal.stdout_tty {
                    let line = "not copied: this is no terminal; see: backscroll copy --print";
                    return Err(Failure::Usage(line.to_owned()));
                }
                copy::run(env, shared, &args, streams)
            }
            _ => return Err(Failure::Usage(format!("{}: not here", action.name()))),
        }?;
        self.know_again(streams)
    }

    /// Takes in what a command changed, and stays where it is.
    fn know_again(&mut self, streams: &mut Streams<'_>) -> Result<(), Failure> {
        self.loaded = super::super::load_rows(self.env, &self.shared, streams)?;
        let index = &self.loaded.index;
        for one in &mut self.found {
            if let Some(row) = index.row(one.row.id()) {
                one.row = row.clone();
            }
        }
        if let Some(open) = &mut self.open
            && let Some(row) = index.row(open.row.id())
        {
            open.row = row.clone();
        }
        Ok(())
    }
}
