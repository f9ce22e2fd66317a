"""What the overview of a workflow asks in the background: its groups and its throughput.

The server reads all results for the throughput. The first question about the groups of a huge workflow takes long.
"""

from collections.abc import AsyncIterator

from aiohttp import web

from torc_client.api.records import ThroughputResponse
from torc_client.overview.job_groups import JobGroups, read_groups
from torc_dash.background_answers import BackgroundAnswers
from torc_dash.upstream import CLIENT

# Shorter than the time between two updates of an open page, so that the last one shows the last numbers.
FRESH_SECONDS = 0.4
THROUGHPUTS: web.AppKey[BackgroundAnswers[int, ThroughputResponse]] = web.AppKey("throughputs", BackgroundAnswers)
GROUPS: web.AppKey[BackgroundAnswers[int, JobGroups]] = web.AppKey("groups", BackgroundAnswers)


def set_up(app: web.Application) -> None:
    """Make the answers of the application, and end open questions with it."""

    async def ask_throughput(workflow_id: int) -> ThroughputResponse:
        return await app[CLIENT].workflows.get_throughput(workflow_id)

    async def ask_groups(workflow_id: int) -> JobGroups:
        return await read_groups(app[CLIENT], workflow_id)

    async def closed(app: web.Application) -> AsyncIterator[None]:
        yield
        await app[THROUGHPUTS].close()
        await app[GROUPS].close()

    app[THROUGHPUTS] = BackgroundAnswers(ask_throughput, fresh_seconds=FRESH_SECONDS)
    app[GROUPS] = BackgroundAnswers(ask_groups, fresh_seconds=FRESH_SECONDS)
    app.cleanup_ctx.append(closed)
