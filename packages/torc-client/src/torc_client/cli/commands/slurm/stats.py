"""`torc slurm stats`."""

from typing import Any

import click
import msgspec
from msgspec.structs import replace

from torc_client.api.records import SlurmStatsModel
from torc_client.cli.framework.context import App, command
from torc_client.cli.framework.resource_commands import list_command
from torc_client.cli.framework.results import Listing
from torc_client.cli.framework.vocabulary import SLURM_STATS
from torc_client.paging import iterate

_derived = list_command(SLURM_STATS)


class StatsOfAttempt(SlurmStatsModel, kw_only=True, omit_defaults=True):
    """Statistics of Slurm about an attempt, and the CPUs that it used on average, in percent of one."""

    cpu_percent: float | None = None


@command("stats", short_help="List Slurm's accounting of jobs.")
async def stats(app: App, **given: Any) -> Listing:
    """List what Slurm measured about the attempts of jobs. The default workflow is your newest one.

    The server has the numbers, so no Slurm is needed. CPU use is the CPU time in relation to the run time.
    """
    listing: Listing = await click.get_current_context().invoke(_derived, **given)
    workflows = {each.workflow_id for each in listing.items}
    seconds: dict[tuple[int, int, int], float] = {}
    if workflows:
        async with app.client() as client:
            for workflow_id in workflows:
                async for result in iterate(client.results.list_results, workflow_id=workflow_id, all_runs=True):
                    attempt = (result.job_id, result.run_id, result.attempt_id or 1)
                    seconds[attempt] = result.exec_time_minutes * 60
    return replace(listing, items=[_with_percent(each, seconds) for each in listing.items])


def _with_percent(each: SlurmStatsModel, seconds: dict[tuple[int, int, int], float]) -> StatsOfAttempt:
    made = msgspec.convert(msgspec.to_builtins(each), StatsOfAttempt)
    lasted = seconds.get((each.job_id, each.run_id, each.attempt_id))
    if lasted and each.ave_cpu_seconds is not None:
        made.cpu_percent = round(100 * each.ave_cpu_seconds / lasted, 1)
    return made


stats.params = _derived.params
