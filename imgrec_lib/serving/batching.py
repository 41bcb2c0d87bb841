"""Pictures that arrive at the same time go through the network together, in small batches."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from imgrec_lib.serving.limits import busy

if TYPE_CHECKING:
    from imgrec_lib.recognising.runtimes import Runtime

MOST_TOGETHER, SECONDS_TO_GATHER = 8, 0.002


@dataclass(frozen=True)
class _Waiting:
    picture: np.ndarray
    logits: Future = field(default_factory=Future)


class Batcher:
    """Worker threads that run a runtime on whatever is waiting.

    Each takes up to `most` pictures at a time and waits for company for `seconds`; there is more than one worker only
    where the runtime may be called from several threads at once. With `padded`, a batch is filled up to
    1, 2, 4 or 8 pictures: runtimes that prepare themselves for each new size then meet few sizes. `waiting` is how
    many pictures may stand in the queue.
    """

    def __init__(
        self,
        runtime: Runtime,
        *,
        most: int = MOST_TOGETHER,
        seconds: float = SECONDS_TO_GATHER,
        waiting: int = 2_000,
        padded: bool = False,
        workers: int = 1,
    ) -> None:
        self._runtime, self._most, self._seconds, self._padded = runtime, most, seconds, padded
        self._queue: queue.Queue[_Waiting | None] = queue.Queue(waiting)
        self._closed = threading.Event()
        self.batches = 0
        names = [f"imgrec-batches-{number}" for number in range(workers)]
        self._workers = [threading.Thread(target=self._work, name=name, daemon=True) for name in names]
        for worker in self._workers:
            worker.start()

    @property
    def alive(self) -> bool:
        """Whether pictures are still answered."""
        return all(worker.is_alive() for worker in self._workers) and not self._closed.is_set()

    def submit(self, picture: np.ndarray) -> Future:
        """The logits to come, float32, classes, of one picture, uint8, side × side × 3.

        Raises Refused where the queue is full or the batcher is closed.
        """
        if self._closed.is_set():
            raise busy("The server is ending; try again once it is back.")
        one = _Waiting(picture)
        try:
            self._queue.put_nowait(one)
        except queue.Full:
            raise busy() from None
        return one.logits

    def close(self, seconds: float = 5.0) -> None:
        """Take no more pictures, and give the workers some seconds to end; what still waits is refused."""
        self._closed.set()
        with contextlib.suppress(queue.Full):  # A worker that has something to take looks whether it is closed
            self._queue.put_nowait(None)
        deadline = time.monotonic() + seconds
        for worker in self._workers:
            worker.join(max(0.0, deadline - time.monotonic()))

    def _work(self) -> None:
        while not self._closed.is_set():
            wanted = [one for one in self._gather() if one.logits.set_running_or_notify_cancel()]
            if wanted:
                self._answer(wanted)
        self._refuse_the_rest()
        with contextlib.suppress(queue.Full):
            self._queue.put_nowait(None)  # The sign to end, for the next worker

    def _gather(self) -> list[_Waiting]:
        """The next picture with those that come within a moment; fewer where the sign to end is among them."""
        batch: list[_Waiting] = []
        one, deadline = self._queue.get(), time.monotonic() + self._seconds
        while one is not None:
            batch.append(one)
            if len(batch) == self._most:
                break
            try:
                one = self._queue.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
        return batch

    def _answer(self, batch: list[_Waiting]) -> None:
        """Give every picture its logits; where a batch fails, each is tried alone, so that none spoils the others."""
        try:
            found = self._run([one.picture for one in batch])
        except Exception as error:
            if len(batch) == 1:
                batch[0].logits.set_exception(error)
                return
            for one in batch:
                self._answer([one])
            return
        for one, logits in zip(batch, found, strict=True):
            one.logits.set_result(logits)

    def _run(self, pictures: list[np.ndarray]) -> np.ndarray:
        count = len(pictures)
        self.batches += 1
        if self._padded:
            pictures = pictures + [np.zeros_like(pictures[0])] * (padded_size(count, self._most) - count)
        found = np.asarray(self._runtime.logits(np.stack(pictures)))[:count]
        if len(found) != count:
            raise RuntimeError(f"the runtime gave {len(found)} answers to {count} pictures")
        return found

    def _refuse_the_rest(self) -> None:
        while True:
            try:
                one = self._queue.get_nowait()
            except queue.Empty:
                return
            if one is not None and one.logits.set_running_or_notify_cancel():
                one.logits.set_exception(busy("The server is ending; try again once it is back."))


def padded_size(count: int, most: int = MOST_TOGETHER) -> int:
    """The smallest power of two that holds a batch, but no more than `most`."""
    return min(1 << (count - 1).bit_length(), max(most, count))
