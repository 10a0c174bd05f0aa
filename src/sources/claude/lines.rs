//! The records of a log in turn: facts, spends, messages.

use std::borrow::Cow;
use std::path::Path;

use jiff::Timestamp;

use super::super::json::Obj;
use super::super::log::{self, Place};
use super::super::{Facts, Record, Say, Stop, Subject, Times, Want, hash, tell};
use super::message::{self, Said};
use super::sides::{self, Side, Sides};
use super::usage::{model_id, rate, tokens};
use crate::model::{Kind, Mark, Message, Role, Same, Spend, TitleRank, Usd};
use crate::text::Raw;

/// So many records without a child are remembered between readings.
const LEAVES: usize = 64;

/// Whether a log is of an agent that another started.
pub fn is_agent(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().starts_with("agent-")
}

/// A log being read.
pub struct Log<'a> {
    id: Box<str>,
    want: Want<'a>,
    is_agent: bool,
    /// The session that an agent belongs to.
    parent: Option<Box<str>>,
    has_person: bool,
    leaves: Vec<u64>,
    leaves_moved: bool,
    sides: Sides,
    /// Whether anything of a session was seen, as opposed to words about others.
    alive: bool,
    /// What stands beside an agent's log, told before its first line.
    beside: Option<Facts>,
    /// What this reading told of the session, for every line says it again.
    told: Told,
    times: Times,
}

#[derive(Default)]
struct Told {
    dir: String,
    branch: String,
    version: String,
    entrypoint: String,
}

/// What a line says, if it is not what was told last.
fn news<'r>(told: &mut String, record: &Obj<'r>, key: &str) -> Option<Cow<'r, str>> {
    let text = record.text(key).filter(|text| **text != **told)?;
    text.as_ref().clone_into(told);
    Some(text)
}

/// A line of the tree, and what is asked of it more than once.
struct Node<'r> {
    record: &'r Obj<'r>,
    key: u64,
    at: Option<Timestamp>,
    /// Whether it stands beside the conversation.
    side: bool,
    /// The sub-agent whose it is, where that has no log of its own.
    agent: Option<Box<str>>,
}

