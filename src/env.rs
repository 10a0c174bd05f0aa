//! The world, injected: home, variables, working directory, clock, terminal facts, and the doors to files, processes
//! and the clipboard. Nothing else reads the process environment, so tests build their own worlds and run in parallel.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};

use crate::text::Locale;

mod processes;
pub use processes::{Call, Heard, NoProcesses, Processes, Running, Seen};
#[cfg(test)]
pub use processes::{Recording, Way};

/// What a run may know about the machine it runs on.
#[derive(Clone)]
pub struct Env {
    pub home: PathBuf,
    pub vars: BTreeMap<OsString, OsString>,
    pub cwd: PathBuf,
    /// `Some` fixes the clock (`BACKSCROLL_NOW`, the demo, tests).
    pub fixed_now: Option<Timestamp>,
    /// Dates are shown and read in this zone.
    pub zone: TimeZone,
    /// How numbers and dates are written in tables.
    pub locale: Locale,
    /// Whether our own signs are ASCII, where the settings say; else the terminal decides.
    pub ascii: Option<bool>,
    pub terminal: Terminal,
    /// What may be held in memory besides sessions and spends.
    pub room: Room,
    pub files: Arc<dyn Files>,
    pub clipboard: Arc<dyn Clipboard>,
    pub processes: Arc<dyn Processes>,
}

/// A bound on what is held in memory besides sessions and spends: texts of open conversations, their colours, and what is
/// on its way into the index of words. What does not fit is on disk and is read again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Room(u64);

impl Default for Room {
    fn default() -> Room {
        Room(256 << 20)
    }
}

impl Room {
    /// Less cannot be asked for.
    pub const LEAST: u64 = 64 << 20;

    /// So many bytes; none where that is too few.
    pub fn of(bytes: u64) -> Option<Room> {
        (bytes >= Room::LEAST).then_some(Room(bytes))
    }

    fn share(self, of: u64) -> usize {
        usize::try_from(self.0 / of).unwrap_or(usize::MAX)
    }

    /// Bytes of texts that one open conversation may hold.
    pub fn bodies(self) -> usize {
        self.share(8)
    }

    /// Bytes of colours of code.
    pub fn ink(self) -> usize {
        self.share(16)
    }

    /// So many conversations may wait to go into the index of words.
    pub fn drafts(self) -> usize {
        self.share(32 << 20).clamp(1, 8)
    }
}

/// Facts about the terminal, asked once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Terminal {
    pub stdin_tty: bool,
    pub stdout_tty: bool,
    pub stderr_tty: bool,
    /// Cells in a line; absent when stdout is no terminal.
    pub width: Option<u16>,
}

/// The door to files. Logs are opened so that nothing can hang or be changed: for reading, without waiting for a
/// writer, regular files only.
pub trait Files: Send + Sync {
    fn open(&self, path: &Path) -> io::Result<File>;
    /// What tells whether a file changed, following links.
    fn stamp(&self, path: &Path) -> io::Result<Stamp>;
    /// The names in a folder, unsorted.
    fn list(&self, dir: &Path) -> io::Result<Vec<Entry>>;
    /// Whether the file lies on a file system of this machine, where locks and events can be trusted.
    fn is_local(&self, path: &Path) -> bool;
}

/// The door to the clipboard. Copying may take a moment; it is called from a worker, never by the app.
pub trait Clipboard: Send + Sync {
    /// The route that took the text, such as `clipboard` or `OSC 52`.
    fn copy(&self, text: &str) -> Result<&'static str, String>;
}

/// Device, inode, length and time of change: when all are the same, so is the file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Debug)]
pub struct Stamp {
    pub dev: u64,
    pub inode: u64,
    pub len: u64,
    /// Nanoseconds since 1970.
    pub changed: i128,
}

impl Stamp {
    pub fn time(&self) -> Option<Timestamp> {
        Timestamp::from_nanosecond(self.changed).ok()
    }
}

/// One name in a folder.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Entry {
    pub path: PathBuf,
    pub kind: EntryKind,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum EntryKind {
    File,
    Folder,
    Link,
    /// A pipe, a socket or a device: never opened.
    Other,
}

