//! Units of which another log decides what they tell, and that log comes later.

use super::*;

const CHILD: &str = "019c7c49-0000-7000-8000-00000000000b";
const PARENT: &str = "019c7c49-0000-7000-8000-00000000000a";

fn log(home: &Path, id: &str, lines: &[String]) {
    let folder = home.join(".codex/sessions/2026/11/20");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("rollout-2026-11-20T10-00-00-{id}.jsonl"));
    fs::write(&path, lines.concat()).unwrap();
    let file = fs::File::options().write(true).open(&path).unwrap();
    let old = SystemTime::now() - Duration::from_secs(3600);
    file.set_modified(old).unwrap();
}

fn header(id: &str, more: &str) -> String {
    format!(
        r#"{{"timestamp":"2026-11-20T10:00:00.000Z","type":"session_meta","payload":{{"id":"{id}","cwd":"/p"{more}}}}}"#
    ) + "\n"
}

/// A running total, so many seconds behind the header.
fn count(second: u32, total: u32, last: u32) -> String {
    let usage = |n: u32| {
        format!(
            r#"{{"input_tokens":{n},"cached_input_tokens":0,"output_tokens":0,"reasoning_output_tokens":0,"total_tokens":{n}}}"#
        )
    };
    format!(
        r#"{{"timestamp":"2026-11-20T10:00:{second:02}.000Z","type":"event_msg","payload":{{"type":"token_count","info":{{"total_token_usage":{},"last_token_usage":{}}}}}}}"#,
        usage(total),
        usage(last)
    ) + "\n"
}

/// What all units tell when they are read with a cache, or without one; what is learnt is kept.
fn start(env: &Env, with_cache: bool) -> String {
    let cache = Cache::open(env);
    let mut fresh = Fresh::default();
    let mut all = Vec::new();
    let walk = crate::ingest::discover::walk(env, &Choice::default(), &[]);
    for found in walk.found {
        let (unit, stamps) = (found.unit, found.stamp);
        let known = cache.recall(&unit, stamps.as_ref(), false);
        let delta = known.filter(|_| with_cache).unwrap_or_else(|| {
            let mut state = UnitState::new(unit.clone());
            let delta = state.read(env);
            let kept = state.kept(&delta, Want::Summary);
            fresh.extend(kept.map(|kept| (unit.path.clone(), (unit.clone(), kept))));
            delta
        });
        all.push(told(&delta));
    }
    all.sort();
    cache.save(env, &fresh, |_| true).unwrap();
    all.join("\n")
}

/// S3: what a child copied is told apart by its parent's log. A child that was read before that log came is told as in a
/// first reading of both.
#[test]
fn a_child_whose_parent_came_later_is_read_again() {
    let home = tempfile::tempdir().unwrap();
    let env = Env::bare(home.path(), "2026-11-21T12:00:00Z".parse().unwrap());
    let forked = format!(r#","forked_from_id":"{PARENT}""#);
    // The second count was copied too, but three seconds late.
    let copied = [count(0, 100, 100), count(3, 300, 200)];
    let child = [header(CHILD, &forked), header(PARENT, "")];
    let child: Vec<String> = (child.into_iter().chain(copied))
        .chain([count(9, 350, 50)])
        .collect();
    log(home.path(), CHILD, &child);
    let alone = start(&env, false);
    assert_eq!(start(&env, true), alone);
    let parent = [
        header(PARENT, ""),
        count(1, 100, 100),
        count(4, 300, 200),
        count(8, 900, 600),
    ];
    log(home.path(), PARENT, &parent);
    let warm = start(&env, true);
    assert_eq!(warm, start(&env, false));
    let is_counted = |told: &str, tokens: u32| told.contains(&format!("input: {tokens},"));
    assert!(is_counted(&alone, 200) && is_counted(&warm, 50), "{warm}");
    // Counted by the child alone, and then by the parent alone.
    assert_eq!(
        warm.matches("input: 200,").count(),
        alone.matches("input: 200,").count()
    );
    // Both are known now, and neither is read again.
    let cache = Cache::open(&env);
    let walk = crate::ingest::discover::walk(&env, &Choice::default(), &[]);
    let holds =
        |found: &crate::ingest::discover::Found| cache.holds(&found.unit, found.stamp.as_ref());
    assert!(walk.found.len() == 2 && walk.found.iter().all(holds));
}
