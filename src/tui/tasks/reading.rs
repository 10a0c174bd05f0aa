//! Reading a log again for what the screen does not hold: the lines of a message, and the bytes of a picture.

use std::io;
use std::sync::Arc;

use crate::env::Env;
use crate::ingest::raw::{self, RawLine, Sought};
use crate::launch;
use crate::model::{Conversation, Message, Part, Role, Session};
use crate::render::record::pretty;
use crate::sources::pictures::pictures;
use crate::text::Raw;

/// More of one line is left to the editor.
const LONGEST: usize = 256 << 10;
/// What stands behind a line that is longer.
const NO_LINES: &str = "its log does not consist of lines; this is what was read of it";

/// The lines of a message as they stand in its log, each set out as JSON with the place where it begins.
pub fn lines(env: &Env, session: &Session, sought: &Sought) -> Result<Arc<str>, String> {
    let found = raw::lines(env, session, sought).map_err(said)?;
    let found = found.ok_or(NO_LINES)?;
    let path = session.unit.path.display();
    let texts = found
        .iter()
        .map(|line| format!("// {path}, byte {}\n{}", line.at, shown(line)));
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
            json: Raw::from(shown(line)),
        });
        Arc::new(message)
    };
    Ok(Arc::new(Conversation {
        id: session.id.clone(),
        messages: (1..).zip(&found).map(message).collect(),
        odd: 0,
    }))
}

fn shown(line: &RawLine) -> String {
    let bytes = line.bytes.get(..LONGEST).unwrap_or(&line.bytes);
    let text = String::from_utf8_lossy(bytes);
    let mut text = pretty(text.trim_end());
    let left = line.bytes.len() - bytes.len();
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
    let found = raw::lines(env, session, &wanted.sought).map_err(said)?;
    let lines = found.ok_or("its log does not keep pictures in lines")?;
    let mut all = lines.iter().flat_map(|line| pictures(&line.bytes));
    let picture = all.nth(wanted.nth);
    let picture = picture.ok_or("its bytes do not stand in the log")?;
    let plan =
        launch::picture(env, &picture.bytes).map_err(|refusal| refusal.said().to_string())?;
    plan.run(env)
        .map_err(|refusal| refusal.said().to_string())?;
    Ok(format!(
        "opened {} of {} bytes",
        picture.mime,
        picture.bytes.len()
    ))
}

fn said(error: io::Error) -> String {
    error.to_string()
}
