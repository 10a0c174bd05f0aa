//! Records of a session become its conversation. Reading goes on where it stopped, so an open conversation follows its
//! log at the price of what was appended.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use foldhash::{HashMap, HashSet};

use super::again::Marks;
use super::bodies::Bodies;
use super::branches::Branches;
use crate::env::Env;
use crate::model::{
    Conversation, Lane, Logged, Message, ModelId, Part, Role, Session, SessionId, Tariff, Unit,
};
use crate::sources::{self, Cursor, Record, Want};

/// Asked after every record whether to go on, with what is known so far and how many messages that is.
pub type Each<'a> = dyn FnMut(&dyn Fn() -> Conversation, usize) -> ControlFlow<()> + 'a;

/// So many records above a result its call is looked for.
const NEAR: usize = 4096;

/// Which conversation is read, and where.
#[derive(Clone)]
pub(super) struct Place {
    id: SessionId,
    pub(super) native: Box<str>,
    pub(super) unit: Arc<Unit>,
}

/// A conversation being read.
pub struct Reading {
    pub(super) place: Place,
    cursor: Cursor,
    pub(super) fold: ConversationFold,
    pub(super) prices: Prices,
    pub(super) marks: Marks,
}

/// What responses cost.
#[derive(Clone)]
pub(super) struct Prices {
    tariff: Arc<dyn Tariff>,
    /// The model of responses whose log names none.
    assumed: Option<ModelId>,
}

impl Prices {
    fn of(unit: &Unit, tariff: Arc<dyn Tariff>) -> Prices {
        let card = sources::source(unit.source).map(|source| source.card());
        let assumed = card.and_then(|card| card.assumed_model);
        Prices {
            tariff,
            assumed: assumed.map(|name| ModelId::new(None, name)),
        }
    }

    fn set(&self, message: &mut Message) {
        let bill = message.bill(self.assumed.as_ref());
        message.cost = bill.map(|bill| self.tariff.charge(&bill));
    }
}

impl Reading {
    /// Nothing is read yet. Costs will be those that the log itself tells.
    pub fn new(session: &Session) -> Reading {
        Reading::priced(session, Arc::new(Logged))
    }

    /// The same, with costs by a tariff.
    pub fn priced(session: &Session, tariff: Arc<dyn Tariff>) -> Reading {
        // A second session of the same id is told by its own unit under the plain id.
        let plain = session
            .id
            .native
            .split_once('#')
            .map_or(&*session.id.native, |(id, _)| id);
        let place = Place {
            id: session.id.clone(),
            native: plain.into(),
            unit: session.unit.clone(),
        };
        Reading::from(place, Cursor::default(), tariff)
    }

    fn from(place: Place, cursor: Cursor, tariff: Arc<dyn Tariff>) -> Reading {
        Reading {
            prices: Prices::of(&place.unit, tariff),
            place,
            cursor,
            fold: ConversationFold::default(),
            marks: Marks::default(),
        }
    }

    /// Holds at most so many bytes of texts; the others stay on disk.
    pub fn within(mut self, most: usize) -> Reading {
        self.fold.bodies = Bodies::within(most);
        self
    }

    /// The same conversation, of which nothing is read.
    pub(super) fn anew(&self) -> Reading {
        let tariff = self.prices.tariff.clone();
        Reading::from(self.place.clone(), Cursor::default(), tariff)
    }

    /// Reads what is new. Tells whether anything changed.
    pub fn read(&mut self, env: &Env) -> io::Result<bool> {
        self.read_with(env, &mut |_, _| ControlFlow::Continue(()))
    }

    /// Reads what is new. A reading that `each` stopped is of no further use.
    pub fn read_with(&mut self, env: &Env, each: &mut Each<'_>) -> io::Result<bool> {
        let Place { id, native, unit } = &self.place;
        let Some(source) = sources::source(unit.source) else {
            return Ok(false);
        };
        env.fault("conversation");
        let (fold, prices, marks) = (&mut self.fold, &self.prices, &mut self.marks);
        marks.go_on();
        let mut changed = false;
        let want = Want::Conversation { session: native };
        self.cursor = source.read(env, unit, want, &self.cursor, &mut |record| {
            if matches!(record, Record::Reset) {
                *marks = Marks::default();
            }
            changed |= fold.hear(native, record, prices);
            let known = fold.messages.len();
            let snapshot = || fold.conversation(id);
            each(&snapshot, known)
        })?;
        Ok(changed)
    }

    /// The same conversation, to be read from near its end.
    pub fn tail(&self) -> Tail {
        Tail(self.place.clone(), self.prices.tariff.clone())
    }

    /// All messages known now.
    pub fn conversation(&self) -> Conversation {
        self.fold.conversation(&self.place.id)
    }
}

/// A conversation that is heard while its log is read for its summary. Costs are those that the log itself tells.
pub(super) struct Overheard {
    fold: ConversationFold,
    prices: Prices,
}

