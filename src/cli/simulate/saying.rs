//! Lines on standard output. Whoever has closed it reads no more, and the exit code still counts; where it cannot be
//! written otherwise, the process says so and ends.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write, stdout};
use std::process::exit;

/// What could not be printed is no answer: as for usage and files that cannot be written.
const UNPRINTED: i32 = 2;

/// Prints a line.
pub fn line(said: Arguments<'_>) {
    match writeln!(stdout().lock(), "{said}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            eprintln!("plaza: the output cannot be written: {error}");
            exit(UNPRINTED);
        }
        _ => {}
    }
}

/// Prints a line, as `println!` does, which panics where nobody reads it.
macro_rules! say {
    () => { $crate::cli::simulate::saying::line(format_args!("")) };
    ($($said:tt)*) => { $crate::cli::simulate::saying::line(format_args!($($said)*)) };
}
pub(crate) use say;
