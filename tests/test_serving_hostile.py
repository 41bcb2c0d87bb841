"""What a hostile client sends, byte by byte: the server refuses it in time and goes on answering others."""

import contextlib
import dataclasses
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator

import psutil
import pytest
import serving_fakes as fakes

from imgrec_lib.serving import guarding
from imgrec_lib.serving.limits import Limits

SMALL = Limits(
    request_bytes=100_000,
    bytes_held=400_000,
    requests_at_once=4,
    seconds_for_headers=1.0,
    seconds_for_body=1.0,
    seconds_for_answer=2.0,
)
FORM = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
END = b"\r\n--x--\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with fakes.running(limits=SMALL) as one:
        yield one


def head(*lines: str, method: str = "POST /predict", host: str = "localhost") -> bytes:
    named = [f"Host: {host}"] if host else []
    return "\r\n".join([f"{method} HTTP/1.1", *named, *lines, "", ""]).encode("latin-1")


@contextlib.contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as one:
        yield one


def answer_of(one: socket.socket) -> tuple[int, dict[str, str], str]:
    """Status, headers, and the sentence where there is one."""
    response = http.client.HTTPResponse(one)
    response.begin()
    text = response.read().decode()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return response.status, headers, json.loads(text).get("detail", "") if text.startswith("{") else text


def sent(port: int, *parts: bytes) -> tuple[int, dict[str, str], str]:
    """The answer to bytes sent as they are; the server may stop listening to them before the end."""
    with connected(port) as one:
        with contextlib.suppress(ConnectionError):
            for part in parts:
                one.sendall(part)
        return answer_of(one)


def well(port: int) -> bool:
    content = PART + fakes.picture() + END
    status, _, _ = sent(port, head(f"Content-Type: {FORM}", f"Content-Length: {len(content)}"), content)
    return status == 200


def test_a_form_sent_byte_by_byte_as_bytes_is_answered(port):
    assert well(port)


def test_too_many_bytes_are_refused_by_their_stated_length_before_they_are_read(port):
    started = time.monotonic()
    status, headers, sentence = sent(port, head(f"Content-Type: {FORM}", "Content-Length: 99999999999"))
    assert status == 413 and "0.1 MB" in sentence and time.monotonic() - started < 0.8
    assert headers["content-security-policy"]


def test_too_many_bytes_are_refused_while_they_stream_without_a_stated_length(port):
    chunk = b"2710\r\n" + b"z" * 10_000 + b"\r\n"
    first = b"%x\r\n%s\r\n" % (len(PART), PART)
    status, _, sentence = sent(port, head(f"Content-Type: {FORM}", "Transfer-Encoding: chunked"), first, *[chunk] * 40)
    assert status == 413 and "0.1 MB" in sentence
    assert well(port)


def test_a_length_that_is_too_long_a_lie_ends_with_a_sentence_about_time(port):
    lines = head(f"Content-Type: {FORM}", "Content-Length: 5000")
    started = time.monotonic()
    status, _, sentence = sent(port, lines, PART + fakes.picture())
    assert status == 408 and "did not arrive within 1 seconds" in sentence and time.monotonic() - started < 3


def test_a_length_that_is_too_short_a_lie_is_a_form_cut_short(port):
    content = PART + fakes.picture() + END
    status, _, sentence = sent(port, head(f"Content-Type: {FORM}", "Content-Length: 60"), content)
    assert status == 400 and "cut short" in sentence
    assert well(port)


@pytest.mark.parametrize("length", ["-5", "abc", "1e9", "٣", "5, 6"])
def test_a_length_that_is_no_number_is_refused(port, length):
    lines = head(f"Content-Type: {FORM}").replace(b"\r\n\r\n", f"\r\nContent-Length: {length}\r\n\r\n".encode())
    assert sent(port, lines)[0] == 400
    assert well(port)


def test_a_body_that_drips_is_refused_in_time_and_its_connection_ends(port):
    with connected(port) as one:
        one.sendall(head(f"Content-Type: {FORM}", "Content-Length: 90000") + PART)
        started, ended = time.monotonic(), False
        reading = threading.Thread(target=lambda: results.append(answer_of(one)))
        results: list = []
        reading.start()
        while time.monotonic() - started < 8 and not ended:
            try:
                one.sendall(b"z")
            except ConnectionError:
                ended = True
            time.sleep(0.05)
        reading.join(5)
    assert results[0][0] == 408 and ended and time.monotonic() - started < 5


