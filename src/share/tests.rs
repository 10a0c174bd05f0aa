//! Shares with a `gh` that is only written down.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use super::*;
use crate::env::{OwnDir, Recording, Way};
use crate::model::SourceId;
use crate::own;

const URL: &str = "https://gist.github.com/ada/0123456789abcdef0123456789abcdef";

struct World {
    _home: tempfile::TempDir,
    env: Env,
    run: Arc<Recording>,
}

fn world(answer: Heard) -> World {
    let home = tempfile::tempdir().unwrap();
    let mut env = Env::bare(home.path(), "2026-03-02T00:00:00Z".parse().unwrap());
    let run = Arc::new(Recording {
        answer,
        ..Recording::of(&["gh"])
    });
    env.processes = run.clone();
    World {
        _home: home,
        env,
        run,
    }
}

fn said(out: &str) -> Heard {
    Heard {
        out: out.as_bytes().to_vec(),
        ..Heard::default()
    }
}

fn made() -> Made {
    Made {
        name: "../a.html".into(),
        bytes: b"x".to_vec(),
        format: "html",
        messages: 1,
        secrets: Vec::new(),
        seen: Vec::new(),
        is_redacted: true,
        is_anonymous: false,
    }
}

fn id(native: &str) -> SessionId {
    SessionId::new(SourceId("claude-code"), native)
}

/// S4-07: what was shared is remembered, found for rows, and forgotten when its gist is deleted.
#[test]
fn a_share_is_remembered_and_taken_back() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = world(said(&format!("- Creating gist\n{URL}\n")));
    let shared = send(&world.env, &id("a"), &made()).unwrap();
    assert_eq!((&*shared.session, &*shared.url), ("claude-code:a", URL));
    let (_, call) = world.run.taken().remove(0);
    // The name is a name and no way out of our folder.
    let path = Path::new(&call.args[2]);
    assert!(
        path.starts_with(world.env.own_dir(OwnDir::State)),
        "{}",
        path.display()
    );
    assert_eq!(path.file_name().unwrap(), "a.html");
    let file = Kept::path(&world.env);
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        text.starts_with("# What backscroll shared") && text.contains(URL),
        "{text}"
    );
    let kept = Kept::load(&world.env).unwrap();
    assert_eq!(kept.of(&id("a")), std::slice::from_ref(&shared));
    assert_eq!(kept.of(&id("b")), []);
    let links = kept.links(&[SourceId("claude-code")]);
    assert_eq!(links.get(&id("a")).map(Clean::as_str), Some(URL));
    assert!(kept.links(&[]).is_empty());
    unsend(&world.env, &shared).unwrap();
    let (way, call) = world.run.taken().remove(0);
    assert_eq!((way, call.program), (Way::Capture, "/bin/gh".into()));
    assert_eq!(call.args, ["gist", "delete", URL, "--yes"]);
    assert_eq!(Kept::load(&world.env).unwrap(), Kept::default());
}

/// X6: what fails is said with its reason, tried once, and nothing is remembered.
#[test]
fn what_fails_is_told_and_not_tried_again() {
    let failed = Heard {
        code: 4,
        err: b"\nTo get started with GitHub CLI, please run:\x1b[2J  gh auth login\n".to_vec(),
        ..Heard::default()
    };
    let world = world(failed);
    let refusal = send(&world.env, &id("a"), &made()).unwrap_err();
    assert!(
        refusal
            .said()
            .as_str()
            .contains("please run:␛[2J gh auth login"),
        "{refusal}"
    );
    let shared = Shared {
        session: "claude-code:a".into(),
        url: URL.into(),
        at: world.env.now(),
        format: "html".into(),
    };
    let refusal = unsend(&world.env, &shared).unwrap_err();
    assert!(
        refusal
            .to_string()
            .contains("backscroll unshare claude-code:a --forget")
    );
    assert_eq!(world.run.taken().len(), 2);
    assert_eq!(Kept::load(&world.env).unwrap(), Kept::default());
    forget(&world.env, &shared).unwrap();
    let mut bare = world.env.clone();
    bare.processes = Arc::new(Recording::default());
    assert_eq!(send(&bare, &id("a"), &made()), Err(Refusal::NoProgram));
}

/// X6: only the link of a gist is one, and only such a link is ever given to `gh` to delete.
#[test]
fn only_a_gist_is_a_link() {
    assert!(is_gist(URL));
    assert!(is_gist(
        "https://gist.github.com/0123456789abcdef0123456789abcdef"
    ));
    for bad in [
        "",
        "https://gist.github.com/",
        "https://gist.github.com/ada",
        "https://gist.github.com//0123456789abcdef0123456789abcdef",
        "https://gist.github.com/a/b/0123456789abcdef0123456789abcdef",
        "https://gist.github.com.evil.example/ada/0123456789abcdef0123456789abcdef",
        "http://gist.github.com/ada/0123456789abcdef0123456789abcdef",
        "https://gist.github.com/ada/0123456789abcdef0123456789abcdef x",
        "--yes",
    ] {
        assert!(!is_gist(bad), "{bad}");
        let world = world(said(bad));
        let refusal = send(&world.env, &id("a"), &made()).unwrap_err();
        assert!(matches!(refusal, Refusal::NoLink(_)), "{refusal}");
        world.run.taken();
        let shared = Shared {
            session: "claude-code:a".into(),
            url: bad.into(),
            at: world.env.now(),
            format: "html".into(),
        };
        assert!(unsend(&world.env, &shared).is_err());
        assert_eq!(world.run.taken(), []);
    }
}

