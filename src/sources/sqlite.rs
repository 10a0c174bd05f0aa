//! Opening agents' databases so that no byte, no name and no side file in their folder changes.
//!
//! A database in use is read in place beside its writer, with the shared index of its write-ahead log opened for reading
//! only. One that was closed cleanly is read in place as immutable, for one pass. Whatever would need a side file made or
//! a log replayed is copied into a private folder of ours and read there.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::hash;
use crate::env::{Env, OwnDir};

/// More than this is not copied.
const COPY_MAX: u64 = 2 << 30;
/// So often a database is copied anew because its log was begun anew meanwhile.
const COPIES_MAX: usize = 5;
/// No query runs longer than this.
const DEADLINE: Duration = Duration::from_secs(2);

/// Up to its counter of changes.
const HEADER: usize = 28;
/// Bytes of a [`state`]: three hashes, of which the first is the file's.
pub const STATE: usize = 24;

/// The version of the database library built in.
pub fn version() -> &'static str {
    rusqlite::version()
}

/// A database open for reading, and the copy that is deleted with it.
pub struct Database {
    pub connection: Connection,
    clock: Clock,
    copy: Option<PathBuf>,
}

impl Database {
    /// Gives the next query its own time. Long readings ask in pages, so that a writer's checkpoint never waits for us.
    pub fn next_query(&self) {
        self.clock.wind();
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(dir) = &self.copy {
            // What is left of it is swept away with the cache.
            let _ = std::fs::remove_dir_all(dir);
        }
    }
}

/// When the running query must be done, in milliseconds since the database was opened.
#[derive(Clone)]
struct Clock {
    opened: Instant,
    end: Arc<AtomicU64>,
}

impl Clock {
    fn started() -> Clock {
        let clock = Clock {
            opened: Instant::now(),
            end: Arc::default(),
        };
        clock.wind();
        clock
    }

    fn wind(&self) {
        let end = self.opened.elapsed() + DEADLINE;
        let end = u64::try_from(end.as_millis()).unwrap_or(u64::MAX);
        self.end.store(end, Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        self.opened.elapsed() > Duration::from_millis(self.end.load(Ordering::Relaxed))
    }
}

/// Opens a database that other programs may be writing.
pub fn open(env: &Env, path: &Path) -> io::Result<Database> {
    let size = |suffix| {
        env.files
            .stamp(&beside(path, suffix))
            .map(|stamp| stamp.len)
    };
    let log = size("-wal").unwrap_or(0);
    let journal = size("-journal").unwrap_or(0);
    // Beside an empty database its logs are taken for left-overs and deleted, even by who only reads.
    if env.files.is_local(path) && size("")? > 0 {
        let in_place = match (keeps_log(env, path)?, size("-shm").is_ok()) {
            // Its own index of the log is read, never written. Where it is out of date, the copy below is read.
            (true, true) => Some("mode=ro&readonly_shm=1"),
            (true, false) if log == 0 => Some("mode=ro&immutable=1"),
            (true, false) => None,
            // Locks make its writer wait for us and us for it; a journal is a half-done change that only a writer may undo.
            (false, _) => (journal == 0).then_some("mode=ro"),
        };
        if let Some(how) = in_place {
            match prepared(&address(path, how), OpenFlags::SQLITE_OPEN_READ_ONLY, None) {
                Err(error) if needs_more(&error) => {}
                opened => return opened.map_err(failure),
            }
        }
    }
    let all = size("")?.saturating_add(log).saturating_add(journal);
    if all > COPY_MAX {
        let why = format!(
            "{} MiB are too much to copy and it cannot be read in place",
            all >> 20
        );
        return Err(io::Error::other(why));
    }
    let dir = private_dir(env)?;
    let place = dir.join("copy.db");
    let copied = copy_of(env, path, &place);
    let opened = copied.and_then(|()| {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        prepared(&address(&place, "mode=rw"), flags, Some(dir.clone())).map_err(failure)
    });
    if opened.is_err() {
        let _ = std::fs::remove_dir_all(&dir);
    }
    opened
}

/// Copies a database with its logs in one state. The logs come first: what is moved into the database between the copies
/// is then in both, unless a log was begun anew meanwhile. Then all is copied again, a few times.
fn copy_of(env: &Env, path: &Path, to: &Path) -> io::Result<()> {
    let stamp = |suffix| env.files.stamp(&beside(path, suffix)).ok();
    for _ in 0..COPIES_MAX {
        let before = (stamp(""), stamp("-journal"));
        for suffix in ["-wal", "-journal", ""] {
            let mut copy = File::create(beside(to, suffix))?;
            if let Some(mut from) = opened(env, path, suffix)? {
                io::copy(&mut from, &mut copy)?;
            }
        }
        let log = log_name(opened(env, path, "-wal")?)?;
        let same_log = log == log_name(Some(File::open(beside(to, "-wal"))?))?;
        // A log only grows until it is moved into the database, which then is another than before.
        if same_log && before == (stamp(""), stamp("-journal")) {
            return Ok(());
        }
    }
    // Its writer does not rest; asked again later.
    Err(io::ErrorKind::WouldBlock.into())
}

/// A database or a log beside it; none where there is no such log.
fn opened(env: &Env, path: &Path, suffix: &str) -> io::Result<Option<File>> {
    match env.files.open(&beside(path, suffix)) {
        Ok(file) => Ok(Some(file)),
        Err(e) if e.kind() == io::ErrorKind::NotFound && !suffix.is_empty() => Ok(None),
        Err(e) => Err(e),
    }
}

/// The first bytes of a log, which change when it is begun anew.
fn log_name(log: Option<File>) -> io::Result<Vec<u8>> {
    use std::io::Read;
    let mut name = Vec::new();
    if let Some(log) = log {
        log.take(32).read_to_end(&mut name)?;
    }
    Ok(name)
}

/// Whether the database says of itself that it keeps a write-ahead log.
fn keeps_log(env: &Env, path: &Path) -> io::Result<bool> {
    Ok(header(env, path)?.get(18..20) == Some(&[2, 2]))
}

/// The first bytes of a database; none of one that is still empty.
fn header(env: &Env, path: &Path) -> io::Result<[u8; HEADER]> {
    use std::os::unix::fs::FileExt;
    // Closing a file takes away every lock that this process has on it, also those of a reading at work elsewhere. So
    // the file stays open for the next time; a machine has few databases.
    static OPEN: Mutex<BTreeMap<(u64, u64), File>> = Mutex::new(BTreeMap::new());
    let stamp = env.files.stamp(path)?;
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    let file = match open.entry((stamp.dev, stamp.inode)) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(place) => place.insert(env.files.open(path)?),
    };
    let mut header = [0; HEADER];
    match file.read_exact_at(&mut header, 0) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok([0; HEADER]),
        read => read.map(|()| header),
    }
}

