"""Files that are written whole or not at all, so that a reader never meets half of one."""

import hashlib
import os
from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> None:
    """Write bytes, or text as UTF-8 with its line ends as they are: to a temporary file beside it, then by renaming.

    The temporary name depends on the name alone, so what a killed program leaves is taken up by its next run.
    """
    digest = hashlib.sha256(os.fsencode(path.name)).hexdigest()
    temporary = path.with_name(f".{digest[:16]}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
