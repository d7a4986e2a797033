"""What is set in the environment is part of the machine's state."""

import pytest

from ismbench.bench.machine.machine import machine_record


def test_variables_of_threads_and_linear_algebra_are_recorded_and_hashed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = machine_record("cpu")
    for name, value in {"HOME_NUM": "1", "THREADS": "2", "MKLROOT": "/opt"}.items():
        monkeypatch.setenv(name, value)
    assert machine_record("cpu") == before
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "MKL_DYNAMIC", "OPENBLAS_CORETYPE"):
        with monkeypatch.context() as patch:
            patch.setenv(name, "7")
            found = machine_record("cpu")
        assert found["machine_settings"] == {**before["machine_settings"], name: "7"}
        assert found["machine_id"] != before["machine_id"]
        changed = {name for name, value in found.items() if value != before[name]}
        assert changed == {"machine_settings", "machine_id", "machine_state"}
