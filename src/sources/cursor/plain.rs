//! Transcripts of the oldest form: plain text in blocks that start with `user:` or `assistant:`, read whole whenever they
//! change.

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use super::super::{Cursor, Record, Say, Site, Stop, Want, hash, tell};
use super::transcript::Beside;
use super::words::{self, Words};
use super::{tool, workspace};
use crate::env::{Env, stamp_of};
use crate::model::{Message, Part, Role, ToolResult, Unit};

pub fn read(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let cursor = Cursor::whole(stamp_of(&env.files.open(&unit.path)?.metadata()?)?);
    if cursor.at == from.at {
        return Ok(from.clone());
    }
    let bytes = workspace::whole_file(env, &unit.path)?;
    let text = String::from_utf8_lossy(&bytes);
    let beside = Beside::of(env, unit);
    let whole = !want.is_summary();
    let mut told = || -> Result<(), Stop> {
        tell(say, Record::Reset)?;
        if !whole {
            let (session, facts) = (beside.id.clone(), Box::new(beside.facts()));
            tell(say, Record::Session { session, facts })?;
        }
        let is_as_read = matches!(text, Cow::Borrowed(_));
        for (bytes, message) in messages(&text, whole) {
            // Behind something that is no text, places are not those of the file.
            if whole && is_as_read {
                let (path, at) = (unit.path.to_path_buf(), bytes.start as u64);
                let bytes = bytes.len() as u64;
                let sites = vec![Site::Lines { path, at, bytes }];
                tell(say, Record::Stands { sites })?;
            }
            let (session, message) = (beside.id.clone(), Box::new(message));
            tell(say, Record::Message { session, message })?;
        }
        Ok(())
    };
    match told() {
        Err(Stop::Failed(error)) => Err(error),
        _ => Ok(cursor),
    }
}

/// What the lines belong to that are being read.
enum Piece {
    Text(String),
    Thinking(String),
    Call {
        name: String,
        args: Vec<(String, String)>,
    },
    Result {
        name: String,
        output: String,
    },
}

/// Where a block begins, whose it is, and its lines.
type Block<'t> = Option<(usize, Role, Vec<&'t str>)>;

/// The messages of a text, each with the bytes of its block.
pub fn messages(text: &str, whole: bool) -> Vec<(Range<usize>, Message)> {
    let mut all = Vec::new();
    let mut block: Block<'_> = None;
    // Calls that wait for their results, and how many there were.
    let mut open: Vec<(String, String)> = Vec::new();
    let mut count = 0;
    let mut close = |block: Block<'_>, end: usize, all: &mut Vec<(Range<usize>, Message)>| {
        let Some((start, role, lines)) = block else {
            return;
        };
        let key = hash(&[b"block", &all.len().to_le_bytes()]);
        let mut message = Message::new(key, role, None);
        if role == Role::User {
            match words::of_user(lines.join("\n").trim()) {
                Words::Context(_) => return,
                Words::Prompt(text) if whole => message.parts.push(Part::Text(text)),
                Words::Prompt(text) => message.parts.push(Part::Text(words::start(&text))),
            }
        } else {
            message.reply = Some(key);
            for piece in pieces(&lines) {
                add(piece, &mut message, &mut open, &mut count);
            }
            if !whole {
                message.parts.clear();
            }
        }
        all.push((start..end, message));
    };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let line = line.lines().next().unwrap_or_default();
        let role = match line.trim_end() {
            "user:" => Some(Role::User),
            "assistant:" => Some(Role::Assistant),
            _ => None,
        };
        match (role, &mut block) {
            (Some(role), _) => {
                let before = block.replace((start, role, Vec::new()));
                close(before, start, &mut all);
            }
            (None, Some((.., lines))) => lines.push(line),
            (None, None) => {}
        }
    }
    close(block, text.len(), &mut all);
    all
}

fn pieces(lines: &[&str]) -> Vec<Piece> {
    let mut pieces = vec![Piece::Text(String::new())];
    for line in lines {
        let marked = if let Some(text) = line.strip_prefix("[Thinking]") {
            Some(Piece::Thinking(text.trim_start().to_owned()))
        } else if let Some(name) = line.strip_prefix("[Tool call]") {
            let name = name.trim().to_owned();
            Some(Piece::Call {
                name,
                args: Vec::new(),
            })
        } else {
            line.strip_prefix("[Tool result]")
                .map(|name| Piece::Result {
                    name: name.trim().to_owned(),
                    output: String::new(),
                })
        };
        if let Some(piece) = marked {
            pieces.push(piece);
            continue;
        }
        let goes_on = match pieces.last_mut() {
            Some(Piece::Text(text) | Piece::Result { output: text, .. }) => {
                text.push_str(line);
                text.push('\n');
                true
            }
            // A thought ends at an empty line.
            Some(Piece::Thinking(text)) if !line.trim().is_empty() => {
                text.push('\n');
                text.push_str(line);
                true
            }
            // Arguments are indented; what is no name and value goes on with the last value.
            Some(Piece::Call { args, .. }) if line.starts_with([' ', '\t']) => {
                let depth = line.len() - line.trim_start().len();
                let pair = line.trim().split_once(':').filter(|(name, _)| {
                    depth <= 2 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
                });
                match (pair, args.last_mut()) {
                    (Some((name, value)), _) => args.push((name.into(), value.trim().into())),
                    (None, Some((_, value))) => {
                        value.push('\n');
                        value.push_str(line.trim_start());
                    }
                    (None, None) => {}
                }
                true
            }
            _ => false,
        };
        if !goes_on && !line.trim().is_empty() {
            pieces.push(Piece::Text(format!("{line}\n")));
        }
    }
    pieces
}

fn add(piece: Piece, message: &mut Message, open: &mut Vec<(String, String)>, count: &mut usize) {
    match piece {
        Piece::Text(text) if words::is_redacted(&text) => {
            message.parts.push(Part::Thinking(None));
        }
        Piece::Text(text) if text.trim().is_empty() => {}
        Piece::Text(text) => message.parts.push(Part::Text(text.trim().into())),
        Piece::Thinking(text) => {
            let hidden = text.trim().is_empty() || words::is_redacted(&text);
            let text = (!hidden).then(|| text.trim().into());
            message.parts.push(Part::Thinking(text));
        }
        Piece::Call { name, args } => {
            let args = args.into_iter().map(|(name, value)| (name, value.into()));
            let input = serde_json::Value::Object(args.collect()).to_string();
            *count += 1;
            let id = count.to_string();
            message.tools += 1;
            let call = tool::call(&id, &name, &input);
            message.parts.push(Part::ToolCall(Box::new(call)));
            open.push((name, id));
        }
        Piece::Result { name, output } => {
            let of = open.iter().position(|(known, _)| *known == name);
            let id = of.map(|at| open.remove(at).1).unwrap_or_default();
            let result = ToolResult::new(id, output.trim());
            message.parts.push(Part::ToolResult(Box::new(result)));
        }
    }
}
