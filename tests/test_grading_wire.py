"""What a worker says is a value or a `WireError`: values come as they went, and whatever else comes does no harm."""

import json
import math
import random
import resource
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from imgrec_lib.grading import messages, wire
from imgrec_lib.grading.messages import LENGTHS, Closed, receive, send
from imgrec_lib.grading.wire import Reader, WireError, Writer

NUMBERS = [0, -1, 2**70, 10**3000, True, False, 0.1, -0.0, math.inf, -math.inf, 2**-1074, 1 + 2j]
TEXTS = ["", "a", "Größe ∞ 🙂", "two\nlines", "nul\0", '"quoted"']
PLAIN = [None, ..., slice(1, None, 2), slice(None), *NUMBERS, *TEXTS]
DTYPES = ["?", "u1", "i2", "<i8", ">i4", "f2", "<f4", ">f8", "c8", "c16", "S3", "<U2", ">U2"]
SHAPES = [(), (0,), (3,), (0, 4), (2, 1, 3), (1,) * 32]


def refuse(value: Any) -> Any:
    raise WireError(f"foreign: {value!r}"[:80])


def over(value: Any) -> Any:
    """A value as it arrives at the other side."""
    writer = Writer(refuse)
    node = json.loads(json.dumps(writer.node(value)))
    return Reader(bytes(writer.body), refuse).value(node)


def read(node: Any, body: bytes = b"") -> Any:
    return Reader(body, refuse).value(json.loads(json.dumps(node)))


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray | np.generic):
        same = type(one) is type(other) and one.dtype == other.dtype and one.shape == other.shape
        return same and one.tobytes() == other.tobytes()
    if isinstance(one, list | tuple):
        return type(one) is type(other) and len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict):
        return type(other) is dict and [*one] == [*other] and all(alike(one[key], other[key]) for key in one)
    return type(one) is type(other) and repr(one) == repr(other)


def array(chance: random.Random) -> np.ndarray:
    dtype, shape = np.dtype(chance.choice(DTYPES)), chance.choice(SHAPES)
    numbers = np.random.default_rng(chance.randrange(1000)).integers(0, 2, shape)
    return np.asfortranarray(numbers.astype(dtype)) if chance.random() < 0.5 else numbers.astype(dtype)


def drawn(chance: random.Random, depth: int = 0) -> Any:
    """A value of any kind that goes over the wire."""
    kind = chance.randrange(7 if depth < 4 else 4)
    if kind < 2:
        return chance.choice(PLAIN)
    if kind < 4:
        made = array(chance)
        return made.reshape(-1)[0] if made.size and chance.random() < 0.3 else made
    items = [drawn(chance, depth + 1) for _ in range(chance.randrange(4))]
    if kind == 6:
        return {chance.choice([*TEXTS, 1, 2.5, (1, "a"), None]): item for item in items}
    return items if kind == 4 else tuple(items)


@pytest.mark.parametrize("seed", range(60))
def test_any_value_arrives_as_it_went(seed: int) -> None:
    value = [drawn(random.Random(100 * seed + number)) for number in range(20)]
    assert alike(value, over(value))


@pytest.mark.parametrize("value", [math.nan, complex(math.nan, 1), np.float32("nan"), np.array([math.nan])])
def test_what_is_no_number_arrives_as_that(value: Any) -> None:
    assert type(over(value)) is type(value) and np.isnan(over(value)).all()


class Text(str):
    pass


class Count(int):
    pass


OWN_CLASSES = [(Text("a"), "a"), (Count(3), 3), (np.ma.masked_array([1], [0]), np.array([1]))]


@pytest.mark.parametrize(("value", "plain"), OWN_CLASSES)
def test_a_value_of_a_class_of_its_own_arrives_as_the_plain_one(value: Any, plain: Any) -> None:
    assert alike(plain, over(value))


def test_an_array_that_arrived_can_be_written_and_is_apart_from_the_message() -> None:
    writer, body = Writer(refuse), bytearray(b"")
    node = writer.node([np.zeros(3), np.zeros(3)])
    body[:] = writer.body
    first, second = Reader(body, refuse).value(node)
    first[:] = 1
    assert second.sum() == 0 and not any(body)


def test_an_array_of_objects_arrives_empty_with_its_shape() -> None:
    found = over(np.array([[object(), None]], dtype=object))
    assert found.dtype == object and found.shape == (1, 2) and found[0, 0] is None


STRANGE = [object(), {1, 2}, b"bytes", 10**5000, np.datetime64("2020"), range(3), np.void(b"a")]


@pytest.mark.parametrize("value", STRANGE, ids=lambda value: type(value).__name__)
def test_what_is_no_plain_value_is_given_to_the_one_who_knows(value: Any) -> None:
    seen = []
    Writer(lambda one: seen.append(one) or {"object": 0}).node([value])
    assert len(seen) == 1 and seen[0] is value


