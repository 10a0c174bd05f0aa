//! What cannot be shown by a home: files that change between two readings.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::*;
use crate::ingest::UnitFold;
use crate::model::{Spend, TitleRank};

const HEADER: &str =
    r#"{"type":"session_start","id":"s1","title":"First words","version":2,"cwd":"/w"}"#;
const PROMPT: &str = r#"{"type":"message","id":"m1","timestamp":"2026-01-02T00:00:00Z","message":{"role":"user","content":"First words of mine"}}"#;
const ANSWER: &str = r#"{"type":"message","id":"m2","timestamp":"2026-01-02T00:00:05Z","message":{"role":"assistant","content":"Yes."}}"#;

/// A home with one log, read on at every call.
struct Home {
    dir: tempfile::TempDir,
    env: Env,
    unit: Unit,
    cursor: Cursor,
    fold: UnitFold,
    session: Option<Arc<Session>>,
    spends: Vec<Spend>,
}

impl Home {
    fn new() -> Home {
        let dir = tempfile::tempdir().unwrap();
        let env = Env::bare(dir.path(), "2026-02-01T00:00:00Z".parse().unwrap());
        let folder = dir.path().join(".factory/sessions/-w");
        std::fs::create_dir_all(&folder).unwrap();
        let log = folder.join("s1.jsonl");
        std::fs::write(&log, format!("{HEADER}\n{PROMPT}\n{ANSWER}\n")).unwrap();
        let root = &Droid.roots(&env)[0];
        let unit = Droid.claim(&env, root, &log).unwrap();
        Home {
            fold: UnitFold::new(Arc::new(unit.clone())),
            cursor: Cursor::default(),
            session: None,
            spends: Vec::new(),
            dir,
            env,
            unit,
        }
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.unit.path.with_file_name(name), text).unwrap();
    }

    fn settings(&self, model: &str, output: u64) {
        let text = format!(r#"{{"model":"{model}","tokenUsage":{{"outputTokens":{output}}}}}"#);
        self.write("s1.settings.json", &text);
    }

    /// Reads what is new; gives how often something was said.
    fn read(&mut self) -> usize {
        let (fold, mut said) = (&mut self.fold, 0);
        let mut say = |record| {
            said += 1;
            fold.hear(record);
            ControlFlow::Continue(())
        };
        self.cursor = Droid
            .read(&self.env, &self.unit, Want::Summary, &self.cursor, &mut say)
            .unwrap();
        for told in self.fold.told(None, 0) {
            (self.session, self.spends) = (Some(told.session), told.spends.iter().collect());
        }
        assert!(self.cursor.memo.len() <= 4096);
        said
    }

    /// The model and the output of every spend.
    fn outputs(&self) -> Vec<(&str, u64)> {
        let spends = self.spends.iter();
        spends
            .map(|s| (s.model.as_ref().map_or("-", |m| &*m.name), s.usage.output))
            .collect()
    }
}

#[test]
fn settings_that_change_alone_are_news_of_their_log() {
    let mut home = Home::new();
    home.read();
    assert_eq!(home.outputs(), []);
    assert_eq!(home.read(), 0, "nothing is new");
    home.settings("big", 7);
    home.read();
    assert_eq!(home.outputs(), [("big", 7)]);
    let at = home.spends[0].at.unwrap().to_string();
    assert_eq!(at, "2026-01-02T00:00:05Z", "the last message's");
    // Totals of a session: another model does not add to them.
    home.settings("custom:Bigger-0", 9);
    home.read();
    assert_eq!(home.outputs(), [("Bigger-0", 9)]);
    assert_eq!(home.read(), 0);
    assert_eq!(home.session.as_ref().unwrap().prompts, 1);
}

#[test]
fn half_of_the_settings_changes_nothing() {
    let mut home = Home::new();
    home.settings("big", 7);
    home.read();
    for half in ["", "{\"model\":\"bi", "[]"] {
        home.write("s1.settings.json", half);
        assert_eq!(home.read(), 0, "{half}");
        assert_eq!(home.outputs(), [("big", 7)]);
    }
    // Also where the log is told anew meanwhile.
    let log = format!("{}\n{PROMPT}\n{ANSWER}\n", HEADER.replace("First", "Best"));
    home.write("s1.jsonl", &log);
    home.read();
    assert_eq!(home.outputs(), [("big", 7)]);
    home.write(
        "s1.settings.json.bak",
        r#"{"model":"big","tokenUsage":{"outputTokens":6}}"#,
    );
    home.read();
    assert_eq!(home.outputs(), [("big", 6)], "the twin is whole");
    home.settings("big", 8);
    home.read();
    assert_eq!(home.outputs(), [("big", 8)]);
}

