//! `backscroll trash`: what was deleted, back where it was or gone for good.

use clap::Subcommand;
use serde::Serialize;

use super::args::Shared;
use super::json::{self, SCHEMA};
use super::table::{Column, heading, line_width, plain, table_within};
use super::{Failure, Streams, warn};
use crate::env::Env;
use crate::exit;
use crate::text::{Clean, count, counted, short_count};
use crate::trash::{self, Item};
use crate::tui::is_ascii;

#[derive(Subcommand, Clone, Debug)]
pub enum TrashCommand {
    /// What lies in the trash, the newest first
    List,
    /// Put sessions back where they were, as they were
    Restore {
        /// Sessions, by their ids or as the list names them
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Remove for good what was deleted long ago
    Purge {
        /// How long ago: 30d, 12h, 2w
        #[arg(long, value_name = "AGE", default_value = "30d")]
        older_than: String,
        /// Do it
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TrashOut {
    schema_version: u32,
    action: &'static str,
    items: Vec<ItemOut>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemOut {
    item: String,
    /// `source:id`.
    session: String,
    title: Option<String>,
    project_name: Option<String>,
    deleted_at: String,
    bytes: u64,
    files: usize,
}

impl ItemOut {
    fn new(item: &Item) -> ItemOut {
        let clean = |text: &str| Clean::line(text).to_string();
        ItemOut {
            item: clean(&item.name),
            session: clean(item.session()),
            title: item.title().map(clean),
            project_name: item.project().map(clean),
            deleted_at: format!("{:.3}", item.deleted()),
            bytes: item.bytes(),
            files: item.files(),
        }
    }
}

/// Goes on with what an earlier run left half done, and says so.
pub fn tidy(env: &Env, streams: &mut Streams<'_>) -> Result<(), Failure> {
    for line in trash::recover(env)? {
        warn(streams, &line)?;
    }
    Ok(())
}

pub fn sessions(n: usize) -> String {
    counted(n, "session")
}

/// `812 B`, `41.2 MB`
pub fn size(bytes: u64) -> String {
    let short = short_count(bytes);
    let digits = short.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = short.get(digits.len()..).unwrap_or_default();
    format!("{digits} {unit}B")
}

pub fn run(
    env: &Env,
    shared: &Shared,
    command: &TrashCommand,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    tidy(env, streams)?;
    let (items, wrong) = trash::list(env)?;
    for line in &wrong {
        warn(streams, line)?;
    }
    match command {
        TrashCommand::List => list(env, shared, &items, streams),
        TrashCommand::Restore { ids } => restore(env, shared, &items, ids, streams),
        TrashCommand::Purge { older_than, yes } => {
            purge(env, shared, &items, older_than, *yes, streams)
        }
    }
}

const COLUMNS: &[Column] = &[
    Column::new("Item", 10),
    Column::new("Deleted", 10),
    Column::new("Session", 14),
    Column::new("Title", 18),
    Column::new("Files", 5).right(),
    Column::new("Size", 6).right(),
];

fn list(
    env: &Env,
    shared: &Shared,
    items: &[Item],
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let code = if items.is_empty() {
        exit::NOTHING
    } else {
        exit::DONE
    };
    if shared.json {
        write_items("list", items.iter(), streams)?;
        return Ok(code);
    }
    let cells = |item: &Item| -> Vec<Clean> {
        let deleted = env
            .locale
            .minute(&item.deleted().to_zoned(env.zone.clone()));
        vec![
            Clean::line(&item.name),
            deleted.into(),
            Clean::line(item.session()),
            item.title()
                .map_or_else(|| "-".into(), |title| Clean::line(title).cut(40)),
            count(item.files() as u64).into(),
            size(item.bytes()).into(),
        ]
    };
    if items.is_empty() {
        writeln!(streams.out, "The trash is empty")?;
    } else if shared.plain {
        for item in items {
            let names = COLUMNS.iter().map(|column| column.title);
            let pairs: Vec<(&str, Clean)> = names.zip(cells(item)).collect();
            writeln!(streams.out, "{}", plain(&pairs))?;
        }
    } else {
        let ascii = is_ascii(env, shared.ascii);
        write!(streams.out, "{}", heading("", &"Trash".into(), ascii))?;
        let rows = items.iter().map(cells).collect();
        let fitted = table_within(COLUMNS, rows, ascii, line_width(env));
        write!(streams.out, "{fitted}")?;
        writeln!(streams.out, "Back with: backscroll trash restore ID")?;
    }
    Ok(code)
}

fn write_items<'i>(
    action: &'static str,
    items: impl Iterator<Item = &'i Item>,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    let out = TrashOut {
        schema_version: SCHEMA,
        action,
        items: items.map(ItemOut::new).collect(),
    };
    json::write(streams.out, &out)
}

/// The item that is meant by its name, or by its session's id or the start of one. Of one session deleted twice that is
/// what was deleted last.
fn item<'i>(items: &'i [Item], text: &str) -> Result<&'i Item, Failure> {
    let native = |item: &Item| {
        item.session()
            .split_once(':')
            .map_or("", |(_, native)| native)
            .to_owned()
    };
    let exact = |item: &&Item| item.name == text || item.session() == text || native(item) == text;
    if let Some(item) = items.iter().find(exact) {
        return Ok(item);
    }
    let start = |item: &&Item| native(item).starts_with(text) || item.session().starts_with(text);
    let found: Vec<&Item> = items
        .iter()
        .filter(start)
        .filter(|_| text.len() >= 4)
        .collect();
    match found.split_first() {
        None => Err(Failure::Nothing(format!(
            "'{text}' is not in the trash; see: backscroll trash list"
        ))),
        Some((first, others))
            if others
                .iter()
                .all(|other| other.session() == first.session()) =>
        {
            Ok(first)
        }
        Some(_) => Err(Failure::Usage(format!(
            "'{text}' could be any of {} sessions in the trash; give more of the id",
            found.len()
        ))),
    }
}