impl Overheard {
    pub fn of(unit: &Unit) -> Overheard {
        Overheard {
            fold: ConversationFold::default(),
            prices: Prices::of(unit, Arc::new(Logged)),
        }
    }

    pub fn hear(&mut self, record: Record) {
        self.fold.hear_own(record, &self.prices);
    }

    /// All of it, under the name that its session turned out to have.
    pub fn conversation(&self, id: &SessionId) -> Conversation {
        self.fold.conversation(id)
    }
}

/// The end of a conversation that is long.
pub struct Tail(Place, Arc<dyn Tariff>);

impl Tail {
    /// The last messages, without what comes before them. None where reading all of it is as quick.
    pub fn read(&self, env: &Env) -> Option<Conversation> {
        let unit = &self.0.unit;
        let near = sources::source(unit.source)?.near_end(env, unit)?;
        let mut end = Reading::from(self.0.clone(), near, self.1.clone());
        end.read(env).ok()?;
        Some(end.conversation()).filter(|c| !c.messages.is_empty())
    }
}

#[derive(Default)]
pub(super) struct ConversationFold {
    pub(super) messages: Vec<Arc<Message>>,
    pub(super) by_key: HashMap<u64, usize>,
    /// Messages made of several blocks: one block said again cannot replace them.
    joined: HashSet<usize>,
    /// The message that a reply's blocks join.
    by_reply: HashMap<u64, usize>,
    /// The messages that hold a call of that id, in order: some services count from the start with every response.
    calls: HashMap<Box<str>, Vec<usize>>,
    branches: Branches,
    odd: u32,
    pub(super) bodies: Bodies,
    /// Messages of which the log said something twice: what it said first is not what counts.
    pub(super) said_again: HashSet<usize>,
}

impl ConversationFold {
    /// Whether it said something about this session's messages.
    pub(super) fn hear(&mut self, native: &str, record: Record, prices: &Prices) -> bool {
        let of = record.session();
        of.is_none_or(|of| *of == *native) && self.hear_own(record, prices)
    }

    /// The same where all sessions are this one.
    pub(super) fn hear_own(&mut self, record: Record, prices: &Prices) -> bool {
        match record {
            Record::Reset | Record::Again { .. } => self.forget(),
            Record::Message { message, .. } => self.message(*message, prices),
            Record::Link {
                node, parent, key, ..
            } => {
                self.branches.link(node, parent, key);
                return false;
            }
            Record::Exact { .. } => {
                self.branches.exact();
                return false;
            }
            Record::Leaf { node, .. } => self.branches.leaf(node),
            Record::Undone { prompts, .. } => self.undo(prompts),
            Record::Odd { .. } => self.odd = self.odd.saturating_add(1),
            _ => return false,
        }
        true
    }

    /// Everything anew, within the same bound.
    fn forget(&mut self) {
        *self = ConversationFold {
            bodies: self.bodies.empty(),
            ..ConversationFold::default()
        };
    }

    /// Nothing is heard yet of a log that keeps its tree as this one does.
    pub(super) fn alike(&self, bodies: Bodies) -> ConversationFold {
        let mut alike = ConversationFold {
            bodies,
            ..ConversationFold::default()
        };
        if self.branches.is_exact() {
            alike.branches.exact();
        }
        alike
    }

    fn message(&mut self, message: Message, prices: &Prices) {
        let coming = message.bytes();
        self.put(message, prices);
        self.bodies.take_in(coming, &mut self.messages);
    }

    fn put(&mut self, mut message: Message, prices: &Prices) {
        prices.set(&mut message);
        let key = message.key;
        if let Some(&at) = self.by_key.get(&key) {
            // The same block again: a log repeats it, or a database changed it.
            if !self.joined.contains(&at)
                && let Some(known) = self.messages.get_mut(at)
            {
                message.number = known.number;
                *known = Arc::new(message);
                self.said_again.insert(at);
                self.note_calls(at);
            }
            return;
        }
        if let Some(&at) = message.reply.and_then(|reply| self.by_reply.get(&reply)) {
            self.join(at, message, prices);
            self.by_key.insert(key, at);
            self.joined.insert(at);
            return;
        }
        let only_results = message.role == Role::System
            && !message.parts.is_empty()
            && message
                .parts
                .iter()
                .all(|p| matches!(p, Part::ToolResult(_)));
        if only_results {
            let is_bare = |part: &Part| matches!(part, Part::ToolResult(r) if r.output.untrusted().is_empty());
            let parts = std::mem::take(&mut message.parts).into_iter();
            let left = parts.filter_map(|part| self.pair(key, part));
            message.parts = left.filter(|part| !is_bare(part)).collect();
            if message.parts.is_empty() {
                return;
            }
        }
        let at = self.messages.len();
        message.number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        self.by_key.insert(key, at);
        if let Some(reply) = message.reply {
            self.by_reply.insert(reply, at);
        }
        self.messages.push(Arc::new(message));
        self.note_calls(at);
    }

