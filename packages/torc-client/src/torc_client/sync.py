"""The synchronous client for scripts and notebooks: wrappers of the asynchronous classes."""

import functools
import inspect
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Literal, Self, TypeVar, cast, overload

from torc_client.api.records import JobModel, WorkflowStatusResponse
from torc_client.event_stream import Event, EventsMissed
from torc_client.mapping.outcomes import CallError, CallResult
from torc_client.old_keywords import accept_old_keywords
from torc_client.old_names import old_method
from torc_client.operation import Operations
from torc_client.paging import Page, iterate_synchronously
from torc_client.scripting.given import Requirements
from torc_client.scripting.in_with import InWith
from torc_client.scripting.map_workflow import AsyncMapWorkflow
from torc_client.scripting.not_a_list import NotAList
from torc_client.scripting.old_calls import accept_commands, accept_names_of_operations
from torc_client.scripting.orchestrator import AsyncOrchestrator
from torc_client.scripting.records import Records
from torc_client.scripting.sync_wrapper import EventLoopThread, SyncWrapper, sync_iterator, sync_method
from torc_client.scripting.torc import AsyncTorc
from torc_client.scripting.workflow import AsyncWorkflow
from torc_client.time_limits import LIMITS

if TYPE_CHECKING:
    from torc_client.api.blocking import Subjects
else:
    Subjects = object