impl<'a> Log<'a> {
    pub fn new(path: &Path, want: Want<'a>, beside: Option<Facts>, memo: &[u8]) -> Log<'a> {
        let id: Box<str> = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into();
        let has_person = memo.first() == Some(&1);
        let behind = memo.get(9..).unwrap_or_default();
        let (count, behind) = behind.split_first().unwrap_or((&0, &[]));
        let leaves = behind.split_at_checked(usize::from(*count) * 8);
        let (leaves, behind) = leaves.unwrap_or_default();
        let leaves = leaves
            .chunks_exact(8)
            .filter_map(|c| c.try_into().ok().map(u64::from_le_bytes));
        Log {
            is_agent: is_agent(path),
            parent: super::parent_by_path(path),
            want,
            has_person,
            leaves: leaves.collect(),
            leaves_moved: false,
            sides: Sides::from_memo(behind),
            alive: false,
            beside,
            told: Told::default(),
            times: Times::default(),
            id,
        }
    }

    /// Whether what stands beside the log was the same at the last reading.
    pub fn knows(memo: &[u8], beside: Option<&Facts>) -> bool {
        memo.get(1..9) == Some(&mark(beside).to_le_bytes())
    }

    fn is_conversation(&self) -> bool {
        matches!(self.want, Want::Conversation { .. })
    }

    fn facts(&self, facts: Facts, say: &mut Say<'_>) -> Result<(), Stop> {
        tell(
            say,
            Record::Session {
                session: self.id.clone(),
                facts: Box::new(facts),
            },
        )
    }

    fn title(
        &mut self,
        record: &Obj<'_>,
        key: &str,
        rank: TitleRank,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        let Some(text) = record.text(key).filter(|_| !self.is_conversation()) else {
            return Ok(());
        };
        let title = Some((rank, Raw::from(&*text)));
        self.facts(
            Facts {
                title,
                ..Facts::default()
            },
            say,
        )
    }

    /// A summary names the record it sums up to, mostly in another file.
    fn summary(&mut self, record: &Obj<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
        let (Some(text), Some(leaf)) = (record.text("summary"), record.text("leafUuid")) else {
            return Ok(());
        };
        let failed = text.starts_with("Invalid API key") || text.starts_with("API Error");
        if failed || self.is_conversation() {
            return Ok(());
        }
        let facts = Facts {
            title: Some((TitleRank::Summary, Raw::from(&*text))),
            ..Facts::default()
        };
        let of = Subject::Leaf(hash(&[leaf.as_bytes()]));
        tell(
            say,
            Record::About {
                of,
                facts: Box::new(facts),
            },
        )
    }

    fn tree(
        &mut self,
        kind: &str,
        record: &Obj<'_>,
        line: &[u8],
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        self.alive = true;
        let mut node = Node {
            record,
            key: message::line_key(record, line),
            at: record.time("timestamp"),
            side: record.is_true("isSidechain") && !self.is_agent,
            agent: None,
        };
        if kind == "assistant" && !self.is_agent && sides::may_call(line) {
            self.sides.call(record);
        }
        if node.side
            && let Some(side) = self.sides.of(kind, record)
        {
            node.agent = Some(side.id.clone());
            self.begin_side(&node, side, say)?;
        }
        if let Want::Conversation { session } = self.want
            && !session.is_empty()
            && session != node.agent.as_deref().unwrap_or(&self.id)
        {
            return Ok(());
        }
        if !self.is_conversation() {
            self.grow(&node);
            self.news(&node, say)?;
            if kind == "assistant" {
                self.spend(&node, say)?;
            }
        }
        if self.is_conversation() && !node.side {
            self.link(record, node.key, say)?;
        }
        let message = Message::new(node.key, Role::System, node.at);
        let is_beside = node.side && node.agent.is_none();
        let said = message::read(kind, record, message, is_beside, self.want);
        if let Said::Message(message) = said {
            self.has_person |= kind == "user";
            let session = node.agent.unwrap_or_else(|| self.id.clone());
            tell(say, Record::Message { session, message })?;
        }
        Ok(())
    }

    /// Tells what is known of a sub-agent where it begins. It worked where its parent did.
    fn begin_side(&self, node: &Node<'_>, side: Side, say: &mut Say<'_>) -> Result<(), Stop> {
        let Some(mut facts) = side.begins.filter(|_| !self.is_conversation()) else {
            return Ok(());
        };
        let text = |key| node.record.text(key);
        facts.parent = Some(self.id.clone());
        facts.dir = text("cwd").map(|cwd| (*cwd).into());
        facts.branch = text("gitBranch").map(|branch| Raw::from(&*branch));
        facts.version = text("version").map(|version| Raw::from(&*version));
        let session = side.id;
        let facts = Box::new(facts);
        tell(say, Record::Session { session, facts })
    }

    /// Tells what a line says of its session.
    fn news(&mut self, node: &Node<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
        self.times.meet(node.at);
        let record = node.record;
        let told = &mut self.told;
        let version = news(&mut told.version, record, "version");
        let mut facts = Facts {
            dir: news(&mut told.dir, record, "cwd").map(|cwd| (*cwd).into()),
            branch: news(&mut told.branch, record, "gitBranch").map(|b| Raw::from(&*b)),
            resumes_copy: version.as_ref().map(|v| v.starts_with("1.")),
            version: version.map(|v| Raw::from(&*v)),
            automated: news(&mut told.entrypoint, record, "entrypoint")
                .map(|e| e.starts_with("sdk")),
            ..Facts::default()
        };
        if self.is_agent && self.parent.is_none() {
            // Before agents had a folder of their own, they named their session.
            let named = record.text("sessionId").filter(|id| **id != *self.id);
            self.parent = named.map(|id| (*id).into());
            facts.parent.clone_from(&self.parent);
        }
        if facts == Facts::default() {
            return Ok(());
        }
        self.facts(facts, say)
    }

    /// Where a record stands in the tree. A compaction starts a new root and names what came before beside it.
    fn link(&self, record: &Obj<'_>, key: u64, say: &mut Say<'_>) -> Result<(), Stop> {
        let id = |key| record.text(key).map(|uuid| hash(&[uuid.as_bytes()]));
        let Some(node) = id("uuid") else {
            return Ok(());
        };
        tell(
            say,
            Record::Link {
                session: self.id.clone(),
                node,
                parent: id("parentUuid").or_else(|| id("logicalParentUuid")),
                key,
            },
        )
    }

    /// Keeps the records that no other record continues.
    fn grow(&mut self, node: &Node<'_>) {
        let id = |key| node.record.text(key).map(|uuid| hash(&[uuid.as_bytes()]));
        if node.side {
            return;
        }
        if let Some(parent) = id("parentUuid") {
            self.leaves.retain(|leaf| *leaf != parent);
        }
        if let Some(own) = id("uuid").filter(|own| !self.leaves.contains(own)) {
            if self.leaves.len() >= LEAVES {
                self.leaves.remove(0);
            }
            self.leaves.push(own);
            self.leaves_moved = true;
        }
    }

    fn spend(&self, node: &Node<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
        let record = node.record;
        let Some(message) = record.obj("message") else {
            return Ok(());
        };
        let Some(usage) = message.obj("usage") else {
            return Ok(());
        };
        let model = message.text("model");
        if model.as_deref() == Some("<synthetic>") {
            return Ok(());
        }
        let home = if self.is_agent {
            self.parent.as_deref()
        } else {
            Some(&*self.id)
        };
        let copied = record
            .text("sessionId")
            .is_some_and(|id| home.is_some_and(|home| *id != *home));
        let mark = match (node.side, copied) {
            (true, _) => Mark::Side,
            (_, true) => Mark::Copied,
            _ => Mark::Own,
        };
        let request = record
            .text("requestId")
            .filter(|_| !record.is_true("isSidechain"));
        let same = message.text("id").map(|id| Same {
            reply: hash(&[id.as_bytes()]),
            variant: request.map(|r| hash(&[r.as_bytes()])),
            mark,
        });
        let spend = Spend {
            key: node.key,
            at: node.at,
            model: model.as_deref().map(model_id),
            rate: rate(&usage),
            usage: tokens(&usage),
            logged: record.f64("costUSD").and_then(Usd::from_dollars),
            same,
        };
        tell(
            say,
            Record::Spent {
                session: node.agent.clone().unwrap_or_else(|| self.id.clone()),
                spend,
            },
        )
    }
}

impl log::Log for Log<'_> {
    /// What is known before the first line.
    fn begin(&mut self, is_fresh: bool, say: &mut Say<'_>) -> Result<(), Stop> {
        if !is_fresh || !self.is_agent || self.is_conversation() {
            return Ok(());
        }
        let mut facts = self.beside.clone().unwrap_or_default();
        facts.kind = Some(Kind::SubAgent);
        facts.parent.clone_from(&self.parent);
        self.facts(facts, say)
    }

