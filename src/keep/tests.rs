//! A copy is found again by the source of the original, and only when that is gone.

use super::*;
use crate::ingest::{Choice, load};

const SESSION: &str = "5b1e9c2f-0000-4000-8000-00000000000c";

struct World {
    home: tempfile::TempDir,
    env: Env,
}

fn world() -> World {
    let home = tempfile::tempdir().unwrap();
    let env = Env::bare(home.path(), "2026-11-20T12:00:00Z".parse().unwrap());
    let world = World { home, env };
    let line = |id: &str, side: bool| {
        format!(
            "{{\"type\":\"user\",\"uuid\":\"u\",\"sessionId\":\"{id}\",\"isSidechain\":{side},\"timestamp\":\"2026-11-01T10:00:00Z\",\"cwd\":\"/w\",\"message\":{{\"role\":\"user\",\"content\":\"weave\"}}}}\n"
        )
    };
    world.write(&format!("{SESSION}.jsonl"), &line(SESSION, false));
    world.write(
        &format!("{SESSION}/subagents/agent-a1.jsonl"),
        &line(SESSION, true),
    );
    world
}

impl World {
    fn folder(&self) -> PathBuf {
        self.home.path().join(".claude/projects/-w")
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn index(&self) -> Index {
        let choice = Choice::default();
        let mut index = Index::default();
        index.apply(load(&self.env, &choice));
        index.keep_by(choice.retentions(&self.env));
        index
    }

    fn keep(&self) -> Result<Copied, String> {
        let index = self.index();
        let row = index
            .rows()
            .find(|row| row.session.parent.is_none())
            .unwrap();
        keep(&self.env, &family(&index, row))
    }
}

/// G7: while the original is there it tells; when it is gone, its copy is listed as archived and is deleted by nobody.
#[test]
fn a_copy_takes_over_when_the_original_is_gone() {
    let world = world();
    let before = world.index().rows().count();
    let copied = world.keep().unwrap();
    assert_eq!(copied.files, 2);
    assert_eq!(
        std::fs::read(&copied.path).unwrap(),
        std::fs::read(world.folder().join(format!("{SESSION}.jsonl"))).unwrap()
    );
    let index = world.index();
    assert_eq!(index.rows().count(), before, "one session, one row");
    let row = index
        .rows()
        .find(|row| &*row.id().native == SESSION)
        .unwrap();
    assert!(!row.session.flags.archived && row.expires.is_some());
    std::fs::remove_dir_all(world.folder()).unwrap();
    let index = world.index();
    assert_eq!(index.rows().count(), before);
    let row = index
        .rows()
        .find(|row| &*row.id().native == SESSION)
        .unwrap();
    assert!(row.session.flags.archived && row.expires.is_none());
    assert_eq!(*row.session.unit.path, *copied.path);
    let again = keep(&world.env, &family(&index, row));
    assert_eq!(again.unwrap_err(), "it is a copy that we keep already");
}

/// Kept again, the copy is as the original is now; others cannot read it, and the original keeps its bytes and time.
#[test]
fn a_copy_is_private_and_can_be_made_anew() {
    use std::os::unix::fs::MetadataExt;
    let world = world();
    let log = world.folder().join(format!("{SESSION}.jsonl"));
    let first = world.keep().unwrap();
    let mut text = std::fs::read_to_string(&log).unwrap();
    text = format!("{text}{text}");
    std::fs::write(&log, &text).unwrap();
    let stamp = world.env.files.stamp(&log).unwrap();
    let second = world.keep().unwrap();
    assert_eq!(first.path, second.path);
    assert!(first.is_new && !second.is_new);
    assert_eq!(std::fs::read_to_string(&second.path).unwrap(), text);
    assert_eq!(world.env.files.stamp(&log).unwrap(), stamp);
    let copy = world.env.files.stamp(&second.path).unwrap();
    assert_eq!(copy.changed, stamp.changed);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!(mode(&second.path), 0o600);
    assert_eq!(mode(second.path.parent().unwrap()), 0o700);
}

/// What holds other sessions too is not copied, and says why.
#[test]
fn a_database_is_refused() {
    let world = world();
    world.write(&format!("{SESSION}.jsonl"), "SQLite format 3\0");
    let path: Arc<Path> = Arc::from(world.folder().join(format!("{SESSION}.jsonl")));
    let index = world.index();
    let mut session = (*index.rows().next().unwrap().session).clone();
    let mut unit = (*session.unit).clone();
    unit.path = path;
    unit.source = crate::sources::pi::Pi.card().id;
    session.unit = Arc::new(unit);
    assert!(keep(&world.env, &[Arc::new(session)]).is_err());
}

/// G7: a copy can be given up; the original is left as it is, and nothing else of ours goes.
#[test]
fn a_copy_is_given_up() {
    let world = world();
    let copied = world.keep().unwrap();
    let index = world.index();
    let row = index
        .rows()
        .find(|row| row.session.parent.is_none())
        .unwrap();
    let (files, bytes) = give_up(&world.env, &copies(&index, row)).unwrap();
    assert_eq!((files, bytes), (copied.files, copied.bytes));
    assert!(!copied.path.exists() && world.folder().join(format!("{SESSION}.jsonl")).exists());
    assert!(!copied.path.parent().unwrap().exists());
    let index = world.index();
    let row = index
        .rows()
        .find(|row| row.session.parent.is_none())
        .unwrap();
    assert_eq!(copies(&index, row), Vec::new());
    // What an agent wrote is never removed as a copy.
    assert!(give_up(&world.env, &family(&index, row)).is_err());
}
