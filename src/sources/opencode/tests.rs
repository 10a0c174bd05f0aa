//! Rows that change in place are told again, and only those; messages of both engines read alike.

use rusqlite::Connection;

use super::super::{Reach, Source};
use super::OpenCode;
use crate::env::Env;
use crate::ingest::{self, Choice, Reading};
use crate::model::{Conversation, Part, Role};

const SCHEMA: &str = "
    CREATE TABLE session (id TEXT PRIMARY KEY, title TEXT, directory TEXT, revert TEXT,
        time_created INTEGER, time_updated INTEGER);
    CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, time_updated INTEGER, data TEXT);
    CREATE TABLE part (id TEXT PRIMARY KEY, message_id TEXT, session_id TEXT, time_created INTEGER,
        time_updated INTEGER, data TEXT);
    CREATE TABLE session_message (id TEXT PRIMARY KEY, session_id TEXT, type TEXT, seq INTEGER, time_created INTEGER,
        time_updated INTEGER, data TEXT);
    INSERT INTO session VALUES ('ses_1', 'Weave the border', '/home/ada/loom', NULL, 1000, 1000);";

struct Store {
    dir: tempfile::TempDir,
    db: Connection,
}

impl Store {
    fn new() -> Store {
        let dir = tempfile::tempdir().unwrap();
        let db = Connection::open(dir.path().join("opencode.db")).unwrap();
        db.execute_batch(SCHEMA).unwrap();
        Store { dir, db }
    }

    fn env(&self) -> Env {
        let mut env = Env::bare(self.dir.path(), "2026-11-20T12:00:00Z".parse().unwrap());
        let at = self.dir.path().into();
        env.vars.insert("OPENCODE_DATA_DIR".into(), at);
        env
    }

    fn say(&self, n: i64, role: &str, text: &str) {
        let data = format!(r#"{{"role":"{role}","time":{{"created":{}}}}}"#, n * 1000);
        let part = format!(r#"{{"type":"text","text":"{text}"}}"#);
        let sql = "INSERT INTO message VALUES (?1, 'ses_1', ?2, ?2, ?3)";
        self.db
            .execute(sql, (format!("msg_{n}"), n * 1000, data))
            .unwrap();
        let sql = "INSERT INTO part VALUES (?1, ?2, 'ses_1', ?3, ?3, ?4)";
        let ids = (format!("prt_{n}"), format!("msg_{n}"), n * 1000, part);
        self.db.execute(sql, ids).unwrap();
    }

    /// Makes a change at a time, whatever the columns are.
    fn run(&self, sql: &str) {
        assert_ne!(self.db.execute(sql, []).unwrap(), 0, "{sql}");
    }

    fn reading(&self) -> Reading {
        let told = ingest::load(&self.env(), &Choice::default()).told;
        Reading::new(&told[0].session)
    }
}

fn texts(conversation: &Conversation) -> Vec<String> {
    let words = conversation.messages.iter().map(|message| {
        let parts = message.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.untrusted().to_owned()),
            _ => None,
        });
        format!("{} {}", message.number, parts.collect::<String>())
    });
    words.collect()
}

#[test]
fn an_open_conversation_follows_its_rows() {
    let store = Store::new();
    store.say(1, "user", "red or blue?");
    store.say(2, "assistant", "");
    let mut reading = store.reading();
    let mut read = || {
        let changed = reading.read(&store.env()).unwrap();
        (changed, texts(&reading.conversation()))
    };
    assert_eq!(read(), (true, vec!["1 red or blue?".into(), "2 ".into()]));
    assert!(!read().0, "nothing happened");
    // A part is filled when its block ends, in the row it had.
    let done = r#"UPDATE part SET data = '{"type":"text","text":"blue"}', time_updated = 5000 WHERE id = 'prt_2'"#;
    store.run(done);
    assert_eq!(read().1, ["1 red or blue?", "2 blue"]);
    store.say(6, "user", "and the hem?");
    assert_eq!(read().1, ["1 red or blue?", "2 blue", "3 and the hem?"]);
    // An undo takes messages away: what is left is told from the start.
    store.run("DELETE FROM message WHERE id = 'msg_6'");
    assert_eq!(read().1, ["1 red or blue?", "2 blue"]);
}

#[test]
fn rows_of_the_second_engine_read_alike() {
    let store = Store::new();
    let rows = [
        ("user", r#"{"text":"red or blue?"}"#),
        (
            "assistant",
            r#"{"model":{"id":"m1","providerID":"mill"},"tokens":{"input":5,"output":2,"reasoning":1,"cache":{"read":0,"write":0}},
               "time":{"created":2000},"content":[{"type":"reasoning","text":"hm"},{"type":"text","text":"blue"},
               {"type":"tool","id":"c1","name":"bash","state":{"status":"completed","input":{"command":"dye"},
               "content":[{"type":"text","text":"dyed"}],"structured":{"exit":0}},"time":{"ran":10,"completed":30}}]}"#,
        ),
    ];
    for (n, (kind, data)) in rows.iter().enumerate() {
        let sql = "INSERT INTO session_message VALUES (?1, 'ses_1', ?2, ?3, ?4, ?4, ?5)";
        let n = n as i64;
        let row = (format!("msg_{n}"), kind, n, 1000 * (n + 1), data);
        store.db.execute(sql, row).unwrap();
    }
    let mut reading = store.reading();
    reading.read(&store.env()).unwrap();
    let conversation = reading.conversation();
    assert_eq!(texts(&conversation), ["1 red or blue?", "2 blue"]);
    let [prompt, answer] = &conversation.messages[..] else {
        panic!("{conversation:?}")
    };
    assert_eq!(prompt.role, Role::User);
    assert_eq!(answer.usage.unwrap().output, 3, "reasoning is part of it");
    let Some(Part::ToolResult(result)) = answer.parts.last() else {
        panic!("{answer:?}")
    };
    assert_eq!(result.output.untrusted(), "dyed");
    assert_eq!(
        (result.exit, result.took.unwrap().as_millis()),
        (Some(0), 20)
    );
}

/// A tree that nothing is written into any more is not watched: it may have tens of thousands of folders.
#[test]
fn beside_a_database_its_forerunner_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let env = Env::bare(home.path(), "2026-11-20T12:00:00Z".parse().unwrap());
    let root = OpenCode.roots(&env).remove(0);
    let path = root.path.to_path_buf();
    std::fs::create_dir_all(path.join("storage/part/msg_1")).unwrap();
    assert_eq!(
        OpenCode.watches(&env, &root),
        [(path.clone(), Reach::Below)]
    );
    std::fs::write(path.join("opencode.db"), "").unwrap();
    let sessions = path.join("storage/session");
    assert_eq!(
        OpenCode.watches(&env, &root),
        [(path, Reach::Alone), (sessions, Reach::Below)]
    );
}
