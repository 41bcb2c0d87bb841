"""What the learner has done so far, kept on their own machine in a small SQLite file, and nowhere else.

SQLite writes a change whole or not at all, whatever happens meanwhile, and lets several notebooks write at once.
`$IMGREC_PROGRESS` names another file.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SECONDS_TO_WAIT = 5.0  # For another notebook that is writing
RANK = {"not attempted": 0, "not yet": 1, "correct": 2}
TABLES = """
create table if not exists exercises (name text primary key, rank integer not null, checks integer not null);
create table if not exists guesses (lesson text not null, name text not null, primary key (lesson, name));
"""


@dataclass(frozen=True)
class Done:
    """The best outcome of an exercise so far, and how often an answer of it was checked."""

    outcome: str
    checks: int


def path() -> Path:
    """Where the record is kept."""
    if chosen := os.environ.get("IMGREC_PROGRESS"):
        return Path(chosen).expanduser()
    import platformdirs

    return platformdirs.user_data_path("imgrec", appauthor=False) / "progress.sqlite"


def _open(file: Path) -> sqlite3.Connection:
    """The record, open and whole; `sqlite3.DatabaseError` where the file is something else or damaged."""
    file.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(file, timeout=SECONDS_TO_WAIT)
    try:
        (state,) = connection.execute("pragma quick_check(1)").fetchone()
        if state != "ok":
            raise sqlite3.DatabaseError(state)
        connection.executescript(TABLES)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def _connection() -> Iterator[sqlite3.Connection]:
    """The record, open; a file that is no record any more is put aside as `….damaged`, and a new one begun."""
    file = path()
    try:
        connection = _open(file)
    except sqlite3.OperationalError:  # Locked or not writable, not damaged
        raise
    except sqlite3.DatabaseError:
        os.replace(file, file.with_name(file.name + ".damaged"))
        connection = _open(file)
    with contextlib.closing(connection), connection:
        yield connection


def note(name: str, outcome: str) -> None:
    """Keep the outcome of a check, unless a better one is known; where nothing can be written, go on without."""
    if outcome == "not attempted":
        return
    with contextlib.suppress(OSError, sqlite3.Error), _connection() as connection:
        connection.execute(
            "insert into exercises values (?, ?, 1) on conflict (name) do update "
            "set rank = max(rank, excluded.rank), checks = checks + 1",
            (name, RANK[outcome]),
        )


def note_guess(lesson: str, name: str) -> None:
    """Keep that a guess was written down."""
    with contextlib.suppress(OSError, sqlite3.Error), _connection() as connection:
        connection.execute("insert or ignore into guesses values (?, ?)", (lesson, name))


def _rows(query: str) -> list[tuple]:
    """What the record holds; nothing where there is none, or none that can be read."""
    if path().exists():
        with contextlib.suppress(OSError, sqlite3.Error), _connection() as connection:
            return connection.execute(query).fetchall()
    return []


def done() -> dict[str, Done]:
    """What is known of each exercise that was tried, by name."""
    outcomes = {rank: outcome for outcome, rank in RANK.items()}
    rows = _rows("select name, rank, checks from exercises")
    return {name: Done(outcomes[rank], checks) for name, rank, checks in rows}


def guesses() -> dict[str, int]:
    """How many guesses were written down, by lesson, such as "02"."""
    return dict(_rows("select lesson, count(*) from guesses group by lesson"))
