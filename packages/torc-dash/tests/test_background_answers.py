"""Answers to slow questions: pages do not wait, share one question, and see what went wrong."""

import asyncio
from typing import Any

from torc_client.batch.system import BatchError
from torc_dash import background_answers
from torc_dash.background_answers import FRESH_SECONDS, Answered, BackgroundAnswers


async def answered(answers: BackgroundAnswers[int, Any], key: int) -> Answered[Any]:
    """Let the open question end, and return its answer."""
    for _ in range(5):
        await asyncio.sleep(0)
    return answers.latest(key)


async def test_pages_share_one_question_and_get_its_answer_later() -> None:
    asked: list[int] = []
    ready = asyncio.Event()

    async def ask(key: int) -> str:
        asked.append(key)
        await ready.wait()
        return f"answer {len(asked)}"

    now = 50.0
    answers = BackgroundAnswers(ask, clock=lambda: now)
    assert answers.latest(3) == Answered(is_asking=True)
    await asyncio.sleep(0)
    assert answers.latest(3) == Answered(is_asking=True)
    ready.set()
    assert await answered(answers, 3) == Answered("answer 1")
    now += FRESH_SECONDS
    assert answers.latest(3) == Answered("answer 1", None, FRESH_SECONDS, is_asking=False)
    now += 0.5
    assert answers.latest(3) == Answered("answer 1", None, FRESH_SECONDS + 0.5, is_asking=True)
    assert asked == [3]
    await answers.close()


async def test_an_error_is_kept_in_place_of_an_answer() -> None:
    async def ask(_: int) -> str:
        raise BatchError("no answer in 20 s")

    answers = BackgroundAnswers(ask)
    answers.latest(1)
    found = await answered(answers, 1)
    assert (found.value, found.problem) == (None, "no answer in 20 s")


async def test_the_oldest_question_is_given_up() -> None:
    ended: list[int] = []

    async def ask(key: int) -> str:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(key)
        return ""

    answers = BackgroundAnswers(ask)
    for key in range(background_answers.MOST_KEPT + 1):
        answers.latest(key)
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert ended == [0]
    await answers.close()
    assert len(ended) == background_answers.MOST_KEPT + 1


async def test_who_needs_a_fresh_answer_waits_for_it() -> None:
    asked: list[int] = []
    now = 5.0

    async def ask(key: int) -> int:
        asked.append(key)
        await asyncio.sleep(0)
        return len(asked)

    answers = BackgroundAnswers(ask, fresh_seconds=10.0, clock=lambda: now)
    assert [each.value for each in await asyncio.gather(answers.fresh(1), answers.fresh(1))] == [1, 1]
    now += 10.0
    assert (await answers.fresh(1)).value == 1
    now += 0.1
    assert (await answers.fresh(1)).value == 2
    assert asked == [1, 1]
