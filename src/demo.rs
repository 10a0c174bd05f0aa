//! A small home of invented sessions, so that someone without any can look around, and so that pictures never show
//! anyone's work. It is unpacked into our cache and read by the ordinary sources, with the clock at its last moment.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Component, Path};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use serde_json::Value;

use crate::env::{Env, OwnDir};

/// The moment at which the demo's clock stands, a few seconds after its last record.
pub const LAST: &str = "2026-03-14T15:09:26Z";

/// Says that a folder is our demo, and lists what we wrote into it: nothing else is ever removed there.
const MARKER: &str = ".backscroll-demo";

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../assets/demo/", $path)))),*]
    };
}

/// Every file below `assets/demo`: its path, which is also its place in the demo's home, and its text.
const FILES: &[(&str, &str)] = files![
    ".claude/projects/-home-mara-code-almanac/3d0a67fd-93d4-455c-ac1f-8bbc08be0547.jsonl",
    ".claude/projects/-home-mara-code-almanac/470e53b2-781a-4d10-99d6-531aa85c9488.jsonl",
    ".claude/projects/-home-mara-code-foghorn/d35c7907-3035-4cca-b2a9-53238a391bc3.jsonl",
    ".claude/projects/-home-mara-code-harbour-api/578f5afe-929d-4f1d-aa73-1a962b3a78a0.jsonl",
    ".claude/projects/-home-mara-code-tidepool/eee65f53-e942-4ce5-b211-670eae679f02.jsonl",
    ".claude/projects/-home-mara-code-tidepool/eee65f53-e942-4ce5-b211-670eae679f02/subagents/agent-a7c31e0b95d2f846a.jsonl",
    ".claude/projects/-home-mara-code-tidepool/eee65f53-e942-4ce5-b211-670eae679f02/subagents/agent-a7c31e0b95d2f846a.meta.json",
    ".codex/session_index.jsonl",
    ".codex/sessions/2026/02/20/rollout-2026-02-20T18-22-09-019c7c49-ac68-7ad1-a170-e71c72d676d5.jsonl",
    ".codex/sessions/2026/03/03/rollout-2026-03-03T21-14-40-019cb58d-9200-7b5d-803c-4b006e6af969.jsonl",
    ".codex/sessions/2026/03/14/rollout-2026-03-14T10-12-20-019cebd5-23a0-7f56-85aa-328f676226e2.jsonl",
    "opencode.jsonl",
];

/// Many small files kept as one, a line each, and the folder of the home that they belong into.
const PACK: (&str, &str) = ("opencode.jsonl", ".local/share/opencode");

/// Variables that concern the terminal, which is the same for the demo. All others could lead to real sessions.
const KEPT: &[&str] = &[
    "TERM",
    "COLORTERM",
    "NO_COLOR",
    "LANG",
    "TMUX",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "COLUMNS",
];
const KEPT_FAMILIES: &[&str] = &["LC_", "SSH_"];

/// Unpacks the demo below our cache and returns the world in which it is the home. Our own folders stay where they
/// are.
///
/// # Errors
/// When the folder cannot be written, or is one that we did not make.
pub fn open(env: &Env) -> Result<Env> {
    let last: Timestamp = LAST.parse().context("the demo's last moment")?;
    let home = env.own_dir(OwnDir::Cache).join("demo");
    let files = unpacked()?;
    let earlier = claim(&home)?;
    let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    // The marker goes first and names the old files too, so that an unpacking cut short can be told and repaired.
    let both = |paths: &BTreeSet<&str>| {
        let old = earlier.iter().map(String::as_str);
        let all: BTreeSet<&str> = paths.iter().copied().chain(old).collect();
        all.into_iter().collect::<Vec<_>>().join("\n")
    };
    put(&home, MARKER, &both(&paths), last)?;
    for old in earlier.iter().filter(|old| !paths.contains(old.as_str())) {
        match fs::remove_file(home.join(old)) {
            Err(e) if e.kind() != ErrorKind::NotFound => {
                return Err(e).with_context(|| format!("removing {}", home.join(old).display()));
            }
            _ => {}
        }
    }
    for file in &files {
        put(&home, &file.path, &file.text, file.newest.unwrap_or(last))?;
    }
    let now: Vec<&str> = paths.into_iter().collect();
    put(&home, MARKER, &now.join("\n"), last)?;
    Ok(world(env, &home, last))
}

