"""A recogniser's file opens as it was written, and whatever else it is, is refused in one sentence."""

import dataclasses
import hashlib
import json
import os
import resource
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imgrec_lib.recogniser import Description, Recogniser, RecogniserError
from imgrec_lib.recognising import framing, networks, table

DIGEST = "0123456789abcdef"
SIDE = 22


def described(**changes: Any) -> Description:
    description = Description(
        network="classic",
        side=SIDE,
        class_names=("cat", "Hündin"),
        temperature=1.25,
        threshold=0.5,
        trained_on={"name": "pets", "date": "2026-11-26", "counts": {"train": {"cat": 7}}, "digests": [DIGEST]},
        scores={"accuracy": 0.9, "interval": [0.8, 0.95], "per_class": {"cat": {"recall": [None, 0.1, 1.0]}}},
        fine_tuned=False,
        imgrec="0.1.0",
    )
    return dataclasses.replace(description, **changes)


def made(**changes: Any) -> Recogniser:
    description, generator = described(**changes), np.random.default_rng(0)
    shapes = networks.expected(description)
    return Recogniser(description, {name: generator.normal(0, 0.1, shape).astype("float32")
                                    for name, shape in shapes.items()})  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "pets.imgrec"
    made().save(path)
    return path


def refusal(path: Path, content: bytes | None = None) -> str:
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RecogniserError) as caught:
        Recogniser.open(path)
    sentence = str(caught.value)
    assert sentence.isprintable() and len(sentence) < 600 and path.name in sentence
    return sentence


def packed(words: bytes, numbers: bytes) -> bytes:
    """A file that is framed as it should be, whatever it says."""
    entries = [framing.Entry(table.WORDS, len(words), zlib.crc32(words)),
               framing.Entry(table.NUMBERS, len(numbers), zlib.crc32(numbers))]  # fmt: skip
    return entries[0].header() + words + entries[1].header() + numbers + framing.ending(entries)


def parts(path: Path) -> tuple[dict[str, Any], bytes]:
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read(table.WORDS)), archive.read(table.NUMBERS)


def resealed(path: Path, change: Callable[[dict[str, Any]], Any]) -> bytes:
    """The file after a change of its JSON, by somebody who knows how to make every checksum right again."""
    words, numbers = parts(path)
    change(words)
    return packed(json.dumps(words).encode(), numbers)


def test_a_recogniser_opens_as_it_was_saved(whole):
    opened, saved = Recogniser.open(whole), made()
    assert opened.description == saved.description
    assert list(opened.weights) == list(saved.weights)
    assert all(np.array_equal(opened.weights[name], saved.weights[name]) for name in saved.weights)


def test_the_same_recogniser_gives_the_same_bytes(whole, tmp_path):
    Recogniser.open(whole).save(tmp_path / "again.imgrec")
    assert (tmp_path / "again.imgrec").read_bytes() == whole.read_bytes()


def test_other_zip_programs_open_it(whole):
    with zipfile.ZipFile(whole) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [table.WORDS, table.NUMBERS]
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        assert {(entry.create_system, entry.external_attr >> 16) for entry in archive.infolist()} == {(3, 0o100644)}


def test_one_flipped_bit_anywhere_is_refused(whole, tmp_path):
    content, generator = whole.read_bytes(), np.random.default_rng(1)
    edges = [*range(framing.header_size(table.WORDS)), *range(len(content) - 200, len(content))]
    for place in [*edges, *generator.integers(0, len(content), 300)]:
        changed = bytearray(content)
        changed[place] ^= 1 << generator.integers(8)
        refusal(tmp_path / "flipped.imgrec", bytes(changed))


def test_a_file_that_is_cut_off_anywhere_is_refused(whole, tmp_path):
    content = whole.read_bytes()
    for length in [*range(60), *np.linspace(60, len(content) - 1, 100).astype(int)]:
        refusal(tmp_path / "cut.imgrec", content[:length])


@pytest.mark.parametrize("more", [b"\0", b"PK\5\6" + bytes(18)])
def test_bytes_after_the_end_are_refused(whole, tmp_path, more):
    refusal(tmp_path / "longer.imgrec", whole.read_bytes() + more)


def rezipped(path: Path, whole: Path, change: Callable[[zipfile.ZipFile, bytes, bytes], None]) -> Path:
    with zipfile.ZipFile(whole) as archive:
        words, numbers = archive.read(table.WORDS), archive.read(table.NUMBERS)
    with zipfile.ZipFile(path, "w") as archive:
        change(archive, words, numbers)
    return path


