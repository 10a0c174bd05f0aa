//! A task of an extension: its conversation, and beside it what the screen showed, with the tokens of each request.

use std::io;
use std::path::PathBuf;

use jiff::Timestamp;

use super::super::json::{Json, Obj};
use super::super::{Cursor, Facts, Record, Say, Site, Stop, Want, hash, tell};
use super::files::{self, Held};
use super::message::{self, Entry};
use crate::env::Env;
use crate::model::{Kind, ModelId, Rate, Spend, TitleRank, Unit, Usage, Usd};
use crate::text::Raw;

/// The conversation: names the unit.
pub const CONVERSATION: &str = "api_conversation_history.json";
/// What stands beside it: the screen's messages, what happened to the task, its line of the list.
pub const BESIDE: &[&str] = &[
    "ui_messages.json",
    "task_metadata.json",
    "history_item.json",
];
/// The messages among which a directory is looked for.
const EARLY: usize = 6;

pub fn read(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let beside = BESIDE.iter().map(|name| unit.path.with_file_name(name));
    let paths: Vec<PathBuf> = std::iter::once(unit.path.to_path_buf())
        .chain(beside)
        .collect();
    let folder = unit.path.parent().and_then(|dir| dir.file_name());
    let id = folder.unwrap_or_default().to_string_lossy();
    files::follow(env, &paths, from, say, &mut |held, say| {
        let task = Task::new(&id, held);
        match want {
            Want::Summary | Want::Spends => {
                task.facts(held, say)?;
                task.messages(false, say)?;
                task.spends(say)
            }
            Want::Conversation { .. } => task.messages(true, say),
        }
    })
}

struct Task<'a> {
    id: &'a str,
    messages: Vec<Obj<'a>>,
    /// What the screen showed, each with its time.
    screen: Vec<(Option<Timestamp>, Obj<'a>)>,
    /// Which model was in force from when on.
    models: Vec<(Option<Timestamp>, ModelId)>,
}

impl<'a> Task<'a> {
    fn new(id: &'a str, held: &Held<'a>) -> Task<'a> {
        let objects = |list: Vec<Json<'a>>| list.into_iter().filter_map(Json::obj);
        let screen = objects(held.list(1)).map(|shown| (shown.time("ts"), shown));
        let models = objects(held.obj(2).list("model_usage"));
        let models = models.filter_map(|used| {
            let name = used.text("model_id")?;
            let model = ModelId::new(used.text("model_provider_id").as_deref(), &name);
            Some((used.time("ts"), model))
        });
        Task {
            id,
            messages: objects(held.list(0)).collect(),
            screen: screen.collect(),
            models: models.collect(),
        }
    }

    /// The model in force at a time; of a time before all that is known, the first.
    fn model_at(&self, at: Option<Timestamp>) -> Option<&ModelId> {
        let known = self.models.iter().rev();
        let mut before = known.skip_while(|(from, _)| at.is_some() && *from > at);
        before
            .next()
            .or(self.models.first())
            .map(|(_, model)| model)
    }

    fn say(&self, facts: Facts, say: &mut Say<'_>) -> Result<(), Stop> {
        let (session, facts) = (self.id.into(), Box::new(facts));
        tell(say, Record::Session { session, facts })
    }

    fn facts(&self, held: &Held<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
        let listed = held.obj(3);
        let history = held.obj(2).list("environment_history").into_iter();
        let version = history.rev().filter_map(Json::obj).find_map(|e| {
            let version = e.text("cline_version")?;
            Some(Raw::from(&*version))
        });
        let parent = listed.text("parentTaskId");
        let early = self.messages.iter().take(EARLY);
        let told = || early.clone().find_map(|m| directory(&message::text(m)));
        let model = || {
            early
                .clone()
                .rev()
                .find_map(|m| model_told(&message::text(m)))
        };
        let dir = listed.text("workspace").map(|d| PathBuf::from(&*d));
        self.say(
            Facts {
                title: listed
                    .text("task")
                    .map(|t| (TitleRank::Listed, Raw::from(&*t))),
                dir: dir.or_else(told),
                kind: parent.is_some().then_some(Kind::SubAgent),
                parent: parent.map(|p| (*p).into()),
                version,
                model: self.models.last().map(|(_, m)| m.clone()).or_else(model),
                at: started(self.id).or_else(|| listed.time("ts")),
                size: Some(held.size),
                uncounted: self.leaves_out_tokens().then_some(true),
                ..Facts::default()
            },
            say,
        )?;
        // Messages of older versions have no time of their own; what was shown with them has.
        let times = || self.screen.iter().filter_map(|(at, _)| *at);
        for at in [times().min(), times().max()].into_iter().flatten() {
            let at = Some(at);
            self.say(
                Facts {
                    at,
                    ..Facts::default()
                },
                say,
            )?;
        }
        Ok(())
    }

    /// Requests that the screen showed, each with its time, its own words and its numbers.
    fn requests(&self) -> impl Iterator<Item = (Option<Timestamp>, &Obj<'a>, String)> {
        self.screen.iter().filter_map(|(at, shown)| {
            // What was deleted with a part of the conversation was paid for nevertheless. What a subtask spent stands in
            // its own folder.
            let kind = shown.str("say")?;
            let is_request = matches!(&*kind, "api_req_started" | "deleted_api_reqs");
            let text = is_request.then(|| shown.text("text")).flatten()?;
            Some((*at, shown, text.into_owned()))
        })
    }

    /// Whether a request that others followed has no tokens.
    fn leaves_out_tokens(&self) -> bool {
        let requests: Vec<bool> = self
            .requests()
            .map(|(_, _, text)| Obj::parse(&text).is_some_and(|r| spent(&r).is_some()))
            .collect();
        let behind = requests.split_last().map_or(&[][..], |(_, behind)| behind);
        requests.contains(&true) && behind.contains(&false)
    }

    fn spends(&self, say: &mut Say<'_>) -> Result<(), Stop> {
        let told = || self.messages.iter().take(EARLY).rev();
        let told = told().find_map(|m| model_told(&message::text(m)));
        for (n, (at, shown, text)) in self.requests().enumerate() {
            let Some((usage, logged)) = Obj::parse(&text).and_then(|r| spent(&r)) else {
                continue;
            };
            let key = match shown.get("ts") {
                Some(ts) => hash(&[b"request", ts.raw().as_bytes()]),
                None => hash(&[b"request of no time", &n.to_le_bytes()]),
            };
            let own = shown.obj("modelInfo").as_ref().and_then(model);
            let spend = Spend {
                key,
                at,
                model: own
                    .or_else(|| self.model_at(at).cloned())
                    .or_else(|| told.clone()),
                rate: Rate::Standard,
                usage,
                logged,
                same: None,
            };
            let session = self.id.into();
            tell(say, Record::Spent { session, spend })?;
        }
        Ok(())
    }

    fn messages(&self, whole: bool, say: &mut Say<'_>) -> Result<(), Stop> {
        for (n, body) in self.messages.iter().enumerate() {
            let at = body.time("ts");
            let own = body.obj("modelInfo").as_ref().and_then(model);
            let entry = Entry {
                key: hash(&[b"message", &n.to_le_bytes()]),
                body,
                at,
                model: own.or_else(|| at.and_then(|_| self.model_at(at).cloned())),
                usage: None,
            };
            for message in entry.messages(whole) {
                if whole {
                    let (list, nth) = ("", n);
                    let sites = vec![Site::Item { list, nth }];
                    tell(say, Record::Stands { sites })?;
                }
                let (session, message) = (self.id.into(), Box::new(message));
                tell(say, Record::Message { session, message })?;
            }
        }
        Ok(())
    }
}

