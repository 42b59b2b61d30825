-- What publishing remembers: events for the health feed, archive documents, and what was served.

-- Changes that a person should know of, one row each, never changed afterwards. `kind` is a word of
-- health (gone, failing, moved, stale, empty, degraded, refused, paused), `recovered`, or one about
-- the whole (`configuration`, `disk`), where `subject` is empty.
CREATE TABLE event (
    id      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,                   -- when it was noticed
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL,                      -- id of the source
    since   INTEGER NOT NULL,                   -- when it began
    words   TEXT NOT NULL                       -- the details, as in the log
) STRICT;
CREATE INDEX event_subject ON event (subject, id);
CREATE INDEX event_at ON event (at);

-- Archive documents (RFC 5005 §4): written once. `base` is the address of the site in their links:
-- they are only written anew when the site moves.
CREATE TABLE archive (
    id       INTEGER PRIMARY KEY,
    channel  TEXT NOT NULL,
    number   INTEGER NOT NULL,                  -- from 1, the oldest
    base     TEXT NOT NULL,
    modified INTEGER NOT NULL,
    bytes    BLOB NOT NULL,                     -- gzip
    UNIQUE (channel, number)
) STRICT;

-- Which entries stand in an archive, and in which state.
CREATE TABLE archived (
    channel TEXT NOT NULL,
    head    INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    PRIMARY KEY (channel, head)
) STRICT, WITHOUT ROWID;

-- Documents that were ever published: when their bytes last changed, so that a restart changes no
-- Last-Modified, and what has to be answered with 410 when it is published no more.
CREATE TABLE document (
    path     TEXT PRIMARY KEY,
    etag     TEXT NOT NULL,
    modified INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Everything published, newest first, and the articles of a source that somebody wanted.
CREATE INDEX entry_published ON entry (published, head);
CREATE INDEX article_wanted ON article (source, published) WHERE state IN ('published', 'duplicate');
