//! What happened in the open conversation, as lists that jump: commands, failures, files, fetches; what it changed; and
//! the family it stands in.

use std::path::Path;
use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};

use super::super::app::{App, Pane};
use super::super::keys::Action;
use super::super::msg::{Effect, Effects};
use super::super::open::Reader;
use super::super::palette::{Does, Entry, Palette};
use super::super::tasks::Task;
use super::{list, reader};
use crate::evidence::{self, Did, FailureKind, Place, Touch};
use crate::model::{Conversation, Kind, Session, SessionId, Title, TitleRank};
use crate::render::document::Document;
use crate::render::theme::Role;
use crate::text::{Clean, Raw, short_count};

pub fn act(app: &mut App, action: Action, effects: &mut Effects) {
    match action {
        Action::Changes => changes(app, effects),
        Action::Lineage => lineage(app),
        action => {
            let reader = app.reader.as_ref();
            let document = reader.and_then(|reader| reader.document.as_ref());
            let Some(talk) = document.map(|document| document.conversation().clone()) else {
                return app.say("the conversation is still being read".into(), false);
            };
            let dir = reader.and_then(|reader| reader.session.dir.clone());
            let (title, entries) = listed(action, &talk, dir.as_deref(), app);
            if entries.is_empty() {
                return app.say(
                    format!("no {} in this conversation", title.to_lowercase()).into(),
                    false,
                );
            }
            let number = document.and_then(Document::message).map(|m| m.number);
            let mut palette = Palette::list(title, entries);
            if action != Action::Files {
                palette.begin_at(number.unwrap_or(0));
            }
            app.palette = Some(palette);
        }
    }
}

/// How the time of something is told before it in a list: with its day, where the conversation has more than one.
pub struct Clock {
    zone: TimeZone,
    form: &'static str,
    /// What stands where no time is known.
    none: &'static str,
}

impl Clock {
    pub fn of(talk: &Conversation, zone: &TimeZone) -> Clock {
        let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
        let mut days = talk
            .messages
            .iter()
            .filter_map(|message| message.at.map(day));
        let first = days.next();
        let (form, none) = match days.all(|day| Some(day) == first) {
            true => ("%H:%M", "     "),
            false => ("%m-%d %H:%M", "           "),
        };
        Clock {
            zone: zone.clone(),
            form,
            none,
        }
    }

    pub fn lead(&self, at: Option<Timestamp>) -> Clean {
        let clock = at.map(|at| at.to_zoned(self.zone.clone()));
        let clock = clock.map_or_else(
            || self.none.to_owned(),
            |at| at.strftime(self.form).to_string(),
        );
        Clean::from(format!("{clock}  "))
    }
}

fn listed(
    action: Action,
    talk: &Conversation,
    dir: Option<&Path>,
    app: &App,
) -> (&'static str, Vec<Entry>) {
    let clock = Clock::of(talk, &app.look.zone);
    let line = |place: &Place, label: Clean, note: String| Entry {
        lead: clock.lead(place.at),
        label,
        name: format!("#{}", place.number),
        note: Clean::from(note),
        does: Does::Part(place.number, place.part),
        ..Entry::default()
    };
    let ended = |exit: Option<i32>, ok: Option<bool>| match (exit, ok) {
        (Some(0), _) => String::new(),
        (Some(code), _) => format!("exit {code}"),
        (None, Some(false)) => "failed".to_owned(),
        (None, _) => String::new(),
    };
    match action {
        Action::Commands => {
            let all = evidence::commands(talk);
            let entry = |c: &evidence::Command| {
                let note = ended(c.exit, c.ok);
                Entry {
                    rest: c.command.untrusted().to_lowercase(),
                    tells: (!note.is_empty()).then_some(Role::Error),
                    ..line(&c.place, c.label_in(dir), note)
                }
            };
            ("Commands", all.iter().map(entry).collect())
        }
        Action::Failures => {
            let all = evidence::failures(talk);
            let entry = |f: &evidence::Failure| {
                let label = f.label_in(dir);
                let word = match (f.exit, f.kind) {
                    (Some(code), _) => format!("exit {code}"),
                    (None, FailureKind::Tool) => "failed".to_owned(),
                    // Said once is enough.
                    (None, kind) if label.as_str().to_lowercase().contains(kind.word()) => {
                        String::new()
                    }
                    (None, kind) => kind.word().to_owned(),
                };
                Entry {
                    tells: Some(match f.kind {
                        FailureKind::Interrupted => Role::Warn,
                        FailureKind::Tool | FailureKind::Error => Role::Error,
                    }),
                    ..line(&f.place, label, word)
                }
            };
            ("Failures", all.iter().map(entry).collect())
        }
        Action::Fetches => {
            let all = evidence::fetches(talk);
            let entry = |f: &evidence::Fetch| {
                let status = f
                    .status
                    .map_or_else(|| ended(None, f.ok), |code| code.to_string());
                Entry {
                    tells: (f.ok == Some(false)).then_some(Role::Error),
                    ..line(&f.place, f.label(), status)
                }
            };
            ("Fetches", all.iter().map(entry).collect())
        }
        _ => {
            let mut all = evidence::files(talk, dir);
            // What was changed matters more than what was only read.
            all.sort_by_key(|file| (file.written == 0, std::cmp::Reverse(file.written)));
            let entry = |file: &evidence::Touched| {
                let note = match (file.written, file.read) {
                    (0, read) => format!("read {}", short_count(u64::from(read))),
                    (1, _) => format!("1 edit  +{} -{}", file.added, file.removed),
                    (n, _) => format!("{n} edits  +{} -{}", file.added, file.removed),
                };
                let one = line(&file.last, file.label_in(dir, &app.home), note);
                let does = match file.written {
                    0 | 1 => one.does.clone(),
                    _ => Does::Edits(file.full.clone()),
                };
                Entry {
                    keeps_end: true,
                    does,
                    ..one
                }
            };
            ("Files", all.iter().map(entry).collect())
        }
    }
}

