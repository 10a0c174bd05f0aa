//! Which messages stand on branches that were left: a log that keeps a tree names each record's parent.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

/// The tree of one log, as far as it was heard.
#[derive(Default)]
pub struct Branches {
    parents: HashMap<u64, Option<u64>>,
    /// Records that are messages, with the messages' keys.
    messages: Vec<(u64, u64)>,
    /// The record that holds a message, by the message's key, and the other way round.
    nodes: HashMap<u64, u64>,
    keys: HashMap<u64, u64>,
    /// Where the conversation stands: the record named last as the leaf, or the last record, whichever came later.
    tip: Option<u64>,
    is_exact: bool,
}

impl Branches {
    pub fn link(&mut self, node: u64, parent: Option<u64>, key: u64) {
        // A record said again keeps its first place: edited logs repeat ids.
        self.parents.entry(node).or_insert(parent);
        self.messages.push((node, key));
        self.nodes.entry(key).or_insert(node);
        self.keys.entry(node).or_insert(key);
        self.tip = Some(node);
    }

    /// From now on everything beside the path was left.
    pub fn exact(&mut self) {
        self.is_exact = true;
    }

    pub fn is_exact(&self) -> bool {
        self.is_exact
    }

    /// Keys of the records above the one that holds a message, the nearest first. In a circle it goes round: take some.
    pub fn above(&self, key: u64) -> impl Iterator<Item = u64> {
        let mut node = self.nodes.get(&key).copied();
        std::iter::from_fn(move || {
            node = self.parents.get(&node?).copied().flatten();
            self.keys.get(&node?).copied()
        })
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
        if self.is_exact {
            return self.beside_path();
        }
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

    /// Keys of all messages that do not stand between the tip and its root. A parent that nobody heard of is a record that
    /// was lost: what stood before in the log goes on for it, as nothing says that it was left.
    fn beside_path(&self) -> HashSet<u64> {
        let mut before: HashMap<u64, u64> = HashMap::new();
        for pair in self.messages.windows(2) {
            if let [(last, _), (node, _)] = pair {
                before.entry(*node).or_insert(*last);
            }
        }
        let mut path = HashSet::new();
        let mut node = self.tip;
        while let Some(at) = node.filter(|at| path.insert(*at)) {
            node = match self.parents.get(&at).copied().flatten() {
                Some(parent) if parent != at && self.parents.contains_key(&parent) => Some(parent),
                Some(_) => before.get(&at).copied(),
                None => None,
            };
        }
        let on_path = |(node, _): &&(u64, u64)| path.contains(node);
        let kept: HashSet<u64> = self.messages.iter().filter(on_path).map(|m| m.1).collect();
        let all = self.messages.iter().map(|m| m.1);
        all.filter(|key| !kept.contains(key)).collect()
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
    fn of_an_exact_tree_only_the_path_stays() {
        // 2 was answered twice, and the conversation went on from the second answer.
        let mut branches = tree(&[(1, 0), (2, 1), (3, 2), (4, 2), (5, 4)]);
        branches.exact();
        assert_eq!(left(&branches, &[1]), [30]);
        branches.leaf(2);
        assert_eq!(left(&branches, &[1]), [30, 40, 50]);
        let mut roots = tree(&[(1, 0), (2, 1), (3, 0)]);
        roots.exact();
        assert_eq!(left(&roots, &[1, 3]), [10, 20], "a new root leaves the old");
        let mut broken = tree(&[(1, 0), (2, 1), (4, 3), (5, 4)]);
        broken.exact();
        assert_eq!(left(&broken, &[1]), NONE, "3 was lost, not left");
        let mut circle = tree(&[(1, 1), (2, 3), (3, 2)]);
        circle.exact();
        assert_eq!(left(&circle, &[1]), [10]);
    }

    #[test]
    fn what_stands_above_a_message() {
        let branches = tree(&[(1, 0), (2, 1), (3, 2), (4, 1), (5, 4), (7, 8), (8, 7)]);
        let above = |key| branches.above(key).take(3).collect::<Vec<_>>();
        assert_eq!(above(50), [40, 10]);
        assert_eq!(above(30), [20, 10]);
        assert_eq!(above(70), [80, 70, 80]);
        assert_eq!(above(99), NONE);
    }

    #[test]
    fn a_response_with_a_block_on_the_path_stays() {
        let mut branches = tree(&[(1, 0), (2, 1), (3, 1)]);
        branches.link(4, Some(3), 20);
        assert_eq!(left(&branches, &[1, 2, 3]), NONE);
    }
}
