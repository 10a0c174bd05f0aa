//! Plans over made-up sessions, with a double that records what would be run.

mod moving;
mod opening;

use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::env::{Recording, Way};
use crate::model::{SessionId, SourceId, Stage};
use crate::query::tests::session;
use crate::sources::SOURCES;

const ID: &str = "5b1e9c2f-0000-4000-8000-000000000001";

/// A home with a directory to work in, and programs that are only written down.
struct World {
    home: tempfile::TempDir,
    env: Env,
    run: Arc<Recording>,
    settings: Launching,
}

const KNOWN: &[&str] = &[
    "claude",
    "codex",
    "opencode",
    "droid",
    "pi",
    "goose",
    "vim",
    "less",
    "code",
    "tmux",
    "kitty",
    "screen",
    "env",
    "term",
    "xdg-open",
    "open",
    "/bin/sh",
    "/bin/fish",
    "agent",
];

impl World {
    fn new() -> World {
        let home = tempfile::tempdir().unwrap();
        let mut env = Env::bare(home.path(), "2026-01-01T00:00:00Z".parse().unwrap());
        let run = Arc::new(Recording::of(KNOWN));
        env.processes = run.clone();
        let world = World {
            env,
            run,
            settings: Launching::default(),
            home,
        };
        std::fs::create_dir(world.dir()).unwrap();
        world
    }

    fn dir(&self) -> PathBuf {
        self.home.path().canonicalize().unwrap().join("a b")
    }

    fn session(&self, source: &'static str, native: &str) -> Session {
        let dir = self.dir();
        session(|s| {
            s.id = SessionId::new(SourceId(source), native);
            s.dir = Some(dir.into());
            s.stage = Stage::Whole;
        })
    }

    fn plan(&self, session: &Session, act: Act) -> Result<Plan, Refusal> {
        plan(&self.env, &self.settings, &Ask::of(session, act))
    }

    fn refused(&self, session: &Session, act: Act) -> String {
        let refusal = self.plan(session, act).unwrap_err();
        let said = refusal.said().to_string();
        assert!(!said.contains('\n'), "{said}");
        said
    }
}

fn words(call: &Call) -> Vec<String> {
    let text = |word: &std::ffi::OsString| word.to_str().unwrap().to_owned();
    let program = call.program.to_str().unwrap().to_owned();
    std::iter::once(program)
        .chain(call.args.iter().map(text))
        .collect()
}

/// S4-02, S4-03, S4-04, C1: the agents' own commands, in the session's directory.
#[test]
fn an_agent_is_told_in_its_own_words() {
    let world = World::new();
    let native = |source| if source == "opencode" { "ses_a1" } else { ID };
    for (source, resume, new, fork) in [
        (
            "claude-code",
            format!("claude --resume={ID}"),
            "claude",
            Some(format!("claude --resume={ID} --fork-session")),
        ),
        (
            "codex-cli",
            format!("codex resume {ID}"),
            "codex",
            Some(format!("codex fork {ID}")),
        ),
        (
            "opencode",
            "opencode --session=ses_a1".to_owned(),
            "opencode",
            Some("opencode --session=ses_a1 --fork".to_owned()),
        ),
        (
            "factory-droid",
            format!("droid --resume {ID}"),
            "droid",
            Some(format!("droid --fork {ID}")),
        ),
        (
            "goose",
            format!("goose session --resume --session-id={ID}"),
            "goose session",
            Some(format!("goose session --resume --fork --session-id={ID}")),
        ),
    ] {
        let session = world.session(source, native(source));
        let said = |act| {
            let plan = world.plan(&session, act).unwrap();
            assert_eq!(plan.call.dir.as_deref(), Some(&*world.dir()));
            assert_eq!(plan.run(&world.env), Ok(0));
            let (way, call) = world.run.taken().remove(0);
            assert_eq!((way, &call), (Way::Foreground, &plan.call));
            words(&call)
                .join(" ")
                .trim_start_matches("/bin/")
                .to_owned()
        };
        assert_eq!(said(Act::Resume), resume);
        assert_eq!(said(Act::New), new);
        if let Some(fork) = fork {
            assert_eq!(said(Act::Fork), fork);
        }
    }
}

/// C1: whatever an id is, it becomes no option, no path and no second argument.
#[test]
fn no_source_gives_an_odd_id_to_a_program() {
    let world = World::new();
    let odd = [
        "",
        "-x",
        "--dangerously-skip-permissions",
        "-c=x",
        "..",
        "../../x",
        "a b",
        "a;b",
        "$(x)",
        "`x`",
        "a\nb",
        "a\0b",
        "ａｂｃ",
        "x\u{202e}y",
        "/etc/passwd",
        "a/b",
        "a'b",
        "@x",
        "~",
    ];
    let long = "a".repeat(129);
    for source in SOURCES {
        for native in odd.iter().copied().chain([&*long]) {
            for form in 0..4 {
                let mut session = world.session(source.card().id.0, native);
                Arc::make_mut(&mut session.unit).form = form;
                for launch in [source.resume(&session), source.fork(&session)] {
                    let args = launch.into_iter().flat_map(|launch| launch.args);
                    let whole = session.unit.path.to_str().unwrap();
                    for arg in args.filter(|arg| arg != whole) {
                        assert!(
                            native.is_empty() || !arg.contains(native),
                            "{}: {arg}",
                            source.card().label
                        );
                        assert!(!arg.ends_with('='), "{}: {arg}", source.card().label);
                    }
                }
            }
        }
    }
}