#[test]
fn what_the_settings_no_longer_say_is_taken_back() {
    let mut home = Home::new();
    home.settings("big", 7);
    home.read();
    home.write("s1.settings.json", r#"{"tags":[{"name":"exec"}]}"#);
    home.read();
    assert_eq!(home.outputs(), []);
    let session = home.session.as_ref().unwrap();
    assert!(session.model.is_none() && session.flags.automated);
    assert_eq!((session.prompts, session.replies), (1, 1));
    std::fs::remove_file(settings::path(&home.unit.path)).unwrap();
    home.read();
    assert!(!home.session.as_ref().unwrap().flags.automated);
}

#[test]
fn a_new_title_stands_in_the_first_line() {
    let mut home = Home::new();
    home.read();
    let title = |home: &Home| {
        let title = home.session.as_ref().unwrap().title.clone().unwrap();
        (title.text.to_string(), title.rank)
    };
    assert_eq!(title(&home), ("First words".into(), TitleRank::Agent));
    for (old, new, rank) in [
        ("First words\"", "Names by maker\"", TitleRank::Agent),
        ("First words\"", "Other words\"", TitleRank::Agent),
        (
            "First words\"",
            "Mine\",\"isSessionTitleManuallySet\":true",
            TitleRank::User,
        ),
    ] {
        let header = HEADER.replace(old, new);
        home.write("s1.jsonl", &format!("{header}\n{PROMPT}\n{ANSWER}\n"));
        home.read();
        let text = new.split('"').next().unwrap();
        assert_eq!(title(&home), (text.into(), rank));
        assert_eq!(home.session.as_ref().unwrap().messages(), 2);
    }
    // A title made of what the program put in is none.
    for none in [
        "New Session",
        "<system-reminder>\\nBe",
        "<system-reminder>x</system-reminder>",
    ] {
        let header = HEADER.replace("First words", none);
        home.write("s1.jsonl", &format!("{header}\n{PROMPT}\n{ANSWER}\n"));
        home.read();
        let want = ("First words of mine".into(), TitleRank::FirstPrompt);
        assert_eq!(title(&home), want, "{none}");
    }
}

#[test]
fn files_beside_a_log_are_its_news() {
    let home = Home::new();
    let root = &Droid.roots(&home.env)[0];
    let below = |path: &str| home.dir.path().join(".factory").join(path);
    let claim = |path: &str| Droid.claim(&home.env, root, &below(path));
    for ours in ["s1.jsonl", "s1.settings.json", "s1.settings.json.bak"] {
        let path = format!("sessions/-w/{ours}");
        assert_eq!(claim(&path).as_ref(), Some(&home.unit), "{ours}");
    }
    for other in [
        "settings.json",
        "sessions/-w/s2.settings.json",
        "sessions/-w/.jsonl",
        "sessions/-w/s1.jsonl.events.lock",
        "sessions/s1/attachments/a.jsonl",
        "projects/a.jsonl",
        "logs/a.jsonl",
    ] {
        assert_eq!(claim(other), None, "{other}");
    }
    let flat = claim("sessions/s0.jsonl").unwrap();
    assert!(
        flat.rank < home.unit.rank,
        "moved logs tell before old ones"
    );
    assert_eq!(
        Droid.beside(&home.unit),
        [below("sessions/-w/s1.settings.json")]
    );
}

#[test]
fn long_names_fit_a_cursor() {
    let mut home = Home::new();
    let long = "x".repeat(5000);
    let header = format!(
        r#"{{"type":"session_start","id":"{long}","parent":"{long}","forkedAtMessageId":"{long}","callingSessionId":"{long}"}}"#
    );
    home.write(
        "s1.jsonl",
        &format!(
            "{header}\n{}\n",
            ANSWER.replace("\"role\"", &format!("\"modelId\":\"{long}\",\"role\""))
        ),
    );
    home.write(
        "s1.settings.json",
        &format!(r#"{{"model":"{long}","providerLock":"{long}","worktree":{{"branch":"{long}"}},"providerLockTimestamp":"{long}"}}"#),
    );
    home.read();
    assert_eq!(
        &*home.session.as_ref().unwrap().id.native,
        "s1",
        "the file's name"
    );
    assert!(home.session.as_ref().unwrap().model.is_some());
}

#[test]
fn only_plain_ids_are_resumed() {
    let home = Home::new();
    let mut home = home;
    home.read();
    let mut session = (**home.session.as_ref().unwrap()).clone();
    let line = |s: &Session| Droid.resume(s).and_then(|launch| launch.line());
    assert_eq!(
        line(&session).as_deref(),
        Some("cd /w && droid --resume s1")
    );
    for (id, ok) in [("s1#2", true), ("-rf", false), ("a/b", false), ("", false)] {
        session.id.native = id.into();
        assert_eq!(line(&session).is_some(), ok, "{id}");
    }
}