/// A task's name is the time of its start, where it is no random id.
fn started(id: &str) -> Option<Timestamp> {
    let ms: i64 = id.parse().ok().filter(|_| id.len() == 13)?;
    Timestamp::from_millisecond(ms).ok()
}

/// What a request took, and what it cost. None while it runs and where nobody counted. A cost of 0 for tokens means that
/// nobody knew the price.
fn spent(request: &Obj<'_>) -> Option<(Usage, Option<Usd>)> {
    let n = |key| request.u64(key).unwrap_or(0);
    let (read, write) = (n("cacheReads"), n("cacheWrites"));
    // Services of this kind count what they had cached into what they were given.
    let includes = request.str("apiProtocol").as_deref() == Some("openai");
    let cached = if includes {
        read.saturating_add(write)
    } else {
        0
    };
    let usage = Usage {
        input: n("tokensIn").saturating_sub(cached),
        cache_read: read,
        cache_write: write,
        output: n("tokensOut"),
        ..Usage::default()
    };
    let logged = request.f64("cost").and_then(Usd::from_dollars);
    let logged = logged.filter(|usd| usd.nanos() > 0);
    (!usage.is_zero() || logged.is_some()).then_some((usage, logged))
}

fn model(info: &Obj<'_>) -> Option<ModelId> {
    let name = info.text("modelId").or_else(|| info.text("id"))?;
    let provider = info.text("providerId").or_else(|| info.text("provider"));
    Some(ModelId::new(provider.as_deref(), &name))
}

/// The directory that the program tells the model it works in.
fn directory(text: &str) -> Option<PathBuf> {
    let (_, rest) = text
        .split_once("# Current Working Directory (")
        .or_else(|| text.split_once("# Current Workspace Directory ("))?;
    let line = rest.lines().next().unwrap_or_default();
    let (dir, _) = line.rsplit_once(')')?;
    let path = PathBuf::from(dir);
    path.is_absolute().then_some(path)
}

/// The model that the program tells itself, where no file names it.
fn model_told(text: &str) -> Option<ModelId> {
    let details = message::inside(text, "environment_details")?;
    Some(ModelId::new(None, message::inside(details, "model")?))
}
