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
