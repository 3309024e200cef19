-- Work that computes the index keys of stored resources anew, one batch for each transaction; docs/search-parameters.md explains it.

-- One row for each job, kept for some weeks after its end. They are done in the order of their numbers.
-- kind: what asked for it, 'search-parameters' (definitions changed) or 'reindex' (the operation). state: 'open', 'done' or 'cancelled'.
-- work: the resource types in their order and the definitions concerned, as JSON.
-- The job has done the types before `at_type` (an index into the types) and of that type the resources up to `at_rid`.
-- total, done: resources. created, updated: microseconds since 1970 UTC.
CREATE TABLE job (
    number INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    work TEXT NOT NULL,
    at_type INTEGER NOT NULL,
    at_rid INTEGER NOT NULL,
    total INTEGER NOT NULL,
    done INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
) STRICT;

-- The definitions of search parameters of which the index may have keys, by the id of the SearchParameter resource.
-- definition: what the keys follow, or NULL when the definition is gone and its keys are being removed.
-- types: the resource types that may have such keys, a JSON array. complete: whether all resources of these types have theirs.
CREATE TABLE indexed_definition (
    id TEXT NOT NULL PRIMARY KEY,
    definition TEXT,
    types TEXT NOT NULL,
    complete INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
