"""The rules of failure handlers, read when a job is claimed, so that they are known when it ends."""

from torc_client.client import TorcClient
from torc_client.errors import NotFoundError
from torc_runner import log
from torc_runner.machine.failure_rules import Rule, parse_rules


class FailureRules:
    """The rules of the failure handlers of one workflow. Each handler is read once."""

    def __init__(self, client: TorcClient) -> None:
        self._client = client
        self._rules: dict[int, tuple[Rule, ...]] = {}

    async def of(self, handler_id: int | None) -> tuple[Rule, ...]:
        """Return the rules of a failure handler; none without one. Raises TorcError."""
        if handler_id is None:
            return ()
        if handler_id not in self._rules:
            self._rules[handler_id] = await self._read(handler_id)
        return self._rules[handler_id]

    async def _read(self, handler_id: int) -> tuple[Rule, ...]:
        try:
            handler = await self._client.failure_handlers.get_failure_handler(handler_id)
            return parse_rules(handler.rules)
        except NotFoundError:
            return ()  # deleted since the claim: as if the job had none
        except ValueError as error:
            reason = log.fields(failure_handler_id=handler_id, reason=error)
            log.logger.warning("Failure handler not understood %s", reason)
            return ()
