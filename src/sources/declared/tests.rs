//! Declared logs told alike however their bytes arrive, and what patterns and ways mean.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use super::Declared;
use super::file::Declaration;
use super::globs::Glob;
use super::place::Place;
use crate::env::Env;
use crate::ingest::{self, Choice, Reading, UnitFold};
use crate::model::{Conversation, Role, Session, Spend};
use crate::sources::json::Obj;
use crate::sources::{Cursor, Source, Want, source};

const FILE: &str = r#"
id = "weaver"
files = ["~/logs/**/*.jsonl"]

[line]
session = "session"
id = "key"
role = "who"
text = "said"
time = "at"
model = "model"
title = "name"

[usage]
input = "in"
output = "out"
cost = "usd"
"#;

const LOG: &str = r#"{"session":"s1","model":"m1","at":"2026-03-02T10:00:00Z"}
{"who":"user","said":"Red or blue?","key":"k1"}
{"who":"bot","said":"Bl","key":"k2","in":5,"out":1}
{"who":"bot","said":"Blue","key":"k2","in":5,"out":2,"usd":0.5}

{"session":"s2","who":"user","said":"And the hem?","at":"2026-03-02T11:00:00Z","name":"Hems"}
no json
{"who":"bot","said":"Grün \ud83d","out":7}
{"who":"loom","said":"clack"}
{"session":3,"who":"system","said":"Stop."}"#;

struct World {
    dir: tempfile::TempDir,
    env: Env,
    declared: &'static Declared,
}

impl World {
    fn new(file: &str, log: &str) -> World {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("logs/2026/03")).unwrap();
        std::fs::write(dir.path().join("weaver.toml"), file).unwrap();
        let env = Env::bare(dir.path(), "2026-03-31T00:00:00Z".parse().unwrap());
        let declared = Declared::load(&env, Path::new("weaver.toml"), &[]).unwrap();
        let world = World { dir, env, declared };
        world.write(log.as_bytes());
        world
    }

    fn write(&self, log: &[u8]) {
        std::fs::write(self.dir.path().join("logs/2026/03/monday.jsonl"), log).unwrap();
    }

    fn choice(&self) -> Choice {
        Choice {
            only: Vec::new(),
            declared: vec![self.declared],
            ..Choice::default()
        }
    }

    fn told(&self) -> Vec<(Arc<Session>, Vec<Spend>)> {
        let mut told = ingest::load(&self.env, &self.choice()).told;
        told.sort_by(|a, b| a.session.id.cmp(&b.session.id));
        told.into_iter()
            .map(|t| (t.session, t.spends.iter().collect::<Vec<_>>()))
            .collect()
    }
}

fn talk(world: &World, session: &Session) -> Conversation {
    let mut reading = Reading::new(session);
    reading.read(&world.env).unwrap();
    reading.conversation()
}

#[test]
fn lines_belong_to_the_session_named_last() {
    let world = World::new(FILE, LOG);
    let told = world.told();
    let ids: Vec<&str> = told.iter().map(|(s, _)| &*s.id.native).collect();
    assert_eq!(ids, ["3", "s1", "s2"]);
    let (first, spends) = &told[1];
    assert_eq!((first.prompts, first.replies, first.odd), (1, 1, 0));
    let title = |s: &Session| s.title.as_ref().unwrap().text.to_string();
    assert_eq!(title(first), "Red or blue?");
    let [spend] = &spends[..] else {
        panic!("{spends:?}")
    };
    assert_eq!(
        (spend.usage.input, spend.usage.output),
        (5, 2),
        "said again"
    );
    assert_eq!(spend.logged.unwrap().cents(), "$0.50");
    assert_eq!(spend.model.as_ref().unwrap().name, "m1");
    let (second, spends) = &told[2];
    assert_eq!((title(second).as_str(), second.odd), ("Hems", 1));
    assert_eq!(spends[0].usage.total(), 7);
    assert_eq!(spends[0].model, None, "another session has another model");
    let messages = talk(&world, first).messages;
    let roles: Vec<Role> = messages.iter().map(|m| m.role).collect();
    assert_eq!(roles, [Role::User, Role::Assistant]);
    assert_eq!(messages[1].usage.unwrap().output, 2);
    assert!(talk(&world, &told[0].0).messages[0].role == Role::System);
}

#[test]
fn a_log_cut_at_any_byte_is_read_on_to_the_same_story() {
    let world = World::new(FILE, LOG);
    let want = world.told();
    let talks: Vec<Conversation> = want.iter().map(|(s, _)| talk(&world, s)).collect();
    let unit = want[0].0.unit.clone();
    for cut in 0..LOG.len() {
        world.write(&LOG.as_bytes()[..cut]);
        let mut fold = UnitFold::new(unit.clone());
        let mut cursor = Cursor::default();
        let mut readings: Vec<Reading> = want.iter().map(|(s, _)| Reading::new(s)).collect();
        let mut read = || {
            let mut hear = |record| {
                fold.hear(record);
                ControlFlow::Continue(())
            };
            let read = world
                .declared
                .read(&world.env, &unit, Want::Summary, &cursor, &mut hear);
            cursor = read.unwrap();
            assert!(cursor.memo.len() < 1024);
            readings
                .iter_mut()
                .for_each(|r| assert!(r.read(&world.env).is_ok()));
            fold.told(Some(LOG.len() as u64), 0)
        };
        let mut told = read();
        world.write(LOG.as_bytes());
        for later in read() {
            told.retain(|t| t.session.id != later.session.id);
            told.push(later);
        }
        told.sort_by(|a, b| a.session.id.cmp(&b.session.id));
        let mut got: Vec<_> = told
            .into_iter()
            .map(|t| (t.session, t.spends.iter().collect::<Vec<_>>()))
            .collect();
        for ((session, _), (same, _)) in got.iter_mut().zip(&want) {
            let session = Arc::make_mut(session);
            session.size = Some(LOG.len() as u64);
            // A state tells files apart, and these were told without one.
            session.state = same.state;
            session.changed = same.changed;
        }
        assert_eq!(got, want, "cut at {cut}");
        for (reading, talk) in readings.iter().zip(&talks) {
            assert_eq!(&reading.conversation(), talk, "cut at {cut}");
        }
    }
}

