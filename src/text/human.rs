//! Numbers, ages and directories the way people read them.

use std::path::Path;

use jiff::Timestamp;

/// Bytes by a size as people write it: `256M`, `1 GiB`, `65536`. Letters count in steps of 1024.
pub fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (number, unit) = text.split_at_checked(end.unwrap_or(text.len()))?;
    let unit = unit.trim().to_ascii_lowercase();
    let steps = match unit.trim_end_matches('b').trim_end_matches('i') {
        "" if unit != "i" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        _ => return None,
    };
    let size = number.parse::<f64>().ok()? * f64::from(1_u32 << 10).powi(steps);
    // A size that no machine has is none.
    (size < 1e15).then_some(size as u64)
}

/// `78,183,986`
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 session`, `2,000 sessions`: so many of something, by its word for one.
pub fn counted(n: usize, what: &str) -> String {
    let many = match what.strip_suffix('y') {
        _ if n == 1 => what.to_owned(),
        // As in copy and reply, and not as in day.
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{what}s"),
    };
    format!("{} {many}", count(n as u64))
}

/// `812`, `12.4k`, `910k`, `18.2M`, `1.3G`: four significant places at most, rounded half up.
pub fn short_count(n: u64) -> String {
    const STEPS: [(u64, &str); 5] = [
        (1, ""),
        (1_000, "k"),
        (1_000_000, "M"),
        (1_000_000_000, "G"),
        (1_000_000_000_000, "T"),
    ];
    let step = |i: usize| STEPS.get(i).copied().unwrap_or((1, ""));
    let mut i = 0;
    // A number that would round to 1000 of its unit takes the next one.
    while i + 1 < STEPS.len() && n >= step(i + 1).0.saturating_sub(step(i).0 / 2).max(1000) {
        i += 1;
    }
    let (unit, mark) = step(i);
    if i == 0 {
        return n.to_string();
    }
    let tenths = (u128::from(n) * 10 + u128::from(unit) / 2) / u128::from(unit);
    if tenths < 1000 {
        format!("{}.{}{mark}", tenths / 10, tenths % 10)
    } else {
        format!(
            "{}{mark}",
            (u128::from(n) + u128::from(unit) / 2) / u128::from(unit)
        )
    }
}

/// How long ago: `now`, `3m`, `5h`, `2d`, `6w`, `4mo`, `2y`. `~now` for a time in the future.
pub fn age(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(then.as_second());
    let (minute, hour, day) = (60, 3600, 86_400);
    match seconds {
        // A clock was wrong, this one or the one of the log.
        ..=-60 => "~now".into(),
        -59..60 => "now".into(),
        s if s < hour => format!("{}m", s / minute),
        s if s < day => format!("{}h", s / hour),
        s if s < 14 * day => format!("{}d", s / day),
        s if s < 60 * day => format!("{}w", s / (7 * day)),
        s if s < 730 * day => format!("{}mo", s / (30 * day)),
        s => format!("{}y", s / (365 * day)),
    }
}

/// `~/code/api` for a directory under `home`, else the path as it is.
pub fn short_dir(dir: &Path, home: &Path) -> String {
    match dir.strip_prefix(home) {
        Ok(rest) if rest.as_os_str().is_empty() => "~".into(),
        Ok(rest) => format!("~/{}", rest.display()),
        Err(_) => dir.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        let table = [
            ("65536", Some(65536)),
            ("256M", Some(256 << 20)),
            ("1.5 GiB", Some(3 << 29)),
            ("64mb", Some(64 << 20)),
            ("12 k", Some(12 << 10)),
            ("", None),
            ("M", None),
            ("256 apples", None),
            ("1e5", None),
            ("9999999G", None),
        ];
        for (text, want) in table {
            assert_eq!(bytes(text), want, "{text}");
        }
    }

    #[test]
    fn counts() {
        let table = [
            (0, "0"),
            (812, "812"),
            (999, "999"),
            (1_000, "1.0k"),
            (12_430, "12.4k"),
            (99_949, "99.9k"),
            (99_950, "100k"),
            (910_000, "910k"),
            (999_499, "999k"),
            (999_500, "1.0M"),
            (18_200_000, "18.2M"),
            (1_300_000_000, "1.3G"),
        ];
        for (n, want) in table {
            assert_eq!(short_count(n), want);
        }
        assert_eq!(count(78_183_986), "78,183,986");
        assert_eq!(count(999), "999");
        assert!(short_count(u64::MAX).ends_with('T'));
    }

    #[test]
    fn ages() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let ago = |s: i64| age(Timestamp::from_second(now.as_second() - s).unwrap(), now);
        assert_eq!(
            [
                ago(-3600),
                ago(-5),
                ago(59),
                ago(60),
                ago(3600),
                ago(86_400 * 3),
                ago(86_400 * 20),
                ago(86_400 * 90),
                ago(86_400 * 800)
            ],
            ["~now", "now", "now", "1m", "1h", "3d", "2w", "3mo", "2y"]
        );
    }
}
