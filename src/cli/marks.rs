//! `backscroll star`, `tag`, `rename`, `note` and `hide`: what people note on sessions, from a script.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use super::args::Shared;
use super::json::{self, MarkOut, SCHEMA};
use super::{Failure, Streams, resolve};
use crate::env::Env;
use crate::exit;
use crate::marks::{Change, Marks};
use crate::model::{Row, SessionId};
use crate::text::{Clean, count, counted};

#[derive(clap::Args, Clone, Debug)]
pub struct Star {
    /// Ids of sessions, their short forms, or parts of 4 characters or more
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
    /// Take the star away
    #[arg(long, alias = "off")]
    pub remove: bool,
}

#[derive(clap::Args, Clone, Debug)]
pub struct Hide {
    /// Ids of sessions, their short forms, or parts of 4 characters or more
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
    /// List them again
    #[arg(long, alias = "off")]
    pub remove: bool,
}

#[derive(clap::Args, Clone, Debug)]
pub struct Tag {
    /// A session's id and tags for it; with --add or --remove, and where tags are written +auth, any number of ids
    #[arg(required = true, value_name = "ID|TAG")]
    pub words: Vec<String>,
    /// Give this tag
    #[arg(short, long, value_name = "TAG", value_delimiter = ',')]
    pub add: Vec<String>,
    /// Take this tag away
    #[arg(short, long, value_name = "TAG", value_delimiter = ',')]
    pub remove: Vec<String>,
}

#[derive(clap::Args, Clone, Debug)]
pub struct Rename {
    /// A session's id, its short form, or a part of 4 characters or more
    pub id: String,
    /// The name
    #[arg(required_unless_present = "remove", conflicts_with = "remove")]
    pub name: Vec<String>,
    /// Take the name away: the title of the log is shown again
    #[arg(long, alias = "clear")]
    pub remove: bool,
}

