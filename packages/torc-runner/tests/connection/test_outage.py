"""Repetition of calls while the server is away."""

import asyncio

import pytest

from torc_client.errors import (
    ApiError,
    ForbiddenError,
    ServerError,
    ServerUnreachableError,
    TokenRefusedError,
    UnauthorizedError,
    api_error,
)
from torc_runner.connection.outage import Outages
from torc_runner.inbox import Inbox
from torc_runner.machine.events import ServerAway, ServerBack


class FakeCall:
    """Returns or raises the given answers in order."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = 0

    async def call(self):
        self.calls += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


AWAY = ServerUnreachableError("http://x", "connection refused")


async def test_an_outage_posts_one_event_for_its_start_and_one_for_its_end():
    inbox = Inbox()
    fake = FakeCall(AWAY, AWAY, "yes")
    assert await Outages(60, inbox).outlast(fake.call) == "yes"
    assert inbox.take() == [ServerAway(), ServerBack()]


async def test_without_a_time_limit_the_first_failure_is_raised():
    fake = FakeCall(AWAY, "yes")
    with pytest.raises(ServerUnreachableError):
        await Outages(0).outlast(fake.call)
    assert fake.calls == 1


async def test_there_is_no_limit_while_results_would_be_lost():
    needs = iter([True, True, True, False])
    fake = FakeCall(AWAY, AWAY, AWAY, AWAY, "yes")
    with pytest.raises(ServerUnreachableError):
        await Outages(0, None, lambda: next(needs)).outlast(fake.call)
    assert fake.calls == 4


async def test_an_internal_error_of_the_server_has_a_limit():
    fake = FakeCall(ServerError(500, "It failed"), "yes")
    with pytest.raises(ServerError):
        await Outages(0, None, lambda: True).outlast(fake.call)
    assert fake.calls == 1


async def test_a_refusal_is_raised_at_once():
    fake = FakeCall(ApiError(422, "No"), "yes")
    with pytest.raises(ApiError, match="No"):
        await Outages(60).outlast(fake.call)
    assert fake.calls == 1


@pytest.mark.parametrize("refusal", [UnauthorizedError(401, "Unauthorized"), ForbiddenError(403, "no access")])
async def test_credentials_that_are_refused_in_a_run_are_an_outage(refusal, caplog):
    inbox = Inbox()
    fake = FakeCall(refusal, refusal, "yes")
    assert await Outages(60, inbox, had_access=True).outlast(fake.call) == "yes"
    assert inbox.take() == [ServerAway(), ServerBack()]
    assert "Server refuses the credentials of this runner" in caplog.text


async def test_the_words_about_a_token_name_no_password(caplog):
    body = b'{"error": {"message": "Token 7 expired at 2026-11-29 12:00:00 UTC; submit again"}}'
    fake = FakeCall(api_error(401, body), "yes")
    assert await Outages(60, None, lambda: True, had_access=True).outlast(fake.call) == "yes"
    assert "Server refuses the token of this runner" in caplog.text
    assert "Token 7 expired at 2026-11-29 12:00:00 UTC" in caplog.text
    assert "PASSWORD" not in caplog.text


async def test_a_refused_token_is_not_awaited_when_the_last_job_has_ended():
    inbox, is_needed = Inbox(), True
    body = b'{"error": {"message": "Token 7 is not valid: it was revoked; submit again"}}'
    fake = FakeCall(AWAY, *[api_error(401, body)] * 9)
    outages = Outages(600, inbox, lambda: is_needed, had_access=True)

    async def end_the_last_job():
        nonlocal is_needed
        while fake.calls < 6:
            await asyncio.sleep(0)
            outages.look_again()
            assert not refused.done()
        is_needed = False
        outages.look_again()

    refused = asyncio.create_task(outages.outlast(fake.call))
    await end_the_last_job()
    with pytest.raises(TokenRefusedError):
        await refused
    assert fake.calls == 7
    assert inbox.take() == [ServerAway()]


@pytest.mark.parametrize("refusal", [UnauthorizedError(401, "Unauthorized"), ForbiddenError(403, "no access")])
async def test_credentials_that_were_never_accepted_are_refused_at_once(refusal):
    fake = FakeCall(refusal, "yes")
    with pytest.raises(type(refusal)):
        await Outages(60).outlast(fake.call)
    assert fake.calls == 1
