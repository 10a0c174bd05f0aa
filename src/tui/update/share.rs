//! Sharing: what would leave is shown first, and nothing leaves without a yes; taking back asks too.

use std::sync::Arc;

use super::super::app::App;
use super::super::dialog::{Answer, Dialog};
use super::super::msg::{Effect, Effects, What};
use super::super::tasks::{Bundle, Outcome, Share, ShareNews, Task};
use super::super::toasts::{About, Weight};
use super::list;
use crate::export::Format;
use crate::model::SessionId;
use crate::redact::{Secrets, Seen};
use crate::share::{Making, Shared};
use crate::text::Clean;

/// So many that failed are told by name.
const NAMED: usize = 2;
/// Of more than so many the number is typed first.
const UNCOUNTED: usize = 10;

/// Has the files made of what is chosen, to be looked at.
pub fn act(app: &mut App, effects: &mut Effects) {
    if app.demo {
        return app.say("the sample sessions are not shared".into(), false);
    }
    let rows = app.targets();
    if rows.is_empty() {
        return;
    }
    let making = Making {
        format: Format::Html,
        secrets: Secrets::Replace,
        is_anonymous: false,
    };
    let settings = app.manner.settings.sharing();
    app.tickets += 1;
    let step = Share::Make(app.tickets, rows, making, settings);
    begin(app, step, effects);
}

/// Has it looked up what of the session is shared.
pub fn back(app: &mut App, effects: &mut Effects) {
    if let Some(session) = app.subject() {
        begin(app, Share::Find(session.id.clone()), effects);
    }
}

/// Begins a step, and says so where it takes a while. Of what is made only the last that was asked for is waited for.
pub fn begin(app: &mut App, step: Share, effects: &mut Effects) {
    let line = match &step {
        Share::Make(ticket, rows, ..) => {
            let_go(app, effects);
            app.making = Some(*ticket);
            match rows.len() {
                1 => "making the file that would be shared (Esc stops)".to_owned(),
                n => format!("making the {n} files that would be shared (Esc stops)"),
            }
        }
        Share::Send(..) => "sharing".to_owned(),
        Share::Take(..) => "taking it back".to_owned(),
        Share::Find(_) => String::new(),
    };
    if !line.is_empty() {
        app.tell_of(About::Share, Clean::from(line), Weight::Progress);
    }
    app.exporting += 1;
    effects.push(Effect::Do(Task::Share(step)));
}

/// What is being made is not wanted any more. Tells whether anything was.
fn let_go(app: &mut App, effects: &mut Effects) -> bool {
    let Some(ticket) = app.making.take() else {
        return false;
    };
    app.exporting = app.exporting.saturating_sub(1);
    effects.push(Effect::LetGo(ticket));
    true
}

/// Somebody thought better of it before anything left. Tells whether there was anything to stop.
pub fn stop(app: &mut App, effects: &mut Effects) -> bool {
    let was_making = let_go(app, effects);
    if was_making {
        say(app, "not shared: it was stopped");
    }
    was_making
}

/// What became of it, in place of what was being done.
fn say(app: &mut App, line: &str) {
    app.tell_of(About::Share, Clean::line(line), Weight::Info);
}

/// What went wrong, in place of what was being done.
fn failed(app: &mut App, line: &str) {
    app.tell_of(About::Share, Clean::line(line), Weight::Error);
}

/// A step is done.
pub fn news(app: &mut App, news: ShareNews, effects: &mut Effects) {
    match &news {
        ShareNews::Sending(nth, of) => {
            let line = Clean::from(format!("sharing {nth} of {of}"));
            return app.tell_of(About::Share, line, Weight::Progress);
        }
        ShareNews::Begun(ticket) => {
            // What was stopped too late is under way all the same.
            if app.making != Some(*ticket) {
                app.exporting += 1;
            }
            app.making = app.making.filter(|making| making != ticket);
            return;
        }
        ShareNews::Made(ticket, ..) | ShareNews::Unmade(ticket, _) => {
            if app.making != Some(*ticket) {
                return;
            }
            app.making = None;
        }
        _ => {}
    }
    app.exporting = app.exporting.saturating_sub(1);
    match news {
        ShareNews::Sending(..) | ShareNews::Begun(_) => {}
        ShareNews::Made(_, bundle, lines) => ask(app, &bundle, lines),
        ShareNews::Sent(outcome) => said(app, &outcome, effects),
        ShareNews::Found(id, shares) => ask_back(app, id, shares),
        ShareNews::Taken(id, taken, left, trouble) => {
            app.index.share(&id, left);
            list::rebuild(app);
            if taken > 0 {
                let line = match taken {
                    1 => "its gist is deleted".to_owned(),
                    n => format!("its {n} gists are deleted"),
                };
                app.tell_of(About::Share, Clean::from(line), Weight::Done);
            }
            if let Some(why) = trouble {
                failed(app, &why);
            }
        }
        ShareNews::Unmade(_, why) | ShareNews::Refused(why) => {
            failed(app, &format!("not shared: {why}"));
        }
    }
}

