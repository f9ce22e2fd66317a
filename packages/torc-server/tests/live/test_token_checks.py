"""Checks of tokens: what is remembered, and until when."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from torc_server.engine.access.tokens import StoredToken, digest_of
from torc_server.engine.ids import TokenId, WorkflowId
from torc_server.engine.signals import TokensChanged, WorkflowDeleted
from torc_server.live.token_checks import TokenChecker, TokenRefused

TEXT = "torc_7_" + 43 * "s"
HEADER = f"Bearer {TEXT}"
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
TOKEN = StoredToken(
    TokenId(7), WorkflowId(3), "ann", is_login=True, digest=digest_of(TEXT), ends_at=NOW + timedelta(hours=1)
)


class World:
    """A database of one token, the users, and the time."""

    def __init__(self) -> None:
        self.stored: StoredToken | None = TOKEN
        self.users = {"ann"}
        self.now = NOW
        self.reads = 0
        self.may_read = asyncio.Event()
        self.may_read.set()
        self.checker = TokenChecker(self.look_up, self.users.__contains__, lambda: self.now)

    async def look_up(self, token_id: TokenId) -> StoredToken | None:
        self.reads += 1
        found = self.stored if token_id == TOKEN.id else None
        await self.may_read.wait()
        return found


async def test_a_valid_token_is_read_once() -> None:
    world = World()
    for _ in range(3):
        assert await world.checker.token_of(HEADER) == TOKEN
    assert world.reads == 1


@pytest.mark.parametrize("header", [None, "", "Basic YTpi", TEXT, "Bearer x.y.z", "Bearer torc_7_", "Bearer torc_x_y"])
async def test_other_credentials_are_no_tokens(header: str | None) -> None:
    world = World()
    assert await world.checker.token_of(header) is None
    assert world.reads == 0


@pytest.mark.parametrize("scheme", ["bearer", "BEARER "])
async def test_the_scheme_is_read_as_http_says(scheme: str) -> None:
    assert await World().checker.token_of(f"{scheme} {TEXT}") == TOKEN


@pytest.mark.parametrize("text", ["torc_7_" + 43 * "t", "torc_8_" + 43 * "s", "torc_07_" + 43 * "s"])
async def test_a_wrong_secret_and_an_unknown_id_get_the_same_words(text: str) -> None:
    world = World()
    with pytest.raises(TokenRefused) as refused:
        await world.checker.token_of(f"Bearer {text}")
    assert "is not valid: it was revoked" in refused.value.message
    assert 43 * text[-1] not in refused.value.message


async def test_a_remembered_token_expires_at_its_time() -> None:
    world = World()
    await world.checker.token_of(HEADER)
    world.now = TOKEN.ends_at - timedelta(seconds=1)
    await world.checker.token_of(HEADER)
    world.now = TOKEN.ends_at
    with pytest.raises(TokenRefused, match="Token 7 expired at 2026-11-29 13:00:00 UTC; submit again"):
        await world.checker.token_of(HEADER)
    with pytest.raises(TokenRefused, match="expired"):
        await world.checker.require_still_valid(TOKEN.id)


@pytest.mark.parametrize("signal", [TokensChanged(WorkflowId(3)), WorkflowDeleted(WorkflowId(3))])
async def test_a_change_is_seen_by_the_next_request(signal: object) -> None:
    world = World()
    await world.checker.token_of(HEADER)
    world.stored = None
    world.checker.deliver([signal])
    with pytest.raises(TokenRefused):
        await world.checker.token_of(HEADER)


async def test_changes_of_other_workflows_cost_nothing() -> None:
    world = World()
    await world.checker.token_of(HEADER)
    world.checker.deliver([TokensChanged(WorkflowId(4)), object()])
    await world.checker.token_of(HEADER)
    assert world.reads == 1


async def test_what_was_read_before_a_revocation_is_not_remembered_after_it() -> None:
    world = World()
    world.may_read.clear()
    reading = asyncio.create_task(world.checker.token_of(HEADER))
    await asyncio.sleep(0)
    world.stored = None
    world.checker.deliver([TokensChanged(WorkflowId(3))])
    world.may_read.set()
    assert await reading == TOKEN  # it was valid when the request began
    with pytest.raises(TokenRefused):
        await world.checker.token_of(HEADER)


async def test_a_token_ends_with_the_login_of_its_user() -> None:
    world = World()
    await world.checker.token_of(HEADER)
    world.users.clear()
    with pytest.raises(TokenRefused, match="acts as 'ann', who is not a user of this server any more"):
        await world.checker.token_of(HEADER)
