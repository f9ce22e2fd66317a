"""The synchronous client for scripts and notebooks: wrappers of the asynchronous classes."""

import functools
import inspect
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AsyncExitStack, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast

from torc_client.api.records import IsCompleteResponse, JobModel, ResourceRequirementsModel
from torc_client.event_stream import Event, EventsMissed
from torc_client.mapping.outcomes import CallResult
from torc_client.old_keywords import accept_old_keywords
from torc_client.paging import iterate
from torc_client.retrying import RetryPolicy
from torc_client.scripting.map_workflow import AsyncMapWorkflow
from torc_client.scripting.orchestrator import AsyncOrchestrator
from torc_client.scripting.records import Records
from torc_client.scripting.sync_wrapper import EventLoopThread, SyncWrapper, sync_iterator, sync_method
from torc_client.scripting.torc import AsyncTorc
from torc_client.scripting.workflow import AsyncWorkflow
from torc_client.time_limits import FIRST_CONTACT_SECONDS, LIMITS

if TYPE_CHECKING:
    from torc_client.api.blocking import Subjects
else:
    Subjects = object


Item = TypeVar("Item")
R = TypeVar("R")
_RETRIES = RetryPolicy(seconds=30.0, first_seconds=FIRST_CONTACT_SECONDS)


class _SyncOperations:
    """The operations of one resource, such as `torc.jobs`, as synchronous methods."""

    def __init__(self, name: str, operations: object, thread: EventLoopThread) -> None:
        self._name = name
        self._operations = operations
        self._thread = thread

    def __repr__(self) -> str:
        return f"<operations {self._name!r} of Torc>"

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._operations, name, None)
        if name.startswith("_") or method is None:
            raise AttributeError(f"{self._name!r} of Torc has no operation {name!r}", name=name, obj=self)
        if not inspect.iscoroutinefunction(method):
            return method

        @functools.wraps(method)
        def call(*arguments: Any, **keywords: Any) -> Any:
            return self._thread.wait_for(method(*arguments, **keywords))

        return call

    def __dir__(self) -> Iterable[str]:
        return dir(self._operations)


class Workflow(SyncWrapper[AsyncWorkflow]):
    """A handle to a workflow on the server. It stores the id and fetches everything else on demand.

    >>> torc = Torc()
    >>> workflow = torc.create({"name": "greet", "jobs": [{"name": "hello", "command": "echo hello"}]})
    >>> workflow.run().is_complete
    True
    >>> [(result.job_name, result.return_code) for result in workflow.results()]
    [('hello', 0)]

    Methods raise `TorcError` or a subclass.
    """

    def __init__(self, asynchronous: AsyncWorkflow, thread: EventLoopThread) -> None:
        super().__init__(asynchronous, thread)
        self.id = asynchronous.id

    record = sync_method(AsyncWorkflow.record)
    status = sync_method(AsyncWorkflow.status)
    explain = sync_method(AsyncWorkflow.explain)
    initialize = sync_method(AsyncWorkflow.initialize)
    run = sync_method(AsyncWorkflow.run)
    wait = sync_method(AsyncWorkflow.wait)
    jobs = sync_method(AsyncWorkflow.jobs)
    results = sync_method(AsyncWorkflow.results)
    add_jobs = sync_method(AsyncWorkflow.add_jobs)
    follow_events = sync_iterator(AsyncWorkflow.follow_events)
    cancel = sync_method(AsyncWorkflow.cancel)
    delete = sync_method(AsyncWorkflow.delete)


class MapWorkflow(Workflow, Generic[R]):
    """A workflow each of whose jobs calls a function for one item.

    >>> from math import sqrt
    >>> torc = Torc()
    >>> calls = torc.map_function(sqrt, [1, 4, -9])
    >>> calls.run().jobs_by_status.failed
    1
    >>> for outcome in calls.outcomes():
    ...     print(outcome.item, outcome.value, outcome.error and outcome.error.type_name)
    1 1.0 None
    4 2.0 None
    -9 None ValueError
    """

    def outcomes(self) -> Records[CallResult[R]]:
        """Return the current result of each call, in the order of the items: value, error with traceback, or neither.

        Raises TorcError if a value cannot be read here, for example because the module of its class is missing.
        """
        return self._thread.wait_for(self._calls.outcomes())

    def values(self) -> list[R]:
        """Return the values in the order of the items.

        Raises MapError, with all results, if calls failed or have not ended. Its cause is the first error, with the
        traceback of the job.
        """
        return self._thread.wait_for(self._calls.values())

    @property
    def _calls(self) -> AsyncMapWorkflow[R]:
        return cast("AsyncMapWorkflow[R]", self._asynchronous)


