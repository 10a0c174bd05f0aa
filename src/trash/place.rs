//! Files below a root, reached from a handle of that root and through no link: what a path meant when it was looked at is
//! what it means when it is moved, whoever swaps folders meanwhile.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Component, Path};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, RenameFlags, Timespec, Timestamps};
use serde::{Deserialize, Serialize};

use crate::sources::hash;

/// More names than this in one session are not one.
const MOST: usize = 200_000;
/// Folders deeper than this below what a session holds are not entered.
const DEPTH: usize = 16;
/// Bytes that are hashed and copied at once.
const BLOCK: usize = 1 << 20;

/// What stands under a name.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    File,
    Folder,
    /// Moved as a link; where it leads is never looked at.
    Link,
}

/// A file, folder or link as it was found: the same as long as all of this is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
pub struct Found {
    pub kind: Kind,
    pub dev: u64,
    pub inode: u64,
    /// Bytes; 0 for folders.
    pub len: u64,
    /// The permission bits.
    pub mode: u32,
    /// Seconds since 1970, and billionths of the next.
    pub mtime: i64,
    pub nanos: u32,
}

impl Found {
    /// Whether it is still the same one, with the same content. A folder's times and sizes are those of its names.
    pub fn is(&self, now: &Found) -> bool {
        let same = (self.kind, self.dev, self.inode) == (now.kind, now.dev, now.inode);
        same && (self.kind != Kind::File || self == now)
    }

    fn times(&self) -> Timestamps {
        let time = Timespec {
            tv_sec: self.mtime,
            tv_nsec: self.nanos.into(),
        };
        Timestamps {
            last_access: time,
            last_modification: time,
        }
    }

    fn mode(&self) -> Mode {
        Mode::from_raw_mode(self.mode & 0o7777)
    }
}

/// An open folder.
pub struct Place(OwnedFd);

const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::CLOEXEC);

impl Place {
    /// The folder itself may be reached through links: whoever names a root means where it leads.
    pub fn open(root: &Path) -> io::Result<Place> {
        Ok(Place(rustix::fs::open(root, FOLDER, Mode::empty())?))
    }

    /// A folder in this one. A link is none.
    fn enter(&self, name: &OsStr) -> io::Result<Place> {
        let flags = FOLDER | OFlags::NOFOLLOW;
        match rustix::fs::openat(&self.0, name, flags, Mode::empty()) {
            Ok(fd) => Ok(Place(fd)),
            Err(rustix::io::Errno::LOOP | rustix::io::Errno::NOTDIR) => Err(io::Error::new(
                ErrorKind::NotADirectory,
                "a link or a file stands where a folder was",
            )),
            Err(error) => Err(error.into()),
        }
    }

    fn again(&self) -> io::Result<Place> {
        Ok(Place(self.0.try_clone()?))
    }

