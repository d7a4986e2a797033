"""From a plan to cells whose ids say what they compute with: models are built, or known, and trained if need be."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ismbench.bench.experiment.model_files import ModelFile
from ismbench.bench.experiment.sequences import find_measured, find_response, find_rules, load_sequences
from ismbench.bench.parent.builds import Builder
from ismbench.bench.parent.ensure_trained import ensure_trained
from ismbench.bench.plan.cell_id import identify, identify_build
from ismbench.bench.plan.run_plan import RunPlan
from ismbench.bench.process.jobs import BuildRequest
from ismbench.bench.records.built import Built
from ismbench.bench.records.cell import Cell
from ismbench.bench.records.sequence_file import LaneSequences
from ismbench.errors import InputError

__all__ = ["Identified", "Identifier", "Pool", "pool"]

Subject = tuple[str, int, str]
"""Model, length and backend."""
Pool = tuple[str, int]
"""A model with sequences of its own, or "", and the length."""


@dataclass(frozen=True)
class Identified:
    """A plan whose cells have their final ids.

    Attributes:
        plan: Trained models that are needed have their weights.
        built: What the models of its cells are; by model, length and backend.
        sequences: The sequences of each pool, see ``pool``.
    """

    plan: RunPlan
    built: Mapping[Subject, Built]
    sequences: Mapping[Pool, LaneSequences]

    def hashes(self, cell: Cell) -> dict[str, str | None]:
        """The columns that say what a cell was computed with; null for a model that could not be built."""
        built = self.built.get(_subject(cell), Built())
        sequences = self.sequences.get(pool(self.plan, cell))
        return {
            "structure_hash": built.structure or None,
            "weights_hash": built.weights or None,
            "sequences_hash": None if sequences is None else sequences.identity,
        }


@dataclass
class Identifier:
    """Finds the ids of a plan's cells.

    Attributes:
        plan: The plan, whose cells have provisional ids.
        builder: Builds models, or knows what they were.
        trained: Folder of trained weights.
        log: For what a training writes.
        tell: Takes reports of progress.
        unsafe: Saved models may run the code that they hold.
    """

    plan: RunPlan
    builder: Builder
    trained: Path
    log: Path
    tell: Callable[[str], None]
    unsafe: bool = False
    _sequences: dict[Pool, LaneSequences | None] = field(default_factory=dict)

    def run(self, is_known: Callable[[Cell], bool]) -> Identified:
        """Builds and trains what must be, and no more.

        Args:
            is_known: Whether a cell of this id needs not to be run.

        Raises:
            InputError: The sequences, a model or its training are wrong.
        """
        models = self._with_data({cell.model for cell in self._to_run()})
        requests = {_subject(cell): self._request(models[cell.model], cell) for cell in self.plan.whole}
        asked = {_subject(cell) for cell in self._to_run()}
        lacking = {s[0] for s in asked if models[s[0]].training and self.builder.known(requests[s]) is None}
        while True:
            models, new = self._trained(models, lacking)
            told = {s: requests[s].model_copy(update={"model": models[s[0]]}) for s in sorted(asked)}
            built = self._built(told, {s for s in asked if s[0] in new})
            found = self._identified(models, requests, built)
            lacking = {
                cell.model
                for cell in found.plan.cells
                if cell.skip is None and not is_known(cell) and _lacks_weights(models[cell.model])
            }
            if not lacking:
                return found

    def _to_run(self) -> list[Cell]:
        return [cell for cell in self.plan.cells if cell.skip is None]

    def _built(
        self, told: Mapping[Subject, BuildRequest], anew: Collection[Subject] = ()
    ) -> dict[Subject, Built]:
        keys = {told[subject].key for subject in anew}
        found: dict[str, Built] = {}
        for backend in dict.fromkeys(subject[2] for subject in told):
            own = [request for subject, request in told.items() if subject[2] == backend]
            found |= self.builder.built(own, backend, keys)
        return {subject: found[request.key] for subject, request in told.items()}

    def _with_data(self, needed: Collection[str]) -> dict[str, ModelFile]:
        """The models; a training that is needed knows the model that it starts from, and its data."""
        models = dict(self.plan.models)
        first = {cell.model: cell for cell in reversed(self.plan.whole)}
        requests = {
            name: self._request(m, first[name]) for name, m in models.items() if m.training is not None
        }
        built = self._built({_subject(first[name]): r for name, r in requests.items() if name in needed})
        for name, request in requests.items():
            # Of models that are not needed only what is known: their cells stay in the tables.
            start, model = built.get(_subject(first[name])) or self.builder.known(request), models[name]
            if start is not None and model.training is not None:
                if start.failure:
                    raise InputError(
                        f"A model must be built to be trained. Received: {name}; {start.failure}"
                    )
                models[name] = replace(model, training=replace(model.training, start=start.identity))
        return models

    def _trained(
        self, models: dict[str, ModelFile], names: set[str]
    ) -> tuple[dict[str, ModelFile], set[str]]:
        """All models, those of these names with weights; and the names of those that were trained only now."""
        if not names:
            return models, set()
        cell = next(cell for cell in self._to_run() if cell.model in names)
        environment = self.builder.environment(cell.backend)
        return ensure_trained(models, names, self.trained, environment, self.log, self.tell)

    def _request(self, model: ModelFile, cell: Cell) -> BuildRequest:
        return BuildRequest(
            key=identify_build(model, cell, self.plan.experiment),
            words=f"{cell.model} ({cell.length} bp, {cell.backend})",
            model=model,
            length=cell.length,
            dtype=cell.dtype,
            seed=self.plan.experiment.seed,
            unsafe_models=self.unsafe,
        )

    def _identified(
        self,
        models: dict[str, ModelFile],
        requests: Mapping[Subject, BuildRequest],
        built: Mapping[Subject, Built],
    ) -> Identified:
        """Cells that were not asked for keep what is still known of them."""
        every = {s: built.get(s) or self.builder.known(request) for s, request in requests.items()}
        known = {s: b for s, b in every.items() if b is not None}
        needed = {pool(self.plan, cell) for cell in self._to_run()}
        for one in sorted({pool(self.plan, cell) for cell in self.plan.whole if _subject(cell) in known}):
            self._load(one, required=one in needed)

        def final(cell: Cell) -> Cell:
            model, sequences = known.get(_subject(cell)), self._sequences.get(pool(self.plan, cell))
            if cell.skip is not None or model is None or sequences is None:
                return cell
            return replace(cell, cell_id=identify(cell.cell_id, model, sequences.identity))

        whole = {cell.order: final(cell) for cell in self.plan.whole}
        cells = tuple(whole[cell.order] for cell in self.plan.cells)
        plan = replace(self.plan, models=models, cells=cells, whole=tuple(whole.values()))
        return Identified(plan, known, {p: s for p, s in self._sequences.items() if s is not None})

    def _load(self, one: Pool, *, required: bool) -> None:
        if one in self._sequences:
            return
        experiment, (model, length) = self.plan.experiment, one
        spec = experiment.sequences_of(model) if model else experiment.sequences
        try:
            count = spec.count(self.plan.device)
            records = load_sequences(experiment, length, count, spec)
            response = find_response(experiment, length, spec)
            sharing = [m for m in experiment.models if (m.name if m.sequences else "") == model]
            judged = max(experiment.concordance_of(m.name).sequences for m in sharing)
            found = LaneSequences.of(records, experiment.seed, response, judged)
            measured = find_measured(experiment, length, spec)
            found = found if measured is None else found.with_measured(measured)
            placed = find_rules(experiment, length, count, spec)
            self._sequences[one] = found if placed is None else found.with_rules(placed)
        except InputError:
            if required:
                raise
            self._sequences[one] = None


def pool(plan: RunPlan, cell: Cell) -> Pool:
    """Which sequences a cell explains: those of all models of its length, or those of its own model."""
    return (cell.model if plan.experiment.entry(cell.model).sequences else "", cell.length)


def _subject(cell: Cell) -> Subject:
    return cell.model, cell.length, cell.backend


def _lacks_weights(model: ModelFile) -> bool:
    return model.training is not None and model.weights is None