#[test]
fn sums_so_far_count_once() {
    let file = FILE.to_owned() + "cumulative = true\n";
    let log = r#"{"who":"bot","in":5,"out":1}
{"who":"bot","in":9,"out":4}
"#;
    let world = World::new(&file, log);
    let told = world.told();
    assert_eq!(&*told[0].0.id.native, "monday", "no line names a session");
    assert_eq!(
        told[0]
            .1
            .iter()
            .map(|s| s.usage.total())
            .collect::<Vec<_>>(),
        [13]
    );
    assert_eq!(told[0].0.replies, 2);
    assert_eq!(talk(&world, &told[0].0).messages[1].usage, None);
}

#[test]
fn worlds_with_declarations_of_one_name_stand_beside_each_other() {
    let one = World::new(FILE, LOG);
    let other = World::new(&FILE.replace("files", "label = \"Other\"\nfiles"), LOG);
    for (world, label) in [(&one, "weaver"), (&other, "Other")] {
        let session = &world.told()[0].0;
        let card = source(session.id.source).unwrap().card();
        assert_eq!(card.label, label);
        assert_eq!(
            world
                .choice()
                .all()
                .filter(|s| s.card().id.0 == "weaver")
                .count(),
            1
        );
    }
    assert_ne!(one.declared.card().revision, other.declared.card().revision);
}

#[test]
fn a_session_is_resumed_where_the_file_says_how() {
    let command = "resume = [\"weaver\", \"--go={id}\"]\nfiles";
    let world = World::new(&FILE.replace("files", command), LOG);
    let told = world.told();
    let line = |s: &Session| world.declared.resume(s).and_then(|l| l.line());
    assert_eq!(line(&told[1].0).unwrap(), "weaver --go=s1");
    let mut hostile = (*told[1].0).clone();
    for id in ["--rm", "a b", "a;b", "../x", ""] {
        hostile.id.native = id.into();
        assert_eq!(line(&hostile), None, "{id}");
    }
    assert_eq!(World::new(FILE, LOG).declared.resume(&told[1].0), None);
}

#[test]
fn patterns_name_files_and_the_folders_above_them() {
    let below = |glob: &str| Glob::parse(glob).unwrap();
    let fits = |glob: &str, path: &str| below(glob).fits(Path::new(path));
    let holds = |glob: &str, path: &str| below(glob).may_hold(Path::new(path));
    assert!(fits("/a/*.jsonl", "x.jsonl") && !fits("/a/*.jsonl", "b/x.jsonl"));
    assert!(
        fits("/a/x.jsonl", "x.jsonl"),
        "one file lies in a folder, too"
    );
    assert!(fits("/a/**/*.jsonl", "x.jsonl") && fits("/a/**/*.jsonl", "b/c/x.jsonl"));
    assert!(fits("/a/*/log?.*", "b/log1.jsonl") && !fits("/a/*/log?.*", "b/log12.jsonl"));
    assert!(!fits("/a/**/b/*.jsonl", "c/x.jsonl") && fits("/a/**/b/*.jsonl", "c/b/x.jsonl"));
    assert!(!holds("/a/*.jsonl", "b") && holds("/a/**/*.jsonl", "b/c"));
    assert!(holds("/a/s*/x", "sessions") && !holds("/a/s*/x", "logs"));
    let stars = "*a".repeat(200);
    assert!(!fits(&format!("/a/{stars}"), &"a".repeat(199)));
    for wrong in [
        "a/*",
        "~",
        "~/*",
        "/*",
        "/**/x",
        "~/a/**",
        "~/a/../b/*",
        "/",
        "",
    ] {
        assert!(Glob::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn ways_lead_to_values() {
    let line =
        Obj::parse(r#"{"a":{"b":[{"c":1},{"c":null},{"d":2},{"c":"x"}]},"e":[[7,8],9]}"#).unwrap();
    let found = |way: &str| {
        let values = Place::parse(way).unwrap().values(&line);
        values.iter().map(|v| v.raw()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(found("a.b[].c"), "1 \"x\"");
    assert_eq!(found("a.b[2].d"), "2");
    assert_eq!(found("e[0][1]"), "8");
    assert_eq!(found("a.c"), "");
    assert_eq!(found("e.x"), "");
    for wrong in ["", "a..b", ".a", "a[", "a[x]", "a]b[", "a[-1]"] {
        assert!(Place::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn words_for_roles_can_be_added_and_changed() {
    let file = FILE.to_owned() + "[roles]\nassistant = \"Loom\"\nsystem = [\"bot\"]\n";
    let declaration = Declaration::parse(&file).unwrap();
    assert_eq!(declaration.role("LOOM"), Some(Role::Assistant));
    assert_eq!(declaration.role("bot"), Some(Role::System));
    assert_eq!(declaration.role("Human"), Some(Role::User));
    assert_eq!(declaration.role("sheep"), None);
    assert_eq!(
        (declaration.label.as_str(), declaration.code.as_str()),
        ("weaver", "WE")
    );
}
