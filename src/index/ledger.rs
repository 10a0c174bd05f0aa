//! Every spend of every session, and which of them count.
//!
//! Logs repeat each other: a resume copies a history, a fork copies messages, a side conversation replays its parent.
//! Spends with an equal `reply` are one response, unless both name a `variant` and these differ. Its tokens are the
//! largest total among its lines; it belongs to the first by mark, time, end of session and id. A response is always
//! counted anew from all its lines and never corrected, so the order of arrival cannot matter.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use jiff::Timestamp;

use super::alike::{Line, Replies, Reply};
use crate::model::{
    Bill, Logged, Mark, ModelId, Response, SessionId, SourceId, Spend, Spends, Sums, Tariff,
};
use crate::sources::{self, hash};

/// A session's place in the ledger, given once and kept.
pub(super) type Slot = u32;

pub(super) struct Ledger {
    tariff: Arc<dyn Tariff>,
    slots: HashMap<SessionId, Slot>,
    accounts: Vec<Account>,
    alike: Replies,
}

struct Account {
    id: SessionId,
    /// What makes the replies of its source its own.
    salt: u64,
    /// When the session ended, which breaks ties of ownership.
    updated: Option<Timestamp>,
    spends: Spends,
}

impl Default for Ledger {
    fn default() -> Ledger {
        Ledger::new(Arc::new(Logged))
    }
}

impl Ledger {
    pub fn new(tariff: Arc<dyn Tariff>) -> Ledger {
        Ledger {
            tariff,
            slots: HashMap::new(),
            accounts: Vec::new(),
            alike: Replies::default(),
        }
    }

    pub fn tariff(&self) -> &dyn Tariff {
        &*self.tariff
    }

    /// Makes room for so many more spends.
    pub fn expect(&mut self, spends: usize) {
        self.alike.reserve(spends);
    }

    pub fn slot(&mut self, id: &SessionId) -> Slot {
        if let Some(&slot) = self.slots.get(id) {
            return slot;
        }
        let slot = Slot::try_from(self.accounts.len()).unwrap_or(Slot::MAX);
        self.slots.insert(id.clone(), slot);
        self.accounts.push(Account {
            id: id.clone(),
            salt: hash(&[id.source.0.as_bytes()]),
            updated: None,
            spends: Spends::default(),
        });
        slot
    }

    pub fn known_slot(&self, id: &SessionId) -> Option<Slot> {
        self.slots.get(id).copied()
    }

    pub fn id(&self, slot: Slot) -> Option<&SessionId> {
        self.accounts.get(slot as usize).map(|a| &a.id)
    }

    /// Replaces all spends of a session. Names every session whose sums may have changed, this one included.
    pub fn set(
        &mut self,
        slot: Slot,
        updated: Option<Timestamp>,
        spends: Spends,
        touched: &mut HashSet<Slot>,
    ) {
        touched.insert(slot);
        let Some(account) = self.accounts.get_mut(slot as usize) else {
            return;
        };
        let salt = account.salt;
        let moved = account.updated != updated;
        let old = std::mem::replace(&mut account.spends, spends.clone());
        account.updated = updated;
        // A log mostly grows: what stands at the start of both stays where it is.
        let same = old.shared(&spends);
        for reply in old.replies().skip(same) {
            if let Some(key) = reply_of(salt, reply) {
                self.touch(key, touched);
                self.alike.retain(key, |line| {
                    line.slot != slot || (line.spend as usize) < same
                });
            }
        }
        for (i, reply) in spends.replies().enumerate() {
            let Some(key) = reply_of(salt, reply) else {
                continue;
            };
            if i >= same {
                let line = Line {
                    slot,
                    spend: u32::try_from(i).unwrap_or(u32::MAX),
                };
                if self.alike.add(key, line) {
                    self.touch(key, touched);
                }
            } else if moved {
                self.touch(key, touched);
            }
        }
    }

    fn touch(&self, key: Reply, touched: &mut HashSet<Slot>) {
        let lines = self.alike.lines(key);
        if lines.len() > 1 {
            touched.extend(lines.iter().map(|line| line.slot));
        }
    }

    fn spend(&self, line: Line) -> Option<Spend> {
        self.accounts
            .get(line.slot as usize)?
            .spends
            .get(line.spend as usize)
    }

