//! Amp. Written down from descriptions of its threads; no file that it wrote was read.
//!
//! One JSON object a thread, written anew at every change. Newer clients keep threads on a server: what lies here may be
//! a part. Tokens stand in a ledger (older) or with the answers (newer). Not known: dollars; `credits` are its own money.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use super::json::{Json, Obj};
use super::object::is_plain;
use super::{
    Card, Cursor, Facts, Launch, Record, Root, Say, Site, Source, Stop, Want, hash, object, tell,
    tools,
};
use crate::env::Env;
use crate::model::{
    Message, ModelId, NoticeKind, Part, Rate, Role, Session, SourceId, Spend, TitleRank, ToolCall,
    ToolResult, Unit, Usage,
};
use crate::text::{Raw, floor_boundary};

pub struct Amp;

pub static CARD: Card = Card {
    id: SourceId("amp"),
    label: "Amp",
    code: "AM",
    aliases: &[],
    revision: 2,
    variables: &["AMP_DATA_DIR", "XDG_DATA_HOME"],
    versions: "none: read from its published format",
    usual: &["~/.local/share/amp/threads"],
    proved: false,
    assumed_model: None,
    note: "Newer clients keep threads on a server, and credits are no dollars, so costs are unknown",
};

/// A summary needs no more of a prompt than its title.
const PROMPT: usize = 16 << 10;

impl Source for Amp {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn roots(&self, env: &Env) -> Vec<Root> {
        let root = |path: PathBuf, why| Root {
            source: CARD.id,
            path: path.into(),
            why,
        };
        match (env.var("AMP_DATA_DIR"), env.path_var("XDG_DATA_HOME")) {
            (Some(list), _) => {
                let dirs = list.split(',').map(str::trim).filter(|d| !d.is_empty());
                dirs.map(|d| root(env.expand(Path::new(d)), "AMP_DATA_DIR"))
                    .collect()
            }
            (None, Some(data)) => vec![root(data.join("amp"), "XDG_DATA_HOME")],
            (None, None) => vec![root(env.home.join(".local/share/amp"), "default")],
        }
    }

    fn enters(&self, root: &Root, dir: &Path) -> bool {
        *dir == *root.path.join("threads")
    }

    fn claim(&self, _env: &Env, root: &Root, path: &Path) -> Option<Unit> {
        let name = path.file_name()?.to_string_lossy();
        let is_thread = name.starts_with("T-") && name.ends_with(".json");
        (is_thread && path.parent() == Some(&root.path.join("threads"))).then(|| Unit {
            source: CARD.id,
            root: root.path.clone(),
            path: path.into(),
            rank: 0,
            form: 0,
        })
    }

    fn read(
        &self,
        env: &Env,
        unit: &Unit,
        want: Want<'_>,
        from: &Cursor,
        say: &mut Say<'_>,
    ) -> io::Result<Cursor> {
        object::read(env, &unit.path, from, say, &mut |all, say| {
            let stem = unit.path.file_stem().unwrap_or_default().to_string_lossy();
            let id: Box<str> = match all.text("id") {
                Some(id) => floor_boundary(&id, 128).into(),
                None => (*stem).into(),
            };
            thread(all, &id, want.is_summary(), say)
        })
    }

    fn short_id(&self, native: &str) -> String {
        native.chars().take(10).collect()
    }

    fn resume(&self, session: &Session) -> Option<Launch> {
        let native = &*session.id.native;
        let id = native.split_once('#').map_or(native, |(id, _)| id);
        (id.starts_with("T-") && is_plain(id)).then(|| Launch {
            program: "amp".into(),
            args: vec!["threads".into(), "continue".into(), id.into()],
            dir: session.dir.as_deref().map(Path::to_path_buf),
        })
    }

    fn new_session(&self, dir: &Path) -> Option<Launch> {
        Some(Launch::in_dir("amp", dir))
    }
}

