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
