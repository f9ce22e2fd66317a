"""Synchronous wrappers of asynchronous classes: results, errors, iterators, signatures, Ctrl-C."""

import asyncio
import inspect
import signal
import threading
from collections.abc import AsyncIterator, Iterator

import pytest

from torc_client import Torc
from torc_client.scripting.sync_wrapper import EventLoopThread, SyncWrapper, sync_iterator, sync_method


class AsyncCounter:
    """Counts."""

    def __init__(self):
        self.cleaned_up = threading.Event()

    def __repr__(self):
        return "AsyncCounter()"

    async def twice(self, number: int, *, plus: int = 0) -> int:
        """Double it."""
        await asyncio.sleep(0)
        return 2 * number + plus

    async def fail(self):
        raise ValueError("it failed")

    async def count(self, end: int) -> AsyncIterator[int]:
        for number in range(end):
            yield number

    async def interrupt_caller(self):
        try:
            # To the main thread: the system may deliver a signal of the process to any of its threads.
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            self.cleaned_up.set()


class Counter(SyncWrapper[AsyncCounter]):
    """The synchronous wrapper of it."""

    twice = sync_method(AsyncCounter.twice)
    fail = sync_method(AsyncCounter.fail)
    count = sync_iterator(AsyncCounter.count)
    interrupt_caller = sync_method(AsyncCounter.interrupt_caller)


@pytest.fixture
def counter():
    thread = EventLoopThread()
    yield Counter(AsyncCounter(), thread)
    thread.stop()


def test_methods_wait_for_their_result(counter):
    assert counter.twice(4, plus=1) == 9


def test_errors_are_raised_here(counter):
    with pytest.raises(ValueError, match="it failed"):
        counter.fail()


def test_iterators(counter):
    assert list(counter.count(3)) == [0, 1, 2]


def test_a_wrapper_has_the_signatures_and_docstrings_of_the_wrapped_class(counter):
    assert repr(counter) == "Counter()"
    assert counter.twice.__doc__ == "Double it."
    assert list(inspect.signature(counter.twice).parameters) == ["number", "plus"]
    assert inspect.signature(counter.count).return_annotation == Iterator[int]
    assert not inspect.iscoroutinefunction(counter.twice)


def test_ctrl_c_is_raised_when_the_work_has_cleaned_up(counter):
    with pytest.raises(KeyboardInterrupt):
        counter.interrupt_caller()
    assert counter._asynchronous.cleaned_up.is_set()


def test_a_server_shows_its_address():
    with Torc("http://n1:8080/torc-service/v1") as torc:
        assert repr(torc) == "Torc('http://n1:8080/torc-service/v1')"
