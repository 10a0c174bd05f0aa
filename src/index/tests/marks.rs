//! G11: marks change without logs, and what is kept of logs for a later run holds none of them.

use super::*;
use crate::ingest::Choice;
use crate::marks::{Change, Marks, Tag};
use crate::sources::SOURCES;

fn title_of(index: &Index, id: &SessionId) -> Option<(TitleRank, String)> {
    let title = index.row(id)?.session.title.clone()?;
    Some((title.rank, title.text.to_string()))
}

fn titled(id: &SessionId, title: &str) -> Told {
    let mut session = session(&id.native, unit("/u", 0));
    session.id = id.clone();
    session.title = Some(Title {
        rank: TitleRank::User,
        text: Clean::of(title),
    });
    told(session, vec![])
}

#[test]
fn a_name_stands_before_every_title_and_gives_way_to_it() {
    let id = SessionId::new(SOURCE, "a");
    let mut index = Index::default();
    // Noted before its log was read: the mark waits for the row.
    let back = index.mark(&id, &Change::name("ours"));
    assert_eq!(index.rows().len(), 0);
    index.apply(delta(vec![titled(&id, "theirs")]));
    assert_eq!(
        title_of(&index, &id),
        Some((TitleRank::Ours, "ours".into()))
    );
    // A log that changes takes nothing away.
    index.apply(delta(vec![titled(&id, "theirs 2")]));
    assert_eq!(
        title_of(&index, &id),
        Some((TitleRank::Ours, "ours".into()))
    );
    assert_eq!(index.mark(&id, &back), Change::name("ours"));
    assert_eq!(
        title_of(&index, &id),
        Some((TitleRank::User, "theirs 2".into()))
    );
    assert_eq!(index.row(&id).unwrap().mark, None);
}

#[test]
fn new_marks_change_the_rows_they_are_about() {
    let ids = ["a", "b", "c"].map(|id| SessionId::new(SOURCE, id));
    let mut index = Index::default();
    let logs = ids.iter().map(|id| {
        let mut told = titled(id, "x");
        let session = Arc::make_mut(&mut told.session);
        session.unit = unit(&format!("/{}", id.native), 0);
        told
    });
    index.apply(delta(logs.collect()));
    let mut marks = Marks::default();
    marks.apply(&ids[0], &Change::Star(true));
    marks.apply(&ids[1], &Change::Star(true));
    assert_eq!(index.set_marks(marks.clone()).rows, ids[..2]);
    assert_eq!(index.set_marks(marks.clone()).rows, []);
    marks.apply(&ids[1], &Change::Star(false));
    marks.apply(&ids[2], &Change::Hide(true));
    assert_eq!(index.set_marks(marks).rows, ids[1..]);
    assert!(index.row(&ids[0]).unwrap().is_starred());
    assert!(index.row(&ids[2]).unwrap().is_hidden());
}

#[test]
fn unread_is_what_changed_since_a_visit() {
    let id = SessionId::new(SOURCE, "a");
    let mut index = Index::default();
    index.apply(delta(vec![titled(&id, "x")]));
    let unread = |index: &Index| index.row(&id).unwrap().is_unread();
    assert!(!unread(&index), "what nobody opened is no news");
    let seen = |at| Change::Seen(Some(crate::marks::Seen { at, messages: 2 }));
    index.mark(&id, &seen(time(100)));
    assert!(!unread(&index));
    index.mark(&id, &seen(time(99)));
    assert!(unread(&index));
}

#[test]
fn what_is_kept_for_a_later_run_holds_no_marks() {
    let home = tempfile::tempdir().unwrap();
    let env = crate::env::Env::bare(home.path(), time(0));
    let source = SOURCES[0].card().id;
    let id = SessionId::new(source, "a");
    let mut told = titled(&id, "theirs");
    let session = Arc::make_mut(&mut told.session);
    Arc::make_mut(&mut session.unit).source = source;
    let tariff = || -> Arc<dyn Tariff> { Arc::new(crate::model::Logged) };
    let mut index = Index::with(tariff());
    index.apply(delta(vec![told]));
    let plain = index.row(&id).unwrap().clone();
    index.mark(&id, &Change::name("ours"));
    let tag = Change::Tag {
        add: [Tag::new("q4").unwrap()].into(),
        remove: BTreeSet::new(),
    };
    index.mark(&id, &tag);
    index.keep_rows(&env, Shelf::Rows, 1, 2).unwrap();
    let choice = Choice::default();
    let (state, mut kept) = Index::kept_rows(&env, &choice, Shelf::Rows, 1, tariff()).unwrap();
    assert_eq!((state, kept.row(&id)), (2, Some(&plain)));
    // Other marks by then are those that are seen.
    let mut marks = Marks::default();
    marks.apply(&id, &Change::name("ours by now"));
    kept.set_marks(marks);
    assert_eq!(
        title_of(&kept, &id),
        Some((TitleRank::Ours, "ours by now".into()))
    );
    kept.set_marks(Marks::default());
    assert_eq!(kept.row(&id), Some(&plain));
}
