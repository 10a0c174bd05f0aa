//! Yesterday's words, whole and damaged.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, SystemTime};

mod grown;
mod late;

use super::*;
use crate::ingest::unit::{UnitState, stamp};
use crate::ingest::{Choice, load};
use crate::model::SessionId;
use crate::sources::Want;

/// A home with logs that nobody changed for a while.
fn world() -> (tempfile::TempDir, Env) {
    let home = tempfile::tempdir().unwrap();
    let logs = home.path().join(".claude/projects/-p");
    fs::create_dir_all(&logs).unwrap();
    for n in 0..40 {
        let log = logs.join(format!("5b1e9c2f-0000-4000-8000-0000000000{n:02}.jsonl"));
        let mut text = String::from("not a record\n");
        for i in 0..n {
            text.push_str(&format!(
                concat!(
                    r#"{{"type":"user","uuid":"u{0}","timestamp":"2026-11-20T10:00:{0:02}Z","#,
                    r#""cwd":"/p{1}","message":{{"role":"user","content":"prompt {0} of {1}"}}}}"#,
                    "\n",
                    r#"{{"type":"assistant","uuid":"a{0}","timestamp":"2026-11-20T10:01:{0:02}.123456Z","#,
                    r#""requestId":"r{0}","message":{{"id":"m{1}-{0}","role":"assistant","model":"claude-opus-4-5-20251101","#,
                    r#""content":[],"usage":{{"input_tokens":{0},"output_tokens":7}}}}}}"#,
                    "\n"
                ),
                i, n
            ));
        }
        fs::write(&log, text).unwrap();
        let file = fs::File::options().write(true).open(&log).unwrap();
        let old = SystemTime::now() - Duration::from_secs(3600);
        file.set_modified(old).unwrap();
    }
    let env = Env::bare(home.path(), "2026-11-21T12:00:00Z".parse().unwrap());
    (home, env)
}

fn told(delta: &Delta) -> String {
    format!("{:?} {:?} {:?}", delta.told, delta.about, delta.odd)
}

/// What every unit tells, and what the cache then holds.
fn kept(env: &Env) -> (Vec<(Arc<Unit>, Stamps, String)>, Cache) {
    let mut fresh = Fresh::default();
    let mut all = Vec::new();
    for told_now in load(env, &Choice::default()).told {
        let unit = told_now.session.unit.clone();
        let mut state = UnitState::new(unit.clone());
        let delta = state.read(env);
        let kept = state.kept(&delta, Want::Summary).unwrap();
        all.push((unit.clone(), stamp(env, &unit).unwrap(), told(&delta)));
        fresh.insert(unit.path.clone(), (unit, kept));
    }
    let cache = Cache::default().save(env, &fresh, |_| true).unwrap();
    (all, cache)
}

#[test]
fn what_was_told_is_told_again_and_only_of_what_did_not_change() {
    let (_home, env) = world();
    let (all, _) = kept(&env);
    assert!(all.len() > 30);
    let cache = Cache::open(&env);
    for (unit, stamps, before) in &all {
        let delta = cache.recall(unit, Some(stamps), false).unwrap();
        assert_eq!(&told(&delta), before);
        let mut later = *stamps;
        later.0.changed += 1;
        assert!(cache.recall(unit, Some(&later), false).is_none());
        assert!(cache.recall(unit, None, false).is_none());
        assert_eq!(cache.sessions(unit).unwrap().len(), delta.told.len());
    }
    // A glance knows what changed last, as it is known.
    let sources: Vec<_> = all.iter().map(|(unit, ..)| unit.source).collect();
    let glance = Cache::glance(&env);
    assert_eq!(glance.newest(&sources), cache.newest(&sources));
    assert_eq!(glance.places.len(), cache.places.len().min(SCREEN));
    // Newer words replace older ones, and what is gone is not carried along.
    let gone = &all[0].0.path;
    let again = cache
        .save(&env, &Fresh::default(), |path| path != &**gone)
        .unwrap();
    assert!(again.recall(&all[0].0, Some(&all[0].1), false).is_none());
    assert!(again.recall(&all[1].0, Some(&all[1].1), false).is_some());
}

#[test]
fn what_changed_this_moment_is_not_kept() {
    let (_home, env) = world();
    let told = load(&env, &Choice::default()).told;
    let unit = told.last().unwrap().session.unit.clone();
    let file = fs::File::options().append(true).open(&unit.path).unwrap();
    file.set_modified(SystemTime::now()).unwrap();
    let mut state = UnitState::new(unit);
    let delta = state.read(&env);
    assert!(state.kept(&delta, Want::Summary).is_none());
}

#[test]
fn a_damaged_cache_tells_less_and_never_something_else() {
    let (_home, env) = world();
    let (all, _) = kept(&env);
    let file = env.own_dir(OwnDir::Cache).join(FILE);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    let whole = fs::read(&file).unwrap();
    let check = |what: &str| {
        for cache in [Cache::open(&env), Cache::glance(&env)] {
            for (unit, stamps, before) in &all {
                if let Some(delta) = cache.recall(unit, Some(stamps), false) {
                    assert_eq!(&told(&delta), before, "{what}");
                }
            }
        }
    };
    for end in (0..whole.len()).step_by(1024) {
        fs::write(&file, &whole[..end]).unwrap();
        check("cut");
    }
    let mut at = 7;
    for _ in 0..2_000 {
        at = (at * 31 + 17) % whole.len();
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(&file, &bytes).unwrap();
        check("flipped");
    }
    // Whatever others could have written is not believed.
    fs::write(&file, &whole).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    assert!(Cache::open(&env).places.is_empty());
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(!Cache::open(&env).places.is_empty());
    let folder = file.parent().unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).unwrap();
    assert!(Cache::open(&env).places.is_empty());
}

#[test]
fn of_a_unit_of_very_many_sessions_a_glance_knows_the_newest() {
    let (_home, env) = world();
    let one = load(&env, &Choice::default()).told.pop().unwrap();
    let unit = one.session.unit.clone();
    let stamps = stamp(&env, &unit).unwrap();
    let many = (0..3 * SCREEN).map(|n| {
        let mut told = one.clone();
        let session = Arc::make_mut(&mut told.session);
        session.id = SessionId::new(unit.source, n.to_string());
        session.updated = session
            .updated
            .map(|at| at + Duration::from_secs((n as u64 * 37) % 1_000));
        told
    });
    let delta = Delta {
        told: many.collect(),
        ..Delta::default()
    };
    let kept = Kept::new(&delta, &[], stamps, stamps.0.changed + 2 * TICK, false).unwrap();
    let fresh = Fresh::from_iter([(unit.path.clone(), (unit.clone(), kept))]);
    Cache::default().save(&env, &fresh, |_| true).unwrap();
    // What is carried along has its newest too.
    Cache::open(&env)
        .save(&env, &Fresh::default(), |_| true)
        .unwrap();
    let (whole, glance) = (Cache::open(&env), Cache::glance(&env));
    assert!(!whole.is_part(&unit) && glance.is_part(&unit));
    let of = |cache: &Cache| cache.recall(&unit, Some(&stamps), false).unwrap().told;
    assert_eq!(of(&whole).len(), 3 * SCREEN);
    let mut newest = delta.told.clone();
    newest.sort_by_key(|told| std::cmp::Reverse(told.session.updated));
    newest.truncate(SCREEN);
    assert_eq!(format!("{:?}", of(&glance)), format!("{newest:?}"));
}
