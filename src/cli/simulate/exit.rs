//! How `plaza simulate` ends.

/// Everything held.
pub const HELD: u8 = 0;
/// A threshold failed.
pub const FAILED: u8 = 1;
/// There is no mall that can be used.
pub const NO_MALL: u8 = 10;
/// An invariant was violated, or an acknowledged order is missing.
pub const VIOLATED: u8 = 11;
