"""What the server does with pictures, apart from HTTP: decode them, ask the network, say where it looked."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from imgrec_lib.machine import processors
from imgrec_lib.recognising import document
from imgrec_lib.recognising.answers import answers
from imgrec_lib.serving import explaining, pictures
from imgrec_lib.serving.batching import MOST_TOGETHER, Batcher, padded_size
from imgrec_lib.serving.limits import Limits, Room

if TYPE_CHECKING:
    from imgrec_lib.recogniser import Recogniser
    from imgrec_lib.recognising.runtimes import Runtime

NOT_EXPLAINED = (
    "This network does not end in the means of its feature maps, so only a server started with --runtime keras can say "
    "where it looked."
)
PADDED_RUNTIMES = ("keras", "litert")  # Both prepare themselves anew for each size of a batch
# Two calls at once on one thread each take a sixth less of the processors than one call on two threads
PARALLEL_RUNTIMES, MOST_IN_PARALLEL = ("onnx",), 4


class Service:
    """A recogniser at work for many clients: a batcher, a pool that decodes, and what explains its answers.

    `workers` is how many threads may call the runtime at once.
    """

    def __init__(self, recogniser: Recogniser, runtime: Runtime, name: str, limits: Limits, workers: int = 1) -> None:
        self.description, self.limits, self.room, self.name = recogniser.description, limits, Room(limits), name
        self._runtime = runtime
        self.explainer = explaining.explainer(recogniser, name)
        self._pool = ThreadPoolExecutor(_decoders(), "imgrec-decoding")
        self._most = MOST_TOGETHER if workers == 1 else MOST_IN_PARALLEL
        self.batcher = Batcher(
            runtime, most=self._most, waiting=limits.pictures_waiting, padded=name in PADDED_RUNTIMES, workers=workers
        )

    async def predict(self, sent: list[pictures.Sent], explain: bool) -> list[dict[str, Any]]:
        """An answer for each picture, in order, as JSON takes it; raises Refused where one cannot be read."""
        loop, side = asyncio.get_running_loop(), self.description.side
        tasks = [loop.run_in_executor(self._pool, pictures.decode, one, side, self.limits) for one in sent]
        decoded = await _all(tasks)
        logits = await _all([asyncio.wrap_future(self.batcher.submit(picture)) for picture in decoded])
        found = self._answers(sent, logits)
        if not explain:
            return found
        places = [int(np.argmax(one)) for one in logits]
        shown = [loop.run_in_executor(self._pool, self._explain, *pair) for pair in zip(decoded, places, strict=True)]
        return [answer | explained for answer, explained in zip(found, await _all(shown), strict=True)]

    def model(self) -> dict[str, Any]:
        """What a client may know of the recogniser: all but the digests of the pictures that it was trained on."""
        description, limits = self.description, self.limits
        known = document.as_json(description)
        known["trained_on"] = {key: value for key, value in description.trained_on.items() if key != "digests"}
        names = {"bytes": limits.request_bytes, "pictures": limits.pictures, "pixels": limits.pixels}
        return known | {"runtime": self.name, "explains": self.explainer is not None, "limits": names}

    def warm_up(self) -> None:
        """Ask the network for batches of every size: runtimes prepare themselves, or take memory, the first time."""
        side = self.description.side
        for size in sorted({padded_size(count, self._most) for count in range(1, self._most + 1)}):
            self._runtime.logits(np.zeros((size, side, side, 3), "uint8"))

    def close(self) -> None:
        """End the threads."""
        self.batcher.close()
        self._pool.shutdown(wait=False, cancel_futures=True)

    @classmethod
    def start(cls, recogniser: Recogniser, name: str, limits: Limits) -> Service:
        """A service on a runtime that uses all processors, warm; raises what `runtimes.start` raises."""
        from imgrec_lib.recognising import runtimes

        workers = processors() if name in PARALLEL_RUNTIMES else 1
        runtime = runtimes.start(recogniser, name, threads=processors() // workers)
        service = cls(recogniser, runtime, name, limits, workers)
        service.warm_up()
        return service

    def _answers(self, sent: list[pictures.Sent], logits: list[np.ndarray]) -> list[dict[str, Any]]:
        found = answers(np.stack(logits), self.description, [one.name for one in sent])
        return [one.as_json() for one in found]

    def _explain(self, picture: np.ndarray, place: int) -> dict[str, Any]:
        if self.explainer is None:
            return {"explanation": None, "explanation_missing": NOT_EXPLAINED}
        png = explaining.overlay(self.explainer.heat(picture, place), self.description.side)
        return {"explanation": explaining.data_uri(png)}


def _decoders() -> int:
    """How many threads decode: with more, those that ask the network and talk to clients wait for their turn."""
    return max(1, processors() // 2)


async def _all(waiting: list[asyncio.Future]) -> list[Any]:
    """All results in order; where some failed, the error of the first of them, once none is at work any more."""
    results = await asyncio.gather(*waiting, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results
