//! The app on the terminal: drawn in one go, given back to the shell, and taken again.

use std::io::{self, Write as _};

use crossterm::terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate};
use crossterm::{execute, queue};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use super::Screen;
use crate::tui::msg::Msg;
use crate::tui::{terminal, view};

impl Screen<'_> {
    pub(super) fn draw(&mut self) -> anyhow::Result<()> {
        self.dirty = false;
        queue!(io::stdout(), BeginSynchronizedUpdate)?;
        self.out.draw(|frame| {
            self.env.fault("view");
            view::view(&self.app, frame);
        })?;
        execute!(io::stdout(), EndSynchronizedUpdate)?;
        io::stdout().flush()?;
        Ok(())
    }

    /// Forgets what is on the screen, so that all of it is drawn. Clearing by the library would ask the terminal where
    /// its cursor is, and wait for an answer.
    pub(super) fn redraw(&mut self) -> io::Result<()> {
        execute!(io::stdout(), Clear(ClearType::All))?;
        self.out = Terminal::new(CrosstermBackend::new(io::stdout()))?;
        Ok(())
    }

    /// Gives the screen back and stops, as a shell expects of a program in the background.
    pub(super) fn suspend(&mut self) -> anyhow::Result<()> {
        terminal::leave();
        rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP)?;
        self.resume()
    }

    pub(super) fn resume(&mut self) -> anyhow::Result<()> {
        // What was typed before is gone.
        self.app.more_keys = false;
        terminal::enter(self.app.mouse)?;
        let size = self.out.size()?;
        self.redraw()?;
        self.apply(Msg::Resize(size.width, size.height));
        self.read_ours();
        self.loader.sweep();
        Ok(())
    }
}
