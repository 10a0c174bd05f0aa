//! What the arguments of an export ask for: which sessions, in which format, with which parts, and where to.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::args::Export;
use crate::cli::{Failure, Loaded, Streams, ask, resolve};
use crate::env::Env;
use crate::export::folder::Folder;
use crate::export::{Card, FORMATS, Format, Holds, PARTS, Parts, name};
use crate::index::Order;
use crate::model::Row;

/// Where many sessions go if nothing else is said. Always the same, so that an export can be made again.
const FOLDER: &str = "backscroll-export";

/// Where an export goes.
pub enum Target {
    /// Standard output.
    Out,
    /// One file, that must not be there yet.
    File(PathBuf),
    Folder(PathBuf),
}

/// By its name, else by the end of the output's.
pub fn format(args: &Export) -> Format {
    let output = args.output.as_deref().and_then(Path::extension);
    let end = output.and_then(|end| end.to_str());
    let is_it = |card: &&Card| match &args.format {
        Some(asked) => card.name == asked,
        None => Some(card.extension) == end,
    };
    let found = FORMATS.iter().find(is_it);
    found.map_or(Format::Markdown, |card| card.format)
}

/// Those of the format, with and without the named ones.
pub fn parts(args: &Export, format: Format) -> Parts {
    let mut parts = format.card().parts;
    for part in PARTS {
        let is_named = |names: &[String]| names.iter().any(|name| name == part.name);
        if is_named(&args.include) {
            (part.set)(&mut parts, true);
        }
        if is_named(&args.without) {
            (part.set)(&mut parts, false);
        }
    }
    parts
}

/// The sessions, in their order, and whether they were named one by one.
pub fn rows(
    env: &Env,
    loaded: &mut Loaded,
    args: &Export,
    streams: &mut Streams<'_>,
) -> Result<(Vec<Arc<Row>>, bool), Failure> {
    if let Some(rows) = resolve::named(&loaded.index, &args.query) {
        return Ok((rows, true));
    }
    resolve::unclear(&loaded.index, &args.query)?;
    let query = ask::query(env, &args.query, &loaded.context, streams)?;
    let mut wanted = ask::wanted(env, loaded, &query, None, streams)?;
    let asked = query.asks_for_hidden();
    wanted.retain(|one| args.all || asked.class(&one.row).is_none());
    ask::arrange(env, &mut wanted, &query, Order::default());
    Ok((wanted.into_iter().map(|one| one.row).collect(), false))
}

/// One named session is a file; many, or whatever a query finds, are a folder that can be made again. A format that
/// holds many sessions in one file is always a file.
pub fn target(
    env: &Env,
    args: &Export,
    format: Format,
    rows: &[Arc<Row>],
    by_id: bool,
) -> Result<Target, Failure> {
    let holds_many = format.card().holds != Holds::Session;
    let is_one = by_id && rows.len() == 1;
    if args.output.as_deref() == Some(Path::new("-")) {
        if !holds_many && rows.len() > 1 {
            return Err(Failure::Usage(format!(
                "--output -: {} sessions do not fit into one {}; give a folder, or one session's id",
                rows.len(),
                format.card().name
            )));
        }
        return Ok(Target::Out);
    }
    let file = match rows {
        [one] => name::short(&one.session, format),
        _ => {
            let today = env.now().to_zoned(jiff::tz::TimeZone::UTC).date();
            name::many(today, format)
        }
    };
    let Some(output) = &args.output else {
        return Ok(match is_one || holds_many {
            true => Target::File(env.cwd.join(file)),
            false => Target::Folder(env.cwd.join(FOLDER)),
        });
    };
    let path = env.expand(output);
    let ends_as_folder = output.as_os_str().as_encoded_bytes().ends_with(b"/");
    let is_folder = ends_as_folder || path.is_dir();
    let is_named_file = output
        .extension()
        .is_some_and(|end| end == format.card().extension);
    Ok(match (is_one || holds_many, is_folder) {
        // A folder that is yet to be made becomes one of exports, as it does for several sessions.
        (true, true) if !holds_many && (Folder::is_one(&path) || !path.exists()) => {
            Target::Folder(path)
        }
        (true, true) => Target::File(path.join(file)),
        (true, false) => Target::File(path),
        // A query that found one session, and a name for it.
        (false, false) if is_named_file && rows.len() == 1 => Target::File(path),
        (false, false) if path.exists() || is_named_file => {
            return Err(Failure::Usage(format!(
                "--output {}: {} sessions need a folder, and this is a file; give another name",
                path.display(),
                rows.len()
            )));
        }
        (false, _) => Target::Folder(path),
    })
}
