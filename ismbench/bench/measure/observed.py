"""What some code reads: files, modules, folders, variables. Its result depends on them, as seen while it runs."""

import os
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from types import FrameType
from typing import Any
from unittest.mock import patch

from ismbench import digest
from ismbench.installed import is_installed

__all__ = ["Observed", "observe"]

_READERS = (("h5py", "File"), ("tensorflow.python.lib.io.file_io", "FileIO"))
"""Classes that open files in C, past Python: the first argument is the file's name."""
_STANDARD_LIBRARY = sysconfig.get_paths()["stdlib"]
_PACKAGE = str(Path(__file__).resolve().parents[2]) + os.sep
_LISTINGS = ("os.listdir", "os.scandir")
_SYSTEM = ("/proc/", "/sys/", "/dev/")
_plain_stat = os.stat
_plain_variable = type(os.environ).__getitem__


@dataclass
class _Names:
    """What a block that observes has collected so far."""

    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    variables: set[str] = field(default_factory=set)


_open: list[_Names] = []


@dataclass
class Observed:
    """What was seen.

    Attributes:
        files: Hash of every file that was read, imported or looked for, by its path; "missing" where there was none.
            Files of Python and of installed packages are left out.
        folders: Hash of the names in every folder that the user's own code listed, by its path.
        variables: Hash of every variable of the environment that the user's own code asked for, by its name.
        packages: Version of every installed package that was imported for the first time.
    """

    files: dict[str, str] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    packages: dict[str, str] = field(default_factory=dict)


@contextmanager
def observe(*read: str) -> Iterator[Observed]:
    """Fills in, at its end, what the code inside has read and imported.

    Modules of the user that were imported before count as well: the code inside may use them without importing them.

    Args:
        read: Files that are known to be read.
    """
    _start_listening()
    before, names, seen = set(sys.modules), _Names(set(read)), Observed()
    _open.append(names)
    try:
        with ExitStack() as stack:
            stack.enter_context(patch.object(os, "stat", _stat))
            stack.enter_context(patch.object(type(os.environ), "__getitem__", _variable))
            for module, name in _READERS:
                if module in sys.modules:
                    stack.enter_context(_watched(getattr(sys.modules[module], name)))
            yield seen
    finally:
        _open.remove(names)
        imported = {name: getattr(module, "__file__", None) for name, module in list(sys.modules.items())}
        files = names.files | {file for file in imported.values() if isinstance(file, str)}
        seen.files.update(
            {name: digest.of_file(Path(name)) for name in _own(files) if not Path(name).is_dir()}
        )
        seen.folders.update({name: digest.of_folder(Path(name)) for name in _own(names.folders)})
        seen.variables.update({name: digest.of_variable(name) for name in sorted(names.variables)})
        seen.packages.update(_packages(set(imported) - before))


@cache
def _start_listening() -> None:
    """Once and for all: a hook of Python's audit cannot be taken away again."""

    def listen(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and _open and _is_read(*arguments[1:3]):
            _note(arguments[0])
        elif event in _LISTINGS and _open and _is_asked_by_the_user():
            _note("." if arguments[0] is None else arguments[0], "folders")

    sys.addaudithook(listen)


def _is_read(mode: str | None, flags: int) -> bool:
    """Whether a file is opened to read what is there; os.open has flags alone."""
    return flags & (os.O_WRONLY | os.O_TRUNC) == 0 if mode is None else "r" in mode or "+" in mode


def _note(name: object, kind: str = "files") -> None:
    if isinstance(name, bytes):
        name = name.decode(errors="surrogateescape")
    if hasattr(name, "__fspath__"):
        name = name.__fspath__()
    if isinstance(name, str):
        for names in _open:
            getattr(names, kind).add(name)


def _stat(path: Any, *args: Any, **options: Any) -> os.stat_result:
    """What asks whether a file exists calls this, which no audit hook hears."""
    _note(path)
    return _plain_stat(path, *args, **options)


def _variable(environment: Any, name: Any) -> Any:
    """What asks for a variable of the environment, in any way, calls this."""
    if _is_asked_by_the_user():
        _note(name, "variables")
    return _plain_variable(environment, name)


def _is_asked_by_the_user() -> bool:
    """Whether the nearest code that is not Python's own is the user's: packages list folders and ask for much."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith("<frozen importlib"):
            return False
        if not _is_pythons_own(file):
            return not _is_installed(file) and not file.startswith((_PACKAGE, "<"))
        frame = frame.f_back
    return False


@contextmanager
def _watched(kind: type) -> Iterator[None]:
    plain = kind.__init__  # type: ignore[misc]

    def watched(self: Any, name: object, *args: Any, **options: Any) -> None:
        _note(name)
        plain(self, name, *args, **options)

    with patch.object(kind, "__init__", watched):
        yield


def _is_pythons_own(file: str) -> bool:
    return file.startswith(("<frozen", _STANDARD_LIBRARY)) and "-packages" not in file


def _own(names: set[str]) -> list[str]:
    return sorted({str(Path(name).absolute()) for name in names if not _is_installed(name)})


def _is_installed(name: str) -> bool:
    path = str(Path(name).absolute())
    return is_installed(path) or path.startswith(_SYSTEM) or "__pycache__" in path


def _packages(modules: set[str]) -> dict[str, str]:
    new = {name.split(".")[0] for name in modules} - sys.stdlib_module_names
    known = metadata.packages_distributions() if new else {}
    return {package: metadata.version(package) for name in new for package in known.get(name, ())}
