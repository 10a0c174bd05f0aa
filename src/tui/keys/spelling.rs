//! Keys as people name them in settings, in the spelling of our table: `ctrl-d`, `shift-g` or `G`, `f5`, `s c`.

use crokey::OneToThree;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{event, spell};

/// One key, or two with a space between them. An error says why it is none.
pub fn spelling(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.split_whitespace().collect();
    match parts.as_slice() {
        [] => Err("a key is missing; the space key is called space".into()),
        [_] | [_, _] => {
            let keys: Result<Vec<String>, String> = parts.into_iter().map(one).collect();
            keys.map(|keys| keys.join(" "))
        }
        _ => Err(format!("{text}: at most two keys, one after the other")),
    }
}

fn one(text: &str) -> Result<String, String> {
    // A sign stands for itself, in its own case.
    if text.chars().count() == 1 {
        return Ok(text.to_owned());
    }
    let no_key = || format!("{text} is no key; keys are such as G, ctrl-d, pagedown, f5, space");
    let named = crokey::parse(text).map_err(|_| no_key())?;
    let OneToThree::One(code) = named.codes else {
        return Err(format!(
            "{text}: keys that are held together cannot be told apart"
        ));
    };
    let held = named.modifiers;
    let refuse = |why: &str| Err(format!("{text}: {why}"));
    let is_char = matches!(code, KeyCode::Char(_));
    let code = match code {
        KeyCode::Tab if held.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        code => code,
    };
    if held.contains(KeyModifiers::SHIFT) && !is_char && code != KeyCode::BackTab {
        return refuse("Shift with this key is not told by every terminal");
    }
    let held = held.difference(KeyModifiers::SHIFT);
    if held.contains(KeyModifiers::ALT) && is_char {
        return refuse("Alt with a letter cannot be told from Esc and the letter");
    }
    if !matches!(
        held,
        KeyModifiers::NONE | KeyModifiers::CONTROL | KeyModifiers::ALT
    ) {
        return refuse("only one of Ctrl and Alt can be held");
    }
    if held == KeyModifiers::CONTROL {
        match code {
            KeyCode::Char(c) if c.is_ascii_uppercase() => {
                return refuse("Ctrl and Shift with a letter are not told by every terminal");
            }
            KeyCode::Char('i') => return refuse("terminals send it as tab"),
            KeyCode::Char('m') => return refuse("terminals send it as enter"),
            KeyCode::Char('[') => return refuse("terminals send it as esc"),
            _ => {}
        }
    }
    let spelt = spell(&KeyEvent::new(code, held));
    spelt.filter(|key| event(key).is_some()).ok_or_else(no_key)
}
/// Whether a key leads out of everything, however keys are bound.
pub fn leads_out(key: &KeyEvent) -> bool {
    let is_held = key.modifiers.contains(KeyModifiers::CONTROL);
    key.code == KeyCode::Esc || key.code == KeyCode::Char('c') && is_held
}
