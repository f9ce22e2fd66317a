"""Jobs that add jobs to their workflow, in generations."""

import os
from typing import Any, Self

from torc.api import iter_documents, make_api
from torc.openapi_client.api import DefaultApi
from torc.openapi_client.models import SpawnJobModel, SpawnJobsRequest, SpawnJobsResponse
from torc_client import job_variables
from torc_client.scripting.lineage import LINEAGE_VARIABLE, state_number, state_prefix


class Orchestrator:
    """The job in which this process runs, which can add jobs.

    Generations are counted by lineage: the name that jobs which are spawned inherit from the job that spawned them.
    """

    def __init__(self, api: DefaultApi, workflow_id: int, job_id: int, lineage: str) -> None:
        self.api = api
        self.workflow_id = workflow_id
        self.job_id = job_id
        self.lineage = lineage
        self._generation: int | None = None

    @classmethod
    def from_env(cls, lineage_fallback: str | None = None) -> Self:
        """Read from the environment which job this process is. Raises RuntimeError outside a job.

        The lineage is that of the job that spawned this one; the first job has `lineage_fallback`.
        """
        workflow_id, job_id = _required(job_variables.WORKFLOW_ID), _required(job_variables.JOB_ID)
        lineage = os.environ.get(LINEAGE_VARIABLE) or lineage_fallback
        if not lineage:
            raise RuntimeError(f"{LINEAGE_VARIABLE} is not set: pass lineage_fallback in the first job of a lineage.")
        return cls(make_api(_required("TORC_API_URL")), int(workflow_id), int(job_id), lineage)

    @property
    def generation(self) -> int:
        """The number of generations that were spawned in the lineage; 0 in the first job before it spawns."""
        if self._generation is None:
            names = (
                record.name
                for record in iter_documents(self.api.list_user_data, self.workflow_id, name=state_prefix(self.lineage))
            )
            numbers = (state_number(self.lineage, name) for name in names)
            self._generation = max((number for number in numbers if number is not None), default=0)
        return self._generation

    def spawn(self, jobs: list[SpawnJobModel], *, state: Any = None) -> SpawnJobsResponse:
        """Add the jobs of the next generation, which wait for this job. `state` is any JSON value."""
        self._generation = None
        return self.api.spawn_jobs(self.job_id, SpawnJobsRequest(jobs=jobs, lineage=self.lineage, state=state))

    def converge(self, *, state: Any = None) -> SpawnJobsResponse:
        """Store the final state of the lineage, if it is not None. Adds no jobs."""
        return self.spawn([], state=state)


def _required(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise RuntimeError(f"{name} is not set: this process is not a job of a workflow.")
    return value