def test_a_generator_goes_on_where_it_was_and_is_one_in_all_places() -> None:
    generator = np.random.default_rng(5)
    generator.random(3)
    wanted = np.random.default_rng(5).random(5)[3:]
    one, other = over([generator, generator])
    assert one is other
    assert alike(one.random(2), wanted)


@pytest.mark.parametrize("kind", [np.random.PCG64, np.random.PCG64DXSM, np.random.SFC64])
def test_generators_of_safe_kinds_are_taken(kind: Any) -> None:
    generator = np.random.Generator(kind(1))
    assert alike(over(generator).random(4), np.random.Generator(kind(1)).random(4))


@pytest.mark.parametrize("kind", [np.random.MT19937, np.random.Philox])
def test_generators_whose_state_could_point_anywhere_are_not(kind: Any) -> None:
    generator = np.random.Generator(kind(1))
    with pytest.raises(WireError, match="default_rng"):
        over(generator)
    with pytest.raises(WireError):
        wire.set_state(generator, generator.bit_generator.state)
    with pytest.raises(WireError, match="kind"):
        read({"generator": 0, "state": wire.plain_state(generator)})


def test_a_value_nested_too_deep_is_refused_on_both_sides() -> None:
    value: Any = []
    for _ in range(wire.DEEPEST + 1):
        value = [value]
    with pytest.raises(WireError, match="deep"):
        Writer(refuse).node(value)
    node: Any = None
    for _ in range(wire.DEEPEST + 5):
        node = {"list": [node]}
    with pytest.raises(WireError, match="deep"):
        read(node)


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(WireError, match="deep"):
        Writer(refuse).node(value)


def test_an_array_too_large_to_be_looked_at_is_refused_before_it_is_copied() -> None:
    with pytest.raises(WireError, match="too large"):
        Writer(refuse).node(np.broadcast_to(np.float64(0), (100_000, 100_000)))


STATE = wire.plain_state(np.random.default_rng(0))
CROOKED: list[Any] = [
    [], {}, {"list": 3}, {"list": None}, {"tuple": {"a": 1}}, {"slice": []}, {"slice": [1, 2, 3, 4]}, {"complex": [1]},
    {"complex": ["a", 2]}, {"complex": [{"list": []}, 2]}, {"dict": 1}, {"dict": [1]}, {"dict": [[1]]},
    {"dict": [[1, 2, 3]]}, {"dict": [[{"list": []}, 1]]}, {"dict": [[{"dict": []}, 1]]}, {"dict": [[{"dots": 1}]]},
    {"unknown": 1}, {"value": 1}, {"__init__": 1}, {"_items": []}, {"body": 1}, {"": 1}, {"object": 0},
    {"array": None}, {"array": []}, {"array": ["<f4", [1], 0]}, {"array": [4, [1], 0, 4]}, {"array": ["<f4", 1, 0, 4]},
    {"array": ["<f4", [1], 0, 8]}, {"array": ["<f4", [1], -4, 4]}, {"array": ["<f4", [1], 13, 4]},
    {"array": ["<f4", [1], 0.0, 4]}, {"array": ["<f4", [1], 0, 4.0]}, {"array": ["<f4", [1], True, 4]},
    {"array": ["<f4", [1.0], 0, 4]}, {"array": ["<f4", [True], 0, 4]}, {"array": ["<f4", [-1], 0, -4]},
    {"array": ["<f4", [-1, -1], 0, 4]}, {"array": ["<f4", ["1"], 0, 4]}, {"array": ["<f4", [1] * 33, 0, 4]},
    {"array": ["<f4", [0, 10**30], 0, 0]}, {"array": ["<f4", [0, 2**62, 2**62], 0, 0]},
    {"array": ["U0", [3], 0, 0]}, {"array": ["S0", [3], 0, 0]}, {"array": ["V0", [9**15], 0, 0]},
    {"array": ["O", [1], 0, 8]},
    {"array": ["|O", [0], 0, 0]}, {"array": ["V4", [1], 0, 4]}, {"array": ["M8[s]", [1], 0, 8]},
    {"array": ["f4,f4", [1], 0, 8]}, {"array": ["(2,)f4", [1], 0, 8]}, {"array": ["f4" * 9, [1], 0, 4]},
    {"array": ["", [1], 0, 8]}, {"array": ["(", [1], 0, 8]}, {"array": ["{", [1], 0, 8]},
    {"array": ["\ud800", [1], 0, 8]},
    {"array": ["S9999999999", [1], 0, 8]}, {"array": ["T", [1], 0, 16]}, {"array": ["<U4", [1], 0, 16]},
    {"scalar": ["<f4", [1], 0, 4]}, {"scalar": ["<U1", [], 0, 4]}, {"scalar": None},
    {"objects": 3}, {"objects": [-1]}, {"objects": [10**9]}, {"objects": [1] * 33}, {"objects": [0, 10**30]},
    {"generator": 0}, {"generator": 0, "state": None}, {"generator": 0, "state": {}}, {"generator": [], "state": STATE},
    {"generator": 0, "state": {"bit_generator": "test"}}, {"generator": 0, "state": {"bit_generator": "RandomState"}},
    {"generator": 0, "state": {"bit_generator": "__class__"}}, {"generator": 0, "state": {"bit_generator": 3}},
    {"generator": 0, "state": {"bit_generator": ["PCG64"]}}, {"generator": 0, "state": {"bit_generator": "PCG64"}},
    {"generator": 0, "state": STATE | {"state": {"state": -1, "inc": 3}}},
    {"generator": 0, "state": STATE | {"state": 7}},
    {"generator": 0, "state": STATE | {"state": {"state": 2**200, "inc": "x"}}},
    {"generator": 0, "state": STATE | {"uinteger": "a lot"}}, {"generator": 0, "state": STATE | {"has_uint32": None}},
]  # fmt: skip


