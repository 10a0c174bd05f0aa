//! Tables of what each form means, and that no text breaks anything.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::model::{
    Cost, Flags, Kind, ModelId, Session, SessionId, Stage, State, Sums, Title, TitleRank, Unit,
    Usage, Usd,
};
use crate::text::Clean;

mod days;
mod gist;
mod language;
mod marks;
mod properties;
mod shapes;

/// A Friday noon in Berlin.
pub fn context() -> Context {
    let names = |id, names: &[&'static str]| SourceNames {
        id: SourceId(id),
        names: names.to_vec(),
    };
    Context {
        now: at("2026-11-20T11:00:00Z"),
        zone: TimeZone::get("Europe/Berlin").unwrap(),
        home: "/home/Me".into(),
        sources: vec![
            names("alpha", &["alpha", "al", "Alpha Agent", "AA"]),
            names("beta-cli", &["beta-cli", "beta", "Beta CLI", "BC"]),
            names("gamma", &["gamma", "Gamma", "GG"]),
        ],
    }
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn session(change: impl FnOnce(&mut Session)) -> Session {
    let unit = Unit {
        source: SourceId("alpha"),
        root: Path::new("/logs").into(),
        path: Path::new("/logs/a").into(),
        rank: 0,
        form: 0,
    };
    let mut session = Session {
        id: SessionId::new(SourceId("alpha"), "0000aaaa-1111"),
        parent: None,
        kind: Kind::Main,
        call: None,
        title: Some(Title {
            rank: TitleRank::Agent,
            text: Clean::of("Refactor auth middleware"),
        }),
        dir: Some(Path::new("/home/Me/code/api").into()),
        branch: Some(Clean::of("main")),
        repository: None,
        share: None,
        started: Some(at("2026-11-01T08:00:00Z")),
        updated: Some(at("2026-11-19T10:00:00Z")),
        prompts: 3,
        turns: Arc::from([]),
        replies: 9,
        tools: 0,
        errors: 0,
        unit: Arc::new(unit),
        changed: None,
        size: None,
        odd: 0,
        state: 0,
        stage: Stage::Whole,
        flags: Flags::default(),
        model: Some(ModelId::new(Some("acme"), "opus-4-5")),
        version: None,
    };
    change(&mut session);
    session
}

/// A row of 2,450,000 tokens for $1.50.
pub fn row(session: Session) -> Row {
    let mut all = Sums {
        responses: 9,
        usage: Usage {
            input: 2_400_000,
            output: 50_000,
            ..Usage::default()
        },
        ..Sums::default()
    };
    all.cost.add(Cost::reported(Usd::from_nanos(1_500_000_000)));
    let one = crate::model::ModelSums {
        usage: all.usage,
        ..Default::default()
    };
    all.models.add(Some(&ModelId::new(None, "haiku-4")), &one);
    Row {
        root: session.id.clone(),
        session: Arc::new(session),
        own: all.clone(),
        all,
        children: 0,
        mark: None,
        is_gone: false,
        share: None,
        expires: None,
        state: None,
    }
}

fn ask(text: &str) -> Query {
    Query::parse(text, &context())
}

fn plain() -> Row {
    row(session(|_| {}))
}

#[track_caller]
fn fits(row: &Row, yes: &[&str], no: &[&str]) {
    for text in yes.iter().chain(no) {
        let query = ask(text);
        assert_eq!(query.problems(), [], "{text}");
        assert_eq!(query.matches(row), yes.contains(text), "{text}");
    }
}

#[test]
fn sources() {
    fits(
        &plain(),
        &[
            "source:alpha",
            "s:AA",
            "agent:al",
            "source:beta,alpha",
            "source:\"alpha agent\"",
            "source:!beta",
            "SOURCE:Alp",
            "source:alpha,!beta",
        ],
        &[
            "source:beta",
            "-source:alpha",
            "source:!alpha",
            "source:alpha,!alpha",
            "source:bc,gg",
        ],
    );
}

#[test]
fn texts() {
    fits(
        &plain(),
        &[
            "project:api",
            "p:ap*",
            "p:ap",
            "project:=api",
            "project:=~/code/api",
            "project:=~/code/api/",
            "project:!web",
            "branch:main",
            "branch:ma*",
            "model:opus",
            "model:haiku",
            "model:=opus-4-5",
            "provider:acme",
            "provider:x,acm*",
        ],
        &[
            "project:API",
            "project:=ap",
            "project:code",
            "project:=~/code",
            "p:*pix",
            "branch:Main",
            "branch:?",
            "model:gpt",
            "model:!opus",
            "provider:?",
            "project:\"a*\"",
        ],
    );
    let bare = row(session(|s| (s.dir, s.branch) = (None, None)));
    fits(
        &bare,
        &[
            "project:?",
            "dir:?",
            "branch:?",
            "-project:api",
            "project:!api",
        ],
        &["project:a", "dir:*", "branch:m"],
    );
}

/// A project is found by what a list calls it where several have its name.
#[test]
fn projects_by_longer_names() {
    fits(
        &plain(),
        &["project:code/api", "project:ode/a", "project:me/code/api"],
        &["project:code", "project:me/api", "project:x/api"],
    );
}

#[test]
fn directories() {
    fits(
        &plain(),
        &[
            "dir:code",
            "path:~/code",
            "cwd:~",
            "dir:~/code/*",
            "dir:~/**",
            "dir:~/code/api/**",
            "dir:code/*",
            "dir:**/api",
            "dir:/home/*/code/ap?",
            "dir:=~/code/api",
            "dir:home/me",
            "dir:\"code/api\"",
            "dir:/home/**/a*i",
        ],
        &[
            "dir:~/work",
            "dir:~/*",
            "dir:=~/code",
            "dir:Code",
            "dir:pi/*",
            "dir:/code/*",
            "dir:~/code/api/*",
            "dir:\"*\"",
        ],
    );
}

#[test]
fn numbers() {
    fits(
        &plain(),
        &[
            "cost:>1",
            "cost:>$1.49",
            "cost:<=1.5",
            "cost:1.5",
            "cost:=$1.50",
            "cost:0.5..2",
            "cost:1.5..",
            "cost:..1.5",
            "cost:<1k",
            "tokens:>2M",
            "tokens:2.4m..2.5m",
            "tokens:2450000",
            "tokens:2.45M",
            "tokens:2M",
            "tokens:<1G",
            "tokens:>=2450k",
            "messages:12",
            "msgs:>=12",
            "messages:10..12",
            "messages:!5",
            "messages:1,12",
            "tokens:<1_000G",
        ],
        &[
            "cost:>1.5",
            "cost:<1.5",
            "cost:1",
            "cost:?",
            "cost:2..",
            "tokens:<2M",
            "tokens:2450001",
            "tokens:3M",
            "tokens:>2450000",
            "messages:<12",
            "msgs:13..",
            "-cost:>1",
            "messages:!12",
            "cost:1.49",
        ],
    );
}

#[test]
fn unknown_values_match_no_comparison() {
    let unknown = Row {
        all: Sums::default(),
        own: Sums::default(),
        ..row(session(|s| {
            (s.started, s.updated, s.model) = (None, None, None)
        }))
    };
    fits(
        &unknown,
        &[
            "cost:?",
            "tokens:?",
            "date:?",
            "created:?",
            "model:?",
            "provider:?",
            "-cost:>0",
        ],
        &[
            "cost:>=0",
            "cost:<1",
            "tokens:0",
            "tokens:..5",
            "date:<100y",
            "date:>1m",
            "created:..today",
            "model:o",
        ],
    );
    let found = row(session(|s| s.stage = Stage::Found));
    fits(&found, &["messages:?"], &["messages:12", "messages:>=0"]);
}

#[test]
fn flags_and_what_they_unhide() {
    let kinds = [
        (Kind::SubAgent, "is:sub"),
        (Kind::Fork, "is:fork"),
        (Kind::Copy, "is:copy"),
    ];
    for (kind, text) in kinds {
        fits(
            &row(session(|s| s.kind = kind)),
            &[text, "is:sub,fork,copy"],
            &["is:empty", "is:auto,archived"],
        );
        fits(&plain(), &["is:!sub"], &[text]);
    }
    fits(
        &row(session(|s| s.prompts = 0)),
        &["is:empty"],
        &["-is:empty"],
    );
    fits(
        &row(session(|s| s.flags.archived = true)),
        &["is:Archived"],
        &["is:auto"],
    );
    fits(
        &row(session(|s| s.flags.automated = true)),
        &["is:auto"],
        &["is:archived"],
    );
    // G16 and S2-45.
    let gone = Row {
        is_gone: true,
        ..plain()
    };
    fits(&gone, &["is:orphan"], &["-is:orphan", "is:shared"]);
    let shared = Row {
        share: Some("https://gist.github.com/x".into()),
        ..plain()
    };
    fits(&shared, &["is:shared"], &["-is:shared"]);
    for (text, asks) in [
        ("is:orphan", true),
        ("loom OR -is:sub,!orphan", true),
        ("is:shared orphan", false),
        ("is:orp", false),
    ] {
        assert_eq!(ask(text).asks_for_places(), asks, "{text}");
    }

    for (state, own) in [
        (State::Working, "is:working"),
        (State::Waiting, "is:waiting"),
        (State::Stopped, "is:stopped"),
        (State::Idle, "is:idle"),
    ] {
        let live = Row {
            state: Some(state),
            ..plain()
        };
        let all = ["is:working", "is:waiting", "is:stopped", "is:idle"];
        let others: Vec<&str> = all.into_iter().filter(|flag| *flag != own).collect();
        fits(&live, &["is:live", own], &others);
    }
    fits(&plain(), &["-is:live"], &["is:live", "is:idle"]);
    assert!(ask("a OR -is:waiting").asks_for_states());
    assert!(!ask("is:starred waiting").asks_for_states());

    let asks = |text: &str| ask(text).asks_for_hidden();
    let none = Hidden::default();
    assert_eq!(asks("is:sub"), Hidden { sub: true, ..none });
    assert_eq!(
        asks("a OR (is:fork is:copy)"),
        Hidden {
            fork: true,
            copy: true,
            ..none
        }
    );
    assert_eq!(
        asks("is:empty,archived"),
        Hidden {
            empty: true,
            archived: true,
            ..none
        }
    );
    for text in [
        "-is:sub",
        "NOT (x is:copy)",
        "is:!fork",
        "sub",
        "is:auto",
        "",
        "is:su",
    ] {
        assert_eq!(asks(text), none, "{text}");
    }
    assert_eq!(asks("NOT -is:sub"), Hidden { sub: true, ..none });
    assert_eq!(
        none.class(&row(session(|s| s.kind = Kind::Copy))),
        Some("copies")
    );
    assert_eq!(
        asks("is:copy").class(&row(session(|s| s.kind = Kind::Copy))),
        None
    );
    assert_eq!(none.class(&row(session(|s| s.kind = Kind::Fork))), None);
}
