//! Every session known, as rows: which unit tells it, whose child it is, what it sums up to.
//!
//! The index has one owner and no locks. It changes only by [`Index::apply`]; whoever needs rows elsewhere takes them as
//! `Arc`s.

mod alike;
mod entries;
mod explain;
mod families;
mod grouping;
mod groups;
mod keeping;
mod ledger;
mod lineage;
mod marking;
mod order;
mod snapshot;
mod tellings;
#[cfg(test)]
mod tests;
mod waiting;
mod world;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use foldhash::{HashMap, HashSet, HashSetExt};
use rayon::prelude::*;

use crate::ingest::{AboutTold, Delta, OddFile, Progress, Told};
use crate::marks::Marks;
use crate::model::{Cost, CostSum, Kind, Row, Session, SessionId, Spends, Sums, Tariff};
use crate::sources::{Retentions, Subject};

pub use entries::{Counting, Entry};
pub use explain::{Explained, ModelPart, Part};
use families::Link;
pub use grouping::Grouping;
pub use groups::{By, Facet, Group, Groups, Period};
pub use keeping::EXPIRES_SOON;
use ledger::{Ledger, Slot};
pub use lineage::Relative;
pub use order::{Direction, Order, SORTS, SortKey, SortName};
pub use snapshot::Shelf;
use tellings::{numbered, overlay};
use world::Around;

/// All rows and what they are made from.
#[derive(Default)]
pub struct Index {
    /// What each unit says about a session, by the session's plain id.
    tellings: HashMap<SessionId, Vec<Arc<Told>>>,
    /// The ids each unit tells.
    by_unit: HashMap<Arc<Path>, HashSet<SessionId>>,
    /// What units say about other units' sessions.
    about: HashMap<Arc<Path>, Arc<AboutTold>>,
    /// Which units say something about a session, or about a leaf.
    named: HashMap<(crate::model::SourceId, Subject), BTreeSet<Arc<Path>>>,
    /// Sessions that hold a leaf.
    leaves: HashMap<u64, BTreeSet<SessionId>>,
    /// The telling that counts, by the id it is listed under.
    shown: HashMap<SessionId, Arc<Told>>,
    links: HashMap<SessionId, Link>,
    children: HashMap<SessionId, BTreeSet<SessionId>>,
    ledger: Ledger,
    rows: BTreeMap<SessionId, Arc<Row>>,
    odd: BTreeMap<Arc<Path>, OddFile>,
    progress: Progress,
    /// What people noted, on sessions of any kind.
    marks: Marks,
    world: world::World,
    retentions: Retentions,
}

/// What an [`Index::apply`] changed.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Changed {
    /// Rows that are new or different.
    pub rows: Vec<SessionId>,
    /// Rows that are gone.
    pub gone: Vec<SessionId>,
}

/// So many rows are worth a thread.
const PIECE: usize = 64;

impl Index {
    /// An index whose money is counted by this tariff. The default one knows only what agents logged.
    pub fn with(tariff: Arc<dyn Tariff>) -> Index {
        Index {
            ledger: Ledger::new(tariff),
            ..Index::default()
        }
    }

    /// Takes in news.
    pub fn apply(&mut self, delta: Delta) -> Changed {
        let mut plain: BTreeSet<SessionId> = BTreeSet::new();
        for retired in delta.retired {
            self.retire(&retired, &mut plain);
        }
        for about in delta.about {
            self.hear_about(about, &mut plain);
        }
        self.ledger
            .expect(delta.told.iter().map(|told| told.spends.len()).sum());
        for told in delta.told {
            plain.insert(told.session.id.clone());
            self.hear(told);
        }
        for odd in delta.odd {
            if odd.counts.is_empty() && odd.error.is_none() {
                self.odd.remove(&odd.unit.path);
            } else {
                self.odd.insert(odd.unit.path.clone(), odd);
            }
        }
        if let Some(progress) = delta.progress {
            self.progress = progress;
        }
        let mut changed = self.settle(plain);
        let gone = delta.gone.map(|gone| self.set_gone(gone));
        let states = delta.states.map(|states| self.set_states(states));
        for more in [gone, states].into_iter().flatten() {
            changed.rows.extend(more.rows);
            changed.rows.sort();
            changed.rows.dedup();
        }
        changed
    }

