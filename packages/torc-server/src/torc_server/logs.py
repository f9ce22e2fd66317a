"""Logging: lines of ``key=value`` pairs or JSON objects, on stderr or in rotated files."""

import io
import json
import logging
import logging.handlers
import re
import shutil
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torc_server.edge.log_redaction import RedactingFormatter, redacted
from torc_server.edge.output_files import append_to
from torc_server.edge.terminal_text import inert
from torc_server.log_limits import RepeatedLines
from torc_server.settings import LogLevel
from torc_server.start_errors import CannotStart
from torc_server.terminal_lines import wrapped

FILE_NAME = "torc-server.log"
FILE_MAX_BYTES = 10 * 1024 * 1024
FILES = 5
DEFAULT_LEVEL = LogLevel.INFO

# The standard library has no level below DEBUG. This one also shows the messages of the libraries.
TRACE = 5
_LEVELS: Mapping[LogLevel, int] = {
    LogLevel.TRACE: TRACE,
    LogLevel.DEBUG: logging.DEBUG,
    LogLevel.INFO: logging.INFO,
    LogLevel.WARN: logging.WARNING,
    LogLevel.ERROR: logging.ERROR,
}

# A value that needs no quotes, unless it has control characters.
_PLAIN = re.compile(r"[^\s\"=\x00-\x1f\x7f-\x9f]+")


class LogFileError(CannotStart):
    """The log directory cannot be used. The message has the reason."""


class _Lines(RedactingFormatter):
    """Formats a record as its fields: time, level, logger, message, then those of ``extra={"fields": ...}``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        return redacted(self.line(self.fields(record)))

    def fields(self, record: logging.LogRecord) -> dict[str, Any]:
        """Collect the fields of the record, in the order of the line."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        fields = {
            "time": f"{moment}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower().replace("warning", "warn"),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return fields

    def line(self, fields: Mapping[str, Any]) -> str:
        """Write fields as ``key=value``."""
        return " ".join(f"{key}={_value(value)}" for key, value in fields.items())


class _JsonLines(_Lines):
    def line(self, fields: Mapping[str, Any]) -> str:
        """Write fields as a JSON object."""
        return json.dumps(fields, default=str)


class _TerminalLines(_Lines):
    """Lines for a person: the time of the day, what is worse than a message, and no word is broken."""

    def line(self, fields: Mapping[str, Any]) -> str:
        """Write the time in UTC, the message, and the other fields as ``key=value``."""
        others = {key: value for key, value in fields.items() if key not in {"time", "level", "logger", "message"}}
        level = "" if fields["level"] in {"info", "debug"} else f"{fields['level']}: "
        text = f"{fields['time'][11:19]}Z {level}{inert(fields['message'])} {super().line(others)}".rstrip()
        return "\n".join(wrapped(text, shutil.get_terminal_size().columns))


class _RotatedFile(logging.handlers.RotatingFileHandler):
    """A log file that follows no link of another user."""

    def _open(self) -> io.TextIOWrapper:
        return append_to(Path(self.baseFilename))


class _NotableRequests(logging.Filter):
    """Leaves out the lines of requests that neither failed nor took long, so that a terminal keeps what matters."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        return record.levelno > logging.INFO or getattr(record, "is_notable", True)


def set_up(level: LogLevel | None, *, directory: Path | None, as_json: bool) -> None:
    """Send every log record of the process to stderr, or to rotated files in `directory`. Raises LogFileError.

    Without `level`, it is that of `DEFAULT_LEVEL`, and a terminal gets short lines, and only the requests that are
    notable.
    """
    logging.addLevelName(TRACE, "TRACE")
    handler: logging.Handler
    lines = _JsonLines() if as_json else _Lines()
    if directory is None:
        handler = logging.StreamHandler(sys.stderr)
        if level is None and not as_json and sys.stderr.isatty():
            handler.addFilter(_NotableRequests())
            lines = _TerminalLines()
    else:
        try:
            directory.mkdir(parents=True, exist_ok=True)
            handler = _RotatedFile(
                directory / FILE_NAME, maxBytes=FILE_MAX_BYTES, backupCount=FILES - 1, encoding="utf-8"
            )
        except OSError as error:
            raise LogFileError(
                f"cannot write logs to {directory}: {error.strerror}; choose another --log-dir"
            ) from error
    level = level or DEFAULT_LEVEL
    handler.addFilter(RepeatedLines())
    handler.setFormatter(lines)
    logging.basicConfig(level=_LEVELS[level], handlers=[handler], force=True)
    if level is not LogLevel.TRACE:
        # Messages of the libraries help only to debug the libraries.
        for library in ("aiohttp", "aiosqlite", "asyncio"):
            logging.getLogger(library).setLevel(logging.WARNING)


def _value(value: Any) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) and text == inert(text) else inert(json.dumps(text, ensure_ascii=False))
