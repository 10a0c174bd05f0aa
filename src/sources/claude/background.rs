//! What came of looking after work in the background: its state and its output stand in the log between marks of the
//! program's own.

use super::message::tagged;

/// How such a result begins: one of a task, and one of a command by older versions of the agent.
const BEGINS: [&str; 2] = ["<retrieval_status>", "<status>"];
/// States of work that failed, or was not to be found.
const FAILED: [&str; 3] = ["failed", "error", "not_found"];

/// What is known of the work.
#[derive(PartialEq, Debug)]
pub struct Work {
    /// Its state, and below that what it wrote.
    pub said: String,
    pub failed: bool,
    /// Of a command that ended.
    pub exit: Option<i32>,
}

/// Whether a result that stands written like this may be one.
pub fn may_be(start: &str) -> bool {
    BEGINS.iter().any(|mark| start.contains(mark))
}

/// What such a result tells; none where the text is something else.
pub fn told(text: &str) -> Option<Work> {
    let text = text.trim_start();
    BEGINS.iter().find(|mark| text.starts_with(**mark))?;
    let (asked, state) = (tagged(text, "retrieval_status"), tagged(text, "status"));
    if state.is_empty() {
        return None;
    }
    let exit = tagged(text, "exit_code").parse().ok();
    let failed = FAILED.contains(&asked) || FAILED.contains(&state);
    let parts = ["output", "stdout", "stderr", "error"].map(|tag| inside(text, tag));
    let parts = parts.into_iter().filter(|part| !part.trim().is_empty());
    let lines: Vec<&str> = std::iter::once(state).chain(parts).collect();
    Some(Work {
        said: lines.join("\n"),
        failed: failed || exit.is_some_and(|code: i32| code != 0),
        exit,
    })
}

/// What stands between marks, from the first to the last: it may hold such marks itself.
fn inside<'t>(text: &'t str, tag: &str) -> &'t str {
    let behind = text.split_once(&format!("<{tag}>")).map(|(_, rest)| rest);
    let inner = behind.and_then(|rest| rest.rsplit_once(&format!("</{tag}>")));
    let inner = inner.map_or("", |(inner, _)| inner).trim_end();
    inner.trim_start_matches(['\r', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_and_output_are_told_without_marks() {
        let task = |asked: &str, state: &str, output: &str| {
            told(&format!(
                "<retrieval_status>{asked}</retrieval_status>\n\n<task_id>b1</task_id>\n\n\
                 <task_type>local_bash</task_type>\n\n<status>{state}</status>\n\n<output>\n{output}\n</output>"
            ))
            .unwrap()
        };
        let runs = task("success", "in_progress", "  a <b>\n</output>\nc");
        assert_eq!(runs.said, "in_progress\n  a <b>\n</output>\nc");
        assert!(!runs.failed && runs.exit.is_none());
        let gone = task("error", "not_found", "no such task");
        assert_eq!(
            (&*gone.said, gone.failed),
            ("not_found\nno such task", true)
        );
        assert!(task("success", "failed", "").failed);
    }

    #[test]
    fn a_command_tells_how_it_ended() {
        let ended = "<status>completed</status>\n\n<exit_code>1</exit_code>\n\n<stdout>\nhalf\n</stdout>\n\n\
                     <stderr>\nno\n</stderr>\n\n<timestamp>2026-11-20T10:00:00Z</timestamp>";
        let work = told(ended).unwrap();
        assert_eq!((&*work.said, work.exit), ("completed\nhalf\nno", Some(1)));
        assert!(work.failed);
        assert_eq!(told("see <status>done</status>"), None);
        assert_eq!(told("<status>"), None);
    }
}
