//! Sub-agents of old versions, which wrote what an agent did into its parent's log. Each is a session of its own here: it
//! begins with the prompt of a call that was made before, word for word, and every record of it names the one before.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::super::json::{Json, Obj};
use super::super::{Facts, Times, hash};
use crate::model::{Kind, TitleRank};
use crate::text::{Raw, floor_boundary};

/// So many sub-agents can be at work at once, and so many calls wait for theirs.
const MOST: usize = 12;
/// So many last records of each can be named by its next.
const NODES: usize = 3;
/// Longer ids are none of the agent's.
const ID: usize = 44;
const TITLE: usize = 60;

/// What is known of the sub-agents in a log while it is read.
#[derive(Default)]
pub struct Sides {
    calls: Vec<Call>,
    agents: Vec<Agent>,
}

/// A call that starts a sub-agent, of which nothing was met yet.
struct Call {
    prompt: u64,
    id: Box<str>,
    title: Box<str>,
}

struct Agent {
    /// The id of its session.
    id: Box<str>,
    nodes: Vec<u64>,
    times: Times,
}

/// Whose record it is.
pub struct Side {
    pub id: Box<str>,
    /// What is known of it from the call, where it begins with this record.
    pub begins: Option<Facts>,
}

/// Whether a record may have a call that starts a sub-agent: to look for the name costs less than to read all calls.
pub fn may_call(line: &[u8]) -> bool {
    static TASK: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(r#""Task""#));
    TASK.find(line).is_some()
}

impl Sides {
    /// Remembers the calls of a record that start sub-agents. Newer versions keep these in logs of their own.
    pub fn call(&mut self, record: &Obj<'_>) {
        if record.text("version").is_some_and(|v| !v.starts_with("1.")) {
            return;
        }
        let Some(body) = record.obj("message") else {
            return;
        };
        for block in body.list("content").into_iter().filter_map(Json::obj) {
            if block.str("name").as_deref() != Some("Task") {
                continue;
            }
            let (Some(id), Some(input)) = (block.text("id"), block.obj("input")) else {
                continue;
            };
            let Some(prompt) = input.text("prompt").filter(|_| id.len() <= ID) else {
                continue;
            };
            let title = input.text("description").unwrap_or_default();
            if self.calls.len() >= MOST {
                self.calls.remove(0);
            }
            self.calls.push(Call {
                prompt: hash(&[prompt.trim().as_bytes()]),
                id: (*id).into(),
                title: floor_boundary(&title, TITLE).into(),
            });
        }
    }

    /// Whose a record beside the conversation is; none where that is not known.
    pub fn of(&mut self, kind: &str, record: &Obj<'_>) -> Option<Side> {
        let uuid = record.text("uuid")?;
        let node = hash(&[uuid.as_bytes()]);
        let (id, begins) = match record.text("parentUuid") {
            Some(parent) => {
                let parent = hash(&[parent.as_bytes()]);
                let mut agents = self.agents.iter_mut();
                let agent = agents.find(|agent| agent.nodes.contains(&parent))?;
                if agent.nodes.len() >= NODES {
                    agent.nodes.remove(0);
                }
                agent.nodes.push(node);
                (agent.id.clone(), None)
            }
            None if kind == "user" && uuid.len() <= ID => {
                let begins = Some(self.begin(record)?);
                let id: Box<str> = format!("agent-{uuid}").into();
                if self.agents.len() >= MOST {
                    self.agents.remove(0);
                }
                self.agents.push(Agent {
                    id: id.clone(),
                    nodes: vec![node],
                    times: Times::default(),
                });
                (id, begins)
            }
            None => return None,
        };
        if let Some(agent) = self.agents.iter_mut().find(|agent| agent.id == id) {
            agent.times.meet(record.time("timestamp"));
        }
        Some(Side { id, begins })
    }

    /// Takes the call that a first prompt answers.
    fn begin(&mut self, record: &Obj<'_>) -> Option<Facts> {
        let body = record.obj("message")?;
        let content = body.get("content")?;
        let prompt = match content.str() {
            Some(text) => text,
            None => {
                let mut blocks = content.list().into_iter().filter_map(Json::obj);
                blocks.find_map(|block| block.text("text"))?
            }
        };
        let prompt = hash(&[prompt.trim().as_bytes()]);
        let at = self.calls.iter().position(|call| call.prompt == prompt)?;
        let call = self.calls.remove(at);
        Some(Facts {
            title: (!call.title.is_empty()).then(|| (TitleRank::Agent, Raw::from(&*call.title))),
            call: Some(call.id),
            kind: Some(Kind::SubAgent),
            ..Facts::default()
        })
    }

    /// The first and last times met in this reading, each with the session it is of.
    pub fn times(&self) -> Vec<(Box<str>, Facts)> {
        let of = |agent: &Agent| {
            let id = agent.id.clone();
            agent.times.facts().map(move |facts| (id.clone(), facts))
        };
        self.agents.iter().flat_map(of).collect()
    }

    /// As it was left by another reading; nothing where that is not to be made out.
    pub fn from_memo(memo: &[u8]) -> Sides {
        let text = std::str::from_utf8(memo).unwrap_or_default();
        let Some(memo) = Obj::parse(text) else {
            return Sides::default();
        };
        let objects = |key| memo.list(key).into_iter().filter_map(Json::obj);
        let calls = objects("calls").filter_map(|call| {
            Some(Call {
                prompt: call.u64("prompt")?,
                id: (*call.text("id")?).into(),
                title: (*call.str("title")?).into(),
            })
        });
        let agents = objects("agents").filter_map(|agent| {
            Some(Agent {
                id: (*agent.text("id")?).into(),
                nodes: agent
                    .list("nodes")
                    .into_iter()
                    .filter_map(Json::u64)
                    .collect(),
                times: Times::default(),
            })
        });
        Sides {
            calls: calls.collect(),
            agents: agents.collect(),
        }
    }

    pub fn memo(&self) -> Vec<u8> {
        if self.calls.is_empty() && self.agents.is_empty() {
            return Vec::new();
        }
        let calls = self.calls.iter().map(
            |call| serde_json::json!({ "prompt": call.prompt, "id": call.id, "title": call.title }),
        );
        let agents = self
            .agents
            .iter()
            .map(|agent| serde_json::json!({ "id": agent.id, "nodes": agent.nodes }));
        let memo = serde_json::json!({
            "calls": calls.collect::<Vec<_>>(),
            "agents": agents.collect::<Vec<_>>(),
        });
        memo.to_string().into_bytes()
    }
}
