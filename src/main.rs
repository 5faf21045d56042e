//! Plaza.
fn main() {}
