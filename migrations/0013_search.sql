-- Less room: the index says which articles hold a word, no longer where in them. That was five sixths of it; words in a row
-- are looked for in the texts of those articles that hold them all (store/search.rs). Filled anew behind the articles' back.

DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (
    title, text, content = '', contentless_delete = 1, detail = none, tokenize = "unicode61 remove_diacritics 2"
);
DELETE FROM search_due;
INSERT INTO search_due SELECT id FROM article WHERE how <> '';
