//! `backscroll blocks`: windows of five hours, as subscriptions count their limits. A window starts with the full hour
//! of the first response after a pause.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::notes::Notes;
use super::out::{ModelsOut, SpendOut};
use super::{choose, ends, face, models, show, write_json};
use crate::cli::args::{Mode, OrderFlag, Report, Shared};
use crate::cli::json::SCHEMA;
use crate::cli::sheet::{Cell, Column, Row as Line, Sheet, numbers, words};
use crate::cli::{Failure, Streams};
use crate::env::Env;
use crate::index::{Group, Groups};
use crate::model::Sums;
use crate::text::Clean;

const WINDOW: SignedDuration = SignedDuration::from_hours(5);

/// A window and what was spent in it.
struct Block {
    start: Timestamp,
    end: Timestamp,
    group: Group,
}

impl Block {
    /// Whether the next response may still fall into it.
    fn is_active(&self, now: Timestamp) -> bool {
        let last = self.group.last.unwrap_or(self.start);
        now < self.end && now.duration_since(last) < WINDOW
    }
}

pub fn run(
    env: &Env,
    shared: &Shared,
    args: &Report,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    if args.by.is_some() {
        let line = "--by splits reports by day; try: backscroll daily --by project";
        return Err(Failure::Usage(line.into()));
    }
    let chosen = choose(env, shared, args, crate::cli::Need::Spends, streams)?;
    let index = &chosen.loaded.index;
    let mut times: Vec<Timestamp> = Vec::new();
    let mut timeless = 0;
    index.entries(&chosen.rows, &mut |entry| match entry.at() {
        Some(at) => times.push(at),
        None => timeless += 1,
    });
    times.sort_unstable();
    let starts = starts(&times);
    let start_of = |at: Timestamp| {
        let after = starts.partition_point(|start| *start <= at);
        after.checked_sub(1).and_then(|i| starts.get(i)).copied()
    };
    let mut groups: Groups<Timestamp> = Groups::default();
    let mut all = Group::default();
    index.entries(&chosen.rows, &mut |entry| {
        let at = entry.at().filter(|at| chosen.span.holds(*at));
        if let Some(start) = at.and_then(start_of) {
            groups.add(start, &entry);
            all.add(&entry);
        }
    });
    let block = |(start, group)| Block {
        start,
        end: start.saturating_add(WINDOW).unwrap_or(start),
        group,
    };
    let mut blocks: Vec<Block> = groups.into_rows().map(block).collect();
    if args.order == Some(OrderFlag::Desc) {
        blocks.reverse();
    }
    let mut notes = Notes {
        untimed: all.untimed,
        logged_only: args.pricing.mode == Mode::Display,
        timeless,
        ..Notes::default()
    };
    notes.hear(&all.sums);
    let now = env.now();
    if shared.json {
        let out = BlocksOut {
            blocks: blocks
                .iter()
                .map(|block| BlockOut::new(block, now, notes.logged_only))
                .collect(),
            totals: SpendOut::new(&all.sums),
            schema_version: SCHEMA,
        };
        write_json(&out, streams)?;
    } else {
        let face = face(env, shared, args, false);
        let sheet = sheet(&blocks, &all.sums, now);
        let title = chosen.title("5-Hour Blocks");
        show(&title, &sheet, &notes, &face, shared, args, streams)?;
    }
    Ok(ends(&chosen.loaded, blocks.is_empty()))
}

/// Where windows start, of times in order.
fn starts(times: &[Timestamp]) -> Vec<Timestamp> {
    const HOUR: i64 = 3600;
    let mut starts: Vec<Timestamp> = Vec::new();
    let mut last: Option<Timestamp> = None;
    for &at in times {
        let open = starts
            .last()
            .is_some_and(|start| at.duration_since(*start) < WINDOW);
        let quiet = last.is_none_or(|last| at.duration_since(last) >= WINDOW);
        if !open || quiet {
            let hour = at.as_second().div_euclid(HOUR) * HOUR;
            starts.push(Timestamp::from_second(hour).unwrap_or(at));
        }
        last = Some(at);
    }
    starts
}

