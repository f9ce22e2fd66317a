"""A server, as asynchronous scripts work with it."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from torc_client.api.records import JobModel, ResourceRequirementsModel
from torc_client.client import TorcClient
from torc_client.errors import ServerError, ServerUnreachableError
from torc_client.managed_server import ServerOptions, managed_server
from torc_client.scripting.map_workflow import AsyncMapWorkflow
from torc_client.scripting.workflow import AsyncWorkflow
from torc_client.workflow_operations.create import create_from_commands

if TYPE_CHECKING:
    from torc_client.spec import Plan


Item = TypeVar("Item")
R = TypeVar("R")
_ASK_EVERY_SECONDS = 1.0


class AsyncTorc(TorcClient):
    """A server: every operation of it as TorcClient has them, and workflows as objects.

        async with AsyncTorc() as torc:
            workflow = await torc.create_workflow("sweep", [f"echo {i}" for i in range(1000)])
            await workflow.run()

    Arguments are those of TorcClient. All methods raise TorcError and its kind.
    """

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r})"

    @classmethod
    @asynccontextmanager
    async def standalone(cls, database: str | os.PathLike[str] = "torc.db") -> AsyncIterator[Self]:
        """Start a server of one's own for a database, on a private socket; it ends with the context.

        Raises ManagedServerError, for instance where torc-server is not installed.
        """
        async with managed_server(ServerOptions(database=Path(database))) as server, cls(server.url) as torc:
            yield torc

    async def wait_for_server(self, timeout_seconds: float = 1200.0) -> None:
        """Wait until the server answers, after an outage for instance. Raises ServerUnreachableError after so long.

        Calls that are safe to repeat outlast short outages by themselves, as long as `retry_timeout_seconds` says.
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

    async def create(self, spec: str | os.PathLike[str] | Mapping[str, Any]) -> AsyncWorkflow:
        """Create a workflow from a spec: a file (.yaml, .json, .json5, .kdl) or the same as a dict.

        All of it is created, or nothing. Raises SpecError with every mistake and its place.
        """
        from torc_client import spec as specs  # noqa: PLC0415 - whoever has no spec needs no reader of them

        return AsyncWorkflow(self, await specs.create(self, _plan(spec)))

    async def create_workflow(
        self,
        name: str,
        commands: Iterable[str],
        *,
        description: str | None = None,
        requirements: ResourceRequirementsModel | None = None,
    ) -> AsyncWorkflow:
        """Create a workflow with one job for each command, ready to be run by `run` or by `torc run ID`."""
        created = create_from_commands(self, name, commands, description=description, requirements=requirements)
        return AsyncWorkflow(self, await created)

    async def map_function(
        self,
        function: Callable[[Item], R],
        items: Iterable[Item],
        *,
        name: str | None = None,
        requirements: ResourceRequirementsModel | None = None,
        directory: str | os.PathLike[str] | None = None,
        python: str | None = None,
        calls_per_job: int = 1,
    ) -> AsyncMapWorkflow[R]:
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
        from torc_client.mapping.creation import create_calls  # noqa: PLC0415 - many scripts map nothing

        created = create_calls(
            self,
            function,
            items,
            name=name,
            requirements=requirements,
            directory=directory,
            python=python,
            calls_per_job=calls_per_job,
        )
        return AsyncMapWorkflow(self, await created)

    def calls(self, workflow_id: int) -> AsyncMapWorkflow[Any]:
        """Return a handle of a workflow that `map_function` made, here or elsewhere, without asking the server."""
        return AsyncMapWorkflow(self, workflow_id)

    async def map_function_to_jobs(  # noqa: PLR0917 - as it was published
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

        Values go through user data: `input_NAME` and `output_NAME` of a job called NAME, which is the prefix and a
        number from `start_index` on. `postprocess_func`, if there is one, is called with the list of all values by a
        job called postprocess, and its value is the user data `postprocess_result`. The module must be importable
        where jobs run, by itself or from `module_directory`. Raises TorcError, or what importing the module raises.
        """
        from torc_client.mapping import published  # noqa: PLC0415 - the same

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
        """Return a handle of an existing workflow, without asking the server."""
        return AsyncWorkflow(self, id)


def _plan(spec: str | os.PathLike[str] | Mapping[str, Any]) -> "Plan":
    if isinstance(spec, Mapping):
        from torc_client.spec.plan import make_plan  # noqa: PLC0415 - see above

        return make_plan("the specification", dict(spec))
    from torc_client.spec import load  # noqa: PLC0415 - see above

    return load(os.fspath(spec))
