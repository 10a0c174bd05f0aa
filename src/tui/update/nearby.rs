//! Texts of the open conversation that were left on disk: read again before they come into view, and looked through for
//! what is found.

use super::super::app::{App, Reader, Toward};
use super::super::msg::{Effect, Effects, Ticket};
use crate::render::document::Told;

/// Asks for what is looked at, and has what is on disk looked through.
pub fn settle(app: &mut App, effects: &mut Effects) {
    let Some(reader) = app.reader.as_mut().filter(|r| !r.loading && !r.is_made) else {
        return;
    };
    let Some(document) = &mut reader.document else {
        return;
    };
    if let Some((seen, whole)) = document.take_near() {
        let session = reader.session.clone();
        effects.push(Effect::Near(reader.ticket, session, seen, whole));
    }
    if !document.is_finding() {
        reader.seek = None;
    } else if reader.seek.is_none()
        && let Some(sought) = document.take_seek()
    {
        app.tickets += 1;
        reader.seek = Some(app.tickets);
        let session = reader.session.clone();
        effects.push(Effect::Seek(reader.ticket, session, app.tickets, sought));
    }
}

/// Something else is looked for: where it stands on disk is not known.
pub fn seek_anew(reader: &mut Reader, toward: Toward) {
    (reader.seek, reader.toward) = (None, Some(toward));
}

/// More may have been found: to the place that one is taken to, if that is another one now.
pub fn go_toward(reader: &mut Reader) {
    let Some(document) = &mut reader.document else {
        return;
    };
    match reader.toward {
        Some(Toward::First(direction, from)) => document.first_hit(direction, from),
        // What a program put in is gone to where nobody says it.
        Some(Toward::Meant) if !document.land_on_said() => document.first_hit(0, 0),
        Some(Toward::Meant) | None => {}
    }
}

/// Where something stands in what is on disk. Goes there if that is the first place, and nobody went on since.
pub fn sought(app: &mut App, ticket: Ticket, number: Ticket, found: Vec<Told>, more: bool) {
    let is_it = |reader: &&mut Reader| (reader.ticket, reader.seek) == (ticket, Some(number));
    let Some(reader) = app.reader.as_mut().filter(is_it) else {
        return;
    };
    if !more {
        reader.seek = None;
    }
    let Some(document) = &mut reader.document else {
        return;
    };
    document.set_found(found, more);
    let is_done = !more && !document.is_counting();
    go_toward(reader);
    if is_done {
        reader.toward = None;
    }
}

/// More of what is in memory is looked through, once what is known was drawn.
pub fn count_on(app: &mut App) {
    let Some(reader) = &mut app.reader else {
        return;
    };
    let Some(document) = &mut reader.document else {
        return;
    };
    let more = document.count_on();
    go_toward(reader);
    if !more && reader.seek.is_none() {
        reader.toward = None;
    }
}

/// Reads the texts of the message under the cursor that were left on disk. Tells whether there are any.
pub fn whole(app: &mut App, effects: &mut Effects) -> bool {
    let Some(reader) = &mut app.reader else {
        return false;
    };
    let is_loading = reader.loading;
    let Some(document) = &mut reader.document else {
        return false;
    };
    let is_left = document
        .message()
        .is_some_and(|message| message.on_disk > 0);
    if is_left
        && !is_loading
        && let Some((seen, whole)) = document.want_whole()
    {
        reader.loading = true;
        let session = reader.session.clone();
        effects.push(Effect::Near(reader.ticket, session, seen, whole));
    }
    is_left
}
