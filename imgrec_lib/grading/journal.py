"""What has been graded so far, kept in the report's folder, so that an interrupted run goes on where it stopped.

It is a small SQLite file: a result is in it whole or not at all, also when the power goes.
"""

import contextlib
import hashlib
import json
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from imgrec_lib.grading.rows import Row

NAME = ".grading.sqlite"
SECONDS_TO_WAIT = 2.0
TABLES = """
create table if not exists seeds (
    number integer primary key check (number = 0), seed integer not null, told integer not null default 0
);
create table if not exists results (key text primary key, rows text not null);
"""


def key(*parts: str | bytes) -> str:
    """A digest of what a result depends on."""
    total = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()


class Journal:
    """The results of a report's folder; `seed` is the one that cases are drawn from until `finish`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        (self.seed,) = connection.execute("select seed from seeds").fetchone()

    def result(self, name: str) -> list[Row] | None:
        """The rows that are known for a key, or None."""
        found = self._connection.execute("select rows from results where key = ?", (name,)).fetchone()
        try:
            return None if found is None else [Row(**row) for row in json.loads(found[0])]
        except (ValueError, TypeError):  # Somebody has changed it
            return None

    def keep(self, name: str, rows: Sequence[Row]) -> None:
        """Keep the rows of a key; raises `OSError` where that cannot be done, as on a full disk."""
        text = json.dumps([asdict(row) for row in rows])
        self._write("insert or replace into results values (?, ?)", name, text)

    def finish(self) -> None:
        """Say that the report is written: it tells of its cases, so whatever is judged after it gets others."""
        self._write("update seeds set told = 1")

    def _write(self, statement: str, *values: str) -> None:
        try:
            with self._connection:
                self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise OSError(f"{NAME} in the report's folder cannot be written ({error}): is the disk full?") from error


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=SECONDS_TO_WAIT)
    try:
        connection.execute("pragma locking_mode = exclusive")  # Two runs into one report would mix their results
        connection.executescript(TABLES)
        if connection.execute("pragma quick_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("it is damaged")
        with connection:
            fresh = (secrets.randbelow(2**31),)
            connection.execute("insert or ignore into seeds (number, seed) values (0, ?)", fresh)
            connection.execute("update seeds set seed = ?, told = 0 where told = 1", fresh)
            connection.execute("update seeds set seed = seed")  # Now it is locked
    except sqlite3.Error:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Journal]:
    """The journal of a report's folder, which is made where it is missing; one that is damaged is begun anew."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    try:
        connection = _open(path)
    except sqlite3.OperationalError as error:
        raise OSError(f"{path} cannot be written ({error}): is another `imgrec grade` writing there?") from error
    except sqlite3.DatabaseError:
        for name in (NAME, f"{NAME}-journal", f"{NAME}-wal", f"{NAME}-shm"):
            (folder / name).unlink(missing_ok=True)
        connection = _open(path)
    with contextlib.closing(connection):
        yield Journal(connection)
