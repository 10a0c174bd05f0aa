//! Conversations as text for elsewhere.

pub mod markdown;
