"""For all tests: a record of exercises of their own, so that nobody's progress is read or changed."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def record_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the record is kept during a test; nothing is there yet, not even the folder."""
    path = tmp_path / "deep" / "progress.sqlite"
    monkeypatch.setenv("IMGREC_PROGRESS", str(path))
    return path
