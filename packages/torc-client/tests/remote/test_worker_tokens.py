import pytest

from torc_client.api.records import CreatedTokenModel, ListTokensResponse, TokenModel
from torc_client.client import TorcClient
from torc_client.errors import ForbiddenError
from torc_client.remote.address import parse_worker
from torc_client.remote.worker_tokens import WorkerToken, issue_token, revoke_token, revoke_tokens
from torc_client.testing import FakeServer, Refusal

WORKER = parse_worker("ada@node1:2222")
TEXT = "torc_7_" + 43 * "s"
TIMES = {"created_at": "2026-01-01T00:00:00Z", "expires_at": "2026-04-01T00:00:00Z"}


def token(id: int, note: str | None) -> TokenModel:
    return TokenModel(id=id, workflow_id=7, user="ada", note=note, **TIMES)


@pytest.fixture
async def known(client: TorcClient, fake_server: FakeServer) -> TorcClient:
    version = {"version": "1.0.0", "api_version": "1.0.0", "torc_server": "1.0.0", "database_id": "db1"}
    fake_server.answer("get_version", version)
    fake_server.answer(
        "create_token", CreatedTokenModel(id=3, workflow_id=7, user="ada", token=TEXT, note="remote worker x", **TIMES)
    )
    fake_server.answer("revoke_token", {"message": "Revoked"})
    items = [
        token(1, "remote worker ada@node1:2222"),
        token(2, "remote worker ada@node1"),
        token(3, "remote worker ada@node1:2222"),
        token(4, None),
    ]
    fake_server.answer(
        "list_tokens",
        ListTokensResponse(items=items, count=4, total_count=4, offset=0, max_limit=100000, has_more=False),
    )
    await client.pin_database()
    return client


async def test_each_worker_has_a_token_with_its_name(known: TorcClient, fake_server: FakeServer):
    made = await issue_token(known, 7, WORKER)
    assert made == WorkerToken(3, TEXT)
    assert fake_server.calls[-1].body == {"note": "remote worker ada@node1:2222"}
    assert TEXT not in repr(made)


async def test_a_server_that_accepts_anonymous_callers_needs_no_token(known: TorcClient, fake_server: FakeServer):
    fake_server.answer("create_token", Refusal(422, "this request has none"))
    assert await issue_token(known, 7, WORKER) is None
    fake_server.answer("create_token", Refusal(403, "no"))
    with pytest.raises(ForbiddenError):
        await issue_token(known, 7, WORKER)


async def test_a_server_without_tokens_is_not_asked_for_one(client: TorcClient, fake_server: FakeServer):
    await client.pin_database()
    assert await issue_token(client, 7, WORKER) is None
    assert await revoke_tokens(client, 7, WORKER) == 0
    assert {call.operation for call in fake_server.calls} == {"get_version"}


async def test_a_stopped_worker_loses_its_tokens_and_no_other_one_does(known: TorcClient, fake_server: FakeServer):
    assert await revoke_tokens(known, 7, WORKER) == 2
    assert [call.path["id"] for call in fake_server.calls_of("revoke_token")] == [1, 3]


async def test_the_token_of_a_new_start_stays(known: TorcClient, fake_server: FakeServer):
    assert await revoke_tokens(known, 7, WORKER, kept=WorkerToken(3, TEXT)) == 1
    assert [call.path["id"] for call in fake_server.calls_of("revoke_token")] == [1]


async def test_a_token_that_is_gone_counts_as_revoked(known: TorcClient, fake_server: FakeServer):
    fake_server.answer("revoke_token", Refusal(404, "gone"))
    await revoke_token(known, WorkerToken(3, TEXT))
    assert await revoke_tokens(known, 7, WORKER) == 0