/// Lists the edits of one file, each a jump.
pub fn edits(app: &mut App, file: &Raw) {
    let reader = app.reader.as_ref();
    let document = reader.and_then(|reader| reader.document.as_ref());
    let Some((reader, talk)) = reader.zip(document.map(|d| d.conversation().clone())) else {
        return;
    };
    let clock = Clock::of(&talk, &app.look.zone);
    let touches = evidence::touches(&talk, reader.session.dir.as_deref());
    let of_file = touches
        .into_iter()
        .filter(|touch| touch.full == *file && touch.did != Did::Read);
    let entry = |touch: Touch| Entry {
        lead: clock.lead(touch.place.at),
        label: Clean::from(touch.did.word().to_owned()),
        name: format!("#{}", touch.place.number),
        note: Clean::from(format!("+{} -{}", touch.added, touch.removed)),
        does: Does::Part(touch.place.number, touch.place.part),
        ..Entry::default()
    };
    app.palette = Some(Palette::list("Edits", of_file.map(entry).collect()));
}

/// Asks for all that the session changed, a difference for each file.
fn changes(app: &mut App, effects: &mut Effects) {
    let is_here = |reader: &Reader| reader.is_made && app.focus == Pane::Reader;
    if app.reader.as_ref().is_some_and(is_here) {
        return app.say("this is what changed".into(), false);
    }
    if let Some(session) = app.subject() {
        app.say("putting its edits together".into(), false);
        let children = app.index.children(&session.id);
        let agents = children.filter(|row| row.session.kind == Kind::SubAgent);
        let agents = agents.count();
        effects.push(Effect::Do(Task::Changes(session, agents)));
    }
}

/// They are shown like a conversation: a message for each file.
pub fn changed(app: &mut App, id: &SessionId, talk: Arc<Conversation>, effects: &mut Effects) {
    let Some(session) = app.index.row(id).map(|row| row.session.clone()) else {
        return;
    };
    if talk.messages.is_empty() {
        return app.say("it changed no file that its log tells of".into(), false);
    }
    app.toasts.dismiss();
    if app.focus == Pane::List {
        reader::go_to_selected(app, effects);
    }
    let title = session
        .title
        .as_ref()
        .map_or("", |title| title.text.as_str());
    let named = Session {
        title: Some(Title {
            rank: TitleRank::Ours,
            text: Clean::line(&format!("What changed: {title}")),
        }),
        ..Session::clone(&session)
    };
    reader::enter(app, &Arc::new(named), talk);
}

/// The family of a session as a tree.
fn lineage(app: &mut App) {
    let Some(session) = app.subject() else { return };
    let family = app.index.lineage(&session.id);
    if family.len() < 2 {
        return app.say("it has no sub-agents, forks or copies".into(), false);
    }
    let entries = family.iter().map(|one| {
        let row = &one.row;
        let title = row.session.title.as_ref();
        let title = title.map(|title| app.look.shown_title(&title.shown()).into_owned());
        let kind = match row.session.kind {
            Kind::Main => "",
            Kind::SubAgent => "  (sub-agent)",
            Kind::Fork => "  (fork)",
            Kind::Copy => "  (copy)",
        };
        let indent = "  ".repeat(one.depth);
        let title = title.unwrap_or_else(|| Clean::line(&row.id().native));
        let label = [
            &Clean::from(indent),
            &Clean::line(title.as_str()),
            &Clean::from(kind.to_owned()),
        ];
        let cost = one.cost.known().map(|_| one.cost.to_string());
        Entry {
            label: Clean::join(label),
            name: row.id().native.to_string(),
            note: Clean::from(cost.unwrap_or_default()),
            does: Does::Read(row.id().clone()),
            ..Entry::default()
        }
    });
    let entries: Vec<Entry> = entries.collect();
    let here = family.iter().position(|one| *one.row.id() == session.id);
    let mut palette = Palette::list("Family", entries);
    palette.point(here.unwrap_or(0));
    app.palette = Some(palette);
}

/// Opens a session wherever it stands in the list.
pub fn read(app: &mut App, id: &SessionId, effects: &mut Effects) {
    let Some(row) = app.index.row(id).cloned() else {
        return app.say("that session is gone".into(), false);
    };
    app.list.unfolded.insert(row.root.clone());
    list::rebuild(app);
    list::go_to(app, id);
    app.focus = Pane::Reader;
    reader::show(app, &row.session, effects);
}
