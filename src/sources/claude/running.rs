//! Which sessions have a program at work on them: each leaves a small file while it runs, and removes it when it ends.

use std::io::Read as _;
use std::path::Path;

use jiff::Timestamp;
use rustix::process::{Pid, test_kill_process};

use super::super::holding;
use super::super::json::Obj;
use super::super::running::AtWork;
use crate::env::Env;
use crate::model::Session;

/// These files are never longer.
const SMALL: u64 = 64 << 10;

/// The process that has a session open, if it still runs: a file that a crash left behind says nothing.
pub fn holder(env: &Env, session: &Session) -> Option<String> {
    let id = holding::id(session);
    let told = words(env, &session.unit.root).into_iter();
    let mut pids = told
        .filter(|told| *told.session == *id)
        .filter_map(|told| Pid::from_raw(told.pid));
    let runs = |pid: &Pid| !matches!(test_kill_process(*pid), Err(rustix::io::Errno::SRCH));
    let pid = pids.find(runs)?;
    Some(format!("it is open in process {}", pid.as_raw_nonzero()))
}

/// All that these files say, whether or not their programs still run.
pub fn words(env: &Env, root: &Path) -> Vec<AtWork> {
    let base = root.parent().map(|base| base.join("sessions"));
    let entries = base.and_then(|base| env.files.list(&base).ok());
    // Beside them lie secrets, which are not opened.
    let told = entries.into_iter().flatten().map(|entry| entry.path);
    let told = told.filter(|path| path.extension().is_some_and(|ending| ending == "json"));
    told.filter_map(|path| word(env, &path)).collect()
}

fn word(env: &Env, path: &Path) -> Option<AtWork> {
    let mut text = String::new();
    let file = env.files.open(path).ok()?;
    file.take(SMALL).read_to_string(&mut text).ok()?;
    let told = Obj::parse(&text)?;
    let started = told.u64("startedAt").and_then(|at| i64::try_from(at).ok());
    Some(AtWork {
        session: told.text("sessionId")?.as_ref().into(),
        pid: told.u64("pid").and_then(|pid| i32::try_from(pid).ok())?,
        started: started.and_then(|at| Timestamp::from_millisecond(at).ok()),
        is_busy: match told.text("status").as_deref() {
            Some("busy") => Some(true),
            Some("idle") => Some(false),
            _ => None,
        },
    })
}
