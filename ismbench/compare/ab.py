"""An A/B run: two revisions take turns on every lane, so that drift of the machine hits both alike."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from ismbench.bench import load_spec, make_plan
from ismbench.bench.records.cell import Lane, lanes
from ismbench.compare.comparison import Comparison, compare
from ismbench.compare.measured import Measurements, pooled
from ismbench.compare.noise import measure_noise
from ismbench.compare.read_records import from_folder
from ismbench.compare.revisions import (
    Revision,
    check_sources,
    checked_out,
    prepare_environments,
    repository_of,
    resolve,
    run_ismbench,
)
from ismbench.compare.thresholds import Thresholds
from ismbench.errors import InputError
from ismbench.exit_codes import ExitCode

__all__ = ["AB", "run_ab"]

_FINISHED = (ExitCode.FINE, ExitCode.SOME_FAILED)
"""Exit codes of a run that left records of all its cells."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class AB:
    """What to compare.

    Attributes:
        names: The two revisions, as given.
        file: The experiment; both run this very file, with the models of their own tree.
        only: Filters of cells.
        changes: Changes of the experiment.
        device: auto, cpu or gpu.
        rounds: How often A B B A is run.
        thresholds: What counts as a change.
        extras: Of the package, for environments of their own.
        own: Whether each revision gets an environment of its own in any case.
        pythons: Interpreters to use instead; empty for none.
        allow_missing: A cell that B lacks is no regression.
        imports: Modules, looked for in each revision's own tree, and Python files, the same for both, that are
            imported before models are opened.
        unsafe_models: Let saved models run the code that they hold.
    """

    names: tuple[str, str]
    file: Path
    only: Sequence[str] = ()
    changes: Sequence[str] = ()
    device: str = "auto"
    rounds: int = 2
    thresholds: Thresholds = field(default_factory=Thresholds)
    extras: str = "explainers"
    own: bool = False
    pythons: tuple[Path, ...] = ()
    allow_missing: bool = False
    imports: Sequence[str] = ()
    unsafe_models: bool = False


def run_ab(ab: AB, folder: Path, tell: Tell) -> Comparison:
    """Runs both revisions and compares them; what they measured stays in ``folder``.

    The noise floor is measured in the same run, from the differences between the runs of one revision.

    Args:
        ab: What to compare.
        folder: For the results, one folder a turn; emptied first.
        tell: Told of every step.

    Raises:
        InputError: A revision, the experiment or an environment is wrong, or a run did not come to its end.
    """
    if ab.rounds < 1:
        raise InputError(f"--rounds must be 1 or more. Received: {ab.rounds}")
    plan = make_plan(load_spec(ab.file, ab.changes), only=ab.only, device=ab.device, imports=ab.imports)
    repository = repository_of(Path.cwd())
    commits = [resolve(repository, name) for name in ab.names]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ismbench-ab-")))
        trees = [
            stack.enter_context(checked_out(repository, commit, scratch / side))
            for side, commit in zip("ab", commits, strict=True)
        ]
        pythons = ab.pythons or prepare_environments(trees, repository, scratch, ab.extras, ab.own)
        sides = [Revision(*four) for four in zip(ab.names, commits, trees, pythons, strict=True)]
        for revision in sides:
            check_sources(revision)
        files = [_experiment(ab.file, repository, tree) for tree in trees]
        for turn, side in _turns(lanes(c for c in plan.cells if c.skip is None), ab.rounds, folder):
            turn.run(ab, sides[side], files[side], tell)
    return _compared(
        ab, plan.experiment.name, folder, [f"{n} ({c[:10]})" for n, c in zip(ab.names, commits, strict=True)]
    )


@dataclass(frozen=True)
class _Turn:
    """One run of one revision on one lane."""

    lane: tuple[str, int, str]
    number: int
    folder: Path

    def run(self, ab: AB, revision: Revision, file: Path, tell: Tell) -> None:
        model, length, backend = self.lane
        tell(f"{model}, {length} bp, {backend}: turn {self.number + 1}, {revision.name}")
        arguments = ["run", str(file), "--results", str(self.folder.resolve()), "--device", ab.device]
        for key, value in (("model", model), ("length", length), ("backend", backend)):
            arguments += ["--only", f"{key}={value}"]
        imports = [str(Path(word).resolve()) if word.endswith(".py") else word for word in ab.imports]
        for option, values in (("--only", ab.only), ("--set", ab.changes), ("--import", imports)):
            for value in values:
                arguments += [option, value]
        if ab.unsafe_models:
            arguments.append("--unsafe-models")
        log = self.folder.with_suffix(".log")
        code = run_ismbench(revision, arguments, log)
        if code not in _FINISHED:
            lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["nothing"]
            raise InputError(
                f"Both revisions must run the experiment. Received: exit code {code} from {revision.name}:"
                f" {lines[-1]}; see {log}"
            )


def _turns(found: Sequence[Lane], rounds: int, folder: Path) -> Iterator[tuple[_Turn, int]]:
    """A B B A on every lane, as often as asked; each turn keeps a results folder over all lanes."""
    keys = dict.fromkeys((lane.key[0], lane.key[1], lane.key[3]) for lane in found)
    for key in keys:
        for number, side in enumerate((0, 1, 1, 0) * rounds):
            yield _Turn(key, number, folder / f"{number + 1}-{'ab'[side]}"), side


def _experiment(file: Path, repository: Path, tree: Path) -> Path:
    """The experiment's file in a tree: what it names beside itself is then the tree's own."""
    inside = file.resolve()
    if repository.resolve() not in inside.parents:
        return inside
    copy = tree / inside.relative_to(repository.resolve())
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(inside, copy)
    return copy


def _compared(ab: AB, experiment: str, folder: Path, words: Sequence[str]) -> Comparison:
    runs: list[list[Measurements]] = [[], []]
    for number, side in enumerate((0, 1, 1, 0) * ab.rounds):
        runs[side].append(from_folder(folder / f"{number + 1}-{'ab'[side]}" / experiment))
    noise = None
    with suppress(InputError):  # no cell is ok in every run, so that there is no time to compare either
        # It was measured in these very runs, so that no other state of the machine is in between.
        noise = replace(measure_noise(runs, runs_a_side=len(runs[0])), rate=None, spread=None)
    base, head = (pooled(name, parts) for name, parts in zip(words, runs, strict=True))
    return compare(base, head, ab.thresholds, noise, allow_missing=ab.allow_missing)
