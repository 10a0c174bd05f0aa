//! Several shares with a `gh` that is only written down, and one that hangs.

use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Duration;

use super::super::sharer::Sharer;
use super::super::{Task, Tasks};
use super::*;
use crate::env::{Call, Heard, Processes, Recording, Way};
use crate::export::Format;
use crate::index::Index;
use crate::ingest::{self, Choice};
use crate::pricing::{Accounting, Mode, Prices};
use crate::redact::Secrets;
use crate::tui::msg::Msg;

const URL: &str = "https://gist.github.com/ada/0123456789abcdef0123456789abcdef";
const MAKING: Making = Making {
    format: Format::Markdown,
    secrets: Secrets::Replace,
    is_anonymous: false,
};

/// A home with three sessions, of which the last stands in a project whose team forbids sharing.
fn world() -> (tempfile::TempDir, Env, Arc<dyn Tariff>, Vec<Arc<Row>>) {
    let home = tempfile::tempdir().unwrap();
    let token = "gh~p_16C7e42F292c6912E7710c838347Ae178B4a".replace('~', "");
    for n in 0..3 {
        let cwd = home.path().join(format!("loom{n}"));
        std::fs::create_dir_all(&cwd).unwrap();
        let folder = home.path().join(format!(".claude/projects/loom{n}"));
        std::fs::create_dir_all(&folder).unwrap();
        let id = format!("5b1e7a30-1111-4222-8333-01234567890{n}");
        let line = format!(
            "{{\"type\":\"user\",\"uuid\":\"u{n}\",\"sessionId\":\"{id}\",\"cwd\":\"{}\",\"timestamp\":\"2026-03-01T00:0{n}:00Z\",\"message\":{{\"role\":\"user\",\"content\":\"use {token} in {}\"}}}}\n",
            cwd.display(),
            cwd.display(),
        );
        std::fs::write(folder.join(format!("{id}.jsonl")), line).unwrap();
    }
    std::fs::write(
        home.path().join("loom2/opencode.json"),
        "{\"share\":\"disabled\"}",
    )
    .unwrap();
    let env = Env::bare(home.path(), "2026-03-02T00:00:00Z".parse().unwrap());
    let tariff: Arc<dyn Tariff> = Arc::new(Accounting::new(
        Arc::new(Prices::embedded()),
        Mode::default(),
    ));
    let mut index = Index::with(tariff.clone());
    index.apply(ingest::load(&env, &Choice::default()));
    let mut rows: Vec<Arc<Row>> = index.rows().cloned().collect();
    rows.sort_by(|a, b| a.id().cmp(b.id()));
    assert_eq!(rows.len(), 3);
    (home, env, tariff, rows)
}

/// Everything is wanted.
fn asker(tell: &dyn Fn(ShareNews)) -> Asker<'_> {
    Asker {
        tell,
        is_wanted: &|_| true,
    }
}

fn settings() -> config::Share {
    config::Settings::default().sharing()
}

/// Files that are ready to leave, and what is said of them before.
fn made(
    env: &Env,
    tariff: &Arc<dyn Tariff>,
    rows: &[Arc<Row>],
    making: Making,
) -> (Arc<Bundle>, Vec<String>) {
    let make = Share::Make(1, rows.to_vec(), making, settings());
    match perform(env, tariff, make, &asker(&|_| {})) {
        ShareNews::Made(_, bundle, lines) => (bundle, lines.iter().map(Clean::to_string).collect()),
        other => panic!("{other:?}"),
    }
}

fn sent(
    env: &Env,
    tariff: &Arc<dyn Tariff>,
    bundle: &Arc<Bundle>,
    tell: &dyn Fn(ShareNews),
) -> Outcome {
    let send = Share::Send(bundle.clone(), settings());
    match perform(env, tariff, send, &asker(tell)) {
        ShareNews::Sent(outcome) => outcome,
        other => panic!("{other:?}"),
    }
}

