import math
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ismbench.bench.process import messages
from ismbench.bench.process.messages import Decoder, encode, send

values = st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.lists(st.text()))
noise = st.binary(max_size=50) | st.sampled_from(
    [b"\x1e", b"\x1e{}\n", b'\x1e{"kind":"x"}\n', b"\n\n", b"\x1e{"]
)


@given(
    messages=st.lists(st.tuples(noise, values), max_size=5),
    last=noise,
    sizes=st.lists(st.integers(1, 40), min_size=1),
)
def test_messages_survive_garbage_between_them(
    messages: list[tuple[bytes, dict[str, object]]], last: bytes, sizes: list[int]
) -> None:
    sent = [{**m, "kind": "k", "token": "t"} for _, m in messages]
    stream = b"".join(g + encode(m) for (g, _), m in zip(messages, sent, strict=True)) + last
    decoder, received, position, turn = Decoder("t"), [], 0, 0
    while position < len(stream):
        size = sizes[turn % len(sizes)]
        received += decoder.feed(stream[position : position + size])
        position, turn = position + size, turn + 1
    assert received == sent


def test_another_workers_messages_are_garbage() -> None:
    decoder = Decoder("mine")
    assert list(decoder.feed(encode({"kind": "cell", "token": "yours"}))) == []
    assert decoder.garbage > 0


def test_numbers_that_json_lacks_become_null() -> None:
    message = {"kind": "k", "token": "t", "a": [math.nan, 1.0], "b": {"c": math.inf}}
    assert list(Decoder("t").feed(encode(message))) == [{**message, "a": [None, 1.0], "b": {"c": None}}]


def test_an_endless_line_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MAX_MESSAGE", 1000)
    decoder = Decoder("t")
    for _ in range(100):
        assert list(decoder.feed(b"\x1e" + b"x" * 99)) == []
    assert list(decoder.feed(encode({"kind": "k", "token": "t"}))) == [{"kind": "k", "token": "t"}]


def test_send_writes_all() -> None:
    reader, writer = os.pipe()
    send(writer, {"kind": "k", "token": "t"})
    os.close(writer)
    assert list(Decoder("t").feed(os.read(reader, 1000))) == [{"kind": "k", "token": "t"}]
    os.close(reader)


@pytest.mark.parametrize("noise", [b"\x1e", b"\n", b"x", b"\x1e{", b"\x1e\n"], ids=repr)
def test_a_flood_of_garbage_is_no_hang(noise: bytes) -> None:
    # A megabyte of separators once took a search through the rest of the stream for each of them.
    decoder, flood = Decoder("t"), noise * (2**20 // len(noise))
    assert list(decoder.feed(flood)) == []
    assert list(decoder.feed(b"\n" + encode({"kind": "k", "token": "t"}))) == [{"kind": "k", "token": "t"}]
    assert decoder.garbage == len(flood) + 1
