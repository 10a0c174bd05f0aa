//! Noting things on sessions: stars, tags, names, notes, and what is hidden.

use std::collections::{BTreeSet, HashSet};

use super::super::app::{App, Ask, Entry, Input};
use super::super::dialog::{Answer, Dialog};
use super::super::history::Step;
use super::super::keys::Action;
use super::super::msg::{Effect, Effects};
use super::super::tasks::Task;
use super::super::toasts::{About, Weight};
use super::export::called;
use super::list;
use crate::marks::{Change, Marks, Tag};
use crate::model::SessionId;
use crate::text::Clean;

/// More than so many are not changed without a question.
const MANY: usize = 10;

pub fn act(app: &mut App, action: Action, effects: &mut Effects) {
    let targets = app.targets();
    let Some(first) = targets.first().cloned() else {
        return;
    };
    let one_only = |app: &mut App, what: &str| {
        let line = format!("{what} one session at a time; {} are chosen", targets.len());
        app.say(line.into(), false);
    };
    match action {
        Action::Star => {
            let on = targets.iter().any(|row| !row.is_starred());
            let change = |_: &SessionId| Change::Star(on);
            each(
                app,
                if on {
                    ("starred", "Star")
                } else {
                    ("star taken off", "Take the star off")
                },
                change,
                effects,
            );
        }
        Action::Hide => {
            let on = targets.iter().any(|row| !row.is_hidden());
            let said = match on {
                true => ("hidden", "Hide"),
                false => ("shown again", "Stop hiding"),
            };
            each(app, said, |_| Change::Hide(on), effects);
        }
        Action::Rename if targets.len() > 1 => one_only(app, "rename"),
        Action::Note if targets.len() > 1 => one_only(app, "a note is for"),
        Action::Rename => {
            let title = first.session.title.as_ref().map(|t| &t.text);
            let title = title.filter(|title| *app.look.shown_title(title) == **title);
            let title = title.map(Clean::to_string).unwrap_or_default();
            ask(app, Ask::Rename, &title);
        }
        Action::Note => {
            let note = first.mark.as_ref().and_then(|mark| mark.note.clone());
            // What the mask hides is not put there to be typed on.
            let note = note.filter(|note| *app.look.shown(note) == *note);
            ask(
                app,
                Ask::Note,
                note.as_ref().map_or("", |note| note.as_str()),
            );
        }
        Action::Tags => {
            // Of several sessions, the tags that all of them have.
            let tags = |row: &crate::model::Row| {
                row.mark
                    .as_ref()
                    .map(|m| m.tags.clone())
                    .unwrap_or_default()
            };
            let mut common: BTreeSet<Tag> = tags(&first);
            for row in &targets {
                let tags = tags(row);
                common.retain(|tag| tags.contains(tag));
            }
            let mut text: String = common
                .iter()
                .map(|tag| format!("{} ", tag.as_str()))
                .collect();
            if text.ends_with("  ") {
                text.pop();
            }
            ask(app, Ask::Tags(common, targets.len()), &text);
        }
        _ => {}
    }
}

fn ask(app: &mut App, ask: Ask, text: &str) {
    app.input = Some(Input::Line(ask, tui_input::Input::new(text.to_owned())));
}

/// What was typed for one of these questions.
pub fn typed(app: &mut App, ask: &Ask, text: &str, effects: &mut Effects) {
    match ask {
        Ask::ViewName => {}
        Ask::Folder(id) => super::looked::typed(app, *id, text, effects),
        Ask::Directory(wish) => super::launch::placed(app, wish, text, effects),
        Ask::Setting(name) => super::settings::set(app, name, text.trim(), effects),
        Ask::Keys(name) => super::settings::bind(app, name, text, effects),
        Ask::Rename => each(app, ("renamed", "Rename"), |_| Change::name(text), effects),
        Ask::Note => each(
            app,
            ("noted", "Note the same on"),
            |_| Change::note(text),
            effects,
        ),
        Ask::Tags(before, _) => {
            let words = text.split([' ', ',']).filter(|word| !word.is_empty());
            let after: Result<BTreeSet<Tag>, String> = words.map(Tag::new).collect();
            match after {
                Err(why) => app.refuse(Clean::line(&why)),
                Ok(after) => {
                    let change = Change::Tag {
                        add: after.difference(before).cloned().collect(),
                        remove: before.difference(&after).cloned().collect(),
                    };
                    each(app, ("tagged", "Tag"), |_| change.clone(), effects);
                }
            }
        }
    }
}

/// All tags that some session has.
pub fn known(app: &App) -> BTreeSet<&str> {
    let known = app.index.rows().filter_map(|row| row.mark.as_ref());
    known
        .flat_map(|m| m.tags.iter().map(|t| t.as_str()))
        .collect()
}

