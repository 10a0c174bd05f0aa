//! A new tab, window or pane beside ours: asked of the multiplexer or terminal we run in, or by the user's own command.

use std::ffi::OsString;
use std::time::Duration;

use super::Refusal;
use crate::config::Launching;
use crate::env::{Call, Env};
use crate::text::Clean;

/// They answer at once; one that does not is stuck.
const ANSWER: Duration = Duration::from_secs(10);

/// Who can be asked.
struct Opener {
    /// Set by it in everything that runs in it.
    variable: &'static str,
    program: &'static str,
    /// What it is told, before the program and its arguments; the directory is put in where this ends.
    words: &'static [&'static str],
    dir: Dir,
    /// What it opens.
    what: &'static str,
}

/// How it is told the directory. All are started there as well.
enum Dir {
    /// `-c <dir> --`
    Word(&'static str),
    /// `--cwd=<dir> --`
    Option(&'static str),
    /// It starts programs where it was started itself.
    Ours,
}

/// A multiplexer runs in a terminal, so it is asked first.
static OPENERS: &[Opener] = &[
    Opener {
        variable: "TMUX",
        program: "tmux",
        words: &["new-window"],
        dir: Dir::Word("-c"),
        what: "window",
    },
    Opener {
        variable: "ZELLIJ",
        program: "zellij",
        words: &["run"],
        dir: Dir::Word("--cwd"),
        what: "pane",
    },
    Opener {
        variable: "STY",
        program: "screen",
        words: &[],
        dir: Dir::Ours,
        what: "window",
    },
    Opener {
        variable: "WEZTERM_PANE",
        program: "wezterm",
        words: &["cli", "spawn"],
        dir: Dir::Word("--cwd"),
        what: "tab",
    },
    Opener {
        variable: "KITTY_WINDOW_ID",
        program: "kitty",
        words: &["@", "launch", "--type=tab"],
        dir: Dir::Option("--cwd="),
        what: "tab",
    },
];

/// Opens one, and says what it was.
pub(super) fn open(env: &Env, settings: &Launching, call: &Call) -> Result<String, Refusal> {
    if !settings.tab.is_empty() {
        let tab = own(env, &settings.tab, call)?;
        let program = tab.program.display().to_string();
        let started = env.processes.detach(&tab);
        return match started {
            Ok(()) => Ok(program),
            Err(error) => Err(failed(&program, &error.to_string())),
        };
    }
    let mut openers = OPENERS.iter();
    let opener = openers.find(|opener| env.var(opener.variable).is_some());
    let opener = opener.ok_or(Refusal::NoTab)?;
    let program = env.program(opener.program);
    let program = program.ok_or_else(|| Refusal::NotFound {
        program: opener.program.to_owned(),
        setting: "[launch] tab = [..]".to_owned(),
    })?;
    let tab = Call {
        program,
        args: words(env, opener, call)?,
        dir: call.dir.clone(),
        vars: Vec::new(),
    };
    let heard = env.processes.capture(&tab, ANSWER);
    let heard = heard.map_err(|error| failed(opener.program, &error.to_string()))?;
    if heard.code == 0 {
        return Ok(format!("{} {}", opener.program, opener.what));
    }
    let said = String::from_utf8_lossy(&heard.err).into_owned();
    let line = said.lines().find(|line| !line.trim().is_empty());
    let code = format!("it ended with {}", heard.code);
    Err(failed(opener.program, line.unwrap_or(&code)))
}

fn failed(program: &str, why: &str) -> Refusal {
    Refusal::TabFailed {
        program: program.to_owned(),
        why: Clean::line(why).to_string(),
    }
}

fn words(env: &Env, opener: &Opener, call: &Call) -> Result<Vec<OsString>, Refusal> {
    let mut words: Vec<OsString> = opener.words.iter().map(Into::into).collect();
    if let Some(dir) = &call.dir {
        // tmux reads `#(..)` in a directory as a command to run. It opens windows where it is asked from anyway.
        let is_read =
            opener.program == "tmux" && dir.as_os_str().as_encoded_bytes().contains(&b'#');
        match opener.dir {
            Dir::Word(word) if !is_read => words.extend([word.into(), dir.clone().into()]),
            Dir::Option(option) => {
                let mut word = OsString::from(option);
                word.push(dir);
                words.push(word);
            }
            Dir::Word(_) | Dir::Ours => {}
        }
    }
    if !matches!(opener.dir, Dir::Ours) {
        words.push("--".into());
    }
    if opener.program == "tmux" && call.args.is_empty() {
        // It gives a single word to a shell, and several to the system.
        let env = env.program("env").ok_or(Refusal::NoTab)?;
        words.push(env.into());
    }
    words.push(call.program.clone().into());
    words.extend(call.args.iter().cloned());
    Ok(words)
}

/// The user's own command.
fn own(env: &Env, command: &[String], call: &Call) -> Result<Call, Refusal> {
    let Some((program, args)) = command.split_first() else {
        return Err(Refusal::NoTab);
    };
    if !args.iter().any(|arg| arg == "{argv}") {
        return Err(Refusal::TabSetting(
            "a word of its own, \"{argv}\", must say where the program to run stands",
        ));
    }
    let found = env.program(program);
    let found = found.ok_or_else(|| Refusal::NotFound {
        program: program.clone(),
        setting: "[launch] tab = [..]".to_owned(),
    })?;
    let mut words: Vec<OsString> = Vec::new();
    for arg in args {
        if arg == "{argv}" {
            words.push(call.program.clone().into());
            words.extend(call.args.iter().cloned());
            continue;
        }
        let mut word = OsString::new();
        for (n, part) in arg.split("{dir}").enumerate() {
            if let (true, Some(dir)) = (n > 0, &call.dir) {
                word.push(dir);
            }
            word.push(part);
        }
        words.push(word);
    }
    Ok(Call {
        program: found,
        args: words,
        dir: call.dir.clone(),
        vars: Vec::new(),
    })
}
