"""Find the lines with known errors in the output of Slurm's allocations and of their jobs, one by one."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath

import msgspec

from torc_client.log_files.analysis import lines_of, shown
from torc_client.log_files.names import STDIO_FOLDER, attempt_of
from torc_client.log_files.patterns import Pattern, Severity
from torc_client.log_files.sources import Log

# What Slurm and runners of allocations write. The logs of runners themselves repeat what jobs did.
_OF_ALLOCATIONS = ("slurm_output_", "dmesg_slurm_")
_ALLOCATION_IN_NAME = re.compile(r"_sl(\d+)(?=[_.])")
_ALLOCATION_IN_LINE = re.compile(
    rb"\b(?:StepId=|JobId=|SLURM_JOB_ID=|job_id=|\*\*\* JOB |\*\*\* STEP |slurm job |batch job )(\d+)", re.IGNORECASE
)
# The id of a step of a job. The steps batch and extern belong to the runner.
_STEP_ID = re.compile(rb"\bStepId=\d+\.\d")
# Patterns of lines about one step.
_OF_ONE_STEP = ("slurm_memory",)
_STEP_NAME = re.compile(rb"\bwf\d+_j(\d+)_r\d+_a\d+\b")
# "ON n1 CANCELLED", "srun: error: n1: task 0: Killed".
_NODE = re.compile(rb"\bON ([\w.-]+) (?:CANCELLED|FAILED)|(?:srun|slurmstepd): error: ([\w.-]+): (?:task|tasks)\b")
MOST_OF_A_FILE = 1000


class AffectedJob(msgspec.Struct, kw_only=True):
    """A job that an issue concerns."""

    job_id: int
    job_name: str


class Issue(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A line with a known error. `affected_jobs` is absent if no job is known."""

    file: str
    slurm_job_id: str | None
    line_number: int
    line: str
    pattern_description: str
    severity: Severity
    node: str | None
    remedy: str
    affected_jobs: list[AffectedJob] | None = None


class JobsOfAllocations(msgspec.Struct, frozen=True):
    """The jobs of a workflow by id, and the ids of those that ran in each allocation."""

    names: Mapping[int, str]
    of_allocation: Mapping[str, Sequence[int]]


class Parsed(msgspec.Struct):
    """The issues in some files, and their numbers; those after the first thousand of a file are counted only."""

    files: int = 0
    errors: int = 0
    warnings: int = 0
    issues: list[Issue] = []


def wanted(logs: Iterable[Log]) -> Iterator[Log]:
    """Yield the output of allocations and of jobs among the logs of a workflow."""
    for log in logs:
        path = PurePath(log.name)
        if path.name.startswith(_OF_ALLOCATIONS) or (path.parent.name == STDIO_FOLDER and attempt_of(path.name)):
            yield log


def issues_in(logs: Iterable[Log], jobs: JobsOfAllocations, *, errors_only: bool = False) -> Parsed:
    """Return the lines with known errors, in the order of the files."""
    parsed = Parsed()
    for log in logs:
        parsed.files += 1
        kept = 0
        for pattern, number, line in lines_of(log.file):
            if pattern is None or (errors_only and pattern.severity is not Severity.ERROR):
                continue
            if pattern.severity is Severity.ERROR:
                parsed.errors += 1
            else:
                parsed.warnings += 1
            kept += 1
            if kept > MOST_OF_A_FILE:
                continue
            allocation = _allocation(log.name, line)
            node = _NODE.search(line)
            parsed.issues.append(
                Issue(
                    file=log.name, slurm_job_id=allocation, line_number=number, line=shown(line),
                    pattern_description=pattern.meaning, severity=pattern.severity, remedy=pattern.remedy,
                    node=(node[1] or node[2]).decode() if node else None,
                    affected_jobs=_affected(log.name, line, pattern, allocation, jobs) or None,
                )
            )  # fmt: skip
    return parsed


def _allocation(name: str, line: bytes) -> str | None:
    if attempt_of(PurePath(name).name):
        # A job may print ids of anything; only a word of Slurm counts there.
        found = _ALLOCATION_IN_LINE.search(line) if b"slurm" in line.lower() or b"srun" in line else None
        return found[1].decode() if found else None
    found = _ALLOCATION_IN_LINE.search(line)
    if found:
        return found[1].decode()
    in_name = _ALLOCATION_IN_NAME.search(PurePath(name).name)
    return in_name[1] if in_name else None


def _affected(
    name: str, line: bytes, pattern: Pattern, allocation: str | None, jobs: JobsOfAllocations
) -> list[AffectedJob]:
    attempt, step = attempt_of(PurePath(name).name), _STEP_NAME.search(line)
    if attempt is not None:
        ids: Sequence[int] = [attempt.job_id]
    elif step is not None:
        ids = [int(step[1])]
    elif pattern.name in _OF_ONE_STEP or _STEP_ID.search(line):
        ids = []  # one job, which the line does not name
    else:
        ids = jobs.of_allocation.get(allocation or "", ())
    return [AffectedJob(job_id=each, job_name=jobs.names.get(each, "")) for each in ids]
