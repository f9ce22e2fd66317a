"""The format of log lines for people."""

import logging

from torc_client.edge.log_redaction import RedactingFormatter
from torc_client.edge.terminal_text import inert


class LogFormatter(RedactingFormatter):
    """Formats lines of a log that may contain credentials and text of others."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record, without credentials and with visible control characters."""
        return inert(super().format(record))
