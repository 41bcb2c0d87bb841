"""What a well-meaning client gets from the HTTP interface, and what it is told where it errs."""

import base64
import io
import json
import struct
import tempfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
import pytest
import serving_fakes as fakes
from PIL import Image

from imgrec_lib import datasets
from imgrec_lib.recognising.answers import NONE

RED, GREEN, BLUE = (220, 20, 20), (20, 220, 20), (20, 20, 220)


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with fakes.running() as port, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as one:
        yield one


def post(client: httpx.Client, *contents: bytes, path: str = "/predict", name: str = "one.png") -> httpx.Response:
    return client.post(path, files=[("file", (name, content)) for content in contents])


def bomb(side: int = 6_000) -> bytes:
    """A PNG of 36 million black pixels in a few kilobytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side // 8 + 1) * side), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_each_of_several_pictures_gets_its_answer_in_order(client):
    answers = post(client, *map(fakes.picture, (BLUE, RED, GREEN, RED))).json()
    assert [one["label"] for one in answers] == ["blue", "red", "green", "red"]
    for one in answers:
        assert set(one) == {"photo", "label", "probabilities"}
        assert list(one["probabilities"]) == ["red", "green", "blue"]
        assert sum(one["probabilities"].values()) == pytest.approx(1)


def test_photographs_as_cameras_write_them_are_answered(client):
    for name, kind in (("coffee", "jpeg"), ("cat", "webp")):
        file = io.BytesIO()
        Image.fromarray(datasets.photograph(name)).save(file, kind)
        (one,) = post(client, file.getvalue(), name=f"{name}.jpg").json()
        mean = datasets.photograph(name).reshape(-1, 3).mean(0)
        assert max(one["probabilities"], key=one["probabilities"].get) == fakes.CLASSES[mean.argmax()]


def test_a_photograph_that_lies_on_its_side_is_turned_before_it_is_looked_at(client):
    halves = Image.new("RGB", (64, 32), RED)
    halves.paste(BLUE, (0, 0, 40, 32))
    exif = Image.Exif()
    exif[274] = 6
    file = io.BytesIO()
    halves.save(file, "png", exif=exif)
    (one,) = post(client, file.getvalue(), path="/predict?explain=1").json()
    uri = one["explanation"]
    heat = np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))))[..., 3].astype(int)
    top, bottom = heat[:12].mean(), heat[-12:].mean()
    assert one["label"] == "blue" and top > bottom + 60


def test_a_grey_picture_is_none_of_these(client):
    (one,) = post(client, fakes.picture((90, 90, 90))).json()
    assert one["label"] == NONE
    assert max(one["probabilities"].values()) == pytest.approx(1 / 3, abs=0.01)


def test_an_explanation_is_a_png_of_the_network_s_size_only_where_it_is_asked_for(client):
    for path, asked in (("/predict?explain=1", True), ("/predict?explain=0", False), ("/predict", False)):
        (one,) = post(client, fakes.picture(RED), path=path).json()
        assert ("explanation" in one) is asked
        if asked:
            head, _, content = one["explanation"].partition(",")
            image = Image.open(io.BytesIO(base64.b64decode(content)))
            assert head == "data:image/png;base64" and image.size == (fakes.SIDE, fakes.SIDE) and image.mode == "RGBA"


def test_a_network_that_cannot_be_explained_says_so_and_answers_all_the_same():
    class Dark(fakes.Colours):
        def graph(self) -> bytes:
            raise ValueError("no graph")

    with fakes.running(Dark()) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        (one,) = post(client, fakes.picture(RED), path="/predict?explain=1").json()
        assert one["label"] == "red" and one["explanation"] is None and "keras" in one["explanation_missing"]
        assert client.get("/model").json()["explains"] is False


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "<img src=x onerror=alert(1)>.png", "C:\\x\\..\\y.png", "日本 ☕.png", "a" * 200, "; rm -rf"],
)
def test_a_file_name_is_text_and_nothing_else(client, name):
    (one,) = post(client, fakes.picture(RED), name=name).json()
    assert one["photo"] in (name, name.replace("\\", ""), name.rpartition("\\")[2]) and one["label"] == "red"


def test_a_file_name_of_control_characters_is_shown_without_them(client):
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a\x1b[31m\x00b.png"\r\n\r\n'
    body = head + fakes.picture(RED) + b"\r\n--x--\r\n"
    answer = client.post("/predict", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    text = answer.json()[0]["photo"] if answer.status_code == 200 else answer.json()["detail"]
    assert answer.status_code in (200, 400) and text.isprintable()


def test_a_picture_without_a_name_is_called_by_its_place(client):
    head = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
    body = (head + fakes.picture(RED) + b"\r\n") * 2 + b"--x--\r\n"
    answer = client.post("/predict", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert [one["photo"] for one in answer.json()] == ["picture 1", "picture 2"]


def test_no_picture_is_written_anywhere(client, monkeypatch):
    def refuse(*given, **options):
        raise AssertionError("a temporary file was made")

    for name in ("NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    noise = np.random.default_rng(0).integers(0, 256, (1400, 1400, 3), dtype="uint8")
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "png")
    assert len(file.getvalue()) > 5_000_000
    assert post(client, file.getvalue()).status_code == 200


REFUSED = [
    (b"hello, I am text", 400, "is text, not a picture"),
    (b"", 400, "empty"),
    (fakes.picture(RED)[:60], 400, "cut short"),
    (b"%PDF-1.4 something", 400, "PDF"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", 400, ""),
    (b"\x89PNG\r\n\x1a\n" + bytes(100), 400, ""),
    (bomb(), 413, "6,000 × 6,000 pixels, more than the 25,000,000"),
]


@pytest.mark.parametrize(("content", "status", "words"), REFUSED, ids=[str(place) for place in range(len(REFUSED))])
def test_what_is_no_picture_is_refused_in_one_sentence_that_names_it(client, content, status, words):
    answer = post(client, content, name="mine.png")
    assert answer.status_code == status and set(answer.json()) == {"detail"}
    sentence = answer.json()["detail"]
    assert words in sentence and sentence.startswith("mine.png: ") and "max_pixels" not in sentence
    assert "Traceback" not in sentence and "\n" not in sentence and sentence.endswith(".")


def test_of_several_pictures_the_bad_one_is_named(client):
    files = [("file", ("good.png", fakes.picture(RED))), ("file", ("bad.png", b"no")), ("file", ("worse.png", b""))]
    answer = client.post("/predict", files=files)
    assert answer.status_code == 400 and answer.json()["detail"].startswith("bad.png: ")


def test_more_than_16_pictures_are_refused_and_16_are_answered(client):
    assert len(post(client, *[fakes.picture(RED)] * 16).json()) == 16
    answer = post(client, *[fakes.picture(RED)] * 17)
    assert answer.status_code == 413 and "more than 16 pictures" in answer.json()["detail"]


FORMS = [
    ({"json": {"file": "x"}}, 415, "not a form"),
    ({"data": {"file": "x"}}, 415, "not a form"),
    ({}, 415, "not a form"),
    ({"files": [("photo", ("a.png", fakes.picture()))]}, 400, '"photo"'),
    ({"files": [("file", ("a.png", fakes.picture())), ("<b>", ("a.png", b"x"))]}, 400, '"<b>"'),
    ({"content": b"--x--\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, 400, ""),
    ({"content": b"--x\r\nnonsense", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, 400, ""),
    ({"content": b"garbage", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, 400, "damaged"),
    ({"content": b"", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, 400, "cut short"),
    ({"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 415, "not a form"),
    ({"content": b"x", "headers": {"Content-Type": f"multipart/form-data; boundary={'x' * 300}"}}, 415, "not a form"),
    ({"files": [("file", ("a", b"x"))], "headers": {"Content-Encoding": "gzip"}}, 415, "compressed"),
    ({"files": [("file", ("n" * 9000, b"x"))]}, 400, ""),
    ({"files": [("file", ("a", b"x", "image/png", {f"X-{n}": "y" * 900 for n in range(6)}))]}, 400, "headers that are"),
]


@pytest.mark.parametrize(("request_", "status", "words"), FORMS, ids=[str(place) for place in range(len(FORMS))])
def test_what_is_no_form_with_pictures_is_refused_in_one_sentence(client, request_, status, words):
    answer = client.post("/predict", **request_)
    assert answer.status_code == status and words in answer.json()["detail"]
    assert list(answer.json()) == ["detail"] and answer.json()["detail"].endswith(".")


def test_a_form_cut_short_is_refused_wherever_it_is_cut(client):
    boundary, content = "xYz", fakes.picture(RED)
    body = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'.encode()
    body += content + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    assert client.post("/predict", content=body, headers=headers).status_code == 200
    for length in range(0, len(body) - 4, 7):
        answer = client.post("/predict", content=body[:length], headers=headers)
        assert answer.status_code == 400, length


def test_a_wrong_method_address_or_parameter_gets_one_sentence(client):
    for method, path, status, words in [
        ("GET", "/predict", 405, "use POST"),
        ("PUT", "/predict", 405, "use POST"),
        ("DELETE", "/model", 405, "use GET"),
        ("GET", "/../../etc/passwd", 404, "nothing at this address"),
        ("GET", "/page/..%2f..%2fapp.py", 404, "nothing at this address"),
        ("POST", "/predict?explain=perhaps", 422, "give 1 or 0"),
    ]:
        answer = client.request(method, path)
        assert answer.status_code == status and words in answer.json()["detail"], (method, path)


def test_model_tells_all_but_the_digests_of_the_pictures(client):
    answer = client.get("/model")
    assert "0123456789abcdef" not in answer.text and "digests" not in answer.text
    model = answer.json()
    assert model["class_names"] == ["red", "green", "blue"] and model["scores"] == {"accuracy": 0.95}
    assert model["trained_on"] == {"name": "colours", "counts": {"train": {"red": 7}}}
    assert model["limits"]["pictures"] == 16 and model["runtime"] == "onnx" and model["explains"] is True


def test_health_is_ok(client):
    assert client.get("/health").json() == {"status": "ok"}


def test_the_openapi_document_describes_the_form_and_its_page_needs_no_other_site(client):
    document = client.get("/openapi.json").json()
    assert set(document["paths"]) == {"/predict", "/health", "/model"}
    form = document["paths"]["/predict"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert form["properties"]["file"]["items"]["format"] == "binary"
    assert "HTTPValidationError" not in json.dumps(document)
    page = client.get("/docs")
    assert page.status_code == 200 and "list of Prediction" in page.text and "openapi.json" in page.text
    for text in (page.text, client.get("/").text, client.get("/page.js").text, client.get("/page.css").text):
        assert "https://" not in text and "//cdn" not in text


def test_class_names_are_escaped_on_the_page_of_the_interface():
    recogniser = fakes.Colours(("<script>alert(1)</script>", "a&b", "c"))
    with fakes.running(recogniser) as port:
        page = httpx.get(f"http://127.0.0.1:{port}/docs").text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_every_answer_carries_the_security_headers(client):
    paths = ["/", "/page.js", "/page.css", "/camera.js", "/docs", "/model", "/openapi.json", "/nothing", "/predict"]
    for path in paths:
        headers = client.get(path).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'self'" and policy["frame-ancestors"] == "'none'", path
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in headers and "server" not in headers


def test_the_pages_hold_no_script_or_style_of_their_own(client):
    for path in ("/", "/docs"):
        text = client.get(path).text.lower()
        assert "<style" not in text and "style=" not in text and " onclick" not in text
        assert text.count("<script") == text.count('<script type="module" src="page.js">')


def test_a_mistake_of_the_server_is_owned_up_to_without_its_traceback(caplog):
    class Broken(fakes.Means):
        def logits(self, pictures: np.ndarray) -> np.ndarray:
            raise RuntimeError("secret words")

    with fakes.running(runtime=Broken()) as port:
        answer = httpx.post(f"http://127.0.0.1:{port}/predict", files={"file": ("a.png", fakes.picture())})
        assert answer.status_code == 500 and "secret" not in answer.text and "nosniff" in str(answer.headers)
        assert httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200


def test_32_clients_at_once_each_get_their_own_answer_in_few_batches():
    runtime = fakes.Means(seconds=0.02)
    colours = {"red": RED, "green": GREEN, "blue": BLUE}
    wanted = [list(colours)[number % 3] for number in range(200)]
    limits = httpx.Limits(max_connections=32)
    with (
        fakes.running(runtime=runtime) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=30) as client,
        ThreadPoolExecutor(32) as threads,
    ):
        answers = list(threads.map(lambda one: post(client, fakes.picture(colours[one]), name=one).json()[0], wanted))
    assert [one["label"] for one in answers] == wanted == [one["photo"] for one in answers]
    assert sum(runtime.sizes) == 200 and len(runtime.sizes) < 100
