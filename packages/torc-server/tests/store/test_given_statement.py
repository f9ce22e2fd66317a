"""Statements of callers: what they may do, and their limits."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from torc_server.store import temporary_files
from torc_server.store.common_tables import CommonTables
from torc_server.store.given import Found, StatementBounds, StatementFailed, StatementRefused
from torc_server.store.migrate import migrate
from torc_server.store.reading import INSTRUCTIONS_BETWEEN_LOOKS, Reading, ReadingThread
from torc_server.store.sqlite_files import open_to_read, open_to_write
from torc_server.store.transaction import Transaction

BOUNDS = StatementBounds(num_rows=3, num_characters=1_000_000, seconds=20)
Run = Callable[..., Found]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    database = tmp_path / "torc.db"
    migrate(database)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("INSERT INTO claim_reply VALUES ('the key', 1, '[]', 0)")
    return database


@pytest.fixture(params=["reader", "writer"])
def connection(path: Path, request: pytest.FixtureRequest) -> Iterator[sqlite3.Connection]:
    """Return a connection that reads; on a server that uses the database alone, it is that of the writer."""
    opened = open_to_read(path) if request.param == "reader" else open_to_write(path, alone=True)
    with closing(opened):
        yield opened


@pytest.fixture
def run(connection: sqlite3.Connection) -> Run:
    thread = ReadingThread()
    connection.set_progress_handler(thread.must_end, INSTRUCTIONS_BETWEEN_LOOKS)

    def run_it(text: str, bounds: StatementBounds = BOUNDS) -> Found:
        return thread.run(connection, lambda tx: tx.given(text, bounds), Reading())

    return run_it


def content(connection: sqlite3.Connection) -> list[str]:
    return list(connection.iterdump())


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [
        ("SELECT 1 AS a, 2 AS a, 3 AS a_2, x'AB' AS b;", ("a", "a_2", "a_2_2", "b"), [(1, 2, 3, "ab")]),
        ("VALUES (1, 'x')", ("column1", "column2"), [(1, "x")]),
        ("WITH t(n) AS (SELECT 1) SELECT n FROM t -- the end", ("n",), [(1,)]),
        ("SELECT name FROM pragma_table_info('claim_reply') LIMIT 1", ("name",), [("claim_key",)]),
        ("SELECT value FROM json_each('[1, 2]')", ("value",), [(1,), (2,)]),
        ("SELECT CAST(x'ff41' AS TEXT)", ("CAST(x'ff41' AS TEXT)",), [("�A",)]),
        ("SELECT value FROM json_each('[1,2,3,4,5]')", ("value",), [(1,), (2,), (3,)]),
        ("SELECT claim_key, workflow_id FROM claim_reply", ("claim_key", "workflow_id"), [(None, 1)]),
        ("SELECT COUNT(*) AS n FROM claim_reply WHERE claim_key LIKE 'the%'", ("n",), [(0,)]),
    ],
)
def test_a_statement_that_reads_returns_its_rows(run: Run, text: str, columns: Any, rows: Any) -> None:
    found = run(text)
    assert (found.columns, found.rows) == (columns, rows)


WRITES = {
    "INSERT INTO workflow (name) VALUES ('x')": "workflow",
    "REPLACE INTO job (id) VALUES (1)": "job",
    "UPDATE claim_reply SET claim_key = 'y'": "claim_reply",
    "WITH x AS (SELECT 1) DELETE FROM claim_reply": "claim_reply",
    "DELETE FROM claim_reply RETURNING *": "claim_reply",
    "EXPLAIN DELETE FROM job": "job",
    "CREATE TABLE x (a)": None,
    "CREATE TEMP TABLE x (a)": None,
    "CREATE VIRTUAL TABLE x USING fts5(a)": None,
    "CREATE TRIGGER t AFTER DELETE ON job BEGIN SELECT 1; END": None,
    "DROP TABLE claim_reply": None,
    "ALTER TABLE claim_reply ADD COLUMN x": None,
    "ANALYZE": None,
}


@pytest.mark.parametrize(("text", "table"), WRITES.items())
def test_a_statement_that_writes_is_refused(
    run: Run, connection: sqlite3.Connection, text: str, table: str | None
) -> None:
    before = content(connection)
    with pytest.raises(StatementRefused) as refused:
        run(text)
    assert (refused.value.is_write, refused.value.table) == (True, table)
    assert content(connection) == before


@pytest.mark.parametrize(
    "text",
    [
        "ATTACH '/tmp/other.db' AS other",
        "DETACH main",
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "SAVEPOINT x",
        "REINDEX",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA writable_schema = 1",
        "PRAGMA query_only = 0",
        "SELECT * FROM pragma_database_list",
        "SELECT load_extension('x')",
        "SELECT randomblob(1000000000)",
        "SELECT writefile('/tmp/x', 'y')",
        "SELECT instr('a', 'b')",
        "SELECT digest('a')",
        "SELECT 1; SELECT 2",
        "SELECT ?",
        "SELECT :name",
        "VACUUM",
        "VACUUM INTO '/tmp/copy.db'",
        "",
        "-- nothing",
        "SELECT * FROM nowhere",
        "SELEKT 1",
        "SELECT '" + "x" * 20_000 + "'",
    ],
)
def test_other_statements_are_refused(run: Run, connection: sqlite3.Connection, text: str) -> None:
    before = content(connection)
    with pytest.raises((StatementRefused, StatementFailed)):
        run(text)
    assert content(connection) == before
    assert run("SELECT 1").rows == [(1,)]


def test_the_limits_of_a_statement_end_with_it(run: Run, connection: sqlite3.Connection) -> None:
    """The connection serves the requests of the server as before, with the same text too."""
    assert run("SELECT claim_key FROM claim_reply").rows == [(None,)]
    assert [tuple(row) for row in connection.execute("SELECT claim_key FROM claim_reply")] == [("the key",)]
    assert connection.execute("SELECT digest('a')").fetchone()[0]
    assert len(connection.execute("SELECT hex(zeroblob(5000000))").fetchone()[0]) == 10_000_000


ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT SUM(i) FROM n"


def test_a_statement_ends_at_its_time(run: Run) -> None:
    with pytest.raises(StatementFailed, match=r"took longer than 0\.1 seconds and was ended"):
        run(ENDLESS, StatementBounds(3, 1_000_000, 0.1))
    assert run("SELECT 1").rows == [(1,)]


def test_a_statement_ends_when_its_read_is_ended(connection: sqlite3.Connection) -> None:
    thread, reading, begun = ReadingThread(), Reading(), threading.Event()
    connection.set_progress_handler(thread.must_end, INSTRUCTIONS_BETWEEN_LOOKS)

    def unit(tx: Transaction) -> Found:
        begun.set()
        return tx.given(ENDLESS, BOUNDS)

    ending = threading.Thread(target=lambda: begun.wait() and reading.end("others wait"))
    ending.start()
    with pytest.raises(Exception, match="others wait"):
        thread.run(connection, unit, reading)
    ending.join()


def test_large_answers_and_values_are_refused_with_the_remedy(run: Run) -> None:
    doubling = "WITH RECURSIVE t (x) AS (SELECT 'aaaaaaaa' UNION ALL SELECT x || x FROM t) SELECT MAX(x) FROM t"
    with pytest.raises(StatementFailed, match="longer than 131072 bytes; leave out long columns"):
        run(doubling)
    with pytest.raises(StatementFailed, match="after 1 rows; use a limit of at most 1"):
        run("SELECT hex('0123456789') FROM json_each('[1,2,3]')", StatementBounds(3, 40, 20))


def chain(count: int, uses: str = "FROM {0} AS a, {0} AS b") -> str:
    tables = [f"t{n} AS (SELECT 1 {uses.format(f't{n - 1}')})" for n in range(1, count)]
    return f"WITH t0 AS (SELECT 1), {', '.join(tables)} SELECT COUNT(*) FROM t{count - 1}"  # noqa: S608 - a test


@pytest.mark.parametrize(
    "text",
    [
        chain(60),
        chain(60, "FROM '{0}' AS a, [{0}] AS b"),
        chain(60, 'FROM "{0}" AS a/* */, `{0}` AS b'),
        chain(60).replace(" AS (", "/* x */As\nnot MATERIALIZED --y\n("),
        chain(60) + " WHERE 'open",
        "WITH t AS (WITH t AS (SELECT 1) SELECT 1 FROM t a, t b) SELECT 1 FROM t a, t b",
        chain(12, "FROM " + ", ".join(f"{{0}} AS a{n}" for n in range(9))),
    ],
)
def test_common_tables_that_multiply_are_refused_before_sqlite_copies_them(run: Run, text: str) -> None:
    """SQLite would fill the memory before it asked for a limit."""
    with pytest.raises(StatementRefused, match=r"copy its common tables|twice"):
        run(text)


def test_ordinary_common_tables_are_accepted(run: Run) -> None:
    assert run(chain(6)).rows == [(1,)]
    recursive = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT MAX(i) FROM n"
    assert run(recursive).rows == [(5,)]


@pytest.mark.parametrize(
    ("text", "copies"),
    [
        ("SELECT 1", 0),
        ("WITH a AS (SELECT 1) SELECT * FROM a", 2),
        ("WITH a AS (SELECT 1), b AS (SELECT * FROM a, a) SELECT * FROM b, a", 10),
        ("SELECT CAST(1 AS INTEGER), 'WITH a AS (SELECT 1)'", 0),
    ],
)
def test_copies_are_counted(text: str, copies: int) -> None:
    assert CommonTables(text).num_copies == copies


# A text of 64 KiB, and one that is too long, in 30 ms.
LONG, TOO_LONG = (f"{'hex(' * times}'3'{')' * times}" for times in (16, 22))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"WITH b (v) AS MATERIALIZED (SELECT {TOO_LONG}) SELECT v FROM b", "longer than 131072 bytes"),  # noqa: S608 - a test
        (f"SELECT {', '.join(['1'] * 300)}", "too many columns"),
        (f"SELECT {LONG} LIKE '%{'3' * 60}'", "pattern too complex"),
    ],
)
def test_one_row_takes_little_memory_and_time(run: Run, text: str, message: str) -> None:
    with pytest.raises(StatementFailed, match=message):
        run(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT id, secret FROM compute_node a FULL JOIN compute_node b USING (id, secret)",
        "SELECT claim_key FROM claim_reply a FULL JOIN [claim_reply] b using (claim_key)",
        "WITH g (claim_key) AS (VALUES ('guess')) SELECT COUNT(*) FROM g NATURAL JOIN \"Claim_Reply\"",
    ],
)
def test_a_join_that_compares_secrets_is_refused(run: Run, text: str) -> None:
    with pytest.raises(StatementRefused, match="needs ON, not USING or NATURAL"):
        run(text)


def test_a_join_with_on_reads_null(run: Run) -> None:
    found = run(
        "SELECT a.claim_key, b.claim_key FROM claim_reply a FULL JOIN claim_reply b ON a.claim_key = b.claim_key"
    )
    assert {value for row in found.rows for value in row} == {None}


def test_temporary_files_are_limited(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(temporary_files, "MOST_TEMPORARY_BYTES", 8 * 1024**2)
    rows = "WITH RECURSIVE r (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r LIMIT 100000000)"
    with pytest.raises(StatementFailed, match="MiB of temporary files; sort or group fewer rows"):
        run(f"{rows} SELECT x, hex(hex(hex(hex(hex(hex('a long text'))))))||x FROM r ORDER BY 2 DESC")  # noqa: S608 - a test
    assert temporary_files.temporary_bytes() == 0


def test_many_common_tables_are_refused(run: Run) -> None:
    tables = ", ".join(f"a{number} AS (TABLE a{number + 1})" for number in range(600))
    with pytest.raises(StatementRefused, match="copy its common tables"):
        run(f"WITH {tables} SELECT 1 FROM a0")  # noqa: S608 - a test
