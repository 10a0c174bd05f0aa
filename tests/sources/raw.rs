//! What stands in the log for a message: of every source, whether its log consists of lines, is a file of JSON or a
//! database.

use std::collections::BTreeSet;
use std::sync::Arc;

use backscroll::env::Env;
use backscroll::ingest::raw::{RawRecord, Sought, records};
use backscroll::model::{Message, Part, Role, Session};
use backscroll::sources::pictures::{Held, Picture, pictures};

use super::homes::{Reader, World, fixtures, fresh, live};

/// The smallest picture there is, nearly.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// The longest word of what was said, which stands in JSON as it is.
fn word(message: &Message) -> Option<&str> {
    let texts = message.parts.iter().filter_map(|part| match part {
        Part::Text(text) => Some(text.untrusted()),
        _ => None,
    });
    let words = texts.flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric()));
    words.max_by_key(|word| word.len()).filter(|w| w.len() > 2)
}

fn holds(records: &[RawRecord], word: &str) -> bool {
    let has = |record: &RawRecord| String::from_utf8_lossy(&record.bytes).contains(word);
    records.iter().any(has)
}

fn each_message(world: &World, see: &mut dyn FnMut(&Arc<Session>, &Message)) {
    for unit in world.units() {
        for kept in fresh(&world.env, &unit).sessions.values() {
            let talk = Reader::new(&world.env, &kept.session).read();
            let messages = talk.messages.iter();
            messages.for_each(|message| see(&kept.session, message));
        }
    }
}

/// UX 4.3 `z r`: what the log itself has for a message is found again, whatever the log is.
#[test]
fn every_message_is_found_in_its_log_again() {
    let (mut asked, mut wrong, mut unknown) = (0, Vec::new(), BTreeSet::new());
    for fixture in fixtures() {
        let world = fixture.make();
        each_message(&world, &mut |session, message| {
            let Some(word) = word(message).filter(|_| message.role != Role::System) else {
                return;
            };
            let found = records(&world.env, session, &Sought::own(message)).unwrap();
            let title = fixture.title();
            match found {
                None => drop(unknown.insert(title)),
                Some(found) if holds(&found, word) => {}
                Some(_) => wrong.push(format!(
                    "{title}: {} {}: {word}",
                    session.id, message.number
                )),
            }
            asked += 1;
        });
    }
    assert_eq!(wrong, [""; 0]);
    assert_eq!(unknown, BTreeSet::new());
    assert!(asked > 500, "only {asked} messages were asked for");
}

fn seen(env: &Env, session: &Session, sought: &Sought) -> Vec<Picture> {
    let found = records(env, session, sought).unwrap().unwrap();
    let all = found.iter().flat_map(|record| pictures(&record.bytes));
    all.collect()
}

/// UX 7: a picture opens from a database and from a file of JSON as from a log of lines.
#[test]
fn pictures_are_found_in_databases_and_files_of_json() {
    let png = |picture: &Picture| match &picture.held {
        Held::Bytes(bytes) => bytes.starts_with(b"\x89PNG"),
        Held::File(_) => false,
    };
    let mut met = Vec::new();
    for fixture in fixtures() {
        let name = fixture.title();
        if !["opencode/database", "amp/answers"].contains(&&*name) {
            continue;
        }
        let world = fixture.make();
        let unit = world.units().remove(0);
        if name.starts_with("amp") {
            let units = world.units();
            let text = |path: &std::path::Path| std::fs::read_to_string(path).unwrap();
            let has = |path: &std::path::Path| text(path).contains("\"mediaType\"");
            let path = units
                .iter()
                .map(|unit| &unit.path)
                .find(|p| has(p))
                .unwrap();
            let text = text(path);
            let (before, rest) = text.split_once("\"data\"").unwrap();
            let (_, behind) = rest.split_once('}').unwrap();
            std::fs::write(path, format!("{before}\"data\":\"{PNG}\"}}{behind}")).unwrap();
        } else {
            let part = format!(
                "{{\"type\":\"file\",\"mime\":\"image/png\",\"url\":\"data:image/png;base64,{PNG}\"}}"
            );
            let writer = live(&unit.path);
            let sql = "UPDATE part SET data = ?1 WHERE id = (SELECT min(id) FROM part)";
            assert_eq!(writer.execute(sql, [part]).unwrap(), 1);
        }
        each_message(&world, &mut |session, message| {
            let is_picture = |part: &Part| matches!(part, Part::Image { bytes, .. } if *bytes > 60);
            if message.parts.iter().any(is_picture) {
                let all = seen(&world.env, session, &Sought::own(message));
                assert_eq!(all.iter().filter(|one| png(one)).count(), 1, "{name}");
                met.push(name.clone());
            }
        });
    }
    met.sort();
    assert_eq!(met, ["amp/answers", "opencode/database"]);
}
