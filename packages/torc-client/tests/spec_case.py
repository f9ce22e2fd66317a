"""A spec with problems, and short forms of such specs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

JOB = {"name": "a", "command": "true"}
FIRST = {"name": "first", "command": "true"}


@dataclass(frozen=True, slots=True)
class Case:
    """A spec, and what is found in it as `LINE:COLUMN CODE PLACE`; the position is left out where none is known.

    `content` is the text of the file `file`, or a document. If it is None, the file does not exist.
    """

    name: str
    content: str | bytes | Mapping[str, Any] | None
    found: Sequence[str]
    file: str = "s.yaml"
    files: Mapping[str, str] = field(default_factory=dict)
    """Other files in the folder."""
    has_words_of_a_library: bool = False
    """Whether a parser finds the position and writes the reason, which differ between its versions."""


def workflow_case(title: str, /, *found: str, **members: Any) -> Case:
    """Return a case of a document with one job, which further members may replace."""
    return Case(title, {"name": "w", "jobs": [JOB], **members}, found)


def job_case(title: str, /, *found: str, **members: Any) -> Case:
    """Return a case of a job with these fields, after a job `first`."""
    return Case(title, {"name": "w", "jobs": [FIRST, {**JOB, **members}]}, found)


def parameter_case(values: object, *, warns: bool = False) -> Case:
    code = "SPEC038" if warns else "SPEC030"
    job = {"name": "a_{p}", "command": "{p}", "parameters": {"p": values}}
    return Case(f"parameter {values!r}", {"name": "w", "jobs": [job]}, [f"{code} jobs[0].parameters.p"])


def table_case(name: str, file: str, text: str | None) -> Case:
    job = {"name": "a_{site}_{rate}", "command": "run", "parameters_file": file}
    return Case(
        f"table {name}", {"name": "w", "jobs": [job]}, ["SPEC035 jobs[0].parameters_file"],
        files={} if text is None else {file: text}, has_words_of_a_library=name == "invalid JSON",
    )  # fmt: skip
