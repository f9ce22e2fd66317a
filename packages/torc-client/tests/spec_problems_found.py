"""Check the spec of a case, and describe what is found."""

from dataclasses import dataclass, replace
from pathlib import Path

from spec_case import Case
from torc_client.spec import SpecError, load
from torc_client.spec.plan import make_plan
from torc_client.spec.problems import Problem


@dataclass(frozen=True, slots=True)
class Reported:
    """A problem as `LINE:COLUMN CODE PLACE`, and as the line that a person reads."""

    where: str
    line: str


def problems_of(case: Case) -> list[Reported]:
    """Write the files of a case into the current directory, and return the problems or warnings of its spec."""
    for name, text in case.files.items():
        Path(name).write_text(text)
    if isinstance(case.content, str | bytes):
        Path(case.file).write_bytes(case.content.encode() if isinstance(case.content, str) else case.content)
    is_document = not (case.content is None or isinstance(case.content, str | bytes))
    try:
        plan = make_plan("spec", case.content) if is_document else load(case.file)
        problems = plan.warnings
    except SpecError as error:
        problems = error.problems
    return [_reported(each, "spec" if is_document else case.file, case) for each in problems]


def _reported(problem: Problem, source: str, case: Case) -> Reported:
    if case.has_words_of_a_library:
        problem = replace(problem, position=None, reason="(words of a parser)")
    position = f"{problem.position.line}:{problem.position.column} " if problem.position else ""
    start = "Warning: " if problem.is_warning else ""
    return Reported(f"{position}{problem.code} {problem.place}", f"{start}{problem.line(source)}")
