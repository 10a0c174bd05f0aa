//! Ids, directories and names that are shell text or options: fakes in place of the agents write down what they were given.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use backscroll::config::Launching;
use backscroll::env::Env;
use backscroll::index::Index;
use backscroll::ingest::{self, Choice};
use backscroll::launch::{Act, Ask, plan};
use backscroll::model::Session;
use backscroll::os::processes::System;
use serde_json::Value;

use super::hostile::make;

/// The labelled cases of the category.
const CASES: usize = 36;

struct World {
    dir: tempfile::TempDir,
    env: Env,
}

impl World {
    fn new(dir: tempfile::TempDir) -> World {
        let bin = dir.path().join("fakes");
        std::fs::create_dir(&bin).unwrap();
        let record = dir.path().join("record");
        for name in ["claude", "codex", "opencode", "editor"] {
            let text = format!(
                "#!/bin/sh\nprintf '%s\\0' \"$0\" \"$@\" \"$PWD\" >'{}'\nenv -0 >'{}'\n",
                record.display(),
                dir.path().join("environ").display()
            );
            std::fs::write(bin.join(name), text).unwrap();
            let mode = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(bin.join(name), mode).unwrap();
        }
        let now = "2026-11-21T00:00:00Z".parse().unwrap();
        let mut env = Env::bare(&dir.path().join("home"), now);
        env.processes = Arc::new(System);
        for (name, value) in [
            ("PATH", bin.as_path()),
            ("EDITOR", Path::new("editor")),
            ("BACKSCROLL_CACHE", &dir.path().join("cache")),
            ("BACKSCROLL_STATE", &dir.path().join("state")),
        ] {
            env.vars.insert(name.into(), value.into());
        }
        World { dir, env }
    }

    /// The arguments and the directory that a fake got since the last look.
    fn record(&self) -> Option<Vec<OsString>> {
        let path = self.dir.path().join("record");
        let bytes = std::fs::read(&path).ok()?;
        std::fs::remove_file(path).unwrap();
        let words = bytes.strip_suffix(b"\0").unwrap().split(|b| *b == 0);
        Some(
            words
                .map(|word| OsString::from_vec(word.to_vec()))
                .collect(),
        )
    }

    /// C3: what a program gets is what we have, but for what tells a wrong directory.
    fn has_our_variables(&self) {
        let bytes = std::fs::read(self.dir.path().join("environ")).unwrap();
        let set = |name: &[u8]| !matches!(name, b"PWD" | b"OLDPWD" | b"_" | b"SHLVL");
        let pairs = bytes.split(|b| *b == 0).filter(|pair| !pair.is_empty());
        let got: BTreeSet<&[u8]> = pairs
            .filter(|pair| pair.split(|b| *b == b'=').next().is_some_and(set))
            .collect();
        let ours: Vec<Vec<u8>> = std::env::vars_os()
            .filter(|(name, _)| set(name.as_bytes()))
            .map(|(name, value)| [name.as_bytes(), b"=", value.as_bytes()].concat())
            .collect();
        assert_eq!(got, ours.iter().map(Vec::as_slice).collect());
    }
}

/// What the agent of a session must be given: the id that its file's name holds.
fn expected(session: &Session) -> Vec<String> {
    let stem = session.unit.path.file_stem().unwrap().to_str().unwrap();
    match session.id.source.0 {
        "claude-code" => vec![format!("--resume={stem}")],
        "codex-cli" => {
            let id = stem.get(stem.len() - 36..).unwrap();
            vec!["resume".to_owned(), id.to_owned()]
        }
        _ => vec![format!("--session={}", session.id.native)],
    }
}

