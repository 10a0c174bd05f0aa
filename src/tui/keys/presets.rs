//! Presets: keys to begin with, for other hands.

use super::Action::{self, *};
use super::Scope::{self, *};

/// What is laid over the table of keys.
#[derive(Clone, Copy)]
pub enum Preset {
    Table,
    /// Letters that do what an arrow does too are left out.
    Arrows,
    /// Keys that stand before those of the table, and are taken from what else has them.
    Also(&'static [(Scope, Action, &'static [&'static str])]),
}

/// The preset of a name in the settings.
pub fn named(name: &str) -> Preset {
    match name {
        "arrows-only" => Preset::Arrows,
        "emacs" => Preset::Also(EMACS),
        _ => Preset::Table,
    }
}

/// Alt with a letter cannot be told from Esc and the letter, so what has only such a key in Emacs keeps ours.
#[rustfmt::skip]
static EMACS: &[(Scope, Action, &[&str])] = &[
    (List, Down, &["ctrl-n"]),
    (List, Up, &["ctrl-p"]),
    (List, PageDown, &["ctrl-v"]),
    (List, Read, &["ctrl-f"]),
    (List, Fold, &["ctrl-b"]),
    (List, EditQuery, &["ctrl-s"]),
    (Reader, Down, &["ctrl-n"]),
    (Reader, Up, &["ctrl-p"]),
    (Reader, PageDown, &["ctrl-v"]),
    (Reader, Back, &["ctrl-b"]),
    (Reader, FindInPage, &["ctrl-s"]),
    (Overlay, Down, &["ctrl-n"]),
    (Overlay, Up, &["ctrl-p"]),
    (Overlay, PageDown, &["ctrl-v"]),
    (Overlay, Back, &["ctrl-g"]),
    (Any, FindInPage, &["ctrl-r"]),
    (Any, NextPane, &["ctrl-x o"]),
    (Any, Maximise, &["ctrl-x 1"]),
    (Any, Undo, &["ctrl-x u"]),
    (Any, Quit, &["ctrl-x ctrl-c"]),
    (Any, Escape, &["ctrl-g"]),
    (Input, Escape, &["ctrl-g"]),
    (Input, OtherForm, &["ctrl-t"]),
    (Find, Escape, &["ctrl-g"]),
    (Find, OtherForm, &["ctrl-t"]),
    (Name, Escape, &["ctrl-g"]),
    (Picker, Escape, &["ctrl-g"]),
    (Scope::Palette, Escape, &["ctrl-g"]),
    (Dialog, Escape, &["ctrl-g"]),
    (Form, Escape, &["ctrl-g"]),
];
