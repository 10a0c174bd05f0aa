//! A composer: its own row, and its bubbles in the order that the row gives. Bubbles that the row does not name were left
//! behind by edits and are no part of the conversation.

use std::collections::HashMap;

use jiff::Timestamp;

use super::super::json::{Json, Obj};
use super::super::sqlite::Database;
use super::super::{Facts, Oddity, Record, Say, Stop, Subject, hash, tell};
use super::heads::Head;
use super::sql::{self, Value};
use super::workspace::{self, Place};
use super::{bubble, is_uuid, model_named, title_given};
use crate::model::{
    Kind, Mark, Message, ModelId, NoticeKind, Part, Rate, Role, Same, Spend, TitleRank, Usage, Usd,
};
use crate::text::Raw;

/// What became of a composer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Told {
    /// Opened and never used: nothing was said.
    Draft,
    /// Said. One that is being answered changes before its row says so.
    Said { generating: bool },
}

/// One piece of the conversation before its bubble is read.
enum Piece<'a> {
    Named { id: String, kind: Option<Json<'a>> },
    Inline(Obj<'a>),
}

/// The pieces in order: as the row names them, else as it holds them.
fn pieces<'a>(data: &Obj<'a>) -> Vec<Piece<'a>> {
    let heads = data.list("fullConversationHeadersOnly").into_iter();
    let named: Vec<Piece<'a>> = heads
        .filter_map(Json::obj)
        .filter_map(|head| {
            Some(Piece::Named {
                id: head.str("bubbleId")?.into_owned(),
                kind: head.get("type"),
            })
        })
        .collect();
    if !named.is_empty() {
        return named;
    }
    let mut inline: Vec<Obj<'a>> = data
        .list("conversation")
        .into_iter()
        .filter_map(Json::obj)
        .collect();
    if inline.is_empty() {
        let map = data.obj("conversationMap").unwrap_or_default();
        inline = map.fields().filter_map(|(_, json)| json.obj()).collect();
        if inline.iter().all(|b| bubble::time(b).is_some()) {
            inline.sort_by_key(bubble::time);
        }
    }
    if inline.is_empty() {
        let bubbles = data.list("bubbles").into_iter();
        inline = bubbles.filter_map(Json::obj).collect();
    }
    if inline.is_empty() {
        let tabs = data.list("tabs").into_iter().filter_map(Json::obj);
        inline = tabs
            .flat_map(|tab| tab.list("bubbles"))
            .filter_map(Json::obj)
            .collect();
    }
    inline.into_iter().map(Piece::Inline).collect()
}

/// Says a composer: facts and spends to a summary, messages to both.
pub fn tell_all(
    db: &Database,
    id: &str,
    data: &Obj<'_>,
    head: Option<&Head>,
    whole: bool,
    say: &mut Say<'_>,
) -> Result<Told, Stop> {
    let pieces = pieces(data);
    if pieces.is_empty() && data.text("text").is_none() {
        return Ok(Told::Draft);
    }
    tell(say, Record::Again { session: id.into() })?;
    let own = Head::read(data, b"");
    let place = match head.map(|head| &head.place) {
        Some(known) if own.place == Place::Unknown => known.clone(),
        _ => own.place.clone(),
    };
    if !whole {
        facts(id, data, head, &own, &place, say)?;
    }
    let config = data.obj("modelConfig").unwrap_or_default();
    let mut teller = Teller {
        session: id,
        whole,
        at: own.created,
        set: config.text("modelName").and_then(|name| model_named(&name)),
        asked: None,
        reply: None,
        costs: costs(data),
        spent: false,
        silent: false,
        // Where the composer names no workspace, the first of its bubbles that does tells.
        placed: whole || place != Place::Unknown,
    };
    let map = data.obj("conversationMap").unwrap_or_default();
    let mut strays: Option<HashMap<String, Vec<u8>>> = None;
    for (n, piece) in pieces.iter().enumerate() {
        let (bid, kind) = match piece {
            Piece::Inline(bubble) => {
                let bid = bubble.text("bubbleId").or_else(|| bubble.text("id"));
                teller.bubble(n, bid.as_deref().unwrap_or_default(), None, bubble, say)?;
                continue;
            }
            Piece::Named { id, kind } => (id, *kind),
        };
        let mut value = sql::bubble(db, id, bid)?;
        if matches!(value, Value::Missing) && !map.has(bid) {
            // Some rows are named otherwise than the bubble in them.
            if strays.is_none() {
                strays = Some(by_own_id(db, id)?);
            }
            if let Some(bytes) = strays.as_mut().and_then(|strays| strays.remove(bid)) {
                value = Value::Bytes(bytes);
            }
        }
        let mut store = String::new();
        let read = match &value {
            Value::Bytes(bytes) => workspace::object(bytes, &mut store),
            Value::Missing => map.get(bid).and_then(Json::obj),
            Value::TooLong => None,
        };
        match (read, &value) {
            (Some(bubble), _) => teller.bubble(n, bid, kind, &bubble, say)?,
            (None, Value::Missing) => {
                teller.placeholder(n, bid, kind, "this message is not in the log", say)?;
            }
            (None, _) => {
                let what = match value {
                    Value::TooLong => Oddity::TooLong,
                    _ => Oddity::Malformed,
                };
                let session = Some(id.into());
                let at = n as u64;
                tell(say, Record::Odd { session, at, what })?;
                teller.placeholder(n, bid, kind, "this message cannot be read", say)?;
            }
        }
    }
    teller.end(say)?;
    Ok(Told::Said {
        generating: data.str("status").is_some_and(|s| s == "generating")
            || !data.list("generatingBubbleIds").is_empty(),
    })
}

