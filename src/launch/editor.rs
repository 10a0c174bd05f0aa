//! Reading elsewhere: a log or a text in the user's editor or pager.
//!
//! What is handed over is a copy of ours, clean of everything that could act, in a folder that only the user can enter. So
//! the agent's own file cannot be changed by a slip, and no editor meets an escape sequence. The user's variables are
//! split into words as a shell would, and no shell runs.

use std::fs;
use std::io::{self, BufRead, BufReader, BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};

use super::{Act, Ask, Plan, Refusal, copies};
use crate::env::{Env, OwnDir};
use crate::sources::Launch;
use crate::text::Clean;

/// A longer log is read here, not copied.
const LONGEST: u64 = 256 << 20;
/// So much of a line is cleaned at once.
const PIECE: u64 = 32 << 20;
/// How files begin that are no text: databases and what is compressed.
const NO_TEXT: [(&[u8], &str); 3] = [
    (b"SQLite format 3\0", "a database"),
    (&[0x28, 0xb5, 0x2f, 0xfd], "compressed"),
    (&[0x1f, 0x8b], "compressed"),
];

/// A place in a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum At {
    /// From 1.
    Line(u64),
    /// An offset, as messages carry it.
    Byte(u64),
}

/// A file of ours that another program reads. Dropped, it is gone.
#[derive(Debug)]
pub(super) struct Copy {
    path: PathBuf,
}

impl Drop for Copy {
    fn drop(&mut self) {
        // What stays goes with the next copy that is made a day later.
        let _ = fs::remove_file(&self.path);
    }
}

/// A copy of the session's log, in the editor.
pub(super) fn log(env: &Env, ask: &Ask<'_>) -> Result<Plan, Refusal> {
    let session = ask.session;
    let path = &session.unit.path;
    let no_text = |why: String| Refusal::NoText {
        path: path.to_path_buf(),
        why,
        id: session.id.to_string(),
    };
    let file = env.files.open(path).map_err(|e| no_text(e.to_string()))?;
    let len = file.metadata().map_or(0, |meta| meta.len());
    if len > LONGEST {
        return Err(no_text("too long for an editor".to_owned()));
    }
    let mut log = BufReader::new(file);
    let start = log.fill_buf().map_err(|e| no_text(e.to_string()))?;
    if let Some((_, what)) = NO_TEXT.iter().find(|(mark, _)| start.starts_with(mark)) {
        return Err(no_text(format!("{what}, not text")));
    }
    let plain = |e: &&str| e.len() <= 8 && e.bytes().all(|b| b.is_ascii_alphanumeric());
    let extension = path.extension().and_then(|e| e.to_str()).filter(plain);
    let mut line = match ask.at {
        Some(At::Line(line)) => Some(line),
        _ => None,
    };
    let copy = copied(env, extension.unwrap_or("txt"), &mut |out| {
        let (mut offset, mut number, mut bytes) = (0, 1, Vec::new());
        loop {
            bytes.clear();
            let read = log.by_ref().take(PIECE).read_until(b'\n', &mut bytes)?;
            if read == 0 {
                return Ok(());
            }
            offset += read as u64;
            if let Some(At::Byte(at)) = ask.at
                && line.is_none()
                && at < offset
            {
                line = Some(number);
            }
            number += u64::from(bytes.ends_with(b"\n"));
            let text = String::from_utf8_lossy(&bytes);
            out.write_all(Clean::of(&text).as_str().as_bytes())?;
        }
    });
    let copy = copy.map_err(|error| Refusal::Unreadable {
        path: path.to_path_buf(),
        why: error.to_string(),
    })?;
    let mut plan = with(env, Tool::Editor, &copy.path, line)?;
    plan.copy = Some(copy);
    Ok(plan)
}

/// A text of ours in the pager. `extension` tells the pager what it is, such as `md`.
pub fn page(env: &Env, text: &Clean, extension: &str, line: Option<u64>) -> Result<Plan, Refusal> {
    let write = &mut |out: &mut dyn Write| out.write_all(text.as_str().as_bytes());
    let copy = copied(env, extension, write).map_err(|error| Refusal::Unreadable {
        path: env.own_dir(OwnDir::State),
        why: error.to_string(),
    })?;
    let mut plan = with(env, Tool::Pager, &copy.path, line)?;
    plan.copy = Some(copy);
    Ok(plan)
}

