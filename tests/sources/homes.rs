//! Homes as they would lie on a disk, made from text files, each in a folder of its own.
//!
//! `home/` is copied as it is, but for what is no text: `x.sql` becomes the database `x`, `x-wal.sql` is left in the
//! write-ahead log beside it, `x.zst.txt` becomes the compressed `x.zst`. `env` holds variables, one a line, with `~` for
//! the home; in all text that is copied, `~HOME~` becomes the home. `later/x/*.sql` is what happens to the database `x` afterwards, in the order of the names.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use backscroll::env::{Env, Files};
use backscroll::ingest::{self, AboutTold, Choice, Delta, Reading, Told, UnitFold};
use backscroll::model::{Conversation, Session, SessionId, Spends, Unit};
use backscroll::sources::{self, Cursor, Facts, Oddity, Root, SOURCES, Source, Subject, Want};
use rusqlite::Connection;

/// A home as it lies in the repository.
#[derive(Clone, Debug)]
pub struct Fixture {
    pub slug: String,
    pub name: String,
    home: PathBuf,
}

/// Every home there is, by source and name.
pub fn fixtures() -> Vec<Fixture> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut all = Vec::new();
    for source in folders(&root) {
        for generation in folders(&source) {
            let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
            // The oldest home has no generation above it.
            let home = if generation.ends_with("home") {
                generation.clone()
            } else {
                generation.join("home")
            };
            all.push(Fixture {
                slug: name(&source),
                name: name(&generation),
                home,
            });
        }
    }
    assert!(!all.is_empty(), "no homes under {}", root.display());
    all
}

fn folders(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|p| p.is_dir()).collect();
    folders.sort();
    folders
}

