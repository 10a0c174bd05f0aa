//! `backscroll list`: sessions as a table.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::args::{List, Shared, Sort};
use super::json::{self, ListOut, SCHEMA, SessionOut, SumsOut, TotalsOut};
use super::table::{Column, heading, plain, table};
use super::{Failure, Loaded, Streams};
use crate::env::Env;
use crate::exit;
use crate::index::{Order, SortKey};
use crate::model::Row;
use crate::query::Query;
use crate::sources;
use crate::text::{Clean, count};
use crate::tui::is_ascii;

/// `--recent` means so many.
const RECENT: usize = 10;
/// From this width on the table says also where a session ran and what it was about.
const WIDE: u16 = 100;

pub fn run(
    env: &Env,
    shared: &Shared,
    args: &List,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let loaded = super::load(env, shared, streams)?;
    let query = super::query(env, &args.query, &loaded.context, streams)?;
    let Selected {
        rows,
        hidden,
        spent,
    } = select(&loaded, &query, args);
    let (total, from) = (rows.len(), args.offset.min(rows.len()));
    let most = match (args.recent, args.limit) {
        (true, Some(limit)) => limit.min(RECENT),
        (true, None) => RECENT,
        (false, limit) => limit.unwrap_or(usize::MAX),
    };
    let page: Vec<Arc<Row>> = rows.iter().skip(from).take(most).cloned().collect();
    let more = from + page.len() < total;
    // A page of nothing leads nowhere.
    let next = Some(from + page.len()).filter(|_| more && !page.is_empty());
    if shared.json {
        let sums = loaded.index.sums(&spent);
        let out = ListOut {
            schema_version: SCHEMA,
            sessions: page.iter().map(|row| SessionOut::new(row)).collect(),
            totals: TotalsOut {
                sessions: total,
                message_count: rows
                    .iter()
                    .map(|row| u64::from(row.session.messages()))
                    .sum(),
                sums: SumsOut::new(&sums, sums.responses > 0 || total == 0),
            },
            next_offset: next,
            state: match more {
                true if args.offset < total => "more",
                false if total > 0 && args.offset >= total => "past_end",
                _ => "complete",
            },
        };
        json::write(streams.out, &out)?;
    } else {
        text(env, shared, &loaded, &page, total, &hidden, streams)?;
    }
    Ok(if loaded.partly {
        exit::PARTLY
    } else if page.is_empty() {
        exit::NOTHING
    } else {
        exit::DONE
    })
}

struct Selected {
    rows: Vec<Arc<Row>>,
    /// Rows that match and are left out, by what they are.
    hidden: BTreeMap<&'static str, usize>,
    /// Rows whose money is in the totals.
    spent: Vec<Arc<Row>>,
}

fn select(loaded: &Loaded, query: &Query, args: &List) -> Selected {
    let asked = query.asks_for_hidden();
    let mut hidden = BTreeMap::new();
    let provider = args.provider.as_deref();
    let (mut rows, mut spent): (Vec<Arc<Row>>, Vec<Arc<Row>>) = (Vec::new(), Vec::new());
    for row in loaded.index.rows().filter(|row| query.matches(row)) {
        let named = row.model().and_then(|m| m.provider.as_deref());
        if provider.is_some_and(|p| !named.is_some_and(|n| n.eq_ignore_ascii_case(p))) {
            continue;
        }
        if args.all || asked.counts(row) {
            spent.push(row.clone());
        }
        let class = asked.class(row);
        match class.filter(|_| !args.all) {
            Some(class) => *hidden.entry(class).or_default() += 1,
            None => rows.push(row.clone()),
        }
    }
    let order = Order::by(match args.sort {
        Sort::Cost => SortKey::Cost,
        Sort::Tokens => SortKey::Tokens,
        Sort::Date => SortKey::Updated,
        Sort::Messages => SortKey::Messages,
    });
    order.sort(&mut rows, |row| row);
    Selected {
        rows,
        hidden,
        spent,
    }
}

