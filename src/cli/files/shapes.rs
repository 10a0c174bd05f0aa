//! What `files --json` prints.

use serde::Serialize;

use super::super::ids::Ids;
use super::super::json::SCHEMA;
use super::super::resolve::short_id;
use super::{Asked, Fit, Found};
use crate::text::Clean;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FilesOut {
    schema_version: u32,
    /// As a path of this machine.
    path: String,
    /// `file` where it is that file or lies in that folder, `part` where paths have it in them; null without any.
    r#match: Option<&'static str>,
    touches: Vec<TouchOut>,
    total: usize,
    /// `more` or `complete`.
    state: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TouchOut {
    at: Option<String>,
    source: &'static str,
    session_id: String,
    short_id: String,
    title: Option<String>,
    file: String,
    did: Vec<&'static str>,
    added_lines: usize,
    removed_lines: usize,
    /// The first line of the prompt that it was done for.
    prompt: Option<String>,
    message: u32,
    /// The command that shows it.
    show: String,
}

impl FilesOut {
    pub fn new(asked: &Asked, found: &[Found], total: usize, ids: &Ids) -> FilesOut {
        let touch = |one: &Found| {
            let session = &one.row.session;
            TouchOut {
                at: one.at.map(|at| format!("{at:.3}")),
                source: session.id.source.0,
                session_id: Clean::of(&session.id.native).to_string(),
                short_id: Clean::of(&short_id(&one.row)).to_string(),
                title: session.title.as_ref().map(|title| title.text.to_string()),
                file: one.path.to_string(),
                did: one.did.iter().map(|did| did.word()).collect(),
                added_lines: one.added,
                removed_lines: one.removed,
                prompt: one.prompt.as_ref().map(ToString::to_string),
                message: one.number,
                show: one.show(ids).to_string(),
            }
        };
        FilesOut {
            schema_version: SCHEMA,
            path: Clean::of(&asked.whole.to_string_lossy()).to_string(),
            r#match: found.first().map(|found| match found.fit {
                Fit::Whole => "file",
                Fit::Part => "part",
            }),
            touches: found.iter().map(touch).collect(),
            total,
            state: if found.len() < total {
                "more"
            } else {
                "complete"
            },
        }
    }
}
