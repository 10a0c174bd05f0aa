//! Asking a person before something that cannot be taken back.

use std::io::{BufRead, Read as _};

use super::{Failure, Streams};
use crate::env::Env;
use crate::text::Clean;

/// A longer answer is none.
const ANSWER: u64 = 1 << 10;

/// Whether a person says yes to the question. Where nobody can be asked it is refused, with what to type instead.
pub fn confirm(
    env: &Env,
    question: &str,
    instead: &str,
    streams: &mut Streams<'_>,
) -> Result<bool, Failure> {
    if !env.terminal.stdin_tty || !env.terminal.stderr_tty {
        let line = format!("nobody is here to be asked: {question} To say yes to it, {instead}");
        return Err(Failure::Usage(line));
    }
    write!(streams.err, "{} [y/N] ", Clean::line(question))?;
    streams.err.flush()?;
    let mut answer = String::new();
    std::io::stdin()
        .lock()
        .take(ANSWER)
        .read_line(&mut answer)?;
    let answer = answer.trim();
    Ok(answer.eq_ignore_ascii_case("y") || answer.eq_ignore_ascii_case("yes"))
}
