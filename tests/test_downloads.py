"""Downloads from a server on this machine: right, wrong, missing and interrupted."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ismbench.downloads import Download, downloads, fetch
from ismbench.errors import InputError

CONTENT = {"a.tsv": b"one\t1\n", "b.bin": bytes(range(256)) * 100}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words: Any) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ThreadingHTTPServer]:
    root = tmp_path / "served"
    root.mkdir()
    for name, content in CONTENT.items():
        (root / name).write_bytes(content)
    found = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(root)))
    found.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=found.serve_forever, daemon=True)
    thread.start()
    yield found
    found.shutdown()
    found.server_close()
    thread.join()


@pytest.fixture
def known(server: ThreadingHTTPServer) -> Callable[..., dict[str, Download]]:
    def make(**hashes: str) -> dict[str, Download]:
        listed = {
            name: {
                "address": f"http://127.0.0.1:{server.server_port}/{name}",
                "sha256": hashes.get(name[0], hashlib.sha256(content).hexdigest()),
            }
            for name, content in CONTENT.items()
        }
        return {"toy": Download(description="A toy", licence="CC0", files=listed)}  # type: ignore[arg-type]

    return make


def test_files_come_whole_and_are_not_fetched_twice(tmp_path: Path, known: Any, server: Any) -> None:
    found = fetch("toy", tmp_path / "data", known())
    assert [path.read_bytes() for path in found] == list(CONTENT.values())
    assert sorted(p.name for p in (tmp_path / "data" / "toy").iterdir()) == sorted(CONTENT)
    asked = len(server.asked)
    assert fetch("toy", tmp_path / "data", known()) == found
    assert len(server.asked) == asked
    found[0].write_bytes(b"damaged")
    fetch("toy", tmp_path / "data", known())
    assert found[0].read_bytes() == CONTENT["a.tsv"]


def test_other_bytes_are_one_line_and_leave_nothing(tmp_path: Path, known: Any) -> None:
    with pytest.raises(InputError, match="must have the sha256 0000") as caught:
        fetch("toy", tmp_path / "data", known(b="0" * 64))
    assert "\n" not in str(caught.value)
    assert list((tmp_path / "data" / "toy").iterdir()) == []


def test_an_address_that_does_not_answer_is_one_line(tmp_path: Path, known: Any, server: Any) -> None:
    (tmp_path / "served" / "b.bin").unlink()
    with pytest.raises(InputError, match="An address must answer") as caught:
        fetch("toy", tmp_path / "data", known())
    assert "\n" not in str(caught.value)
    assert list((tmp_path / "data" / "toy").iterdir()) == []


def test_an_unknown_name_and_bad_lists_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must be one of satmut_mpra, mpra_dragonn"):
        fetch("unknown", tmp_path)
    path = tmp_path / "list.yaml"
    for text in ("[1]", "a: {files: {}}", "a: !!python/object:os.system {}", "a: [", "a: 3"):
        path.write_text(text)
        with pytest.raises(InputError, match="must be a YAML mapping"):
            downloads(path)
    entry = "{address: 'https://x.example/y', sha256: '" + "0" * 64 + "'}"
    path.write_text(f"a: {{description: d, licence: l, files: {{'../up': {entry}}}}}")
    with pytest.raises(InputError, match="must be plain"):
        downloads(path)


def test_the_shipped_list_names_terms_and_hashes() -> None:
    found = downloads()
    assert set(found) == {"satmut_mpra", "mpra_dragonn"}
    assert all(entry.licence and entry.files for entry in found.values())


def test_they_are_the_files_of_the_data_folder(shared_data: Path) -> None:
    for name, entry in downloads().items():
        for file, remote in entry.files.items():
            path = shared_data / name / file
            assert hashlib.sha256(path.read_bytes()).hexdigest() == remote.sha256


def test_the_command(ismbench: Any, tmp_path: Path, server: Any) -> None:
    listed = tmp_path / "list.yaml"
    address = f"http://127.0.0.1:{server.server_port}/a.tsv"
    digest = hashlib.sha256(CONTENT["a.tsv"]).hexdigest()
    listed.write_text(
        f"toy: {{description: A toy, licence: CC0, files: {{a.tsv: {{address: '{address}', sha256: {digest}}}}}}}"
    )
    assert "Licence: CC0" in ismbench("data", "list", "--list", listed).out
    outcome = ismbench("data", "get", "toy", "--to", tmp_path / "got", "--list", listed)
    assert outcome.code == 0
    assert (tmp_path / "got" / "toy" / "a.tsv").read_bytes() == CONTENT["a.tsv"]
    wrong = ismbench("data", "get", "other", "--to", tmp_path, "--list", listed)
    assert (wrong.code, wrong.err.count("\n")) == (2, 1)
