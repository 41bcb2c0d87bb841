"""TensorFlow's start-up lines, kept out of a lesson."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """A block in which native libraries write nothing to standard error: `with quiet(): import keras`.

    TensorFlow's C++ code writes to file descriptor 2 itself, past Python, so the descriptor is turned away. Its Python
    warnings, such as the one after the fifth new network, stay away afterwards too; errors do not.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
        logging.getLogger("tensorflow").setLevel(logging.ERROR)
