//! Exit codes. Scripts depend on these numbers.

/// Found, or done; also when the reader of a pipe is gone.
pub const DONE: i32 = 0;
/// Nothing was found.
pub const NOTHING: i32 = 1;
/// Bad usage, or not done.
pub const USAGE: i32 = 2;
/// Some of it could not be read.
pub const PARTLY: i32 = 3;
/// A bug of ours.
pub const BUG: i32 = 70;
