"""The exchange of a job through a server that does not answer every request."""

import asyncio

import pytest

from torc_client.errors import NotFoundError
from torc_client.mapping.user_data_exchange import UserDataExchange
from torc_client.testing import BREAK_OFF, FakeServer, Refusal

REQUEST = {"module": "math", "func": "sqrt", "items": [4]}


@pytest.fixture
def exchange(fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> UserDataExchange:
    for name, value in {"API_URL": fake_server.url, "WORKFLOW_ID": "7", "JOB_ID": "3", "USERNAME": "ann"}.items():
        monkeypatch.setenv(f"TORC_{name}", value)
    return UserDataExchange()


def page(record: dict[str, object]) -> dict[str, object]:
    return {"items": [record], "offset": 0, "max_limit": 10_000, "count": 1, "total_count": 1, "has_more": False}


@pytest.mark.parametrize("failures", [[], [BREAK_OFF], [Refusal(503, "busy"), BREAK_OFF, Refusal(503, "busy")]])
async def test_a_request_that_fails_is_repeated(fake_server: FakeServer, exchange: UserDataExchange, failures):
    record = {"id": 5, "workflow_id": 7, "name": "input_sqrt_1", "data": REQUEST}
    fake_server.script("list_user_data", [*failures, page(record)])
    request = await asyncio.to_thread(exchange.fetch)
    assert (request.reference["func"], request.items) == ("sqrt", [4])
    call = fake_server.calls_of("list_user_data")[0]
    assert (call.query["workflow_id"], call.query["consumer_job_id"]) == (7, 3)


async def test_a_report_is_stored_although_the_first_answer_is_lost(fake_server, exchange: UserDataExchange):
    record = {"id": 6, "workflow_id": 7, "name": "output_sqrt_1", "data": {}}
    fake_server.answer("list_user_data", page(record))
    fake_server.script("update_user_data", [BREAK_OFF, record])
    await asyncio.to_thread(exchange.report, {"calls": [{"value": 2.0}], "attempt": "1.1"})
    first, second = fake_server.calls_of("update_user_data")
    assert first.body == second.body
    assert second.body["data"] == {"calls": [{"value": 2.0}], "attempt": "1.1"}


async def test_a_refusal_is_the_error_of_the_client(fake_server: FakeServer, exchange: UserDataExchange):
    fake_server.answer("list_user_data", Refusal(404, "The workflow does not exist."))
    with pytest.raises(NotFoundError):
        await asyncio.to_thread(exchange.fetch)
