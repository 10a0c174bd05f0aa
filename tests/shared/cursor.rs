//! Cursor: what is told of the public samples and of a home made from the format's page, against what was counted by an
//! independent script. Peers are not compared: their counts of these homes are not among the expected numbers.

use std::path::Path;

use backscroll::env::Env;
use backscroll::index::Index;
use backscroll::ingest::{self, Choice, Reading};
use backscroll::model::{Conversation, Part, Role, Row};
use serde_json::Value;

use super::shared;

/// Word for word in the made home where the credentials of a real one are.
const CANARY: &str = "NOT-A-TOKEN-CANARY";

struct Home {
    index: Index,
    env: Env,
    _cache: tempfile::TempDir,
}

impl Home {
    fn load(dir: &str) -> Home {
        let cache = tempfile::tempdir().unwrap();
        let home = shared().join("fixtures/cursor").join(dir);
        let mut env = Env::bare(&home, "2026-11-21T00:00:00Z".parse().unwrap());
        env.vars
            .insert("BACKSCROLL_CACHE".into(), cache.path().into());
        let mut index = Index::default();
        index.apply(ingest::load(&env, &Choice::default()));
        Home {
            index,
            env,
            _cache: cache,
        }
    }

    fn row(&self, id: &str) -> Option<&Row> {
        let mut rows = self.index.rows();
        rows.find(|row| *row.id().native == *id).map(|row| &**row)
    }

    fn talk(&self, row: &Row) -> Conversation {
        let mut reading = Reading::new(&row.session);
        reading.read(&self.env).unwrap();
        reading.conversation()
    }
}

