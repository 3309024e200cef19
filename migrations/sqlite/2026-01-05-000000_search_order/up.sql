-- What lets searches read matches in the order of the page. Takes half a minute for each million resources.

-- The dates of a parameter in the order of resources: (parameter, rid, low, high). The newest of many matches are found without a
-- look at the resources.
CREATE INDEX ix_date_of_resource ON ix_date (parameter, rid);

-- Date and reference parameters of which some resource has, or once had, several values. For all others one row of the index is
-- one resource: ranges can be intersected, rows counted, and the order of the index is that of the resources.
CREATE TABLE several_keys (
    parameter INTEGER NOT NULL PRIMARY KEY
) STRICT;
INSERT OR IGNORE INTO several_keys (parameter)
SELECT parameter FROM ix_date GROUP BY parameter, rid HAVING count(*) > 1;
INSERT OR IGNORE INTO several_keys (parameter)
SELECT parameter FROM ix_reference GROUP BY parameter, rid HAVING count(*) > 1;
