//! Programs of this machine: found on PATH, run by an argument list, with limits to what they may say and how long.

mod table;

use std::ffi::OsStr;
use std::io::{self, Read};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Component, Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use rustix::fs::{Access, access};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::env::{Call, Heard, Processes, Running, Seen};

/// So much of what a program says is kept.
const SAID: usize = 1 << 20;
/// A program that closed its outputs and goes on is looked at this often.
const LOOK: Duration = Duration::from_millis(20);
/// Whether one that says nothing may go on is asked this often.
const ASK: Duration = Duration::from_millis(100);

/// The real door.
pub struct System;

impl Processes for System {
    fn find(&self, name: &OsStr, path: Option<&OsStr>) -> Option<PathBuf> {
        let whole = Path::new(name);
        if whole.is_absolute() {
            return is_program(whole).then(|| whole.to_path_buf());
        }
        let mut parts = whole.components();
        let (Some(Component::Normal(_)), None) = (parts.next(), parts.next()) else {
            return None;
        };
        std::env::split_paths(path?)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(name))
            .find(|place| is_program(place))
    }

    fn foreground(&self, call: &Call) -> io::Result<i32> {
        let _deaf = Deaf::new();
        command(call).status().map(code)
    }

    fn capture(&self, call: &Call, deadline: Duration) -> io::Result<Heard> {
        self.capture_while(call, deadline, &|| true)
    }

    fn capture_while(
        &self,
        call: &Call,
        deadline: Duration,
        goes_on: &dyn Fn() -> bool,
    ) -> io::Result<Heard> {
        let until = Instant::now() + deadline;
        let mut child = command(call)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let heard = hear(&mut child, until, goes_on);
        if heard.is_err() {
            // It may have ended by itself meanwhile.
            let _ = child.kill();
            let _ = child.wait();
        }
        heard
    }

    fn detach(&self, call: &Call) -> io::Result<()> {
        let mut child = command(call)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        // Somebody has to take note of its end; if nobody can, the system does when we end.
        let wait = move || drop(child.wait());
        let _ = std::thread::Builder::new().name("child".into()).spawn(wait);
        Ok(())
    }

    fn running(&self) -> Option<Vec<Running>> {
        table::running()
    }

    fn seen(&self, pid: i32) -> Option<Seen> {
        table::seen(pid)
    }
}

fn is_program(place: &Path) -> bool {
    let is_file = std::fs::metadata(place).is_ok_and(|meta| meta.is_file());
    is_file && access(place, Access::EXEC_OK).is_ok()
}

fn command(call: &Call) -> Command {
    let mut command = Command::new(&call.program);
    command.args(&call.args).envs(call.vars.iter().copied());
    if let Some(dir) = &call.dir {
        // It says where we are; some programs believe it more than the system.
        command.current_dir(dir).env_remove("PWD");
    }
    command
}

fn code(status: ExitStatus) -> i32 {
    let by_signal = || status.signal().map_or(1, |number| 128 + number);
    status.code().unwrap_or_else(by_signal)
}

/// Waits for both outputs to end, and then for the program.
fn hear(child: &mut Child, until: Instant, goes_on: &dyn Fn() -> bool) -> io::Result<Heard> {
    let (send, ended) = mpsc::channel();
    let out = child
        .stdout
        .take()
        .map(|pipe| listen(pipe, send.clone(), true));
    let err = child.stderr.take().map(|pipe| listen(pipe, send, false));
    if let Some(Err(error)) = [out, err].into_iter().flatten().find(Result::is_err) {
        return Err(error);
    }
    let mut heard = Heard::default();
    let mut status = None;
    let mut open = 2;
    while open > 0 || status.is_none() {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            // What it started may hold its outputs open for as long as it likes.
            match child.try_wait()? {
                Some(ended) => status = Some(ended),
                None => return Err(io::Error::new(io::ErrorKind::TimedOut, "it took too long")),
            }
            break;
        }
        if !goes_on() {
            let line = "it was ended before it was done";
            return Err(io::Error::new(io::ErrorKind::Interrupted, line));
        }
        match ended.recv_timeout(left.min(if open > 0 { ASK } else { LOOK })) {
            Ok((is_out, (said, is_cut))) => {
                *(if is_out {
                    &mut heard.out
                } else {
                    &mut heard.err
                }) = said;
                heard.is_cut |= is_cut;
                open -= 1;
            }
            // Both have ended, or cannot be heard any more.
            Err(RecvTimeoutError::Disconnected) if open > 0 => open = 0,
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(left.min(LOOK)),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if open == 0 {
            status = child.try_wait()?;
        }
    }
    heard.code = status.map_or(1, code);
    Ok(heard)
}

/// What was said, and whether more was said than is kept.
type Said = (Vec<u8>, bool);

fn listen(
    mut pipe: impl Read + Send + 'static,
    send: mpsc::Sender<(bool, Said)>,
    is_out: bool,
) -> io::Result<()> {
    let listen = move || {
        let mut said = Vec::new();
        let read = pipe.by_ref().take(SAID as u64).read_to_end(&mut said);
        // The rest is read too, or the program would wait for us.
        let more = read.and_then(|_| io::copy(&mut pipe, &mut io::sink()));
        let _ = send.send((is_out, (said, more.is_ok_and(|more| more > 0))));
    };
    let name = if is_out { "child-out" } else { "child-err" };
    let thread = std::thread::Builder::new().name(name.into());
    thread.spawn(listen).map(drop)
}

/// While it lives, an interrupt typed at the terminal ends the program in front and not us, who wait for it.
struct Deaf {
    _signals: Vec<Signal>,
    /// Dropped behind them; absent where somebody else has one.
    _runtime: Option<Runtime>,
}

