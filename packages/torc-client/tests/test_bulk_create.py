"""Few requests for many records, and a workflow that is created with all its records or not at all."""

import asyncio
from itertools import pairwise

import pytest

from torc_client import bulk_create
from torc_client.api.records import JobModel, WorkflowModel
from torc_client.bulk_create import (
    CHARACTERS_PER_REQUEST,
    RECORDS_PER_REQUEST,
    batches,
    create_all_or_nothing,
    create_jobs,
)
from torc_client.errors import ApiError, TorcError
from torc_client.testing import Refusal
from torc_client.workflow_operations.create import create_from_commands


@pytest.fixture
def server(fake_server, make):
    fake_server.answer("create_workflow", make.workflow(7))
    fake_server.answer("finish_creation", make.workflow(7))
    fake_server.answer("delete_workflow", make.workflow(7))
    fake_server.answer("create_jobs", lambda call: {"jobs": [{"id": 1, **job} for job in call.body["jobs"]]})
    return fake_server


def deleted(server) -> list[int]:
    return [call.path["id"] for call in server.calls_of("delete_workflow")]


def test_batches_are_limited_by_records_and_by_characters():
    assert [len(batch) for batch in batches(range(2 * RECORDS_PER_REQUEST + 1), lambda _: 10)] == [10_000, 10_000, 1]
    sizes = [CHARACTERS_PER_REQUEST // 3, CHARACTERS_PER_REQUEST * 2, 1, 1]
    groups = list(batches(range(4), lambda number: sizes[number]))
    assert groups == [[0], [1], [2, 3]]
    assert all(first[-1] < second[0] for first, second in pairwise(groups))


async def test_jobs_with_one_name_are_created_in_several_requests(server, client):
    jobs = [JobModel(workflow_id=7, name=name, command="true") for name in "abacb"]
    assert [job.name for job in await create_jobs(client, jobs)] == list("abacb")
    sent = [[job["name"] for job in call.body["jobs"]] for call in server.calls_of("create_jobs")]
    assert sent == [["a", "b"], ["a", "c", "b"]]


@pytest.mark.parametrize("at_once", [False, True])
async def test_no_jobs_need_no_request(server, client, at_once):
    assert await create_jobs(client, [], at_once=at_once) == []
    assert server.calls_of("create_jobs") == []


async def test_jobs_with_long_commands_are_created_in_several_requests(server, client, monkeypatch):
    monkeypatch.setattr(bulk_create, "CHARACTERS_PER_REQUEST", 1000)
    jobs = [JobModel(workflow_id=7, name=f"job{n}", command="x" * 500) for n in range(3)]
    assert [job.name for job in await create_jobs(client, jobs)] == ["job0", "job1", "job2"]
    assert len(server.calls_of("create_jobs")) == 3


async def test_an_error_of_the_deletion_does_not_hide_the_first_error(server, client):
    server.answer("create_jobs", Refusal(422, "no such thing"))
    server.answer("delete_workflow", Refusal(403, "not yours"))
    with pytest.raises(ApiError, match="no such thing") as raised:
        await create_from_commands(client, "w", ["true"])
    assert raised.value.status == 422
    assert "torc workflows delete 7" in raised.value.hint


async def test_an_error_that_torc_does_not_know_deletes_the_workflow_and_is_raised(server, client):
    async def fill(_: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await create_all_or_nothing(client, WorkflowModel(name="w", user="ada"), fill)
    assert deleted(server) == [7]


@pytest.mark.parametrize("operation", ["create_workflow", "create_jobs"])
async def test_an_interruption_leaves_no_workflow(server, client, make, operation):
    may_answer = asyncio.Event()

    async def answer_later(_):
        await may_answer.wait()
        return make.workflow(7) if operation == "create_workflow" else {"jobs": []}

    server.answer(operation, answer_later)
    creating = asyncio.create_task(create_from_commands(client, "w", ["true"]))
    await server.received(operation)
    creating.cancel()
    await asyncio.sleep(0)
    may_answer.set()
    with pytest.raises(asyncio.CancelledError):
        await creating
    assert deleted(server) == [7]


async def test_an_interruption_before_a_refused_creation_deletes_nothing(server, client):
    may_answer = asyncio.Event()

    async def refuse_later(_):
        await may_answer.wait()
        return Refusal(403, "not yours")

    server.answer("create_workflow", refuse_later)
    creating = asyncio.create_task(create_from_commands(client, "w", ["true"]))
    await server.received("create_workflow")
    creating.cancel()
    await asyncio.sleep(0)
    may_answer.set()
    with pytest.raises(asyncio.CancelledError):
        await creating
    assert deleted(server) == []


async def test_a_workflow_without_an_id_in_the_answer_is_an_error(server, client):
    server.answer("create_workflow", WorkflowModel(name="w", user="ada"))
    with pytest.raises(TorcError, match="without returning its id"):
        await create_from_commands(client, "w", ["true"])
