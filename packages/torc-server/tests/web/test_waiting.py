"""Queues of waiting requests: no request misses a signal, and one query answers all alike requests."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from torc_server.api.operation import NothingYet
from torc_server.engine.ids import WorkflowId
from torc_server.engine.signals import JobsBecameReady, WorkflowCompleted
from torc_server.live.long_polls import LongPolls

READY = JobsBecameReady(WorkflowId(1))


@dataclass
class Shop:
    """Jobs to claim, and the number of queries."""

    waits: LongPolls = field(default_factory=LongPolls)
    stock: int = 0
    questions: int = 0
    while_asking: Callable[[], None] = lambda: None

    async def ask(self) -> Any:
        self.questions += 1
        found = self.stock > 0
        self.stock -= found
        self.while_asking()
        await asyncio.sleep(0)
        return "thing" if found else NothingYet("nothing")

    def wait(self, key: str = "k", seconds: float = 60.0) -> "asyncio.Task[Any]":
        return asyncio.create_task(
            self.waits.until_something(self.ask, workflow_id=1, key=key, woken_by=(JobsBecameReady,), seconds=seconds)
        )

    async def settle(self) -> None:
        for _ in range(200):
            await asyncio.sleep(0)


async def test_signals_wake_as_many_requests_as_there_are_jobs() -> None:
    shop = Shop()
    tasks = [shop.wait() for _ in range(50)]
    await shop.settle()
    assert shop.waits.parked == 50
    shop.stock = 20
    shop.waits.deliver([READY, READY, WorkflowCompleted(WorkflowId(1))])
    await shop.settle()
    assert sum(task.done() for task in tasks) == 20
    assert shop.waits.parked == 30
    # Each served request wakes two: at most one more than the served ones got no answer.
    assert shop.questions <= 50 + 20 + 21
    shop.waits.close()
    assert [await task for task in tasks].count("thing") == 20


async def test_one_query_answers_all_alike_requests() -> None:
    shop = Shop()
    tasks = [shop.wait() for _ in range(100)] + [shop.wait("other") for _ in range(100)]
    await shop.settle()
    asked = shop.questions
    shop.waits.deliver([READY])
    await shop.settle()
    assert shop.questions == asked + 2
    assert not any(task.done() for task in tasks)
    shop.waits.close()
    await asyncio.gather(*tasks)


async def test_signals_of_other_workflows_and_types_wake_no_request() -> None:
    shop = Shop()
    task = shop.wait()
    await shop.settle()
    shop.waits.deliver([JobsBecameReady(WorkflowId(2)), WorkflowCompleted(WorkflowId(1))])
    await shop.settle()
    assert shop.questions == 1
    shop.waits.close()
    await task


async def test_a_signal_during_a_query_is_not_lost() -> None:
    shop = Shop()

    def news() -> None:
        shop.while_asking = lambda: None
        shop.stock = 1
        shop.waits.deliver([READY])

    shop.while_asking = news
    assert await asyncio.wait_for(shop.wait(), 10) == "thing"


async def test_a_canceled_request_passes_its_signal_on() -> None:
    shop = Shop()
    first = shop.wait()
    await shop.settle()
    second = shop.wait()
    await shop.settle()
    shop.stock = 1
    shop.waits.deliver([READY])
    first.cancel()
    assert await asyncio.wait_for(second, 60) == "thing"
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_failed_request_passes_its_signal_on() -> None:
    shop = Shop()
    tasks = [shop.wait(), shop.wait()]
    await shop.settle()

    def fail_once() -> None:
        shop.while_asking = lambda: None
        shop.stock = 1
        raise ZeroDivisionError

    shop.while_asking = fail_once
    shop.waits.deliver([READY])
    with pytest.raises(ZeroDivisionError):
        await tasks[0]
    assert await asyncio.wait_for(tasks[1], 60) == "thing"


async def test_a_timeout_leaves_no_queue() -> None:
    shop = Shop()
    answer = await shop.wait(seconds=0.001)
    assert answer.answer == "nothing"
    assert shop.waits.parked == 0
    assert shop.waits._queues == {}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["wait", "wait other", "one", "five", "leave", "pause"]), max_size=30))
def test_no_job_stays_unclaimed_while_a_request_waits(steps: list[str]) -> None:
    async def play() -> None:
        shop = Shop()
        tasks: list[asyncio.Task[Any]] = []
        for step in steps:
            match step:
                case "wait" | "wait other":
                    tasks.append(shop.wait(step))
                case "one" | "five":
                    shop.stock += 1 if step == "one" else 5
                    shop.waits.deliver([READY])
                case "leave":
                    next((task for task in tasks if not task.done()), asyncio.Future()).cancel()
                case _:
                    await shop.settle()
        await shop.settle()
        assert shop.stock == 0 or shop.waits.parked == 0
        shop.waits.close()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(play())


async def test_a_request_whose_answer_is_its_own_leaves_the_signal_to_one_that_differs() -> None:
    """Each node that keeps its resources free wakes the next, until one gets an answer or all have asked."""
    waits, asked, stock = LongPolls(), [], [0]

    def wait(name: str, *, gets_none: bool) -> "asyncio.Task[Any]":
        async def ask() -> Any:
            asked.append(name)
            await asyncio.sleep(0)
            if gets_none or not stock[0]:
                return NothingYet("nothing", others_may_differ=gets_none)
            stock[0] -= 1
            return name

        return asyncio.create_task(
            waits.until_something(ask, workflow_id=1, key="k", woken_by=(JobsBecameReady,), seconds=60)
        )

    tasks = [wait(name, gets_none=name != "free") for name in ("a", "b", "free", "c")]
    await Shop().settle()
    asked.clear()
    stock[0] = 1
    waits.deliver([READY])
    await Shop().settle()
    assert [task.done() for task in tasks] == [False, False, True, False]
    asked.clear()
    waits.deliver([READY])
    await Shop().settle()
    assert sorted(asked) == ["a", "b", "c"], "each asks once"
    waits.close()
    await asyncio.gather(*tasks)