/// The files that a database keeps beside itself while it is in use, by how their names end.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// The name of the database whose news a file of this name is.
pub fn database_name(name: &str) -> &str {
    let side = BESIDE.iter().find_map(|side| name.strip_suffix(side));
    side.unwrap_or(name)
}

/// What tells whether a database changed: which file it is, its own state, its log's. The clocks of file systems tick too
/// slowly for two changes in a row, so the counter of changes and the name of the log are a part of it.
pub fn state(env: &Env, path: &Path) -> [u8; STATE] {
    let stamp = |suffix| env.files.stamp(&beside(path, suffix)).unwrap_or_default();
    let (file, log, journal) = (stamp(""), stamp("-wal"), stamp("-journal"));
    let header = header(env, path).unwrap_or([0; HEADER]);
    let name = opened(env, path, "-wal").and_then(log_name);
    let words = [
        hash(&[&file.dev.to_le_bytes(), &file.inode.to_le_bytes()]),
        hash(&[
            &file.len.to_le_bytes(),
            &file.changed.to_le_bytes(),
            &header,
        ]),
        hash(&[
            &log.len.to_le_bytes(),
            &log.changed.to_le_bytes(),
            &name.unwrap_or_default(),
            // A change that it can still take back is one only when it is gone.
            &journal.len.to_le_bytes(),
            &journal.changed.to_le_bytes(),
        ]),
    ];
    let mut state = [0; STATE];
    let (places, _) = state.as_chunks_mut::<8>();
    for (place, word) in places.iter_mut().zip(words) {
        *place = word.to_le_bytes();
    }
    state
}

/// A database that reading alone cannot open: its log must be replayed, or its index is not there any more.
fn needs_more(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode;
    let code = error.sqlite_error_code();
    matches!(code, Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
}

/// A path as the address that options can be added to.
fn address(path: &Path, options: &str) -> String {
    let mut name = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                name.push(char::from(*byte))
            }
            other => name.push_str(&format!("%{other:02x}")),
        }
    }
    format!("{name}?{options}")
}

fn prepared(address: &str, flags: OpenFlags, copy: Option<PathBuf>) -> rusqlite::Result<Database> {
    let flags = flags | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(address, flags)?;
    connection.busy_timeout(Duration::from_millis(250))?;
    let clock = Clock::started();
    let watched = clock.clone();
    connection.progress_handler(10_000, Some(move || watched.is_over()))?;
    connection.execute_batch(
        "PRAGMA query_only=1; PRAGMA trusted_schema=0; PRAGMA mmap_size=0; PRAGMA cell_size_check=1;
        PRAGMA cache_size=-16384;",
    )?;
    // Plans need not fit the values asked for: else every question would be planned again.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // Files are opened at the first look, so this is where it shows whether that works.
    let _: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0))?;
    Ok(Database {
        connection,
        clock,
        copy,
    })
}

