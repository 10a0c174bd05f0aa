//! What a command asks about: the sources that flags and settings choose, read or known from an earlier run.

use std::mem::ManuallyDrop;
use std::path::Path;
use std::sync::Arc;

use super::{Failure, Streams, args, ask, context_of, prices, warn};
use crate::config::{self, Settings};
use crate::env::Env;
use crate::index::{Index, Shelf};
use crate::ingest::{Choice, Delta, SourceState, Survey};
use crate::marks::Marks;
use crate::model::{Conversation, Session, Tariff};
use crate::pricing::{Accounting, Mode, store};
use crate::query::{Context, Query};
use crate::search::{Learner, Words};
use crate::share::Kept;
use crate::sources::declared::Declared;
use crate::sources::{Oddity, Source, Want, hash};

/// By which prices costs are counted. What was wrong with files of prices is said, and they are left aside.
pub fn tariff(
    env: &Env,
    pricing: &args::Pricing,
    streams: &mut Streams<'_>,
) -> Result<Arc<dyn Tariff>, Failure> {
    if pricing.no_offline {
        prices::refresh(env, None, streams)?;
    }
    let tariff = told_tariff(open_tariff(env, pricing), streams)?;
    let early = tariff.clone();
    // Without a thread the first price is waited for.
    let _ = std::thread::Builder::new()
        .name("prices".into())
        .spawn(move || early.prepare());
    Ok(tariff)
}

/// A tariff, and a line for each file of prices that was left aside.
fn open_tariff(env: &Env, pricing: &args::Pricing) -> (Arc<dyn Tariff>, Vec<String>) {
    let opened = store::open(env, pricing.offline);
    let mode = match pricing.mode {
        args::Mode::Auto => Mode::Auto,
        args::Mode::Calculate => Mode::Calculate,
        args::Mode::Display => Mode::Display,
    };
    let tariff = Accounting::new(Arc::new(opened.prices), mode);
    (Arc::new(tariff), opened.problems)
}

fn told_tariff(
    (tariff, problems): (Arc<dyn Tariff>, Vec<String>),
    streams: &mut Streams<'_>,
) -> Result<Arc<dyn Tariff>, Failure> {
    for line in &problems {
        writeln!(
            streams.err,
            "backscroll: {}",
            crate::text::Clean::line(line)
        )?;
    }
    Ok(tariff)
}

/// Sources there are, and those the flags keep to.
pub struct Chosen {
    pub choice: Choice,
    /// Declarations in our own folder that are wrong, so that their source is not read.
    pub unread: Vec<String>,
    /// What is wrong with the settings.
    pub notes: Vec<String>,
    /// The settings, with the mistakes that their sources have.
    pub settings: Arc<Settings>,
}

/// What a flag names must be right.
pub fn choice(env: &Env, shared: &args::Shared) -> Result<Chosen, Failure> {
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
    let mut settings = (*shared.settings).clone();
    let mut choice = Choice {
        declared,
        ..Choice::default()
    };
    if !shared.demo {
        settings.choose(env, &mut choice);
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
    let mistakes = settings.mistakes.iter();
    let notes = mistakes.map(|mistake| mistake.line(&env.home)).collect();
    Ok(Chosen {
        choice,
        unread,
        notes,
        settings: Arc::new(settings),
    })
}

/// Everything there is, read once.
pub struct Loaded {
    /// The process ends with the command: there is no use in tidying up.
    pub index: ManuallyDrop<Index>,
    pub tariff: Arc<dyn Tariff>,
    pub context: Context,
    pub choice: Choice,
    /// What is wrong with the settings.
    pub notes: Vec<String>,
    /// Some source could not be read whole.
    pub partly: bool,
}

pub fn load(
    env: &Env,
    shared: &args::Shared,
    streams: &mut Streams<'_>,
) -> Result<Loaded, Failure> {
    load_for(env, shared, &args::Pricing::default(), Need::All, streams)
}

/// The rows alone, for who asks nothing about single responses.
pub fn load_rows(
    env: &Env,
    shared: &args::Shared,
    streams: &mut Streams<'_>,
) -> Result<Loaded, Failure> {
    load_for(env, shared, &args::Pricing::default(), Need::Rows, streams)
}

/// The rows for a question. One that is wrong is told before anything is read.
pub fn load_asked(
    env: &Env,
    shared: &args::Shared,
    words: &[String],
    streams: &mut Streams<'_>,
) -> Result<(Loaded, Query), Failure> {
    let chosen = choice(env, shared)?;
    let query = ask::query(env, words, &context_of(env, &chosen.choice), streams)?;
    let need = match query.asks_of_all_said() {
        true => Need::Said,
        false => Need::Rows,
    };
    let loaded = load_chosen(env, chosen, &args::Pricing::default(), need, streams)?;
    Ok((loaded, query))
}

/// What a command asks of the index.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Rows, with their tools and errors.
    Rows,
    /// The same, and then what was said in all of them: where nothing of it is known, both are read at once.
    Said,
    /// Rows for their tokens and money only.
    Sums,
    /// Every response, for its tokens and money only.
    Spends,
    All,
}

