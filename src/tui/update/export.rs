//! Exporting: a form says where to and what goes along, and what was found in it is asked about before it is written.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::app::App;
use super::super::dialog::{Answer, Dialog, Item};
use super::super::form::{Field, Form, Purpose};
use super::super::keys::Action;
use super::super::msg::{Effect, Effects};
use super::super::palette::{Does, Entry, Palette};
use super::super::tasks::{Export, Task, Unwritten, Written};
use super::super::toasts::{About, Weight};
use super::settings;
use crate::config::edit::New;
use crate::export::{FORMATS, Format, Holds, PARTS, PartCard, Parts, name, short_id};
use crate::model::{Row, SessionId};
use crate::redact::{Found, Secrets, Seen};
use crate::text::{Clean, count, short_dir};

/// Where many sessions go if nothing else is said.
const FOLDER: &str = "backscroll-export";
/// Letters that are shown on each side of a secret, and of a title.
const CONTEXT: usize = 20;
const TITLE: usize = 60;
/// The first line of the form.
const TO: &str = "to";
/// Its last lines.
const REDACT: &str = "redact";
const ANONYMOUS: &str = "anonymous";
/// What the user says is no secret.
const ALLOWED: &str = "redact.allow";

/// The form for a format, by its place among them.
pub fn open(app: &mut App, nth: usize) {
    let Some(card) = FORMATS.get(nth) else { return };
    let rows = rows(app, card.holds);
    fill(app, nth, rows);
}

/// The same for these sessions.
pub fn fill(app: &mut App, nth: usize, rows: Vec<Arc<Row>>) {
    let Some(card) = FORMATS.get(nth) else { return };
    let Some(first) = rows.first() else {
        return app.refuse("no session to export");
    };
    let day = app.now.to_zoned(app.look.zone.clone()).date();
    let file = match (rows.len(), card.holds) {
        (1, _) => name::short(&first.session, card.format),
        (_, Holds::Session) => FOLDER.to_owned(),
        _ => name::many(day, card.format),
    };
    let off = app.prefs.left_out.get(card.name);
    let mut parts = card.parts;
    for part in PARTS {
        if let Some(off) = off {
            (part.set)(&mut parts, off.iter().all(|name| name != part.name));
        }
    }
    let to = format!("./{file}");
    app.form = Some(form(
        app,
        card.format,
        &to,
        &parts,
        [false, false],
        (rows, None),
    ));
}

/// Sessions, and what was said before of secrets in these parts of them.
type Of = (Vec<Arc<Row>>, Option<(Parts, Secrets)>);

fn form(
    app: &App,
    format: Format,
    to: &str,
    parts: &Parts,
    [is_redacted, is_anonymous]: [bool; 2],
    (rows, said): Of,
) -> Form {
    let card = format.card();
    let mut fields = vec![Field::text(TO, to)];
    if card.holds != Holds::Rows {
        let switch = |part: &PartCard| Field::switch(part.name, (part.get)(parts), part.help);
        fields.extend(PARTS.iter().map(switch));
    }
    let redacts = "secrets are replaced without asking";
    fields.push(Field::switch(REDACT, is_redacted, redacts));
    let hides = "names, addresses, home and host are replaced too";
    fields.push(Field::switch(ANONYMOUS, is_anonymous, hides));
    let is_listed = rows.iter().all(|row| app.list.chosen.contains(row.id()));
    let of = match (rows.len(), app.out_of_view()) {
        (1, _) => String::new(),
        (many, out @ 1..) if is_listed => format!(" of {many} sessions, {out} out of view"),
        (many, _) => format!(" of {many} sessions"),
    };
    let nth = FORMATS.iter().position(|card| card.format == format);
    let title = nth.and_then(|nth| Action::Export.labels().get(nth));
    Form {
        title: format!("{}{of}", title.unwrap_or(&card.name)),
        note: None,
        fields,
        cursor: 0,
        purpose: Purpose::Export(format, rows, said),
    }
}

/// It was not written for want of a place: the form is there again, with another one.
fn again(app: &mut App, export: Export, why: &Clean) {
    let to = shown(app, &export.target);
    let replaces = export.secrets == Some(Secrets::Replace);
    let on = [replaces && !export.is_anonymous, export.is_anonymous];
    let said = export.secrets.map(|secrets| (export.parts, secrets));
    let mut form = form(
        app,
        export.format,
        &to,
        &export.parts,
        on,
        (export.rows, said),
    );
    form.note = Some(why.clone());
    app.fill(form);
}

