# Generated from openapi.json by tools/openapi_client. Do not edit: change the server's declaration instead.
"""Operations on slurm stats."""

from torc_client.api.records import ListSlurmStatsResponse, SlurmStatsModel
from torc_client.operation import Operation, Operations

_CREATE_SLURM_STATS = Operation("create_slurm_stats", "POST", "/slurm_stats", SlurmStatsModel)
_LIST_SLURM_STATS = Operation("list_slurm_stats", "GET", "/slurm_stats", ListSlurmStatsResponse)


class SlurmStats(Operations):
    """Operations on slurm stats."""

    async def create_slurm_stats(self, body: SlurmStatsModel) -> SlurmStatsModel:
        """Create a record of Slurm's statistics."""
        return await self._call(_CREATE_SLURM_STATS, body=body)

    async def list_slurm_stats(
        self,
        *,
        workflow_id: int,
        job_id: int | None = None,
        run_id: int | None = None,
        attempt_id: int | None = None,
        offset: int | None = None,
        limit: int | None = None,
        filter: str | None = None,
    ) -> ListSlurmStatsResponse:
        """List slurm stats.

        `workflow_id`: The workflow.
        `job_id`: Only statistics of this job.
        `run_id`: Only statistics of this run.
        `attempt_id`: Only statistics of this attempt.
        `offset`: Number of records to skip.
        `limit`: Maximum number of records, at most 100000; 10000 if absent.
        `filter`: Only records that match all words, such as `name~sweep status=failed,terminated -archived`. Operators are `= != ~ !~ > >= < <=`; a comma separates values of which any may match; quotes keep blanks. A word without an operator is a part of the name.
        """
        return await self._call(
            _LIST_SLURM_STATS,
            query={
                "workflow_id": workflow_id,
                "job_id": job_id,
                "run_id": run_id,
                "attempt_id": attempt_id,
                "offset": offset,
                "limit": limit,
                "filter": filter,
            },
        )
