//! The table of keys holds together.

use super::*;
use std::collections::HashSet;

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
            let means = meaning(*scope, None, key);
            assert_ne!(means, Meaning::Nothing, "{scope:?}: {key}");
            assert!(
                hints(*scope).iter().any(|(k, _)| k == key),
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
