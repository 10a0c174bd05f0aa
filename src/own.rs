//! Our own files in the folders that are ours: private, written whole or not at all, and read only where nobody else
//! could have written them.

use std::fs::{self, DirBuilder, DirEntry, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::OFlags;

use crate::env::{Env, OwnDir};

/// What is only needed for a moment goes after this time, which is far longer than any takes.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 60 * 60);

/// One of our folders, made where it is not there yet. Refused where others could write into it.
pub fn made(env: &Env, kind: OwnDir) -> io::Result<PathBuf> {
    make(&env.own_dir(kind))?;
    folder(env, kind)
}

/// A folder of ours, made where it is not there yet, that people may keep as they like: it may be shared or synced.
pub fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// A folder in one of ours, made where it is not there yet. Refused where others could write into either.
pub fn inside(env: &Env, kind: OwnDir, name: &str) -> io::Result<PathBuf> {
    let path = made(env, kind)?.join(name);
    make(&path)?;
    check(&path).map(|()| path)
}

/// One of our folders, where it is there. Refused where others could write into it.
pub fn folder(env: &Env, kind: OwnDir) -> io::Result<PathBuf> {
    let path = env.own_dir(kind);
    check(&path).map(|()| path)
}

/// Refuses a folder into which others could write.
pub fn check(path: &Path) -> io::Result<()> {
    if is_ours(&fs::symlink_metadata(path)?) {
        return Ok(());
    }
    let line = format!("{}: others may write there", path.display());
    Err(io::Error::new(ErrorKind::PermissionDenied, line))
}

fn is_ours(meta: &fs::Metadata) -> bool {
    meta.uid() == rustix::process::geteuid().as_raw() && meta.mode() & 0o022 == 0
}

/// Opens a file of ours for reading: no link, and nobody else's.
pub fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).unwrap_or(0);
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)?;
    let meta = file.metadata()?;
    if meta.is_file() && is_ours(&meta) {
        Ok(file)
    } else {
        Err(io::Error::new(ErrorKind::PermissionDenied, "not ours"))
    }
}

/// What stands in a folder of ours and was left by a run that was killed, or that nobody can know to be needed.
pub fn left_behind(folder: &Path) -> impl Iterator<Item = DirEntry> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| is_older(entry.metadata(), LEFT_BEHIND))
}

/// Whether something was changed longer ago than this. What cannot be told is not.
pub fn is_older(meta: io::Result<fs::Metadata>, than: Duration) -> bool {
    let changed = meta.and_then(|meta| meta.modified());
    let age = changed.ok().and_then(|at| at.elapsed().ok());
    age.is_some_and(|age| age > than)
}

/// A file that is there to be locked.
pub fn lock(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    options.open(path)
}

/// A new file that only the user may read, under a name that nothing has yet.
pub fn fresh(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true).mode(0o600);
    options.open(path)
}

/// Writes a file of ours for good, in the place of what had its name; its folder is made where it is not there yet.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        make(folder)?;
    }
    let mut new = New::at(path)?;
    new.write_all(bytes)?;
    new.flush()?;
    new.out.get_ref().sync_all()?;
    new.done().map(drop)
}

/// Writes a file under a name that nothing has yet: whole, or not at all.
///
/// # Errors
/// [`ErrorKind::AlreadyExists`] where something has the name, and whatever keeps the file from being written; nothing
/// is left behind then.
pub fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut new = New::at(path)?;
    new.write_all(bytes)?;
    new.flush()?;
    new.out.get_ref().sync_all()?;
    new.claim()
}

/// A file on its way to its name. Dropped before [`New::done`], it leaves nothing behind.
pub struct New {
    out: BufWriter<File>,
    beside: PathBuf,
    path: PathBuf,
    is_done: bool,
}

impl New {
    pub fn at(path: &Path) -> io::Result<New> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.new", std::process::id()));
        let beside = path.with_file_name(name);
        let file = match fresh(&beside) {
            // Left by a run that was killed, whose number we have now.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                fs::remove_file(&beside)?;
                fresh(&beside)?
            }
            file => file?,
        };
        Ok(New {
            out: BufWriter::with_capacity(1 << 18, file),
            beside,
            path: path.to_owned(),
            is_done: false,
        })
    }

    /// Writes over what stands at this offset. Everything written before must have been flushed.
    pub fn write_at(&self, at: u64, bytes: &[u8]) -> io::Result<()> {
        use std::os::unix::fs::FileExt;
        self.out.get_ref().write_all_at(bytes, at)
    }

    /// Puts it under its name, if nothing has that.
    fn claim(mut self) -> io::Result<()> {
        match fs::hard_link(&self.beside, &self.path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
            // The other name goes when this is dropped.
            Ok(()) => Ok(()),
            // Not every file system has links. There the name is taken first, so that nobody else has it.
            Err(_) => {
                fresh(&self.path)?;
                let moved = fs::rename(&self.beside, &self.path);
                if moved.is_err() {
                    let _ = fs::remove_file(&self.path);
                }
                self.is_done = moved.is_ok();
                moved
            }
        }
    }

    /// Puts it in the place of what had its name.
    pub fn done(mut self) -> io::Result<File> {
        self.out.flush()?;
        fs::rename(&self.beside, &self.path)?;
        self.is_done = true;
        self.out.get_ref().try_clone()
    }
}

impl Write for New {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Drop for New {
    fn drop(&mut self) {
        if !self.is_done {
            // The name is ours, so a later run with our number takes it.
            let _ = fs::remove_file(&self.beside);
        }
    }
}
