"""Close the compute nodes of a worker that is gone: send the results that it left, and return its jobs at once."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from torc_client.answers import run_id_of
from torc_client.client import TorcClient
from torc_client.errors import TorcError
from torc_client.journal.files import FOLDER
from torc_client.recovery.unsent_results import send_unsent_results
from torc_client.remote.agent.condition import WorkerFacts
from torc_client.remote.agent.stop import StopResult
from torc_client.remote.agent.unsent import UnsentResults
from torc_client.remote.nodes import (
    JobsAfterStop,
    ServerView,
    give_up_nodes,
    jobs_after_stop,
    running_jobs,
    server_view,
)


def nodes_of_gone(view: ServerView, worker: str, facts: WorkerFacts) -> list[int]:
    """Return the active nodes of a worker that is gone, without those of machines that had its address."""
    nodes = view.nodes_of(worker, facts.compute_node_id)
    return [each for each in nodes if each == facts.compute_node_id or view.nodes[each].hostname == facts.host]


async def close_gone(
    client: TorcClient,
    workflow_id: int,
    worker: str,
    result: StopResult,
    *,
    jobs: Mapping[int, int],
    say: Callable[[str], None],
) -> JobsAfterStop:
    """Close the nodes of a worker of which surely no process is left, and return the state of its jobs.

    `jobs` are those that ran on it before, with their attempts. Raises TorcError.
    """
    await _send(client, workflow_id, result.unsent, say)
    view = await server_view(client, workflow_id)
    nodes = nodes_of_gone(view, worker, result.facts)
    known = {**jobs, **await running_jobs(client, workflow_id, nodes)}
    if nodes and not result.unsent.is_complete:
        raise TorcError(
            f"results that the server may not have are in {result.facts.output_dir}/{FOLDER} there, so its jobs are not"
            " returned before its lease expires",
            "Send them from there with `torc workflows reconcile`, or start the worker again.",
        )
    await give_up_nodes(client, nodes)
    return await jobs_after_stop(client, known)


async def _send(client: TorcClient, workflow_id: int, unsent: UnsentResults, say: Callable[[str], None]) -> None:
    """Send results, so that jobs that ended do not run again. The server may have them."""
    if not unsent.files:
        return
    run_id = run_id_of(await client.workflows.get_workflow_status(workflow_id))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / FOLDER
        place.mkdir(0o700)
        for name, content in unsent.files.items():
            (place / Path(name).name).write_bytes(content)
        await send_unsent_results(client, workflow_id, run_id, Path(folder), say)