Item = TypeVar("Item")
R = TypeVar("R")


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
    >>> workflow = torc.create_workflow({"name": "greet", "jobs": [{"name": "hello", "command": "echo hello"}]})
    >>> workflow.run(num_cpus=1, check=True).is_complete
    True
    >>> [(result.job_name, result.return_code) for result in workflow.job_results()]
    [('hello', 0)]

    Methods raise `TorcError` or a subclass.
    """

    def __init__(self, asynchronous: AsyncWorkflow, thread: EventLoopThread) -> None:
        super().__init__(asynchronous, thread)
        self.id = asynchronous.id

    record = sync_method(AsyncWorkflow.record)
    status = sync_method(AsyncWorkflow.status)
    diagnose = sync_method(AsyncWorkflow.diagnose)
    initialize = sync_method(AsyncWorkflow.initialize)
    retry_failed = sync_method(AsyncWorkflow.retry_failed)
    run = sync_method(AsyncWorkflow.run)
    wait = sync_method(AsyncWorkflow.wait)
    jobs = sync_method(AsyncWorkflow.jobs)
    job_results = sync_method(AsyncWorkflow.job_results)
    add_jobs = sync_method(AsyncWorkflow.add_jobs)
    follow_events = sync_iterator(AsyncWorkflow.follow_events)
    cancel = sync_method(AsyncWorkflow.cancel)
    delete = sync_method(AsyncWorkflow.delete)
    explain = old_method("explain", diagnose)
    results = old_method("results", job_results)


class MapWorkflow(NotAList, Workflow, Generic[R]):
    """A workflow each of whose jobs calls a function for one item.

    >>> from math import sqrt
    >>> torc = Torc()
    >>> calls = torc.map(sqrt, [1, 4, 9])
    >>> calls.run().is_complete
    True
    >>> calls.results()
    [1.0, 2.0, 3.0]

    Failed calls can be run again, for example when a missing file is there: `retry_failed()`, then `run()`. The others
    keep their values.
    """

    def outcomes(self) -> Records[CallResult[R]]:
        """Return the current result of each call, in the order of the items: value, error with traceback, or neither.

        Raises TorcError if `map` did not create the workflow, or a value cannot be read here, for example because the
        module of its class is missing.
        """
        return self._thread.wait_for(self._calls.outcomes())

    @overload  # type: ignore[override]  # the method of a workflow is an old name of `job_results`
    def results(self, *, return_exceptions: Literal[False] = False) -> list[R]: ...

    @overload
    def results(self, *, return_exceptions: bool) -> list[R | CallError]: ...

    def results(self, *, return_exceptions: bool = False) -> list[Any]:
        """Return the values in the order of the items.

        Raises MapError, with the results of all calls, if calls failed or have not ended. Its cause is the first error,
        with the traceback of the job. With `return_exceptions`, failed calls raise no MapError: their CallError is
        in the list instead of the value. `job_results` has the return codes of the jobs, `outcomes` everything about
        the calls.
        """
        return self._thread.wait_for(self._calls.results(return_exceptions=return_exceptions))

    values = old_method("values", results)

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

    job_results = sync_method(AsyncOrchestrator.job_results)
    spawn = sync_method(AsyncOrchestrator.spawn)
    converge = sync_method(AsyncOrchestrator.converge)

    results = old_method("results", job_results)

    def close(self) -> None:
        """Close the connection and end the thread. Also happens when the program ends."""
        self._thread.stop()


class Torc(SyncWrapper[AsyncTorc], Subjects):
    """A server, for scripts and notebooks: `torc.jobs.list_jobs(workflow_id=1)` and all other operations, as methods.

    >>> torc = Torc()  # the server of TORC_API_URL, else the one on this machine
    >>> workflow = torc.create_workflow_from_commands("sweep", [f"echo {i}" for i in range(4)])
    >>> workflow.run().jobs_by_status.completed
    4

    `url` is that of a server, or unix:///path.sock. During an outage calls are retried for `retry_timeout_seconds`: by
    default 30, and 5 until the server has answered once. TorcClient describes all arguments. Methods raise `TorcError`
    or a subclass. In a program that runs an event loop use AsyncTorc: it has the same methods, which are awaited.
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
        client = AsyncTorc(
            url,
            username,
            password,
            retry_timeout_seconds=retry_timeout_seconds,
            timeout_seconds=timeout_seconds,
            on_wait=on_wait,
        )
        super().__init__(client, EventLoopThread())
        self._client = client
        self._thread.at_end(client.close)

    @classmethod
    def standalone(cls, database: str | os.PathLike[str] = "torc.db") -> AbstractContextManager[Self]:
        """Start a server for a database, on a private socket. It ends with the context.

        >>> with Torc.standalone("mine.db") as torc:
        ...     torc.create_workflow_from_commands("alone", ["true"]).run().is_complete
        True

        Raises ManagedServerError, for example if torc-server is not installed.
        """
        return InWith(cls._standalone(database))

    @classmethod
    @contextmanager
    def _standalone(cls, database: str | os.PathLike[str]) -> Iterator[Self]:
        thread, server = EventLoopThread(), AsyncExitStack()
        try:
            own = thread.wait_for(server.enter_async_context(AsyncTorc.standalone(database)))
            with cls(own.url) as torc:
                torc._client.is_standalone = True
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
        subjects = [name for name, value in vars(self._client).items() if isinstance(value, Operations)]
        return sorted({*super().__dir__(), *subjects})

    @property
    def url(self) -> str:
        """The URL of the server."""
        return self._client.url

    wait_for_server = sync_method(AsyncTorc.wait_for_server)

    create_workflow = accept_commands(sync_method(AsyncTorc.create_workflow, returns=Workflow))
    create_workflow_from_commands = sync_method(AsyncTorc.create_workflow_from_commands, returns=Workflow)

    def map(
        self,
        function: Callable[[Item], R],
        items: Iterable[Item],
        *,
        chunksize: int = 1,
        name: str | None = None,
        requirements: Requirements | None = None,
        directory: str | os.PathLike[str] | None = None,
        python: str | os.PathLike[str] | None = None,
    ) -> MapWorkflow[R]:
        """Create a workflow whose jobs call a function, each with one of the items; it is ready to be run.

        Items and values are JSON and go through the server: tuples arrive as lists, scalars of numpy as numbers. With
        a `directory` that all machines see, they are files with any objects that can be pickled. Jobs import the
        function by its name from its module or script; a script creates its workflow under
        `if __name__ == "__main__":`. A function without such a name (a lambda, a function of a notebook) is pickled
        if cloudpickle is installed, and so are the classes of a notebook. `name` is the name of the workflow, with
        which the names of its jobs begin (default: that of the function). `requirements` are the resources of each
        job, `python` is the interpreter that runs it (default: this one). A job takes some tenths of a second to
        start: if calls are short, let each job call the function with `chunksize` items. On a server that requires a
        password pass `directory`: jobs do not have the password. Without items there are no jobs, and no results.

        Raises FunctionNotImportableError if jobs cannot import the function or would call `map` again, TypeError if
        it cannot be called, TorcError if an item is neither JSON nor can be pickled, or the directory cannot be
        written.
        """
        work = self._client.map(
            function,
            items,
            chunksize=chunksize,
            name=name,
            requirements=requirements,
            directory=directory,
            python=python,
        )
        return MapWorkflow(self._thread.wait_for(work), self._thread)

    map_function_to_jobs = sync_method(AsyncTorc.map_function_to_jobs)

    def calls(self, workflow_id: int) -> MapWorkflow[Any]:
        """Return a handle to a workflow that `map` created, here or elsewhere. Sends no request."""
        return MapWorkflow(self._client.calls(workflow_id), self._thread)

    def workflow(self, id: int) -> Workflow:
        """Return a handle to an existing workflow. Sends no request."""
        return Workflow(self._client.workflow(id), self._thread)

    def list_workflows(self, *, user: str | None = None, name: str | None = None) -> list[Workflow]:
        """Return the workflows that this user may see, as handles in the order of their ids.

        `user` selects those of an owner, `name` those with this name. Archived workflows are not among them.
        """
        found = self._thread.wait_for(self._client.list_workflows(user=user, name=name))
        return [Workflow(each, self._thread) for each in found]

    def wait(
        self, workflow_id: int, timeout_seconds: float | None = None, *, check: bool = False
    ) -> WorkflowStatusResponse:
        """Wait until a workflow is complete or canceled, and return its status. See `Workflow.wait`.

        Raises WaitTimeoutError, JobsFailedError.
        """
        return self.workflow(workflow_id).wait(timeout_seconds, check=check)

    @accept_names_of_operations
    def iterate(self, list_operation: Callable[..., Page[Item]], **query: Any) -> Iterator[Item]:
        """Yield every item of a list operation: `torc.iterate(torc.jobs.list_jobs, workflow_id=1)`.

        `query` are the parameters of the operation. With `limit`, at most this number of items are yielded.
        """
        return iterate_synchronously(list_operation, **query)

    create = old_method("create", create_workflow)
    map_function = old_method("map_function", map, calls_per_job="chunksize")  # noqa: A003 - the method above

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
