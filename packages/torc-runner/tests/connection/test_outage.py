"""Calls to a service that is away: how long they are repeated."""

import pytest

from torc_client.errors import ApiError, ServerError, ServerUnreachableError
from torc_runner.connection.outage import Outages
from torc_runner.inbox import Inbox
from torc_runner.machine.events import ServerAway, ServerBack


class Service:
    """Answers in the given order; an exception is raised."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = 0

    async def call(self):
        self.calls += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


AWAY = ServerUnreachableError("http://x", "nobody listens")


async def test_what_comes_back_is_answered_and_told_of_once():
    inbox = Inbox()
    fake = Service(AWAY, AWAY, "yes")
    assert await Outages(60, inbox).outlast(fake.call) == "yes"
    assert inbox.take() == [ServerAway(), ServerBack()]


async def test_without_patience_the_first_failure_counts():
    fake = Service(AWAY, "yes")
    with pytest.raises(ServerUnreachableError):
        await Outages(0).outlast(fake.call)
    assert fake.calls == 1


async def test_there_is_no_limit_while_something_would_be_lost():
    needs = iter([True, True, True, False])
    fake = Service(AWAY, AWAY, AWAY, AWAY, "yes")
    with pytest.raises(ServerUnreachableError):
        await Outages(0, None, lambda: next(needs)).outlast(fake.call)
    assert fake.calls == 4


async def test_a_fault_of_the_service_itself_is_not_outlasted_for_that():
    fake = Service(ServerError(500, "It failed"), "yes")
    with pytest.raises(ServerError):
        await Outages(0, None, lambda: True).outlast(fake.call)
    assert fake.calls == 1


async def test_a_refusal_comes_at_once():
    fake = Service(ApiError(422, "No"), "yes")
    with pytest.raises(ApiError, match="No"):
        await Outages(60).outlast(fake.call)
    assert fake.calls == 1