const COLUMNS: &[Column] = &[
    words("Block Start", "start", 18),
    words("State", "state", 10),
    words("Models", "models", 12),
    numbers("Input", "input", 8),
    numbers("Output", "output", 9),
    numbers("Cache Create", "cache_create", 8).wide(),
    numbers("Cache Read", "cache_read", 8).wide(),
    numbers("Total Tokens", "total_tokens", 8).wide(),
    numbers("Cost (USD)", "cost_usd", 12),
];

fn sheet(blocks: &[Block], totals: &Sums, now: Timestamp) -> Sheet {
    let figures = |cells: &mut Vec<Cell>, sums: &Sums| {
        let u = &sums.usage;
        let counts = [u.input, u.output, u.cache_write, u.cache_read, u.total()];
        cells.extend(counts.map(|n| Cell::Count(Some(n))));
        cells.push(Cell::Money(sums.cost.cost()));
    };
    let mut rows: Vec<Line> = Vec::new();
    for block in blocks {
        let state = if block.is_active(now) {
            let left = block.end.duration_since(now);
            format!("active, {} left", span(left))
        } else {
            let first = block.group.first.unwrap_or(block.start);
            let last = block.group.last.unwrap_or(block.start);
            span(last.duration_since(first))
        };
        let mut cells = vec![
            Cell::Moment(Some(block.start)),
            Cell::Text(Clean::from(state)),
            Cell::List(models(&block.group.sums)),
        ];
        figures(&mut cells, &block.group.sums);
        rows.push(Line::new(cells));
    }
    if !rows.is_empty() {
        let mut cells = vec![Cell::text("Total"), Cell::Blank, Cell::Blank];
        figures(&mut cells, totals);
        let mut line = Line::new(cells);
        (line.ruled, line.sums) = (true, true);
        rows.push(line);
    }
    Sheet {
        columns: COLUMNS.to_vec(),
        rows,
    }
}

/// `2h 05m`
fn span(length: SignedDuration) -> String {
    let minutes = length.as_secs().max(0) / 60;
    format!("{}h {:02}m", minutes / 60, minutes % 60)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BlocksOut {
    blocks: Vec<BlockOut>,
    totals: SpendOut,
    schema_version: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BlockOut {
    start_time: String,
    end_time: String,
    first_activity_at: Option<String>,
    last_activity_at: Option<String>,
    is_active: bool,
    #[serde(flatten)]
    spend: SpendOut,
    #[serde(flatten)]
    models: ModelsOut,
    session_count: usize,
    /// By source, so that a limit of one agent can be told from another's.
    sessions_by_source: BTreeMap<&'static str, usize>,
}

impl BlockOut {
    fn new(block: &Block, now: Timestamp, logged_only: bool) -> BlockOut {
        let time = |at: Timestamp| format!("{at:.3}");
        let mut by_source = BTreeMap::new();
        for id in &block.group.sessions {
            *by_source.entry(id.source.0).or_default() += 1;
        }
        BlockOut {
            start_time: time(block.start),
            end_time: time(block.end),
            first_activity_at: block.group.first.map(time),
            last_activity_at: block.group.last.map(time),
            is_active: block.is_active(now),
            spend: SpendOut::new(&block.group.sums),
            models: ModelsOut::new(&block.group.sums, logged_only),
            session_count: block.group.sessions.len(),
            sessions_by_source: by_source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_starts_with_the_hour_and_after_a_pause() {
        let at = |text: &str| -> Timestamp { format!("2026-04-01T{text}:00Z").parse().unwrap() };
        let times: Vec<Timestamp> = ["01:20", "05:59", "06:10", "06:20", "11:15", "17:00"]
            .map(at)
            .into();
        let expect: Vec<Timestamp> = ["01:00", "06:00", "11:00", "17:00"].map(at).into();
        assert_eq!(starts(&times), expect);
        assert_eq!(starts(&[]), []);
    }
}
