"""Runs a command with the network forbidden twice: by the kernel where that is permitted, and within Python."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.faults.permits import without_network

_LOG = "ISMBENCH_TEST_NETWORK"

# Read by every Python process of the command as it starts. Each attempt is written down, for libraries may try,
# fail and keep silent.
_SITE = f"""
import os, sys

def _refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        address = arguments[-1] if event in ("socket.connect", "socket.sendto") else arguments[0]
        if isinstance(address, (str, bytes)) and event in ("socket.connect", "socket.sendto"):
            return  # a socket of this machine, which is a file
        with open(os.environ["{_LOG}"], "a") as log:
            log.write(f"{{event}} {{arguments[1:]}} by {{sys.argv}}\\n")
        raise OSError(f"the network is forbidden: {{event}}")

sys.addaudithook(_refuse)
"""


def run_offline(
    command: Sequence[str], folder: Path, env: dict[str, str], cwd: Path
) -> tuple["subprocess.CompletedProcess[str]", str]:
    """Runs a command without a network.

    Args:
        command: To run.
        folder: For what this needs itself.
        env: Variables to set.
        cwd: Where to run it.

    Returns:
        What came of it, and every attempt to reach a network, one a line.
    """
    site, log = folder / "site", folder / "network.log"
    site.mkdir()
    (site / "sitecustomize.py").write_text(_SITE)
    log.write_text("")
    path = os.pathsep.join(filter(None, [str(site), env.get("PYTHONPATH")]))
    done = subprocess.run(
        [*without_network(), *command],
        env={**os.environ, **env, "PYTHONPATH": path, _LOG: str(log)},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    return done, log.read_text()
