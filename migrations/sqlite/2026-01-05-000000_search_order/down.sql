DROP TABLE several_keys;
DROP INDEX ix_date_of_resource;
