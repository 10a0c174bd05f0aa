//! Names of files: the same for the same session whenever and wherever it is exported, and never what a log says they
//! should be.

use super::{FORMATS, Format, short_id};
use crate::model::Session;
use crate::sources::hash;

/// The longest name without its extension.
pub const LONGEST: usize = 80;

/// `backscroll-<day it began>-<short id>.<extension>`. The day is that of the log, so no zone can change it; a session
/// without one is named without it.
pub fn short(session: &Session, format: Format) -> String {
    let short = short_id(&session.id);
    // A piece of an id that is words may begin many ids; one with digits was drawn by chance, or counts.
    let is_own = *short == *session.id.native || short.bytes().any(|b| b.is_ascii_digit());
    match is_own {
        true => named(session, format, &short, false),
        false => long(session, format),
    }
}

/// The same with more of the id, for one whose short name another session has.
pub fn long(session: &Session, format: Format) -> String {
    named(session, format, &session.id.native, true)
}

/// Of many sessions in one file, by the day it is made.
pub fn many(day: jiff::civil::Date, format: Format) -> String {
    format!("backscroll-{day}-sessions.{}", ending(format))
}

/// What a name ends in: of two formats with one extension the later one tells itself, so that each has a file.
fn ending(format: Format) -> String {
    let card = format.card();
    let first = FORMATS.iter().find(|one| one.extension == card.extension);
    match first.is_none_or(|first| first.format == format) {
        true => card.extension.to_owned(),
        false => format!("{}.{}", card.name, card.extension),
    }
}

fn named(session: &Session, format: Format, id: &str, is_long: bool) -> String {
    let mut stem = "backscroll".to_owned();
    if let Some(at) = session.started.or(session.updated) {
        stem.push_str(&at.strftime("-%Y-%m-%d").to_string());
    }
    let id = slug(id, 40);
    let is_whole = !id.is_empty();
    if is_whole {
        stem.push('-');
        stem.push_str(&id);
    }
    if is_long || !is_whole {
        let mark = hash(&[session.id.source.0.as_bytes(), session.id.native.as_bytes()]);
        stem.push_str(&format!("-{mark:016x}"));
    }
    format!("{}.{}", slug(&stem, LONGEST), ending(format))
}

/// Small letters, digits and single dashes, none at either end; at most so many.
pub fn slug(text: &str, most: usize) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let c = c.to_ascii_lowercase();
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
        if out.len() == most {
            break;
        }
    }
    out.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// S4-03: the same session in two formats is two files.
    #[test]
    fn formats_do_not_share_a_name() {
        let endings: std::collections::BTreeSet<String> =
            FORMATS.iter().map(|card| ending(card.format)).collect();
        assert_eq!(endings.len(), FORMATS.len());
    }

    #[test]
    fn slugs_keep_letters_and_digits() {
        assert_eq!(slug("ses_4f2A", 40), "ses-4f2a");
        assert_eq!(slug("../../etc/passwd", 40), "etc-passwd");
        assert_eq!(slug("\u{202e}\0…", 40), "");
        assert_eq!(slug("a--b", 40), "a-b");
        assert_eq!(slug("abcdef", 3), "abc");
    }

    /// The name says nothing of what else is exported: a session has it alone and among others.
    #[test]
    fn a_name_is_of_its_session_alone() {
        use crate::query::tests::session;
        let of = |id: &str| {
            let session = session(|session| {
                let source = crate::sources::SOURCES[0].card().id;
                session.id = crate::model::SessionId::new(source, id);
            });
            short(&session, Format::Markdown)
        };
        assert_ne!(of("not_ongoing_exitplan"), of("not_ongoing_other"));
        assert!(of("5b1e9c2f-aaaa-4bbb-8ccc-123456789012").len() < of("not_ongoing_other").len());
    }

    proptest! {
        /// X4: whatever an id is.
        #[test]
        fn a_slug_is_a_name_everywhere(text in ".{0,200}") {
            let slug = slug(&text, LONGEST);
            prop_assert!(slug.len() <= LONGEST);
            prop_assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            prop_assert!(!slug.starts_with('-') && !slug.ends_with('-'));
        }
    }
}
