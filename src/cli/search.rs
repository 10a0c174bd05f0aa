//! `backscroll search`: lines of conversations with what was looked for, and how to read on there.

mod best;

use crossterm::style::Stylize;
use serde::Serialize;

use self::best::{Best, best};
use super::args::{Color, Search, Shared};
use super::ask::Wanted;
use super::ids::Ids;
use super::json::{self, SCHEMA};
use super::table::{line_width, note};
use super::{Failure, Streams, plain};
use crate::env::Env;
use crate::exit;
use crate::index::{Order, SortKey};
use crate::model::{Kind, Role, Row};
use crate::query::Hidden;
use crate::search::Hit;
use crate::text::{Clean, counted};

/// So many cells of a line are shown before what was found.
const BEFORE: usize = 24;
/// Of so many sessions lines are told where nothing is said: a few words may stand in all of them.
const LIMIT: usize = 20;
/// Lines are cut where no terminal says how wide it is.
const WIDTH: usize = 160;

pub fn run(
    env: &Env,
    shared: &Shared,
    args: &Search,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let (mut loaded, query) = super::load_asked(env, shared, &args.query, streams)?;
    if query.is_empty() {
        let line = "search: nothing to look for; try: backscroll search parser";
        return Err(Failure::Usage(line.into()));
    }
    let around = Some(args.context);
    let mut found = super::ask::wanted(env, &mut loaded, &query, around, streams)?;
    // As on the screen: where words are looked for, those that fit best stand first.
    let order = match query.has_words() {
        true => Order::by(SortKey::Relevance),
        false => Order::default(),
    };
    super::ask::arrange(env, &mut found, &query, order);
    let ids = Ids::of(&loaded.index);
    let usual = if args.all_hits { usize::MAX } else { LIMIT };
    let hidden = query.asks_for_hidden();
    let is_unlisted = |one: &&Wanted| hidden.class(&one.row).is_some();
    let all = All {
        sessions: found.len(),
        unlisted: found.iter().filter(is_unlisted).count(),
        lines: found.iter().map(|one| one.hits.len()).sum(),
        from: args.offset,
    };
    let most = args.limit.unwrap_or(usual);
    let page: Vec<Wanted> = found.into_iter().skip(args.offset).take(most).collect();
    let told = page.iter().map(|one| match args.all_hits {
        true => Best::all(&one.hits),
        false => best(&query, &one.hits),
    });
    let told: Vec<Best<'_>> = told.collect();
    if shared.json {
        json::write(streams.out, &SearchOut::new(&page, &told, &all, &ids))?;
    } else if shared.plain {
        plain::write(streams.out, &SearchOut::new(&page, &told, &all, &ids))?;
    } else {
        let is_coloured = is_coloured(env, shared.color);
        text(env, &page, &told, hidden, &ids, is_coloured, streams)?;
        for line in all.said(page.len(), told.iter().any(Best::leaves_out)) {
            write!(streams.out, "{}", note(&line, line_width(env)))?;
        }
        if all.sessions == 0 && env.terminal.stderr_tty {
            super::warn(
                streams,
                "nothing found; list with the same words tells which of them leaves nothing",
            )?;
        }
    }
    Ok(match (loaded.partly, page.is_empty()) {
        (true, _) => exit::PARTLY,
        (false, true) => exit::NOTHING,
        (false, false) => exit::DONE,
    })
}

/// All that was found, told or not.
struct All {
    sessions: usize,
    /// Sub-agents and others that `list` tells with `--all` only.
    unlisted: usize,
    lines: usize,
    /// So many sessions are left out before those that are told.
    from: usize,
}

impl All {
    /// Where to go on, behind so many sessions that are told; absent where these are the last.
    fn next(&self, told: usize) -> Option<usize> {
        Some(self.from + told).filter(|next| told > 0 && *next < self.sessions)
    }