impl Env {
    /// The world of this process. The doors to the clipboard, from the variables, and to processes are made by the caller.
    pub fn of_process(
        clipboard: impl FnOnce(&BTreeMap<OsString, OsString>) -> Arc<dyn Clipboard>,
        processes: Arc<dyn Processes>,
    ) -> Env {
        let vars: BTreeMap<OsString, OsString> = std::env::vars_os().collect();
        let home = vars
            .get(OsStr::new("HOME"))
            .map(PathBuf::from)
            .filter(|p| p.is_absolute())
            .or_else(|| etcetera::home_dir().ok())
            .unwrap_or_else(|| PathBuf::from("/"));
        let fixed_now = vars
            .get(OsStr::new("BACKSCROLL_NOW"))
            .and_then(|v| v.to_str())
            .and_then(|v| v.parse().ok());
        let width = crossterm::terminal::size()
            .ok()
            .map(|(columns, _)| columns)
            .filter(|&columns| columns > 0);
        let tty = |stream: &dyn std::io::IsTerminal| stream.is_terminal();
        let stdout_tty = tty(&io::stdout());
        Env {
            home,
            cwd: std::env::current_dir().unwrap_or_default(),
            fixed_now,
            zone: TimeZone::system(),
            locale: Locale::default(),
            ascii: None,
            terminal: Terminal {
                stdin_tty: tty(&io::stdin()),
                stdout_tty,
                stderr_tty: tty(&io::stderr()),
                width: width.filter(|_| stdout_tty),
            },
            room: Room::default(),
            files: Arc::new(Disk),
            clipboard: clipboard(&vars),
            processes,
            vars,
        }
    }

    /// A world of its own, for tests: nothing but a home folder, at a fixed time, in UTC.
    pub fn bare(home: &Path, now: Timestamp) -> Env {
        Env {
            home: home.into(),
            vars: BTreeMap::new(),
            cwd: home.into(),
            fixed_now: Some(now),
            zone: TimeZone::UTC,
            locale: Locale::default(),
            ascii: None,
            terminal: Terminal {
                stdin_tty: false,
                stdout_tty: false,
                stderr_tty: false,
                width: None,
            },
            room: Room::default(),
            files: Arc::new(Disk),
            clipboard: Arc::new(NoClipboard),
            processes: Arc::new(NoProcesses),
        }
    }

    /// A variable that is set and not empty, as text.
    pub fn var(&self, name: &str) -> Option<&str> {
        self.vars
            .get(OsStr::new(name))
            .and_then(|v| v.to_str())
            .filter(|v| !v.is_empty())
    }

    /// A variable that is set and not empty, as a path with a leading `~` expanded.
    pub fn path_var(&self, name: &str) -> Option<PathBuf> {
        let value = self.vars.get(OsStr::new(name)).filter(|v| !v.is_empty())?;
        Some(self.expand(Path::new(value)))
    }

    /// `~` and `~/x` by the home folder, relative paths by the working directory.
    pub fn expand(&self, path: &Path) -> PathBuf {
        match path.strip_prefix("~") {
            Ok(rest) => self.home.join(rest),
            Err(_) => self.cwd.join(path),
        }
    }

