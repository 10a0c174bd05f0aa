//! The clipboard of this machine: the desktop's where there is one, else the terminal's by OSC 52.

mod multiplexer;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::OpenOptions;
use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;

use crossterm::Command as _;
use crossterm::clipboard::CopyToClipboard;

use self::multiplexer::Way;
use crate::env::Clipboard;

/// Terminals drop longer sequences, some of them without a word.
const OSC_52_MAX: usize = 1 << 20;
/// Some take no more than 100 kB, which is so much before it is made base64.
const OSC_52_SAFE: usize = 74_000;

/// On X11 and Wayland the owner of a selection must live to serve it, so the desktop's clipboard stays open as long as
/// we do.
pub struct System {
    desktop: bool,
    vars: BTreeMap<OsString, OsString>,
    open: Mutex<Option<arboard::Clipboard>>,
}

impl System {
    pub fn new(vars: &BTreeMap<OsString, OsString>) -> System {
        let set = |name: &str| vars.get(OsStr::new(name)).is_some_and(|v| !v.is_empty());
        let remote = set("SSH_CONNECTION") || set("SSH_TTY");
        let display = set("WAYLAND_DISPLAY") || set("DISPLAY") || cfg!(target_os = "macos");
        System {
            desktop: display && !remote,
            vars: vars.clone(),
            open: Mutex::new(None),
        }
    }

    fn desktop(&self, text: &str) -> Result<(), String> {
        let mut open = self
            .open
            .lock()
            .map_err(|_| "the clipboard failed before".to_owned())?;
        if open.is_none() {
            *open = Some(arboard::Clipboard::new().map_err(|e| e.to_string())?);
        }
        let Some(clipboard) = open.as_mut() else {
            return Err("no clipboard".into());
        };
        let took = clipboard.set_text(text).map_err(|e| e.to_string());
        if took.is_err() {
            *open = None;
        }
        took
    }
}

/// Our terminal, also where standard output goes elsewhere: a pipe is no place for its orders.
fn terminal() -> io::Result<Box<dyn Write>> {
    let out = io::stdout();
    if out.is_terminal() {
        return Ok(Box::new(out.lock()));
    }
    let terminal = OpenOptions::new().write(true).open("/dev/tty")?;
    Ok(Box::new(terminal))
}

impl Clipboard for System {
    fn copy(&self, text: &str) -> Result<&'static str, String> {
        if self.desktop && self.desktop(text).is_ok() {
            return Ok("clipboard");
        }
        if text.len() > OSC_52_MAX {
            return Err("over 1 MiB is too long for a terminal".into());
        }
        let mut out = terminal().map_err(|e| format!("no clipboard and no terminal: {e}"))?;
        // Asked each time: settings change while we run, and somebody may have moved the session to another terminal.
        let way = multiplexer::way(&self.vars);
        let mut order = String::new();
        CopyToClipboard::to_clipboard_from(text)
            .write_ansi(&mut order)
            .map_err(|e| e.to_string())?;
        if way == Way::Wrapped {
            order = multiplexer::wrapped(&order);
        }
        out.write_all(order.as_bytes())
            .and_then(|()| out.flush())
            .map(|()| match (way, text.len()) {
                (Way::Dropped, _) => "OSC 52; tmux drops it: set -s set-clipboard on",
                (_, ..=OSC_52_SAFE) => "OSC 52",
                _ => "OSC 52; some terminals take less",
            })
            .map_err(|e| e.to_string())
    }
}
