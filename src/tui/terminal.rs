//! The terminal as we found it, and as we leave it: on quitting, on signals, on panics, while suspended.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
    EnableFocusChange, EnableMouseCapture,
};
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute};

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;

use crate::env::Env;
use crate::text::Clean;

/// Whether the screen is ours now, so that it is given back once.
static OURS: AtomicBool = AtomicBool::new(false);

/// Takes the screen.
pub fn enter(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    OURS.store(true, Ordering::SeqCst);
    let mut out = io::stdout();
    execute!(
        out,
        EnterAlternateScreen,
        EnableBracketedPaste,
        EnableFocusChange,
        cursor::Hide
    )?;
    if mouse {
        execute!(out, EnableMouseCapture)?;
    }
    Ok(())
}

/// Gives the screen back. Safe to call again, and from anywhere.
pub fn leave() {
    if OURS.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout();
        // Nothing can be done, and nobody told, if the terminal is gone.
        let _ = execute!(
            out,
            DisableMouseCapture,
            DisableFocusChange,
            DisableBracketedPaste,
            LeaveAlternateScreen,
            cursor::Show
        );
        let _ = disable_raw_mode();
        let _ = out.flush();
    }
}

pub fn mouse(on: bool) -> io::Result<()> {
    if on {
        execute!(io::stdout(), EnableMouseCapture)
    } else {
        execute!(io::stdout(), DisableMouseCapture)
    }
}

/// Whether the terminal's ground is light, where it says so; one that answers and knows no colours is dark until somebody
/// says otherwise. Asked once, before keys are read, and not waited for: absent where nothing came.
pub fn is_light(env: &Env) -> Option<bool> {
    let mut options = terminal_colorsaurus::QueryOptions::default();
    options.timeout = Duration::from_millis(100);
    let asked = terminal_colorsaurus::theme_mode(options);
    if let Ok(mode) = asked {
        return Some(mode == terminal_colorsaurus::ThemeMode::Light);
    }
    let ground = env.var("COLORFGBG");
    let ground = ground.and_then(|told| told.rsplit(';').next()?.parse::<u8>().ok());
    match (ground, asked) {
        (Some(ground), _) => Some(ground == 7 || ground == 15),
        (None, Err(terminal_colorsaurus::Error::UnsupportedTerminal(_))) => Some(false),
        (None, _) => None,
    }
}

/// So long the main thread has to end by itself once its terminal is gone.
const GRACE: Duration = Duration::from_millis(300);

/// Ends the program some time after its terminal is gone. The main thread ends by itself when it learns of it, but the
/// reading of keys can turn round and round at the end of its input and never come back.
pub fn end_with_terminal() {
    let watch = || {
        let stdin = io::stdin();
        // Asked for nothing, the system tells of a hangup only.
        let mut hangup = [PollFd::new(&stdin, PollFlags::empty())];
        while rustix::event::poll(&mut hangup, None).is_err_and(|e| e == Errno::INTR) {}
        // Some systems cannot be asked about terminals and say so with another flag: that is no hangup.
        let hung = PollFlags::HUP | PollFlags::ERR;
        if hangup.iter().any(|fd| fd.revents().intersects(hung)) {
            std::thread::sleep(GRACE);
            gone();
        }
    };
    // Without it everything else still works.
    let _ = std::thread::Builder::new()
        .name("hangup".into())
        .spawn(watch);
}

/// Ends the program without a word: its terminal is gone, and whatever is written to it fails.
pub fn gone() -> ! {
    leave();
    std::process::exit(128 + 1);
}

/// Threads whose panics are caught where they happen: a bug there costs one log, one conversation or one colouring.
const CAUGHT: [&str; 4] = ["reader-", "conversations", "colours", "search-"];

/// Panics print on the terminal as it was, and end the program with the code of a bug.
pub fn restore_on_panic() {
    std::panic::set_hook(Box::new(|info| {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or_default();
        if CAUGHT.iter().any(|caught| name.starts_with(caught)) {
            return;
        }
        leave();
        // What a panic says may quote a log.
        let payload = info.payload();
        let words = payload.downcast_ref::<&str>().copied();
        let said = words.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let said = said.unwrap_or("no words");
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let line = Clean::line(&format!("{said} ({place}, thread {name})"));
        let mut err = io::stderr();
        let _ = writeln!(err, "backscroll: a bug ended it: {line}");
        std::process::exit(crate::exit::BUG);
    }));
}
