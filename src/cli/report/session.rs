//! `backscroll session`: tokens and cost of each session, sub-agents with the session that started them.

use std::cmp::Reverse;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::notes::Notes;
use super::out::{ModelsOut, SpendOut};
use super::{Chosen, choose, ends, face, model_name, models, show};
use crate::cli::args::{Mode, OrderFlag, Report, Shared};
use crate::cli::json::{self, SCHEMA};
use crate::cli::sheet::{Cell, Column, Face, Row as Line, Sheet, numbers, words};
use crate::cli::{Failure, Streams};
use crate::env::Env;
use crate::model::{Row, Sums};
use crate::sources;
use crate::text::Clean;

pub fn run(
    env: &Env,
    shared: &Shared,
    args: &Report,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    if args.by.is_some() {
        let line = "--by splits reports by time; try: backscroll daily --by project";
        return Err(Failure::Usage(line.into()));
    }
    let mut chosen = choose(env, shared, args, crate::cli::Need::Sums, streams)?;
    let mut notes = Notes {
        logged_only: args.pricing.mode == Mode::Display,
        ..Notes::default()
    };
    let span = chosen.span;
    let inside = |row: &Arc<Row>| match row.session.updated {
        Some(at) => span.holds(at),
        None => span.from.is_none() && span.to.is_none(),
    };
    chosen.rows.retain(inside);
    let before = chosen.rows.len();
    // Totals need no row of nothing, and a reader no line of dashes.
    chosen.rows.retain(|row| row.all.responses > 0);
    notes.silent = (before - chosen.rows.len()) as u64;
    let dated = dated(&chosen);
    sort(&mut chosen.rows, args.order, dated);
    let totals = chosen.loaded.index.sums(&chosen.rows);
    notes.hear(&totals);
    let empty = chosen.rows.is_empty();
    if shared.json {
        let session = |row: &Arc<Row>| SessionOut::new(row, &env.zone, notes.logged_only);
        let rest = BehindSessions {
            totals: SpendOut::new(&totals),
            schema_version: SCHEMA,
            sessions_without_tokens: notes.silent,
        };
        json::write_list(streams.out, "sessions", &chosen.rows, session, &rest)?;
    } else {
        let face = face(env, shared, args, !dated);
        let sheet = if dated {
            by_date(&chosen.rows, &totals, args, &face)
        } else {
            by_session(&chosen.rows, &totals, args, &face)
        };
        let title = chosen.title("By Session");
        show(&title, &sheet, &notes, &face, shared, args, streams)?;
    }
    Ok(ends(&chosen.loaded, empty))
}

/// Whether people know these sessions by the folders of dates their logs lie in.
fn dated(chosen: &Chosen) -> bool {
    let knows = |source: &dyn sources::Source| {
        let mut rows = chosen.rows.iter();
        rows.any(|row| source.directory(&row.session).is_some())
    };
    chosen.source().is_some_and(knows)
}

/// By cost, dearest first; where sessions go by date, oldest first. Unknown stands last either way.
fn sort(rows: &mut [Arc<Row>], order: Option<OrderFlag>, dated: bool) {
    let cost = |row: &Row| row.cost().known();
    let ended = |row: &Row| row.session.updated;
    rows.sort_by(|a, b| a.id().cmp(b.id()));
    match (dated, order) {
        (false, None | Some(OrderFlag::Desc)) => rows.sort_by_cached_key(|row| Reverse(cost(row))),
        (false, Some(OrderFlag::Asc)) => {
            rows.sort_by_cached_key(|row| (cost(row).is_none(), cost(row)));
        }
        (true, None | Some(OrderFlag::Asc)) => {
            rows.sort_by_key(|row| (ended(row).is_none(), ended(row)));
        }
        (true, Some(OrderFlag::Desc)) => rows.sort_by_key(|row| Reverse(ended(row))),
    }
}

const BY_SESSION: &[Column] = &[
    words("Session", "session", 12),
    words("Models", "models", 18),
    numbers("Input", "input", 8),
    numbers("Output", "output", 9),
    numbers("Cache Create", "cache_create", 14).wide(),
    numbers("Cache Read", "cache_read", 12).wide(),
    numbers("Total Tokens", "total_tokens", 14).wide(),
    numbers("Cost (USD)", "cost_usd", 12),
    words("Last Activity", "last_activity", 15),
];

fn by_session(rows: &[Arc<Row>], totals: &Sums, args: &Report, face: &Face) -> Sheet {
    let mut lines = Vec::new();
    for row in rows {
        let names = models(&row.all);
        let names = match args.breakdown {
            true => Cell::Text(comma(names)),
            false => Cell::List(names),
        };
        let head = vec![Cell::text(short(row)), names];
        let day = Cell::Day(day(row.session.updated, &face.zone));
        let line = line(head, &row.all, row.cost(), vec![day]);
        push(
            &mut lines,
            row,
            line,
            args.breakdown,
            face,
            |name, sums, cost| {
                self::line(
                    vec![Cell::Text(name), Cell::Blank],
                    sums,
                    cost,
                    vec![Cell::Blank],
                )
            },
        );
    }
    let head = vec![Cell::text("Total"), Cell::Blank];
    lines.push(total(line(
        head,
        totals,
        totals.cost.cost(),
        vec![Cell::Blank],
    )));
    sheet(BY_SESSION, lines)
}

