"""What people get wrong in the rule of early stopping."""

import numpy as np

from imgrec_lib.exercises.lesson_04.stopping import stop_epoch


def _walk(
    losses, patience, *, better=lambda loss, best: loss < best, enough=lambda waited, patience: waited >= patience
):
    """Stops and keeps, with the two comparisons to choose."""
    best = 0
    for epoch, loss in enumerate(losses):
        if better(loss, losses[best]):
            best = epoch
        if enough(epoch - best, patience):
            return epoch, best
    return len(losses) - 1, best


def _later(waited, patience):
    return waited > patience


def _earlier(waited, patience):
    return waited >= patience - 1 and waited > 0


def _reshaped(change, **how):
    """An answer that walks as `_walk` does and then changes the pair."""
    return lambda losses, patience: change(*_walk(losses, patience, **how))


stop_epoch.misconception(
    "The two numbers changed places: first the epoch in which it stops, then the one that is kept.",
    _reshaped(lambda stops, keeps: (keeps, stops)),
    _reshaped(lambda stops, keeps: (keeps + 1, stops + 1)),
    _reshaped(lambda stops, keeps: (keeps, stops), enough=_later),
)
stop_epoch.misconception(
    "It stops one epoch too late: count the epochs since the best one, and stop when there are `patience` of them.",
    lambda losses, patience: _walk(losses, patience, enough=_later),
    lambda losses, patience: _walk(losses, patience + 1),
    _reshaped(lambda stops, keeps: (stops + 1, keeps)),
    lambda losses, patience: (min(_walk(losses, patience)[0] + 1, len(losses) - 1), _walk(losses, patience)[1]),
)
stop_epoch.misconception(
    "It stops one epoch too early: the best epoch itself is not one of those that were waited.",
    lambda losses, patience: _walk(losses, patience, enough=_earlier),
    lambda losses, patience: _walk(losses, patience - 1),
    lambda losses, patience: _walk(losses, patience, enough=lambda waited, patience: waited + 1 >= patience),
    _reshaped(lambda stops, keeps: (stops - 1, keeps)),
)
stop_epoch.misconception(
    "A loss that only equals the best counted as better: the best changes only when a loss is strictly lower.",
    lambda losses, patience: _walk(losses, patience, better=lambda loss, best: loss <= best),
    lambda losses, patience: _walk(losses, patience, better=lambda loss, best: loss <= best, enough=_later),
)
stop_epoch.misconception(
    "You kept the epoch in which it stopped: what is kept is the best epoch so far.",
    _reshaped(lambda stops, keeps: (stops, stops)),
    _reshaped(lambda stops, keeps: (stops + 1, stops + 1)),
    _reshaped(lambda stops, keeps: (stops, stops), enough=_later),
    lambda losses, patience: (len(losses) - 1, len(losses) - 1),
)
stop_epoch.misconception(
    "You counted the epochs from 1: here the first epoch has the number 0, as the first place in a list has.",
    _reshaped(lambda stops, keeps: (stops + 1, keeps + 1)),
    _reshaped(lambda stops, keeps: (stops, keeps + 1)),
    _reshaped(lambda stops, keeps: (stops + 1, keeps + 1), enough=_later),
)


@stop_epoch.misconception(
    "The last epoch has the number one less than the number of losses: that counts when the patience never runs out."
)
def _past_the_end(losses, patience):
    stops, keeps = _walk(losses, patience)
    return (stops, keeps) if stops - keeps >= patience else (len(losses), keeps)


@stop_epoch.misconception(
    "When the patience never runs out, it stops in the last epoch: there is no epoch after the end of the list."
)
def _beyond(losses, patience):
    keeps = _walk(losses, patience)[1]
    return keeps + patience, keeps


FUTURE = "You took the lowest of all losses: a training that stops never sees the later ones, so take the best so far."


@stop_epoch.misconception(FUTURE)
def _sees_the_future(losses, patience):
    best = int(np.argmin(losses))
    return min(best + patience, len(losses) - 1), best


stop_epoch.misconception(
    FUTURE,
    lambda losses, patience: (_walk(losses, patience)[0], int(np.argmin(losses))),
    lambda losses, patience: (int(np.argmin(losses)) + patience, int(np.argmin(losses))),
    lambda losses, patience: (min(int(np.argmin(losses)) + patience + 1, len(losses) - 1), int(np.argmin(losses))),
    lambda losses, patience: (len(losses) - 1, int(np.argmin(losses))),
)


