//! A loader over a real folder: every change on disk ends in the true state, whatever told it.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

use super::*;
use crate::env::{Disk, Entry, Files};
use crate::index::Index;
use crate::ingest::Watching;

/// Longer than anything here takes on any machine; a test that needs it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

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
