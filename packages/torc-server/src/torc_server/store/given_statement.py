"""Run the statement of a caller so that it only reads, and has limits.

SQLite asks the authorizer about each action of a statement while it compiles the statement. Only what is listed here is
allowed, so a statement cannot write, attach a file, load code or read a secret, whatever its text looks like.
"""

import itertools
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from torc_server.store.common_tables import CommonTables
from torc_server.store.damage import failure_of
from torc_server.store.errors import as_store_error
from torc_server.store.given import Found, StatementBounds, StatementBusy, StatementFailed, StatementRefused
from torc_server.store.temporary_files import MOST_TEMPORARY_BYTES, TemporaryFiles

# Functions whose time is linear in the length of their arguments. Others could run for hours between two looks at the
# time, and some read files or load code.
FUNCTIONS = frozenset(
    """
    abs avg ceil ceiling coalesce count cume_dist current_date current_time current_timestamp date datetime dense_rank
    first_value floor glob group_concat hex ifnull iif json json_array json_array_length json_each json_extract
    json_group_array json_group_object json_object json_quote json_tree json_type json_valid julianday lag last_value
    lead length like likely lower max min mod nth_value ntile nullif octet_length percent_rank quote rank round
    row_number sign sqlite_version strftime string_agg substr substring sum time timediff total typeof unicode unixepoch
    unlikely upper -> ->>
    """.split()  # noqa: SIM905 - one name a line would be a page
)
# Pragmas that describe tables.
PRAGMAS = frozenset(
    {"table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list"}
)
# Tables that are functions, and the schema.
VIRTUAL_TABLES = frozenset({"json_each", "json_tree", *(f"pragma_{name}" for name in PRAGMAS)})
SCHEMA_TABLES = frozenset({"sqlite_master", "sqlite_schema", "sqlite_sequence", "sqlite_stat1"})
# Makes a connection know these tables. For SQLite, the first use of one writes to the schema in memory.
_FIRST_USES = tuple(f"SELECT 1 FROM {name} LIMIT 0" for name in sorted(VIRTUAL_TABLES))  # noqa: S608 - names of this file
# With these, a client could act as a runner. A statement reads NULL instead.
SECRETS = frozenset({("compute_node", "secret"), ("claim_reply", "claim_key"), ("token", "digest")})

# More often than elsewhere: one instruction may compare a long text.
INSTRUCTIONS_BETWEEN_LOOKS = 100
# Joins compare columns with the same name, and SQLite does not ask the authorizer about those.
_COMPARING_JOINS = frozenset({"using", "natural"})
# Held while a statement runs, so that statements take at most one CPU, and the memory and files of one.
_RUNNING = threading.Lock()
# Copies of common table expressions, which SQLite makes before it asks the authorizer.
MOST_COPIES = 1_000
# The longest value, in bytes. A row with the most columns is as large as all rows may be, and one LIKE takes 10 ms.
LONGEST_VALUE = 128 * 1024
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: LONGEST_VALUE,
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 20_000,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 50,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 100_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
}
# Keeps the text apart from those of the server in the cache of compiled statements: those are compiled without the
# authorizer.
_MARK = "/* a statement of a caller */ "

_HARMLESS = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE})
_LISTED = frozenset({sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_PRAGMA})
_WRITES = {
    sqlite3.SQLITE_INSERT: "INSERT",
    sqlite3.SQLITE_UPDATE: "UPDATE",
    sqlite3.SQLITE_DELETE: "DELETE",
}
_WORDS = {
    sqlite3.SQLITE_ATTACH: "ATTACH",
    sqlite3.SQLITE_DETACH: "DETACH",
    sqlite3.SQLITE_TRANSACTION: "BEGIN, COMMIT and ROLLBACK",
    sqlite3.SQLITE_SAVEPOINT: "SAVEPOINT",
    sqlite3.SQLITE_ANALYZE: "ANALYZE",
    sqlite3.SQLITE_REINDEX: "REINDEX",
}