/// Every file below a folder, sorted; none where there is no folder.
pub fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut todo = vec![dir.to_path_buf()];
    while let Some(dir) = todo.pop() {
        for entry in std::fs::read_dir(&dir).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// A home on disk, and the world of somebody who lives there. Our own files go elsewhere.
pub struct World {
    pub env: Env,
    pub home: PathBuf,
    /// What happens to its databases later: the database, and statements in order.
    pub later: Vec<(PathBuf, String)>,
    _dir: tempfile::TempDir,
}

impl Fixture {
    pub fn make(&self) -> World {
        // Some tests write a hundred thousand times: into memory where there is such a folder, whatever the disk does.
        let dir = tempfile::tempdir_in("/dev/shm")
            .or_else(|_| tempfile::tempdir())
            .unwrap();
        let home = dir.path().join("home");
        std::fs::create_dir(&home).unwrap();
        let files = files_below(&self.home);
        assert!(!files.is_empty(), "{} is empty", self.home.display());
        for from in &files {
            let to = home.join(from.strip_prefix(&self.home).unwrap());
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            let name = to.to_str().unwrap();
            if name.ends_with("-wal.sql") {
                continue;
            } else if let Some(database) = name.strip_suffix(".sql") {
                let log = from.with_file_name(format!(
                    "{}-wal.sql",
                    from.file_stem().unwrap().to_str().unwrap()
                ));
                make_database(&from.clone(), &log, Path::new(database), dir.path());
            } else if let Some(packed) = name.strip_suffix(".txt").filter(|n| n.ends_with(".zst")) {
                std::fs::write(packed, stored_frame(&std::fs::read(from).unwrap())).unwrap();
            } else {
                std::fs::write(&to, told_at(&home, std::fs::read(from).unwrap())).unwrap();
            }
        }
        let mut env = Env::bare(&home, "2026-03-31T00:00:00Z".parse().unwrap());
        env.vars
            .insert("BACKSCROLL_CACHE".into(), dir.path().join("cache").into());
        let above = self.home.parent().unwrap();
        let at_home = |text: &str| text.replace('~', home.to_str().unwrap());
        let variables = std::fs::read_to_string(above.join("env")).unwrap_or_default();
        for (name, value) in variables.lines().filter_map(|l| l.split_once('=')) {
            env.vars.insert(name.into(), at_home(value).into());
        }
        let later = above.join("later");
        let steps = files_below(&later).into_iter().map(|path| {
            let place = path.parent().unwrap().strip_prefix(&later).unwrap();
            (home.join(place), std::fs::read_to_string(&path).unwrap())
        });
        World {
            later: steps.collect(),
            env,
            home,
            _dir: dir,
        }
    }

    pub fn title(&self) -> String {
        format!("{}/{}", self.slug, self.name)
    }
}

/// Logs tell of places by their whole paths.
fn told_at(home: &Path, bytes: Vec<u8>) -> Vec<u8> {
    match String::from_utf8(bytes) {
        Ok(text) => text.replace("~HOME~", home.to_str().unwrap()).into_bytes(),
        Err(other) => other.into_bytes(),
    }
}

/// Writes a database, and leaves what the log's statements do in the write-ahead log, as a killed program does.
fn make_database(schema: &Path, log: &Path, to: &Path, scratch: &Path) {
    let dir = tempfile::tempdir_in(scratch).unwrap();
    let place = dir.path().join("a.db");
    let run = |connection: &Connection, from: &Path| {
        let statements = std::fs::read_to_string(from).unwrap();
        connection
            .execute_batch(&statements)
            .unwrap_or_else(|e| panic!("{}: {e}", from.display()));
    };
    let connection = Connection::open(&place).unwrap();
    run(&connection, schema);
    connection.close().unwrap();
    if !log.exists() {
        std::fs::copy(&place, to).unwrap();
        return;
    }
    let connection = live(&place);
    run(&connection, log);
    // Closing would write the log back, so it is copied while it is in use.
    std::fs::copy(&place, to).unwrap();
    let beside = |path: &Path| PathBuf::from(format!("{}-wal", path.display()));
    std::fs::copy(beside(&place), beside(to)).unwrap();
}

/// A database as its program holds it open: everything it writes stays in the log.
pub fn live(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch("PRAGMA journal_mode=wal; PRAGMA wal_autocheckpoint=0;")
        .unwrap();
    connection
}

/// The smallest Zstandard file that holds these bytes: one frame of stored blocks (RFC 8878, 3.1.1). Text in the
/// repository stays readable so, and no compressor is needed to test a decompressor.
fn stored_frame(bytes: &[u8]) -> Vec<u8> {
    const BLOCK: usize = 100_000;
    let mut frame = 0xfd2f_b528_u32.to_le_bytes().to_vec();
    // A single segment whose length stands in four bytes, without checksum or dictionary.
    frame.push(0xa0);
    frame.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
    let blocks: Vec<&[u8]> = bytes.chunks(BLOCK).collect();
    for (i, block) in blocks.iter().enumerate() {
        let is_last = u32::from(i + 1 == blocks.len());
        let head = (u32::try_from(block.len()).unwrap() << 3) | is_last;
        frame.extend(&head.to_le_bytes()[..3]);
        frame.extend(*block);
    }
    frame
}

impl World {
    /// Every unit of every source.
    pub fn units(&self) -> Vec<Unit> {
        let mut units = Vec::new();
        for source in SOURCES.iter().copied() {
            for root in self.roots(source) {
                let found = &mut |unit| units.push(unit);
                sources::walk(source, &self.env, &root, &root.path, found);
            }
        }
        units.sort_by(|a, b| a.path.cmp(&b.path));
        units
    }

    /// Where a source's logs are, also those in directories that sessions of other sources name.
    pub fn roots(&self, source: &dyn Source) -> Vec<Root> {
        let mut roots = source.roots(&self.env);
        if !leaves_logs_in_projects(source, &self.env) {
            return roots;
        }
        let others = SOURCES.iter().map(|s| s.card().id);
        let only = others.filter(|id| *id != source.card().id).collect();
        let told = ingest::load(
            &self.env,
            &Choice {
                only,
                ..Choice::default()
            },
        )
        .told;
        let dirs: BTreeSet<_> = told.iter().filter_map(|t| t.session.dir.clone()).collect();
        let named = dirs
            .iter()
            .filter_map(|dir| source.in_project(&self.env, dir));
        roots.extend(named.filter(|root| root.path.is_dir()));
        roots
    }

    /// A path as it is written from the home on.
    pub fn short(&self, path: &Path) -> String {
        let short = path.strip_prefix(&self.home).unwrap_or(path);
        short.to_string_lossy().into_owned()
    }
}

/// Whether homes of this source need a session of another one that names the place.
pub fn leaves_logs_in_projects(source: &dyn Source, env: &Env) -> bool {
    source.in_project(env, &env.home).is_some()
}

/// Somebody who reads a unit again and again from where the last reading stopped, and what was heard of it.
pub struct Listener<'w> {
    env: &'w Env,
    pub unit: Arc<Unit>,
    pub cursor: Cursor,
    fold: UnitFold,
    pub story: Story,
}

