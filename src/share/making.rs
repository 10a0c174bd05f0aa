//! The file that is shared: an export like any other.

use std::sync::Arc;

use super::Made;
use crate::env::Env;
use crate::export::job::Job;
use crate::export::{Format, job, name};
use crate::model::{Row, Tariff};
use crate::redact::Secrets;

/// Makes the file of a session, with secrets replaced or kept.
///
/// # Errors
/// One line: its log cannot be read, or it is too large.
pub fn make(
    env: &Env,
    tariff: &Arc<dyn Tariff>,
    row: &Arc<Row>,
    format: Format,
    secrets: Secrets,
) -> Result<Made, String> {
    let card = format.card();
    let is_redacted = secrets == Secrets::Replace;
    let mut parts = card.parts;
    parts.counts = is_redacted;
    let job = Job {
        env,
        format,
        parts,
        secrets,
        talk: None,
        anonymizer: None,
        tariff: tariff.clone(),
    };
    let (bytes, done) = job::together(&job, std::slice::from_ref(row))?;
    let found = done.found.iter().map(|(rule, n)| (rule.to_owned(), n));
    Ok(Made {
        name: name::short(&row.session, format),
        bytes,
        format: card.name,
        messages: usize::try_from(row.session.messages()).unwrap_or(0),
        secrets: found.collect(),
        is_redacted,
    })
}