    /// Every row, in the order of their ids.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &Arc<Row>> {
        self.rows.values()
    }

    /// Every row, those last at work first.
    pub fn newest_first(&self) -> Vec<Arc<Row>> {
        let mut rows: Vec<Arc<Row>> = self.rows().cloned().collect();
        // Following each row's pointer once is most of the work.
        rows.sort_by_cached_key(|row| std::cmp::Reverse(row.session.updated));
        rows
    }

    pub fn row(&self, id: &SessionId) -> Option<&Arc<Row>> {
        self.rows.get(id)
    }

    /// Units with something that could not be read, by path.
    pub fn odd(&self) -> impl ExactSizeIterator<Item = &OddFile> {
        self.odd.values()
    }

    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Sums over rows, each response counted once however the rows hang together.
    pub fn sums<'a>(&self, rows: impl IntoIterator<Item = &'a Arc<Row>>) -> Sums {
        let mut ids = HashSet::new();
        for row in rows {
            self.billed(row.id(), &mut ids);
        }
        let mut sums = Sums::default();
        for row in ids.iter().filter_map(|id| self.rows.get(id)) {
            sums.merge(&row.own);
        }
        sums
    }

    /// What rows cost together: the cost of [`Index::sums`], without summing what each of them already has.
    pub fn cost(&self, rows: &[&Arc<Row>]) -> Cost {
        // Only what is billed with another row can stand twice.
        let is_billed = |row: &Row| matches!(row.session.kind, Kind::SubAgent | Kind::Copy);
        if rows.iter().any(|row| is_billed(row)) {
            return self.sums(rows.iter().copied()).cost.cost();
        }
        let mut sum = CostSum::default();
        rows.iter().for_each(|row| sum.merge(&row.all.cost));
        sum.cost()
    }

    /// Decides anew what the touched ids show, and everything that follows from it.
    fn settle(&mut self, plain: BTreeSet<SessionId>) -> Changed {
        let mut slots: HashSet<Slot> = HashSet::new();
        let mut dirty: HashSet<SessionId> = HashSet::new();
        for id in plain {
            self.resolve(&id, &mut slots, &mut dirty);
        }
        dirty.extend(
            slots
                .iter()
                .filter_map(|&slot| self.ledger.id(slot).cloned()),
        );
        // What counts as a fork of whom follows from the ledger, so links come after all spends.
        for id in dirty.clone() {
            self.relink(&id, &mut dirty);
        }
        let mut stale = self.descendants(&dirty);
        for id in &dirty {
            stale.extend(self.ancestors(id));
        }
        let mut changed = Changed::default();
        let stale: Vec<SessionId> = stale.into_iter().collect();
        // Ancestors add up what their descendants spent, so that is summed first, once.
        let sums: HashMap<&SessionId, Sums> = stale
            .par_iter()
            .with_min_len(PIECE)
            .map(|id| (id, self.own(id)))
            .collect();
        let built: Vec<(SessionId, Option<Row>)> = stale
            .par_iter()
            .with_min_len(PIECE)
            .map(|id| (id.clone(), self.build(id, &sums)))
            .collect();
        for (id, row) in built {
            match row {
                Some(row) => {
                    if self.rows.get(&id).is_none_or(|known| **known != row) {
                        self.rows.insert(id.clone(), Arc::new(row));
                        changed.rows.push(id);
                    }
                }
                None => {
                    if self.rows.remove(&id).is_some() {
                        changed.gone.push(id);
                    }
                }
            }
        }
        changed.rows.sort();
        changed.gone.sort();
        changed
    }

    /// Which tellings of a plain id are listed, and under which id.
    fn resolve(
        &mut self,
        id: &SessionId,
        slots: &mut HashSet<Slot>,
        dirty: &mut HashSet<SessionId>,
    ) {
        let tellings = self.tellings.get(id).cloned().unwrap_or_default();
        let best = tellings.first().map(|told| told.session.unit.standing());
        let listed = tellings
            .iter()
            .filter(|told| Some(told.session.unit.standing()) == best);
        let mut count = 0;
        for told in listed {
            count += 1;
            let told = self.told_as(&numbered(id, count), told);
            self.show(&told, slots, dirty);
        }
        // Fewer units may tell it now than before.
        for n in count + 1.. {
            let gone = numbered(id, n);
            let Some(old) = self.shown.remove(&gone) else {
                break;
            };
            self.unleaf(&old);
            let slot = self.ledger.slot(&gone);
            self.ledger.set(slot, None, Spends::default(), slots);
            dirty.insert(gone);
        }
    }

    /// A telling under its listed id, with what other units say about it.
    fn told_as(&self, id: &SessionId, told: &Arc<Told>) -> Told {
        let mut session: Session = (*told.session).clone();
        let source = session.id.source;
        let subjects = std::iter::once(Subject::Session(session.id.native.clone()))
            .chain(told.leaves.iter().map(|leaf| Subject::Leaf(*leaf)));
        for subject in subjects {
            for unit in self
                .named
                .get(&(source, subject.clone()))
                .into_iter()
                .flatten()
            {
                let facts = self
                    .about
                    .get(unit)
                    .into_iter()
                    .flat_map(|about| &about.facts);
                for (_, facts) in facts.filter(|(of, _)| *of == subject) {
                    overlay(&mut session, facts);
                }
            }
        }
        session.id = id.clone();
        Told {
            session: Arc::new(session),
            spends: told.spends.clone(),
            leaves: told.leaves.clone(),
        }
    }

    fn show(&mut self, told: &Told, slots: &mut HashSet<Slot>, dirty: &mut HashSet<SessionId>) {
        let id = told.session.id.clone();
        if let Some(old) = self.shown.get(&id).cloned() {
            self.unleaf(&old);
        }
        for leaf in told.leaves.iter() {
            self.leaves.entry(*leaf).or_default().insert(id.clone());
        }
        let slot = self.ledger.slot(&id);
        self.ledger
            .set(slot, told.session.updated, told.spends.clone(), slots);
        self.shown.insert(id.clone(), Arc::new(told.clone()));
        dirty.insert(id);
    }

    fn unleaf(&mut self, told: &Told) {
        for leaf in told.leaves.iter() {
            if let Some(ids) = self.leaves.get_mut(leaf) {
                ids.remove(&told.session.id);
                if ids.is_empty() {
                    self.leaves.remove(leaf);
                }
            }
        }
    }

    fn relink(&mut self, id: &SessionId, dirty: &mut HashSet<SessionId>) {
        let new = self.shown.get(id).map(|told| self.link(&told.session));
        let old = self.links.get(id);
        if new.as_ref() == old {
            return;
        }
        let old_parent = old.and_then(|link| link.parent.clone());
        let new_parent = new.as_ref().and_then(|link| link.parent.clone());
        if old_parent != new_parent {
            // The old family loses it now, the new one gains it: both chains are built anew.
            dirty.extend(self.ancestors(id));
            if let Some(parent) = old_parent {
                if let Some(siblings) = self.children.get_mut(&parent) {
                    siblings.remove(id);
                }
                dirty.insert(parent);
            }
            if let Some(parent) = new_parent {
                self.children
                    .entry(parent.clone())
                    .or_default()
                    .insert(id.clone());
                dirty.insert(parent);
            }
        }
        match new {
            Some(link) => self.links.insert(id.clone(), link),
            None => self.links.remove(id),
        };
    }

    /// The row of a session; `sums` are those known already.
    fn build(&self, id: &SessionId, sums: &HashMap<&SessionId, Sums>) -> Option<Row> {
        let told = self.shown.get(id)?;
        let link = self.links.get(id);
        let kind = link.map_or(told.session.kind, |link| link.kind);
        let parent = link
            .and_then(|link| link.parent.as_ref())
            .map(|p| p.native.clone());
        let mut session = told.session.clone();
        if kind != session.kind || parent != session.parent {
            let changed = Arc::make_mut(&mut session);
            (changed.kind, changed.parent) = (kind, parent);
        }
        if matches!(kind, Kind::Fork | Kind::SubAgent) {
            self.leave_out_repeated(id, &mut session);
        }
        let sums = |id| match sums.get(id) {
            Some(known) => Cow::Borrowed(known),
            None => Cow::Owned(self.own(id)),
        };
        let own = sums(id).into_owned();
        let mut billed = HashSet::new();
        self.billed(id, &mut billed);
        let mut all = own.clone();
        for child in billed.iter().filter(|child| *child != id) {
            all.merge(&sums(child));
        }
        let root = self.ancestors(id).pop().unwrap_or_else(|| id.clone());
        let below = self.children.get(id).into_iter().flatten();
        let children = below
            .filter(|child| self.shown.contains_key(*child))
            .count();
        let Around {
            is_gone,
            share,
            state,
        } = self.world.around(id, &session);
        let mut row = Row {
            is_gone,
            share,
            state,
            expires: self.retentions.ends(&session),
            session,
            own,
            all,
            root,
            children: u32::try_from(children).unwrap_or(u32::MAX),
            mark: None,
        };
        self.put_mark(&mut row);
        Some(row)
    }

    /// What a session repeats of another counts there: a replay in a sub-agent, the messages a fork starts with.
    fn leave_out_repeated(&self, id: &SessionId, session: &mut Arc<Session>) {
        let slot = self.ledger.known_slot(id);
        let repeated = slot.map_or(0, |slot| self.ledger.repeated(slot));
        if repeated == 0 {
            return;
        }
        let session = Arc::make_mut(session);
        session.replies = session.replies.saturating_sub(repeated);
        if session.kind == Kind::Fork {
            // A history may end with a prompt that nobody answered there; the fork starts with the one behind it.
            let answered = session.turns.iter().filter(|before| **before < repeated);
            let waiting = session.turns.iter().filter(|before| **before == repeated);
            let prompts = answered.count() + waiting.count().saturating_sub(1);
            session.prompts = session.prompts.saturating_sub(prompts as u32);
        }
    }

    fn own(&self, id: &SessionId) -> Sums {
        let slot = self.ledger.known_slot(id);
        let mut sums = slot.map(|slot| self.ledger.sums(slot)).unwrap_or_default();
        let uncounted = |told: &Arc<Told>| told.session.flags.uncounted;
        // What the log leaves out cost something too, unless the agent's own figure is the whole.
        let made = sums.cost.reported() < sums.responses;
        if made && self.shown.get(id).is_some_and(uncounted) {
            sums.cost.add(Cost::LEAST);
        }
        sums
    }
}
