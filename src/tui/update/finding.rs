//! Finding in the open conversation: what is looked for, and from hit to hit.

use super::super::app::App;
use super::super::keys::{Action, Scope};
use super::super::msg::Effects;
use super::super::toasts::{About, Weight};
use super::list;
use super::reader::{land, read_selected};
use crate::render::document::Document;
use crate::text::Clean;

/// So much is counted at once for the next hit, where none is known; the rest as usual.
const PIECES: usize = 4;

/// What is searched changed while a conversation is open: its places are marked anew, and it opens at the first.
pub fn search_again(app: &mut App) {
    let is_searching = app.shows_hits();
    if let Some(reader) = &mut app.reader {
        (reader.landing, reader.stays) = (is_searching, false);
        if !is_searching
            && std::mem::take(&mut reader.searched)
            && reader.needle.is_empty()
            && let Some(document) = &mut reader.document
        {
            document.find("");
        }
    }
    land(app, true);
}

/// Nothing of one's own is looked for any more: what is searched is marked again, and nobody is taken to it.
pub fn stop_finding(app: &mut App) {
    let is_searching = app.is_searching();
    let Some(reader) = &mut app.reader else {
        return;
    };
    reader.needle.clear();
    (reader.seek, reader.toward) = (None, None);
    if let Some(document) = &mut reader.document {
        match is_searching && reader.searched {
            true => document.find_query(&app.query.query),
            false => document.find(""),
        }
    }
}

/// Says so where what is looked for is nowhere in the open conversation, all of which is known.
pub fn say_not_found(app: &mut App) {
    let Some(reader) = app.reader.as_ref() else {
        return;
    };
    let is_whole = !reader.is_sought();
    let hits = reader.document.as_ref().and_then(Document::hits);
    if is_whole && matches!(hits, Some((_, 0))) {
        let line = "nowhere in this conversation";
        app.tell_of(About::Way, line.into(), Weight::Info);
    }
}

/// The next hit; behind the last one the next session is offered, and taken when asked for again.
pub fn next_hit(app: &mut App, effects: &mut Effects) {
    let is_searching = app.shows_hits();
    let Some(reader) = &mut app.reader else {
        return;
    };
    let document = reader.document.as_ref();
    if document.is_some_and(|document| !document.is_finding()) {
        return not_finding(app);
    }
    // What is known now may not be the last one.
    for _ in 0..PIECES {
        let Some(document) = &mut reader.document else {
            break;
        };
        if !document.is_behind_hits() || !document.count_on() {
            break;
        }
    }
    let document = reader.document.as_ref();
    let is_last = document.is_some_and(Document::is_behind_hits);
    if is_last && (reader.seek.is_some() || reader.is_counting()) {
        return still_looking(app);
    }
    if !is_searching || !is_last {
        if let Some(document) = &mut reader.document {
            document.next_hit(1);
        }
        say_not_found(app);
        return;
    }
    over(app, 1, effects);
}

/// The hit before; ahead of the first one the session before is offered, and taken at its last hit when asked for again.
pub fn previous_hit(app: &mut App, effects: &mut Effects) {
    let is_searching = app.shows_hits();
    let Some(reader) = &mut app.reader else {
        return;
    };
    let Some(document) = &mut reader.document else {
        return;
    };
    if !document.is_finding() {
        return not_finding(app);
    }
    // What is known now may not be the first one.
    for _ in 0..PIECES {
        if !document.is_at_first_hit() || !document.count_on() {
            break;
        }
    }
    let is_first = is_searching && document.is_at_first_hit();
    let is_more = reader.seek.is_some() || document.is_counting();
    if is_first && is_more {
        return still_looking(app);
    }
    if is_first {
        return over(app, -1, effects);
    }
    document.next_hit(-1);
}

/// Offers the session behind this one or before it, and goes there when asked for again.
fn over(app: &mut App, by: i32, effects: &mut Effects) {
    let Some(reader) = &mut app.reader else {
        return;
    };
    if reader.offered.replace(by) != Some(by) {
        let is_read = |at| app.read_for(at).map(|row| row.id());
        let here = is_read(app.list.cursor);
        let mut rest = match by < 0 {
            true => 0..app.list.cursor,
            false => app.list.cursor + 1..app.list.entries.len(),
        };
        let is_other = rest.any(|at| !app.list.is_heading(at) && is_read(at) != here);
        let text = match (is_other, by < 0) {
            (true, false) => "last hit here; n again goes to the next session",
            (false, false) => "last hit of the last session",
            (true, true) => "first hit here; N again goes to the session before",
            (false, true) => "first hit of the first session",
        };
        return app.say(text.into(), false);
    }
    let before = app.reader.as_ref().map(|reader| reader.ticket);
    list::read_on(app, i64::from(by));
    read_selected(app, effects);
    let new = app.reader.as_mut();
    if let Some(reader) = new.filter(|reader| Some(reader.ticket) != before) {
        reader.from_end = by < 0;
        (reader.stays, reader.goal) = (false, None);
    }
}

fn still_looking(app: &mut App) {
    let line = "the rest is still being looked through";
    app.tell_of(About::Way, line.into(), Weight::Info);
}

pub fn not_finding(app: &mut App) {
    let key = app.key(Scope::Reader, Action::FindInPage);
    let line = format!("nothing is looked for here; {key} finds");
    app.tell_of(About::Way, Clean::from(line), Weight::Info);
}