@pytest.mark.parametrize("node", CROOKED, ids=lambda node: ascii(node)[:60])
def test_what_is_no_value_is_said_to_be_none(node: Any) -> None:
    for whole in (node, {"list": [1, node]}, {"dict": [["key", node]]}):
        with pytest.raises(WireError):
            read(whole, b"\xff" * 16)


def test_a_state_that_is_none_leaves_a_wire_error() -> None:
    for state in (None, 3, [], {}, {"bit_generator": "MT19937"}, STATE | {"state": {}}, STATE | {"bit_generator": []}):
        with pytest.raises(WireError):
            wire.set_state(np.random.default_rng(0), state)


def test_what_the_others_make_of_a_node_is_a_wire_error_too() -> None:
    for error in wire.UNREADABLE:

        def fail(node: Any, error: type[Exception] = error) -> Any:
            raise error("something")

        with pytest.raises(WireError):
            Reader(b"", fail).value({"list": [{"foreign": 1}]})


def mangled(node: Any, chance: random.Random) -> Any:
    """The node with one place in it exchanged."""
    odd = [None, -1, 0, 3, 2**64, 1.5, "", "x", "O", "<U9", [], {}, [1], {"list": [1]}, {"array": []}, True, "\udfff"]
    if not isinstance(node, dict | list) or not node or chance.random() < 0.15:
        return chance.choice(odd)
    if isinstance(node, list):
        place = chance.randrange(len(node))
        return [mangled(one, chance) if at == place else one for at, one in enumerate(node)]
    key = chance.choice([*node])
    if chance.random() < 0.2:
        return {chance.choice([*wire.READ, "object"]): one for one in node.values()}
    return node | {key: mangled(node[key], chance)}


def test_a_message_damaged_at_random_is_a_value_or_a_wire_error() -> None:
    chance, refused = random.Random(7), 0
    for _ in range(4000):
        writer = Writer(refuse)
        node = writer.node([drawn(chance), np.random.default_rng(1), array(chance)])
        for _ in range(chance.randrange(1, 4)):
            node = mangled(node, chance)
        try:
            read(node, bytes(writer.body)[: chance.choice([None, 3])])
        except WireError:
            refused += 1
    assert 1000 < refused < 4000


def test_the_bytes_of_a_message_are_given_out_once() -> None:
    node = {"list": [{"array": ["|u1", [1000], 0, 1000]}] * 2}
    with pytest.raises(WireError, match="large"):
        read(node, bytes(1000))


def test_a_short_message_takes_little_memory() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    many = {"list": [{"array": ["|u1", [10**6], 0, 10**6]}] * 2000}
    with pytest.raises(WireError):
        read(many, bytes(10**6))
    with pytest.raises(WireError):
        read({"list": [{"objects": [900_000]}] * 2000})
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_keys_that_collide_do_not_keep_the_judge_busy() -> None:
    keys = [[number * (2**61 - 1), None] for number in range(100_000)]
    began = time.thread_time()
    for node in ({"dict": keys}, {"list": [{"dict": keys[:500]}] * 20}):
        with pytest.raises(WireError, match="keys"):
            Reader(b"", refuse).value(node)
    assert time.thread_time() - began < 3


def test_half_characters_are_taken_out() -> None:
    assert read({"list": ["a\ud800b", {"dict": [["\udfff", 1]]}]}) == ["a?b", {"?": 1}]
    half = np.array([0xD800], np.uint32).tobytes()
    with pytest.raises(WireError):
        read({"scalar": ["<U1", [], 0, 4]}, half)
    assert read({"scalar": [">U1", [], 0, 4]}, b"\0\0\0a") == "a"


