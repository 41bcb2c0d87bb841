"""`imgrec serve` under load, against Keras's `predict` called one by one.

python benchmarks/recogniser_parts/load.py FILE.imgrec PHOTOGRAPH…
"""

import contextlib
import http.client
import itertools
import math
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psutil

ROOT = Path(__file__).resolve().parents[2]
CLIENTS, AT_ONCE, ALONE, MANY, BEFORE, KERAS = 32, 200, 100, 5_000, 1_000, 100
MOST_TAIL, MOST_GROWTH, LEAST_RATE = 20.0, 20e6, 2.0
BOUNDARY = "imgrec-load"
ONE_BY_ONE = """
import sys, time
from imgrec_lib import images
from imgrec_lib.recogniser import Recogniser
recogniser = Recogniser.open(sys.argv[1])
network, side = recogniser.network(), recogniser.description.side
contents = [open(path, "rb").read() for path in sys.argv[2:]]
def predict(content):
    return network.predict(images.load(content, side)[None].astype("float32"), verbose=0)
for content in contents[:5]:
    predict(content)
began = time.perf_counter()
for content in contents:
    predict(content)
print(len(contents) / (time.perf_counter() - began))
"""


def variables() -> dict[str, str]:
    """The environment of everything that is measured."""
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return os.environ | {"PYTHONPATH": paths, "TF_CPP_MIN_LOG_LEVEL": "3"}


@contextlib.contextmanager
def served(file: Path, *options: str) -> Iterator[tuple[str, int, psutil.Process]]:
    """Host, port and process of a server that answers with the recogniser of a file."""
    command = [sys.executable, "-m", "imgrec_lib", "serve", str(file), "--port", "0", *options]
    with subprocess.Popen(command, env=variables(), stdout=subprocess.PIPE, text=True) as server:
        try:
            line = server.stdout.readline()
            if "http://" not in line:
                sys.exit("The server did not start.")
            address = urlsplit("http://" + line.partition("http://")[2].split()[0])
            yield address.hostname, address.port, psutil.Process(server.pid)
        finally:
            server.terminate()
            status = server.wait(20)
    if status:
        sys.exit(f"The server ended with status {status}.")


def form(content: bytes) -> bytes:
    """The body of a form with one picture."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="one.jpg"\r\n\r\n'
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


class Clients:
    """Clients that keep their connections and share a list of forms."""

    def __init__(self, host: str, port: int, forms: Sequence[bytes]) -> None:
        self._host, self._port, self._forms, self._own = host, port, forms, threading.local()

    def ask(self, number: int) -> float:
        """Seconds until the answer to one request is there, or not a number where it is lost."""
        began = time.perf_counter()
        try:
            connection = self._own.connection
        except AttributeError:
            connection = self._own.connection = http.client.HTTPConnection(self._host, self._port, timeout=60)
        try:
            headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
            connection.request("POST", "/predict", self._forms[number % len(self._forms)], headers)
            response = connection.getresponse()
            whole = b'"probabilities"' in response.read()
            return time.perf_counter() - began if response.status == 200 and whole else math.nan
        except (OSError, http.client.HTTPException):
            connection.close()
            return math.nan

    def run(self, requests: int, clients: int) -> tuple[list[float], float]:
        """The seconds of each request, and of all together."""
        with ThreadPoolExecutor(clients) as threads:
            began = time.perf_counter()
            seconds = list(threads.map(self.ask, range(requests)))
            return seconds, time.perf_counter() - began


def measure(file: Path, photographs: Sequence[bytes]) -> tuple[str, bool]:
    """What was found in few words, and whether every limit is kept; the photographs are files' contents."""
    with served(file) as (host, port, process):
        clients = Clients(host, port, [form(one) for one in photographs])
        clients.run(ALONE, 1)
        alone, _ = clients.run(ALONE, 1)
        together, _ = clients.run(AT_ONCE, CLIENTS)
        first, _ = clients.run(BEFORE, CLIENTS)
        before = process.memory_info().rss
        many, took = clients.run(MANY, CLIENTS)
        growth = process.memory_info().rss - before
    keras = one_by_one(file, list(itertools.islice(itertools.cycle(photographs), KERAS)))
    lost = sum(map(math.isnan, [*alone, *together, *first, *many]))
    median, tail = statistics.median(alone), statistics.quantiles(together, n=100)[-1]
    rate = MANY / took
    print(f"serve: alone {1e3 * median:.1f} ms, {AT_ONCE} from {CLIENTS} clients: p99 {1e3 * tail:.0f} ms, {lost} lost")
    print(f"serve: {MANY} requests, {rate:.0f} a second, memory {before / 1e6:.0f} MB and {growth / 1e6:+.1f} MB")
    print(f"keras: predict one by one, {keras:.1f} a second", flush=True)
    kept = not lost and tail < MOST_TAIL * median and growth < MOST_GROWTH and rate >= LEAST_RATE * keras
    words = f"{lost} lost, p99 {tail / median:.1f} of {MOST_TAIL:g} times one alone, memory {growth / 1e6:+.1f} MB"
    return f"{words}, served a second {rate / keras:.2f} of {LEAST_RATE:g} times Keras", kept


def one_by_one(file: Path, photographs: Sequence[bytes]) -> float:
    """Photographs a second that Keras's `predict` answers when each is given alone, decoding counted."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="imgrec-") as folder:
        paths = [Path(folder) / f"{number}.jpg" for number in range(len(photographs))]
        for path, content in zip(paths, photographs, strict=True):
            path.write_bytes(content)
        command = [sys.executable, "-c", ONE_BY_ONE, file, *paths]
        done = subprocess.run(command, env=variables(), stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout.split()[-1])


if __name__ == "__main__":
    found, good = measure(Path(sys.argv[1]), [Path(path).read_bytes() for path in sys.argv[2:]])
    print(found)
    sys.exit(0 if good else 1)