    /// As `list` says it: `more`, `complete` or `past_end`.
    fn state(&self, told: usize) -> &'static str {
        match self.sessions {
            all if all > 0 && self.from >= all => "past_end",
            all if self.from + told < all => "more",
            _ => "complete",
        }
    }

    /// How much there is, and what to type for the rest.
    fn said(&self, told: usize, leaves_out: bool) -> Vec<String> {
        if self.sessions == 0 {
            return Vec::new();
        }
        let sessions = counted(self.sessions, "session");
        let mut said = match self.state(told) {
            "past_end" => vec![format!(
                "Past the end: {sessions} found; --offset leaves out the first so many"
            )],
            _ => {
                let unlisted = match self.unlisted {
                    0 => String::new(),
                    n => format!(", {n} of them not in list without --all"),
                };
                let lines = counted(self.lines, "line");
                vec![format!("\n{lines} in {sessions}{unlisted}")]
            }
        };
        if let Some(next) = self.next(told) {
            let (from, to) = (self.from + 1, next);
            let shown = match told {
                1 => format!("Shown is session {from}"),
                _ => format!("Shown are sessions {from} to {to}"),
            };
            said.push(format!(
                "{shown}; the next: --offset {next}, more at once: --limit"
            ));
        }
        if leaves_out {
            let line =
                "The best of each message and session; every line: backscroll search --all-hits";
            said.push(line.to_owned());
        }
        said
    }
}

fn show(row: &Row, hit: Option<&Hit>, ids: &Ids) -> String {
    let id = ids.name(row);
    match hit {
        Some(hit) => format!("backscroll show {id} --at {}", hit.number),
        None => format!("backscroll show {id}"),
    }
}

/// Whether what was found is marked by colour: where a person looks at it, or asked for.
fn is_coloured(env: &Env, color: Color) -> bool {
    let forced = env.var("CLICOLOR_FORCE").is_some_and(|v| v != "0");
    let plain =
        env.var("NO_COLOR").is_some_and(|v| !v.is_empty()) || env.var("TERM") == Some("dumb");
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => !plain && (env.terminal.stdout_tty || forced),
    }
}

