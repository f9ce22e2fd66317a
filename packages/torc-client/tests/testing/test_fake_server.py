"""The fake server reports violations of the contract: otherwise tests with it would not be reliable."""

import aiohttp
import pytest

from torc_client import JobModel, ServerError, TorcClient
from torc_client.testing import FakeServer


async def violations_of(request=None, **answers) -> str:
    server = FakeServer()
    for operation, answer in answers.items():
        server.answer(operation, answer)
    await server.start()
    async with aiohttp.ClientSession() as session:
        method, path, options = request or ("GET", "/jobs/3", {})
        await (await session.request(method, server.url + path, **options)).read()
    await server.stop()
    with pytest.raises(AssertionError) as caught:
        server.verify()
    return str(caught.value)


JOB = {"id": 3, "workflow_id": 7, "name": "a", "command": "true"}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"id": 3}, "'command' is missing"),
        (JOB | {"id": "3"}, "'3' is not of type integer or null"),
        (JOB | {"id": True}, "True is not of type integer or null"),
        (JOB | {"status": "done"}, "'done' is not one of"),
        (JOB | {"colour": 1}, "there is no 'colour'"),
        (JOB | {"depends_on_job_ids": ["x"]}, "depends_on_job_ids[0]"),
        (JOB | {"env": {"A": 1}}, "env.A"),
    ],
)
async def test_answers_are_checked(answer, said):
    assert said in await violations_of(get_job=answer)


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (("GET", "/jobs", {}), "'workflow_id' is missing"),
        (("GET", "/jobs?workflow_id=x", {}), "'x' is not of type integer"),
        (("GET", "/jobs?workflow_id=1&color=red", {}), "no query parameter 'color'"),
        (("GET", "/jobs?workflow_id=1&status=done", {}), "'done' is not one of"),
        (("POST", "/jobs", {"json": {"name": "a"}}), "'command' is missing"),
        (("GET", "/jobs/abc", {}), "'abc' is not of type integer"),
    ],
)
async def test_requests_are_checked(request_, said, make):
    answers = {"list_jobs": make.jobs([]), "create_job": make.job(), "get_job": make.job()}
    assert said in await violations_of(request_, **answers)


async def test_a_call_without_an_answer_is_a_violation():
    server = FakeServer()
    await server.start()
    async with TorcClient(server.url) as client:
        with pytest.raises(ServerError):
            await client.jobs.create_job(JobModel(workflow_id=7, name="a", command="true"))
    await server.stop()
    with pytest.raises(AssertionError, match="the test defines no answer"):
        server.verify()


def test_unknown_operations_are_refused():
    with pytest.raises(ValueError, match="no operation 'fly'"):
        FakeServer().answer("fly", {})


async def test_waiting_for_a_call(fake_server, client):
    await client.system.ping()
    assert (await fake_server.received("ping"))[0].operation == "ping"