class _Authorizer:
    """Decides about the actions of one statement, and stores why it refused the first one."""

    def __init__(self, tables: frozenset[str]) -> None:
        self._tables = tables
        self.refusal: StatementRefused | None = None

    def __call__(
        self, action: int, first: str | None, second: str | None, database: str | None, inner: str | None
    ) -> int:
        """Return SQLITE_OK, SQLITE_IGNORE for a secret, or SQLITE_DENY."""
        del database, inner
        refusal = self._judge(action, first or "", second or "")
        if refusal is not None:
            self.refusal = self.refusal or refusal
            return sqlite3.SQLITE_DENY
        is_secret = action == sqlite3.SQLITE_READ and (first, second) in SECRETS
        return sqlite3.SQLITE_IGNORE if is_secret else sqlite3.SQLITE_OK

    def _judge(self, action: int, first: str, second: str) -> StatementRefused | None:
        if action in _HARMLESS:
            return None
        if action in _LISTED:
            return self._judge_name(action, first, second)
        if action in _WRITES:
            is_of_schema = first.lower().startswith("sqlite_")
            what = "a change of the schema" if is_of_schema else f"{_WRITES[action]} of {first}"
            return StatementRefused(f"{what} would write", is_write=True, table=None if is_of_schema else first)
        if action in _WORDS:
            return StatementRefused(f"{_WORDS[action]} is not available")
        return StatementRefused("a change of the schema would write", is_write=True)

    def _judge_name(self, action: int, first: str, second: str) -> StatementRefused | None:
        """Judge a table, a function or a pragma by its name. A table of which no column is read reveals nothing."""
        name = second if action == sqlite3.SQLITE_FUNCTION else first
        if action == sqlite3.SQLITE_READ:
            known: Collection[str] = self._tables
            reason = "the table {} is not available"
        elif action == sqlite3.SQLITE_FUNCTION:
            known, reason = FUNCTIONS, f"the function {{}} is not available; use one of {', '.join(_names())}"
        else:
            known, reason = PRAGMAS, f"PRAGMA {{}} is not available; use one of {', '.join(sorted(PRAGMAS))}"
        reads_nothing = action == sqlite3.SQLITE_READ and not second
        return None if reads_nothing or name.lower() in known else StatementRefused(reason.format(name))


def _names() -> list[str]:
    return sorted(name for name in FUNCTIONS if name.isidentifier())


def run_given(
    connection: sqlite3.Connection, text: str, bounds: StatementBounds, *, must_end: Callable[[], bool], looks: int
) -> Found:
    """Run a statement in the open transaction, and return its rows. One runs at a time in a process.

    `must_end` is the progress handler of the connection, with `looks` instructions between two calls. Raises
    StatementBusy, StatementRefused, StatementFailed, and the errors of SQLite about the file or the end of the read.
    """
    _require_simple(text)
    if not _RUNNING.acquire(blocking=False):
        raise StatementBusy
    try:
        return _run_alone(connection, text, bounds, must_end=must_end, looks=looks)
    finally:
        _RUNNING.release()


