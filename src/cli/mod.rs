//! Commands: the plain twin of every screen, for scripts and people without one.
//!
//! Standard output carries the answer and nothing else; talk goes to standard error. A bad argument is one line that
//! says what, where and what to do next.

mod acting;
mod args;
mod ask;
mod config;
mod confirm;
mod copy;
mod declared;
mod delete;
mod doctor;
mod evidence;
mod explain;
mod export;
mod files;
mod grid;
mod ids;
mod json;
mod keep;
mod keys;
mod linear;
mod list;
mod load;
mod marks;
mod plain;
mod prices;
mod report;
mod resolve;
mod search;
mod self_description;
mod sharing;
mod sheet;
mod show;
mod table;
mod top;
mod trash;

use std::ffi::OsString;
use std::io::{self, Write};
use std::sync::Arc;

use crate::config::{Flag, Settings};
use crate::env::{Env, Room};
use crate::exit;
use crate::index::Period;
use crate::ingest::Choice;
use crate::launch::Act;
use crate::query::{Context, SourceNames};
use crate::text::{Locale, bytes};
use crate::tui::follower::Origin;
use jiff::tz::TimeZone;

use args::{Args, Command, SessionsCommand};
use load::{
    Chosen, Loaded, Need, choice, load, load_asked, load_for, load_rows, tariff, warn_unread,
};

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

