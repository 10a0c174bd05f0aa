//! Times as logs write them.

use jiff::Timestamp;

/// RFC 3339, or the digits of a number.
pub fn from_text(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| from_digits(text))
        .and_then(sane)
}

fn from_digits(text: &str) -> Option<Timestamp> {
    (text.len() >= 9 && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse::<f64>().ok())
        .flatten()
        .and_then(from_number)
}

/// Years 1 to 9999; a time outside them is a mistake.
fn sane(time: Timestamp) -> Option<Timestamp> {
    const FIRST: i64 = -62_135_596_800;
    (time.as_second() >= FIRST).then_some(time)
}

/// Seconds, milli-, micro- or nanoseconds since 1970, told apart by size.
pub fn from_number(n: f64) -> Option<Timestamp> {
    let size = n.abs();
    let nanos = if size < 1e11 {
        n * 1e9
    } else if size < 1e14 {
        n * 1e6
    } else if size < 1e17 {
        n * 1e3
    } else {
        n
    };
    // Milliseconds are exact as integers; through a float of nanoseconds they would not be.
    let exact = if (1e11..1e14).contains(&size) && n.fract() == 0.0 {
        i128::from(n as i64) * 1_000_000
    } else {
        nanos as i128
    };
    Timestamp::from_nanosecond(exact).ok().and_then(sane)
}

#[cfg(test)]
mod tests {
    use crate::sources::json::Json;

    #[test]
    fn times_in_every_unit_are_the_same_time() {
        let want = "2026-11-20T23:40:17Z".parse().ok();
        for text in [
            "\"2026-11-20T23:40:17Z\"",
            "\"2026-11-21T00:40:17+01:00\"",
            "1795218017",
            "1795218017000",
            "1795218017000000",
            "1795218017000000000",
        ] {
            assert_eq!(Json::from_sound(text).time(), want, "{text}");
        }
        assert_eq!(Json::from_sound("1e30").time(), None);
        assert_eq!(Json::from_sound("\"soon\"").time(), None);
    }
}
