//! From text that may leave to text that does. The number to hold: 50 MB a second over text without secrets.

use std::sync::LazyLock;

use backscroll::redact::{Outlet, Scanner, Secrets};
use backscroll::text::Clean;
use divan::Bencher;
use divan::counter::BytesCount;

/// About a megabyte of our own code, as agents print it.
static CODE: LazyLock<Clean> = LazyLock::new(|| {
    let files = [
        include_str!("../../src/redact/scanner.rs"),
        include_str!("../../src/query/parse.rs"),
        include_str!("../../src/sources/claude/lines.rs"),
        include_str!("../../README.md"),
        include_str!("../../Cargo.lock"),
    ];
    let once = files.concat();
    Clean::of(&once.repeat((1 << 20) / once.len()))
});

/// Ten thousand tokens in one message.
static TOKENS: LazyLock<Clean> = LazyLock::new(|| {
    let token = |n: u64| {
        let digits = format!("{n:016x}{:016x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        format!("gh{}_{digits}Qx7t ", 'p')
    };
    let numbers = (1..=10_000u64).map(|n| n.wrapping_mul(0xd129_42e1_0b5c_7a3d));
    Clean::from(numbers.map(token).collect::<String>())
});

#[divan::bench(sample_count = 20, sample_size = 1)]
fn code(bencher: Bencher) {
    let scanner = Scanner::new();
    // Rules are made ready when they are first needed.
    scanner.scan(&CODE);
    let bencher = bencher.counter(BytesCount::of_str(CODE.as_str()));
    bencher.bench(|| scanner.scan(&CODE).len());
}

/// A number of its own: 100 ms, every token replaced.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn tokens(bencher: Bencher) {
    let scanner = Scanner::new();
    bencher.bench(|| {
        let mut outlet = Outlet::new(&scanner, Secrets::Replace);
        outlet.clean(&TOKENS);
        outlet.found().total()
    });
}

/// A run's first text: the table is read and the search is made.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn scanner(bencher: Bencher) {
    bencher.bench(|| {
        let home = std::path::Path::new("/home/ada");
        Scanner::new().anonymizing(home, Some("wharf"), Some("ada"))
    });
}