impl Deaf {
    fn new() -> Deaf {
        let runtime = match Handle::try_current() {
            Ok(_) => None,
            Err(_) => Builder::new_current_thread().enable_all().build().ok(),
        };
        let entered = runtime.as_ref().map(Runtime::enter);
        let mut signals = Vec::new();
        // Where they cannot be caught they end us as well, and the program in front with us.
        if Handle::try_current().is_ok() {
            let kinds = [SignalKind::interrupt(), SignalKind::quit()];
            signals.extend(kinds.into_iter().filter_map(|kind| signal(kind).ok()));
        }
        drop(entered);
        Deaf {
            _signals: signals,
            _runtime: runtime,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn script(folder: &Path, name: &str, text: &str) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn call(program: PathBuf) -> Call {
        Call {
            program,
            ..Call::default()
        }
    }

    /// C1: a program is found on PATH alone, and never by where somebody happens to be.
    #[test]
    fn only_whole_paths_are_searched() {
        let dir = tempfile::tempdir().unwrap();
        let (first, second) = (dir.path().join("a"), dir.path().join("b"));
        for folder in [&first, &second] {
            std::fs::create_dir(folder).unwrap();
        }
        let found = script(&second, "agent", "exit 0");
        std::fs::write(first.join("agent"), "not a program").unwrap();
        std::fs::create_dir(first.join("folder")).unwrap();
        let path = |text: &str| text.replace('@', &dir.path().to_string_lossy());
        let find = |name: &str, path: &str| System.find(OsStr::new(name), Some(OsStr::new(path)));
        assert_eq!(find("agent", &path("@/a:@/b")), Some(found.clone()));
        assert_eq!(find(&found.to_string_lossy(), ""), Some(found));
        for bad in [
            "",
            ".",
            "..",
            "b/agent",
            "./agent",
            "../b/agent",
            "folder",
            "none",
        ] {
            assert_eq!(find(bad, &path("@/a:@/b")), None, "{bad}");
        }
        // An empty entry means the directory we are in.
        for relative in [".", "", ":", "src", "../b"] {
            assert_eq!(find("agent", relative), None, "{relative}");
        }
        assert_eq!(System.find(OsStr::new("agent"), None), None);
    }

    #[test]
    fn what_a_program_says_is_bounded_in_length_and_time() {
        let dir = tempfile::tempdir().unwrap();
        let long = Duration::from_secs(30);
        let talk = script(dir.path(), "talk", "echo out; echo err >&2; exit 7");
        let heard = System.capture(&call(talk), long).unwrap();
        assert_eq!((heard.code, heard.is_cut), (7, false));
        assert_eq!((&*heard.out, &*heard.err), (&b"out\n"[..], &b"err\n"[..]));
        let flood = script(dir.path(), "flood", "head -c 3000000 /dev/zero; exit 0");
        let heard = System.capture(&call(flood), long).unwrap();
        assert_eq!((heard.code, heard.out.len(), heard.is_cut), (0, SAID, true));
        let stuck = script(dir.path(), "stuck", "exec sleep 1000");
        let error = System.capture(&call(stuck), Duration::from_millis(50));
        assert_eq!(error.unwrap_err().kind(), io::ErrorKind::TimedOut);
        // One that may not go on is ended too, long before its time.
        let stuck = script(
            dir.path(),
            "ended-early",
            "echo $$ >\"$0.pid\"; exec sleep 1000",
        );
        let pid = || std::fs::read_to_string(dir.path().join("ended-early.pid")).ok();
        let begun = || pid().is_some_and(|pid| pid.ends_with('\n'));
        let error = System.capture_while(&call(stuck), long * 10, &|| !begun());
        assert_eq!(error.unwrap_err().kind(), io::ErrorKind::Interrupted);
        let pid: i32 = pid().unwrap().trim().parse().unwrap();
        let gone = rustix::process::test_kill_process(rustix::process::Pid::from_raw(pid).unwrap());
        assert_eq!(gone, Err(rustix::io::Errno::SRCH));
        // It closes its outputs and goes on for a while.
        let quiet = script(dir.path(), "quiet", "exec >&- 2>&-; sleep 0.1; exit 4");
        assert_eq!(System.capture(&call(quiet), long).unwrap().code, 4);
        let ended = script(dir.path(), "ended", "kill -9 $$");
        assert_eq!(System.foreground(&call(ended)).unwrap(), 137);
        let none = call(dir.path().join("none"));
        assert!(System.capture(&none, long).is_err() && System.foreground(&none).is_err());
    }

    /// C1, C3: it starts in the directory it is given, with our variables, and with none that says otherwise.
    #[test]
    fn a_program_starts_where_it_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let odd = dir.path().join("odd ; $(x)\n");
        std::fs::create_dir(&odd).unwrap();
        let place = script(
            dir.path(),
            "place",
            "env | grep -c '^OLDPWD_TEST='; /bin/pwd",
        );
        let call = Call {
            dir: Some(odd.clone()),
            vars: vec![("OLDPWD_TEST", "1")],
            ..call(place)
        };
        let heard = System.capture(&call, Duration::from_secs(30)).unwrap();
        let want = format!("1\n{}\n", odd.canonicalize().unwrap().display());
        assert_eq!(String::from_utf8(heard.out).unwrap(), want);
        let bare = script(
            dir.path(),
            "bare",
            "tr '\\0' '\\n' </proc/self/environ | grep '^PWD='",
        );
        let call = Call {
            program: bare,
            ..call
        };
        // The shell sets it anew for what it starts, so it tells the truth there.
        if let Ok(heard) = System.capture(&call, Duration::from_secs(30)) {
            let said = String::from_utf8_lossy(&heard.out).into_owned();
            assert!(said.is_empty() || said.contains("odd ;"), "{said}");
        }
    }
}
