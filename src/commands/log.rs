//! The log, on standard error: lines for a person, lines with a priority for the journal, or JSON.

use std::io::IsTerminal;

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::{Format, Full, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Lets the program log, by `DEPECHE_LOG` (what) and `DEPECHE_LOG_FORMAT` (`json`, `text`).
pub(super) fn start() {
    let filter = EnvFilter::try_from_env("DEPECHE_LOG")
        .unwrap_or_else(|_| EnvFilter::new("error,depeche=info"));
    let journal = std::env::var_os("JOURNAL_STREAM").is_some();
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Who closed it cannot be told so, and to try would be a panic.
        .log_internal_errors(false)
        .with_target(false);
    if std::env::var("DEPECHE_LOG_FORMAT").is_ok_and(|format| format == "json") {
        builder.json().flatten_event(true).init();
    } else if journal {
        let plain = Format::default()
            .with_target(false)
            .without_time()
            .with_ansi(false);
        builder
            .with_ansi(false)
            .event_format(Prioritised(plain))
            .init();
    } else {
        builder.with_ansi(std::io::stderr().is_terminal()).init();
    }
}

/// Lines that begin with their priority, as the journal reads it (sd-daemon(3)); it knows the time.
struct Prioritised(Format<Full, ()>);

impl<S, N> FormatEvent<S, N> for Prioritised
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> std::fmt::Result {
        write!(writer, "<{}>", priority(*event.metadata().level()))?;
        self.0.format_event(context, writer, event)
    }
}

/// The priority of a level (syslog(3)): error, warning, information, debugging.
fn priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        _ => 7,
    }
}
