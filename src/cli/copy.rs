//! `backscroll copy`: one thing of a session into the clipboard, as its source text.

use clap::ValueEnum as _;
use serde::Serialize;

use super::args::{Copying, Shared, What};
use super::ids::Ids;
use super::json::{self, SCHEMA};
use super::{Failure, Streams, resolve};
use crate::env::Env;
use crate::evidence::net;
use crate::exit;
use crate::export::{Parts, anonymizer, markdown, prompts, scanner};
use crate::model::{Conversation, Role, Row};
use crate::redact::{Outlet, Secrets};
use crate::sources;
use crate::text::{Clean, counted};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CopiedOut {
    schema_version: u32,
    session_id: String,
    what: String,
    bytes: usize,
    lines: usize,
    /// Which way it went, such as `clipboard` or `OSC 52`.
    route: &'static str,
    secrets: usize,
    redacted: bool,
}

pub fn run(
    env: &Env,
    shared: &Shared,
    args: &Copying,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let loaded = super::load_rows(env, shared, streams)?;
    let row = resolve::session(&loaded.index, &args.id)?;
    let is_redacted = args.redact || args.anonymize;
    let secrets = match is_redacted {
        true => Secrets::Replace,
        false => Secrets::Keep,
    };
    let anonymizer = args.anonymize.then(|| anonymizer(env));
    let mut outlet = Outlet::new(anonymizer.as_ref().unwrap_or_else(|| scanner()), secrets);
    let is_of_one = matches!(args.what, What::Message | What::Link);
    if args.at.is_some() && !is_of_one {
        let line = "copy: --at tells which message; say --what message or --what link with it";
        return Err(Failure::Usage(line.to_owned()));
    }
    let (what, text) = if let Some(found) = place(args.what, &row) {
        found.map(|(what, text)| (what, outlet.text(&text).as_str().to_owned()))?
    } else {
        let conversation = super::show::read(env, &row, loaded.tariff.clone())?;
        let short = Ids::of(&loaded.index).name(&row);
        match is_of_one {
            true => one(args, &short, &conversation, &mut outlet)?,
            false => said(args.what, &row, &conversation, &mut outlet)?,
        }
    };
    let text = Clean::from(text);
    if args.print {
        writeln!(streams.out, "{}", text.as_str().trim_end_matches('\n'))?;
        tell_secrets(&outlet, is_redacted, streams)?;
        return Ok(exit::DONE);
    }
    let route = env.clipboard.copy(text.as_str()).map_err(|why| {
        let id = Clean::line(&args.id);
        let what = args.what.to_possible_value();
        let what = match what.filter(|_| args.what != What::default()) {
            Some(what) => format!(" --what {}", what.get_name()),
            None => String::new(),
        };
        let at = args.at.map_or_else(String::new, |n| format!(" --at {n}"));
        Failure::Usage(format!(
            "copy: nothing took the text ({why}); print it: backscroll copy {id}{what}{at} --print"
        ))
    })?;
    let (bytes, lines) = (text.as_str().len(), text.as_str().lines().count());
    let found = outlet.found();
    if shared.json {
        let out = CopiedOut {
            schema_version: SCHEMA,
            session_id: Clean::of(&row.id().native).to_string(),
            what,
            bytes,
            lines,
            route,
            secrets: found.total(),
            redacted: is_redacted,
        };
        json::write(streams.out, &out)?;
        return Ok(exit::DONE);
    }
    let size = match lines {
        0 | 1 => counted(bytes, "byte"),
        _ => format!("{}, {}", counted(lines, "line"), counted(bytes, "byte")),
    };
    writeln!(streams.out, "Copied {what}, {size} ({route})")?;
    tell_secrets(&outlet, is_redacted, streams)?;
    Ok(exit::DONE)
}

/// Says how many secrets are in what was taken, or were.
fn tell_secrets(
    outlet: &Outlet<'_>,
    is_redacted: bool,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    let found = outlet.found();
    match (found.is_empty(), is_redacted) {
        (true, _) => Ok(()),
        (false, true) => super::warn(streams, &format!("secrets replaced: {found}")),
        (false, false) => super::warn(
            streams,
            &format!("it holds secrets: {found}; --redact takes it without them"),
        ),
    }
}

type Copied = (String, String);

