-- The processes that have the database open, and what they work on.

-- Whether a node lives is told by the advisory lock of its number that its session holds, so a row may be left over. Not logged:
-- after a crash of the database there are no sessions, and all register anew.
CREATE UNLOGGED TABLE node (
    number integer NOT NULL PRIMARY KEY,
    -- For people: host and process.
    name text NOT NULL,
    begun timestamptz NOT NULL DEFAULT now(),
    -- The round of definitions that it has taken up.
    follows bigint NOT NULL
);
CREATE SEQUENCE node_number AS integer CYCLE;

-- Counts how often the search parameters changed. It never goes back.
CREATE SEQUENCE definitions_round;
SELECT setval('definitions_round', 1);

-- The node that works on it.
ALTER TABLE job ADD COLUMN node integer;
-- The same; none when it is done.
ALTER TABLE kept_answer ADD COLUMN node integer;
CREATE INDEX kept_answer_unfinished ON kept_answer (id, node) WHERE node IS NOT NULL;
