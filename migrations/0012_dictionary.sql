-- Less room again: what is packed is packed with a dictionary that the store learns from its own articles
-- (store/packing.rs), and what topics say of an article is packed too.

-- What was learned. The frames of what was packed name their dictionary by its number, so none is ever deleted.
CREATE TABLE dictionary (
    id      INTEGER PRIMARY KEY,
    learned INTEGER NOT NULL,
    bytes   BLOB NOT NULL
) STRICT;

-- What the topic found, as JSON, packed. `why` is empty beside it; a verdict of before has only that.
ALTER TABLE verdict ADD COLUMN packed BLOB;

-- The texts of an article grow when its page has been read. In the order of articles each page of the table was
-- split for that and stayed half empty; in the order of writing what has grown goes to the end, and the pages it
-- leaves are used again.
ALTER TABLE body RENAME TO body_by_article;
CREATE TABLE body (
    id      INTEGER PRIMARY KEY,
    article INTEGER NOT NULL UNIQUE REFERENCES article (id) ON DELETE CASCADE,
    mark    INTEGER NOT NULL,                   -- changes with what readers are shown
    packed  BLOB NOT NULL                       -- candidate, texts, how it was placed
) STRICT;
INSERT INTO body (article, mark, packed) SELECT article, mark, packed FROM body_by_article ORDER BY article;
DROP TABLE body_by_article;
