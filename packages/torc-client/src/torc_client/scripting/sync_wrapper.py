"""Synchronous wrappers of asynchronous classes: one thread runs an event loop, and every method waits for it.

    class Workflow(SyncWrapper[AsyncWorkflow]):
        wait = sync_method(AsyncWorkflow.wait)

Editors and mypy see the parameters and the docstring of the asynchronous method.
"""

import asyncio
import contextlib
import difflib
import functools
import inspect
import os
import threading
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast, get_args, overload

from torc_client.errors import ServerUnreachableError, TorcError

Asynchronous = TypeVar("Asynchronous")
P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")
Cleanup = Callable[[], Awaitable[None]]

_END = object()
# A signal that arrives just before a thread begins to wait for a lock does not end that wait. This limits each wait.
_CTRL_C_SECONDS = 0.5


class EventLoopThread:
    """An event loop in its own thread. It ends when this object is garbage-collected, or the program ends."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._pid = os.getpid()
        self._cleanups: list[Cleanup] = []
        thread = threading.Thread(target=self._loop.run_forever, name="torc-client", daemon=True)
        thread.start()
        self._finalizer = weakref.finalize(self, _end, self._loop, thread, self._cleanups)

    def at_end(self, cleanup: Cleanup) -> None:
        """Call a coroutine function in the loop before the thread ends. It must not refer to this object."""
        self._cleanups.append(cleanup)

    def wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the loop. Ctrl-C cancels it, and KeyboardInterrupt is raised after it has cleaned up.

        Raises TorcError if the client was closed, and in a fork of the process, which has no such thread.
        """
        if not self._finalizer.alive:
            work.close()
            raise TorcError("This client was closed.", "Create a new one.")
        if self._pid != os.getpid():
            work.close()
            raise TorcError(
                f"This client was created in process {self._pid}; this process is a fork of it, and cannot use it.",
                "Create a client in each process: call `Torc()` in the function that runs in the other process.",
            )
        loop = self._loop
        result: Future[T] = Future()
        running: list[asyncio.Task[T]] = []

        def start() -> None:
            running.append(loop.create_task(work))
            running[0].add_done_callback(functools.partial(_pass_on, result))

        def cancel() -> None:
            if running:
                running[0].cancel()
            else:
                work.close()
                result.set_exception(asyncio.CancelledError())

        try:
            loop.call_soon_threadsafe(start)  # Ctrl-C may come before or after this line
            while not wait([result], _CTRL_C_SECONDS).done:
                pass
            return _end_of(result)
        except BaseException:
            if not result.done():
                loop.call_soon_threadsafe(cancel)
                with contextlib.suppress(Exception, asyncio.CancelledError):
                    result.result()
            raise

    def each(self, items: AsyncIterator[T]) -> Iterator[T]:
        """Yield the items of an asynchronous iterator."""
        while (item := self.wait_for(_next(items))) is not _END:
            yield cast("T", item)

    def stop(self) -> None:
        """End the thread. Does nothing if it has ended."""
        self._finalizer()


