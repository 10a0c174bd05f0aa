//! Exporting: a form says where to and what goes along, and what was found in it is asked about before it is written.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::super::app::App;
use super::super::dialog::{Answer, Dialog};
use super::super::form::{Field, Form, Purpose};
use super::super::keys::Action;
use super::super::msg::{Effect, Effects, What};
use super::super::palette::{Does, Entry, Palette};
use super::super::tasks::{Export, Task, Written};
use super::super::toasts::{About, Weight};
use super::settings;
use crate::config::edit::New;
use crate::export::{FORMATS, Format, Holds, PARTS, name};
use crate::redact::{Found, Secrets, Seen};
use crate::text::{Clean, count, short_dir};

/// Where many sessions go if nothing else is said.
const FOLDER: &str = "backscroll-export";
/// Secrets that are shown before the rest is only counted.
const SHOWN: usize = 5;
/// The first line of the form.
const TO: &str = "to";
/// Its last line.
const ANONYMOUS: &str = "anonymous";
/// What the user says is no secret.
const ALLOWED: &str = "redact.allow";

/// The form for a format, by its place among them.
pub fn open(app: &mut App, nth: usize) {
    let Some(card) = FORMATS.get(nth) else { return };
    let rows = rows(app, card.holds);
    let Some(first) = rows.first() else {
        return app.say("no session to export".into(), false);
    };
    let day = app.now.to_zoned(app.look.zone.clone()).date();
    let file = match (rows.len(), card.holds) {
        (1, _) => name::short(&first.session, card.format),
        (_, Holds::Session) => FOLDER.to_owned(),
        _ => name::many(day, card.format),
    };
    let mut fields = vec![Field::text(TO, &format!("./{file}"))];
    if card.holds != Holds::Rows {
        let off = app.prefs.left_out.get(card.name);
        fields.extend(PARTS.iter().map(|part| {
            let is_off = off.map(|off| off.iter().any(|name| name == part.name));
            let on = is_off.map_or((part.get)(&card.parts), |is_off| !is_off);
            Field::switch(part.name, on)
        }));
    }
    fields.push(Field::switch(ANONYMOUS, false));
    let many = rows.len();
    let out = app.out_of_view();
    let of = match (many, out) {
        (1, _) => String::new(),
        (many, 0) => format!(" of {many} sessions"),
        (many, out) => format!(" of {many} sessions, {out} out of view"),
    };
    app.form = Some(Form {
        title: format!(
            "{}{of}",
            Action::Export.labels().get(nth).unwrap_or(&card.name)
        ),
        fields,
        cursor: 0,
        purpose: Purpose::Export(card.format),
    });
}

/// What is chosen; of a format that holds figures only, all that is listed.
fn rows(app: &App, holds: Holds) -> Vec<std::sync::Arc<crate::model::Row>> {
    if holds == Holds::Rows && app.list.chosen.is_empty() {
        let entries = app.list.entries.iter().filter(|e| e.heading.is_none());
        return entries.map(|entry| entry.row.clone()).collect();
    }
    app.targets()
}

/// The form is filled in.
pub fn filled(app: &mut App, form: &Form, format: Format, effects: &mut Effects) {
    let card = format.card();
    let rows = rows(app, card.holds);
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
        // Whoever asks for that asks for the other too.
        secrets: form.is_on(ANONYMOUS).then_some(Secrets::Replace),
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
pub fn ask(app: &mut App, export: Export, found: &Found, seen: &[Seen]) {
    app.exporting = app.exporting.saturating_sub(1);
    app.toasts.dismiss();
    let mut lines = vec![Clean::from(format!("Secrets found: {found}."))];
    for one in seen.iter().take(SHOWN) {
        let (before, after) = (one.before.cut(14), one.after.cut(14));
        lines.push(Clean::join([
            &Clean::from(format!("{}  ", one.rule)),
            &before,
            &Clean::from(" [".to_owned()),
            &one.preview,
            &Clean::from("] ".to_owned()),
            &after,
            &Clean::from(format!("  ({})", one.fingerprint)),
        ]));
    }
    let more = found.total().saturating_sub(seen.len().min(SHOWN));
    if more > 0 {
        lines.push(Clean::from(format!("and {more} more")));
    }
    lines.push("Allow says of one that it is none, in redact.allow of the settings.".into());
    let with = |secrets| {
        Answer::Do(Box::new(Task::Export(Export {
            secrets: Some(secrets),
            ..export.clone()
        })))
    };
    // Without secrets is safe, so Enter does that.
    let mut dialog = Dialog::new("Secrets in the export", lines, "Write nothing")
        .or("Replace them", with(Secrets::Replace))
        .or("Write as is", with(Secrets::Keep));
    if !seen.is_empty() {
        dialog = dialog.or("Allow", Answer::Allow(Box::new(export), seen.to_vec()));
    }
    dialog.cursor = 1;
    app.ask(dialog);
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
pub fn written(app: &mut App, done: Result<Written, String>, effects: &mut Effects) {
    app.exporting = app.exporting.saturating_sub(1);
    let done = match done {
        Ok(done) => done,
        Err(why) => {
            let line = Clean::line(&format!("not exported: {why}"));
            return app.tell_of(About::Export, line, Weight::Error);
        }
    };
    let path = shown(app, &done.path);
    let mut line = match done.files {
        1 => format!("wrote {} to {path}", size(done.bytes)),
        n => format!(
            "wrote {} files, {}, to {path}",
            count(n as u64),
            size(done.bytes)
        ),
    };
    if !done.found.is_empty() {
        line.push_str(&match done.secrets {
            Secrets::Replace => format!("; replaced: {}", done.found),
            Secrets::Keep => format!("; with secrets: {}", done.found),
        });
    }
    app.tell_of(About::Export, Clean::line(&line), Weight::Done);
    for problem in done.problems.iter().take(2) {
        app.tell(Clean::line(problem), Weight::Warning);
    }
    let text = Clean::line(&done.path.to_string_lossy());
    effects.push(Effect::Copy(text, What::raw("its path")));
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