def test_headers_that_drip_end_the_connection_in_time(port):
    with connected(port) as one:
        started = time.monotonic()
        with contextlib.suppress(ConnectionError):
            for letter in "GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + "y" * 200:
                one.sendall(letter.encode())
                time.sleep(0.05)
        assert time.monotonic() - started < 4
    assert well(port)


def test_a_connection_on_which_nothing_is_said_ends(port):
    with connected(port) as one:
        one.settimeout(5)
        with contextlib.suppress(ConnectionError):
            assert one.recv(1) == b""


def test_a_second_request_that_drips_ends_the_connection_too(port):
    with connected(port) as one:
        one.sendall(head(method="GET /health"))
        assert answer_of(one)[0] == 200
        started, ended = time.monotonic(), False
        while time.monotonic() - started < 8 and not ended:
            try:
                one.sendall(b"G" if time.monotonic() - started < 0.05 else b"E")
            except ConnectionError:
                ended = True
            time.sleep(0.1)
    assert ended and time.monotonic() - started < 4


def test_a_quiet_client_may_ask_again_on_the_same_connection(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for _ in range(5):
        connection.request("GET", "/health")
        assert json.loads(connection.getresponse().read()) == {"status": "ok"}
        time.sleep(0.3)
    connection.close()


def test_headers_that_are_too_long_are_refused(port):
    for size in (17_000, 40_000, 400_000):
        with contextlib.suppress(ConnectionError):  # Cut off before all of it was sent
            assert sent(port, head("X-Long: " + "y" * size, method="GET /health"))[0] in (400, 431), size
    assert sent(port, head("X-Long: " + "y" * 15_000, method="GET /health"))[0] == 200
    assert sent(port, head(method="GET /" + "y" * 100_000))[0] in (400, 404, 431)


def test_two_hundred_dripping_clients_leave_room_for_others(port):
    with contextlib.ExitStack() as stack:
        for _ in range(200):
            stack.enter_context(connected(port)).sendall(b"POST /predict HTTP/1.1\r\nHost: localhost\r\n")
        assert well(port)


def test_more_requests_at_once_than_there_is_room_for_are_sent_away_with_a_time_to_come_back():
    runtime = fakes.Means()
    content = PART + fakes.picture() + END
    whole = head(f"Content-Type: {FORM}", f"Content-Length: {len(content)}") + content
    limits = dataclasses.replace(SMALL, seconds_for_answer=20.0)
    with fakes.running(runtime=runtime, limits=limits) as port, contextlib.ExitStack() as stack:
        runtime.go.clear()
        clients = [stack.enter_context(connected(port)) for _ in range(4)]
        for one in clients:
            one.sendall(whole)
        time.sleep(0.5)
        status, headers, sentence = sent(port, whole)
        assert status == 503 and int(headers["retry-after"]) > 0 and "try again" in sentence
        assert sent(port, head(method="GET /health"))[0] == 200
        runtime.go.set()
        assert [answer_of(one)[0] for one in clients] == [200] * 4
        assert well(port)


def test_uploads_together_may_not_fill_the_memory(port):
    lines = head(f"Content-Type: {FORM}", "Content-Length: 90000")
    limits = dataclasses.replace(SMALL, bytes_held=150_000, seconds_for_body=5.0)
    with fakes.running(limits=limits) as other, connected(other) as one:
        one.sendall(lines + PART + b"z" * 80_000)
        time.sleep(0.3)
        status, headers, sentence = sent(other, lines, PART + b"z" * 85_000)
        assert status == 503 and "retry-after" in headers and "as much to do as it can" in sentence
        one.close()
        time.sleep(0.3)
        assert well(other)


def test_an_answer_that_takes_too_long_is_given_up():
    runtime = fakes.Means()
    with fakes.running(runtime=runtime, limits=SMALL) as port:
        runtime.go.clear()
        content = PART + fakes.picture() + END
        started = time.monotonic()
        status, headers, sentence = sent(
            port, head(f"Content-Type: {FORM}", f"Content-Length: {len(content)}"), content
        )
        runtime.go.set()
        assert status == 503 and "2 seconds" in sentence and "retry-after" in headers
        assert 1.5 < time.monotonic() - started < 5


def test_20_megabytes_made_to_slow_the_parser_are_done_with_in_seconds():
    with fakes.running() as port:
        for pattern in (b"\r", b"\r\n", b"\r\n--", b"-", b"\r\n--" + b"x" * 40):
            content = (PART + pattern * (19_000_000 // len(pattern)))[:19_500_000]
            started = time.monotonic()
            status, _, _ = sent(port, head(f"Content-Type: {FORM}", f"Content-Length: {len(content)}"), content)
            assert status == 400 and time.monotonic() - started < 15, pattern
        assert well(port)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:80", "localhost.evil.example", "192.168.1.5", "", "a@localhost", "localhost/x"],
)
def test_another_name_in_the_host_header_is_refused(port, host):
    lines = head(method="GET /model", host=host) if host else b"GET /model HTTP/1.0\r\n\r\n"
    status, headers, sentence = sent(port, lines)
    assert status == 400 and "x-content-type-options" in headers and "does not answer under the name" in sentence


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "LocalHost:1", "127.0.0.1:9", "[::1]:8000", "[::1]"])
def test_this_machine_s_names_are_answered(port, host):
    assert sent(port, head(method="GET /health", host=host))[0] == 200


