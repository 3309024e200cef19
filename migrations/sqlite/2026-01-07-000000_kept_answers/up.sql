-- Answers to requests that were performed in the background, until somebody comes for them or they expire; src/store/kept.rs.
-- expires: microseconds since 1970 UTC. content: a line of JSON about the request, and behind it the body of the answer.
CREATE TABLE kept_answer (
    id TEXT NOT NULL PRIMARY KEY,
    expires INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT;
