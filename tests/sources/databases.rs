//! Databases that their program writes while we read: reading on tells what reading anew tells.

use std::collections::BTreeMap;

use backscroll::model::SessionId;

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