def compressed(archive: zipfile.ZipFile, words: bytes, numbers: bytes) -> None:
    archive.writestr(table.WORDS, words)
    archive.writestr(table.NUMBERS, bytes(50_000_000), zipfile.ZIP_DEFLATED)


def doubled(archive: zipfile.ZipFile, words: bytes, numbers: bytes) -> None:
    archive.writestr(table.WORDS, words)
    with pytest.warns(UserWarning):
        archive.writestr(table.WORDS, words)


def unknown(archive: zipfile.ZipFile, words: bytes, numbers: bytes) -> None:
    archive.writestr(table.WORDS, words)
    archive.writestr("../../evil.py", numbers)


def linked(archive: zipfile.ZipFile, words: bytes, numbers: bytes) -> None:
    archive.writestr(table.WORDS, words)
    link = zipfile.ZipInfo(table.NUMBERS)
    link.external_attr = 0o120777 << 16
    archive.writestr(link, "/etc/passwd")


def missing(archive: zipfile.ZipFile, words: bytes, numbers: bytes) -> None:
    archive.writestr(table.WORDS, words)


def one_too_many(archive: zipfile.ZipFile, words: bytes, numbers: bytes) -> None:
    archive.writestr(table.WORDS, words)
    archive.writestr(table.NUMBERS, numbers)
    archive.writestr("code.py", b"print()")


def zipped_anew(archive: zipfile.ZipFile, words: bytes, numbers: bytes) -> None:
    archive.writestr(table.WORDS, words)
    archive.writestr(table.NUMBERS, numbers)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (compressed, "compressed"), (doubled, "twice"), (unknown, "../../evil.py"), (linked, "link"),
        (missing, "1 entries"), (one_too_many, "3 entries"), (zipped_anew, "differs from what the course writes"),
    ],
)  # fmt: skip
def test_another_zip_is_refused_by_what_is_wrong_with_it(whole, tmp_path, change, words):
    assert words in refusal(rezipped(tmp_path / "other.imgrec", whole, change))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda one: one.update(format="pickle"), "format"),
        (lambda one: one.update(version=2), "update the course"),
        (lambda one: one.update(version=True), "version True"),
        (lambda one: one.update(code="print()"), "more than them"),
        (lambda one: one["description"].pop("side"), "side"),
        (lambda one: one["description"].update(hook="x"), "hook"),
        (lambda one: one["description"].update(side=10**9), "1000000000"),
        (lambda one: one["description"].update(side=17), "18 to 512"),
        (lambda one: one["description"].update(side=True), "its side is True"),
        (lambda one: one["description"].update(network="applications.os.system"), "its network"),
        (lambda one: one["description"].update(network="applications.MobilNetV2"), "MobileNetV2"),
        (lambda one: one["description"].update(network="efficientnet_lite0", side=96), "efficientnet_lite0"),
        (lambda one: one["description"].update(class_names="ab"), "list"),
        (lambda one: one["description"].update(class_names=["cat", "cat"]), "twice"),
        (lambda one: one["description"].update(class_names=["cat", "\x1b[31m"]), "cannot be shown"),
        (lambda one: one["description"].update(class_names=["cat", "\ud800"]), "cannot be shown"),
        (lambda one: one["description"].update(class_names=["cat", "x" * 101]), "100 letters"),
        (lambda one: one["description"].update(class_names=["cat", 7]), "its class name"),
        (lambda one: one["description"].update(class_names=["a", "b", "c"]), "head_dense/kernel"),
        (lambda one: one["description"].update(class_names=[str(n) for n in range(1001)]), "1000"),
        (lambda one: one["description"].update(temperature=0), "temperature"),
        (lambda one: one["description"].update(threshold=1.5), "threshold"),
        (lambda one: one["description"].update(trained_on={"digests": [{}]}), "trained_on"),
        (lambda one: one["description"].update(scores={"accuracy": "<script>"}), "scores"),
        (lambda one: one["description"].update(scores={"note": 1e300}), "finite"),
        (lambda one: one["description"].update(scores={"note": [[[[[[[[[1]]]]]]]]]}), "deep"),
        (lambda one: one["description"].update(scores={"note": "x" * 1001}), "too long"),
        (lambda one: one["description"].update(scores={"note": "\x1b[2J"}), "cannot be shown"),
        (lambda one: one["description"].update(fine_tuned="yes"), "fine_tuned"),
        (lambda one: one["weights"]["arrays"].reverse(), "their order"),
        (lambda one: one["weights"]["arrays"].pop(), "head_dense/bias"),
        (lambda one: one["weights"]["arrays"].append(one["weights"]["arrays"][0]), "two arrays of one name"),
        (lambda one: one["weights"].update(arrays=[["a", [1]]] * 2001), "2,000"),
        (lambda one: one["weights"].update(arrays=[["a", [10**9, 10**9]]]), "bytes"),
        (lambda one: one["weights"].update(arrays=[["a", [-1]]]), "names, each with its shape"),
        (lambda one: one["weights"].update(sha256="0" * 64), "not those that it was written with"),
    ],
)  # fmt: skip
def test_a_lie_with_right_checksums_is_refused(whole, tmp_path, change, words):
    assert words in refusal(tmp_path / "lie.imgrec", resealed(whole, change))


