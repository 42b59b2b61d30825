-- How a source wants to be polled, and where it went: a 304 or a restart must not forget it.

-- Minutes between polls that the last body asked for (RSS ttl, sy:updatePeriod), the longer of the two.
ALTER TABLE source ADD COLUMN ttl INTEGER;
-- Seconds for which the last answer that said so is fresh (Cache-Control, Expires).
ALTER TABLE source ADD COLUMN fresh INTEGER;
-- RSS skipHours: bit n is hour n of the day, GMT.
ALTER TABLE source ADD COLUMN skip_hours INTEGER NOT NULL DEFAULT 0;
-- RSS skipDays: bit 0 is Monday, GMT.
ALTER TABLE source ADD COLUMN skip_days INTEGER NOT NULL DEFAULT 0;
-- Address polled instead of `url`, since permanent redirects have named it often and long enough.
ALTER TABLE source ADD COLUMN adopted_url TEXT;
-- Bodies in a row in which known links came with new ids.
ALTER TABLE source ADD COLUMN churn INTEGER NOT NULL DEFAULT 0;
-- What tells its candidates apart: the id they state, or their link when those ids do not hold.
ALTER TABLE source ADD COLUMN identity TEXT NOT NULL DEFAULT 'id' CHECK (identity IN ('id', 'link'));

CREATE INDEX article_due_domain ON article (domain, source, next_try) WHERE next_try IS NOT NULL;
