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
TABLES = """
create table if not exists seeds (number integer primary key check (number = 0), seed integer not null);
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
    """The results of a report's folder; `seed` is the one that its cases are drawn from."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        with connection:
            connection.execute("insert or ignore into seeds values (0, ?)", (secrets.randbelow(2**31),))
        (self.seed,) = connection.execute("select seed from seeds").fetchone()

    def result(self, name: str) -> list[Row] | None:
        """The rows that are known for a key, or None."""
        found = self._connection.execute("select rows from results where key = ?", (name,)).fetchone()
        return None if found is None else [Row(**row) for row in json.loads(found[0])]

    def keep(self, name: str, rows: Sequence[Row]) -> None:
        """Keep the rows of a key."""
        text = json.dumps([asdict(row) for row in rows])
        with self._connection:
            self._connection.execute("insert or replace into results values (?, ?)", (name, text))


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=5.0)
    try:
        connection.executescript(TABLES)
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
        path.unlink()
        connection = _open(path)
    with contextlib.closing(connection):
        yield Journal(connection)
