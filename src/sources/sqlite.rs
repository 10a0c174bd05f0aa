//! Opening agents' databases so that nothing in their folder changes.
