"""Call the blocking functions of batch systems."""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from torc_client.batch.system import BatchError

Result = TypeVar("Result")


async def blocking(patience_seconds: float | None, function: Callable[..., Result], *arguments: object) -> Result:
    """Call a function of a batch system in a thread that the end of the program does not wait for.

    Raises BatchError, also after the time limit.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Result] = loop.create_future()

    def settle(result: Result | None, error: BaseException | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(result)  # type: ignore[arg-type]
        else:
            answer.set_exception(error)

    def call() -> None:
        result, error = None, None
        try:
            result = function(*arguments)
        except BaseException as caught:  # noqa: BLE001 - raised where it is awaited
            error = caught
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=call, daemon=True).start()
    try:
        async with asyncio.timeout(patience_seconds):
            return await answer
    except TimeoutError as error:
        raise BatchError(f"no answer in {patience_seconds:g} s") from error