def test_a_server_for_all_addresses_answers_to_addresses_and_its_own_name_alone():
    def known(host: str, to: str, more: tuple[str, ...] = ()) -> bool:
        guard = guarding.Guard(None, host, more)
        scope = {"method": "GET", "headers": [(b"host", to.encode())]}
        return not guard._judge(scope)[1]

    assert known("0.0.0.0", "192.168.1.5:8000") and known("0.0.0.0", "[fe80::1]:80") and known("::", "10.0.0.1")
    assert known("0.0.0.0", socket.gethostname()) and not known("0.0.0.0", "evil.example")
    assert known("192.168.1.5", "192.168.1.5:8000") and not known("192.168.1.5", "192.168.1.6:8000")
    assert known("pi.local", "PI.local:80") and not known("127.0.0.1", "pi.local")
    assert known("127.0.0.1", "pets.example", ("pets.example",)) and not known("127.0.0.1", "evil.example", ("p",))


ORIGINS = [
    (["Origin: http://evil.example"], 403),
    (["Origin: null"], 403),
    (["Origin: http://localhost:1"], 403),
    (["Origin: http://localhost.evil.example"], 403),
    (["Origin: file://localhost"], 403),
    (["Sec-Fetch-Site: cross-site"], 403),
    (["Origin: http://localhost"], 200),
    (["Origin: http://localhost", "Sec-Fetch-Site: same-origin"], 200),
    (["Sec-Fetch-Site: none"], 200),
    ([], 200),
]


@pytest.mark.parametrize(("lines", "wanted"), ORIGINS, ids=[str(place) for place in range(len(ORIGINS))])
def test_a_picture_sent_by_the_page_of_another_site_is_refused(port, lines, wanted):
    content = PART + fakes.picture() + END
    request = head(f"Content-Type: {FORM}", f"Content-Length: {len(content)}", *lines)
    status, headers, sentence = sent(port, request, content)
    assert status == wanted and "access-control-allow-origin" not in headers
    assert ("another site" in sentence) is (wanted == 403)


GARBAGE = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    b"GET / HTTP/9.9\r\n\r\n",
    b"\r\n" * 100,
    b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"POST /predict HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzzzz\r\n",
    b"POST /predict HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
    b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /predict HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=[str(place) for place in range(len(GARBAGE))])
def test_garbage_ends_in_a_refusal_or_in_silence_and_the_server_goes_on(port, garbage):
    with connected(port) as one, contextlib.suppress(ConnectionError):
        one.sendall(garbage)
        text = one.recv(4000)
        assert not text or int(text.split()[1]) >= 400
    assert well(port)


def test_a_client_that_leaves_in_the_middle_leaves_nothing_behind(port):
    before = threading.active_count()
    for size in (0, 10, 5000):
        for _ in range(30):
            with connected(port) as one:
                one.sendall(head(f"Content-Type: {FORM}", "Content-Length: 90000") + PART + b"z" * size)
    time.sleep(0.5)
    assert well(port) and threading.active_count() <= before + 1


def test_hundreds_of_refused_uploads_leave_the_memory_flat():
    content = b"z" * 5_000_000
    lines = head(f"Content-Type: {FORM}", f"Content-Length: {len(PART + content + END)}")
    with fakes.running() as port:
        for _ in range(10):
            assert sent(port, lines, PART, content, END)[0] == 400
        before = psutil.Process().memory_info().rss
        for _ in range(60):
            assert sent(port, lines, PART, content, END)[0] == 400
        assert psutil.Process().memory_info().rss - before < 60e6
