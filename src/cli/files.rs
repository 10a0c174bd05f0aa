//! `backscroll files`: who touched a file, across all sessions.

mod shapes;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use self::shapes::FilesOut;
use super::args::{Files, Shared};
use super::ids::Ids;
use super::json;
use super::table::plain;
use super::{Failure, Loaded, Streams, warn, warn_unread};
use crate::env::Env;
use crate::evidence::{self, Did, Touch};
use crate::exit;
use crate::ingest::Reading;
use crate::model::{self, Conversation, Kind, Lane, Role, Row};
use crate::query::{Glob, Needle, Query};
use crate::text::{Clean, short_dir};

/// Cells of a prompt.
const PROMPT: usize = 90;
/// Fewer letters of a name are no help to find it by.
const LETTERS: usize = 3;

/// What was asked for.
struct Asked {
    /// The argument as a path of this machine.
    whole: PathBuf,
    /// There is such a folder.
    is_folder: bool,
    part: Part,
    /// Letters that every path which is meant has, where a log writes it whole or from the project on.
    letters: Option<String>,
}

enum Part {
    Needle(Needle),
    Glob(Glob),
}

/// How well a path fits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It has what was asked for in it.
    Part,
    /// It is the file itself, or lies in that folder.
    Whole,
}

impl Asked {
    fn new(env: &Env, path: &str) -> Asked {
        let typed = path.trim_end_matches('/');
        let whole = evidence::path::full(&env.expand(Path::new(path)).to_string_lossy(), None);
        let exact = typed.chars().any(char::is_uppercase);
        let part = match typed.contains('*') {
            true if typed.starts_with(['/', '~']) => Part::Glob(Glob::path(&whole, exact)),
            true => Part::Glob(Glob::path(&format!("**/{typed}"), exact)),
            false => {
                let bare = typed.trim_start_matches("./").trim_start_matches("../");
                Part::Needle(Needle::with_case(bare, exact))
            }
        };
        // The name of the file itself: what stands before it may be left out in a log.
        let name = whole.rsplit('/').next().unwrap_or_default();
        let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let runs = name.split(|c| !is_letter(c));
        let longest = runs.max_by_key(|run| run.len()).unwrap_or_default();
        Asked {
            is_folder: env.files.list(Path::new(&whole)).is_ok(),
            letters: (longest.len() >= LETTERS).then(|| longest.chars().take(64).collect()),
            whole: PathBuf::from(whole),
            part,
        }
    }

    fn fit(&self, path: &str) -> Option<Fit> {
        if Path::new(path).starts_with(&self.whole) {
            return Some(Fit::Whole);
        }
        let fits = match &self.part {
            Part::Needle(needle) => needle.is_in(&Clean::seen(path)),
            Part::Glob(glob) => glob.fits(&Clean::seen(path)),
        };
        fits.then_some(Fit::Part)
    }

    /// Whether a session's directory alone can make a path of it fit: in a log it is left out.
    fn may_lie_in(&self, dir: Option<&Path>) -> bool {
        let Some(dir) = dir else { return false };
        let text = dir.to_string_lossy();
        let names = |letters: &String| text.to_lowercase().contains(&letters.to_lowercase());
        self.is_folder && dir.starts_with(&self.whole) || self.letters.as_ref().is_some_and(names)
    }
}

/// All that one message did to a file.
struct Found {
    row: Arc<Row>,
    at: Option<Timestamp>,
    number: u32,
    path: Clean,
    /// The first line of the prompt that it was done for; absent where none stands above it.
    prompt: Option<Clean>,
    did: BTreeSet<Did>,
    added: usize,
    removed: usize,
    fit: Fit,
}

