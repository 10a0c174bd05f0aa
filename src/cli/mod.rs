//! Commands: the plain twin of every screen, for scripts and people without one.
//!
//! Standard output carries the answer and nothing else; talk goes to standard error. A bad argument is one line that
//! says what, where and what to do next.

mod args;
mod ask;
mod declared;
mod doctor;
mod explain;
mod grid;
mod json;
mod keys;
mod list;
mod prices;
mod report;
mod resolve;
mod search;
mod self_description;
mod sheet;
mod show;
mod table;
mod top;

use std::ffi::OsString;
use std::io::{self, Write};
use std::mem::ManuallyDrop;
use std::path::Path;
use std::sync::Arc;

use crate::config;
use crate::env::Env;
use crate::exit;
use crate::index::{Index, Period};
use crate::ingest::{self, Choice, SourceState};
use crate::model::Tariff;
use crate::pricing::{Accounting, Mode, store};
use crate::query::{Context, SourceNames};
use crate::sources::declared::Declared;
use crate::sources::{Oddity, Source, Want};
use crate::text::Locale;
use jiff::tz::TimeZone;

use args::{Args, Command, SessionsCommand};

/// Why a command ends without its answer.
#[derive(Debug)]
pub enum Failure {
    /// Exit 2: one line of what, where and what next.
    Usage(String),
    /// Exit 1: nothing was found.
    Nothing(String),
    /// The reader of our output is gone; that is no failure of ours.
    Closed,
    Other(anyhow::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Failure::Closed
        } else {
            Failure::Other(error.into())
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        Failure::Other(error)
    }
}

/// Where a command writes.
pub struct Streams<'a> {
    pub out: &'a mut dyn Write,
    pub err: &'a mut dyn Write,
}

/// Runs the program and gives its exit code. The screen opens where standard output is a terminal.
pub fn run(env: Env, words: Vec<OsString>, streams: &mut Streams<'_>) -> i32 {
    let code = match Args::read(words) {
        Ok(args) => dispatch(env, args, streams),
        Err(args::Stop::Said(text)) => match streams.out.write_all(text.as_bytes()) {
            Ok(()) => Ok(exit::DONE),
            Err(e) => Err(e.into()),
        },
        Err(args::Stop::Bad(line)) => Err(Failure::Usage(line)),
    };
    let code = code.and_then(|code| streams.out.flush().map(|()| code).map_err(Failure::from));
    match code {
        Ok(code) => code,
        Err(Failure::Closed) => exit::DONE,
        Err(failure) => {
            let (code, line) = match failure {
                Failure::Usage(line) => (exit::USAGE, line),
                Failure::Nothing(line) => (exit::NOTHING, line),
                Failure::Other(error) => (exit::USAGE, format!("{error:#}")),
                Failure::Closed => return exit::DONE,
            };
            // Nobody is left to tell if this fails.
            let _ = writeln!(
                streams.err,
                "backscroll: {}",
                crate::text::Clean::line(&line)
            );
            code
        }
    }
}

/// By which prices costs are counted. What was wrong with files of prices is said, and they are left aside.
fn tariff(
    env: &Env,
    pricing: &args::Pricing,
    streams: &mut Streams<'_>,
) -> Result<Arc<dyn Tariff>, Failure> {
    if pricing.no_offline {
        prices::refresh(env, None, streams)?;
    }
    let opened = store::open(env, pricing.offline);
    for line in &opened.problems {
        writeln!(
            streams.err,
            "backscroll: {}",
            crate::text::Clean::line(line)
        )?;
    }
    let mode = match pricing.mode {
        args::Mode::Auto => Mode::Auto,
        args::Mode::Calculate => Mode::Calculate,
        args::Mode::Display => Mode::Display,
    };
    Ok(Arc::new(Accounting::new(Arc::new(opened.prices), mode)))
}

