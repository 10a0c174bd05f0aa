//! The records of a log in turn: facts, spends, messages, and where each stands in the tree.

use std::path::{Component, Path};

use jiff::Timestamp;

use super::super::json::Obj;
use super::super::log::{self, Place};
use super::super::{Facts, Record, Say, Stop, Want, hash, tell};
use super::memo::Memo;
use super::{message, spends};
use crate::env::Env;
use crate::model::{Kind, Role, TitleRank, Unit};
use crate::text::Raw;

/// A log being read.
pub struct Log<'a> {
    env: &'a Env,
    unit: &'a Unit,
    want: Want<'a>,
    memo: Memo,
}

impl<'a> Log<'a> {
    pub fn new(env: &'a Env, unit: &'a Unit, want: Want<'a>, memo: Memo) -> Log<'a> {
        Log {
            env,
            unit,
            want,
            memo,
        }
    }

    /// The session's id, once it is decided. A file holds one session, so whoever asks for a conversation names it.
    fn id(&self) -> Option<&str> {
        match self.want {
            Want::Conversation { session } => Some(session),
            Want::Summary | Want::Spends => self.memo.id.as_deref(),
        }
    }

    fn is_conversation(&self) -> bool {
        matches!(self.want, Want::Conversation { .. })
    }

    fn facts(&self, facts: Facts, say: &mut Say<'_>) -> Result<(), Stop> {
        let Some(session) = self.id().map(Into::into) else {
            return Ok(());
        };
        let facts = Box::new(facts);
        tell(say, Record::Session { session, facts })
    }

    fn title(&self, title: Option<(TitleRank, String)>, say: &mut Say<'_>) -> Result<(), Stop> {
        let Some((rank, text)) = title.filter(|_| !self.is_conversation()) else {
            return Ok(());
        };
        let title = Some((rank, Raw::from(text)));
        self.facts(
            Facts {
                title,
                ..Facts::default()
            },
            say,
        )
    }

    /// Whose log it is: the header says so, where it comes first; else the file's name does.
    fn decide(&mut self, kind: &str, record: &Obj<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
        let stem = self.unit.path.file_stem().unwrap_or_default();
        let stem = stem.to_string_lossy().into_owned();
        let logged = record
            .text("id")
            .filter(|id| kind == "session" && super::is_plain(id));
        let parent = parent_by_path(self.unit);
        let id = match logged {
            Some(id) if parent.as_deref() != Some(&*id) => id.into_owned(),
            // A sub-agent that goes by its parent's id is told apart by its own name.
            Some(id) => format!("{id}.{stem}"),
            None => super::id_by_name(&stem).to_owned(),
        };
        self.memo.id = Some(id.into());
        if parent.is_some() {
            let facts = Facts {
                parent,
                kind: Some(Kind::SubAgent),
                title: Some((TitleRank::Fallback, stem.into())),
                ..Facts::default()
            };
            self.facts(facts, say)?;
        }
        let title = self.memo.title.take();
        self.title(title, say)
    }

    fn header(&mut self, record: &Obj<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
        if self.is_conversation() || std::mem::replace(&mut self.memo.has_header, true) {
            return Ok(());
        }
        self.memo.created = record.time("timestamp");
        let mut facts = Facts {
            at: self.memo.created,
            dir: record.text("cwd").map(|cwd| (*cwd).into()),
            title: title(record, "title").map(|(rank, text)| (rank, text.into())),
            ..Facts::default()
        };
        if parent_by_path(self.unit).is_none() {
            facts.parent = self.parent(record);
            facts.kind = facts.parent.is_some().then_some(Kind::Fork);
        }
        self.facts(facts, say)
    }

    /// The session that this one was forked from: by the log it names, else by the id in that log's name.
    fn parent(&self, header: &Obj<'_>) -> Option<Box<str>> {
        let named = header.text("parentSession");
        let named = named.or_else(|| header.text("branchedFrom"))?;
        let path = Path::new(&*named);
        // A log may name any file of the machine; only those that are read anyway are opened.
        let is_ours = path.starts_with(&self.unit.root)
            && !path.components().any(|part| part == Component::ParentDir);
        let by_path = is_ours.then(|| super::header_id(self.env, path)).flatten();
        by_path.or_else(|| {
            let name = named.rsplit(['/', '\\']).next()?;
            let id = super::id_by_name(name.strip_suffix(".jsonl").unwrap_or(name));
            super::is_plain(id).then(|| id.into())
        })
    }

    fn entry(
        &mut self,
        kind: &str,
        record: &Obj<'_>,
        line: &[u8],
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        let Some(session) = self.id().map(Box::<str>::from) else {
            return Ok(());
        };
        let whole = self.is_conversation();
        let body = record.obj("message").unwrap_or_default();
        let time = body.time("timestamp").or_else(|| record.time("timestamp"));
        let mut message = message::read(kind, record, &body, line, whole);
        if let Some(message) = &mut message {
            // The agent goes by what was said and answered alone, so that a new name makes no session newer.
            let talks = message.role != Role::System && message.counts;
            message.at = time.filter(|_| whole || talks).map(|at| self.since(at));
        }
        if whole {
            self.link(&session, record, line, message.is_some(), say)?;
        } else if let Some(spend) = spends::spend(kind, record, &body, line, self.memo.created) {
            let session = session.clone();
            tell(say, Record::Spent { session, spend })?;
        }
        let Some(message) = message.map(Box::new) else {
            return Ok(());
        };
        tell(say, Record::Message { session, message })
    }

    /// A copied message is older than the session that repeats it, which did not start then.
    fn since(&self, at: Timestamp) -> Timestamp {
        match self.memo.created {
            Some(created) if !self.is_conversation() => at.max(created),
            _ => at,
        }
    }

    /// Where an entry stands. The conversation stands at the last one, whatever that is.
    fn link(
        &mut self,
        session: &str,
        record: &Obj<'_>,
        line: &[u8],
        is_message: bool,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        let id = record.text("id").map(|id| hash(&[id.as_bytes()]));
        let parent = record.text("parentId").map(|id| hash(&[id.as_bytes()]));
        let node = id.unwrap_or_else(|| hash(&[line]));
        // Version 1 is a plain list.
        let parent = if id.is_some() { parent } else { self.memo.last };
        self.memo.last = Some(node);
        let (session, key) = (Box::<str>::from(session), hash(&[line]));
        let link = Record::Link {
            session: session.clone(),
            node,
            parent,
            key,
        };
        tell(say, link)?;
        if is_message {
            return Ok(());
        }
        tell(say, Record::Leaf { session, node })
    }
}

impl log::Log for Log<'_> {
    /// Every reading says that the tree is exact.
    fn begin(&mut self, _is_fresh: bool, say: &mut Say<'_>) -> Result<(), Stop> {
        match self.want {
            Want::Conversation { session } => {
                let session = session.into();
                tell(say, Record::Exact { session })
            }
            Want::Summary | Want::Spends => Ok(()),
        }
    }