def _end(loop: asyncio.AbstractEventLoop, thread: threading.Thread, cleanups: Sequence[Cleanup]) -> None:
    async def clean_up() -> None:
        for cleanup in cleanups:
            await cleanup()

    if not thread.is_alive():  # this process was forked: the thread is one of its parent, as are the connections
        return
    if threading.current_thread() is thread:  # garbage collection runs in any thread
        loop.create_task(clean_up()).add_done_callback(lambda _: loop.stop())
        return
    asyncio.run_coroutine_threadsafe(clean_up(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


async def _next(items: AsyncIterator[T]) -> T | object:
    return await anext(items, _END)


def _pass_on(result: Future[T], ended: asyncio.Task[T]) -> None:
    if ended.cancelled():
        result.set_exception(asyncio.CancelledError())
    elif (error := ended.exception()) is not None:
        result.set_exception(error)
    else:
        result.set_result(ended.result())


def _end_of(result: Future[T]) -> T:
    error = result.exception()
    if isinstance(error, TorcError):
        raise _without_internals(error)
    return result.result()


def _without_internals(error: TorcError) -> TorcError:
    """Return the error without what happened in the library: its message is meant for the user, whose frames follow."""
    if isinstance(error, ServerUnreachableError):
        error.__cause__ = None  # an error of the HTTP library, with forty frames
        error.__suppress_context__ = True
    return error.with_traceback(None)


class SyncWrapper(Generic[Asynchronous]):
    """The synchronous wrapper of an asynchronous object, whose coroutines run in `thread`."""

    def __init__(self, asynchronous: Asynchronous, thread: EventLoopThread) -> None:
        self._asynchronous = asynchronous
        self._thread = thread

    def __repr__(self) -> str:
        return repr(self._asynchronous).removeprefix("Async")

    def __dir__(self) -> Iterable[str]:
        return [name for name in super().__dir__() if not hasattr(getattr(type(self), name, None), "__deprecated__")]


@overload
def sync_method(
    method: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[SyncWrapper[Any], P], T]: ...


@overload
def sync_method(
    method: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]], *, returns: Callable[[T, EventLoopThread], R]
) -> Callable[Concatenate[SyncWrapper[Any], P], R]: ...


def sync_method(
    method: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]],
    *,
    returns: Callable[[T, EventLoopThread], Any] | None = None,
) -> Callable[Concatenate[SyncWrapper[Any], P], Any]:
    """Make the method of a wrapper that calls a coroutine method and waits for it.

    If the method returns an asynchronous object, `returns` is the class of its wrapper.
    """

    @functools.wraps(method)
    def call(self: SyncWrapper[Any], /, *arguments: P.args, **keywords: P.kwargs) -> Any:
        _require_call(self, method, arguments, keywords)
        work: Coroutine[Any, Any, T] = getattr(self._asynchronous, method.__name__)(*arguments, **keywords)
        result = self._thread.wait_for(work)
        return result if returns is None else returns(result, self._thread)

    if returns is not None:
        signature = inspect.signature(method)
        call.__signature__ = signature.replace(return_annotation=returns)  # type: ignore[attr-defined]
    return call


def _require_call(
    owner: object, method: Callable[..., Any], arguments: Sequence[Any], keywords: Mapping[str, Any]
) -> None:
    """Raise TypeError for arguments that the method does not have, in the name of the class that the user sees."""
    signature = inspect.signature(method)
    known = signature.parameters
    for name in keywords:
        if name not in known:
            similar = [each for each in known if each.startswith(name)] or difflib.get_close_matches(name, known, n=1)
            question = f". Did you mean {similar[0]!r}?" if similar else ""
            call = f"{type(owner).__name__}.{method.__name__}()"
            raise TypeError(f"{call} got an unexpected keyword argument {name!r}{question}")
    try:
        signature.bind(owner, *arguments, **keywords)
    except TypeError as error:
        by_name = [each.name for each in known.values() if each.kind is inspect.Parameter.KEYWORD_ONLY]
        is_too_many = by_name and str(error).startswith("too many")
        form = f": name them, as in {by_name[0]}={arguments[-1]!r}" if is_too_many else ""
        raise TypeError(f"{type(owner).__name__}.{method.__name__}(): {error}{form}") from None


def sync_iterator(
    method: Callable[Concatenate[Any, P], AsyncIterator[T]],
) -> Callable[Concatenate[SyncWrapper[Any], P], Iterator[T]]:
    """Make the method of a wrapper that yields the items of an asynchronous iterator."""

    @functools.wraps(method)
    def call(self: SyncWrapper[Any], /, *arguments: P.args, **keywords: P.kwargs) -> Iterator[T]:
        items: AsyncIterator[T] = getattr(self._asynchronous, method.__name__)(*arguments, **keywords)
        return self._thread.each(items)

    signature = inspect.signature(method)
    (of,) = get_args(signature.return_annotation)
    call.__signature__ = signature.replace(return_annotation=Iterator[of])  # type: ignore[attr-defined, valid-type]
    return call
