-- Texts are compressed: those of one article together, by the program itself (store/texts.rs). What stood
-- in `body` before is taken over when this file has been applied (store/migrate.rs).

ALTER TABLE body RENAME TO body_plain;

CREATE TABLE body (
    article INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
    mark    INTEGER NOT NULL,                   -- changes with what readers are shown
    packed  BLOB NOT NULL                       -- candidate, texts, how it was placed
) STRICT;
