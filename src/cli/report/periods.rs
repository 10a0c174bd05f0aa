//! `backscroll daily`, `weekly` and `monthly`: the same spends by when they were spent.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::notes::Notes;
use super::out::{ModelsOut, SpendOut};
use super::{choose, ends, face, model_name, models, show, write_json};
use crate::cli::args::{Mode, OrderFlag, Report, Shared};
use crate::cli::json::SCHEMA;
use crate::cli::sheet::{Cell, Column, Face, Row as Line, Sheet, numbers, words};
use crate::cli::{Failure, Streams};
use crate::env::Env;
use crate::index::{By, Facet, Group, Groups, Period};
use crate::model::{Cost, Sums};
use crate::sources;
use crate::text::Clean;

/// When and, where the report is split, on what. What has no time stands last.
type Key = (bool, Option<Date>, Option<Facet>);

pub fn run(
    env: &Env,
    shared: &Shared,
    args: &Report,
    period: Period,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let chosen = choose(env, shared, args, crate::cli::Need::Spends, streams)?;
    let by = args.by.map(By::from);
    let span = chosen.span;
    let open = span.from.is_none() && span.to.is_none();
    let mut groups: Groups<Key> = Groups::default();
    let mut all = Group::default();
    chosen.loaded.index.entries(&chosen.rows, &mut |entry| {
        let at = entry.at();
        if !at.map_or(open, |at| span.holds(at)) {
            return;
        }
        let start = at.map(|at| period.start(at, &env.zone));
        let key = (start.is_none(), start, by.map(|by| by.facet(&entry)));
        groups.add(key, &entry);
        all.add(&entry);
    });
    let mut rows: Vec<(Key, Group)> = groups.into_rows().collect();
    if args.order == Some(OrderFlag::Desc) {
        rows.reverse();
    }
    let mut notes = Notes {
        untimed: all.untimed,
        logged_only: args.pricing.mode == Mode::Display,
        ..Notes::default()
    };
    notes.hear(&all.sums);
    let spoken = |row: &&std::sync::Arc<crate::model::Row>| row.all.responses == 0;
    notes.silent = chosen.rows.iter().filter(spoken).count() as u64;
    if shared.json {
        write_json(&out(period, &rows, &all.sums, notes.logged_only), streams)?;
    } else {
        let face = face(env, shared, args, false);
        // The same day again says nothing new to a person who sees a table; a spreadsheet needs it.
        let sparse = !args.csv && !shared.plain;
        let sheet = sheet(period, by, &rows, &all.sums, args.breakdown, sparse, &face);
        show(
            &chosen.title(title(period)),
            &sheet,
            &notes,
            &face,
            shared,
            args,
            streams,
        )?;
    }
    Ok(ends(&chosen.loaded, rows.is_empty()))
}

fn title(period: Period) -> &'static str {
    match period {
        Period::Day => "Daily",
        Period::Week => "Weekly",
        Period::Month => "Monthly",
    }
}

fn word(period: Period) -> (&'static str, &'static str) {
    match period {
        Period::Day => ("Date", "date"),
        Period::Week => ("Week", "week"),
        Period::Month => ("Month", "month"),
    }
}

fn split(by: By) -> (&'static str, &'static str) {
    match by {
        By::Model => ("Model", "model"),
        By::Project => ("Project", "project"),
        By::Source => ("Source", "source"),
    }
}

/// A facet as tables show it.
fn facet(facet: &Facet) -> Clean {
    match facet {
        Facet::Model(model) => Clean::line(model.as_deref().unwrap_or("unknown")),
        Facet::Project(project) => project
            .as_ref()
            .map_or("-".into(), |(name, _)| name.cut(32)),
        Facet::Source(id) => sources::source(*id).map_or(id.0, |s| s.card().label).into(),
    }
}

const FIGURES: [Column; 6] = [
    numbers("Input", "input", 8),
    numbers("Output", "output", 9),
    numbers("Cache Create", "cache_create", 8).wide(),
    numbers("Cache Read", "cache_read", 8).wide(),
    numbers("Total Tokens", "total_tokens", 8).wide(),
    numbers("Cost (USD)", "cost_usd", 12),
];

fn figures(cells: &mut Vec<Cell>, sums: &Sums, cost: Cost) {
    let u = &sums.usage;
    let counts = [u.input, u.output, u.cache_write, u.cache_read, u.total()];
    cells.extend(counts.map(|n| Cell::Count(Some(n))));
    cells.push(Cell::Money(cost));
}