    /// Where a program is: the first on PATH of that name, or the whole path given.
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        let path = self.vars.get(OsStr::new("PATH"));
        self.processes
            .find(OsStr::new(name), path.map(OsString::as_os_str))
    }

    /// Fails on purpose where a test asks for it by name, in builds for development only: so that it can be seen what a
    /// bug there does to the terminal and to everything else.
    pub fn fault(&self, point: &str) {
        let asked = cfg!(debug_assertions) && self.var("BACKSCROLL_FAULT") == Some(point);
        assert!(!asked, "asked to fail at {point}");
    }

    pub fn now(&self) -> Timestamp {
        self.fixed_now.unwrap_or_else(Timestamp::now)
    }

    /// Nanoseconds since 1970 by the machine's clock, which file times are compared with, whatever `now` is fixed to.
    pub fn machine_time(&self) -> i128 {
        Timestamp::now().as_nanosecond()
    }

    /// What this machine is called, where the system or a variable tells.
    pub fn host(&self) -> Option<String> {
        let named = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
        let named = named.map(|name| name.trim().to_owned());
        let named = named.filter(|name| !name.is_empty());
        named.or_else(|| self.var("HOSTNAME").map(str::to_owned))
    }

    /// Bytes of memory that are this process's own, where the system tells.
    pub fn memory(&self) -> Option<u64> {
        let told = std::fs::read_to_string("/proc/self/statm").ok()?;
        let mut pages = told.split(' ').skip(1).map(|n| n.parse::<u64>().ok());
        let (resident, shared) = (pages.next()??, pages.next()??);
        Some(resident.saturating_sub(shared) * rustix::param::page_size() as u64)
    }

    /// Our own folder for `kind`, by our variable, then XDG, then the home folder.
    pub fn own_dir(&self, kind: OwnDir) -> PathBuf {
        let (ours, xdg, usual) = match kind {
            OwnDir::Cache => ("BACKSCROLL_CACHE", "XDG_CACHE_HOME", ".cache"),
            OwnDir::Config => ("BACKSCROLL_CONFIG", "XDG_CONFIG_HOME", ".config"),
            OwnDir::Data => ("BACKSCROLL_DATA", "XDG_DATA_HOME", ".local/share"),
            OwnDir::State => ("BACKSCROLL_STATE", "XDG_STATE_HOME", ".local/state"),
        };
        self.path_var(ours).unwrap_or_else(|| {
            self.path_var(xdg)
                .unwrap_or_else(|| self.home.join(usual))
                .join("backscroll")
        })
    }
}

/// Places of our own files.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OwnDir {
    Cache,
    Config,
    /// What people made here: marks and the trash.
    Data,
    State,
}

/// The real file system.
pub struct Disk;

impl Files for Disk {
    fn open(&self, path: &Path) -> io::Result<File> {
        use rustix::fs::{Mode, OFlags};
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not a regular file",
            ));
        }
        Ok(file)
    }

    fn stamp(&self, path: &Path) -> io::Result<Stamp> {
        stamp_of(&std::fs::metadata(path)?)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(dir)? {
            let entry = entry?;
            let kind = match entry.file_type()? {
                t if t.is_file() => EntryKind::File,
                t if t.is_dir() => EntryKind::Folder,
                t if t.is_symlink() => EntryKind::Link,
                _ => EntryKind::Other,
            };
            entries.push(Entry {
                path: entry.path(),
                kind,
            });
        }
        Ok(entries)
    }

    #[cfg(target_os = "linux")]
    fn is_local(&self, path: &Path) -> bool {
        // From linux/magic.h: btrfs, ext, f2fs, overlay, ramfs, tmpfs, xfs; and those of bcachefs and zfs.
        const LOCAL: [i128; 9] = [
            0x9123_683e,
            0xef53,
            0xf2f5_2010,
            0x794c_7630,
            0x8584_58f6,
            0x0102_1994,
            0x5846_5342,
            0xca45_1a4e,
            0x2fc1_2fc1,
        ];
        rustix::fs::statfs(path).is_ok_and(|fs| LOCAL.contains(&i128::from(fs.f_type)))
    }

    #[cfg(not(target_os = "linux"))]
    fn is_local(&self, _path: &Path) -> bool {
        true
    }
}

/// The stamp of an open file or a path.
pub fn stamp_of(meta: &std::fs::Metadata) -> io::Result<Stamp> {
    use std::os::unix::fs::MetadataExt;
    Ok(Stamp {
        dev: meta.dev(),
        inode: meta.ino(),
        len: meta.len(),
        changed: i128::from(meta.mtime()) * 1_000_000_000 + i128::from(meta.mtime_nsec()),
    })
}

/// A clipboard that takes nothing.
pub struct NoClipboard;

impl Clipboard for NoClipboard {
    fn copy(&self, _text: &str) -> Result<&'static str, String> {
        Err("no clipboard here".into())
    }
}
