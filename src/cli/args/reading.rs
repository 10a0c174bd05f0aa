//! What was typed, read: which words are a command and which are looked for, and one line for what is wrong.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory, Parser};

use super::{Args, Shared};
use crate::config::nearest;

/// Why there are no arguments to work with.
pub enum Stop {
    /// Help or version was asked for.
    Said(String),
    /// One line.
    Bad(String),
}

/// A line without a command: all its words are looked for.
#[derive(Parser, Debug)]
#[command(name = "backscroll", version, disable_help_subcommand = true)]
struct Words {
    query: Vec<String>,
    #[command(flatten)]
    shared: Shared,
}

impl Args {
    /// A word that is no command makes a query of all that follow, so none is ever passed over.
    pub fn read(words: Vec<OsString>) -> Result<Args, Stop> {
        let words: Vec<OsString> = words.into_iter().map(clause).collect();
        let named = Named::of(&words);
        let args = Args::try_parse_from(&words).map_err(|error| named.stop(&error))?;
        match (&args.command, args.query.split_first()) {
            (None, Some((first, commands))) if first == "help" => match help_of(commands) {
                Some(text) => Err(Stop::Said(text)),
                None => Ok(args),
            },
            // Behind a flag the parser knows commands again.
            (Some(_), Some(_)) => {
                let read = Words::try_parse_from(&words);
                let Words { query, shared } = read.map_err(|error| named.stop(&error))?;
                Ok(Args {
                    query,
                    shared,
                    command: None,
                })
            }
            _ => Ok(args),
        }
    }
}

/// The command that the first of these words may have been meant for.
pub fn command_near(words: &[String]) -> Option<String> {
    let first = words.first()?;
    let commands = Args::command();
    let names = commands.get_subcommands().map(Command::get_name);
    nearest(first, names)
}

/// What `--help` says of the command that these words name; of the program where there are none.
fn help_of(commands: &[String]) -> Option<String> {
    let mut at = &Args::command();
    for word in commands {
        at = at.find_subcommand(word)?;
    }
    let words = commands.iter().map(String::as_str);
    let line = std::iter::once("backscroll").chain(words);
    let asked = Args::try_parse_from(line.chain(["--help"]));
    asked.err().map(|error| error.to_string())
}

/// `-project:infra` is a clause of a query, not a flag; the language has a longer word for the same.
fn clause(word: OsString) -> OsString {
    let negated = word.to_str().and_then(|text| {
        let rest = text.strip_prefix('-')?;
        let (name, _) = rest.split_once(':')?;
        let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase());
        is_name.then(|| format!("NOT {rest}"))
    });
    negated.map_or(word, OsString::from)
}

/// What a line names, found without reading its flags, so that a mistake in them can be told.
struct Named {
    /// The command with what stands before it: `backscroll trash list`.
    path: String,
    /// The commands below it; empty where there are none.
    below: Vec<String>,
    /// A word that is no command, and a command behind it.
    before: Option<(String, String)>,
}

impl Named {
    fn of(words: &[OsString]) -> Named {
        let root = Args::command();
        let takes = |flag: &str| takes_value(&root, flag);
        let mut words = words.iter().skip(1).filter_map(|word| word.to_str());
        let (mut at, mut path, mut before) = (&root, "backscroll".to_owned(), None);
        while let Some(word) = words.next() {
            if word.starts_with('-') {
                if takes(word) {
                    words.next();
                }
                continue;
            }
            let Some(command) = at.find_subcommand(word) else {
                let mut behind = words.filter(|word| root.find_subcommand(word).is_some());
                let behind = behind.next().filter(|_| path == "backscroll");
                before = behind.map(|command| (word.to_owned(), command.to_owned()));
                break;
            };
            path.push(' ');
            path.push_str(command.get_name());
            at = command;
        }
        let below = at.get_subcommands().map(|one| one.get_name().to_owned());
        let below = below.filter(|_| path != "backscroll");
        Named {
            below: below.collect(),
            path,
            before,
        }
    }

    fn stop(&self, error: &clap::Error) -> Stop {
        match error.use_stderr() {
            true => Stop::Bad(self.one_line(error)),
            false => Stop::Said(error.to_string()),
        }
    }

    /// What is wrong and what to do, from a message of many lines.
    fn one_line(&self, error: &clap::Error) -> String {
        let path = &self.path;
        let is_alone = matches!(
            error.kind(),
            ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        );
        if let (true, Some((last, others))) = (is_alone, self.below.split_last()) {
            let others = others.join(", ");
            let name = path.strip_prefix("backscroll ").unwrap_or(path);
            return format!("{name}: say which: {others} or {last}; see: {path} --help");
        }
        let text = error.to_string();
        let mut lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
        let what = lines
            .next()
            .unwrap_or("bad arguments")
            .trim_start_matches("error: ");
        // What is missing stands on a line of its own.
        let mut what = match what.strip_suffix(':') {
            Some(what) => format!("{what}: {}", lines.next().unwrap_or_default()),
            None => what.to_owned(),
        };
        if let Some(values) = lines.find(|l| l.starts_with("[possible values:")) {
            what = format!("{what} {values}");
        }
        if let Some(near) = meant(error) {
            what = format!("{what}; the nearest is {near}");
        }
        if let Some((word, command)) = &self.before {
            return format!(
                "{what}; {word} is no command, so all words are looked for; see: backscroll {command} --help"
            );
        }
        format!("{what}; see: {path} --help")
    }
}

