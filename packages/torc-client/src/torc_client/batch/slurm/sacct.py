"""Read what `sacct` reports about allocations and their steps, all of them with one call."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torc_client.batch.slurm.accounting import size_bytes, time_seconds
from torc_client.batch.slurm.programs import SlurmError, run
from torc_client.batch.system import AllocationId

# The name of a job can contain the separator, so it is last.
_FIELDS = ("JobID", "State", "ExitCode", "ElapsedRaw", "MaxRSS", "TotalCPU", "AllocNodes", "NodeList", "JobName")
_STEPS = ("sacct", "--noheader", "--parsable2", "--noconvert", f"--format={','.join(_FIELDS)}")
_JSON = ("sacct", "--json")
# The words of sacct on a cluster that stores no accounting, and what it prints in place of a list of nodes.
_DISABLED = "accounting storage is disabled"
_NO_NODES = frozenset({"", "None assigned", "(null)"})
# 53, 53_1 or 53_[2-4%1], and after a point the step: batch, extern or a number.
_ID = re.compile(r"(?P<request>[0-9]+)(?:_(?P<number>[0-9]+|\[[^\]]*\]))?(?:\.(?P<step>\S+))?", re.ASCII)


class NothingAccountedError(SlurmError):
    """The cluster stores no accounting, so `sacct` has no answer."""


@dataclass(frozen=True, slots=True)
class Accounted:
    """An allocation, or a step of one. `step` is empty for the allocation itself.

    `max_rss_bytes` is None if Slurm took no sample, and `num_nodes` is 0 before an allocation has nodes.
    """

    allocation: AllocationId
    step: str
    name: str
    state: str
    exit_code: str
    elapsed_seconds: int
    max_rss_bytes: int | None
    cpu_seconds: float
    num_nodes: int
    nodes: str


def accounted(requests: Sequence[str]) -> list[Accounted]:
    """Return the allocations of these job ids and their steps, as `sacct` lists them.

    Raises NothingAccountedError, and SlurmError if `sacct` fails.
    """
    return parsed(_asked((*_STEPS, f"--jobs={','.join(requests)}"))) if requests else []


def documents(requests: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Return the JSON document of `sacct` for each job id that it knows. Raises NothingAccountedError, SlurmError."""
    text = _asked((*_JSON, f"--jobs={','.join(requests)}"))
    try:
        document = json.loads(text)
        jobs = list(document["jobs"])
        by_id = {wanted: [job for job in jobs if wanted in _ids(job)] for wanted in requests}
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise SlurmError("sacct: the output of --json has an unknown form") from error
    return {wanted: {**document, "jobs": found} for wanted, found in by_id.items() if found}


def parsed(text: str) -> list[Accounted]:
    """Return the rows of `sacct`. Rows of an unknown form are left out."""
    rows = (line.split("|", len(_FIELDS) - 1) for line in text.splitlines())
    return [made for row in rows if len(row) == len(_FIELDS) and (made := _row(row)) is not None]


def _asked(arguments: Sequence[str]) -> str:
    try:
        return run(arguments)
    except SlurmError as error:
        if _DISABLED in str(error).lower():
            raise NothingAccountedError(str(error)) from error
        raise


def _row(fields: Iterable[str]) -> Accounted | None:
    job, state, exit_code, elapsed, rss, cpu, num_nodes, nodes, name = fields
    found = _ID.fullmatch(job)
    if found is None:
        return None
    number = found["number"]
    return Accounted(
        AllocationId(found["request"], int(number) if number and number.isdigit() else None),
        found["step"] or "", name, state, exit_code, _number(elapsed), size_bytes(rss) if rss else None,
        time_seconds(cpu) or 0.0,
        0 if nodes in _NO_NODES else _number(num_nodes), "" if nodes in _NO_NODES else nodes,
    )  # fmt: skip


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _ids(job: Mapping[str, Any]) -> set[str]:
    """Return the ids by which an allocation is known: its own, and that of its array."""
    array = job.get("array", {}).get("job_id")
    array = array.get("number") if isinstance(array, dict) else array  # newer versions of Slurm
    return {str(each) for each in (job["job_id"], array) if each}
