//! Reading a log again for what the screen does not hold: the records of a message, and the bytes of a picture.

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::env::Env;
use crate::ingest::raw::{self, RawLine, Sought};
use crate::launch::{self, Plan, Refusal};
use crate::model::{Conversation, Message, Part, Role, Session};
use crate::render::record::pretty;
use crate::sources::pictures::{Held, pictures};
use crate::text::{Clean, Raw};

/// More of one line is left to the editor.
const LONGEST: usize = 256 << 10;
/// Where a source cannot say what in a log holds a message.
const NO_RECORDS: &str = "where it stands in its log is not known; this is what was read of it";

/// The records of a message as they stand in its log, each set out as JSON with the place where it stands.
pub fn lines(env: &Env, session: &Session, sought: &Sought) -> Result<Arc<str>, String> {
    let found = raw::records(env, session, sought).map_err(said)?;
    let found = found.ok_or(NO_RECORDS)?;
    let path = &session.unit.path;
    let texts = found.iter().map(|record| {
        let place = format!("{}, {}", path.display(), record.place);
        // A name may hold anything, a line feed too.
        format!("// {}\n{}", Clean::line(&place), shown(&record.bytes))
    });
    Ok(texts.collect::<Vec<_>>().join("\n\n").into())
}

/// The first lines of a log in which nothing was said, a message for each.
pub fn first(env: &Env, session: &Session) -> Result<Arc<Conversation>, String> {
    let found = raw::first_lines(env, session).map_err(said)?;
    let found = found.ok_or("its log is no text")?;
    let message = |(n, line): (u32, &RawLine)| {
        let mut message = Message::new(line.at, Role::System, None);
        message.number = n;
        message.parts.push(Part::Unknown {
            kind: format!("byte {}", line.at).into(),
            json: Raw::from(shown(&line.bytes)),
        });
        Arc::new(message)
    };
    Ok(Arc::new(Conversation {
        id: session.id.clone(),
        messages: (1..).zip(&found).map(message).collect(),
        odd: 0,
    }))
}

fn shown(record: &[u8]) -> String {
    let bytes = record.get(..LONGEST).unwrap_or(record);
    let text = String::from_utf8_lossy(bytes);
    let mut text = pretty(text.trim_end());
    let left = record.len() - bytes.len();
    if left > 0 {
        text.push_str(&format!("\n// and {left} more bytes"));
    }
    text
}

/// Which picture of a message is wanted.
#[derive(Clone, PartialEq, Debug)]
pub struct Wanted {
    pub sought: Sought,
    /// Its place among the pictures there.
    pub nth: usize,
}

/// Opens a picture that a log holds, in whatever shows pictures.
pub fn open(env: &Env, session: &Session, wanted: &Wanted) -> Result<String, String> {
    let found = raw::records(env, session, &wanted.sought).map_err(said)?;
    let records = found.ok_or("where it stands in its log is not known")?;
    let mut all = records.iter().flat_map(|record| pictures(&record.bytes));
    let picture = all.nth(wanted.nth);
    let picture = picture.ok_or("its bytes do not stand in the log")?;
    match &picture.held {
        Held::Bytes(bytes) => {
            run(env, launch::picture(env, bytes))?;
            Ok(format!("opened {} of {} bytes", picture.mime, bytes.len()))
        }
        Held::File(path) => open_file(env, path),
    }
}

/// Opens a picture in a file that a log names, if it is one.
pub fn open_file(env: &Env, path: &Path) -> Result<String, String> {
    run(env, launch::picture_file(env, path))?;
    Ok(format!("opened {}", path.display()))
}

fn run(env: &Env, plan: Result<Plan, Refusal>) -> Result<(), String> {
    let ran = plan.and_then(|plan| plan.run(env).map(drop));
    ran.map_err(|refusal| refusal.said().to_string())
}

fn said(error: io::Error) -> String {
    error.to_string()
}
