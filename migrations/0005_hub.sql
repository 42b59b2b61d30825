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