/// A `gh` that does something before it answers, or fails. It is asked whether it may go on.
struct Odd {
    like: Recording,
    first: Box<First>,
}

type First = dyn Fn(&dyn Fn() -> bool) -> io::Result<()> + Send + Sync;

impl Processes for Odd {
    fn find(&self, name: &OsStr, path: Option<&OsStr>) -> Option<PathBuf> {
        self.like.find(name, path)
    }

    fn foreground(&self, call: &Call) -> io::Result<i32> {
        self.like.foreground(call)
    }

    fn capture(&self, call: &Call, most: Duration) -> io::Result<Heard> {
        self.capture_while(call, most, &|| panic!("it could not be ended"))
    }

    fn capture_while(
        &self,
        call: &Call,
        most: Duration,
        goes_on: &dyn Fn() -> bool,
    ) -> io::Result<Heard> {
        let heard = self.like.capture(call, most);
        (self.first)(goes_on).and(heard)
    }

    fn detach(&self, call: &Call) -> io::Result<()> {
        self.like.detach(call)
    }
}

/// S2-45, S4-10, X6: nothing is sent before the preview; then a gist for each, each named as it goes; what a team forbids
/// stays behind, and what fails holds no other up.
#[test]
fn several_are_shown_as_one_and_sent_one_by_one() {
    let (_home, mut env, tariff, rows) = world();
    let run = Arc::new(Recording::saying("gh", &format!("{URL}\n")));
    env.processes = run.clone();
    let (bundle, lines) = made(&env, &tariff, &rows, MAKING);
    assert_eq!(run.taken(), [], "nothing leaves before a yes");
    assert!(
        lines[0].starts_with("2 sessions, 2 messages, "),
        "{lines:?}"
    );
    assert!(
        lines[1].starts_with("4 secrets replaced: 4 github-token"),
        "{lines:?}"
    );
    assert!(
        lines.last().unwrap().contains("forbids sharing"),
        "{lines:?}"
    );
    let told = Mutex::new(Vec::new());
    let tell = |news| told.lock().unwrap().push(news);
    let all = sent(&env, &tariff, &bundle, &tell);
    assert_eq!((all.sent.len(), all.failed.len()), (2, 0));
    let calls = run.taken();
    assert_eq!(calls.len(), 2);
    for (way, call) in &calls {
        assert_eq!(*way, Way::Capture);
        assert_eq!(call.args[0], "gist");
    }
    let told = std::mem::take(&mut *told.lock().unwrap());
    assert_eq!(told, [ShareNews::Sending(1, 2), ShareNews::Sending(2, 2)]);
    // Every one of them is asked again before it goes.
    let forbidden = rows[0]
        .session
        .dir
        .as_deref()
        .unwrap()
        .join("opencode.json");
    std::fs::write(forbidden, "{\"share\":\"disabled\"}").unwrap();
    let again = sent(&env, &tariff, &bundle, &|_| {});
    assert_eq!((again.sent.len(), again.failed.len()), (1, 1));
    assert_eq!(&again.failed[0].0, rows[0].id());
    assert_eq!(run.taken().len(), 1);
    // Without the program none is tried after the first.
    env.processes = Arc::new(Recording::default());
    let none = sent(&env, &tariff, &bundle, &|_| {});
    assert_eq!((none.sent.len(), none.failed.len()), (0, 2));
}

/// UX 8: what is sent without being shown first is told with its size and what was replaced in it.
#[test]
fn what_is_sent_at_once_is_told_of() {
    let (_home, mut env, tariff, rows) = world();
    env.processes = Arc::new(Recording::saying("gh", &format!("{URL}\n")));
    let auto = config::Share {
        mode: config::ShareMode::Auto,
    };
    let (bundle, _) = made(&env, &tariff, &rows, MAKING);
    let bytes = bundle.files.iter().map(|(_, made)| made.bytes.len()).sum();
    let make = Share::Make(1, rows, MAKING, auto);
    let ShareNews::Sent(outcome) = perform(&env, &tariff, make, &asker(&|_| {})) else {
        panic!("it asked");
    };
    let unasked = Unasked {
        bytes,
        secrets: 4,
        is_redacted: true,
    };
    assert_eq!((outcome.sent.len(), outcome.unasked), (2, Some(unasked)));
}

