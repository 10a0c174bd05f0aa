//! What the homes cannot show: that nothing secret is asked for, and the small rules one by one.

use std::path::Path;

use rusqlite::Connection;

use super::tree::{self, Old};
use super::words::{self, Words};
use super::workspace::{Place, dir_of};
use super::{CursorAgent, plain, sql, tool};
use crate::env::Env;
use crate::ingest::{self, Choice, Reading};
use crate::model::{Change, Part};
use crate::sources::Source;
use crate::sources::json::Obj;

#[test]
fn only_named_keys_are_asked_for() {
    let items = [sql::Item::Heads, sql::Item::OfWorkspace, sql::Item::Chats];
    for item in items {
        let key = item.key();
        assert!(!key.contains("Auth") && !key.contains('%'), "{key}");
        assert!(key.starts_with("composer.composer") || key.ends_with(".chatdata"));
    }
    let one_key = |sql: &str| sql.ends_with("WHERE key = ?1");
    assert!(one_key(sql::ITEM) && one_key(sql::VALUE) && one_key(sql::COMPOSER));
    let here = include_str!("sql.rs");
    assert_eq!(
        here.matches("ItemTable WHERE").count(),
        1,
        "one question, above"
    );
    let ranges = [sql::COMPOSERS, sql::BUBBLES_MARK, sql::BUBBLES];
    for sql in ranges {
        assert!(sql.contains("key >") && sql.contains("AND key <"), "{sql}");
        assert!(!sql.contains("LIKE") && !sql.contains("ItemTable"), "{sql}");
    }
}

/// SQLite itself says what a question may look at: nothing but the columns of the tables named, and of these two the
/// values only by index.
#[test]
fn questions_look_up_keys_and_scan_nothing() {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch(
        "CREATE TABLE ItemTable (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB);
         CREATE TABLE cursorDiskKV (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB);",
    )
    .unwrap();
    let all = [
        sql::ITEM,
        sql::VALUE,
        sql::COMPOSERS,
        sql::COMPOSER,
        sql::BUBBLES_MARK,
        sql::BUBBLES,
    ];
    for sql in all {
        let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let count = plan.parameter_count();
        let with = rusqlite::params_from_iter(std::iter::repeat_n("x", count));
        let steps: Vec<String> = plan
            .query_map(with, |row| row.get::<_, String>(3))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert!(steps[0].starts_with("SEARCH"), "{sql}: {steps:?}");
        assert!(
            steps[0].contains("key>") || steps[0].contains("key="),
            "{steps:?}"
        );
        let covered = sql == sql::BUBBLES_MARK;
        assert_eq!(steps[0].contains("COVERING"), covered, "{steps:?}");
    }
}

const HOME: &str = "CREATE TABLE ItemTable (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB);
    CREATE TABLE cursorDiskKV (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB);";

struct Store {
    dir: tempfile::TempDir,
    db: Connection,
}

impl Store {
    fn new() -> Store {
        let dir = tempfile::tempdir().unwrap();
        let at = dir.path().join(".config/Cursor/User/globalStorage");
        std::fs::create_dir_all(&at).unwrap();
        let db = Connection::open(at.join("state.vscdb")).unwrap();
        db.execute_batch(HOME).unwrap();
        Store { dir, db }
    }

    fn put(&self, key: &str, value: &str) {
        let sql = "INSERT INTO cursorDiskKV VALUES (?1, ?2)";
        self.db.execute(sql, (key, value)).unwrap();
    }

    fn env(&self) -> Env {
        Env::bare(self.dir.path(), "2026-11-20T12:00:00Z".parse().unwrap())
    }
}

