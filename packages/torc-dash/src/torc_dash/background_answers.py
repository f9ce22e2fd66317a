"""Answers to slow questions, such as those to Slurm: pages show the last answer and do not wait for the next one.

A page that wants a newer answer starts the question in the background. All pages share it. Where an old answer would
be wrong, a page waits for a fresh one, which then serves all pages for some seconds.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from torc_client.batch.system import BatchError
from torc_client.errors import TorcError

Value = TypeVar("Value")
Key = TypeVar("Key", bound=Hashable)

# An answer that is older than this is asked for again by the next page.
FRESH_SECONDS = 15.0
# A page waits this long for an answer; later it asks for the part again.
PATIENCE_SECONDS = 0.05
# The number of answers that are kept. The one that was asked for longest ago is dropped first.
MOST_KEPT = 64


@dataclass(frozen=True)
class Answered(Generic[Value]):
    """The last answer: a value, or why there is none. Both are None before the first. `age_seconds` is its age."""

    value: Value | None = None
    problem: str | None = None
    age_seconds: float = 0.0
    is_asking: bool = False


@dataclass
class _Known(Generic[Value]):
    value: Value | None = None
    problem: str | None = None
    answered_at: float | None = None
    question: "asyncio.Task[None] | None" = None


class BackgroundAnswers(Generic[Key, Value]):
    """The last answers to one kind of question, by a key. `ask` may raise BatchError and TorcError."""

    def __init__(
        self,
        ask: Callable[[Key], Awaitable[Value]],
        *,
        fresh_seconds: float = FRESH_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask
        self._fresh_seconds = fresh_seconds
        self._clock = clock
        self._known: dict[Key, _Known[Value]] = {}

    def latest(self, key: Key) -> Answered[Value]:
        """Return the last answer, and ask again in the background if it is not fresh. Must run in the event loop."""
        known = self._known.pop(key, None) or _Known()
        self._known[key] = known
        while len(self._known) > MOST_KEPT:
            self._forget(next(iter(self._known)))
        now = self._clock()
        is_old = known.answered_at is None or now - known.answered_at > self._fresh_seconds
        if is_old and known.question is None:
            known.question = asyncio.create_task(self._answer(key, known))
        age = 0.0 if known.answered_at is None else now - known.answered_at
        return Answered(known.value, known.problem, age, known.question is not None)

    async def fresh(self, key: Key) -> Answered[Value]:
        """Return an answer that is fresh: wait for it if the last one is not. All who wait share one question."""
        answered = self.latest(key)
        question = self._known[key].question
        if question is None:
            return answered
        await asyncio.wait([question])
        return self.latest(key)

    async def soon(self, key: Key, seconds: float | None = None) -> Answered[Value]:
        """Return a fresh answer if it comes within some seconds, or else the last one."""
        answered = self.latest(key)
        question = self._known[key].question
        if question is None:
            return answered
        await asyncio.wait([question], timeout=PATIENCE_SECONDS if seconds is None else seconds)
        return self.latest(key)

    async def _answer(self, key: Key, known: _Known[Value]) -> None:
        try:
            known.value, known.problem = await self._ask(key), None
        except (BatchError, TorcError, OSError) as error:
            known.value, known.problem = None, str(error)
        finally:
            known.answered_at, known.question = self._clock(), None

    def _forget(self, key: Key) -> None:
        question = self._known.pop(key).question
        if question is not None:
            question.cancel()

    async def close(self) -> None:
        """End the open questions."""
        open_ones = [known.question for known in self._known.values() if known.question is not None]
        for question in open_ones:
            question.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)
