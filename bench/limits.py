#!/usr/bin/env python3
"""The database alone: writes the rows that an import has left once more, without Westway, and prints resources a second.

    limits.py sqlite DATABASE SCRATCH_FILE
    limits.py postgres SERVER_URL DATABASE

SQLite: the same tables, indexes and settings; one transaction, synced to disk, for each that the import made (its versions share
one time). The rows stand ready in an attached database, so that SQLite does nothing but insert. The full-text index is left out: its
rows cannot be read back. PostgreSQL: pg_dump's COPY of each table into a new database with all its indexes and keys.
"""

import os
import sqlite3
import subprocess
import sys
import time

# As src/store/sqlite/connection.rs sets them for the writer.
SETTINGS = """
    PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 32768;
"""


def sqlite(source: str, scratch: str) -> float:
    """Resources a second of SQLite."""
    database = sqlite3.connect(scratch, isolation_level=None)
    database.executescript(SETTINGS)
    database.execute("ATTACH ? AS source", [source])
    definitions = database.execute(
        "SELECT type, name, sql FROM source.sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
        "AND name NOT LIKE 'resource_text%' AND type IN ('table', 'index') ORDER BY type = 'index'"
    ).fetchall()
    for _, _, sql in definitions:
        database.execute(sql)
    tables = [name for kind, name, _ in definitions if kind == "table"]
    columns = {table: [row[1] for row in database.execute(f"PRAGMA main.table_info({table})")] for table in tables}
    of_resources = [table for table in tables if "rid" in columns[table]]
    for table in tables:
        if table not in of_resources:
            database.execute(f"INSERT OR IGNORE INTO main.{table} SELECT * FROM source.{table}")

    # What is written, in the order of resources, and where each transaction ends.
    database.execute("ATTACH '' AS ready")
    for table in of_resources:
        database.execute(f"CREATE TABLE ready.{table} AS SELECT * FROM source.{table} ORDER BY rid")
        database.execute(f"CREATE INDEX ready.{table}_by_rid ON {table} (rid)")
    resources = database.execute("SELECT count(*) FROM ready.version").fetchone()[0]
    ends = [row[0] for row in database.execute("SELECT max(rid) FROM ready.version GROUP BY ts ORDER BY min(vid)")]
    database.execute("DETACH source")

    begun = time.perf_counter()
    done = 0
    for end in ends:
        if end <= done:
            continue
        database.execute("BEGIN IMMEDIATE")
        for table in of_resources:
            names = ", ".join(columns[table])
            key = ", ".join(name for name in columns[table] if name in ("parameter", "hash", "low", "folded")) or "rid"
            database.execute(
                f"INSERT INTO main.{table} ({names}) SELECT {names} FROM ready.{table} WHERE rid > ? AND rid <= ? ORDER BY {key}",
                [done, end],
            )
        database.execute("COMMIT")
        done = end
    return resources / (time.perf_counter() - begun)


def postgres(server: str, source: str) -> float:
    """Resources a second of PostgreSQL."""
    psql, dump = os.environ.get("PSQL", "psql"), os.environ.get("PG_DUMP", "pg_dump")

    def run(command: list[str], **arguments: object) -> str:
        return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, **arguments).stdout

    run([psql, "-q", f"{server}/postgres", "-c", "DROP DATABASE IF EXISTS copied", "-c", "CREATE DATABASE copied"])
    run([psql, "-q", f"{server}/copied"], input=run([dump, "--schema-only", f"{server}/{source}"]))
    rows = run([dump, "--data-only", f"{server}/{source}"])
    resources = int(run([psql, "-qAt", f"{server}/{source}", "-c", "SELECT count(*) FROM version"]))
    begun = time.perf_counter()
    run([psql, "-q", f"{server}/copied"], input=rows)
    return resources / (time.perf_counter() - begun)


if __name__ == "__main__":
    MEASURES = {"sqlite": sqlite, "postgres": postgres}
    if len(sys.argv) != 4 or sys.argv[1] not in MEASURES:
        sys.exit(__doc__)
    print(f"{MEASURES[sys.argv[1]](*sys.argv[2:]):.0f}")
