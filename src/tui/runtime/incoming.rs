//! What comes in: keys, news, and the clock. What belongs together is taken in as one.

use std::time::Duration;

use crossterm::event::{self, Event, KeyEventKind};
use tokio::time::Instant;

use super::super::msg::Msg;
use super::{FRAME, Screen};

/// So many sessions are taken in at once at the most.
const MERGED: usize = 1024;
/// So long it takes to look whether something is typed: asked for no time at all, nobody looks.
const LOOK: Duration = Duration::from_micros(100);
/// Our memory is told no more often than this.
const SECOND: Duration = Duration::from_secs(1);

impl Screen<'_> {
    /// What was typed or pasted with what is taken in already: none of it waits for a frame.
    pub(super) fn events(&mut self) {
        let since = Instant::now();
        // The stream of events must not be asked for this: it would wake nobody when the next one comes.
        while since.elapsed() < FRAME / 2
            && self.quit.is_none()
            && self.next.is_none()
            && is_more()
            && let Ok(event) = event::read()
        {
            self.event(event);
        }
    }

    /// What is ready. News of logs and answers come in small pieces, and each would make the list anew: some are taken as
    /// one.
    pub(super) fn next_news(&mut self) -> Option<Msg> {
        let mut msg = self.held.take().or_else(|| self.news.try_recv().ok())?;
        loop {
            let is_full = match &msg {
                Msg::Delta(all) => all.told.len() >= MERGED,
                Msg::Found(_, all, _) => all.len() >= MERGED,
                _ => true,
            };
            if is_full {
                return Some(msg);
            }
            match (&mut msg, self.news.try_recv()) {
                (Msg::Delta(all), Ok(Msg::Delta(later))) => all.merge(later),
                (Msg::Found(ticket, all, left), Ok(Msg::Found(of, later, still)))
                    if *ticket == of =>
                {
                    all.extend(later);
                    *left = still;
                }
                (_, other) => {
                    self.held = other.ok();
                    return Some(msg);
                }
            }
        }
    }

    pub(super) fn tick(&mut self) {
        let elapsed = self.opened.elapsed();
        self.apply(Msg::Tick(self.env.now(), elapsed));
        if self.weighed.is_none_or(|then| elapsed - then >= SECOND) {
            self.weighed = Some(elapsed);
            if let Some(bytes) = self.env.memory() {
                self.apply(Msg::Memory(bytes));
            }
        }
    }

    pub(super) fn event(&mut self, event: Event) {
        self.tick();
        self.app.more_keys = is_more();
        match event {
            Event::Key(key) if self.answers.take(&key, self.app.more_keys) => {}
            Event::Key(key) if key.kind != KeyEventKind::Release => self.apply(Msg::Key(key)),
            Event::Mouse(mouse) => self.apply(Msg::Mouse(mouse)),
            Event::Paste(text) => self.apply(Msg::Paste(text)),
            Event::Resize(width, height) => self.apply(Msg::Resize(width, height)),
            Event::FocusGained => {
                self.read_ours();
                self.loader.sweep();
                self.tick();
            }
            // What a key before it left undone is done now.
            Event::Key(_) | Event::FocusLost => self.tick(),
        }
    }
}

/// Whether something typed is there already.
fn is_more() -> bool {
    event::poll(LOOK).is_ok_and(|is_there| is_there)
}