/// `env` with the demo as its home.
fn world(env: &Env, home: &Path, last: Timestamp) -> Env {
    let mut demo = env.clone();
    demo.vars.retain(|name, _| {
        name.to_str().is_some_and(|name| {
            KEPT.contains(&name) || KEPT_FAMILIES.iter().any(|f| name.starts_with(f))
        })
    });
    for (name, kind) in [
        ("BACKSCROLL_CACHE", OwnDir::Cache),
        ("BACKSCROLL_CONFIG", OwnDir::Config),
        ("BACKSCROLL_STATE", OwnDir::State),
    ] {
        demo.vars.insert(name.into(), env.own_dir(kind).into());
    }
    demo.home = home.into();
    demo.fixed_now = Some(last);
    demo
}

/// A file of the demo's home.
struct Unpacked {
    path: String,
    text: String,
    /// The time of its last record; absent where it names none.
    newest: Option<Timestamp>,
}

fn unpacked() -> Result<Vec<Unpacked>> {
    let mut files = Vec::new();
    for (path, text) in FILES {
        let mut newest = None;
        for (n, line) in text.lines().enumerate() {
            let value: Value =
                serde_json::from_str(line).with_context(|| format!("{path}, line {}", n + 1))?;
            if *path == PACK.0 {
                files.push(from_pack(&value).with_context(|| format!("{path}, line {}", n + 1))?);
            } else {
                newest = newest.max(newest_in(&value, false));
            }
        }
        if *path != PACK.0 {
            files.push(Unpacked {
                path: (*path).into(),
                text: (*text).into(),
                newest,
            });
        }
    }
    Ok(files)
}

/// The file that a line of the pack stands for.
fn from_pack(line: &Value) -> Result<Unpacked> {
    let path = line.get("path").and_then(Value::as_str);
    let (Some(path), Some(data)) = (path, line.get("data")) else {
        bail!("a line needs a path and data");
    };
    Ok(Unpacked {
        path: format!("{}/{path}", PACK.1),
        text: serde_json::to_string_pretty(data)?,
        newest: newest_in(data, false),
    })
}

/// The latest time a record names. `clock` tells that whole numbers are times, in milliseconds.
fn newest_in(value: &Value, clock: bool) -> Option<Timestamp> {
    match value {
        Value::Object(map) => map
            .iter()
            .filter_map(|(key, value)| match (key.as_str(), value) {
                ("timestamp" | "updated_at", Value::String(text)) => text.parse().ok(),
                (key, value) => newest_in(value, clock || key == "time"),
            })
            .max(),
        Value::Array(list) => list.iter().filter_map(|v| newest_in(v, clock)).max(),
        Value::Number(n) if clock => Timestamp::from_millisecond(n.as_i64()?).ok(),
        _ => None,
    }
}

