//! The command with a file that is made up, and a `gh` that is only written down.

use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::env::{Recording, Way};

const ID: &str = "5b1e9c2f-0000-4000-8000-000000000001";
const URL: &str = "https://gist.github.com/ada/0123456789abcdef0123456789abcdef";

struct World {
    _home: tempfile::TempDir,
    env: Env,
    run: Arc<Recording>,
}

fn world() -> World {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".claude/projects/-work");
    std::fs::create_dir_all(&folder).unwrap();
    // Two secrets, and one of them in the title: put together so that nobody's scanner finds one here.
    let token =
        |end: &str| format!("{}_{}", "ghp", "a7Kd92LmQx4Rt81Vw3Zs65Yb0NcHe").to_owned() + end;
    let text = format!(
        "plan the shelves with {} and {}",
        token("JfPu8G2"),
        token("TkXo5D9")
    );
    let line = serde_json::json!({
        "type": "user", "uuid": "u1", "sessionId": ID, "cwd": home.path(),
        "timestamp": "2026-03-01T10:00:00.000Z", "version": "2.1.0",
        "message": {"role": "user", "content": text},
    });
    std::fs::write(folder.join(format!("{ID}.jsonl")), format!("{line}\n")).unwrap();
    let mut env = Env::bare(home.path(), "2026-03-02T00:00:00Z".parse().unwrap());
    let run = Arc::new(Recording::saying("gh", &format!("{URL}\n")));
    env.processes = run.clone();
    World {
        _home: home,
        env,
        run,
    }
}

fn share(world: &World, args: Share, flags: Flags) -> (Result<i32, Failure>, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut streams = Streams {
        out: &mut out,
        err: &mut err,
    };
    let done = super::share(&world.env, &flags, &args, &mut streams);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (done, text(out), text(err))
}

fn args(yes: bool, no_redact: bool) -> Share {
    Share {
        id: ID.into(),
        format: ShareFormat::Html,
        yes,
        no_redact,
        anonymize: false,
    }
}

fn line(done: Result<i32, Failure>) -> String {
    match done {
        Err(Failure::Usage(line) | Failure::Nothing(line)) => line,
        other => panic!("{other:?}"),
    }
}

/// X6, S4-05, S4-06: a preview of size, count and redactions; nothing is sent before a yes; the link is all of the answer.
#[test]
fn nothing_is_sent_before_a_yes() {
    let world = world();
    let (done, out, err) = share(&world, args(false, false), Flags::default());
    let refusal = line(done);
    assert!(
        refusal.contains("Share it?") && refusal.contains("--yes"),
        "{refusal}"
    );
    for want in ["1 message,", "3 secrets replaced", "secret gist"] {
        assert!(err.contains(want), "{want}: {err}");
    }
    assert_eq!((out.as_str(), world.run.taken()), ("", vec![]));
    let (done, out, _) = share(&world, args(true, false), Flags::default());
    assert_eq!((done.unwrap(), out), (0, format!("{URL}\n")));
    let calls = world.run.taken();
    let [(Way::Capture, call)] = calls.as_slice() else {
        panic!("{calls:?}")
    };
    assert_eq!(call.program, Path::new("/bin/gh"));
    let path = Path::new(&call.args[2]);
    assert_eq!(call.args[..2], ["gist", "create"]);
    assert!(path.is_absolute() && call.args.len() == 3 && call.vars.is_empty());
    assert_eq!(path.extension().unwrap(), "html");
    // Nothing of it stays behind.
    assert!(!path.exists() && !path.parent().unwrap().exists());
    let (_, out, err) = share(
        &world,
        args(true, false),
        Flags {
            json: true,
            ..Flags::default()
        },
    );
    let all: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (&all["shareUrl"], &all["redacted"]),
        (&URL.into(), &true.into())
    );
    assert!(err.contains(&format!("Already shared at {URL}")), "{err}");
}

/// X5: what has secrets in it is asked about a second time, and `--yes` says nothing to that.
#[test]
fn secrets_need_a_second_yes() {
    let world = world();
    let (done, _, err) = share(&world, args(true, true), Flags::default());
    let refusal = line(done);
    assert!(refusal.contains("with 3 secrets as they are"), "{refusal}");
    assert!(err.contains("3 SECRETS IN IT"), "{err}");
    assert_eq!(world.run.taken(), []);
}

/// S4-08, S4-09, S4-10: by the settings, by a project's file, and with a warning where the agent shares by itself.
#[test]
fn sharing_is_forbidden_where_somebody_says_so() {
    let world = world();
    let config = world.env.home.join("set.toml");
    let flags = || Flags {
        settings: Arc::new(crate::config::load(&world.env, Some(&config), Vec::new()).unwrap()),
        ..Flags::default()
    };
    std::fs::write(&config, "[share]\nmode = \"disabled\"\n").unwrap();
    let refusal = line(share(&world, args(true, false), flags()).0);
    assert!(refusal.contains("mode = \"disabled\""), "{refusal}");
    let project = world.env.home.join("opencode.jsonc");
    std::fs::write(&project, "{ // ours\n \"share\": \"disabled\", }").unwrap();
    std::fs::write(&config, "[share]\nmode = \"auto\"\n").unwrap();
    let refusal = line(share(&world, args(true, false), flags()).0);
    assert!(refusal.contains("this project forbids sharing") && refusal.contains("opencode.jsonc"));
    std::fs::write(&project, "{").unwrap();
    let refusal = line(share(&world, args(true, false), flags()).0);
    assert!(refusal.contains("may forbid sharing"), "{refusal}");
    assert_eq!(world.run.taken(), []);
    std::fs::write(&project, "{\"share\": \"auto\"}").unwrap();
    let (done, out, err) = share(&world, args(false, false), flags());
    assert_eq!((done.unwrap(), out), (0, format!("{URL}\n")));
    assert!(
        err.contains("shares this project's sessions by itself"),
        "{err}"
    );
}

/// RELIABILITY 9, tier 3: traces of the person are left out of a share where that is asked for, which is said before.
#[test]
fn a_share_without_traces_says_so() {
    let world = world();
    let anonymous = Share {
        anonymize: true,
        ..args(true, false)
    };
    let (done, _, err) = share(&world, anonymous, Flags::default());
    assert!(done.is_ok() && err.contains("trace"), "{err}");
}
