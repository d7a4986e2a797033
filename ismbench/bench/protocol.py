"""What a worker says to its parent: one JSON object a message, framed so that garbage around it does no harm.

The frame is that of JSON text sequences (RFC 7464): a record separator, the text, a newline. Whatever a
library, a child process or a broken worker writes between frames is skipped and counted.
"""

import json
import os
from collections.abc import Iterator
from typing import Any

__all__ = ["Decoder", "Message", "encode", "send"]

Message = dict[str, Any]
_START, _END = b"\x1e", b"\n"
MAX_MESSAGE = 64 * 2**20


def encode(message: Message) -> bytes:
    """Frames a message; values that are not finite become null."""
    text = json.dumps(_finite(message), allow_nan=False, separators=(",", ":"))
    return _START + text.encode() + _END


def send(descriptor: int, message: Message) -> None:
    """Writes a message to a pipe, all of it."""
    data = memoryview(encode(message))
    while data:
        data = data[os.write(descriptor, data) :]


class Decoder:
    """Turns pieces of a byte stream into messages.

    Attributes:
        token: Only messages whose "token" is this one are taken.
        garbage: Bytes that were no message.
    """

    def __init__(self, token: str) -> None:
        self.token = token
        self.garbage = 0
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """Takes the next bytes of the stream and yields the messages that they complete."""
        self._buffer += data
        while True:
            start = self._buffer.find(_START)
            if start < 0:
                self._drop(len(self._buffer))
                return
            self._drop(start)
            end = self._buffer.find(_END)
            again = self._buffer.find(_START, 1, end if end >= 0 else len(self._buffer))
            if again > 0:  # a message that was cut off by another
                self._drop(again)
                continue
            if end < 0:
                if len(self._buffer) > MAX_MESSAGE:
                    self._drop(len(self._buffer))
                return
            message = self._parse(bytes(self._buffer[1:end]))
            if message is None:
                self._drop(end + 1)
            else:
                del self._buffer[: end + 1]
                yield message

    def _parse(self, text: bytes) -> Message | None:
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            return None
        if not isinstance(message, dict) or message.get("token") != self.token:
            return None
        return message if isinstance(message.get("kind"), str) else None

    def _drop(self, count: int) -> None:
        self.garbage += count
        del self._buffer[:count]


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    if isinstance(value, float) and not (abs(value) < float("inf")):
        return None
    return value
