//! Every source against small homes of our own under `tests/fixtures/<slug>/<generation>`: what is told of them, and that
//! it is told the same however the bytes arrive.
//!
//! All but the snapshots is asked of every source in `SOURCES`, so an agent added later is tested by standing there.

mod at_once;
mod databases;
mod following;
mod golden;
mod homes;
mod logs;
mod places;
mod raw;
mod trash;
