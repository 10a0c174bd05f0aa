//! Opening agents' databases so that no byte, no name and no side file in their folder changes.
//!
//! A database that was closed cleanly is read in place as immutable. One with a write-ahead log beside it is copied with
//! that log into a private folder of ours and read there: opening it in place would write to its shared memory.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use crate::env::{Env, OwnDir};

/// A larger database with a log beside it is not copied but read as it was at its last checkpoint.
const COPY_MAX: u64 = 2 << 30;
/// So often a database is copied anew because its log was written back meanwhile.
const COPIES_MAX: usize = 4;
/// No query runs longer than this.
const DEADLINE: Duration = Duration::from_secs(30);

/// The version of the database library built in.
pub fn version() -> &'static str {
    rusqlite::version()
}

/// A database open for reading, and the copy that is deleted with it.
pub struct Database {
    pub connection: Connection,
    copy: Option<PathBuf>,
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(dir) = &self.copy {
            // What is left of it is swept away with the cache.
            let _ = std::fs::remove_dir_all(dir);
        }
    }
}

/// Opens a database that other programs may be writing.
pub fn open(env: &Env, path: &Path) -> io::Result<Database> {
    let size = env.files.open(path)?.metadata()?.len();
    let log = beside(path, "-wal");
    let logged = env.files.stamp(&log).map_or(0, |stamp| stamp.len);
    let (place, copy) = if logged == 0 || size > COPY_MAX {
        (path.to_path_buf(), None)
    } else {
        let dir = private_dir(env)?;
        let place = dir.join("copy.db");
        if let Err(error) = copy_both(env, path, &log, &place) {
            let _ = std::fs::remove_dir_all(&dir);
            return Err(error);
        }
        (place, Some(dir))
    };
    let mut database = Database {
        connection: connect(&place, copy.is_none()).map_err(failure)?,
        copy,
    };
    prepare(&mut database.connection).map_err(failure)?;
    Ok(database)
}

/// Copies a database and its log in one state.
fn copy_both(env: &Env, path: &Path, log: &Path, place: &Path) -> io::Result<()> {
    let log_place = beside(place, "-wal");
    for _ in 0..COPIES_MAX {
        let before = env.files.stamp(path)?;
        // The log first: what is written back between the two copies is then in both.
        let mut log_copy = std::fs::File::create(&log_place)?;
        if let Some(mut log) = there(env.files.open(log))? {
            io::copy(&mut log, &mut log_copy)?;
        }
        io::copy(
            &mut env.files.open(path)?,
            &mut std::fs::File::create(place)?,
        )?;
        // Unless the log went on meanwhile and that was written back too: our copy of it would turn back some pages.
        let now = there(env.files.open(log))?;
        let len = now
            .as_ref()
            .map_or(Ok(0), |log| log.metadata().map(|m| m.len()))?;
        let went_on = len != log_copy.metadata()?.len();
        let written_back = went_on && env.files.stamp(path)? != before;
        let same_log = header(now)? == header(Some(std::fs::File::open(&log_place)?))?;
        if same_log && !written_back {
            return Ok(());
        }
    }
    Err(io::Error::new(
        io::ErrorKind::WouldBlock,
        "the database is written faster than it can be copied",
    ))
}

/// A log that its program wrote back and removed is an empty one.
fn there(log: io::Result<std::fs::File>) -> io::Result<Option<std::fs::File>> {
    match log {
        Ok(log) => Ok(Some(log)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The first bytes of a log, which are others each time it begins anew.
fn header(log: Option<std::fs::File>) -> io::Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = Vec::new();
    if let Some(log) = log {
        log.take(32).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn connect(path: &Path, immutable: bool) -> rusqlite::Result<Connection> {
    if !immutable {
        return Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        );
    }
    let mut name = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                name.push(char::from(*byte))
            }
            other => name.push_str(&format!("%{other:02x}")),
        }
    }
    name.push_str("?immutable=1&mode=ro");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(name, flags)
}

fn prepare(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_millis(250))?;
    let end = Instant::now() + DEADLINE;
    connection.progress_handler(10_000, Some(move || Instant::now() > end))?;
    connection.execute_batch("PRAGMA query_only=1; PRAGMA trusted_schema=0; PRAGMA mmap_size=0; PRAGMA cell_size_check=1;")
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

    #[test]
    fn a_read_leaves_the_folder_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.db");
        let writer = Connection::open(&path).unwrap();
        writer
            .execute_batch(
                "PRAGMA journal_mode=wal; CREATE TABLE t(x); INSERT INTO t VALUES (1), (2);",
            )
            .unwrap();
        let listing = || {
            let mut names: Vec<_> = std::fs::read_dir(dir.path())
                .unwrap()
                .map(|e| e.unwrap().path())
                .filter(|p| p.is_file())
                .collect();
            names.sort();
            names
                .into_iter()
                .map(|p| (std::fs::read(&p).unwrap(), p))
                .collect::<Vec<_>>()
        };
        let before = listing();
        let mut env = Env::bare(dir.path(), "2026-01-01T00:00:00Z".parse().unwrap());
        let cache = tempfile::tempdir().unwrap();
        env.vars
            .insert("BACKSCROLL_CACHE".into(), cache.path().into());
        let database = open(&env, &path).unwrap();
        let sum: i64 = database
            .connection
            .query_row("SELECT sum(x) FROM t", [], |r| r.get(0))
            .unwrap();
        assert_eq!(sum, 3, "rows in the log are read");
        drop(database);
        assert_eq!(listing(), before);
        assert_eq!(
            std::fs::read_dir(cache.path()).unwrap().count(),
            0,
            "the copy is gone"
        );
    }
}