fn thread(all: &Obj<'_>, id: &str, is_summary: bool, say: &mut Say<'_>) -> Result<(), Stop> {
    let messages = all.list("messages").into_iter().filter_map(Json::obj);
    let messages: Vec<Obj<'_>> = messages.collect();
    if is_summary {
        let tell_facts = |facts: Facts, say: &mut Say<'_>| {
            let (session, facts) = (id.into(), Box::new(facts));
            tell(say, Record::Session { session, facts })
        };
        tell_facts(facts(all), say)?;
        let (spends, is_partial) = spends(all, &messages);
        for spend in spends {
            // A ledger goes on after the last message.
            let at = spend.at;
            tell_facts(
                Facts {
                    at,
                    ..Facts::default()
                },
                say,
            )?;
            let session = id.into();
            tell(say, Record::Spent { session, spend })?;
        }
        if is_partial {
            let uncounted = Some(true);
            tell_facts(
                Facts {
                    uncounted,
                    ..Facts::default()
                },
                say,
            )?;
        }
    }
    for (n, stored) in messages.iter().enumerate() {
        if let Some(message) = message(stored, n as u64, !is_summary) {
            if !is_summary {
                let (list, nth) = ("messages", n);
                let sites = vec![Site::Item { list, nth }];
                tell(say, Record::Stands { sites })?;
            }
            let session = id.into();
            tell(say, Record::Message { session, message })?;
        }
    }
    Ok(())
}

fn facts(all: &Obj<'_>) -> Facts {
    let env = all.obj("env").and_then(|e| e.obj("initial"));
    let trees = env.map(|e| e.list("trees")).unwrap_or_default();
    let tree = trees.first().and_then(|t| t.obj()).unwrap_or_default();
    let repository = tree.obj("repository");
    let address = repository.as_ref().and_then(|r| r.text("url"));
    let repository_url = address.map(|url| Raw::from(&*url));
    let branch = repository.as_ref().and_then(|r| r.text("ref"));
    let branch = branch.map(|name| match name.strip_prefix("refs/heads/") {
        Some(short) => Raw::from(short),
        None => Raw::from(&*name),
    });
    Facts {
        title: all
            .text("title")
            .map(|title| (TitleRank::Agent, Raw::from(&*title))),
        dir: tree.text("uri").and_then(|uri| directory(&uri)),
        branch,
        repository: repository_url,
        at: all.time("created"),
        ..Facts::default()
    }
}

/// The path of a `file://` address.
fn directory(uri: &str) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt as _;
    let mut rest = uri.strip_prefix("file://")?.bytes();
    let mut path = Vec::new();
    while let Some(byte) = rest.next() {
        let mut after = rest.clone();
        let code = [after.next(), after.next()].map(|b| b.and_then(|b| char::from(b).to_digit(16)));
        match code {
            [Some(high), Some(low)] if byte == b'%' => {
                rest = after;
                path.extend(u8::try_from(high * 16 + low));
            }
            _ => path.push(byte),
        }
    }
    path.starts_with(b"/")
        .then(|| std::ffi::OsString::from_vec(path).into())
}

