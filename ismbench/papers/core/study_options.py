"""What a user sets of a paper's studies: ``--set STUDY.OPTION=VALUE``."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ismbench.errors import InputError
from ismbench.papers.core.study import ComputeStudy, Study, StudyOption

__all__ = ["with_options"]


def with_options(studies: Sequence[Study], settings: Sequence[str]) -> tuple[Study, ...]:
    """The studies with what the user has set; paths become absolute.

    Args:
        studies: Of a paper.
        settings: Each "STUDY.OPTION=VALUE".

    Raises:
        InputError: There is no such study, option or file, or an option is set twice.
    """
    given: dict[str, dict[str, str]] = {}
    known = {f"{study.name}.{name}": option for study in studies for name, option in _options(study).items()}
    for text in settings:
        name, _, value = text.partition("=")
        if not value or name not in known:
            raise InputError(
                f"--set takes STUDY.OPTION=VALUE, with one of {', '.join(known) or 'none'}. Received: {text!r}"
            )
        study, _, option = name.partition(".")
        if option in given.setdefault(study, {}):
            raise InputError(f"An option is set once. Received: {name} twice")
        given[study][option] = _checked(name, known[name], value)
    return tuple(
        replace(study, given=given[study.name])
        if isinstance(study, ComputeStudy) and study.name in given
        else study
        for study in studies
    )


def _options(study: Study) -> Mapping[str, StudyOption]:
    return study.options if isinstance(study, ComputeStudy) else {}


def _checked(name: str, option: StudyOption, value: str) -> str:
    if not option.is_file:
        return value
    if not Path(value).is_file():
        raise InputError(f"{name} must name a file: {option.words}. Received: {value}, which is none")
    return str(Path(value).resolve())