class Orchestrator(SyncWrapper[AsyncOrchestrator]):
    """Lets the current job add more jobs to its workflow, in rounds.

        orchestrator = Orchestrator.from_env()
        if orchestrator.generation < 10:
            orchestrator.spawn(["./simulate 1", "./simulate 2"], state={"step": 0.5}, again=True)

    Rounds are counted by lineage: a name that spawned jobs inherit, so that their orchestrators continue the count.
    Methods raise `TorcError` or a subclass.
    """

    def __init__(self, asynchronous: AsyncOrchestrator, thread: EventLoopThread) -> None:
        super().__init__(asynchronous, thread)
        self.workflow = Workflow(asynchronous.workflow, thread)
        self.workflow_id = asynchronous.workflow_id
        self.job_id = asynchronous.job_id
        self.lineage = asynchronous.lineage
        thread.at_end(asynchronous.close)

    @classmethod
    def from_env(cls, *, lineage_fallback: str | None = None) -> Self:
        """Read from the environment which job this process is. Raises NotInJobError.

        The lineage is that of the job that spawned this one. The first job has `lineage_fallback`, else its own name.
        """
        return cls(AsyncOrchestrator.from_env(lineage_fallback=lineage_fallback), EventLoopThread())

    @property
    def generation(self) -> int:
        """The number of rounds spawned in the lineage up to this job, including the rounds of this job.

        It is 0 in the first job. A retried job gets the same numbers as before. The jobs that it spawned before
        exist already and are not spawned twice.
        """
        return self._thread.wait_for(self._asynchronous.generation())

    @property
    def state(self) -> Any:
        """The state that this job was spawned with; None in the first job."""
        return self._thread.wait_for(self._asynchronous.state())

    results = sync_method(AsyncOrchestrator.results)
    spawn = sync_method(AsyncOrchestrator.spawn)
    converge = sync_method(AsyncOrchestrator.converge)

    def close(self) -> None:
        """Close the connection and end the thread. Also happens when the program ends."""
        self._thread.stop()


