-- Less room for the same: texts compressed, verdicts that found nothing without a row of their own.

-- Texts are compressed: those of one article together, by the program itself (store/texts.rs). What stood
-- in `body` before is taken over when this file has been applied (store/migrate.rs).

ALTER TABLE body RENAME TO body_plain;

CREATE TABLE body (
    article INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
    mark    INTEGER NOT NULL,                   -- changes with what readers are shown
    packed  BLOB NOT NULL                       -- candidate, texts, how it was placed
) STRICT;

-- A verdict is a row where a topic found something. Of the others the article says by which rules it was judged: with many
-- topics they would be nineteen rows in twenty.

CREATE TABLE rulebook (
    id    INTEGER NOT NULL,                     -- the rules of all topics at one time
    topic TEXT NOT NULL,
    rules INTEGER NOT NULL,
    PRIMARY KEY (id, topic)
) STRICT, WITHOUT ROWID;

-- The rules by which all topics judged it that have no row on it; 0 where only its rows say so.
ALTER TABLE article ADD COLUMN rulebook INTEGER NOT NULL DEFAULT 0;
CREATE INDEX article_rulebook ON article (rulebook, published) WHERE how <> '';