fn expected(set: &str) -> Value {
    let text = std::fs::read_to_string(shared().join("fixtures/expected-b.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    all["sets"][set].clone()
}

#[test]
fn composers_are_as_they_were_made() {
    let home = Home::load("synthetic");
    let composers = expected("cursor/synthetic")["byConstruction"].clone();
    let composers = composers.as_array().unwrap();
    assert_eq!(composers.len(), 6);
    for want in composers {
        let id = want["composerId"].as_str().unwrap();
        let number = |key: &str| want[key].as_u64().unwrap();
        let Some(row) = home.row(id) else {
            assert_eq!(want["draft"], true, "{id} is not listed");
            continue;
        };
        assert_eq!(want["draft"], false, "{id}");
        let talk = home.talk(row);
        // The inline composer's user bubble is not among those that were counted.
        let inline = number("inlineConversation") > 0;
        let users = talk.messages.iter().filter(|m| m.role == Role::User);
        let users = users.count() as u64;
        assert_eq!(users, number("userBubbles") + u64::from(inline), "{id}");
        assert_eq!(u64::from(row.session.prompts), users, "{id}");
        let parts = || talk.messages.iter().flat_map(|m| &m.parts);
        let calls = parts().filter(|p| matches!(p, Part::ToolCall(_)));
        assert_eq!(calls.count() as u64, number("toolBubbles"), "{id}");
        assert_eq!(u64::from(row.session.tools), number("toolBubbles"), "{id}");
        let thoughts = parts().filter(|p| matches!(p, Part::Thinking(_)));
        assert_eq!(thoughts.count() as u64, number("thinkingBubbles"), "{id}");
        let missing = parts().filter(|p| matches!(p, Part::Notice { text, .. } if text.untrusted().contains("not in the log")));
        let lost = number("headers") - number("headersWithRow");
        assert_eq!(missing.count() as u64, lost, "{id}");
        let usage = row.own.usage;
        let tokens = (number("inputTokens"), number("outputTokens"));
        assert_eq!((usage.input, usage.output), tokens, "{id}");
        assert_eq!(usage.total(), tokens.0 + tokens.1, "{id}");
        assert_eq!(row.session.flags.archived, want["archived"] == true, "{id}");
        let title = row.session.title.as_ref().unwrap().text.as_str();
        assert_eq!(
            title,
            want["name"].as_str().unwrap_or("Write a changelog entry")
        );
    }
    // Tokens stand on the last answers of turns with calls before them.
    let first = home.row("c0de0001-0001-4000-8000-000000000001").unwrap();
    assert!(first.session.flags.uncounted);
    assert_eq!(first.cost().known().unwrap().cents(), "$0.12", "as logged");
    let dir = |id: &str| home.row(id).unwrap().session.dir.clone();
    let demo = Some(Path::new("/home/dev/code/demo app").into());
    let other = Some(Path::new("/home/dev/code/other").into());
    assert_eq!(dir("c0de0001-0001-4000-8000-000000000001"), demo);
    assert_eq!(dir("c0de0001-0001-4000-8000-000000000003"), demo);
    assert_eq!(dir("c0de0001-0001-4000-8000-000000000006"), other);
    let child = home.row("c0de0001-0001-4000-8000-000000000002").unwrap();
    assert_eq!(child.root.native, first.id().native);
}

#[test]
fn one_conversation_is_told_once_and_by_its_fullest_log() {
    let home = Home::load("synthetic");
    let ids: Vec<&str> = home.index.rows().map(|row| &*row.id().native).collect();
    assert!(ids.iter().all(|id| !id.contains('#')), "{ids:?}");
    // Five composers, a chat of an old panel, a chat with a sub-agent, and a transcript alone.
    assert_eq!(ids.len(), 9, "{ids:?}");
    let row = home.row("c0de000a-000a-4000-8000-000000000001").unwrap();
    assert!(row.session.unit.path.ends_with("store.db"));
    assert_eq!(row.children, 1);
    assert_eq!(row.tokens(), None, "its tokens are on no disk");
    let said = format!("{:?}", home.talk(row));
    assert!(said.contains("notes.txt"), "results are in the store only");
    assert!(!said.contains("abandoned"));
    let launch = backscroll::sources::named("CU")
        .unwrap()
        .resume(&row.session);
    assert_eq!(
        launch.unwrap().line().unwrap(),
        "cd '/home/dev/code/demo app' && cursor-agent --resume c0de000a-000a-4000-8000-000000000001"
    );
}

#[test]
fn credentials_are_never_shown() {
    let home = Home::load("synthetic");
    for row in home.index.rows() {
        let all = format!("{row:?} {:?}", home.talk(row));
        assert!(!all.contains(CANARY), "{}", row.id());
    }
}

#[test]
fn rows_in_the_log_are_read() {
    let want = expected("cursor/synthetic-wal")["byConstruction"].clone();
    // One of the rows has no value, one is a draft.
    let rows = want["composerRowsWithWal"].as_u64().unwrap() - 2;
    let home = Home::load("synthetic-wal");
    assert_eq!(home.index.rows().len() as u64, rows);
    let row = home.row("c0de0001-0001-4000-8000-000000000007").unwrap();
    assert_eq!((row.own.usage.input, row.own.usage.output), (900, 30));
}

#[test]
fn transcripts_hold_what_was_counted() {
    for set in ["agent-sessions", "cursor-history", "vibe-replay"] {
        let home = Home::load(set);
        let files = expected(&format!("cursor/{set}"))["independent"].clone();
        for want in files.as_array().unwrap() {
            let file = Path::new(want["file"].as_str().unwrap());
            let id = file.file_stem().unwrap().to_str().unwrap();
            let row = home
                .row(id)
                .unwrap_or_else(|| panic!("{set}: {id} is not listed"));
            let count = |kind: &str, key: &str| want[kind][key].as_u64().unwrap_or(0);
            let results = count("blocks", "tool_result") + count("blocks", "tool-result");
            // A result that has its own line is nobody's prompt; here each stands alone in its line.
            let prompts = count("records", "user") - results;
            assert_eq!(u64::from(row.session.prompts), prompts, "{set}: {id}");
            let replies = count("records", "assistant");
            assert_eq!(u64::from(row.session.replies), replies, "{set}: {id}");
            let tools = count("blocks", "tool_use") + count("blocks", "tool_call");
            assert_eq!(u64::from(row.session.tools), tools, "{set}: {id}");
            let talk = home.talk(row);
            let parts = || talk.messages.iter().flat_map(|m| &m.parts);
            // Thinking that was left out stands as a text of its own.
            let texts = parts().filter(|p| matches!(p, Part::Text(_) | Part::Thinking(_)));
            let thoughts = count("blocks", "thinking");
            let all = count("blocks", "text") + thoughts;
            assert_eq!(texts.count() as u64, all, "{set}: {id}");
            assert_eq!(
                u64::from(row.session.odd),
                want["badLines"].as_u64().unwrap()
            );
            let errors = count("records", "error");
            assert_eq!(u64::from(row.session.errors), errors, "{set}: {id}");
            assert_eq!(row.tokens().filter(|_| replies > 0), None, "{set}: {id}");
        }
    }
}

#[test]
fn samples_of_others_read_as_a_person_would_expect() {
    let home = Home::load("cursor-history");
    let row = home.row("00000000-0016-4016-8016-000000000016").unwrap();
    let title = row.session.title.as_ref().unwrap().text.as_str();
    assert_eq!(title, "Synthetic v0.16 Composer session");
    assert_eq!(
        row.session.dir.as_deref(),
        Some(Path::new("/fixture/v016/project"))
    );
    // Seven bubbles are named, one row has no value, one row is named otherwise than its bubble.
    assert_eq!((row.session.prompts, row.session.tools), (2, 2));
    let said = format!("{:?}", home.talk(row));
    assert!(said.contains("Composer owns the synthetic collision identity"));
    // A note without its chat still tells where the transcript was made.
    let noted = home.row("aaaaaaaa-0000-0000-0000-000000000001").unwrap();
    let dir = Path::new("/mnt/d/1_yuyu_proj/cursor-history");
    assert_eq!(noted.session.dir.as_deref(), Some(dir));
    // A chat whose messages are not in it leaves the telling to its transcript.
    let home = Home::load("agent-sessions");
    let row = home.row("a1b2c3d4-e5f6-7890-abcd-ef1234567890").unwrap();
    assert_eq!(
        row.session.title.as_ref().unwrap().text.as_str(),
        "Test Session"
    );
    assert_eq!((row.session.prompts, row.session.tools), (2, 2));
}
