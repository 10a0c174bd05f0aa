//! Reports: what was spent, by session, by time, by what it was spent on. Each is computed once, as a sheet for people
//! and as a value for scripts.

pub mod blocks;
mod notes;
mod out;
pub mod periods;
pub mod session;

use std::sync::Arc;

use super::args::{ByFlag, Report, Shared};
use super::sheet::{Face, Sheet};
use super::table::note;
use super::{Failure, Loaded, Streams, grid, json};
use crate::cli::Need;
use crate::env::Env;
use crate::exit;
use crate::index::By;
use crate::model::{ModelId, Row, Sums};
use crate::query::Span;
use crate::sources::{self, Source};
use crate::text::Clean;
use notes::Notes;

/// What all reports are made from: the sessions asked for, and the time.
struct Chosen {
    loaded: Loaded,
    rows: Vec<Arc<Row>>,
    span: Span,
}

fn choose(
    env: &Env,
    shared: &Shared,
    args: &Report,
    need: Need,
    streams: &mut Streams<'_>,
) -> Result<Chosen, Failure> {
    // A question may ask for anything that a session has.
    let need = match (args.query.is_empty(), need) {
        (true, need) => need,
        (false, Need::Sums) => Need::Rows,
        (false, _) => Need::All,
    };
    let mut loaded = super::load_for(env, shared, &args.pricing, need, streams)?;
    let query = super::ask::query(env, &args.query, &loaded.context, streams)?;
    let (since, until) = (args.since.as_deref(), args.until.as_deref());
    let span = crate::query::span(since, until, &loaded.context).map_err(Failure::Usage)?;
    let asked = query.asks_for_hidden();
    let mut rows = super::ask::wanted_rows(env, &mut loaded, &query, streams)?;
    rows.retain(|row| asked.counts(row));
    Ok(Chosen { rows, span, loaded })
}

impl Chosen {
    /// The one source that all sessions come from.
    fn source(&self) -> Option<&'static dyn Source> {
        let first = self.rows.first()?.id().source;
        let one = self.rows.iter().all(|row| row.id().source == first);
        sources::source(first).filter(|_| one)
    }

    /// Whose usage, and how it is grouped.
    fn title(&self, by: &str) -> Clean {
        let whose = self.source().map_or("Coding Agent", |s| s.card().label);
        Clean::from(format!("{whose} Token Usage Report - {by}"))
    }
}

impl From<ByFlag> for By {
    fn from(flag: ByFlag) -> By {
        match flag {
            ByFlag::Model => By::Model,
            ByFlag::Project => By::Project,
            ByFlag::Source => By::Source,
        }
    }
}

fn face(env: &Env, shared: &Shared, args: &Report, bare: bool) -> Face {
    Face {
        ascii: crate::tui::is_ascii(env, shared.ascii),
        locale: env.locale,
        zone: env.zone.clone(),
        width: super::table::line_width(env),
        compact: args.compact,
        bare,
    }
}

/// Writes the sheet in the shape that was asked for.
fn show(
    title: &Clean,
    sheet: &Sheet,
    notes: &Notes,
    face: &Face,
    shared: &Shared,
    args: &Report,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    let out = &mut *streams.out;
    if args.csv {
        write!(out, "{}", sheet.csv()?)?;
        return Ok(());
    }
    if shared.plain {
        write!(out, "{}", sheet.plain(face))?;
    } else {
        writeln!(out, "\n{}", grid::title(title, face.ascii))?;
        if sheet.rows.is_empty() {
            writeln!(out, "No sessions with tokens found")?;
        } else {
            let (table, shape) = sheet.table(face);
            write!(out, "{table}")?;
            for line in shape {
                write!(out, "{}", note(line, face.width))?;
            }
        }
    }
    for line in notes.lines(face) {
        write!(out, "{}", note(line.as_str(), face.width))?;
    }
    Ok(())
}

fn ends(loaded: &Loaded, empty: bool) -> i32 {
    if loaded.partly {
        exit::PARTLY
    } else if empty {
        exit::NOTHING
    } else {
        exit::DONE
    }
}

/// A model as a report names it.
fn model_name(model: Option<&ModelId>, assumed: bool) -> Clean {
    let name = model.map_or("unknown", ModelId::short);
    Clean::line(&if assumed {
        format!("{name} (assumed)")
    } else {
        name.to_owned()
    })
}

/// The models of a sum, the one with most tokens first.
fn models(sums: &Sums) -> Vec<Clean> {
    let mut models: Vec<_> = sums.models.iter().collect();
    models.sort_by_key(|(_, one)| std::cmp::Reverse(one.usage.total()));
    let name = |(model, one): (&Option<ModelId>, &crate::model::ModelSums)| {
        model_name(model.as_ref(), one.assumed > 0)
    };
    let mut names: Vec<Clean> = models.into_iter().map(name).collect();
    let mut seen = std::collections::HashSet::new();
    // Two full names may share a short one.
    names.retain(|name| seen.insert(name.to_string()));
    names
}

fn write_json(value: &impl serde::Serialize, streams: &mut Streams<'_>) -> Result<(), Failure> {
    json::write(streams.out, value)
}