#[test]
fn a_bubble_that_is_rewritten_in_place_is_followed() {
    let store = Store::new();
    let composer = r#"{"status":"generating","fullConversationHeadersOnly":[{"bubbleId":"a","type":1},{"bubbleId":"b","type":2}]}"#;
    store.put("composerData:c", composer);
    store.put("bubbleId:c:a", r#"{"type":1,"text":"red or blue?"}"#);
    store.put("bubbleId:c:b", r#"{"type":2,"text":"re"}"#);
    let told = ingest::load(&store.env(), &Choice::default()).told;
    assert_eq!(told.len(), 1);
    let mut reading = Reading::new(&told[0].session);
    let mut read = || {
        let changed = reading.read(&store.env()).unwrap();
        (changed, format!("{:?}", reading.conversation().messages))
    };
    assert!(read().1.contains("\"re\""));
    assert!(!read().0, "nothing happened");
    // Neither the row's number nor its length tells of this; the composer says that it is at work.
    let sql = "UPDATE cursorDiskKV SET value = ?1 WHERE key = 'bubbleId:c:b'";
    store
        .db
        .execute(sql, [r#"{"type":2,"text":"bl"}"#])
        .unwrap();
    let (changed, said) = read();
    assert!(changed && said.contains("\"bl\""), "{said}");
}

#[test]
fn places_are_decoded() {
    let dir = |uri: &str| dir_of(uri).map(|dir| dir.to_string_lossy().into_owned());
    for (uri, path) in [
        ("file:///home/dev/demo%20app", "/home/dev/demo app"),
        ("file:///c%3A/Users/ada", "c:/Users/ada"),
        ("file:///home/100%25/%zz%", "/home/100%/%zz%"),
        ("file://mill/share", "//mill/share"),
        (
            "vscode-remote://ssh-remote%2Bbox/srv",
            "vscode-remote://ssh-remote+box/srv",
        ),
        ("/plain", "/plain"),
    ] {
        assert_eq!(dir(uri).as_deref(), Some(path), "{uri}");
    }
    assert_eq!(dir("untitled:1"), None);
    let place = |text: &str| Place::of(Obj::parse(text).as_ref());
    assert_eq!(place(r#"{"id":"empty-window"}"#), Place::Nowhere);
    assert_eq!(place(r#"{"id":"ab"}"#), Place::Workspace("ab".into()));
    let said = place(r#"{"id":"ab","uri":{"fsPath":"/a b","scheme":"file"}}"#);
    assert_eq!(said, Place::Dir("/a b".into(), Some("ab".into())));
}

#[test]
fn prompts_are_taken_out_of_their_wrapping() {
    let prompt = |text: &str| match words::of_user(text) {
        Words::Prompt(text) => Some(text.untrusted().to_owned()),
        Words::Context(_) => None,
    };
    let of = |text| prompt(text).unwrap();
    assert_eq!(of("<user_query>\nred?\n</user_query>"), "red?");
    assert_eq!(of("<a_b>x</a_b><user_query>red?"), "red?");
    assert_eq!(
        of("<system_reminder>be brief</system_reminder>\nred?"),
        "red?"
    );
    assert_eq!(
        prompt("<user_info>\nOS\n</user_info> <rules>x</rules>"),
        None
    );
    assert_eq!(of("<div>red?</div>"), "<div>red?</div>");
    assert_eq!(of("<open_tag>never closed"), "<open_tag>never closed");
    assert_eq!(of(""), "");
}

#[test]
fn tools_of_both_stacks_are_what_they_are() {
    let about = |name: &str, input: &str| {
        let call = tool::call("c", name, input);
        let target = call.target.map(|t| t.untrusted().to_owned());
        (
            format!("{:?}", call.tool.kind),
            target.unwrap_or_default(),
            call.edits,
        )
    };
    let (kind, target, _) = about(
        "run_terminal_cmd",
        r#"{"is_background":false,"command":"ls"}"#,
    );
    assert_eq!((&*kind, &*target), ("Shell", "ls"));
    let (kind, target, _) = about("read_file", r#"{"should_read":"x","target_file":"a.rs"}"#);
    assert_eq!((&*kind, &*target), ("Read", "a.rs"));
    let (kind, _, edits) = about(
        "search_replace",
        r#"{"file_path":"a","old_string":"x","new_string":"y"}"#,
    );
    assert_eq!((&*kind, edits.len()), ("Edit", 1));
    let (_, _, edits) = about("Write", r#"{"path":"a","contents":"x"}"#);
    assert_eq!(edits[0].change, Change::Write("x".into()));
    assert_eq!(edits[0].path, Some("a".into()));
    let (_, _, edits) = about("delete_file", r#"{"target_file":"a"}"#);
    assert_eq!(edits[0].change, Change::Delete);
    let (kind, target, _) = about("codebase_search", r#"{"query":"sh"#);
    assert_eq!((&*kind, &*target), ("Search", r#"{"query":"sh"#));
    assert_eq!(about("mcp_linear_list", "{}").0, "Mcp");
    assert_eq!(about("CallMcpTool", "{}").0, "Mcp");
    assert_eq!(about("something_new", "{}").0, "Other");
}

#[test]
fn trees_end_whatever_they_are() {
    // A root that is its own subtree, with a field of every wire type.
    let id = [7u8; 32];
    let mut root = vec![0x12, 32];
    root.extend(id);
    root.extend([
        0x18, 0x80, 0x01, 0x21, 0, 0, 0, 0, 0, 0, 0, 0, 0x2d, 0, 0, 0, 0,
    ]);
    root.extend([0x42, 32]);
    root.extend([9u8; 32]);
    let mut blob = |_: &str| Ok(Some(root.clone()));
    let own = "07".repeat(32);
    assert_eq!(tree::messages(&own, &mut blob).unwrap(), ["09".repeat(32)]);
    let mut broken = |_: &str| Ok(Some(vec![0x0a, 0xff, 0xff, 0xff]));
    assert!(tree::messages(&own, &mut broken).unwrap().is_empty());
    assert!(tree::fields(&[0x0b]).is_none(), "groups are no bytes");
    assert_eq!(tree::from_hex("7b7d").as_deref(), Some(&b"{}"[..]));
    assert_eq!(tree::from_hex("7b7"), None);
    let Some(Old::Words { text, user }) = tree::old_message(b"\x0a\x02hi") else {
        panic!("no words")
    };
    assert_eq!((&*text, user), ("hi", false));
}

#[test]
fn plain_text_pairs_results_with_calls_of_their_name() {
    let text = "user:\nred?\nassistant:\n[Tool call] Read\n  path: a\n[Tool call] Grep\n  pattern: b\n[Tool result] Grep\nfound\n[Tool result] Read\n";
    let messages = plain::messages(text, true);
    let results: Vec<(&str, &str)> = messages
        .iter()
        .flat_map(|(_, m)| &m.parts)
        .filter_map(|part| match part {
            Part::ToolResult(result) => Some((&*result.call, result.output.untrusted())),
            _ => None,
        })
        .collect();
    assert_eq!(results, [("2", "found"), ("1", "")]);
}

#[test]
fn windows_is_looked_at_only_from_inside_of_it() {
    let mut env = Env::bare(
        Path::new("/home/ada"),
        "2026-11-20T12:00:00Z".parse().unwrap(),
    );
    let why = |env: &Env| {
        let roots = CursorAgent.roots(env).into_iter();
        roots.map(|root| root.why).collect::<Vec<_>>()
    };
    assert!(!why(&env).contains(&"WSL"));
    assert_eq!(why(&env).len(), 6);
    env.vars
        .insert("CURSOR_STATE_DB".into(), "/odd/place.db".into());
    let roots = CursorAgent.roots(&env);
    let root = roots.iter().find(|r| r.why == "CURSOR_STATE_DB").unwrap();
    let unit = CursorAgent.claim(&env, root, Path::new("/odd/place.db-wal"));
    assert_eq!(&*unit.unwrap().path, Path::new("/odd/place.db"));
    let other = CursorAgent.claim(&env, root, Path::new("/odd/other.db"));
    assert_eq!(other, None);
}
