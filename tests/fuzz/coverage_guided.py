"""A coverage-guided fuzzer for the same targets: ``python tests/fuzz/coverage_guided.py TARGET SECONDS [FOLDER]``.

Needs atheris, which is no dependency of the project: ``pip install atheris``. Inputs that reach new code are kept
in FOLDER; one that breaks a target is written to ``crash-...`` in the current folder, and the exit code is not 0.
"""

import sys
import tempfile
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

with atheris.instrument_imports(include=["ismbench", "yaml"]):
    from ismbench.bench.plan import plan  # noqa: F401
    from tests.fuzz import tables, targets

_HANG = 30
"""Seconds that one input may take; a slower one is reported as a hang."""


def main(target: str, seconds: int, folder: Path | None = None) -> None:
    known = {**targets.TARGETS, **tables.TABLE_TARGETS}
    if target not in known:
        sys.exit(f"There are the targets {', '.join(known)}. Received: {target}")
    sys.modules["ismbench.bench.plan.run_plan"].MAX_CELLS = 100  # type: ignore[attr-defined]
    corpus = folder or Path(tempfile.mkdtemp(prefix="ismbench-corpus-"))
    corpus.mkdir(exist_ok=True)
    first = targets.seeds(target) if target in targets.TARGETS else tables.table_seeds(target)
    for number, data in enumerate(first):
        (corpus / f"seed-{number}").write_bytes(data)
    longest = 4 * max(map(len, first)) + 1000
    words = [f"-max_total_time={seconds}", f"-timeout={_HANG}", f"-max_len={longest}", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *words, str(corpus)], known[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *map(Path, sys.argv[3:4]))
