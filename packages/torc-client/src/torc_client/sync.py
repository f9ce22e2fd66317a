"""The plain face of the client, for scripts and notebooks: the asynchronous classes, with methods that wait."""

import functools
import inspect
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast

from torc_client.api.records import IsCompleteResponse, JobModel, ResourceRequirementsModel
from torc_client.event_stream import Event, EventsMissed
from torc_client.mapping.outcomes import CallResult
from torc_client.old_keywords import accept_old_keywords
from torc_client.paging import iterate
from torc_client.scripting.map_workflow import AsyncMapWorkflow
from torc_client.scripting.orchestrator import AsyncOrchestrator
from torc_client.scripting.records import Records
from torc_client.scripting.sync_wrapper import EventLoopThread, SyncWrapper, sync_iterator, sync_method
from torc_client.scripting.torc import AsyncTorc
from torc_client.scripting.workflow import AsyncWorkflow

if TYPE_CHECKING:
    from torc_client.api.blocking import Subjects
else:
    Subjects = object


Item = TypeVar("Item")
R = TypeVar("R")


class _Blocking:
    """The operations of a subject, called as plain methods."""

    def __init__(self, subject: object, thread: EventLoopThread) -> None:
        self._subject = subject
        self._thread = thread

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._subject, name)
        if not inspect.iscoroutinefunction(method):
            return method

        @functools.wraps(method)
        def call(*arguments: Any, **keywords: Any) -> Any:
            return self._thread.wait_for(method(*arguments, **keywords))

        return call

    def __dir__(self) -> Iterable[str]:
        return dir(self._subject)


class Workflow(SyncWrapper[AsyncWorkflow]):
    """A workflow of which only the id is known; everything else is asked of the server when it is wanted.

    >>> torc = Torc()
    >>> workflow = torc.create({"name": "greet", "jobs": [{"name": "hello", "command": "echo hello"}]})
    >>> workflow.run().is_complete
    True
    >>> [(result.job_name, result.return_code) for result in workflow.results()]
    [('hello', 0)]

    All methods raise TorcError and its kind.
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
        """Return how each call stands now, in the order of the items: value, or error with its traceback, or neither.

        Raises TorcError where a value cannot be read here, since the module of its class is missing for instance.
        """
        return self._thread.wait_for(self._calls.outcomes())

    def values(self) -> list[R]:
        """Return the values in the order of the items.

        Raises MapError, with all outcomes, where calls failed or have not ended; its cause is the first error, with
        the traceback of the job.
        """
        return self._thread.wait_for(self._calls.values())

    @property
    def _calls(self) -> AsyncMapWorkflow[R]:
        return cast("AsyncMapWorkflow[R]", self._asynchronous)


class Orchestrator(SyncWrapper[AsyncOrchestrator]):
    """The job that this process is, as one that makes jobs, round after round.

        orchestrator = Orchestrator.from_env()
        if orchestrator.generation < 10:
            orchestrator.spawn(["./simulate 1", "./simulate 2"], state={"step": 0.5}, again=True)

    Its rounds are counted by lineage: a name that spawned jobs inherit, so that those that orchestrate go on counting.
    All methods raise TorcError and its kind.
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
        """Find out from the environment which job this process is. Raises NotInJobError.

        The lineage is that of the job that spawned this one; the first has `lineage_fallback`, else the job's name.
        """
        return cls(AsyncOrchestrator.from_env(lineage_fallback=lineage_fallback), EventLoopThread())

    @property
    def generation(self) -> int:
        """How many rounds were spawned in the lineage up to this job, those that it spawned itself included.

        It is 0 in the first job. A job that is tried again counts as it did the first time, and what it spawned then
        is there already: it is not spawned twice.
        """
        return self._thread.wait_for(self._asynchronous.generation())

    @property
    def state(self) -> Any:
        """What this job was spawned with as state; None in the first job."""
        return self._thread.wait_for(self._asynchronous.state())

    results = sync_method(AsyncOrchestrator.results)
    spawn = sync_method(AsyncOrchestrator.spawn)
    converge = sync_method(AsyncOrchestrator.converge)

    def close(self) -> None:
        """Give back sockets and thread; happens by itself when the program ends."""
        self._thread.stop()


