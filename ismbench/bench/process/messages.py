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
        self._searched = 0

    def feed(self, data: bytes) -> Iterator[Message]:
        """Takes the next bytes of the stream and yields the messages that they complete.

        No byte is searched more than a few times, whatever the stream holds.
        """
        self._buffer += data
        # Text holds no separator, so a message starts at the last one before its end: the others were cut off.
        while (end := self._buffer.find(_END, self._searched)) >= 0:
            start = self._buffer.rfind(_START, 0, end)
            message = None if start < 0 else self._parse(bytes(self._buffer[start + 1 : end]))
            del self._buffer[: end + 1]
            self.garbage += start if message is not None else end + 1
            self._searched = 0
            if message is not None:
                yield message
        self._forget_what_cannot_become_a_message()

    def _forget_what_cannot_become_a_message(self) -> None:
        start = self._buffer.rfind(_START, self._searched)
        cut = start if start >= 0 else 0 if self._buffer.startswith(_START) else len(self._buffer)
        if len(self._buffer) - cut > MAX_MESSAGE:
            cut = len(self._buffer)
        self.garbage += cut
        del self._buffer[:cut]
        self._searched = len(self._buffer)

    def _parse(self, text: bytes) -> Message | None:
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            return None
        if not isinstance(message, dict) or message.get("token") != self.token:
            return None
        return message if isinstance(message.get("kind"), str) else None


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    if isinstance(value, float) and not (abs(value) < float("inf")):
        return None
    return value
