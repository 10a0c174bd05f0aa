//! Places that become known while reading: a session names a directory, or a file lists where logs are.

use super::Run;
use crate::ingest::SourceState;
use crate::sources::Root;

impl Run {
    /// Looks for logs in directories that were not named before.
    pub(super) fn look_into_named(&mut self) {
        let mut fresh = self.projects.fresh_roots(&self.env, &self.choice);
        fresh.retain(|root| self.roots.iter().all(|known| !is_same(known, root)));
        if fresh.is_empty() {
            return;
        }
        self.roots.extend(fresh.iter().cloned());
        // Watching starts before the walk, so that nothing falls between the two.
        self.renew_at(&fresh);
        for root in &fresh {
            self.walk_below(&root.path);
            let sources = self.progress.sources.iter_mut();
            for source in sources.filter(|source| source.source == root.source) {
                let found = self.units.values().any(|unit| unit.root == root.path);
                let state = if found {
                    SourceState::Done
                } else {
                    SourceState::Empty
                };
                source
                    .looked
                    .push((root.path.to_path_buf(), root.why, state));
            }
        }
    }

    /// Finds all roots anew, and gives those that sessions name.
    pub(super) fn find_roots(&mut self) -> Vec<Root> {
        let named = self.projects.roots(&self.env, &self.choice);
        let own = self
            .choice
            .sources()
            .flat_map(|s| self.choice.roots(s, &self.env));
        let roots: Vec<Root> = own.chain(named.iter().cloned()).collect();
        if roots != self.roots {
            self.roots = roots;
            self.renew();
        }
        named
    }
}

fn is_same(a: &Root, b: &Root) -> bool {
    a.source == b.source && a.path == b.path
}
