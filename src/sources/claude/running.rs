//! Which sessions have a program at work on them: each leaves a small file while it runs, and removes it when it ends.

use std::io::Read as _;

use rustix::process::{Pid, test_kill_process};

use super::super::holding;
use super::super::json::Obj;
use crate::env::Env;
use crate::model::Session;

/// These files are never longer.
const SMALL: u64 = 64 << 10;

/// The process that has a session open, if it still runs: a file that a crash left behind says nothing.
pub fn at_work(env: &Env, session: &Session) -> Option<String> {
    let base = session.unit.root.parent()?;
    let id = holding::id(session);
    for entry in env.files.list(&base.join("sessions")).unwrap_or_default() {
        // Beside them lie secrets, which are not opened.
        if entry.path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let mut text = String::new();
        let Ok(file) = env.files.open(&entry.path) else {
            continue;
        };
        if file.take(SMALL).read_to_string(&mut text).is_err() {
            continue;
        }
        let Some(told) = Obj::parse(&text) else {
            continue;
        };
        let pid = told.u64("pid").and_then(|pid| i32::try_from(pid).ok());
        let is_it = told.text("sessionId").as_deref() == Some(id);
        let runs = |pid: &Pid| !matches!(test_kill_process(*pid), Err(rustix::io::Errno::SRCH));
        if let Some(pid) = pid.and_then(Pid::from_raw).filter(|pid| is_it && runs(pid)) {
            return Some(format!("it is open in process {}", pid.as_raw_nonzero()));
        }
    }
    None
}
