"""The workflow of a mapped function, as scripts work with it."""

from typing import Generic, TypeVar, cast

from torc_client.mapping.outcomes import CallResult, collect, values_of
from torc_client.scripting.records import Records
from torc_client.scripting.workflow import AsyncWorkflow

R = TypeVar("R")


class AsyncMapWorkflow(AsyncWorkflow, Generic[R]):
    """A workflow each of whose jobs calls a function for one item.

    calls = await torc.map_function(square, range(100))
    await calls.run()
    print(sum(await calls.values()))
    """

    async def outcomes(self) -> Records[CallResult[R]]:
        """Return how each call stands now, in the order of the items: value, or error with its traceback, or neither.

        Raises TorcError where a value cannot be read here, since the module of its class is missing for instance.
        """
        return cast("Records[CallResult[R]]", Records(await collect(self._client, self.id), CallResult))

    async def values(self) -> list[R]:
        """Return the values in the order of the items.

        Raises MapError, with all outcomes, where calls failed or have not ended; its cause is the first error, with
        the traceback of the job.
        """
        return values_of(await self.outcomes())
