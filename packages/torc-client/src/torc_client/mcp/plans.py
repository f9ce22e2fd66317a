"""Changes in two steps: a plan that says what it will do, then `apply_plan`, if the state is still the same."""

import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from torc_client.errors import TorcError
from torc_client.mcp.answers import Answer, Id

LIFETIME_SECONDS: Final = 1800
_MOST_PLANS: Final = 100


class PlanGoneError(TorcError):
    """A plan is not known: it was applied, it expired, or another server made it."""


class StateMovedOnError(TorcError):
    """What a plan is about has changed since the plan was made."""


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """What is going to be done, and how."""

    title: str
    """Such as `Cancel workflow 3 (sweep)`."""

    lines: Sequence[str]
    """What it does, to how many, for people."""

    look: Callable[[], Awaitable[object]]
    """Returns what the plan depends on. If that has changed, the plan is refused."""

    carry_out: Callable[[], Awaitable[Sequence[str]]]
    """Does it, and returns what was done."""

    workflow_id: int


@dataclass(frozen=True, slots=True)
class _Kept:
    change: PlannedChange
    seen: object
    made: float


class PlanAnswer(Answer):
    """A plan. Nothing has been changed."""

    plan_id: str
    workflow_id: Id
    title: str
    will: list[str]
    """What `apply_plan` will do."""

    expires_in_seconds: int = LIFETIME_SECONDS
    next_step: str
    """How to continue."""


@dataclass(slots=True)
class Plans:
    """The plans that were made and not applied."""

    clock: Callable[[], float] = time.monotonic
    _kept: dict[str, _Kept] = field(default_factory=dict)

    async def add(self, change: PlannedChange) -> PlanAnswer:
        """Keep a plan, with what it depends on. Raises TorcError."""
        seen = await change.look()
        self._drop_expired()
        while len(self._kept) >= _MOST_PLANS:
            del self._kept[next(iter(self._kept))]
        plan_id = secrets.token_hex(8)
        self._kept[plan_id] = _Kept(change, seen, self.clock())
        return PlanAnswer(
            plan_id=plan_id,
            workflow_id=change.workflow_id,
            title=change.title,
            will=list(change.lines),
            next_step="Nothing has changed. Show the user what will be done, then call apply_plan with this plan_id.",
        )

    def get(self, plan_id: str) -> PlannedChange:
        """Return a plan. Raises PlanGoneError."""
        self._drop_expired()
        kept = self._kept.get(plan_id)
        if kept is None:
            raise PlanGoneError(
                f"There is no plan {plan_id[:40]!r}: it was applied, or it expired.",
                "Make the plan again.",
            )
        return kept.change

    async def carry_out(self, plan_id: str) -> Sequence[str]:
        """Apply a plan once, and return what was done. Raises PlanGoneError, StateMovedOnError, TorcError."""
        change = self.get(plan_id)
        kept = self._kept.pop(plan_id)
        if await change.look() != kept.seen:
            raise StateMovedOnError(
                f"{change.title}: refused, because the state of the workflow has changed since the plan was made.",
                "Nothing was done. Make the plan again, and look at what it says now.",
            )
        return await change.carry_out()

    def _drop_expired(self) -> None:
        oldest = self.clock() - LIFETIME_SECONDS
        for plan_id in [plan_id for plan_id, kept in self._kept.items() if kept.made < oldest]:
            del self._kept[plan_id]
