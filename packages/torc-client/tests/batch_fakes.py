"""A batch system without machines, for tests."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from torc_client.batch.system import AllocationId, AllocationState, NoAnswerError, Outcome, Seen

RUNNING = Seen(AllocationState.RUNNING, "RUNNING")
QUEUED = Seen(AllocationState.QUEUED, "PENDING", "Priority")
ENDING = Seen(AllocationState.ENDING, "COMPLETING", "COMPLETING")
CANCELED = Seen(AllocationState.ENDED, "CANCELLED", "CANCELLED", outcome=Outcome.CANCELED)


class ToySystem:
    """Lists allocations by their id as text, or does not answer. `canceled` are the ids that were canceled.

    An allocation that is canceled gets the next of the answers `afterwards` each time it is asked for.
    """

    name = "toy"
    title = "Toy"

    def __init__(self, listed: Mapping[str, Seen], *, afterwards: Iterable[Seen] = (CANCELED,)) -> None:
        self.listed = {AllocationId.parsed(text): seen for text, seen in listed.items()}
        self.marks: dict[str, str] = {}
        self.error: str | None = None
        self.refuses_to_cancel: str | None = None
        self.canceled: list[str] = []
        self._afterwards = list(afterwards)

    def require(self) -> None:
        self._check(self.error)

    def cluster(self) -> str:
        return "north"

    def seen(self, requests: Sequence[str]) -> Mapping[AllocationId, Seen]:
        self._check(self.error)
        if self.canceled and self._afterwards:
            now = self._afterwards[0] if len(self._afterwards) == 1 else self._afterwards.pop(0)
            self.listed |= {AllocationId.parsed(text): now for text in self.canceled}
        return {each: seen for each, seen in self.listed.items() if each.request in requests}

    def marked(self, mark: str) -> str | None:
        self._check(self.error)
        return self.marks.get(mark)

    def cancel(self, allocations: Sequence[AllocationId]) -> None:
        self._check(self.error or self.refuses_to_cancel)
        self.canceled += map(str, allocations)

    def _check(self, error: str | None) -> None:
        if error:
            raise NoAnswerError(error)


def allocation(id: int, scheduler_id: int, **members: Any) -> dict[str, Any]:
    """Return the record of an allocation."""
    usual = {"workflow_id": 7, "scheduler_config_id": 1, "scheduler_type": "toy", "status": "active"}
    return {**usual, "id": id, "scheduler_id": scheduler_id, **members}


def page(*items: Any) -> dict[str, Any]:
    """Return a page of a list."""
    counts = {"count": len(items), "total_count": len(items)}
    return {"items": list(items), "offset": 0, "max_limit": 10_000, "has_more": False, **counts}
