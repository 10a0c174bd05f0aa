//! `backscroll show`: one session's details, or its conversation.

use std::sync::Arc;

use super::args::{Format, Shared, Show};
use super::json::{self, MessageOut, Plain, SCHEMA, SessionOut, ShowOut};
use super::table::{block, heading, line_width, note, plain};
use super::{Failure, Streams, evidence, resolve};
use crate::env::Env;
use crate::exit;
use crate::export::{Parts, markdown, scanner};
use crate::ingest::Reading;
use crate::model::{Conversation, ModelId, ModelSums, Row, Tariff};
use crate::redact::{Outlet, Secrets};
use crate::sources::{self, Retentions};
use crate::text::{Clean, Locale};
use crate::tui::is_ascii;

pub fn run(
    env: &Env,
    shared: &Shared,
    args: &Show,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let mut loaded = super::load_rows(env, shared, streams)?;
    let row = resolve::session(&loaded.index, &args.id);
    let row = row.map_err(|failure| resolve::in_trash(env, &args.id, failure))?;
    super::ask::look_at_agents(env, &mut loaded);
    let row = loaded.index.row(row.id()).cloned().unwrap_or(row);
    if args.script || args.only.is_some() {
        let conversation = read(env, &row, loaded.tariff.clone())?;
        return match args.only {
            Some(only) => evidence::write(env, &row, &conversation, only, shared, streams),
            None => evidence::write_script(&conversation, streams),
        };
    }
    let as_json = shared.json || args.format == Some(Format::Json);
    if as_json || args.format == Some(Format::Md) || args.at.is_some() {
        let conversation = read(env, &row, loaded.tariff.clone())?;
        let asked = |number: u32| args.at.is_none_or(|at| at == number);
        let messages: Vec<_> = conversation
            .messages
            .iter()
            .filter(|m| asked(m.number))
            .collect();
        if let (Some(at), true) = (args.at, messages.is_empty()) {
            let last = conversation.messages.len();
            return Err(Failure::Nothing(format!(
                "--at {at}: the conversation has messages 1 to {last}"
            )));
        }
        if as_json {
            let out = ShowOut {
                schema_version: SCHEMA,
                session: SessionOut::new(&row).summed_up(&conversation, &mut Plain),
                messages: messages.into_iter().map(|m| MessageOut::new(m)).collect(),
            };
            json::write(streams.out, &out)?;
        } else {
            // What is shown is not sent anywhere.
            let mut outlet = Outlet::new(scanner(), Secrets::Keep);
            let text = match args.at {
                Some(_) => messages
                    .iter()
                    .map(|m| markdown::message(m, &Parts::COPIED, &mut outlet))
                    .collect::<Vec<_>>()
                    .join("\n"),
                None => {
                    markdown::conversation(&row.session, &conversation, &Parts::COPIED, &mut outlet)
                }
            };
            writeln!(streams.out, "{}", Clean::of(text.trim_end()))?;
        }
    } else {
        let retentions = loaded.index.retentions();
        details(env, shared, &row, retentions, args.tokens, streams)?;
    }
    Ok(exit::DONE)
}

/// What was said in a session.
pub fn read(env: &Env, row: &Row, tariff: Arc<dyn Tariff>) -> Result<Conversation, Failure> {
    let mut reading = Reading::priced(&row.session, tariff);
    reading.read(env).map_err(|error| {
        let path = row.session.unit.path.display().to_string();
        Failure::Other(anyhow::Error::from(error).context(format!("cannot read {path}")))
    })?;
    Ok(reading.conversation())
}