/// The index for who needs no more than this, counted by these prices.
pub fn load_for(
    env: &Env,
    shared: &args::Shared,
    pricing: &args::Pricing,
    need: Need,
    streams: &mut Streams<'_>,
) -> Result<Loaded, Failure> {
    let chosen = choice(env, shared)?;
    load_chosen(env, chosen, pricing, need, streams)
}

fn load_chosen(
    env: &Env,
    chosen: Chosen,
    pricing: &args::Pricing,
    need: Need,
    streams: &mut Streams<'_>,
) -> Result<Loaded, Failure> {
    let Chosen {
        choice,
        unread,
        notes,
        ..
    } = chosen;
    for note in &notes {
        warn(streams, note)?;
    }
    if pricing.no_offline {
        prices::refresh(env, None, streams)?;
    }
    // Both take a while, and each leaves a core to the other.
    let (survey, (tariff, marks)) = rayon::join(
        || Survey::take(env, &choice),
        || (open_tariff(env, pricing), Marks::load(env)),
    );
    let tariff = told_tariff(tariff, streams)?;
    let mut index = index(env, survey, tariff.clone(), pricing, need, streams)?;
    match marks {
        Ok(marks) => drop(index.set_marks(marks)),
        Err(line) => warn(streams, &line)?,
    }
    // A file of ours that is damaged is told by the commands that write it.
    if let Ok(kept) = Kept::load(env) {
        let known: Vec<_> = choice.all().map(|source| source.card().id).collect();
        index.set_shared(kept.links(&known));
    }
    index.keep_by(choice.retentions(env));
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
        tariff,
        context: context_of(env, &choice),
        choice,
        notes,
        index: ManuallyDrop::new(index),
    })
}

/// Rows as they were kept, if nothing changed since; else everything read, and its rows kept.
fn index(
    env: &Env,
    mut survey: Survey<'_>,
    tariff: Arc<dyn Tariff>,
    pricing: &args::Pricing,
    need: Need,
    streams: &mut Streams<'_>,
) -> Result<Index, Failure> {
    let choice = survey.choice;
    let shelves = match need {
        Need::Rows | Need::Said => &[Shelf::Rows][..],
        Need::Sums => &[Shelf::Rows, Shelf::Sums][..],
        Need::Spends | Need::All => &[][..],
    };
    // What is counted in another way now and then is not kept.
    let is_usual = pricing.mode == args::Mode::Auto;
    let state = survey.state().filter(|_| is_usual);
    let prices = store::state(env, pricing.offline);
    let name = state.map(|now| hash(&[&now.to_le_bytes(), &prices.to_le_bytes()]));
    for shelf in shelves {
        let kept =
            name.and_then(|name| Index::kept_rows(env, choice, *shelf, name, tariff.clone()));
        if let Some((then, mut index)) = kept {
            let is_more = survey.look_where_named(index.rows().map(|row| &*row.session));
            let now = if is_more { survey.state() } else { state };
            if now == Some(then) {
                index.set_progress(survey.progress());
                return Ok(index);
            }
        }
    }
    let want = match need {
        Need::Rows | Need::Said | Need::All => Want::Summary,
        Need::Sums | Need::Spends => Want::Spends,
    };
    let mut index = Index::with(tariff);
    let told = match need {
        Need::Said => load_said(env, &mut survey, streams)?,
        _ => survey.load(want),
    };
    index.apply(told);
    let is_whole = index.odd().all(|odd| odd.error.is_none());
    if let (Some(shelf), Some(name), Some(state), true) =
        (shelves.last(), name, survey.state(), is_whole)
    {
        // Without a cache everything works, only later.
        let _ = index.keep_rows(env, *shelf, name, state);
    }
    Ok(index)
}

/// Everything read. Where nothing is known yet of what was said, that is learnt in the same reading.
fn load_said(
    env: &Env,
    survey: &mut Survey<'_>,
    streams: &mut Streams<'_>,
) -> Result<Delta, Failure> {
    if survey.count() < ask::FEW {
        return Ok(survey.load(Want::Summary));
    }
    let mut words = Words::open(env);
    // Without an index of words everything is found, only later.
    let learner = words.is_empty().then(|| Learner::begin(env).ok().flatten());
    let Some(learner) = learner.flatten() else {
        return Ok(survey.load(Want::Summary));
    };
    ask::tell_of_learning(env, survey.count(), streams)?;
    let overhear = |session: &Session, said: &Conversation| learner.hear(session, said);
    let told = survey.load_overheard(Want::Summary, Some(&overhear));
    let _ = words.keep(learner);
    Ok(told)
}

/// Names the first few of what could not be read.
pub fn warn_unread(unread: &[String], streams: &mut Streams<'_>) -> Result<(), Failure> {
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