/// The flag or the command that was most likely meant, where it is near enough to be it.
fn meant(error: &clap::Error) -> Option<String> {
    let text = |kind| match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => texts.first().cloned(),
        _ => None,
    };
    let pairs = [
        (ContextKind::InvalidArg, ContextKind::SuggestedArg),
        (
            ContextKind::InvalidSubcommand,
            ContextKind::SuggestedSubcommand,
        ),
    ];
    pairs.into_iter().find_map(|(typed, near)| {
        let (typed, near) = (text(typed)?, text(near)?);
        let bare = |flag: &str| flag.trim_start_matches('-').to_owned();
        nearest(&bare(&typed), std::iter::once(bare(&near).as_str()))?;
        Some(near)
    })
}

/// Whether a flag of all commands has its value in the next word.
fn takes_value(root: &Command, flag: &str) -> bool {
    let is_it = |arg: &&clap::Arg| {
        let long = flag.strip_prefix("--");
        let short = flag.strip_prefix('-').and_then(|rest| {
            let mut letters = rest.chars();
            letters.next().filter(|_| letters.next().is_none())
        });
        long.is_some_and(|long| arg.get_long() == Some(long))
            || short.is_some() && arg.get_short() == short
    };
    let found = root.get_arguments().find(is_it);
    found.is_some_and(|arg| arg.get_action().takes_values())
}

#[cfg(test)]
mod tests {
    use super::super::Command;
    use super::*;

    fn read(line: &str) -> Result<Args, String> {
        let words = std::iter::once("backscroll").chain(line.split_whitespace());
        Args::read(words.map(OsString::from).collect()).map_err(|stop| match stop {
            Stop::Said(text) | Stop::Bad(text) => text,
        })
    }

    #[test]
    fn words_are_a_query_and_commands_are_commands() {
        assert_eq!(read("refact cost:>1").unwrap().query, ["refact", "cost:>1"]);
        assert!(matches!(
            read("list --json").unwrap().command,
            Some(Command::List(_))
        ));
        assert!(matches!(
            read("--json sessions show x").unwrap().command,
            Some(Command::Sessions { .. })
        ));
        assert!(matches!(
            read("--source weaver -z UTC list").unwrap().command,
            Some(Command::List(_))
        ));
        assert_eq!(read("-project:infra").unwrap().query, ["NOT project:infra"]);
    }

    /// UX 11: `backscroll <words>` looks for all of them, whatever they are.
    #[test]
    fn no_word_before_a_command_is_passed_over() {
        for line in [
            "fix export lint",
            "tokenizer star 2dff12aa",
            "fix --json export lint",
            "fix --source weaver export lint",
            "help me export",
            "help export now",
        ] {
            let args = read(line).unwrap();
            let flags = ["--json", "--source", "weaver"];
            let words = line.split(' ').filter(|word| !flags.contains(word));
            assert!(args.command.is_none(), "{line}");
            assert_eq!(args.query, words.collect::<Vec<_>>(), "{line}");
        }
        let line = read("fix export lint --format md").unwrap_err();
        assert!(
            line.contains("fix is no command") && line.contains("see: backscroll export --help")
        );
    }

    #[test]
    fn help_is_what_the_flag_says() {
        for (line, same) in [
            ("help", "--help"),
            ("help export", "export --help"),
            ("help trash purge", "trash purge --help"),
            ("--ascii help star", "star --help"),
        ] {
            let text = read(line).unwrap_err();
            assert_eq!(text, read(same).unwrap_err());
            assert!(text.contains("Usage: backscroll"), "{line}: {text}");
        }
    }

    #[test]
    fn bad_arguments_are_one_line() {
        for (bad, path) in [
            ("list --sort age", "list"),
            ("list --limt 3", "list"),
            ("show", "show"),
            ("daily -l 1", "daily"),
            ("--source weaver top --limit x", "top"),
            ("trash lst", "trash"),
            ("star x --demon", "star"),
        ] {
            let line = read(bad).unwrap_err();
            let see = format!("see: backscroll {path} --help");
            assert!(!line.contains('\n') && line.ends_with(&see), "{line}");
            assert!(!line.contains("as a value"), "{line}");
        }
        assert!(read("show").unwrap_err().contains("<ID>"));
        assert!(read("list --limt 3").unwrap_err().contains("--limit"));
        assert!(!read("star x --remover").unwrap_err().contains("--demo"));
        let keys = read("list --sort age").unwrap_err();
        assert!(keys.contains("date, updated, created, cost, tokens, messages"));
    }

    /// S2-46: what is not said is asked for by name.
    #[test]
    fn a_command_of_commands_says_which_there_are() {
        for (line, want) in [
            (
                "trash",
                "say which: list, restore or purge; see: backscroll trash --help",
            ),
            ("config", "say which: print, path, check or schema;"),
            ("--json sessions", "say which: list, show or top;"),
        ] {
            assert!(read(line).unwrap_err().contains(want), "{line}");
        }
    }

    #[test]
    fn an_order_is_one_of_the_query_with_its_direction() {
        use crate::index::{Direction, Order, SortKey};
        let order = |key: &str| match read(&format!("list --sort {key}")).unwrap().command {
            Some(Command::List(list)) => list.sort,
            _ => panic!("no list"),
        };
        assert_eq!(order("date"), Order::default());
        assert_eq!(order("title").key, SortKey::Title);
        assert_eq!(order("cost+").direction, Direction::Up);
        assert_eq!(order("cost-").direction, Direction::Down);
        assert!(read("list --sort cost*").is_err());
    }

    #[test]
    fn the_declaration_is_sound() {
        Args::command().debug_assert();
    }
}
