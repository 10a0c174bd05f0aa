//! What is known of sessions beyond their logs, and changes without them: which of their directories are gone, which of
//! them we shared, and what agents do with them now. It is told from outside, since rows do no input and output.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use foldhash::HashSet;

use super::{Changed, Index};
use crate::model::{Row, Session, SessionId, State};
use crate::text::Clean;

/// The world around the logs.
#[derive(Default)]
pub(super) struct World {
    /// Directories that sessions name and that are proved not to be there.
    gone: HashSet<Arc<Path>>,
    /// Where sessions can be read that we shared.
    shared: BTreeMap<SessionId, Clean>,
    /// What agents do with sessions now.
    states: BTreeMap<SessionId, State>,
}

/// What is around one session.
pub(super) struct Around {
    /// Its directory is gone.
    pub is_gone: bool,
    /// Where others can read it: by our link, else by the agent's own.
    pub share: Option<Clean>,
    pub state: Option<State>,
}

impl World {
    pub fn around(&self, id: &SessionId, session: &Session) -> Around {
        let dir = session.dir.as_ref();
        let ours = self.shared.get(id);
        Around {
            is_gone: dir.is_some_and(|dir| self.gone.contains(dir)),
            share: ours.or(session.share.as_ref()).cloned(),
            state: self.states.get(id).copied(),
        }
    }
}

impl Index {
    /// The directories that are gone, all of them: replaces what was said before.
    pub fn set_gone(&mut self, gone: HashSet<Arc<Path>>) -> Changed {
        if self.world.gone == gone {
            return Changed::default();
        }
        self.world.gone = gone;
        self.look_around()
    }

    /// The sessions that we shared, with their links, all of them: replaces what was said before.
    pub fn set_shared(&mut self, shared: BTreeMap<SessionId, Clean>) -> Changed {
        if self.world.shared == shared {
            return Changed::default();
        }
        self.world.shared = shared;
        self.look_around()
    }

    /// What agents do with sessions now, of all that is known: replaces what was said before.
    pub fn set_states(&mut self, states: BTreeMap<SessionId, State>) -> Changed {
        if self.world.states == states {
            return Changed::default();
        }
        self.world.states = states;
        self.look_around()
    }

    /// How many sessions are in each state, however they are folded and filtered.
    pub fn states(&self) -> BTreeMap<State, usize> {
        let mut counts = BTreeMap::new();
        let known = self.world.states.iter();
        for (_, state) in known.filter(|(id, _)| self.rows.contains_key(*id)) {
            *counts.entry(*state).or_default() += 1;
        }
        counts
    }

    /// The newest link under which we share a session now; none where we no longer do.
    pub fn share(&mut self, id: &SessionId, link: Option<Clean>) -> Changed {
        match link {
            Some(link) => drop(self.world.shared.insert(id.clone(), link)),
            None => drop(self.world.shared.remove(id)),
        }
        self.look_around()
    }

    fn look_around(&mut self) -> Changed {
        let mut changed = Changed::default();
        for (id, row) in &mut self.rows {
            let Around {
                is_gone,
                share,
                state,
            } = self.world.around(id, &row.session);
            if (row.is_gone, &row.share, row.state) != (is_gone, &share, state) {
                let row: &mut Row = Arc::make_mut(row);
                (row.is_gone, row.share, row.state) = (is_gone, share, state);
                changed.rows.push(id.clone());
            }
        }
        changed
    }
}
