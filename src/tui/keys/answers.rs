//! What the terminal answers when it is asked for its colours, where that comes too late to be waited for, as over a slow
//! line: it is read as if it was typed, and would rename a session or worse.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// An answer is no longer than this.
const MOST: usize = 48;
/// How answers to what is asked for begin, behind the escape.
const COLOURS: [&str; 2] = ["]10;", "]11;"];

/// What was heard of an answer.
#[derive(Default)]
pub struct Answers {
    heard: String,
}

impl Answers {
    /// Whether a key is part of an answer. An answer comes whole: nothing begins with a key that is pressed by itself.
    pub fn take(&mut self, key: &KeyEvent, is_more: bool) -> bool {
        let KeyCode::Char(sign) = key.code else {
            self.heard.clear();
            return false;
        };
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        if self.heard.is_empty() {
            let begins = alt && sign == ']' && is_more;
            self.heard.extend(begins.then_some(sign));
            return begins;
        }
        // It ends with a bell or with an escape and a backslash.
        if (control && sign == 'g') || (alt && sign == '\\') {
            self.heard.clear();
            return true;
        }
        self.heard.push(sign);
        let heard = self.heard.as_str();
        let fits = |begin: &str| heard.starts_with(begin) || begin.starts_with(heard);
        let is_plain = !alt && !control && (sign.is_ascii_alphanumeric() || ";:/#".contains(sign));
        let belongs = is_plain && heard.len() <= MOST && COLOURS.into_iter().any(fits);
        if !belongs {
            self.heard.clear();
        }
        belongs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of keys as crossterm tells them, written as a terminal sends them.
    fn left(bytes: &str) -> String {
        let mut answers = Answers::default();
        let mut signs = bytes.chars().peekable();
        let mut left = String::new();
        while let Some(sign) = signs.next() {
            let (sign, held) = match sign {
                '\x1b' => (signs.next().unwrap(), KeyModifiers::ALT),
                '\x07' => ('g', KeyModifiers::CONTROL),
                sign => (sign, KeyModifiers::NONE),
            };
            let key = KeyEvent::new(KeyCode::Char(sign), held);
            if !answers.take(&key, signs.peek().is_some()) {
                left.push(sign);
            }
        }
        left
    }

    #[test]
    fn late_answers_are_no_keys() {
        assert_eq!(
            left("\x1b]10;rgb:d0d0/d0d0/d0d0\x07\x1b]11;rgb:1c1c/1c1c/1c1c\x1b\\jr"),
            "jr"
        );
        assert_eq!(
            left("\x1b]11;#fff\x07x\x1b]11;rgba:ff/ff/ff/ff\x1b\\y"),
            "xy"
        );
        // What is pressed stays what it is.
        assert_eq!(left("\x1b]"), "]");
        assert_eq!(left("\x1b]jk1"), "jk1");
        assert_eq!(left("j]11;r\x07"), "j]11;rg");
        assert_eq!(left("\x1b]52;x"), "52;x");
        let endless = format!("\x1b]11;{}", "a".repeat(80));
        assert_eq!(left(&endless).len(), 80 - MOST + "]11;".len());
    }
}
