"""The fence that the smoke experiment runs behind holds."""

import sys
from pathlib import Path

from tests.offline import run_offline

TRY = """
import socket, subprocess, sys
for family, address in ((socket.AF_INET, ("192.0.2.1", 80)), (socket.AF_INET6, ("2001:db8::1", 80, 0, 0))):
    try:
        socket.socket(family).connect(address)
    except OSError as error:
        print(error)
if len(sys.argv) == 1:
    subprocess.run([sys.executable, __file__, "child"])
"""


def test_every_attempt_is_refused_and_written_down(tmp_path: Path) -> None:
    program = tmp_path / "try.py"
    program.write_text(TRY)
    done, attempts = run_offline([sys.executable, str(program)], tmp_path, {}, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("the network is forbidden") == 4
    assert attempts.count("192.0.2.1") == 2
    assert attempts.count("'child'") == 2