fn dispatch(env: Env, mut args: Args, streams: &mut Streams<'_>) -> Result<i32, Failure> {
    let env = world(env, &args.shared)?;
    let command = match args.command.take() {
        Some(Command::Sessions {
            command: SessionsCommand::List(list),
        }) => Command::List(list),
        Some(Command::Sessions {
            command: SessionsCommand::Show(show),
        }) => Command::Show(show),
        Some(Command::Sessions {
            command: SessionsCommand::Top(top),
        }) => Command::Top(top),
        Some(command) => command,
        None if env.terminal.stdout_tty && !args.shared.json && !args.shared.plain => {
            return screen(&env, &args, streams);
        }
        None => Command::List(args::List {
            query: args.query.clone(),
            ..args::List::default()
        }),
    };
    let env = if args.shared.demo {
        crate::demo::open(&env)?
    } else {
        env
    };
    match command {
        Command::List(list) => list::run(&env, &args.shared, &list, streams),
        Command::Show(show) => show::run(&env, &args.shared, &show, streams),
        Command::Search(search) => search::run(&env, &args.shared, &search, streams),
        Command::Top(top) => top::run(&env, &args.shared, &top, streams),
        Command::Session(report) => report::session::run(&env, &args.shared, &report, streams),
        Command::Daily(report) => period(&env, &args, &report, Period::Day, streams),
        Command::Weekly(report) => period(&env, &args, &report, Period::Week, streams),
        Command::Monthly(report) => period(&env, &args, &report, Period::Month, streams),
        Command::Blocks(report) => report::blocks::run(&env, &args.shared, &report, streams),
        Command::Explain(explain) => explain::run(&env, &args.shared, &explain, streams),
        Command::Doctor => doctor::run(&env, &args.shared, streams),
        Command::Keys => keys::run(&env, &args.shared, streams),
        Command::Prices(prices) => prices::run(&env, &args.shared, &prices, streams),
        Command::Completions { shell } => self_description::completions(shell, streams),
        Command::Man => self_description::man(streams),
        // Taken apart above.
        Command::Sessions { .. } => Ok(exit::DONE),
    }
}

fn period(
    env: &Env,
    args: &Args,
    report: &args::Report,
    period: Period,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    report::periods::run(env, &args.shared, report, period, streams)
}

/// The world as the flags change it.
fn world(mut env: Env, shared: &args::Shared) -> Result<Env, Failure> {
    if let Some(name) = &shared.timezone {
        env.zone = TimeZone::get(name).map_err(|_| {
            Failure::Usage(format!(
                "--timezone {name}: no such zone; give a name such as Europe/Berlin or UTC"
            ))
        })?;
    }
    if let Some(tag) = &shared.locale {
        env.locale = Locale::named(tag).ok_or_else(|| {
            let known: Vec<&str> = Locale::tags().collect();
            Failure::Usage(format!(
                "--locale {tag}: not known; known are {}",
                known.join(", ")
            ))
        })?;
    }
    Ok(env)
}

fn screen(env: &Env, args: &Args, streams: &mut Streams<'_>) -> Result<i32, Failure> {
    if env.var("TERM") == Some("dumb") || !env.terminal.stdin_tty {
        let line = "this terminal cannot show a screen; try: backscroll list";
        return Err(Failure::Usage(line.to_owned()));
    }
    // What is wrong with a declaration is told by every command that prints.
    let choice = choice(env, &args.shared)?.choice;
    let context = context_of(env, &choice);
    let options = crate::tui::Options {
        query: args.query.join(" "),
        choice,
        watch: !args.shared.no_watch,
        demo: args.shared.demo,
        ascii: args.shared.ascii,
        color: args.shared.color.choice(),
        tariff: tariff(env, &args::Pricing::default(), streams)?,
    };
    Ok(crate::tui::run(env, context, &options)?)
}

/// Sources there are, and those the flags keep to.
struct Chosen {
    choice: Choice,
    /// Declarations in our own folder that are wrong, so that their source is not read.
    unread: Vec<String>,
    /// Settings that name nothing.
    notes: Vec<String>,
}

