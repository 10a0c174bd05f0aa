//! Opening agents' databases so that nothing in their folder changes.

/// The version of the database library built in.
pub fn version() -> &'static str {
    rusqlite::version()
}
