//! Commands that a person ran from the prompt: what they wrote stands in the log between marks of the program's own.

use super::message::tagged;

/// What such a command wrote; none where the text is something else.
pub fn wrote(text: &str) -> Option<String> {
    if !text.starts_with("<bash-std") {
        return None;
    }
    let parts = ["bash-stdout", "bash-stderr"].map(|tag| tagged(text, tag));
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Some(parts.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_left_out() {
        let text = "<bash-stdout>12 passed</bash-stdout><bash-stderr>slow\n</bash-stderr>";
        assert_eq!(wrote(text).as_deref(), Some("12 passed\nslow"));
        assert_eq!(wrote("<bash-stdout></bash-stdout>").as_deref(), Some(""));
        assert_eq!(wrote("see <bash-stdout>"), None);
    }
}
