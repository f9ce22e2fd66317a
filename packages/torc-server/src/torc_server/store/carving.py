"""Export some workflows of a database to a new one, with the same ids."""

import contextlib
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from torc_server.store import functions
from torc_server.store.backup import Copy, copy_beside
from torc_server.store.copying import sync
from torc_server.store.statement import Statement

OTHER_WORKFLOWS = Statement(
    "DELETE FROM workflow WHERE id NOT IN (SELECT value FROM json_each(:kept))",
)
# Runners use them with the server that issued them.
TOKENS = Statement("DELETE FROM token")
OTHER_GROUPS = Statement("""
DELETE FROM access_group
WHERE NOT :with_groups OR id NOT IN (SELECT group_id FROM workflow_access_group)
""")


def copy_of_workflows(database: Path, kept: Sequence[int], *, with_groups: bool, is_compact: bool) -> Copy:
    """Return a function that copies some workflows of a database, which may be in use, to a new file.

    With or without the groups that they are shared with and the members of these groups; without tokens. A compact file
    has no free pages; compacting temporarily needs the same amount of disk space again.
    """
    whole = copy_beside(database)

    def copy(target: Path) -> None:
        whole(target)
        with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as connection:
            functions.register(connection)
            # No other process has opened the file; after an interruption it is deleted.
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("BEGIN")
            connection.execute(OTHER_WORKFLOWS, {"kept": json.dumps(list(kept))})
            connection.execute(TOKENS)
            connection.execute(OTHER_GROUPS, {"with_groups": with_groups})
            connection.execute("COMMIT")
            if is_compact:
                connection.execute("VACUUM")
            connection.execute("PRAGMA journal_mode = DELETE")
        sync(target)

    return copy