    fn record(&mut self, record: &Obj<'_>, line: Place<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
        let kind = record.str("type").unwrap_or_default();
        match &*kind {
            "user" | "assistant" | "system" | "attachment" => {
                self.tree(&kind, record, line.bytes, say)
            }
            "summary" => self.summary(record, say),
            "custom-title" => self.title(record, "customTitle", TitleRank::User, say),
            "ai-title" => self.title(record, "aiTitle", TitleRank::Agent, say),
            "last-prompt" => {
                let leaf = record.text("leafUuid").filter(|_| self.is_conversation());
                if let Some(leaf) = leaf {
                    let (session, node) = (self.id.clone(), hash(&[leaf.as_bytes()]));
                    tell(say, Record::Leaf { session, node })?;
                }
                self.title(record, "lastPrompt", TitleRank::Fallback, say)
            }
            "progress" if self.is_conversation() => {
                self.link(record, message::line_key(record, line.bytes), say)
            }
            // `progress` repeats usage of nested records, `api-request*` repeats messages: neither is ours to count.
            _ => Ok(()),
        }
    }

    fn session(&self) -> Option<Box<str>> {
        Some(self.id.clone())
    }

    fn end(&mut self, say: &mut Say<'_>) -> Result<(), Stop> {
        if self.is_conversation() || !self.alive {
            return Ok(());
        }
        let leaves = std::mem::take(&mut self.leaves_moved).then(|| self.leaves.clone());
        // A warm-up is an agent that nobody asked anything.
        let hidden = (self.is_agent && !self.has_person).then_some(true);
        let hidden = if self.is_agent && self.has_person {
            Some(false)
        } else {
            hidden
        };
        for facts in self.times.facts() {
            self.facts(facts, say)?;
        }
        for (session, facts) in self.sides.times() {
            let facts = Box::new(facts);
            tell(say, Record::Session { session, facts })?;
        }
        self.facts(
            Facts {
                leaves,
                hidden,
                ..Facts::default()
            },
            say,
        )
    }

    fn memo(&self) -> Box<[u8]> {
        let leaves = self.leaves.iter().flat_map(|leaf| leaf.to_le_bytes());
        // There are never more than LEAVES.
        let count = u8::try_from(self.leaves.len()).unwrap_or(u8::MAX);
        std::iter::once(u8::from(self.has_person))
            .chain(mark(self.beside.as_ref()).to_le_bytes())
            .chain([count])
            .chain(leaves)
            .chain(self.sides.memo())
            .collect()
    }
}

/// Tells one file beside a log from another, by what is told of it.
fn mark(beside: Option<&Facts>) -> u64 {
    let Some(facts) = beside else { return 0 };
    let title = facts.title.as_ref().map(|(_, text)| text.untrusted());
    hash(&[
        title.unwrap_or_default().as_bytes(),
        facts.call.as_deref().unwrap_or_default().as_bytes(),
    ])
}
