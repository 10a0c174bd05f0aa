//! Memory that the system gives.

/// Asks for small pages from now on. The allocator asks for huge ones, which make a command that ends soon faster; a
/// screen that stays open all day would hold many times what it uses.
pub fn small_pages() {
    // Where the system knows no such wish it gives small ones anyway.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}
