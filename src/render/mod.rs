//! Conversations as lines for one width. Knows the widgets' text, not screens.

mod blocks;
pub mod code;
mod diff;
pub mod document;
mod markdown;
pub mod span;
pub mod theme;
mod tool;
pub mod wrap;
