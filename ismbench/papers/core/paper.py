"""What is made of a paper's records: pictures, tables beside the published ones, and findings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from ismbench.papers.core.published import PublishedNumbers
from ismbench.papers.core.study import Study
from ismbench.papers.core.study_records import PaperRecords

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["Comparison", "ComparisonRow", "Drawn", "Finding", "Judgement", "Paper", "Picture", "Ruling"]


@dataclass(frozen=True, eq=False)
class Drawn:
    """A figure and what is on it.

    Attributes:
        figure: Laid out for a light page.
        data: The plotted numbers; NaN where the figure has a gap.
        ids: Ids of the records that they come from.
    """

    figure: "Figure"
    data: "pd.DataFrame"
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """A figure drawn from records alone.

    Attributes:
        name: Stem of its files.
        title: Its heading.
        caption: How to read it.
        studies: Names of the studies whose records it shows.
        draw: Draws it; raises MissingRecordsError where there is nothing to draw.
    """

    name: str
    title: str
    caption: str
    studies: tuple[str, ...]
    draw: Callable[[PaperRecords], Drawn]


@dataclass(frozen=True)
class ComparisonRow:
    """One published number and ours.

    Attributes:
        model: Its name.
        setting: What else tells the row from others, such as "1,000 bp" or "kernel width 10".
        method: Its name, a key of ``ismbench.methods.METHODS`` where it is one of these.
        quantity: What is compared.
        unit: Of both numbers.
        published: None where no source has it.
        published_machine: What it was measured on.
        source: Where it is published.
        ours: None where it was not measured.
        ours_machine: What that was measured on.
        remark: What else must be known; why a number is missing.
        at_least: A lower bound of ours, where it was over the budget.
        comparable: Whether both were measured alike, so that their ratio means something.
    """

    model: str
    setting: str
    method: str
    quantity: str
    unit: str
    published: float | None
    published_machine: str = ""
    source: str = ""
    ours: float | None = None
    ours_machine: str = ""
    remark: str = ""
    at_least: float | None = None
    comparable: bool = True

    @property
    def ratio(self) -> float | None:
        """Ours over published; None where one is missing or they do not compare."""
        if self.published is None or self.ours is None or self.published == 0 or not self.comparable:
            return None
        return self.ours / self.published


@dataclass(frozen=True)
class Comparison:
    """A table of the paper, published against ours.

    Attributes:
        name: Stem of its CSV file.
        title: Its heading.
        note: How to read it.
        rows: Makes the rows.
    """

    name: str
    title: str
    note: str
    rows: Callable[[PaperRecords, PublishedNumbers], list[ComparisonRow]]


class Ruling(StrEnum):
    """What the records say about a claim."""

    REPRODUCED = "reproduced"
    NOT_REPRODUCED = "not reproduced"
    UNDECIDED = "undecided"
    """Inside the interval or the spread of seeds, or not measured far enough."""
    NOT_COMPARABLE = "not comparable"
    """Measured on something else; the figures say what."""


@dataclass(frozen=True)
class Judgement:
    """A ruling and what it rests on.

    Attributes:
        ruling: Which.
        figures: Ours, with their intervals; why they cannot tell.
        n: Of how many of what they are.
    """

    ruling: Ruling
    figures: str
    n: str = ""


@dataclass(frozen=True)
class Finding:
    """A claim that code checks on the records.

    Attributes:
        claim: In the words of its text.
        source: Where it stands.
        check: Decides; raises MissingRecordsError where nothing was measured.
    """

    claim: str
    source: str
    check: Callable[[PaperRecords], Judgement]


@dataclass(frozen=True)
class Paper:
    """One publication.

    Attributes:
        name: The word of the command line, and of the folder of results.
        title: The publication's.
        citation: In full.
        studies: In the order in which they run.
        pictures: In the order of the page.
        comparisons: Likewise.
        findings: Likewise.
        extras: For each extra of the package, modules that running the studies needs.
        to_draw: Likewise, what drawing needs.
        notes: Paragraphs for the page, such as what differs from the paper.
    """

    name: str
    title: str
    citation: str
    studies: tuple[Study, ...]
    pictures: tuple[Picture, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    findings: tuple[Finding, ...] = ()
    extras: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    to_draw: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
