-- Answers that are kept for a while; the same table of SQLite explains it.
CREATE TABLE kept_answer (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    expires bigint NOT NULL,
    content bytea NOT NULL
);
