//! `backscroll copy`: one thing of a session into the clipboard, as its source text.

use serde::Serialize;

use super::args::{Copying, Shared, What};
use super::json::{self, SCHEMA};
use super::{Failure, Streams, resolve};
use crate::env::Env;
use crate::exit;
use crate::export::{Parts, anonymizer, markdown, prompts, scanner};
use crate::model::{Conversation, Role, Row};
use crate::redact::{Outlet, Secrets};
use crate::sources;
use crate::text::{Clean, count};

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
    let (what, text) = if let Some(found) = place(args.what, &row) {
        found.map(|(what, text)| (what, outlet.text(&text).as_str().to_owned()))?
    } else {
        let conversation = super::show::read(env, &row, loaded.tariff.clone())?;
        said(args.what, &row, &conversation, &mut outlet)?
    };
    let text = Clean::from(text);
    let route = env.clipboard.copy(text.as_str()).map_err(|why| {
        let id = Clean::line(&args.id);
        Failure::Usage(format!(
            "copy: nothing took the text ({why}); write it to a file: backscroll export {id}"
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
        0 | 1 => format!("{} bytes", count(bytes as u64)),
        _ => format!(
            "{} lines, {} bytes",
            count(lines as u64),
            count(bytes as u64)
        ),
    };
    writeln!(streams.out, "Copied {what}, {size} ({route})")?;
    match (found.is_empty(), is_redacted) {
        (true, _) => {}
        (false, true) => super::warn(streams, &format!("secrets replaced: {found}"))?,
        (false, false) => super::warn(
            streams,
            &format!("it holds secrets: {found}; --redact copies it without them"),
        )?,
    }
    Ok(exit::DONE)
}

type Copied = (String, String);

/// What is known without reading the conversation.
fn place(what: What, row: &Row) -> Option<Result<Copied, Failure>> {
    let session = &row.session;
    let copied = match what {
        What::Id => Ok(("the id".to_owned(), session.id.native.to_string())),
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
        What::Conversation | What::Prompts | What::Answer | What::Prompt | What::Code => {
            return None;
        }
    };
    Some(copied.map_err(missing))
}

fn missing(why: &'static str) -> Failure {
    Failure::Nothing(format!("copy: {why}"))
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
        // The others need no conversation.
        _ => {
            let messages = conversation.messages.len();
            let what = format!("the conversation, {} messages", count(messages as u64));
            Ok((what, whole(&Parts::COPIED, outlet)))
        }
    }
}
