"""What a user sets of a study reaches it, and is part of what its tables depend on."""

from dataclasses import replace
from pathlib import Path

from ismbench.papers.core.computation_id import identify
from ismbench.papers.core.study import ComputeStudy, StudyOption
from ismbench.papers.core.study_options import with_options

STUDY = ComputeStudy(
    "made_up",
    "",
    "tests.papers.made_up:compute",
    tables=(),
    options={"weights": StudyOption("weights", is_file=True), "task": StudyOption("a task")},
)


def name_of(study: ComputeStudy, root: Path) -> str:
    return identify(study, "quick", "cpu", root)


def test_what_is_set_reaches_its_study_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "w.h5").write_text("one")
    other = replace(STUDY, name="other")
    set_, left = with_options([STUDY, other], [f"made_up.weights={tmp_path / 'w.h5'}", "made_up.task=a = b"])
    assert isinstance(set_, ComputeStudy)
    assert set_.given == {"weights": str((tmp_path / "w.h5").resolve()), "task": "a = b"}
    assert left is other


def test_a_file_counts_by_its_content_and_a_word_by_itself(tmp_path: Path) -> None:
    for name, content in (("a.h5", "one"), ("b.h5", "one"), ("c.h5", "two")):
        (tmp_path / name).write_text(content)
    names = {
        key: name_of(replace(STUDY, given={"weights": str(tmp_path / f"{key}.h5")}), tmp_path)
        for key in "abc"
    }
    assert names["a"] == names["b"] != names["c"]
    assert name_of(STUDY, tmp_path) not in names.values()
    tasks = {name_of(replace(STUDY, given={"task": task}), tmp_path) for task in ("a", "b")}
    assert len(tasks) == 2
