"""The lock of a device: one for each user and device, wherever temporary files go."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ismbench.bench.machine.device_lock import FOLDER, device_lock, lock_file
from ismbench.errors import InputError


def test_runs_on_one_device_take_turns_whatever_their_temporary_folder(tmp_path: Path, root: Path) -> None:
    said: list[str] = []
    with device_lock("cpu", lambda: said.append("waits")), device_lock("gpu", lambda: said.append("waits")):
        code = (
            "import sys; from ismbench.bench.machine.device_lock import device_lock\n"
            "with device_lock('cpu', lambda: print('waits', flush=True)): print('has it', flush=True)"
        )
        variables = {**os.environ, "TMPDIR": str(tmp_path), "LOGNAME": "another", "USER": "another"}
        other = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=root, env=variables
        )
        assert other.stdout is not None
        assert other.stdout.readline() == "waits\n"
    assert other.communicate()[0] == "has it\n"
    assert said == []


def test_users_and_devices_have_locks_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER)
    found = set()
    for user in (1, 2):
        monkeypatch.setattr(os, "getuid", lambda user=user: user)
        found |= {lock_file(device) for device in ("cpu", "gpu")}
    assert len(found) == 4


def test_a_folder_that_cannot_be_used_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(FOLDER, str(tmp_path / "file"))
    with (
        pytest.raises(InputError, match=f"must be writable; name another with {FOLDER}"),
        device_lock("cpu", lambda: None),
    ):
        pass