    /// The folder that holds a path below this one, and the name it has there.
    pub fn holder<'p>(&self, path: &'p Path) -> io::Result<(Place, &'p OsStr)> {
        let mut place = self.again()?;
        let mut parts = path.components().peekable();
        while let Some(part) = parts.next() {
            let Component::Normal(name) = part else { break };
            if parts.peek().is_none() {
                return Ok((place, name));
            }
            place = place.enter(name)?;
        }
        Err(io::Error::new(
            ErrorKind::InvalidInput,
            "no path below its root",
        ))
    }

    /// The same, making folders that are not there.
    pub fn made_holder<'p>(&self, path: &'p Path) -> io::Result<(Place, &'p OsStr)> {
        let mut way = std::path::PathBuf::new();
        for part in path.parent().into_iter().flatten() {
            way.push(part);
            let (place, name) = self.holder(&way)?;
            match rustix::fs::mkdirat(&place.0, name, Mode::RWXU) {
                Ok(()) | Err(rustix::io::Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.holder(path)
    }

    /// What stands under a name here.
    pub fn look(&self, name: &OsStr) -> io::Result<Found> {
        let stat = rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)?;
        let kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Folder,
            FileType::Symlink => Kind::Link,
            _ => {
                return Err(io::Error::new(
                    ErrorKind::InvalidInput,
                    "no file, but a pipe or a device",
                ));
            }
        };
        Ok(Found {
            kind,
            dev: wide(stat.st_dev),
            inode: wide(stat.st_ino),
            len: if kind == Kind::Folder {
                0
            } else {
                wide(stat.st_size)
            },
            mode: u32::try_from(wide(stat.st_mode)).unwrap_or_default() & 0o7777,
            mtime: i64::try_from(i128::from(stat.st_mtime)).unwrap_or_default(),
            nanos: u32::try_from(wide(stat.st_mtime_nsec)).unwrap_or_default(),
        })
    }

    /// Whether nothing stands under a name here.
    pub fn is_free(&self, name: &OsStr) -> io::Result<bool> {
        match rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(_) => Ok(false),
            Err(rustix::io::Errno::NOENT) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// Everything at and below a path, folders before what is in them.
    pub fn gather(
        &self,
        path: &Path,
        into: &mut Vec<(std::path::PathBuf, Found)>,
    ) -> io::Result<()> {
        let (place, name) = self.holder(path)?;
        let found = place.look(name)?;
        if found.kind == Kind::Link {
            return Err(io::Error::new(ErrorKind::InvalidInput, "it is a link"));
        }
        let is_folder = found.kind == Kind::Folder;
        into.push((path.to_path_buf(), found));
        match is_folder {
            true => place.enter(name)?.gather_in(path, DEPTH, into),
            false => Ok(()),
        }
    }

    fn gather_in(
        &self,
        path: &Path,
        depth: usize,
        into: &mut Vec<(std::path::PathBuf, Found)>,
    ) -> io::Result<()> {
        let too_many = || io::Error::new(ErrorKind::InvalidInput, "too many files for one session");
        for name in self.names()? {
            let found = self.look(&name)?;
            let path = path.join(&name);
            if into.len() >= MOST || depth == 0 {
                return Err(too_many());
            }
            let is_folder = found.kind == Kind::Folder;
            into.push((path.clone(), found));
            if is_folder {
                self.enter(&name)?.gather_in(&path, depth - 1, into)?;
            }
        }
        Ok(())
    }

    /// The names in this folder, sorted.
    fn names(&self) -> io::Result<Vec<OsString>> {
        use std::os::unix::ffi::OsStrExt;
        let mut names = Vec::new();
        for entry in rustix::fs::Dir::read_from(&self.0)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name != "." && name != ".." {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    fn file(&self, name: &OsStr, flags: OFlags) -> io::Result<File> {
        let flags = flags | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        Ok(File::from(rustix::fs::openat(&self.0, name, flags, mode)?))
    }

    /// A number made from the bytes of a file, or from where a link leads.
    pub fn digest(&self, name: &OsStr, kind: Kind) -> io::Result<u64> {
        match kind {
            Kind::Folder => Ok(0),
            Kind::Link => Ok(hash(&[
                rustix::fs::readlinkat(&self.0, name, Vec::new())?.to_bytes()
            ])),
            Kind::File => {
                let mut file = self.file(name, OFlags::RDONLY)?;
                let (mut state, mut block) = (0u64, vec![0; BLOCK]);
                loop {
                    let len = fill(&mut file, &mut block)?;
                    state = hash(&[&state.to_le_bytes(), block.get(..len).unwrap_or_default()]);
                    if len < block.len() {
                        return Ok(state);
                    }
                }
            }
        }
    }

    /// Moves what stands here under a name to another place, where nothing may stand under its new one. On another file
    /// system it is copied first and taken away when the copy is safe.
    pub fn carry(
        &self,
        name: &OsStr,
        to: &Place,
        new: &OsStr,
        found: &Found,
        how: How,
    ) -> io::Result<()> {
        if how == How::Rename {
            match self.rename(name, to, new) {
                Err(error) if error.kind() == ErrorKind::CrossesDevices => {}
                done => return done,
            }
        }
        // Under a name of its own until it is whole; what an earlier try left there is ours.
        let mut beside = OsString::from(".backscroll-");
        beside.push(new);
        match rustix::fs::unlinkat(&to.0, &*beside, AtFlags::empty()) {
            Ok(()) | Err(rustix::io::Errno::NOENT) => {}
            Err(error) => return Err(error.into()),
        }
        match found.kind {
            Kind::Folder => {
                return Err(io::Error::new(
                    ErrorKind::InvalidInput,
                    "a folder is not moved whole",
                ));
            }
            Kind::Link => {
                let leads = rustix::fs::readlinkat(&self.0, name, Vec::new())?;
                rustix::fs::symlinkat(&*leads, &to.0, &*beside)?;
            }
            Kind::File => {
                let mut from = self.file(name, OFlags::RDONLY)?;
                let mut copy = to.file(&beside, OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL)?;
                io::copy(&mut from, &mut copy)?;
                copy.flush()?;
                rustix::fs::fchmod(&copy, found.mode())?;
                rustix::fs::futimens(&copy, &found.times())?;
                copy.sync_all()?;
                let len = copy.stream_position()?;
                if len != found.len {
                    return Err(io::Error::other("it was written to meanwhile"));
                }
            }
        }
        to.rename(&beside, to, new)?;
        to.sync()?;
        if !found.is(&self.look(name)?) {
            return Err(io::Error::other("it was written to meanwhile"));
        }
        Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::empty())?)
    }

    /// Renames, never onto something.
    fn rename(&self, name: &OsStr, to: &Place, new: &OsStr) -> io::Result<()> {
        match rename_new(self.0.as_fd(), name, to.0.as_fd(), new) {
            // Not every file system can promise that; a second name is refused by all of them where there is one.
            Err(
                rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::NOTSUP,
            ) => {
                rustix::fs::linkat(&self.0, name, &to.0, new, AtFlags::empty())?;
                Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::empty())?)
            }
            done => Ok(done?),
        }
    }

    /// Makes a folder with the permissions it had; one that is there will do.
    pub fn make(&self, name: &OsStr) -> io::Result<()> {
        match rustix::fs::mkdirat(&self.0, name, Mode::RWXU) {
            Ok(()) => Ok(()),
            Err(rustix::io::Errno::EXIST) => self.enter(name).map(drop),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives a folder the permissions and the time it had.
    pub fn dress(&self, name: &OsStr, found: &Found) -> io::Result<()> {
        let folder = self.enter(name)?;
        rustix::fs::fchmod(&folder.0, found.mode())?;
        Ok(rustix::fs::futimens(&folder.0, &found.times())?)
    }

    /// Takes a folder away if nothing is left in it; tells whether it is gone.
    pub fn clear(&self, name: &OsStr) -> io::Result<bool> {
        match rustix::fs::unlinkat(&self.0, name, AtFlags::REMOVEDIR) {
            Ok(()) | Err(rustix::io::Errno::NOENT) => Ok(true),
            Err(rustix::io::Errno::NOTEMPTY | rustix::io::Errno::EXIST) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes away a copy of ours.
    pub fn drop_copy(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::empty())?)
    }

    /// What happened to the names in it is on disk afterwards.
    pub fn sync(&self) -> io::Result<()> {
        Ok(rustix::fs::fsync(&self.0)?)
    }
}

/// How files change their place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// By name where that can be, else as a copy.
    Rename,
    /// Always as a copy, as between two file systems.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests have one file system"))]
    Copy,
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn rename_new(
    from: std::os::fd::BorrowedFd<'_>,
    name: &OsStr,
    to: std::os::fd::BorrowedFd<'_>,
    new: &OsStr,
) -> rustix::io::Result<()> {
    rustix::fs::renameat_with(from, name, to, new, RenameFlags::NOREPLACE)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn rename_new(
    _: std::os::fd::BorrowedFd<'_>,
    _: &OsStr,
    _: std::os::fd::BorrowedFd<'_>,
    _: &OsStr,
) -> rustix::io::Result<()> {
    Err(rustix::io::Errno::NOSYS)
}

/// The numbers of a stat have other types on other machines.
fn wide<T>(n: T) -> u64
where
    u64: TryFrom<T>,
{
    u64::try_from(n).unwrap_or_default()
}

/// Reads until the block is full or the file ends.
fn fill(file: &mut File, block: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while let Some(rest) = block.get_mut(len..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(n) => len += n,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}
