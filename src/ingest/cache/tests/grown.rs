//! Units that grew since they were kept.

use std::io::{Seek, SeekFrom, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use super::*;

/// A log with so many prompts and replies, as bytes.
fn lines(n: usize) -> Vec<u8> {
    let pair = |i: usize| {
        format!(
            concat!(
                r#"{{"type":"user","uuid":"u{0}","timestamp":"2026-11-20T10:00:00Z","cwd":"/p","#,
                r#""message":{{"role":"user","content":"prompt {0} {1}"}}}}"#,
                "\n{{not a record\n",
                r#"{{"type":"assistant","uuid":"a{0}","timestamp":"2026-11-20T10:01:00Z","requestId":"r{2}","#,
                r#""message":{{"id":"m{2}","role":"assistant","model":"claude-opus-4-5-20251101","#,
                r#""content":[{{"type":"tool_use","id":"t{0}","name":"Bash","input":{{}}}}],"#,
                r#""usage":{{"input_tokens":{0},"output_tokens":7}}}}}}"#,
                "\n"
            ),
            i,
            "more ".repeat(60),
            // Every other line goes on with the reply before it.
            i / 2
        )
    };
    (0..n).map(pair).collect::<String>().into_bytes()
}

/// A home with one log, kept when it had so many bytes.
fn kept_at(len: usize) -> (tempfile::TempDir, Env, Arc<Unit>, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".claude/projects/-p");
    fs::create_dir_all(&folder).unwrap();
    let log = folder.join("5b1e9c2f-0000-4000-8000-000000000001.jsonl");
    fs::write(&log, &lines(300)[..len]).unwrap();
    settle(&log, 3600);
    let env = Env::bare(home.path(), "2026-11-21T12:00:00Z".parse().unwrap());
    let (all, _) = kept(&env);
    (home, env, all[0].0.clone(), log)
}

fn settle(log: &Path, seconds: u64) {
    let file = fs::File::options().write(true).open(log).unwrap();
    let then = SystemTime::now() - Duration::from_secs(seconds);
    file.set_modified(then).unwrap();
}

/// What the unit tells when it goes on from the cache, if it can, and whether it could; and what a first reading tells.
fn both(env: &Env, unit: &Arc<Unit>) -> ((String, bool), String) {
    let cache = Cache::open(env);
    let grown = cache.grown(unit, stamp(env, unit).as_ref());
    let went_on = grown.is_some();
    let mut state = grown.unwrap_or_else(|| UnitState::new(unit.clone()));
    let now = told(&state.read(env));
    let first = told(&UnitState::new(unit.clone()).read(env));
    ((now, went_on), first)
}

#[test]
fn what_grew_is_read_on_and_tells_what_a_first_reading_tells() {
    let whole = lines(300);
    let feeds = memchr::memchr_iter(b'\n', &whole).map(|at| at + 1);
    let ends: Vec<usize> = feeds.filter(|end| *end > 70_000).step_by(97).collect();
    assert!(ends.len() > 3);
    // At the end of a line, within one, and at its end without the feed.
    for cut in ends.iter().flat_map(|end| [*end, end + 20, end - 1]) {
        let (_home, env, unit, log) = kept_at(cut);
        let mut file = fs::File::options().append(true).open(&log).unwrap();
        file.write_all(&whole[cut..]).unwrap();
        settle(&log, 60);
        let ((now, went_on), first) = both(&env, &unit);
        assert!(went_on, "{cut}");
        assert_eq!(now, first, "{cut}");
        // A command does the same, and what it keeps is as good.
        let loaded = told(&load(&env, &Choice::default()));
        assert_eq!(loaded, first, "{cut}");
        let mut state = Cache::open(&env)
            .grown(&unit, stamp(&env, &unit).as_ref())
            .unwrap();
        let delta = state.read(&env);
        let len = fs::metadata(&log).unwrap().len();
        assert!(state.len_read(len) <= (whole.len() - cut) as u64);
        let kept = state.kept(&delta, Want::Summary).unwrap();
        let fresh = Fresh::from_iter([(unit.path.clone(), (unit.clone(), kept))]);
        let cache = Cache::open(&env).save(&env, &fresh, |_| true).unwrap();
        let again = cache.recall(&unit, stamp(&env, &unit).as_ref(), false);
        assert_eq!(told(&again.unwrap()), first, "{cut}");
        fs::OpenOptions::new()
            .append(true)
            .open(&log)
            .unwrap()
            .write_all(b"{}\n{}\n")
            .unwrap();
        let ((now, went_on), first) = both(&env, &unit);
        assert!(went_on && now == first, "{cut}");
    }
}

#[test]
fn what_changed_in_another_way_is_read_from_its_start() {
    let whole = lines(300);
    let cut = whole.len() / 2;
    let cut = cut + memchr::memchr(b'\n', &whole[cut..]).unwrap() + 1;
    type Change<'c> = &'c dyn Fn(&fs::File, &Path);
    let changes: [(&str, Change<'_>); 6] = [
        ("as long as before", &|file, _| {
            file.write_all_at(b"X", 300).unwrap();
        }),
        ("shorter", &|file, _| file.set_len(80_000).unwrap()),
        ("another head, and longer", &|mut file, _| {
            file.write_all_at(b"{\"a\":1} ", 0).unwrap();
            file.seek(SeekFrom::End(0)).unwrap();
            file.write_all(&whole[cut..]).unwrap();
        }),
        ("another last line, and longer", &|mut file, _| {
            file.write_all_at(b"9", cut as u64 - 20).unwrap();
            file.seek(SeekFrom::End(0)).unwrap();
            file.write_all(&whole[cut..]).unwrap();
        }),
        ("cut and written anew", &|mut file, _| {
            file.set_len(40_000).unwrap();
            file.seek(SeekFrom::End(0)).unwrap();
            file.write_all(&whole[1_000..]).unwrap();
        }),
        ("another file in its place", &|_, path| {
            let beside = path.with_extension("new");
            fs::write(&beside, &whole).unwrap();
            fs::rename(&beside, path).unwrap();
        }),
    ];
    for (what, change) in changes {
        let (_home, env, unit, log) = kept_at(cut);
        let file = fs::File::options().write(true).open(&log).unwrap();
        change(&file, &log);
        settle(&log, 60);
        let ((now, _), first) = both(&env, &unit);
        assert_eq!(now, first, "{what}");
        assert_eq!(told(&load(&env, &Choice::default())), first, "{what}");
    }
}

#[test]
fn a_damaged_state_is_no_state() {
    let whole = lines(300);
    let (_home, env, unit, log) = kept_at(100_000);
    fs::write(&log, &whole).unwrap();
    settle(&log, 60);
    let file = env.own_dir(OwnDir::Cache).join(FILE);
    let good = fs::read(&file).unwrap();
    let place = Cache::open(&env).places[&unit.path].clone();
    assert!(place.state_len > 1_000);
    let start = usize::try_from(place.at).unwrap() + place.len;
    for at in (start..start + place.state_len).step_by(37) {
        let mut bytes = good.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(&file, &bytes).unwrap();
        let cache = Cache::open(&env);
        assert!(cache.grown(&unit, stamp(&env, &unit).as_ref()).is_none());
        assert!(cache.recall(&unit, Some(&place.stamps), false).is_some());
    }
}
