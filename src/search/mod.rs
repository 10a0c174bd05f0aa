//! Finding rows. Titles, projects and branches answer at once; what was said will be found by a second search whose
//! answers, numbered by a ticket, join these.

pub mod fuzzy;
