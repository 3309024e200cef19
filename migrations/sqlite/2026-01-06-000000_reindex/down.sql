DROP TABLE indexed_definition;
DROP TABLE job;
