//! Whether somebody is at work on a file: what is being written is not moved.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use super::place::{Found, Kind};

/// What changed less than so many seconds ago may change again.
pub const QUIET: i64 = 120;

/// Who has a file open is asked so many times more, with a pause between: a program that is being started has open for a
/// moment what its parent had, and writes nothing.
const LOOKS: usize = 5;
const PAUSE: Duration = Duration::from_millis(10);

/// Files that some process holds open for writing, by device and inode. Only Linux tells.
pub struct Writers(HashSet<(u64, u64)>);

impl Writers {
    /// Who holds any of these now. Processes of other people are not seen, and do not write to our logs.
    pub fn of<'f>(files: impl Iterator<Item = &'f Found>) -> Writers {
        let wanted: HashSet<(u64, u64)> = files
            .filter(|found| found.kind == Kind::File)
            .map(|found| (found.dev, found.inode))
            .collect();
        let mut held = look(&wanted);
        for _ in 0..LOOKS {
            if held.is_empty() {
                break;
            }
            std::thread::sleep(PAUSE);
            let still = look(&wanted);
            held.retain(|file| still.contains(file));
        }
        Writers(held)
    }

    pub fn hold(&self, found: &Found) -> bool {
        self.0.contains(&(found.dev, found.inode))
    }
}

fn look(wanted: &HashSet<(u64, u64)>) -> HashSet<(u64, u64)> {
    let mut held = HashSet::new();
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let is_process = process
            .file_name()
            .to_str()
            .is_some_and(|name| name.bytes().all(|b| b.is_ascii_digit()));
        if is_process {
            look_into(&process.path(), wanted, &mut held);
        }
    }
    held
}

fn look_into(process: &Path, wanted: &HashSet<(u64, u64)>, held: &mut HashSet<(u64, u64)>) {
    for open in fs::read_dir(process.join("fd"))
        .into_iter()
        .flatten()
        .flatten()
    {
        let path = open.path();
        // Pipes and sockets have no path.
        let is_path = fs::read_link(&path).is_ok_and(|leads| leads.is_absolute());
        let Some(meta) = is_path.then(|| fs::metadata(&path).ok()).flatten() else {
            continue;
        };
        let file = (meta.dev(), meta.ino());
        if wanted.contains(&file) && is_for_writing(&process.join("fdinfo").join(open.file_name()))
        {
            held.insert(file);
        }
    }
}

/// `flags:` holds the flags it was opened with, in octal; the last two bits say whether for reading only. What cannot be
/// told is taken for writing, but for what was closed while we looked.
fn is_for_writing(told: &Path) -> bool {
    let text = match fs::read_to_string(told) {
        Ok(text) => text,
        Err(e) => {
            let has_ended = e.raw_os_error() == Some(rustix::io::Errno::SRCH.raw_os_error());
            return e.kind() != std::io::ErrorKind::NotFound && !has_ended;
        }
    };
    let flags = text.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
    flags.is_none_or(|flags| flags & 0o3 != 0)
}

/// Why a file is not to be moved now; none where it lies still. `now` is the machine's, in seconds.
pub fn is_busy(found: &Found, writers: &Writers, now: i64) -> Option<String> {
    if found.kind != Kind::File {
        return None;
    }
    if writers.hold(found) {
        return Some("a process has it open for writing".to_owned());
    }
    let quiet = now.saturating_sub(found.mtime);
    (quiet < QUIET).then(|| match quiet {
        0.. => format!("it changed {quiet} s ago; what changed in the last {QUIET} s is not moved"),
        _ => "it changed in the future by this machine's clock".to_owned(),
    })
}
