-- The process that works on it: a number that it has drawn at its start.
ALTER TABLE job ADD COLUMN node INTEGER;
-- The same; none when it is done.
ALTER TABLE kept_answer ADD COLUMN node INTEGER;
CREATE INDEX kept_answer_unfinished ON kept_answer (id, node) WHERE node IS NOT NULL;
