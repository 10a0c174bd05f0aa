//! What cannot be shown by a home.
