//! Where commands print. Whoever reads it may have had enough: when the pipe is closed, the program ends
//! without a word, whatever command it runs.
//!
//! `print!` and its kin stand for those of the standard library in all commands, which would panic.

use std::fmt::Arguments;
use std::io::{self, Write};
use std::process;

/// Prints to standard output.
macro_rules! print {
    ($($text:tt)*) => { $crate::commands::output::print(format_args!($($text)*)) };
}

/// Prints a line to standard output.
macro_rules! println {
    () => { $crate::commands::output::print(format_args!("\n")) };
    ($($text:tt)*) => { $crate::commands::output::print(format_args!("{}\n", format_args!($($text)*))) };
}

/// Prints a line to standard error.
macro_rules! eprintln {
    ($($text:tt)*) => { $crate::commands::output::complain(format_args!($($text)*)) };
}

/// Standard output.
pub(super) struct Output;

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(or_end(io::stdout().write(bytes)))
    }

    fn flush(&mut self) -> io::Result<()> {
        or_end(io::stdout().flush());
        Ok(())
    }
}

/// What came of writing, or the end of the program: without a word when nobody reads any more, since
/// what was wanted was had.
fn or_end<T>(written: io::Result<T>) -> T {
    match written {
        Ok(value) => value,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => process::exit(0),
        Err(error) => {
            complain(format_args!(
                "depeche: what was asked for cannot be written ({error}): see to where standard output goes"
            ));
            process::exit(1)
        }
    }
}

/// Prints to standard output.
pub(super) fn print(text: Arguments<'_>) {
    // What fails ends the program.
    let _ = Output.write_fmt(text);
}

/// Prints a line to standard error; nobody can be told that it is closed.
pub(super) fn complain(text: Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{text}");
}
