//! Figures and values as people read them.

use super::measured::Values;

/// A figure as people read it: whole where it is, to four digits behind the point otherwise.
#[must_use]
pub fn figure(value: f64) -> String {
    if value.fract() == 0.0 || value.abs() >= 10_000.0 {
        return format!("{value:.0}");
    }
    trimmed(&format!("{value:.4}"))
}

/// A number without zeros that say nothing.
#[must_use]
pub fn trimmed(number: &str) -> String {
    let short = number.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

/// Values of what is varied, in words.
#[must_use]
pub fn named(values: &Values) -> String {
    let all: Vec<String> = values.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    if all.is_empty() { "as it is".to_owned() } else { all.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short() {
        for (value, said) in [
            (0.5, "0.5"),
            (12.0, "12"),
            (0.123_456, "0.1235"),
            (1_234_567.8, "1234568"),
            (-0.25, "-0.25"),
            (-0.000_01, "0"),
        ] {
            assert_eq!(figure(value), said);
        }
    }
}