/// RELIABILITY 9, tier 3: a share can be without traces of the person, and counts them.
#[test]
fn a_share_can_be_anonymous() {
    let (home, mut env, tariff, rows) = world();
    env.processes = Arc::new(Recording::of(&["gh"]));
    let anonymous = Making {
        is_anonymous: true,
        ..MAKING
    };
    let plain = made(&env, &tariff, &rows[..1], MAKING);
    let hidden = made(&env, &tariff, &rows[..1], anonymous);
    let name = home.path().to_string_lossy().into_owned();
    let text = |bundle: &Bundle| String::from_utf8(bundle.files[0].1.bytes.clone()).unwrap();
    assert!(text(&plain.0).contains(&name));
    assert!(!text(&hidden.0).contains(&name), "{}", text(&hidden.0));
    assert!(
        hidden.1.iter().any(|line| line.contains("home-path")),
        "{:?}",
        hidden.1
    );
}

/// What comes after a share that hangs is done meanwhile.
#[test]
fn a_hanging_program_holds_no_other_task_up() {
    let (_home, mut env, tariff, rows) = world();
    let (ask, asked) = channel();
    let (let_go, go) = channel();
    let (ask, go) = (Mutex::new(ask), Mutex::new(go));
    env.processes = Arc::new(Odd {
        like: Recording::of(&["gh"]),
        first: Box::new(move |_| {
            ask.lock().unwrap().send(()).unwrap();
            go.lock().unwrap().recv().unwrap();
            Ok(())
        }),
    });
    let (bundle, _) = made(&env, &tariff, &rows[..1], MAKING);
    let (send, mut news) = tokio::sync::mpsc::unbounded_channel();
    let tasks = Tasks::start(&env, tariff, send);
    tasks.give(Task::Share(Share::Send(bundle, settings())));
    asked.recv_timeout(Duration::from_secs(60)).unwrap();
    tasks.give(Task::Mark(Vec::new()));
    let first = news.blocking_recv().unwrap();
    assert!(matches!(first, Msg::Marked(_)), "the mark came first");
    let_go.send(()).unwrap();
    let second = news.blocking_recv().unwrap();
    assert!(matches!(second, Msg::Share(ShareNews::Sent(..))));
    tasks.finish(&mut |line| panic!("nothing was on its way: {line}"));
}

/// X6: what left and is not remembered, or may have left, ends it: the others are not sent after it.
#[test]
fn nothing_is_sent_after_what_nobody_remembers() {
    let (_home, mut env, tariff, rows) = world();
    env.processes = Arc::new(Recording::of(&["gh"]));
    let (bundle, _) = made(&env, &tariff, &rows[..2], MAKING);
    let file = share::Kept::path(&env);
    let spoil = move |_: &dyn Fn() -> bool| {
        std::fs::write(&file, "[[share]]\nsession = 3\n").unwrap();
        Ok(())
    };
    let late = |_: &dyn Fn() -> bool| Err(io::ErrorKind::TimedOut.into());
    let cases: [(&str, Box<First>, Option<&str>, &str); 3] = [
        (
            "no link",
            Box::new(|_| Ok(())),
            None,
            "gh gave no link of a gist but: no link; ",
        ),
        (
            URL,
            Box::new(late),
            None,
            "gh did not say what became of it",
        ),
        (
            URL,
            Box::new(spoil),
            Some(URL),
            "shared at https://gist.github.com/ada/0123456789abcdef0123456789abcdef, but that could",
        ),
    ];
    for (said, first, url, why) in cases {
        let like = Recording::saying("gh", said);
        let run = Arc::new(Odd { like, first });
        env.processes = run.clone();
        let Outcome {
            sent,
            loose,
            failed,
            ..
        } = sent(&env, &tariff, &bundle, &|_| {});
        assert_eq!(run.like.taken().len(), 1, "{why}");
        let loose = loose.unwrap();
        assert_eq!((&loose.id, loose.url.as_deref()), (rows[0].id(), url));
        assert!(loose.why.starts_with(why), "{}", loose.why);
        assert_eq!(sent, []);
        assert_eq!(failed, [(rows[1].id().clone(), "not tried".to_owned())]);
    }
}

