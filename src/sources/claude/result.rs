//! What came of a call: its output without what the program put around it, and whether it failed.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Duration;

use super::super::json::{Json, Obj};
use super::super::tools;
use super::message::{image, without_reminders};
use super::{background, declined};
use crate::model::{Message, Part, ToolResult};
use crate::text::{Raw, floor_boundary};

/// So many bytes of a result as it is written tell of what kind it is.
const START: usize = 80;

/// An output without what the program put around it; none where nothing is, as outputs may be very long.
fn without_tags(text: &str) -> Option<String> {
    let said = without_reminders(text);
    // A refusal of the program's own stands between tags, and that it is one is known already.
    let refusal = said.trim().strip_prefix("<tool_use_error>");
    let refusal = refusal.and_then(|said| said.strip_suffix("</tool_use_error>"));
    match (refusal, &said) {
        (None, Cow::Borrowed(_)) => None,
        (refusal, said) => Some(refusal.unwrap_or(said).to_owned()),
    }
}

pub fn result(block: &Obj<'_>, record: &Obj<'_>, message: &mut Message, whole: bool) {
    let failed = block.is_true("is_error");
    // A summary counts it too, and reads no other result for that.
    let written = block.get("content").map_or("", Json::raw);
    let may_be_work = background::may_be(floor_boundary(written, START));
    if !whole && (failed || !may_be_work) {
        message.errors += u32::from(failed);
        return;
    }
    let mut text = block
        .str("content")
        .map(Cow::into_owned)
        .unwrap_or_default();
    let mut images = Vec::new();
    for item in block.list("content").into_iter().filter_map(Json::obj) {
        match item.str("type").as_deref() {
            Some(kind @ ("text" | "tool_reference")) => {
                if !text.is_empty() {
                    text.push('\n');
                }
                // What a search for tools found is told by their names alone.
                let said = match kind {
                    "text" => "text",
                    _ => "tool_name",
                };
                text.push_str(&item.str(said).unwrap_or_default());
            }
            Some("image") => {
                if let Part::Image { mime, bytes } = image(&item) {
                    images.push((mime, bytes));
                }
            }
            _ => {}
        }
    }
    let work = background::told(&text).filter(|_| may_be_work);
    let failed = failed || work.as_ref().is_some_and(|work| work.failed);
    message.errors += u32::from(failed);
    if !whole {
        return;
    }
    let details = record.obj("toolUseResult").unwrap_or_default();
    let call = block.str("tool_use_id").unwrap_or_default();
    let exit = match (&work, failed) {
        (Some(work), _) => work.exit,
        (None, true) => tools::exit_code(&text),
        (None, false) => None,
    };
    let declined = failed && declined::is(&text, record);
    let mut output = match work {
        Some(work) => work.said,
        None => without_tags(&text).unwrap_or(text),
    };
    // The program puts it above what a command wrote.
    if let Some(code) = exit
        && let Some(wrote) = output.strip_prefix(&format!("Exit code {code}\n"))
    {
        output = wrote.to_owned();
    }
    if let Some(typed) = declined::typed(&output).filter(|_| declined) {
        output = typed.to_owned();
    }
    let mut result = ToolResult::new(&*call, output);
    result.ok = Some(!failed);
    result.declined = declined;
    result.exit = exit;
    if result.exit.is_none() && details.has("stdout") && !failed {
        result.exit = Some(0);
    }
    result.took = details
        .u64("totalDurationMs")
        .or(details.u64("durationMs"))
        .map(Duration::from_millis);
    result.child = details
        .text("agentId")
        .map(|id| format!("agent-{id}").into());
    result.images = images;
    result.line = first_changed(&details);
    // Of a changed piece the call tells the same.
    if details.text("type").is_some_and(|kind| kind == "update") {
        result.patch = patch(&details);
    }
    message.parts.push(Part::ToolResult(Box::new(result)));
}

/// What was changed in a file that was written whole.
fn patch(details: &Obj<'_>) -> Option<Raw> {
    let mut all = String::new();
    for hunk in details.list("structuredPatch") {
        let hunk = hunk.obj()?;
        let number = |key| hunk.u64(key);
        let (old, new) = (number("oldStart")?, number("newStart")?);
        let (before, after) = (number("oldLines")?, number("newLines")?);
        // Writing to a string cannot fail.
        let _ = writeln!(all, "@@ -{old},{before} +{new},{after} @@");
        for line in hunk.list("lines") {
            all.push_str(&line.str()?);
            all.push('\n');
        }
    }
    (!all.is_empty()).then(|| Raw::from(all))
}

/// The first line that an edit changed, by the lines around it that its result tells.
fn first_changed(details: &Obj<'_>) -> Option<usize> {
    let hunk = details.list("structuredPatch").into_iter().next()?.obj()?;
    let is_same = |line: &Json<'_>| line.head(1).is_some_and(|sign| sign.starts_with(' '));
    let same = hunk.list("lines").into_iter().take_while(is_same).count();
    usize::try_from(hunk.u64("oldStart")?)
        .ok()?
        .checked_add(same)
}
