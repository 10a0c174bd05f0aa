//! Transcripts: one JSON object a line, without ids, times, models or tokens, and mostly without results. They grow line
//! by line, and stand in where neither the editor nor the command line has the conversation.

use std::io;
use std::path::{Path, PathBuf};

use super::super::json::{self, Obj, Parsed};
use super::super::jsonl::{self, Line};
use super::super::{At, Cursor, Facts, Oddity, Record, Say, Stop, Want, hash, tell};
use super::blocks::{self, Calls};
use super::workspace;
use crate::env::Env;
use crate::model::{Kind, Message, NoticeKind, Part, Role, Unit};
use crate::text::Raw;

/// What is known of a transcript without reading it.
pub struct Beside {
    pub id: Box<str>,
    parent: Option<Box<str>>,
    dir: Option<PathBuf>,
}

impl Beside {
    pub fn of(env: &Env, unit: &Unit) -> Beside {
        let id = unit.path.file_stem().unwrap_or_default();
        let mut above = unit.path.ancestors().skip(1);
        let folder = above.next().unwrap_or(&unit.path);
        let parent = folder
            .ends_with("subagents")
            .then(|| above.next())
            .flatten();
        let parent = parent.and_then(Path::file_name);
        // The project's name leaves out which of its letters were separators, so only this file tells its folder.
        let mut projects = unit.path.ancestors();
        let project = projects.find(|dir| dir.ends_with("agent-transcripts"));
        let trusted = project.and_then(Path::parent).and_then(|project| {
            let bytes = workspace::whole_file(env, &project.join(".workspace-trusted")).ok()?;
            let mut store = json::Store::default();
            let trusted = workspace::object(&bytes, &mut store)?;
            Some(PathBuf::from(&*trusted.text("workspacePath")?))
        });
        Beside {
            id: id.to_string_lossy().into(),
            parent: parent.map(|parent| parent.to_string_lossy().into()),
            dir: trusted,
        }
    }

    pub fn facts(&self) -> Facts {
        Facts {
            dir: self.dir.clone(),
            kind: self.parent.is_some().then_some(Kind::SubAgent),
            parent: self.parent.clone(),
            ..Facts::default()
        }
    }

    fn mark(&self) -> [u8; 8] {
        let dir = self.dir.as_deref().unwrap_or(Path::new(""));
        hash(&[dir.as_os_str().as_encoded_bytes()]).to_le_bytes()
    }
}

pub fn read(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let beside = Beside::of(env, unit);
    let is_summary = want.is_summary();
    let mut opened = jsonl::open(env, &unit.path, &from.at)?;
    let is_news = from.at != At::Start && from.memo.get(..8) != Some(&beside.mark());
    if is_summary && is_news && !opened.rewritten {
        opened = jsonl::open(env, &unit.path, &At::Start)?;
        opened.rewritten = true;
    }
    let kept = from.memo.get(8..).filter(|_| !opened.rewritten);
    let kept = String::from_utf8_lossy(kept.unwrap_or_default()).into_owned();
    let mut log = Log {
        id: &beside.id,
        whole: !is_summary,
        calls: Calls::from_kept(&kept),
    };
    let mut read = || -> Result<(), Stop> {
        if opened.rewritten {
            tell(say, Record::Reset)?;
        }
        if is_summary && (from.at == At::Start || opened.rewritten) {
            let (session, facts) = (beside.id.clone(), Box::new(beside.facts()));
            tell(say, Record::Session { session, facts })?;
        }
        let mut store = json::Store::default();
        while let Some(line) = opened.lines.next_line()? {
            match line {
                Line::TooLong { at } => log.odd(at, Oddity::TooLong, say)?,
                Line::Whole { at, bytes } => match json::record(bytes, &mut store) {
                    Parsed::Object(record) => log.record(at, &record, say)?,
                    Parsed::Repaired(record) => {
                        log.odd(at, Oddity::Repaired, say)?;
                        log.record(at, &record, say)?;
                    }
                    Parsed::Malformed => log.odd(at, Oddity::Malformed, say)?,
                    Parsed::Blank => {}
                },
            }
        }
        Ok(())
    };
    match read() {
        Err(Stop::Failed(error)) => Err(error),
        Ok(()) | Err(Stop::Asked) => {
            let kept = log.calls.kept();
            let memo = beside.mark().into_iter().chain(kept.bytes());
            Ok(Cursor {
                at: opened.lines.cursor(),
                memo: memo.collect(),
            })
        }
    }
}

struct Log<'a> {
    id: &'a str,
    whole: bool,
    calls: Calls,
}

impl Log<'_> {
    fn odd(&self, at: u64, what: Oddity, say: &mut Say<'_>) -> Result<(), Stop> {
        let session = Some(self.id.into());
        tell(say, Record::Odd { session, at, what })
    }

    fn record(&mut self, at: u64, record: &Obj<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
        // Lines have no ids, so their places tell them apart.
        let key = hash(&[b"line", &at.to_le_bytes()]);
        let role = match record.str("role").as_deref() {
            Some("user") => Role::User,
            Some("assistant") => Role::Assistant,
            Some("tool") => Role::System,
            _ => return self.event(key, record, say),
        };
        let mut message = Message::new(key, role, None);
        message.reply = (role == Role::Assistant).then_some(key);
        let inner = record.obj("message");
        let content = inner.as_ref().unwrap_or(record).get("content");
        blocks::fill(
            content,
            &mut message,
            &at.to_string(),
            &mut self.calls,
            self.whole,
        );
        blocks::settle(&mut message, content);
        self.said(message, say)
    }

    /// How a turn ended, or what went wrong in it.
    fn event(&self, key: u64, record: &Obj<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
        let mut message = Message::new(key, Role::System, None);
        let (kind, text) = match record.str("type").as_deref() {
            Some("error") => {
                let text = record.text("error").or_else(|| record.text("message"));
                (NoticeKind::Error, text.unwrap_or("error".into()))
            }
            Some("turn_ended") => match record.text("status") {
                None => return Ok(()),
                Some(status) if matches!(&*status, "success" | "completed") => return Ok(()),
                Some(status) if matches!(&*status, "error" | "failed") => {
                    (NoticeKind::Error, record.text("error").unwrap_or(status))
                }
                Some(status) => (NoticeKind::Interrupted, status),
            },
            _ => return Ok(()),
        };
        message.errors = u32::from(kind == NoticeKind::Error);
        if self.whole {
            let text = Raw::from(&*text);
            message.parts.push(Part::Notice { kind, text });
        }
        self.said(message, say)
    }

    fn said(&self, message: Message, say: &mut Say<'_>) -> Result<(), Stop> {
        if blocks::is_context(&message) {
            return Ok(());
        }
        let (session, message) = (self.id.into(), Box::new(message));
        tell(say, Record::Message { session, message })
    }
}