class Torc(SyncWrapper[AsyncTorc], Subjects):
    """A server, for scripts and notebooks: `torc.jobs.list_jobs(workflow_id=1)` and all other operations, as methods.

    >>> torc = Torc()  # the server of TORC_API_URL, else the one on this machine
    >>> workflow = torc.create_workflow("sweep", [f"echo {i}" for i in range(4)])
    >>> workflow.run().jobs_by_status.completed
    4

    The arguments are those of TorcClient. Without `retry_timeout_seconds` calls are retried for 30 seconds, and for 5
    until the server has answered once. Methods raise `TorcError` or a subclass. In a program that runs an event loop
    use AsyncTorc: it has the same methods, which are awaited.
    """

    @accept_old_keywords(patience_seconds="retry_timeout_seconds")
    def __init__(
        self,
        url: str | None = None,
        username: str | None = None,
        password: str | None = None,
        *,
        retry_timeout_seconds: float | None = None,
        timeout_seconds: float = LIMITS.answer_seconds,
        on_wait: Callable[[str], None] | None = None,
    ) -> None:
        retries = _RETRIES if retry_timeout_seconds is None else RetryPolicy(seconds=retry_timeout_seconds)
        client = AsyncTorc(
            url, username, password, retry_policy=retries, timeout_seconds=timeout_seconds, on_wait=on_wait
        )
        super().__init__(client, EventLoopThread())
        self._client = client
        self._thread.at_end(client.close)

    @classmethod
    @contextmanager
    def standalone(cls, database: str | os.PathLike[str] = "torc.db") -> Iterator[Self]:
        """Start a server for a database, on a private socket. It ends with the context.

        >>> with Torc.standalone("mine.db") as torc:
        ...     torc.create_workflow("alone", ["true"]).run().is_complete
        True

        Raises ManagedServerError, for example if torc-server is not installed.
        """
        thread, server = EventLoopThread(), AsyncExitStack()
        try:
            own = thread.wait_for(server.enter_async_context(AsyncTorc.standalone(database)))
            with cls(own.url) as torc:
                yield torc
        finally:
            thread.wait_for(server.aclose())
            thread.stop()

    def __getattr__(self, name: str) -> Any:
        operations = None if name.startswith("_") else getattr(self._client, name, None)
        if operations is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
        return _SyncOperations(name, operations, self._thread)

    def __dir__(self) -> Iterable[str]:
        return sorted({*super().__dir__(), *(name for name in vars(self._client) if not name.startswith("_"))})

    @property
    def url(self) -> str:
        """The URL of the server."""
        return self._client.url

    wait_for_server = sync_method(AsyncTorc.wait_for_server)

    create = sync_method(AsyncTorc.create, returns=Workflow)
    create_workflow = sync_method(AsyncTorc.create_workflow, returns=Workflow)

    def map_function(
        self,
        function: Callable[[Item], R],
        items: Iterable[Item],
        *,
        name: str | None = None,
        requirements: ResourceRequirementsModel | None = None,
        directory: str | os.PathLike[str] | None = None,
        python: str | None = None,
        calls_per_job: int = 1,
    ) -> MapWorkflow[R]:
        """Create a workflow whose jobs call a function, each with one of the items; it is ready to be run.

        Items and values are JSON and go through the server. With a `directory` that all machines see, they are files
        with any objects that can be pickled. Jobs import the function by its name from its module or script; a script
        creates its workflow under `if __name__ == "__main__":`. A function without such a name (a lambda, a function
        of a notebook) is pickled if cloudpickle is installed. `requirements` are the resources of each job, `python`
        is the interpreter that runs it (default: this one). A job takes some tenths of a second to start: if calls are
        short, set `calls_per_job`. On a server that requires a password pass `directory`: jobs do not have the
        password.

        Raises FunctionNotImportableError if jobs cannot import the function, TorcError if there are no items or an
        item is neither JSON nor can be pickled.
        """
        work = self._client.map_function(
            function,
            items,
            name=name,
            requirements=requirements,
            directory=directory,
            python=python,
            calls_per_job=calls_per_job,
        )
        return MapWorkflow(self._thread.wait_for(work), self._thread)

    map_function_to_jobs = sync_method(AsyncTorc.map_function_to_jobs)

    def calls(self, workflow_id: int) -> MapWorkflow[Any]:
        """Return a handle to a workflow that `map_function` created, here or elsewhere. Sends no request."""
        return MapWorkflow(self._client.calls(workflow_id), self._thread)

    def workflow(self, id: int) -> Workflow:
        """Return a handle to an existing workflow. Sends no request."""
        return Workflow(self._client.workflow(id), self._thread)

    def wait(self, workflow_id: int, timeout_seconds: float | None = None) -> IsCompleteResponse:
        """Wait until a workflow is complete or canceled. Raises TimeoutError after `timeout_seconds`."""
        return self.workflow(workflow_id).wait(timeout_seconds)

    def iterate(self, subject: str, list_operation: str, **query: Any) -> Iterator[Any]:
        """Yield every item of a list operation: `torc.iterate("jobs", "list_jobs", workflow_id=1)`."""
        return self._thread.each(iterate(getattr(getattr(self._client, subject), list_operation), **query))

    def follow_events(self, workflow_id: int, level: str = "info") -> Iterator[Event | EventsMissed]:
        """Yield the events of a workflow as they happen, without end. See `TorcClient.follow_events`."""
        return self.workflow(workflow_id).follow_events(level)

    def close(self) -> None:
        """Close the connection and end the thread. Garbage collection of it and its workflows does the same."""
        self._thread.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def map_function_to_jobs(api: Torc, *arguments: Any, **keywords: Any) -> list[JobModel]:
    """Add jobs that call a function. See `Torc.map_function_to_jobs`."""
    return api.map_function_to_jobs(*arguments, **keywords)
