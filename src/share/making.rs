//! The file that is shared: an export like any other.

use std::sync::Arc;

use super::Made;
use crate::env::Env;
use crate::export::job::Job;
use crate::export::{self, Format, job, name};
use crate::model::{Row, Tariff};
use crate::redact::Secrets;

/// How the file is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Making {
    pub format: Format,
    pub secrets: Secrets,
    /// Traces of the person and the machine are replaced too.
    pub is_anonymous: bool,
}

/// Makes the file of a session, with secrets replaced or kept.
///
/// # Errors
/// One line: its log cannot be read, or it is too large.
pub fn make(
    env: &Env,
    tariff: &Arc<dyn Tariff>,
    row: &Arc<Row>,
    making: Making,
) -> Result<Made, String> {
    let card = making.format.card();
    let is_redacted = making.secrets == Secrets::Replace;
    let mut parts = card.parts;
    parts.counts = is_redacted;
    let job = Job {
        env,
        format: making.format,
        parts,
        secrets: making.secrets,
        talk: None,
        anonymizer: making
            .is_anonymous
            .then(|| Arc::new(export::anonymizer(env))),
        tariff: tariff.clone(),
    };
    let (bytes, done) = job::together(&job, std::slice::from_ref(row))?;
    let found = done.found.iter().map(|(rule, n)| (rule.to_owned(), n));
    Ok(Made {
        name: name::short(&row.session, making.format),
        bytes,
        format: card.name,
        messages: usize::try_from(row.session.messages()).unwrap_or(0),
        secrets: found.collect(),
        seen: done.seen,
        is_redacted,
        is_anonymous: making.is_anonymous,
    })
}
