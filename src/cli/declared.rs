//! What a declaration matches and what it does not, as `doctor` shows it to whoever writes one.

use std::io::{self, Write};

use serde::Serialize;

use crate::env::Env;
use crate::ingest::Choice;
use crate::sources::declared::{Declared, Report};
use crate::text::{Clean, count, width};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MatchesOut {
    /// The file that declares it.
    path: String,
    source: &'static str,
    files: Vec<GlobOut>,
    /// What could not be read, and why.
    unread: Vec<String>,
    files_read: usize,
    lines: u64,
    broken_lines: u64,
    sessions: usize,
    prompts: u64,
    answers: u64,
    other_messages: u64,
    lines_with_tokens: u64,
    fields: Vec<FieldOut>,
    lines_without_role: u64,
    /// The fields of the first line without a role.
    fields_without_role: Vec<String>,
    unknown_roles: Vec<RoleOut>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GlobOut {
    pattern: &'static str,
    files: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FieldOut {
    name: String,
    ways: Vec<String>,
    lines: u64,
    example: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RoleOut {
    role: String,
    lines: u64,
}

/// Of each declared source that was asked for by name or by its file.
pub fn matches(env: &Env, choice: &Choice) -> Vec<MatchesOut> {
    use crate::sources::Source as _;
    let asked = |made: &&&'static Declared| choice.only.contains(&made.card().id);
    let made = choice.declared.iter().filter(asked);
    made.map(|made| out(made, made.examine(env))).collect()
}

fn out(made: &Declared, report: Report) -> MatchesOut {
    use crate::sources::Source as _;
    let glob = |(pattern, files)| GlobOut { pattern, files };
    let unread = |(path, why): (String, String)| Clean::line(&format!("{path}: {why}")).to_string();
    let words = |list: Vec<Clean>| list.iter().map(Clean::to_string).collect();
    MatchesOut {
        path: Clean::line(&made.path().to_string_lossy()).to_string(),
        source: made.card().id.0,
        files: report.globs.into_iter().map(glob).collect(),
        unread: report.unread.into_iter().map(unread).collect(),
        files_read: report.files,
        lines: report.lines,
        broken_lines: report.broken,
        sessions: report.sessions,
        prompts: report.prompts,
        answers: report.answers,
        other_messages: report.others,
        lines_with_tokens: report.spends,
        fields: report
            .fields
            .into_iter()
            .map(|field| FieldOut {
                name: field.name,
                ways: words(field.ways),
                lines: field.lines,
                example: field.example.map(|e| e.to_string()),
            })
            .collect(),
        lines_without_role: report.no_role.0,
        fields_without_role: words(report.no_role.1),
        unknown_roles: report
            .unknown_roles
            .into_iter()
            .map(|(role, lines)| RoleOut {
                role: role.to_string(),
                lines,
            })
            .collect(),
    }
}

/// `1 line`, `2 lines`.
fn so_many(n: u64, what: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {what}{s}", count(n))
}

/// A section for each.
pub fn text(
    out: &mut dyn Write,
    all: &[MatchesOut],
    near: &dyn Fn(&str) -> String,
) -> io::Result<()> {
    for one in all {
        writeln!(out, "\nWhat {} matches", near(&one.path))?;
        for glob in &one.files {
            let files = so_many(glob.files as u64, "file");
            writeln!(out, "  {:<34} {files}", Clean::line(glob.pattern))?;
        }
        let all_files: usize = one.files.iter().map(|glob| glob.files).sum();
        if one.files_read < all_files {
            writeln!(out, "  read {} of them for this", one.files_read)?;
        }
        for line in &one.unread {
            writeln!(out, "  not read: {line}")?;
        }
        let told = [
            so_many(one.lines, "line"),
            so_many(one.sessions as u64, "session"),
            so_many(one.prompts, "prompt"),
            so_many(one.answers, "answer"),
            format!("tokens in {}", so_many(one.lines_with_tokens, "line")),
        ];
        writeln!(out, "  {}", told.join(", "))?;
        fields(out, &one.fields)?;
        if one.lines_without_role > 0 {
            let lines = so_many(one.lines_without_role, "line");
            let names = one.fields_without_role.join(", ");
            writeln!(out, "  no role in {lines}; the first holds {names}")?;
        }
        for role in &one.unknown_roles {
            let lines = so_many(role.lines, "line");
            writeln!(
                out,
                "  not a known role in {lines}: {}; add it under [roles]",
                role.role
            )?;
        }
        if one.broken_lines > 0 {
            writeln!(
                out,
                "  no JSON object in {}",
                so_many(one.broken_lines, "line")
            )?;
        }
    }
    Ok(())
}

/// A row for each thing that a line can tell.
fn fields(out: &mut dyn Write, fields: &[FieldOut]) -> io::Result<()> {
    let ways = |field: &FieldOut| field.ways.join(", ");
    let widest = fields.iter().map(|field| width(&ways(field))).max();
    let widest = widest.unwrap_or(0).min(32);
    for field in fields {
        let ways = ways(field);
        let gap = " ".repeat(widest.saturating_sub(width(&ways)));
        let example = field.example.as_deref().unwrap_or_default();
        let lines = match field.lines {
            0 => "no line".to_owned(),
            n => so_many(n, "line"),
        };
        let row = format!("    {:<18} {ways}{gap}  {lines:<8} {example}", field.name);
        writeln!(out, "{}", row.trim_end())?;
    }
    Ok(())
}
