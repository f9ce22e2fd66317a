"""A private copy of some rows, and the differences after work on it.

A unit of work that would block the writer for a long time runs on the copy instead. The rows that differ afterwards
are its changes, and can be applied to the original a few at a time.
"""

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from torc_server.store.changes import Change, ChangeType, CopiedTable
from torc_server.store.errors import StoreError, as_store_error
from torc_server.store.sqlite_files import open_scratch, uri_of
from torc_server.store.transaction import Transaction


class Scratch:
    """A private database with copies of rows, on disk if it is large. It copies one state of the original."""

    def __init__(
        self, source: Path, tables: Sequence[CopiedTable], parameters: Mapping[str, Any], last_ids: Mapping[str, int]
    ) -> None:
        """Copy the rows. New rows of the tables in `last_ids` get ids above those. Raises StoreError."""
        self._tables = tables
        self._parameters = parameters
        self._connection = open_scratch()
        try:
            self._copy(source, last_ids)
        except sqlite3.Error as error:
            self.close()
            raise as_store_error(error) or StoreError(f"{source} cannot be copied from: {error}") from error
        except BaseException:
            self.close()
            raise
        self.transaction = Transaction(self._connection)

    def _copy(self, source: Path, last_ids: Mapping[str, int]) -> None:
        connection = self._connection
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -32768")
        connection.execute("ATTACH ? AS source", (uri_of(source, "ro"),))
        connection.execute("BEGIN")
        schema = connection.execute(
            "SELECT type, sql FROM source.sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        self._create(schema, "table")
        for each in self._tables:
            connection.execute(
                f"INSERT INTO main.{each.table} SELECT * FROM source.{each.table} WHERE {each.scope}",  # noqa: S608 - declared
                self._parameters,
            )
        # New rows get ids from a reserved range.
        connection.execute("DELETE FROM main.sqlite_sequence")
        connection.executemany("INSERT INTO main.sqlite_sequence VALUES (?, ?)", last_ids.items())
        self._create(schema, "index")
        self._create(schema, "trigger")
        connection.execute("COMMIT")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.row_factory = sqlite3.Row
        connection.execute("BEGIN")

    def _create(self, schema: Sequence[tuple[str, str]], schema_type: str) -> None:
        for each, sql in schema:
            if each == schema_type:
                self._connection.execute(sql)

    def changes(self, rows_at_once: int) -> Iterator[Change]:
        """Yield the differences from the original: deleted rows first, then new rows, then changed ones."""
        connection = self._connection
        connection.row_factory = None
        for each in reversed(self._tables):
            yield from self._rows(each, ChangeType.DELETE, each.key, rows_at_once)
        for each in self._tables:
            columns = [row[0] for row in connection.execute("SELECT name FROM pragma_table_info(?)", (each.table,))]
            yield from self._rows(each, ChangeType.INSERT, tuple(columns), rows_at_once)
            compared = each.compared or tuple(name for name in columns if name not in each.key)
            changed = self._changed(each, compared)
            if changed:
                yield from self._rows(each, ChangeType.UPDATE, (*each.key, *changed), rows_at_once)

    def _changed(self, copied: CopiedTable, compared: Sequence[str]) -> list[str]:
        """Return the columns that differ in any row. Writing others would check their indexes and references."""
        if not compared:
            return []
        same = " AND ".join(f"new.{name} = old.{name}" for name in copied.key)
        differs = ", ".join(f"MAX(new.{name} IS NOT old.{name})" for name in compared)
        row = self._connection.execute(
            f"SELECT {differs} FROM main.{copied.table} AS new CROSS JOIN source.{copied.table} AS old ON {same}"  # noqa: S608 - declared
        ).fetchone()
        return [name for name, is_changed in zip(compared, row, strict=True) if is_changed]

    def _rows(
        self, copied: CopiedTable, change_type: ChangeType, columns: tuple[str, ...], rows_at_once: int
    ) -> Iterator[Change]:
        table, same = copied.table, " AND ".join(f"new.{name} = old.{name}" for name in copied.key)
        wanted = ", ".join(columns)
        compared = [name for name in columns if name not in copied.key]
        new, old = (", ".join(f"{side}.{name}" for name in compared) for side in ("new", "old"))
        # fmt: off
        text = {
            ChangeType.DELETE: f"SELECT {wanted} FROM source.{table} AS old WHERE ({copied.scope})"  # noqa: S608 - declared
            f" AND NOT EXISTS (SELECT 1 FROM main.{table} AS new WHERE {same})",
            ChangeType.INSERT: f"SELECT {wanted} FROM main.{table} AS new"  # noqa: S608 - declared
            f" WHERE NOT EXISTS (SELECT 1 FROM source.{table} AS old WHERE {same})",
            ChangeType.UPDATE: f"SELECT {', '.join('new.' + name for name in columns)} FROM main.{table} AS new"  # noqa: S608 - declared
            f" CROSS JOIN source.{table} AS old ON {same} WHERE ({new}) IS NOT ({old})",
        }[change_type]
        # fmt: on
        found = self._connection.execute(text, self._parameters if change_type is ChangeType.DELETE else {})
        while rows := found.fetchmany(rows_at_once):
            yield Change(table, change_type, copied.key, columns, rows)

    def close(self) -> None:
        """Delete the copy."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()
