//! The table of processes, where the system shows it as files: on Linux. Elsewhere nobody tells, and nothing is said.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use rustix::process::getuid;

use crate::env::{Running, Seen};

const TABLE: &str = "/proc";
/// Files that are looked through for one process; agents hold a few dozen open.
const FILES: usize = 512;

/// All processes of this person but those that have ended and were not taken note of yet.
pub fn running() -> Option<Vec<Running>> {
    let booted = booted(&fs::read_to_string(Path::new(TABLE).join("stat")).ok()?)?;
    let second = rustix::param::clock_ticks_per_second();
    let me = getuid().as_raw();
    let mut all = Vec::new();
    for entry in fs::read_dir(TABLE).ok()?.flatten() {
        let name = entry.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<i32>().ok()) else {
            continue;
        };
        // Processes come and go while they are counted.
        let is_mine = entry.metadata().is_ok_and(|meta| meta.uid() == me);
        if !is_mine {
            continue;
        }
        let told = fs::read(entry.path().join("stat")).unwrap_or_default();
        let told = String::from_utf8_lossy(&told);
        if let Some((name, parent, ticks)) = line(&told) {
            let age = SignedDuration::from_millis(i64::try_from(ticks * 1000 / second).ok()?);
            all.push(Running {
                pid,
                parent,
                name: name.to_owned(),
                started: booted.checked_add(age).ok()?,
            });
        }
    }
    Some(all)
}

/// What one of them was told, where it works and what it holds open.
pub fn seen(pid: i32) -> Option<Seen> {
    let place = Path::new(TABLE).join(pid.to_string());
    let told = fs::read(place.join("cmdline")).ok()?;
    let told = told.strip_suffix(b"\0").unwrap_or(&told);
    let args = told.split(|byte| *byte == 0);
    let open = fs::read_dir(place.join("fd")).into_iter().flatten();
    let files = open.flatten().take(FILES);
    let files = files.filter_map(|file| fs::read_link(file.path()).ok());
    Some(Seen {
        args: args.map(|arg| OsString::from_vec(arg.to_vec())).collect(),
        dir: fs::read_link(place.join("cwd")).ok(),
        files: files.filter(|path: &PathBuf| path.is_absolute()).collect(),
    })
}

/// When the machine was started, by its clock.
fn booted(told: &str) -> Option<Timestamp> {
    let since = told.lines().find_map(|line| line.strip_prefix("btime "))?;
    Timestamp::from_second(since.trim().parse().ok()?).ok()
}

/// The name, the parent and the start in ticks of one that runs. The name stands in brackets and may hold any sign.
fn line(told: &str) -> Option<(&str, i32, u64)> {
    let (before, after) = told.rsplit_once(')')?;
    let (_, name) = before.split_once('(')?;
    let mut fields = after.split_whitespace();
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    let ticks = fields.nth(17)?.parse().ok()?;
    (!matches!(state, "Z" | "X" | "x")).then_some((name, parent, ticks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_brackets_and_blanks() {
        let told = "42 (a (b) c) S 7 42 42 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 12345 1 1\n";
        assert_eq!(line(told), Some(("a (b) c", 7, 12345)));
        assert_eq!(line(&told.replace(" S ", " Z ")), None, "it has ended");
        assert_eq!(line("42 (cut"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn we_stand_in_the_table_with_what_we_hold_open() {
        let dir = tempfile::tempdir().unwrap();
        let path = fs::canonicalize(dir.path()).unwrap().join("held");
        let held = fs::File::create(&path).unwrap();
        let pid = i32::try_from(std::process::id()).unwrap();
        let all = running().unwrap();
        let own = all.iter().find(|one| one.pid == pid).unwrap();
        assert!(own.started <= Timestamp::now() + SignedDuration::from_secs(2));
        let seen = seen(pid).unwrap();
        assert!(seen.files.contains(&path) && !seen.args.is_empty());
        assert_eq!(seen.dir, std::env::current_dir().ok());
        drop(held);
    }
}
