"""What a job does that calls a function: fetch the calls, perform them, tell what came of them."""

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from torc_client import job_variables
from torc_client.mapping.exchange import CallTold, ErrorTold, Exchange, FileExchange, Told
from torc_client.mapping.function import load


def perform_job(words: Sequence[str]) -> int:
    """Do what the job is for; returns its exit status. `words` are the paths of call and outcome, if it is files."""
    if job_variables.JOB_ID not in os.environ:
        sys.stderr.write("Error: This is what jobs run that `map_function` made; there is no job here.\n")
        return 1
    exchange: Exchange = FileExchange(Path(words[0]), Path(words[1])) if words else _by_user_data()
    told = _outcome(exchange)
    exchange.tell(told)
    return 1 if "error" in told or any("error" in call for call in told["calls"]) else 0


def _by_user_data() -> Exchange:
    from torc_client.mapping.user_data_exchange import UserDataExchange  # noqa: PLC0415 - files need no network

    return UserDataExchange()


def _outcome(exchange: Exchange) -> Told:
    """Perform the calls, each whatever became of those before."""
    try:
        asked = exchange.fetch()
        function = load(asked.reference)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it is, it is told
        return {"error": _told_of(error), "attempt": attempt()}
    return {"calls": [_called(function, packed, exchange) for packed in asked.items], "attempt": attempt()}


def _called(function: Callable[..., Any], packed: Any, exchange: Exchange) -> CallTold:
    """Perform a call. An exception, that of `sys.exit` too, becomes what is told, and goes to stderr as always."""
    try:
        return {"value": exchange.pack(function(exchange.unpack(packed)))}
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it is, it is told
        return {"error": _told_of(error)}


def attempt() -> str:
    """Tell runs and attempts apart, so that nobody takes an older outcome for this one."""
    return f"{os.environ.get('TORC_RUN_ID', '')}.{os.environ.get('TORC_ATTEMPT_ID', '')}"


def _told_of(error: BaseException) -> ErrorTold:
    # The first frame is ours and tells the reader nothing.
    frames = error.__traceback__.tb_next if error.__traceback__ is not None else None
    trace = "".join(traceback.format_exception(type(error), error, frames))
    sys.stderr.write(trace)
    return {"type": type(error).__qualname__, "message": str(error), "traceback": trace}