def best_of(losses: list[float], stops: int) -> int:
    """The epoch of the lowest loss up to the one at which it stops."""
    return int(np.argmin(losses[: stops + 1]))


def _first_rises(rises):
    """Stops at the first loss above the one before it, after as many rises in a row as `rises(patience)`."""

    def stop(losses, patience):
        row = 0
        for epoch in range(1, len(losses)):
            row = row + 1 if losses[epoch] > losses[epoch - 1] else 0
            if row >= rises(patience):
                return epoch, best_of(losses, epoch)
        return len(losses) - 1, best_of(losses, len(losses))

    return stop


def _first_rise(losses):
    return _first_rises(lambda patience: 1)(losses, 1)[0]


def _before_a_rise(losses):
    stops = _first_rise(losses)
    return stops - 1 if stops and losses[stops] > losses[stops - 1] else stops


stop_epoch.misconception(
    "It stops as soon as the loss rises once: patience means to wait, for the loss may fall again.",
    _first_rises(lambda patience: 1),
    lambda losses, patience: (_first_rise(losses),) * 2,
    lambda losses, patience: (_first_rise(losses), max(0, _first_rise(losses) - 1)),
    lambda losses, patience: (_first_rise(losses), _before_a_rise(losses)),
    lambda losses, patience: _walk(losses, 1),
)


def _compares_with_before(losses, patience, better=lambda loss, before: loss < before):
    waited = best = 0
    for epoch in range(1, len(losses)):
        waited = 0 if better(losses[epoch], losses[epoch - 1]) else waited + 1
        if losses[epoch] < losses[best]:
            best = epoch
        if waited >= patience:
            return epoch, best
    return len(losses) - 1, best


stop_epoch.misconception(
    "You compared each loss with the one just before it: compare it with the best so far, however long ago that was.",
    _compares_with_before,
    _first_rises(lambda patience: patience),
    lambda losses, patience: _compares_with_before(losses, patience, lambda loss, before: loss <= before),
    lambda losses, patience: (
        _compares_with_before(losses, patience)[0],
        max(0, _compares_with_before(losses, patience)[0] - patience),
    ),
)


@stop_epoch.misconception(
    "The count of waited epochs is never set back: each new best starts the waiting again from 0."
)
def _never_set_back(losses, patience, first=1):
    best = waited = 0
    for epoch in range(first, len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        else:
            waited += 1
        if waited >= patience:
            return epoch, best
    return len(losses) - 1, best


stop_epoch.misconception(
    "The count of waited epochs is never set back: each new best starts the waiting again from 0.",
    lambda losses, patience: _never_set_back(losses, patience, 0),
)
stop_epoch.misconception(
    "You counted back from the end to find the best: when the list ends first, the best may lie nearer.",
    lambda losses, patience: (
        _walk(losses, patience)[0],
        _walk(losses, patience)[0] - patience,
    ),
    lambda losses, patience: (_walk(losses, patience)[0], max(0, _walk(losses, patience)[0] - patience)),
)


@stop_epoch.misconception(
    "The first epoch already counts as waited: it is the best so far, so the waiting begins after it."
)
def _first_counts(losses, patience):
    best = waited = 0
    for epoch in range(len(losses)):
        better = losses[epoch] < losses[best]
        best, waited = (epoch, 0) if better else (best, waited + 1)
        if waited >= patience:
            return epoch, best
    return len(losses) - 1, best


stop_epoch.misconception(
    "You looked for the highest number: a loss is better when it is lower.",
    lambda losses, patience: _walk(losses, patience, better=lambda loss, best: loss > best),
    lambda losses, patience: _walk(losses, patience, better=lambda loss, best: loss >= best),
)
stop_epoch.misconception(
    "You gave back a loss: what is asked for is the number of its epoch.",
    lambda losses, patience: (_walk(losses, patience)[0], losses[_walk(losses, patience)[1]]),
    lambda losses, patience: tuple(losses[epoch] for epoch in _walk(losses, patience)),
)
stop_epoch.misconception(
    "One number came back, and two are asked for: the epoch in which it stops, and the one that is kept.",
    lambda losses, patience: _walk(losses, patience)[0],
    lambda losses, patience: _walk(losses, patience)[1],
    lambda losses, patience: _walk(losses, patience)[0] + 1,
)
