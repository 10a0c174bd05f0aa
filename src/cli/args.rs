//! Arguments: what can be said on the command line, declared once.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand, ValueEnum};

use crate::index::{Order, SORTS, SortKey};

mod acting;
mod leaving;
mod reading;
mod showing;

pub use acting::{Acting, Share, ShareFormat, Unshare};
pub use leaving::{Copying, Export, What};
pub use reading::{Stop, command_near};
pub use showing::{Format, Only, Prices, Show};

/// Read, search and follow the conversations your coding agents leave on this machine.
#[derive(Parser, Debug)]
#[command(
    name = "backscroll",
    version,
    about,
    disable_help_subcommand = true,
    after_help = "backscroll help COMMAND tells of one command; words that are no command are looked for"
)]
pub struct Args {
    /// What to show, as in the query line: words, and fields such as source:claude cost:>1 date:<2d
    pub query: Vec<String>,
    #[command(flatten)]
    pub shared: Shared,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Flags of all commands.
#[derive(clap::Args, Clone, Default, Debug)]
pub struct Shared {
    /// Keep to this source, or to the one that a FILE.toml declares; NAME=PATH also reads that folder
    #[arg(long, global = true, value_name = "NAME[=PATH]")]
    pub source: Vec<String>,
    /// Settings from this file
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<std::path::PathBuf>,
    /// One JSON value instead of a table
    #[arg(long, global = true)]
    pub json: bool,
    /// Lines of `name: value` instead of tables
    #[arg(long, global = true)]
    pub plain: bool,
    /// Colours
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Color,
    /// Only characters that every terminal has
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Do not watch for changes
    #[arg(long, global = true)]
    pub no_watch: bool,
    /// Built-in sample sessions instead of yours
    #[arg(long, global = true)]
    pub demo: bool,
    /// Hold no more than this in memory besides sessions and spends, such as 256M; the rest is read again from disk
    #[arg(long, global = true, value_name = "SIZE")]
    pub max_memory: Option<String>,
    /// Days are those of this zone, such as Europe/Berlin
    #[arg(short = 'z', long, global = true, value_name = "ZONE")]
    pub timezone: Option<String>,
    /// Numbers and dates in tables as this language writes them, such as de-DE
    #[arg(long, global = true, value_name = "TAG")]
    pub locale: Option<String>,
    /// Leave the mouse to the terminal
    #[arg(long, global = true)]
    pub no_mouse: bool,
    /// Hide secrets, and what names you or this machine, on the screen and in linear mode, not in what commands print: for demos
    #[arg(long, global = true)]
    pub mask: bool,
    /// Words in and sentences out instead of a screen, for screen readers
    #[arg(long, global = true)]
    pub linear: bool,
    /// The settings in force, with these flags over them
    #[arg(skip)]
    pub settings: std::sync::Arc<crate::config::Settings>,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Color {
    Always,
    #[default]
    Auto,
    Never,
}

impl Color {
    pub fn choice(self) -> crate::tui::ColorChoice {
        match self {
            Color::Always => crate::tui::ColorChoice::Always,
            Color::Auto => crate::tui::ColorChoice::Auto,
            Color::Never => crate::tui::ColorChoice::Never,
        }
    }
}

#[derive(Subcommand, Clone, Debug)]
pub enum Command {
    /// Sessions as a table, last activity first
    List(List),
    /// One session: its details, or the conversation
    Show(Show),
    /// Lines of conversations with these words, and how to read on there
    Search(Search),
    /// Who touched a file, across all sessions, and how to read on there
    Files(Files),
    /// Sessions as files: Markdown, a web page, JSON, text, test cases, a table
    Export(Export),
    /// One thing of a session into the clipboard
    Copy(Copying),
    /// The sessions that cost most, or hold most tokens
    Top(Top),
    /// Tokens and cost of each session
    Session(Report),
    /// Tokens and cost by day
    Daily(Report),
    /// Tokens and cost by week, from Monday
    Weekly(Report),
    /// Tokens and cost by month
    Monthly(Report),
    /// Tokens and cost in windows of five hours
    Blocks(Report),
    /// Where a session's tokens and cost come from
    Explain(Explain),
    /// Continue a session in the agent that wrote it, in its directory
    Resume(Acting),
    /// Start a new session of the same agent in the same directory
    New(Acting),
    /// Go on from a copy of a session, for agents that can
    Fork(Acting),
    /// Put a session into a secret gist of yours, by gh, and print its link
    Share(Share),
    /// Delete what was shared of a session
    Unshare(Unshare),
    /// Where sessions are looked for, what was found, and what could not be read
    Doctor,
    /// Every key and what it does
    Keys,
    /// Star sessions, or take the star away
    Star(super::marks::Star),
    /// Tag sessions: auth q4 gives tags, --remove takes them away
    Tag(super::marks::Tag),
    /// Give a session a name of your own
    Rename(super::marks::Rename),
    /// Write a note on a session
    Note(super::marks::Note),
    /// Leave sessions out of lists, or list them again
    Hide(super::marks::Hide),
    /// Keep copies of sessions that their agents will delete: they are listed when the originals are gone
    Keep(super::keep::Keep),
    /// Your settings: those in force, their file, mistakes in it, and a schema of it
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Move the logs of sessions to the trash; off until the settings turn it on
    Delete(super::delete::Delete),
    /// What was deleted: list it, put it back, or remove it for good
    Trash {
        #[command(subcommand)]
        command: super::trash::TrashCommand,
    },
    /// What models cost: the price tables in use and their age, or the price of one model
    Prices(Prices),
    /// A script for the shell that completes commands and flags
    Completions { shell: clap_complete::Shell },
    /// The manual page
    Man,
    /// The same as list, show and top
    Sessions {
        #[command(subcommand)]
        command: SessionsCommand,
    },
}

#[derive(Subcommand, Clone, Copy, Debug)]
pub enum ConfigCommand {
    /// Every setting in force and where it comes from, as a file of settings
    Print,
    /// Where the file of settings is
    Path,
    /// Mistakes in settings, keys and themes, each with its place; exit 2 where there are any
    Check,
    /// A JSON schema of the file, for editors
    Schema,
}

#[derive(Subcommand, Clone, Debug)]
pub enum SessionsCommand {
    /// Sessions as a table, last activity first
    List(List),
    /// One session: its details, or the conversation
    Show(Show),
    /// The sessions that cost most, or hold most tokens
    Top(Top),
}

#[derive(clap::Args, Clone, Default, Debug)]
pub struct Top {
    /// Of which sessions, as in the query line
    pub query: Vec<String>,
    /// By cost; this is the default
    #[arg(long, conflicts_with = "tokens")]
    pub cost: bool,
    /// By tokens
    #[arg(long)]
    pub tokens: bool,
    /// So many
    #[arg(short, long, value_name = "N", default_value_t = 10)]
    pub limit: usize,
}

/// What all reports take.
#[derive(clap::Args, Clone, Default, Debug)]
pub struct Report {
    /// Of which sessions, as in the query line
    pub query: Vec<String>,
    /// From this day on: 20260401, 2026-04-01, 7d, last-week
    #[arg(short, long, value_name = "DATE")]
    pub since: Option<String>,
    /// Up to this day and with it
    #[arg(short, long, value_name = "DATE")]
    pub until: Option<String>,
    /// Largest or latest first, or last
    #[arg(short, long, value_enum, value_name = "ORDER")]
    pub order: Option<OrderFlag>,
    #[command(flatten)]
    pub pricing: Pricing,
    /// One row for each model below its session or day
    #[arg(short, long)]
    pub breakdown: bool,
    /// Split by model, project or source; sessions are not split
    #[arg(long, value_enum, value_name = "KEY")]
    pub by: Option<ByFlag>,
    /// Fewer columns at any width
    #[arg(long)]
    pub compact: bool,
    /// Comma-separated values
    #[arg(long, conflicts_with_all = ["json", "breakdown"])]
    pub csv: bool,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum OrderFlag {
    Asc,
    Desc,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Mode {
    #[default]
    Auto,
    Calculate,
    Display,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ByFlag {
    Model,
    Project,
    Source,
}

#[derive(clap::Args, Clone, Debug)]
pub struct Search {
    /// What to look for, as in the query line; words also in what was said
    pub query: Vec<String>,
    /// So many lines before and after each line found
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub context: usize,
    /// Every line found, not only the best of each message and session; of all sessions, if no --limit is given
    #[arg(long)]
    pub all_hits: bool,
    /// Of at most so many sessions; 20 where nothing is said
    #[arg(short, long, value_name = "N")]
    pub limit: Option<usize>,
    /// Leave out the first so many sessions
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub offset: usize,
}

#[derive(clap::Args, Clone, Debug)]
pub struct Files {
    /// A file or folder, or a part of its path
    pub path: String,
    /// Of which sessions, as in the query line
    pub query: Vec<String>,
    /// At most so many
    #[arg(short, long, value_name = "N")]
    pub limit: Option<usize>,
}

#[derive(clap::Args, Clone, Debug)]
pub struct Explain {
    /// A session's id, its short form, or a part of 4 characters or more
    pub id: String,
    #[command(flatten)]
    pub pricing: Pricing,
}

/// By which prices costs are counted.
#[derive(clap::Args, Clone, Default, Debug)]
pub struct Pricing {
    /// Logged costs where there are any (auto), none of them (calculate), or nothing else (display)
    #[arg(short, long, value_enum, default_value_t, value_name = "MODE")]
    pub mode: Mode,
    /// Only the prices built into this program
    #[arg(short = 'O', long, conflicts_with = "no_offline")]
    pub offline: bool,
    /// Fetch the public price table first
    #[arg(long)]
    pub no_offline: bool,
}

#[derive(clap::Args, Clone, Default, Debug)]
pub struct List {
    /// What to list, as in the query line
    pub query: Vec<String>,
    /// Only the last 10
    #[arg(short, long)]
    pub recent: bool,
    /// At most so many
    #[arg(short, long, value_name = "N")]
    pub limit: Option<usize>,
    /// Leave out the first so many
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub offset: usize,
    /// By one of the keys of sort:, such as cost, tokens, date or messages; cost- and cost+ give the direction
    #[arg(short, long, default_value = "date", value_name = "KEY", value_parser = SortParser)]
    pub sort: Order,
    /// Only sessions of this provider, by its whole name
    #[arg(short, long, value_name = "PROVIDER")]
    pub provider: Option<String>,
    /// Also sub-agents, copies, empty sessions and those you hid
    #[arg(short, long)]
    pub all: bool,
}

/// Reads the keys of `sort:`, with their directions.
#[derive(Clone)]
pub struct SortParser;

impl SortParser {
    /// All but the one that only words have; `date` is when it was last changed.
    fn known() -> impl Iterator<Item = PossibleValue> {
        let keys = SORTS.iter().filter(|sort| sort.key != SortKey::Relevance);
        let keys = keys.map(|sort| PossibleValue::new(sort.word).help(sort.help));
        std::iter::once(PossibleValue::new("date").help("last activity")).chain(keys)
    }
}

impl TypedValueParser for SortParser {
    type Value = Order;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Order, clap::Error> {
        let text = value.to_str().unwrap_or_default();
        let (word, up) = match (text.strip_suffix('-'), text.strip_suffix('+')) {
            (Some(word), _) => (word, Some(false)),
            (_, Some(word)) => (word, Some(true)),
            (None, None) => (text, None),
        };
        let known = PossibleValuesParser::new(SortParser::known());
        // What is wrong is told with all of what was typed.
        let word = match known.parse_ref(command, arg, OsStr::new(word)) {
            Ok(word) => word,
            Err(_) => known.parse_ref(command, arg, value)?,
        };
        let word = if word == "date" { "updated" } else { &word };
        Ok(Order::by_word(word, up).unwrap_or_default())
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(SortParser::known()))
    }
}
