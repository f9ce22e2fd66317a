"""Outcomes of jobs, for tests of the decisions about them."""

from typing import Any

import pytest

from torc_client.api.enums import JobStatus
from torc_client.api.records import ResourceRequirementsModel, ResultModel
from torc_client.recovery.outcomes import JobOutcome, required_resources


class Outcomes:
    """Builds outcomes of jobs: `ended(137, minutes=2)`."""

    SMALL = required_resources(
        ResourceRequirementsModel(id=3, workflow_id=7, name="small", memory="100m", runtime="PT10M", num_cpus=2)
    )
    DEFAULT = required_resources(
        ResourceRequirementsModel(id=2, workflow_id=7, name="default", memory="1m", runtime="P0DT1M", num_cpus=1)
    )

    def __call__(self, code: int, job_id: int = 1, *, minutes: float = 1.0, **members: Any) -> JobOutcome:
        """A job that ended with this return code."""
        needs = members.pop("needs", self.SMALL)
        status = members.pop("status", JobStatus.FAILED if code else JobStatus.COMPLETED)
        depends_on = frozenset(members.pop("depends_on", ()))
        result = ResultModel(
            workflow_id=7, job_id=job_id, run_id=1, compute_node_id=1, return_code=code, exec_time_minutes=minutes,
            completion_time="", status=status, **members,
        )  # fmt: skip
        return JobOutcome(job_id, f"job{job_id}", status, needs, result, depends_on)

    def canceled(self, job_id: int, *depends_on: int) -> JobOutcome:
        """A job that was canceled before it started."""
        return JobOutcome(job_id, f"job{job_id}", JobStatus.CANCELED, self.SMALL, depends_on=frozenset(depends_on))


@pytest.fixture(scope="session")
def ended() -> Outcomes:
    """The builder of outcomes."""
    return Outcomes()