#[derive(clap::Args, Clone, Debug)]
pub struct Note {
    /// A session's id, its short form, or a part of 4 characters or more
    pub id: String,
    /// The note, in the place of the one that was there
    #[arg(required_unless_present = "remove", conflicts_with = "remove")]
    pub text: Vec<String>,
    /// Take the note away
    #[arg(long, alias = "clear")]
    pub remove: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Out {
    schema_version: u32,
    action: &'static str,
    sessions: Vec<MarkedOut>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MarkedOut {
    session_id: String,
    source: &'static str,
    /// Whether it was otherwise before.
    changed: bool,
    #[serde(flatten)]
    mark: MarkOut,
}

pub fn star(
    env: &Env,
    shared: &Shared,
    args: &Star,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let done = if args.remove {
        "Took the star from"
    } else {
        "Starred"
    };
    mark(
        env,
        shared,
        &args.ids,
        &Change::Star(!args.remove),
        "star",
        done,
        streams,
    )
}

pub fn hide(
    env: &Env,
    shared: &Shared,
    args: &Hide,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let done = if args.remove { "Lists again" } else { "Hid" };
    mark(
        env,
        shared,
        &args.ids,
        &Change::Hide(!args.remove),
        "hide",
        done,
        streams,
    )
}

pub fn rename(
    env: &Env,
    shared: &Shared,
    args: &Rename,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let ids = std::slice::from_ref(&args.id);
    let change = match args.remove {
        true => Change::Rename(None),
        false => Change::name(&args.name.join(" ")),
    };
    let done = match &change {
        Change::Rename(None) if !args.remove => return Err(empty("name")),
        Change::Rename(None) => "Took the name from",
        _ => "Renamed",
    };
    mark(env, shared, ids, &change, "rename", done, streams)
}

pub fn note(
    env: &Env,
    shared: &Shared,
    args: &Note,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let ids = std::slice::from_ref(&args.id);
    let change = match args.remove {
        true => Change::Note(None),
        false => Change::note(&args.text.join(" ")),
    };
    let done = match &change {
        Change::Note(None) if !args.remove => return Err(empty("note")),
        Change::Note(None) => "Took the note from",
        _ => "Noted on",
    };
    mark(env, shared, ids, &change, "note", done, streams)
}

fn empty(what: &str) -> Failure {
    Failure::Usage(format!(
        "the {what} is empty; give one, or --remove to take it away"
    ))
}

pub fn tag(
    env: &Env,
    shared: &Shared,
    args: &Tag,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let (ids, add) = ids_and_tags(args);
    let read = |tags: &[String]| -> Result<BTreeSet<crate::marks::Tag>, Failure> {
        let tags = tags.iter().map(|tag| crate::marks::Tag::new(tag));
        tags.collect::<Result<_, _>>().map_err(Failure::Usage)
    };
    let (add, remove) = (read(&add)?, read(&args.remove)?);
    if ids.is_empty() || add.is_empty() && remove.is_empty() {
        let line =
            "give a session and a tag, such as: backscroll tag ID auth, or tag ID --remove auth";
        return Err(Failure::Usage(line.to_owned()));
    }
    if let Some(tag) = add.intersection(&remove).next() {
        return Err(Failure::Usage(format!(
            "{}: given and taken away at once",
            tag.text()
        )));
    }
    let named = |tags: &BTreeSet<crate::marks::Tag>| {
        let names: Vec<&str> = tags.iter().map(crate::marks::Tag::as_str).collect();
        names.join(" ")
    };
    let done = match (add.is_empty(), remove.is_empty()) {
        (false, true) => format!("Tagged {} on", named(&add)),
        (true, _) => format!("Took the tag {} from", named(&remove)),
        (false, false) => format!("Tagged {}, took {} from", named(&add), named(&remove)),
    };
    let change = Change::Tag { add, remove };
    mark(env, shared, &ids, &change, "tag", &done, streams)
}

/// Words with a plus are tags. Without any, and without flags, the first word is a session and the others are its tags.
fn ids_and_tags(args: &Tag) -> (Vec<String>, Vec<String>) {
    let (plus, plain): (Vec<&String>, Vec<&String>) =
        args.words.iter().partition(|w| w.starts_with('+'));
    let owned = |words: &[&String]| words.iter().map(|word| (*word).clone()).collect::<Vec<_>>();
    let mut tags = args.add.clone();
    tags.extend(
        plus.iter()
            .filter_map(|word| word.strip_prefix('+'))
            .map(str::to_owned),
    );
    if !tags.is_empty() || !args.remove.is_empty() {
        return (owned(&plain), tags);
    }
    match plain.split_first() {
        Some((id, tags)) => (vec![(*id).clone()], owned(tags)),
        None => (Vec::new(), tags),
    }
}

/// Makes a change on all of these sessions, or on none of them.
fn mark(
    env: &Env,
    shared: &Shared,
    ids: &[String],
    change: &Change,
    action: &'static str,
    done: &str,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let mut loaded = super::load_rows(env, shared, streams)?;
    let mut rows: Vec<Arc<Row>> = Vec::new();
    for id in ids {
        let row = resolve::session(&loaded.index, id)?;
        if rows.iter().all(|known| known.id() != row.id()) {
            rows.push(row);
        }
    }
    let changes: Vec<(SessionId, Change)> = rows
        .iter()
        .map(|row| (row.id().clone(), change.clone()))
        .collect();
    let marks = Marks::save(env, &changes)?;
    loaded.index.set_marks(marks);
    let now = |row: &Arc<Row>| loaded.index.row(row.id()).unwrap_or(row).clone();
    if shared.json {
        let sessions = rows.iter().map(|row| MarkedOut {
            session_id: Clean::of(&row.id().native).to_string(),
            source: row.id().source.0,
            changed: now(row).mark != row.mark,
            mark: MarkOut::new(&now(row)),
        });
        let out = Out {
            schema_version: SCHEMA,
            action,
            sessions: sessions.collect(),
        };
        json::write(streams.out, &out)?;
        return Ok(exit::DONE);
    }
    let same = rows.iter().filter(|row| now(row).mark == row.mark).count();
    let mut line = format!(
        "{done} {}",
        named(&rows.iter().map(now).collect::<Vec<_>>())
    );
    match same {
        0 => {}
        _ if same == rows.len() => line.push_str(", as before"),
        _ => line.push_str(&format!(", {} of them as before", count(same as u64))),
    }
    writeln!(streams.out, "{}", Clean::line(&line))?;
    Ok(exit::DONE)
}

/// One session by its title, more by their number.
fn named(rows: &[Arc<Row>]) -> String {
    match rows {
        [row] => {
            let short = resolve::short_id(row);
            match &row.session.title {
                Some(title) => format!("{short} ({})", title.shown().cut(60)),
                None => short,
            }
        }
        rows => counted(rows.len(), "session"),
    }
}
