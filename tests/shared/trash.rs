//! Deleting among inputs made to lead it astray: nothing outside is touched, and everything else comes back as it was
//! (D1, D2, D5).

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use backscroll::env::Env;
use backscroll::index::Index;
use backscroll::ingest::{self, Choice};
use backscroll::sources::hash;
use backscroll::trash::{self, Plan};

use super::hostile;

/// What is larger is not read here.
const LARGE: u64 = 64 << 20;

/// Kind, permissions, and of files their times and bytes, by path.
fn tree(dir: &Path) -> BTreeMap<PathBuf, (u32, i64, i64, u64)> {
    let (mut all, mut todo) = (BTreeMap::new(), vec![dir.to_path_buf()]);
    while let Some(dir) = todo.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let meta = std::fs::symlink_metadata(&path).unwrap();
            let told = match (meta.is_file(), meta.is_symlink()) {
                // Some are said to be gigabytes, of which nothing was written.
                (true, _) if meta.len() > LARGE => (meta.mtime(), meta.mtime_nsec(), meta.len()),
                (true, _) => {
                    let bytes = std::fs::read(&path).unwrap_or_default();
                    (meta.mtime(), meta.mtime_nsec(), hash(&[&bytes]))
                }
                (_, true) => {
                    let leads = std::fs::read_link(&path).unwrap();
                    (0, 0, hash(&[leads.as_os_str().as_bytes()]))
                }
                _ => (0, 0, 0),
            };
            if meta.is_dir() {
                todo.push(path.clone());
            }
            all.insert(path, (meta.mode(), told.0, told.1, told.2));
        }
    }
    all
}

struct World {
    env: Env,
    dir: tempfile::TempDir,
    index: Index,
}

fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("set");
    hostile::make(&place);
    let mut env = Env::bare(&place.join("home"), "2026-11-21T00:00:00Z".parse().unwrap());
    env.vars
        .insert("BACKSCROLL_CACHE".into(), dir.path().join("cache").into());
    env.vars
        .insert("BACKSCROLL_DATA".into(), dir.path().join("data").into());
    // Made just now, all of it would pass for being written.
    for (path, (mode, ..)) in tree(&place.join("home")) {
        if mode & 0o170_000 == 0o100_000
            && let Ok(file) = std::fs::File::options().append(true).open(&path)
        {
            let seconds = 1_700_000_000 + hash(&[path.as_os_str().as_bytes()]) % 1_000_000;
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::new(seconds, 7))
                .unwrap();
        }
    }
    let mut index = Index::default();
    index.apply(ingest::load(&env, &Choice::default()));
    World { env, dir, index }
}

impl World {
    fn plan(&self, wanted: impl Fn(&backscroll::model::Row) -> bool) -> Plan {
        let rows: Vec<_> = self
            .index
            .rows()
            .filter(|row| wanted(row))
            .cloned()
            .collect();
        assert!(!rows.is_empty());
        trash::plan(&self.env, &self.index, &Choice::default(), &rows)
    }
}

/// `delete-traversal-opencode` names itself by a way out of the store; `symlink-outside` is a link to elsewhere.
#[test]
fn ways_out_lead_nowhere() {
    let world = world();
    let outside = world.dir.path().join("set/outside");
    let before = tree(&outside);
    assert!(before.len() >= 2);
    let is_way_out = |id: &str| id.contains("../outside");
    let plan = world.plan(|row| is_way_out(&row.id().native));
    // Where the id is also the name of a folder, the session stays.
    let opencode = plan
        .refused
        .iter()
        .filter(|(row, _)| row.id().source.0 == "opencode");
    let whys: Vec<&str> = opencode.map(|(_, why)| why.as_str()).collect();
    assert_eq!(whys, ["its id is not the name of its file"]);
    // Whatever is planned is below the home by its real path, and none of it is a link that stands for a session.
    let all = world.plan(|_| true);
    let home = world.env.home.canonicalize().unwrap();
    for one in &all.sessions {
        assert!(
            !one.row.session.unit.path.is_symlink(),
            "{}: a link",
            one.row.id()
        );
        for path in one.paths() {
            let real = path.parent().unwrap().canonicalize().unwrap();
            assert!(real.starts_with(&home), "{}", path.display());
        }
    }
    assert_eq!(tree(&outside), before);
}

#[test]
fn all_that_can_be_deleted_comes_back_as_it_was() {
    let world = world();
    let set = world.dir.path().join("set");
    let before = tree(&set);
    let plan = world.plan(|row| row.session.size.is_none_or(|size| size < LARGE));
    println!(
        "{} of {} sessions can be deleted",
        plan.sessions.len(),
        world.index.rows().len()
    );
    assert!(plan.sessions.len() > 100);
    let deleted = trash::delete(&world.env, &plan).unwrap();
    let failed = deleted
        .failed
        .as_ref()
        .map(|(row, why)| format!("{}: {why}", row.id()));
    assert_eq!((failed, deleted.left), (None, 0));
    let outside = |path: &Path| !path.starts_with(set.join("home"));
    let now = tree(&set);
    let away = |tree: &BTreeMap<PathBuf, _>| {
        tree.iter()
            .filter(|(path, _)| outside(path))
            .map(|(p, t)| (p.clone(), *t))
            .collect::<Vec<(PathBuf, (u32, i64, i64, u64))>>()
    };
    assert_eq!(away(&now), away(&before));
    for path in now.keys() {
        assert!(before.contains_key(path), "{} is new", path.display());
    }
    for item in &deleted.items {
        let (_, notes) = trash::restore(&world.env, &item.name)
            .unwrap_or_else(|why| panic!("{}: {why}", item.session()));
        assert_eq!(notes, [""; 0]);
    }
    let after = tree(&set);
    for (path, told) in &before {
        assert_eq!(after.get(path), Some(told), "{}", path.display());
    }
    assert_eq!(after.len(), before.len());
}
