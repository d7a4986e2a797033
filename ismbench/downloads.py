"""Data and weights that do not ship: fetched by name, checked by hash, whole or not there."""

import re
import tempfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ismbench.errors import InputError

__all__ = ["Download", "RemoteFile", "downloads", "fetch"]

_NAME = re.compile(r"[\w][\w.-]*")


class RemoteFile(BaseModel):
    """One file.

    Attributes:
        address: Where it is.
        sha256: What its bytes must hash to.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str = Field(pattern=r"^https?://")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Download(BaseModel):
    """What one name stands for.

    Attributes:
        description: In a line.
        licence: The terms under which it comes.
        files: By the names that they get.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    description: str
    licence: str
    files: Mapping[str, RemoteFile]


def downloads(path: Path | None = None) -> dict[str, Download]:
    """Every download by name.

    Args:
        path: A YAML file of downloads; those of this package by default.

    Raises:
        InputError: The file is missing, or no list of downloads.
    """
    source = files("ismbench") / "data" / "downloads.yaml" if path is None else path
    try:
        listed: Any = yaml.safe_load(source.read_text(encoding="utf-8"))
        found = {str(name): Download.model_validate(entry) for name, entry in dict(listed).items()}
    except (OSError, ValueError, TypeError, yaml.YAMLError, ValidationError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"A list of downloads must be a YAML mapping. Received: {path}: {reason}") from None
    wrong = [name for one in found.values() for name in one.files if not _NAME.fullmatch(name)]
    if wrong:
        raise InputError(f"Names of downloaded files must be plain. Received: {wrong[0]!r} in {path}")
    return found


def fetch(name: str, folder: Path, known: Mapping[str, Download] | None = None) -> list[Path]:
    """Fetches the files of a download into a folder of its name; those that are there and right stay.

    Args:
        name: Of the download.
        folder: Where the folder of this name is, or goes.
        known: Downloads by name; those of this package by default.

    Returns:
        The files.

    Raises:
        InputError: No such download, an address that does not answer, other bytes than were promised, or no room.
    """
    known = downloads() if known is None else known
    if name not in known:
        raise InputError(f"A download must be one of {', '.join(known)}. Received: {name!r}")
    target = folder / name
    try:
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".tmp-", dir=target) as temporary:
            for file, remote in known[name].files.items():
                if not _is_right(target / file, remote):
                    _download(file, remote, Path(temporary))
            for file in known[name].files:
                if (Path(temporary) / file).is_file():
                    (Path(temporary) / file).replace(target / file)
    except OSError as error:
        raise InputError(f"A download must fit its folder. Received: {target}: {error.strerror}") from None
    return [target / file for file in known[name].files]


def _is_right(path: Path, remote: RemoteFile) -> bool:
    import pooch

    return path.is_file() and pooch.file_hash(str(path), alg="sha256") == remote.sha256


def _download(file: str, remote: RemoteFile, folder: Path) -> None:
    import pooch
    from requests.exceptions import RequestException

    pooch.get_logger().setLevel("ERROR")
    downloader = pooch.HTTPDownloader(timeout=60)
    try:
        pooch.retrieve(remote.address, f"sha256:{remote.sha256}", file, str(folder), downloader=downloader)
    except RequestException as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"An address must answer. Received: {remote.address}: {reason}") from None
    except ValueError:
        raise InputError(
            f"A downloaded file must have the sha256 {remote.sha256}. Received: other bytes from {remote.address};"
            " nothing was kept"
        ) from None
