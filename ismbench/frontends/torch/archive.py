"""``.pt2`` files: read only where nothing in them runs code of its own.

``torch.export.load`` unpickles what a file asks it to, evaluates its symbolic sizes as Python, and takes any function
of torch as an operation. So the file is read as data first.
"""

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch._export.serde.schema import SCHEMA_VERSION  # not public, and the only place that says it

from ismbench.errors import InputError
from ismbench.frontends.torch.export import one_line
from ismbench.model_forms import is_whole_zip

__all__ = ["load_program"]

_MOST_JSON = 256 * 2**20
_FOLDERS = ("models", "data", "extra", ".data")
_FILES = ("archive_format", "archive_version", "byteorder", "version")
_TARGET = re.compile(
    r"torch\.ops\.(aten|higher_order)\.\w+(\.\w+)?|torch\.sym_(int|float|max|min|not|ite|sum)"
    r"|_operator\.(getitem|add|sub|mul|floordiv|truediv|mod|pow|neg|eq|ne|lt|le|gt|ge|and_|or_|not_)"
    r"|math\.(ceil|floor|trunc|sqrt)"
)
_SYMBOL = re.compile(r"Symbol\('[a-z]+\d*'(, [a-z]+=(True|False))*\)")
_EXPRESSION = re.compile(
    r"(?:\s|[-+*/%(),<>=]|\d+(?:\.\d+)?|[a-z]{1,2}\d+|"
    r"(?:Add|Mul|Pow|Max|Min|Mod|Eq|Ne|Lt|Le|Gt|Ge|Integer|FloorDiv|PythonMod|CleanDiv|CeilDiv)\b)*"
)


def load_program(path: Path) -> Any:
    """The exported program of a file that ``torch.export.save`` wrote.

    Args:
        path: The file.

    Raises:
        InputError: It is something else, damaged, of another version of torch, or would run code of its own.
    """
    path = Path(path)
    if not is_whole_zip(path):
        raise InputError(f"{_RULE} Received: {path}, which is damaged or no such file")
    try:
        with zipfile.ZipFile(path) as archive:
            _check(archive, path)
        program = torch.export.load(path)
    except InputError:
        raise
    except Exception as error:  # the readers of zip, JSON and torch raise whatever they raise
        raise InputError(
            f"{_RULE} Received: {path}, which torch {torch.__version__} cannot read: {one_line(error)}"
        ) from error
    program._guards_code = []  # Python source from the file; it is compiled where it is kept
    return program


_RULE = "A .pt2 file must be what torch.export.save writes."


def _check(archive: zipfile.ZipFile, path: Path) -> None:
    files = _files(archive, path)
    model = next((name for name in files if name.startswith("models/")), None)
    if model is None:
        raise InputError(f"{_RULE} Received: {path}, {_kind(set(files))}")
    program = _json(archive, files[model])
    wanted = SCHEMA_VERSION[0]
    found = program.get("schema_version", {}).get("major")
    if found != wanted:
        raise InputError(
            f"A .pt2 file must be of this torch's format ({torch.__version__}, schema {wanted}). Received: {path},"
            f" written by torch {program.get('torch_version')}, schema {found}; export the module again"
        )
    code = next(_code(program), None) or next(_pickles(archive, files), None)
    if code is not None:
        raise InputError(f"A .pt2 file must hold no code of its own. Received: {path} with {code}")


def _files(archive: zipfile.ZipFile, path: Path) -> dict[str, str]:
    """Names below the archive's only folder."""
    names = archive.namelist()
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice or len({name.partition("/")[0] for name in names}) != 1:
        raise InputError(f"{_RULE} Received: {path}, {_kind(set(names))}")
    return {name.partition("/")[2]: name for name in names}


def _kind(names: set[str]) -> str:
    last = {name.rpartition("/")[2] for name in names}
    if "serialized_exported_program.json" in last:
        return "written by an older torch; export the module again"
    if "constants.pkl" in last:
        return "a TorchScript file; export the module with torch.export"
    if "data.pkl" in last:
        return (
            "a pickle of torch.save, which runs code when it is read; build the module in Python,"
            " load its state dict with weights_only=True, and call ismbench.from_torch"
        )
    return "another zip archive"


def _json(archive: zipfile.ZipFile, name: str) -> Any:
    with archive.open(name) as file:
        return json.loads(file.read(_MOST_JSON))


def _code(program: Any) -> Iterator[str]:
    """Operations and sizes that are more than operations and sizes."""
    waiting = [program]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            target, expression = here.get("target"), here.get("expr_str")
            if isinstance(target, str) and "inputs" in here and not _TARGET.fullmatch(target):
                yield f"the operation {target!r}"[:200]
            if expression is not None and not _is_size(expression):
                yield f"the size {expression!r}"[:200]
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)


def _is_size(expression: Any) -> bool:
    return isinstance(expression, str) and bool(_EXPRESSION.fullmatch(_SYMBOL.sub("s0", expression)))


def _pickles(archive: zipfile.ZipFile, files: dict[str, str]) -> Iterator[str]:
    """What would be unpickled."""
    for short, name in files.items():
        folder = short.partition("/")[0]
        if folder not in _FOLDERS and short not in _FILES:
            yield f"the file {short!r}"
        elif short.endswith("_config.json"):
            for key, payload in _json(archive, name).get("config", {}).items():
                if payload.get("use_pickle") or str(payload.get("path_name", "")).startswith(
                    ("custom", "opaque")
                ):
                    yield f"a pickle for {key!r}"[:200]
        elif short.startswith("data/") and short.endswith(".pt"):
            try:
                torch.load(io.BytesIO(archive.read(name)), weights_only=True)
            except Exception:
                yield f"a pickle in {short!r}"
