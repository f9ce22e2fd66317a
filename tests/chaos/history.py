"""Compare acknowledged writes with the database. Needs no server, so that tests can use invented histories."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """The type of an acknowledged write."""

    CLAIMED = "claimed"
    STARTED = "started"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An acknowledged write, as recorded by the client."""

    kind: Kind
    client: int
    job_id: int
    attempt_id: int
    return_code: int = 0


@dataclass(frozen=True, slots=True)
class StoredJob:
    """A job in the database at the end. Results are (attempt, return code, client)."""

    status: str
    attempt_id: int
    results: tuple[tuple[int, int, int], ...] = ()


_STATUSES_AFTER = {
    Kind.CLAIMED: {"pending", "running", "completed", "failed"},
    Kind.STARTED: {"running", "completed", "failed"},
    Kind.COMPLETED: {"completed", "failed"},
}


def faults(
    history: Iterable[Acknowledged], sent: Iterable[Acknowledged], kept: Mapping[int, StoredJob]
) -> Iterator[str]:
    """Yield faults: a lost write, an attempt that two clients have, and a result that no client sent.

    `sent` are the completions that clients sent, acknowledged or not.
    """
    history = list(history)
    holders: dict[tuple[int, int], set[int]] = {}
    for each in history:
        holders.setdefault((each.job_id, each.attempt_id), set()).add(each.client)
        job = kept.get(each.job_id)
        if job is None:
            yield f"job {each.job_id} is gone"
        elif job.attempt_id == each.attempt_id and job.status not in _STATUSES_AFTER[each.kind]:
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
                yield f"job {job_id} has a result that no client sent: {result}"
