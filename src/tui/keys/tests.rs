//! The table of keys holds together.

use super::*;
use crate::config;
use crate::env::Env;
use std::collections::HashSet;

/// The map that a file of settings makes, and the mistakes in it.
fn made(text: &str) -> (KeyMap, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let env = Env::bare(dir.path(), "2026-01-01T00:00:00Z".parse().unwrap());
    let file = dir.path().join("keys.toml");
    std::fs::write(&file, text).unwrap();
    let settings = config::load(&env, Some(&file), Vec::new()).unwrap();
    let (map, wrong) = KeyMap::of(&settings);
    let all = settings.mistakes.iter().chain(&wrong);
    (map, all.map(|mistake| mistake.line(dir.path())).collect())
}

fn does(map: &KeyMap, scope: Scope, keys: &str) -> Option<Action> {
    let (prefix, key) = match keys.split_once(' ') {
        Some((first, second)) => {
            assert_eq!(
                map.meaning(scope, None, first),
                Meaning::Prefix(first.into())
            );
            (Some(first), second)
        }
        None => (None, keys),
    };
    match map.meaning(scope, prefix, key) {
        Meaning::Action(action, _) => Some(action),
        _ => None,
    }
}

/// UX 4: an action is rebound by its name, with or without its place, and by keys as people name them.
#[test]
fn actions_are_rebound_by_name() {
    let (map, wrong) = made(
        "[keys.list]\nsort-cost = \"f5\"\nsort-tokens = [\"shift-t\", \"s t\"]\nsort-title = []\n\
         [keys]\n\"read.next-prompt\" = \"Ctrl-Right\"\nmaximise = \"ctrl-space\"\nreader.dearest = \"$\"\n",
    );
    assert_eq!(wrong, [""; 0]);
    assert_eq!(does(&map, Scope::List, "f5"), Some(Action::SortCost));
    assert_eq!(map.meaning(Scope::List, Some("s"), "c"), Meaning::Nothing);
    assert_eq!(does(&map, Scope::List, "T"), Some(Action::SortTokens));
    assert_eq!(does(&map, Scope::List, "s t"), Some(Action::SortTokens));
    assert_eq!(map.key(Scope::List, Action::SortTitle, 0), None);
    assert_eq!(
        does(&map, Scope::Reader, "ctrl-right"),
        Some(Action::NextPrompt)
    );
    assert_eq!(does(&map, Scope::Reader, "}"), None);
    assert_eq!(does(&map, Scope::Reader, "$"), Some(Action::Dearest));
    assert_eq!(
        does(&map, Scope::NoMatch, "ctrl-space"),
        Some(Action::Maximise)
    );
    let changed = map.rows().filter(|b| b.is_changed()).map(Bound::name);
    assert_eq!(changed.count(), 6);
    let hint = map
        .hints(Scope::Reader)
        .into_iter()
        .find(|(_, hint, _)| *hint == "prompt");
    assert_eq!(hint.map(|(key, ..)| key), Some("ctrl-right"));
    assert!(
        map.menu(Scope::List, "s")
            .iter()
            .all(|(key, _)| key != "c" && key != "n")
    );
}

/// R19, UX 4: every mistake is one line with its place; what is right holds.
#[test]
fn what_is_wrong_with_keys_is_told() {
    for (text, what) in [
        (
            "[keys.lst]\nread = \"v\"",
            "line 2, column 1: no place lst; there are list,",
        ),
        (
            "[keys.list]\nsort-coast = \"v\"",
            "no action list.sort-coast; the nearest is list.sort-cost",
        ),
        (
            "[keys.list]\nquit = \"v\"",
            "no action list.quit; the nearest is any.quit",
        ),
        (
            "[keys]\ndown = \"v\"",
            "down: say which: list.down, first-run.down, read.down",
        ),
        (
            "[keys.list]\nread = [\"W\", \"hyper-x\"]",
            "line 2, column 14: list.read: hyper-x is no key",
        ),
        ("[keys.list]\nread = \"a b c\"", "at most two keys"),
        ("[keys.list]\nread = \"\"", "a key is missing"),
        ("[keys.list]\nread = \"alt-v\"", "Alt with a letter"),
        ("[keys.list]\nread = \"ctrl-i\"", "terminals send it as tab"),
        ("[keys.list]\nread = \"a-b\"", "held together"),
        ("[keys.input]\nkeep = \"x\"", "input.keep: x is typed there"),
        (
            "[keys.list]\nsort-cost = \"j\"",
            "list.sort-cost: j also is list.down",
        ),
        (
            "[keys.list]\nsort-cost = \"s\"",
            "list.sort-cost: s hides list.sort-updated and",
        ),
        (
            "[keys.list]\nsort-cost = \"j c\"",
            "j c cannot be reached: its first key is list.down",
        ),
        (
            "[keys.any]\nmaximise = \"q\"",
            "any.maximise: q also is any.quit",
        ),
        (
            "[keys]\npreset = \"emcs\"",
            "keys.preset: emcs is not one of vim+arrows, arrows-only, emacs; the nearest is emacs",
        ),
    ] {
        let (_, wrong) = made(text);
        assert_eq!(wrong.len(), 1, "{text}: {wrong:?}");
        assert!(wrong[0].contains(what), "{}", wrong[0]);
    }
    let (map, _) = made("[keys.list]\nsort-cost = \"j\"\nread = [\"W\", \"hyper-x\"]");
    assert_eq!(
        does(&map, Scope::List, "j"),
        Some(Action::SortCost),
        "who asks for a key has it"
    );
    assert_eq!(does(&map, Scope::List, "W"), Some(Action::Read));
}