/// The user's own file in the editor, to be changed there: never a log.
pub fn edit(env: &Env, path: &Path, line: Option<u64>) -> Result<Plan, Refusal> {
    let unreadable = |why: &str| Refusal::Unreadable {
        path: path.to_path_buf(),
        why: why.to_owned(),
    };
    if !path.is_absolute() {
        return Err(unreadable("not a whole path"));
    }
    let whole = fs::canonicalize(path).map_err(|error| unreadable(&error.to_string()))?;
    if !whole.is_file() {
        return Err(unreadable("not a file"));
    }
    with(env, Tool::Editor, &whole, line)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tool {
    Editor,
    Pager,
}

/// How a program is told the line to stand at.
enum Stand {
    /// `+12 file`
    Plus,
    /// `file:12`
    Behind,
    /// `--goto file:12`
    Goto,
}

fn stand(program: &str) -> Option<Stand> {
    let name = Path::new(program).file_name()?.to_str()?;
    Some(match name {
        "vi" | "vim" | "nvim" | "view" | "vis" | "nano" | "pico" | "emacs" | "emacsclient"
        | "kak" | "mg" | "joe" | "ne" | "micro" | "less" | "more" | "most" => Stand::Plus,
        "hx" | "helix" | "subl" | "zed" => Stand::Behind,
        "code" | "code-insiders" | "codium" | "vscodium" => Stand::Goto,
        _ => return None,
    })
}

fn with(env: &Env, tool: Tool, file: &Path, line: Option<u64>) -> Result<Plan, Refusal> {
    let (variables, usual, both) = match tool {
        Tool::Editor => (&["VISUAL", "EDITOR"][..], &["vi"][..], "VISUAL nor EDITOR"),
        Tool::Pager => (&["PAGER"][..], &["less", "more"][..], "PAGER nor less"),
    };
    let mut set = variables
        .iter()
        .filter_map(|name| Some((*name, env.var(name)?)));
    let words = match set.next() {
        Some((variable, text)) => {
            let odd = |why| Refusal::OddVariable { variable, why };
            let words = shell_words::split(text).map_err(|_| odd("a quote in it is not closed"))?;
            match words.first() {
                Some(_) => words,
                None => return Err(odd("no program stands in it")),
            }
        }
        None => {
            let found = usual.iter().find(|name| env.program(name).is_some());
            let found = found.ok_or(Refusal::NoProgram(both))?;
            vec![(*found).to_owned()]
        }
    };
    let Some((program, args)) = words.split_first() else {
        return Err(Refusal::NoProgram(both));
    };
    let name = file.to_str().ok_or(Refusal::Unprintable)?;
    let mut args = args.to_vec();
    match (line, stand(program)) {
        (Some(line), Some(Stand::Plus)) => args.extend([format!("+{line}"), name.to_owned()]),
        (Some(line), Some(Stand::Behind)) => args.push(format!("{name}:{line}")),
        (Some(line), Some(Stand::Goto)) => {
            args.extend(["--goto".to_owned(), format!("{name}:{line}")]);
        }
        _ => args.push(name.to_owned()),
    }
    let launch = Launch::new(program, args, None);
    let setting = variables.first().copied().unwrap_or_default();
    let mut plan = Plan::new(env, Act::Editor, launch, setting)?;
    if tool == Tool::Pager {
        // With it, less starts no other program and writes no file.
        plan.call.vars.push(("LESSSECURE", "1"));
    }
    Ok(plan)
}

/// A new file in a folder of ours, which nobody else can read or guess.
fn copied(
    env: &Env,
    extension: &str,
    write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
) -> io::Result<Copy> {
    let (path, file) = copies::fresh(env, OwnDir::State, "open", extension)?;
    // From here on a failure takes the file with it.
    let copy = Copy { path };
    let mut out = BufWriter::new(file);
    write(&mut out)?;
    out.flush()?;
    Ok(copy)
}