/// On the way out a program that hangs is ended and that is said; none is begun after it, and its file is gone.
#[test]
fn the_end_waits_no_longer_than_it_says() {
    let (_home, mut env, tariff, rows) = world();
    let (ask, asked) = channel();
    let (end, ended) = channel();
    let (_keep, never) = channel::<()>();
    let (ask, end, never) = (Mutex::new(ask), Mutex::new(end), Mutex::new(never));
    env.processes = Arc::new(Odd {
        like: Recording::of(&["gh"]),
        first: Box::new(move |goes_on| {
            ask.lock().unwrap().send(()).unwrap();
            while goes_on() {
                // Nothing ever comes.
                let never = never.lock().unwrap();
                let _ = never.recv_timeout(Duration::from_millis(1));
            }
            end.lock().unwrap().send(()).unwrap();
            Err(io::ErrorKind::Interrupted.into())
        }),
    });
    let (bundle, _) = made(&env, &tariff, &rows[..2], MAKING);
    let (send, mut news) = tokio::sync::mpsc::unbounded_channel();
    let sharer = Sharer::start(&env, &tariff, &send);
    for _ in 0..2 {
        sharer.give(Task::Share(Share::Send(bundle.clone(), settings())));
    }
    asked.recv_timeout(Duration::from_secs(60)).unwrap();
    let mut said = Vec::new();
    sharer.finish(Duration::from_millis(10), &mut |line| {
        said.push(line.to_owned())
    });
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].starts_with("Still sharing"), "{said:?}");
    assert!(said[1].contains("gh gist list"), "{said:?}");
    ended.recv_timeout(Duration::from_secs(60)).unwrap();
    let mut told = 0;
    while told < 2 {
        let Some(Msg::Share(one)) = news.blocking_recv() else {
            panic!("both are told");
        };
        if let ShareNews::Sent(outcome) = one {
            told += 1;
            assert!(outcome.loose.is_some() && outcome.failed.len() == 1);
        }
    }
    assert!(asked.try_recv().is_err(), "none is begun after the first");
    let left = std::fs::read_dir(env.own_dir(crate::env::OwnDir::State).join("share"));
    assert_eq!(left.unwrap().count(), 0);
}

/// Where there is no program to share by, that is said before anything is made; and what nobody waits for is not made.
#[test]
fn what_leads_nowhere_is_not_made() {
    let (_home, mut env, tariff, rows) = world();
    let make = || Share::Make(7, rows.clone(), MAKING, settings());
    let unmade = |env: &Env, asker: &Asker<'_>| match perform(env, &tariff, make(), asker) {
        ShareNews::Unmade(7, why) => why,
        other => panic!("{other:?}"),
    };
    let tell = |news: ShareNews| panic!("{news:?}");
    env.processes = Arc::new(Recording::of(&["gh"]));
    let stopped = Asker {
        tell: &tell,
        is_wanted: &|ticket| ticket > 7,
    };
    assert_eq!(unmade(&env, &stopped), "it was stopped");
    env.processes = Arc::new(Recording::of(&[]));
    assert!(unmade(&env, &asker(&tell)).starts_with("gh is not on PATH"));
}
