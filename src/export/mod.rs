//! Conversations as text for elsewhere.

pub mod explain;
pub mod markdown;
