//! Nothing is lost wherever a run ends, nothing outside is touched, and what comes back is what went (D1, D2, D3, D6).

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

mod odd;

use super::*;
use crate::index::Index;
use crate::ingest::{self, Choice};

const ID: &str = "5b1e9c2f-0001-4000-8000-000000000001";
const OTHER: &str = "5b1e9c2f-0002-4000-8000-000000000002";

struct World {
    env: Env,
    dir: tempfile::TempDir,
}

/// A log of one prompt.
fn log(id: &str) -> String {
    format!(
        r#"{{"parentUuid":null,"isSidechain":false,"sessionId":"{id}","type":"user","uuid":"a-{id}","timestamp":"2026-01-05T10:00:00.000Z","cwd":"/home/ada/loom","version":"2.1.0","message":{{"role":"user","content":"Wind {id}"}}}}
"#
    )
}

impl World {
    /// A session with an agent, long results, a link that leads out and a name that is no text; and another session.
    fn new() -> World {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("home");
        let project = home.join(".claude/projects/-home-ada-loom");
        let below = project.join(ID);
        fs::create_dir_all(below.join("subagents")).unwrap();
        fs::create_dir_all(below.join("tool-results")).unwrap();
        fs::create_dir_all(dir.path().join("outside")).unwrap();
        let agent = log(ID).replace(
            r#""isSidechain":false"#,
            r#""isSidechain":true,"agentId":"a1""#,
        );
        let odd = OsStr::from_bytes(b"no-text-\xff\xfe.txt");
        for (path, text) in [
            (project.join(format!("{ID}.jsonl")), log(ID)),
            (project.join(format!("{OTHER}.jsonl")), log(OTHER)),
            (below.join("subagents/agent-a1.jsonl"), agent),
            (
                below.join("subagents/agent-a1.meta.json"),
                "{\"agentType\":\"x\"}".to_owned(),
            ),
            (
                below.join("tool-results/long.txt"),
                "x".repeat((1 << 20) + 5),
            ),
            (below.join("tool-results").join(odd), "y".to_owned()),
            (dir.path().join("outside/keep.txt"), "keep".to_owned()),
        ] {
            fs::write(path, text).unwrap();
        }
        symlink(
            dir.path().join("outside/keep.txt"),
            below.join("tool-results/link.txt"),
        )
        .unwrap();
        let mut world = World {
            env: Env::bare(&home, "2026-11-20T11:00:00Z".parse().unwrap()),
            dir,
        };
        let data = world.dir.path().join("data");
        world.env.vars.insert("BACKSCROLL_DATA".into(), data.into());
        let cache = world.dir.path().join("cache");
        world
            .env
            .vars
            .insert("BACKSCROLL_CACHE".into(), cache.into());
        for (n, path) in world.paths().into_iter().enumerate() {
            if path.is_file() && !path.is_symlink() {
                let mode = [0o600, 0o640, 0o400][n % 3];
                fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
                age(&path, n);
            }
        }
        fs::set_permissions(&below, fs::Permissions::from_mode(0o750)).unwrap();
        world
    }

    fn project(&self) -> PathBuf {
        self.env.home.join(".claude/projects/-home-ada-loom")
    }

    fn log(&self) -> PathBuf {
        self.project().join(format!("{ID}.jsonl"))
    }

    fn paths(&self) -> Vec<PathBuf> {
        let mut all = Vec::new();
        let mut todo = vec![self.env.home.clone(), self.dir.path().join("outside")];
        while let Some(dir) = todo.pop() {
            for entry in fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() && !path.is_symlink() {
                    todo.push(path.clone());
                }
                all.push(path);
            }
        }
        all.sort();
        all
    }

    /// Everything there is but what is ours: kind and permissions, and of files their bytes and times.
    fn tree(&self) -> BTreeMap<PathBuf, String> {
        let told = |path: PathBuf| {
            let meta = fs::symlink_metadata(&path).unwrap();
            let what = match (meta.is_file(), meta.is_symlink()) {
                (true, _) => {
                    let bytes = fs::read(&path).unwrap();
                    let sum = crate::sources::hash(&[&bytes]);
                    format!(
                        "{} bytes {sum:x} at {}.{}",
                        bytes.len(),
                        meta.mtime(),
                        meta.mtime_nsec()
                    )
                }
                (_, true) => format!("to {}", fs::read_link(&path).unwrap().display()),
                _ => "folder".to_owned(),
            };
            (path, format!("{:o} {what}", meta.mode()))
        };
        self.paths().into_iter().map(told).collect()
    }

    fn index(&self) -> Index {
        let mut index = Index::default();
        index.apply(ingest::load(&self.env, &Choice::default()));
        index
    }

    fn plan(&self) -> Plan {
        let index = self.index();
        let rows: Vec<_> = index
            .rows()
            .filter(|row| &*row.id().native == ID)
            .cloned()
            .collect();
        plan(&self.env, &index, &Choice::default(), &rows)
    }

    /// The world in which a run ends at this point.
    fn ending_at(&self, point: &str) -> Env {
        let mut env = self.env.clone();
        env.vars.insert("BACKSCROLL_FAULT".into(), point.into());
        env
    }

    fn items(&self) -> Vec<Item> {
        let (items, wrong) = list(&self.env).unwrap();
        assert_eq!(wrong, [""; 0]);
        items
    }

    /// Every file of before is in exactly one of two places, byte for byte.
    fn check_nothing_is_lost(&self, before: &BTreeMap<PathBuf, String>) {
        let mut kept: Vec<String> = Vec::new();
        for entry in fs::read_dir(self.dir.path().join("data/trash"))
            .into_iter()
            .flatten()
        {
            for file in fs::read_dir(entry.unwrap().path()).into_iter().flatten() {
                let path = file.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap();
                if name.bytes().all(|b| b.is_ascii_digit()) {
                    kept.push(sum(&path));
                }
            }
        }
        for (path, told) in before.iter().filter(|(_, told)| !told.ends_with("folder")) {
            let there = fs::symlink_metadata(path).is_ok();
            let kept = kept.iter().any(|kept| told.contains(kept.as_str()));
            assert!(there || kept, "{} is nowhere", path.display());
        }
    }
}

