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
-- What is remembered of rejections, and indexes for what is done every day.

-- Hash of the rules that rejected a candidate before its page was fetched: when they change it is
-- asked again whether they still do.
ALTER TABLE article ADD COLUMN rejected_by INTEGER;
CREATE INDEX article_rejected_by ON article (rejected_by) WHERE rejected_by IS NOT NULL;

-- Sketches that are still in the index, by age: what the daily purge looks for.
CREATE INDEX article_keys ON article (published) WHERE keys IS NOT NULL;
CREATE INDEX article_title_keys ON article (published) WHERE title_keys IS NOT NULL;

-- Paragraphs that a source repeats, without walking over those it does not.
CREATE INDEX paragraph_repeated ON paragraph (source, stories, last_seen, hash);
CREATE INDEX paragraph_last_seen ON paragraph (last_seen);

-- Verbatim repetitions, the earliest first.
DROP INDEX article_text;
CREATE INDEX article_text ON article (text_hash, published) WHERE text_hash IS NOT NULL;

-- The entries of a group of copies, whatever their topic.
CREATE INDEX entry_head ON entry (head);
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
-- WebSub: who wants to be told of changes of our feeds, and what is still to be sent. A path is that
-- of a document below the base address.

-- The documents as they were when everybody was last told of them.
CREATE TABLE hub_document (
    path TEXT PRIMARY KEY,
    etag TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Subscriptions that their subscriber has confirmed. Ids are never used again: a delivery that is
-- under way must not be counted for another subscription.
CREATE TABLE hub_subscription (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    callback TEXT NOT NULL,
    host     TEXT NOT NULL,               -- of the callback
    path     TEXT NOT NULL,
    topic    TEXT NOT NULL,               -- as the subscriber wrote it
    secret   TEXT,
    expires  INTEGER NOT NULL,
    due      INTEGER,                     -- of the next delivery; NULL when it has the newest document
    failures INTEGER NOT NULL DEFAULT 0,  -- in a row
    UNIQUE (callback, path)
) STRICT;
CREATE INDEX hub_subscription_due ON hub_subscription (due) WHERE due IS NOT NULL;
CREATE INDEX hub_subscription_path ON hub_subscription (path);
CREATE INDEX hub_subscription_host ON hub_subscription (host);
CREATE INDEX hub_subscription_expires ON hub_subscription (expires);

-- Questions to callbacks: whether they meant it; and the notice that a subscription is over.
CREATE TABLE hub_ask (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    mode     TEXT NOT NULL CHECK (mode IN ('subscribe', 'unsubscribe', 'denied')),
    callback TEXT NOT NULL,
    host     TEXT NOT NULL,
    path     TEXT NOT NULL,
    topic    TEXT NOT NULL,
    secret   TEXT,
    lease    INTEGER NOT NULL,            -- seconds
    due      INTEGER,                     -- NULL when the answer was no
    rest     INTEGER,                     -- until when the callback is left alone after a no
    failures INTEGER NOT NULL DEFAULT 0,
    UNIQUE (callback, path)
) STRICT;
CREATE INDEX hub_ask_due ON hub_ask (due) WHERE due IS NOT NULL;
CREATE INDEX hub_ask_host ON hub_ask (host);

-- Foreign hubs that are to be told of a change.
CREATE TABLE hub_ping (
    hub      TEXT NOT NULL,
    path     TEXT NOT NULL,
    etag     TEXT NOT NULL,               -- of the document it is to be told of
    due      INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (hub, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX hub_ping_due ON hub_ping (due);

-- Sources whose hub is to tell us of new articles.
CREATE TABLE push (
    source   TEXT PRIMARY KEY,
    hub      TEXT NOT NULL,
    topic    TEXT NOT NULL,
    token    TEXT NOT NULL UNIQUE,        -- last part of the address at which we are told
    due      INTEGER NOT NULL,            -- when the hub is asked next
    failures INTEGER NOT NULL DEFAULT 0   -- in a row
) STRICT, WITHOUT ROWID;
CREATE INDEX push_due ON push (due);
-- Search over what was stored: an index of words without the texts (they stand in `body`), filled
-- behind the articles' back by whoever has time.

CREATE VIRTUAL TABLE search USING fts5 (
    title, text, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2"
);

-- Articles whose words are not in the index yet, or are others by now.
CREATE TABLE search_due (
    article INTEGER PRIMARY KEY
) STRICT;
INSERT INTO search_due SELECT id FROM article WHERE how <> '';

CREATE TRIGGER search_changed AFTER UPDATE OF title, how, words, text_hash ON article
WHEN old.how <> new.how OR new.how <> '' AND (old.title IS NOT new.title OR old.words <> new.words
    OR old.text_hash IS NOT new.text_hash)
BEGIN
    INSERT OR IGNORE INTO search_due VALUES (new.id);
END;

CREATE TRIGGER search_gone AFTER DELETE ON article WHEN old.how <> ''
BEGIN
    INSERT OR IGNORE INTO search_due VALUES (old.id);
END;
-- Less to write for every article.

-- Most paragraphs stand in one article only: those need no place in the index of what is repeated.
DROP INDEX paragraph_repeated;
CREATE INDEX paragraph_repeated ON paragraph (source, last_seen, hash) WHERE stories >= 2;
-- The daily purge goes by source.
DROP INDEX paragraph_last_seen;

PRAGMA foreign_keys = OFF;
INSERT OR REPLACE INTO meta (key, value) VALUES ('tag_authority', '127.0.0.1');
INSERT OR REPLACE INTO meta (key, value) VALUES ('tag_date', '2026-11-22');
INSERT OR REPLACE INTO source (id, url, domain, priority, active, next_fetch_at, failures, state, state_since, message, last_fetch_at, last_ok_at, validators_url, etag, last_modified, body_hash, parser, title, site_url, newest_at, mean_gap, moved_to, moved_since, moved_seen, polls, unconditional, candidates, articles, ttl, fresh, skip_hours, skip_days, adopted_url, churn, identity) VALUES ('bbc-afrique', 'http://feeds.bbci.co.uk.localhost:1/french/rss.xml', 'feeds.bbci.co.uk.localhost', 0, 1, 1795342500, 0, 'ok', 1795341600, '', 1795341600, 1795341600, 'http://feeds.bbci.co.uk.localhost:1/french/rss.xml', '"7fd9026e04c00f1d"', NULL, 9054505149577057233, 1, 'BBC Afrique', 'http://www.bbc.com.localhost:1/afrique', 1795320000, 21600, NULL, NULL, 0, 1, 1, 2, 2, 15, NULL, 0, 0, NULL, 0, 'id');
INSERT OR REPLACE INTO source (id, url, domain, priority, active, next_fetch_at, failures, state, state_since, message, last_fetch_at, last_ok_at, validators_url, etag, last_modified, body_hash, parser, title, site_url, newest_at, mean_gap, moved_to, moved_since, moved_seen, polls, unconditional, candidates, articles, ttl, fresh, skip_hours, skip_days, adopted_url, churn, identity) VALUES ('granma', 'http://fr.granma.cu.localhost:1/feed', 'fr.granma.cu.localhost', 10, 1, 1795341611, 0, 'ok', 1795341600, '', 1795341600, 1795341600, 'http://fr.granma.cu.localhost:1/feed', '"1e73adcef54a7bd8"', NULL, -766114703066783765, 1, 'Granma Français', 'http://fr.granma.cu.localhost:1/', 1795316400, 36000, NULL, NULL, 0, 1, 1, 3, 3, NULL, NULL, 0, 0, NULL, 0, 'id');
INSERT OR REPLACE INTO source (id, url, domain, priority, active, next_fetch_at, failures, state, state_since, message, last_fetch_at, last_ok_at, validators_url, etag, last_modified, body_hash, parser, title, site_url, newest_at, mean_gap, moved_to, moved_since, moved_seen, polls, unconditional, candidates, articles, ttl, fresh, skip_hours, skip_days, adopted_url, churn, identity) VALUES ('novastan', 'http://novastan.org.localhost:1/fr/feed/', 'novastan.org.localhost', 10, 1, 1795341611, 0, 'ok', 1795341600, '', 1795341600, 1795341600, 'http://novastan.org.localhost:1/fr/feed/', '"8ec7bc073d5fb5c1"', NULL, 6231300073023395751, 1, 'Novastan français', 'http://novastan.org.localhost:1/fr/', 1795323600, 68400, NULL, NULL, 0, 1, 1, 2, 2, NULL, NULL, 0, 0, NULL, 0, 'id');
INSERT OR REPLACE INTO source (id, url, domain, priority, active, next_fetch_at, failures, state, state_since, message, last_fetch_at, last_ok_at, validators_url, etag, last_modified, body_hash, parser, title, site_url, newest_at, mean_gap, moved_to, moved_since, moved_seen, polls, unconditional, candidates, articles, ttl, fresh, skip_hours, skip_days, adopted_url, churn, identity) VALUES ('prensa-latina', 'http://frances.prensa-latina.cu.localhost:1/feed', 'frances.prensa-latina.cu.localhost', 15, 1, 1795345200, 0, 'ok', 1795341600, '', 1795341600, 1795341600, 'http://frances.prensa-latina.cu.localhost:1/feed', '"e31ada4ddf3035e7"', NULL, -5292671367919137206, 1, 'Prensa Latina', 'http://frances.prensa-latina.cu.localhost:1', 1795302000, 18900, NULL, NULL, 0, 1, 1, 5, 5, 60, NULL, 0, 0, NULL, 0, 'id');
INSERT OR REPLACE INTO pause (domain, until) VALUES ('away.example', 1795400000);
INSERT OR REPLACE INTO robots (origin, checked_at, answer, unreachable_since, body, validators) VALUES ('http://fr.granma.cu.localhost:1', 1795341600, 'absent', NULL, NULL, NULL);
INSERT OR REPLACE INTO robots (origin, checked_at, answer, unreachable_since, body, validators) VALUES ('http://frances.prensa-latina.cu.localhost:1', 1795341600, 'absent', NULL, NULL, NULL);
INSERT OR REPLACE INTO robots (origin, checked_at, answer, unreachable_since, body, validators) VALUES ('http://novastan.org.localhost:1', 1795341600, 'absent', NULL, NULL, NULL);
INSERT OR REPLACE INTO robots (origin, checked_at, answer, unreachable_since, body, validators) VALUES ('http://www.bbc.com.localhost:1', 1795341600, 'absent', NULL, NULL, NULL);
INSERT OR REPLACE INTO article (id, identity, source, url, domain, state, first_seen, outlet_date, published, updated, title, language, authors, agency, place, categories, enclosures, image, how, agreement, words, text_hash, attempts, next_try, hold_until, last_error, kills, story, head, dup_of, dup_level, dup_score, dup_why, keys, title_keys, rejected_by) VALUES (1, 'bbc:c4gq8d1n2mzo', 'bbc-afrique', 'http://www.bbc.com.localhost:1/afrique/articles/c4gq8d1n2mzo?at_medium=RSS&at_campaign=rss', 'www.bbc.com.localhost', 'published', 1795341600, 1795320000, 1795320000, 1795320000, 'À Bogotá, le métro construit avec la Chine entre en gare d''essai', 'fr', '[{"name":"Aïssatou Kane"}]', NULL, NULL, '[]', '[]', 'https://ichef.bbci.co.uk/metro.jpg', 'generic', 0.88421052631578956, 156, -5845962738389111357, 0, NULL, 1795345200, NULL, 0, 1, 1, NULL, NULL, NULL, '{"level":"new","of":null,"story":null,"behind":null,"jaccard":0.0,"containment":0.0,"contained":0.0,"guard":null,"compared":[]}', X'E932CF3DD60C36DDBF714F6B797B9559FE0EDE4F2CC4F1792E8C720934A9ADC26E61FBE140913C7C60545A856425B58F6181A6C291A0E4E83559D5A3F8B3A15C', X'ADBEAF07D6945C114E27491986D65F5C685DB3655F063C95BA73D79D14853AB1', NULL);
INSERT OR REPLACE INTO article (id, identity, source, url, domain, state, first_seen, outlet_date, published, updated, title, language, authors, agency, place, categories, enclosures, image, how, agreement, words, text_hash, attempts, next_try, hold_until, last_error, kills, story, head, dup_of, dup_level, dup_score, dup_why, keys, title_keys, rejected_by) VALUES (10, 'pl-fr:le-mexique-fete-ses-varietes-de-mais', 'prensa-latina', 'http://frances.prensa-latina.cu.localhost:1/2026/11/21/le-mexique-fete-ses-varietes-de-mais', 'frances.prensa-latina.cu.localhost', 'rejected', 1795341600, 1795251600, 1795251600, 1795251600, 'Le Mexique fête ses variétés de maïs', 'fr', '[{"name":"Redaction"}]', 'Prensa Latina', 'Mexico', '["Mexique","maïs","variétés","semences","fête","place","plats","capitale","automne","Culture"]', '[]', NULL, 'site:pl-fr', NULL, 76, -7335912055262882004, 0, NULL, 1795345200, NULL, 0, 10, 10, NULL, NULL, NULL, '{"level":"new","of":null,"story":null,"behind":null,"jaccard":0.0,"containment":0.0,"contained":0.0,"guard":null,"compared":[]}', X'1CBCB1F647628144E929DD5EED32C9DABB044C9B1B272BE45276C4AEA395CA94CE2BC189466AE6CA92E3E7273F291CDA0474BDE4AECF89E7DF671CF3AC035718', X'0DD6D931721FAC42EB96C4C0D56897DCA072C1E5', NULL);
INSERT OR REPLACE INTO article (id, identity, source, url, domain, state, first_seen, outlet_date, published, updated, title, language, authors, agency, place, categories, enclosures, image, how, agreement, words, text_hash, attempts, next_try, hold_until, last_error, kills, story, head, dup_of, dup_level, dup_score, dup_why, keys, title_keys, rejected_by) VALUES (11, 'pl-fr:61188', 'prensa-latina', 'http://frances.prensa-latina.cu.localhost:1/?p=61188', 'frances.prensa-latina.cu.localhost', 'published', 1795341600, 1795226400, 1795226400, 1795226400, 'Pékin accueille une rencontre de partis chinois et latino-américains', 'fr', '[{"name":"Redaction"}]', 'Prensa Latina', 'Beijing', '["Chine","Pékin","partis","rencontre","latine","pauvreté","villages","Sud","mercredi","Manchettes"]', '[]', NULL, 'site:pl-fr', NULL, 135, -4725838432359595345, 0, NULL, 1795345200, NULL, 0, 11, 11, NULL, NULL, NULL, '{"level":"new","of":null,"story":null,"behind":null,"jaccard":0.0,"containment":0.0,"contained":0.0,"guard":null,"compared":[]}', X'AB549967DDE851DE3510BB14FE7395C3B2380A1C42A6EF52DD6CEF65B2E4429A7A684C68D23DF0FF73B6347F55E7F93FA64B2886D4B5106D4FCF01DFC6BF9489', X'A2A1171827FD1E220A49B9223CE4A923738FFD3B8911804BE406E77AD18F358E', NULL);
INSERT OR REPLACE INTO article (id, identity, source, url, domain, state, first_seen, outlet_date, published, updated, title, language, authors, agency, place, categories, enclosures, image, how, agreement, words, text_hash, attempts, next_try, hold_until, last_error, kills, story, head, dup_of, dup_level, dup_score, dup_why, keys, title_keys, rejected_by) VALUES (12, 'pl-fr:pekin-accueille-une-rencontre-de-partis-chinois-et-latino-americains', 'prensa-latina', 'http://frances.prensa-latina.cu.localhost:1/2026/11/20/pekin-accueille-une-rencontre-de-partis-chinois-et-latino-americains', 'frances.prensa-latina.cu.localhost', 'duplicate', 1795341600, 1795226400, 1795226400, 1795226400, 'Pékin accueille une rencontre de partis chinois et latino-américains', 'fr', '[{"name":"Redaction"}]', 'Prensa Latina', 'Beijing', '["Chine","Pékin","partis","rencontre","latine","pauvreté","villages","Sud","mercredi","Manchettes"]', '[]', NULL, 'site:pl-fr', NULL, 135, -4725838432359595345, 0, NULL, 1795345200, NULL, 0, 11, 11, 11, 'copy', 1.0, '{"level":"copy","of":11,"story":11,"behind":11,"jaccard":1.0,"containment":1.0,"contained":1.0,"guard":null,"compared":[{"article":11,"level":"copy","jaccard":1.0,"containment":1.0,"contained":1.0,"guard":null}]}', X'AB549967DDE851DE3510BB14FE7395C3B2380A1C42A6EF52DD6CEF65B2E4429A7A684C68D23DF0FF73B6347F55E7F93FA64B2886D4B5106D4FCF01DFC6BF9489', X'A2A1171827FD1E220A49B9223CE4A923738FFD3B8911804BE406E77AD18F358E', NULL);
INSERT OR REPLACE INTO article (id, identity, source, url, domain, state, first_seen, outlet_date, published, updated, title, language, authors, agency, place, categories, enclosures, image, how, agreement, words, text_hash, attempts, next_try, hold_until, last_error, kills, story, head, dup_of, dup_level, dup_score, dup_why, keys, title_keys, rejected_by) VALUES (2, 'bbc:c9vd3k7x0ywo', 'bbc-afrique', 'http://www.bbc.com.localhost:1/afrique/articles/c9vd3k7x0ywo?at_medium=RSS&at_campaign=rss', 'www.bbc.com.localhost', 'rejected', 1795341600, 1795298400, 1795298400, 1795298400, 'Au Burkina Faso, le retour du petit mil', 'fr', '[{"name":"Boukary Sana"}]', NULL, NULL, '[]', '[]', 'https://ichef.bbci.co.uk/mil.jpg', 'generic', 0.78431372549019607, 68, 8322307349825239534, 0, NULL, 1795345200, NULL, 0, 2, 2, NULL, NULL, NULL, '{"level":"new","of":null,"story":null,"behind":null,"jaccard":0.0,"containment":0.0,"contained":0.0,"guard":null,"compared":[]}', X'F789B486997CAC7C9E2945DC266263BCF3D6AF1CAB9C89904250D11F0E558C277FE2804CCE4A2095C00F78AE9A85C9189E9CA28EB81DE6754E08A1CF04C43B07', X'FB0BAB64E617F58E9F2DEEB271ECCCD9A2F3B1EF', NULL);
INSERT OR REPLACE INTO article (id, identity, source, url, domain, state, first_seen, outlet_date, published, updated, title, language, authors, agency, place, categories, enclosures, image, how, agreement, words, text_hash, attempts, next_try, hold_until, last_error, kills, story, head, dup_of, dup_level, dup_score, dup_why, keys, title_keys, rejected_by) VALUES (3, 'granma-fr:/monde/2026-11-21/cuba-et-la-chine-un-centre-commun-contre-la-dengue', 'granma', 'http://fr.granma.cu.localhost:1/monde/2026-11-21/cuba-et-la-chine-un-centre-commun-contre-la-dengue', 'fr.granma.cu.localhost', 'published', 1795341600, 1795316400, 1795316400, 1795316400, 'Cuba et la Chine : un centre commun contre la dengue', 'fr', '[{"name":"Dayana Leyva Ortiz"},{"name":"Ramón Etcheverría"}]', NULL, NULL, '[]', '[]', NULL, 'site:granma-fr', NULL, 195, -2349674603307286997, 0, NULL, 1795345200, NULL, 0, 3, 3, NULL, NULL, NULL, '{"level":"new","of":null,"story":null,"behind":null,"jaccard":0.0,"containment":0.0,"contained":0.0,"guard":null,"compared":[]}', X'033AB01954D9740C30B12F5FF32E75E6AC60074FE0A30BED84DFB075D06CDCF466094FB3C0C7D646751E1CBB8D194428E38621E088EA346FC24FDBA4C201DC06', X'8D0E060FE755D8281F3E5B425BA9925B25593563F0FB97A371B456B37FAFDAC6', NULL);
INSERT OR REPLACE INTO article (id, identity, source, url, domain, state, first_seen, outlet_date, published, updated, title, language, authors, agency, place, categories, enclosures, image, how, agreement, words, text_hash, attempts, next_try, hold_until, last_error, kills, story, head, dup_of, dup_level, dup_score, dup_why, keys, title_keys, rejected_by) VALUES (4, 'granma-fr:/cuba/2026-11-21/la-recolte-du-cafe-commence-dans-la-sierra-maestra', 'granma', 'http://fr.granma.cu.localhost:1/cuba/2026-11-21/la-recolte-du-cafe-commence-dans-la-sierra-maestra', 'fr.granma.cu.localhost', 'rejected', 1795341600, 1795273200, 1795273200, 1795273200, 'La récolte du café commence dans la Sierra Maestra', 'fr', '[{"name":"Yoel Castellanos"}]', NULL, NULL, '[]', '[]', NULL, 'site:granma-fr', NULL, 131, 3755407149246597622, 0, NULL, 1795345200, NULL, 0, 4, 4, NULL, NULL, NULL, '{"level":"new","of":null,"story":null,"behind":null,"jaccard":0.0,"containment":0.0,"contained":0.0,"guard":null,"compared":[]}', X'4F10DE66D6567E59C9F6F37E6FFC1EE3DB5951B5F9D1636B267C68FD10E09509348C54DDB67C1F47B04A6CA686B81A792AE91C6D2A7238D3D318BFBB0B0951D5', X'C3E8A4038019CB0A4B65E721152B1238E0C0EA781D45AC94536E7FA492F9B2F2', NULL);
INSERT OR REPLACE INTO article (id, identity, source, url, domain, state, first_seen, outlet_date, published, updated, title, language, authors, agency, place, categories, enclosures, image, how, agreement, words, text_hash, attempts, next_try, hold_until, last_error, kills, story, head, dup_of, dup_level, dup_score, dup_why, keys, title_keys, rejected_by) VALUES (5, 'granma-fr:/culture/2026-11-21/le-ballet-national-ouvre-sa-saison', 'granma', 'http://fr.granma.cu.localhost:1/culture/2026-11-21/le-ballet-national-ouvre-sa-saison', 'fr.granma.cu.localhost', 'rejected', 1795341600, 1795244400, 1795244400, 1795244400, 'Le Ballet national ouvre sa saison', 'fr', '[{"name":"Lisandra Quevedo"},{"name":"Michel Oramas"}]', NULL, NULL, '[]', '[]', NULL, 'site:granma-fr', NULL, 78, -1219757944294252908, 0, NULL, 1795345200, NULL, 0, 5, 5, NULL, NULL, NULL, '{"level":"new","of":null,"story":null,"behind":null,"jaccard":0.0,"containment":0.0,"contained":0.0,"guard":null,"compared":[]}', X'515F38178A091453A9868DE77BEFA16E56FAA1D86DAFC9765A8F65DF8B39B907616C448AF029F7B7A33B1D21F7FF342DADEFD4841F44A311A98C692A4579F90A', X'A349A104044E6C62DBDB469FF3A325AE9EBCC9B3', NULL);
INSERT OR REPLACE INTO article (id, identity, source, url, domain, state, first_seen, outlet_date, published, updated, title, language, authors, agency, place, categories, enclosures, image, how, agreement, words, text_hash, attempts, next_try, hold_until, last_error, kills, story, head, dup_of, dup_level, dup_score, dup_why, keys, title_keys, rejected_by) VALUES (6, 'novastan.org:1/fr/kazakhstan/des-gazelles-sous-surveillance-commune', 'novastan', 'http://novastan.org.localhost:1/fr/kazakhstan/des-gazelles-sous-surveillance-commune/', 'novastan.org.localhost', 'published', 1795341600, 1795323600, 1795323600, 1795323600, 'Des antilopes sous surveillance commune entre Chine et Kazakhstan', 'fr', '[{"name":"Ninon Perrault"}]', NULL, NULL, '["Kazakhstan","Environnement"]', '[]', NULL, 'site:novastan', NULL, 170, 3606460145949413665, 0, NULL, 1795345200, NULL, 0, 6, 6, NULL, NULL, NULL, '{"level":"new","of":null,"story":null,"behind":null,"jaccard":0.0,"containment":0.0,"contained":0.0,"guard":null,"compared":[]}', X'9E5045C5619193015A07D5828AFBBB5AC6437F5320FBD5E470C44379D1B1B81CE90B3AF3FFBBD5EB9CEA2664BFCABCBFD5FE8142A6E65D7FC776DBE6406C8BDD', X'FD0B2323B6D9A723D38DBA29047499426F1BF256847A087ED6CD55809CAD818C', NULL);
INSERT OR REPLACE INTO article (id, identity, source, url, domain, state, first_seen, outlet_date, published, updated, title, language, authors, agency, place, categories, enclosures, image, how, agreement, words, text_hash, attempts, next_try, hold_until, last_error, kills, story, head, dup_of, dup_level, dup_score, dup_why, keys, title_keys, rejected_by) VALUES (7, 'novastan.org:1/fr/ouzbekistan/les-maisons-de-the-de-marguilan', 'novastan', 'http://novastan.org.localhost:1/fr/ouzbekistan/les-maisons-de-the-de-marguilan/', 'novastan.org.localhost', 'rejected', 1795341600, 1795255200, 1795255200, 1795255200, 'Les maisons de thé de Marguilan, entre souvenir et renouveau', 'fr', '[{"name":"Hugo Lemaire"}]', NULL, NULL, '["Ouzbékistan","Culture"]', '[]', NULL, 'site:novastan', NULL, 95, 2514187387446520832, 0, NULL, 1795345200, NULL, 0, 7, 7, NULL, NULL, NULL, '{"level":"new","of":null,"story":null,"behind":null,"jaccard":0.0,"containment":0.0,"contained":0.0,"guard":null,"compared":[]}', X'7BD391261714B7AA13285D7AAD089F4AEAE063DA4EC86B7344603CA9F549C176FCF88FBF08F168EC8DCE27E06D6BD695275270131E26E62D91506B66FA8D3286', X'A8CC822C3A511D6ABE45966C4A1806B0FE3198B07E5E75C9B28D2EF3', NULL);
INSERT OR REPLACE INTO article (id, identity, source, url, domain, state, first_seen, outlet_date, published, updated, title, language, authors, agency, place, categories, enclosures, image, how, agreement, words, text_hash, attempts, next_try, hold_until, last_error, kills, story, head, dup_of, dup_level, dup_score, dup_why, keys, title_keys, rejected_by) VALUES (8, 'pl-fr:cuba-inaugure-trois-parcs-photovoltaiques-avec-l-appui-chinois', 'prensa-latina', 'http://frances.prensa-latina.cu.localhost:1/2026/11/21/cuba-inaugure-trois-parcs-photovoltaiques-avec-l-appui-chinois', 'frances.prensa-latina.cu.localhost', 'published', 1795341600, 1795302000, 1795302000, 1795302000, 'Cuba inaugure trois parcs photovoltaïques avec l''appui chinois', 'fr', '[{"name":"Redaction"}]', 'Prensa Latina', 'La Havane', '["Chine","parcs","trois","Cuba","appui","énergie","samedi","tonnes","photovoltaïques","Minute par minute"]', '[]', NULL, 'site:pl-fr', NULL, 159, 3699425466533251120, 0, NULL, 1795345200, NULL, 0, 8, 8, NULL, NULL, NULL, '{"level":"new","of":null,"story":null,"behind":null,"jaccard":0.0,"containment":0.0,"contained":0.0,"guard":null,"compared":[]}', X'71AD2AA3BB38F026395BBF3BE75D6F7101E4EDCF69517EC17FA4442D6DA3FCD17F019DC5018BBA09C6CC5B0D84AA257C4824CFDB3044A25A52DA229F88237752', X'BF36060032740A052D2ADE053912082831BEAB3062EF9B4FA97AA48944624EA6', NULL);
INSERT OR REPLACE INTO article (id, identity, source, url, domain, state, first_seen, outlet_date, published, updated, title, language, authors, agency, place, categories, enclosures, image, how, agreement, words, text_hash, attempts, next_try, hold_until, last_error, kills, story, head, dup_of, dup_level, dup_score, dup_why, keys, title_keys, rejected_by) VALUES (9, 'pl-fr:volley-ball-cuba-bat-porto-rico-et-se-qualifie', 'prensa-latina', 'http://frances.prensa-latina.cu.localhost:1/2026/11/21/volley-ball-cuba-bat-porto-rico-et-se-qualifie', 'frances.prensa-latina.cu.localhost', 'rejected', 1795341600, 1795284000, 1795284000, 1795284000, 'Volley-ball : Cuba bat Porto Rico et se qualifie', 'fr', '[{"name":"Redaction"}]', 'Prensa Latina', 'Saint-Domingue', '["Cuba","Porto","Rico","volley-ball","équipe","match","service","points","samedi","Sports"]', '[]', NULL, 'site:pl-fr', NULL, 70, 1689769880412815235, 0, NULL, 1795345200, NULL, 0, 9, 9, NULL, NULL, NULL, '{"level":"new","of":null,"story":null,"behind":null,"jaccard":0.0,"containment":0.0,"contained":0.0,"guard":null,"compared":[]}', X'1DB5242EF322AA5F9F836D3F518A5EA632DC69AE980B2BC1D81FEA23A94F5D78B8904E8ADA82004301E44A9E946DD702418CD9312A95D6F91C35C9924EAE67C3', X'2768D603D04EEE046B86142D86C7675CE8078A66F858518E4547559AD132B89D', NULL);
INSERT OR REPLACE INTO body (article, candidate, summary, html, text) VALUES (1, '{"id":"http://www.bbc.com.localhost:1/afrique/articles/c4gq8d1n2mzo#0","link":"http://www.bbc.com.localhost:1/afrique/articles/c4gq8d1n2mzo?at_medium=RSS&at_campaign=rss","title":"À Bogotá, le métro construit avec la Chine entre en gare d''essai","published":"2026-11-22T04:00:00Z","updated":null,"summary":"La capitale colombienne attend cette ligne depuis quatre-vingts ans. Des ingénieurs de Chine et de Colombie en font rouler la première rame.","content":null,"authors":[],"categories":[],"enclosures":[],"language":"fr","image":"https://ichef.bbci.co.uk/metro.jpg","via":null,"complete":true}', 'La capitale colombienne attend cette ligne depuis quatre-vingts ans. Des ingénieurs de Chine et de Colombie en font rouler la première rame.', '<p>La première rame du métro de Bogotá a roulé sur six kilomètres, à la vitesse d''un cycliste, devant des riverains qui n''y croyaient plus. La capitale de la Colombie attend cette ligne depuis près de quatre-vingts ans.</p>
<p>Le chantier est mené par un groupement venu de Chine, avec des entreprises colombiennes pour les viaducs et les gares. Les deux parties parlent d''une coopération exigeante : le contrat impose que quatre ouvriers sur cinq soient recrutés sur place.</p>
<p>« Nous avons appris à souder à quinze mètres du sol, et eux ont appris à attendre la pluie de quatre heures », plaisante la cheffe d''équipe Luz Dary Rincón.</p>
<p>Les habitants de Kennedy, le quartier le plus peuplé, gagneront une heure par jour. Les commerçants de l''avenue Caracas, eux, réclament des indemnités pour les années passées derrière les palissades.</p>
<p>L''ouverture au public est annoncée dans deux ans, si les essais se déroulent sans surprise.</p>', 'La première rame du métro de Bogotá a roulé sur six kilomètres, à la vitesse d''un cycliste, devant des riverains qui n''y croyaient plus. La capitale de la Colombie attend cette ligne depuis près de quatre-vingts ans.
Le chantier est mené par un groupement venu de Chine, avec des entreprises colombiennes pour les viaducs et les gares. Les deux parties parlent d''une coopération exigeante : le contrat impose que quatre ouvriers sur cinq soient recrutés sur place.
« Nous avons appris à souder à quinze mètres du sol, et eux ont appris à attendre la pluie de quatre heures », plaisante la cheffe d''équipe Luz Dary Rincón.
Les habitants de Kennedy, le quartier le plus peuplé, gagneront une heure par jour. Les commerçants de l''avenue Caracas, eux, réclament des indemnités pour les années passées derrière les palissades.
L''ouverture au public est annoncée dans deux ans, si les essais se déroulent sans surprise.');
INSERT OR REPLACE INTO body (article, candidate, summary, html, text) VALUES (10, '{"id":"http://frances.prensa-latina.cu.localhost:1/2026/11/21/le-mexique-fete-ses-varietes-de-mais","link":"http://frances.prensa-latina.cu.localhost:1/2026/11/21/le-mexique-fete-ses-varietes-de-mais","title":"Le Mexique fête ses variétés de maïs","published":"2026-11-21T09:00:00Z","updated":null,"summary":"<p>Le Mexique fête ses variétés de maïs</p>\n<p>Mexico, 21 novembre (Prensa Latina) Plus de soixante communautés paysannes du Mexique présentent cette semaine, sur la grande place de la capitale, leurs variétés de maïs, du blanc de Chalco au bleu de Tlaxcala. [&#8230;]</p>\n<p>La informaci&oacute;n <a rel=\"nofollow\" href=\"http://frances.prensa-latina.cu.localhost:1/2026/11/21/le-mexique-fete-ses-varietes-de-mais\">Le Mexique fête ses variétés de maïs</a> sali&oacute; primero en <a rel=\"nofollow\" href=\"http://frances.prensa-latina.cu.localhost:1\">Prensa Latina</a>.</p>","content":null,"authors":[{"name":"Redaction"}],"categories":["Mexique","maïs","variétés","semences","fête","place","plats","capitale","automne","Culture"],"enclosures":[],"language":"fr-FR","image":null,"via":null,"complete":true}', 'Le Mexique fête ses variétés de maïs Mexico, 21 novembre (Prensa Latina) Plus de soixante communautés paysannes du Mexique présentent cette semaine, sur la grande place de la capitale, leurs variétés de maïs, du blanc de Chalco au bleu de Tlaxcala. […] La información Le Mexique fête ses variétés de maïs salió primero en Prensa Latina.', '<p>Plus de soixante communautés paysannes du Mexique présentent cette semaine, sur la grande place de la capitale, leurs variétés de maïs, du blanc de Chalco au bleu de Tlaxcala.</p>
<p>Les visiteurs peuvent goûter une centaine de plats et repartir avec des semences, à condition de promettre d''en rendre le double l''an prochain.</p>
<p>Le ministère de la Culture a annoncé que la fête sera désormais organisée chaque automne, tour à tour dans un État différent.</p>', 'Plus de soixante communautés paysannes du Mexique présentent cette semaine, sur la grande place de la capitale, leurs variétés de maïs, du blanc de Chalco au bleu de Tlaxcala.
Les visiteurs peuvent goûter une centaine de plats et repartir avec des semences, à condition de promettre d''en rendre le double l''an prochain.
Le ministère de la Culture a annoncé que la fête sera désormais organisée chaque automne, tour à tour dans un État différent.');
INSERT OR REPLACE INTO body (article, candidate, summary, html, text) VALUES (11, '{"id":"http://frances.prensa-latina.cu.localhost:1/?p=61188","link":"http://frances.prensa-latina.cu.localhost:1/?p=61188","title":"Pékin accueille une rencontre de partis chinois et latino-américains","published":"2026-11-21T02:00:00Z","updated":null,"summary":"<p>Pékin accueille une rencontre de partis chinois et latino-américains</p>\n<p>Beijing, 20 novembre (Prensa Latina) Une soixantaine de formations politiques latino-américaines et caribéennes participent depuis mercredi à Pékin à une rencontre avec leurs homologues chinoises, consacrée à la lutte contre la pauvreté dans les campagnes. [&#8230;]</p>\n<p>La informaci&oacute;n <a rel=\"nofollow\" href=\"http://frances.prensa-latina.cu.localhost:1/?p=61188\">Pékin accueille une rencontre de partis chinois et latino-américains</a> sali&oacute; primero en <a rel=\"nofollow\" href=\"http://frances.prensa-latina.cu.localhost:1\">Prensa Latina</a>.</p>","content":null,"authors":[{"name":"Redaction"}],"categories":["Chine","Pékin","partis","rencontre","latine","pauvreté","villages","Sud","mercredi","Manchettes"],"enclosures":[],"language":"fr-FR","image":null,"via":null,"complete":true}', 'Pékin accueille une rencontre de partis chinois et latino-américains Beijing, 20 novembre (Prensa Latina) Une soixantaine de formations politiques latino-américaines et caribéennes participent depuis mercredi à Pékin à une rencontre avec leurs homologues chinoises, consacrée à la lutte contre la pauvreté dans les campagnes. […] La información Pékin accueille une rencontre de partis chinois et latino-américains salió primero en Prensa Latina.', '<p>Une soixantaine de formations politiques latino-américaines et caribéennes participent depuis mercredi à Pékin à une rencontre avec leurs homologues chinoises, consacrée à la lutte contre la pauvreté dans les campagnes.</p>
<p>Les délégués visiteront des villages du Hebei où l''achat groupé des récoltes et l''école à distance ont, selon les organisateurs, retenu les jeunes familles. Ils présenteront à leur tour des expériences de jardins urbains, de caisses d''épargne communautaires et de cantines populaires.</p>
<p>« Nous ne venons pas copier, mais comparer », a déclaré à Prensa Latina la sénatrice bolivienne Teodora Mamani, pour qui la coopération entre pays du Sud gagne à passer par les communes.</p>
<p>Un recueil des expériences les plus utiles sera publié en espagnol, en portugais, en français et en chinois.</p>
<p>La prochaine rencontre se tiendra à Panama dans deux ans.</p>', 'Une soixantaine de formations politiques latino-américaines et caribéennes participent depuis mercredi à Pékin à une rencontre avec leurs homologues chinoises, consacrée à la lutte contre la pauvreté dans les campagnes.
Les délégués visiteront des villages du Hebei où l''achat groupé des récoltes et l''école à distance ont, selon les organisateurs, retenu les jeunes familles. Ils présenteront à leur tour des expériences de jardins urbains, de caisses d''épargne communautaires et de cantines populaires.
« Nous ne venons pas copier, mais comparer », a déclaré à Prensa Latina la sénatrice bolivienne Teodora Mamani, pour qui la coopération entre pays du Sud gagne à passer par les communes.
Un recueil des expériences les plus utiles sera publié en espagnol, en portugais, en français et en chinois.
La prochaine rencontre se tiendra à Panama dans deux ans.');
INSERT OR REPLACE INTO body (article, candidate, summary, html, text) VALUES (12, '{"id":"http://frances.prensa-latina.cu.localhost:1/2026/11/20/pekin-accueille-une-rencontre-de-partis-chinois-et-latino-americains","link":"http://frances.prensa-latina.cu.localhost:1/2026/11/20/pekin-accueille-une-rencontre-de-partis-chinois-et-latino-americains","title":"Pékin accueille une rencontre de partis chinois et latino-américains","published":"2026-11-21T02:00:00Z","updated":null,"summary":"<p>Pékin accueille une rencontre de partis chinois et latino-américains</p>\n<p>Beijing, 20 novembre (Prensa Latina) Une soixantaine de formations politiques latino-américaines et caribéennes participent depuis mercredi à Pékin à une rencontre avec leurs homologues chinoises, consacrée à la lutte contre la pauvreté dans les campagnes. [&#8230;]</p>\n<p>La informaci&oacute;n <a rel=\"nofollow\" href=\"http://frances.prensa-latina.cu.localhost:1/2026/11/20/pekin-accueille-une-rencontre-de-partis-chinois-et-latino-americains\">Pékin accueille une rencontre de partis chinois et latino-américains</a> sali&oacute; primero en <a rel=\"nofollow\" href=\"http://frances.prensa-latina.cu.localhost:1\">Prensa Latina</a>.</p>","content":null,"authors":[{"name":"Redaction"}],"categories":["Chine","Pékin","partis","rencontre","latine","pauvreté","villages","Sud","mercredi","Manchettes"],"enclosures":[],"language":"fr-FR","image":null,"via":null,"complete":true}', 'Pékin accueille une rencontre de partis chinois et latino-américains Beijing, 20 novembre (Prensa Latina) Une soixantaine de formations politiques latino-américaines et caribéennes participent depuis mercredi à Pékin à une rencontre avec leurs homologues chinoises, consacrée à la lutte contre la pauvreté dans les campagnes. […] La información Pékin accueille une rencontre de partis chinois et latino-américains salió primero en Prensa Latina.', '<p>Une soixantaine de formations politiques latino-américaines et caribéennes participent depuis mercredi à Pékin à une rencontre avec leurs homologues chinoises, consacrée à la lutte contre la pauvreté dans les campagnes.</p>
<p>Les délégués visiteront des villages du Hebei où l''achat groupé des récoltes et l''école à distance ont, selon les organisateurs, retenu les jeunes familles. Ils présenteront à leur tour des expériences de jardins urbains, de caisses d''épargne communautaires et de cantines populaires.</p>
<p>« Nous ne venons pas copier, mais comparer », a déclaré à Prensa Latina la sénatrice bolivienne Teodora Mamani, pour qui la coopération entre pays du Sud gagne à passer par les communes.</p>
<p>Un recueil des expériences les plus utiles sera publié en espagnol, en portugais, en français et en chinois.</p>
<p>La prochaine rencontre se tiendra à Panama dans deux ans.</p>', 'Une soixantaine de formations politiques latino-américaines et caribéennes participent depuis mercredi à Pékin à une rencontre avec leurs homologues chinoises, consacrée à la lutte contre la pauvreté dans les campagnes.
Les délégués visiteront des villages du Hebei où l''achat groupé des récoltes et l''école à distance ont, selon les organisateurs, retenu les jeunes familles. Ils présenteront à leur tour des expériences de jardins urbains, de caisses d''épargne communautaires et de cantines populaires.
« Nous ne venons pas copier, mais comparer », a déclaré à Prensa Latina la sénatrice bolivienne Teodora Mamani, pour qui la coopération entre pays du Sud gagne à passer par les communes.
Un recueil des expériences les plus utiles sera publié en espagnol, en portugais, en français et en chinois.
La prochaine rencontre se tiendra à Panama dans deux ans.');
INSERT OR REPLACE INTO body (article, candidate, summary, html, text) VALUES (2, '{"id":"http://www.bbc.com.localhost:1/afrique/articles/c9vd3k7x0ywo#0","link":"http://www.bbc.com.localhost:1/afrique/articles/c9vd3k7x0ywo?at_medium=RSS&at_campaign=rss","title":"Au Burkina Faso, le retour du petit mil","published":"2026-11-21T22:00:00Z","updated":null,"summary":"Moins gourmande en eau que le maïs, la céréale oubliée séduit à nouveau les paysans du Sahel.","content":null,"authors":[],"categories":[],"enclosures":[],"language":"fr","image":"https://ichef.bbci.co.uk/mil.jpg","via":null,"complete":true}', 'Moins gourmande en eau que le maïs, la céréale oubliée séduit à nouveau les paysans du Sahel.', '<p>Dans le village de Bani, au nord du Burkina Faso, les greniers se remplissent de petit mil, une céréale que les jeunes paysans avaient abandonnée au profit du maïs.</p>
<p>Trois mauvaises saisons ont changé les esprits. Le mil pousse avec moitié moins d''eau, et sa paille nourrit les bêtes pendant la saison sèche.</p>
<p>Une boulangère de Dori en fait désormais du pain, qu''elle vend aux écoles.</p>', 'Dans le village de Bani, au nord du Burkina Faso, les greniers se remplissent de petit mil, une céréale que les jeunes paysans avaient abandonnée au profit du maïs.
Trois mauvaises saisons ont changé les esprits. Le mil pousse avec moitié moins d''eau, et sa paille nourrit les bêtes pendant la saison sèche.
Une boulangère de Dori en fait désormais du pain, qu''elle vend aux écoles.');
INSERT OR REPLACE INTO body (article, candidate, summary, html, text) VALUES (3, '{"id":"http://fr.granma.cu.localhost:1/monde/2026-11-21/cuba-et-la-chine-un-centre-commun-contre-la-dengue","link":"http://fr.granma.cu.localhost:1/monde/2026-11-21/cuba-et-la-chine-un-centre-commun-contre-la-dengue","title":"Cuba et la Chine : un centre commun contre la dengue","published":"2026-11-22T03:00:00Z","updated":null,"summary":"Les deux pays uniront leurs laboratoires pour mettre au point un vaccin accessible aux pays tropicaux","content":null,"authors":[],"categories":[],"enclosures":[],"language":"fr","image":null,"via":null,"complete":true}', 'Les deux pays uniront leurs laboratoires pour mettre au point un vaccin accessible aux pays tropicaux', '<p>Des scientifiques de Cuba et de Chine travailleront désormais ensemble à Mariel, dans un centre commun de recherche sur la dengue, inauguré vendredi en présence des ministres de la Santé des deux pays.</p>
<p>Le centre s''appuie sur trente ans d''échanges entre l''industrie biotechnologique cubaine et des instituts de Wuhan et de Changchun. Il disposera de deux laboratoires de haute sécurité, d''une animalerie et d''une petite unité de fabrication pour les essais cliniques.</p>
<p>« Notre coopération n''a jamais été une simple affaire de contrats », a souligné la docteure Ileana Batista, qui dirigera la partie cubaine. Elle a rappelé que les premiers stagiaires chinois étaient arrivés à La Havane à une époque où presque personne ne croyait aux vaccins de synthèse.</p>
<p>L''objectif est de proposer d''ici à cinq ans un vaccin en deux doses, conservable sans chaîne du froid. Les essais seront menés à Cuba, dans le sud de la Chine et dans deux autres pays d''Amérique latine qui restent à choisir.</p>
<p>Le prix de la dose a été fixé d''avance dans l''accord, afin que les systèmes de santé publique des pays pauvres ne soient pas écartés.</p>', 'Des scientifiques de Cuba et de Chine travailleront désormais ensemble à Mariel, dans un centre commun de recherche sur la dengue, inauguré vendredi en présence des ministres de la Santé des deux pays.
Le centre s''appuie sur trente ans d''échanges entre l''industrie biotechnologique cubaine et des instituts de Wuhan et de Changchun. Il disposera de deux laboratoires de haute sécurité, d''une animalerie et d''une petite unité de fabrication pour les essais cliniques.
« Notre coopération n''a jamais été une simple affaire de contrats », a souligné la docteure Ileana Batista, qui dirigera la partie cubaine. Elle a rappelé que les premiers stagiaires chinois étaient arrivés à La Havane à une époque où presque personne ne croyait aux vaccins de synthèse.
L''objectif est de proposer d''ici à cinq ans un vaccin en deux doses, conservable sans chaîne du froid. Les essais seront menés à Cuba, dans le sud de la Chine et dans deux autres pays d''Amérique latine qui restent à choisir.
Le prix de la dose a été fixé d''avance dans l''accord, afin que les systèmes de santé publique des pays pauvres ne soient pas écartés.');
INSERT OR REPLACE INTO body (article, candidate, summary, html, text) VALUES (4, '{"id":"http://fr.granma.cu.localhost:1/cuba/2026-11-21/la-recolte-du-cafe-commence-dans-la-sierra-maestra","link":"http://fr.granma.cu.localhost:1/cuba/2026-11-21/la-recolte-du-cafe-commence-dans-la-sierra-maestra","title":"La récolte du café commence dans la Sierra Maestra","published":"2026-11-21T15:00:00Z","updated":null,"summary":"Des brigades d''étudiants rejoignent les cueilleurs de Buey Arriba","content":null,"authors":[],"categories":[],"enclosures":[],"language":"fr","image":null,"via":null,"complete":true}', 'Des brigades d''étudiants rejoignent les cueilleurs de Buey Arriba', '<p>La récolte du café a commencé cette semaine à Buey Arriba, dans la Sierra Maestra, où les coopératives attendent une production supérieure d''un dixième à celle de l''an passé.</p>
<p>Trois cents étudiants de l''université de Granma ont rejoint les cueilleurs pour deux mois. Ils logent dans les écoles de montagne, récemment équipées de douches et de cuisines à bois économes.</p>
<p>La principale difficulté reste le transport : faute de pièces de rechange, la moitié des camions est à l''arrêt, et les mules reprennent du service. Les dépulpeuses, dont quelques-unes viennent de Chine et d''autres du Brésil, ont été révisées pendant l''été.</p>
<p>Le président de la coopérative Jesús Menéndez, Arnaldo Tamayo, se veut confiant : les pluies sont tombées au bon moment et les grains sont lourds.</p>', 'La récolte du café a commencé cette semaine à Buey Arriba, dans la Sierra Maestra, où les coopératives attendent une production supérieure d''un dixième à celle de l''an passé.
Trois cents étudiants de l''université de Granma ont rejoint les cueilleurs pour deux mois. Ils logent dans les écoles de montagne, récemment équipées de douches et de cuisines à bois économes.
La principale difficulté reste le transport : faute de pièces de rechange, la moitié des camions est à l''arrêt, et les mules reprennent du service. Les dépulpeuses, dont quelques-unes viennent de Chine et d''autres du Brésil, ont été révisées pendant l''été.
Le président de la coopérative Jesús Menéndez, Arnaldo Tamayo, se veut confiant : les pluies sont tombées au bon moment et les grains sont lourds.');
INSERT OR REPLACE INTO body (article, candidate, summary, html, text) VALUES (5, '{"id":"http://fr.granma.cu.localhost:1/culture/2026-11-21/le-ballet-national-ouvre-sa-saison","link":"http://fr.granma.cu.localhost:1/culture/2026-11-21/le-ballet-national-ouvre-sa-saison","title":"Le Ballet national ouvre sa saison","published":"2026-11-21T07:00:00Z","updated":null,"summary":"Trois créations et une reprise au Grand Théâtre de La Havane","content":null,"authors":[],"categories":[],"enclosures":[],"language":"fr","image":null,"via":null,"complete":true}', 'Trois créations et une reprise au Grand Théâtre de La Havane', '<p>Le Ballet national de Cuba ouvrira samedi sa saison au Grand Théâtre de La Havane avec une soirée composée de trois créations et d''une reprise de Giselle.</p>
<p>Les chorégraphes invités ont travaillé avec les plus jeunes solistes de la compagnie, issus des écoles de Camagüey et de Pinar del Río. Les costumes ont été teints à la main par un atelier de Trinidad.</p>
<p>Les billets à tarif réduit seront vendus le matin même aux guichets du théâtre.</p>', 'Le Ballet national de Cuba ouvrira samedi sa saison au Grand Théâtre de La Havane avec une soirée composée de trois créations et d''une reprise de Giselle.
Les chorégraphes invités ont travaillé avec les plus jeunes solistes de la compagnie, issus des écoles de Camagüey et de Pinar del Río. Les costumes ont été teints à la main par un atelier de Trinidad.
Les billets à tarif réduit seront vendus le matin même aux guichets du théâtre.');
INSERT OR REPLACE INTO body (article, candidate, summary, html, text) VALUES (6, '{"id":"http://novastan.org.localhost:1/fr/?p=48200","link":"http://novastan.org.localhost:1/fr/kazakhstan/des-gazelles-sous-surveillance-commune/","title":"Des antilopes sous surveillance commune entre Chine et Kazakhstan","published":"2026-11-22T05:00:00Z","updated":null,"summary":"<p>Les gardes des réserves du Kazakhstan et de la région voisine de Chine suivront ensemble les troupeaux de saïgas qui [&#8230;]</p>\n<p>L’article <a href=\"http://novastan.org.localhost:1/fr/kazakhstan/des-gazelles-sous-surveillance-commune/\">Des antilopes sous surveillance commune entre Chine et Kazakhstan</a> est apparu en premier sur <a href=\"http://novastan.org.localhost:1/fr/\">Novastan français</a>.</p>","content":"<p>Les gardes des réserves du Kazakhstan et de la région voisine de Chine suivront ensemble les troupeaux de saïgas qui franchissent la frontière au printemps. L''accord de coopération, signé fin août à Almaty, est le premier de ce genre en Asie centrale.</p>\n<p>Deux cents colliers seront posés au cours de l''hiver. Les positions, transmises par satellite, serviront à ouvrir des passages dans les clôtures et à prévenir les éleveurs lorsque les animaux approchent des pâturages.</p>\n<p>La biologiste Assel Nurgalieva, qui travaille depuis quinze ans dans la steppe du Betpak-Dala, y voit un tournant. « L''animal ne connaît pas la ligne. Il nous manquait un interlocuteur de l''autre côté », explique-t-elle.</p>\n<p>Le braconnage a reculé, mais les cornes se vendent encore cher. Les douanes des deux pays se sont engagées à échanger leurs informations et à détruire les stocks saisis.</p>\n<p>Pour les habitants, l''essentiel est ailleurs : un fonds indemnisera ceux dont les réserves de foin ont été piétinées. Les premières demandes sont attendues au printemps.</p>\n<p>L’article <a href=\"http://novastan.org.localhost:1/fr/kazakhstan/des-gazelles-sous-surveillance-commune/\">Des antilopes sous surveillance commune entre Chine et Kazakhstan</a> est apparu en premier sur <a href=\"http://novastan.org.localhost:1/fr/\">Novastan français</a>.</p>","authors":[{"name":"Ninon Perrault"}],"categories":["Kazakhstan","Environnement"],"enclosures":[],"language":"fr-FR","image":null,"via":null,"complete":true}', 'Les gardes des réserves du Kazakhstan et de la région voisine de Chine suivront ensemble les troupeaux de saïgas qui […] L’article Des antilopes sous surveillance commune entre Chine et Kazakhstan est apparu en premier sur Novastan français.', '<p>Les gardes des réserves du Kazakhstan et de la région voisine de Chine suivront ensemble les troupeaux de saïgas qui franchissent la frontière au printemps. L''accord de coopération, signé fin août à Almaty, est le premier de ce genre en Asie centrale.</p>
<p>Deux cents colliers seront posés au cours de l''hiver. Les positions, transmises par satellite, serviront à ouvrir des passages dans les clôtures et à prévenir les éleveurs lorsque les animaux approchent des pâturages.</p>
<p>La biologiste Assel Nurgalieva, qui travaille depuis quinze ans dans la steppe du Betpak-Dala, y voit un tournant. « L''animal ne connaît pas la ligne. Il nous manquait un interlocuteur de l''autre côté », explique-t-elle.</p>
<p>Le braconnage a reculé, mais les cornes se vendent encore cher. Les douanes des deux pays se sont engagées à échanger leurs informations et à détruire les stocks saisis.</p>
<p>Pour les habitants, l''essentiel est ailleurs : un fonds indemnisera ceux dont les réserves de foin ont été piétinées. Les premières demandes sont attendues au printemps.</p>', 'Les gardes des réserves du Kazakhstan et de la région voisine de Chine suivront ensemble les troupeaux de saïgas qui franchissent la frontière au printemps. L''accord de coopération, signé fin août à Almaty, est le premier de ce genre en Asie centrale.
Deux cents colliers seront posés au cours de l''hiver. Les positions, transmises par satellite, serviront à ouvrir des passages dans les clôtures et à prévenir les éleveurs lorsque les animaux approchent des pâturages.
La biologiste Assel Nurgalieva, qui travaille depuis quinze ans dans la steppe du Betpak-Dala, y voit un tournant. « L''animal ne connaît pas la ligne. Il nous manquait un interlocuteur de l''autre côté », explique-t-elle.
Le braconnage a reculé, mais les cornes se vendent encore cher. Les douanes des deux pays se sont engagées à échanger leurs informations et à détruire les stocks saisis.
Pour les habitants, l''essentiel est ailleurs : un fonds indemnisera ceux dont les réserves de foin ont été piétinées. Les premières demandes sont attendues au printemps.');
INSERT OR REPLACE INTO body (article, candidate, summary, html, text) VALUES (7, '{"id":"http://novastan.org.localhost:1/fr/?p=48201","link":"http://novastan.org.localhost:1/fr/ouzbekistan/les-maisons-de-the-de-marguilan/","title":"Les maisons de thé de Marguilan, entre souvenir et renouveau","published":"2026-11-21T10:00:00Z","updated":null,"summary":"<p>À Marguilan, dans la vallée de Ferghana, on comptait autrefois une maison de thé par quartier. Il en reste neuf, [&#8230;]</p>\n<p>L’article <a href=\"http://novastan.org.localhost:1/fr/ouzbekistan/les-maisons-de-the-de-marguilan/\">Les maisons de thé de Marguilan, entre souvenir et renouveau</a> est apparu en premier sur <a href=\"http://novastan.org.localhost:1/fr/\">Novastan français</a>.</p>","content":"<p>À Marguilan, dans la vallée de Ferghana, on comptait autrefois une maison de thé par quartier. Il en reste neuf, et trois d''entre elles viennent de rouvrir sous la conduite de jeunes associés.</p>\n<p>Les plafonds peints ont été nettoyés, les estrades réparées, et l''on y sert de nouveau le plov du jeudi. Les anciens viennent pour les échecs, les étudiants pour la connexion gratuite.</p>\n<p>La municipalité a promis de ne pas toucher aux peupliers qui bordent le canal. « Sans leur ombre, il n''y a plus de maison de thé », résume le tenancier.</p>\n<p>L’article <a href=\"http://novastan.org.localhost:1/fr/ouzbekistan/les-maisons-de-the-de-marguilan/\">Les maisons de thé de Marguilan, entre souvenir et renouveau</a> est apparu en premier sur <a href=\"http://novastan.org.localhost:1/fr/\">Novastan français</a>.</p>","authors":[{"name":"Hugo Lemaire"}],"categories":["Ouzbékistan","Culture"],"enclosures":[],"language":"fr-FR","image":null,"via":null,"complete":true}', 'À Marguilan, dans la vallée de Ferghana, on comptait autrefois une maison de thé par quartier. Il en reste neuf, […] L’article Les maisons de thé de Marguilan, entre souvenir et renouveau est apparu en premier sur Novastan français.', '<p>À Marguilan, dans la vallée de Ferghana, on comptait autrefois une maison de thé par quartier. Il en reste neuf, et trois d''entre elles viennent de rouvrir sous la conduite de jeunes associés.</p>
<p>Les plafonds peints ont été nettoyés, les estrades réparées, et l''on y sert de nouveau le plov du jeudi. Les anciens viennent pour les échecs, les étudiants pour la connexion gratuite.</p>
<p>La municipalité a promis de ne pas toucher aux peupliers qui bordent le canal. « Sans leur ombre, il n''y a plus de maison de thé », résume le tenancier.</p>', 'À Marguilan, dans la vallée de Ferghana, on comptait autrefois une maison de thé par quartier. Il en reste neuf, et trois d''entre elles viennent de rouvrir sous la conduite de jeunes associés.
Les plafonds peints ont été nettoyés, les estrades réparées, et l''on y sert de nouveau le plov du jeudi. Les anciens viennent pour les échecs, les étudiants pour la connexion gratuite.
La municipalité a promis de ne pas toucher aux peupliers qui bordent le canal. « Sans leur ombre, il n''y a plus de maison de thé », résume le tenancier.');
INSERT OR REPLACE INTO body (article, candidate, summary, html, text) VALUES (8, '{"id":"http://frances.prensa-latina.cu.localhost:1/2026/11/21/cuba-inaugure-trois-parcs-photovoltaiques-avec-l-appui-chinois","link":"http://frances.prensa-latina.cu.localhost:1/2026/11/21/cuba-inaugure-trois-parcs-photovoltaiques-avec-l-appui-chinois","title":"Cuba inaugure trois parcs photovoltaïques avec l''appui chinois","published":"2026-11-21T23:00:00Z","updated":null,"summary":"<p>Cuba inaugure trois parcs photovoltaïques avec l''appui chinois</p>\n<p>La Havane, 21 novembre (Prensa Latina) Soixante-cinq mégawatts d''origine solaire s''ajoutent depuis samedi à la production électrique de Cuba, après l''inauguration de trois parcs bâtis avec l''appui de la Chine dans l''ouest, le centre et l''est de l''île. [&#8230;]</p>\n<p>La informaci&oacute;n <a rel=\"nofollow\" href=\"http://frances.prensa-latina.cu.localhost:1/2026/11/21/cuba-inaugure-trois-parcs-photovoltaiques-avec-l-appui-chinois\">Cuba inaugure trois parcs photovoltaïques avec l''appui chinois</a> sali&oacute; primero en <a rel=\"nofollow\" href=\"http://frances.prensa-latina.cu.localhost:1\">Prensa Latina</a>.</p>","content":null,"authors":[{"name":"Redaction"}],"categories":["Chine","parcs","trois","Cuba","appui","énergie","samedi","tonnes","photovoltaïques","Minute par minute"],"enclosures":[],"language":"fr-FR","image":null,"via":null,"complete":true}', 'Cuba inaugure trois parcs photovoltaïques avec l''appui chinois La Havane, 21 novembre (Prensa Latina) Soixante-cinq mégawatts d''origine solaire s''ajoutent depuis samedi à la production électrique de Cuba, après l''inauguration de trois parcs bâtis avec l''appui de la Chine dans l''ouest, le centre et l''est de l''île. […] La información Cuba inaugure trois parcs photovoltaïques avec l''appui chinois salió primero en Prensa Latina.', '<p>Soixante-cinq mégawatts d''origine solaire s''ajoutent depuis samedi à la production électrique de Cuba, après l''inauguration de trois parcs bâtis avec l''appui de la Chine dans l''ouest, le centre et l''est de l''île.</p>
<p>Selon la directrice des énergies renouvelables du ministère de tutelle, Yanet Quiroga, ces installations feront économiser trente mille tonnes de carburant par an. Elle a toutefois prévenu que la pointe du soir continuera de poser problème tant que le pays manquera de systèmes de stockage.</p>
<p>La coopération entre les deux gouvernements, formalisée voilà deux ans, inclut la livraison des équipements et un programme d''apprentissage dont une centaine de spécialistes ont déjà bénéficié. Le génie civil a été réalisé par des entreprises cubaines.</p>
<p>Lu Jianping, conseiller économique de la représentation diplomatique chinoise, a évoqué un exemple qui peut inspirer les îles voisines des Caraïbes.</p>
<p>Matanzas et Guantánamo accueilleront les deux prochaines étapes du programme avant le mois de juillet.</p>', 'Soixante-cinq mégawatts d''origine solaire s''ajoutent depuis samedi à la production électrique de Cuba, après l''inauguration de trois parcs bâtis avec l''appui de la Chine dans l''ouest, le centre et l''est de l''île.
Selon la directrice des énergies renouvelables du ministère de tutelle, Yanet Quiroga, ces installations feront économiser trente mille tonnes de carburant par an. Elle a toutefois prévenu que la pointe du soir continuera de poser problème tant que le pays manquera de systèmes de stockage.
La coopération entre les deux gouvernements, formalisée voilà deux ans, inclut la livraison des équipements et un programme d''apprentissage dont une centaine de spécialistes ont déjà bénéficié. Le génie civil a été réalisé par des entreprises cubaines.
Lu Jianping, conseiller économique de la représentation diplomatique chinoise, a évoqué un exemple qui peut inspirer les îles voisines des Caraïbes.
Matanzas et Guantánamo accueilleront les deux prochaines étapes du programme avant le mois de juillet.');
INSERT OR REPLACE INTO body (article, candidate, summary, html, text) VALUES (9, '{"id":"http://frances.prensa-latina.cu.localhost:1/2026/11/21/volley-ball-cuba-bat-porto-rico-et-se-qualifie","link":"http://frances.prensa-latina.cu.localhost:1/2026/11/21/volley-ball-cuba-bat-porto-rico-et-se-qualifie","title":"Volley-ball : Cuba bat Porto Rico et se qualifie","published":"2026-11-21T18:00:00Z","updated":null,"summary":"<p>Volley-ball : Cuba bat Porto Rico et se qualifie</p>\n<p>Saint-Domingue, 21 novembre (Prensa Latina) L''équipe masculine de Cuba s''est qualifiée pour les demi-finales du tournoi de Norceca en dominant Porto Rico par trois manches à une, dans une salle acquise à l''adversaire. [&#8230;]</p>\n<p>La informaci&oacute;n <a rel=\"nofollow\" href=\"http://frances.prensa-latina.cu.localhost:1/2026/11/21/volley-ball-cuba-bat-porto-rico-et-se-qualifie\">Volley-ball : Cuba bat Porto Rico et se qualifie</a> sali&oacute; primero en <a rel=\"nofollow\" href=\"http://frances.prensa-latina.cu.localhost:1\">Prensa Latina</a>.</p>","content":null,"authors":[{"name":"Redaction"}],"categories":["Cuba","Porto","Rico","volley-ball","équipe","match","service","points","samedi","Sports"],"enclosures":[],"language":"fr-FR","image":null,"via":null,"complete":true}', 'Volley-ball : Cuba bat Porto Rico et se qualifie Saint-Domingue, 21 novembre (Prensa Latina) L''équipe masculine de Cuba s''est qualifiée pour les demi-finales du tournoi de Norceca en dominant Porto Rico par trois manches à une, dans une salle acquise à l''adversaire. […] La información Volley-ball : Cuba bat Porto Rico et se qualifie salió primero en Prensa Latina.', '<p>L''équipe masculine de Cuba s''est qualifiée pour les demi-finales du tournoi de Norceca en dominant Porto Rico par trois manches à une, dans une salle acquise à l''adversaire.</p>
<p>Menés au premier set, les Cubains ont renversé la rencontre grâce à leur service et aux vingt-deux points de l''attaquant Yoandry Salgado.</p>
<p>Ils affronteront samedi le vainqueur du match entre le Canada et la République dominicaine.</p>', 'L''équipe masculine de Cuba s''est qualifiée pour les demi-finales du tournoi de Norceca en dominant Porto Rico par trois manches à une, dans une salle acquise à l''adversaire.
Menés au premier set, les Cubains ont renversé la rencontre grâce à leur service et aux vingt-deux points de l''attaquant Yoandry Salgado.
Ils affronteront samedi le vainqueur du match entre le Canada et la République dominicaine.');
INSERT OR REPLACE INTO alias (identity, article) VALUES ('pl-fr:pekin-accueille-une-rencontre-de-partis-chinois-et-latino-americains', 11);
INSERT OR REPLACE INTO seen (source, candidate, article, hash, first_seen) VALUES ('bbc-afrique', 'http://www.bbc.com.localhost:1/afrique/articles/c4gq8d1n2mzo#0', 1, -6047890618722698759, 1795341600);
INSERT OR REPLACE INTO seen (source, candidate, article, hash, first_seen) VALUES ('bbc-afrique', 'http://www.bbc.com.localhost:1/afrique/articles/c9vd3k7x0ywo#0', 2, 364588113759837690, 1795341600);
INSERT OR REPLACE INTO seen (source, candidate, article, hash, first_seen) VALUES ('granma', 'http://fr.granma.cu.localhost:1/cuba/2026-11-21/la-recolte-du-cafe-commence-dans-la-sierra-maestra', 4, -5648032936468360014, 1795341600);
INSERT OR REPLACE INTO seen (source, candidate, article, hash, first_seen) VALUES ('granma', 'http://fr.granma.cu.localhost:1/culture/2026-11-21/le-ballet-national-ouvre-sa-saison', 5, 4051117439101641893, 1795341600);
INSERT OR REPLACE INTO seen (source, candidate, article, hash, first_seen) VALUES ('granma', 'http://fr.granma.cu.localhost:1/monde/2026-11-21/cuba-et-la-chine-un-centre-commun-contre-la-dengue', 3, -1403846131040795598, 1795341600);
INSERT OR REPLACE INTO seen (source, candidate, article, hash, first_seen) VALUES ('novastan', 'http://novastan.org.localhost:1/fr/?p=48200', 6, -7845359104970930943, 1795341600);
INSERT OR REPLACE INTO seen (source, candidate, article, hash, first_seen) VALUES ('novastan', 'http://novastan.org.localhost:1/fr/?p=48201', 7, -3025029669014347084, 1795341600);
INSERT OR REPLACE INTO seen (source, candidate, article, hash, first_seen) VALUES ('prensa-latina', 'http://frances.prensa-latina.cu.localhost:1/2026/11/20/pekin-accueille-une-rencontre-de-partis-chinois-et-latino-americains', 12, -5583452647261022608, 1795341600);
INSERT OR REPLACE INTO seen (source, candidate, article, hash, first_seen) VALUES ('prensa-latina', 'http://frances.prensa-latina.cu.localhost:1/2026/11/21/cuba-inaugure-trois-parcs-photovoltaiques-avec-l-appui-chinois', 8, -8634266160313285385, 1795341600);
INSERT OR REPLACE INTO seen (source, candidate, article, hash, first_seen) VALUES ('prensa-latina', 'http://frances.prensa-latina.cu.localhost:1/2026/11/21/le-mexique-fete-ses-varietes-de-mais', 10, 6959399643738331132, 1795341600);
INSERT OR REPLACE INTO seen (source, candidate, article, hash, first_seen) VALUES ('prensa-latina', 'http://frances.prensa-latina.cu.localhost:1/2026/11/21/volley-ball-cuba-bat-porto-rico-et-se-qualifie', 9, -7770011820195302657, 1795341600);
INSERT OR REPLACE INTO seen (source, candidate, article, hash, first_seen) VALUES ('prensa-latina', 'http://frances.prensa-latina.cu.localhost:1/?p=61188', 11, -5930538940663835693, 1795341600);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1013615618, 11);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1013615618, 12);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1016615346, 9);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1028806348, 1);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1029275295, 1);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1032750, 11);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1032750, 12);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-103377622, 9);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1048686231, 8);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1054143592, 9);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1078146369, 6);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1081083652, 7);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1134337498, 2);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1145104173, 4);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1155785099, 3);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1208538640, 5);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1252959781, 4);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1286665882, 3);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1362856366, 10);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1367863360, 2);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1368794062, 9);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1430842345, 7);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1455660988, 7);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1502852432, 4);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1503753647, 9);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1529131070, 3);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1546299083, 1);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1557484175, 8);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-156124132, 10);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1625105838, 8);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1639259135, 9);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1689516869, 10);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1706892110, 11);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1706892110, 12);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1781109907, 7);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1793045810, 2);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1798662749, 10);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1832307428, 9);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-186880816, 3);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1870029653, 2);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1883953820, 1);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1901945698, 2);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1974562632, 9);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1975227295, 5);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1983829042, 10);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1986740282, 11);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-1986740282, 12);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-2034988553, 2);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-2043507206, 7);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-2044179546, 11);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-2044179546, 12);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-2057677728, 1);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-2066419795, 5);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-2099968166, 6);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-214299671, 6);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-216242209, 10);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-318004256, 3);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-328666872, 7);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-338314241, 6);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-387669871, 1);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-410155351, 5);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-410398802, 10);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-421824825, 6);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-428527885, 3);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-43484122, 4);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-455738592, 6);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-457346044, 10);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-466933989, 10);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-484508561, 4);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-503619218, 1);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-534262131, 7);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-534673693, 3);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-546992294, 5);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-553529521, 11);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-553529521, 12);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-565057315, 11);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-565057315, 12);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-578065344, 6);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-581661644, 4);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-583660330, 1);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-599447138, 2);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-607181752, 8);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-624348435, 10);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-630988566, 7);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-635688641, 10);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-660473258, 5);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-716109557, 4);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-751275478, 4);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-771972243, 8);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-806493183, 8);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-811530162, 2);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-890869178, 10);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-979566209, 8);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (-985313122, 6);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1002396473, 8);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1036989161, 1);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1064141727, 9);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1073342293, 11);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1073342293, 12);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1115815637, 6);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1124106970, 9);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1149329991, 10);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (115081666, 3);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1188480960, 3);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1193245878, 4);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (121357316, 2);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1251936429, 7);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1283515007, 2);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (129579403, 5);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1325883564, 3);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1339952894, 1);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1383539592, 8);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1391437378, 11);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1391437378, 12);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1393822090, 5);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1400849350, 6);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1501451990, 4);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1502968697, 1);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1520583728, 8);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1522269066, 6);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1554101240, 1);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (158501934, 1);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1591552489, 10);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1596961072, 3);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1604985587, 9);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (160817168, 4);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (163220225, 8);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1680272028, 6);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1710189789, 11);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1710189789, 12);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1718309009, 7);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1725829199, 4);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1738101931, 11);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1738101931, 12);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1749837946, 11);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1749837946, 12);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1800368575, 1);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1801703929, 4);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1829811668, 11);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1829811668, 12);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1830611242, 4);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (184121669, 5);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1856106363, 5);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1865738888, 3);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1903123943, 8);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1936443470, 7);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1974525828, 3);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1978015160, 2);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1992378869, 7);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (1992929133, 5);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (2019381161, 9);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (2031794310, 4);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (2034484336, 6);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (2045887532, 1);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (2052925459, 7);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (2082843268, 8);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (2084344128, 1);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (208984404, 3);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (2091678873, 2);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (2129917641, 4);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (2134161011, 11);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (2134161011, 12);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (2136860326, 6);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (224120006, 8);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (26448225, 6);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (295912479, 5);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (326128167, 7);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (347803701, 11);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (347803701, 12);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (389570385, 5);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (408355756, 10);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (415860122, 2);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (430979587, 3);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (470431922, 11);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (470431922, 12);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (47672724, 9);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (481285875, 2);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (481866193, 6);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (533811266, 2);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (555563939, 5);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (602546136, 9);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (647091067, 7);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (653277371, 8);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (663508238, 2);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (669508498, 10);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (675551629, 3);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (711560361, 5);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (758448119, 5);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (759473279, 8);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (770057758, 7);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (774157597, 9);
INSERT OR REPLACE INTO dedup_key (h, article) VALUES (836340801, 9);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1060858133, 10);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1278624610, 5);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1286163343, 3);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1293013601, 2);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1321564908, 1);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1332203010, 7);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1341777846, 7);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1373264909, 5);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1504812476, 8);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1535152557, 4);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1550320656, 3);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1622746149, 5);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1646824518, 1);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1648872751, 9);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1705687227, 9);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1791228321, 1);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1800649443, 4);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1896540186, 2);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1907271432, 9);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1909092399, 11);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1909092399, 12);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1937658468, 6);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-1985709399, 8);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-2141860394, 6);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-215052878, 7);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-223151726, 4);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-273550430, 2);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-440307040, 10);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-594057003, 10);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-640881551, 2);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-915054978, 7);
INSERT OR REPLACE INTO title_key (h, article) VALUES (-958746753, 3);
INSERT OR REPLACE INTO title_key (h, article) VALUES (1006473075, 11);
INSERT OR REPLACE INTO title_key (h, article) VALUES (1006473075, 12);
INSERT OR REPLACE INTO title_key (h, article) VALUES (1113275935, 3);
INSERT OR REPLACE INTO title_key (h, article) VALUES (1117352964, 6);
INSERT OR REPLACE INTO title_key (h, article) VALUES (1118576498, 10);
INSERT OR REPLACE INTO title_key (h, article) VALUES (1266684297, 11);
INSERT OR REPLACE INTO title_key (h, article) VALUES (1266684297, 12);
INSERT OR REPLACE INTO title_key (h, article) VALUES (128958125, 1);
INSERT OR REPLACE INTO title_key (h, article) VALUES (1335619426, 8);
INSERT OR REPLACE INTO title_key (h, article) VALUES (1458707311, 6);
INSERT OR REPLACE INTO title_key (h, article) VALUES (1536338267, 3);
INSERT OR REPLACE INTO title_key (h, article) VALUES (1549784710, 1);
INSERT OR REPLACE INTO title_key (h, article) VALUES (1550305158, 9);
INSERT OR REPLACE INTO title_key (h, article) VALUES (1651265028, 5);
INSERT OR REPLACE INTO title_key (h, article) VALUES (1664440613, 3);
INSERT OR REPLACE INTO title_key (h, article) VALUES (1688931323, 2);
INSERT OR REPLACE INTO title_key (h, article) VALUES (1706253672, 1);
INSERT OR REPLACE INTO title_key (h, article) VALUES (1720322024, 9);
INSERT OR REPLACE INTO title_key (h, article) VALUES (1780306234, 7);
INSERT OR REPLACE INTO title_key (h, article) VALUES (181082496, 4);
INSERT OR REPLACE INTO title_key (h, article) VALUES (1821787582, 7);
INSERT OR REPLACE INTO title_key (h, article) VALUES (2028650720, 4);
INSERT OR REPLACE INTO title_key (h, article) VALUES (2061960932, 11);
INSERT OR REPLACE INTO title_key (h, article) VALUES (2061960932, 12);
INSERT OR REPLACE INTO title_key (h, article) VALUES (2114484868, 6);
INSERT OR REPLACE INTO title_key (h, article) VALUES (252055181, 3);
INSERT OR REPLACE INTO title_key (h, article) VALUES (291280086, 1);
INSERT OR REPLACE INTO title_key (h, article) VALUES (404201890, 11);
INSERT OR REPLACE INTO title_key (h, article) VALUES (404201890, 12);
INSERT OR REPLACE INTO title_key (h, article) VALUES (407231, 8);
INSERT OR REPLACE INTO title_key (h, article) VALUES (424224590, 1);
INSERT OR REPLACE INTO title_key (h, article) VALUES (568812875, 4);
INSERT OR REPLACE INTO title_key (h, article) VALUES (572456231, 11);
INSERT OR REPLACE INTO title_key (h, article) VALUES (572456231, 12);
INSERT OR REPLACE INTO title_key (h, article) VALUES (582568202, 11);
INSERT OR REPLACE INTO title_key (h, article) VALUES (582568202, 12);
INSERT OR REPLACE INTO title_key (h, article) VALUES (589499389, 6);
INSERT OR REPLACE INTO title_key (h, article) VALUES (598202806, 6);
INSERT OR REPLACE INTO title_key (h, article) VALUES (598336572, 11);
INSERT OR REPLACE INTO title_key (h, article) VALUES (598336572, 12);
INSERT OR REPLACE INTO title_key (h, article) VALUES (61139139, 4);
INSERT OR REPLACE INTO title_key (h, article) VALUES (64383015, 9);
INSERT OR REPLACE INTO title_key (h, article) VALUES (671617593, 8);
INSERT OR REPLACE INTO title_key (h, article) VALUES (685266407, 3);
INSERT OR REPLACE INTO title_key (h, article) VALUES (700091859, 6);
INSERT OR REPLACE INTO title_key (h, article) VALUES (746769576, 7);
INSERT OR REPLACE INTO title_key (h, article) VALUES (756319851, 9);
INSERT OR REPLACE INTO title_key (h, article) VALUES (77679011, 5);
INSERT OR REPLACE INTO title_key (h, article) VALUES (816561713, 8);
INSERT OR REPLACE INTO title_key (h, article) VALUES (82726608, 9);
INSERT OR REPLACE INTO title_key (h, article) VALUES (836359693, 10);
INSERT OR REPLACE INTO title_key (h, article) VALUES (84571186, 8);
INSERT OR REPLACE INTO title_key (h, article) VALUES (940714773, 4);
INSERT OR REPLACE INTO title_key (h, article) VALUES (98445869, 8);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('bbc-afrique', -5615765961547140563, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('bbc-afrique', -7883946452684556052, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('bbc-afrique', 3180142056621547996, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('bbc-afrique', 3528016129355501635, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('bbc-afrique', 4992551251890279877, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('bbc-afrique', 6310861880917488844, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('bbc-afrique', 6428422033187591617, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('bbc-afrique', 8101806990801461807, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('granma', -1028419569506091874, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('granma', -2133496783044014235, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('granma', -3179107727491274419, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('granma', -397767794584886200, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('granma', -4322939657526478200, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('granma', 129366996058576372, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('granma', 3684453462505480482, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('granma', 5091555930952136621, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('granma', 5888488342959501532, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('granma', 6479016805898095690, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('granma', 8723980059054849806, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('granma', 9040893927222301338, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('novastan', -1173648302340656412, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('novastan', -2250924801212670310, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('novastan', 23396544388785914, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('novastan', 3432691678745734187, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('novastan', 3657793225641179380, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('novastan', 4067667948749987732, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('novastan', 6599938665355966404, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('novastan', 7955436629598852456, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('prensa-latina', -139435522910173231, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('prensa-latina', -2463695245963435925, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('prensa-latina', -2499924979042512780, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('prensa-latina', -6154670005780878752, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('prensa-latina', -9173860007098254709, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('prensa-latina', -9202671559932987750, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('prensa-latina', 2677008872752038833, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('prensa-latina', 3307295238367078515, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('prensa-latina', 3838373878518649968, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('prensa-latina', 4023498192806770390, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('prensa-latina', 437809413017330343, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('prensa-latina', 4528742487844027755, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('prensa-latina', 5560161749893001325, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('prensa-latina', 655623359161002461, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('prensa-latina', 6679072913959176920, 1, 1795341600);
INSERT OR REPLACE INTO paragraph (source, hash, stories, last_seen) VALUES ('prensa-latina', 8784488612398699263, 1, 1795341600);
INSERT OR REPLACE INTO verdict (topic, article, matched, score, why, rules, judged) VALUES ('chine-amlat', 1, 1, 18.0, '{"topic":"chine-amlat","matched":true,"score":18.0,"why":[{"rule":"all","term":"@chine","matched":"Chine","where":"title","snippet":"Bogotá, le métro construit avec la Chine entre en gare d''essai","points":3.0},{"rule":"all","term":"@cooperation","matched":"construit","where":"title","snippet":"À Bogotá, le métro construit avec la Chine entre en gare","points":3.0},{"rule":"any","term":"@amerique_latine","matched":"Bogotá","where":"title","snippet":"À Bogotá, le métro construit avec la Chine","points":3.0},{"rule":"near","term":"@chine ~ @amerique_latine | @asie_centrale","matched":"Bogotá, le métro construit avec la Chine","where":"title","snippet":"À Bogotá, le métro construit avec la Chine entre en gare d''essai","points":9.0}],"missed":[]}', -8808622357230743561, 1795341600);
INSERT OR REPLACE INTO verdict (topic, article, matched, score, why, rules, judged) VALUES ('chine-amlat', 10, 0, 3.0, '{"topic":"chine-amlat","matched":false,"score":3.0,"why":[{"rule":"any","term":"@amerique_latine","matched":"Mexique","where":"title","snippet":"Le Mexique fête ses variétés de maïs","points":3.0}],"missed":["all: nothing of `@chine` was found","all: nothing of `@cooperation` was found"]}', -8808622357230743561, 1795341600);
INSERT OR REPLACE INTO verdict (topic, article, matched, score, why, rules, judged) VALUES ('chine-amlat', 11, 1, 18.0, '{"topic":"chine-amlat","matched":true,"score":18.0,"why":[{"rule":"all","term":"@chine","matched":"Pékin","where":"title","snippet":"Pékin accueille une rencontre de partis chinois","points":3.0},{"rule":"all","term":"@cooperation","matched":"accueille","where":"title","snippet":"Pékin accueille une rencontre de partis chinois et","points":3.0},{"rule":"any","term":"@amerique_latine","matched":"latino-américains","where":"title","snippet":"une rencontre de partis chinois et latino-américains","points":3.0},{"rule":"near","term":"@chine ~ @amerique_latine | @asie_centrale","matched":"chinois et latino-américains","where":"title","snippet":"Pékin accueille une rencontre de partis chinois et latino-américains","points":9.0}],"missed":[]}', -8808622357230743561, 1795341600);
INSERT OR REPLACE INTO verdict (topic, article, matched, score, why, rules, judged) VALUES ('chine-amlat', 12, 1, 18.0, '{"topic":"chine-amlat","matched":true,"score":18.0,"why":[{"rule":"all","term":"@chine","matched":"Pékin","where":"title","snippet":"Pékin accueille une rencontre de partis chinois","points":3.0},{"rule":"all","term":"@cooperation","matched":"accueille","where":"title","snippet":"Pékin accueille une rencontre de partis chinois et","points":3.0},{"rule":"any","term":"@amerique_latine","matched":"latino-américains","where":"title","snippet":"une rencontre de partis chinois et latino-américains","points":3.0},{"rule":"near","term":"@chine ~ @amerique_latine | @asie_centrale","matched":"chinois et latino-américains","where":"title","snippet":"Pékin accueille une rencontre de partis chinois et latino-américains","points":9.0}],"missed":[]}', -8808622357230743561, 1795341600);
INSERT OR REPLACE INTO verdict (topic, article, matched, score, why, rules, judged) VALUES ('chine-amlat', 2, 0, 1.0, '{"topic":"chine-amlat","matched":false,"score":1.0,"why":[{"rule":"all","term":"@cooperation","matched":"vend","where":"body","snippet":"en fait désormais du pain, qu''elle vend aux écoles","points":1.0}],"missed":["all: nothing of `@chine` was found","any: none of `@amerique_latine`, `@asie_centrale` was found"]}', -8808622357230743561, 1795341600);
INSERT OR REPLACE INTO verdict (topic, article, matched, score, why, rules, judged) VALUES ('chine-amlat', 3, 1, 18.0, '{"topic":"chine-amlat","matched":true,"score":18.0,"why":[{"rule":"all","term":"@chine","matched":"Chine","where":"title","snippet":"Cuba et la Chine : un centre commun contre la dengue","points":3.0},{"rule":"all","term":"@cooperation","matched":"commun","where":"title","snippet":"Cuba et la Chine : un centre commun contre la dengue","points":3.0},{"rule":"any","term":"@amerique_latine","matched":"Cuba","where":"title","snippet":"Cuba et la Chine : un centre commun","points":3.0},{"rule":"near","term":"@chine ~ @amerique_latine | @asie_centrale","matched":"Cuba et la Chine","where":"title","snippet":"Cuba et la Chine : un centre commun contre la dengue","points":9.0}],"missed":[]}', -8808622357230743561, 1795341600);
INSERT OR REPLACE INTO verdict (topic, article, matched, score, why, rules, judged) VALUES ('chine-amlat', 4, 0, 7.0, '{"topic":"chine-amlat","matched":false,"score":7.0,"why":[{"rule":"all","term":"@chine","matched":"Chine","where":"body","snippet":"dépulpeuses, dont quelques-unes viennent de Chine et d''autres du Brésil, ont été","points":1.0},{"rule":"all","term":"@cooperation","matched":"étudiants","where":"lead","snippet":"Trois cents étudiants de l''université de Granma ont rejoint","points":2.0},{"rule":"any","term":"@amerique_latine","matched":"Brésil","where":"body","snippet":"viennent de Chine et d''autres du Brésil, ont été révisées pendant l''été","points":1.0},{"rule":"near","term":"@chine ~ @amerique_latine | @asie_centrale","matched":"Chine et d''autres du Brésil","where":"body","snippet":"dépulpeuses, dont quelques-unes viennent de Chine et d''autres du Brésil, ont été révisées pendant l''été","points":3.0}],"missed":["the score 7 is below min_score 11"]}', -8808622357230743561, 1795341600);
INSERT OR REPLACE INTO verdict (topic, article, matched, score, why, rules, judged) VALUES ('chine-amlat', 5, 0, 5.0, '{"topic":"chine-amlat","matched":false,"score":5.0,"why":[{"rule":"all","term":"@cooperation","matched":"ouvre","where":"title","snippet":"Le Ballet national ouvre sa saison","points":3.0},{"rule":"any","term":"@amerique_latine","matched":"Cuba","where":"lead","snippet":"Le Ballet national de Cuba ouvrira samedi sa saison au Grand","points":2.0}],"missed":["all: nothing of `@chine` was found"]}', -8808622357230743561, 1795341600);
INSERT OR REPLACE INTO verdict (topic, article, matched, score, why, rules, judged) VALUES ('chine-amlat', 6, 1, 17.0, '{"topic":"chine-amlat","matched":true,"score":17.0,"why":[{"rule":"all","term":"@chine","matched":"Chine","where":"title","snippet":"Des antilopes sous surveillance commune entre Chine et Kazakhstan","points":3.0},{"rule":"all","term":"@cooperation","matched":"accord","where":"lead","snippet":"qui franchissent la frontière au printemps. L''accord de coopération, signé fin août à","points":2.0},{"rule":"any","term":"@asie_centrale","matched":"Kazakhstan","where":"title","snippet":"sous surveillance commune entre Chine et Kazakhstan","points":3.0},{"rule":"near","term":"@chine ~ @amerique_latine | @asie_centrale","matched":"Chine et Kazakhstan","where":"title","snippet":"Des antilopes sous surveillance commune entre Chine et Kazakhstan","points":9.0}],"missed":[]}', -8808622357230743561, 1795341600);
INSERT OR REPLACE INTO verdict (topic, article, matched, score, why, rules, judged) VALUES ('chine-amlat', 7, 0, 4.0, '{"topic":"chine-amlat","matched":false,"score":4.0,"why":[{"rule":"all","term":"@cooperation","matched":"étudiants","where":"lead","snippet":"anciens viennent pour les échecs, les étudiants pour la connexion gratuite","points":2.0},{"rule":"any","term":"@asie_centrale","matched":"vallée de Ferghana","where":"lead","snippet":"À Marguilan, dans la vallée de Ferghana, on comptait autrefois une maison de","points":2.0}],"missed":["all: nothing of `@chine` was found"]}', -8808622357230743561, 1795341600);
INSERT OR REPLACE INTO verdict (topic, article, matched, score, why, rules, judged) VALUES ('chine-amlat', 8, 1, 18.0, '{"topic":"chine-amlat","matched":true,"score":18.0,"why":[{"rule":"all","term":"@chine","matched":"chinois","where":"title","snippet":"inaugure trois parcs photovoltaïques avec l''appui chinois","points":3.0},{"rule":"all","term":"@cooperation","matched":"inaugure","where":"title","snippet":"Cuba inaugure trois parcs photovoltaïques avec l''appui chinois","points":3.0},{"rule":"any","term":"@amerique_latine","matched":"Cuba","where":"title","snippet":"Cuba inaugure trois parcs photovoltaïques avec l''appui","points":3.0},{"rule":"near","term":"@chine ~ @amerique_latine | @asie_centrale","matched":"Cuba inaugure trois parcs photovoltaïques avec l''appui chinois","where":"title","snippet":"Cuba inaugure trois parcs photovoltaïques avec l''appui chinois","points":9.0}],"missed":[]}', -8808622357230743561, 1795341600);
INSERT OR REPLACE INTO verdict (topic, article, matched, score, why, rules, judged) VALUES ('chine-amlat', 9, 0, 5.0, '{"topic":"chine-amlat","matched":false,"score":5.0,"why":[{"rule":"all","term":"@cooperation","matched":"rencontre","where":"lead","snippet":"set, les Cubains ont renversé la rencontre grâce à leur service et aux","points":2.0},{"rule":"any","term":"@amerique_latine","matched":"Cuba","where":"title","snippet":"Volley-ball : Cuba bat Porto Rico et se qualifie","points":3.0}],"missed":["all: nothing of `@chine` was found"]}', -8808622357230743561, 1795341600);
INSERT OR REPLACE INTO entry (topic, head, article, atom_id, published, updated) VALUES ('chine-amlat', 1, 1, 'tag:127.0.0.1,2026-11-22:article/1', 1795320000, 1795320000);
INSERT OR REPLACE INTO entry (topic, head, article, atom_id, published, updated) VALUES ('chine-amlat', 11, 11, 'tag:127.0.0.1,2026-11-22:article/11', 1795226400, 1795226400);
INSERT OR REPLACE INTO entry (topic, head, article, atom_id, published, updated) VALUES ('chine-amlat', 3, 3, 'tag:127.0.0.1,2026-11-22:article/3', 1795316400, 1795316400);
INSERT OR REPLACE INTO entry (topic, head, article, atom_id, published, updated) VALUES ('chine-amlat', 6, 6, 'tag:127.0.0.1,2026-11-22:article/6', 1795323600, 1795323600);
INSERT OR REPLACE INTO entry (topic, head, article, atom_id, published, updated) VALUES ('chine-amlat', 8, 8, 'tag:127.0.0.1,2026-11-22:article/8', 1795302000, 1795302000);
INSERT OR REPLACE INTO version (article, changed, title, words) VALUES (1, 1795341600, 'Un titre', 12);
INSERT OR REPLACE INTO event (id, at, kind, subject, since, words) VALUES (1, 1795300000, 'disk', '', 1795300000, 'little is free');
INSERT OR REPLACE INTO archive (id, channel, number, base, modified, bytes) VALUES (1, 'topic that is gone', 1, 'http://127.0.0.1/', 1795300000, X'1F8B08000000000000FFB3494B4D4DD1B7030029458BED07000000');
INSERT OR REPLACE INTO archived (channel, head, number, updated) VALUES ('topic that is gone', 1, 1, 1795300000);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds.opml', '"bce26f253d83f770cd0342647a8b39da"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/_health.atom', '"91b10cf06e4f92aa4f8309d1218b96df"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/all.atom', '"775521226263da34dbcfcb9b631079ca"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/all.html', '"80db9423e512bb46e49b6f61a8d6068a"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/all.json', '"540eb4c8cc6db540bfa73834d93af839"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/all.rss', '"76d3ac96f54e6816922a8efa1d59b3e5"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/chine-amlat.atom', '"24277a1bf944b6b8342afd4616492f4e"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/chine-amlat.json', '"61606751d73a67d5a127e27964bf038c"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/chine-amlat.rss', '"4c3182379c77273ccc3054ed388dfbad"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/sources/bbc-afrique.atom', '"aac295941343f265b406677f8d088e8d"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/sources/bbc-afrique.html', '"3686c0d8d03d6fb3785ad089564448cb"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/sources/bbc-afrique.json', '"ebe707bf2c8d37184a0036bd4550f2ad"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/sources/bbc-afrique.rss', '"e14c08515fe5e66c621b69f9b75e7004"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/sources/granma.atom', '"2af344203df50f16f86799a0705ca35b"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/sources/granma.html', '"0f742fdb3099187d7eb04f2bcd2abee9"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/sources/granma.json', '"199696b52783902f975dcdc8d22e0ebe"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/sources/granma.rss', '"4a717e288e95928816d3463f1f001375"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/sources/novastan.atom', '"c56940807a475a855d17fc0935588520"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/sources/novastan.html', '"b595f4b2228629f0c3c1e6b8e1efb2c7"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/sources/novastan.json', '"be9fb37c3e9bc2b9606a345b9f82c398"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/sources/novastan.rss', '"de9821c90f90c163021e53f758577850"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/sources/prensa-latina.atom', '"695a0846dc15301add47292322c449c8"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/sources/prensa-latina.html', '"428060ee607d80612b512cfa1b11bc76"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/sources/prensa-latina.json', '"886021928b916460bbd4995e99125fa6"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/sources/prensa-latina.rss', '"47490c6dd35d70d235a51b45f48f09af"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/tags/agence.atom', '"46c6e7ce60532e5b66f57140cd2d6bfd"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/tags/agence.html', '"8fa753a5e4071ded2f1d7b5a438d8889"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/tags/agence.json', '"7c3a577bbec54b0792dd20966aa93a88"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/tags/agence.rss', '"4200daf7d1f4ceb94ee6b645e23675a6"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/tags/asie-centrale.atom', '"3ba90d0e91632379e4e38ad1142d936b"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/tags/asie-centrale.html', '"25a91f508a7eeaa872b9d7ab40037566"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/tags/asie-centrale.json', '"71022f88e7f29d62ed660ca15136f705"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/tags/asie-centrale.rss', '"8d2315a144bc76d368739af4977a0556"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/tags/cuba.atom', '"e34324d011739803d486469f2208eb0d"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/tags/cuba.html', '"8f24b5629f6abc16d9355c9cd55d8735"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/tags/cuba.json', '"6f53b009f2de46af35673bbfd6936032"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('feeds/tags/cuba.rss', '"870ebd9fa4faab1184d65b5f3870be19"', 1795341600);
INSERT OR REPLACE INTO document (path, etag, modified) VALUES ('topics/chine-amlat', '"595476f25147e7a07c19968814b8c2ba"', 1795341600);
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/_health.atom', '"91b10cf06e4f92aa4f8309d1218b96df"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/all.atom', '"775521226263da34dbcfcb9b631079ca"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/all.json', '"540eb4c8cc6db540bfa73834d93af839"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/all.rss', '"76d3ac96f54e6816922a8efa1d59b3e5"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/chine-amlat.atom', '"24277a1bf944b6b8342afd4616492f4e"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/chine-amlat.json', '"61606751d73a67d5a127e27964bf038c"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/chine-amlat.rss', '"4c3182379c77273ccc3054ed388dfbad"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/sources/bbc-afrique.atom', '"aac295941343f265b406677f8d088e8d"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/sources/bbc-afrique.json', '"ebe707bf2c8d37184a0036bd4550f2ad"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/sources/bbc-afrique.rss', '"e14c08515fe5e66c621b69f9b75e7004"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/sources/granma.atom', '"2af344203df50f16f86799a0705ca35b"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/sources/granma.json', '"199696b52783902f975dcdc8d22e0ebe"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/sources/granma.rss', '"4a717e288e95928816d3463f1f001375"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/sources/novastan.atom', '"c56940807a475a855d17fc0935588520"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/sources/novastan.json', '"be9fb37c3e9bc2b9606a345b9f82c398"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/sources/novastan.rss', '"de9821c90f90c163021e53f758577850"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/sources/prensa-latina.atom', '"695a0846dc15301add47292322c449c8"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/sources/prensa-latina.json', '"886021928b916460bbd4995e99125fa6"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/sources/prensa-latina.rss', '"47490c6dd35d70d235a51b45f48f09af"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/tags/agence.atom', '"46c6e7ce60532e5b66f57140cd2d6bfd"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/tags/agence.json', '"7c3a577bbec54b0792dd20966aa93a88"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/tags/agence.rss', '"4200daf7d1f4ceb94ee6b645e23675a6"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/tags/asie-centrale.atom', '"3ba90d0e91632379e4e38ad1142d936b"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/tags/asie-centrale.json', '"71022f88e7f29d62ed660ca15136f705"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/tags/asie-centrale.rss', '"8d2315a144bc76d368739af4977a0556"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/tags/cuba.atom', '"e34324d011739803d486469f2208eb0d"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/tags/cuba.json', '"6f53b009f2de46af35673bbfd6936032"');
INSERT OR REPLACE INTO hub_document (path, etag) VALUES ('feeds/tags/cuba.rss', '"870ebd9fa4faab1184d65b5f3870be19"');
INSERT OR REPLACE INTO hub_subscription (id, callback, host, path, topic, secret, expires, due, failures) VALUES (1, 'https://reader.example/cb', 'reader.example', 'feeds/a.atom', 'a', NULL, 1999999999, NULL, 0);
INSERT OR REPLACE INTO hub_ask (id, mode, callback, host, path, topic, secret, lease, due, rest, failures) VALUES (1, 'subscribe', 'https://reader.example/cb', 'reader.example', 'feeds/b.atom', 'b', NULL, 9, 1999999999, NULL, 0);
INSERT OR REPLACE INTO hub_ping (hub, path, etag, due, failures) VALUES ('https://hub.example/', 'feeds/a.atom', '"a"', 1999999999, 0);
INSERT OR REPLACE INTO push (source, hub, topic, token, due, failures) VALUES ('bbc-afrique', 'https://hub.example/', 'a', 'token', 1999999999, 0);
INSERT OR REPLACE INTO search_due (article) VALUES (1);
INSERT OR REPLACE INTO search_due (article) VALUES (10);
INSERT OR REPLACE INTO search_due (article) VALUES (11);
INSERT OR REPLACE INTO search_due (article) VALUES (12);
INSERT OR REPLACE INTO search_due (article) VALUES (2);
INSERT OR REPLACE INTO search_due (article) VALUES (3);
INSERT OR REPLACE INTO search_due (article) VALUES (4);
INSERT OR REPLACE INTO search_due (article) VALUES (5);
INSERT OR REPLACE INTO search_due (article) VALUES (6);
INSERT OR REPLACE INTO search_due (article) VALUES (7);
INSERT OR REPLACE INTO search_due (article) VALUES (8);
INSERT OR REPLACE INTO search_due (article) VALUES (9);
PRAGMA user_version = 7;