/// C1: refused with what, why and what next, in one line.
#[test]
fn what_cannot_be_done_says_why() {
    let world = World::new();
    let claude = |native: &str| world.session("claude-code", native);
    let line = world.refused(&claude("$(touch x)"), Act::Resume);
    assert!(
        line.contains("its id is not one") && line.contains("$(touch x)"),
        "{line}"
    );
    let mut sub = claude("agent-a1");
    (sub.kind, sub.parent) = (Kind::SubAgent, Some(ID.into()));
    let line = world.refused(&sub, Act::Resume);
    assert!(line.ends_with(&format!("backscroll resume {ID}")), "{line}");
    // Its directory is as good as any.
    assert!(world.plan(&sub, Act::New).is_ok());
    let line = world.refused(&world.session("gemini-cli", ID), Act::Fork);
    assert!(line.contains("fork this session in Gemini CLI"), "{line}");
    assert!(
        line.contains("[launch.gemini-cli] fork = [\"program\", \"{id}\"]"),
        "{line}"
    );
    let line = world.refused(&world.session("gemini-cli", ID), Act::Resume);
    assert!(line.contains("gemini is not on PATH"), "{line}");
    let mut nowhere = claude(ID);
    nowhere.dir = None;
    let line = world.refused(&nowhere, Act::Resume);
    assert!(line.contains("--dir PATH"), "{line}");
    let here = world.dir();
    for (dir, why) in [
        (here.join("gone"), "is gone"),
        (here.join("../a b"), "whole path"),
        ("a b".into(), "whole path"),
        ("".into(), "whole path"),
        ("~/work".into(), "whole path"),
        ("-rf".into(), "whole path"),
        ("\\\\host\\share".into(), "whole path"),
        ("vscode-remote://ssh/home".into(), "whole path"),
        (here.join("a\0b"), "give a directory"),
        (here.join("d".repeat(5000)), "give a directory"),
    ] {
        let mut odd = claude(ID);
        odd.dir = Some(dir.into());
        let line = world.refused(&odd, Act::Resume);
        assert!(line.contains(why), "{line}");
        assert_eq!(world.refused(&odd, Act::Shell), line);
    }
    let file = here.join("file");
    std::fs::write(&file, "").unwrap();
    let mut odd = claude(ID);
    odd.dir = Some(file.into());
    let line = world.refused(&odd, Act::Resume);
    assert!(line.contains("not a directory"), "{line}");
    assert_eq!(world.run.taken(), []);
}

#[test]
fn a_person_may_name_a_directory() {
    let world = World::new();
    let mut session = world.session("claude-code", ID);
    session.dir = Some(Path::new("/gone").into());
    let ask = Ask {
        dir: Some(Path::new("a b")),
        ..Ask::of(&session, Act::Resume)
    };
    let made = plan(&world.env, &world.settings, &ask).unwrap();
    assert_eq!(made.call.dir, Some(world.dir()));
    let want = format!("cd '{}' && claude --resume={ID}", world.dir().display());
    assert_eq!(made.line(), Ok(want));
}

/// C1: the user's own command is an argument list too, and ids are as strict in it.
#[test]
fn settings_name_other_commands() {
    let mut world = World::new();
    let set = |text: &str| {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("config.toml");
        std::fs::write(&file, text).unwrap();
        let env = Env::bare(dir.path(), "2026-01-01T00:00:00Z".parse().unwrap());
        let settings = crate::config::load(&env, Some(&file), Vec::new()).unwrap();
        settings.launching()
    };
    world.settings = set("[launch.claude]\nresume = [\"agent\", \"--go={id}\", \"{dir}\", \"$x\"]");
    let made = world
        .plan(&world.session("claude-code", ID), Act::Resume)
        .unwrap();
    let dir = world.dir().display().to_string();
    assert_eq!(
        words(&made.call),
        ["/bin/agent", &format!("--go={ID}"), &dir, "$x"]
    );
    assert!(!made.is_dangerous());
    let line = world.refused(&world.session("claude-code", "; x #"), Act::Resume);
    assert!(line.contains("its id is not one"), "{line}");
    // Other sources go on as usual, and so do other acts.
    let made = world
        .plan(&world.session("claude-code", ID), Act::Fork)
        .unwrap();
    assert_eq!(made.launch.program, "claude");
    world.settings =
        set("[launch.codex-cli]\nresume = [\"codex\", \"--yolo\", \"resume\", \"{id}\"]");
    let made = world
        .plan(&world.session("codex-cli", ID), Act::Resume)
        .unwrap();
    assert!(made.is_dangerous());
    for (text, why) in [
        (
            "[launch.claude-code]\nresume = [\"{id}\"]",
            "the first word",
        ),
        (
            "[launch.claude-code]\nresume = [\"none\"]",
            "none is not on PATH",
        ),
        (
            "[launch.claude-code]\nnew = [\"claude\", \"{id}\"]",
            "no {id} yet",
        ),
    ] {
        world.settings = set(text);
        let act = if text.contains("new") {
            Act::New
        } else {
            Act::Resume
        };
        let line = world.refused(&world.session("claude-code", ID), act);
        assert!(line.contains(why), "{line}");
    }
}