/// A composer's bubbles by the ids inside them, where these are not their keys.
fn by_own_id(db: &Database, composer: &str) -> rusqlite::Result<HashMap<String, Vec<u8>>> {
    let mut strays = HashMap::new();
    sql::bubbles(db, composer, &mut |key, value| {
        let mut store = String::new();
        let inner = workspace::object(&value, &mut store)
            .and_then(|bubble| bubble.str("bubbleId").map(|id| id.into_owned()));
        if let Some(inner) = inner.filter(|inner| inner != key) {
            strays.insert(inner, value);
        }
    })?;
    Ok(strays)
}

fn facts(
    id: &str,
    data: &Obj<'_>,
    head: Option<&Head>,
    own: &Head,
    place: &Place,
    say: &mut Say<'_>,
) -> Result<(), Stop> {
    let heads = || head.into_iter().chain([own]);
    let name = heads().find_map(|h| {
        h.name
            .clone()
            .filter(|n| title_given(n.untrusted()).is_some())
    });
    let subtitle = heads().find_map(|h| h.subtitle.clone());
    let title = name.map(|name| (TitleRank::Agent, name));
    let title = title.or_else(|| subtitle.map(|text| (TitleRank::Fallback, text)));
    let started = data.obj("subagentInfo");
    let parent = started.as_ref().and_then(|i| i.text("parentComposerId"));
    let is_child = started.is_some() || heads().any(|h| h.sub_agent);
    let config = data.obj("modelConfig").unwrap_or_default();
    let branch = data
        .text("createdOnBranch")
        .or_else(|| data.text("activeBranch"));
    let facts = Facts {
        title,
        dir: heads().find_map(Head::dir),
        branch: branch.map(|b| Raw::from(&*b)),
        parent: parent.map(|p| (*p).into()),
        kind: is_child.then_some(Kind::SubAgent),
        call: started
            .as_ref()
            .and_then(|i| i.text("toolCallId"))
            .map(|c| (*c).into()),
        model: config.text("modelName").and_then(|name| model_named(&name)),
        at: heads().find_map(|h| h.created),
        archived: Some(heads().find_map(|h| h.archived).unwrap_or(false)),
        leaves: Some(place.leaves(id)),
        ..Facts::default()
    };
    said(id, facts, say)?;
    for at in heads().filter_map(|h| h.updated) {
        let at = Some(at);
        said(
            id,
            Facts {
                at,
                ..Facts::default()
            },
            say,
        )?;
    }
    for child in data
        .list("subComposerIds")
        .into_iter()
        .filter_map(Json::str)
    {
        let facts = Facts {
            parent: Some(id.into()),
            kind: Some(Kind::SubAgent),
            ..Facts::default()
        };
        let of = Subject::Session((*child).into());
        let facts = Box::new(facts);
        tell(say, Record::About { of, facts })?;
    }
    Ok(())
}

fn said(session: &str, facts: Facts, say: &mut Say<'_>) -> Result<(), Stop> {
    let (session, facts) = (session.into(), Box::new(facts));
    tell(say, Record::Session { session, facts })
}

/// What older versions noted of a model's cost in the whole conversation, with the tokens that belong to it.
struct ModelCost {
    name: String,
    cost: Usd,
    usage: Usage,
}

fn costs(data: &Obj<'_>) -> Vec<ModelCost> {
    let usage = data.obj("usageData").unwrap_or_default();
    let costs = usage.fields().filter_map(|(name, json)| {
        let cents = json
            .obj()?
            .f64("costInCents")
            .filter(|cents| *cents > 0.0)?;
        Some(ModelCost {
            name: name.to_owned(),
            cost: Usd::from_dollars(cents / 100.0)?,
            usage: Usage::default(),
        })
    });
    costs.collect()
}

/// Goes through the bubbles and remembers what the next one inherits.
struct Teller<'a> {
    session: &'a str,
    whole: bool,
    /// The time of the last bubble that had one, at first that of the composer.
    at: Option<Timestamp>,
    /// The model that is set now.
    set: Option<ModelId>,
    /// What the last prompt says about its model.
    asked: Option<Option<ModelId>>,
    /// The turn that is being told: all bubbles up to the next prompt are one answer.
    reply: Option<u64>,
    costs: Vec<ModelCost>,
    spent: bool,
    /// Some answer has no tokens.
    silent: bool,
    placed: bool,
}

