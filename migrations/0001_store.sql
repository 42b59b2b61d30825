-- The store of depeche, first version.
-- Times are whole seconds since 1970-01-01T00:00:00Z. Every insert is idempotent by key.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row per configured source: what the scheduler and the conditional requests need.
CREATE TABLE source (
    id             TEXT PRIMARY KEY,
    url            TEXT NOT NULL,
    domain         TEXT NOT NULL,               -- registrable domain: the politeness budget
    priority       INTEGER NOT NULL DEFAULT 0,  -- which copy of a story represents it
    active         INTEGER NOT NULL DEFAULT 1,  -- 0 when it is no longer in the configuration
    next_fetch_at  INTEGER NOT NULL,
    failures       INTEGER NOT NULL DEFAULT 0,  -- in a row
    state          TEXT NOT NULL DEFAULT 'new'
                   CHECK (state IN ('new', 'ok', 'failing', 'stale', 'empty', 'gone', 'throttled', 'refused')),
    state_since    INTEGER NOT NULL,
    message        TEXT NOT NULL DEFAULT '',
    last_fetch_at  INTEGER,
    last_ok_at     INTEGER,
    -- Validators belong to the address that answered, and stand here only with a body that was committed.
    validators_url TEXT,
    etag           TEXT,
    last_modified  TEXT,
    body_hash      INTEGER,
    parser         INTEGER NOT NULL DEFAULT 0,
    title          TEXT,
    site_url       TEXT,
    newest_at      INTEGER,                     -- newest candidate
    mean_gap       INTEGER,                     -- seconds between candidates
    moved_to       TEXT,
    moved_since    INTEGER,
    moved_seen     INTEGER NOT NULL DEFAULT 0,
    polls          INTEGER NOT NULL DEFAULT 0,
    unconditional  INTEGER NOT NULL DEFAULT 0,
    candidates     INTEGER NOT NULL DEFAULT 0,
    articles       INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX source_due ON source (next_fetch_at) WHERE active = 1;

-- Pauses asked for by a server (Retry-After), by registrable domain: they survive a restart.
CREATE TABLE pause (
    domain TEXT PRIMARY KEY,
    until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- robots.txt by origin (RFC 9309 §2.4: at most 24 hours old).
CREATE TABLE robots (
    origin            TEXT PRIMARY KEY,
    checked_at        INTEGER NOT NULL,
    answer            TEXT NOT NULL CHECK (answer IN ('rules', 'absent', 'unreachable')),
    unreachable_since INTEGER,
    body              TEXT,
    validators        TEXT                      -- JSON
) STRICT, WITHOUT ROWID;

-- One row per article, whatever became of it: a rejected one is remembered, not fetched again.
CREATE TABLE article (
    id           INTEGER PRIMARY KEY,
    identity     TEXT NOT NULL UNIQUE,          -- family and outlet id, else canonical address
    source       TEXT NOT NULL,
    url          TEXT NOT NULL,
    domain       TEXT NOT NULL,
    state        TEXT NOT NULL
                 CHECK (state IN ('seen', 'published', 'rejected', 'duplicate', 'old')),
    first_seen   INTEGER NOT NULL,
    outlet_date  INTEGER,                       -- as the outlet states it
    published    INTEGER NOT NULL,              -- min(outlet's date, first seen), frozen
    updated      INTEGER NOT NULL,              -- last significant change
    title        TEXT NOT NULL DEFAULT '',
    language     TEXT,
    authors      TEXT NOT NULL DEFAULT '[]',
    agency       TEXT,
    place        TEXT,
    categories   TEXT NOT NULL DEFAULT '[]',
    enclosures   TEXT NOT NULL DEFAULT '[]',
    image        TEXT,
    how          TEXT NOT NULL DEFAULT '',
    agreement    REAL,
    words        INTEGER NOT NULL DEFAULT 0,
    text_hash    INTEGER,
    -- page retries
    attempts     INTEGER NOT NULL DEFAULT 0,
    next_try     INTEGER,                       -- when its page is due; NULL when nothing is left to fetch
    hold_until   INTEGER NOT NULL,
    last_error   TEXT,
    kills        INTEGER NOT NULL DEFAULT 0,    -- workers that its page ended
    -- story
    story        INTEGER NOT NULL DEFAULT 0,    -- first article of the story
    head         INTEGER NOT NULL DEFAULT 0,    -- first article of the group of copies; itself when none
    dup_of       INTEGER REFERENCES article (id),
    dup_level    TEXT,
    dup_score    REAL,
    dup_why      TEXT,
    keys         BLOB,                          -- the sketch, so that its rows can be purged by key
    title_keys   BLOB
) STRICT;
CREATE INDEX article_due ON article (next_try) WHERE next_try IS NOT NULL;
CREATE INDEX article_text ON article (text_hash) WHERE text_hash IS NOT NULL;
CREATE INDEX article_story ON article (story);
CREATE INDEX article_head ON article (head);
CREATE INDEX article_published ON article (published);
CREATE INDEX article_source ON article (source, published);

-- The texts, apart from the row that queries walk over.
CREATE TABLE body (
    article   INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
    candidate TEXT NOT NULL,                    -- as the source gave it (JSON)
    summary   TEXT NOT NULL DEFAULT '',         -- teaser as text
    html      TEXT NOT NULL DEFAULT '',         -- cleaned
    text      TEXT NOT NULL DEFAULT ''
) STRICT;

-- Further addresses under which an article was met: the end of a redirect, an accepted canonical link.
CREATE TABLE alias (
    identity TEXT PRIMARY KEY,
    article  INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Which candidate of which source is which article.
CREATE TABLE seen (
    source     TEXT NOT NULL,
    candidate  TEXT NOT NULL,
    article    INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    hash       INTEGER NOT NULL,                -- of what the source said: a change is a new version
    first_seen INTEGER NOT NULL,
    PRIMARY KEY (source, candidate)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_article ON seen (article);

-- Bottom-k sketches of word shingles: candidates for near-duplicates.
CREATE TABLE dedup_key (
    h       INTEGER NOT NULL,
    article INTEGER NOT NULL,
    PRIMARY KEY (h, article)
) STRICT, WITHOUT ROWID;

-- The same for titles: articles that may be about the same events.
CREATE TABLE title_key (
    h       INTEGER NOT NULL,
    article INTEGER NOT NULL,
    PRIMARY KEY (h, article)
) STRICT, WITHOUT ROWID;

-- Paragraphs that come back at a source: learned boilerplate.
CREATE TABLE paragraph (
    source    TEXT NOT NULL,
    hash      INTEGER NOT NULL,
    stories   INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    PRIMARY KEY (source, hash)
) STRICT, WITHOUT ROWID;

-- What a topic decided, with the hash of the rules that decided.
CREATE TABLE verdict (
    topic   TEXT NOT NULL,
    article INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    matched INTEGER NOT NULL,
    score   REAL NOT NULL,
    why     TEXT NOT NULL,                      -- JSON
    rules   INTEGER NOT NULL,
    judged  INTEGER NOT NULL,
    PRIMARY KEY (topic, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX verdict_article ON verdict (article);

-- Entries of the published feeds: one per topic and group of copies; the Atom id never changes.
CREATE TABLE entry (
    topic     TEXT NOT NULL,
    head      INTEGER NOT NULL,                 -- first article of the group of copies
    article   INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    atom_id   TEXT NOT NULL,
    published INTEGER NOT NULL,
    updated   INTEGER NOT NULL,
    PRIMARY KEY (topic, head)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_order ON entry (topic, published);

-- Earlier versions of an article's title and text.
CREATE TABLE version (
    article INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
    changed INTEGER NOT NULL,
    title   TEXT NOT NULL,
    words   INTEGER NOT NULL,
    PRIMARY KEY (article, changed)
) STRICT, WITHOUT ROWID;