fn dispatch(env: Env, mut args: Args, streams: &mut Streams<'_>) -> Result<i32, Failure> {
    args.shared.settings = Arc::new(settings(&env, &args.shared)?);
    let env = world(env, &args.shared)?;
    crate::export::allow(&args.shared.settings.allowed());
    let is_linear = linear::is_asked(&env, &args.shared);
    let is_screen = env.terminal.stdout_tty && !args.shared.json && !args.shared.plain;
    if args.shared.mask && (args.command.is_some() || !is_linear && !is_screen) {
        let line = "--mask hides on the screen and in linear mode; for what leaves there are --redact and --anonymize";
        return Err(Failure::Usage(line.to_owned()));
    }
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
        None if is_linear => {
            let env = match args.shared.demo {
                true => crate::demo::open(&env)?,
                false => env,
            };
            let input = &mut io::stdin().lock();
            return linear::run(&env, &args.shared, &args.query, input, streams);
        }
        None if is_screen => {
            return screen(&env, &args, streams);
        }
        None => {
            if let Some(near) = args::command_near(&args.query) {
                let word = args.query.first().map_or("", String::as_str);
                let line = format!("{word} is no command and is looked for; the nearest is {near}");
                warn(streams, &line)?;
            }
            Command::List(args::List {
                query: args.query.clone(),
                ..args::List::default()
            })
        }
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
        Command::Files(files) => files::run(&env, &args.shared, &files, streams),
        Command::Export(export) => export::run(&env, &args.shared, &export, streams),
        Command::Copy(copy) => copy::run(&env, &args.shared, &copy, streams),
        Command::Top(top) => top::run(&env, &args.shared, &top, streams),
        Command::Session(report) => report::session::run(&env, &args.shared, &report, streams),
        Command::Daily(report) => period(&env, &args, &report, Period::Day, streams),
        Command::Weekly(report) => period(&env, &args, &report, Period::Week, streams),
        Command::Monthly(report) => period(&env, &args, &report, Period::Month, streams),
        Command::Blocks(report) => report::blocks::run(&env, &args.shared, &report, streams),
        Command::Explain(explain) => explain::run(&env, &args.shared, &explain, streams),
        Command::Resume(acting) => acting::run(&env, &args.shared, Act::Resume, &acting, streams),
        Command::New(acting) => acting::run(&env, &args.shared, Act::New, &acting, streams),
        Command::Fork(acting) => acting::run(&env, &args.shared, Act::Fork, &acting, streams),
        Command::Share(share) => sharing::share(&env, &args.shared, &share, streams),
        Command::Unshare(unshare) => sharing::unshare(&env, &args.shared, &unshare, streams),
        Command::Doctor => doctor::run(&env, &args.shared, streams),
        Command::Keys => keys::run(&env, &args.shared, streams),
        Command::Star(star) => marks::star(&env, &args.shared, &star, streams),
        Command::Tag(tag) => marks::tag(&env, &args.shared, &tag, streams),
        Command::Rename(rename) => marks::rename(&env, &args.shared, &rename, streams),
        Command::Note(note) => marks::note(&env, &args.shared, &note, streams),
        Command::Hide(hide) => marks::hide(&env, &args.shared, &hide, streams),
        Command::Config { command } => config::run(&env, &args.shared, command, streams),
        Command::Delete(delete) => delete::run(&env, &args.shared, &delete, streams),
        Command::Keep(words) => keep::run(&env, &args.shared, &words, streams),
        Command::Trash { command } => trash::run(&env, &args.shared, &command, streams),
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

/// What flags say over the settings.
fn flags(shared: &args::Shared) -> Vec<Flag> {
    let mut flags: Vec<Flag> = Vec::new();
    if shared.ascii {
        flags.push(("ui.glyphs", "ascii".into(), "--ascii"));
    }
    if shared.no_mouse {
        flags.push(("ui.mouse", "false".into(), "--no-mouse"));
    }
    if shared.mask {
        flags.push(("ui.mask", "true".into(), "--mask"));
    }
    let zone = shared.timezone.clone();
    flags.extend(zone.map(|zone| ("ui.timezone", zone, "--timezone")));
    let locale = shared.locale.clone();
    flags.extend(locale.map(|tag| ("ui.locale", tag, "--locale")));
    flags
}

/// The settings, with what the flags say over them.
fn settings(env: &Env, shared: &args::Shared) -> Result<Settings, Failure> {
    // A file that somebody names is there to be used.
    let settings = crate::config::load(env, shared.config.as_deref(), flags(shared));
    settings.map_err(|line| Failure::Usage(format!("--config {line}")))
}

/// The world as settings and flags change it.
fn world(mut env: Env, shared: &args::Shared) -> Result<Env, Failure> {
    let set = |name| Some(shared.settings.text(name)).filter(|text| !text.is_empty());
    if let Some(zone) = set("ui.timezone").and_then(|name| TimeZone::get(name).ok()) {
        env.zone = zone;
    }
    if let Some(locale) = set("ui.locale").and_then(Locale::named) {
        env.locale = locale;
    }
    env.room = Room::of(shared.settings.number("ui.max_memory")).unwrap_or_default();
    env.ascii = match shared.settings.text("ui.glyphs") {
        "ascii" => Some(true),
        "unicode" => Some(false),
        _ => None,
    };
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
    if let Some(text) = &shared.max_memory {
        let room = bytes(text).and_then(Room::of);
        let least = Room::LEAST >> 20;
        let wrong =
            || format!("--max-memory {text}: not a size of at least {least}M, such as 256M");
        env.room = room.ok_or_else(|| Failure::Usage(wrong()))?;
    }
    Ok(env)
}

fn screen(env: &Env, args: &Args, streams: &mut Streams<'_>) -> Result<i32, Failure> {
    if env.var("TERM") == Some("dumb") || !env.terminal.stdin_tty {
        let line = "this terminal cannot show a screen; try: backscroll list";
        return Err(Failure::Usage(line.to_owned()));
    }
    // What is wrong with a declaration is told by every command that prints.
    let Chosen {
        choice, settings, ..
    } = choice(env, &args.shared)?;
    let context = context_of(env, &choice);
    let options = crate::tui::Options {
        query: args.query.join(" "),
        choice,
        watch: !args.shared.no_watch,
        demo: args.shared.demo,
        settings: Origin {
            env: env.clone(),
            named: args.shared.config.clone(),
            flags: flags(&args.shared),
            color: args.shared.color.choice(),
            settings,
        },
        tariff: tariff(env, &args::Pricing::default(), streams)?,
    };
    Ok(crate::tui::run(env, context, &options)?)
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
