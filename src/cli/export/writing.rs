//! The writing of an export: each session is made in memory and put into place whole.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::{Counts, Done, Failure, File, Job, failed};
use crate::cli::Streams;
use crate::export::folder::{Folder, Listed, State};
use crate::export::{Writer, scanner, write};
use crate::model::Row;
use crate::own;
use crate::redact::{Outlet, Secrets};

/// So many sessions are in memory at once.
const AT_ONCE: usize = 8;

/// One session, made.
struct Made {
    bytes: Vec<u8>,
    listed: Listed,
    counts: Counts,
}

fn make(job: &Job<'_>, row: &Row) -> Result<Made, String> {
    let conversation = job.read(row)?;
    let mut outlet = Outlet::new(scanner(), job.secrets());
    let mut bytes = Vec::new();
    let made = write(
        job.format,
        row,
        &conversation,
        &job.parts,
        &mut outlet,
        &mut bytes,
    );
    made.map_err(|error| format!("{}: {error}", row.id()))?;
    let mut counts = Counts::default();
    counts.add(outlet.found());
    // The same words again: they are counted once.
    let listed = Listed::new(row, &mut Outlet::new(scanner(), job.secrets()));
    Ok(Made {
        bytes,
        listed,
        counts,
    })
}

/// The secrets in what would be written.
pub fn count(job: &Job<'_>, rows: &[Arc<Row>]) -> Counts {
    let one = |row: &Arc<Row>| {
        let mut counts = Counts::default();
        let Ok(conversation) = job.read(row) else {
            return counts;
        };
        let mut outlet = Outlet::new(scanner(), Secrets::Keep);
        // What cannot be written is told when it is.
        let _ = write(
            job.format,
            row,
            &conversation,
            &job.parts,
            &mut outlet,
            &mut io::sink(),
        );
        counts.add(outlet.found());
        counts
    };
    let counts: Vec<Counts> = rows.par_iter().map(one).collect();
    let mut all = Counts::default();
    counts.iter().for_each(|counts| all.merge(counts));
    all
}

pub fn to_stdout(
    job: &Job<'_>,
    rows: &[Arc<Row>],
    streams: &mut Streams<'_>,
) -> Result<Done, Failure> {
    let (bytes, done) = together(job, rows)?;
    streams.out.write_all(&bytes)?;
    Ok(done)
}

/// All sessions as one file, that must not be there yet.
pub fn to_file(job: &Job<'_>, rows: &[Arc<Row>], path: &Path) -> Result<Done, Failure> {
    let (bytes, mut done) = together(job, rows)?;
    let is_same = || std::fs::read(path).is_ok_and(|known| known == bytes);
    let state = match own::create(path, &bytes) {
        Ok(()) => State::Written,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && is_same() => State::Unchanged,
        Err(error) => return Err(failed(path, &error)),
    };
    done.files.push(File {
        path: path.to_owned(),
        row: match rows {
            [one] => Some(one.clone()),
            _ => None,
        },
        bytes: bytes.len(),
        state,
    });
    Ok(done)
}

/// All sessions, one after the other.
fn together(job: &Job<'_>, rows: &[Arc<Row>]) -> Result<(Vec<u8>, Done), Failure> {
    let mut bytes = Vec::new();
    let mut done = Done::default();
    let other = |error: io::Error| Failure::Usage(format!("export: {error}"));
    let mut writer = Writer::new(job.format, job.parts, &mut bytes);
    for row in rows {
        let conversation = match job.read(row) {
            Ok(conversation) => conversation,
            Err(line) if rows.len() > 1 => {
                done.problems.push(line);
                continue;
            }
            Err(line) => return Err(Failure::Usage(format!("export: {line}"))),
        };
        let mut outlet = Outlet::new(scanner(), job.secrets());
        writer
            .session(row, &conversation, &mut outlet)
            .map_err(other)?;
        done.counts.add(outlet.found());
    }
    writer.end().map_err(other)?;
    Ok((bytes, done))
}

/// Each session as a file, and an index. What cannot be read or written is said, and the rest goes on, but for a disk
/// that takes no more.
pub fn to_folder(job: &Job<'_>, rows: &[Arc<Row>], path: &Path) -> Result<Done, Failure> {
    let mut folder = Folder::open(path).map_err(|error| failed(path, &error))?;
    let mut done = Done::default();
    for some in rows.chunks(AT_ONCE) {
        let made: Vec<Result<Made, String>> = some.par_iter().map(|row| make(job, row)).collect();
        for (row, made) in some.iter().zip(made) {
            let made = match made {
                Ok(made) => made,
                Err(line) => {
                    done.problems.push(line);
                    continue;
                }
            };
            let name = folder.name(&row.session, job.format);
            let file = path.join(&name);
            let bytes = made.bytes.len();
            let state = match folder.put(&name, &made.bytes, &row.session, made.listed) {
                Ok(state) => state,
                Err(error) => {
                    // What is there is remembered, so that it can go on from here.
                    let _ = folder.remember();
                    return Err(failed(&file, &error));
                }
            };
            if state == State::Left {
                done.problems.push(left(&file));
            } else {
                done.counts.merge(&made.counts);
            }
            done.files.push(File {
                path: file,
                row: Some(row.clone()),
                bytes,
                state,
            });
        }
    }
    let closed = folder.close(job.format);
    let (name, state) = closed.map_err(|error| failed(path, &error))?;
    let index = path.join(name);
    if state == State::Left {
        done.problems.push(left(&index));
    }
    let bytes = std::fs::metadata(&index).map_or(0, |meta| meta.len());
    done.files.push(File {
        path: index,
        row: None,
        bytes: usize::try_from(bytes).unwrap_or(usize::MAX),
        state,
    });
    Ok(done)
}

fn left(path: &Path) -> String {
    format!(
        "{}: left as it is: it is not an export of ours, or was changed since",
        path.display()
    )
}
