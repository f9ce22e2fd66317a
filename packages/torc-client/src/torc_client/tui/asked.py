"""Answers that are expensive for the server: asked again only after some seconds, or when they are about another id."""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Asked(Generic[Answer]):
    """The last answer to a question about a record, with its age."""

    def __init__(self, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._about: int | None = None
        self._answer: Answer | None = None
        self._asked_at = 0.0

    def known(self, about: int) -> Answer | None:
        """Return the last answer about a record, also an old one; None if there is none."""
        return self._answer if about == self._about else None

    def is_due(self, about: int) -> bool:
        """Whether the last answer is about another record, or is old."""
        return about != self._about or self._clock() - self._asked_at >= self._seconds

    async def ask(self, about: int, question: Callable[[], Awaitable[Answer]]) -> Answer | None:
        """Return the answer about a record; ask if it is due. Raises what the question raises."""
        if self.is_due(about):
            if about != self._about:
                self._about, self._answer = about, None
            self._asked_at = self._clock()
            answer = await question()
            if about == self._about:
                self._answer = answer
        return self.known(about)

    def forget(self) -> None:
        """Ask again the next time."""
        self._about, self._answer = None, None
