//! The words of a command as a query.

use super::{Failure, Streams, warn};
use crate::env::Env;
use crate::query::{Context, ProblemKind, Query};

/// A query whose every value was understood; on the screen a wrong value is shown and ignored, here it stops.
pub fn query(
    env: &Env,
    words: &[String],
    context: &Context,
    streams: &mut Streams<'_>,
) -> Result<Query, Failure> {
    asked(env, words, context, None, streams)
}

/// The same for who reads the conversations to answer.
pub fn query_of_said(
    env: &Env,
    words: &[String],
    context: &Context,
    streams: &mut Streams<'_>,
) -> Result<Query, Failure> {
    asked(env, words, context, Some(ProblemKind::Elsewhere), streams)
}

fn asked(
    env: &Env,
    words: &[String],
    context: &Context,
    no_problem: Option<ProblemKind>,
    streams: &mut Streams<'_>,
) -> Result<Query, Failure> {
    let query = Query::parse(&words.join(" "), context);
    // A script knows what it asked; a person may have meant something else.
    for hint in query.problems().iter().filter(|p| !p.is_wrong()) {
        if env.terminal.stderr_tty {
            warn(streams, &format!("{}: {}", hint.clause, hint.reason))?;
        }
    }
    let mut problems = query
        .problems()
        .iter()
        .filter(|p| Some(p.kind) != no_problem);
    match problems.find(|p| p.is_wrong()) {
        Some(problem) => Err(Failure::Usage(format!(
            "{}: {}",
            problem.clause, problem.reason
        ))),
        None => Ok(query),
    }
}
