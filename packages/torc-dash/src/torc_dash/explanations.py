"""Why jobs of a workflow run or do not run, asked at most every few seconds.

The server counts the blocked jobs of a huge workflow for this, and an open page asks after every change.
"""

from collections.abc import AsyncIterator

from aiohttp import web

from torc_client.api.records import ExplainResponse
from torc_dash.background_answers import BackgroundAnswers
from torc_dash.upstream import CLIENT

FRESH_SECONDS = 10.0
EXPLANATIONS: web.AppKey[BackgroundAnswers[int, ExplainResponse]] = web.AppKey("explanations", BackgroundAnswers)


def set_up(app: web.Application) -> None:
    """Make the answers of the application, and end open questions with it."""

    async def ask(workflow_id: int) -> ExplainResponse:
        return await app[CLIENT].workflows.explain_workflow(workflow_id)

    async def closed(app: web.Application) -> AsyncIterator[None]:
        yield
        await app[EXPLANATIONS].close()

    app[EXPLANATIONS] = BackgroundAnswers(ask, fresh_seconds=FRESH_SECONDS)
    app.cleanup_ctx.append(closed)
