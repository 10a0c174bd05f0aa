//! The chat as lines: a heading begins a run, `####` marks what the person wrote, `>` what the program said, and all else
//! is the model's.
//!
//! A block of such lines can always go on, so a cursor stands before the last one: that is told again, under the same
//! keys, with what was added to it.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::super::jsonl::{self, LINE_MAX, Line, Lines};
use super::super::{At, Cursor, Facts, Oddity, Record, Say, Site, Stop, Want, hash, tell};
use super::report::{self, Report};
use crate::env::Env;
use crate::model::{Message, ModelId, NoticeKind, Part, Rate, Role, Spend, TitleRank, Unit};
use crate::text::{Raw, floor_boundary};

const HEADING: &str = "# aider chat started at ";
/// What it writes for a prompt without words.
const BLANK: &str = "<blank>";
/// More of a block is not kept.
const BLOCK: usize = 16 << 20;
/// Commands of its own whose words go to the model.
const ASKING: [&str; 4] = ["/ask ", "/code ", "/architect ", "/context "];

/// What is known in front of a block.
#[derive(Clone, PartialEq, Default, Debug)]
struct Run {
    /// As the heading says; empty before the first one.
    start: String,
    model: Option<ModelId>,
    /// Whether its first prompt was met.
    asked: bool,
}

/// Where reading stopped.
struct Memo {
    run: Run,
    /// What was read behind the cursor already: up to where, and its hash.
    seen: u64,
    open: u64,
}

impl Memo {
    fn read(memo: &[u8]) -> Option<Memo> {
        let text = std::str::from_utf8(memo).ok()?;
        let mut lines = text.split('\n');
        let seen = lines.next()?.parse().ok()?;
        let open = lines.next()?.parse().ok()?;
        let asked = lines.next()? == "asked";
        let start = lines.next()?.to_owned();
        let model = lines.next().map(|name| ModelId::new(None, name));
        let run = Run {
            start,
            model,
            asked,
        };
        Some(Memo { run, seen, open })
    }

    fn bytes(&self) -> Box<[u8]> {
        let asked = if self.run.asked { "asked" } else { "" };
        let model = self.run.model.as_ref().map(|m| format!("\n{}", m.name));
        let (start, model) = (&self.run.start, model.unwrap_or_default());
        let text = format!("{}\n{}\n{asked}\n{start}{model}", self.seen, self.open);
        text.into_bytes().into()
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Kind {
    Prompt,
    Output,
    Reply,
}

/// Lines of one kind.
struct Block {
    kind: Kind,
    /// The offset of its first line: that names it.
    at: u64,
    /// Each line with its offset.
    lines: Vec<(u64, String)>,
    bytes: usize,
}

pub fn read(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let mut opened = jsonl::open(env, &unit.path, &from.at)?;
    let mut memo = Memo::read(&from.memo);
    if let (At::Line { at, .. }, Some(known)) = (&from.at, &memo)
        && !opened.rewritten
        && stretch(env, &unit.path, *at, known.seen)? != Some(known.open)
    {
        opened = jsonl::open(env, &unit.path, &At::Start)?;
        opened.rewritten = true;
    }
    if opened.rewritten {
        memo = None;
    }
    let mut chat = Chat {
        env,
        unit,
        want,
        seen: memo.as_ref().map_or(0, |memo| memo.seen),
        run: memo.map(|memo| memo.run).unwrap_or_default(),
        block: None,
        before: None,
    };
    let told = (|| {
        if opened.rewritten {
            tell(say, Record::Reset)?;
        }
        chat.lines(&mut opened.lines, say)
    })();
    match told {
        Ok(()) => {}
        // A reading that was stopped goes on nowhere.
        Err(Stop::Asked) => return Ok(from.clone()),
        Err(Stop::Failed(error)) => return Err(error),
    }
    let end = opened.lines.cursor();
    let seen = offset(&end);
    let (at, run) = chat.before.take().unwrap_or((end, chat.run));
    let open = stretch(env, &unit.path, offset(&at), seen)?.unwrap_or(0);
    Ok(Cursor {
        at,
        memo: Memo { run, seen, open }.bytes(),
    })
}

fn offset(at: &At) -> u64 {
    match at {
        At::Line { at, .. } => *at,
        _ => 0,
    }
}

/// A hash of a stretch of the file; none where the file ends before it does, or it is too long to be held.
fn stretch(env: &Env, path: &Path, from: u64, to: u64) -> io::Result<Option<u64>> {
    let len = to.saturating_sub(from);
    if len > LINE_MAX as u64 {
        return Ok(None);
    }
    let mut file = env.files.open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(len).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 == len).then(|| hash(&[&bytes])))
}

