//! Conversations as lines for one width. Knows the widgets' text, not screens.

mod ansi;
mod blocks;
pub mod code;
mod diff;
pub mod document;
mod groups;
mod markdown;
mod masking;
pub mod record;
pub mod showing;
pub mod signs;
pub mod span;
mod strip;
pub mod theme;
mod tool;
pub mod wrap;

pub use masking::message as masked_message;
