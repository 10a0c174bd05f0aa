//! Sharing: what would leave is shown first, and nothing leaves without a yes; taking back asks too.

use std::sync::Arc;

use super::super::app::App;
use super::super::dialog::{Answer, Dialog};
use super::super::msg::{Effect, Effects};
use super::super::tasks::{Share, ShareNews, Task};
use super::super::toasts::Weight;
use super::list;
use crate::export::Format;
use crate::model::{Row, SessionId};
use crate::share::{Made, Shared};
use crate::text::Clean;

/// Has the file made, to be looked at.
pub fn act(app: &mut App, effects: &mut Effects) {
    if app.demo {
        return app.say("the sample sessions are not shared".into(), false);
    }
    let Some(row) = app.subject_row().cloned() else {
        return;
    };
    app.say("making the file that would be shared".into(), false);
    let settings = app.manner.settings.sharing();
    begin(app, Share::Make(row, Format::Html, settings), effects);
}

/// Has it looked up what of the session is shared.
pub fn back(app: &mut App, effects: &mut Effects) {
    if let Some(session) = app.subject() {
        begin(app, Share::Find(session.id.clone()), effects);
    }
}

fn begin(app: &mut App, step: Share, effects: &mut Effects) {
    app.exporting += 1;
    effects.push(Effect::Do(Task::Share(step)));
}

/// A step is done.
pub fn news(app: &mut App, news: ShareNews, effects: &mut Effects) {
    app.exporting = app.exporting.saturating_sub(1);
    match news {
        ShareNews::Made(row, format, made, lines) => ask(app, row, format, made, lines),
        ShareNews::Sent(id, shared) => {
            let link = Clean::of(&shared.url);
            app.index.share(&id, Some(link.clone()));
            list::rebuild(app);
            let key = app.key(super::scope(app), super::keys::Action::Unshare);
            let line = format!("shared at {link} ({key} takes it back)");
            app.tell(Clean::line(&line), Weight::Done);
            effects.push(Effect::Copy(link, Clean::from("its link".to_owned())));
        }
        ShareNews::Found(id, shares) => ask_back(app, id, shares),
        ShareNews::Taken(id, taken, left, failed) => {
            app.index.share(&id, left);
            list::rebuild(app);
            if taken > 0 {
                let line = match taken {
                    1 => "its gist is deleted".to_owned(),
                    n => format!("its {n} gists are deleted"),
                };
                app.tell(Clean::from(line), Weight::Done);
            }
            if let Some(why) = failed {
                app.say(Clean::line(&why), true);
            }
        }
        ShareNews::Refused(why) => app.say(Clean::line(&format!("not shared: {why}")), true),
    }
}

/// What would leave, and whether it may.
fn ask(app: &mut App, row: Arc<Row>, format: Format, made: Box<Made>, lines: Vec<Clean>) {
    app.toasts.dismiss();
    let settings = app.manner.settings.sharing();
    let (other, label) = match format {
        Format::Html => (Format::Markdown, "As Markdown"),
        _ => (Format::Html, "As HTML"),
    };
    let step = |step| Answer::Do(Box::new(Task::Share(step)));
    let again = step(Share::Make(row.clone(), other, settings));
    let send = step(Share::Send(row, made, settings));
    let dialog = Dialog::new("Share by your gh", lines, "Keep it here");
    app.dialog = Some(dialog.or("Share it", send).or(label, again));
}

fn ask_back(app: &mut App, id: SessionId, shares: Vec<Shared>) {
    if shares.is_empty() {
        let row = app.index.row(&id);
        let own = row.and_then(|row| row.session.share.clone());
        let line = match own {
            Some(url) => format!("the agent itself shared it, at {url}; take it back there"),
            None => "it is not shared; is:shared shows what is".to_owned(),
        };
        return app.say(Clean::line(&line), false);
    }
    let mut lines = vec![match shares.len() {
        1 => "Delete the gist in which it is shared?".into(),
        n => Clean::from(format!("Delete the {n} gists in which it is shared?")),
    }];
    lines.extend(shares.iter().map(|one| Clean::line(&one.url)));
    lines.push("Whoever has the link can no longer read it; copies that were made stay.".into());
    let take = Answer::Do(Box::new(Task::Share(Share::Take(id, shares))));
    app.dialog = Some(Dialog::new("Unshare", lines, "Keep it shared").or("Delete", take));
}