/// Makes the folder, or makes sure that it is ours; the paths that we wrote into it earlier.
fn claim(home: &Path) -> Result<Vec<String>> {
    let meta = match fs::symlink_metadata(home) {
        Err(e) if e.kind() == ErrorKind::NotFound => {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(home)
                .with_context(|| format!("making {}", home.display()))?;
            fs::symlink_metadata(home)
        }
        other => other,
    }
    .with_context(|| format!("looking at {}", home.display()))?;
    if !meta.is_dir() {
        bail!(
            "{} is no folder but a link or a file: not unpacking the demo there",
            home.display()
        );
    }
    if meta.uid() != rustix::process::geteuid().as_raw() {
        bail!(
            "{} belongs to another user: not unpacking the demo there",
            home.display()
        );
    }
    let earlier = match fs::read_to_string(home.join(MARKER)) {
        Ok(list) => list.lines().filter(|p| plain(p)).map(Into::into).collect(),
        Err(e) if e.kind() == ErrorKind::NotFound => {
            let mut inside =
                fs::read_dir(home).with_context(|| format!("looking into {}", home.display()))?;
            if inside.next().is_some() {
                bail!(
                    "{} holds something that is not the demo: move it away first",
                    home.display()
                );
            }
            Vec::new()
        }
        Err(e) => {
            return Err(e).with_context(|| format!("reading the marker in {}", home.display()));
        }
    };
    fs::set_permissions(home, Permissions::from_mode(0o700))
        .with_context(|| format!("closing {} to others", home.display()))?;
    Ok(earlier)
}

/// Whether a path stays below the folder it is joined to.
fn plain(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    !path.is_empty() && parts.all(|part| matches!(part, Component::Normal(_)))
}

/// Writes a file beside its place and then moves it there, so that nobody reads half of one.
fn put(home: &Path, path: &str, text: &str, time: Timestamp) -> Result<()> {
    let target = home.join(path);
    let doing = || format!("writing {}", target.display());
    if let Some(folder) = target.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .with_context(doing)?;
    }
    let mut name = target
        .file_name()
        .unwrap_or(OsStr::new("file"))
        .to_os_string();
    name.push(format!(".{}.new", std::process::id()));
    let beside = target.with_file_name(name);
    let written = write_new(&beside, text, time).and_then(|()| fs::rename(&beside, &target));
    if written.is_err() {
        // What was begun helps nobody; that it could not be written is the news.
        drop(fs::remove_file(&beside));
    }
    written.with_context(doing)
}