fn restore(
    env: &Env,
    shared: &Shared,
    items: &[Item],
    ids: &[String],
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let mut chosen: Vec<&Item> = Vec::new();
    for id in ids {
        let item = item(items, id)?;
        if chosen.iter().all(|known| known.name != item.name) {
            chosen.push(item);
        }
    }
    let mut done = Vec::new();
    for (at, item) in chosen.iter().enumerate() {
        match trash::restore(env, &item.name) {
            Ok((item, notes)) => {
                for note in notes {
                    warn(streams, &note)?;
                }
                done.push(item);
            }
            Err(why) => {
                let before = match at {
                    0 => String::new(),
                    n => format!("; before it {} came back", sessions(n)),
                };
                return Err(Failure::Usage(format!("{}: {why}{before}", item.session())));
            }
        }
    }
    if shared.json {
        write_items("restore", done.iter(), streams)?;
        return Ok(exit::DONE);
    }
    let line = match done.as_slice() {
        [item] => match item.title() {
            Some(title) => format!("Put back {} ({title})", item.session()),
            None => format!("Put back {}", item.session()),
        },
        all => format!("Put back {}", sessions(all.len())),
    };
    writeln!(streams.out, "{}", Clean::line(&line))?;
    Ok(exit::DONE)
}

fn purge(
    env: &Env,
    shared: &Shared,
    items: &[Item],
    older_than: &str,
    yes: bool,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let age = seconds(older_than).ok_or_else(|| {
        Failure::Usage(format!(
            "--older-than {older_than}: no age; give one such as 30d, 12h or 2w"
        ))
    })?;
    let now = env.now().as_second();
    let is_old = |item: &&Item| now.saturating_sub(item.deleted().as_second()) >= age;
    let old: Vec<&Item> = items.iter().filter(is_old).collect();
    let bytes: u64 = old.iter().map(|item| item.bytes()).sum();
    let what = format!(
        "{} deleted {older_than} ago or earlier, {}",
        sessions(old.len()),
        size(bytes)
    );
    if old.is_empty() {
        return Err(Failure::Nothing(format!(
            "nothing in the trash was deleted {older_than} ago or earlier"
        )));
    }
    if !yes {
        return Err(Failure::Usage(format!(
            "this would remove {what}, for good; to do it add --yes"
        )));
    }
    let names: Vec<&str> = old.iter().map(|item| item.name.as_str()).collect();
    let gone = trash::purge(env, &names)?;
    if shared.json {
        write_items("purge", gone.iter(), streams)?;
    } else {
        writeln!(streams.out, "Removed for good: {what}")?;
    }
    Ok(exit::DONE)
}

/// `30d`, `12h`, `2w` in seconds.
fn seconds(age: &str) -> Option<i64> {
    let digits = age.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match age.get(digits.len()..)? {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return None,
    };
    digits.parse::<u32>().ok().map(|n| i64::from(n) * unit)
}
