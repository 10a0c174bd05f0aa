//! What is told of a log that is read for its summary and its conversation at once.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;

use backscroll::env::Env;
use backscroll::ingest::{Choice, Delta, Reading, Survey};
use backscroll::model::{Conversation, Session, SourceId};
use backscroll::sources::Want;

/// Sees that it is what two readings tell, and names the sources whose logs were read so.
pub fn is_the_same(env: &Env) -> BTreeSet<SourceId> {
    let choice = Choice::default();
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    // Nothing is known from an earlier reading.
    let with = |cache: &Path| {
        let mut env = env.clone();
        env.vars.insert("BACKSCROLL_CACHE".into(), cache.into());
        env
    };
    let alone = Survey::take(&with(one.path()), &choice).load(Want::Summary);
    let sources = Mutex::new(BTreeSet::new());
    let overhear = |session: &Session, said: &Conversation| {
        let mut reading = Reading::new(session);
        reading.read(env).unwrap();
        let alone = reading.conversation();
        assert!(
            *said == alone,
            "{}: {said:#?}\n\nbut {alone:#?}",
            session.id
        );
        sources.lock().unwrap().insert(session.id.source);
    };
    let both =
        Survey::take(&with(other.path()), &choice).load_overheard(Want::Summary, Some(&overhear));
    let (alone, both) = (lines(&alone), lines(&both));
    for (alone, both) in alone.iter().zip(&both) {
        assert_eq!(alone, both);
    }
    assert_eq!(alone.len(), both.len());
    sources.into_inner().unwrap()
}

/// Everything but how far reading came, in an order of its own.
fn lines(delta: &Delta) -> Vec<String> {
    let told = delta.told.iter().map(|told| format!("{told:#?}"));
    let about = delta.about.iter().map(|about| format!("{about:#?}"));
    let odd = delta.odd.iter().map(|odd| format!("{odd:#?}"));
    let mut all: Vec<String> = told.chain(about).chain(odd).collect();
    all.sort();
    all
}
