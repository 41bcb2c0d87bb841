"""Train in a process of its own, for a test that kills it: FOLDER OUT WAY MOMENT WEIGHTS.

MOMENT is "never", "after" the third epoch is kept, or "between" the arrays and the facts of the third.
"""

import os
import signal
import sys
from pathlib import Path

import numpy as np

from imgrec_lib import collecting
from imgrec_lib.recognising import checkpoints, fine_tuning
from imgrec_lib.recognising.learned import Options, learn_from


def killed(*_: object) -> None:
    """Ends this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(folder: str, out: str, way: str, moment: str, weights: str) -> None:
    """Write all weights learned, and how many epochs this process trained."""
    fine_tuning.FEWEST_PER_CLASS = 5
    options = Options(from_scratch=way == "scratch", epochs=5, side=32)
    collection = collecting.gather(folder, options.side)
    kept = checkpoints.Checkpoints(Path(out), "the same")
    epochs, write_whole = [], checkpoints.write_whole

    def hear(history: dict[str, list[float]], total: int) -> None:
        epochs.append(len(history["loss"]))
        if moment == "after" and epochs[-1] == 3:
            killed()
        if moment == "between" and epochs[-1] == 2:
            checkpoints.write_whole = killed

    found = learn_from(collection, collecting.split(collection), options, kept, lambda words, share: None, hear)
    checkpoints.write_whole = write_whole
    arrays = found.weights if isinstance(found.weights, list) else list(found.weights.values())
    np.savez(weights, *arrays, epochs=np.array(epochs), losses=np.array(found.history["val_loss"]))


if __name__ == "__main__":
    main(*sys.argv[1:])
