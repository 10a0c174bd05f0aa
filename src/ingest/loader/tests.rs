//! A loader over a real folder: every change on disk ends in the true state, whatever told it.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

use super::*;
use crate::env::{Disk, Entry, Files};
use crate::index::Index;
use crate::ingest::Watching;

/// A busy machine may lose the race for an event; then the sweep of every minute finds it.
const PATIENCE: Duration = Duration::from_secs(90);

struct House {
    dir: tempfile::TempDir,
    index: Index,
    news: Receiver<Delta>,
    _loader: Loader,
}

impl House {
    fn new(files: Option<Arc<dyn Files>>) -> House {
        let dir = tempfile::tempdir().unwrap();
        let mut env = Env::bare(dir.path(), "2026-11-20T12:00:00Z".parse().unwrap());
        if let Some(files) = files {
            env.files = files;
        }
        let (send, news) = mpsc::channel();
        let send = Box::new(move |delta| send.send(delta).is_ok());
        let mut house = House {
            _loader: Loader::spawn(env, Choice::default(), true, send),
            dir,
            index: Index::default(),
            news,
        };
        house.wait("the first look is done", |index| index.progress().done);
        house
    }

    fn wait(&mut self, what: &str, is_so: impl Fn(&Index) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_so(&self.index) {
            let rest = end.saturating_duration_since(Instant::now());
            let delta = self.news.recv_timeout(rest);
            self.index
                .apply(delta.unwrap_or_else(|_| panic!("never seen: {what}")));
        }
    }

    fn prompts(&mut self, what: &str, expected: &[u32]) {
        self.wait(what, |index| {
            let mut prompts: Vec<u32> = index.rows().map(|row| row.session.prompts).collect();
            prompts.sort_unstable();
            prompts == expected
        });
    }

    fn log(&self, project: &str) -> PathBuf {
        let dir = self.dir.path().join(".claude/projects").join(project);
        fs::create_dir_all(&dir).unwrap();
        dir.join("5b1e9c2f-0000-4000-8000-000000000001.jsonl")
    }
}

fn prompt(path: &Path, text: &str) {
    let line = format!(
        r#"{{"type":"user","uuid":"{text}","timestamp":"2026-11-20T10:00:00Z","message":{{"role":"user","content":"{text}"}}}}"#
    );
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .unwrap();
    writeln!(file, "{line}").unwrap();
}

#[test]
fn folders_and_logs_that_come_grow_shrink_and_go() {
    let mut house = House::new(None);
    // Not even the root is there at the start.
    let log = house.log("loom");
    prompt(&log, "red");
    house.prompts("a new log in a new root", &[1]);
    prompt(&log, "blue");
    house.prompts("an appended line", &[2]);
    let other = house.log("mill");
    prompt(
        &other.with_file_name("5b1e9c2f-0000-4000-8000-000000000002.jsonl"),
        "grain",
    );
    house.prompts("a second folder", &[1, 2]);
    fs::write(&log, "").unwrap();
    prompt(&log, "green");
    house.prompts("a log cut short and begun anew", &[1, 1]);
    fs::rename(&log, log.with_extension("gone")).unwrap();
    house.prompts("a log renamed away", &[1]);
    fs::remove_dir_all(house.dir.path().join(".claude")).unwrap();
    house.prompts("everything deleted", &[]);
    prompt(&house.log("loom"), "again");
    house.prompts("a root that came back", &[1]);
}

/// G16: a directory that is gone is noticed while the screen is open, and so is one that came back.
#[test]
fn directories_that_go_and_come_are_noticed() {
    let mut house = House::new(None);
    let work = house.dir.path().join("work");
    let log = house.log("loom");
    fs::create_dir_all(log.parent().unwrap()).unwrap();
    let line = serde_json::json!({
        "type": "user", "uuid": "u", "timestamp": "2026-11-20T10:00:00Z", "cwd": work,
        "message": {"role": "user", "content": "red"},
    });
    fs::write(&log, format!("{line}\n")).unwrap();
    let gone = |index: &Index| index.rows().map(|row| row.is_gone).eq([true]);
    let there = |index: &Index| index.rows().map(|row| row.is_gone).eq([false]);
    house.wait("a directory that was never there", gone);
    fs::create_dir(&work).unwrap();
    house._loader.sweep();
    house.wait("a directory that came", there);
    fs::remove_dir(&work).unwrap();
    house._loader.sweep();
    house.wait("a directory that went", gone);
}

