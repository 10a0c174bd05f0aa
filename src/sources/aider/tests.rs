//! What a home cannot show: zones, and a block that changes behind the cursor.

use std::ops::ControlFlow;

use jiff::tz::TimeZone;

use super::*;
use crate::sources::Record;

struct Desk {
    dir: tempfile::TempDir,
    env: Env,
    cursor: Cursor,
}

impl Desk {
    fn new(text: &str) -> Desk {
        let dir = tempfile::tempdir().unwrap();
        let desk = Desk {
            env: Env::bare(dir.path(), "2026-03-31T00:00:00Z".parse().unwrap()),
            dir,
            cursor: Cursor::default(),
        };
        desk.write(text);
        desk
    }

    fn file(&self) -> PathBuf {
        self.dir.path().join(NAME)
    }

    fn write(&self, text: &str) {
        std::fs::write(self.file(), text).unwrap();
    }

    fn read(&mut self) -> Vec<Record> {
        let root = Aider.in_project(&self.env, self.dir.path()).unwrap();
        let unit = Aider.claim(&self.env, &root, &self.file()).unwrap();
        let mut heard = Vec::new();
        let mut say = |record| {
            heard.push(record);
            ControlFlow::Continue(())
        };
        let from = self.cursor.clone();
        self.cursor = Aider
            .read(&self.env, &unit, Want::Summary, &from, &mut say)
            .unwrap();
        heard
    }
}

const RUN: &str = "\n# aider chat started at 2026-03-29 02:30:00\n\n#### mend it\n\n> Tokens: 1k sent, 2 received.\n";

#[test]
fn a_start_is_in_the_zone_of_the_machine() {
    let mut desk = Desk::new(RUN);
    for (zone, time) in [
        ("UTC", "2026-03-29T02:30:00Z"),
        ("America/New_York", "2026-03-29T06:30:00Z"),
        // There the clock sprang over this half hour, so it was the one behind it.
        ("Europe/Berlin", "2026-03-29T01:30:00Z"),
    ] {
        desk.env.zone = TimeZone::get(zone).unwrap();
        desk.cursor = Cursor::default();
        let heard = desk.read();
        let start = heard.iter().find_map(|record| match record {
            Record::Session { facts, .. } => facts.at,
            _ => None,
        });
        assert_eq!(start, Some(time.parse().unwrap()), "{zone}");
    }
}

#[test]
fn a_last_block_that_was_cut_or_changed_is_read_anew() {
    let is_reset = |heard: &[Record]| heard.first() == Some(&Record::Reset);
    for changed in [
        RUN.replace("> Tokens: 1k sent, 2 received.\n", "> To\n"),
        RUN.replace("1k", "2k"),
    ] {
        let mut desk = Desk::new(RUN);
        desk.read();
        desk.write(&format!("{RUN}> and more\n"));
        assert!(!is_reset(&desk.read()), "it went on");
        desk.write(&changed);
        assert!(is_reset(&desk.read()), "{changed}");
    }
}

#[test]
fn the_variable_names_one_file_for_all_or_one_in_each_project() {
    let mut desk = Desk::new("");
    let dir = desk.dir.path().to_path_buf();
    let named = |env: &Env| (Aider.roots(env).len(), Aider.in_project(env, &dir).unwrap());
    assert_eq!(*named(&desk.env).1.path, *dir);
    desk.env
        .vars
        .insert(VARIABLE.into(), "notes/chat.md".into());
    let (own, root) = named(&desk.env);
    assert_eq!((own, &*root.path), (0, &*dir.join("notes")));
    let claims = |env: &Env, root: &Root, name: &str| {
        Aider.claim(env, root, &root.path.join(name)).is_some()
    };
    assert!(claims(&desk.env, &root, "chat.md") && !claims(&desk.env, &root, NAME));
    desk.env.vars.insert(VARIABLE.into(), "~/chat.md".into());
    let root = Aider.roots(&desk.env).pop().unwrap();
    assert_eq!((&*root.path, root.why), (&*dir, VARIABLE));
    assert!(claims(&desk.env, &root, "chat.md") && !claims(&desk.env, &root, "x/chat.md"));
}
