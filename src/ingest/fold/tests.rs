//! Records as sessions.

use super::*;
use crate::model::SourceId;
use std::path::Path;

fn fold() -> UnitFold {
    let path: Arc<Path> = Path::new("/log").into();
    UnitFold::new(Arc::new(Unit {
        source: SourceId("test"),
        root: path.clone(),
        path,
        rank: 0,
        form: 0,
    }))
}

fn message(key: u64, role: Role, reply: Option<u64>, text: &str) -> Record {
    let mut message = Message::new(key, role, None);
    message.reply = reply;
    message.parts = vec![Part::Text(text.into())];
    Record::Message {
        session: "s".into(),
        message: Box::new(message),
    }
}

#[test]
fn blocks_of_one_reply_count_once_and_repeats_never() {
    let mut fold = fold();
    for record in [
        message(1, Role::User, None, "  first\n prompt "),
        message(2, Role::Assistant, Some(9), "a"),
        message(3, Role::Assistant, Some(9), "b"),
        message(2, Role::Assistant, Some(9), "a"),
        message(4, Role::User, None, "second"),
        message(5, Role::System, None, "injected"),
    ] {
        fold.hear(record);
    }
    let told = fold.told(Some(7), 0);
    let session = &told[0].session;
    assert_eq!(
        (session.prompts, session.replies, session.size),
        (2, 1, Some(7))
    );
    assert_eq!(
        session.title.as_ref().unwrap().text.as_str(),
        "first prompt"
    );
    assert!(fold.told(None, 0).is_empty(), "told once");
}

#[test]
fn a_reset_forgets_and_names_what_left() {
    let mut fold = fold();
    fold.hear(message(1, Role::User, None, "x"));
    fold.told(None, 0);
    fold.hear(Record::Reset);
    assert_eq!(fold.gone(), ["s".into()]);
    fold.hear(message(1, Role::User, None, "x"));
    fold.hear(Record::Reset);
    fold.hear(message(2, Role::User, None, "y"));
    assert!(fold.gone().is_empty(), "it came back");
    assert_eq!(fold.told(None, 0).len(), 1);
}

#[test]
fn a_better_title_stays() {
    let mut fold = fold();
    for (rank, text) in [
        (TitleRank::User, "mine"),
        (TitleRank::Agent, "made"),
        (TitleRank::User, "mine 2"),
    ] {
        let facts = Facts {
            title: Some((rank, text.into())),
            ..Facts::default()
        };
        fold.hear(Record::Session {
            session: "s".into(),
            facts: Box::new(facts),
        });
    }
    assert_eq!(
        fold.told(None, 0)[0]
            .session
            .title
            .as_ref()
            .unwrap()
            .text
            .as_str(),
        "mine 2"
    );
}

/// Who gave a command of the agent's own, such as `/init`, asked for something; what is the agent's own doing is no
/// session whatever was done in it.
#[test]
fn only_where_nothing_was_done_a_session_is_empty() {
    let told = |tools: bool, facts: Facts| {
        let mut fold = fold();
        fold.hear(message(1, Role::System, None, "/init"));
        let mut reply = Message::new(2, Role::Assistant, None);
        reply.tools = u32::from(tools);
        fold.hear(Record::Message {
            session: "s".into(),
            message: Box::new(reply),
        });
        fold.hear(Record::Session {
            session: "s".into(),
            facts: Box::new(facts),
        });
        fold.told(None, 0)[0].session.is_empty()
    };
    let hidden = || Facts {
        hidden: Some(true),
        ..Facts::default()
    };
    let fork = || Facts {
        kind: Some(Kind::Fork),
        ..Facts::default()
    };
    assert!(told(false, Facts::default()));
    assert!(!told(true, Facts::default()));
    assert!(told(true, hidden()) && told(true, fork()));
}
