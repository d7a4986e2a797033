"""The parent's side of a worker: starts it, reads its messages, kills it when it hangs, says how it ended.

The worker writes messages to a pipe of its own; standard output and error go to a log file, so that no
library can disturb the channel. It leads its own process group, which is killed as a whole when the worker
has ended, however it ended, and so is what has left the group: children that it forked do not outlive it.
"""

import contextlib
import os
import secrets
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from ismbench.bench.process.jobs import Job
from ismbench.bench.process.messages import Decoder, Message
from ismbench.bench.process.out_of_memory import says_out_of_memory
from ismbench.bench.process.reaping import MARK, kill_marked
from ismbench.bench.process.short_paths import short_paths
from ismbench.errors import InputError

__all__ = ["PROGRAM", "WorkerProcess", "tail"]

PROGRAM = (sys.executable, "-m", "ismbench.bench.measure.lane_worker")
_TICK = 0.2
_LINE = 300
_MOST_LOG = 256 * 2**20


class WorkerProcess:
    """A worker process and its messages.

    Args:
        job: What it shall do; sent to its standard input as one JSON line, with a token.
        log: File that its standard output and error are appended to.
        environment: Variables to set for it.
        timeout: Seconds that may pass between two messages.
        program: Its command line, to which the descriptor of the channel is added.
    """

    def __init__(
        self,
        job: Job,
        log: Path,
        environment: Mapping[str, str],
        timeout: float,
        program: Sequence[str] = PROGRAM,
    ) -> None:
        self.timeout = timeout
        self.log = log
        self.timed_out = self.flooded = False
        self._kills = _kernel_kills()
        self._decoder, self._mark = Decoder(secrets.token_hex(8)), secrets.token_hex(8)
        reader, writer = os.pipe()
        self._reader = reader
        try:
            with _open(log) as output:
                self._log_start = output.tell()
                self.process = subprocess.Popen(
                    [*program, str(writer)],
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=output,
                    env={**os.environ, **environment, MARK: self._mark},
                    pass_fds=(writer,),
                    start_new_session=True,
                )
        finally:
            os.close(writer)
        self._tell(job.model_copy(update={"token": self._decoder.token}))

    @property
    def garbage(self) -> int:
        """Bytes on the channel that were no message."""
        return self._decoder.garbage

    def messages(self) -> Iterator[Message]:
        """Yields the worker's messages until it has ended or has been silent for too long."""
        os.set_blocking(self._reader, False)
        deadline = time.monotonic() + self.timeout
        with selectors.DefaultSelector() as selector:
            selector.register(self._reader, selectors.EVENT_READ)
            looked = time.monotonic()
            while True:
                ended = self.process.poll() is not None
                readable = selector.select(0 if ended else _TICK)
                data = self._read() if readable else b""
                for message in self._decoder.feed(data):
                    yield message
                    # Counted from now: the parent may have worked on the message for a while.
                    deadline = time.monotonic() + self.timeout
                # A child that outlives the worker may hold the pipe open, so its end is not waited for.
                if ended and not data:
                    return
                # If this process itself was stopped, the worker could not be heard meanwhile.
                looked, before = time.monotonic(), looked
                deadline += looked - before if looked - before > 10 * _TICK else 0.0
                self.timed_out = looked > deadline
                self.flooded = self.log.stat().st_size - self._log_start > _MOST_LOG
                if self.timed_out or self.flooded:
                    self.kill()
                    return

    def kill(self) -> None:
        """Kills the worker, all of its process group, and what descends from it elsewhere."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        kill_marked(self._mark)

    def ending(self) -> tuple[str, str]:
        """Status and reason of a worker that ended before it was done: timeout, oom or error."""
        if self.timed_out:
            return "timeout", f"no sign of life for {self.timeout:g} s"
        if self.flooded:
            return "error", f"the worker wrote more than {_MOST_LOG >> 20} MB to its log"
        code = self.process.wait()
        said_so = says_out_of_memory(tail(self.log, self._log_start))
        if code >= 0:
            return ("oom" if said_so else "error"), f"the worker ended early with exit code {code}"
        name = signal.Signals(-code).name if -code in signal.Signals.__members__.values() else str(-code)
        now = _kernel_kills()
        killed = -code == signal.SIGKILL and (now is None or self._kills is None or now > self._kills)
        if killed or said_so:
            return "oom", f"the worker was killed by {name}: out of memory"
        return "error", f"the worker was killed by {name}"

    def stderr_tail(self) -> str:
        """The last lines that the worker wrote to its log, with no folder of this machine in them."""
        return short_paths(tail(self.log, self._log_start))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        os.close(self._reader)
        if self.process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()

    def _read(self) -> bytes:
        try:
            return os.read(self._reader, 1 << 20)
        except BlockingIOError:
            return b""

    def _tell(self, job: Job) -> None:
        # Standard input stays open: its end tells the worker that its parent is gone.
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(job.model_dump_json().encode() + b"\n")
            self.process.stdin.flush()


def _open(log: Path) -> BinaryIO:
    try:
        return log.open("ab")
    except OSError as error:
        raise InputError(f"A results folder must be writable. Received: {log}: {error.strerror}") from None


def tail(log: Path, start: int = 0, lines: int = 40, limit: int = 4000) -> str:
    """The last lines of a log, from a byte position on, within a limit of characters.

    Long lines are cut: a crash dump ends in one that lists every extension module, and would be all there is.
    """
    try:
        with log.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(start, end - 16 * limit))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(line[:_LINE] for line in text.splitlines()[-lines:])[-limit:]


def _kernel_kills() -> int | None:
    """How many processes the kernel killed for memory since it started; None where it does not tell."""
    try:
        for line in Path("/proc/vmstat").read_text().splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    except (OSError, ValueError):
        pass
    return None
