-- Tens of thousands of sources: what is due in a domain, and what was polled of late, without a walk over
-- all of them.

CREATE INDEX source_domain ON source (domain, next_fetch_at) WHERE active = 1;
CREATE INDEX source_fetched ON source (last_fetch_at) WHERE active = 1;