/// What is known without reading the conversation.
fn place(what: What, row: &Row) -> Option<Result<Copied, Failure>> {
    let session = &row.session;
    let copied = match what {
        What::Id => Ok(("the id".to_owned(), session.id.native.to_string())),
        What::ShortId => Ok((
            "the short id".to_owned(),
            crate::export::short_id(&session.id),
        )),
        What::Share => row
            .share
            .as_ref()
            .map(|link| ("the share link".to_owned(), link.to_string()))
            .ok_or("it is not shared"),
        What::Path => Ok((
            "the path of its log".to_owned(),
            session.unit.path.to_string_lossy().into_owned(),
        )),
        What::Dir => session
            .dir
            .as_deref()
            .map(|dir| {
                (
                    "its directory".to_owned(),
                    dir.to_string_lossy().into_owned(),
                )
            })
            .ok_or("its log names no directory"),
        What::Resume => sources::source(session.id.source)
            .and_then(|source| source.resume(session))
            .and_then(|launch| launch.line())
            .map(|line| ("the resume command".to_owned(), line))
            .ok_or("its id cannot be resumed safely, or its agent cannot resume"),
        What::Conversation
        | What::Prompts
        | What::Answer
        | What::Prompt
        | What::Code
        | What::Message
        | What::Changes
        | What::Link => return None,
    };
    Some(copied.map_err(missing))
}

fn missing(why: &'static str) -> Failure {
    Failure::Nothing(format!("copy: {why}"))
}

/// A message, or the command that shows it.
fn one(
    args: &Copying,
    short: &Clean,
    conversation: &Conversation,
    outlet: &mut Outlet<'_>,
) -> Result<Copied, Failure> {
    let messages = &conversation.messages;
    let found = match args.at {
        Some(at) => messages.iter().find(|message| message.number == at),
        None => messages.last(),
    };
    let message = found.ok_or_else(|| {
        let last = messages.len();
        Failure::Nothing(format!("copy: the conversation has messages 1 to {last}"))
    })?;
    let number = message.number;
    if args.what == What::Link {
        let line = format!("backscroll show {short} --at {number}");
        return Ok((format!("the command that shows message {number}"), line));
    }
    let words = markdown::words(message, outlet);
    let text = match words.is_empty() {
        true => markdown::message(message, &Parts::COPIED, outlet),
        false => words,
    };
    Ok((format!("message {number}"), text))
}

fn said(
    what: What,
    row: &Row,
    conversation: &Conversation,
    outlet: &mut Outlet<'_>,
) -> Result<Copied, Failure> {
    let last = |role: Role, outlet: &mut Outlet<'_>| {
        let message = prompts::last(conversation, role)?;
        Some((message.number, markdown::words(message, outlet)))
    };
    let whole = |parts: &Parts, outlet: &mut Outlet<'_>| {
        markdown::conversation(&row.session, conversation, parts, outlet)
    };
    match what {
        What::Prompts => Ok((
            "its prompts and answers".to_owned(),
            whole(&Parts::WORDS, outlet),
        )),
        What::Answer => last(Role::Assistant, outlet)
            .map(|(number, text)| (format!("the last answer, message {number}"), text))
            .ok_or_else(|| missing("it holds no answer")),
        What::Prompt => last(Role::User, outlet)
            .map(|(number, text)| (format!("the last prompt, message {number}"), text))
            .ok_or_else(|| missing("it holds no prompt")),
        What::Code => prompts::last_code(conversation, outlet)
            .map(|(language, code)| {
                let of = match language.is_empty() {
                    true => String::new(),
                    false => format!(" of {}", Clean::line(&language)),
                };
                (format!("the last code{of}"), code)
            })
            .ok_or_else(|| missing("no answer holds a block of code")),
        What::Changes => {
            let patch = net::patch(conversation, row.session.dir.as_deref());
            match patch.is_empty() {
                true => Err(missing("it changed no file that a patch can hold")),
                false => Ok((
                    "what it changed".to_owned(),
                    outlet.raw(&patch).as_str().to_owned(),
                )),
            }
        }
        // The others need no conversation.
        _ => {
            let messages = conversation.messages.len();
            let what = format!("the conversation, {}", counted(messages, "message"));
            Ok((what, whole(&Parts::COPIED, outlet)))
        }
    }
}