/// The disk, without events.
struct Remote;

impl Files for Remote {
    fn open(&self, path: &Path) -> std::io::Result<fs::File> {
        Disk.open(path)
    }

    fn stamp(&self, path: &Path) -> std::io::Result<Stamp> {
        Disk.stamp(path)
    }

    fn list(&self, dir: &Path) -> std::io::Result<Vec<Entry>> {
        Disk.list(dir)
    }

    fn is_local(&self, _path: &Path) -> bool {
        false
    }
}

#[test]
fn where_no_events_come_it_looks_again_and_says_so() {
    let mut house = House::new(Some(Arc::new(Remote)));
    let log = house.log("loom");
    prompt(&log, "red");
    house.prompts("the folder above the root still tells", &[1]);
    house.wait("that it polls", |index| {
        matches!(&index.progress().watching, Watching::Polling(why) if why.contains("network"))
    });
    prompt(&log, "blue");
    house.prompts("an appended line", &[2]);
    prompt(
        &log.with_file_name("5b1e9c2f-0000-4000-8000-000000000002.jsonl"),
        "green",
    );
    house.prompts("a new log beside it", &[1, 2]);
}

#[test]
fn a_busy_database_is_tried_again() {
    let mut house = House::new(None);
    let data = house.dir.path().join(".local/share");
    fs::create_dir_all(data.join("new")).unwrap();
    let db = rusqlite::Connection::open(data.join("new/opencode.db")).unwrap();
    db.execute_batch(
        "CREATE TABLE session (id TEXT PRIMARY KEY, title TEXT, time_created INTEGER, time_updated INTEGER);
         INSERT INTO session VALUES ('ses_1', 'Weave', 1000, 1000);
         BEGIN EXCLUSIVE;",
    )
    .unwrap();
    // Nobody sees it before it is locked.
    fs::rename(data.join("new"), data.join("opencode")).unwrap();
    house.wait("that it is busy", |index| index.odd().len() > 0);
    db.execute_batch("COMMIT").unwrap();
    house.wait("its session", |index| index.rows().len() == 1);
    house.wait("that it is no longer a problem", |index| {
        index.odd().len() == 0
    });
}

/// A line of a log that names the directory it was written in.
fn prompt_in(log: &Path, dir: &Path) {
    let line = format!(
        r#"{{"type":"user","uuid":"u","timestamp":"2026-11-20T10:00:00Z","cwd":"{}","message":{{"role":"user","content":"weave"}}}}"#,
        dir.display()
    );
    fs::write(log, format!("{line}\n")).unwrap();
}

const RUN: &str = "# aider chat started at 2026-11-20 09:00:00\n\n#### mend it\n\n";

#[test]
fn logs_in_projects_are_found_once_a_session_names_the_directory() {
    let mut house = House::new(None);
    let project = house.dir.path().join("work/loom");
    fs::create_dir_all(&project).unwrap();
    let chat = project.join(".aider.chat.history.md");
    fs::write(&chat, RUN).unwrap();
    let log = house.log("loom");
    prompt_in(&log, &project);
    house.prompts("the session, and the log where it was", &[1, 1]);
    house.wait("why it is looked at", |index| {
        let looked = index.progress().sources.iter().flat_map(|s| &s.looked);
        let why = crate::sources::NAMED;
        looked
            .clone()
            .any(|(path, w, _)| *path == project && *w == why)
    });
    fs::write(&chat, format!("{RUN}#### and oil it\n")).unwrap();
    house.prompts("it grows by an event", &[1, 2]);
    fs::remove_file(&chat).unwrap();
    house.prompts("it goes", &[1]);
    fs::write(&chat, RUN).unwrap();
    house.prompts("it comes back", &[1, 1]);
    // A directory that another session names later, whose log comes later still.
    let other = house.dir.path().join("work/mill");
    fs::create_dir_all(&other).unwrap();
    let second = log.with_file_name("5b1e9c2f-0000-4000-8000-000000000002.jsonl");
    prompt_in(&second, &other);
    house.prompts("the second session", &[1, 1, 1]);
    fs::write(other.join(".aider.chat.history.md"), RUN).unwrap();
    house.prompts("the log where it was", &[1, 1, 1, 1]);
    // Nobody names the directory any more: there the next look finds nothing.
    fs::remove_file(&second).unwrap();
    house.prompts("the second session is gone", &[1, 1, 1]);
    house._loader.sweep();
    house.prompts("and what it led to", &[1, 1]);
}

