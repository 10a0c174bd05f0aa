//! What is asked of a conversation as a whole.

use super::*;
use crate::model::{Gist, Holding, Holds};

/// What stands behind `has:`, and how a whole conversation is held against it.
#[test]
fn what_a_conversation_holds() {
    let mut gist = Gist {
        files: 12,
        active: Some(90_000),
        holds: Holds::default(),
    };
    gist.holds.add(Holding::Image);
    gist.holds.add(Holding::Error);
    let fits = |text: &str, gist: &Gist| {
        let query = Query::parse(text, &context());
        assert!(
            query.problems().is_empty(),
            "{text}: {:?}",
            query.problems()
        );
        let mut all = Vec::new();
        query.each_sought(&mut |sought, _| {
            let Sought::Field(test) = sought else {
                panic!("{text}")
            };
            all.push(test.asks_gist() && test.fits(gist));
        });
        all == [true]
    };
    for text in [
        "has:image",
        "has:thinking,Image",
        "has:!thinking",
        "has:error,!todo",
        "files:12",
        "files:>11",
        "files:10..20",
        "active:>1m",
        "active:<2m",
        "active:90s",
    ] {
        assert!(fits(text, &gist), "{text}");
    }
    for text in [
        "has:thinking",
        "has:!image",
        "has:image,!error",
        "files:<12",
        "active:?",
    ] {
        assert!(!fits(text, &gist), "{text}");
    }
    gist.active = None;
    assert!(fits("active:?", &gist) && !fits("active:>0s", &gist));
    let problem = |text: &str| {
        let query = Query::parse(text, &context());
        query.problems().first().map(|p| (p.kind, p.reason.clone()))
    };
    assert_eq!(problem("has:im").unwrap().0, ProblemKind::Incomplete);
    assert_eq!(
        problem("has:note").unwrap(),
        (
            ProblemKind::Wrong,
            "`has:note` is asked by -note:none".to_owned()
        )
    );
    assert!(problem("has:x").unwrap().1.ends_with("todo, compaction"));
}
