"""An exercise on early stopping: when a training stops, and which epoch it goes back to."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.making import function

# The course of a validation loss as ranks, with a patience: 1 is the lowest, and equal ranks are equal losses.
COURSES = (
    ((5, 3, 2, 4, 5, 6, 1), 2),
    ((4, 3, 3, 5, 3, 6, 7), 2),
    ((5, 4, 3, 2, 1), 2),
    ((2, 3, 4, 5, 6, 7), 3),
    ((7, 5, 6, 4, 5, 6, 3, 4, 5, 6, 2), 3),
    ((6, 3, 5, 4, 6, 2, 7, 8), 4),
    ((1, 3, 2, 5), 9),
    ((3, 2, 4, 1, 5, 6, 7), 1),
    ((4, 1, 3, 3, 3, 2, 2, 5, 6), 5),
    ((3, 3, 3, 3, 3), 3),
    ((6, 4, 5, 3, 4, 2, 3, 1, 2), 2),
    ((1,), 3),
    ((2, 1), 1),
    ((1, 2), 1),
)


@function(
    "04.stop_epoch",
    hints=(
        "While you walk through the losses, which one epoch must you remember?",
        "Remember the best epoch so far. Replace it only by a strictly lower loss, then see how long ago it was.",
        "In the loop: `if loss < losses[best]`, the best is this epoch; and when epoch minus best has reached the "
        "patience, return both at once. After the loop the last epoch is `len(losses) - 1`.",
    ),
    praise="Only the best so far counts, so a loss that wanders down late still resets the patience. That is what "
    "`EarlyStopping(restore_best_weights=True)` does.",
)
def stop_epoch(losses: list[float], patience: int) -> tuple[int, int]:
    """The epoch in which a training stops and the one that it keeps, from its validation losses; epochs from 0."""
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best >= patience:
            return epoch, best
    return len(losses) - 1, best


@stop_epoch.cases
def _courses(generator: np.random.Generator) -> Iterator[tuple[list[float], int]]:
    for ranks, patience in COURSES:
        levels = np.cumsum(generator.uniform(0.05, 0.4, max(ranks))) + 0.2
        yield [round(float(levels[rank - 1]), 3) for rank in ranks], patience
    for count, patience in ((12, 3), (30, 5), (40, 10)):
        falling = 2 * np.exp(-np.arange(count) / 4) + generator.uniform(0, 0.6, count)
        yield [float(loss) for loss in falling], patience