    fn record(&mut self, record: &Obj<'_>, line: Place<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
        let kind = record.str("type").unwrap_or_default();
        let is_title = matches!(&*kind, "title" | "title_change");
        if is_title && self.id().is_none() {
            self.memo.title = title(record, "title");
            return Ok(());
        }
        if !self.is_conversation() && self.memo.id.is_none() {
            self.decide(&kind, record, say)?;
        }
        match &*kind {
            "session" => return self.header(record, say),
            "session_info" => {
                // An empty name takes the name away.
                let name = record.str("name").unwrap_or_default();
                self.title(Some((TitleRank::User, name.trim().to_owned())), say)?;
            }
            _ if is_title => self.title(title(record, "title"), say)?,
            _ => {}
        }
        self.entry(&kind, record, line.bytes, say)
    }

    fn session(&self) -> Option<Box<str>> {
        self.id().map(Into::into)
    }

    fn memo(&self) -> Box<[u8]> {
        self.memo.bytes()
    }
}

/// A title that stands in a record, and who gave it: programs of another name make some of their own.
fn title(record: &Obj<'_>, key: &str) -> Option<(TitleRank, String)> {
    let sources = ["titleSource", "source"];
    let by_user = sources
        .iter()
        .any(|key| record.str(key).as_deref() == Some("user"));
    let rank = if by_user {
        TitleRank::User
    } else {
        TitleRank::Agent
    };
    record.text(key).map(|text| (rank, text.into_owned()))
}

/// A sub-agent's log lies in a folder that is named like its parent's log.
fn parent_by_path(unit: &Unit) -> Option<Box<str>> {
    let below = unit.path.strip_prefix(&unit.root).ok()?;
    below.ancestors().skip(1).find_map(|dir| {
        let name = dir.file_name()?.to_string_lossy();
        super::split_name(&name).map(|(_, id)| id.into())
    })
}
