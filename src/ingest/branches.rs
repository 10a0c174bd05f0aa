//! Which messages stand on branches that were left: a log that keeps a tree names each record's parent.

use std::collections::{HashMap, HashSet};

/// The tree of one log, as far as it was heard.
#[derive(Default)]
pub struct Branches {
    parents: HashMap<u64, Option<u64>>,
    /// Records that are messages, with the messages' keys.
    messages: Vec<(u64, u64)>,
    /// Where the conversation stands: the record named last as the leaf, or the last record, whichever came later.
    tip: Option<u64>,
}

impl Branches {
    pub fn link(&mut self, node: u64, parent: Option<u64>, key: u64) {
        // A record said again keeps its first place: edited logs repeat ids.
        self.parents.entry(node).or_insert(parent);
        self.messages.push((node, key));
        self.tip = Some(node);
    }

    pub fn leaf(&mut self, node: u64) {
        if self.parents.contains_key(&node) {
            self.tip = Some(node);
        }
    }

    /// Keys of messages on branches that were left for another: they hang from the path between the tip and its root,
    /// with a prompt in them, and the path has a later prompt of its own. Anything less is no proof: calls made at once
    /// and commands of the program branch too, and a root can be missing.
    pub fn left(&self, is_prompt: impl Fn(u64) -> bool) -> HashSet<u64> {
        let prompts: HashSet<u64> = self
            .messages
            .iter()
            .filter(|(_, key)| is_prompt(*key))
            .map(|(node, _)| *node)
            .collect();
        // How far from the tip the path's records are.
        let mut path: HashMap<u64, usize> = HashMap::new();
        let mut last_prompt = usize::MAX;
        let mut node = self.tip;
        while let Some(at) = node.filter(|at| !path.contains_key(at)) {
            if prompts.contains(&at) {
                last_prompt = last_prompt.min(path.len());
            }
            path.insert(at, path.len());
            node = self.parents.get(&at).copied().flatten();
        }
        let mut tops: HashMap<u64, Option<u64>> = HashMap::new();
        let mut branches: HashMap<u64, (bool, Vec<u64>)> = HashMap::new();
        let mut kept = HashSet::new();
        for (node, key) in &self.messages {
            match self.top(*node, &path, &mut tops) {
                Some(top) => {
                    let branch = branches.entry(top).or_default();
                    branch.0 |= prompts.contains(node);
                    branch.1.push(*key);
                }
                None => {
                    kept.insert(*key);
                }
            }
        }
        let replaced = |top: &u64| {
            let from = self.parents.get(top).copied().flatten();
            from.and_then(|from| path.get(&from))
                .is_some_and(|at| last_prompt < *at)
        };
        branches
            .into_iter()
            .filter(|(top, (has_prompt, _))| *has_prompt && replaced(top))
            .flat_map(|(_, (_, keys))| keys)
            .filter(|key| !kept.contains(key))
            .collect()
    }

    /// The first record of the branch a record stands on; none on the path itself and in another tree.
    fn top(
        &self,
        node: u64,
        path: &HashMap<u64, usize>,
        known: &mut HashMap<u64, Option<u64>>,
    ) -> Option<u64> {
        let mut walked = Vec::new();
        let mut at = node;
        let top = loop {
            if path.contains_key(&at) {
                break walked.last().copied();
            }
            if let Some(top) = known.get(&at) {
                break *top;
            }
            // Until it is known to lead to the path it leads nowhere, so a circle ends here.
            known.insert(at, None);
            walked.push(at);
            match self.parents.get(&at).copied().flatten() {
                Some(parent) => at = parent,
                None => break None,
            }
        };
        known.extend(walked.into_iter().map(|node| (node, top)));
        top
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(links: &[(u64, u64)]) -> Branches {
        let mut branches = Branches::default();
        for (node, parent) in links {
            branches.link(*node, (*parent > 0).then_some(*parent), *node * 10);
        }
        branches
    }

    /// Keys that are left, where the records with these numbers are prompts.
    fn left(branches: &Branches, prompts: &[u64]) -> Vec<u64> {
        let left = branches.left(|key| prompts.contains(&(key / 10)));
        let mut left: Vec<u64> = left.into_iter().collect();
        left.sort_unstable();
        left
    }

    const NONE: [u64; 0] = [];

    #[test]
    fn a_rewound_branch_is_left() {
        // 2 and 3 were taken back, 4 was asked instead.
        let mut branches = tree(&[(1, 0), (2, 1), (3, 2), (4, 1), (5, 4)]);
        assert_eq!(left(&branches, &[1, 2, 4]), [20, 30]);
        branches.leaf(3);
        let now = left(&branches, &[1, 2, 4]);
        assert_eq!(now, [40, 50], "the log says where it stands");
        branches.leaf(99);
        let now = left(&branches, &[1, 2, 4]);
        assert_eq!(now, [40, 50], "an unknown leaf says nothing");
    }

    #[test]
    fn calls_made_at_once_and_dangling_commands_are_not_left() {
        let branches = tree(&[(1, 0), (2, 1), (3, 1), (4, 3)]);
        assert_eq!(left(&branches, &[1]), NONE, "no prompt was replaced");
        assert_eq!(left(&branches, &[1, 2]), NONE, "and none replaced it");
    }

    #[test]
    fn what_follows_an_old_leaf_is_not_left() {
        let mut branches = tree(&[(1, 0), (2, 1), (3, 2)]);
        branches.leaf(2);
        assert_eq!(left(&branches, &[1, 2, 3]), NONE);
    }

    #[test]
    fn other_trees_and_circles_are_not_left() {
        let branches = tree(&[(1, 0), (7, 8), (8, 7), (2, 1), (9, 100), (3, 2)]);
        assert_eq!(left(&branches, &[1, 2, 3, 7, 8, 9]), NONE);
    }

    #[test]
    fn a_response_with_a_block_on_the_path_stays() {
        let mut branches = tree(&[(1, 0), (2, 1), (3, 1)]);
        branches.link(4, Some(3), 20);
        assert_eq!(left(&branches, &[1, 2, 3]), NONE);
    }
}
