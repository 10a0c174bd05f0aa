//! What each unit says, kept by unit, so that a unit can take back its own words and nobody else's.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::Index;
use crate::ingest::{AboutTold, Retired, Told};
use crate::model::{Kind, Session, SessionId, SourceId, Title};
use crate::sources::{Facts, Subject};
use crate::text::Clean;

impl Index {
    pub(super) fn retire(&mut self, retired: &Retired, touched: &mut BTreeSet<SessionId>) {
        match retired {
            Retired::Unit(unit) => {
                for id in self.by_unit.remove(&unit.path).unwrap_or_default() {
                    self.forget(&id, &unit.path);
                    touched.insert(id);
                }
                let silent = AboutTold {
                    unit: unit.clone(),
                    facts: Vec::new(),
                };
                self.hear_about(silent, touched);
                self.about.remove(&unit.path);
                self.odd.remove(&unit.path);
            }
            Retired::Session(unit, native) => {
                let id = SessionId::new(unit.source, native.clone());
                if let Some(ids) = self.by_unit.get_mut(&unit.path) {
                    ids.remove(&id);
                }
                self.forget(&id, &unit.path);
                touched.insert(id);
            }
        }
    }

    fn forget(&mut self, id: &SessionId, unit: &Path) {
        if let Some(tellings) = self.tellings.get_mut(id) {
            tellings.retain(|told| *told.session.unit.path != *unit);
            if tellings.is_empty() {
                self.tellings.remove(id);
            }
        }
    }

    pub(super) fn hear(&mut self, told: Told) {
        let id = told.session.id.clone();
        let unit = told.session.unit.clone();
        self.by_unit
            .entry(unit.path.clone())
            .or_default()
            .insert(id.clone());
        let tellings = self.tellings.entry(id).or_default();
        tellings.retain(|known| known.session.unit.path != unit.path);
        tellings.push(Arc::new(told));
        // The highest rank tells; of equal ranks the path decides, never the order of arrival.
        tellings.sort_by(|a, b| {
            let (a, b) = (&a.session.unit, &b.session.unit);
            b.standing()
                .cmp(&a.standing())
                .then_with(|| a.path.cmp(&b.path))
        });
    }

    pub(super) fn hear_about(&mut self, about: AboutTold, touched: &mut BTreeSet<SessionId>) {
        let (path, source) = (about.unit.path.clone(), about.unit.source);
        let before = self
            .about
            .get(&path)
            .map(|a| a.facts.clone())
            .unwrap_or_default();
        for (subject, _) in &before {
            if let Some(units) = self.named.get_mut(&(source, subject.clone())) {
                units.remove(&path);
            }
            self.touch_subject(source, subject, touched);
        }
        for (subject, _) in &about.facts {
            self.named
                .entry((source, subject.clone()))
                .or_default()
                .insert(path.clone());
            self.touch_subject(source, subject, touched);
        }
        self.about.insert(path, Arc::new(about));
    }

    fn touch_subject(
        &self,
        source: SourceId,
        subject: &Subject,
        touched: &mut BTreeSet<SessionId>,
    ) {
        match subject {
            Subject::Session(native) => {
                touched.insert(SessionId::new(source, native.clone()));
            }
            Subject::Leaf(leaf) => {
                touched.extend(self.leaves.get(leaf).into_iter().flatten().cloned());
            }
        }
    }
}

/// The first of several sessions with one id keeps it, the others get `#2`, `#3` …
pub(super) fn numbered(id: &SessionId, n: usize) -> SessionId {
    if n == 1 {
        id.clone()
    } else {
        SessionId::new(id.source, format!("{}#{n}", id.native))
    }
}

/// Lays what another unit knows over a session's own word: titles by rank, the rest where it is missing.
pub(super) fn overlay(session: &mut Session, facts: &Facts) {
    if let Some((rank, text)) = &facts.title {
        let title = Title {
            rank: *rank,
            text: Clean::title(text.untrusted()),
        };
        let better = session
            .title
            .as_ref()
            .is_none_or(|known| title.rank >= known.rank);
        if better && !title.text.is_empty() {
            session.title = Some(title);
        }
    }
    if session.call.is_none() {
        session.call.clone_from(&facts.call);
    }
    if session.parent.is_none() {
        session.parent.clone_from(&facts.parent);
        if let Some(kind) = facts.kind.filter(|_| session.kind == Kind::Main) {
            session.kind = kind;
        }
    }
    if let Some(archived) = facts.archived {
        session.flags.archived = archived;
    }
    if session.branch.is_none() {
        session.branch = facts.branch.as_ref().map(|b| Clean::title(b.untrusted()));
    }
    if session.repository.is_none() {
        let named = facts.repository.as_ref();
        session.repository = named.and_then(crate::ingest::named_repository);
    }
    if session.dir.is_none() {
        session.dir = facts.dir.as_deref().map(Arc::from);
    }
    if session.model.is_none() {
        session.model.clone_from(&facts.model);
    }
}