/// What a unit comes to.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Story {
    pub sessions: BTreeMap<SessionId, Kept>,
    about: Vec<(Subject, Facts)>,
    odd: (BTreeMap<Oddity, u32>, Vec<(u64, Oddity)>),
}

/// A session as a unit tells it.
#[derive(Clone, PartialEq, Debug)]
pub struct Kept {
    pub session: Arc<Session>,
    spends: Spends,
    leaves: Arc<[u64]>,
}

impl<'w> Listener<'w> {
    pub fn new(env: &'w Env, unit: &Unit) -> Listener<'w> {
        let unit = Arc::new(unit.clone());
        Listener {
            env,
            fold: UnitFold::new(unit.clone()),
            unit,
            cursor: Cursor::default(),
            story: Story::default(),
        }
    }

    /// Reads on, and gives what an index would be told.
    pub fn read(&mut self, size: Option<u64>) -> io::Result<Delta> {
        let fold = &mut self.fold;
        let source = sources::source(self.unit.source).unwrap();
        self.cursor = source.read(
            self.env,
            &self.unit,
            Want::Summary,
            &self.cursor,
            &mut |record| {
                fold.hear(record);
                ControlFlow::Continue(())
            },
        )?;
        let told = fold.told(size, 0);
        let gone = fold.gone();
        for id in &gone {
            let id = SessionId::new(self.unit.source, id.clone());
            self.story.sessions.remove(&id);
        }
        for Told {
            session,
            spends,
            leaves,
        } in told.iter().cloned()
        {
            let kept = Kept {
                session,
                spends,
                leaves,
            };
            self.story.sessions.insert(kept.session.id.clone(), kept);
        }
        let about: Option<AboutTold> = fold.about();
        if let Some(about) = &about {
            self.story.about.clone_from(&about.facts);
        }
        let odd = fold.odd_now();
        self.story.odd = (odd.counts, odd.first);
        let retired = gone
            .into_iter()
            .map(|id| backscroll::ingest::Retired::Session(self.unit.clone(), id));
        Ok(Delta {
            told,
            retired: retired.collect(),
            about: about.into_iter().collect(),
            odd: fold.odd().into_iter().collect(),
            ..Delta::default()
        })
    }
}

/// What a unit comes to for somebody who reads it now for the first time.
pub fn fresh(env: &Env, unit: &Unit) -> Story {
    let mut listener = Listener::new(env, unit);
    listener
        .read(None)
        .unwrap_or_else(|e| panic!("{}: {e}", unit.path.display()));
    listener.story
}

/// Somebody who keeps a conversation open.
pub struct Reader<'w> {
    env: &'w Env,
    reading: Reading,
}

impl<'w> Reader<'w> {
    pub fn new(env: &'w Env, session: &Session) -> Reader<'w> {
        Reader {
            env,
            reading: Reading::new(session),
        }
    }

    pub fn read(&mut self) -> Conversation {
        self.reading.read(self.env).unwrap();
        self.reading.conversation()
    }
}

/// Where two tellings part, which a long line of fields does not show.
pub fn differ<T: std::fmt::Debug + PartialEq>(what: &str, got: &T, want: &T) {
    if got != want {
        let (got, want) = (format!("{got:#?}"), format!("{want:#?}"));
        let pairs = got.lines().zip(want.lines());
        let at = pairs.take_while(|(a, b)| a == b).count();
        let around = |text: &str| {
            let lines = text.lines().skip(at.saturating_sub(6)).take(14);
            lines.collect::<Vec<_>>().join("\n")
        };
        panic!("{what}\ntold:\n{}\nwant:\n{}", around(&got), around(&want));
    }
}

/// Numbers that look random and are the same in every run.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// From 1 to `most`.
    pub fn roll(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        1 + usize::try_from(self.0 % most as u64).unwrap()
    }
}

/// What a folder holds, down to the bytes and the times.
pub fn contents(dir: &Path) -> HashMap<PathBuf, (Vec<u8>, backscroll::env::Stamp)> {
    let stamp = |path: &Path| backscroll::env::Disk.stamp(path).unwrap();
    let mut all: HashMap<PathBuf, _> = HashMap::new();
    for file in files_below(dir) {
        // A folder's own time tells of names that came and went.
        for above in file.ancestors().skip(1).take_while(|a| a.starts_with(dir)) {
            all.insert(above.to_path_buf(), (Vec::new(), stamp(above)));
        }
        let held = (std::fs::read(&file).unwrap(), stamp(&file));
        all.insert(file, held);
    }
    all
}
