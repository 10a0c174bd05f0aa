//! Lines of logs that call themselves the same response, and where they stand.

use foldhash::HashMap;

use super::ledger::Slot;

/// Responses of one source that call themselves the same: the hash of what they call themselves, made another one in
/// each source.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Reply(pub(super) u64);

/// One line that tells of a reply: which session, which of its spends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    pub slot: Slot,
    pub spend: u32,
}

/// The lines of each reply. Nearly all replies have one line, so that those stand by themselves.
#[derive(Default)]
pub(super) struct Replies {
    single: HashMap<Reply, Line>,
    shared: HashMap<Reply, Vec<Line>>,
}

impl Replies {
    pub fn reserve(&mut self, more: usize) {
        self.single.reserve(more);
    }

    pub fn lines(&self, reply: Reply) -> &[Line] {
        match self.single.get(&reply) {
            Some(line) => std::slice::from_ref(line),
            None => self.shared.get(&reply).map_or(&[], Vec::as_slice),
        }
    }

    /// Tells whether there are more lines of it now than this one.
    pub fn add(&mut self, reply: Reply, line: Line) -> bool {
        if let Some(lines) = self.shared.get_mut(&reply) {
            lines.push(line);
            return true;
        }
        let Some(first) = self.single.insert(reply, line) else {
            return false;
        };
        self.single.remove(&reply);
        self.shared.insert(reply, vec![first, line]);
        true
    }

    /// Leaves the lines of a reply that are wanted.
    pub fn retain(&mut self, reply: Reply, is_wanted: impl Fn(&Line) -> bool) {
        if self.single.get(&reply).is_some_and(|line| !is_wanted(line)) {
            self.single.remove(&reply);
        }
        let Some(lines) = self.shared.get_mut(&reply) else {
            return;
        };
        lines.retain(|line| is_wanted(line));
        if let [] | [_] = lines.as_slice() {
            let last = lines.pop();
            self.shared.remove(&reply);
            last.map(|line| self.single.insert(reply, line));
        }
    }
}
