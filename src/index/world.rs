//! What is known of sessions beyond their logs, and changes without them: which of their directories are gone, and which of
//! them we shared. It is told from outside, since rows do no input and output.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use foldhash::HashSet;

use super::{Changed, Index};
use crate::model::{Row, Session, SessionId};
use crate::text::Clean;

/// The world around the logs.
#[derive(Default)]
pub(super) struct World {
    /// Directories that sessions name and that are proved not to be there.
    gone: HashSet<Arc<Path>>,
    /// Where sessions can be read that we shared.
    shared: BTreeMap<SessionId, Clean>,
}

impl World {
    /// Whether a session's directory is gone, and where others can read it: by our link, else by the agent's own.
    pub fn around(&self, id: &SessionId, session: &Session) -> (bool, Option<Clean>) {
        let dir = session.dir.as_ref();
        let is_gone = dir.is_some_and(|dir| self.gone.contains(dir));
        let ours = self.shared.get(id);
        (is_gone, ours.or(session.share.as_ref()).cloned())
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
            let (is_gone, share) = self.world.around(id, &row.session);
            if (row.is_gone, &row.share) != (is_gone, &share) {
                let row: &mut Row = Arc::make_mut(row);
                (row.is_gone, row.share) = (is_gone, share);
                changed.rows.push(id.clone());
            }
        }
        changed
    }
}
