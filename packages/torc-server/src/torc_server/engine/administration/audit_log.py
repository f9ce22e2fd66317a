"""The audit log: each statement that a caller sent to ``POST /admin/sql``, also those that were refused.

The log has a maximum size. Entries of callers who may send no statement have a smaller one of their own, so that they
cannot displace the entries of administrators.
"""

from dataclasses import dataclass
from datetime import datetime

from torc_server.engine.events import milliseconds
from torc_server.store.statement import Statement
from torc_server.store.transaction import Transaction

MOST_ENTRIES = 100_000
MOST_FORBIDDEN_ENTRIES = 1_000
# Characters of a statement and of an error.
LONGEST_TEXT = 20_000

ADD_ENTRY = Statement("""
INSERT INTO admin_audit_log (user_name, timestamp, sql_text, is_write, allow_full_table, rows_affected, committed,
    success, error, is_forbidden)
VALUES (:user_name, :timestamp, :sql_text, :is_write, :allow_full_table, NULL, 0, :success, :error, :is_forbidden)
""")
# Ids are consecutive, so the oldest entries are found by their ids.
REMOVE_OLDEST = Statement("DELETE FROM admin_audit_log WHERE id <= :newest_id - :most_entries")
REMOVE_OLDEST_FORBIDDEN = Statement("""
DELETE FROM admin_audit_log WHERE is_forbidden AND id <= (
    SELECT id FROM admin_audit_log WHERE is_forbidden ORDER BY id DESC LIMIT 1 OFFSET :most_entries
)
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A statement of a caller and its outcome. `error` is None if it was run."""

    user_name: str
    sql_text: str
    is_write: bool
    allow_full_table: bool
    error: str | None
    is_forbidden: bool = False


def record(tx: Transaction, entry: Entry, *, now: datetime) -> None:
    """Store an entry, and remove the oldest ones that exceed the size of the log."""
    newest_id = tx.insert(
        ADD_ENTRY,
        {
            "user_name": entry.user_name,
            "timestamp": milliseconds(now),
            "sql_text": entry.sql_text[:LONGEST_TEXT],
            "is_write": entry.is_write,
            "allow_full_table": entry.allow_full_table,
            "success": entry.error is None,
            "error": None if entry.error is None else entry.error[:LONGEST_TEXT],
            "is_forbidden": entry.is_forbidden,
        },
    )
    tx.execute(REMOVE_OLDEST, {"newest_id": newest_id, "most_entries": MOST_ENTRIES})
    if entry.is_forbidden:
        tx.execute(REMOVE_OLDEST_FORBIDDEN, {"most_entries": MOST_FORBIDDEN_ENTRIES})
