//! From units to what the index holds: discovery, reading, watching, and the folds that turn records into sessions and
//! conversations.

mod conversation;
mod delta;
mod fold;

pub use conversation::Reading;
pub use delta::{
    AboutTold, Delta, OddFile, Progress, Retired, SourceProgress, SourceState, Told, Watching,
};
pub use fold::UnitFold;