/// What tells a file's content in [`World::tree`].
fn sum(path: &Path) -> String {
    match fs::read_link(path) {
        Ok(leads) => format!("to {}", leads.display()),
        Err(_) => {
            let bytes = fs::read(path).unwrap();
            format!(
                "{} bytes {:x} ",
                bytes.len(),
                crate::sources::hash(&[&bytes])
            )
        }
    }
}

/// Gives a file a time long ago, and one of its own.
fn age(path: &Path, n: usize) {
    let time = rustix::fs::Timespec {
        tv_sec: 1_700_000_000 + n as i64,
        tv_nsec: 123_456_789 + n as i64,
    };
    let times = rustix::fs::Timestamps {
        last_access: time,
        last_modification: time,
    };
    rustix::fs::utimensat(rustix::fs::CWD, path, &times, rustix::fs::AtFlags::empty()).unwrap();
}

/// Runs something that ends at a fault; tells whether it did.
fn cut_short<T>(run: impl FnOnce() -> T) -> bool {
    catch_unwind(AssertUnwindSafe(run)).is_err()
}

#[test]
fn what_is_deleted_comes_back_as_it_was() {
    for how in [How::Rename, How::Copy] {
        let world = World::new();
        let before = world.tree();
        let plan = world.plan();
        assert!(plan.refused.is_empty());
        let planned = &plan.sessions[0];
        assert_eq!((plan.sessions.len(), planned.agents.len()), (1, 1));
        assert!(plan.bytes() > 1 << 20 && plan.span().is_some());
        let deleted = delete_as(&world.env, &plan, how).unwrap();
        assert!(deleted.failed.is_none(), "{:?}", deleted.failed);
        assert!(!world.log().exists() && !world.project().join(ID).exists());
        let left: Vec<String> = world
            .index()
            .rows()
            .map(|row| row.id().native.to_string())
            .collect();
        assert_eq!(left, [OTHER]);
        // It is for nobody else to read.
        let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
        let trash = world.dir.path().join("data/trash");
        let item = &world.items()[0];
        assert_eq!(
            (mode(&trash), mode(&trash.join(&item.name))),
            (0o700, 0o700)
        );
        assert_eq!(
            (item.session(), item.files(), item.is_whole()),
            (&*format!("claude-code:{ID}"), 6, true)
        );
        let (back, notes) = restore_as(&world.env, &item.name, how).unwrap();
        assert_eq!((back.name.as_str(), notes), (item.name.as_str(), vec![]));
        assert_eq!(world.tree(), before, "{how:?}");
        assert_eq!(world.items(), []);
    }
}

