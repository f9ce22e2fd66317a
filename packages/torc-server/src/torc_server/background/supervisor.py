"""Supervises background work: starts it, and logs failures and restarts it after a growing delay."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from torc_server.store.errors import StoreDamaged

logger = logging.getLogger(__name__)

Work = Callable[[], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]

DELAY_FIRST_SECONDS = 1.0
DELAY_MAX_SECONDS = 60.0


def ignore_damage(error: StoreDamaged) -> None:
    """Do nothing."""


@contextlib.asynccontextmanager
async def supervised(
    works: Mapping[str, Work],
    *,
    sleep: Sleep = asyncio.sleep,
    on_damage: Callable[[StoreDamaged], None] = ignore_damage,
) -> AsyncIterator[None]:
    """Run `works`, by name, until the block is left. Then cancel them and wait until they have ended.

    A work that returns is not started again, nor one that found the database damaged: then `on_damage` is called.
    """
    running = [
        asyncio.create_task(_keep_alive(name, work, sleep, on_damage), name=name) for name, work in works.items()
    ]
    try:
        yield
    finally:
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _keep_alive(name: str, work: Work, sleep: Sleep, on_damage: Callable[[StoreDamaged], None]) -> None:
    delay_seconds = DELAY_FIRST_SECONDS
    while True:
        try:
            await work()
        except StoreDamaged as error:
            on_damage(error)
            return  # nothing is written until a restart
        except Exception:
            logger.exception(
                "background work failed; it will be restarted",
                extra={"fields": {"work": name, "delay_seconds": delay_seconds}},
            )
        else:
            return
        await sleep(delay_seconds)
        delay_seconds = min(delay_seconds * 2, DELAY_MAX_SECONDS)
