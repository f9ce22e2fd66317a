"""Checks before a workflow is created or changed, whether allocations can be requested here."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress

from torc_client.batch.limits import refusal, within_nodes
from torc_client.batch.node_url import url_for_nodes
from torc_client.batch.profile import Partition
from torc_client.batch.runner_command import runner_program
from torc_client.batch.schedulers import BatchScheduler
from torc_client.batch.submission_files import output_folder
from torc_client.batch.submit_options import SubmitOptions
from torc_client.batch.system import BatchError
from torc_client.batch.systems import system_named
from torc_client.client import TorcClient
from torc_client.errors import TorcError


async def require_ready(client: TorcClient, options: SubmitOptions, scheduler_types: Iterable[str]) -> None:
    """Raise TorcError if the batch systems, the runner or the output folder cannot be used, or nodes have no server."""
    for scheduler_type in scheduler_types:
        system = system_named(scheduler_type)
        try:
            await asyncio.to_thread(system.require)
        except BatchError as error:
            raise TorcError(f"{error}; nothing was submitted.", "Submit on a machine of the cluster.") from error
        await url_for_nodes(client, system)
    runner_program(options.runner_program)
    output_folder(options.output_folder)


def require_no_conflicts(schedulers: Iterable[BatchScheduler]) -> None:
    """Raise TorcError for schedulers with options that would override those of the submission."""
    for scheduler in schedulers:
        if scheduler.conflicts:
            raise TorcError(
                f"{scheduler.name}: {'. '.join(scheduler.conflicts)}. Nothing was submitted.",
                "Remove the option from slurm_defaults, or from extra with `torc slurm update`.",
            )


async def require_allowed(schedulers: Iterable[BatchScheduler], remedy: str) -> None:
    """Raise TorcError if no partition of the cluster allows the allocations of a scheduler.

    Where the partitions are not known, the batch system decides later. Raises TorcError also for options that would
    override those of the submission.
    """
    schedulers = list(schedulers)
    require_no_conflicts(schedulers)
    found = await refusals(schedulers)
    if found:
        raise TorcError(f"{'. '.join(found)}. Nothing was submitted.", remedy)


async def refusals(schedulers: Iterable[BatchScheduler]) -> list[str]:
    """Return what no partition allows of the allocations of schedulers, as sentences without a full stop."""
    by_type: dict[str, list[BatchScheduler]] = {}
    for scheduler in schedulers:
        by_type.setdefault(scheduler.scheduler_type, []).append(scheduler)
    found = []
    for scheduler_type, those in by_type.items():
        with suppress(BatchError):
            partitions = await asyncio.to_thread(system_named(scheduler_type).partitions)
            found += [refusal(each, partitions) for each in those]
    return [sentence for sentence in found if sentence]


async def with_memory_of_nodes(schedulers: Iterable[BatchScheduler]) -> list[BatchScheduler]:
    """Return schedulers; those that set no memory get that of the nodes of their partitions, where it is known."""
    found = []
    for scheduler in schedulers:
        partitions: Sequence[Partition] = ()
        with suppress(BatchError):
            partitions = await asyncio.to_thread(system_named(scheduler.scheduler_type).partitions)
        found.append(within_nodes(scheduler, partitions))
    return found
