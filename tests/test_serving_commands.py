"""`imgrec serve` from its start to its end, as a program of its own."""

import contextlib
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import httpx
import numpy as np
import pytest
import serving_fakes as fakes

from imgrec_lib import cli
from imgrec_lib.recogniser import Recogniser
from imgrec_lib.recognising import networks
from imgrec_lib.recognising.document import Description
from imgrec_lib.serving import server

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def recogniser_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recogniser of two classes with random weights."""
    description = Description(
        network="efficientnet_lite0",
        side=64,
        class_names=("cat", "dog"),
        temperature=1.0,
        threshold=0.0,
        trained_on={"name": "pets", "digests": ["0123456789abcdef"]},
        scores={"accuracy": 0.5},
        fine_tuned=False,
        imgrec="0.1.0",
    )
    generator = np.random.default_rng(0)
    weights = {
        name: np.abs(generator.normal(0, 0.05, shape)).astype("float32")
        for name, shape in networks.expected(description).items()
    }
    path = tmp_path_factory.mktemp("served") / "pets.imgrec"
    Recogniser(description, weights).save(path)
    return path


@contextlib.contextmanager
def served(file: Path, *options: str) -> Iterator[tuple[subprocess.Popen, str]]:
    """The command, running, and the address that it printed."""
    command = [sys.executable, "-m", "imgrec_lib", "serve", str(file), "--port", "0", *options]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}, **pipes) as running:
        lines: queue.Queue[str] = queue.Queue()
        reading = threading.Thread(target=lambda: lines.put(running.stdout.readline()))
        reading.start()
        try:
            line = lines.get(timeout=90)
            assert "http://" in line, running.stderr.read()
            yield running, "http://" + line.partition("http://")[2].split()[0]
        finally:
            running.kill()


@pytest.mark.parametrize("kind", ["SIGINT", "SIGTERM"])
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_it_prints_its_address_answers_and_ends_with_0(recogniser_file, kind):
    with served(recogniser_file) as (running, address):
        assert address.startswith("http://127.0.0.1:")
        assert json.load(urlopen(f"{address}/health", timeout=10)) == {"status": "ok"}
        (one,) = httpx.post(f"{address}/predict?explain=1", files={"file": ("a.png", fakes.picture())}).json()
        assert one["label"] in ("cat", "dog") and one["explanation"].startswith("data:image/png")
        model = httpx.get(f"{address}/model").json()
        assert model["class_names"] == ["cat", "dog"] and "0123456789abcdef" not in json.dumps(model)
        began = time.monotonic()
        running.send_signal(getattr(signal, kind))
        assert running.wait(15) == 0 and time.monotonic() - began < 8
        assert running.stdout.read().splitlines()[-1] == "Ended." and running.stderr.read() == ""


@pytest.mark.parametrize("runtime", ["keras", "litert"])
def test_another_runtime_gives_the_same_answers(recogniser_file, runtime):
    content = fakes.picture((30, 90, 200))
    with served(recogniser_file) as (_, address):
        expected = httpx.post(f"{address}/predict", files={"file": ("a.png", content)}).json()
    with served(recogniser_file, "--runtime", runtime) as (_, address):
        files = [("file", ("a.png", content))] * 3
        found = httpx.post(f"{address}/predict?explain=1", files=files, timeout=60).json()
    assert len(found) == 3
    for one in found:
        assert one["explanation"].startswith("data:image/png")
        assert one["probabilities"] == pytest.approx(expected[0]["probabilities"], abs=1e-3)


def test_a_port_that_is_taken_is_one_sentence(recogniser_file, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert cli.main(["serve", str(recogniser_file), "--port", str(port)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1 and f"Port {port} of 127.0.0.1 is taken" in said[0] and "--port" in said[0]


@pytest.mark.parametrize("host", ["203.0.113.7", "nowhere.invalid", "a" * 70])
def test_a_host_that_is_not_this_machine_is_one_sentence(host):
    with pytest.raises(OSError, match="is no address of this machine"):
        server.listen(host, 0)


def test_ipv6_is_listened_on_where_there_is_any():
    try:
        listener = server.listen("::1", 0)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with listener:
        assert listener.family == socket.AF_INET6


@pytest.mark.parametrize(
    "options", [["--port", "99999"], ["--port", "x"], ["--port", "-1"], ["--runtime", "torch"], []]
)
def test_wrong_use_is_2(recogniser_file, options, capsys):
    file = [str(recogniser_file)] if options else []
    with pytest.raises(SystemExit) as ended:
        cli.main(["serve", *file, *options])
    assert ended.value.code == 2 and len(capsys.readouterr().err.splitlines()) == 1


def test_a_file_that_is_no_recogniser_is_one_sentence(tmp_path, capsys):
    other = tmp_path / "notes.imgrec"
    other.write_bytes(b"hello")
    for path in (other, tmp_path / "missing.imgrec"):
        assert cli.main(["serve", str(path), "--port", "0"]) == 1
        said = capsys.readouterr().err.splitlines()
        assert len(said) == 1 and said[0].startswith("imgrec: ") and path.name in said[0]


def test_requests_that_are_being_answered_when_it_ends_are_answered():
    runtime = fakes.Means()
    runtime.go.clear()
    found: list[httpx.Response] = []
    with fakes.running(runtime=runtime) as port:
        url, files = f"http://127.0.0.1:{port}/predict", {"file": ("a.png", fakes.picture())}
        asking = threading.Thread(target=lambda: found.append(httpx.post(url, files=files, timeout=20)))
        asking.start()
        time.sleep(0.5)
        threading.Timer(0.5, runtime.go.set).start()
    asking.join(10)
    assert found[0].status_code == 200 and found[0].json()[0]["label"] == "red"


def test_a_jupyter_client_that_replaced_asyncio_run_does_not_stop_a_server(monkeypatch):
    def run(main, *, debug=False):
        raise AssertionError("the loop of another program")

    monkeypatch.setattr("asyncio.run", run)
    with fakes.running() as port:
        answer = httpx.post(f"http://127.0.0.1:{port}/predict", files={"file": ("a.png", fakes.picture())})
    assert answer.json()[0]["label"] == "red"