impl Teller<'_> {
    fn key(n: usize, bid: &str) -> u64 {
        if bid.is_empty() {
            hash(&[b"place", &n.to_le_bytes()])
        } else {
            hash(&[bid.as_bytes()])
        }
    }

    /// A message at its place in the turns.
    fn message(&mut self, key: u64, role: Role) -> Message {
        let mut message = Message::new(key, role, self.at);
        match role {
            Role::Assistant => message.reply = Some(*self.reply.get_or_insert(key)),
            Role::User => self.reply = None,
            Role::System => {}
        }
        message
    }

    fn bubble(
        &mut self,
        n: usize,
        bid: &str,
        kind: Option<Json<'_>>,
        bubble: &Obj<'_>,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        self.at = bubble::time(bubble).or(self.at);
        self.place(bubble, say)?;
        let said = bubble.get("type");
        let role = bubble::role(said).or_else(|| bubble::role(kind));
        let role = role.unwrap_or(if bubble.has("toolFormerData") {
            Role::Assistant
        } else {
            Role::System
        });
        let key = Self::key(n, bid);
        let mut message = self.message(key, role);
        let own = bubble::model(bubble);
        if role == Role::User {
            self.asked = own;
        } else if role == Role::Assistant {
            let known = own.or_else(|| self.asked.clone());
            message.model = known.unwrap_or_else(|| self.set.clone());
            let usage = bubble::usage(bubble);
            message.usage = usage.filter(|_| self.whole);
            match usage {
                Some(usage) => self.spend(key, bid, usage, &message.model, say)?,
                None => self.silent |= bubble::is_answer(bubble),
            }
        }
        bubble::fill(bubble, &mut message, self.whole);
        self.tell(message, say)
    }

    /// Stands for a bubble that is named and not there.
    fn placeholder(
        &mut self,
        n: usize,
        bid: &str,
        kind: Option<Json<'_>>,
        text: &'static str,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        let role = bubble::role(kind).unwrap_or(Role::System);
        let mut message = self.message(Self::key(n, bid), role);
        message.counts = false;
        if self.whole {
            message.parts.push(Part::Notice {
                kind: NoticeKind::Other,
                text: text.into(),
            });
        }
        self.tell(message, say)
    }

    fn tell(&self, message: Message, say: &mut Say<'_>) -> Result<(), Stop> {
        let (session, message) = (self.session.into(), Box::new(message));
        tell(say, Record::Message { session, message })
    }

    /// The folder that a bubble names.
    fn place(&mut self, bubble: &Obj<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
        if self.placed {
            return Ok(());
        }
        let uri = bubble.list("workspaceUris").into_iter().find_map(Json::str);
        let uri = uri.or_else(|| bubble.text("workspaceProjectDir"));
        if let Some(dir) = uri.and_then(|uri| workspace::dir_of(&uri)) {
            self.placed = true;
            let dir = Some(dir);
            said(
                self.session,
                Facts {
                    dir,
                    ..Facts::default()
                },
                say,
            )?;
        }
        Ok(())
    }

    fn spend(
        &mut self,
        key: u64,
        bid: &str,
        usage: Usage,
        model: &Option<ModelId>,
        say: &mut Say<'_>,
    ) -> Result<(), Stop> {
        self.spent = true;
        // Where the cost of a model is known, its tokens are part of that one spend.
        let only = self.costs.len() == 1;
        let cost = self.costs.iter_mut().find(|cost| match model {
            Some(model) => model.name == *cost.name,
            None => only,
        });
        if let Some(cost) = cost {
            cost.usage.add(&usage);
            return Ok(());
        }
        let reply = is_uuid(bid).then_some(key);
        let spend = Spend {
            key,
            at: self.at,
            model: model.clone(),
            rate: Rate::Standard,
            usage,
            logged: None,
            same: reply.map(|reply| Same {
                reply,
                variant: None,
                mark: Mark::Own,
            }),
        };
        self.spent(spend, say)
    }

    fn spent(&self, spend: Spend, say: &mut Say<'_>) -> Result<(), Stop> {
        if self.whole {
            return Ok(());
        }
        let session = self.session.into();
        tell(say, Record::Spent { session, spend })
    }

    fn end(&mut self, say: &mut Say<'_>) -> Result<(), Stop> {
        for cost in std::mem::take(&mut self.costs) {
            self.spent = true;
            let spend = Spend {
                key: hash(&[b"usage", cost.name.as_bytes()]),
                at: self.at,
                model: model_named(&cost.name),
                rate: Rate::Standard,
                usage: cost.usage,
                logged: Some(cost.cost),
                same: None,
            };
            self.spent(spend, say)?;
        }
        if self.spent && self.silent && !self.whole {
            let uncounted = Some(true);
            let facts = Facts {
                uncounted,
                ..Facts::default()
            };
            said(self.session, facts, say)?;
        }
        Ok(())
    }
}
