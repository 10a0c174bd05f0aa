//! A composer: its own row, and its bubbles in the order that the row gives. Bubbles that the row does not name were left
//! behind by edits and are no part of the conversation.

use std::collections::HashMap;

use super::super::json::{Json, Obj, Store};
use super::super::sqlite::Database;
use super::super::{Facts, Oddity, Record, Say, Site, Step, Stop, Subject, tell};
use super::heads::Head;
use super::sql::{self, Value};
use super::teller::{self, Teller, said};
use super::workspace::{self, Place};
use super::{bubble, title_given};
use crate::model::{Kind, TitleRank};
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
    Named {
        id: String,
        kind: Option<Json<'a>>,
    },
    /// With the steps to it from the composer's own object.
    Inline(Vec<Step>, Obj<'a>),
}

/// The row in whose value a composer's object stands, and the steps to it.
pub struct Held {
    pub table: &'static str,
    pub key: Box<str>,
    pub steps: Vec<Step>,
}

impl Held {
    fn site(&self, steps: &[Step]) -> Site {
        Site::Within {
            table: self.table,
            column: "key",
            key: self.key.clone(),
            value: "value",
            steps: [&self.steps, steps].concat().into(),
        }
    }
}

fn field(name: &str) -> Step {
    Step::Field(name.into())
}

/// The objects of a list, with the steps to each.
fn listed<'a>(data: &Obj<'a>, list: &str) -> Vec<(Vec<Step>, Obj<'a>)> {
    let objects = data.list(list).into_iter().filter_map(Json::obj);
    let with_steps = |(n, object)| (vec![field(list), Step::Nth(n)], object);
    objects.enumerate().map(with_steps).collect()
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
    let mut inline = listed(data, "conversation");
    if inline.is_empty() {
        let map = data.obj("conversationMap").unwrap_or_default();
        let steps = |id: &str| vec![field("conversationMap"), field(id)];
        let objects = map.fields();
        inline = objects
            .filter_map(|(id, json)| Some((steps(&id), json.obj()?)))
            .collect();
        if inline.iter().all(|(_, b)| bubble::time(b).is_some()) {
            inline.sort_by_key(|(_, b)| bubble::time(b));
        }
    }
    if inline.is_empty() {
        inline = listed(data, "bubbles");
    }
    if inline.is_empty() {
        let tabs = listed(data, "tabs").into_iter();
        inline = tabs
            .flat_map(|(tab, object)| {
                let bubbles = listed(&object, "bubbles").into_iter();
                bubbles.map(move |(steps, bubble)| ([tab.as_slice(), &steps].concat(), bubble))
            })
            .collect();
    }
    let inline = inline.into_iter();
    inline
        .map(|(steps, bubble)| Piece::Inline(steps, bubble))
        .collect()
}

/// Says a composer: facts and spends to a summary, messages to both.
pub fn tell_all(
    db: &Database,
    id: &str,
    (data, held): (&Obj<'_>, &Held),
    head: Option<&Head>,
    whole: bool,
    say: &mut Say<'_>,
) -> Result<Told, Stop> {
    let stands = |site: Option<Site>, say: &mut Say<'_>| match whole {
        true => {
            let sites = site.into_iter().collect();
            tell(say, Record::Stands { sites })
        }
        false => Ok(()),
    };
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
    let created = own.created.or(head.and_then(|head| head.created));
    let mut teller = Teller::new(id, whole, created, data);
    // Where the composer names no workspace, the first of its bubbles that does tells.
    teller.placed = whole || place != Place::Unknown;
    let map = data.obj("conversationMap").unwrap_or_default();
    let mut strays: Option<HashMap<String, (String, Vec<u8>)>> = None;
    for (n, piece) in pieces.iter().enumerate() {
        let (bid, kind) = match piece {
            Piece::Inline(steps, bubble) => {
                stands(Some(held.site(steps)), say)?;
                let bid = bubble.text("bubbleId").or_else(|| bubble.text("id"));
                teller.bubble(n, bid.as_deref().unwrap_or_default(), None, bubble, say)?;
                continue;
            }
            Piece::Named { id, kind } => (id, *kind),
        };
        let mut value = sql::bubble(db, id, bid)?;
        let mut named = sql::bubble_key(id, bid);
        if matches!(value, Value::Missing) && !map.has(bid) {
            // Some rows are named otherwise than the bubble in them.
            if strays.is_none() {
                strays = Some(by_own_id(db, id)?);
            }
            if let Some((key, bytes)) = strays.as_mut().and_then(|strays| strays.remove(bid)) {
                named = sql::bubble_key(id, &key);
                value = Value::Bytes(bytes);
            }
        }
        let mut store = Store::default();
        let read = match &value {
            Value::Bytes(bytes) => workspace::object(bytes, &mut store),
            Value::Missing => map.get(bid).and_then(Json::obj),
            Value::TooLong => None,
        };
        match (read, &value) {
            (Some(bubble), found) => {
                let site = match found {
                    Value::Bytes(_) => Site::rows("cursorDiskKV", "key", &named),
                    _ => held.site(&[field("conversationMap"), field(bid)]),
                };
                stands(Some(site), say)?;
                teller.bubble(n, bid, kind, &bubble, say)?;
            }
            (None, Value::Missing) => {
                stands(None, say)?;
                teller.placeholder(n, bid, kind, "this message is not in the log", say)?;
            }
            (None, _) => {
                let (what, site) = match value {
                    Value::TooLong => (Oddity::TooLong, None),
                    _ => {
                        let site = Site::rows("cursorDiskKV", "key", &named);
                        (Oddity::Malformed, Some(site))
                    }
                };
                stands(site, say)?;
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

/// A composer's bubbles and their keys by the ids inside them, where these are not the keys.
fn by_own_id(
    db: &Database,
    composer: &str,
) -> rusqlite::Result<HashMap<String, (String, Vec<u8>)>> {
    let mut strays = HashMap::new();
    sql::bubbles(db, composer, &mut |key, value| {
        let mut store = Store::default();
        let inner = workspace::object(&value, &mut store)
            .and_then(|bubble| bubble.str("bubbleId").map(|id| id.into_owned()));
        if let Some(inner) = inner.filter(|inner| inner != key) {
            strays.insert(inner, (key.to_owned(), value));
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
        model: teller::model_set(data),
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
