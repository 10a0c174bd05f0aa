//! The screen without a terminal: keys in, a picture out. For scenes and tests; effects are done at once.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use super::app::App;
use super::late::{Late, QUIET};
use super::msg::{Effect, Msg};
use super::prefs::Prefs;
use super::{keys, listing, update, view};
use crate::env::Env;
use crate::index::Index;
use crate::ingest::{self, Choice, Reading};
use crate::model::{Row, Tariff};
use crate::pricing::{self, Accounting, Mode};
use crate::query::{Context, Query};
use crate::render::code::highlight;
use crate::render::document::Look;
use crate::render::theme::{Theme, ThemeKind};
use crate::search::{Depth, Seeking, Words};
use crate::text::Clean;

/// An app with somebody to do what it wishes.
pub struct Stage {
    env: Env,
    pub app: App,
    /// What was copied so far.
    pub copied: Arc<Mutex<Vec<Clean>>>,
    pub quit: bool,
    tariff: Arc<dyn Tariff>,
}

impl Stage {
    /// Everything in the world's home, read, at this size.
    pub fn open(
        env: Env,
        context: Context,
        kind: ThemeKind,
        ascii: bool,
        size: (u16, u16),
    ) -> Stage {
        let look = Look {
            theme: Theme::built_in(kind),
            ascii,
            zone: env.zone.clone(),
            mask: None,
        };
        let tariff: Arc<dyn Tariff> = Arc::new(Accounting::new(
            Arc::new(pricing::Prices::embedded()),
            Mode::default(),
        ));
        let mut app = App::new(context, look, Prefs::default(), size);
        app.index = Index::with(tariff.clone());
        app.index.keep_by(Choice::default().retentions(&env));
        app.manner.mask = Arc::new(crate::export::mask(&env, Vec::new()));
        let delta = ingest::load(&env, &Choice::default());
        let mut stage = Stage {
            env,
            app,
            copied: Arc::default(),
            quit: false,
            tariff,
        };
        stage.tell(Msg::Delta(delta));
        stage
    }

    pub fn tell(&mut self, msg: Msg) {
        let mut waiting = update(&mut self.app, msg);
        // An effect may answer with a message that has effects of its own.
        while !waiting.is_empty() {
            let effect = waiting.remove(0);
            if let Some(answer) = self.perform(effect) {
                waiting.extend(update(&mut self.app, answer));
            }
        }
        // What opened by itself is looked at before the next key.
        if self.app.late == Late::Unseen {
            let (now, elapsed) = (self.app.now, self.app.elapsed);
            update(&mut self.app, Msg::Drawn(elapsed));
            update(&mut self.app, Msg::Tick(now, elapsed + QUIET));
        }
    }

    /// Keys as the binding table spells them, with spaces between; `"text"` types a text, `...` lets a second pass.
    pub fn keys(&mut self, script: &str) {
        for word in script.split(' ') {
            if word == "..." {
                let elapsed = self.app.elapsed + Duration::from_secs(1);
                self.tell(Msg::Tick(self.app.now, elapsed));
                continue;
            }
            match word.strip_prefix('"').and_then(|w| w.strip_suffix('"')) {
                Some(text) => text.chars().for_each(|c| {
                    self.press(&if c == '_' {
                        "space".into()
                    } else {
                        c.to_string()
                    })
                }),
                None => self.press(word),
            }
        }
    }

    fn press(&mut self, key: &str) {
        if let Some(event) = keys::event(key) {
            self.tell(Msg::Key(event));
        }
    }

    fn perform(&mut self, effect: Effect) -> Option<Msg> {
        match effect {
            Effect::Open(ticket, session) => {
                let mut reading = Reading::priced(&session, self.tariff.clone());
                Some(match reading.read(&self.env) {
                    Ok(_) => Msg::Opened(ticket, Arc::new(reading.conversation()), false),
                    Err(error) => Msg::NotOpened(ticket, error.to_string()),
                })
            }
            Effect::Search(ticket, query, depth, rows) => {
                let words = Words::default();
                let seeking = Seeking::new(&self.env, &query, &words, depth);
                let ask = |row: &Arc<Row>| {
                    let answer = seeking.ask(row).ok().flatten();
                    (row.clone(), answer.map(|answer| answer.rank))
                };
                Some(Msg::Found(ticket, rows.iter().map(ask).collect(), 0))
            }
            Effect::Count(ticket, queries, families, all_kinds) => {
                let words = Words::default();
                let count = |query: &Query| {
                    let seeking = Seeking::new(&self.env, query, &words, Depth::Any);
                    let wanted = |row: &Row| matches!(seeking.ask(row), Ok(Some(_)));
                    listing::shown(&families, query, all_kinds, wanted)
                };
                Some(Msg::Counted(ticket, queries.iter().map(count).collect()))
            }
            Effect::Hits(ticket, rows, mask) => {
                let words = Words::default();
                let query = self.app.query.query.clone();
                let seeking = Seeking::new(&self.env, &query, &words, Depth::Hits(0));
                let seeking = seeking.under(mask);
                for row in rows {
                    if let Ok(Some(answer)) = seeking.ask(&row) {
                        let hits = answer.listened.hits;
                        let (id, count) = (row.id().clone(), hits.len());
                        update(&mut self.app, Msg::Hits(ticket, id, hits, count));
                    }
                }
                None
            }
            Effect::Ink(job) => Some(Msg::Inked(highlight(&job))),
            Effect::Inside(ticket, call, session) => {
                let mut reading = Reading::priced(&session, self.tariff.clone());
                let read = reading.read(&self.env).map_err(|error| error.to_string());
                let read = read.map(|_| Arc::new(reading.conversation()));
                Some(Msg::Inside(ticket, call, read))
            }
            Effect::Copy(text, what) => {
                if let Ok(mut copied) = self.copied.lock() {
                    copied.push(text);
                }
                Some(Msg::Copied(what, Ok("test")))
            }
            Effect::CopyResume(sessions) => {
                let settings = self.app.manner.settings.launching();
                let told = crate::launch::commands(&settings, &sessions, &self.env.home);
                Some(Msg::Commands(told))
            }
            Effect::Quit => {
                self.quit = true;
                None
            }
            _ => None,
        }
    }

    /// What is on the screen now.
    pub fn picture(&self) -> Option<Buffer> {
        let (width, height) = self.app.size;
        let mut terminal = Terminal::new(TestBackend::new(width, height)).ok()?;
        terminal.draw(|frame| view::view(&self.app, frame)).ok()?;
        Some(terminal.backend().buffer().clone())
    }

    /// The screen as lines of text.
    pub fn text(&self) -> String {
        let Some(buffer) = self.picture() else {
            return String::new();
        };
        let mut out = String::new();
        for y in 0..buffer.area.height {
            let mut line = String::new();
            for x in 0..buffer.area.width {
                line.push_str(buffer.cell((x, y)).map_or(" ", |cell| cell.symbol()));
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }
}
