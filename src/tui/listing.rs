//! Which rows the list shows: one rule for the list itself, and for every number of what it would show.

use std::collections::HashMap;
use std::sync::Arc;

use super::app::App;
use crate::model::{Row, SessionId};
use crate::query::{Hidden, Query};

/// How a query and the choice of kinds tell what is shown.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    listed: Hidden,
    /// Anything is asked at all.
    asks: bool,
}

impl Rule {
    pub fn of(query: &Query, all_kinds: bool) -> Rule {
        let asked = query.asks_for_hidden();
        Rule {
            listed: if all_kinds { Hidden::ALL } else { asked },
            asks: !query.is_empty(),
        }
    }

    /// What a root is that is left out though the query finds it.
    pub fn class(&self, root: &Row) -> Option<&'static str> {
        self.listed.class(root)
    }

    /// Whether a row stands under its root: what is unfolded does, and else what the query finds where it does not find the
    /// root (`fits`).
    pub fn child(&self, open: bool, fits: bool, wanted: impl FnOnce() -> bool) -> bool {
        open || self.asks && !fits && wanted()
    }
}

/// A root and what belongs to it.
#[derive(Clone, PartialEq, Debug)]
pub struct Family {
    root: Arc<Row>,
    children: Vec<Arc<Row>>,
    /// What is under it is unfolded.
    open: bool,
}

impl Family {
    /// So many of its rows are shown.
    pub fn shown(&self, rule: Rule, wants: impl Fn(&Row) -> bool) -> usize {
        let fits = wants(&self.root);
        let root = fits && rule.class(&self.root).is_none();
        let child = |row: &&Arc<Row>| rule.child(root && self.open, fits, || wants(row));
        usize::from(root) + self.children.iter().filter(child).count()
    }
}

/// All rows there are, by their roots.
pub fn families(app: &App) -> Vec<Family> {
    let mut children: HashMap<&SessionId, Vec<Arc<Row>>> = HashMap::new();
    for row in app.index.rows().filter(|row| row.root != *row.id()) {
        children.entry(&row.root).or_default().push(row.clone());
    }
    let roots = app.index.rows().filter(|row| row.root == *row.id());
    let family = |root: &Arc<Row>| Family {
        root: root.clone(),
        children: match root.children {
            0 => Vec::new(),
            _ => children.remove(root.id()).unwrap_or_default(),
        },
        open: app.list.is_open(root.id(), app.prefs.all_kinds),
    };
    roots.map(family).collect()
}

/// So many rows the list would show for a query, of which it is told what it wants.
pub fn shown(
    families: &[Family],
    query: &Query,
    all_kinds: bool,
    wants: impl Fn(&Row) -> bool,
) -> usize {
    let rule = Rule::of(query, all_kinds);
    let each = families.iter().map(|family| family.shown(rule, &wants));
    let each = each.filter(|n| *n > 0);
    each.take(query.arrangement().limit.unwrap_or(usize::MAX))
        .sum()
}

/// The same for a query that asks nothing of conversations; absent for one that does, which only a search can tell.
pub fn shown_now(app: &App, families: &[Family], query: &Query) -> Option<usize> {
    let wants = |row: &Row| query.matches(row);
    let is_known = !query.asks_of_said();
    is_known.then(|| shown(families, query, app.prefs.all_kinds, wants))
}

/// So many rows the list would show for each value of a field beside `rest`, which says nothing of that field. `told` is
/// what a row has of it. Absent where only a search can tell.
pub fn shown_by(
    app: &App,
    rest: &Query,
    told: impl Fn(&Row) -> Vec<String>,
) -> Option<HashMap<String, usize>> {
    let is_answered = *rest == app.search.query && app.search.left == 0;
    if rest.asks_of_said() && !is_answered {
        return None;
    }
    let wants = |row: &Row| match rest.asks_of_said() {
        true => app.wants(row),
        false => rest.matches(row),
    };
    let rule = Rule::of(rest, app.prefs.all_kinds);
    let mut counts: HashMap<String, usize> = HashMap::new();
    for family in families(app) {
        let (root, fits) = (told(&family.root), wants(&family.root));
        let has_root = fits && rule.class(&family.root).is_none();
        let unfolded = if has_root && family.open {
            family.children.len()
        } else {
            0
        };
        for value in root.iter().filter(|_| has_root) {
            *counts.entry(value.clone()).or_default() += 1 + unfolded;
        }
        for child in family.children.iter().filter(|child| wants(child)) {
            // Where the root has the value too, it stands for what is folded under it.
            let alone = told(child).into_iter();
            for value in alone.filter(|value| !fits || !root.contains(value)) {
                *counts.entry(value).or_default() += 1;
            }
        }
    }
    Some(counts)
}
