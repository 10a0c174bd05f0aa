//! G11: marks survive other instances, other programs' keys and people's edits, and a broken file is left alone.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::model::SourceId;
use crate::text::Clean;

fn world() -> (tempfile::TempDir, Env) {
    let home = tempfile::tempdir().unwrap();
    let env = Env::bare(home.path(), "2026-11-20T11:00:00Z".parse().unwrap());
    (home, env)
}

fn id(native: &str) -> SessionId {
    SessionId::new(SourceId("alpha"), native)
}

fn tags(names: &[&str]) -> std::collections::BTreeSet<Tag> {
    names.iter().map(|name| Tag::new(name).unwrap()).collect()
}

fn tag(add: &[&str], remove: &[&str]) -> Change {
    Change::Tag {
        add: tags(add),
        remove: tags(remove),
    }
}

fn seen(at: &str, messages: u32) -> Change {
    let at = at.parse().unwrap();
    Change::Seen(Some(Seen { at, messages }))
}

fn text(env: &Env) -> String {
    fs::read_to_string(path(env)).unwrap()
}

#[test]
fn the_file_is_sorted_and_holds_one_value_a_line() {
    let (_home, env) = world();
    let changes = [
        (id("b"), tag(&["q4", "auth"], &[])),
        (id("b"), Change::Pin(61, true)),
        (
            id("a"),
            Change::note("two\nlines \"quoted\" \\ and \u{1b}[2J"),
        ),
        (id("b"), Change::Star(true)),
        (id("b"), Change::name("  the\nflaky one ")),
        (id("a"), seen("2026-11-20T10:59:59.2Z", 214)),
    ];
    let marks = Marks::save(&env, &changes).unwrap();
    assert_eq!(
        text(&env),
        r#"# Stars, tags, names and notes on sessions, kept by backscroll. Made to be read, edited and synced.
version = 1

["alpha:a"]
note = "two\nlines \"quoted\" \\ and ␛[2J"
seen = 2026-11-20T11:00:00Z
messages-seen = 214

["alpha:b"]
star = true
name = "the flaky one"
tags = [
    "auth",
    "q4",
]
pins = [
    61,
]
"#
    );
    assert_eq!(Marks::load(&env), Ok(marks.clone()));
    let mark = marks.get(&id("b")).unwrap();
    assert_eq!(mark.name, Some(Clean::of("the flaky one")));
    let note = marks.get(&id("a")).unwrap().note.clone().unwrap();
    assert_eq!(note.as_str(), "two\nlines \"quoted\" \\ and ␛[2J");
    // Nothing of ours is for others to read, and nothing is left beside it but the lock.
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = env.own_dir(OwnDir::Data);
    assert_eq!((mode(&path(&env)), mode(&folder)), (0o600, 0o700));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
    // What is taken back leaves no trace.
    let back = [
        (id("a"), Change::Note(None)),
        (id("a"), Change::Seen(None)),
        (id("b"), tag(&[], &["auth", "q4", "never"])),
    ];
    Marks::save(&env, &back).unwrap();
    let now = text(&env);
    assert!(!now.contains("alpha:a") && !now.contains("tags ="), "{now}");
}

#[test]
fn what_others_wrote_into_it_stays() {
    let (_home, env) = world();
    fs::create_dir_all(env.own_dir(OwnDir::Data)).unwrap();
    let before = r#"# my own remark
colour = "blue"

# above z
["beta:z"]
star = true # since spring
priority = 3
tags = ["old", 7, "not a tag"]

[plugin.deep]
x = 1

["alpha:inline"]
star = "very"

["gone-agent:1"]
"star" = true
"#;
    fs::write(path(&env), before).unwrap();
    let beta = SessionId::new(SourceId("beta"), "z");
    let changes = [
        (beta.clone(), tag(&["new"], &[])),
        (beta.clone(), Change::Star(true)),
        (id("inline"), Change::Hide(true)),
    ];
    let marks = Marks::save(&env, &changes).unwrap();
    assert_eq!(marks.get(&beta).unwrap().tags, tags(&["new", "old"]));
    assert!(!marks.get(&id("inline")).unwrap().star);
    let after = text(&env);
    for kept in [
        "# my own remark\ncolour = \"blue\"\n",
        "# above z\n[\"beta:z\"]\nstar = true # since spring\n",
        "priority = 3\n",
        "    \"new\",\n    \"old\",\n    7,\n    \"not a tag\",\n]\n",
        "[plugin.deep]\nx = 1\n",
        "star = \"very\"\n",
        "[\"gone-agent:1\"]\n\"star\" = true\n",
    ] {
        assert!(after.contains(kept), "{kept}\nis not in\n{after}");
    }
    // Another order of the tables, and from then on none.
    Marks::save(
        &env,
        &[
            (id("x"), Change::Star(true)),
            (id("x"), Change::Star(false)),
        ],
    )
    .unwrap();
    assert_eq!(text(&env), after);
    assert!(after.find("alpha:inline") < after.find("beta:z"));
}

