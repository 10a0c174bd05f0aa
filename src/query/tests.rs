//! Tables of what each form means, and that no text breaks anything.

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::model::{Flags, ModelId, Session, SessionId, Stage, Sums, Title, TitleRank, Unit, Usage, Usd, Cost};
use crate::text::Clean;

fn context() -> Context {
    let names = |id, names: &[&'static str]| SourceNames { id: SourceId(id), names: names.to_vec() };
    Context {
        // A Friday.
        now: "2026-11-20T12:00:00Z".parse().unwrap(),
        zone: TimeZone::UTC,
        home: "/home/a".into(),
        sources: vec![names("one", &["one", "O1"]), names("two", &["two", "O2"])],
    }
}

fn row() -> Row {
    let path: Arc<Path> = Path::new("/log").into();
    let unit = Unit { source: SourceId("one"), root: path.clone(), path, rank: 0, form: 0 };
    let session = Session {
        id: SessionId::new(SourceId("one"), "abcd-1234"),
        parent: None,
        kind: Kind::Main,
        call: None,
        title: Some(Title { rank: TitleRank::User, text: Clean::from("Refactor auth middleware") }),
        dir: Some(Path::new("/home/a/code/api").into()),
        branch: Some(Clean::from("main")),
        started: "2026-11-01T10:00:00Z".parse().ok(),
        updated: "2026-11-19T10:00:00Z".parse().ok(),
        prompts: 10,
        replies: 90,
        tools: 0,
        errors: 0,
        unit: Arc::new(unit),
        size: Some(10),
        odd: 0,
        stage: Stage::Whole,
        flags: Flags::default(),
        model: Some(ModelId::new(Some("anthropic"), "opus-4-5")),
        version: None,
    };
    let mut sums = Sums { responses: 1, ..Sums::default() };
    sums.usage = Usage { input: 2_500_000, ..Usage::default() };
    sums.cost.add(Cost::reported(Usd::from_nanos(1_500_000_000)));
    Row { root: session.id.clone(), session: Arc::new(session), own: sums.clone(), all: sums, children: 0 }
}

fn fits(text: &str) -> bool {
    Query::parse(text, &context()).matches(&row())
}

#[test]
fn fields() {
    for yes in [
        "", "source:one", "source:O1", "s:two,one", "-source:two", "source:one,!two", "project:api", "p:AP", "project:=api", "project:=/home/a/code/api",
        "dir:~/code/*", "dir:code", "branch:main", "model:opus", "provider:anthropic,openai", "cost:>1", "cost:0.5..2", "cost:<=1.5",
        "tokens:>2M", "tokens:2.5M", "tokens:1k..3M", "messages:>=100", "msgs:100", "cost:>", "is:", "-is:fork",
        "date:<2d", "date:yesterday", "date:2026-11", "date:2026", "date:20261119", "date:>=2026-11-19", "date:..2026-11-19", "date:2026-11-19..2026-11-20",
        "created:>2w", "created:2026-11-01", "date:thursday", "date:this-week", "date:\"3 days ago\"", "created:last-month OR date:this-month",
    ] {
        assert!(fits(yes), "{yes}");
    }
    for no in [
        "source:two", "-source:one", "project:web", "project:=ap", "dir:~/work/*", "branch:dev", "cost:>2", "cost:?", "tokens:<1M", "messages:<100",
        "is:fork", "is:empty", "date:today", "date:<1d", "date:>2d", "date:2026-10", "date:<2026-11-19", "created:<2w", "date:monday",
    ] {
        assert!(!fits(no), "{no}");
    }
}

#[test]
fn words() {
    for yes in ["refactor", "refact auth", "\"auth middle\"", "=auth", "midleware", "REFACTOR", "api", "abcd-12", "auth OR nothing", "(auth)", "NOT nothing", "-nothing"] {
        assert_eq!(fits(yes), yes != "REFACTOR", "{yes}");
    }
    for no in ["zebra", "=aut", "\"middle auth\"", "auth zebra", "-auth", "NOT (auth OR zebra)"] {
        assert!(!fits(no), "{no}");
    }
}

#[test]
fn not_binds_closer_than_and_and_than_or() {
    assert!(fits("zebra OR auth refactor"));
    assert!(!fits("zebra OR auth -refactor"));
    assert!(!fits("(zebra OR auth) zebra"));
}

#[test]
fn what_is_wrong_is_said_and_left_out() {
    let problems = |text: &str| Query::parse(text, &context()).problems().to_vec();
    assert_eq!(problems("cost:abc")[0].kind, ProblemKind::Wrong);
    assert!(fits("cost:abc"));
    let unknown = problems("costs:>1");
    assert_eq!(unknown[0].kind, ProblemKind::Unknown);
    assert!(unknown[0].reason.contains("did you mean `cost`"));
    assert_eq!(problems("cost:>")[0].kind, ProblemKind::Incomplete);
    assert_eq!(problems(&"x".repeat(300))[0].kind, ProblemKind::Cut);
    assert!(problems("cost:>1 refactor").is_empty());
}

#[test]
fn hidden_kinds_are_asked_for_by_name() {
    let asks = |text: &str| Query::parse(text, &context()).asks_for_hidden();
    assert!(asks("is:sub,copy").sub && asks("is:sub,copy").copy && !asks("is:sub").fork);
    assert!(!asks("-is:sub").sub);
}

proptest! {
    #[test]
    fn any_text_is_a_query(text in any::<String>()) {
        let query = Query::parse(&text, &context());
        let _ = (query.matches(&row()), query.to_string(), query.clauses());
    }

    #[test]
    fn printing_and_parsing_again_asks_the_same(text in "([a-z]{1,6}|\"[a-z ]{1,8}\"|cost:>1|date:<2d|-p:x|is:fork|OR|NOT|\\(|\\)| ){0,12}") {
        let query = Query::parse(&text, &context());
        let again = Query::parse(&query.to_string(), &context());
        prop_assert_eq!(again, query);
    }

    #[test]
    fn a_word_and_its_negation_never_both_match(word in "[a-z]{1,8}") {
        prop_assert_ne!(fits(&word), fits(&format!("NOT {word}")));
    }
}