def _run_alone(
    connection: sqlite3.Connection, text: str, bounds: StatementBounds, *, must_end: Callable[[], bool], looks: int
) -> Found:
    tables = {str(row[0]).lower() for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    authorizer = _Authorizer(frozenset(tables) | VIRTUAL_TABLES | SCHEMA_TABLES)
    for each in _FIRST_USES:
        connection.execute(each)
    ends_at = time.monotonic() + bounds.seconds
    files = TemporaryFiles()

    def is_over() -> bool:
        return time.monotonic() >= ends_at or files.are_too_large()

    try:
        with _limited(connection, authorizer, lambda: must_end() or is_over(), (must_end, looks)):
            return _fetched(connection, _MARK + text, bounds)
    except sqlite3.Error as error:
        if must_end() or (not is_over() and (failure_of(error, connection) or as_store_error(error)) is not None):
            raise
        if authorizer.refusal is not None:
            raise authorizer.refusal from error
        if files.are_too_large():
            raise StatementFailed(
                f"The statement needs more than {MOST_TEMPORARY_BYTES // 1024**2} MiB of temporary files; sort or group"
                " fewer rows"
            ) from error
        raise _failure(error, bounds, is_late=is_over()) from error


def _require_simple(text: str) -> None:
    """Refuse what SQLite does before it asks the authorizer or a limit."""
    if len(text.encode()) > LIMITS[sqlite3.SQLITE_LIMIT_SQL_LENGTH]:
        raise StatementRefused(f"it is longer than {LIMITS[sqlite3.SQLITE_LIMIT_SQL_LENGTH]} bytes")
    tables = CommonTables(text)
    if tables.repeated is not None:
        raise StatementRefused(f"it defines {tables.repeated!r} twice; give each common table its own name")
    if tables.num_copies > MOST_COPIES:
        raise StatementRefused(
            f"SQLite would copy its common tables more than {MOST_COPIES} times; use each of them less often"
        )
    with_secrets = sorted({table for table, _ in SECRETS} & tables.words)
    if with_secrets and not _COMPARING_JOINS.isdisjoint(tables.words):
        raise StatementRefused(f"a join of {with_secrets[0]} needs ON, not USING or NATURAL")


def _failure(error: sqlite3.Error, bounds: StatementBounds, *, is_late: bool) -> Exception:
    code = getattr(error, "sqlite_errorcode", None)
    if is_late and code == sqlite3.SQLITE_INTERRUPT:
        return StatementFailed(
            f"The statement took longer than {bounds.seconds:g} seconds and was ended; select fewer rows"
        )
    if code == sqlite3.SQLITE_TOOBIG:
        return StatementFailed(
            f"The statement or one of its values is longer than {LONGEST_VALUE} bytes; leave out long columns"
        )
    if isinstance(error, sqlite3.ProgrammingError) or "one statement at a time" in str(error):
        return StatementRefused(f"it must be one statement without parameters ({error})")
    return StatementFailed(f"SQLite cannot run the statement: {error}")


@contextmanager
def _limited(
    connection: sqlite3.Connection,
    authorizer: _Authorizer,
    must_end: Callable[[], bool],
    usual: tuple[Callable[[], bool], int],
) -> Iterator[None]:
    """Set the limits of the connection, and restore them."""
    before = {limit: connection.setlimit(limit, most) for limit, most in LIMITS.items()}
    connection.text_factory = _decoded
    connection.set_progress_handler(must_end, INSTRUCTIONS_BETWEEN_LOOKS)
    connection.set_authorizer(authorizer)
    try:
        yield
    finally:
        connection.set_authorizer(None)
        connection.set_progress_handler(*usual)
        connection.text_factory = str
        for limit, most in before.items():
            connection.setlimit(limit, most)


def _decoded(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _fetched(connection: sqlite3.Connection, text: str, bounds: StatementBounds) -> Found:
    cursor = connection.cursor()
    cursor.row_factory = None
    try:
        cursor.execute(text)
        if cursor.description is None:
            raise StatementRefused("it is not a query: it returns no columns")
        columns = _distinct([str(each[0]) for each in cursor.description])
        rows: list[tuple[Any, ...]] = []
        left = bounds.num_characters
        for row in cursor:
            values = tuple(value.hex() if isinstance(value, bytes) else value for value in row)
            left -= sum(len(value) + 8 if isinstance(value, str) else 24 for value in values)
            if left < 0:
                size = f"{bounds.num_characters // 1024**2} MiB"
                raise StatementFailed(
                    f"The rows are larger than {size} after {len(rows)} rows; use a limit of at most {len(rows)}"
                )
            rows.append(values)
            if len(rows) == bounds.num_rows:
                break
        return Found(columns, rows)
    finally:
        cursor.close()


def _distinct(names: list[str]) -> tuple[str, ...]:
    """Give repeated names a number: `id`, `id_2`, `id_3`."""
    distinct: dict[str, None] = {}
    for name in names:
        numbers = itertools.count(2)
        candidate = name
        while candidate in distinct:
            candidate = f"{name}_{next(numbers)}"
        distinct[candidate] = None
    return tuple(distinct)
