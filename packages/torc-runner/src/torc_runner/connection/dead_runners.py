"""Clean up after dead runners: send the results in their journals, and release the jobs that they ran."""

import asyncio
import os
from collections.abc import Collection
from pathlib import Path

from torc_client.answers import id_of
from torc_client.client import TorcClient
from torc_client.errors import ConflictError, NotFoundError
from torc_client.host_identity import Host, is_dead, runner_id_of
from torc_client.journal.replay import replay_all
from torc_client.paging import iterate
from torc_runner.launch.killing import Targets, end_all
from torc_runner.log import fields, logger
from torc_runner.run_context import RUNNER_ID


async def send_unsent_results(client: TorcClient, output_dir: Path, workflow_id: int, run_id: int) -> None:
    """Send the results in the journals of this folder. Raises TorcError. An unreadable journal is only logged."""
    try:
        async for each in replay_all(client, output_dir, workflow_id, run_id):
            sent = fields(path=each.path, results=each.results, refused=len(each.refused), damaged=each.damaged_bytes)
            if each.set_aside:
                logger.warning("Journal set aside %s", fields(path=each.set_aside, reason=each.skipped))
            elif each.skipped and each.is_first_time:
                logger.warning("Journal skipped %s", fields(path=each.path, reason=each.skipped))
            elif not each.skipped:
                logger.info("Journal sent %s", sent)
            for refused in each.refused:
                logger.info("Result refused %s", fields(job_id=refused.job_id, reason=refused.message))
    except OSError as error:
        logger.warning("Journal not read %s", fields(path=error.filename, reason=error.strerror))


async def release_dead_runners(
    client: TorcClient, workflow_id: int, host: Host, *, ended: Collection[str] = ()
) -> None:
    """Release the jobs of dead runners on this host, without waiting for their lease. Raises TorcError.

    `ended` are the ids of runners of this process whose session has ended.

    Job processes that are still alive, because the watchdog was killed as well, are killed first.
    """
    if not host.identity:
        return
    nodes = iterate(
        client.compute_nodes.list_compute_nodes, workflow_id=workflow_id, hostname=host.name, is_active=True, limit=1000
    )
    dead = [
        node
        async for node in nodes
        # The filter also selects hosts whose name contains this one. Processes of other hosts cannot be looked up.
        if node.hostname == host.name
        and (is_dead(node.host_identity, host.identity) or runner_id_of(node.host_identity) in ended)
    ]
    for node in dead:
        runner_id, node_id = runner_id_of(node.host_identity), id_of(node)
        if runner_id:
            marker = os.fsencode(f"{RUNNER_ID}={runner_id}")
            await asyncio.to_thread(end_all, Targets(marker, launches=None))
        try:
            answer = await client.compute_nodes.give_up_compute_node(node_id)
        except (ConflictError, NotFoundError):
            continue
        logger.warning(
            "Dead runner found on this host: its jobs are released %s",
            fields(compute_node_id=node_id, jobs=answer.job_count),
        )