/// The tag that the last word of a text can become.
pub fn complete(app: &App, text: &str) -> Option<String> {
    let from = text.rfind([' ', ',']).map_or(0, |at| at + 1);
    let start = text.get(from..).filter(|word| !word.is_empty())?;
    let tag = known(app)
        .into_iter()
        .find(|tag| tag.starts_with(start) && *tag != start)?;
    Some(format!("{}{tag} ", text.get(..from)?))
}

/// Makes a change on every session that is meant, as one step of the history. The words are what was done and what is to
/// be: many are asked about first.
fn each(
    app: &mut App,
    (said, does): (&str, &'static str),
    change: impl Fn(&SessionId) -> Change,
    effects: &mut Effects,
) {
    let targets = app.targets();
    let changes = targets
        .iter()
        .map(|row| (row.id().clone(), change(row.id())));
    let changes: Vec<(SessionId, Change)> = changes.collect();
    if changes.len() > MANY {
        let unseen = app.said_unseen();
        let key = app.key(super::scope(app), Action::Undo);
        let lines = vec![
            Clean::line(&format!("{does} {} sessions?{unseen}", changes.len())),
            Clean::line(&format!("{key} undoes it for all of them.")),
        ];
        let dialog = Dialog::new(does, lines, "Leave them");
        app.dialog = Some(dialog.or(does, Answer::Mark(changes, said.to_owned())));
        return;
    }
    do_and_say(app, changes, said, effects);
}

/// Makes changes as one step of the history, and says so.
pub fn do_and_say(
    app: &mut App,
    changes: Vec<(SessionId, Change)>,
    said: &str,
    effects: &mut Effects,
) {
    let (out, many) = (app.out_of_view(), changes.len());
    let back = make(app, changes, effects);
    let (done, unseen) = match (many, out) {
        (..=1, _) => {
            let names = back.iter().map(|(id, _)| called(app, id));
            let names: Vec<Clean> = names.collect();
            let name = Clean::join(names.iter());
            (format!("{said}: {}", name.as_str()), String::new())
        }
        (many, 0) => (format!("{said}: {many} sessions"), String::new()),
        (many, n) => (
            format!("{said}: {many} sessions"),
            format!(", {n} of them out of view"),
        ),
    };
    let key = app.key(super::scope(app), Action::Undo);
    let line = Clean::line(&format!("{done}{unseen} ({key} undoes)"));
    app.history.keep(Step::Marks(back, done));
    app.tell_of(About::Marks, line, Weight::Info);
}

/// Notes something that nobody asked for by a key, so that nobody undoes it either.
pub fn note(app: &mut App, id: SessionId, change: Change, effects: &mut Effects) {
    app.index.mark(&id, &change);
    app.marking += 1;
    effects.push(Effect::Do(Task::Mark(vec![(id, change)])));
}

/// Makes changes on the screen and asks for them to be kept. Gives those that take them back.
pub fn make(
    app: &mut App,
    changes: Vec<(SessionId, Change)>,
    effects: &mut Effects,
) -> Vec<(SessionId, Change)> {
    let mut back = Vec::with_capacity(changes.len());
    for (id, change) in &changes {
        back.push((id.clone(), app.index.mark(id, change)));
    }
    // What was made last is taken back first.
    back.reverse();
    app.marking += 1;
    effects.push(Effect::Do(Task::Mark(changes)));
    list::rebuild(app);
    back
}

/// Makes changes again or takes them back, with the cursor on the first row that is back in the list by that.
pub fn make_again(
    app: &mut App,
    changes: Vec<(SessionId, Change)>,
    effects: &mut Effects,
) -> Vec<(SessionId, Change)> {
    let ids = changes.iter().map(|(id, _)| id);
    let listed = app.list.entries.iter().map(|entry| entry.row.id());
    let listed: HashSet<&SessionId> = listed.collect();
    let out: HashSet<SessionId> = ids.filter(|id| !listed.contains(id)).cloned().collect();
    let back = make(app, changes, effects);
    let is_back = |entry: &Entry| entry.is_found() && out.contains(entry.row.id());
    if let Some(at) = app.list.entries.iter().position(is_back) {
        list::select(app, at);
    }
    back
}

/// Somebody else wrote marks, or we did.
pub fn read(app: &mut App, effects: &mut Effects) {
    app.marking += 1;
    effects.push(Effect::Do(Task::Marks));
}

/// The file of marks was read or written, or could not be. While more of it is being written the screen is ahead of it.
pub fn kept(app: &mut App, marks: Result<Marks, String>) {
    app.marking = app.marking.saturating_sub(1);
    match marks {
        Ok(marks) if app.marking == 0 => {
            let changed = app.index.set_marks(marks);
            if !changed.rows.is_empty() {
                list::rebuild_live(app, &changed.rows);
            }
        }
        Ok(_) => {}
        Err(why) => app.say(Clean::line(&why), true),
    }
}