fn private_dir(env: &Env) -> io::Result<PathBuf> {
    use std::os::unix::fs::DirBuilderExt;
    static COPIES: AtomicU64 = AtomicU64::new(0);
    let n = COPIES.fetch_add(1, Ordering::Relaxed);
    let dir = env
        .own_dir(OwnDir::Cache)
        .join(format!("copy-{}-{n}", std::process::id()));
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&dir)?;
    Ok(dir)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Where a database keeps changes that are not in it yet, or that it can still take back.
pub fn logs(path: &Path) -> Vec<PathBuf> {
    ["-wal", "-journal"].map(|side| beside(path, side)).into()
}

/// What a database's error means to whoever reads files. A damaged one is `InvalidData`, a busy one `WouldBlock`.
pub fn failure(error: rusqlite::Error) -> io::Error {
    use rusqlite::ErrorCode;
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => io::ErrorKind::InvalidData,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => io::ErrorKind::WouldBlock,
        Some(ErrorCode::OperationInterrupted) => io::ErrorKind::TimedOut,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}

/// The columns of a real table; none where there is no such table.
pub fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let real: i64 = connection.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1",
        [table],
        |row| row.get(0),
    )?;
    if real == 0 {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
    let names = statement.query_map([table], |row| row.get(0))?;
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_new_enough() {
        let parts: Vec<u32> = version()
            .split('.')
            .filter_map(|p| p.parse().ok())
            .collect();
        assert!(
            parts >= vec![3, 51, 3],
            "{parts:?} has the race of write-ahead logs"
        );
    }

    /// Every name in a folder with its bytes.
    fn listing(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
        let entries = std::fs::read_dir(dir).unwrap();
        let mut files: Vec<_> = entries
            .map(|e| e.unwrap().path())
            .map(|p| (p.clone(), std::fs::read(&p).unwrap()))
            .collect();
        files.sort();
        files
    }

    /// What a reader sees of `a.db` in `dir`, and whether a copy was made for it.
    fn sum(dir: &Path) -> (i64, bool) {
        let mut env = Env::bare(dir, "2026-01-01T00:00:00Z".parse().unwrap());
        let cache = tempfile::tempdir().unwrap();
        env.vars
            .insert("BACKSCROLL_CACHE".into(), cache.path().into());
        let before = listing(dir);
        let database = open(&env, &dir.join("a.db")).unwrap();
        let query = |r: &rusqlite::Row<'_>| r.get(0);
        let sum = database
            .connection
            .query_row("SELECT sum(x) FROM t", [], query);
        let copied = database.copy.is_some();
        drop(database);
        assert_eq!(listing(dir), before, "the folder changed");
        assert_eq!(
            std::fs::read_dir(cache.path()).unwrap().count(),
            0,
            "the copy is left"
        );
        (sum.unwrap(), copied)
    }

    /// A database as its agent leaves it in the middle of its work.
    fn in_use(to: &Path, suffixes: &[&str]) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.db");
        let writer = Connection::open(&path).unwrap();
        let make = "PRAGMA journal_mode=wal; CREATE TABLE t(x); INSERT INTO t VALUES (1), (2);";
        writer.execute_batch(make).unwrap();
        for suffix in suffixes {
            std::fs::copy(beside(&path, suffix), beside(&to.join("a.db"), suffix)).unwrap();
        }
    }

    #[test]
    fn a_database_in_use_is_read_in_place() {
        let dir = tempfile::tempdir().unwrap();
        in_use(dir.path(), &["", "-wal", "-shm"]);
        assert_eq!(sum(dir.path()), (3, false), "rows in the log are read");
    }

    #[test]
    fn a_log_without_its_index_is_read_from_a_copy() {
        let dir = tempfile::tempdir().unwrap();
        in_use(dir.path(), &["", "-wal"]);
        assert_eq!(sum(dir.path()), (3, true));
    }

    #[test]
    fn a_closed_database_and_an_old_one_are_read_in_place() {
        for mode in ["wal", "delete"] {
            let dir = tempfile::tempdir().unwrap();
            let writer = Connection::open(dir.path().join("a.db")).unwrap();
            let make =
                format!("PRAGMA journal_mode={mode}; CREATE TABLE t(x); INSERT INTO t VALUES (5);");
            writer.execute_batch(&make).unwrap();
            drop(writer);
            assert_eq!(sum(dir.path()), (5, false), "{mode}");
        }
    }

    #[test]
    fn a_query_without_end_is_stopped() {
        let dir = tempfile::tempdir().unwrap();
        in_use(dir.path(), &["", "-wal", "-shm"]);
        let env = Env::bare(dir.path(), "2026-01-01T00:00:00Z".parse().unwrap());
        let database = open(&env, &dir.path().join("a.db")).unwrap();
        database.clock.end.store(0, Ordering::Relaxed);
        let endless =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
        let asked: rusqlite::Result<i64> = database.connection.query_row(endless, [], |r| r.get(0));
        assert_eq!(failure(asked.unwrap_err()).kind(), io::ErrorKind::TimedOut);
    }
}
