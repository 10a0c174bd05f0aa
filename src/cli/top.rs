//! `backscroll top`: the sessions that cost most, or hold most tokens.

use serde::Serialize;

use super::args::{Shared, Top};
use super::ids::Ids;
use super::json::{self, SCHEMA, SessionOut};
use super::sheet::WIDE;
use super::table::{Column, cost_notes, heading, line_width, note, plain, table_within};
use super::{Failure, Streams};
use crate::env::Env;
use crate::exit;
use crate::index::{Order, SortKey};
use crate::model::{Cost, Row, Usd};
use crate::text::Clean;
use crate::tui::is_ascii;

/// Left out where there is no room for it and a title.
const PROVIDER: &str = "Provider";

const COLUMNS: &[Column] = &[
    Column::new("Rank", 6),
    Column::new("Session ID", 14),
    Column::new("Date", 12),
    Column::new(PROVIDER, 10),
    Column::new("Cost", 7).right(),
    Column::new("Tokens", 12).right(),
    Column::new("Title", 10),
];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TopOut {
    schema_version: u32,
    /// `cost` or `tokens`.
    by: &'static str,
    sessions: Vec<SessionOut>,
    total_cost: Option<f64>,
    total_tokens: u64,
    /// Over the sessions shown whose cost is known.
    average_cost: Option<f64>,
}

pub fn run(
    env: &Env,
    shared: &Shared,
    args: &Top,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let mut loaded = super::load_rows(env, shared, streams)?;
    let query = super::ask::query(env, &args.query, &loaded.context, streams)?;
    let asked = query.asks_for_hidden();
    let (key, by) = match args.tokens {
        true => (SortKey::Tokens, "tokens"),
        false => (SortKey::Cost, "cost"),
    };
    // A rank is for those that have the figure.
    let known = |row: &Row| match args.tokens {
        true => row.tokens().is_some_and(|n| n > 0),
        false => row.cost().known().is_some_and(|usd| usd > Usd::ZERO),
    };
    let mut rows = super::ask::wanted_rows(env, &mut loaded, &query, streams)?;
    rows.retain(|row| asked.counts(row) && known(row));
    Order::by(key).sort(&mut rows, |row| row);
    rows.truncate(args.limit);
    let sums = loaded.index.sums(&rows);
    let priced = rows
        .iter()
        .filter(|row| row.cost().known().is_some())
        .count();
    let total = sums.cost.cost();
    let average = i64::try_from(priced)
        .ok()
        .filter(|n| *n > 0)
        .zip(total.known());
    let average = average.map(|(n, usd)| Usd::from_nanos(usd.nanos() / n));
    if shared.json {
        let out = TopOut {
            schema_version: SCHEMA,
            by,
            sessions: rows.iter().map(|row| SessionOut::new(row)).collect(),
            total_cost: total.known().map(Usd::dollars),
            total_tokens: sums.usage.total(),
            average_cost: average.map(Usd::dollars),
        };
        json::write(streams.out, &out)?;
    } else {
        let ascii = is_ascii(env, shared.ascii);
        let ids = Ids::of(&loaded.index);
        let cells = rows
            .iter()
            .enumerate()
            .map(|(at, row)| cells(env, at + 1, row, &ids));
        let out = &mut *streams.out;
        if shared.plain {
            for cells in cells {
                let names = COLUMNS.iter().map(|c| c.title);
                let pairs: Vec<(&str, Clean)> = names.zip(cells).collect();
                writeln!(out, "{}", plain(&pairs))?;
            }
        } else {
            let by = if args.tokens { "Tokens" } else { "Cost" };
            let title = Clean::from(format!("Top {} Sessions by {by}", rows.len()));
            write!(out, "{}", heading("💰", &title, ascii))?;
            if rows.is_empty() {
                writeln!(out, "No sessions found")?;
            } else {
                let most = line_width(env);
                let is_narrow = most.is_some_and(|most| most < WIDE);
                let has_room = |title: &str| !is_narrow || title != PROVIDER;
                let columns = COLUMNS
                    .iter()
                    .copied()
                    .filter(|column| has_room(column.title));
                let cells = cells.map(|cells| {
                    let named = COLUMNS.iter().zip(cells);
                    let kept = named.filter(|(column, _)| has_room(column.title));
                    kept.map(|(_, cell)| cell).collect()
                });
                let columns: Vec<Column> = columns.collect();
                let table = table_within(&columns, cells.collect(), ascii, most);
                write!(out, "{table}")?;
                if is_narrow {
                    let line = format!("Narrow: left out {PROVIDER}; all of it: --plain");
                    write!(out, "{}", note(&line, most))?;
                }
            }
        }
        let average = average.map(|usd| Cost { usd, ..total });
        writeln!(
            out,
            "Total cost {}, tokens {}, average cost {}",
            total.written(&env.locale),
            env.locale.count(sums.usage.total()),
            average.unwrap_or(Cost::UNKNOWN).written(&env.locale)
        )?;
        for line in cost_notes(rows.iter().map(|row| row.cost())) {
            write!(out, "{}", note(line, line_width(env)))?;
        }
    }
    Ok(if loaded.partly {
        exit::PARTLY
    } else if rows.is_empty() {
        exit::NOTHING
    } else {
        exit::DONE
    })
}

fn cells(env: &Env, rank: usize, row: &Row, ids: &Ids) -> Vec<Clean> {
    let unknown = || Clean::from("-");
    vec![
        Clean::from(format!("#{rank}")),
        ids.name(row),
        super::list::created(env, row),
        super::list::provider(row),
        row.cost().written(&env.locale).into(),
        row.tokens()
            .map_or_else(unknown, |n| env.locale.count(n).into()),
        row.session
            .title
            .as_ref()
            .map_or_else(unknown, |title| Clean::line(title.shown().as_str())),
    ]
}