pub fn run(
    env: &Env,
    shared: &Shared,
    args: &Files,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    if args.path.trim().is_empty() {
        let line = "files: no path; try: backscroll files src/main.rs";
        return Err(Failure::Usage(line.into()));
    }
    let (mut loaded, query) = super::load_asked(env, shared, &args.query, streams)?;
    let asked = Asked::new(env, &args.path);
    let rows = candidates(env, &mut loaded, &query, &asked, streams)?;
    let mut found = read(env, &mut loaded, rows, &asked, streams)?;
    // The file itself is meant where somebody touched it, else whatever has the name.
    if let Some(best) = found.iter().map(|found| found.fit).max() {
        found.retain(|found| found.fit == best);
    }
    found.sort_by(|a, b| {
        let key = |f: &Found| (f.at, f.row.id().clone(), f.number);
        key(b).cmp(&key(a))
    });
    let total = found.len();
    let limit = args
        .limit
        .or(query.arrangement().limit)
        .unwrap_or(usize::MAX);
    found.truncate(limit);
    let ids = Ids::of(&loaded.index);
    if shared.json {
        let out = FilesOut::new(&asked, &found, total, &ids);
        json::write(streams.out, &out)?;
    } else {
        if total == 0 {
            warn(streams, "no session touched a file like that")?;
        }
        if env.terminal.stderr_tty && found.first().is_some_and(|f| f.fit == Fit::Part) {
            warn(
                streams,
                "nobody touched that file itself; these have it in their path",
            )?;
        }
        text(env, shared, (&found, total), &ids, streams)?;
    }
    Ok(match (loaded.partly, total == 0) {
        (true, _) => exit::PARTLY,
        (false, true) => exit::NOTHING,
        (false, false) => exit::DONE,
    })
}

/// The sessions that may have touched it: those whose words hold its name, and those at work where it lies.
fn candidates(
    env: &Env,
    loaded: &mut Loaded,
    query: &Query,
    asked: &Asked,
    streams: &mut Streams<'_>,
) -> Result<Vec<Arc<Row>>, Failure> {
    let mut rows = super::ask::wanted_rows(env, loaded, query, streams)?;
    // What a copy holds stands in the session that repeated it too.
    let wants_copies = query.asks_for_hidden().copy;
    rows.retain(|row| wants_copies || row.session.kind != Kind::Copy);
    let Some(letters) = &asked.letters else {
        return Ok(rows);
    };
    let by_name = Query::parse(
        &format!("file:\"{}\"", letters.to_lowercase()),
        &loaded.context,
    );
    let named = super::ask::wanted_rows(env, loaded, &by_name, streams)?;
    let named: BTreeSet<_> = named.iter().map(|row| row.id().clone()).collect();
    let may =
        |row: &Arc<Row>| named.contains(row.id()) || asked.may_lie_in(row.session.dir.as_deref());
    Ok(rows.into_iter().filter(may).collect())
}

fn read(
    env: &Env,
    loaded: &mut Loaded,
    rows: Vec<Arc<Row>>,
    asked: &Asked,
    streams: &mut Streams<'_>,
) -> Result<Vec<Found>, Failure> {
    let told: Vec<Result<Vec<Found>, String>> = rows
        .into_par_iter()
        .map(|row| {
            let mut reading = Reading::new(&row.session);
            let path = row.session.unit.path.display();
            reading
                .read(env)
                .map_err(|error| format!("{path}: {error}"))?;
            let dir = row.session.dir.as_deref();
            let talk = reading.conversation();
            let mut found = by_message(&row, evidence::touches(&talk, dir), asked);
            for one in &mut found {
                one.prompt = prompt_above(&talk, one.number);
            }
            Ok(found)
        })
        .collect();
    let (mut found, mut unread) = (Vec::new(), Vec::new());
    for told in told {
        match told {
            Ok(told) => found.extend(told),
            Err(line) => unread.push(line),
        }
    }
    unread.dedup();
    warn_unread(&unread, streams)?;
    loaded.partly |= !unread.is_empty();
    Ok(found)
}

