//! Families as trees.

use super::*;

/// G12: sub-agents, forks and copies under their root, each with what it and all below it cost.
#[test]
fn a_family_is_one_tree() {
    let mut index = Index::default();
    let one = |id: &str, parent: Option<&str>, kind, start: i64| {
        let mut session = session(id, unit(&format!("/{id}"), 0));
        session.parent = parent.map(Into::into);
        session.kind = kind;
        session.started = Some(time(start));
        let mut spend = spend(start.unsigned_abs(), start, 1, Mark::Own, None);
        spend.logged = crate::model::Usd::from_dollars(start as f64);
        told(session, vec![spend])
    };
    index.apply(delta(vec![
        one("a", None, Kind::Main, 1),
        one("late", Some("a"), Kind::SubAgent, 8),
        one("fork", Some("a"), Kind::Fork, 4),
        one("deep", Some("fork"), Kind::SubAgent, 16),
        one("other", None, Kind::Main, 32),
        one("x", Some("y"), Kind::SubAgent, 64),
        one("y", Some("x"), Kind::SubAgent, 128),
    ]));
    let family = |id: &str| -> Vec<(usize, String, f64)> {
        let family = index.lineage(&SessionId::new(SOURCE, id)).into_iter();
        let told = family.map(|one| {
            let cost = one.cost.known().unwrap().dollars();
            (one.depth, one.row.id().native.to_string(), cost)
        });
        told.collect()
    };
    let all = [
        (0, "a".to_owned(), 29.0),
        (1, "fork".to_owned(), 20.0),
        (2, "deep".to_owned(), 16.0),
        (1, "late".to_owned(), 8.0),
    ];
    for id in ["a", "fork", "deep", "late"] {
        assert_eq!(family(id), all, "{id}");
    }
    assert_eq!(family("other"), [(0, "other".to_owned(), 32.0)]);
    assert_eq!(family("x").len(), 2, "a loop of parents ends");
    assert!(family("nobody").is_empty());
}