    /// What a session spent: the responses that belong to it.
    pub fn sums(&self, slot: Slot) -> Sums {
        let mut sums = Sums::default();
        self.each_own(slot, &mut |response| sums.add(&response));
        sums
    }

    /// The responses that belong to a session.
    pub fn each_own(&self, slot: Slot, each: &mut dyn FnMut(Response)) {
        self.each_response(slot, &mut |owner, response| {
            if owner == slot {
                each(response);
            }
        });
    }

    /// Responses that a session's log repeats, of those it would count as its own.
    pub fn repeated(&self, slot: Slot) -> u32 {
        u32::try_from(self.lines(slot).1).unwrap_or(u32::MAX)
    }

    /// How many lines of a session's log tell of tokens, and how many responses of others they repeat.
    pub fn lines(&self, slot: Slot) -> (u64, u64) {
        let account = self.accounts.get(slot as usize);
        let lines = account.map_or(0, |account| account.spends.len() as u64);
        let mut others = 0;
        self.each_response(slot, &mut |owner, _| others += u64::from(owner != slot));
        (lines, others)
    }

    /// When the last response was made that a session's log repeats of another one's.
    pub fn repeated_upto(&self, slot: Slot) -> Option<Timestamp> {
        let mut upto = None;
        self.each_response(slot, &mut |owner, response| {
            if owner != slot {
                upto = upto.max(response.at);
            }
        });
        upto
    }

    /// Who owns the first response that a session's log holds.
    pub fn first_owner(&self, slot: Slot) -> Option<Slot> {
        let account = self.accounts.get(slot as usize)?;
        let first = account
            .spends
            .iter()
            .find(|s| s.same.is_some_and(|s| s.mark != Mark::Side))?;
        let lines = self
            .alike
            .lines(reply_of(account.salt, first.same.map(|same| same.reply))?);
        if lines.iter().all(|line| line.slot == slot) {
            return Some(slot);
        }
        let variant = first.same.and_then(|same| same.variant);
        self.responses(lines)
            .into_iter()
            .find(|lines| {
                lines.iter().any(|(line, spend)| {
                    line.slot == slot && spend.same.and_then(|s| s.variant) == variant
                })
            })
            .and_then(|lines| self.owner(&lines))
    }

    /// Sessions that hold every reply this one holds, with the number of their replies.
    pub fn holders(&self, slot: Slot) -> Vec<(Slot, usize)> {
        let replies = self.replies(slot);
        let mut holders: Option<HashSet<Slot>> = None;
        for key in &replies {
            let lines = self.alike.lines(*key);
            let here: HashSet<Slot> = lines
                .iter()
                .map(|l| l.slot)
                .filter(|&other| other != slot)
                .collect();
            holders = Some(match holders {
                None => here,
                Some(before) => before.intersection(&here).copied().collect(),
            });
            if holders.as_ref().is_some_and(HashSet::is_empty) {
                return Vec::new();
            }
        }
        let holders = holders.unwrap_or_default();
        holders
            .into_iter()
            .map(|other| (other, self.replies(other).len()))
            .collect()
    }

    /// The distinct replies of a session.
    pub fn replies(&self, slot: Slot) -> HashSet<Reply> {
        let Some(account) = self.accounts.get(slot as usize) else {
            return HashSet::new();
        };
        account
            .spends
            .replies()
            .filter_map(|reply| reply_of(account.salt, reply))
            .collect()
    }

    fn each_response(&self, slot: Slot, each: &mut dyn FnMut(Slot, Response)) {
        let Some(account) = self.accounts.get(slot as usize) else {
            return;
        };
        let source = account.id.source;
        let mut done = HashSet::new();
        for spend in account.spends.iter() {
            let reply = spend.same.map(|same| same.reply);
            let Some(key) = reply_of(account.salt, reply) else {
                each(
                    slot,
                    self.response(source, &spend, spend.at, spend.model.as_ref()),
                );
                continue;
            };
            let lines = self.alike.lines(key);
            if let [_] = lines {
                each(
                    slot,
                    self.response(source, &spend, spend.at, spend.model.as_ref()),
                );
                continue;
            }
            if !done.insert(key) {
                continue;
            }
            for lines in self.responses(lines) {
                if let Some((owner, response)) = self.decide(source, &lines) {
                    each(owner, response);
                }
            }
        }
    }