/// What each message did to each file that is meant.
fn by_message(row: &Arc<Row>, touches: Vec<Touch>, asked: &Asked) -> Vec<Found> {
    let mut all: Vec<Found> = Vec::new();
    for touch in touches {
        let full = touch.full.untrusted();
        let Some(fit) = asked.fit(full) else { continue };
        let path = Clean::line(full);
        let number = touch.place.number;
        let known = all
            .iter_mut()
            .rev()
            .take_while(|found| found.number == number);
        let mut known = known.filter(|found| found.path == path);
        match known.next() {
            Some(found) => {
                found.did.insert(touch.did);
                found.added += touch.added;
                found.removed += touch.removed;
            }
            None => all.push(Found {
                row: row.clone(),
                at: touch.place.at.or(row.session.updated),
                number,
                path,
                prompt: None,
                did: BTreeSet::from([touch.did]),
                added: touch.added,
                removed: touch.removed,
                fit,
            }),
        }
    }
    all
}

/// The prompt that a message answers, where it says anything in words.
fn prompt_above(talk: &Conversation, number: u32) -> Option<Clean> {
    let mut above = talk.messages.iter().rev().filter(|m| m.number < number);
    let prompt = above.find(|m| m.role == Role::User && m.counts && m.lane == Lane::Main)?;
    let mut texts = prompt.parts.iter().filter_map(|part| match part {
        model::Part::Text(text) => Some(Clean::title(text.untrusted())),
        _ => None,
    });
    texts.find(|text| !text.is_empty())
}

impl Found {
    fn did(&self) -> String {
        let words: Vec<&str> = self.did.iter().map(|did| did.word()).collect();
        words.join(", ")
    }

    fn changes(&self) -> bool {
        self.did.iter().any(|did| *did != Did::Read)
    }

    fn show(&self, ids: &Ids) -> Clean {
        let id = ids.name(&self.row);
        Clean::from(format!("backscroll show {id} --at {}", self.number))
    }
}

fn text(
    env: &Env,
    shared: &Shared,
    (found, total): (&[Found], usize),
    ids: &Ids,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    let out = &mut *streams.out;
    let paths: BTreeSet<&Clean> = found.iter().map(|found| &found.path).collect();
    let short = |path: &Clean| Clean::line(&short_dir(Path::new(path.as_str()), &env.home));
    for one in found {
        let session = &one.row.session;
        let title = session.title.as_ref().map(|title| title.text.clone());
        let title = title.unwrap_or_else(|| "Untitled".into());
        let at = one.at.map(|at| at.to_zoned(env.zone.clone()));
        let at = at.map_or_else(
            || "-".into(),
            |at| at.strftime("%Y-%m-%d %H:%M").to_string(),
        );
        let lines = match one.changes() {
            true => format!("+{} -{}", one.added, one.removed),
            false => String::new(),
        };
        if shared.plain {
            let pairs = [
                ("Time", Clean::from(at)),
                ("Source", one.row.id().source.0.into()),
                ("Session ID", ids.name(&one.row)),
                ("Title", title),
                ("File", short(&one.path)),
                ("Did", Clean::from(one.did())),
                ("Lines", Clean::from(lines)),
                ("Prompt", one.prompt.clone().unwrap_or_else(|| "-".into())),
                ("Message", Clean::from(one.number.to_string())),
                ("Show", one.show(ids)),
            ];
            writeln!(out, "{}", plain(&pairs))?;
            continue;
        }
        let did = match lines.is_empty() {
            true => one.did(),
            false => format!("{} {lines}", one.did()),
        };
        let source = one.row.id().source.0;
        writeln!(out, "{at}  {source:<12}  {did:<18}  {}", title.cut(80))?;
        if paths.len() > 1 {
            writeln!(out, "    {}", short(&one.path))?;
        }
        if let Some(prompt) = &one.prompt {
            writeln!(out, "    you: {}", prompt.cut(PROMPT))?;
        }
        writeln!(out, "    {}", one.show(ids))?;
    }
    if !found.is_empty() && !shared.plain {
        let sessions: BTreeSet<_> = found.iter().map(|found| found.row.id()).collect();
        let many = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let messages = match total > found.len() {
            true => format!("Showing {} of {}", found.len(), many(total, "message")),
            false => many(total, "message"),
        };
        let (files, sessions) = (many(paths.len(), "file"), many(sessions.len(), "session"));
        writeln!(out, "\n{messages}, {files}, {sessions}")?;
    }
    Ok(())
}
