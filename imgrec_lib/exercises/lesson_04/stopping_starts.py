"""What people get wrong in early stopping about where they begin, and what they compare with."""

import numpy as np

from imgrec_lib.exercises.lesson_04.stopping_mistakes import best_of, stop_epoch


def _not_in_the_first(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch > 0 and epoch - best >= patience - 1:
            return epoch, best
    return len(losses) - 1, best


stop_epoch.misconception(
    "It stops one epoch too early: the best epoch itself is not one of those that were waited.",
    _not_in_the_first,
)


def _last_fall(losses, patience, better=lambda loss, before: loss < before):
    waited = best = 0
    for epoch in range(1, len(losses)):
        best, waited = (epoch, 0) if better(losses[epoch], losses[epoch - 1]) else (best, waited + 1)
        if waited >= patience:
            return epoch, best
    return len(losses) - 1, best


stop_epoch.misconception(
    "You compared each loss with the one just before it: compare it with the best so far, however long ago that was.",
    _last_fall,
    lambda losses, patience: _last_fall(losses, patience, lambda loss, before: loss <= before),
)


def _after(epochs, keeps=best_of):
    """Stops after a number of epochs that follows from the patience alone."""

    def answer(losses, patience):
        stops = min(epochs(patience), len(losses) - 1)
        return stops, keeps(losses, stops)

    return answer


stop_epoch.misconception(
    "The patience is counted from the start of the training: count it from the best epoch so far, which moves on.",
    *[
        _after(epochs, keeps)
        for epochs in (lambda patience: patience, lambda patience: patience - 1, lambda patience: patience + 1)
        for keeps in (best_of, lambda losses, stops: int(np.argmin(losses)), lambda losses, stops: stops)
    ],
)


def _looks_back(worse, keeps):
    """Stops when a loss is worse than the one `patience` epochs before it."""

    def answer(losses, patience):
        for epoch in range(patience, len(losses)):
            if worse(losses[epoch], losses[epoch - patience]):
                return epoch, keeps(losses, epoch, patience)
        return len(losses) - 1, best_of(losses, len(losses))

    return answer


stop_epoch.misconception(
    "You compared with the loss `patience` epochs earlier: compare with the best so far, wherever that lies.",
    *[
        _looks_back(worse, keeps)
        for worse in (lambda loss, before: loss >= before, lambda loss, before: loss > before)
        for keeps in (
            lambda losses, epoch, patience: epoch - patience,
            lambda losses, epoch, patience: best_of(losses, epoch),
        )
    ],
)


def _starts_at_zero(first):
    """Waits for a loss below 0; `first` is what counts as waited before the first epoch."""

    def answer(losses, patience):
        stops = min(patience + first, len(losses) - 1)
        return stops, 0

    return answer


stop_epoch.misconception(
    "The best loss starts at 0, and no loss lies below that: start with the first loss, or with infinity.",
    _starts_at_zero(0),
    _starts_at_zero(-1),
)