/// What is known of a session.
pub fn details(
    env: &Env,
    shared: &Shared,
    row: &Row,
    retentions: &Retentions,
    tokens: bool,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    let ascii = is_ascii(env, shared.ascii);
    let session = &row.session;
    let unknown = || Clean::from("-");
    let local = |at: Option<jiff::Timestamp>| {
        at.map(|at| env.locale.moment(&at.to_zoned(env.zone.clone())))
            .map_or_else(unknown, Clean::from)
    };
    let model = row.model();
    let source = sources::source(session.id.source);
    let path = |p: &std::path::Path| Clean::line(&crate::text::short_dir(p, &env.home));
    let cost = row.cost();
    let mut pairs = vec![
        (
            "Title",
            session
                .title
                .as_ref()
                .map_or_else(|| "Untitled".into(), |t| t.text.clone()),
        ),
        ("Created", local(session.started)),
        ("Updated", local(session.updated)),
        (
            "Provider",
            model
                .and_then(|m| m.provider.as_deref())
                .map_or_else(unknown, Clean::line),
        ),
        (
            "Model",
            model.map_or_else(unknown, |m| Clean::line(&m.name)),
        ),
        (
            "Messages",
            env.locale.count(u64::from(session.messages())).into(),
        ),
        (
            "Total Tokens",
            row.tokens()
                .map_or_else(unknown, |n| env.locale.count(n).into()),
        ),
        ("Cost", cost.written(&env.locale).into()),
        (
            "Source",
            source.map_or_else(unknown, |s| s.card().label.into()),
        ),
        ("Project", session.dir.as_deref().map_or_else(unknown, path)),
        ("Branch", session.branch.clone().unwrap_or_else(unknown)),
        ("Share", row.share.clone().unwrap_or_else(unknown)),
        ("Session ID", Clean::line(&session.id.native)),
        ("Log", path(&session.unit.path)),
    ];
    if let Some(parent) = &session.parent {
        let line = format!("{} of {}", session.kind.word(), parent);
        pairs.insert(9, ("Kind", Clean::line(&line)));
    }
    if let Some(state) = row.state {
        pairs.push(("State", state.word().into()));
    }
    if let (Some(ends), Some(kept)) = (row.expires, retentions.of(session)) {
        let day = env.locale.moment(&ends.to_zoned(env.zone.clone()));
        let line = format!("{day} ({} in {})", kept.setting, path(&kept.file));
        pairs.push(("Expires", Clean::line(&line)));
    }
    pairs.extend(noted(row, local));
    let out = &mut *streams.out;
    if shared.plain {
        if tokens {
            pairs.extend(split(row, &env.locale));
        }
        write!(out, "{}", plain(&pairs))?;
        return Ok(());
    }
    let short = Clean::line(&resolve::short_id(row));
    write!(
        out,
        "{}",
        heading("", &Clean::from(format!("Session: {short}")), ascii)
    )?;
    writeln!(out, "\nSession Details")?;
    write!(out, "{}", block(&pairs, ascii))?;
    if tokens {
        writeln!(out, "\nToken Breakdown")?;
        write!(out, "{}", block(&split(row, &env.locale), ascii))?;
        let named = |(model, one): (&Option<ModelId>, &ModelSums)| {
            let tokens = env.locale.count(one.usage.total());
            let text = format!("{tokens} tokens, {}", one.cost.cost().written(&env.locale));
            let name = model.as_ref().map_or("unknown", |m| &m.name);
            (Clean::line(name).to_string(), Clean::from(text))
        };
        let models: Vec<(String, Clean)> = row.all.models.iter().map(named).collect();
        if models.len() > 1 {
            let pairs = models
                .iter()
                .map(|(name, text)| (name.as_str(), text.clone()));
            writeln!(out, "\nBy Model")?;
            write!(out, "{}", block(&pairs.collect::<Vec<_>>(), ascii))?;
        }
    }
    for line in super::table::cost_notes(std::iter::once(cost)) {
        write!(out, "\n{}", note(line, line_width(env)))?;
    }
    Ok(())
}

/// What people noted on it, where they did.
fn noted(
    row: &Row,
    local: impl Fn(Option<jiff::Timestamp>) -> Clean,
) -> Vec<(&'static str, Clean)> {
    let Some(mark) = row.mark.as_deref() else {
        return Vec::new();
    };
    let mut pairs = Vec::new();
    if mark.star {
        pairs.push(("Starred", "yes".into()));
    }
    if mark.hidden {
        pairs.push(("Hidden", "yes".into()));
    }
    let tags: Vec<&str> = mark.tags.iter().map(|tag| tag.as_str()).collect();
    if !tags.is_empty() {
        pairs.push(("Tags", Clean::line(&tags.join(" "))));
    }
    if let Some(note) = &mark.note {
        pairs.push(("Note", Clean::line(note.as_str())));
    }
    let pins: Vec<String> = mark.pins.iter().map(u32::to_string).collect();
    if !pins.is_empty() {
        pairs.push(("Pins", Clean::from(pins.join(" "))));
    }
    if let Some(seen) = mark.seen {
        let since = if row.is_unread() { ", news since" } else { "" };
        pairs.push((
            "Last Seen",
            Clean::from(format!("{}{since}", local(Some(seen.at)))),
        ));
    }
    pairs
}

/// Tokens by kind with their shares of all; unknown where the log tells none.
fn split(row: &Row, locale: &Locale) -> Vec<(&'static str, Clean)> {
    let u = &row.all.usage;
    let total = u.total();
    let share = |n: u64| match (row.tokens(), total) {
        (None, _) => Clean::from("-"),
        (_, 0) => Clean::from("0"),
        _ => {
            let tenths = (u128::from(n) * 1000 + u128::from(total) / 2) / u128::from(total);
            let share = format!("{}.{}%", tenths / 10, tenths % 10);
            Clean::from(format!("{} ({share})", locale.count(n)))
        }
    };
    vec![
        ("Input", share(u.input)),
        ("Output", share(u.output)),
        ("  of it reasoning", share(u.reasoning)),
        ("Cache Read", share(u.cache_read)),
        ("Cache Write", share(u.cache_write)),
        ("  of it for 1 hour", share(u.cache_write_1h)),
    ]
}
