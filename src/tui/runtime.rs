//! The loop: waits, drains what is ready, updates, draws once. And the doing of effects.

mod drawing;
mod folders;
mod incoming;
mod known;
mod outside;

use std::io::{self, Write as _};
use std::time::Duration;

use anyhow::Context as _;
use crossterm::event::EventStream;
use futures_util::StreamExt;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::Instant;

use super::app::{App, Input};
use super::follower::Follower;
use super::kept::{drop_view, read_prefs, read_views, save_view, write_prefs};
use super::keys::Answers;
use super::late::Late;
use super::manner::Manner;
use super::msg::{Effect, Msg};
use super::open::Reader;
use super::prefs::Prefs;
use super::searcher::Searcher;
use super::tasks::Tasks;
use super::update::launch;
use super::workers::Workers;
use super::{Options, terminal, update};
use crate::env::Env;
use crate::index::Index;
use crate::ingest::{Choice, Loader};
use crate::launch::Plan;
use crate::marks::Marks;
use crate::query::Context;
use crate::render::document::Look;
use crate::share::Kept;
use known::known;

/// At most one frame in this time.
const FRAME: Duration = Duration::from_millis(16);
/// The first frame waits no longer than this for what is known.
const FIRST: Duration = Duration::from_millis(80);
/// Ages on screen change no faster than this.
const MINUTE: Duration = Duration::from_secs(60);
/// While something on screen goes away by itself.
const SOON: Duration = Duration::from_millis(300);

/// Opens the screen and runs it to its end. Gives the exit code.
pub fn run(env: &Env, context: Context, options: &Options) -> anyhow::Result<i32> {
    crate::os::memory::small_pages();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start")?;
    terminal::restore_on_panic();
    terminal::end_with_terminal();
    let mut options = options.clone();
    let (mut env, mut context) = (env.clone(), context);
    loop {
        if options.demo {
            let demo = crate::demo::open(&env)?;
            context = Context {
                now: demo.now(),
                home: demo.home.clone(),
                ..context
            };
            env = Env {
                clipboard: env.clipboard.clone(),
                ..demo
            };
        }
        match runtime.block_on(screen(&env, context.clone(), &options))? {
            End::Exit(code) => return Ok(code),
            End::Again => folders::take_in(&mut options),
            End::Demo => {
                options = Options {
                    demo: true,
                    query: String::new(),
                    choice: options.choice.built_in(),
                    ..options
                }
            }
        }
    }
}

/// Why the screen closed.
#[derive(Clone, Copy)]
enum End {
    Exit(i32),
    /// To open again, with the folders that settings name now.
    Again,
    /// To open again with the sample sessions.
    Demo,
}

async fn screen(env: &Env, context: Context, options: &Options) -> anyhow::Result<End> {
    let prefs = read_prefs(env);
    let manner = options.settings.manner();
    // The first frame uses the last answer; the terminal is asked behind it.
    let look = Look {
        theme: manner.themes.on(prefs.light).clone(),
        ascii: manner.ascii,
        zone: env.zone.clone(),
        mask: manner.mask(),
    };
    terminal::enter(manner.mouse).context("cannot take the screen")?;
    env.fault("start");
    let ended = Screen::open(env, context, options, (manner, look), prefs).await;
    terminal::leave();
    ended
}

struct Screen<'a> {
    env: &'a Env,
    app: App,
    out: Terminal<CrosstermBackend<io::Stdout>>,
    loader: Loader,
    workers: Workers,
    searcher: Searcher,
    tasks: Tasks,
    /// The sources that are read.
    choice: Choice,
    settings: Follower,
    news: UnboundedReceiver<Msg>,
    /// What came behind news that were taken as one.
    held: Option<Msg>,
    answers: Answers,
    opened: Instant,
    /// When our memory was last asked for.
    weighed: Option<Duration>,
    dirty: bool,
    quit: Option<End>,
    /// What gets the screen next.
    next: Option<Plan>,
}

struct Signals {
    term: Signal,
    hup: Signal,
    int: Signal,
    stop: Signal,
    cont: Signal,
}