fn write_new(path: &Path, text: &str, time: Timestamp) -> std::io::Result<()> {
    let mut file: File = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    file.set_modified(SystemTime::from(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(dir: &Path) -> Env {
        let mut env = Env::bare(dir, Timestamp::UNIX_EPOCH);
        for (name, value) in [
            ("TERM", "xterm"),
            ("LC_TIME", "C"),
            ("SSH_TTY", "/dev/pts/1"),
            ("XDG_DATA_HOME", "/elsewhere"),
            ("EDITOR", "ed"),
        ] {
            env.vars.insert(name.into(), value.into());
        }
        env
    }

    fn walk(dir: &Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            }
            found.push(path);
        }
    }

    fn files_below(dir: &Path) -> BTreeSet<String> {
        let mut found = Vec::new();
        walk(dir, &mut found);
        found
            .iter()
            .filter(|p| p.is_file())
            .map(|p| p.strip_prefix(dir).unwrap().to_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn the_table_is_the_folder() {
        let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo");
        let table: BTreeSet<String> = FILES.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(table, files_below(&assets));
        assert_eq!(table.len(), FILES.len());
        assert!(table.contains(PACK.0));
    }

    #[test]
    fn paths_are_plain_and_differ() {
        let files = unpacked().unwrap();
        let paths: BTreeSet<&str> = files.iter().map(|f| f.path.as_str()).collect();
        assert_eq!(paths.len(), files.len());
        assert!(paths.iter().all(|p| plain(p)));
        assert!(!plain("../x") && !plain("/x") && !plain(""));
    }

    #[test]
    fn the_clock_stands_seconds_after_the_last_record() {
        let last: Timestamp = LAST.parse().unwrap();
        let newest = unpacked().unwrap().iter().filter_map(|f| f.newest).max();
        let wait = last.duration_since(newest.unwrap());
        assert!(wait.is_positive() && wait.as_secs() < 10, "{wait:?}");
        let four_weeks = last - jiff::SignedDuration::from_hours(28 * 24);
        for file in unpacked().unwrap() {
            assert!(file.newest.is_none_or(|t| t > four_weeks), "{}", file.path);
        }
    }

    #[test]
    fn opens_twice_and_clears_what_it_no_longer_has() {
        let dir = tempfile::tempdir().unwrap();
        let env = env(dir.path());
        let demo = open(&env).unwrap();
        let home = dir.path().join(".cache/backscroll/demo");
        assert_eq!(demo.home, home);
        assert_eq!(demo.now(), LAST.parse().unwrap());
        let once = files_below(&home);

        // A file of an older demo, one of the user, and one that was changed.
        let marker = fs::read_to_string(home.join(MARKER)).unwrap();
        fs::write(home.join(MARKER), format!("{marker}\nold.jsonl\n../kept")).unwrap();
        fs::write(home.join("old.jsonl"), "{}").unwrap();
        fs::write(home.join("../kept"), "").unwrap();
        fs::write(home.join("mine"), "").unwrap();
        let changed = home.join(&unpacked().unwrap()[0].path);
        fs::write(&changed, "spoiled").unwrap();

        open(&env).unwrap();
        fs::remove_file(home.join("mine")).unwrap();
        assert_eq!(files_below(&home), once);
        assert!(home.join("../kept").exists());
        assert_eq!(
            fs::read_to_string(changed).unwrap(),
            unpacked().unwrap()[0].text
        );
    }

    #[test]
    fn only_the_owner_may_look_and_times_are_those_of_the_records() {
        let dir = tempfile::tempdir().unwrap();
        let home = open(&env(dir.path())).unwrap().home;
        let mut found = vec![home.clone()];
        walk(&home, &mut found);
        for path in found {
            let mode = fs::metadata(&path).unwrap().mode() & 0o777;
            let wanted = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode, wanted, "{}", path.display());
        }
        for file in unpacked().unwrap() {
            let time = fs::metadata(home.join(&file.path)).unwrap().modified();
            let wanted = file.newest.unwrap_or(LAST.parse().unwrap());
            assert_eq!(time.unwrap(), SystemTime::from(wanted), "{}", file.path);
        }
    }

    #[test]
    fn the_world_keeps_the_terminal_and_our_folders_only() {
        let dir = tempfile::tempdir().unwrap();
        let real = env(dir.path());
        let demo = open(&real).unwrap();
        let names: Vec<_> = demo.vars.keys().filter_map(|n| n.to_str()).collect();
        assert_eq!(
            names,
            [
                "BACKSCROLL_CACHE",
                "BACKSCROLL_CONFIG",
                "BACKSCROLL_STATE",
                "LC_TIME",
                "SSH_TTY",
                "TERM"
            ]
        );
        for kind in [OwnDir::Cache, OwnDir::Config, OwnDir::State] {
            assert_eq!(demo.own_dir(kind), real.own_dir(kind));
        }
    }

    #[test]
    fn refuses_what_it_did_not_make() {
        let dir = tempfile::tempdir().unwrap();
        let env = env(dir.path());
        let cache = dir.path().join(".cache/backscroll");
        let home = cache.join("demo");
        let refusal = |env: &Env| open(env).err().map(|e| e.to_string()).unwrap_or_default();

        fs::create_dir_all(dir.path().join("other")).unwrap();
        fs::create_dir_all(&cache).unwrap();
        std::os::unix::fs::symlink(dir.path().join("other"), &home).unwrap();
        assert!(refusal(&env).contains("is no folder but a link"));
        assert!(files_below(&dir.path().join("other")).is_empty());

        fs::remove_file(&home).unwrap();
        fs::create_dir(&home).unwrap();
        fs::write(home.join("diary.txt"), "mine").unwrap();
        assert!(refusal(&env).contains("not the demo"));
        assert_eq!(files_below(&home).len(), 1);
    }
}
