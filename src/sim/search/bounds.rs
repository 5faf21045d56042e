//! How large what a plan says can be.

/// The longest span in a plan, milliseconds: as far as a mall's clock can be advanced at once.
pub const SPAN_MS_MAX: u64 = 400 * 86_400_000;

/// Refuses a number that is more than it can be.
pub fn at_most(of: &str, number: u64, most: u64) -> Result<(), String> {
    if number <= most { Ok(()) } else { Err(format!("{of} must be at most {most}")) }
}

/// Refuses a number that is 0 or more than it can be.
pub fn at_least_one(of: &str, number: u64, most: u64) -> Result<(), String> {
    if (1..=most).contains(&number) { Ok(()) } else { Err(format!("{of} must be 1 to {most}")) }
}