impl Screen<'_> {
    async fn open(
        env: &Env,
        context: Context,
        options: &Options,
        (manner, look): (Manner, Look),
        prefs: Prefs,
    ) -> anyhow::Result<End> {
        let (send, news) = unbounded_channel();
        let settings = Follower::start(options.settings.clone(), env, options.watch, send.clone());
        let workers = Workers::start(env, options.tariff.clone(), send.clone());
        let searcher = Searcher::start(env, send.clone());
        let tasks = Tasks::start(env, options.tariff.clone(), send.clone());
        let tell = Box::new(move |delta| send.send(Msg::Delta(delta)).is_ok());
        let loader = Loader::spawn(env.clone(), options.choice.clone(), options.watch, tell);
        let out = Terminal::new(CrosstermBackend::new(io::stdout()))?;
        let size = out.size()?;
        let mut app = App::new(context, look, prefs, (size.width, size.height));
        app.index = Index::with(options.tariff.clone());
        app.index.keep_by(options.choice.retentions(env));
        app.demo = options.demo;
        app.mouse = manner.mouse;
        app.masked = manner.masked;
        app.manner = manner;
        app.folder.clone_from(&env.cwd);
        match Marks::load(env) {
            Ok(marks) => drop(app.index.set_marks(marks)),
            Err(line) => app.say(crate::text::Clean::line(&line), true),
        }
        match Kept::load(env) {
            Ok(kept) => {
                let known: Vec<_> = options.choice.all().map(|s| s.card().id).collect();
                app.index.set_shared(kept.links(&known));
            }
            Err(line) => app.say(crate::text::Clean::line(&line.to_string()), true),
        }
        if let Some(line) = app.manner.banner.clone() {
            app.say(line, true);
        }
        match read_views(env) {
            Ok(views) => app.views = views,
            Err(line) => app.say(crate::text::Clean::line(&line), true),
        }
        app.query.input = tui_input::Input::new(options.query.clone());
        app.query.query = crate::query::Query::parse(&options.query, &app.context);
        // Whoever starts with words goes on typing them.
        let is_typing = !options.query.is_empty() || app.manner.starts_typing;
        app.input = is_typing.then_some(Input::Query);
        let mut screen = Screen {
            env,
            app,
            out,
            loader,
            workers,
            searcher,
            tasks,
            choice: options.choice.clone(),
            settings,
            news,
            held: None,
            answers: Answers::default(),
            opened: Instant::now(),
            weighed: None,
            dirty: true,
            quit: None,
            next: None,
        };
        let ended = screen.run().await;
        let bye = launch::farewell(&screen.app).filter(|_| screen.app.manner.tells_resume);
        // What is still being done may take some seconds, and a screen that stands still would look like a hang.
        terminal::leave();
        screen
            .tasks
            .finish(&mut |line| drop(writeln!(io::stderr(), "{line}")));
        let ended = ended?;
        if let (Some(line), End::Exit(0)) = (bye, ended) {
            // Nobody is left to tell if the terminal is gone.
            let _ = writeln!(io::stdout(), "{line}");
        }
        Ok(ended)
    }

    async fn run(&mut self) -> anyhow::Result<End> {
        // What is known from yesterday is told first, and is the first frame. The terminal may take longer to answer.
        let latest = Instant::now() + FIRST;
        while let Ok(Some(msg)) = tokio::time::timeout_at(latest, self.news.recv()).await {
            let is_known = matches!(msg, Msg::Delta(_));
            self.apply(msg);
            if is_known {
                break;
            }
        }
        self.draw()?;
        if self.app.manner.themes.follow_ground() {
            self.apply(Msg::Ground(terminal::is_light(self.env)));
        }
        let mut events = EventStream::new();
        let on = |kind| signal(kind).context("cannot listen for signals");
        let mut signals = Signals {
            term: on(SignalKind::terminate())?,
            hup: on(SignalKind::hangup())?,
            int: on(SignalKind::interrupt())?,
            stop: on(SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()))?,
            cont: on(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?,
        };
        self.tick();
        let mut drawn = Instant::now()
            .checked_sub(FRAME)
            .unwrap_or_else(Instant::now);
        loop {
            if let Some(code) = self.quit {
                return Ok(code);
            }
            if let Some(plan) = self.next.take() {
                // Whoever reads keys here would take them from the program.
                drop(events);
                self.hand_over(&plan)?;
                events = EventStream::new();
                // What was meant for the program was not meant for us.
                signals.int = on(SignalKind::interrupt())?;
                continue;
            }
            let due = drawn + FRAME;
            if self.dirty && Instant::now() >= due {
                if self.draw().is_err() {
                    terminal::gone();
                }
                drawn = Instant::now();
                if self.app.late == Late::Unseen {
                    let elapsed = self.opened.elapsed();
                    self.apply(Msg::Drawn(elapsed));
                }
            }
            let tick = if self.app.is_restless() { SOON } else { MINUTE };
            let wake = if self.dirty {
                due
            } else {
                Instant::now() + tick
            };
            tokio::select! {
                event = events.next() => match event {
                    Some(Ok(event)) => {
                        self.event(event);
                        self.events();
                    }
                    Some(Err(_)) | None => terminal::gone(),
                },
                // What came behind news that were taken as one is older than what comes now.
                () = std::future::ready(()), if self.held.is_some() => {}
                Some(msg) = self.news.recv(), if self.held.is_none() => self.apply(msg),
                () = std::future::ready(()), if !self.dirty && self.app.reader.as_ref().is_some_and(Reader::is_counting) => {
                    self.apply(Msg::CountOn);
                }
                _ = signals.term.recv() => self.quit = Some(End::Exit(128 + 15)),
                _ = signals.hup.recv() => terminal::gone(),
                _ = signals.int.recv() => self.quit = Some(End::Exit(128 + 2)),
                _ = signals.stop.recv() => self.suspend()?,
                // A terminal that goes away sends this too.
                _ = signals.cont.recv() => {
                    if self.resume().is_err() {
                        terminal::gone();
                    }
                }
                () = tokio::time::sleep_until(wake) => {
                    if !self.dirty {
                        self.read_ours();
                        self.tick();
                    }
                }
            }
            // Whatever else is ready belongs to the same frame, but nobody waits for it longer than half of one.
            let since = Instant::now();
            while since.elapsed() < FRAME / 2
                && let Some(msg) = self.next_news()
            {
                self.apply(msg);
            }
        }
    }

    fn apply(&mut self, msg: Msg) {
        self.dirty = true;
        self.env.fault("update");
        for effect in update(&mut self.app, msg) {
            if let Err(error) = self.perform(effect) {
                self.app
                    .say(crate::text::Clean::line(&format!("{error:#}")), true);
            }
        }
    }

    fn perform(&mut self, effect: Effect) -> anyhow::Result<()> {
        match effect {
            Effect::Open(ticket, session) => self.workers.open(ticket, session),
            Effect::Near(ticket, session, seen, whole) => {
                self.workers.near(ticket, session, seen, whole)
            }
            Effect::Seek(ticket, session, number, sought) => {
                self.workers.seek(ticket, session, number, sought)
            }
            Effect::Refresh(ticket) => self.workers.refresh(ticket),
            Effect::End(ticket) => self.workers.end(ticket),
            Effect::Ink(job) => self.workers.ink(job),
            Effect::Inside(ticket, call, session) => self.workers.inside(ticket, call, session),
            Effect::Search(ticket, query, depth, rows) => {
                self.searcher.search(ticket, query, depth, rows)
            }
            Effect::Hits(ticket, rows, mask) => self.searcher.hits(ticket, rows, mask),
            Effect::Count(ticket, queries, families, all_kinds) => {
                self.searcher.count(ticket, queries, families, all_kinds)
            }
            Effect::Learn(rows) => self.searcher.learn(rows),
            Effect::Copy(text, what) => self.workers.copy(text, what),
            Effect::Hot(units) => self.loader.hot(units),
            Effect::LookAgain => self.loader.sweep(),
            Effect::Remember(prefs) => {
                write_prefs(self.env, &prefs).context("the sort order is not remembered")?
            }
            Effect::SaveView(view) => {
                save_view(self.env, &view).context("the view is not saved")?
            }
            Effect::DropView(view) => {
                drop_view(self.env, &view).context("the view is not deleted")?
            }
            Effect::Do(task) => self.tasks.give(task),
            Effect::LetGo(ticket) => self.tasks.let_go(ticket),
            Effect::Launch(wish) => self.launch(wish)?,
            Effect::CopyResume(sessions) => self.copy_resume(&sessions),
            Effect::Browse(url) => self.browse(&url)?,
            Effect::Edit(path, line) => self.edit(&path, line)?,
            Effect::Delete(ids, is_sure) => self.delete(&ids, is_sure),
            Effect::ReadOurs => self.read_ours(),
            Effect::Know => {
                let known = known(self.env, &self.choice);
                self.apply(Msg::Known(Box::new(known)));
            }
            Effect::Mouse(on) => terminal::mouse(on)?,
            Effect::Redraw => self.redraw()?,
            Effect::Suspend => self.suspend()?,
            Effect::Quit => self.quit = Some(End::Exit(0)),
            Effect::AddFolder(id, path) => self.add_folder(id, &path),
            Effect::Demo => self.quit = Some(End::Demo),
        }
        Ok(())
    }

    /// Takes in the settings and the marks, where their files changed.
    fn read_ours(&mut self) {
        if let Some(manner) = self.settings.look() {
            crate::export::allow(&manner.settings.allowed());
            self.apply(Msg::Manner(Box::new(manner)));
        }
        if self.settings.has_other_marks(self.env) {
            self.apply(Msg::OtherMarks);
        }
    }
}
