//! What opens by itself, as the answer to something that took a while. A key that was pressed before it was seen was meant
//! for something else, so it says nothing to it.

use std::time::Duration;

use crossterm::event::KeyEvent;

use super::app::App;
use super::dialog::Dialog;
use super::form::Form;
use super::keys;
use super::palette::Palette;

/// So long it is seen, and no key pressed, before it listens.
pub const QUIET: Duration = Duration::from_millis(300);

/// Whether what lies over the panes listens to keys.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Late {
    /// It was asked for by a key, or was seen long enough.
    #[default]
    Listens,
    /// It opened by itself, and was not drawn yet.
    Unseen,
    /// It listens from then on, if no key is pressed before.
    From(Duration),
}

impl App {
    /// Asks a question that no key asked for.
    pub fn ask(&mut self, dialog: Dialog) {
        self.dialog = Some(dialog);
        self.opened_by_itself();
    }

    /// Offers a list that no key asked for.
    pub fn offer(&mut self, palette: Palette) {
        self.palette = Some(palette);
        self.opened_by_itself();
    }

    /// Puts a form there that no key asked for.
    pub fn fill(&mut self, form: Form) {
        self.form = Some(form);
        self.opened_by_itself();
    }

    fn opened_by_itself(&mut self) {
        self.late = Late::Unseen;
        // The second of two keys would be the first that it hears.
        self.prefix = None;
    }

    /// Everything there is stands on the screen.
    pub fn drawn(&mut self, elapsed: Duration) {
        if self.late == Late::Unseen {
            self.late = Late::From(elapsed + QUIET);
        }
    }

    /// It was seen long enough.
    pub fn rest(&mut self) {
        let is_open = self.dialog.is_some() || self.palette.is_some() || self.form.is_some();
        self.late = match self.late {
            Late::From(then) if self.elapsed >= then => Late::Listens,
            _ if !is_open => Late::Listens,
            late => late,
        };
    }

    /// Whether a key may do something. Whoever goes on typing did not see what came in between; the way out is always
    /// open, since it does nothing.
    pub fn hears(&mut self, key: &KeyEvent) -> bool {
        self.rest();
        match self.late {
            Late::Listens => return true,
            _ if keys::leads_out(key) => self.late = Late::Listens,
            Late::Unseen => return false,
            Late::From(_) => {
                self.late = Late::From(self.elapsed + QUIET);
                return false;
            }
        }
        true
    }
}
