//! What unpacking the demo promises, and that its invented month hangs together.

use super::*;

fn env(dir: &Path) -> Env {
    let mut env = Env::bare(dir, Timestamp::UNIX_EPOCH);
    for (name, value) in [
        ("TERM", "xterm"),
        ("LC_TIME", "C"),
        ("SSH_TTY", "/dev/pts/1"),
        ("XDG_DATA_HOME", "/elsewhere"),
        ("EDITOR", "ed"),
    ] {
        env.vars.insert(name.into(), value.into());
    }
    env
}

fn walk(dir: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        }
        found.push(path);
    }
}

fn files_below(dir: &Path) -> BTreeSet<String> {
    let mut found = Vec::new();
    walk(dir, &mut found);
    found
        .iter()
        .filter(|p| p.is_file())
        .map(|p| p.strip_prefix(dir).unwrap().to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_table_is_the_folder() {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo");
    let table: BTreeSet<String> = FILES.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(table, files_below(&assets));
    assert_eq!(table.len(), FILES.len());
    assert!(table.contains(PACK.0));
}

#[test]
fn paths_are_plain_and_differ() {
    let files = unpacked().unwrap();
    let paths: BTreeSet<&str> = files.iter().map(|f| f.path.as_str()).collect();
    assert_eq!(paths.len(), files.len());
    assert!(paths.iter().all(|p| plain(p)));
    assert!(!plain("../x") && !plain("/x") && !plain(""));
}

#[test]
fn the_clock_stands_seconds_after_the_last_record() {
    let last: Timestamp = LAST.parse().unwrap();
    let newest = unpacked().unwrap().iter().filter_map(|f| f.newest).max();
    let wait = last.duration_since(newest.unwrap());
    assert!(wait.is_positive() && wait.as_secs() < 10, "{wait:?}");
    let four_weeks = last - jiff::SignedDuration::from_hours(28 * 24);
    for file in unpacked().unwrap() {
        assert!(file.newest.is_none_or(|t| t > four_weeks), "{}", file.path);
    }
}

#[test]
fn opens_twice_and_clears_what_it_no_longer_has() {
    let dir = tempfile::tempdir().unwrap();
    let env = env(dir.path());
    let demo = open(&env).unwrap();
    let home = dir.path().join(".cache/backscroll/demo");
    assert_eq!(demo.home, home);
    assert_eq!(demo.now(), LAST.parse().unwrap());
    let once = files_below(&home);

    // A file of an older demo, one of the user, and one that was changed.
    let marker = fs::read_to_string(home.join(MARKER)).unwrap();
    fs::write(home.join(MARKER), format!("{marker}\nold.jsonl\n../kept")).unwrap();
    fs::write(home.join("old.jsonl"), "{}").unwrap();
    fs::write(home.join("../kept"), "").unwrap();
    fs::write(home.join("mine"), "").unwrap();
    let changed = home.join(&unpacked().unwrap()[0].path);
    fs::write(&changed, "spoiled").unwrap();

    open(&env).unwrap();
    fs::remove_file(home.join("mine")).unwrap();
    assert_eq!(files_below(&home), once);
    assert!(home.join("../kept").exists());
    assert_eq!(
        fs::read_to_string(changed).unwrap(),
        unpacked().unwrap()[0].text
    );
}

#[test]
fn only_the_owner_may_look_and_times_are_those_of_the_records() {
    let dir = tempfile::tempdir().unwrap();
    let home = open(&env(dir.path())).unwrap().home;
    let mut found = vec![home.clone()];
    walk(&home, &mut found);
    for path in found {
        let mode = fs::metadata(&path).unwrap().mode() & 0o777;
        let wanted = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode, wanted, "{}", path.display());
    }
    for file in unpacked().unwrap() {
        let time = fs::metadata(home.join(&file.path)).unwrap().modified();
        let wanted = file.newest.unwrap_or(LAST.parse().unwrap());
        assert_eq!(time.unwrap(), SystemTime::from(wanted), "{}", file.path);
    }
}

#[test]
fn the_world_keeps_the_terminal_and_our_folders_only() {
    let dir = tempfile::tempdir().unwrap();
    let real = env(dir.path());
    let demo = open(&real).unwrap();
    let names: Vec<_> = demo.vars.keys().filter_map(|n| n.to_str()).collect();
    assert_eq!(
        names,
        [
            "BACKSCROLL_CACHE",
            "BACKSCROLL_CONFIG",
            "BACKSCROLL_DATA",
            "BACKSCROLL_STATE",
            "LC_TIME",
            "SSH_TTY",
            "TERM"
        ]
    );
    for kind in [OwnDir::Cache, OwnDir::Config, OwnDir::State] {
        assert_eq!(demo.own_dir(kind), real.own_dir(kind));
    }
    let [noted, own] = [&demo, &real].map(|env| env.own_dir(OwnDir::Data));
    assert_eq!(noted, own.join("demo"));
}

#[test]
fn refuses_what_it_did_not_make() {
    let dir = tempfile::tempdir().unwrap();
    let env = env(dir.path());
    let cache = dir.path().join(".cache/backscroll");
    let home = cache.join("demo");
    let refusal = |env: &Env| open(env).err().map(|e| e.to_string()).unwrap_or_default();

    fs::create_dir_all(dir.path().join("other")).unwrap();
    fs::create_dir_all(&cache).unwrap();
    std::os::unix::fs::symlink(dir.path().join("other"), &home).unwrap();
    assert!(refusal(&env).contains("is no folder but a link"));
    assert!(files_below(&dir.path().join("other")).is_empty());

    fs::remove_file(&home).unwrap();
    fs::create_dir(&home).unwrap();
    fs::write(home.join("diary.txt"), "mine").unwrap();
    assert!(refusal(&env).contains("not the demo"));
    assert_eq!(files_below(&home).len(), 1);
}
