//! What came of calls: the text that was printed, how long it took, and whether it went well.

use std::borrow::Cow;
use std::time::Duration;

use super::super::json::{Json, Obj};
use super::super::tools;
use super::items::image;
use crate::model::{Part, ToolResult};
use crate::text::Raw;

/// So much of an output tells what became of its command.
const HEAD: usize = 1 << 10;

/// The words that the program puts above what a command printed, each on a line of its own.
const REPORTED: &[&str] = &[
    "Chunk ID: ",
    "Wall time: ",
    "Wall time ",
    "Script completed",
    "Script failed",
    "Process exited with code ",
    "Exit code: ",
    "Original token count: ",
    "Total output lines: ",
];

/// What an output comes to, without its text where its first words are enough to tell.
pub fn output_head(item: &Obj<'_>, known_ok: bool) -> ToolResult {
    let head = item.get("output").and_then(|output| output.head(HEAD));
    match head {
        _ if known_ok => ToolResult::new("", ""),
        Some(head) if !head.starts_with('{') => {
            let mut result = ToolResult::new("", "");
            result.exit = tools::exit_code(&head);
            result.ok = ok(result.exit, &head);
            result
        }
        _ => output(item),
    }
}

fn ok(exit: Option<i32>, said: &str) -> Option<bool> {
    let refused = ["aborted by user", "unsupported call", "Script failed"];
    let refused = said
        .lines()
        .take(2)
        .any(|line| refused.iter().any(|word| line.starts_with(word)));
    exit.map(|code| code == 0)
        .or_else(|| refused.then_some(false))
}

pub fn output(item: &Obj<'_>) -> ToolResult {
    let id = item.text("call_id").unwrap_or_default();
    let mut images = Vec::new();
    let text = match item.get("output") {
        None => String::new(),
        Some(output) => match output.str() {
            Some(text) => text.into_owned(),
            None if output.raw().starts_with('[') => {
                let parts: Vec<Obj<'_>> = output.list().into_iter().filter_map(Json::obj).collect();
                for url in parts.iter().filter_map(|p| p.text("image_url")) {
                    if let Part::Image { mime, bytes } = image(&url) {
                        images.push((mime, bytes));
                    }
                }
                parts
                    .iter()
                    .filter_map(|p| p.text("text"))
                    .fold(String::new(), |mut all, text| {
                        if !all.is_empty() && !all.ends_with('\n') {
                            all.push('\n');
                        }
                        all + &text
                    })
            }
            None => output
                .obj()
                .and_then(|o| o.text("content").map(Cow::into_owned))
                .unwrap_or_else(|| output.raw().to_owned()),
        },
    };
    let mut result = ToolResult::new(&*id, "");
    // Old shells answered with JSON in a string.
    let packed = Obj::parse(&text).filter(|o| o.has("output") && o.has("metadata"));
    match packed {
        Some(packed) => {
            let meta = packed.obj("metadata").unwrap_or_default();
            result.exit = meta
                .get("exit_code")
                .and_then(Json::i64)
                .and_then(|n| i32::try_from(n).ok());
            result.took = meta
                .f64("duration_seconds")
                .and_then(|s| Duration::try_from_secs_f64(s).ok());
            result.output = Raw::from(packed.str("output").unwrap_or_default().into_owned());
        }
        None => {
            result.exit = tools::exit_code(&text);
            let (took, printed) = printed(&text);
            result.took = took;
            let agent = Obj::parse(&text).and_then(|o| o.text("agent_id").map(Cow::into_owned));
            result.child = agent.map(Into::into);
            result.output = printed.into();
        }
    }
    result.ok = ok(result.exit, &text);
    result.images = images;
    result
}

/// How long a command took, and what it printed: the report above it goes, for what it says stands in the call's own
/// line. A report with anything else in it is left where it is.
fn printed(output: &str) -> (Option<Duration>, &str) {
    let mut took = None;
    let mut rest = output;
    while let Some((line, after)) = rest.split_once('\n') {
        rest = after;
        if line == "Output:" {
            // Why a script failed is all that stands there.
            return (took, rest.strip_prefix("Script error:\n").unwrap_or(rest));
        }
        if !REPORTED.iter().any(|word| line.starts_with(word)) {
            break;
        }
        let seconds = line.strip_prefix("Wall time").and_then(|time| {
            let time = time.trim_start_matches(':').trim_start();
            let number = time.strip_suffix(" seconds")?;
            Duration::try_from_secs_f64(number.parse().ok()?).ok()
        });
        took = took.or(seconds);
    }
    (took, output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_above_an_output_is_told_apart_from_it() {
        let (took, text) = printed("Exit code: 1\nWall time: 0.5 seconds\nOutput:\n3 notes.txt\n");
        assert_eq!(took, Some(Duration::from_millis(500)));
        assert_eq!(text, "3 notes.txt\n");
        let script = "Script completed\nWall time 0.5 seconds\nOutput:\n3 notes.txt\n";
        assert_eq!(printed(script), (took, "3 notes.txt\n"));
        let fails = output(&Obj::parse(
            r#"{"call_id":"c","output":[{"text":"Script failed\nWall time 0.5 seconds\nOutput:\n"},{"text":"Script error: x"}]}"#,
        ).unwrap());
        assert_eq!(
            (fails.ok, fails.output.untrusted()),
            (Some(false), "Script error: x")
        );
        for whole in [
            "Wall time: 0.1 seconds\naborted by user",
            "Wall time: 1.0 seconds\nProcess running with session ID 7\nOutput:\nx\n",
            "Output of the tool:\n",
            "plain",
            "",
        ] {
            assert_eq!(printed(whole).1, whole);
        }
    }
}
