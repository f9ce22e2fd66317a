"""The job of a mapped function: fetch the calls, perform them, report their results."""

import os
import pickle
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from torc_client import job_variables
from torc_client.code_loading import code_loading
from torc_client.errors import ServerUnreachableError
from torc_client.mapping.exchange import CallReport, ErrorReport, Exchange, FileExchange, JobReport
from torc_client.mapping.function import load


def perform_job(arguments: Sequence[str]) -> int:
    """Perform the calls of the job and return its exit code.

    `arguments` are the paths of input and output, if the job exchanges files; else it uses user data.
    """
    if job_variables.JOB_ID not in os.environ:
        sys.stderr.write("Error: This process is not a job. Only jobs of `Torc.map` run this command.\n")
        return 1
    exchange: Exchange = FileExchange(Path(arguments[0]), Path(arguments[1])) if arguments else _by_user_data()
    report = _perform(exchange)
    _store(report, exchange)
    return 1 if "error" in report or any("error" in call for call in report["calls"]) else 0


def _by_user_data() -> Exchange:
    from torc_client.mapping.user_data_exchange import UserDataExchange  # noqa: PLC0415 - files need no network

    return UserDataExchange()


def _perform(exchange: Exchange) -> JobReport:
    """Perform all calls, also after failed ones."""
    try:
        request = exchange.fetch()
        with code_loading():
            function = load(request.reference)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - any error of the user's module is reported, not raised
        return {"error": _error_report(error), "attempt": attempt()}
    return {"calls": [_call(function, packed, exchange) for packed in request.items], "attempt": attempt()}


def _call(function: Callable[..., Any], packed: Any, exchange: Exchange) -> CallReport:
    """Perform a call. An exception, also that of `sys.exit`, is reported and printed on stderr."""
    try:
        return {"value": exchange.pack(function(exchange.unpack(packed)))}
    except (Exception, SystemExit) as error:  # noqa: BLE001 - any error of the user's function is reported, not raised
        return {"error": _error_report(error)}


def _store(report: JobReport, exchange: Exchange) -> None:
    """Store the report. If it is refused, for example because it is too large, its largest values become errors.

    At each refusal these are twice as many, so that there are few of them. Raises the last refusal.
    """
    number = 1
    while True:
        try:
            exchange.report(report)
        except ServerUnreachableError:
            raise
        except Exception as error:
            with_values = [call for call in report.get("calls", []) if "value" in call]
            if not with_values:
                raise
            refusal = _error_report(error)
            for call in sorted(with_values, key=_size, reverse=True)[:number]:
                del call["value"]
                call["error"] = refusal
            number *= 2
        else:
            return


def _size(call: CallReport) -> int:
    return len(pickle.dumps(call["value"]))


def attempt() -> str:
    """Return the identity of this attempt, by which the report of an earlier attempt is recognized."""
    return ".".join(os.environ.get(name, "") for name in (job_variables.RUN_ID, job_variables.ATTEMPT_ID))


def _error_report(error: BaseException) -> ErrorReport:
    # The first frame is the one of this module, which does not help the reader.
    frames = error.__traceback__.tb_next if error.__traceback__ is not None else None
    trace = _text("".join(traceback.format_exception(type(error), error, frames)))
    sys.stderr.write(trace)
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - it is the method of a class of the user
        message = "its message cannot be read"
    return {"type": type(error).__qualname__, "message": _text(message), "traceback": trace}


def _text(text: str) -> str:
    """Return a text without what UTF-8 lacks: half characters, for example in names of files."""
    return text.encode("utf-8", "backslashreplace").decode()
