//! Deltas in any order lead to the same rows; what was told twice counts once.

use std::path::Path;

use jiff::Timestamp;
mod lineage;
mod marks;
mod money;

use proptest::prelude::*;

use super::*;
use crate::ingest::Retired;
use crate::model::{
    Flags, Mark, Rate, Same, SourceId, Spend, Stage, State, Title, TitleRank, Unit, Usage,
};
use crate::sources::Facts;
use crate::text::Clean;

const SOURCE: SourceId = SourceId("test");

fn time(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

fn unit(path: &str, rank: u8) -> Arc<Unit> {
    let path: Arc<Path> = Path::new(path).into();
    Arc::new(Unit {
        source: SOURCE,
        root: Path::new("/").into(),
        path,
        rank,
        form: 0,
    })
}

fn session(id: &str, unit: Arc<Unit>) -> Session {
    Session {
        id: SessionId::new(SOURCE, id),
        parent: None,
        kind: Kind::Main,
        call: None,
        title: None,
        dir: None,
        branch: None,
        repository: None,
        share: None,
        started: None,
        updated: Some(time(100)),
        prompts: 1,
        turns: Arc::from([]),
        replies: 1,
        tools: 0,
        errors: 0,
        unit,
        changed: None,
        size: None,
        odd: 0,
        state: 0,
        stage: Stage::Whole,
        flags: Flags::default(),
        model: None,
        version: None,
    }
}

fn spend(reply: u64, at: i64, output: u64, mark: Mark, variant: Option<u64>) -> Spend {
    Spend {
        key: reply * 1000 + at.unsigned_abs(),
        at: Some(time(at)),
        model: None,
        rate: Rate::Standard,
        usage: Usage {
            output,
            ..Usage::default()
        },
        logged: None,
        same: Some(Same {
            reply,
            variant,
            mark,
        }),
    }
}

fn told(session: Session, spends: Vec<Spend>) -> Told {
    Told {
        session: Arc::new(session),
        spends: spends.into_iter().collect(),
        leaves: Arc::from([]),
    }
}

fn delta(told: Vec<Told>) -> Delta {
    Delta {
        told,
        ..Delta::default()
    }
}

fn output(index: &Index, id: &str) -> (u64, u64) {
    let row = index.row(&SessionId::new(SOURCE, id)).unwrap();
    (row.own.usage.output, row.all.usage.output)
}

fn kind(index: &Index, id: &str) -> (Kind, Option<String>) {
    let row = index.row(&SessionId::new(SOURCE, id)).unwrap();
    (
        row.session.kind,
        row.session.parent.as_deref().map(str::to_owned),
    )
}

#[test]
fn a_response_in_two_sessions_belongs_to_the_first() {
    let mut index = Index::default();
    let first = told(
        session("a", unit("/a", 0)),
        vec![spend(1, 1, 10, Mark::Own, None)],
    );
    let copy = vec![
        spend(1, 5, 12, Mark::Own, None),
        spend(2, 6, 3, Mark::Own, None),
    ];
    index.apply(delta(vec![told(session("b", unit("/b", 0)), copy), first]));
    assert_eq!(output(&index, "a"), (12, 12), "the largest line counts");
    assert_eq!(output(&index, "b"), (3, 3));
    assert_eq!(kind(&index, "b"), (Kind::Fork, Some("a".into())));
}

#[test]
fn two_variants_are_two_responses_and_a_line_without_joins_the_first() {
    let mut index = Index::default();
    let lines = vec![
        spend(1, 1, 10, Mark::Own, Some(7)),
        spend(1, 2, 20, Mark::Own, Some(8)),
        spend(1, 3, 30, Mark::Own, None),
    ];
    index.apply(delta(vec![told(session("a", unit("/a", 0)), lines)]));
    assert_eq!(output(&index, "a").0, 50);
}

#[test]
fn side_lines_count_only_alone() {
    let mut index = Index::default();
    let lines = vec![
        spend(1, 1, 10, Mark::Own, None),
        spend(1, 2, 99, Mark::Side, None),
    ];
    index.apply(delta(vec![told(session("a", unit("/a", 0)), lines)]));
    assert_eq!(output(&index, "a").0, 10);
    let alone = vec![spend(1, 2, 99, Mark::Side, None)];
    index.apply(delta(vec![told(session("a", unit("/a", 0)), alone)]));
    assert_eq!(output(&index, "a").0, 99);
}

#[test]
fn sub_agents_roll_up_and_forks_do_not() {
    let mut index = Index::default();
    let child = |id: &str, parent: &str, kind| {
        let mut session = session(id, unit(&format!("/{id}"), 0));
        session.parent = Some(parent.into());
        session.kind = kind;
        session
    };
    index.apply(delta(vec![
        told(
            session("a", unit("/a", 0)),
            vec![spend(1, 1, 1, Mark::Own, None)],
        ),
        told(
            child("b", "a", Kind::SubAgent),
            vec![spend(2, 1, 10, Mark::Own, None)],
        ),
        told(
            child("c", "b", Kind::SubAgent),
            vec![spend(3, 1, 100, Mark::Own, None)],
        ),
        told(
            child("d", "a", Kind::Fork),
            vec![spend(4, 1, 1000, Mark::Own, None)],
        ),
        told(
            child("x", "y", Kind::SubAgent),
            vec![spend(5, 1, 7, Mark::Own, None)],
        ),
        told(
            child("y", "x", Kind::SubAgent),
            vec![spend(6, 1, 8, Mark::Own, None)],
        ),
    ]));
    assert_eq!(output(&index, "a"), (1, 111));
    assert_eq!(output(&index, "b"), (10, 110));
    assert_eq!(output(&index, "x"), (7, 15), "a loop of parents ends");
    let all = index.sums(index.rows().collect::<Vec<_>>());
    assert_eq!(all.usage.output, 1126, "each response once");
    index.apply(Delta {
        retired: vec![Retired::Unit(unit("/b", 0))],
        ..Delta::default()
    });
    assert_eq!(output(&index, "a"), (1, 1), "the chain is broken");
}

#[test]
fn an_older_file_that_a_resume_repeated_is_a_copy() {
    let mut index = Index::default();
    let old = |id: &str, n: u32| {
        let mut session = session(id, unit(&format!("/{id}"), 0));
        session.flags.resumes_copy = true;
        session.replies = n;
        session
    };
    let lines = |n: u64, from: i64| {
        (1..=n)
            .map(|r| spend(r, from + r as i64, 1, Mark::Own, None))
            .collect::<Vec<_>>()
    };
    index.apply(delta(vec![
        told(old("a", 2), lines(2, 0)),
        told(old("b", 3), lines(3, 10)),
        told(old("c", 5), lines(5, 20)),
    ]));
    assert_eq!(kind(&index, "a"), (Kind::Copy, Some("c".into())));
    assert_eq!(kind(&index, "b"), (Kind::Copy, Some("c".into())));
    assert_eq!(kind(&index, "c"), (Kind::Main, None));
    assert_eq!(
        output(&index, "c"),
        (2, 5),
        "the copies' responses count where the list shows them"
    );
}

#[test]
fn rank_decides_who_tells_and_equals_are_numbered() {
    let mut index = Index::default();
    index.apply(delta(vec![
        told(
            session("a", unit("/db", 2)),
            vec![spend(1, 1, 5, Mark::Own, None)],
        ),
        told(
            session("a", unit("/json", 1)),
            vec![spend(1, 1, 9, Mark::Own, None)],
        ),
    ]));
    assert_eq!(index.rows().len(), 1);
    assert_eq!(output(&index, "a").0, 5);
    index.apply(delta(vec![told(session("a", unit("/db2", 2)), vec![])]));
    assert!(index.row(&SessionId::new(SOURCE, "a#2")).is_some());
    let gone = index.apply(Delta {
        retired: vec![Retired::Unit(unit("/db", 2))],
        ..Delta::default()
    });
    assert_eq!(gone.gone, [SessionId::new(SOURCE, "a#2")]);
    index.apply(Delta {
        retired: vec![Retired::Unit(unit("/db2", 2))],
        ..Delta::default()
    });
    assert_eq!(
        output(&index, "a").0,
        9,
        "the left-over is told when the database is gone"
    );
}

#[test]
fn other_units_name_sessions_by_id_and_by_leaf() {
    let mut index = Index::default();
    let mut named = told(session("a", unit("/a", 0)), vec![]);
    named.leaves = Arc::from([42]);
    index.apply(delta(vec![named]));
    let fact = |rank, text: &str| Facts {
        title: Some((rank, text.into())),
        ..Facts::default()
    };
    let say = |facts| Delta {
        about: vec![AboutTold {
            unit: unit("/index", 0),
            facts,
        }],
        ..Delta::default()
    };
    use TitleRank::{Summary, User};
    let title = |index: &Index| {
        let row = index.row(&SessionId::new(SOURCE, "a")).unwrap();
        row.session
            .title
            .as_ref()
            .map(|t| t.text.as_str().to_owned())
    };
    index.apply(say(vec![(Subject::Leaf(42), fact(Summary, "sum"))]));
    assert_eq!(title(&index).as_deref(), Some("sum"));
    index.apply(say(vec![(
        Subject::Session("a".into()),
        fact(User, "mine"),
    )]));
    assert_eq!(title(&index).as_deref(), Some("mine"));
    index.apply(say(vec![]));
    assert_eq!(title(&index), None, "words taken back are forgotten");
}

prop_compose! {
    fn a_session()(id in 0u8..6, rank in 0u8..2, parent in proptest::option::of(0u8..6), copies: bool,
                   lines in proptest::collection::vec((1u64..8, 0i64..5, 1u64..4, 0u8..3, proptest::option::of(0u64..2)), 0..5)) -> Told {
        let mut session = session(&format!("s{id}"), unit(&format!("/u{id}-{rank}"), rank));
        session.parent = parent.map(|p| format!("s{p}").into());
        session.flags.resumes_copy = copies;
        let spends = lines.into_iter().enumerate().map(|(i, (reply, at, out, mark, variant))| {
            let mark = [Mark::Own, Mark::Copied, Mark::Side][mark as usize];
            Spend { key: i as u64, ..spend(reply, at, out, mark, variant) }
        });
        told(session, spends.collect())
    }
}

prop_compose! {
    /// Rows that differ in what lists are sorted by, and often agree.
    fn some_rows()(rows in proptest::collection::vec(
        (proptest::option::of("[abAB日 ]{0,3}(and a long text behind it)?[abß]?"), proptest::option::of("[abAB]{1,2}(-a-long-name-of-a-project)?"), 0i64..3), 0..12,
    )) -> Vec<Arc<Row>> {
        let mut index = Index::default();
        let one = |(n, (title, dir, updated)): (usize, (Option<String>, Option<String>, i64))| {
            let mut session = session(&format!("s{n}"), unit(&format!("/u{n}"), 0));
            session.title = title.map(|t| Title { rank: TitleRank::User, text: Clean::of(&t) });
            session.dir = dir.map(|d| Path::new(&format!("/home/x/{d}")).into());
            session.updated = Some(time(updated));
            told(session, vec![])
        };
        index.apply(delta(rows.into_iter().enumerate().map(one).collect()));
        index.rows().cloned().collect()
    }
}

proptest! {
    #[test]
    fn sorting_is_comparing(rows in some_rows(), up: bool) {
        for sort in SORTS {
            let direction = if up { Direction::Up } else { Direction::Down };
            let order = Order { key: sort.key, direction };
            let (mut sorted, mut compared) = (rows.clone(), rows.clone());
            order.sort(&mut sorted, |row| row);
            compared.sort_by(|a, b| order.compare(a, b));
            prop_assert_eq!(sorted, compared);
        }
    }
}

proptest! {
    #[test]
    fn deltas_in_any_order_equal_a_rebuild(told in proptest::collection::vec(a_session(), 1..14), chunk in 1usize..5) {
        let rows = |index: &Index| index.rows().map(|r| (**r).clone()).collect::<Vec<_>>();
        // The last word of each unit is what a fresh start reads.
        let mut last: BTreeMap<Arc<Path>, Told> = BTreeMap::new();
        for t in &told {
            last.insert(t.session.unit.path.clone(), t.clone());
        }
        let mut fresh = Index::default();
        fresh.apply(delta(last.values().cloned().collect()));
        let mut live = Index::default();
        for part in told.chunks(chunk) {
            live.apply(delta(part.to_vec()));
        }
        prop_assert_eq!(rows(&live), rows(&fresh));
        let mut backwards = Index::default();
        for t in last.into_values().rev() {
            backwards.apply(delta(vec![t]));
        }
        prop_assert_eq!(rows(&backwards), rows(&fresh));
    }
}

/// S2-45, G16: what is known beside the logs changes rows, and survives their being told anew.
#[test]
fn the_world_around_the_logs_changes_rows() {
    let mut index = Index::default();
    let dir: Arc<Path> = Path::new("/w").into();
    let made = |own: Option<&'static str>| {
        let mut session = session("a", unit("/a", 0));
        session.dir = Some(dir.clone());
        session.share = own.map(Into::into);
        told(session, Vec::new())
    };
    index.apply(delta(vec![made(Some("https://own"))]));
    let id = SessionId::new(SOURCE, "a");
    let seen = |index: &Index| {
        let row = index.row(&id).unwrap();
        (row.is_gone, row.share.as_ref().map(|link| link.to_string()))
    };
    assert_eq!(seen(&index), (false, Some("https://own".to_owned())));
    let gone = || [dir.clone()].into_iter().collect();
    let changed = index.apply(Delta {
        gone: Some(gone()),
        ..Delta::default()
    });
    assert_eq!(changed.rows, std::slice::from_ref(&id));
    let ours = [(id.clone(), "https://ours".into())].into_iter();
    assert_eq!(
        index.set_shared(ours.clone().collect()).rows,
        std::slice::from_ref(&id)
    );
    assert_eq!(index.set_shared(ours.collect()), Changed::default());
    assert_eq!(index.set_gone(gone()), Changed::default());
    // A state stays on a row that is told anew, and goes when it is not said any more.
    let states = || [(id.clone(), State::Working)].into_iter().collect();
    assert_eq!(index.set_states(states()).rows, std::slice::from_ref(&id));
    assert_eq!(index.set_states(states()), Changed::default());
    index.apply(delta(vec![made(None)]));
    assert_eq!(seen(&index), (true, Some("https://ours".to_owned())));
    assert_eq!(index.row(&id).unwrap().state, Some(State::Working));
    assert_eq!(index.states(), BTreeMap::from([(State::Working, 1)]));
    index.set_states(BTreeMap::new());
    assert_eq!(index.row(&id).unwrap().state, None);
    index.set_shared(BTreeMap::new());
    index.set_gone(Default::default());
    assert_eq!(seen(&index), (false, None));
}

/// A fork that was written in one go holds what was said elsewhere: how long that took is none of its own.
#[test]
fn a_fork_without_words_of_its_own_took_no_time() {
    let took = |kind, started, updated| {
        let mut one = session("a", unit("a", 0));
        (one.kind, one.started, one.updated) = (kind, started, updated);
        one.duration().map(|took| took.as_secs())
    };
    let (from, to) = (Some(time(100)), Some(time(160)));
    assert_eq!(took(Kind::Fork, from, to), Some(60));
    assert_eq!(took(Kind::Fork, from, from), None);
    assert_eq!(took(Kind::Main, from, from), Some(0));
    assert_eq!(took(Kind::Main, None, to), None);
    assert_eq!(took(Kind::Main, to, from), Some(0));
}
