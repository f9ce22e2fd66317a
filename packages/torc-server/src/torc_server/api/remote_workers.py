"""Remote workers of a workflow."""

from torc_server.api.of_one import of_workflow
from torc_server.api.operation import Call
from torc_server.engine.remote_workers import add_workers, remove_worker, workers_of
from torc_server.resources.fields import Integer, Record, Text
from torc_server.resources.json_fields import Many, Part
from torc_server.store.transaction import Transaction


class RemoteWorkerModel(Record):
    """A machine that runs jobs of a workflow and is reached by ssh."""

    worker = Text("[name=][user@]host[:port], as it was added.", required=True)
    workflow_id = Integer("The workflow.", required=True)


TAG = "remote_workers"
WORKERS = Many(Part(RemoteWorkerModel), "The workers.", required=True)


def _records(call: Call, workers: list[str]) -> list[dict[str, object]]:
    return [{"worker": worker, "workflow_id": call.path["id"]} for worker in workers]


@of_workflow(
    "create_remote_workers",
    "POST",
    "remote_workers",
    tag=TAG,
    answer=WORKERS,
    body=Many(Text(required=True), "Each as [name=][user@]host[:port].", required=True),
    errors=(422,),
)
def create_remote_workers(tx: Transaction, call: Call) -> list[dict[str, object]]:
    """Add remote workers to a workflow, and return all workers of the request.

    Workers that the workflow has already stay unchanged.
    """
    add_workers(tx, call.workflow_id, call.body)
    return _records(call, call.body)


@of_workflow("list_remote_workers", "GET", "remote_workers", tag=TAG, answer=WORKERS)
def list_remote_workers(tx: Transaction, call: Call) -> list[dict[str, object]]:
    """List the remote workers of a workflow, in alphabetical order."""
    return _records(call, workers_of(tx, call.workflow_id))


@of_workflow(
    "delete_remote_worker",
    "DELETE",
    "remote_workers/{worker}",
    tag=TAG,
    path_fields={"worker": Text("The worker, as it was added.", required=True)},
    answer=RemoteWorkerModel,
)
def delete_remote_worker(tx: Transaction, call: Call) -> dict[str, object]:
    """Delete a remote worker from a workflow, and return it."""
    remove_worker(tx, call.workflow_id, call.path["worker"])
    return _records(call, [call.path["worker"]])[0]


REMOTE_WORKER_OPERATIONS = (create_remote_workers, list_remote_workers, delete_remote_worker)