def test_truths_are_0_or_1_whatever_their_bytes_are() -> None:
    found = read({"array": ["|b1", [4], 0, 4]}, b"\x00\x01\x02\xff")
    assert found.dtype == bool and found.tobytes() == b"\x00\x01\x01\x01"


# Messages


@pytest.fixture
def pair() -> Any:
    one, other = socket.socketpair()
    with one, other:
        yield one, other


def soon(seconds: float = 2.0) -> float:
    return time.monotonic() + seconds


def in_a_thread(work: Callable[[], Any]) -> None:
    threading.Thread(target=work, daemon=True).start()


def test_a_message_arrives_as_it_went(pair: Any) -> None:
    one, other = pair
    body = bytes(range(256)) * 4000
    in_a_thread(lambda: (send(one, {"ä": [1, None]}, body), send(one, {})))
    assert receive(other, soon()) == ({"ä": [1, None]}, body)
    assert receive(other, soon()) == ({}, b"")


@pytest.mark.parametrize(
    "data",
    [
        LENGTHS.pack(2**63, 0), LENGTHS.pack(0, 2**64 - 1), LENGTHS.pack(messages.LARGEST_HEADER + 1, 0),
        LENGTHS.pack(2, wire.LARGEST_BODY + 1) + b"{}", LENGTHS.pack(0, 0), LENGTHS.pack(2, 0) + b"[]",
        LENGTHS.pack(1, 0) + b"3", LENGTHS.pack(4, 0) + b"null", LENGTHS.pack(4, 0) + b"{} x",
        LENGTHS.pack(2, 0) + b"\xff\xfe", LENGTHS.pack(100_000, 0) + b"[" * 100_000,
        LENGTHS.pack(500_000, 0) + b'{"a":' * 100_000, LENGTHS.pack(5000, 0) + b"1" * 5000,
    ],
    ids=lambda data: ascii(data[:24]),
)  # fmt: skip
def test_what_is_no_message_is_a_wire_error(pair: Any, data: bytes) -> None:
    one, other = pair
    in_a_thread(lambda: one.sendall(data))
    with pytest.raises(WireError):
        receive(other, soon())


def test_a_message_of_many_parts_is_refused_before_it_is_read(pair: Any) -> None:
    one, other = pair
    text = b'{"a":[' + b"{}," * 2_000_000 + b"1]}"
    in_a_thread(lambda: one.sendall(LENGTHS.pack(len(text), 0) + text))
    with pytest.raises(WireError, match="parts"):
        receive(other, soon(5))


def test_a_reader_may_take_less_than_the_most(pair: Any) -> None:
    one, other = pair
    send(one, {}, b"12345")
    with pytest.raises(WireError, match="larger"):
        receive(other, soon(), largest=4)


@pytest.mark.parametrize("cut", [0, 1, 8, 15, 16, 20, 30])
def test_half_a_message_and_an_end_is_closed(pair: Any, cut: int) -> None:
    one, other = pair
    one.sendall((LENGTHS.pack(10, 10) + b'{"a": 123}' + b"x" * 10)[:cut])
    one.close()
    with pytest.raises(Closed):
        receive(other, soon())


@pytest.mark.parametrize("cut", [0, 1, 16, 20, 30])
def test_half_a_message_and_silence_is_late(pair: Any, cut: int) -> None:
    one, other = pair
    one.sendall((LENGTHS.pack(10, 10) + b'{"a": 123}' + b"x" * 10)[:cut])
    with pytest.raises(TimeoutError):
        receive(other, soon(0.1))


def test_a_sender_of_one_byte_at_a_time_is_late_all_the_same(pair: Any) -> None:
    one, other = pair

    def drip() -> None:
        for byte in LENGTHS.pack(1000, 0) + b" " * 1000:
            time.sleep(0.01)
            try:
                one.sendall(bytes([byte]))
            except OSError:
                return

    in_a_thread(drip)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        receive(other, soon(0.3))
    assert time.monotonic() - began < 1


def test_nobody_to_hear_is_closed_and_nobody_who_listens_is_late(pair: Any) -> None:
    one, other = pair
    one.settimeout(0.2)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        send(one, {"a": "x" * 1_000_000}, bytes(10_000_000))
    assert time.monotonic() - began < 1
    other.close()
    with pytest.raises(Closed):
        send(one, {"a": 1})


def test_messages_of_random_bytes_raise_nothing_else() -> None:
    chance = random.Random(3)
    for _ in range(300):
        one, other = socket.socketpair()
        with one, other:
            size = chance.randrange(60)
            data = struct.pack(">QQ", size, chance.randrange(10)) + chance.randbytes(size + 10)
            one.sendall(data[: chance.randrange(len(data))])
            one.close()
            with pytest.raises((WireError, Closed, TimeoutError)):
                receive(other, soon())
                receive(other, soon())
