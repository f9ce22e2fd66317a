"""The asynchronous client for scripts, with workflows as objects."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from torc_client.answers import id_of
from torc_client.api.records import JobModel
from torc_client.client import TorcClient
from torc_client.errors import ServerError, ServerUnreachableError
from torc_client.managed_server import ManagedServer, ServerOptions, managed_server
from torc_client.old_names import old_method
from torc_client.paging import Page, iterate
from torc_client.scripting.given import Requirements, as_list, requirements_record
from torc_client.scripting.map_workflow import AsyncMapWorkflow
from torc_client.scripting.old_calls import accept_commands
from torc_client.scripting.plain_spec import as_plain
from torc_client.scripting.workflow import AsyncWorkflow
from torc_client.shared_server import shared_server
from torc_client.workflow_operations.create import create_from_commands

if TYPE_CHECKING:
    from torc_client.spec import Plan


Item = TypeVar("Item")
R = TypeVar("R")
_ASK_EVERY_SECONDS = 1.0
REMEDY_IN_SCRIPTS = (
    "Check the URL: the argument of Torc, else TORC_API_URL. To start a server, run `torc-server run --host "
    "127.0.0.1`; `with Torc.standalone() as torc:` starts one for a script."
)
REMEDY_FOR_REFUSAL = (
    "Pass user name and password: `Torc(url, username, password)`. Or set TORC_PASSWORD, and TORC_USERNAME if it is "
    "not USER."
)


class AsyncTorc(TorcClient):
    """A connection to a server, with the operations of TorcClient and with workflows as objects.

        async with AsyncTorc() as torc:
            workflow = await torc.create_workflow_from_commands("sweep", [f"echo {i}" for i in range(1000)])
            await workflow.run()

    The arguments are those of TorcClient. Methods raise `TorcError` or a subclass.
    """

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._transport.remedy = REMEDY_IN_SCRIPTS
        self._transport.remedy_for_refusal = REMEDY_FOR_REFUSAL
        self.is_standalone = False
        """Whether this program started the server for itself, so that no runner of another machine can come."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r})"

    @classmethod
    @asynccontextmanager
    async def standalone(cls, database: str | os.PathLike[str] = "torc.db") -> AsyncIterator[Self]:
        """Start a server for a database, on a private socket. It ends with the context.

        If another process of this user runs a server for the database, that one is used. Raises ManagedServerError, for
        example if torc-server is not installed.
        """

        def start(socket: Path | None) -> AbstractAsyncContextManager[ManagedServer]:
            return managed_server(ServerOptions(database=Path(database), socket=socket))

        async with shared_server(Path(database), start) as server, cls(server.url) as torc:
            torc.is_standalone = True
            yield torc

    async def wait_for_server(self, timeout_seconds: float = 1200.0) -> None:
        """Wait until the server answers, for example after an outage.

        Raises ServerUnreachableError after `timeout_seconds`. Calls that are safe to repeat are retried for
        `retry_timeout_seconds` without this.
        """
        clock = asyncio.get_running_loop()
        deadline = clock.time() + timeout_seconds
        while True:
            try:
                await self.system.ping()
            except (ServerUnreachableError, ServerError):
                if clock.time() + _ASK_EVERY_SECONDS > deadline:
                    raise
                await asyncio.sleep(_ASK_EVERY_SECONDS)
            else:
                return

    @accept_commands
    async def create_workflow(self, spec: str | os.PathLike[str] | Mapping[str, Any]) -> AsyncWorkflow:
        """Create a workflow from a spec: a file (.yaml, .json, .json5, .kdl) or the same as a dict.

        In a dict, tuples, ranges and arrays are lists too. All of it is created, or nothing. Raises SpecError with
        every mistake and its place.
        """
        from torc_client import spec as specs  # noqa: PLC0415 - only scripts with a spec need its reader

        return AsyncWorkflow(self, await specs.create(self, _plan(spec)))

    async def create_workflow_from_commands(
        self,
        name: str,
        commands: Iterable[str],
        *,
        description: str | None = None,
        requirements: Requirements | None = None,
    ) -> AsyncWorkflow:
        """Create a workflow with one job for each command, ready to be run by `run` or by `torc run ID`.

        `requirements` are the resources of each job, such as `{"num_cpus": 4, "memory": "8g", "runtime": "PT30M"}`:
        members of ResourceRequirementsModel.
        """
        needs = requirements_record(requirements)
        created = create_from_commands(self, name, as_list(commands), description=description, requirements=needs)
        return AsyncWorkflow(self, await created)

    async def map(
        self,
        function: Callable[[Item], R],
        items: Iterable[Item],
        *,
        chunksize: int = 1,
        name: str | None = None,
        requirements: Requirements | None = None,
        directory: str | os.PathLike[str] | None = None,
        python: str | os.PathLike[str] | None = None,
    ) -> AsyncMapWorkflow[R]:
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
        from torc_client.mapping.creation import create_calls  # noqa: PLC0415 - many scripts do not map functions

        created = create_calls(
            self,
            function,
            items,
            name=name,
            requirements=requirements_record(requirements),
            directory=directory,
            python=python,
            chunksize=chunksize,
        )
        return AsyncMapWorkflow(self, await created)

    def calls(self, workflow_id: int) -> AsyncMapWorkflow[Any]:
        """Return a handle to a workflow that `map` created, here or elsewhere. Sends no request."""
        return AsyncMapWorkflow(self, workflow_id)

    async def map_function_to_jobs(  # noqa: PLR0917 - the published signature
        self,
        workflow_id: int,
        module: str,
        func: str,
        params: Sequence[Any],
        postprocess_func: str | None = None,
        module_directory: str | None = None,
        resource_requirements_id: int | None = None,
        scheduler_id: int | None = None,
        start_index: int = 1,
        name_prefix: str = "",
        depends_on_job_ids: list[int] | None = None,
    ) -> list[JobModel]:
        """Add jobs to a workflow that call `module.func(job_name, params)`, one for each of `params`, and return them.

        The name of a job, NAME, is `name_prefix` and a number from `start_index` on. Its values are the user data
        `input_NAME` and `output_NAME`. With `postprocess_func`, a job named postprocess calls that function with the
        list of all values and stores the result as the user data `postprocess_result`. The module must be importable
        where jobs run, by itself or from `module_directory`. Raises TorcError, and the errors of importing the module.
        """
        from torc_client.mapping import published  # noqa: PLC0415 - many scripts do not map functions

        return await published.map_function_to_jobs(
            self,
            workflow_id,
            module,
            func,
            params,
            postprocess_func,
            module_directory,
            resource_requirements_id,
            scheduler_id,
            start_index,
            name_prefix,
            depends_on_job_ids,
        )

    def workflow(self, id: int) -> AsyncWorkflow:
        """Return a handle to an existing workflow. Sends no request."""
        return AsyncWorkflow(self, id)

    async def list_workflows(self, *, user: str | None = None, name: str | None = None) -> list[AsyncWorkflow]:
        """Return the workflows that this user may see, as handles in the order of their ids.

        `user` selects those of an owner, `name` those with this name. Archived workflows are not among them.
        """
        listing = iterate(self.workflows.list_workflows, user=user, name=name, is_archived=False)
        return [AsyncWorkflow(self, id_of(record), name=record.name) async for record in listing]

    def iterate(self, list_operation: Callable[..., Awaitable[Page[Item]]], **query: Any) -> AsyncIterator[Item]:
        """Yield every item of a list operation: `async for job in torc.iterate(torc.jobs.list_jobs, workflow_id=1)`.

        `query` are the parameters of the operation. With `limit`, at most this number of items are yielded.
        """
        return iterate(list_operation, **query)

    create = old_method("create", create_workflow)
    map_function = old_method("map_function", map, calls_per_job="chunksize")  # noqa: A003 - the method above


def _plan(spec: str | os.PathLike[str] | Mapping[str, Any]) -> "Plan":
    if isinstance(spec, Mapping):
        from torc_client.spec.plan import make_plan  # noqa: PLC0415 - only scripts with a spec need its reader

        return make_plan("the specification", as_plain(spec))
    from torc_client.spec import load  # noqa: PLC0415 - only scripts with a spec need its reader

    return load(os.fspath(spec))
