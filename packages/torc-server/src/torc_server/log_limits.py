"""Limits of repeated log lines: a flood of one kind must not push older lines out of the rotated files."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

# Maximum number of kinds whose lines are counted.
KINDS_MOST = 1000
_KIND_CHARACTERS = 80
_REFUSED = 400


@dataclass(frozen=True, slots=True)
class Budget:
    """How many lines of one kind are written: at once, and in a second after that."""

    at_once: int
    per_second: float


# Requests that succeeded, and other reports of what the server does.
ORDINARY = Budget(2000, 2.0)
# Refused requests, warnings and errors.
TROUBLE = Budget(100, 1 / 6)


@dataclass(slots=True)
class _Account:
    left: float
    at: float
    left_out: int = 0


class RepeatedLines(logging.Filter):
    """Leaves out lines of a kind that is logged too often. The next line of the kind has their number as `left_out`.

    A kind is a message with its logger, level, status and type of exception. Debug messages are not limited.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._accounts: OrderedDict[Hashable, _Account] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        if record.levelno < logging.INFO:
            return True
        fields = getattr(record, "fields", {})
        status = fields.get("status", 0)
        is_trouble = record.levelno > logging.INFO or (isinstance(status, int) and status >= _REFUSED)
        budget = TROUBLE if is_trouble else ORDINARY
        account = self._account((*_kind(record), status), budget)
        now = self._clock()
        account.left = min(account.left + (now - account.at) * budget.per_second, budget.at_once)
        account.at = now
        if account.left < 1:
            account.left_out += 1
            return False
        account.left -= 1
        if account.left_out:
            record.fields = {**fields, "left_out": account.left_out}
            account.left_out = 0
        elif account.left < 1:
            record.fields = {**fields, "further_lines": "left out"}
        return True

    def _account(self, kind: Hashable, budget: Budget) -> _Account:
        account = self._accounts.get(kind)
        if account is None:
            account = self._accounts[kind] = _Account(budget.at_once, self._clock())
            if len(self._accounts) > KINDS_MOST:
                self._accounts.popitem(last=False)
        else:
            self._accounts.move_to_end(kind)
        return account


def _kind(record: logging.LogRecord) -> tuple[Hashable, ...]:
    """Return the message without its values, which differ from line to line."""
    text = str(record.msg).partition("\n")[0][:_KIND_CHARACTERS]
    failure = str(record.exc_info[0]) if record.exc_info else ""
    return record.name, record.levelno, text, failure
