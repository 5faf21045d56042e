//! Figures as people read them.

use std::fmt::Write;

/// Digits in groups of three.
#[must_use]
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "\u{2212}" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// A part of a whole: never all of it, or nothing of it, where it is not.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "what people read")]
pub fn percent(part: u64, of: u64) -> String {
    if of == 0 {
        return "no data".to_owned();
    }
    let share = part as f64 / of as f64 * 100.0;
    match () {
        () if part == of => "100 %".to_owned(),
        () if part == 0 => "0 %".to_owned(),
        () if share < 0.01 => "< 0.01 %".to_owned(),
        () if share > 99.99 => "> 99.99 %".to_owned(),
        () if !(1.0..=99.0).contains(&share) => format!("{share:.2} %"),
        () => format!("{share:.1} %"),
    }
}

/// A span of time, as short as it can be said.
#[must_use]
pub fn span(ms: u64) -> String {
    let (mut left, mut text) = (ms / 1_000, String::new());
    for (unit, seconds) in [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)] {
        let many = left / seconds;
        left %= seconds;
        if many > 0 {
            let gap = if text.is_empty() { "" } else { " " };
            // A text that is written to never fails.
            let _ = write!(text, "{gap}{many} {unit}");
        }
    }
    if text.is_empty() { "0".to_owned() } else { text }
}

/// How long something took, as exactly as it says something.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "milliseconds of an order")]
pub fn took(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{:.1} s", ms as f64 / 1_000.0),
        _ => span(ms),
    }
}

/// So many of something.
#[must_use]
pub fn count(count: u64, one: &str, many: &str) -> String {
    match count {
        0 => format!("No {one}"),
        1 => format!("1 {one}"),
        _ => format!("{} {many}", grouped(count.cast_signed())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_never_all_or_nothing_where_it_is_not() {
        for (part, of, said) in [
            (0, 0, "no data"),
            (3, 3, "100 %"),
            (0, 7, "0 %"),
            (99_999, 100_000, "> 99.99 %"),
            (9_998, 10_000, "99.98 %"),
            (1, 100_000, "< 0.01 %"),
            (1, 3, "33.3 %"),
            (1, 500, "0.20 %"),
        ] {
            assert_eq!(percent(part, of), said, "{part} of {of}");
        }
        assert_eq!(grouped(-1_234_567), "\u{2212}1\u{202f}234\u{202f}567");
    }

    #[test]
    fn spans_are_short() {
        for (ms, text) in [(0, "0"), (90_000, "1 min 30 s"), (3_600_000, "1 h"), (90_000_000, "1 d 1 h")] {
            assert_eq!(span(ms), text);
        }
        for (ms, text) in [(0, "0 ms"), (999, "999 ms"), (1_250, "1.2 s"), (61_999, "1 min 1 s")] {
            assert_eq!(took(ms), text);
        }
    }
}
