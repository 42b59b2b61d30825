-- What the address guard refused, so that it is asked again once the configuration allows it.

-- Scheme, name and port of the address; NULL where nothing was refused, or for another reason.
ALTER TABLE source ADD COLUMN refused_origin TEXT;
ALTER TABLE article ADD COLUMN refused_origin TEXT;
CREATE INDEX article_refused ON article (source, refused_origin) WHERE refused_origin IS NOT NULL;

-- What was rejected before its page was fetched stands in the feeds of rejections, by date.
CREATE INDEX article_rejected_early ON article (published) WHERE rejected_by IS NOT NULL;
