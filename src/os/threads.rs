//! Threads and who of them goes first.

/// This thread waits for all others from now on, where the system can tell threads apart in that.
pub fn stand_back() {
    const BEHIND: i32 = 10;
    // Where it is not allowed all go at once, as before. Elsewhere it would hold for the whole program.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(BEHIND);
    #[cfg(not(target_os = "linux"))]
    let _ = BEHIND;
}
