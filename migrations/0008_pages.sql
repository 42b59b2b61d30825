-- More of what an article's pages say.

-- What stands around the title.
ALTER TABLE article ADD COLUMN subtitle TEXT;
ALTER TABLE article ADD COLUMN section TEXT;
-- Pages the body was joined from; 0 where it comes from no page or was stored before this was counted.
ALTER TABLE article ADD COLUMN pages INTEGER NOT NULL DEFAULT 0;
-- The body as its route gave it, where paragraphs were taken from it after that.
ALTER TABLE body ADD COLUMN untouched TEXT;
