DROP INDEX kept_answer_unfinished;
ALTER TABLE kept_answer DROP COLUMN node;
ALTER TABLE job DROP COLUMN node;
DROP SEQUENCE definitions_round;
DROP SEQUENCE node_number;
DROP TABLE node;