/// C1: 36 of 36; argv equal byte for byte, refused ones show why, and nothing from a log is executed.
#[test]
fn nothing_in_a_log_is_executed() {
    let dir = tempfile::tempdir().unwrap();
    let manifest = make(dir.path());
    let world = World::new(dir);
    let root = world.dir.path();
    let mut index = Index::default();
    index.apply(ingest::load(&world.env, &Choice::default()));
    let mut by_path: BTreeMap<PathBuf, Vec<Arc<Session>>> = BTreeMap::new();
    for row in index.rows() {
        let session = row.session.clone();
        by_path
            .entry(session.unit.path.to_path_buf())
            .or_default()
            .push(session);
    }
    let all = manifest["cases"].as_array().unwrap().iter();
    let cases: Vec<&Value> = all.filter(|case| case["category"] == "command").collect();
    assert_eq!(cases.len(), CASES);
    let (mut started, mut refused) = (0, 0);
    for case in cases {
        let id = case["id"].as_str().unwrap();
        let expect = &case["expect"];
        let paths = case["paths"].as_array().unwrap().iter();
        let paths: Vec<PathBuf> = paths
            .map(|p| root.join(decoded(p.as_str().unwrap())))
            .collect();
        let sessions: Vec<&Arc<Session>> = paths
            .iter()
            .filter_map(|p| by_path.get(p))
            .flatten()
            .collect();
        let must_refuse = expect["action"] == "resume"
            && expect["outcome"] == "refuse"
            && !expect["also_ok"]
                .as_array()
                .is_some_and(|also| also.iter().any(|o| o == "load"));
        let must_start = expect["action"] == "resume" && expect["outcome"] != "refuse";
        assert!(
            !sessions.is_empty() || id.starts_with("delete"),
            "{id} is not listed"
        );
        for session in sessions {
            for act in [Act::Resume, Act::Fork, Act::New, Act::Editor] {
                let made = plan(&world.env, &Launching::default(), &Ask::of(session, act));
                let is_resume = act == Act::Resume;
                match made {
                    Err(refusal) => {
                        let said = refusal.said().to_string();
                        assert!(
                            !said.is_empty() && !said.contains(char::is_control),
                            "{id}: {said}"
                        );
                        assert!(!must_start || !is_resume, "{id}: {said}");
                        refused += usize::from(is_resume);
                        continue;
                    }
                    Ok(made) => {
                        assert!(!must_refuse || !is_resume, "{id}: {:?}", made.launch);
                        assert_eq!(made.run(&world.env), Ok(0), "{id}");
                    }
                }
                let mut got = world.record().unwrap();
                world.has_our_variables();
                let (program, cwd) = (got.remove(0), got.pop().unwrap());
                assert!(Path::new(&program).starts_with(root.join("fakes")), "{id}");
                if act == Act::Editor {
                    continue;
                }
                // Byte for byte the directory that the log names.
                let dir = session.dir.as_ref().unwrap().canonicalize().unwrap();
                assert_eq!(cwd, dir.as_os_str(), "{id}");
                if is_resume {
                    let want: Vec<OsString> =
                        expected(session).into_iter().map(Into::into).collect();
                    assert_eq!(got, want, "{id}");
                    started += 1;
                }
            }
        }
        assert_eq!(world.record(), None, "{id}");
    }
    assert!(
        started >= 20 && refused >= 12,
        "{started} started, {refused} refused"
    );
    let sentinels = std::fs::read_dir(root.join("sentinels")).unwrap();
    assert_eq!(sentinels.count(), 0);
    let script = super::shared().join("hostile/make_hostile.py");
    for ours in ["fakes", "cache", "state", "environ"] {
        let path = root.join(ours);
        let _ = std::fs::remove_dir_all(&path).or_else(|_| std::fs::remove_file(&path));
    }
    let check = std::process::Command::new("python3")
        .args([script.as_os_str(), "--check".as_ref(), root.as_os_str()])
        .output()
        .unwrap();
    assert!(
        check.status.success(),
        "{}",
        String::from_utf8_lossy(&check.stdout)
    );
}

/// A path of the manifest, whose odd bytes are written as `%xx`.
fn decoded(text: &str) -> PathBuf {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    OsString::from_vec(out).into()
}
