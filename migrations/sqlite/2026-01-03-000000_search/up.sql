-- Places and full text. Both are filled as resources are written; those that were there before are found by their places and
-- words after they have been indexed again.

-- Positions in degrees, for distances from a place: a search reads a band of latitudes.
CREATE TABLE ix_position (
    parameter INTEGER NOT NULL,
    latitude REAL NOT NULL,
    longitude REAL NOT NULL,
    rid INTEGER NOT NULL,
    PRIMARY KEY (parameter, latitude, longitude, rid)
) STRICT, WITHOUT ROWID;

-- The words of the live resources that have any, folded and each once, with spaces between: those of the narrative, and those of
-- all else. rowid is the resource. Only words are kept, not the texts (contentless), and in which column each occurs, not where.
-- Before each word stands the code of the resource type and an x, so that the words of each type are apart: 12xsmith.
-- Words come in pieces that the tokenizer `ascii` takes whole: ASCII letters and digits, and any other character.
CREATE VIRTUAL TABLE resource_text USING fts5 (
    narrative,
    content,
    content = '',
    contentless_delete = 1,
    detail = column,
    tokenize = 'ascii'
);
