//! `backscroll keep --list`: the copies that are kept.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use super::size;
use crate::cli::args::Shared;
use crate::cli::ids::Ids;
use crate::cli::json::{self, SCHEMA};
use crate::cli::table::{Column, heading, line_width, plain, table_within};
use crate::cli::{Failure, Streams, warn};
use crate::env::{Env, OwnDir};
use crate::exit;
use crate::index::Index;
use crate::keep::{self, Copied};
use crate::model::{KEPT, Row};
use crate::text::{Clean, short_dir};
use crate::tui::is_ascii;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListOut {
    schema_version: u32,
    kept: Vec<CopyOut>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CopyOut {
    session_id: String,
    source: &'static str,
    title: Option<String>,
    /// When it was copied, where the file system knows.
    kept_at: Option<String>,
    /// Whether the session is still where its agent put it: `there` or `gone`.
    original: &'static str,
    /// The copy of its log.
    path: String,
    files: usize,
    bytes: u64,
}

/// A session and the copy of it.
struct Copy {
    row: Arc<Row>,
    copied: Copied,
    at: Option<Timestamp>,
}

impl Copy {
    fn original(&self) -> &'static str {
        match self.row.session.unit.is_kept() {
            true => "gone",
            false => "there",
        }
    }
}

const COLUMNS: &[Column] = &[
    Column::new("Session", 14),
    Column::new("Title", 18),
    Column::new("Kept", 10),
    Column::new("Original", 8),
    Column::new("Size", 6).right(),
];
/// Too long for a table: told where each has its lines.
const PATH: &str = "Path";

/// Lists which of these sessions are kept.
pub fn list(
    env: &Env,
    shared: &Shared,
    index: &Index,
    rows: Vec<Arc<Row>>,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let is_kept = |row: &Row| row.session.unit.is_kept() || index.has_copy(row);
    // What is kept of a sub-agent goes with the copy of the session that started it.
    let stands = |row: &Row| match index.row(&row.root).filter(|root| root.id() != row.id()) {
        Some(root) => !is_kept(root),
        None => true,
    };
    let mut all: Vec<Copy> = Vec::new();
    for row in rows {
        if !is_kept(&row) || !stands(&row) {
            continue;
        }
        match keep::kept(env, &keep::copies(index, &row)) {
            Ok((copied, at)) => all.push(Copy { row, copied, at }),
            Err(why) => warn(streams, &why)?,
        }
    }
    let code = match all.is_empty() {
        true => exit::NOTHING,
        false => exit::DONE,
    };
    if shared.json {
        let kept = all.iter().map(out).collect();
        json::write(
            streams.out,
            &ListOut {
                schema_version: SCHEMA,
                kept,
            },
        )?;
        return Ok(code);
    }
    let ids = Ids::of(index);
    let cells = |copy: &Copy| -> Vec<Clean> {
        let title = copy.row.session.title.as_ref();
        let at = copy
            .at
            .map(|at| env.locale.minute(&at.to_zoned(env.zone.clone())));
        vec![
            ids.name(&copy.row),
            title.map_or_else(|| "-".into(), |title| title.shown().cut(40)),
            at.map_or_else(|| "-".into(), Clean::from),
            copy.original().into(),
            size(copy.copied.bytes).into(),
        ]
    };
    let short = |path: &Path| Clean::line(&short_dir(path, &env.home));
    if all.is_empty() {
        writeln!(streams.out, "No copies are kept")?;
    } else if shared.plain {
        for copy in &all {
            let names = COLUMNS.iter().map(|column| column.title);
            let mut pairs: Vec<(&str, Clean)> = names.zip(cells(copy)).collect();
            pairs.push((PATH, short(&copy.copied.path)));
            writeln!(streams.out, "{}", plain(&pairs))?;
        }
    } else {
        let ascii = is_ascii(env, shared.ascii);
        write!(streams.out, "{}", heading("", &"Kept".into(), ascii))?;
        let rows = all.iter().map(cells).collect();
        let fitted = table_within(COLUMNS, rows, ascii, line_width(env));
        write!(streams.out, "{fitted}")?;
        let folder = short(&env.own_dir(OwnDir::Data).join(KEPT));
        writeln!(streams.out, "They lie below {folder} (each: --plain)")?;
        writeln!(streams.out, "Removed with: backscroll keep --remove ID")?;
    }
    Ok(code)
}

fn out(copy: &Copy) -> CopyOut {
    let session = &copy.row.session;
    CopyOut {
        session_id: session.id.native.to_string(),
        source: session.id.source.0,
        title: session.title.as_ref().map(|title| title.text.to_string()),
        kept_at: copy.at.map(|at| at.to_string()),
        original: copy.original(),
        path: copy.copied.path.to_string_lossy().into_owned(),
        files: copy.copied.files,
        bytes: copy.copied.bytes,
    }
}
