//! The terminal as we found it, and as we leave it: on quitting, on signals, on panics, while suspended.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
    EnableFocusChange, EnableMouseCapture,
};
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute};

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

/// Panics print on the terminal as it was, and end the program with the code of a bug. Panics of readers are caught
/// where they happen, so their threads are left alone.
pub fn restore_on_panic() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let thread = std::thread::current();
        if thread
            .name()
            .is_some_and(|name| name.starts_with("reader-"))
        {
            return;
        }
        leave();
        before(info);
        std::process::exit(crate::exit::BUG);
    }));
}
