//! Marks on rows. They come from no log and change without one, so they are laid over rows last: nothing that is kept for
//! a later run holds any.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Changed, Index};
use crate::marks::{Change, Marks};
use crate::model::{Row, Session, SessionId, Title, TitleRank};

impl Index {
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// Takes these marks in place of all that were there: at the start, and when their file changed.
    pub fn set_marks(&mut self, marks: Marks) -> Changed {
        let old = std::mem::replace(&mut self.marks, marks);
        let other = |id: &&SessionId| old.get(id) != self.marks.get(id);
        let ids: Vec<SessionId> = self.rows.keys().filter(other).cloned().collect();
        ids.iter().for_each(|id| self.lay_over(id));
        Changed {
            rows: ids,
            gone: Vec::new(),
        }
    }

    /// Makes a change here and gives back the one that takes it back. It is for the caller to keep it in the file.
    pub fn mark(&mut self, id: &SessionId, change: &Change) -> Change {
        let back = self.marks.apply(id, change);
        self.lay_over(id);
        back
    }

    /// Lays the mark of a session over its row anew.
    fn lay_over(&mut self, id: &SessionId) {
        if let Some(row) = self.rows.get(id) {
            let mut row = Row::clone(row);
            self.put_mark(&mut row);
            self.rows.insert(id.clone(), Arc::new(row));
        }
    }

    /// Puts the mark of a session on its row, and the name in it before every title.
    pub(super) fn put_mark(&self, row: &mut Row) {
        row.mark = self.marks.get(row.id()).cloned();
        let name = row.mark.as_ref().and_then(|mark| mark.name.clone());
        let title = match name {
            Some(text) => Some(Title {
                rank: TitleRank::Ours,
                text,
            }),
            None => self.logged_title(row.id()),
        };
        if row.session.title != title {
            Arc::make_mut(&mut row.session).title = title;
        }
    }

    /// The session as its logs tell it.
    pub(super) fn as_logged<'r>(&self, row: &'r Row) -> Cow<'r, Session> {
        let is_ours = |title: &Title| title.rank == TitleRank::Ours;
        match row.session.title.as_ref().is_some_and(is_ours) {
            true => Cow::Owned(Session {
                title: self.logged_title(row.id()),
                ..Session::clone(&row.session)
            }),
            false => Cow::Borrowed(&row.session),
        }
    }

    fn logged_title(&self, id: &SessionId) -> Option<Title> {
        self.shown.get(id)?.session.title.clone()
    }
}