#[test]
fn a_broken_file_is_never_written_over() {
    let (_home, env) = world();
    fs::create_dir_all(env.own_dir(OwnDir::Data)).unwrap();
    for (broken, what) in [
        (
            "version = 1\n<<<<<<< ours\n[\"alpha:a\"]\nstar = true\n",
            "line 2: ",
        ),
        ("[\"alpha:a\"]\nstar = true\nstar = true\n", "line 3: "),
        ("[\"alpha:a", "line 1: "),
    ] {
        fs::write(path(&env), broken).unwrap();
        let line = Marks::load(&env).unwrap_err();
        assert!(
            line.contains("marks.toml, ") && line.contains(what),
            "{line}"
        );
        assert!(!line.contains('\n'), "{line}");
        let error = Marks::save(&env, &[(id("b"), Change::Star(true))]).unwrap_err();
        assert_eq!(error.to_string(), line);
        assert_eq!(text(&env), broken);
    }
    fs::write(path(&env), [b'a', 0xff, 0xfe]).unwrap();
    assert!(Marks::load(&env).unwrap_err().contains("left as it is"));
    assert!(Marks::save(&env, &[(id("b"), Change::Star(true))]).is_err());
    assert_eq!(fs::read(path(&env)).unwrap(), [b'a', 0xff, 0xfe]);
    // What a newer program wrote is read and not changed.
    fs::write(path(&env), "version = 2\n[\"alpha:a\"]\nstar = true\n").unwrap();
    assert!(Marks::load(&env).unwrap().get(&id("a")).unwrap().star);
    assert!(Marks::save(&env, &[(id("b"), Change::Star(true))]).is_err());
}

#[test]
fn a_link_leads_to_where_people_keep_it() {
    let (home, env) = world();
    fs::create_dir_all(env.own_dir(OwnDir::Data)).unwrap();
    let kept = home.path().join("dotfiles-marks.toml");
    fs::write(&kept, "").unwrap();
    std::os::unix::fs::symlink(&kept, path(&env)).unwrap();
    Marks::save(&env, &[(id("a"), Change::Star(true))]).unwrap();
    assert!(fs::symlink_metadata(path(&env)).unwrap().is_symlink());
    assert!(fs::read_to_string(&kept).unwrap().contains("alpha:a"));
}

/// Four instances write at once, each its own sessions and one that all write to.
#[test]
fn instances_that_write_at_once_lose_nothing() {
    let (_home, env) = world();
    let env = Arc::new(env);
    let writers: Vec<_> = (0..4)
        .map(|n| {
            let env = env.clone();
            std::thread::spawn(move || {
                for i in 0..10 {
                    let own = (id(&format!("{n}-{i}")), Change::Star(true));
                    let name = format!("t{n}-{i}");
                    let all = (id("all"), tag(&[&name], &[]));
                    Marks::save(&env, &[own, all]).unwrap();
                }
            })
        })
        .collect();
    writers
        .into_iter()
        .for_each(|writer| writer.join().unwrap());
    let marks = Marks::load(&env).unwrap();
    assert_eq!(marks.get(&id("all")).unwrap().tags.len(), 40);
    assert_eq!(text(&env).matches("star = true").count(), 40);
}

fn a_change() -> impl Strategy<Value = Change> {
    let some_tags = || proptest::collection::btree_set("[a-d]", 0..3);
    let named = |names: std::collections::BTreeSet<String>| {
        names.iter().map(|n| Tag::new(n).unwrap()).collect()
    };
    prop_oneof![
        any::<bool>().prop_map(Change::Star),
        any::<bool>().prop_map(Change::Hide),
        any::<Option<String>>().prop_map(|name| Change::name(&name.unwrap_or_default())),
        any::<Option<String>>().prop_map(|note| Change::note(&note.unwrap_or_default())),
        (some_tags(), some_tags()).prop_map(move |(add, remove)| Change::Tag {
            add: named(add),
            remove: named(remove),
        }),
        (0u32..4, any::<bool>()).prop_map(|(pin, on)| Change::Pin(pin, on)),
        proptest::option::of((0i64..2_000_000_000_000, 0u32..9)).prop_map(|seen| Change::Seen(
            seen.map(|(at, messages)| {
                let at = jiff::Timestamp::from_millisecond(at).unwrap();
                Seen { at, messages }
            })
        )),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is done can be undone, and the file says the same as memory.
    #[test]
    fn changes_are_undone_and_kept(changes in proptest::collection::vec(("[a-c]|\\PC{1,4}", a_change()), 1..12)) {
        let (_home, env) = world();
        let changes: Vec<(SessionId, Change)> = changes.into_iter().map(|(native, change)| (id(&native), change)).collect();
        let mut marks = Marks::default();
        let mut backs = Vec::new();
        let mut states = vec![marks.clone()];
        for (id, change) in &changes {
            backs.push((id.clone(), marks.apply(id, change)));
            states.push(marks.clone());
        }
        let kept = Marks::save(&env, &changes).unwrap();
        prop_assert_eq!(&kept, &marks);
        prop_assert_eq!(Marks::load(&env), Ok(marks.clone()));
        states.pop();
        for ((id, back), state) in backs.iter().rev().zip(states.iter().rev()) {
            marks.apply(id, back);
            prop_assert_eq!(&marks, state);
        }
        backs.reverse();
        prop_assert_eq!(Marks::save(&env, &backs).unwrap(), Marks::default());
    }
}
