//! Databases that their program writes while we read: reading on tells what reading anew tells.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use backscroll::env::{Disk, Entry, Env, Files, Stamp};
use backscroll::model::SessionId;
use rusqlite::Connection;

use super::homes::{Fixture, Listener, Reader, World, differ, fixtures, fresh, live};

/// Homes with something that happens later.
fn moving() -> impl Iterator<Item = (Fixture, World)> {
    fixtures()
        .into_iter()
        .map(|f| (f.clone(), f.make()))
        .filter(|(_, world)| !world.later.is_empty())
}

#[test]
fn what_happens_later_is_read_on_from_the_cursor() {
    let mut steps = 0;
    for (fixture, world) in moving() {
        let path = &world.later[0].0;
        let unit = world
            .units()
            .into_iter()
            .find(|unit| *unit.path == **path)
            .unwrap();
        let mut listener = Listener::new(&world.env, &unit);
        listener.read(None).unwrap();
        let mut readers: BTreeMap<SessionId, Reader<'_>> = BTreeMap::new();
        let writer = live(path);
        for (n, (_, statements)) in world.later.iter().enumerate() {
            let what = format!("{}, step {}", fixture.title(), n + 1);
            let before = listener.story.clone();
            // Conversations that are open before the step follow it.
            for session in before.sessions.values().map(|kept| &kept.session) {
                readers
                    .entry(session.id.clone())
                    .or_insert_with(|| Reader::new(&world.env, session))
                    .read();
            }
            writer.execute_batch(statements).unwrap();
            listener.read(None).unwrap();
            let now = fresh(&world.env, &unit);
            differ(&what, &listener.story, &now);
            for session in now.sessions.values().map(|kept| &kept.session) {
                let Some(reader) = readers.get_mut(&session.id) else {
                    continue;
                };
                let anew = Reader::new(&world.env, session).read();
                differ(&format!("{what}: {}", session.id), &reader.read(), &anew);
            }
            steps += 1;
        }
        // A program that ends writes its log back; nothing it said changes.
        let before = listener.story.clone();
        drop(writer);
        listener.read(None).unwrap();
        differ(&fixture.title(), &listener.story, &before);
    }
    assert!(steps > 0, "nothing happens later in any home");
}

#[test]
fn a_database_put_in_place_of_another_is_read_anew() {
    for (fixture, world) in moving() {
        let path = &world.later[0].0;
        let unit = world
            .units()
            .into_iter()
            .find(|unit| *unit.path == **path)
            .unwrap();
        let old = std::fs::read(path).unwrap();
        let writer = live(path);
        for (_, statements) in &world.later {
            writer.execute_batch(statements).unwrap();
        }
        writer.close().unwrap();
        for by_rename in [false, true] {
            let new = std::fs::read(path).unwrap();
            let mut listener = Listener::new(&world.env, &unit);
            listener.read(None).unwrap();
            let later = listener.story.clone();
            if by_rename {
                let aside = path.with_extension("backup");
                std::fs::write(&aside, &old).unwrap();
                std::fs::rename(aside, path).unwrap();
            } else {
                std::fs::write(path, &old).unwrap();
            }
            listener.read(None).unwrap();
            let what = format!("{}, by rename: {by_rename}", fixture.title());
            differ(&what, &listener.story, &fresh(&world.env, &unit));
            assert_ne!(listener.story, later, "{what}: the backup is another one");
            std::fs::write(path, new).unwrap();
        }
    }
}

/// A disk on which a program writes its log back into the database just when that is opened: after its log was
/// copied, before it is.
struct Meddling {
    database: PathBuf,
    opened: Mutex<(u32, Option<Connection>, String)>,
    closes: bool,
}

impl Files for Meddling {
    fn open(&self, path: &Path) -> io::Result<File> {
        let mut state = self.opened.lock().unwrap();
        let (count, writer, statements) = &mut *state;
        *count += u32::from(*path == *self.database);
        if *path == *self.database && *count == 1 {
            let writer = writer.take().unwrap();
            writer.execute_batch(statements).unwrap();
            if self.closes {
                // The last one to close a database removes its log.
                writer.close().unwrap();
            } else {
                writer
                    .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
                    .unwrap();
            }
        }
        Disk.open(path)
    }

    fn stamp(&self, path: &Path) -> io::Result<Stamp> {
        Disk.stamp(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<Entry>> {
        Disk.list(dir)
    }

    /// So that the database is copied.
    fn is_local(&self, _path: &Path) -> bool {
        false
    }
}

#[test]
fn a_log_written_back_while_it_is_copied_mixes_no_states() {
    for (fixture, _) in moving() {
        let steps = 1..fixture.make().later.len();
        for (done, closes) in steps.flat_map(|done| [(done, false), (done, true)]) {
            let world = fixture.make();
            let path = &world.later[0].0;
            let unit = world
                .units()
                .into_iter()
                .find(|unit| *unit.path == **path)
                .unwrap();
            let writer = live(path);
            let (first, rest) = world.later.split_at(done);
            for (_, statements) in first {
                writer.execute_batch(statements).unwrap();
            }
            let before = fresh(&world.env, &unit);
            let rest: Vec<&str> = rest.iter().map(|(_, s)| s.as_str()).collect();
            let meddling = Env {
                files: Arc::new(Meddling {
                    database: path.clone(),
                    opened: Mutex::new((0, Some(writer), rest.concat())),
                    closes,
                }),
                ..world.env.clone()
            };
            let told = fresh(&meddling, &unit);
            let after = fresh(&world.env, &unit);
            assert_ne!(before, after, "{}", fixture.title());
            if told != before {
                let what = format!("{} after step {done}", fixture.title());
                differ(&what, &told, &after);
            }
        }
    }
}
