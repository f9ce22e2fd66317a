"""Continue with a server that has another database than before, such as a restored backup."""

from torc_client.answers import run_id_of
from torc_client.api.records import WorkflowModel
from torc_client.client import TorcClient
from torc_client.errors import ForbiddenError, NotFoundError, TorcError
from torc_client.workflow_operations.initialize import ensure_initialized
from torc_runner.log import fields, logger
from torc_runner.node_setup import NodeSetup


async def rejoin(client: TorcClient, setup: NodeSetup) -> int:
    """Find the workflow in the database that the server has now, and return its run. Raises TorcError.

    The id of the workflow does not suffice: in another database it can be the id of another workflow.
    """
    await client.pin_database()
    try:
        found = await client.workflows.get_workflow(setup.workflow_id)
    except (NotFoundError, ForbiddenError):
        found = None
    if found is None or _origin(found) != _origin(setup.workflow):
        raise TorcError(
            f"The server at {client.url} has another database now, without workflow {setup.workflow_id}"
            f" {setup.workflow.name!r}. Its jobs were stopped here.",
            f"Results that were not sent are in {setup.output_dir}/offline_journal.",
        )
    await ensure_initialized(client, setup.workflow_id)
    run_id = run_id_of(await client.workflows.get_workflow_status(setup.workflow_id))
    logger.info(
        "Workflow found in the other database: this runner continues there %s",
        fields(workflow_id=setup.workflow_id, run_id=run_id),
    )
    return run_id


def _origin(workflow: WorkflowModel) -> tuple[str, str | None, str | None]:
    return workflow.name, workflow.user, workflow.timestamp