fn text(
    env: &Env,
    shared: &Shared,
    loaded: &Loaded,
    page: &[Arc<Row>],
    total: usize,
    hidden: &BTreeMap<&'static str, usize>,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    let ascii = is_ascii(env, shared.ascii);
    let out = &mut *streams.out;
    if shared.plain {
        for row in page {
            let cells = cells(env, row, true);
            let names = COLUMNS.iter().map(|c| c.title);
            let pairs: Vec<(&str, Clean)> = names.zip(cells).collect();
            writeln!(out, "{}", plain(&pairs))?;
        }
    } else {
        write!(out, "{}", heading("📋", &"Sessions".into(), ascii))?;
        if page.is_empty() {
            writeln!(out, "No sessions found")?;
        } else {
            // A pipe has no width: it gets everything.
            let columns: Option<u16> = env.var("COLUMNS").and_then(|c| c.parse().ok());
            let width = env.terminal.width.or(columns).unwrap_or(u16::MAX);
            let wide = width >= WIDE;
            let shown = if wide { COLUMNS.len() } else { NARROW };
            let rows = page.iter().map(|row| {
                let mut cells = cells(env, row, wide);
                cells.truncate(shown);
                cells
            });
            let mut rows: Vec<Vec<Clean>> = rows.collect();
            if wide {
                fit_titles(&mut rows, usize::from(width));
            }
            let declared = COLUMNS.get(..shown).unwrap_or(COLUMNS);
            write!(out, "{}", table(declared, rows, ascii))?;
            if !wide {
                writeln!(
                    out,
                    "Narrow: source, project and title are left out below 100 columns"
                )?;
            }
        }
    }
    let mut line = format!(
        "Showing {} of {} sessions",
        count(page.len() as u64),
        count(total as u64)
    );
    if !hidden.is_empty() {
        let parts: Vec<String> = hidden
            .iter()
            .map(|(what, n)| format!("{n} {what}"))
            .collect();
        line.push_str(&format!(
            " (left out: {}; --all shows them)",
            parts.join(", ")
        ));
    }
    writeln!(out, "{line}")?;
    for note in super::table::cost_notes(page.iter().map(|row| row.cost())) {
        writeln!(out, "{note}")?;
    }
    if page.is_empty() {
        let looked = &loaded.index.progress().sources;
        let with_logs = looked.iter().filter(|source| source.found > 0).count();
        let all = looked.len();
        writeln!(out, "Looked for {all} agents, found logs of {with_logs}:")?;
        for source in looked {
            let label = sources::source(source.source).map_or("", |s| s.card().label);
            for (path, _, state) in &source.looked {
                let path = crate::text::short_dir(path, &env.home);
                let line = format!("  {label:<14} {path:<34} {}", state.word());
                writeln!(out, "{}", Clean::of(&line))?;
            }
        }
    }
    Ok(())
}

/// Columns of the narrow table; the others follow from 100 columns on.
const NARROW: usize = 6;
const COLUMNS: &[Column] = &[
    Column::new("Session ID", 14),
    Column::new("Date", 12),
    Column::new("Provider", 10),
    Column::new("Messages", 10).right(),
    Column::new("Tokens", 12).right(),
    Column::new("Cost", 7).right(),
    Column::new("Source", 13),
    Column::new("Project", 10),
    Column::new("Title", 10),
];

/// The day a session was created, in the reader's zone.
pub fn created(env: &Env, row: &Row) -> Clean {
    let day = |at: jiff::Timestamp| env.locale.day(at.to_zoned(env.zone.clone()).date());
    row.session
        .started
        .map_or_else(|| "-".into(), |at| day(at).into())
}

/// Who serves a session's model.
pub fn provider(row: &Row) -> Clean {
    let provider = row.model().and_then(|m| m.provider.as_deref());
    provider.map_or_else(|| "-".into(), Clean::line)
}

fn cells(env: &Env, row: &Row, wide: bool) -> Vec<Clean> {
    let unknown = || Clean::from("-");
    let session = &row.session;
    let mut cells = vec![
        Clean::line(&super::resolve::short_id(row)),
        created(env, row),
        provider(row),
        Clean::from(env.locale.count(u64::from(session.messages()))),
        row.tokens()
            .map_or_else(unknown, |n| Clean::from(env.locale.count(n))),
        Clean::from(
            row.cost()
                .known()
                .map_or_else(|| "-".to_owned(), |usd| usd.short()),
        ),
    ];
    if wide {
        let label = sources::source(session.id.source).map_or("", |s| s.card().label);
        cells.push(label.into());
        cells.push(row.project().map_or_else(unknown, |p| p.cut(24)));
        cells.push(
            session
                .title
                .as_ref()
                .map_or_else(unknown, |t| Clean::line(t.text.as_str())),
        );
    }
    cells
}

/// Cuts titles so that lines fit the terminal.
fn fit_titles(rows: &mut [Vec<Clean>], width: usize) {
    let last = COLUMNS.len() - 1;
    let mut used = 2;
    for (i, column) in COLUMNS.iter().enumerate().take(last) {
        let widest = rows
            .iter()
            .filter_map(|cells| cells.get(i))
            .map(Clean::width)
            .max();
        used += (widest.unwrap_or(0) + 2).max(usize::from(column.width)) + 1;
    }
    let room = width.saturating_sub(used + 2).max(8);
    for cells in rows {
        if let Some(title) = cells.get_mut(last) {
            *title = title.cut(room);
        }
    }
}
