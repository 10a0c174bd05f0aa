//! Calls that a person did not let run, and what they typed about it.
//!
//! Their results look like failures of the tool. Older versions of the agent wrote nothing but what was typed: that is
//! told apart from a failure by nothing, and stays one.

use super::super::json::Obj;

/// How the result of such a call begins, and that of a call which was asked for together with it.
const BEGINS: [&str; 2] = [
    "The user doesn't want to proceed with this tool use.",
    "The user doesn't want to take this action right now.",
];
/// What stands before that which was typed, by versions of the agent.
const TYPED: [&str; 2] = [
    "The user provided the following reason for the rejection:",
    "To tell you how to proceed, the user said:",
];

/// Whether a failed result tells of a call that was declined.
pub fn is(text: &str, record: &Obj<'_>) -> bool {
    let kind = record.str("toolDenialKind");
    behind(text).is_some() || kind.is_some_and(|kind| kind == "user-rejected")
}

/// What stands behind the words that such a result begins with.
fn behind(text: &str) -> Option<&str> {
    let text = text.trim_start();
    BEGINS.iter().find_map(|words| text.strip_prefix(words))
}

/// What was typed, and nothing where nothing was: the other words are the agent's, and the same each time. Absent where
/// the result does not begin with them.
pub fn typed(text: &str) -> Option<&str> {
    let told = behind(text)?;
    let typed = TYPED.iter().find_map(|words| told.split_once(words));
    Some(typed.map_or("", |(_, typed)| typed.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_what_stands_behind_the_words_of_the_agent() {
        let rest = "The tool use was rejected (eg. if it was a file edit, nothing was written).";
        let told = |typed: &str| format!("{} {rest} {typed}", BEGINS[0]);
        let by = |words: &str| typed(&told(words)).map(str::to_owned);
        assert_eq!(
            by(&format!("{}  use pnpm", TYPED[0])),
            Some("use pnpm".into())
        );
        assert_eq!(
            by(&format!("{}\nnot yet", TYPED[1])),
            Some("not yet".into())
        );
        assert_eq!(by("STOP what you are doing."), Some(String::new()));
        assert_eq!(typed(&format!("{} use pnpm", TYPED[0])), None);
    }
}
