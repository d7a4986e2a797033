"""``.pt2`` files: opened without unpickling, and refused in one line where they are something else."""

import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch (extra: torch)")

from torch import nn  # noqa: E402

from ismbench.errors import InputError  # noqa: E402
from ismbench.frontends.torch import load_pt2  # noqa: E402
from tests.frontends.torch.equal import model_outputs, one_hot, predictions  # noqa: E402

LENGTH = 20


@pytest.fixture
def module() -> Any:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv1d(4, 8, 5), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 16, 2)).eval()


def save(module: Any, path: Path, batch: int = 2, free: bool = True) -> None:
    shapes = ({0: torch.export.Dim("batch")},) if free else None
    example = (torch.zeros(batch, 4, LENGTH),)
    torch.export.save(torch.export.export(module, example, dynamic_shapes=shapes), path)


@pytest.mark.parametrize(("batch", "free"), [(2, True), (1, False), (2, False), (3, False)])
def test_a_saved_program(module: Any, tmp_path: Path, batch: int, free: bool) -> None:
    save(module, tmp_path / "model.pt2", batch, free)
    model = load_pt2(tmp_path / "model.pt2")
    x = one_hot(5, LENGTH)
    (expected,) = predictions(module, x, torch.zeros(1, 4, LENGTH))
    np.testing.assert_allclose(model_outputs(model, x)[0], expected, atol=1e-6)


def rewritten(
    path: Path, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None
) -> None:
    """The archive with its files changed."""
    with zipfile.ZipFile(path) as archive:
        files = {name: change(name, archive.read(name)) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**files, **(extra or {})}.items():
            archive.writestr(name, content)


def test_a_free_length_is_refused(tmp_path: Path) -> None:
    module = nn.Conv1d(4, 8, 5).eval()
    shapes = ({0: torch.export.Dim("batch"), 2: torch.export.Dim("length", min=8)},)
    program = torch.export.export(module, (torch.zeros(2, 4, LENGTH),), dynamic_shapes=shapes)
    torch.export.save(program, tmp_path / "model.pt2")
    assert "length of a sequence must be fixed" in refusal(tmp_path / "model.pt2")


class Touches:
    """Leaves a trace when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (Path.touch, (self.path,))


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        load_pt2(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def _in_json(change: Callable[[dict[str, Any]], None]) -> Callable[[str, bytes], bytes]:
    def apply(name: str, content: bytes) -> bytes:
        if not name.endswith("models/model.json"):
            return content
        program = json.loads(content)
        change(program)
        return json.dumps(program).encode()

    return apply


def _other_schema(program: dict[str, Any]) -> None:
    program["schema_version"]["major"] = 1


def _other_operation(program: dict[str, Any]) -> None:
    program["graph_module"]["graph"]["nodes"][0]["target"] = "torch.hub.load"


def _code_as_size(program: dict[str, Any]) -> None:
    for value in program["graph_module"]["graph"]["tensor_values"].values():
        if "as_expr" in value["sizes"][0]:
            value["sizes"][0]["as_expr"]["expr_str"] = "__import__('os').system('true')"


CHANGED: dict[str, tuple[Any, str]] = {
    "another schema": (_other_schema, "schema 1"),
    "a function of torch": (_other_operation, "torch.hub.load"),
    "code in a size": (_code_as_size, "the size"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_changed_program_is_refused(module: Any, tmp_path: Path, name: str) -> None:
    change, expected = CHANGED[name]
    path = tmp_path / "model.pt2"
    save(module, path)
    rewritten(path, _in_json(change))
    assert expected in refusal(path)


def test_a_pickle_in_the_example_inputs_is_not_run(module: Any, tmp_path: Path) -> None:
    path, trace = tmp_path / "model.pt2", tmp_path / "trace"
    save(module, path)
    bad = pickle.dumps(Touches(trace))
    rewritten(path, lambda name, content: bad if name.endswith("sample_inputs/model.pt") else content)
    assert "pickle" in refusal(path)
    assert not trace.exists()


def test_a_pickled_constant_is_not_run(module: Any, tmp_path: Path) -> None:
    path, trace = tmp_path / "model.pt2", tmp_path / "trace"
    save(module, path)
    config = {"config": {"c": {"path_name": "opaque_obj_0", "use_pickle": True}}}

    def change(name: str, content: bytes) -> bytes:
        return json.dumps(config).encode() if name.endswith("constants_config.json") else content

    rewritten(path, change, {"model/data/constants/opaque_obj_0": pickle.dumps(Touches(trace))})
    assert "pickle" in refusal(path)
    assert not trace.exists()


@pytest.mark.parametrize("share", [0.02, 0.5, 0.97, 1])
def test_a_file_cut_anywhere_is_refused(module: Any, tmp_path: Path, share: float) -> None:
    path = tmp_path / "model.pt2"
    save(module, path)
    data = path.read_bytes()
    path.write_bytes(data[: min(int(share * len(data)), len(data) - 1)])
    assert "damaged" in refusal(path)


def test_other_files_are_told_apart(module: Any, tmp_path: Path) -> None:
    path = tmp_path / "model.pt2"
    torch.save(module, path)
    assert "state dict with weights_only=True" in refusal(path)
    torch.jit.trace(module, torch.zeros(1, 4, LENGTH)).save(str(path))
    assert "TorchScript" in refusal(path)
    assert "no such file" in refusal(tmp_path / "none.pt2")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("serialized_exported_program.json", "{}")
        archive.writestr("version", "5.1")
    assert "older torch" in refusal(path)
