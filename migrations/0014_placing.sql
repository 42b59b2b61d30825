-- An article that no topic nearly wants is not compared with others: nine in ten are off every subject, and to place an
-- article is most of what it costs. It gets its place when a topic comes to want it (store/stories.rs).

ALTER TABLE article ADD COLUMN placed INTEGER NOT NULL DEFAULT 1;
DROP INDEX article_text;
CREATE INDEX article_text ON article (text_hash, published) WHERE text_hash IS NOT NULL AND placed = 1;
