//! The door to other programs: where they are, and running one by an argument list. No shell is ever asked.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

/// A program to run, and all that it is told.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Call {
    /// A whole path, as [`Processes::find`] gave it, so that nothing is looked up a second time.
    pub program: PathBuf,
    /// Its arguments, without the program itself.
    pub args: Vec<OsString>,
    /// The directory it starts in; absent: ours.
    pub dir: Option<PathBuf>,
    /// Variables that it gets besides ours. Text from a log never stands in one.
    pub vars: Vec<(&'static str, &'static str)>,
}

/// What a program said that ran behind us.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Heard {
    /// Its exit code; 128 and the number of the signal that ended it.
    pub code: i32,
    /// The first mebibyte of what it wrote to standard output.
    pub out: Vec<u8>,
    /// The same of standard error.
    pub err: Vec<u8>,
    /// It wrote more than is kept.
    pub is_cut: bool,
}

/// A process of this person, as the system's table shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Running {
    pub pid: i32,
    pub parent: i32,
    /// The first fifteen bytes of the program's name.
    pub name: String,
    /// By the machine's clock, give or take a second.
    pub started: Timestamp,
}

/// What can be seen of a process from outside.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Seen {
    /// Its argument list, its own name first.
    pub args: Vec<OsString>,
    /// Where it works; absent where the system does not tell.
    pub dir: Option<PathBuf>,
    /// The files it holds open.
    pub files: Vec<PathBuf>,
}

/// The door to processes.
pub trait Processes: Send + Sync {
    /// Where a program is, by the folders of `path`. Folders that are not whole paths do not count, for they would mean
    /// another program in every directory; a name with a `/` must be a whole path itself.
    fn find(&self, name: &OsStr, path: Option<&OsStr>) -> Option<PathBuf>;

    /// Gives the terminal to the program until it ends. Its exit code; 128 and the number of the signal that ended it.
    fn foreground(&self, call: &Call) -> io::Result<i32>;

    /// Runs a program with nothing to read, and keeps what it says. One that is still at work at the deadline is ended,
    /// which is an error.
    fn capture(&self, call: &Call, deadline: Duration) -> io::Result<Heard>;

    /// The same, while it may go on, which is asked now and then. One that may not is ended, which is an error of the kind
    /// [`io::ErrorKind::Interrupted`].
    fn capture_while(
        &self,
        call: &Call,
        deadline: Duration,
        goes_on: &dyn Fn() -> bool,
    ) -> io::Result<Heard> {
        match goes_on() {
            true => self.capture(call, deadline),
            false => Err(io::ErrorKind::Interrupted.into()),
        }
    }

    /// Starts a program that goes on by itself, in a group of its own, with no terminal.
    fn detach(&self, call: &Call) -> io::Result<()>;

    /// All processes of this person that run now. None where the system does not tell, so that nothing can be said of what
    /// does not run either.
    fn running(&self) -> Option<Vec<Running>> {
        None
    }

    /// What can be seen of one of them; none where it has ended.
    fn seen(&self, _pid: i32) -> Option<Seen> {
        None
    }
}

/// A door behind which there is no program.
pub struct NoProcesses;

impl NoProcesses {
    fn none<T>() -> io::Result<T> {
        let line = "no programs can be run here";
        Err(io::Error::new(io::ErrorKind::Unsupported, line))
    }
}

impl Processes for NoProcesses {
    fn find(&self, _name: &OsStr, _path: Option<&OsStr>) -> Option<PathBuf> {
        None
    }

    fn foreground(&self, _call: &Call) -> io::Result<i32> {
        NoProcesses::none()
    }

    fn capture(&self, _call: &Call, _deadline: Duration) -> io::Result<Heard> {
        NoProcesses::none()
    }

    fn detach(&self, _call: &Call) -> io::Result<()> {
        NoProcesses::none()
    }
}

/// How a program was run, for tests.
#[cfg(test)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    Foreground,
    Capture,
    Detach,
}

/// A double that knows some programs, runs none, writes down what it was asked and gives the same answer each time.
#[cfg(test)]
#[derive(Default)]
pub struct Recording {
    /// Names that are found, each as `/bin/<name>`.
    pub known: Vec<&'static str>,
    /// What every program says and ends with.
    pub answer: Heard,
    pub calls: std::sync::Mutex<Vec<(Way, Call)>>,
    /// What runs, where the table can be seen.
    pub table: Option<Vec<(Running, Seen)>>,
}

#[cfg(test)]
impl Recording {
    pub fn of(known: &[&'static str]) -> Recording {
        Recording {
            known: known.to_vec(),
            ..Recording::default()
        }
    }

    /// The same, of one program that says something.
    pub fn saying(name: &'static str, out: &str) -> Recording {
        Recording {
            answer: Heard {
                out: out.into(),
                ..Heard::default()
            },
            ..Recording::of(&[name])
        }
    }

    fn record(&self, way: Way, call: &Call) {
        self.calls.lock().unwrap().push((way, call.clone()));
    }

    /// Everything asked since the last look.
    pub fn taken(&self) -> Vec<(Way, Call)> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }
}

#[cfg(test)]
impl Processes for Recording {
    fn find(&self, name: &OsStr, _path: Option<&OsStr>) -> Option<PathBuf> {
        let known = self.known.iter().find(|known| **known == name)?;
        Some(PathBuf::from("/bin").join(known))
    }

    fn foreground(&self, call: &Call) -> io::Result<i32> {
        self.record(Way::Foreground, call);
        Ok(self.answer.code)
    }

    fn capture(&self, call: &Call, _deadline: Duration) -> io::Result<Heard> {
        self.record(Way::Capture, call);
        Ok(self.answer.clone())
    }

    fn detach(&self, call: &Call) -> io::Result<()> {
        self.record(Way::Detach, call);
        Ok(())
    }

    fn running(&self) -> Option<Vec<Running>> {
        let table = self.table.as_ref()?;
        Some(table.iter().map(|(one, _)| one.clone()).collect())
    }

    fn seen(&self, pid: i32) -> Option<Seen> {
        let mut table = self.table.iter().flatten();
        let (_, seen) = table.find(|(one, _)| one.pid == pid)?;
        Some(seen.clone())
    }
}