const BY_DATE: &[Column] = &[
    words("Date", "date", 12),
    words("Directory", "directory", 12),
    words("Session", "session", 10),
    words("Models", "models", 12).wide(),
    numbers("Input", "input", 8),
    numbers("Output", "output", 9),
    numbers("Cache Create", "cache_create", 8).wide(),
    numbers("Cache Read", "cache_read", 8).wide(),
    numbers("Total Tokens", "total_tokens", 8).wide(),
    numbers("Cost (USD)", "cost_usd", 12),
];

fn by_date(rows: &[Arc<Row>], totals: &Sums, args: &Report, face: &Face) -> Sheet {
    let mut lines = Vec::new();
    for row in rows {
        let source = sources::source(row.id().source);
        let directory = source
            .and_then(|s| s.directory(&row.session))
            .unwrap_or_default();
        let head = vec![
            Cell::Day(day(row.session.updated, &face.zone)),
            Cell::Text(Clean::line(&directory)),
            Cell::text(short(row)),
            Cell::List(models(&row.all)),
        ];
        let line = line(head, &row.all, row.cost(), vec![]);
        push(
            &mut lines,
            row,
            line,
            args.breakdown,
            face,
            |name, sums, cost| {
                let head = vec![Cell::Blank, Cell::Blank, Cell::Text(name), Cell::Blank];
                self::line(head, sums, cost, vec![])
            },
        );
    }
    let head = vec![Cell::text("Total"), Cell::Blank, Cell::Blank, Cell::Blank];
    lines.push(total(line(head, totals, totals.cost.cost(), vec![])));
    sheet(BY_DATE, lines)
}

/// The figures of a row between what names it and what follows them.
fn line(mut head: Vec<Cell>, sums: &Sums, cost: crate::model::Cost, tail: Vec<Cell>) -> Line {
    let u = &sums.usage;
    let figures = [u.input, u.output, u.cache_write, u.cache_read, u.total()];
    head.extend(figures.map(|n| Cell::Count(Some(n))));
    head.push(Cell::Money(cost));
    head.extend(tail);
    Line::new(head)
}

/// A session's row, and one for each of its models where they are asked for.
fn push(
    lines: &mut Vec<Line>,
    row: &Row,
    mut line: Line,
    breakdown: bool,
    face: &Face,
    below: impl Fn(Clean, &Sums, crate::model::Cost) -> Line,
) {
    line.ruled = breakdown;
    lines.push(line);
    if !breakdown {
        return;
    }
    let elbow = if face.ascii { "\\-" } else { "└─" };
    for (model, one) in row.all.models.iter() {
        let name = model_name(model.as_ref(), one.assumed > 0);
        let sums = Sums {
            usage: one.usage,
            ..Sums::default()
        };
        let name = Clean::from(format!("  {elbow} {name}"));
        let mut line = below(name, &sums, one.cost.cost());
        line.ruled = true;
        line.sums = true;
        lines.push(line);
    }
}

fn total(mut line: Line) -> Line {
    line.ruled = true;
    line.sums = true;
    line
}

fn sheet(columns: &[Column], rows: Vec<Line>) -> Sheet {
    Sheet {
        columns: columns.to_vec(),
        // A report of nothing has no totals either.
        rows: if rows.len() > 1 { rows } else { Vec::new() },
    }
}

fn comma(names: Vec<Clean>) -> Clean {
    let names: Vec<&str> = names.iter().map(Clean::as_str).collect();
    Clean::from(names.join(", "))
}

fn day(at: Option<Timestamp>, zone: &TimeZone) -> Option<Date> {
    at.map(|at| at.to_zoned(zone.clone()).date())
}

fn short(row: &Row) -> Clean {
    let source = sources::source(row.id().source);
    Clean::line(&source.map_or_else(String::new, |s| s.report_id(&row.session)))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BehindSessions {
    totals: SpendOut,
    schema_version: u32,
    /// Sessions that match and whose logs hold no tokens.
    sessions_without_tokens: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionOut {
    session_id: String,
    #[serde(flatten)]
    spend: SpendOut,
    last_activity: Option<String>,
    #[serde(flatten)]
    models: ModelsOut,
    full_session_id: String,
    source: &'static str,
    title: Option<String>,
    project_path: Option<String>,
    directory: Option<String>,
    first_activity: Option<String>,
    first_activity_at: Option<String>,
    last_activity_at: Option<String>,
    message_count: u32,
}

impl SessionOut {
    fn new(row: &Row, zone: &TimeZone, logged_only: bool) -> SessionOut {
        let session = &row.session;
        let date = |at| day(at, zone).map(|day| day.to_string());
        let moment = |at: Option<Timestamp>| at.map(|at| format!("{at:.3}"));
        let cost = row.cost();
        let source = sources::source(row.id().source);
        let mut spend = SpendOut::new(&row.all);
        spend.cost_basis = cost.basis.word();
        SessionOut {
            session_id: short(row).to_string(),
            spend,
            last_activity: date(session.updated),
            models: ModelsOut::new(&row.all, logged_only),
            full_session_id: Clean::of(&session.id.native).to_string(),
            source: session.id.source.0,
            title: session.title.as_ref().map(|t| t.text.to_string()),
            project_path: session
                .dir
                .as_deref()
                .map(|d| Clean::of(&d.to_string_lossy()).to_string()),
            directory: source.and_then(|s| s.directory(session)),
            first_activity: date(session.started),
            first_activity_at: moment(session.started),
            last_activity_at: moment(session.updated),
            message_count: session.messages(),
        }
    }
}