class Torc(SyncWrapper[AsyncTorc], Subjects):
    """A server, for scripts and notebooks: `torc.jobs.list_jobs(workflow_id=1)` and all other operations, as methods.

    >>> torc = Torc()  # the server of TORC_API_URL, else the one on this machine
    >>> workflow = torc.create_workflow("sweep", [f"echo {i}" for i in range(4)])
    >>> workflow.run().jobs_by_status.completed
    4

    Arguments are those of TorcClient. All methods raise TorcError and its kind. In a program that runs an event loop
    take AsyncTorc, whose methods are the same and are awaited.
    """

    @accept_old_keywords(patience_seconds="retry_timeout_seconds")
    def __init__(
        self,
        url: str | None = None,
        username: str | None = None,
        password: str | None = None,
        *,
        retry_timeout_seconds: float = 30.0,
        timeout_seconds: float = 120.0,
    ) -> None:
        client = AsyncTorc(
            url, username, password, retry_timeout_seconds=retry_timeout_seconds, timeout_seconds=timeout_seconds
        )
        super().__init__(client, EventLoopThread())
        self._client = client
        self._thread.at_end(client.close)

    @classmethod
    @contextmanager
    def standalone(cls, database: str | os.PathLike[str] = "torc.db") -> Iterator[Self]:
        """Start a server of one's own for a database, on a private socket; it ends with the context.

        >>> with Torc.standalone("mine.db") as torc:
        ...     torc.create_workflow("alone", ["true"]).run().is_complete
        True

        Raises ManagedServerError, for instance where torc-server is not installed.
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
        if name.startswith("_"):
            raise AttributeError(name)
        return _Blocking(getattr(self._client, name), self._thread)

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *(name for name in vars(self._client) if not name.startswith("_"))]

    @property
    def url(self) -> str:
        """Where the server is."""
        return self._client.url

    wait_for_server = sync_method(AsyncTorc.wait_for_server)

    def create(self, spec: str | os.PathLike[str] | Mapping[str, Any]) -> Workflow:
        """Create a workflow from a spec: a file (.yaml, .json, .json5, .kdl) or the same as a dict.

        All of it is created, or nothing. Raises SpecError with every mistake and its place.
        """
        return Workflow(self._thread.wait_for(self._client.create(spec)), self._thread)

    def create_workflow(
        self,
        name: str,
        commands: Iterable[str],
        *,
        description: str | None = None,
        requirements: ResourceRequirementsModel | None = None,
    ) -> Workflow:
        """Create a workflow with one job for each command, ready to be run by `run` or by `torc run ID`."""
        work = self._client.create_workflow(name, commands, description=description, requirements=requirements)
        return Workflow(self._thread.wait_for(work), self._thread)

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

        Items and values are JSON and go through the server, or, with a `directory` that all machines see, any objects
        that can be pickled. Jobs find the function by its name in its module or script; a script creates its workflow
        under `if __name__ == "__main__":`. What has no such name (a lambda, a function of a notebook) is carried along
        where cloudpickle is installed. `requirements` says what each job needs, `python` which interpreter runs it,
        else this one. Where calls are short, let a job perform `calls_per_job` of them: a job takes some tenths of a
        second to start. On a server that asks for a password give a directory: jobs do not have the password.

        Raises FunctionNotImportableError where no job could call the function, TorcError for no items or for such that
        cannot travel.
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
        """Return a handle of a workflow that `map_function` made, here or elsewhere, without asking the server."""
        return MapWorkflow(self._client.calls(workflow_id), self._thread)

    def workflow(self, id: int) -> Workflow:
        """Return a handle of an existing workflow, without asking the server."""
        return Workflow(self._client.workflow(id), self._thread)

    def wait(self, workflow_id: int, timeout_seconds: float | None = None) -> IsCompleteResponse:
        """Wait until a workflow is complete or canceled. Raises TimeoutError after `timeout_seconds`."""
        return self.workflow(workflow_id).wait(timeout_seconds)

    def iterate(self, subject: str, list_operation: str, **query: Any) -> Iterator[Any]:
        """Every item of a list operation: `torc.iterate("jobs", "list_jobs", workflow_id=1)`."""
        return self._thread.each(iterate(getattr(getattr(self._client, subject), list_operation), **query))

    def follow_events(self, workflow_id: int, level: str = "info") -> Iterator[Event | EventsMissed]:
        """Give the news of a workflow as it happens, for ever; `TorcClient.follow_events` says more."""
        return self.workflow(workflow_id).follow_events(level)

    def close(self) -> None:
        """Give back sockets and thread; happens by itself when nobody holds this or a workflow of it any more."""
        self._thread.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def map_function_to_jobs(api: Torc, *arguments: Any, **keywords: Any) -> list[JobModel]:
    """Add jobs that call a function, as the published client spells it; `Torc.map_function_to_jobs` says more."""
    return api.map_function_to_jobs(*arguments, **keywords)
