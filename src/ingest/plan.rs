//! Which unit is read next: what is open first, then what just changed, then the newest. A unit is queued once and in
//! flight once; what changes in flight is read again.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use foldhash::HashSet;

#[derive(Default)]
pub struct Plan {
    queue: VecDeque<Arc<Path>>,
    queued: HashSet<Arc<Path>>,
    in_flight: HashSet<Arc<Path>>,
    /// Changed while in flight.
    again: HashSet<Arc<Path>>,
    /// Put off, and until when.
    later: Vec<(Instant, Arc<Path>)>,
}

impl Plan {
    /// To be read, `soon` before all that waits.
    pub fn want(&mut self, path: &Arc<Path>, soon: bool) {
        if self.in_flight.contains(path) {
            self.again.insert(path.clone());
        } else if self.queued.insert(path.clone()) {
            if soon {
                self.queue.push_front(path.clone());
            } else {
                self.queue.push_back(path.clone());
            }
        }
    }

    /// These go first, in this order, if they wait at all.
    pub fn hurry<'p>(&mut self, paths: impl DoubleEndedIterator<Item = &'p Arc<Path>>) {
        for path in paths.rev() {
            if self.queued.contains(path) {
                self.queue.retain(|queued| queued != path);
                self.queue.push_front(path.clone());
            }
        }
    }

    /// To be read again after a while.
    pub fn put_off(&mut self, path: Arc<Path>, wait: Duration) {
        self.later.push((Instant::now() + wait, path));
    }

    /// How long until something that was put off is due.
    pub fn rest(&self) -> Option<Duration> {
        let due = self.later.iter().map(|(due, _)| due).min()?;
        Some(due.saturating_duration_since(Instant::now()))
    }

    /// The next to be read, now in flight; none where enough is.
    pub fn next(&mut self, most: usize) -> Option<Arc<Path>> {
        let now = Instant::now();
        let due: Vec<_> = self.later.extract_if(.., |(due, _)| *due <= now).collect();
        for (_, path) in due {
            self.want(&path, true);
        }
        if self.in_flight.len() >= most {
            return None;
        }
        let path = self.queue.pop_front()?;
        self.queued.remove(&path);
        self.in_flight.insert(path.clone());
        Some(path)
    }

    /// It was read; what changed meanwhile is wanted again.
    pub fn done(&mut self, path: &Arc<Path>) {
        self.in_flight.remove(path);
        if self.again.remove(path) {
            self.want(path, true);
        }
    }

    /// It is gone: nothing more of it is read.
    pub fn forget(&mut self, path: &Arc<Path>) {
        self.again.remove(path);
        self.later.retain(|(_, put_off)| put_off != path);
        if self.queued.remove(path) {
            self.queue.retain(|queued| queued != path);
        }
    }

    /// Whether much is being read.
    pub fn is_busy(&self) -> bool {
        !self.queue.is_empty() || self.in_flight.len() > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str) -> Arc<Path> {
        Path::new(name).into()
    }

    fn all(plan: &mut Plan) -> String {
        let mut out = String::new();
        while let Some(next) = plan.next(9) {
            out.push_str(&next.to_string_lossy());
        }
        out
    }

    #[test]
    fn what_is_open_goes_first_then_what_changed_then_the_rest() {
        let mut plan = Plan::default();
        for name in ["a", "b", "c", "d"] {
            plan.want(&path(name), false);
        }
        plan.want(&path("e"), true);
        plan.want(&path("a"), true);
        plan.hurry([path("c"), path("d"), path("z")].iter());
        assert_eq!(all(&mut plan), "cdeab");
    }

    #[test]
    fn a_unit_is_in_flight_once_and_read_again_if_it_changed() {
        let mut plan = Plan::default();
        plan.want(&path("a"), false);
        assert_eq!(plan.next(1), Some(path("a")));
        plan.want(&path("a"), true);
        plan.want(&path("b"), true);
        assert_eq!(plan.next(1), None, "enough is in flight");
        plan.done(&path("a"));
        assert_eq!(all(&mut plan), "ab");
    }

    #[test]
    fn what_is_gone_is_not_read() {
        let mut plan = Plan::default();
        plan.want(&path("a"), false);
        plan.put_off(path("a"), Duration::ZERO);
        plan.forget(&path("a"));
        assert_eq!(all(&mut plan), "");
        assert!(plan.rest().is_none() && !plan.is_busy());
    }

    #[test]
    fn what_was_put_off_comes_when_it_is_due() {
        let mut plan = Plan::default();
        plan.put_off(path("a"), Duration::from_secs(3600));
        plan.put_off(path("b"), Duration::ZERO);
        assert_eq!(all(&mut plan), "b");
        assert!(plan.rest().unwrap() > Duration::from_secs(3000));
    }
}
