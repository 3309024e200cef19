DROP INDEX kept_answer_unfinished;
ALTER TABLE kept_answer DROP COLUMN node;
ALTER TABLE job DROP COLUMN node;
