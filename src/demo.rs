//! A small home of invented sessions, so that someone without any can look around, and so that pictures never show
//! anyone's work. It is unpacked into our cache and read by the ordinary sources, with the clock at its last moment.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Component, Path};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use serde_json::Value;

use crate::env::{Env, OwnDir};
use crate::own;

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
const KEPT_FAMILIES: &[&str] = &["LC_", "SSH_", "BACKSCROLL_FAULT"];

/// Unpacks the demo below our cache and returns the world in which it is the home. Our own folders stay where they
/// are, but for what people make here: that has one for the demo.
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
    // What is noted on invented sessions is not to stand among what people noted on their own.
    let data = env.own_dir(OwnDir::Data).join("demo");
    demo.vars.insert("BACKSCROLL_DATA".into(), data.into());
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
        own::make(folder).with_context(doing)?;
    }
    let write = || {
        let mut new = own::New::at(&target)?;
        new.write_all(text.as_bytes())?;
        new.done()?.set_modified(SystemTime::from(time))
    };
    write().with_context(doing)
}

#[cfg(test)]
mod tests;
