//! What no home shows.