/// What was shared and what was not. All links are copied, one a line, also that of a gist that is not remembered.
fn said(app: &mut App, outcome: &Outcome, effects: &mut Effects) {
    let Outcome {
        sent,
        loose,
        failed,
        unasked,
    } = outcome;
    // What nobody saw before it left is told of now.
    let what = unasked.map_or_else(String::new, |what| {
        let size = super::export::size(what.bytes as u64);
        let done = if what.is_redacted {
            "replaced"
        } else {
            "in it"
        };
        match what.secrets {
            0 => format!(", {size}, no secret found"),
            1 => format!(", {size}, 1 secret {done}"),
            n => format!(", {size}, {n} secrets {done}"),
        }
    });
    app.toasts.dismiss();
    let mut links: Vec<&str> = sent.iter().map(|(_, shared)| shared.url.as_str()).collect();
    links.extend(loose.iter().filter_map(|loose| loose.url.as_deref()));
    for (id, shared) in sent {
        app.index.share(id, Some(Clean::of(&shared.url)));
    }
    list::rebuild(app);
    let key = app.key(super::scope(app), super::keys::Action::Unshare);
    let of = sent.len() + loose.iter().len() + failed.len();
    let line = match links.as_slice() {
        [] => None,
        [one] if of == 1 && loose.is_none() => {
            Some(format!("shared at {one}{what} ({key} takes it back)"))
        }
        // It is said below where its gist is.
        [_] if of == 1 => None,
        _ => Some(format!(
            "shared {} of {of}, a gist for each{what}",
            links.len()
        )),
    };
    if let Some(line) = line {
        app.tell_of(About::Share, Clean::line(&line), Weight::Done);
    }
    if !links.is_empty() {
        // What the clipboard did not take can still be read.
        let what = match links.as_slice() {
            [one] => format!("its link {one}"),
            links => format!("{} links, one a line", links.len()),
        };
        effects.push(Effect::Copy(Clean::of(&links.join("\n")), What::raw(what)));
    }
    // The same words for one as for many, but one needs no name.
    let named = |id: &SessionId, why: &str| match of {
        1 => why.to_owned(),
        _ => format!("{}: {why}", crate::export::short_id(id)),
    };
    if let Some(loose) = loose {
        app.say(Clean::line(&named(&loose.id, &loose.why)), true);
    }
    // No more than are seen at once.
    let first = match (failed.len(), loose) {
        (0..=1, _) | (..=NAMED, None) => failed.len(),
        (_, None) => 1,
        (_, Some(_)) => 0,
    };
    for (id, why) in failed.iter().take(first) {
        app.say(
            Clean::line(&format!("not shared: {}", named(id, why))),
            true,
        );
    }
    let more = failed.len().saturating_sub(first);
    if more > 0 {
        app.say(Clean::from(format!("not shared: {more} more")), true);
    }
}

/// What would leave, and whether it may.
fn ask(app: &mut App, bundle: &Arc<Bundle>, lines: Vec<Clean>) {
    app.toasts.dismiss();
    let settings = app.manner.settings.sharing();
    let making = bundle.making;
    let (format, label) = match making.format {
        Format::Html => (Format::Markdown, "As Markdown"),
        _ => (Format::Html, "As HTML"),
    };
    let other = Making { format, ..making };
    let (is_anonymous, names) = match making.is_anonymous {
        false => (true, "Anonymous"),
        true => (false, "With names"),
    };
    let without = Making {
        is_anonymous,
        ..making
    };
    let rows = || bundle.files.iter().map(|(row, _)| row.clone()).collect();
    let step = |step| Answer::Do(Box::new(Task::Share(step)));
    let first = app.tickets;
    app.tickets += 2;
    let again = |nth, making| step(Share::Make(first + nth, rows(), making, settings));
    let send = step(Share::Send(bundle.clone(), settings));
    let many = bundle.files.len();
    let dialog = match many {
        1 => Dialog::new("Share by your gh", lines, "Keep it here").or("Share it", send),
        _ => Dialog::new("Share by your gh", lines, "Keep them").or("Share them", send),
    };
    // What is replaced is looked at too: it may be no secret, and what stands beside it may be one.
    let files = bundle.files.iter();
    let seen =
        files.flat_map(|(row, made)| made.seen.iter().map(|one| (row.id().clone(), one.clone())));
    let seen: Vec<(SessionId, Seen)> = seen.collect();
    let dialog = dialog.about(super::export::items(app, &seen, many > 1));
    let dialog = dialog.or(label, again(1, other));
    let dialog = dialog.or(names, again(2, without));
    app.ask(match many {
        ..=UNCOUNTED => dialog,
        many => dialog.counted(many),
    });
}

fn ask_back(app: &mut App, id: SessionId, shares: Vec<Shared>) {
    if shares.is_empty() {
        let row = app.index.row(&id);
        let own = row.and_then(|row| row.session.share.clone());
        let line = match own {
            Some(url) => format!("the agent itself shared it, at {url}; take it back there"),
            None => "it is not shared; is:shared shows what is".to_owned(),
        };
        return say(app, &line);
    }
    let mut lines = vec![match shares.len() {
        1 => "Delete the gist in which it is shared?".into(),
        n => Clean::from(format!("Delete the {n} gists in which it is shared?")),
    }];
    lines.extend(shares.iter().map(|one| Clean::line(&one.url)));
    lines.push("Whoever has the link can no longer read it; copies that were made stay.".into());
    let take = Answer::Do(Box::new(Task::Share(Share::Take(id, shares))));
    app.ask(Dialog::new("Unshare", lines, "Keep it shared").or("Delete", take));
}