/// A file of ours that cannot be read is never written over, and nothing leaves that could not be remembered.
#[test]
fn a_damaged_file_stays_as_it_is() {
    let world = world(said(URL));
    own::write(&Kept::path(&world.env), b"[[share]]\nsession = 3\n").unwrap();
    let refusal = send(&world.env, &id("a"), &made()).unwrap_err();
    assert!(
        refusal.to_string().starts_with("nothing was sent"),
        "{refusal}"
    );
    assert_eq!(world.run.taken(), []);
    let text = fs::read_to_string(Kept::path(&world.env)).unwrap();
    assert_eq!(text, "[[share]]\nsession = 3\n");
    // Nor where the file cannot be locked; and what was tried leaves nothing behind.
    fs::remove_file(Kept::path(&world.env)).unwrap();
    let data = world.env.own_dir(OwnDir::Data);
    let lock = data.join("shares.lock");
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    let refusal = send(&world.env, &id("a"), &made()).unwrap_err();
    assert!(matches!(refusal, Refusal::NoMemory(_)), "{refusal}");
    assert!(refusal.ends() && !refusal.is_loose());
    assert_eq!(world.run.taken(), []);
    fs::remove_dir(&lock).unwrap();
    Kept::can_change(&world.env).unwrap();
    let names: Vec<_> = fs::read_dir(&data).unwrap().flatten().collect();
    assert_eq!(names.len(), 1, "{names:?}");
    assert_eq!(names[0].file_name(), "shares.lock");
}

/// What a run left that was killed goes a day later; what is being sent, and what is not ours, stays.
#[test]
fn what_a_killed_run_left_goes_with_the_next_share() {
    let world = world(said(URL));
    let folder = own::inside(&world.env, OwnDir::State, "share").unwrap();
    let old = SystemTime::now() - Duration::from_secs(25 * 60 * 60);
    for (name, is_old) in [("1", true), ("2", false), ("notes", true)] {
        let own = folder.join(name);
        fs::create_dir(&own).unwrap();
        fs::write(own.join("a.html"), "x").unwrap();
        if is_old {
            fs::File::open(&own).unwrap().set_modified(old).unwrap();
        }
    }
    send(&world.env, &id("a"), &made()).unwrap();
    let left = fs::read_dir(&folder).unwrap().flatten();
    let mut left: Vec<_> = left.map(|entry| entry.file_name()).collect();
    left.sort();
    assert_eq!(left, ["2", "notes"]);
}

/// Two runs that share at once both remember.
#[test]
fn shares_of_two_runs_are_both_kept() {
    let world = world(said(URL));
    std::thread::scope(|scope| {
        for n in 0..8 {
            let env = &world.env;
            scope.spawn(move || {
                let shared = Shared {
                    session: format!("claude-code:{n}"),
                    url: URL.into(),
                    at: env.now(),
                    format: "md".into(),
                };
                Kept::change(env, |kept| kept.push(shared)).unwrap();
            });
        }
    });
    let kept = Kept::load(&world.env).unwrap();
    assert!((0..8).all(|n| kept.of(&id(&n.to_string())).len() == 1));
}

/// S2-45: of several sessions it is said how many, how large, what was replaced by kind, and which stay behind and why.
#[test]
fn several_are_previewed_as_one() {
    let with = |bytes: usize, secrets: &[(&str, usize)]| Made {
        bytes: vec![b'x'; bytes],
        messages: 600,
        secrets: secrets
            .iter()
            .map(|(rule, n)| ((*rule).to_owned(), *n))
            .collect(),
        ..made()
    };
    let all = [
        with(1_500_000, &[("jwt", 1), ("github-token", 2)]),
        with(400_000, &[("jwt", 3)]),
    ];
    let all: Vec<&Made> = all.iter().collect();
    let left: Vec<_> = (0..5)
        .map(|n| {
            (
                id(&n.to_string()),
                Refusal::Project("/loom/opencode.jsonc".into()).to_string(),
            )
        })
        .collect();
    let lines = preview_all(&all, &[], 1, &left);
    let lines: Vec<&str> = lines.iter().map(Clean::as_str).collect();
    assert_eq!(
        lines,
        [
            "2 sessions, 1,200 messages, 1.9 MB as html",
            "6 secrets replaced: 4 jwt, 2 github-token",
            "Each goes to a secret gist of its own: not listed, but whoever has the link can read it",
            "1 of them is shared already",
            "Left out: claude-code:0: this project forbids sharing: /loom/opencode.jsonc",
            "Left out: claude-code:1: this project forbids sharing: /loom/opencode.jsonc",
            "Left out: claude-code:2: this project forbids sharing: /loom/opencode.jsonc",
            "and 2 more",
        ]
    );
}
