"""The blocking face of the client, for scripts: one thread runs an event loop, and every method waits for it."""

import asyncio
import inspect
import threading
import weakref
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from torc_client.api.enums import JobStatus
from torc_client.api.records import IsCompleteResponse, JobModel, ResourceRequirementsModel, WorkflowStatusResponse
from torc_client.client import TorcClient
from torc_client.event_stream import LiveEvent, NewsMissed
from torc_client.lifecycle.commands import create_from_commands
from torc_client.lifecycle.wait import wait_until_over
from torc_client.paging import iterate

if TYPE_CHECKING:
    from torc_client.api.blocking import Subjects
else:
    Subjects = object

T = TypeVar("T")


class _LoopThread:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="torc-client", daemon=True)
        self._thread.start()

    def wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine there; Ctrl-C here cancels it there."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def stop(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class _Blocking:
    """An object whose coroutine methods are called as plain ones."""

    def __init__(self, target: object, thread: _LoopThread) -> None:
        self._target = target
        self._thread = thread

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._target, name)
        if not inspect.iscoroutinefunction(method):
            return method

        def call(*arguments: Any, **keywords: Any) -> Any:
            return self._thread.wait_for(method(*arguments, **keywords))

        call.__name__, call.__doc__ = name, method.__doc__
        return call

    def __dir__(self) -> Iterable[str]:
        return dir(self._target)


class Torc(Subjects):
    """A server, for scripts: `torc.jobs.list_jobs(workflow_id=1)` and all other operations, without async.

        torc = Torc("http://localhost:8080/torc-service/v1")
        workflow = torc.create_workflow("sweep", [f"echo {i}" for i in range(1000)])
        workflow.wait()

    Arguments are those of TorcClient. All methods raise TorcError and its kind.
    """

    def __init__(
        self,
        url: str | None = None,
        username: str | None = None,
        password: str | None = None,
        *,
        patience_seconds: float = 30.0,
        timeout_seconds: float = 120.0,
    ) -> None:
        self._client = TorcClient(
            url, username, password, patience_seconds=patience_seconds, timeout_seconds=timeout_seconds
        )
        self._thread = _LoopThread()
        self._finalizer = weakref.finalize(self, _close, self._client, self._thread)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return _Blocking(getattr(self._client, name), self._thread)

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *(name for name in vars(self._client) if not name.startswith("_"))]

    @property
    def url(self) -> str:
        """Where the server is."""
        return self._client.url

    def create_workflow(
        self,
        name: str,
        commands: Iterable[str],
        *,
        description: str | None = None,
        requirements: ResourceRequirementsModel | None = None,
    ) -> "Workflow":
        """Create a workflow with one job for each command, ready to be run by `torc run ID`."""
        work = create_from_commands(self._client, name, commands, description=description, requirements=requirements)
        return Workflow(self, self._thread.wait_for(work))

    def workflow(self, id: int) -> "Workflow":
        """Return a handle of an existing workflow, without asking the server."""
        return Workflow(self, id)

    def wait(self, workflow_id: int, timeout_seconds: float | None = None) -> IsCompleteResponse:
        """Wait until a workflow is complete or canceled. Raises TimeoutError after `timeout_seconds`."""
        return self._thread.wait_for(wait_until_over(self._client, workflow_id, timeout_seconds=timeout_seconds))

    def iterate(self, subject: str, list_operation: str, **query: Any) -> Iterator[Any]:
        """Every item of a list operation: `torc.iterate("jobs", "list_jobs", workflow_id=1)`."""
        return self._each(iterate(getattr(getattr(self._client, subject), list_operation), **query))

    def follow_events(self, workflow_id: int, level: str = "info") -> Iterator[LiveEvent | NewsMissed]:
        """Give the news of a workflow as it happens, for ever; `TorcClient.follow_events` says more."""
        return self._each(self._client.follow_events(workflow_id, level))

    def _each(self, items: AsyncIterator[T]) -> Iterator[T]:
        while (item := self._thread.wait_for(anext(items, _END))) is not _END:
            yield cast("T", item)

    def close(self) -> None:
        """Give back sockets and thread; happens by itself when the object is forgotten or the program ends."""
        self._finalizer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


_END = object()


def _close(client: TorcClient, thread: _LoopThread) -> None:
    thread.wait_for(client.close())
    thread.stop()


class Workflow:
    """A workflow on a server."""

    def __init__(self, torc: Torc, id: int) -> None:
        self._torc = torc
        self.id = id

    def __repr__(self) -> str:
        return f"Workflow(id={self.id}, server={self._torc.url!r})"

    def wait(self, timeout_seconds: float | None = None) -> IsCompleteResponse:
        """Wait until it is complete or canceled. Raises TimeoutError after `timeout_seconds`."""
        return self._torc.wait(self.id, timeout_seconds)

    def status(self) -> WorkflowStatusResponse:
        """Return the numbers of jobs by status, and the rest of the summary."""
        return self._torc.workflows.get_workflow_status(self.id)

    def jobs(self, status: JobStatus | None = None) -> list[JobModel]:
        """Return its jobs, all of them or those of a status."""
        return cast("list[JobModel]", list(self._torc.iterate("jobs", "list_jobs", workflow_id=self.id, status=status)))

    def cancel(self) -> None:
        """Cancel it: nothing more is started, and runners stop what runs."""
        self._torc.workflows.cancel_workflow(self.id)
