"""The workflow of a mapped function, as an object for asynchronous scripts."""

from typing import Generic, TypeVar, cast

from torc_client.mapping.outcomes import CallResult, collect, values_of
from torc_client.scripting.records import Records
from torc_client.scripting.workflow import AsyncWorkflow

R = TypeVar("R")


class AsyncMapWorkflow(AsyncWorkflow, Generic[R]):
    """A workflow each of whose jobs calls a function for one item.

        async with AsyncTorc() as torc:
            calls = await torc.map_function(square, range(100))
            await calls.run()
            print(sum(await calls.values()))

    Methods raise `TorcError` or a subclass.
    """

    async def outcomes(self) -> Records[CallResult[R]]:
        """Return the current result of each call, in the order of the items: value, error with traceback, or neither.

        Raises TorcError if a value cannot be read here, for example because the module of its class is missing.
        """
        return cast("Records[CallResult[R]]", Records(await collect(self._client, self.id), CallResult))

    async def values(self) -> list[R]:
        """Return the values in the order of the items.

        Raises MapError, with all results, if calls failed or have not ended. Its cause is the first error, with the
        traceback of the job.
        """
        return values_of(await self.outcomes())
