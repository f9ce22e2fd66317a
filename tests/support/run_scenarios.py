"""Runs of a workflow that end in the same way with the fake server of the runner's tests and with a real server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class RunScenario:
    """Independent jobs, and how `torc run` and each of them ends."""

    jobs: tuple[Mapping[str, Any], ...]
    ends: tuple[tuple[str, int], ...]
    """Status and return code of each job."""
    exit_code: int
    workflow: Mapping[str, Any] = field(default_factory=dict)
    """Members of the workflow."""


RUN_SCENARIOS: Mapping[str, RunScenario] = {
    "more jobs than slots": RunScenario(({"command": "true"},) * 9, (("completed", 0),) * 9, 0),
    "a job fails": RunScenario(({"command": "exit 7"}, {"command": "true"}), (("failed", 7), ("completed", 0)), 3),
    "a job dies of a signal": RunScenario(({"command": "kill -9 $$"},), (("failed", 137),), 3),
    "a job leaves a process behind": RunScenario(({"command": "sleep 600 & exit 5"},), (("failed", 5),), 3),
    "a job needs its environment": RunScenario(
        (
            {"command": 'test "$COLOR $SHAPE $TORC_ATTEMPT_ID" = "red round 1"', "env": {"COLOR": "red"}},
            {"command": 'test "$COLOR $SHAPE $TORC_JOB_NAME" = "blue round job2"'},
        ),
        (("completed", 0), ("completed", 0)),
        0,
        {"env": {"COLOR": "blue", "SHAPE": "round"}},
    ),
    "a failure waits for a decision": RunScenario(
        ({"command": "exit 3"},),
        (("pending_failed", 3),),
        4,
        # The time for which a runner waits for the decision about a failure.
        {"use_pending_failed": True, "compute_node_wait_for_new_jobs_seconds": 3},
    ),
}