#[test]
fn a_list_of_projects_that_grows_is_followed() {
    let mut house = House::new(None);
    let list = house.dir.path().join(".local/share/crush");
    let data = house.dir.path().join("loom/.crush");
    for dir in [&list, &data] {
        fs::create_dir_all(dir).unwrap();
    }
    let db = rusqlite::Connection::open(data.join("crush.db")).unwrap();
    let tables = "CREATE TABLE sessions (id TEXT PRIMARY KEY, title TEXT);
         INSERT INTO sessions VALUES ('s1', 'Weave');";
    db.execute_batch(tables).unwrap();
    let project = house.dir.path().join("loom");
    let text = format!(r#"{{"projects":[{{"path":"{}"}}]}}"#, project.display());
    fs::write(list.join("new"), text).unwrap();
    fs::rename(list.join("new"), list.join("projects.json")).unwrap();
    house.wait("its session", |index| index.rows().len() == 1);
    let more = "INSERT INTO sessions VALUES ('s2', 'Spin')";
    db.execute_batch(more).unwrap();
    house.wait("another one", |index| index.rows().len() == 2);
}

#[test]
fn an_older_store_tells_what_the_newer_one_no_longer_holds() {
    let mut house = House::new(None);
    let root = house.dir.path().join(".local/share/opencode");
    let write = |path: &str, json: String| {
        // Where nobody looks: what is made folder by folder may be met half-made, and the rest a minute later.
        let path = house.dir.path().join("new").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, json).unwrap();
    };
    for id in ["ses_1", "ses_2"] {
        write(
            &format!("message/{id}/msg_{id}.json"),
            format!(r#"{{"id":"msg_{id}","role":"user","time":{{"created":1000}}}}"#),
        );
        write(
            &format!("part/msg_{id}/prt_1.json"),
            r#"{"type":"text","text":"old"}"#.to_owned(),
        );
    }
    fs::create_dir_all(&root).unwrap();
    let db = rusqlite::Connection::open(root.join("opencode.db")).unwrap();
    db.execute_batch(
        "CREATE TABLE session (id TEXT PRIMARY KEY, title TEXT, time_updated INTEGER);
        INSERT INTO session VALUES ('ses_1', 'new', 1000), ('ses_2', 'new', 1000);",
    )
    .unwrap();
    for id in ["ses_1", "ses_2"] {
        write(
            &format!("session/global/{id}.json"),
            format!(r#"{{"id":"{id}","title":"old"}}"#),
        );
    }
    fs::rename(house.dir.path().join("new"), root.join("storage")).unwrap();
    let titles = |index: &Index| -> Vec<String> {
        let rows = index.rows();
        rows.map(|row| {
            row.session
                .title
                .as_ref()
                .map_or("-".into(), |t| t.text.to_string())
        })
        .collect()
    };
    house.wait("both in the database", |index| {
        titles(index) == ["new", "new"]
    });
    db.execute("DELETE FROM session WHERE id = 'ses_1'", [])
        .unwrap();
    house.wait("one of them no longer", |index| {
        titles(index) == ["old", "new"]
    });
    drop(db);
    fs::remove_file(root.join("opencode.db")).unwrap();
    house.wait("the database is gone", |index| {
        titles(index) == ["old", "old"]
    });
}
