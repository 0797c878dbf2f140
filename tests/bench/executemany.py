"""The plain way to keep the same rows: one table, the path as JSON text, executemany.

Reads one JSON row per line from the file given first, and prints the seconds that inserting them took. With a second
argument, a libpq connection string, the table is PostgreSQL's; otherwise it is a SQLite file beside the rows.
"""
import json
import sys
import time

COLUMNS = ["guid", "name", "team", "class", "spawn", "death", "first_move", "samples", "path"]

rows = [tuple(json.loads(line)) for line in open(sys.argv[1], encoding="utf-8")]
names = ", ".join(COLUMNS)
if len(sys.argv) > 2:
    import psycopg2

    connection, mark, path = psycopg2.connect(sys.argv[2]), "%s", "JSONB"
else:
    import sqlite3

    connection, mark, path = sqlite3.connect(sys.argv[1] + ".db"), "?", "TEXT"
cursor = connection.cursor()
cursor.execute(
    "CREATE TABLE plain_track (guid TEXT, name TEXT, team TEXT, class TEXT, spawn INTEGER, death INTEGER, "
    f"first_move INTEGER, samples INTEGER, path {path})"
)
begin = time.perf_counter()
cursor.executemany(f"INSERT INTO plain_track ({names}) VALUES ({', '.join([mark] * len(COLUMNS))})", rows)
connection.commit()
print(time.perf_counter() - begin)