#[test]
fn a_way_out_is_left() {
    let text = "[keys.any]\nquit = []\nescape = []\ncancel = []\n[keys.read]\nback = []\n";
    let (map, wrong) = made(text);
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(wrong[0].contains("any.cancel: it is the last key that leads out"));
    assert_eq!(does(&map, Scope::List, "ctrl-c"), Some(Action::Cancel));
}

/// UX 4: the presets that ship hold together like the table.
#[test]
fn presets_hold_together() {
    for name in ["vim+arrows", "arrows-only", "emacs"] {
        let (map, wrong) = made(&format!("[keys]\npreset = \"{name}\""));
        assert_eq!(wrong, [""; 0]);
        let clashes = map.clashes(|_| true).into_iter().map(|(_, what)| what);
        assert_eq!(clashes.collect::<Vec<_>>(), [""; 0], "{name}");
        for bound in map.rows() {
            assert!(
                !bound.keys.is_empty() || bound.row.keys.is_empty(),
                "{name}: {} has no key",
                bound.name()
            );
            for key in bound.keys.iter().flat_map(|key| key.split(' ')) {
                assert_eq!(
                    spelling(key).as_deref(),
                    Ok(key),
                    "{name}: {}",
                    bound.name()
                );
            }
        }
    }
    let (arrows, _) = made("keys.preset = \"arrows-only\"");
    assert_eq!(does(&arrows, Scope::List, "down"), Some(Action::Down));
    assert_eq!(does(&arrows, Scope::List, "j"), None);
    assert_eq!(
        arrows.meaning(Scope::Reader, Some("g"), "g"),
        Meaning::Nothing
    );
    let (emacs, _) = made("keys.preset = \"emacs\"");
    assert_eq!(does(&emacs, Scope::Reader, "ctrl-n"), Some(Action::Down));
    assert_eq!(
        does(&emacs, Scope::List, "ctrl-x ctrl-c"),
        Some(Action::Quit)
    );
}

/// Settings name an action by its place and its name, so the two together must be one row.
#[test]
fn a_name_is_one_row() {
    let map = KeyMap::default();
    let mut seen = HashSet::new();
    for bound in map.rows() {
        assert!(
            seen.insert(bound.name()),
            "{} is twice in the table",
            bound.name()
        );
    }
}

#[test]
fn no_two_bindings_of_a_pane_collide_or_hide_behind_a_prefix() {
    for scope in [
        Scope::List,
        Scope::Reader,
        Scope::Input,
        Scope::Find,
        Scope::Name,
        Scope::Palette,
        Scope::Picker,
        Scope::NoMatch,
        Scope::FirstRun,
        Scope::Dialog,
        Scope::Form,
        Scope::Overlay,
    ] {
        let keys: Vec<&str> = BINDINGS
            .iter()
            .filter(|b| scope.hears(b.scope))
            .flat_map(|b| b.keys.iter().copied())
            .collect();
        let mut seen = HashSet::new();
        for key in &keys {
            // The arrow that leaves the reader is the list's own elsewhere.
            assert!(seen.insert(*key), "{scope:?}: {key} is bound twice");
            let hidden = keys.iter().any(|k| k.starts_with(&format!("{key} ")));
            assert!(!hidden, "{scope:?}: {key} hides others");
        }
    }
}

#[test]
fn every_hint_is_a_key() {
    for (scope, keys) in FIRST_HINTS {
        for key in *keys {
            let map = KeyMap::default();
            let means = map.meaning(*scope, None, key);
            assert_ne!(means, Meaning::Nothing, "{scope:?}: {key}");
            assert!(
                map.hints(*scope).iter().any(|(k, ..)| k == key),
                "{scope:?}: {key} has no word"
            );
        }
    }
}

#[test]
fn every_key_can_be_pressed_and_help_fits() {
    for binding in BINDINGS {
        for key in binding.keys {
            for part in key.split(' ') {
                let event = event(part).unwrap();
                assert_eq!(spell(&event).as_deref(), Some(part));
            }
        }
        assert!(
            binding.help.len() <= 60 && !binding.help.is_empty(),
            "{}",
            binding.help
        );
    }
}
