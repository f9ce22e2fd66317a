"""Check a form: the rules are those of specs, and each problem has the field of the form that causes it."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from torc_client.spec.parameters import GLOB, ParameterError, parse_values
from torc_client.spec.problems import in_words
from torc_dash.specs.examination import Examination, FoundProblem
from torc_dash.wizard.document import parameters_of, parts_of, requirements_name
from torc_dash.wizard.form import WizardForm

MOST_JOBS = 100_000

_JOB = re.compile(r"jobs\[(\d+)\](?:\.([a-z_]+))?")
_REQUIREMENTS = re.compile(r"resource_requirements\[(\d+)\]\.")
_COLUMNS = {"depends_on": "needs", "depends_on_regexes": "needs"}
_COLUMN_NAMES = frozenset({"name", "command", "parameters", "needs"})
_SETTINGS = (
    ("resource_monitor.sample_interval_seconds", "interval"),
    ("slurm_schedulers[0].walltime", "walltime"),
    ("slurm_schedulers[0].partition", "partition"),
    ("slurm_schedulers[0]", "account"),
    ("description", "description"),
)


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with a field. `row` is the position of its row; None for a field of the workflow."""

    field: str
    row: int | None
    message: str

    @property
    def id(self) -> str:
        """The id of the field on the page."""
        return self.field if self.row is None else f"{self.field}-{self.row}"


def problems_in(found: Examination, form: WizardForm) -> tuple[FieldProblem, ...]:
    """Return the problems of the spec of a form, which an examination found, at the fields of the form."""
    if found.is_valid:
        return ()
    return tuple(dict.fromkeys(_placed(one, form) for one in found.problems if not one.is_warning))


def own_problems(form: WizardForm) -> tuple[FieldProblem, ...]:
    """Return what would make the spec another one than the form says, or too large."""
    return tuple(_own_problems(form))


def _own_problems(form: WizardForm) -> Iterator[FieldProblem]:
    if not form.written:
        yield FieldProblem("name", 0, "add at least one job: a name and a command")
    total = 0
    for index, row in form.written:
        parts = parts_of(row.parameters)
        complaint = next((f"{part!r} must be NAME = VALUES" for part in parts if "=" not in part), "")
        if not complaint and len(parameters_of(row)) < len(parts):
            complaint = "a name occurs twice"
        if not complaint and any(values.lstrip("{ ").startswith(("@", GLOB)) for values in parameters_of(row).values()):
            complaint = "write values; files can be named in the editor"
        if complaint:
            yield FieldProblem("parameters", index, complaint)
            continue
        total += math.prod(_count(values) for values in parameters_of(row).values())
        if total > MOST_JOBS:
            yield FieldProblem("parameters", index, f"these are more than {MOST_JOBS:,} jobs; write them in the editor")
            return


def _count(values: str) -> int:
    """Return how many values a parameter has, without making a long list of them; at most one above MOST_JOBS."""
    parts = [part.strip() for part in values.strip().strip("{}").split(":")]
    if len(parts) in (2, 3):
        try:
            first, last, step = (Decimal(part) for part in (*parts, "1")[:3])
            steps = abs((last - first) / step)
            return int(steps) + 1 if steps < MOST_JOBS else MOST_JOBS + 1
        except (InvalidOperation, ArithmeticError, ValueError, OverflowError):
            return 1
    try:
        return len(parse_values(values))
    except ParameterError:
        return 1


def _placed(problem: FoundProblem, form: WizardForm) -> FieldProblem:
    """Return a problem of the spec at the field of the form whose text it is about."""
    place, message = problem.place, in_words(problem.reason, problem.fix)
    if found := _JOB.match(place):
        index, _ = form.written[int(found[1])]
        column = _COLUMNS.get(found[2] or "", found[2] or "name")
        return FieldProblem(column if column in _COLUMN_NAMES else "name", index, message)
    if found := _REQUIREMENTS.match(place):
        names = list(dict.fromkeys(requirements_name(row) for _, row in form.written))
        index = next(at for at, row in form.written if requirements_name(row) == names[int(found[1])])
        return FieldProblem("runtime", index, message)
    if place.startswith("actions["):
        kind = "allocations" if "num_allocations" in place else "at_start"
        if kind == "at_start" and not form.at_start:
            kind = "at_end"
        return FieldProblem(kind, None, message)
    field = next((field for start, field in _SETTINGS if place.startswith(start)), "name")
    return FieldProblem(field, None, message)
