"""A server, as asynchronous scripts work with it."""

import os
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from torc_client.api.records import ResourceRequirementsModel
from torc_client.client import TorcClient
from torc_client.lifecycle.commands import create_from_commands
from torc_client.managed_server import ServerOptions, managed_server
from torc_client.scripting.workflow import AsyncWorkflow

if TYPE_CHECKING:
    from torc_client.spec import Plan


class AsyncTorc(TorcClient):
    """A server: every operation of it as TorcClient has them, and workflows as objects.

        async with AsyncTorc() as torc:
            workflow = await torc.create_workflow("sweep", [f"echo {i}" for i in range(1000)])
            await workflow.run()

    Arguments are those of TorcClient. All methods raise TorcError and its kind.
    """

    @classmethod
    @asynccontextmanager
    async def standalone(cls, database: str | os.PathLike[str] = "torc.db") -> AsyncIterator[Self]:
        """Start a server of one's own for a database, on a private socket; it ends with the context.

        Raises ManagedServerError, for instance where torc-server is not installed.
        """
        async with managed_server(ServerOptions(database=Path(database))) as server, cls(server.url) as torc:
            yield torc

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

    def workflow(self, id: int) -> AsyncWorkflow:
        """Return a handle of an existing workflow, without asking the server."""
        return AsyncWorkflow(self, id)


def _plan(spec: str | os.PathLike[str] | Mapping[str, Any]) -> "Plan":
    if isinstance(spec, Mapping):
        from torc_client.spec.plan import make_plan  # noqa: PLC0415 - see above

        return make_plan("the specification", dict(spec))
    from torc_client.spec import load  # noqa: PLC0415 - see above

    return load(os.fspath(spec))
