//! `backscroll resume`, `new` and `fork`: act on a session in the agent that wrote it.

use serde::Serialize;

use super::args::{Acting, Shared};
use super::confirm::confirm;
use super::ids::Ids;
use super::json::{self, SCHEMA, Shown};
use super::table::{block, plain};
use super::{Failure, Loaded, Streams, resolve};
use crate::env::Env;
use crate::exit;
use crate::launch::{self, Act, Ask, Moved, Plan, Refusal};
use crate::model::{Row, Session};
use crate::sources;
use crate::text::Clean;
use crate::tui::is_ascii;

pub fn run(
    env: &Env,
    shared: &Shared,
    act: Act,
    args: &Acting,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let loaded = super::load_rows(env, shared, streams)?;
    let row = resolve::session(&loaded.index, &args.id)?;
    let settings = shared.settings.launching();
    let ask = Ask {
        dir: args.dir.as_deref(),
        ..Ask::of(&row.session, act)
    };
    let mut plan = launch::plan(env, &settings, &ask);
    let mut moved = Vec::new();
    if let Err(Refusal::Gone(_)) = &plan {
        moved = places(env, &loaded, &row.session, args);
        // Shown, never run: a person has to name the place.
        if let (Some(first), true) = (moved.first(), args.dry_run) {
            let there = Ask {
                dir: Some(&first.dir),
                ..ask
            };
            plan = launch::plan(env, &settings, &there);
        }
    }
    let plan = plan.map_err(|refusal| refused(&loaded, &row, act, &refusal, &moved))?;
    if args.dry_run {
        let is_elsewhere = !moved.is_empty() || args.dir.is_some();
        show(env, shared, &row, &plan, (&moved, is_elsewhere), streams)?;
        return Ok(exit::DONE);
    }
    if args.print {
        let line = plan
            .line()
            .map_err(|r| refused(&loaded, &row, act, &r, &[]))?;
        writeln!(streams.out, "{line}")?;
        return Ok(exit::DONE);
    }
    if plan.is_dangerous() && !args.yes {
        let command = Clean::line(&spoken(&plan));
        let question = format!("This lets the agent act without asking: {command}. Run it?");
        if !confirm(env, &question, "add --yes", streams)? {
            return Err(Failure::Usage("not run".to_owned()));
        }
    }
    streams.out.flush()?;
    let failed = |refusal: Refusal| refused(&loaded, &row, act, &refusal, &[]);
    if args.new_tab {
        let place = plan.run_in_tab(env, &settings).map_err(failed)?;
        writeln!(streams.out, "Started in a new {}", Clean::line(&place))?;
        return Ok(exit::DONE);
    }
    plan.run(env).map_err(failed)
}

/// Where the session's directory may be now; nowhere where another was named.
fn places(env: &Env, loaded: &Loaded, session: &Session, args: &Acting) -> Vec<Moved> {
    if args.dir.is_some() {
        return Vec::new();
    }
    let others = loaded.index.rows().map(|row| &*row.session);
    launch::moved(env, session, others)
}

/// One line of which session, why not, and what next.
fn refused(loaded: &Loaded, row: &Row, act: Act, refusal: &Refusal, moved: &[Moved]) -> Failure {
    let short = Ids::of(&loaded.index).name(row);
    let mut line = format!("{} {short}: {refusal}", act.word());
    if let Some(first) = moved.first() {
        let (dir, why) = (first.dir.display(), first.why.word());
        line.push_str(&format!("; it may be {dir} now ({why}), see: "));
        line.push_str(&format!("backscroll {} {short} --dry-run", act.word()));
    }
    Failure::Usage(line)
}

/// The command in words, to be read and not to be typed.
fn spoken(plan: &Plan) -> String {
    let words = std::iter::once(&plan.launch.program).chain(&plan.launch.args);
    words.cloned().collect::<Vec<_>>().join(" ")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlanOut {
    schema_version: u32,
    session_id: String,
    action: &'static str,
    /// As the log has it.
    project_path: Option<Shown>,
    /// Where it would start.
    directory: Option<Shown>,
    program: Shown,
    argv: Vec<Shown>,
    /// For a shell; null where it cannot be written as one line.
    command: Option<Shown>,
    skips_permissions: bool,
    /// Where a directory that is gone may be now.
    candidates: Vec<PlaceOut>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlaceOut {
    path: Shown,
    why: &'static str,
}

fn show(
    env: &Env,
    shared: &Shared,
    row: &Row,
    plan: &Plan,
    (moved, is_elsewhere): (&[Moved], bool),
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    let session = &row.session;
    let path = |path: &std::path::Path| path.display().to_string();
    if shared.json {
        let out = PlanOut {
            schema_version: SCHEMA,
            session_id: session.id.to_string(),
            action: plan.act.word(),
            project_path: session.dir.as_deref().map(|dir| json::clean(&path(dir))),
            directory: plan
                .launch
                .dir
                .as_deref()
                .map(|dir| json::clean(&path(dir))),
            program: json::clean(&path(&plan.call.program)),
            argv: plan
                .launch
                .args
                .iter()
                .map(|arg| json::clean(arg))
                .collect(),
            command: plan.line().ok().map(|line| json::clean(&line)),
            skips_permissions: plan.is_dangerous(),
            candidates: moved
                .iter()
                .map(|one| PlaceOut {
                    path: json::clean(&path(&one.dir)),
                    why: one.why.word(),
                })
                .collect(),
        };
        return json::write(streams.out, &out);
    }
    let source = sources::source(session.id.source);
    let label = source.map_or("-", |source| source.card().label);
    let line = |text: String| Clean::line(&text);
    let mut pairs = vec![
        ("Session", line(session.id.to_string())),
        ("Agent", Clean::from(label)),
    ];
    if let Some(dir) = session.dir.as_deref().filter(|_| !moved.is_empty()) {
        pairs.push(("Gone", line(path(dir))));
    }
    for one in moved {
        let place = format!("{} ({})", path(&one.dir), one.why.word());
        pairs.push(("May be now", line(place)));
    }
    if let Some(dir) = plan.launch.dir.as_deref() {
        pairs.push(("Directory", line(path(dir))));
    }
    pairs.push(("Program", line(path(&plan.call.program))));
    pairs.push((
        "Command",
        line(plan.line().unwrap_or_else(|_| spoken(plan))),
    ));
    if plan.is_dangerous() {
        pairs.push(("Note", "the agent would act without asking".into()));
    }
    let is_bound = source.is_some_and(|source| source.is_bound_to_place());
    if is_elsewhere && is_bound && plan.act != Act::New {
        let text =
            "the agent looks for sessions by their directory, so it may not find this one there";
        pairs.push(("Note", text.into()));
    }
    let out = &mut *streams.out;
    match shared.plain {
        true => write!(out, "{}", plain(&pairs))?,
        false => write!(out, "{}", block(&pairs, is_ascii(env, shared.ascii)))?,
    }
    writeln!(out, "Nothing was run")?;
    Ok(())
}
