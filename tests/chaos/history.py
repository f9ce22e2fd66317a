"""What clients were told, and whether a database bears it out. Needs no server, so doctored tales can test it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What an answer acknowledged."""

    CLAIMED = "claimed"
    STARTED = "started"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Told:
    """One acknowledged write, as the client understood it."""

    kind: Kind
    client: int
    job_id: int
    attempt_id: int
    return_code: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """A job as the database has it in the end; results are (attempt, return code, client)."""

    status: str
    attempt_id: int
    results: tuple[tuple[int, int, int], ...] = ()


_NOT_LESS_THAN = {
    Kind.CLAIMED: {"pending", "running", "completed", "failed"},
    Kind.STARTED: {"running", "completed", "failed"},
    Kind.COMPLETED: {"completed", "failed"},
}


def faults(history: Iterable[Told], sent: Iterable[Told], kept: Mapping[int, Kept]) -> Iterator[str]:
    """Say what is wrong: a write that is lost, an attempt that two clients hold, a result that nobody sent.

    `sent` is what clients tried to complete, whether or not they learned that it was done.
    """
    history = list(history)
    holders: dict[tuple[int, int], set[int]] = {}
    for each in history:
        holders.setdefault((each.job_id, each.attempt_id), set()).add(each.client)
        job = kept.get(each.job_id)
        if job is None:
            yield f"job {each.job_id} is gone"
        elif job.attempt_id == each.attempt_id and job.status not in _NOT_LESS_THAN[each.kind]:
            yield f"job {each.job_id} was {each.kind.value} and is {job.status}"
        elif each.kind is Kind.COMPLETED and (each.attempt_id, each.return_code, each.client) not in job.results:
            yield f"the result of job {each.job_id} is lost: {each}, {job.results}"
    for (job_id, attempt_id), clients in holders.items():
        if len(clients) > 1:
            yield f"attempt {attempt_id} of job {job_id} was held by {sorted(clients)}"
    known = {(each.job_id, each.attempt_id, each.return_code, each.client) for each in sent}
    for job_id, job in kept.items():
        for attempt_id, count in Counter(attempt_id for attempt_id, *_ in job.results).items():
            if count > 1:
                yield f"attempt {attempt_id} of job {job_id} has {count} results"
        for result in job.results:
            if (job_id, *result) not in known:
                yield f"job {job_id} has a result that nobody sent: {result}"