fn sheet(
    period: Period,
    by: Option<By>,
    rows: &[(Key, Group)],
    totals: &Sums,
    breaks: bool,
    sparse: bool,
    face: &Face,
) -> Sheet {
    let (heading, name) = word(period);
    let mut columns = vec![words(heading, name, 12)];
    if let Some(by) = by {
        let (heading, name) = split(by);
        columns.push(words(heading, name, 12));
    }
    // One model a row needs no list of them.
    let listed = by != Some(By::Model);
    if listed {
        columns.push(words("Models", "models", 12));
    }
    columns.extend(FIGURES);
    let mut lines = Vec::new();
    let mut before = None;
    for ((_, day, part), group) in rows {
        let again = sparse && by.is_some() && before == Some(*day);
        let mut cells = vec![match (day, period) {
            _ if again => Cell::Blank,
            (Some(day), Period::Month) => {
                Cell::Text(Clean::from(day.strftime("%Y-%m").to_string()))
            }
            (day, _) => Cell::Day(*day),
        }];
        cells.extend(part.as_ref().map(|part| Cell::Text(facet(part))));
        if listed {
            cells.push(Cell::List(models(&group.sums)));
        }
        figures(&mut cells, &group.sums, group.sums.cost.cost());
        let mut line = Line::new(cells);
        line.ruled = breaks;
        before = Some(*day);
        lines.push(line);
        if breaks && listed {
            lines.extend(breakdown(group, by.is_some(), face));
        }
    }
    let mut cells = vec![Cell::text("Total")];
    cells.extend(by.map(|_| Cell::Blank));
    if listed {
        cells.push(Cell::Blank);
    }
    figures(&mut cells, totals, totals.cost.cost());
    if !lines.is_empty() {
        let mut line = Line::new(cells);
        (line.ruled, line.sums) = (true, true);
        lines.push(line);
    }
    Sheet {
        columns,
        rows: lines,
    }
}

/// Rows of models below their period.
fn breakdown(group: &Group, split: bool, face: &Face) -> Vec<Line> {
    let elbow = if face.ascii { "\\-" } else { "└─" };
    let line = |(model, one): (&Option<crate::model::ModelId>, &crate::model::ModelSums)| {
        let name = model_name(model.as_ref(), one.assumed > 0);
        let mut cells = vec![Cell::Blank];
        cells.extend(split.then_some(Cell::Blank));
        cells.push(Cell::Text(Clean::from(format!("{elbow} {name}"))));
        let sums = Sums {
            usage: one.usage,
            ..Sums::default()
        };
        figures(&mut cells, &sums, one.cost.cost());
        let mut line = Line::new(cells);
        line.sums = true;
        line
    };
    group.sums.models.iter().map(line).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PeriodsOut {
    /// `daily`, `weekly` or `monthly`.
    #[serde(flatten)]
    rows: BTreeMap<&'static str, Vec<RowOut>>,
    totals: SpendOut,
    schema_version: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RowOut {
    /// The period and what the report is split by.
    #[serde(flatten)]
    key: BTreeMap<&'static str, Option<String>>,
    #[serde(flatten)]
    spend: SpendOut,
    #[serde(flatten)]
    models: ModelsOut,
    session_count: usize,
}

fn out(period: Period, rows: &[(Key, Group)], totals: &Sums, logged_only: bool) -> PeriodsOut {
    let row = |((_, day, part), group): &(Key, Group)| {
        let named = |day: Date| match period {
            Period::Month => day.strftime("%Y-%m").to_string(),
            _ => day.to_string(),
        };
        let mut key = BTreeMap::from([(word(period).1, day.map(named))]);
        let clean = |text: &str| Clean::of(text).to_string();
        match part {
            Some(Facet::Model(model)) => {
                key.insert("model", model.as_deref().map(clean));
            }
            Some(Facet::Project(project)) => {
                let project = project.as_ref();
                let path = project.map(|(_, path)| clean(&path.to_string_lossy()));
                key.insert("projectName", project.map(|(name, _)| name.to_string()));
                key.insert("projectPath", path);
            }
            Some(Facet::Source(id)) => {
                key.insert("source", Some(id.0.to_owned()));
            }
            None => {}
        }
        RowOut {
            key,
            spend: SpendOut::new(&group.sums),
            models: ModelsOut::new(&group.sums, logged_only),
            session_count: group.sessions.len(),
        }
    };
    let name = match period {
        Period::Day => "daily",
        Period::Week => "weekly",
        Period::Month => "monthly",
    };
    PeriodsOut {
        rows: BTreeMap::from([(name, rows.iter().map(row).collect())]),
        totals: SpendOut::new(totals),
        schema_version: SCHEMA,
    }
}