    fn join(&mut self, at: usize, block: Message, prices: &Prices) {
        if let Some(known) = self.messages.get_mut(at).map(Arc::make_mut) {
            known.parts.extend(block.parts);
            known.tools += block.tools;
            known.errors += block.errors;
            known.model = known.model.take().or(block.model);
            // Early blocks of a streamed reply carry placeholders; the largest is the true one.
            let size = |usage: Option<crate::model::Usage>| usage.map(|u| u.total());
            if size(block.usage) >= size(known.usage) && block.usage.is_some() {
                known.usage = block.usage;
                known.rate = block.rate;
            }
            known.logged = known.logged.or(block.logged);
            prices.set(known);
        }
        self.note_calls(at);
    }

    fn note_calls(&mut self, at: usize) {
        let Some(message) = self.messages.get(at) else {
            return;
        };
        for part in &message.parts {
            if let Part::ToolCall(call) = part {
                let holders = self.calls.entry(call.call.clone()).or_default();
                if let Err(place) = holders.binary_search(&at) {
                    holders.insert(place, at);
                }
            }
        }
    }

    /// The message with the call that a result answers: the first, as a log that keeps no exact tree repeats itself. In
    /// one that does, the nearest above the result; where a record between them was lost, the last that waits for one.
    fn holder(&self, call: &str, key: u64) -> Option<usize> {
        let holders = self.calls.get(call)?;
        if !self.branches.is_exact() {
            return holders.first().copied();
        }
        let mut above = self.branches.above(key).take(NEAR);
        let nearest = above.find_map(|key| {
            let at = *self.by_key.get(&key)?;
            holders.binary_search(&at).is_ok().then_some(at)
        });
        let is_it = |part: &Part| matches!(part, Part::ToolResult(r) if *r.call == *call);
        let waits = |at: &usize| {
            let message = self.messages.get(*at);
            message.is_some_and(|message| !message.parts.iter().any(is_it))
        };
        nearest.or_else(|| holders.last().copied().filter(waits))
    }

    /// Puts a result behind its call; what is none, or has none, comes back. A result said again replaces, but for what
    /// it leaves open.
    fn pair(&mut self, key: u64, part: Part) -> Option<Part> {
        let Part::ToolResult(result) = part else {
            return Some(part);
        };
        let holder = self.holder(&result.call, key);
        let Some(at) = holder.filter(|at| *at < self.messages.len()) else {
            return Some(Part::ToolResult(result));
        };
        let message = Arc::make_mut(self.messages.get_mut(at)?);
        let is_it = |p: &Part| matches!(p, Part::ToolResult(r) if r.call == result.call);
        if let Some(Part::ToolResult(known)) = message.parts.iter_mut().find(|p| is_it(p)) {
            let before = std::mem::replace(known, result);
            if known.output.untrusted().is_empty() {
                known.output = before.output;
                known.images = before.images;
            }
            known.ok = known.ok.or(before.ok);
            known.exit = known.exit.or(before.exit);
            known.took = known.took.or(before.took);
            known.child = known.child.take().or(before.child);
            known.patch = known.patch.take().or(before.patch);
            self.said_again.insert(at);
            return None;
        }
        let mut parts = message.parts.iter();
        let is_call = |p: &Part| matches!(p, Part::ToolCall(c) if c.call == result.call);
        let Some(call) = parts.position(is_call) else {
            return Some(Part::ToolResult(result));
        };
        if result.ok == Some(false) {
            message.errors = message.errors.saturating_add(1);
        }
        message.parts.insert(call + 1, Part::ToolResult(result));
        None
    }

    /// Takes back the last prompts that still stood, and what followed them.
    fn undo(&mut self, prompts: u64) {
        let mut left = prompts;
        for message in self.messages.iter_mut().rev() {
            if left == 0 {
                return;
            }
            if message.lane == Lane::Main {
                left -= u64::from(message.role == Role::User);
                Arc::make_mut(message).lane = Lane::Left;
            }
        }
    }

    fn conversation(&self, id: &SessionId) -> Conversation {
        let mut messages = self.messages.clone();
        let is_prompt = |key| {
            let message = self.by_key.get(&key).and_then(|at| self.messages.get(*at));
            message.is_some_and(|m| m.role == Role::User)
        };
        for at in self
            .branches
            .left(is_prompt)
            .iter()
            .filter_map(|key| self.by_key.get(key))
        {
            if let Some(message) = messages.get_mut(*at).filter(|m| m.lane == Lane::Main) {
                Arc::make_mut(message).lane = Lane::Left;
            }
        }
        Conversation {
            id: id.clone(),
            messages,
            odd: self.odd,
        }
    }
}
