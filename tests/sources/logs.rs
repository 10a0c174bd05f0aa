//! Files that grow by lines: cut anywhere, drunk in sips, or changed behind our back, they tell one story.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;

use backscroll::model::{Conversation, Unit};
use backscroll::sources::At;
use rayon::prelude::*;

use super::at_once;
use super::homes::{Dice, Fixture, Listener, Reader, Story, World, differ, fixtures, fresh};

/// A log of a home, its bytes, and what a single gulp of it comes to.
struct Log {
    unit: Unit,
    bytes: Vec<u8>,
    story: Story,
    talks: Vec<Conversation>,
}

/// The units of a home that are read on from a line.
fn logs(world: &World) -> Vec<Log> {
    let mut logs = Vec::new();
    for unit in world.units() {
        let mut listener = Listener::new(&world.env, &unit);
        listener.read(None).unwrap();
        let bytes = std::fs::read(&unit.path).unwrap();
        if matches!(listener.cursor.at, At::Line { .. }) && !bytes.is_empty() {
            logs.push(Log {
                bytes,
                talks: talks(world, &listener.story),
                story: listener.story,
                unit,
            });
        }
    }
    logs
}

fn talks(world: &World, story: &Story) -> Vec<Conversation> {
    let sessions = story.sessions.values();
    sessions
        .map(|kept| Reader::new(&world.env, &kept.session).read())
        .collect()
}

fn readers<'w>(world: &'w World, log: &Log) -> Vec<Reader<'w>> {
    let sessions = log.story.sessions.values();
    sessions
        .map(|kept| Reader::new(&world.env, &kept.session))
        .collect()
}

/// Every home that has logs, in parallel: each works in a copy of its own.
fn each_log(check: impl Fn(&Fixture, &World, &Log) + Sync) {
    let work: Vec<(Fixture, usize)> = fixtures()
        .into_iter()
        .flat_map(|fixture| {
            let count = logs(&fixture.make()).len();
            (0..count).map(move |i| (fixture.clone(), i))
        })
        .collect();
    assert!(work.len() > 10, "only {} logs", work.len());
    work.par_iter().for_each(|(fixture, i)| {
        let world = fixture.make();
        check(fixture, &world, &logs(&world)[*i]);
    });
}

/// A search without an index reads each log once, for the list and for the index of words.
#[test]
fn a_log_that_is_read_once_for_both_tells_the_same() {
    let mut sources = BTreeSet::new();
    for fixture in fixtures() {
        sources.extend(at_once::is_the_same(&fixture.make().env));
    }
    let named: Vec<&str> = sources.iter().map(|id| id.0).collect();
    assert_eq!(named, ["claude-code", "codex-cli", "factory-droid", "pi"]);
}

#[test]
fn a_log_cut_at_any_byte_is_read_on_to_the_same_story() {
    each_log(|fixture, world, log| {
        let mut file = File::options().append(true).open(&log.unit.path).unwrap();
        for cut in 0..log.bytes.len() {
            let what = || {
                format!(
                    "{} {} cut at {cut}",
                    fixture.title(),
                    world.short(&log.unit.path)
                )
            };
            file.set_len(cut as u64).unwrap();
            let mut listener = Listener::new(&world.env, &log.unit);
            listener
                .read(None)
                .unwrap_or_else(|e| panic!("{}: {e}", what()));
            let mut readers = readers(world, log);
            readers.iter_mut().for_each(|r| drop(r.read()));
            file.write_all(&log.bytes[cut..]).unwrap();
            listener
                .read(None)
                .unwrap_or_else(|e| panic!("{}: {e}", what()));
            differ(&what(), &listener.story, &log.story);
            for (reader, want) in readers.iter_mut().zip(&log.talks) {
                differ(&what(), &reader.read(), want);
            }
        }
    });
}

#[test]
fn sips_tell_what_one_gulp_tells() {
    each_log(|fixture, world, log| {
        for (seed, most) in [(1, 40), (2, 300), (3, 2000), (4, 2000)] {
            let mut dice = Dice::new(seed);
            let mut file = File::create(&log.unit.path).unwrap();
            let mut listener = Listener::new(&world.env, &log.unit);
            let mut readers = readers(world, log);
            let mut talks: Vec<Conversation> = Vec::new();
            let mut rest = &*log.bytes;
            while !rest.is_empty() {
                let (sip, behind) = rest.split_at(dice.roll(most).min(rest.len()));
                file.write_all(sip).unwrap();
                listener.read(None).unwrap();
                talks = readers.iter_mut().map(Reader::read).collect();
                rest = behind;
            }
            let what = format!(
                "{} {} seed {seed}",
                fixture.title(),
                world.short(&log.unit.path)
            );
            differ(&what, &listener.story, &log.story);
            differ(&what, &talks, &log.talks);
        }
    });
}

#[test]
fn a_log_that_was_changed_is_read_anew() {
    each_log(|fixture, world, log| {
        let path = &*log.unit.path;
        let lines: Vec<&[u8]> = log.bytes.split_inclusive(|b| *b == b'\n').collect();
        let shorter = &log.bytes[..log.bytes.len() / 2];
        let other = [&lines[..lines.len() / 2], &lines[lines.len() / 2 + 1..]]
            .concat()
            .concat();
        // Of the same length: a letter of the first line's text is another one.
        let mut same_length = log.bytes.clone();
        let letter = same_length.iter().position(|b| *b == b'2').unwrap();
        same_length[letter] = b'1';
        type Change = fn(&Path, &[u8]);
        let in_place: Change = |path, bytes| std::fs::write(path, bytes).unwrap();
        let by_rename: Change = |path, bytes| {
            let aside = path.with_extension("new");
            std::fs::write(&aside, bytes).unwrap();
            std::fs::rename(aside, path).unwrap();
        };
        let changes: [(&str, Change, &[u8]); 6] = [
            ("truncated", in_place, shorter),
            ("emptied", in_place, b""),
            ("rewritten in place", in_place, &same_length),
            ("replaced", by_rename, &other),
            ("replaced by a shorter one", by_rename, shorter),
            (
                "replaced by a longer one",
                by_rename,
                &[&other[..], &other[..]].concat(),
            ),
        ];
        for (change, write, bytes) in changes {
            std::fs::write(path, &log.bytes).unwrap();
            let mut listener = Listener::new(&world.env, &log.unit);
            listener.read(None).unwrap();
            let mut readers = readers(world, log);
            readers.iter_mut().for_each(|r| drop(r.read()));
            write(path, bytes);
            listener.read(None).unwrap();
            let what = format!("{} {} {change}", fixture.title(), world.short(path));
            differ(&what, &listener.story, &fresh(&world.env, &log.unit));
            for (reader, kept) in readers.iter_mut().zip(log.story.sessions.values()) {
                differ(
                    &what,
                    &reader.read(),
                    &Reader::new(&world.env, &kept.session).read(),
                );
            }
        }
        std::fs::write(path, &log.bytes).unwrap();
        let mut listener = Listener::new(&world.env, &log.unit);
        listener.read(None).unwrap();
        std::fs::remove_file(path).unwrap();
        let error = listener.read(None).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        std::fs::write(path, &log.bytes).unwrap();
        listener.read(None).unwrap();
        differ("it came back", &listener.story, &log.story);
    });
}
