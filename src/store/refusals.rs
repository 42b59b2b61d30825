//! What the address guard refused: sources and pages that wait until the configuration allows the
//! host that they lead to.

use chrono::{DateTime, Utc};
use rusqlite::params;

use super::sources::stamp;
use super::{Queries, Result, Writer};
use crate::model::SourceId;

pub(super) const REFUSED_SQL: &str = "SELECT DISTINCT source, refused_origin FROM article
        WHERE refused_origin IS NOT NULL
    UNION SELECT id, refused_origin FROM source WHERE refused_origin IS NOT NULL";

impl Queries<'_> {
    /// What was refused of each source: scheme, name and port.
    pub fn refused(&self) -> Result<Vec<(SourceId, String)>> {
        let mut query = self.0.prepare_cached(REFUSED_SQL)?;
        let rows = query.query_map([], |row| Ok((SourceId(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Writer<'_> {
    /// Makes due what was refused at an address of a source and is allowed now, the source itself
    /// and its pages, as if it had never been tried. What was dropped meanwhile stays dropped.
    pub fn readmit(&self, source: &SourceId, origin: &str, now: DateTime<Utc>) -> Result<()> {
        let arguments = params![source.as_str(), origin, stamp(now)];
        self.prepare_cached(
            "UPDATE source SET next_fetch_at = ?3, refused_origin = NULL WHERE id = ?1 AND refused_origin = ?2",
        )?
        .execute(arguments)?;
        self.prepare_cached(
            "UPDATE article SET next_try = CASE WHEN state = 'old' THEN NULL ELSE ?3 END, attempts = 0,
                refused_origin = NULL WHERE source = ?1 AND refused_origin = ?2",
        )?
        .execute(arguments)?;
        Ok(())
    }
}
