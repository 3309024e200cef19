-- The logical schema; docs/storage.md explains it, src/store/schema.rs is its Rust side.
-- STRICT: SQLite then stores no value of a type other than the declared one. INTEGER is a signed 64-bit number of 1 to 8 bytes on disk.

-- Values the program needs once: the secret of the key hashes, the secret of page links.
CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Resource types by a small number, given at first use. Code 0 stands for "a url, not a resource of this server".
CREATE TABLE resource_type (
    code INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO resource_type (code, name) VALUES (0, '');

-- Search parameters by a small number for each (resource type, code), given at first use and never changed.
CREATE TABLE search_parameter (
    id INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    UNIQUE (kind, code)
) STRICT;

-- A number for every resource, and for every target of a reference whether it exists or not, so that references,
-- chains, reverse chains and includes are joins of integers. For a url the type is 0 and fhir_id is the url.
-- (Deferred: the writer saves new types last, just before it commits.)
CREATE TABLE resource_id (
    rid INTEGER NOT NULL PRIMARY KEY,
    type INTEGER NOT NULL REFERENCES resource_type (code) DEFERRABLE INITIALLY DEFERRED,
    fhir_id TEXT NOT NULL,
    UNIQUE (type, fhir_id)
) STRICT;

-- Every version of every resource, never changed; vid is the order of commits and ts never decreases with it.
-- ts: microseconds since 1970 UTC (whole milliseconds). method: 1 POST, 2 PUT, 3 PATCH, 4 DELETE.
-- body: the bytes that are served; empty for a deletion.
CREATE TABLE version (
    vid INTEGER NOT NULL PRIMARY KEY,
    rid INTEGER NOT NULL REFERENCES resource_id (rid),
    version INTEGER NOT NULL,
    type INTEGER NOT NULL,
    ts INTEGER NOT NULL,
    method INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
-- Instance history and vread. (SQLite puts vid, the row's key, behind the columns of each index.)
CREATE UNIQUE INDEX version_of_resource ON version (rid, version);
-- Type history: (type, vid).
CREATE INDEX version_of_type ON version (type);

-- The newest version of every resource, deletions included. keys: the index keys it produced, as src/store/keys_blob/codec.rs
-- writes them: an update reads them to touch only the index rows that differ, so no index table needs an index on rid.
CREATE TABLE current (
    rid INTEGER NOT NULL PRIMARY KEY REFERENCES resource_id (rid),
    type INTEGER NOT NULL,
    version INTEGER NOT NULL,
    vid INTEGER NOT NULL,
    ts INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    keys BLOB NOT NULL
) STRICT;
-- The live resources of a type in the order they came: (type, rid). SQLite uses a partial index only for a query that
-- says its condition literally: write `deleted = 0`, not a bound value.
CREATE INDEX current_of_type ON current (type) WHERE deleted = 0;
-- The live resources of a type by time: (type, ts, rid).
CREATE INDEX current_by_time ON current (type, ts) WHERE deleted = 0;

-- How many live resources and how many versions there are of a type, exact after every commit.
CREATE TABLE type_count (
    type INTEGER NOT NULL PRIMARY KEY,
    live INTEGER NOT NULL,
    versions INTEGER NOT NULL
) STRICT;

-- The search index: one table for each kind of search parameter, rows of live resources only. Each table is clustered on
-- its whole row and most have no other index: a search reads one range, or probes one row.
-- `parameter` is search_parameter.id and so implies the resource type.

-- One row for each variant of a token a query can ask for; `hash` is keyed with the secret of this database.
CREATE TABLE ix_token (
    parameter INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    rid INTEGER NOT NULL,
    PRIMARY KEY (parameter, hash, rid)
) STRICT, WITHOUT ROWID;

-- `rid` refers to `target`, a resource_id.rid.
CREATE TABLE ix_reference (
    parameter INTEGER NOT NULL,
    target INTEGER NOT NULL,
    rid INTEGER NOT NULL,
    PRIMARY KEY (parameter, target, rid)
) STRICT, WITHOUT ROWID;

-- Periods in microseconds since 1970 UTC: low included, high excluded, open ends at the least and greatest integer.
CREATE TABLE ix_date (
    parameter INTEGER NOT NULL,
    low INTEGER NOT NULL,
    high INTEGER NOT NULL,
    rid INTEGER NOT NULL,
    PRIMARY KEY (parameter, low, high, rid)
) STRICT, WITHOUT ROWID;
-- Most dates cover a day or less: a condition on `high` then bounds `low` within a day. Only the longer ones need an
-- order of their own: (parameter, high, low, rid).
CREATE INDEX ix_date_long ON ix_date (parameter, high) WHERE high - low > 86400000000;

-- Numbers (unit 0) and quantities; unit is the hash of a variant of the unit. A single value has low = high.
CREATE TABLE ix_quantity (
    parameter INTEGER NOT NULL,
    unit INTEGER NOT NULL,
    low REAL NOT NULL,
    high REAL NOT NULL,
    rid INTEGER NOT NULL,
    PRIMARY KEY (parameter, unit, low, high, rid)
) STRICT, WITHOUT ROWID;
-- Ranges by their upper end: (parameter, unit, high, low, rid).
CREATE INDEX ix_quantity_range ON ix_quantity (parameter, unit, high) WHERE low < high;

-- folded: without case and accents, compared byte by byte; exact: the hash of the text as it was written.
CREATE TABLE ix_string (
    parameter INTEGER NOT NULL,
    folded TEXT NOT NULL,
    exact INTEGER NOT NULL,
    rid INTEGER NOT NULL,
    PRIMARY KEY (parameter, folded, exact, rid)
) STRICT, WITHOUT ROWID;

CREATE TABLE ix_uri (
    parameter INTEGER NOT NULL,
    value TEXT NOT NULL,
    rid INTEGER NOT NULL,
    PRIMARY KEY (parameter, value, rid)
) STRICT, WITHOUT ROWID;

-- Values that occur together: the hash of those compared for equality and the range of the ordered one (0 and 0 if none).
CREATE TABLE ix_composite (
    parameter INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    low REAL NOT NULL,
    high REAL NOT NULL,
    rid INTEGER NOT NULL,
    PRIMARY KEY (parameter, hash, low, high, rid)
) STRICT, WITHOUT ROWID;
-- Ranges by their upper end, as for quantities: (parameter, hash, high, low, rid).
CREATE INDEX ix_composite_range ON ix_composite (parameter, hash, high) WHERE low < high;
