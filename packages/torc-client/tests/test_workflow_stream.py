"""The stream of changed workflows."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from torc_client.api.records import ChangedWorkflows
from torc_client.client import TorcClient
from torc_client.errors import ApiError, UnexpectedResponseError

PATH = "/torc-service/v1/events/stream"


async def followed(text: str, status: int = 200, user: str | None = None) -> tuple[list[ChangedWorkflows], list[str]]:
    """Return what a client gets of a stream with this text, and the queries of its requests."""
    queries: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        queries.append(request.query_string)
        kind = "text/event-stream" if status == 200 else "application/json"
        return web.Response(text=text, status=status, content_type=kind)

    app = web.Application()
    app.router.add_get(PATH, answer)
    async with TestServer(app) as server, TorcClient(f"http://127.0.0.1:{server.port}/torc-service/v1") as client:
        return [each async for each in client.follow_workflows(user)], queries


async def test_changes_are_typed_and_comments_are_skipped() -> None:
    first = 'event: workflows_changed\ndata: {"workflow_ids":[],"everything":true}\n\n'
    second = 'event: workflows_changed\ndata: {"workflow_ids":[3,7],"everything":false}\n\n'
    found, queries = await followed(f"{first}: still here\n\n{second}", user="ann")
    assert found == [
        ChangedWorkflows(workflow_ids=[], everything=True),
        ChangedWorkflows(workflow_ids=[3, 7], everything=False),
    ]
    assert queries == ["user=ann"]


async def test_a_server_without_the_stream_refuses() -> None:
    with pytest.raises(ApiError):
        await followed('{"message": "no"}', status=404)


async def test_other_data_is_an_error() -> None:
    with pytest.raises(UnexpectedResponseError):
        await followed('event: workflows_changed\ndata: {"workflow_ids": "x"}\n\n')
