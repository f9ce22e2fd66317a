"""Remove credentials from log lines.

The credentials are those of URLs, headers and parameters.
"""

import logging
import re
from types import TracebackType
from typing import TypeAlias

_ExcInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]  # the type of `logging`
)

# Each pattern keeps its first group. The characters of a secret exclude quotes and backslashes, so that a line of JSON
# stays valid.
_SECRETS = (
    re.compile(r"(://)[^/\s\"'\\?#]+(?=@)"),
    re.compile(r"(?i)(\b(?:proxy-)?authorization\b[\"'\\]*\s*[:=]\s*[\"'\\]*)(?:[a-z]+\s+)?[^\s\"'\\,]+"),
    re.compile(r"(\b(?:Basic|Bearer)\s+)(?=[a-z]*[A-Z0-9=+/_.-])[A-Za-z0-9+/=_.~-]{8,}"),
    re.compile(r"(?i)(\b(?:set-)?cookie\b[\"'\\]*\s*[:=]\s*[\"'\\]*)[^\r\n\"'\\]+"),
    re.compile(
        r"(?i)((?:[?&](?:[\w.-]{0,30}[_.-])?token|passw(?:or)?d|passphrase|pass(?<![a-z]pass)|pwd|secret|credential"
        r"|(?:api|access|private|claim)[_.-]?key)=[\"'\\]*)[^\s\"'\\&,)]+"
    ),
)
_HIDDEN = r"\1***"


def redacted(text: str) -> str:
    """Return a text without the credentials of URLs, headers and parameters."""
    for pattern in _SECRETS:
        text = pattern.sub(_HIDDEN, text)
    return text


class RedactingFormatter(logging.Formatter):
    """Formats records without credentials.

    Of exceptions of aiohttp's parser only the class is formatted: they quote bytes that were received, from any place
    in a message.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        return redacted(super().format(record))

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - the name in `logging`
        """Return the traceback, or the class of an exception that quotes what was received."""
        quoting = _quoting(ei[1])
        return super().formatException(ei) if quoting is None else f"{type(quoting).__name__}: malformed HTTP"


def _quoting(failure: BaseException | None) -> BaseException | None:
    """Return the exception of aiohttp's parser that caused a failure."""
    while failure is not None:
        # By name: the commands that log do not import aiohttp.
        names = {f"{one.__module__}.{one.__name__}" for one in type(failure).__mro__}
        if names & {"aiohttp.http_exceptions.HttpProcessingError", "aiohttp.web_protocol.RequestPayloadError"}:
            return failure
        failure = failure.__cause__ or failure.__context__
    return None