/// What a flag names must be right.
fn choice(env: &Env, shared: &args::Shared) -> Result<Chosen, Failure> {
    let is_file = |name: &&String| name.ends_with(".toml");
    let mut asked: Vec<&'static Declared> = Vec::new();
    for name in shared.source.iter().filter(is_file) {
        let made = Declared::load(env, name.as_ref(), &asked).map_err(Failure::Usage)?;
        asked.push(made);
    }
    let mut only: Vec<_> = asked.iter().map(|made| made.card().id).collect();
    // The sample sessions are a world of their own.
    let (declared, unread) = if shared.demo {
        (asked, Vec::new())
    } else {
        Declared::load_all(env, &asked)
    };
    let mut notes = Vec::new();
    let mut choice = Choice {
        declared,
        ..Choice::default()
    };
    if !shared.demo {
        match config::load(env, shared.config.as_deref()) {
            Ok(config) => notes = config.apply(env, &mut choice),
            // A file that somebody names is there to be used.
            Err(line) if shared.config.is_some() => {
                return Err(Failure::Usage(format!("--config {line}")));
            }
            Err(line) => notes.push(line),
        }
    }
    for name in shared.source.iter().filter(|name| !is_file(name)) {
        let (name, path) = match name.split_once('=') {
            Some((name, path)) => (name, Some(path)),
            None => (name.as_str(), None),
        };
        match (choice.named(name), path) {
            (Some(source), None) => only.push(source.card().id),
            (Some(source), Some(path)) => {
                let place = env.expand(Path::new(path));
                if path.is_empty() || env.files.list(&place).is_err() {
                    let line = format!(
                        "--source {name}={path}: no such folder; give the folder its logs are in"
                    );
                    return Err(Failure::Usage(line));
                }
                choice
                    .added
                    .extend(config::roots_at(env, source, &place, "--source"));
            }
            (None, _) => {
                let known: Vec<&str> = choice.all().map(|s| s.card().id.0).collect();
                return Err(Failure::Usage(format!(
                    "--source {name}: no such source; known are {}, or a FILE.toml that declares one",
                    known.join(", ")
                )));
            }
        }
    }
    choice.only = only;
    Ok(Chosen {
        choice,
        unread,
        notes,
    })
}

/// Everything there is, read once.
struct Loaded {
    /// The process ends with the command: there is no use in tidying up.
    index: ManuallyDrop<Index>,
    context: Context,
    choice: Choice,
    /// Settings that name nothing.
    notes: Vec<String>,
    /// Some source could not be read whole.
    partly: bool,
}

fn load(env: &Env, shared: &args::Shared, streams: &mut Streams<'_>) -> Result<Loaded, Failure> {
    let tariff = tariff(env, &args::Pricing::default(), streams)?;
    load_with(env, shared, tariff, Want::Summary, streams)
}

/// The same, counted by other prices, and read for no more than what is wanted.
fn load_with(
    env: &Env,
    shared: &args::Shared,
    tariff: Arc<dyn Tariff>,
    want: Want<'_>,
    streams: &mut Streams<'_>,
) -> Result<Loaded, Failure> {
    let Chosen {
        choice,
        unread,
        notes,
    } = choice(env, shared)?;
    for note in &notes {
        warn(streams, note)?;
    }
    let mut index = Index::with(tariff);
    index.apply(ingest::load_for(env, &choice, want));
    let denied = index
        .progress()
        .sources
        .iter()
        .flat_map(|s| &s.looked)
        .filter(|(_, _, state)| *state == SourceState::NoPermission);
    let denied = denied.map(|(path, _, _)| format!("{}: no permission", path.display()));
    let mut unread: Vec<String> = unread.into_iter().chain(denied).collect();
    unread.extend(index.odd().filter_map(|odd| {
        let damaged = odd.counts.contains_key(&Oddity::Corrupt);
        let damaged = damaged.then(|| Oddity::Corrupt.word().to_owned());
        let why = odd.error.clone().or(damaged)?;
        Some(format!("{}: {why}", odd.unit.path.display()))
    }));
    warn_unread(&unread, streams)?;
    Ok(Loaded {
        partly: !unread.is_empty(),
        context: context_of(env, &choice),
        choice,
        notes,
        index: ManuallyDrop::new(index),
    })
}

fn warn(streams: &mut Streams<'_>, line: &str) -> Result<(), Failure> {
    let line = crate::text::Clean::line(line);
    writeln!(streams.err, "backscroll: {line}")?;
    Ok(())
}

/// What a query needs to know of the world, where nothing is declared.
pub fn context(env: &Env) -> Context {
    context_of(env, &Choice::default())
}

fn context_of(env: &Env, choice: &Choice) -> Context {
    let names = choice.all().map(|source| {
        let card = source.card();
        let mut names = vec![card.id.0, card.label, card.code];
        names.extend(card.aliases);
        SourceNames { id: card.id, names }
    });
    Context {
        now: env.now(),
        zone: env.zone.clone(),
        home: env.home.clone(),
        sources: names.collect(),
    }
}

/// Names the first few of what could not be read.
fn warn_unread(unread: &[String], streams: &mut Streams<'_>) -> Result<(), Failure> {
    for line in unread.iter().take(3) {
        warn(streams, &format!("not read: {line}"))?;
    }
    if unread.len() > 3 {
        let more = unread.len() - 3;
        let line = format!("{more} more not read; see: backscroll doctor");
        warn(streams, &line)?;
    }
    Ok(())
}