#[test]
fn a_run_that_ends_anywhere_loses_nothing() {
    let names = [
        "planned",
        "journal",
        "cleared",
        "kept",
        "restoring",
        "dressed",
    ];
    let mut points: Vec<String> = names.map(|name| format!("trash-{name}")).into();
    points.extend((0..10).flat_map(|n| [format!("trash-moved-{n}"), format!("trash-back-{n}")]));
    let mut hit = 0;
    for how in [How::Rename, How::Copy] {
        for point in &points {
            let world = World::new();
            let before = world.tree();
            let plan = world.plan();
            let ended = cut_short(|| delete_as(&world.ending_at(point), &plan, how));
            world.check_nothing_is_lost(&before);
            if ended {
                hit += 1;
                // The tidying may be cut short as well.
                if cut_short(|| recover(&world.ending_at("trash-back-3"))) {
                    world.check_nothing_is_lost(&before);
                }
                let lines = recover(&world.env).unwrap();
                let told = lines
                    .iter()
                    .all(|line| line.contains("it is back where it was"));
                assert!(told && lines.len() <= 1, "{point}: {lines:?}");
            }
            if point == "trash-kept" {
                assert_eq!(world.items().len(), 1);
            }
            if let [item] = world.items().as_slice() {
                let ended = cut_short(|| restore_as(&world.ending_at(point), &item.name, how));
                world.check_nothing_is_lost(&before);
                hit += usize::from(ended);
                match ended {
                    true => drop(recover(&world.env).unwrap()),
                    false => assert_eq!(world.items(), []),
                }
            }
            // A run that ended before its journal was there has moved nothing, and one behind it is taken back.
            if let [item] = world.items().as_slice() {
                restore(&world.env, &item.name).unwrap();
            }
            assert_eq!(world.tree(), before, "{how:?} {point}");
            assert_eq!(world.items(), []);
            let left = fs::read_dir(world.dir.path().join("data/trash")).unwrap();
            assert_eq!(left.count(), 1, "{point}: only the lock");
        }
    }
    assert!(hit >= 40, "only {hit} of the points were met");
}

#[test]
fn what_is_being_written_stays() {
    let world = World::new();
    let before = world.tree();
    // Held open for writing, though nothing was written for long; of a file below it as well.
    for path in [
        world.log(),
        world.project().join(ID).join("tool-results/long.txt"),
    ] {
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let before = world.tree();
        let plan = world.plan();
        let held = fs::OpenOptions::new().append(true).open(&path).unwrap();
        for _ in 0..20 {
            let now = world.plan();
            assert!(now.sessions.is_empty());
            assert_eq!(now.refused[0].1, "a process has it open for writing");
        }
        // Opened after it was looked at.
        let deleted = delete(&world.env, &plan).unwrap();
        assert_eq!(
            deleted.failed.unwrap().1,
            "a process has it open for writing"
        );
        drop(held);
        assert_eq!(world.tree(), before);
        // Reading is no harm.
        let _reader = File::open(&path).unwrap();
        assert_eq!(world.plan().sessions.len(), 1);
    }
    // Written to a moment ago.
    let path = world.log();
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_modified(std::time::SystemTime::now()).unwrap();
    drop(file);
    let plan = world.plan();
    assert!(
        plan.sessions.is_empty() && plan.refused[0].1.contains(" s ago"),
        "{}",
        plan.refused[0].1
    );
    assert_eq!(before.len(), world.tree().len());
}

#[test]
fn a_session_with_a_program_at_work_on_it_stays() {
    let world = World::new();
    let running = world.env.home.join(".claude/sessions");
    fs::create_dir(&running).unwrap();
    let tell = |pid: u32| {
        let text = format!(r#"{{"pid":{pid},"sessionId":"{ID}"}}"#);
        fs::write(running.join(format!("{pid}.json")), text).unwrap();
    };
    tell(std::process::id());
    assert!(
        world.plan().refused[0]
            .1
            .starts_with("it is open in process")
    );
    fs::remove_file(running.join(format!("{}.json", std::process::id()))).unwrap();
    // What a crash left behind says nothing: no process has this number.
    tell(0x3fff_ffff);
    assert_eq!(world.plan().sessions.len(), 1);
}

#[test]
fn what_changed_since_it_was_looked_at_stays() {
    let world = World::new();
    let plan = world.plan();
    let outside = world.dir.path().join("outside");
    // The same names, elsewhere: only the folder was swapped for a link.
    let folder = world.project().join(ID);
    let aside = world.dir.path().join("aside");
    fs::rename(&folder, &aside).unwrap();
    for name in ["subagents", "tool-results"] {
        fs::create_dir(outside.join(name)).unwrap();
        fs::write(outside.join(name).join("long.txt"), "theirs").unwrap();
    }
    symlink(&outside, &folder).unwrap();
    let before = world.tree();
    let failed = delete(&world.env, &plan).unwrap().failed.unwrap();
    assert!(
        failed.1.contains("it changed since") || failed.1.contains("a link or a file"),
        "{}",
        failed.1
    );
    assert_eq!(world.tree(), before);
    // A link where a session's own file was is none of its.
    fs::remove_file(&folder).unwrap();
    fs::rename(&aside, &folder).unwrap();
    let log = world.log();
    fs::rename(&log, world.project().join("elsewhere")).unwrap();
    symlink("elsewhere", &log).unwrap();
    let plan = world.plan();
    assert!(
        plan.sessions.is_empty() && plan.refused[0].1.contains("link"),
        "{}",
        plan.refused[0].1
    );
}