/// What the thread spent, and whether some answers' tokens are in none of it. A ledger tells alone, where there is one.
fn spends(all: &Obj<'_>, messages: &[Obj<'_>]) -> (Vec<Spend>, bool) {
    let answered = messages.iter().filter_map(|message| {
        let usage = message.obj("usage")?;
        Some((message.u64("messageId"), message, usage))
    });
    let answered: Vec<_> = answered.collect();
    let ledger = all.obj("usageLedger").unwrap_or_default();
    let events: Vec<Obj<'_>> = ledger
        .list("events")
        .into_iter()
        .filter_map(Json::obj)
        .collect();
    if events.is_empty() {
        let spends = answered.iter().enumerate().map(|(n, (_, message, usage))| {
            let at = usage.time("timestamp").or_else(|| sent(message));
            let key = hash(&[b"answer", &key_of(message, n as u64).to_le_bytes()]);
            spend(key, at, usage, answer_usage(usage))
        });
        return (spends.collect(), false);
    }
    let by_id: HashMap<u64, &Obj<'_>> = answered
        .iter()
        .filter_map(|(id, _, usage)| Some(((*id)?, usage)))
        .collect();
    let mut named = HashSet::new();
    let spends = events.iter().enumerate().map(|(n, event)| {
        let tokens = event.obj("tokens").unwrap_or_default();
        let answer = event.u64("toMessageId");
        named.extend(answer);
        // What was cached stands with the answer that the event paid for.
        let answer = answer.and_then(|id| by_id.get(&id));
        let cached = |key| {
            let there = answer.and_then(|usage| usage.u64(key));
            tokens.u64(key).or(there).unwrap_or(0)
        };
        let usage = Usage {
            input: tokens.u64("input").unwrap_or(0),
            cache_read: cached("cacheReadInputTokens"),
            cache_write: cached("cacheCreationInputTokens"),
            cache_write_1h: 0,
            output: tokens.u64("output").unwrap_or(0),
            reasoning: 0,
        };
        let id = event.text("id").map(Cow::into_owned);
        let id = id.unwrap_or_else(|| n.to_string());
        let key = hash(&[b"event", id.as_bytes()]);
        spend(key, event.time("timestamp"), event, usage)
    });
    let spends: Vec<Spend> = spends.collect();
    let is_partial = by_id.keys().any(|id| !named.contains(id));
    (spends, is_partial)
}

fn spend(key: u64, at: Option<jiff::Timestamp>, of: &Obj<'_>, usage: Usage) -> Spend {
    Spend {
        key,
        at,
        model: of.text("model").map(|name| ModelId::new(None, &name)),
        rate: Rate::Standard,
        usage,
        logged: None,
        same: None,
    }
}

fn answer_usage(usage: &Obj<'_>) -> Usage {
    let n = |key| usage.u64(key).unwrap_or(0);
    Usage {
        input: n("inputTokens"),
        cache_read: n("cacheReadInputTokens"),
        cache_write: n("cacheCreationInputTokens"),
        cache_write_1h: 0,
        output: n("outputTokens"),
        reasoning: 0,
    }
}

fn sent(message: &Obj<'_>) -> Option<jiff::Timestamp> {
    message.obj("meta").and_then(|meta| meta.time("sentAt"))
}

fn key_of(message: &Obj<'_>, n: u64) -> u64 {
    match message.u64("messageId") {
        Some(id) => hash(&[b"id", &id.to_le_bytes()]),
        None => hash(&[b"place", &n.to_le_bytes()]),
    }
}

fn message(stored: &Obj<'_>, n: u64, whole: bool) -> Option<Box<Message>> {
    let mut message = Message::new(key_of(stored, n), Role::System, sent(stored));
    let is_answer = match stored.str("role")?.as_ref() {
        "assistant" => true,
        "user" => false,
        _ => return None,
    };
    if is_answer {
        message.role = Role::Assistant;
        let usage = stored.obj("usage").unwrap_or_default();
        message.model = usage.text("model").map(|name| ModelId::new(None, &name));
        message.at = message.at.or_else(|| usage.time("timestamp"));
        message.usage = stored
            .obj("usage")
            .filter(|_| whole)
            .map(|usage| answer_usage(&usage));
    }
    for block in stored.list("content").into_iter().filter_map(Json::obj) {
        add(&block, is_answer, &mut message, whole);
    }
    let state = stored.obj("state").unwrap_or_default();
    if state.str("type").as_deref() == Some("cancelled") && whole {
        message.parts.push(Part::Notice {
            kind: NoticeKind::Interrupted,
            text: "interrupted".into(),
        });
    }
    let says = is_answer || message.errors > 0 || !message.parts.is_empty();
    says.then(|| Box::new(message))
}