struct Chat<'a> {
    env: &'a Env,
    unit: &'a Unit,
    want: Want<'a>,
    run: Run,
    block: Option<Block>,
    /// In front of the open block.
    before: Option<(At, Run)>,
    /// What is in front of this was read before.
    seen: u64,
}

impl Chat<'_> {
    fn lines<R: Read>(&mut self, lines: &mut Lines<R>, say: &mut Say<'_>) -> Result<(), Stop> {
        loop {
            let here = lines.cursor();
            let (at, text) = match lines.next_line().map_err(Stop::Failed)? {
                None => break,
                Some(Line::TooLong { at }) => {
                    self.odd(at, Oddity::TooLong, say)?;
                    continue;
                }
                Some(Line::Whole { at, bytes }) => match std::str::from_utf8(bytes) {
                    Ok(text) => (at, text.to_owned()),
                    Err(_) => {
                        let text = String::from_utf8_lossy(bytes).into_owned();
                        self.odd(at, Oddity::Repaired, say)?;
                        (at, text)
                    }
                },
            };
            if let Some(start) = heading(&text) {
                self.close(say)?;
                self.run = Run {
                    start: start.to_owned(),
                    ..Run::default()
                };
                self.facts(Facts::default(), say)?;
                continue;
            }
            let kind = kind(&text);
            let open = self.block.as_ref().map(|block| block.kind);
            if kind.is_none() && open == Some(Kind::Prompt) {
                // The next prompt is another one.
                self.close(say)?;
            } else if kind.is_some() && kind != open {
                self.close(say)?;
                self.before = Some((here, self.run.clone()));
                self.block = kind.map(|kind| Block {
                    kind,
                    at,
                    lines: Vec::new(),
                    bytes: 0,
                });
            }
            if let Some(block) = &mut self.block
                && block.bytes + text.len() <= BLOCK
            {
                block.bytes += text.len();
                block.lines.push((at, text));
            }
        }
        // It is told as far as it goes, and again when it goes on.
        self.told(say)
    }

    /// The block is whole: reading never comes back before its end.
    fn close(&mut self, say: &mut Say<'_>) -> Result<(), Stop> {
        self.told(say)?;
        (self.block, self.before) = (None, None);
        Ok(())
    }

    fn odd(&self, at: u64, what: Oddity, say: &mut Say<'_>) -> Result<(), Stop> {
        if at < self.seen {
            return Ok(());
        }
        let session = self.session();
        match self.want {
            Want::Conversation { session: wanted } if *session != *wanted => Ok(()),
            _ => {
                let session = Some(session);
                tell(say, Record::Odd { session, at, what })
            }
        }
    }

    /// The file and the run's start in it. Runs begun in the same second are one.
    fn session(&self) -> Box<str> {
        let path = self.unit.path.to_string_lossy();
        if self.run.start.is_empty() {
            path.into()
        } else {
            format!("{path}@{}", self.run.start.replace(' ', "T")).into()
        }
    }

    /// When the run began; the log has no other times.
    fn start(&self) -> Option<Timestamp> {
        let local: DateTime = self.run.start.parse().ok()?;
        let zoned = local.to_zoned(self.env.zone.clone()).ok()?;
        Some(zoned.timestamp())
    }

    fn facts(&self, facts: Facts, say: &mut Say<'_>) -> Result<(), Stop> {
        if !self.want.is_summary() {
            return Ok(());
        }
        let dir = self.unit.path.parent().filter(|_| self.unit.form > 0);
        let facts = Facts {
            dir: dir.map(Path::to_path_buf),
            at: self.start(),
            ..facts
        };
        let said = Record::Session {
            session: self.session(),
            facts: Box::new(facts),
        };
        tell(say, said)
    }

    fn told(&mut self, say: &mut Say<'_>) -> Result<(), Stop> {
        let Some(block) = self.block.take() else {
            return Ok(());
        };
        let told = match block.kind {
            Kind::Prompt => self.prompt(&block, say),
            Kind::Output => self.output(&block, say),
            Kind::Reply => self.reply(&block, say),
        };
        self.block = Some(block);
        told
    }

    fn prompt(&mut self, block: &Block, say: &mut Say<'_>) -> Result<(), Stop> {
        let text = joined(block, "####");
        if text.is_empty() || text == BLANK {
            return Ok(());
        }
        let words = ASKING.iter().find_map(|asking| text.strip_prefix(asking));
        if text.starts_with('/') && words.is_none() {
            let text = Raw::from(&*text);
            let kind = NoticeKind::Command;
            return self.message(block, Role::System, vec![Part::Notice { kind, text }], say);
        }
        if !std::mem::replace(&mut self.run.asked, true) {
            let title = floor_boundary(words.unwrap_or(&text), 16 << 10);
            let facts = Facts {
                title: Some((TitleRank::FirstPrompt, title.into())),
                ..Facts::default()
            };
            self.facts(facts, say)?;
        }
        self.message(block, Role::User, vec![Part::Text(text.into())], say)
    }

    fn output(&mut self, block: &Block, say: &mut Say<'_>) -> Result<(), Stop> {
        for (at, line) in &block.lines {
            match report::read(line.strip_prefix('>').unwrap_or(line)) {
                Report::Version(version) => {
                    let facts = Facts {
                        version: Some(version.into()),
                        ..Facts::default()
                    };
                    self.facts(facts, say)?;
                }
                Report::Model(name) => {
                    self.run.model = Some(ModelId::new(None, name));
                    let facts = Facts {
                        model: self.run.model.clone(),
                        ..Facts::default()
                    };
                    self.facts(facts, say)?;
                }
                Report::Tokens(usage, logged) if self.want.is_summary() => {
                    let spend = Spend {
                        key: hash(&[&at.to_le_bytes()]),
                        at: self.start(),
                        model: self.run.model.clone(),
                        rate: Rate::Standard,
                        usage,
                        logged,
                        same: None,
                    };
                    let session = self.session();
                    tell(say, Record::Spent { session, spend })?;
                }
                Report::Tokens(..) | Report::Words => {}
            }
        }
        let text = joined(block, ">");
        if text.is_empty() {
            return Ok(());
        }
        let kind = NoticeKind::Other;
        let text = text.into();
        self.message(block, Role::System, vec![Part::Notice { kind, text }], say)
    }

    fn reply(&mut self, block: &Block, say: &mut Say<'_>) -> Result<(), Stop> {
        let text = joined(block, "");
        self.message(block, Role::Assistant, vec![Part::Text(text.into())], say)
    }

    fn message(
        &self,
        block: &Block,
        role: Role,
        parts: Vec<Part>,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        let session = self.session();
        let key = hash(&[&block.at.to_le_bytes()]);
        // Only runs have times.
        let mut message = Message::new(key, role, None);
        if role == Role::Assistant {
            message.reply = Some(key);
            message.model.clone_from(&self.run.model);
        }
        match self.want {
            // A title is told as a fact, for a prompt can go on.
            Want::Summary | Want::Spends => {
                if self.run.start.is_empty() {
                    self.facts(Facts::default(), say)?;
                }
            }
            Want::Conversation { session: wanted } if *session == *wanted => message.parts = parts,
            Want::Conversation { .. } => return Ok(()),
        }
        if !self.want.is_summary() {
            let last = block.lines.last();
            let end = last.map_or(block.at, |(at, line)| at + line.len() as u64);
            let site = Site::Lines {
                path: self.unit.path.to_path_buf(),
                at: block.at,
                bytes: end.saturating_sub(block.at),
            };
            tell(say, Record::Stands { sites: vec![site] })?;
        }
        let message = Box::new(message);
        tell(say, Record::Message { session, message })
    }
}

/// The start that a heading names, as `2026-03-01 09:00:00`.
fn heading(line: &str) -> Option<&str> {
    let start = line.strip_prefix(HEADING)?.trim();
    let plain = start
        .bytes()
        .all(|b| b.is_ascii_digit() || b"-: .T".contains(&b));
    (!start.is_empty() && start.len() <= 32 && plain).then_some(start)
}

/// Whose line it is; none of one without words.
fn kind(line: &str) -> Option<Kind> {
    let line = line.trim_end();
    if line == "####" || line.starts_with("#### ") {
        Some(Kind::Prompt)
    } else if line == ">" || line.starts_with("> ") {
        Some(Kind::Output)
    } else if line.is_empty() {
        None
    } else {
        Some(Kind::Reply)
    }
}

/// The lines without their marks, and without the spaces that break lines in Markdown.
fn joined(block: &Block, mark: &str) -> String {
    let lines = block.lines.iter().map(|(_, line)| {
        let line = line.trim_end_matches('\r');
        let own = line.strip_prefix(mark).unwrap_or(line);
        if mark.is_empty() {
            own
        } else {
            own.strip_prefix(' ').unwrap_or(own).trim_end()
        }
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}
