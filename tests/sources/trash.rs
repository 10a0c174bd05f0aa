//! What every source says belongs to a session is that, all of that and nothing else: the session is gone, no other is,
//! and everything comes back as it was (D2, D5).

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use backscroll::index::Index;
use backscroll::ingest::{self, Choice, Reading};
use backscroll::sources::SOURCES;
use backscroll::trash;

use super::homes::{World, files_below, fixtures};

/// Sources whose sessions are never files of their own, and what they say.
const NEVER: &[(&str, &str)] = &[
    ("aider", "among your own files"),
    ("antigravity", "in a database"),
    ("crush", "in a database"),
];

/// Kind, permissions, bytes and times of everything in a home.
fn tree(home: &Path) -> BTreeMap<PathBuf, (u32, i64, i64, Vec<u8>)> {
    let told = |path: PathBuf| {
        let meta = std::fs::symlink_metadata(&path).unwrap();
        let bytes = std::fs::read(&path).unwrap_or_default();
        (path, (meta.mode(), meta.mtime(), meta.mtime_nsec(), bytes))
    };
    files_below(home).into_iter().map(told).collect()
}

/// Each session by its source, its file and the agent's own id, and how many messages it has.
type Sessions = BTreeMap<(&'static str, PathBuf, String), usize>;

fn sessions(world: &World) -> (Index, Sessions) {
    let mut index = Index::default();
    index.apply(ingest::load(&world.env, &Choice::default()));
    let mut all = Sessions::new();
    for row in index.rows() {
        let native = row.id().native.split('#').next().unwrap().to_owned();
        let mut reading = Reading::new(&row.session);
        reading.read(&world.env).unwrap();
        let messages = reading.conversation().messages.len();
        let path = row.session.unit.path.to_path_buf();
        all.insert((row.id().source.0, path, native), messages);
    }
    (index, all)
}

#[test]
fn every_session_goes_alone_and_comes_back_as_it_was() {
    let mut moved: BTreeMap<String, usize> = BTreeMap::new();
    let mut refused: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for fixture in fixtures() {
        let mut world = fixture.make();
        // What a program left that was killed there: its number may be another's here.
        let _ = std::fs::remove_dir_all(world.home.join(".claude/sessions"));
        // Elsewhere than the home where this machine has another file system, so that copies are proved as well.
        let data = tempfile::tempdir().unwrap();
        world
            .env
            .vars
            .insert("BACKSCROLL_DATA".into(), data.path().into());
        for (n, path) in files_below(&world.home).into_iter().enumerate() {
            let time =
                SystemTime::UNIX_EPOCH + Duration::new(1_700_000_000 + n as u64, 987_654_321);
            std::fs::File::options()
                .append(true)
                .open(&path)
                .unwrap()
                .set_modified(time)
                .unwrap();
        }
        let (index, before) = sessions(&world);
        let files = tree(&world.home);
        let rows: Vec<_> = index.rows().cloned().collect();
        for row in &rows {
            let title = format!("{}: {}", fixture.title(), row.id());
            let slug = row.id().source.0.to_owned();
            let plan = trash::plan(
                &world.env,
                &index,
                &Choice::default(),
                std::slice::from_ref(row),
            );
            if let Some((_, why)) = plan.refused.first() {
                assert!(plan.sessions.is_empty() && !why.contains('\n'), "{title}");
                refused.entry(slug).or_default().insert(why.clone());
                continue;
            }
            let deleted = trash::delete(&world.env, &plan).unwrap();
            assert!(deleted.failed.is_none(), "{title}: {:?}", deleted.failed);
            *moved.entry(slug.clone()).or_default() += 1;
            let mut family: BTreeSet<_> = plan.sessions[0].agents.iter().cloned().collect();
            family.insert(row.id().clone());
            let gone = rows.iter().filter(|row| family.contains(row.id()));
            let gone: BTreeSet<&Path> = gone.map(|row| &*row.session.unit.path).collect();
            let (_, mut now) = sessions(&world);
            let mut left = before.clone();
            left.retain(|(_, path, _), _| !gone.contains(path.as_path()));
            // Some agents leave their logs where only sessions of others say that they worked.
            let of_source =
                |(source, _, _): &(&str, PathBuf, String), _: &mut usize| *source == slug;
            now.retain(of_source);
            left.retain(of_source);
            assert_eq!(now, left, "{title}");
            let item = &deleted.items[0];
            let (_, notes) = trash::restore(&world.env, &item.name).unwrap();
            assert_eq!(notes, [""; 0], "{title}");
            assert!(tree(&world.home) == files, "{title}: not as it was");
        }
        assert!(sessions(&world).1 == before, "{}", fixture.title());
    }
    for source in SOURCES {
        let slug = source.card().id.0;
        let whys = refused.get(slug).cloned().unwrap_or_default();
        match NEVER.iter().find(|(never, _)| *never == slug) {
            Some((_, said)) => {
                assert!(!moved.contains_key(slug), "{slug}");
                assert!(
                    whys.iter().all(|why| why.contains(said)),
                    "{slug}: {whys:?}"
                );
            }
            None => assert!(moved.contains_key(slug), "{slug}: {whys:?}"),
        }
        println!("{slug}: {} moved, {whys:?}", moved.get(slug).unwrap_or(&0));
    }
}