/// What is chosen; of a format that holds figures only, all that is listed.
fn rows(app: &App, holds: Holds) -> Vec<Arc<Row>> {
    if holds == Holds::Rows && app.list.chosen.is_empty() {
        return super::select::rows(app).cloned().collect();
    }
    app.targets()
}

/// The form is filled in.
pub fn filled(app: &mut App, form: &Form, effects: &mut Effects) {
    let Purpose::Export(format, rows, said) = form.purpose.clone();
    let card = format.card();
    let mut parts = card.parts;
    let mut off = Vec::new();
    for part in PARTS.iter().filter(|_| card.holds != Holds::Rows) {
        let on = form.is_on(part.name);
        (part.set)(&mut parts, on);
        if !on {
            off.push(part.name.to_owned());
        }
    }
    if card.holds != Holds::Rows {
        app.prefs.left_out.insert(card.name.to_owned(), off);
        effects.push(Effect::Remember(app.prefs.clone()));
    }
    let target = place(app, form.text(TO));
    // What is gone from disk is here still.
    let gone = app.reader.as_ref().filter(|reader| reader.gone);
    let talk = gone.and_then(|reader| Some(reader.document.as_ref()?.conversation().clone()));
    let export = Export {
        talk,
        is_folder: rows.len() > 1 && card.holds == Holds::Session,
        rows,
        format,
        parts,
        target,
        is_anonymous: form.is_on(ANONYMOUS),
        secrets: match said {
            // Whoever asks for the one asks for the other too.
            _ if form.is_on(ANONYMOUS) || form.is_on(REDACT) => Some(Secrets::Replace),
            Some((known, Secrets::Keep)) if known == parts => Some(Secrets::Keep),
            _ => None,
        },
    };
    send(app, export, effects);
}

/// A path as it was typed, from where the program was started.
fn place(app: &App, typed: &str) -> PathBuf {
    let typed = typed.trim();
    match typed.strip_prefix("~/") {
        Some(rest) => app.home.join(rest),
        None => app.folder.join(typed.strip_prefix("./").unwrap_or(typed)),
    }
}

/// Has it written, and says so until it is.
pub fn send(app: &mut App, export: Export, effects: &mut Effects) {
    app.exporting += 1;
    let line = match export.secrets {
        None => "looking for secrets, then writing",
        Some(_) => "writing",
    };
    app.tell_of(About::Export, line.into(), Weight::Progress);
    effects.push(Effect::Do(Task::Export(export)));
}

/// There are secrets in it, and nobody said what is to become of them.
pub fn ask(app: &mut App, export: Export, found: &Found, seen: &[(SessionId, Seen)]) {
    app.exporting = app.exporting.saturating_sub(1);
    app.toasts.dismiss();
    let mut lines = vec![Clean::from(format!("Secrets found: {found}."))];
    let more = found.total().saturating_sub(seen.len());
    if more > 0 {
        lines.push(Clean::from(format!(
            "The first {} of them, and {more} more:",
            seen.len()
        )));
    }
    let items = items(app, seen, export.rows.len() > 1);
    let with = |secrets| {
        Answer::Do(Box::new(Task::Export(Export {
            secrets: Some(secrets),
            ..export.clone()
        })))
    };
    // Without secrets is safe, so Enter does that.
    let mut dialog = Dialog::new("Secrets in the export", lines, "Write nothing")
        .or("Replace them", with(Secrets::Replace))
        .or("Write as is", with(Secrets::Keep))
        .about(items);
    if !seen.is_empty() {
        let seen = seen.iter().map(|(_, one)| one.clone()).collect();
        dialog = dialog.or("Allow one ...", Answer::Allow(Box::new(export), seen));
    }
    dialog.cursor = 1;
    app.ask(dialog);
}

/// Each place where something was found, with what stands around it, below the session that it is in.
pub fn items(app: &App, seen: &[(SessionId, Seen)], is_named: bool) -> Vec<Item> {
    let mut items = Vec::new();
    let mut named = None;
    for (id, one) in seen {
        if is_named && named != Some(id) {
            named = Some(id);
            items.push(Item {
                is_heading: true,
                text: called(app, id),
            });
        }
        let text = format!(
            "{}  {} [{}] {}  ({})",
            one.rule,
            one.before.cut(CONTEXT),
            one.preview,
            one.after.cut(CONTEXT),
            one.fingerprint
        );
        items.push(Item {
            is_heading: false,
            text: Clean::line(&text),
        });
    }
    items
}