fn text(
    env: &Env,
    found: &[Wanted],
    told: &[Best<'_>],
    hidden: Hidden,
    ids: &Ids,
    is_coloured: bool,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    let bold = |text: Clean| match is_coloured {
        true => text.as_str().bold().to_string(),
        false => text.to_string(),
    };
    let marked = |text: Clean| match is_coloured {
        true => text.as_str().red().bold().to_string(),
        false => text.to_string(),
    };

    let width = env.terminal.width.map_or(WIDTH, usize::from);
    for (i, (Wanted { row, .. }, told)) in found.iter().zip(told).enumerate() {
        if i > 0 {
            writeln!(streams.out)?;
        }
        let session = &row.session;
        let title = session
            .title
            .as_ref()
            .map(|title| title.shown().into_owned());
        let title = title.unwrap_or_else(|| "Untitled".into());
        let day = session.updated.map(|at| {
            let at = at.to_zoned(env.zone.clone());
            format!(", {}", at.strftime("%Y-%m-%d"))
        });
        let source = row.id().source;
        let kind = match (session.kind, hidden.class(row)) {
            (Kind::Main, None) => String::new(),
            (Kind::Main, Some(class)) => format!(", {class}"),
            (kind, _) => format!(", {}", kind.word()),
        };
        let place = format!(" ({source}{kind}{})", day.unwrap_or_default());
        let title = title.cut(width.saturating_sub(place.len()).max(20));
        writeln!(streams.out, "{}{place}", bold(title))?;
        if told.messages.is_empty() {
            writeln!(streams.out, "  {}", show(row, None, ids))?;
        }
        for message in &told.messages {
            // Of one message the command stands once.
            if let Some(hit) = message.hits.first() {
                writeln!(streams.out, "  {}", show(row, Some(hit), ids))?;
            }
            for hit in &message.hits {
                for (at, line) in hit.lines.iter().enumerate() {
                    let mark = format!(
                        "    {:>9}  ",
                        if at == hit.line { hit.scope.word() } else { "" }
                    );
                    let room = width.saturating_sub(mark.len()).max(20);
                    let place = if at == hit.line { hit.place } else { (0, 0) };
                    let [before, found, after] = around(line, place, room);
                    writeln!(streams.out, "{mark}{before}{}{after}", marked(found))?;
                }
            }
            if message.more > 0 {
                let more = counted(message.more, "more line");
                writeln!(streams.out, "    {:>9}  {more}", "")?;
            }
        }
        if told.more > 0 {
            let more = counted(told.more, "more message");
            let lines = counted(told.lines, "line");
            writeln!(streams.out, "  {more} with {lines}")?;
        }
    }
    Ok(())
}

/// What stands before, at and behind a place of a line, cut to its room so that the place can be seen.
fn around(line: &Clean, (from, to): (usize, usize), room: usize) -> [Clean; 3] {
    let end = line.as_str().len();
    let [mut before, found, after] = [0..from, from..to, to..end].map(|at| line.piece(at).flat());
    let text = before.as_str();
    let skip = text.char_indices().rev().nth(BEFORE).map(|(at, _)| at);
    let wide = before.width() + found.width() + after.width();
    if let Some(at) = skip.filter(|_| before.width() > room / 2 && wide > room) {
        let near = before.piece(at..text.len());
        before = Clean::join([&Clean::from(".."), &near]);
    }
    let before = before.cut(room);
    let found = found.cut(room.saturating_sub(before.width()));
    let left = room.saturating_sub(before.width() + found.width());
    [before, found, after.cut(left)]
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SearchOut {
    schema_version: u32,
    /// How many were found, told or not.
    sessions: usize,
    /// How many lines were found in them.
    lines: usize,
    hits: Vec<HitOut>,
    /// Lines of the sessions that are told, which only `--all-hits` tells.
    left_out: usize,
    next_offset: Option<usize>,
    /// `more`, `complete` or `past_end`.
    state: &'static str,
}

/// A line with what was looked for, or a session that fits by its title or its fields alone: then without a message.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HitOut {
    source: &'static str,
    session_id: String,
    title: Option<String>,
    /// `main`, `subagent`, `fork` or `copy`, as in an export of figures.
    kind: &'static str,
    project_path: Option<String>,
    message: Option<u32>,
    role: Option<&'static str>,
    /// What it stands in, by the name of the field that asks for it.
    scope: Option<&'static str>,
    at: Option<String>,
    snippet: Option<String>,
    /// From and to in the snippet's line, in bytes.
    r#match: Option<[usize; 2]>,
    before: Vec<String>,
    after: Vec<String>,
    /// The command that shows it.
    show: String,
}

impl SearchOut {
    fn new(page: &[Wanted], told: &[Best<'_>], all: &All, ids: &Ids) -> SearchOut {
        let each = page.iter().zip(told);
        let hits = each.flat_map(|(Wanted { row, hits, .. }, told)| {
            let alone = hits.is_empty().then(|| HitOut::new(row, None, ids));
            let hits = told.messages.iter().flat_map(|message| &message.hits);
            let hits = hits.map(|hit| HitOut::new(row, Some(hit), ids));
            alone.into_iter().chain(hits)
        });
        SearchOut {
            schema_version: SCHEMA,
            sessions: all.sessions,
            lines: all.lines,
            hits: hits.collect(),
            left_out: told.iter().map(Best::left_out).sum(),
            next_offset: all.next(page.len()),
            state: all.state(page.len()),
        }
    }
}

impl HitOut {
    fn new(row: &Row, hit: Option<&Hit>, ids: &Ids) -> HitOut {
        let session = &row.session;
        let lines = |from: usize, to: usize| -> Vec<String> {
            let lines = hit.and_then(|hit| hit.lines.get(from..to));
            lines
                .unwrap_or_default()
                .iter()
                .map(Clean::to_string)
                .collect()
        };
        let (line, count) = hit.map_or((0, 0), |hit| (hit.line, hit.lines.len()));
        HitOut {
            source: session.id.source.0,
            session_id: Clean::of(&session.id.native).to_string(),
            title: session.title.as_ref().map(|title| title.text.to_string()),
            kind: session.kind.word(),
            project_path: session
                .dir
                .as_deref()
                .map(|dir| Clean::of(&dir.to_string_lossy()).to_string()),
            message: hit.map(|hit| hit.number),
            role: hit.map(|hit| match hit.role {
                Role::User => "user",
                Role::Assistant => "assistant",
                Role::System => "system",
            }),
            scope: hit.map(|hit| hit.scope.word()),
            at: hit.and_then(|hit| hit.at).map(|at| format!("{at:.3}")),
            snippet: lines(line, (line + 1).min(count)).pop(),
            r#match: hit.map(|hit| [hit.place.0, hit.place.1]),
            before: lines(0, line),
            after: lines((line + 1).min(count), count),
            show: show(row, hit, ids),
        }
    }
}
