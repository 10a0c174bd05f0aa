//! `backscroll --linear`: sessions and conversations as lines of words, for screen readers and for terminals that are none.
//! Nothing is drawn and nothing is taken back: a word is typed, its answer is printed below it.

mod acting;
mod masked;
mod reading;
mod say;
mod words;

use std::io::BufRead;
use std::sync::Arc;

use super::args::{self, Shared};
use super::ask::{self, Wanted};
use super::{Failure, Loaded, Streams};
use crate::config::nearest;
use crate::env::Env;
use crate::exit;
use crate::export;
use crate::index::{Order, SortKey};
use crate::model::Row;
use crate::query::Query;
use crate::redact::Mask;
use crate::text::Clean;
use crate::tui::keys::Action;
use reading::{Open, has_failed, holds_needle, is_prompt};
use say::counted;
use words::{Do, WORDS};

/// So many sessions are listed at once.
const PAGE: usize = 10;

/// Whether it is asked for, by flag or by variable.
pub fn is_asked(env: &Env, shared: &Shared) -> bool {
    let by_variable = env.var("BACKSCROLL_LINEAR").is_some_and(|v| v != "0");
    shared.linear || by_variable && env.terminal.stdout_tty
}

/// Answers line by line until there are none, or until it is told to leave.
pub fn run(
    env: &Env,
    shared: &Shared,
    query: &[String],
    input: &mut dyn BufRead,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let shared = Shared {
        plain: true,
        ..shared.clone()
    };
    let mask = shared
        .settings
        .is_on("ui.mask")
        .then(|| Arc::new(export::mask(env, shared.settings.allowed())));
    let mut out = masked::Lines::new(mask.clone(), streams.out);
    let mut err = masked::Lines::new(mask.clone(), streams.err);
    let streams = &mut Streams {
        out: &mut out,
        err: &mut err,
    };
    let loaded = super::load_rows(env, &shared, streams)?;
    let mut linear = Linear {
        env,
        shared,
        query: ask::query(env, query, &loaded.context, streams)?,
        loaded,
        order: Order::default(),
        found: Vec::new(),
        left_out: 0,
        at: 0,
        listed: 0,
        open: None,
        mask,
    };
    linear.look(streams)?;
    writeln!(
        streams.out,
        "Linear mode: words in, sentences out, nothing is drawn. Say help for the words, quit to leave."
    )?;
    linear.list(0, streams)?;
    let mut line = Vec::new();
    loop {
        write!(streams.out, "> ")?;
        streams.out.flush()?;
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            writeln!(streams.out)?;
            return Ok(exit::DONE);
        }
        match linear.answer(String::from_utf8_lossy(&line).trim(), streams) {
            Ok(true) => {}
            Ok(false) => return Ok(exit::DONE),
            Err(Failure::Closed) => return Err(Failure::Closed),
            Err(Failure::Usage(said) | Failure::Nothing(said)) => {
                writeln!(streams.out, "{}", Clean::line(&said))?;
            }
            Err(Failure::Other(error)) => {
                let said = format!("{error:#}");
                writeln!(streams.out, "{}", Clean::line(&said))?;
            }
        }
    }
}

struct Linear<'a> {
    env: &'a Env,
    shared: Shared,
    loaded: Loaded,
    query: Query,
    order: Order,
    /// The sessions that the query wants, in order.
    found: Vec<Wanted>,
    /// How many of them are of kinds that are not listed.
    left_out: usize,
    /// The session that was said last.
    at: usize,
    /// How many of them were listed.
    listed: usize,
    open: Option<Open>,
    /// What hides secrets in what is said; absent where they are said.
    mask: Option<Arc<Mask>>,
}

