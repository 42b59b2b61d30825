-- An article that no topic nearly wants is not compared with others: nine in ten are off every subject, and to place an
-- article is most of what it costs. It gets its place when a topic comes to want it (store/stories.rs).

ALTER TABLE article ADD COLUMN placed INTEGER NOT NULL DEFAULT 1;