fn add(block: &Obj<'_>, is_answer: bool, message: &mut Message, whole: bool) {
    let text = |key| block.text(key);
    match block.str("type").as_deref().unwrap_or_default() {
        "text" => {
            let Some(text) = text("text") else { return };
            if !is_answer {
                message.role = Role::User;
            }
            if whole || !is_answer {
                let kept = if whole {
                    &*text
                } else {
                    floor_boundary(&text, PROMPT)
                };
                message.parts.push(Part::Text(Raw::from(kept)));
            }
        }
        "thinking" if whole => {
            let thought = text("thinking").map(|t| Raw::from(&*t));
            message.parts.push(Part::Thinking(thought));
        }
        "redacted_thinking" if whole => message.parts.push(Part::Thinking(None)),
        "tool_use" => {
            message.tools += 1;
            if whole {
                let (id, name) = (text("id"), text("name"));
                let (id, name) = (id.unwrap_or_default(), name.unwrap_or_default());
                let call = call(&id, &name, block.get("input").map_or("{}", Json::raw));
                message.parts.push(Part::ToolCall(Box::new(call)));
            }
        }
        "tool_result" => result(block, message, whole),
        "image" if !is_answer => {
            message.role = Role::User;
            let source = block.obj("source").unwrap_or_default();
            let mime = source.text("mediaType");
            // Base64 stores three bytes in four characters.
            let data = source.get("data").map_or(0, |d| d.raw().len());
            message.parts.push(Part::Image {
                mime: floor_boundary(mime.as_deref().unwrap_or("image"), 64).into(),
                bytes: data.saturating_sub(2) as u64 / 4 * 3,
            });
        }
        _ => {}
    }
}

/// A call by the name this agent gives its tool.
fn call(id: &str, name: &str, input: &str) -> ToolCall {
    let known_as = match name {
        "create_file" => "write",
        "edit_file" => "edit",
        "read_web_page" => "webfetch",
        "oracle" | "finder" | "librarian" | "codebase_search_agent" => "task",
        _ => name,
    };
    let mut call = tools::call(id, known_as, input);
    call.tool.name = name.into();
    call
}

fn result(block: &Obj<'_>, message: &mut Message, whole: bool) {
    let run = block.obj("run").unwrap_or_default();
    let value = run.get("result");
    let body = value.and_then(Json::obj).unwrap_or_default();
    let exit = body
        .get("exitCode")
        .and_then(Json::i64)
        .and_then(|code| i32::try_from(code).ok());
    let ok = match run.str("status").as_deref() {
        Some("done") => Some(exit.is_none_or(|code| code == 0)),
        Some("error" | "cancelled") => Some(false),
        _ => None,
    };
    message.errors += u32::from(ok == Some(false));
    if !whole {
        return;
    }
    let error = run.obj("error").and_then(|e| e.text("message"));
    let words = value
        .and_then(Json::str)
        .or_else(|| body.text("output"))
        .or_else(|| body.text("content"))
        .or_else(|| body.text("diff"))
        .or(error);
    let output = match (words, value) {
        (Some(words), _) => words.into_owned(),
        (None, Some(value)) => value.pretty(),
        (None, None) => String::new(),
    };
    let call = block.text("toolUseID").unwrap_or_default();
    let mut result = ToolResult::new(&*call, output);
    (result.ok, result.exit) = (ok, exit);
    message.parts.push(Part::ToolResult(Box::new(result)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_of_addresses() {
        for (uri, want) in [
            ("file:///home/ada/loom", Some("/home/ada/loom")),
            ("file:///home/ada/my%20loom%2", Some("/home/ada/my loom%2")),
            ("https://example.org/x", None),
            ("file://host/x", None),
        ] {
            assert_eq!(directory(uri), want.map(PathBuf::from), "{uri}");
        }
    }
}
