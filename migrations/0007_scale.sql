-- Less to write for every article.

-- Most paragraphs stand in one article only: those need no place in the index of what is repeated.
DROP INDEX paragraph_repeated;
CREATE INDEX paragraph_repeated ON paragraph (source, last_seen, hash) WHERE stories >= 2;
-- The daily purge goes by source.
DROP INDEX paragraph_last_seen;
