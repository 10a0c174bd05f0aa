//! What homes cannot show: folders that are roots only sometimes, stores we do not read, how to go on, and files that
//! are written anew under the reader.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::*;
use crate::index::Index;
use crate::ingest::{self, Choice, Reading, UnitFold};
use crate::model::{Kind, Lane, Part};
use crate::sources::Record;

fn env(home: &Path) -> Env {
    Env::bare(home, "2026-11-20T12:00:00Z".parse().unwrap())
}

fn write(home: &Path, path: &str, text: &str) -> PathBuf {
    let path = home.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path
}

fn header(id: &str, more: &str) -> String {
    format!(
        r#"{{"type":"session","version":3,"id":"{id}","timestamp":"2026-02-01T10:00:00Z","cwd":"/w"{more}}}"#
    )
}

fn entry(id: &str, parent: Option<&str>, message: &str) -> String {
    let parent = parent.map_or("null".to_owned(), |p| format!("{p:?}"));
    format!(
        r#"{{"type":"message","id":"{id}","parentId":{parent},"timestamp":"2026-02-01T10:00:0{}Z","message":{{{message}}}}}"#,
        id.len()
    )
}

fn asks(text: &str) -> String {
    format!(r#""role":"user","content":"{text}""#)
}

fn index(env: &Env) -> Index {
    let mut index = Index::default();
    index.apply(ingest::load(env, &Choice::default()));
    index
}

fn whys(env: &Env) -> Vec<(String, &'static str)> {
    let roots = Pi.roots(env).into_iter();
    let short = |path: &Path| path.strip_prefix(&env.home).unwrap().display().to_string();
    roots.map(|root| (short(&root.path), root.why)).collect()
}

#[test]
fn roots_and_their_reasons() {
    let dir = tempfile::tempdir().unwrap();
    let mut env = env(dir.path());
    let usual = [
        (".pi/agent/sessions".to_owned(), "default"),
        (".omp/agent/sessions".to_owned(), "default"),
    ];
    assert_eq!(whys(&env), usual);
    let settings = r#"{"sessionDir":"~/kept"}"#;
    write(dir.path(), ".pi/agent/settings.json", settings);
    write(dir.path(), ".pi/agent/other.jsonl", "");
    env.vars.insert(SESSION_DIR.into(), "~/now".into());
    let list = "~/.pi/agent/sessions,~/a/b";
    env.vars.insert("PI_AGENT_DIR".into(), list.into());
    let more = [
        ("now".to_owned(), SESSION_DIR),
        ("kept".to_owned(), SETTING),
        ("a/b".to_owned(), "PI_AGENT_DIR"),
    ];
    assert_eq!(whys(&env), [&usual[..], &more].concat());
    env.vars.insert("PI_CODING_AGENT_DIR".into(), "~/it".into());
    assert_eq!(
        whys(&env)[0],
        ("it/sessions".to_owned(), "PI_CODING_AGENT_DIR")
    );
    assert!(whys(&env).iter().all(|(_, why)| *why != SETTING));
}

#[test]
fn sessions_in_the_agents_own_folder_are_read_where_there_are_any() {
    let dir = tempfile::tempdir().unwrap();
    let env = env(dir.path());
    let log = header("early", "") + "\n" + &entry("a", None, &asks("hi"));
    write(
        dir.path(),
        ".pi/agent/2025-12-20T10-00-00-000Z_early.jsonl",
        &log,
    );
    write(dir.path(), ".pi/agent/history.jsonl", &log);
    write(
        dir.path(),
        ".pi/agent/npm/2025-12-20T10-00-00-000Z_x.jsonl",
        &log,
    );
    assert_eq!(whys(&env)[2], (".pi/agent".to_owned(), EARLY));
    let index = index(&env);
    let ids: Vec<String> = index.rows().map(|row| row.id().to_string()).collect();
    assert_eq!(ids, ["pi:early"]);
}

#[test]
fn a_store_of_another_kind_is_named_not_guessed_at() {
    let dir = tempfile::tempdir().unwrap();
    let env = env(dir.path());
    let root = ".pi/agent/sessions/--w--";
    write(
        dir.path(),
        &format!("{root}/2026-02-01T10-00-00-000Z_a.sqlite"),
        "x",
    );
    write(
        dir.path(),
        &format!("{root}/2026-02-01T10-00-00-000Z_b.v2"),
        "x",
    );
    write(dir.path(), &format!("{root}/notes.sqlite"), "x");
    let index = index(&env);
    let errors: Vec<&str> = index.odd().filter_map(|odd| odd.error.as_deref()).collect();
    assert_eq!(errors, ["unsupported store"; 2]);
}

#[test]
fn going_on_by_id_or_by_path() {
    let dir = tempfile::tempdir().unwrap();
    let env = env(dir.path());
    let root = ".pi/agent/sessions/--w--";
    let log = |id: &str| header(id, "") + "\n" + &entry("a", None, &asks("hi"));
    for (name, id) in [
        ("2026-02-01T10-00-00-000Z_my.id_1", "my.id_1"),
        ("mine", "01a1fb00-0001"),
        ("2026-02-01T10-00-00-000Z_-x", "-x"),
        ("2026-02-01T11-00-00-000Z_my.id_1", "my.id_1"),
    ] {
        write(dir.path(), &format!("{root}/{name}.jsonl"), &log(id));
    }
    let index = index(&env);
    let words = index.rows().map(|row| {
        let launch = Pi.resume(&row.session).unwrap();
        assert_eq!((&*launch.program, &*launch.args[0]), ("pi", "--session"));
        assert_eq!(launch.dir.as_deref(), Some(Path::new("/w")));
        let word = launch.args[1].rsplit('/').next().unwrap().to_owned();
        (row.id().native.to_string(), word)
    });
    let words: Vec<(String, String)> = words.collect();
    let want = [
        ("-x", "2026-02-01T10-00-00-000Z_-x.jsonl"),
        ("01a1fb00-0001", "mine.jsonl"),
        ("my.id_1", "my.id_1"),
        ("my.id_1#2", "2026-02-01T11-00-00-000Z_my.id_1.jsonl"),
    ];
    assert_eq!(words, want.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

#[test]
fn a_parent_is_found_by_its_path_then_by_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let env = env(dir.path());
    let root = ".pi/agent/sessions/--w--";
    let ask = "\n".to_owned() + &entry("a", None, &asks("hi"));
    let named = write(
        dir.path(),
        &format!("{root}/named.jsonl"),
        &(header("own-id", "") + &ask),
    );
    let outside = write(dir.path(), "outside.jsonl", &header("secret", ""));
    for (id, parent) in [
        ("f1", named.display().to_string()),
        (
            "f2",
            "/gone/2026-01-01T00-00-00-000Z_old_id.jsonl".to_owned(),
        ),
        ("f3", outside.display().to_string()),
        (
            "f4",
            "C:\\\\pi\\\\2026-01-01T00-00-00-000Z_win.jsonl".to_owned(),
        ),
        ("f5", "just-an-id".to_owned()),
        ("f6", "/gone/--help".to_owned()),
    ] {
        let head = header(id, &format!(r#","parentSession":"{parent}""#));
        write(
            dir.path(),
            &format!("{root}/2026-02-02T10-00-00-000Z_{id}.jsonl"),
            &(head + &ask),
        );
    }
    let index = index(&env);
    let of = |id: &str| {
        let row = index.rows().find(|row| *row.id().native == *id).unwrap();
        (
            row.session.kind,
            row.session.parent.as_deref().map(str::to_owned),
        )
    };
    for (id, parent) in [
        ("f1", "own-id"),
        ("f2", "old_id"),
        ("f3", "outside"),
        ("f4", "win"),
        ("f5", "just-an-id"),
    ] {
        assert_eq!(of(id), (Kind::Fork, Some(parent.to_owned())), "{id}");
    }
    assert_eq!(of("f6"), (Kind::Main, None));
}

#[test]
fn a_sub_agent_under_its_parents_id_is_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let env = env(dir.path());
    let root = ".omp/agent/sessions/-w/2026-02-01T10-00-00-000Z_p";
    let log = header("p", "") + "\n" + &entry("a", None, r#""role":"user","content":[]"#);
    write(dir.path(), &format!("{root}.jsonl"), &log);
    write(dir.path(), &format!("{root}/Looker.jsonl"), &log);
    let index = index(&env);
    let row = index
        .rows()
        .find(|row| *row.id().native == *"p.Looker")
        .unwrap();
    assert_eq!(row.session.kind, Kind::SubAgent);
    assert_eq!(row.session.parent.as_deref(), Some("p"));
    assert_eq!(row.session.title.as_ref().unwrap().text.as_str(), "Looker");
    assert_eq!(Pi.resume(&row.session), None);
}

/// A program that opens a file of version 1 gives its entries ids and writes it anew, in place.
#[test]
fn a_file_brought_up_to_date_is_told_anew_and_its_copies_count_once() {
    let dir = tempfile::tempdir().unwrap();
    let env = env(dir.path());
    let answer = |ids: &str, n: u8| {
        format!(
            r#"{{"type":"message",{ids}"timestamp":"2025-12-01T10:00:0{n}Z","message":{{"role":"assistant","content":"{n}","provider":"p","model":"m","usage":{{"input":{n},"output":1}},"timestamp":{n}}}}}"#
        )
    };
    let head = |version: &str, id: &str| {
        format!(
            r#"{{"type":"session",{version}"id":"{id}","timestamp":"2025-12-01T10:00:00Z","cwd":"/w"}}"#
        )
    };
    let old = [head("", "one"), answer("", 1), answer("", 2)].join("\n") + "\n";
    let ids = [
        r#""id":"aa","parentId":null,"#,
        r#""id":"bb","parentId":"aa","#,
    ];
    let new = [
        head("\"version\":3,", "one"),
        answer(ids[0], 1),
        answer(ids[1], 2),
    ];
    let new = new.join("\n") + "\n";
    let fork = head("", "two").replace("10:00:00Z", "11:00:00Z") + "\n" + &answer("", 1) + "\n";
    let root = ".pi/agent/sessions/--w--";
    let path = write(
        dir.path(),
        &format!("{root}/2025-12-01T10-00-00-000Z_one.jsonl"),
        &old,
    );
    write(
        dir.path(),
        &format!("{root}/2025-12-01T11-00-00-000Z_two.jsonl"),
        &fork,
    );
    let sums = || {
        let index = index(&env);
        let tokens = index
            .rows()
            .map(|row| (row.id().native.to_string(), row.own.usage.total()));
        tokens.collect::<Vec<_>>()
    };
    let want = [("one".to_owned(), 5), ("two".to_owned(), 0)];
    assert_eq!(sums(), want);

    let unit = Arc::new(Pi.claim(&env, &Pi.roots(&env)[0], &path).unwrap());
    let mut fold = UnitFold::new(unit.clone());
    let mut cursor = Cursor::default();
    let mut resets = 0;
    for text in [&old, &new] {
        std::fs::write(&path, text).unwrap();
        let read = Pi.read(&env, &unit, Want::Summary, &cursor, &mut |record| {
            resets += u32::from(record == Record::Reset);
            fold.hear(record);
            ControlFlow::Continue(())
        });
        cursor = read.unwrap();
    }
    assert_eq!(resets, 1);
    assert_eq!(fold.told(None, 0)[0].session.replies, 2);
    assert_eq!(sums(), want, "the copy still has no ids");
}

#[test]
fn calls_of_one_id_are_answered_on_their_own_branch() {
    let dir = tempfile::tempdir().unwrap();
    let env = env(dir.path());
    let call = |what: &str| {
        format!(
            r#""role":"assistant","content":[{{"type":"toolCall","id":"call_1","name":"bash","arguments":{{"command":"{what}"}}}}]"#
        )
    };
    let result = |text: &str| {
        format!(r#""role":"toolResult","toolCallId":"call_1","isError":false,"content":"{text}""#)
    };
    // Two programs write to one file at once.
    let log = [
        header("s", ""),
        entry("q", None, &asks("go")),
        entry("a1", Some("q"), &call("left")),
        entry("b1", Some("q"), &call("right")),
        entry("a2", Some("a1"), &result("of left")),
        entry("b2", Some("b1"), &result("of right")),
        entry("b3", Some("b2"), &call("lost")),
        "{\"type\":\"message\",\"id\":\"b4\"".to_owned(),
        entry("b5", Some("b4"), &result("of lost")),
        entry("c1", Some("nowhere"), &result("of nothing")),
    ];
    let root = ".pi/agent/sessions/--w--";
    let name = format!("{root}/2026-02-01T10-00-00-000Z_s.jsonl");
    write(dir.path(), &name, &(log.join("\n") + "\n"));
    let index = index(&env);
    let mut reading = Reading::new(&index.rows().next().unwrap().session);
    reading.read(&env).unwrap();
    let messages = reading.conversation().messages;
    let said = messages.iter().map(|message| {
        let words = message.parts.iter().filter_map(|part| match part {
            Part::ToolCall(call) => Some(call.target.as_ref()?.untrusted()),
            Part::ToolResult(result) => Some(result.output.untrusted()),
            _ => None,
        });
        (
            words.collect::<Vec<_>>().join(": "),
            message.lane == Lane::Left,
        )
    });
    let said: Vec<(String, bool)> = said.collect();
    let want = [
        ("", false),
        ("left: of left", true),
        ("right: of right", false),
        ("lost: of lost", false),
        ("of nothing", false),
    ];
    assert_eq!(said, want.map(|(words, left)| (words.to_owned(), left)));
}
