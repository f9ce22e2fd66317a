"""An allocation of a batch system that exists in tests only."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from torc_client.batch.inside import AllocationNode, NodeShare
from torc_client.batch.system import AllocationId, BatchError

Answers = list[Any]


class FakeAllocation:
    """An allocation whose batch system gives these answers, the last one again and again."""

    system = "fake"
    is_on_node = True
    node_number = 0
    num_nodes = 1
    share = NodeShare()
    nodes = (AllocationNode("n1", share),)
    log_suffix = "sl17_n0_pid5"
    identity = "n1 sl17_n0_pid5"

    def __init__(
        self,
        *,
        started_at: datetime,
        known_end: datetime | None = None,
        ends: Sequence[Any] = (None,),
        kill_waits: Sequence[Any] = (None,),
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.allocation = AllocationId("17")
        self.started_at = started_at
        self.known_end = known_end
        self.record: dict[str, Any] = {"type": "fake", "slurm_job_id": 17}
        self.variables = variables or {}
        self._ends: Answers = [*ends]
        self._kill_waits: Answers = [*kill_waits]

    def end(self) -> datetime | None:
        return self._next(self._ends)

    def kill_wait_seconds(self) -> float | None:
        return self._next(self._kill_waits)

    def is_queued_again(self) -> bool:
        return False

    @staticmethod
    def _next(answers: Answers) -> Any:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, BatchError):
            raise answer
        if callable(answer):
            return answer()
        return answer