impl Linear<'_> {
    /// Does what a line says. Tells whether to go on.
    fn answer(&mut self, line: &str, streams: &mut Streams<'_>) -> Result<bool, Failure> {
        let (typed, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        if typed.is_empty() {
            return self.step(1, streams).map(|()| true);
        }
        if typed.parse::<usize>().is_ok() {
            return self.read(typed, streams).map(|()| true);
        }
        // Each order has a word of its own on the screen.
        if let Some(key) = typed.strip_prefix("sort-") {
            return self.sort(key, streams).map(|()| true);
        }
        let Some(word) = words::named(typed) else {
            let near = nearest(typed, WORDS.iter().map(|word| word.word));
            let near = near.map_or_else(String::new, |near| format!("; the nearest is {near}"));
            return Err(Failure::Usage(format!(
                "no word {typed}{near}; help lists them"
            )));
        };
        match word.does {
            Do::List => self.list(0, streams)?,
            Do::More => self.list(self.listed, streams)?,
            Do::Sort => self.sort(rest, streams)?,
            Do::Message => self.message(rest, streams)?,
            Do::Full => self.say_message(true, streams)?,
            Do::As(Action::Quit) => return Ok(false),
            Do::As(action) => self.act(action, rest, streams)?,
        }
        Ok(true)
    }

    fn act(
        &mut self,
        action: Action,
        rest: &str,
        streams: &mut Streams<'_>,
    ) -> Result<(), Failure> {
        match action {
            Action::EditQuery => self.filter(rest, streams),
            Action::FindInPage if self.open.is_some() => {
                if let Some(open) = &mut self.open {
                    rest.clone_into(&mut open.needle);
                }
                self.seek(1, holds_needle, "no message with these words", streams)
            }
            Action::FindInPage => self.filter(rest, streams),
            Action::Read => self.read(rest, streams),
            Action::Down => self.step(1, streams),
            Action::Up => self.step(-1, streams),
            Action::First => self.step(isize::MIN, streams),
            Action::Last => self.step(isize::MAX, streams),
            Action::NextPrompt => self.seek(1, is_prompt, "no prompt behind this", streams),
            Action::PreviousPrompt => self.seek(-1, is_prompt, "no prompt before this", streams),
            Action::NextError => self.seek(1, has_failed, "nothing failed behind this", streams),
            Action::PreviousError => {
                self.seek(-1, has_failed, "nothing failed before this", streams)
            }
            Action::NextHit => self.seek(1, holds_needle, "no more of it behind this", streams),
            Action::PreviousHit => {
                self.seek(-1, holds_needle, "no more of it before this", streams)
            }
            Action::Details => {
                let row = self.said(&self.subject()?);
                let retentions = self.loaded.index.retentions();
                super::show::details(self.env, &self.shared, &row, retentions, true, streams)
            }
            Action::Explain => {
                let args = args::Explain {
                    id: self.subject()?.id().to_string(),
                    pricing: args::Pricing::default(),
                };
                let mask = self.mask.as_deref();
                super::explain::run_under(self.env, &self.shared, &args, mask, streams).map(drop)
            }
            Action::Back => {
                self.open = None;
                self.say_session(streams)
            }
            Action::LookAgain => {
                self.loaded = super::load_rows(self.env, &self.shared, streams)?;
                self.open = None;
                self.look(streams)?;
                self.list(0, streams)
            }
            Action::Help => help(streams),
            action if acting::is_one(action) => self.command(action, rest, streams),
            action => self.copy(action, streams),
        }
    }

    /// Asks the query anew.
    fn look(&mut self, streams: &mut Streams<'_>) -> Result<(), Failure> {
        // Everything that is said of a session is said of it now.
        ask::look_at_agents(self.env, &mut self.loaded);
        let around = self.query.asks_of_said().then_some(0);
        let mask = self.mask.clone();
        let (query, loaded) = (&self.query, &mut self.loaded);
        let all = ask::wanted_under(self.env, loaded, query, around, mask, streams)?;
        let hidden = self.query.asks_for_hidden();
        let before = all.len();
        let listed = all
            .into_iter()
            .filter(|one| hidden.class(&one.row).is_none());
        self.found = listed.collect();
        self.left_out = before - self.found.len();
        ask::arrange(self.env, &mut self.found, &self.query, self.order);
        (self.at, self.listed) = (0, 0);
        Ok(())
    }

    fn filter(&mut self, text: &str, streams: &mut Streams<'_>) -> Result<(), Failure> {
        let text = [text.to_owned()];
        self.query = ask::query(self.env, &text, &self.loaded.context, streams)?;
        self.look(streams)?;
        self.list(0, streams)
    }

    fn sort(&mut self, word: &str, streams: &mut Streams<'_>) -> Result<(), Failure> {
        // Agents are sources in a query.
        let key = SortKey::by_word(if word == "agent" { "source" } else { word });
        let Some(key) = key.or_else(|| SortKey::by_word(word)) else {
            let what = format!("sort {word}: no such key; help lists them");
            return Err(Failure::Usage(what));
        };
        self.order = Order::by(key);
        self.look(streams)?;
        self.list(0, streams)
    }

    /// A page of the list, from this session on.
    fn list(&mut self, from: usize, streams: &mut Streams<'_>) -> Result<(), Failure> {
        self.open = None;
        let all = self.found.len();
        let asked = self.query.describe();
        let asked = if asked.is_empty() {
            asked
        } else {
            format!(": {asked}")
        };
        let out = &mut *streams.out;
        if from == 0 {
            let what = counted(all as u64, "session");
            let left_out = match self.left_out {
                0 => String::new(),
                n => format!(" {n} more are sub-agents, copies or empty."),
            };
            writeln!(out, "{}", Clean::line(&format!("{what}{asked}.{left_out}")))?;
        }
        let page = self.found.iter().enumerate().skip(from).take(PAGE);
        for (nth, one) in page {
            let said = say::session(self.env, &self.said(&one.row));
            writeln!(out, "Session {} of {all}. {said}", nth + 1)?;
            if let Some(hit) = one.hits.first() {
                let line = hit.lines.get(hit.line).cloned().unwrap_or_default();
                let place = format!("Found in message {}: ", hit.number);
                writeln!(out, "{place}{}", line.flat())?;
            }
        }
        self.listed = (from + PAGE).min(all);
        if from >= all && from > 0 {
            writeln!(out, "That was the last session.")?;
        } else if self.listed < all {
            writeln!(out, "{} more; more lists them.", all - self.listed)?;
        }
        self.at = from.min(all.saturating_sub(1));
        Ok(())
    }

    /// The session that words are about.
    fn subject(&self) -> Result<Arc<Row>, Failure> {
        let open = self.open.as_ref().map(|open| open.row.clone());
        let said = || self.found.get(self.at).map(|one| one.row.clone());
        let none = || Failure::Nothing("no session; filter alone lists all".to_owned());
        open.or_else(said).ok_or_else(none)
    }

    /// A session as it may be said.
    fn said(&self, row: &Arc<Row>) -> Arc<Row> {
        masked::row(self.mask.as_deref(), row)
    }

    fn say_session(&self, streams: &mut Streams<'_>) -> Result<(), Failure> {
        let said = say::session(self.env, &self.said(&self.subject()?));
        let (at, all) = (self.at + 1, self.found.len());
        writeln!(streams.out, "Session {at} of {all}. {said}")?;
        Ok(())
    }

    /// To another session or, while reading, to another message.
    fn step(&mut self, by: isize, streams: &mut Streams<'_>) -> Result<(), Failure> {
        let (at, all, what) = match &self.open {
            Some(open) => (open.at, open.conversation.messages.len(), "message"),
            None => (self.at, self.found.len(), "session"),
        };
        let last = all.saturating_sub(1);
        let to = at.saturating_add_signed(by).min(last);
        if to == at && by.unsigned_abs() == 1 {
            let end = if by > 0 { "last" } else { "first" };
            writeln!(streams.out, "That was the {end} {what}.")?;
            return Ok(());
        }
        match &mut self.open {
            Some(open) => {
                open.at = to;
                self.say_message(false, streams)
            }
            None => {
                self.at = to;
                self.say_session(streams)
            }
        }
    }
}

fn help(streams: &mut Streams<'_>) -> Result<(), Failure> {
    for word in WORDS {
        let takes = if word.takes.is_empty() { "" } else { " " };
        writeln!(
            streams.out,
            "{}{takes}{}: {}.",
            word.word, word.takes, word.help
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keys::KeyMap;

    /// G21: what the screen can do too has its name there, and each word is declared once.
    #[test]
    fn words_are_the_names_of_the_screen() {
        let known: Vec<String> = KeyMap::default()
            .rows()
            .map(|b| b.row.action.name())
            .collect();
        for (nth, word) in WORDS.iter().enumerate() {
            assert!(
                std::ptr::eq(words::named(word.word).unwrap(), word),
                "{nth}: {}",
                word.word
            );
            if let Do::As(action) = word.does {
                assert!(known.contains(&action.name()), "{}", word.word);
                assert_eq!(words::named(&action.name()).unwrap().does, word.does);
            }
        }
    }
}
