"""The workflow of a mapped function, as an object for asynchronous scripts."""

from typing import Any, Generic, Literal, TypeVar, cast, overload

from torc_client.api.enums import JobStatus
from torc_client.mapping.outcomes import CallError, CallResult, collect, values_of
from torc_client.old_names import old_method
from torc_client.scripting.not_a_list import NotAList
from torc_client.scripting.records import Records
from torc_client.scripting.why_idle import why_idle
from torc_client.scripting.workflow import AsyncWorkflow

R = TypeVar("R")


class AsyncMapWorkflow(NotAList, AsyncWorkflow, Generic[R]):
    """A workflow each of whose jobs calls a function for one item.

        async with AsyncTorc() as torc:
            calls = await torc.map(square, range(100))
            await calls.run()
            print(sum(await calls.results()))

    Methods raise `TorcError` or a subclass.
    """

    async def outcomes(self) -> Records[CallResult[R]]:
        """Return the current result of each call, in the order of the items: value, error with traceback, or neither.

        Raises TorcError if `map` did not create the workflow, or a value cannot be read here, for example because the
        module of its class is missing.
        """
        return cast("Records[CallResult[R]]", Records(await collect(self._client, self.id), CallResult))

    @overload  # type: ignore[override]  # the method of a workflow is an old name of `job_results`
    async def results(self, *, return_exceptions: Literal[False] = False) -> list[R]: ...

    @overload
    async def results(self, *, return_exceptions: bool) -> list[R | CallError]: ...

    async def results(self, *, return_exceptions: bool = False) -> list[Any]:
        """Return the values in the order of the items.

        Raises MapError, with the results of all calls, if calls failed or have not ended. Its cause is the first error,
        with the traceback of the job. With `return_exceptions`, failed calls raise no MapError: their CallError is
        in the list instead of the value. `job_results` has the return codes of the jobs, `outcomes` everything about
        the calls.
        """
        outcomes = await self.outcomes()
        why = await why_idle(self._client, self.id) if any(each.status is JobStatus.READY for each in outcomes) else ""
        return values_of(outcomes, return_exceptions=return_exceptions, why_idle=why)

    values = old_method("values", results)
