//! Numbers, money and dates as a language writes them.

use jiff::Zoned;
use jiff::civil::Date;

use super::human::count;

/// How numbers and dates are written. JSON and CSV never use it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Locale {
    /// As people name it, such as `de-DE`; empty for the usual form.
    tag: &'static str,
    group: &'static str,
    decimal: char,
    date: &'static str,
    time: &'static str,
}

impl Default for Locale {
    /// Numbers as in English, days as in ISO 8601, so that output is the same on every machine.
    fn default() -> Locale {
        Locale {
            tag: "",
            group: ",",
            decimal: '.',
            date: "%Y-%m-%d",
            time: "%-I:%M:%S %p",
        }
    }
}

const fn of(
    tag: &'static str,
    group: &'static str,
    decimal: char,
    date: &'static str,
    time: &'static str,
) -> Locale {
    Locale {
        tag,
        group,
        decimal,
        date,
        time,
    }
}

const TWELVE: &str = "%-I:%M:%S %p";
const FULL: &str = "%H:%M:%S";
/// A space that no line breaks at.
const THIN: &str = "\u{202f}";

/// The locales known, a language's usual one first.
static LOCALES: &[Locale] = &[
    of("en-US", ",", '.', "%-m/%-d/%Y", TWELVE),
    of("en-GB", ",", '.', "%d/%m/%Y", FULL),
    of("en-AU", ",", '.', "%d/%m/%Y", TWELVE),
    of("en-CA", ",", '.', "%Y-%m-%d", TWELVE),
    of("de-DE", ".", ',', "%d.%m.%Y", FULL),
    of("de-AT", ".", ',', "%d.%m.%Y", FULL),
    of("de-CH", "’", '.', "%d.%m.%Y", FULL),
    of("fr-FR", THIN, ',', "%d/%m/%Y", FULL),
    of("fr-CA", THIN, ',', "%Y-%m-%d", FULL),
    of("es-ES", ".", ',', "%-d/%-m/%Y", FULL),
    of("es-MX", ",", '.', "%-d/%-m/%Y", FULL),
    of("it-IT", ".", ',', "%d/%m/%Y", FULL),
    of("nl-NL", ".", ',', "%d-%m-%Y", FULL),
    of("pt-BR", ".", ',', "%d/%m/%Y", FULL),
    of("pt-PT", THIN, ',', "%d/%m/%Y", FULL),
    of("sv-SE", THIN, ',', "%Y-%m-%d", FULL),
    of("nb-NO", THIN, ',', "%d.%m.%Y", FULL),
    of("da-DK", ".", ',', "%d.%m.%Y", FULL),
    of("fi-FI", THIN, ',', "%-d.%-m.%Y", FULL),
    of("pl-PL", THIN, ',', "%d.%m.%Y", FULL),
    of("cs-CZ", THIN, ',', "%d.%m.%Y", FULL),
    of("ru-RU", THIN, ',', "%d.%m.%Y", FULL),
    of("uk-UA", THIN, ',', "%d.%m.%Y", FULL),
    of("tr-TR", ".", ',', "%d.%m.%Y", FULL),
    of("ja-JP", ",", '.', "%Y/%m/%d", FULL),
    of("zh-CN", ",", '.', "%Y/%-m/%-d", FULL),
    of("zh-TW", ",", '.', "%Y/%-m/%-d", FULL),
    of("ko-KR", ",", '.', "%Y. %-m. %-d.", FULL),
];

impl Locale {
    /// The locale of a tag such as `de-DE`, `de_DE.UTF-8` or `de`.
    pub fn named(tag: &str) -> Option<Locale> {
        let tag = tag
            .split(['.', '@'])
            .next()
            .unwrap_or(tag)
            .replace('_', "-");
        let language = |locale: &Locale| locale.tag.split('-').next().unwrap_or_default();
        LOCALES
            .iter()
            .find(|locale| locale.tag.eq_ignore_ascii_case(&tag))
            .or_else(|| {
                LOCALES
                    .iter()
                    .find(|l| language(l).eq_ignore_ascii_case(&tag))
            })
            .copied()
    }

    /// Every tag, for help and error messages.
    pub fn tags() -> impl Iterator<Item = &'static str> {
        LOCALES.iter().map(|locale| locale.tag)
    }

    /// `78,183,986`
    pub fn count(&self, n: u64) -> String {
        count(n).replace(',', self.group)
    }

    /// A number of cents as dollars: `1,234.56`.
    pub fn cents(&self, cents: u64) -> String {
        let whole = self.count(cents / 100);
        format!("{whole}{}{:02}", self.decimal, cents % 100)
    }

    pub fn day(&self, day: Date) -> String {
        day.strftime(self.date).to_string()
    }

    /// A day and a minute of it, as tables have them: `2025-09-25 14:30`.
    pub fn minute(&self, at: &Zoned) -> String {
        format!("{} {}", self.day(at.date()), at.strftime("%H:%M"))
    }

    /// A day and a time of day.
    pub fn moment(&self, at: &Zoned) -> String {
        let day = if self.tag.is_empty() {
            at.strftime("%-m/%-d/%Y").to_string()
        } else {
            self.day(at.date())
        };
        format!("{day}, {}", at.strftime(self.time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn numbers_and_days_follow_the_language() {
        let at = date(2025, 9, 25).at(14, 30, 0, 0).in_tz("UTC").unwrap();
        let usual = Locale::default();
        assert_eq!(usual.count(9_174), "9,174");
        assert_eq!(usual.cents(15_640), "156.40");
        assert_eq!(usual.day(at.date()), "2025-09-25");
        assert_eq!(usual.moment(&at), "9/25/2025, 2:30:00 PM");
        let german = Locale::named("de_DE.UTF-8").unwrap();
        assert_eq!(german.count(1_234_567), "1.234.567");
        assert_eq!(german.cents(123_456_789), "1.234.567,89");
        assert_eq!(german.moment(&at), "25.09.2025, 14:30:00");
        assert_eq!(Locale::named("FR").unwrap().count(12_345), "12\u{202f}345");
        assert_eq!(Locale::named("tlh"), None);
    }
}