    /// Splits the lines of a reply into responses by their variants. Lines without one join the first.
    fn responses(&self, lines: &[Line]) -> Vec<Vec<(Line, Spend)>> {
        let mut sorted: Vec<(Line, Spend)> = lines
            .iter()
            .filter_map(|&line| Some((line, self.spend(line)?)))
            .collect();
        sorted.sort_by(|a, b| self.rank(a).cmp(&self.rank(b)));
        let variant = |spend: &Spend| spend.same.and_then(|same| same.variant);
        let mut variants: Vec<Option<u64>> = Vec::new();
        let mut responses: Vec<Vec<(Line, Spend)>> = Vec::new();
        let is_named = |(_, spend): &(Line, Spend)| variant(spend).is_some();
        let (named, loose): (Vec<_>, Vec<_>) = sorted.into_iter().partition(is_named);
        for (line, spend) in named {
            match variants.iter().position(|v| *v == variant(&spend)) {
                Some(at) => {
                    if let Some(response) = responses.get_mut(at) {
                        response.push((line, spend));
                    }
                }
                None => {
                    variants.push(variant(&spend));
                    responses.push(vec![(line, spend)]);
                }
            }
        }
        match responses.first_mut() {
            Some(first) => first.extend(loose),
            None => responses.push(loose),
        }
        responses
    }

    /// The owner comes first in this order.
    fn rank<'a>(&'a self, (line, spend): &(Line, Spend)) -> impl Ord + use<'a> {
        let account = self.accounts.get(line.slot as usize);
        let mark = spend.same.map_or(Mark::Own, |same| same.mark);
        let at = (spend.at.is_none(), spend.at);
        let ended = account.map(|a| (a.updated.is_none(), a.updated));
        (mark, at, ended, account.map(|a| &a.id), spend.key)
    }

    fn owner(&self, lines: &[(Line, Spend)]) -> Option<Slot> {
        let ranks = |a: &&(Line, Spend), b: &&(Line, Spend)| self.rank(a).cmp(&self.rank(b));
        lines.iter().min_by(ranks).map(|(line, _)| line.slot)
    }

    fn decide(&self, source: SourceId, lines: &[(Line, Spend)]) -> Option<(Slot, Response)> {
        let owner = self.owner(lines)?;
        let side = |spend: &Spend| spend.same.is_some_and(|same| same.mark == Mark::Side);
        let only_side = lines.iter().all(|(_, spend)| side(spend));
        let counted = lines.iter().filter(|(_, spend)| only_side || !side(spend));
        let size = |spend: &Spend| {
            let u = spend.usage;
            (
                u.total(),
                u.output,
                u.cache_write_1h,
                u.reasoning,
                spend.logged,
            )
        };
        // Of equal lines the owner's tells the model and the rate: a replay may name others.
        let order = |a: &&(Line, Spend), b: &&(Line, Spend)| {
            let larger = size(&b.1).cmp(&size(&a.1));
            larger.then_with(|| self.rank(a).cmp(&self.rank(b)))
        };
        let largest = &counted.min_by(order)?.1;
        // A copy may have lost the model or the cost that another line still has.
        let model = largest
            .model
            .as_ref()
            .or_else(|| lines.iter().find_map(|l| l.1.model.as_ref()));
        // Copies carry later times; the response came with the first.
        let at = lines.iter().filter_map(|(_, spend)| spend.at).min();
        Some((owner, self.response(source, largest, at, model)))
    }

    fn response(
        &self,
        source: SourceId,
        spend: &Spend,
        at: Option<Timestamp>,
        model: Option<&ModelId>,
    ) -> Response {
        let assumed = || sources::source(source)?.card().assumed_model;
        let stand_in = model.is_none().then(assumed).flatten();
        let model = match stand_in {
            Some(name) => Some(ModelId::new(None, name)),
            None => model.cloned(),
        };
        let cost = self.tariff.charge(&Bill {
            model: model.as_ref(),
            rate: spend.rate,
            usage: spend.usage,
            logged: spend.logged,
            at,
        });
        Response {
            at,
            usage: spend.usage,
            model,
            assumed: stand_in.is_some(),
            rate: spend.rate,
            logged: spend.logged,
            cost,
        }
    }
}

fn reply_of(salt: u64, reply: Option<u64>) -> Option<Reply> {
    Some(Reply(reply? ^ salt))
}
