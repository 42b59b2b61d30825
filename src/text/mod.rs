//! Text: folding, language, dates, HTML cleaning, press conventions, addresses.
//!
//! Pure. Knows nothing of sources, topics or the store.

pub mod charset;
pub mod dates;
pub mod fold;
pub mod html;
pub mod http_date;
pub mod language;
pub mod press;
pub mod stem;
pub mod url;