/// How a person knows a session: by its title, else by its number.
pub fn called(app: &App, id: &SessionId) -> Clean {
    let row = app.index.row(id);
    let title = row.and_then(|row| row.session.title.as_ref());
    match title.filter(|title| !title.text.is_empty()) {
        Some(title) => Clean::line(app.look.shown_title(&title.shown()).cut(TITLE).as_str()),
        None => Clean::line(&short_id(id)),
    }
}

/// What was found, each once, to say of one that it is no secret.
pub fn offer(app: &mut App, export: &Export, seen: &[Seen]) {
    let mut known = BTreeSet::new();
    let new = seen
        .iter()
        .filter(|one| known.insert(one.fingerprint.clone()));
    let entry = |one: &Seen| Entry {
        label: Clean::line(&format!(
            "{}  {}  {}[..]{}",
            one.rule,
            one.preview,
            one.before.cut(14),
            one.after.cut(14)
        )),
        name: one.fingerprint.clone(),
        note: Clean::line(&one.fingerprint),
        does: Does::Allow(Box::new(export.clone()), one.fingerprint.clone()),
        ..Entry::default()
    };
    let entries = new.map(entry).collect();
    app.palette = Some(Palette::list("No secret, here and from now on", entries));
}

/// Writes the number of a value into the settings, and looks again at what is to be exported.
pub fn allow(app: &mut App, export: Export, number: String, effects: &mut Effects) {
    let mut allowed = app.manner.settings.allowed();
    if !allowed.contains(&number) {
        allowed.push(number.clone());
    }
    let path = short_dir(&app.manner.settings.path, &app.home);
    let line = format!("{ALLOWED} has {number} too, in {path}; take it out there to undo that");
    let line = Some(Clean::line(&line));
    settings::write_and_say(app, ALLOWED, New::Items(allowed), line, effects);
    send(app, export, effects);
}

/// It is written, or not.
pub fn written(app: &mut App, done: Result<Written, Unwritten>) {
    app.exporting = app.exporting.saturating_sub(1);
    let done = match done {
        Ok(done) => done,
        Err(Unwritten { why, again: other }) => {
            let line = Clean::line(&format!("not exported: {why}"));
            // Whoever does something else by now is not disturbed, and finds it said there later.
            match other.filter(|_| super::scope(app).is_pane()) {
                Some(export) => {
                    app.tell_of(About::Export, line, Weight::Warning);
                    again(app, *export, &Clean::line(&why));
                }
                None => app.tell_of(About::Export, line, Weight::Error),
            }
            return;
        }
    };
    let path = shown(app, &done.path);
    let changed = done.files.saturating_sub(done.unchanged);
    let mut line = match (changed, done.unchanged) {
        (0, _) => format!("unchanged: {path} holds all of it already"),
        (1, 0) => format!("wrote {} to {path}", size(done.bytes)),
        (n, unchanged) => {
            let files = if n == 1 { "file" } else { "files" };
            let rest = match unchanged {
                0 => String::new(),
                n => format!(", {} unchanged", count(n as u64)),
            };
            format!(
                "wrote {} {files}, {}, to {path}{rest}",
                count(n as u64),
                size(done.bytes)
            )
        }
    };
    let mut weight = Weight::Done;
    if !done.found.is_empty() {
        line.push_str(&match done.secrets {
            Secrets::Replace => format!("; replaced: {}", done.found),
            Secrets::Keep => format!("; with secrets: {}", done.found),
        });
        if done.secrets == Secrets::Keep {
            weight = Weight::Warning;
        }
    }
    let key = app.key(super::scope(app), Action::CopyExported);
    line.push_str(&format!(" ({key} copies the path)"));
    app.exported = Some(done.path);
    app.tell_of(About::Export, Clean::line(&line), weight);
    for problem in done.problems.iter().take(2) {
        app.tell(Clean::line(problem), Weight::Warning);
    }
}

fn shown(app: &App, path: &Path) -> String {
    match path.strip_prefix(&app.folder) {
        Ok(below) => format!("./{}", below.display()),
        Err(_) => short_dir(path, &app.home),
    }
}

/// Bytes as people say them.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => {
            let tenths = bytes.div_ceil(100_000);
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}
