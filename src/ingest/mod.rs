//! From units to what the index holds: discovery, reading, watching, and the folds that turn records into sessions and
//! conversations.

mod again;
mod bodies;
mod branches;
mod cache;
mod conversation;
mod delta;
mod discover;
mod fold;
mod library;
mod loader;
mod oddities;
mod places;
mod plan;
mod projects;
pub mod raw;
mod states;
#[cfg(test)]
pub mod tests;
mod unit;
mod watch;

pub use cache::shapes;
pub use conversation::{Each, Reading, Tail};
pub use delta::{
    AboutTold, Delta, OddFile, Progress, Retired, SourceProgress, SourceState, Told, Watching,
};
pub use discover::Choice;
pub use fold::{UnitFold, named_repository};
pub use library::{Survey, load, load_for};
pub use loader::Loader;
pub use places::gone;
pub use states::{Look, States};
