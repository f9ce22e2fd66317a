"""The runner's log: a fixed phrase and `key=value` fields in each line, for search by people and programs."""

import asyncio
import json
import logging
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from torc_client.api.enums import JobStatus
from torc_client.edge.terminal_text import inert
from torc_client.errors import TorcError
from torc_client.log_format import LogFormatter
from torc_runner.log_file import LogFile
from torc_runner.machine.job import ClaimedJob
from torc_runner.run_context import RunContext

logger = logging.getLogger("torc_runner")

_PLAIN = re.compile(r"[\w.,:/@%+-]+")
_BATCH_SECONDS = 0.02
FORMAT = "%(asctime)s %(levelname)s %(message)s"


def fields(**values: object) -> str:
    """Format values as `key=value`, quoted if they have a space, quote or control character."""
    return " ".join(f"{key}={_quoted(str(value))}" for key, value in values.items())


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else inert(json.dumps(text, ensure_ascii=False))


class JobLines:
    """The two lines of each job, written without `logging`, which takes as long as starting a job.

    They have the format of all other lines, and go to the streams of the handlers that the logger has at
    construction. Lines are collected for 0.02 seconds and written together. Another record of the logger is written
    after the lines that were collected before it.
    """

    def __init__(self, context: RunContext) -> None:
        self._context = context
        self._streams = [
            handler.stream
            for handler in logger.handlers
            if isinstance(handler, logging.StreamHandler) and handler.level <= logging.INFO
        ]
        self._lines: list[str] = []
        self._second = 0
        self._stamp = ""
        self._thread = threading.get_ident()
        logger.addFilter(self._write_before)

    def job_started(self, job: ClaimedJob, pid: int) -> None:
        """Log the start of a job."""
        self._write(f"Job started {_identity(self._context, job)} job_name={_quoted(job.name)} pid={pid}")

    def job_completed(self, job: ClaimedJob, status: JobStatus, return_code: int, exec_seconds: float) -> None:
        """Log the end of a job."""
        self._write(
            f"Job completed {_identity(self._context, job)} status={status.value} return_code={return_code} "
            f"seconds={exec_seconds:.3f} job_name={_quoted(job.name)}"
        )

    def _write(self, text: str) -> None:
        now = time.time()
        second = int(now)
        if second != self._second:
            self._second, self._stamp = second, time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(second))
        if not self._lines:
            asyncio.get_running_loop().call_later(_BATCH_SECONDS, self.flush)
        self._lines.append(f"{self._stamp},{int((now - second) * 1000):03d} INFO {text}\n")

    def close(self) -> None:
        """Write the collected lines, and no longer write before other records."""
        self.flush()
        logger.removeFilter(self._write_before)

    def _write_before(self, _: logging.LogRecord) -> bool:
        if self._lines and threading.get_ident() == self._thread:
            self.flush()
        return True

    def flush(self) -> None:
        """Write the collected lines."""
        text = "".join(self._lines)
        self._lines.clear()
        for stream in self._streams:
            with suppress(OSError):  # the terminal is closed; the jobs continue
                stream.write(text)
                stream.flush()


IN_RESULTS = frozenset({"Job output missing", "Job output unchanged", "Job out of memory"})
"""Problems that `torc run` reports at its end, as the reasons why jobs failed."""


def job_trouble(context: RunContext, job: ClaimedJob, phrase: str, **details: object) -> None:
    """Log a problem of a job, with `phrase` in front and `details` as the last fields."""
    logger.warning(
        "%s %s %s", phrase, _identity(context, job), fields(job_name=job.name, **details), extra={"phrase": phrase}
    )


def _identity(context: RunContext, job: ClaimedJob) -> str:
    # Not by `fields`: this is written twice for each job.
    return (
        f"workflow_id={context.workflow_id} job_id={job.job_id} run_id={context.run_id} "
        f"attempt_id={job.attempt_id} compute_node_id={context.compute_node_id}"
    )


@contextmanager
def logging_to(path: Path, echo: logging.Handler) -> Iterator[None]:
    """Write the log to a file, appending, and to `echo`. Raises TorcError if the file cannot be opened."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = LogFile(path)
    except OSError as error:
        raise TorcError(
            f"The log file {path} cannot be written: {error.strerror}.", "Choose another folder with --output-dir."
        ) from error
    handlers = [logging.StreamHandler(file), echo]
    propagates, level = logger.propagate, logger.level
    logger.propagate = False
    logger.setLevel(logging.INFO)
    for handler in handlers:
        handler.setFormatter(LogFormatter(FORMAT))
        logger.addHandler(handler)
    try:
        yield
    finally:
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()
        file.close()
        logger.propagate = propagates
        logger.setLevel(level)
