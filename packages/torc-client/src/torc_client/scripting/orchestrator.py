"""A job that adds jobs to its workflow while the workflow runs, in rounds, until a condition holds."""

import os
import re
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from torc_client import job_variables
from torc_client.api.records import (
    ResultModel,
    SpawnJobModel,
    SpawnJobsRequest,
    SpawnJobsResponse,
    UserDataModel,
)
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.old_names import old_method
from torc_client.paging import iterate
from torc_client.scripting.lineage import LINEAGE_VARIABLE, state_number, state_of, state_prefix
from torc_client.scripting.records import Records
from torc_client.scripting.torc import AsyncTorc
from torc_client.scripting.workflow import AsyncWorkflow

# A restart of the server must not lose a round.
RETRY_TIMEOUT_SECONDS = 600.0


class NotInJobError(TorcError):
    """The process was not started by a runner as a job."""


class AsyncOrchestrator:
    """Lets the current job add more jobs to its workflow, in rounds.

        async with AsyncOrchestrator.from_env() as orchestrator:
            if await orchestrator.generation() < 10:
                await orchestrator.spawn(["./simulate 1", "./simulate 2"], again=True)

    Rounds are counted by lineage: a name that spawned jobs inherit, so that their orchestrators continue the count.
    Methods raise `TorcError` or a subclass.
    """

    def __init__(self, client: TorcClient, workflow_id: int, job_id: int, lineage: str) -> None:
        self._client = client
        self.workflow = AsyncWorkflow(client, workflow_id)
        self.workflow_id = workflow_id
        self.job_id = job_id
        self.lineage = lineage
        self._first_generation: int | None = None
        self._spawned = 0

    def __repr__(self) -> str:
        return f"{type(self).__name__}(workflow_id={self.workflow_id}, job_id={self.job_id}, lineage={self.lineage!r})"

    @classmethod
    def from_env(cls, *, lineage_fallback: str | None = None) -> Self:
        """Read from the environment which job this process is. Raises NotInJobError.

        The lineage is that of the job that spawned this one. The first job has `lineage_fallback`, else its own name.
        """
        workflow_id, job_id = _required(job_variables.WORKFLOW_ID), _required(job_variables.JOB_ID)
        lineage = os.environ.get(LINEAGE_VARIABLE) or lineage_fallback or _required(job_variables.JOB_NAME)
        client = AsyncTorc(_required("TORC_API_URL"), retry_timeout_seconds=RETRY_TIMEOUT_SECONDS)
        return cls(client, int(workflow_id), int(job_id), lineage)

    async def generation(self) -> int:
        """Return the number of rounds spawned in the lineage up to this job, including the rounds of this job.

        It is 0 in the first job. A retried job gets the same numbers as before. The jobs that it spawned before exist
        already and are not spawned twice.
        """
        return await self._generation_at_first() + self._spawned

    async def state(self) -> Any:
        """Return the state that this job was spawned with; None in the first job."""
        number = await self._generation_at_first()
        record = (await self._states()).get(number)
        return None if record is None else state_of(number, record.data)

    async def job_results(self) -> Records[ResultModel]:
        """Return the results of the jobs that this job depends on, in the order of their ids, without earlier rounds.

        A job that was canceled because a dependency failed has no result.
        """
        own = await self._client.jobs.get_job(self.job_id)
        jobs = iterate(self._client.jobs.list_jobs, workflow_id=self.workflow_id, command=own.command)
        rounds = {job.id async for job in jobs if job.command == own.command}
        awaited = set(own.depends_on_job_ids or ()) - rounds
        results = [result for result in await self.workflow.job_results() if result.job_id in awaited]
        return Records(sorted(results, key=lambda result: result.job_id), ResultModel)

    async def spawn(
        self, jobs: Sequence[str | SpawnJobModel], *, state: Any = None, again: bool = False
    ) -> SpawnJobsResponse:
        """Add jobs that depend on this job, in addition to their own dependencies.

        A text is the command of a job. With `again`, the command of this job runs once more when all added jobs have
        ended, successful or not. `state`, any JSON value, is then its state. Names must be new in the workflow; an
        identical repeated call adds no jobs. Raises UnprocessableError if there are more rounds than
        `dynamic_jobs.max_iterations` of the workflow, if a name is taken, and when this job is complete.
        """
        number = await self.generation() + 1
        models = [self._model(job, f"{self.lineage}_{number}_{each}") for each, job in enumerate(jobs, start=1)]
        if again:
            models.append(await self._next_round(f"{self.lineage}_{number}", [job.name for job in models]))
        answer = await self._send(models, state)
        self._spawned += 1 if models else 0
        return answer

    async def converge(self, *, state: Any = None) -> SpawnJobsResponse:
        """Store the final state of the lineage as user data, if it is not None. Adds no jobs."""
        return await self._send([], state)

    async def _send(self, jobs: list[SpawnJobModel], state: Any) -> SpawnJobsResponse:
        request = SpawnJobsRequest(jobs=jobs, lineage=self.lineage, state=state)
        return await self._client.jobs.spawn_jobs(self.job_id, request)

    def _model(self, job: str | SpawnJobModel, name: str) -> SpawnJobModel:
        return SpawnJobModel(name=name, command=job) if isinstance(job, str) else job

    async def _next_round(self, name: str, awaited: list[str]) -> SpawnJobModel:
        own = await self._client.jobs.get_job(self.job_id)
        requirements = None
        if own.resource_requirements_id is not None:
            operation = self._client.resource_requirements.get_resource_requirements
            requirements = (await operation(own.resource_requirements_id)).name
        return SpawnJobModel(
            name=name,
            command=own.command,
            depends_on=awaited,
            resource_requirements=requirements,
            priority=own.priority,
            cancel_on_blocking_job_failure=False,
        )

    async def _generation_at_first(self) -> int:
        if self._first_generation is None:
            named = re.fullmatch(re.escape(self.lineage) + r"_(\d+)", os.environ.get(job_variables.JOB_NAME, ""))
            if named:  # created by `again`
                self._first_generation = int(named[1])
            elif LINEAGE_VARIABLE not in os.environ:
                self._first_generation = 0
            else:
                self._first_generation = max(await self._states(), default=0)
        return self._first_generation

    async def _states(self) -> dict[int, UserDataModel]:
        """Return the records of the rounds by number."""
        operation = self._client.user_data.list_user_data
        records = iterate(operation, workflow_id=self.workflow_id, name=state_prefix(self.lineage))
        numbered = {state_number(self.lineage, record.name): record async for record in records}
        return {number: record for number, record in numbered.items() if number is not None}

    results = old_method("results", job_results)

    async def close(self) -> None:
        """Close the connection."""
        await self._client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _required(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise NotInJobError(
            f"{name} is not set: this process is not a job of a workflow, and an orchestrator must be one.",
            "Make the script the command of a job, and run the workflow.",
        )
    return value
