//! The screen of a bench: keys in, a frame out, effects left to the bench.

use std::sync::Arc;

use backscroll::cli;
use backscroll::env::Env;
use backscroll::ingest::{Delta, Progress, Reading};
use backscroll::model::{Conversation, Session};
use backscroll::render::document::Look;
use backscroll::render::theme::{Theme, ThemeKind};
use backscroll::tui::app::App;
use backscroll::tui::msg::{Effect, Effects, Msg};
use backscroll::tui::prefs::Prefs;
use backscroll::tui::{keys, update, view};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::world;

/// The largest terminal that the layouts are made for.
pub const SIZE: (u16, u16) = (200, 60);

pub struct Screen {
    pub app: App,
    terminal: Terminal<TestBackend>,
}

impl Screen {
    /// With these sessions, all read.
    pub fn new(env: &Env, mut news: Delta) -> Screen {
        let mut screen = Screen::empty(env);
        news.progress = Some(Progress {
            done: true,
            ..Progress::default()
        });
        screen.tell(Msg::Delta(news));
        screen
    }

    fn empty(env: &Env) -> Screen {
        let look = Look {
            theme: Theme::built_in(ThemeKind::Dark),
            ascii: false,
            zone: env.zone.clone(),
            mask: None,
        };
        Screen {
            app: App::new(cli::context(env), look, Prefs::default(), SIZE),
            terminal: Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).unwrap(),
        }
    }

    /// Of one conversation, open and with the keys.
    pub fn reading(env: &Env, session: &Arc<Session>, conversation: &Arc<Conversation>) -> Screen {
        let told = world::told(session);
        let mut screen = Screen::new(
            env,
            Delta {
                told: vec![told],
                ..Delta::default()
            },
        );
        screen.press("tab");
        screen.show(conversation, false);
        screen.draw();
        screen
    }

    pub fn tell(&mut self, msg: Msg) -> Effects {
        update(&mut self.app, msg)
    }

    pub fn press(&mut self, key: &str) -> Effects {
        self.tell(Msg::Key(keys::event(key).expect("a key")))
    }

    /// Answers the reader's wish for its conversation.
    pub fn show(&mut self, conversation: &Arc<Conversation>, more: bool) -> Effects {
        let ticket = self.app.reader.as_ref().map_or(0, |reader| reader.ticket);
        self.tell(Msg::Opened(ticket, conversation.clone(), more))
    }

    pub fn draw(&mut self) {
        self.terminal
            .draw(|frame| view::view(&self.app, frame))
            .unwrap();
    }

    /// A key, and the preview that follows the selection, as far as the app's own thread has to do with it.
    pub fn step(&mut self, key: &str, preview: &Arc<Conversation>) {
        let effects = self.press(key);
        if effects.iter().any(|e| matches!(e, Effect::Open(..))) {
            self.show(preview, false);
        }
        self.draw();
    }
}

/// A whole conversation, as the reader's worker reads it.
pub fn read(env: &Env, session: &Session) -> Arc<Conversation> {
    let mut reading = Reading::new(session);
    reading.read(env).unwrap();
    Arc::new(reading.conversation())
}