@pytest.mark.parametrize("text", [
    b"[" * 100_000, b'{"a":' * 90_000, b"null", b"\xff\xfe", b'{"format": NaN}', b"1" * 5_000, b'{"a": 1, "a": 2}',
    b"[" + b"{}," * 90_000 + b"{}]", b'{"format": 1e999}', b" " * 4_000_001,
], ids=lambda text: repr(text[:8]))  # fmt: skip
def test_json_that_is_none_or_too_much_is_refused(whole, tmp_path, text):
    refusal(tmp_path / "json.imgrec", packed(text, parts(whole)[1]))


def test_json_that_says_something_twice_is_refused(whole, tmp_path):
    words, numbers = parts(whole)
    text = json.dumps(words).replace('"side": 22', '"side": 99, "side": 22').encode()
    assert "twice" in refusal(tmp_path / "twice.imgrec", packed(text, numbers))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_numbers_are_neither_read_nor_written(whole, tmp_path, bad):
    recogniser = made()
    recogniser.weights["dense/bias"][3] = bad
    with pytest.raises(RecogniserError, match="dense/bias"):
        recogniser.save(tmp_path / "nan.imgrec")
    assert not list(tmp_path.iterdir())
    words, _ = parts(whole)
    numbers = b"".join(array.tobytes() for array in recogniser.weights.values())
    words["weights"]["sha256"] = hashlib.sha256(numbers).hexdigest()
    assert "dense/bias" in refusal(tmp_path / "nan.imgrec", packed(json.dumps(words).encode(), numbers))


def test_a_class_name_that_no_file_may_hold_is_not_written(tmp_path):
    with pytest.raises(RecogniserError, match="cannot be written"):
        dataclasses.replace(made(), description=described(class_names=("a", "b\n"))).save(tmp_path / "no.imgrec")
    assert not list(tmp_path.iterdir())


def test_what_stood_there_stays_where_writing_fails(whole, tmp_path, monkeypatch):
    path = tmp_path / "pets.imgrec"
    path.write_bytes(b"before")
    monkeypatch.setattr(os, "fsync", lambda number: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        made().save(path)
    assert [one.name for one in tmp_path.iterdir()] == ["pets.imgrec"] and path.read_bytes() == b"before"


def test_no_file_a_folder_and_a_pipe_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.imgrec")
    assert "No such file" in refusal(tmp_path / "none.imgrec")
    assert "not a file" in refusal(tmp_path / "pipe.imgrec")
    assert "not a file" in refusal(tmp_path)
    assert "begins with" in refusal(tmp_path / "photo.imgrec", b"\xff\xd8\xff\xe0 a photograph")
    assert "begins with" in refusal(tmp_path / "empty.imgrec", b"")


def test_a_huge_claim_takes_no_memory_and_opening_loads_no_tensorflow(whole, tmp_path):
    def claims(words: dict[str, Any]) -> None:
        words["description"]["network"] = "applications.VGG16"
        words["description"]["side"] = 64
        words["weights"]["arrays"] = [[str(number), [100_000_000 // 4]] for number in range(10)]

    huge = tmp_path / "huge.imgrec"
    huge.write_bytes(resealed(whole, claims))
    program = (
        "import sys; from imgrec_lib.recogniser import Recogniser\n"
        "try: Recogniser.open(sys.argv[1])\n"
        "except ValueError as error: print(error)\n"
        "Recogniser.open(sys.argv[2]); print(sorted({'tensorflow', 'keras', 'onnx', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(huge), str(whole)],
        capture_output=True, text=True, timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (300_000_000, 300_000_000)),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "damaged" in done.stdout and done.stdout.endswith("[]\n")
