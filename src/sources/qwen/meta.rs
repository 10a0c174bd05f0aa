//! What stands beside a sub-agent's log: what it was asked to do, by which call.

use std::io::Read;
use std::path::Path;

use super::super::json::Obj;
use super::super::{Facts, hash};
use super::message::model_id;
use super::{agent_id, parent_by_path};
use crate::env::Env;
use crate::model::{Kind, TitleRank};
use crate::text::Raw;

/// What is known of a sub-agent from its folder and the file beside it; nothing for a session's own log.
pub fn facts(env: &Env, path: &Path) -> Option<Facts> {
    let folder = parent_by_path(path)?;
    let mut text = String::new();
    let beside = env.files.open(&path.with_extension("meta.json"));
    // Half a file is no object, and tells nothing yet.
    let read = beside.and_then(|file| file.take(64 << 10).read_to_string(&mut text));
    let meta = read
        .ok()
        .and_then(|_| Obj::parse(&text))
        .unwrap_or_default();
    let title = meta
        .text("description")
        .or_else(|| meta.text("subagentName"))
        .or_else(|| meta.text("agentType"));
    // An agent that another agent started is that one's child.
    let above = meta.text("parentAgentId");
    let above = above.map(|id| agent_id(&format!("agent-{id}"), &folder));
    Some(Facts {
        title: title.map(|t| (TitleRank::Agent, Raw::from(&*t))),
        call: meta.text("toolUseId").map(|call| (*call).into()),
        kind: Some(Kind::SubAgent),
        parent: above.or(Some(folder)),
        // It is kept to go on with the agent later: the model it was started with.
        model: meta
            .obj("persistedCliFlags")
            .and_then(|flags| flags.text("model").map(|name| model_id(&name))),
        ..Facts::default()
    })
}

/// Tells one state of it from another.
pub fn mark(facts: Option<&Facts>) -> u64 {
    let Some(facts) = facts else { return 0 };
    let title = facts.title.as_ref().map(|(_, text)| text.untrusted());
    hash(&[
        title.unwrap_or_default().as_bytes(),
        facts.call.as_deref().unwrap_or_default().as_bytes(),
        facts.parent.as_deref().unwrap_or_default().as_bytes(),
        facts.model.as_ref().map_or("", |m| &m.name).as_bytes(),
    ])
}
