"""Where the jobs of a workflow run, by what the workflow has."""

from enum import StrEnum

from torc_client.client import TorcClient


class ExecutionKind(StrEnum):
    """Where jobs run."""

    SLURM = "slurm"
    REMOTE = "remote"
    LOCAL = "local"

    def next_command(self, workflow_id: int) -> str:
        """Return the command that runs the ready jobs of a workflow."""
        commands = {ExecutionKind.SLURM: "submit", ExecutionKind.REMOTE: "remote run", ExecutionKind.LOCAL: "run"}
        return f"torc {commands[self]} {workflow_id}"


async def execution_kind(client: TorcClient, workflow_id: int) -> ExecutionKind:
    """Return the kind of a workflow: Slurm if it has a Slurm scheduler, else remote if it has workers, else local.

    Raises TorcError.
    """
    if (await client.slurm_schedulers.list_slurm_schedulers(workflow_id=workflow_id, limit=1)).items:
        return ExecutionKind.SLURM
    if await client.remote_workers.list_remote_workers(workflow_id):
        return ExecutionKind.REMOTE
    return ExecutionKind.LOCAL
