"""Pictures that arrive together are answered together, each with its own answer."""

import threading
import time
from concurrent.futures import CancelledError
from concurrent.futures import wait as wait_for

import numpy as np
import pytest
import serving_fakes as fakes

from imgrec_lib.recognising import runtimes
from imgrec_lib.serving import service
from imgrec_lib.serving.batching import MOST_TOGETHER, Batcher, padded_size
from imgrec_lib.serving.limits import Limits, Refused


def plain(value: int) -> np.ndarray:
    return np.full((8, 8, 3), value, "uint8")


@pytest.fixture
def means() -> fakes.Means:
    return fakes.Means()


def test_32_at_once_are_answered_in_few_batches_and_each_gets_its_own_answer(means):
    batcher = Batcher(means)
    means.go.clear()
    waiting = [batcher.submit(plain(value)) for value in range(32)]
    means.go.set()
    found = [one.result(10)[0] for one in waiting]
    batcher.close()
    assert np.allclose(found, np.arange(32) * fakes.SHARPNESS / 255)
    assert sum(means.sizes) == 32 and len(means.sizes) <= 5 and max(means.sizes) <= MOST_TOGETHER
    assert batcher.batches == len(means.sizes)


def test_one_alone_waits_for_no_company_longer_than_a_moment(means):
    batcher = Batcher(means, seconds=0.002)
    assert batcher.submit(plain(255)).result(0.5)[0] == pytest.approx(fakes.SHARPNESS)
    batcher.close()
    assert means.sizes == [1]


def test_a_batch_is_padded_to_a_power_of_two_and_the_padding_is_not_answered(means):
    batcher = Batcher(means, padded=True)
    means.go.clear()
    first = batcher.submit(plain(9))
    while batcher.batches == 0:
        pass
    waiting = [first, *(batcher.submit(plain(value)) for value in range(5))]
    means.go.set()
    assert [one.result(10)[0] * 255 / fakes.SHARPNESS for one in waiting] == pytest.approx([9, 0, 1, 2, 3, 4], abs=1e-3)
    batcher.close()
    assert means.sizes == [1, 8]


def test_padded_sizes_are_powers_of_two_up_to_the_most():
    assert [padded_size(count) for count in range(1, 9)] == [1, 2, 4, 4, 8, 8, 8, 8]
    assert padded_size(9, most=12) == 12


class Fussy(fakes.Means):
    """Fails where a picture is all 13."""

    def logits(self, pictures: np.ndarray) -> np.ndarray:
        found = super().logits(pictures)
        if (pictures == 13).all((1, 2, 3)).any():
            raise RuntimeError("thirteen")
        return found


def test_a_picture_on_which_the_network_fails_spoils_no_other():
    fussy = Fussy()
    batcher = Batcher(fussy)
    fussy.go.clear()
    waiting = {value: batcher.submit(plain(value)) for value in (11, 12, 13, 14)}
    fussy.go.set()
    with pytest.raises(RuntimeError, match="thirteen"):
        waiting[13].result(10)
    for value in (11, 12, 14):
        assert waiting[value].result(10)[0] * 255 / fakes.SHARPNESS == pytest.approx(value)
    assert batcher.alive
    batcher.close()


def test_a_runtime_that_loses_answers_is_noticed():
    class Losing(fakes.Means):
        def logits(self, pictures: np.ndarray) -> np.ndarray:
            return super().logits(pictures)[:0]

    batcher = Batcher(Losing())
    with pytest.raises(RuntimeError, match="0 answers to 1"):
        batcher.submit(plain(1)).result(10)
    batcher.close()


def test_what_was_cancelled_is_not_computed(means):
    batcher = Batcher(means)
    means.go.clear()
    first = batcher.submit(plain(1))
    while batcher.batches == 0:
        pass
    cancelled = [batcher.submit(plain(2)) for _ in range(5)]
    assert all(one.cancel() for one in cancelled)
    last = batcher.submit(plain(3))
    means.go.set()
    wait_for([first, last], 10)
    batcher.close()
    assert means.sizes == [1, 1]
    with pytest.raises(CancelledError):
        cancelled[0].result()


def test_a_full_queue_refuses_with_a_time_to_try_again(means):
    batcher = Batcher(means, waiting=3)
    means.go.clear()
    batcher.submit(plain(1))
    while batcher.batches == 0:
        pass
    for _ in range(3):
        batcher.submit(plain(1))
    with pytest.raises(Refused) as refused:
        batcher.submit(plain(1))
    assert refused.value.status == 503 and int(refused.value.headers["Retry-After"]) > 0
    means.go.set()
    batcher.close()


def test_two_workers_ask_the_network_at_the_same_time(means):
    batcher = Batcher(means, most=4, workers=2)
    means.go.clear()
    waiting = [batcher.submit(plain(value)) for value in range(8)]
    until = time.monotonic() + 10
    while batcher.batches < 2 and time.monotonic() < until:
        time.sleep(0.001)
    assert batcher.batches == 2 and not any(one.done() for one in waiting)
    means.go.set()
    assert [one.result(10)[0] * 255 / fakes.SHARPNESS for one in waiting] == pytest.approx(range(8), abs=1e-3)
    batcher.close()
    assert not any(thread.name.startswith("imgrec-batches") for thread in threading.enumerate())


def test_once_closed_nothing_is_taken_and_nobody_is_left_waiting(means):
    batcher = Batcher(means, most=2)
    means.go.clear()
    waiting = [batcher.submit(plain(1)) for _ in range(9)]
    batcher.close(seconds=0)
    with pytest.raises(Refused, match="ending"):
        batcher.submit(plain(1))
    means.go.set()
    done, left = wait_for(waiting, 10)
    assert len(done) == 9 and not left and not batcher.alive


@pytest.mark.parametrize(("name", "workers"), [("onnx", 6), ("litert", 1)])
def test_all_processors_are_used_by_workers_or_by_threads(name, workers, monkeypatch):
    given = []

    def start(recogniser, runtime: str, *, threads: int) -> fakes.Means:
        given.append((runtime, threads))
        return fakes.Means()

    monkeypatch.setattr(runtimes, "start", start)
    monkeypatch.setattr(service, "processors", lambda: 6)
    before = threading.active_count()
    started = service.Service.start(fakes.Colours(), name, Limits())
    assert given == [(name, 6 // workers)] and threading.active_count() - before == workers
    started.close()
